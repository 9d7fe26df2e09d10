"""Figures take frames, leave them as they are, and say what is missing in them."""

from pathlib import Path

import pandas as pd
import pytest
from helpers.figures_made import (
    draw_coverage,
    draw_trend,
    make_change,
    make_houses,
    make_polls,
    make_trend,
)
from matplotlib import rcParams
from matplotlib.figure import Figure
from pandas.testing import assert_frame_equal

from figures import finish, new_figure, plot_coverage, plot_trend, save
from figures.kit.edition import Edition
from figures.support import coverage_data
from figures.support.trend import trend_data


def test_frames_and_change_are_not_touched(tmp_path: Path) -> None:
    polls, trend, houses, change = make_polls(), make_trend(), make_houses(), make_change()
    fig = draw_trend(obs=polls, trend=trend, houses=houses, change=change)
    draw_coverage(obs=polls, houses=houses)
    save(fig, tmp_path / "slug", trend_data(polls, trend, houses), "A.", "C.", formats=["svg"])
    coverage_data(polls, houses)
    assert_frame_equal(polls, make_polls())
    assert_frame_equal(trend, make_trend())
    assert_frame_equal(houses, make_houses())
    assert change == make_change()


@pytest.mark.long("several figures are drawn")
def test_the_settings_of_matplotlib_are_not_touched(tmp_path: Path) -> None:
    before = dict(rcParams)
    save(draw_trend(), tmp_path / "slug", make_polls(), "A.", "C.", formats=["svg", "png"])
    draw_coverage()
    assert dict(rcParams) == before


def test_the_trend_is_drawn_into_axes_that_are_given() -> None:
    fig = Figure()
    left, right = fig.subplots(1, 2)
    drawn = plot_trend(
        make_polls(), make_trend(), make_houses(), left, change=make_change(), since="2022-04-01"
    )
    assert drawn is fig
    assert left.lines
    assert not right.lines
    # Title and foot are the caller's; houses are named beside the axes, with their last poll.
    assert fig.get_suptitle() == ""
    named = {text.get_text().rpartition(": ")[0] for text in left.texts}
    assert {"Levada Center", "Chronicles", "VCIOM", "Russian Field"} <= named


def test_the_calendar_is_drawn_into_axes_that_are_given() -> None:
    fig = Figure()
    left, right = fig.subplots(1, 2)
    assert plot_coverage(make_polls(), make_houses(), left) is fig
    assert left.collections
    assert not right.collections
    assert fig.get_suptitle() == ""


def test_houses_without_names_are_called_by_their_ids() -> None:
    fig = draw_coverage(houses=make_houses().drop(columns="name"))
    labels = [text.get_text() for text in fig.axes[0].get_yticklabels()]
    assert "levada (38)" in labels


@pytest.mark.parametrize(
    ("frame", "column"),
    [("obs", "share_pct"), ("trend", "lower"), ("houses", "sector"), ("obs", "mid_date")],
)
def test_a_missing_column_is_named_with_what_is_there(frame: str, column: str) -> None:
    frames = {"obs": make_polls(), "trend": make_trend(), "houses": make_houses()}
    short = frames[frame].drop(columns=column)
    with pytest.raises(ValueError, match=f"`{frame}` lacks the column {column}. It has: "):
        draw_trend(**{frame: short})


def test_an_empty_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="`obs` has no rows, so there is nothing to draw"):
        draw_coverage(obs=make_polls().iloc[:0])


def test_a_house_that_nobody_knows_is_named() -> None:
    with pytest.raises(ValueError, match="`houses` has no row for norc, which `obs` holds"):
        draw_trend(houses=make_houses().query("house_id != 'norc'"))


def test_a_sector_without_a_colour_is_named_with_those_that_have_one() -> None:
    houses = make_houses().replace({"sector": {"state": "State"}})
    with pytest.raises(ValueError, match=r"no sector State\. There are: state, independent"):
        draw_trend(houses=houses)


def test_a_change_from_a_day_before_the_trend_is_refused_with_its_days() -> None:
    with pytest.raises(ValueError, match=r"2021-01-01.* runs from 2022-02-25 to 2025-10-08"):
        draw_trend(since="2021-01-01")


def test_an_unknown_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no size 'poster'\. There are: article, wide, square"):
        Edition(size="poster")


@pytest.mark.parametrize("missing", ["title", "subtitle", "source"])
def test_a_figure_is_not_finished_without_its_words(missing: str) -> None:
    words = {"title": "Title", "subtitle": "Subtitle", "source": "Source"} | {missing: " "}
    fig, _ = new_figure()
    with pytest.raises(ValueError, match=f"needs a {missing}; it is empty"):
        finish(fig, **words, data_to=pd.Timestamp("2022-04-18"))


def test_words_that_leave_no_room_are_refused() -> None:
    fig, _ = new_figure()
    with pytest.raises(ValueError, match="leave no room for the picture"):
        finish(fig, "Long title " * 200, "Subtitle", "Source", pd.Timestamp("2022-04-18"))
