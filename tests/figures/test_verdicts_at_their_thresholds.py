"""Each verdict that a figure speaks turns at its threshold: just below, at it, and just above.

What is compared is the key of the sentence and not its words, which may be said better.
"""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.figures_made import HOUSES, make_change, make_houses, make_polls
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from analysis.sensitivity import ENOUGH_POLLS
from figures.fitted_polls import FittedPolls
from figures.hidden import indirect, nonresponse, participation, wording
from figures.kit import changes
from figures.kit.edition import Edition
from figures.kit.frames import House, name_sources, rank_houses
from figures.kit.save import Rendering, _check
from figures.kit.style import new_figure
from figures.questions import side_by_side, talks
from figures.support import (
    claim,
    coverage,
    house_effects,
    multiverse,
    sector_gap,
    sectors,
    trend,
    vintages,
)
from figures.support import two_pollsters as pair

DAY = pd.Timestamp("2024-03-01")
TINY = 1e-9


def say_key(key: str, *_: object, **__: object) -> str:
    """The sentence that would be said."""
    return key


def judge(lower: float, upper: float, fall: float) -> str:
    return changes.judge_change({"lower": lower, "upper": upper, "prob_negative": fall})


def headline(lower: float, upper: float) -> str:
    return changes.say_headline({"mean": 3.0, "lower": lower, "upper": upper}).replace("\xa0", " ")


def secret(change: float, share: float) -> str:
    row = {"group": ["secret"], "change": [change], "to_pct": [share], "period": None, "date": DAY}
    return indirect.indirect_title(pd.DataFrame(row))


def ratios(*medians: float) -> str:
    names = [f"h{i}" for i in range(len(medians))]
    rows = pd.DataFrame({"house_id": names, "median": medians})
    return nonresponse.nonresponse_title(rows, dict(zip(names, names, strict=True)))


def revise(*off: float) -> str:
    now = pd.DataFrame({"date": pd.date_range(DAY, periods=len(off)), "mean": 60.0})
    then = now.assign(mean=60.0 - np.array(off), lower=0.0, upper=100.0)
    return vintages.vintages_title(then, now)


def two(against: float, silent: float, gap: float = 20.0) -> str:
    """Opposition and silence of a house that has so many points less support."""
    rows = {"for_pct": [70.0, 70.0 - gap], "against_pct": [10.0, 10.0 + against]}
    return pair.pair_title(pd.DataFrame(rows).assign(none_pct=[20.0, 20.0 + silent]))


def gaps(lower: list[float], upper: list[float]) -> str:
    frame = pd.DataFrame({"lower": lower, "upper": upper, "mean": 0.0})
    return sector_gap.gap_title(frame)


def apart(lower: float) -> str:
    obs = make_polls()
    means = {house: float(-i) for i, house in enumerate(HOUSES)}
    effects = pd.DataFrame({"house_id": list(means), "mean": list(means.values())})
    contrast = {"mean": 5.0, "lower": lower, "upper": 9.0}
    return house_effects.houses_title(obs, effects, make_houses(), contrast)


def both(state: float, independent: float, well: float) -> str:
    sure = {"reference": ["sector:state", "sector:independent"], "prob_above": [state, independent]}
    frame = pd.DataFrame({**sure, "as_of": DAY, "above": 50.0, "mean": 70.0})
    far = {"sector:state": 1.0, "sector:independent": well}
    return claim.claim_title(frame, well=far)


def effects(lower: float, upper: float) -> str:
    rows = {"source": ["experiment", "regression"], "difference": [-14.0, 1.0]}
    ends = {"lower": [-17.0, lower], "upper": [-11.0, upper]}
    return wording.wording_title(pd.DataFrame({**rows, **ends}))


def few(readings: int) -> str:
    told = {sector: make_change() for sector in ("state", "independent")}
    return sectors.sectors_title(told, date(2022, 4, 1), readings=readings)


def fight_on(mine: str, paired: str | None) -> str:
    at = {"start": DAY, "start_until": DAY, "mean": -5.0, "lower": -9.0, "upper": -1.0}
    told = {"fight_on.panel": {**at, "direction": mine}, "fight_on.support": at}
    told |= {} if paired is None else {"fight_on.paired": {**at, "direction": paired}}
    return side_by_side.questions_title(told)


def finish(*rates: float) -> str:
    rows = {"house_id": "levada", "kind": "completes", "study": "wave", "value_pct": list(rates)}
    days = pd.date_range(DAY, periods=len(rates), freq="MS")
    return participation.participation_title(pd.DataFrame(rows).assign(date=days))


def rising(n: int) -> tuple[float, ...]:
    return tuple(float(rate) for rate in range(1, n + 1))


CASES: list[tuple[Callable[..., Any], tuple[Any, ...], Any]] = [
    (judge, (-2 + TINY, 2 - TINY, 0.999), "steady"),
    (judge, (-2.0, 1.0, 0.999), "fell"),
    (judge, (-1.0, 2.0, 0.001), "rose"),
    (judge, (-9.0, 1.0, 0.975), "fell"),
    (judge, (-9.0, 1.0, 0.975 - TINY), "probably_fell"),
    (judge, (-9.0, 3.0, 0.9), "probably_fell"),
    (judge, (-9.0, 3.0, 0.9 - TINY), "unclear"),
    (judge, (-3.0, 9.0, 0.1 + TINY), "unclear"),
    (judge, (-3.0, 9.0, 0.1 - TINY), "probably_rose"),
    (judge, (-1.0, 9.0, 0.025 + TINY), "probably_rose"),
    (judge, (-1.0, 9.0, 0.025 - TINY), "rose"),
    (headline, (0.0, 6.0), "card.no_change"),
    (headline, (TINY, 6.0), "+3 points"),
    (headline, (-6.0, 0.0), "card.no_change"),
    (headline, (-6.0, -TINY), "+3 points"),
    (changes.show_level, (0.05,), "95"),
    (changes.show_level, (0.051,), "94.9"),
    (changes.show_level, (0.05 + 1e-12,), "95"),
    (secret, (-0.51, 60.0), "indirect.title.majority"),
    (secret, (-0.49, 60.0), "indirect.title.none"),
    (secret, (3.0, 60.0), "indirect.title.none"),
    (secret, (-1.0, 50.0), "indirect.title.no_majority"),
    (secret, (-1.0, 50.0 + TINY), "indirect.title.majority"),
    (ratios, (1.0, 3.0), "nonresponse.support.ends"),
    (ratios, (1.0 - TINY, 3.0), "nonresponse.support.one"),
    (ratios, (0.5, 1.0), "nonresponse.support.one"),
    (ratios, (0.5, 1.0 - TINY), "nonresponse.support.none"),
    (revise, (2.0, -2.0), "vintages.support.large"),
    (revise, (2.0, -1.9), "vintages.support.small"),
    (two, (3.5, 14.0), "pair.support.silence"),
    (two, (-3.5, 14.0), "pair.support.silence"),
    (two, (3.6, 14.0), "pair.support.differ"),
    (two, (3.5, 13.9), "pair.support.differ"),
    (gaps, ([TINY, 1.0], [3.0, 3.0]), "gap.support.higher"),
    (gaps, ([0.0, 1.0], [3.0, 3.0]), "gap.support.depends"),
    (gaps, ([-3.0, -3.0], [-TINY, -1.0]), "gap.support.lower"),
    (gaps, ([-3.0, -3.0], [0.0, -1.0]), "gap.support.depends"),
    (apart, (TINY,), "houses.support.apart"),
    (apart, (0.0,), "houses.support.unclear"),
    (both, (0.95, 0.95, 0.95), "claim.support.well"),
    (both, (0.95, 0.95, 0.95 - TINY), "claim.support.above"),
    (both, (0.95, 0.95 - TINY, 1.0), "claim.support.not_both"),
    (both, (0.95 - TINY, 1.0, 1.0), "claim.support.not_both"),
    (claim.show_probability, (0.99,), "probability"),
    (claim.show_probability, (0.99 + TINY,), "probability.above"),
    (claim.show_probability, (0.01 + TINY,), "probability"),
    (claim.show_probability, (0.01 - TINY,), "probability.below"),
    (effects, (TINY, 5.0), "wording.title.some"),
    (effects, (0.0, 5.0), "wording.title.none"),
    (effects, (-5.0, 0.0), "wording.title.none"),
    (effects, (-5.0, -TINY), "wording.title.some"),
    (few, (11,), "sectors.support.few"),
    (few, (12,), "sectors.support.fell"),
    (fight_on, ("fallen", "fallen"), "questions.title.fell_more"),
    (fight_on, ("risen", "risen"), "questions.title.rose_more"),
    (fight_on, ("fallen", "risen"), "questions.title.alike"),
    (fight_on, ("fallen", "unclear"), "questions.title.alike"),
    (fight_on, ("fallen", None), "questions.title.alike"),
    (fight_on, ("unclear", "unclear"), "questions.title.alike"),
    (finish, (6.0, 4.0), "participation.title.harder"),
    (finish, (4.0, 6.0), "participation.title.few"),
    (finish, rising(ENOUGH_POLLS - 1), "participation.title.few"),
    (finish, rising(ENOUGH_POLLS), "participation.title.no_harder"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "given", "verdict"), CASES, ids=[f"{case[0].__name__}-{case[1]}" for case in CASES]
)
def test_a_verdict_turns_at_its_threshold(
    ask: Callable[..., Any], given: tuple[Any, ...], verdict: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (changes, claim, house_effects, indirect, nonresponse, pair, participation)
    for module in (*asked, sector_gap, sectors, side_by_side, vintages, wording):
        monkeypatch.setattr(module, "label", say_key)
    assert ask(*given) == verdict


@pytest.mark.parametrize(("level", "fall", "gap"), [(60.0, 0.0, 0.0), (60 + TINY, -TINY, TINY)])
def test_an_analysis_counts_where_its_estimate_lies_beyond_the_line(
    level: float, fall: float, gap: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(multiverse, "label", lambda key, _, **words: told.update(words) or key)
    table = {"base": "base", "level": [50.0, level], "change": [9.0, fall], "gap": [-9.0, gap]}
    multiverse.multiverse_title(pd.DataFrame(table))
    beyond = "0%" if level == 60 else "50%"
    assert told == {"above": beyond, "fall": beyond, "state": beyond}


@pytest.mark.parametrize(
    ("polls", "chosen"), [([3, 4], ["h1"]), ([4, 4], ["h0", "h1"]), ([5, 3], ["h0"])]
)
def test_a_house_with_four_polls_has_a_name_and_a_history(
    polls: list[int], chosen: list[str]
) -> None:
    obs = pd.DataFrame({"house_id": np.repeat(["h0", "h1"], polls)})
    assert vintages.fixed_set(obs) == f"houses:{','.join(chosen)}"
    ranked = [House(f"h{i}", "state", "", n, "", "o") for i, n in enumerate(polls)]
    assert [house.house_id for house in trend._choose_told(ranked, None)] == chosen


def test_the_panel_is_named_where_it_is_not_all_and_six_at_most() -> None:
    ranked = [House(f"h{i}", "state", "", 9 - i, "", "o") for i in range(8)]
    told = [house.house_id for house in trend._choose_told(ranked, ["h7", "h2"])]
    assert told == ["h2", "h7"]
    everybody = [house.house_id for house in ranked]
    # Of all eight those with four polls or more, and of these the first six.
    assert len(trend._choose_told(ranked, everybody)) == 6
    assert len(trend._choose_told(ranked, everybody[:7])) == 6


@pytest.mark.parametrize(("apart", "is_alone"), [(182, False), (183, False), (184, True)])
def test_a_house_is_alone_where_no_other_asked_within_half_a_year(
    apart: int, is_alone: bool
) -> None:
    obs = pd.DataFrame({"house_id": ["a", "b"], "mid_date": [DAY, DAY]})
    for sign in (1, -1):
        days = pd.Series([DAY + sign * pd.Timedelta(days=apart)])
        assert talks.find_alone(obs, ["a"], days).tolist() == [is_alone]
        assert talks.find_alone(obs, ["a", "b"], days).tolist() == [False]
        assert talks.find_alone(obs.head(1), ["a"], days).tolist() == [True]


@pytest.mark.parametrize(
    ("first", "last", "since"),
    [
        ("2022-04-01", "2022-06-01", "2022-04-01"),
        ("2022-02-25", "2022-06-01", "2022-04-01"),
        ("2022-04-02", "2022-06-01", "2022-04-02"),
        ("2022-04-01", "2022-05-31", "2022-04-01"),
        ("2022-02-25", "2022-05-31", "2022-02-25"),
    ],
)
def test_change_counts_from_april_once_spring_is_over(first: str, last: str, since: str) -> None:
    days = pd.to_datetime([first, last])
    obs = pd.DataFrame({"house_id": "a", "mid_date": days, "end_date": days, "share_pct": 60.0})
    assert FittedPolls({}, lambda construct: obs).since() == pd.Timestamp(since)


@pytest.mark.parametrize(("n", "is_counted"), [(1, False), (2, False), (3, True)])
def test_two_sources_are_named_and_the_rest_are_counted(n: int, is_counted: bool) -> None:
    obs = make_polls()
    ranked = rank_houses(make_houses(), obs)[:n]
    named = name_sources(ranked)
    assert all(house.name in named for house in ranked[:2])
    assert (str(n - 2) in named) is is_counted


@pytest.mark.parametrize(("words", "is_taken"), [(0, False), (1, True), (40, True), (41, False)])
def test_an_alt_text_has_forty_words_at_most(words: int, is_taken: bool) -> None:
    fig, _ = new_figure()
    fig.suptitle("Title")
    rendering = Rendering(fig, " ".join(["word"] * words), "Caption.")
    if is_taken:
        _check(rendering, ["svg"])
        return
    with pytest.raises(ValueError, match=f"The alt text has {words} words; write 1 to 40"):
        _check(rendering, ["svg"])


@pytest.mark.parametrize(("days", "is_named"), [(364, True), (365, False)])
def test_a_last_poll_of_more_than_a_year_ago_is_no_end(days: int, is_named: bool) -> None:
    from figures.support.by_pollster import _ends

    obs = pd.DataFrame({"house_id": ["a", "b", "c"], "share_pct": [60.0, 70.0, 40.0],
                        "mid_date": [DAY, DAY, DAY - pd.Timedelta(days=days)]})  # fmt: skip
    low, high = _ends(obs)
    assert (low["house_id"], high["house_id"]) == ("c" if is_named else "a", "b")


@pytest.mark.parametrize(("width", "step"), [(6.99, 10), (7.0, 10), (7.01, 5)])
def test_ticks_of_shares_stand_closer_from_seven_inches_on(width: float, step: int) -> None:
    rows = pd.DataFrame({"from_pct": [40.0], "to_pct": [70.0], "lower": [0.0], "upper": [0.0]})
    ax = Figure(figsize=(width, 4)).subplots()
    indirect._label_values(ax, rows, Edition())
    assert set(np.diff(ax.get_xticks())) == {step}


def make_ratios(lower: float, median: float, upper: float) -> tuple[pd.DataFrame, list[House]]:
    ratio = {"house_id": ["h"], "date": [DAY], "lower": lower, "median": median, "upper": upper}
    return pd.DataFrame(ratio), [House("h", "state", "H", 1, "black", "o")]


@pytest.mark.parametrize(
    ("found", "upper", "ticks"),
    [
        (0.6, 1.5, [1, 2]),
        (0.525, 1.5, [0.5, 1, 2]),
        (0.52, 1.5, [0.5, 1, 2]),
        (0.6, 3.5, [1, 2]),
        (0.6, 3.6, [1, 2, 4]),
    ],
)
def test_a_tick_may_stand_at_the_edge_of_the_ratios(
    found: float, upper: float, ticks: list[float]
) -> None:
    """The axis goes from 0.8, or a twentieth below what was found, to 2 at the least."""
    ax = Figure().subplots()
    rows, shown = make_ratios(1.0, 1.2, upper)
    of = nonresponse.Found("fear", found, DAY, {})
    nonresponse._draw_ratios(ax, rows, shown, Edition(), [of])
    assert ax.get_xticks().tolist() == ticks


@pytest.mark.parametrize(("polls", "least"), [([1, 1], 1), ([2, 1], 2), ([3, 1], 2)])
def test_houses_with_one_poll_have_a_ratio_where_none_has_two(
    polls: list[int], least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def tell(results: object, *, least_polls: int) -> pd.DataFrame:
        asked.append(least_polls)
        return pd.DataFrame()

    monkeypatch.setattr("analysis.sensitivity.house_ratios", tell)
    obs = pd.DataFrame({"house_id": np.repeat(["h0", "h1"], polls)})
    fitted: Any = SimpleNamespace(obs=lambda: obs, results=list, keep=lambda _, make: make())
    nonresponse.make_rows(fitted)
    assert asked == [least]


@pytest.mark.parametrize(("days", "is_known"), [(-1, False), (0, True), (1, True)])
def test_the_fear_of_polls_is_known_from_the_last_day_of_its_poll_on(
    days: int, is_known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = pd.DataFrame({"measure": [], "study": [], "value": [], "date": []})
    fear = pd.DataFrame(
        {"poll_id": ["p"], "ratio": [1.3], "support_pct": [60.0], "oppose_pct": [20.0]}
    )
    monkeypatch.setattr("analysis.sensitivity.response_evidence", lambda *_: none)
    monkeypatch.setattr("analysis.sensitivity.fear_ratio", lambda _: fear)
    monkeypatch.setattr("analysis.list_experiments.published_gaps", lambda _: none)
    monkeypatch.setattr(nonresponse, "known_by", lambda gaps, as_of: gaps)
    tables: dict[str, Any] = dict.fromkeys(["participation", "indirect", "answers"])
    tables["polls"] = pd.DataFrame({"poll_id": ["p"], "latest": [DAY]})
    as_of = (DAY + pd.Timedelta(days=days)).date()
    fitted: Any = SimpleNamespace(tables=tables, as_of=as_of)
    assert (len(nonresponse._gather(fitted)) == 1) is is_known


def make_two_of_all() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Polls and names of two houses."""
    polls, houses = make_polls(), make_houses()
    told = ["levada", "chronicles"]
    return polls[polls["house_id"].isin(told)], houses[houses["house_id"].isin(told)]


@pytest.mark.parametrize(("median", "without"), [(1 - TINY, 1), (1.0, 0), (1 + TINY, 0)])
def test_a_house_is_without_a_majority_where_its_ratio_is_below_one(
    median: float, without: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}

    def say(key: str, *_: object, **words: Any) -> str:
        told[key] = words
        return key

    monkeypatch.setattr(nonresponse, "label", say)
    monkeypatch.setattr(nonresponse, "plot_nonresponse", lambda *_, **__: Figure())
    monkeypatch.setattr(nonresponse, "find_ends", lambda _: None)
    monkeypatch.setattr(nonresponse, "find_evidence", lambda _: [])
    monkeypatch.setattr(nonresponse, "make_rows", lambda _: make_ratios(0.5, median, 2.0)[0])
    obs, houses = make_two_of_all()
    fitted: Any = SimpleNamespace(obs=lambda: obs, houses=lambda _: houses)
    nonresponse._draw(fitted, Edition())
    assert told["nonresponse.alt.without"] == {"n": 1, "without": without}


@pytest.mark.parametrize(("lower", "is_told"), [(-TINY, False), (0.0, False), (TINY, True)])
def test_a_card_tells_a_difference_of_houses_that_does_not_touch_none(
    lower: float, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    obs, houses = make_two_of_all()
    effects = pd.DataFrame({"house_id": ["levada", "chronicles"], "mean": [5.0, -5.0]})
    monkeypatch.setattr(house_effects, "plot_houses", lambda *_, **__: Figure())
    monkeypatch.setattr(house_effects, "_effects", lambda _: effects)
    monkeypatch.setattr(house_effects, "_contrast", lambda _: {"mean": 10.0, "lower": lower})
    fitted: Any = SimpleNamespace(obs=lambda: obs, houses=lambda _: houses)
    number = house_effects._draw(fitted, Edition()).number.replace("\xa0", " ")
    assert (number == "10 points") is is_told


@pytest.mark.parametrize(
    ("levels", "ticks"),
    [
        ((40, 90), [50, 75]),
        ((50, 90), [75]),
        ((60, 90), [75]),
        ((20, 50), [25]),
        ((20, 60), [25, 50]),
    ],
)
def test_no_tick_stands_at_the_edge_of_a_panel(
    levels: tuple[float, float], ticks: list[int]
) -> None:
    ax = Figure().subplots()
    side_by_side._set_axes(ax, (DAY, DAY + pd.Timedelta(days=900)), levels, Edition())
    assert ax.get_yticks().tolist() == ticks


@pytest.mark.parametrize(
    ("first", "marks"), [("2022-12-31", 2), ("2023-01-01", 1), ("2023-01-02", 1)]
)
def test_a_new_year_is_marked_inside_a_panel(first: str, marks: int) -> None:
    ax = Figure().subplots()
    limits = pd.Timestamp(first), pd.Timestamp("2024-06-30")
    side_by_side._set_axes(ax, limits, (0, 100), Edition())
    assert len(ax.get_xticks(minor=True)) == marks


@pytest.mark.parametrize(("probability", "words"), [(0.0099, "<1%"), (0.01, "1%"), (0.0101, "1%")])
def test_a_probability_of_one_in_a_hundred_is_told_as_such(probability: float, words: str) -> None:
    assert claim.show_probability(probability) == words


@pytest.mark.parametrize(("houses", "own"), [(9, 9), (10, 10), (11, 9), (12, 9)])
def test_houses_that_have_no_row_of_the_calendar_are_counted_in_the_last(
    houses: int, own: int
) -> None:
    """Of eleven rows one names the sector."""
    height = 11.5 / coverage.ROWS_PER_INCH
    ranked = [House(f"h{i}", "state", f"H{i}", 1, "black", "o") for i in range(houses)]
    months = pd.period_range("2022-03", periods=24, freq="M")
    counted = pd.DataFrame(1, index=months, columns=[house.house_id for house in ranked])
    ax = Figure(figsize=(6, height)).subplots()
    coverage._draw(ax, counted, ranked, Edition())
    drawn = [str(part.get_gid()) for part in ax.collections]
    assert sum(gid.startswith("polls-h") for gid in drawn) == own
    assert ("polls-more" in drawn) is (own < houses)


@pytest.mark.long("each case is drawn", quick=1)
@pytest.mark.parametrize(("at", "side"), [(0.79, "left"), (0.8, "left"), (0.81, "right")])
def test_a_number_stands_at_the_left_of_a_late_mark(at: float, side: str) -> None:
    ax = Figure().subplots()
    multiverse._mark_published(ax, at, 3.0, "change", Edition())
    (text,) = ax.texts
    assert isinstance(text, Annotation)
    assert (text.get_ha(), text.xyann) == (side, (6, -12) if side == "left" else (-6, 4))


@pytest.mark.parametrize(("days", "is_whole"), [(-1, False), (0, True), (1, True)])
def test_a_sector_is_told_to_the_last_window_that_it_reaches(days: int, is_whole: bool) -> None:
    windows = [SimpleNamespace(start=DAY - pd.Timedelta(days=700)), SimpleNamespace(start=DAY)]
    trend_of = pd.DataFrame({"date": [DAY + pd.Timedelta(days=days)]})
    asked: list[object] = []

    def change(start: object, end: object, *, reference: str) -> dict[str, float]:
        asked.append(end)
        return make_change()

    kept = {"sectors.trends": {"state": trend_of}}
    fitted: Any = SimpleNamespace(
        keep=lambda name, make: kept[name] if name in kept else make(),
        windows=lambda: windows,
        results=lambda: SimpleNamespace(change=change),
    )
    sectors._changes(fitted)
    assert asked == [windows[1] if is_whole else trend_of["date"].iloc[-1]]
