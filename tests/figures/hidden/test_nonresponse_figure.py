"""Bounds and ratios by house are drawn where they belong, in every language and size."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from helpers.figures_made import find_cut_texts, find_overlaps, make_houses, make_polls

from analysis.sensitivity import response_ratio
from figures.hidden.nonresponse import Found, nonresponse_rows, nonresponse_title, plot_nonresponse
from figures.kit.edition import LANGUAGES, SIZES, Edition

SHARES = {
    "levada": 78.0, "lord_ashcroft": 76.0, "fom": 72.0, "russian_field": 70.0, "vciom": 67.0,
    "pollytix_moweb": 54.0, "chronicles": 51.0, "propa": 43.0,
}  # fmt: skip
SILENT = pd.DataFrame(
    {"house_id": ["levada", "chronicles", "fom"], "silent_pct": [7.0, 35.0, 40.0]}
)


def make_ratios():
    frame = pd.DataFrame({"house_id": list(SHARES), "share_median": list(SHARES.values())})
    ends = {name: frame["share_median"] + d for name, d in (("lower", -3.0), ("upper", 3.0))}
    ratios = {name: response_ratio(share.to_numpy()) for name, share in ends.items()}
    median = response_ratio(frame["share_median"].to_numpy())
    return frame.assign(date=pd.Timestamp("2024-09-20"), median=median, **ratios)


FOUND = Found(0.95, 48.0, 49.4, pd.Timestamp("2024-09-18"))
ROWS = nonresponse_rows(make_ratios(), SILENT)


def draw(rows=ROWS, **options):
    return plot_nonresponse(make_polls(), rows, make_houses(), **options)


@cache
def see():
    """A figure to look at; drawn once, so leave it as it is."""
    return draw(found=FOUND)


@pytest.mark.parametrize(("lang", "size"), list(zip(LANGUAGES, SIZES, strict=True)))
def test_no_text_is_cut_or_covered(lang, size):
    fig = draw(edition=Edition(lang, size), found=FOUND)
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


def test_bounds_follow_the_share_and_the_silent():
    row = ROWS.set_index("house_id").loc["chronicles"]
    assert row["item_upper"] == 86
    assert row["unit_lower"] == pytest.approx(0.15 * 51)
    assert row["unit_upper"] == pytest.approx(0.15 * 86 + 85)


def test_a_level_above_the_last_poll_does_not_pass_a_hundred():
    assert ROWS.set_index("house_id").loc["fom", "item_upper"] == 100


def test_houses_that_never_printed_both_sides_have_no_item_bar():
    rows = ROWS.set_index("house_id")
    assert np.isnan(rows.loc["propa", "item_upper"])
    bars = [patch.get_gid() for patch in see().axes[0].patches]
    assert f"item-{list(SHARES).index('propa')}" not in bars
    assert sum(gid.startswith("item") for gid in bars) == len(SILENT)
    assert sum(gid.startswith("unit") for gid in bars) == len(SHARES)


def test_bars_and_intervals_are_those_of_the_rows():
    left, right = see().axes
    bar = next(patch for patch in left.patches if patch.get_gid() == "unit-0")
    assert bar.get_x() == pytest.approx(ROWS.loc[0, "unit_lower"])
    assert bar.get_x() + bar.get_width() == pytest.approx(ROWS.loc[0, "unit_upper"])
    line = next(line for line in right.lines if line.get_gid() == "interval-0")
    assert list(line.get_xdata()) == [ROWS.loc[0, "lower"], ROWS.loc[0, "upper"]]


def test_both_panels_share_their_rows():
    left, right = see().axes
    assert left.get_ylim() == right.get_ylim()
    assert left.get_position().y0 == pytest.approx(right.get_position().y0)
    assert left.get_position().y1 == pytest.approx(right.get_position().y1)


def test_what_was_found_is_drawn_only_where_it_is_known():
    gids = [line.get_gid() for line in see().axes[1].lines]
    assert "found" in gids
    assert any("2024:\n0.95×" in text.get_text() for text in see().axes[1].texts)
    assert "Dotted" in "".join(text.get_text() for text in see().texts)
    assert "Dotted" not in "".join(text.get_text() for text in draw().texts)
    assert "found" not in [line.get_gid() for line in draw().axes[1].lines]


@pytest.mark.parametrize(
    ("medians", "words"),
    [
        ([3.5, 1.2], "1.2 to 3.5 times as readily"),
        ([3.5, 0.7], "up to 3.5 times as readily as others; some polls show none"),
        ([0.9, 0.7], "show no majority"),
        ([2.0], "must answer polls 2.0 times as readily"),
    ],
)
def test_the_title_follows_the_ratios(medians, words):
    title = nonresponse_title(pd.DataFrame({"median": medians}))
    assert words in title.replace("\N{NO-BREAK SPACE}", " ")


def test_frames_are_not_touched():
    rows = ROWS.copy()
    draw(rows)
    pd.testing.assert_frame_equal(rows, ROWS)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="`rows` lacks the column median"):
        draw(ROWS.drop(columns="median"))
