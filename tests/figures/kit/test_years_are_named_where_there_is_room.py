"""However long polls go back, the years on an axis keep apart, and round ones are named."""

from datetime import date
from itertools import pairwise

import pandas as pd
import pytest
from helpers.figures_made import draw_trend, find_overlaps, make_houses, make_polls, make_trend

from figures.kit.axes import label_time
from figures.kit.edition import Edition
from figures.kit.style import house_style, new_figure
from figures.support.sectors import plot_sectors


def name_years(first: int, last: int, size: str) -> list[str]:
    """Names on the axis of a figure without margins."""
    edition = Edition(size=size)
    with house_style():
        fig, ax = new_figure(edition)
        label_time(ax, date(first, 1, 1), date(last, 12, 31), edition)
    assert find_overlaps(fig) == []
    return [text.get_text() for text in ax.get_xticklabels()]


@pytest.mark.long("each case is drawn several times", quick=1)
@pytest.mark.parametrize(
    ("first", "last", "size", "named"),
    [
        (2022, 2026, "article", ["2022", "2023", "2024", "2025", "2026"]),
        (2022, 2026, "phone", ["’22", "’23", "’24", "’25", "’26"]),
        (1955, 2024, "article", [str(year) for year in range(1955, 2021, 5)]),
    ],
)
def test_years_that_have_room_are_all_named_and_else_the_round_ones(
    first: int, last: int, size: str, named: list[str]
) -> None:
    assert name_years(first, last, size) == named


@pytest.mark.long("each case is drawn several times", quick=1)
@pytest.mark.parametrize(("days", "named"), [(540, False), (541, True)])
def test_a_year_and_a_half_is_named_by_months(days: int, named: bool) -> None:
    first = pd.Timestamp("2022-03-01")
    with house_style():
        _, ax = new_figure()
        label_time(ax, first, first + pd.Timedelta(days=days), Edition())
    names = [text.get_text() for text in ax.get_xticklabels()]
    assert (names == ["2022", "2023"]) is named


def test_an_axis_too_narrow_for_two_names_has_one() -> None:
    with house_style():
        _, ax = new_figure(Edition())
        ax.set_position((0.4, 0.3, 0.03, 0.5))
        label_time(ax, date(2021, 1, 1), date(2024, 12, 31), Edition())
    assert [text.get_text() for text in ax.get_xticklabels()] == ["2024"]


@pytest.mark.long("each case is drawn several times", quick=2)
@pytest.mark.parametrize("size", ["article", "phone", "card", "wide", "square"])
@pytest.mark.parametrize("first", [2014, 1990, 1900])
def test_years_keep_apart_when_the_margin_has_taken_its_room(first: int, size: str) -> None:
    polls, trend = make_polls(), make_trend()
    polls.loc[0, "mid_date"] = trend.loc[0, "date"] = pd.Timestamp(first, 6, 1)
    fig = draw_trend(obs=polls, trend=trend, edition=Edition(size=size))
    assert find_overlaps(fig) == []
    named = [int(text.get_text()[-2:]) for text in fig.axes[0].get_xticklabels()]
    steps = {(later - year) % 100 for year, later in pairwise(named)}
    (step,) = steps
    assert all(year % step == 0 for year in named)


def test_numbers_that_would_lie_on_others_stand_beside_their_polls_or_the_earliest_nowhere() -> (
    None
):
    polls = make_polls()
    days = pd.to_datetime(["2023-03-01", "2023-03-02", "2023-03-03", "2023-03-04", "2025-03-01"])
    shares = [68.1, 68.2, 68.3, 68.4, 65]
    rows = {"house_id": "vciom", "sector": "state", "mid_date": days, "share_pct": shares}
    obs = pd.concat([polls[polls["sector"] == "independent"], pd.DataFrame(rows)])
    told = {"mean": -5.0, "lower": -9.0, "upper": -1.0, "prob_negative": 0.99}
    fig = plot_sectors(
        obs,
        {"independent": make_trend(), "state": make_trend()},
        make_houses(),
        changes={"independent": told, "state": told},
        since=date(2022, 4, 1),
    )
    assert find_overlaps(fig) == []
    written = {text.get_text(): text for text in fig.axes[0].texts}
    assert "68.1" not in written
    sides = {written[number].get_ha() for number in ("68.2", "68.3", "68.4")}
    assert sides == {"left", "center", "right"}
    assert written["65"].get_ha() == "center"
