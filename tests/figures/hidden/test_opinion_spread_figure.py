"""Two pollsters over time: the title says that they have crossed only where they clearly have."""

from functools import cache
from itertools import product

import pandas as pd
import pytest
from helpers.figures_made import EDITIONS, find_cut_texts, find_overlaps, make_houses

from analysis.findings import findings, opinion_polls, two_pollsters, window_means
from figures import FittedPolls
from figures.hidden.opinion_spread import plot_opinion_spread, spread_data, spread_title
from figures.kit.edition import LANGUAGES, Edition
from figures.kit.finish import SIDE, points
from figures.kit.frames import House
from figures.kit.labels import label
from figures.kit.layout import wrap_text
from figures.kit.style import house_style, new_figure

DAYS = ["2022-04-15", "2022-05-20", "2023-06-01", "2025-09-01", "2025-10-05"]
SIDES = {"levada": [(75, 18), (76, 17), (74, 18), (78, 14), (79, 14)],
         "chronicles": [(66, 8), (64, 9), (54, 11), (51, 12), (50, 14)]}  # fmt: skip


def make_obs(sides=SIDES):
    rows = [
        (house, day, *shares)
        for house, given in sides.items()
        for day, shares in zip(DAYS, given, strict=True)
    ]
    obs = pd.DataFrame(rows, columns=["house_id", "mid_date", "for_pct", "against_pct"])
    obs["mid_date"] = pd.to_datetime(obs["mid_date"])
    return obs.assign(
        sector="independent", end_date=obs["mid_date"], share_pct=obs["for_pct"],
        sample_size=1600, design_effect=1.0,
        poll_id=obs["house_id"] + obs["mid_date"].astype(str),
    )  # fmt: skip


def source(**options):
    return FittedPolls({}, lambda construct: make_obs(**options))


@cache
def gaps():
    return findings(source(), ["opinion"]).set_index("finding").to_dict("index")


@cache
def draw(**options):
    """A figure to look at; drawn once, so leave it as it is."""
    polls, pair, _ = two_pollsters(source())
    return plot_opinion_spread(polls, make_houses(), pair=pair, gaps=gaps(), **options)


@pytest.mark.long("each case is drawn", quick=1)
@pytest.mark.parametrize(("lang", "size"), EDITIONS)
def test_no_text_is_cut_or_covered(lang, size):
    fig = draw(edition=Edition(lang, size))
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


def test_a_gap_is_the_difference_of_plain_means_within_a_window():
    polls, pair, spans = two_pollsters(source())
    means = window_means(polls, pair, spans).set_index(["window", "side", "house_id"])["mean"]
    for number, name in enumerate(("base", "last")):
        for side in ("of_all", "of_opinion"):
            expected = means[number, side, pair[0]] - means[number, side, pair[1]]
            assert gaps()[f"opinion.{side}.{name}"]["mean"] == pytest.approx(expected)


def test_those_without_an_opinion_leave_the_base():
    row = opinion_polls(make_obs()).iloc[0]
    assert row["of_opinion"] == pytest.approx(100 * 75 / 93)
    # Of fewer people the sampling error is larger: here the shares are about as uncertain.
    assert row["var_of_opinion"] == pytest.approx(
        row["of_opinion"] * (100 - row["of_opinion"]) / (1600 * 0.93)
    )


def test_the_title_says_a_crossing_only_where_both_gaps_are_clear():
    two = [House(n, "state", n, 9, "#000000", "o") for n in ("A", "B")]
    at = {"start": pd.Timestamp("2022-04-01"), "start_until": pd.Timestamp("2022-05-31")}

    def title(then, now):
        rows = [{"mean": mean, "direction": way, **at} for mean, way in (then, now)]
        names = ("opinion.of_opinion.base", "opinion.of_opinion.last")
        return " ".join(spread_title(two, dict(zip(names, rows, strict=True))).split())

    below = "6 below in year to May 2022"
    assert "B 8 points above A in" in title((-8.0, "lower"), (5.6, "higher"))
    assert "A 8 points above B in" in title((8.0, "higher"), (-5.6, "lower"))
    for then, now in (((-8.0, "lower"), (5.6, "higher")), ((8.0, "higher"), (-5.6, "lower"))):
        assert title(then, now).endswith(below)
    for now, shown in (((1.0, "unclear"), "+1"), ((-5.0, "lower"), "−5")):
        words = title((-8.0, "lower"), now)
        assert words.startswith("No clear turn (opinion holders): A less B −8, April and May 2022")
        assert words.endswith(f"; {shown}, year to May 2022")


@pytest.mark.long("titles of all months are wrapped", quick=1)
@pytest.mark.parametrize("size", ["article", "wide", "square"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_title_has_two_lines_whatever_month_is_the_last(lang, size):
    edition = Edition(lang, size)
    names = [label(f"house.{name}", edition) for name in ("chronicles", "levada")]
    two = [House(name, "independent", name, 9, "#000000", "o") for name in names]
    at = {"start": pd.Timestamp("2022-04-01"), "start_until": pd.Timestamp("2022-05-31")}
    with house_style():
        fig, _ = new_figure(edition)
        ends = pd.date_range("2026-01-31", periods=12, freq="ME")
        for end, way in product(ends, ("lower", "unclear")):
            then = {"mean": 11.8, "direction": "higher", **at}
            now = {"mean": -12.4, "direction": way, "start": end, "start_until": end}
            gaps = {"opinion.of_opinion.base": then, "opinion.of_opinion.last": now}
            title = fig.suptitle(" ".join(spread_title(two, gaps, edition).split("\n")))
            wrap_text(title, fig.bbox.width - 2 * points(fig, SIDE))
            assert title.get_text().count("\n") < 2, title.get_text()


def test_the_dots_are_those_of_the_data():
    polls, pair, _ = two_pollsters(source())
    data = spread_data(polls)
    lines = {line.get_gid(): line for ax in draw().axes for line in ax.lines}
    for house in pair:
        mine = data[data["house_id"] == house]
        for side in ("of_all", "of_opinion"):
            drawn = lines[f"polls-{side}-{house}"].get_ydata()
            assert list(mine[f"{side}_pct"]) == pytest.approx(list(drawn), abs=0.005)


def test_one_house_is_no_pair():
    assert two_pollsters(source(sides={"levada": SIDES["levada"]})) is None


@pytest.mark.long("each case is drawn", quick=1)
@pytest.mark.parametrize(("before", "is_above"), [(73, True), (84, False), (79, False)])
def test_the_last_number_stands_where_the_line_does_not_come_from(before, is_above):
    levada = [*SIDES["levada"][:3], (before, 14), SIDES["levada"][-1]]
    polls, pair, _ = two_pollsters(source(sides=SIDES | {"levada": levada}))
    fig = plot_opinion_spread(polls, make_houses(), pair=pair, gaps=gaps())
    (number,) = (text for text in fig.axes[0].texts if text.get_text() == "79")
    assert (number.xyann[1] > 0) is is_above
    fig.canvas.draw()
    (line,) = (line for line in fig.axes[0].lines if line.get_gid() == "polls-of_all-levada")
    at = line.get_transform().transform(line.get_xydata())
    assert not number.get_window_extent().contains(*at[-2])
