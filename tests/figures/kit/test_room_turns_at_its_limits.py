"""What a part of a figure does for want of room it does from a limit on, and not at it."""

from contextlib import nullcontext
from datetime import date
from itertools import pairwise

import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from figures.kit import forest
from figures.kit.axes import label_time
from figures.kit.edition import Edition
from figures.kit.finish import APART, finish, fit_axes
from figures.kit.fonts import LETTERS, lean_fonts
from figures.kit.layout import shorten_text
from figures.kit.margin_labels import Margin
from figures.kit.style import house_style, new_figure

EDITION = Edition()


@pytest.mark.parametrize(("day", "named"), [(21, True), (22, True), (23, False)])
def test_a_month_is_named_where_three_tenths_of_it_are_seen(day: int, named: bool) -> None:
    """From the 22nd to the 31st are nine days of thirty."""
    ax = Figure().subplots()
    label_time(ax, pd.Timestamp(2022, 3, day), pd.Timestamp("2022-06-30"), EDITION)
    assert (len(ax.get_xticklabels()) == 4) is named


@pytest.mark.parametrize(("width", "ticks"), [(6.99, 4), (7.0, 4), (7.01, 8)])
def test_a_forest_has_more_ticks_from_seven_inches_on(width: float, ticks: int) -> None:
    ax = Figure(figsize=(width, 4)).subplots()
    forest._label_values(ax, [forest.Row("a", 5.0, 0.0, 7.0)], EDITION, 0.0, "points")
    assert len(ax.get_xticks()) == ticks


@pytest.mark.parametrize(
    ("lower", "upper", "first", "last"),
    [(1.0, 26.0, 0, 25), (1.01, 26.0, 5, 25), (4.0, 29.0, 5, 30), (4.0, 28.99, 5, 25)],
)
def test_a_tick_may_stand_at_the_very_edge_of_a_forest(
    lower: float, upper: float, first: int, last: int
) -> None:
    """The axis reaches a twenty-fifth of its length further than the intervals."""
    ax = Figure().subplots()
    forest._label_values(ax, [forest.Row("a", 15.0, lower, upper)], EDITION, 15.0, "points")
    ticks = ax.get_xticks()
    assert (ticks[0], ticks[-1]) == (first, last)


@pytest.mark.parametrize(
    ("width", "low", "high", "has_room"),
    [
        (4.0, 100.0, 101.0, True),
        (4.0, 100.0, 100.0, False),
        (4.0, 101.0, 100.0, False),
        (0.34, 100.0, 200.0, True),
        (1 / 3, 100.0, 200.0, False),
        (0.32, 100.0, 200.0, False),
    ],
)
def test_axes_need_a_pixel_of_room(width: float, low: float, high: float, has_room: bool) -> None:
    """The margins alone are a third of an inch wide."""
    fig = Figure(figsize=(width, 4))
    fig.subplots().set_axis_off()
    told = pytest.raises(ValueError, match="The words leave no room for the picture")
    with nullcontext() if has_room else told:
        fit_axes(fig, low, high)


def finish_rows(n_rows: int, size: str = "article", lines: int = 2) -> Figure:
    """A finished figure with rows named at their left in so many lines."""
    with house_style():
        fig, ax = new_figure(Edition(size=size))
        ax.set_yticks(range(n_rows), ["\n".join(["Words"] * lines)] * n_rows)
        ax.set_ylim(n_rows - 0.5, -0.5)
    return finish(fig, "Title", "Percent", "Made up", date(2022, 4, 18), edition=Edition(size=size))


@pytest.mark.parametrize(("size", "grows"), [("article", True), ("wide", True), ("card", False)])
def test_a_figure_grows_where_names_of_rows_would_meet(size: str, grows: bool) -> None:
    low = finish_rows(2, size).bbox.height
    assert bool(finish_rows(20, size).bbox.height > low) is grows


def test_an_article_grows_just_as_far_as_the_names_of_rows_need() -> None:
    usual = finish_rows(2).bbox.height
    first = next(n_rows for n_rows in range(2, 30) if finish_rows(n_rows).bbox.height > usual)
    for n_rows in (first, 20):
        fig = finish_rows(n_rows)
        boxes = [text.get_window_extent() for text in fig.axes[0].get_yticklabels()]
        apart = [points_below(upper, lower) for upper, lower in pairwise(boxes)]
        # A figure is as high as a whole number of pixels.
        assert min(apart) + 0.01 >= APART
        assert max(apart) < APART + 1
    boxes = [text.get_window_extent() for text in finish_rows(first - 1).axes[0].get_yticklabels()]
    assert min(points_below(upper, lower) for upper, lower in pairwise(boxes)) >= APART


def points_below(upper: Bbox, lower: Bbox) -> float:
    """Points from one box down to the next, at 96 pixels an inch."""
    return float(upper.y0 - lower.y1) * 72 / 96


@pytest.mark.parametrize(("more", "is_lean"), [("", True), ("日", False)])
def test_the_lean_font_is_taken_for_all_of_its_letters_and_no_other(
    more: str, is_lean: bool
) -> None:
    fig = Figure()
    fig.text(0, 0, "".join(LETTERS) + more)
    assert isinstance(lean_fonts(fig), nullcontext) is not is_lean


@pytest.mark.parametrize(("less", "is_cut"), [(-1.0, False), (0.0, False), (1.0, True)])
def test_a_text_as_wide_as_its_room_is_not_cut(less: float, is_cut: bool) -> None:
    text = Figure().text(0, 0, "Levada Center")
    shorten_text(text, text.get_window_extent().width - less)
    assert text.get_text().endswith("\N{HORIZONTAL ELLIPSIS}") is is_cut


@pytest.mark.parametrize(("width", "is_narrow"), [(4.99, True), (5.0, False), (5.01, False)])
def test_labels_stand_closer_below_five_inches(width: float, is_narrow: bool) -> None:
    margin = Margin(Figure(figsize=(width, 4)).subplots(), [])
    assert bool(margin._is_narrow) is is_narrow
