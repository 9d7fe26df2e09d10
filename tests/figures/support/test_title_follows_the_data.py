"""The title is the finding: when the data turn, it turns."""

import math

import pandas as pd
import pytest
from helpers.figures_made import draw_trend, make_change, make_houses, make_polls, make_trend
from hypothesis import given
from hypothesis import strategies as st

from analysis import PollTrend
from figures import plot_coverage
from figures.kit.changes import judge_change
from figures.support._coverage_words import count_polls, coverage_title
from figures.support._trend_words import trend_alt, trend_title

SPRING = pd.Timestamp("2022-04-01")


def plain(words: str) -> str:
    """Words with ordinary spaces."""
    return words.replace("\N{NO-BREAK SPACE}", " ").replace("\n", " ")


@pytest.mark.parametrize(
    ("mean", "sd", "fall", "title"),
    [
        (-5.2, 2.0, 0.995, "Support for the war has fallen since spring 2022: −5 points"),
        (5.2, 2.0, 0.005, "Support for the war has risen since spring 2022: +5 points"),
        (-2.1, 1.4, 0.94, "Support for the war has probably fallen since spring 2022: −2 points"),
        (2.1, 1.4, 0.06, "Support for the war has probably risen since spring 2022: +2 points"),
        (-1.2, 2.0, 0.73, "No clear change in support for the war since spring 2022: −1 point"),
        (0.4, 2.0, 0.42, "No clear change in support for the war since spring 2022: 0 points"),
        (-0.6, 0.6, 0.84, "Support for the war has hardly changed since spring 2022: −1 point"),
        # Sure, but too small to be called a fall.
        (-1.0, 0.4, 0.99, "Support for the war has hardly changed since spring 2022: −1 point"),
    ],
)
def test_the_wording_follows_sign_size_and_probability(
    mean: float, sd: float, fall: float, title: str
) -> None:
    words = plain(trend_title(make_change(mean, sd, fall), SPRING))
    assert words.startswith(title + " (95% interval ")


def test_the_interval_stands_in_the_title_with_its_level() -> None:
    change = {"mean": -5.2, "lower": -9.7, "upper": 0.6, "prob_negative": 0.96}
    words = plain(trend_title(change, SPRING, alpha=0.1))
    assert words.endswith("(90% interval −10 to +1)")


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"first_weeks": (-1.2, 2.0)}, "2022, but no clear change since the first weeks"),
        ({"first_weeks": (-2.1, 1.4)}, "2022, but no clear change since the first weeks"),
        ({"first_weeks": (3.0, 1.0)}, "−5 points since spring 2022, but +3 points since the first"),
        ({"first_weeks": (-4.0, 1.0)}, "has fallen since spring 2022"),
        (
            {"first_weeks": (-4.0, 1.0), "autumn": (-1.0, 1.0)},
            "−5 points since spring 2022, but no clear change since autumn 2022",
        ),
        ({"first_weeks": (-4.0, 1.0), "autumn": (-3.0, 1.0)}, "has fallen since spring 2022"),
        ({}, "has fallen since spring 2022"),
    ],
)
def test_a_change_that_hangs_on_where_one_begins_is_told_so(
    others: dict[str, tuple[float, float]], words: str
) -> None:
    """By the intervals, as in the headline: what goes another way is named."""
    changes = {base: make_change(mean, sd, 0.5) for base, (mean, sd) in others.items()}
    title = plain(trend_title(make_change(-5.0, 1.0, 0.999), SPRING, others=changes))
    assert words in title


def test_an_unclear_change_is_told_with_the_base_from_which_it_is_clear() -> None:
    others = {"first_weeks": make_change(-4.0, 1.0, 0.999)}
    title = plain(trend_title(make_change(-1.0, 1.0, 0.84), SPRING, others=others))
    assert title.endswith("−1 point since spring 2022, but −4 points since the first weeks")


@given(st.floats(-20, 20), st.floats(0.2, 6))
def test_the_opposite_change_has_the_opposite_verdict(mean: float, sd: float) -> None:
    fall = 0.5 * math.erfc(mean / sd / math.sqrt(2))
    verdict = judge_change(make_change(mean, sd, fall))
    opposites = {"fell": "rose", "probably_fell": "probably_rose"}
    opposites |= {rose: fell for fell, rose in opposites.items()}
    opposite = judge_change(make_change(-mean, sd, 1 - fall))
    assert opposite == opposites.get(verdict, verdict)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2022-05-31", "spring 2022"),
        ("2022-06-01", "summer 2022"),
        ("2023-11-30", "autumn 2023"),
        ("2023-12-01", "December 2023"),
        ("2022-02-25", "February 2022"),
    ],
)
def test_the_start_is_named_by_season_or_by_month_in_winter(day: str, words: str) -> None:
    title = plain(trend_title(make_change(), pd.Timestamp(day)))
    assert f"since {words}:" in title


def test_the_title_of_the_figure_is_that_of_the_change() -> None:
    risen = make_change(6, 2, 0.001)
    fig = draw_trend(obs=make_polls(73), trend=make_trend(73), change=risen)
    assert plain(fig.get_suptitle()) == plain(trend_title(risen, SPRING))


@pytest.mark.long("each case is drawn", quick=1)
@pytest.mark.parametrize(("end", "verb"), [(55, "fallen"), (79, "risen")])
def test_the_title_turns_when_the_polls_turn(end: float, verb: str) -> None:
    polls = make_polls(end)
    results = PollTrend(polls).fit()
    trend = results.trend()
    change = results.change(SPRING, trend["date"].iloc[-1])
    fig = draw_trend(obs=polls, trend=trend, houses=make_houses(), change=change)
    assert f"has {verb} since" in plain(fig.get_suptitle())


def test_the_calendar_says_whether_one_house_or_more_is_the_rule() -> None:
    polls = make_polls()
    fig = plot_coverage(polls, make_houses())
    counted = count_polls(polls)
    thin = sum((counted > 0).sum(axis="columns") <= 1)
    more = "at most one pollster has"
    less = "at least two pollsters have"
    number, words = (thin, more) if thin >= len(counted) / 2 else (len(counted) - thin, less)
    assert plain(fig.get_suptitle()).startswith(f"In {number} of {len(counted)} months {words}")


@pytest.mark.parametrize(
    ("other", "title"),
    [
        ([0, 0, 0, 0], "In 4 of 4 months at most one pollster has"),
        ([1, 1, 0, 0], "In 2 of 4 months at most one pollster has"),
        ([1, 2, 1, 0], "In 3 of 4 months at least two pollsters have"),
        ([1, 1, 1, 1], "Every month at least two pollsters have"),
    ],
)
def test_the_calendar_title_turns_when_polls_are_added(other: list[int], title: str) -> None:
    counted = pd.DataFrame({"levada": [1, 1, 3, 1], "vciom": other})
    assert plain(coverage_title(counted)).startswith(title)


def test_the_alt_text_tells_the_first_day_that_counts_and_the_last() -> None:
    days = pd.date_range("2022-03-30", periods=5)
    trend = pd.DataFrame({"date": days, "mean": [50.0, 54.0, 58.0, 62.0, 66.0]})
    words = plain(trend_alt(make_polls(), trend, SPRING))
    assert "from 58 percent in spring 2022 to 66 in April 2022" in words
