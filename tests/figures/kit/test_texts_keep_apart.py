"""No text lies on another, and none is cut off, in any figure and size."""

import numpy as np
import pandas as pd
import pytest
from helpers.figures_made import (
    CASES,
    draw_coverage,
    draw_trend,
    find_cut_texts,
    find_overlaps,
    make_polls,
    see,
)
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from figures.kit.edition import Edition
from figures.kit.layout import spread_apart


@pytest.mark.long("each case is drawn", quick=4)
@pytest.mark.parametrize(("name", "size"), CASES)
def test_no_text_overlaps_another(name: str, size: str) -> None:
    assert find_overlaps(see(name, size)) == []


@pytest.mark.parametrize(("name", "size"), CASES)
def test_no_text_is_cut_off(name: str, size: str) -> None:
    assert find_cut_texts(see(name, size)) == []


def make_crowd() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Thirty houses with five polls each, all at the same level, with long names."""
    polls = make_polls().iloc[np.arange(150) % 80]
    ids = [f"house{i % 30:02}" for i in range(150)]
    polls = polls.assign(house_id=ids, share_pct=70.0)
    name = [f"Institute for the Study of Opinion number {i}" for i in range(30)]
    houses = pd.DataFrame({"house_id": ids[:30], "sector": "independent", "name": name})
    return polls, houses


@pytest.mark.long("each case is drawn", quick=1)
@pytest.mark.parametrize("size", ["wide", "square"])
@pytest.mark.parametrize("draw", [draw_trend, draw_coverage])
def test_thirty_houses_with_long_names_at_one_level_keep_apart(draw, size: str) -> None:
    polls, houses = make_crowd()
    fig = draw(obs=polls, houses=houses, edition=Edition(size=size))
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


def test_a_series_of_two_weeks_names_days_that_keep_apart() -> None:
    polls = make_polls().iloc[:9]
    polls = polls.assign(mid_date=pd.date_range("2022-03-20", periods=9, freq="2D"))
    days = pd.date_range("2022-03-20", "2022-04-05")
    trend = pd.DataFrame({"date": days, "mean": 66.0, "lower": 63.0, "upper": 69.0})
    fig = draw_trend(obs=polls, trend=trend, since=days[0])
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []
    assert any(text.get_text() for text in fig.axes[0].get_xticklabels())


def test_overlapping_texts_are_found() -> None:
    fig = Figure()
    fig.text(0.5, 0.5, "one")
    fig.text(0.51, 0.5, "other")
    fig.text(0.98, 0.1, "over the edge")
    assert find_overlaps(fig) == [("one", "other")]
    assert find_cut_texts(fig) == ["over the edge"]


@pytest.mark.long("hypothesis makes a hundred rows of labels")
@given(st.lists(st.floats(0, 100), min_size=2, max_size=20), st.floats(0.1, 10))
def test_spread_positions_keep_their_gap_order_and_bounds(wanted: list[float], gap: float) -> None:
    placed = spread_apart(wanted, gap, 0, 100)
    order = np.argsort(wanted, kind="stable")
    step = min(gap, 100 / (len(wanted) - 1))
    assert np.diff(placed[order]).min() >= step - 1e-9
    assert placed.min() >= -1e-9
    assert placed.max() <= 100 + 1e-9


def test_positions_that_keep_apart_stay_where_they_are() -> None:
    assert spread_apart([50, 10, 90], 5, 0, 100).tolist() == [50, 10, 90]


def test_positions_move_as_little_as_possible() -> None:
    # Three at 10, 11, 30 with gap 5: the first two share the move, the third stays.
    assert spread_apart([10, 11, 30], 5, 0, 100).tolist() == [8, 13, 30]


def test_positions_at_the_edge_move_inwards() -> None:
    assert spread_apart([99, 100], 10, 0, 100).tolist() == [90, 100]
