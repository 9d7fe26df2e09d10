"""The a-b plane draws borders, bands and experiments where they belong."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from helpers.figures_made import find_cut_texts, find_overlaps, make_houses, make_polls

import polls
from analysis.list_experiments import published_gaps
from figures.hidden.tipping import choose_experiments, plot_tipping, tipping_title
from figures.kit.edition import LANGUAGES, SIZES, Edition

GAPS = published_gaps(polls.load()["indirect"])
SHARES = {"levada": (77.6, 7.0), "vciom": (66.8, 14.0), "chronicles": (50.7, 35.3)}


def make_border():
    """Borders as the analysis gives them, at shares like the real ones."""
    insincere = np.arange(0.0, 101.0)
    parts = []
    for house, (share, silent) in SHARES.items():
        needed = {
            name: 100 * (50 - (share + change) * (1 - insincere / 100)) / silent
            for name, change in (("needed_pct", 0.0), ("lower", 3.0), ("upper", -3.0))
        }
        parts.append(pd.DataFrame({"reference": house, "insincere_pct": insincere, **needed}))
    return pd.concat(parts, ignore_index=True)


def make_points():
    rows = [
        (house, *(max(0.0, 100 * (1 - 50 / (share + d))) for d in (0, -3, 3)))
        for house, (share, _) in SHARES.items()
    ]
    return pd.DataFrame(rows, columns=["reference", "median", "lower", "upper"])


@cache
def draw(**options):
    """A figure to look at; drawn once, so leave it as it is."""
    return plot_tipping(make_polls(), make_border(), make_points(), GAPS, make_houses(), **options)


@pytest.mark.parametrize(("lang", "size"), list(zip(LANGUAGES, SIZES, strict=True)))
def test_no_text_is_cut_or_covered(lang, size):
    fig = draw(edition=Edition(lang, size))
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


def test_each_border_meets_the_foot_at_its_tipping_point():
    ax = draw().axes[0]
    lines = {line.get_gid(): line for line in ax.lines}
    for row in make_points().to_dict("records"):
        line = lines[f"border-{row['reference']}"]
        foot = np.interp(0, line.get_ydata(), line.get_xdata())
        assert foot == pytest.approx(row["median"], abs=0.1)


def test_houses_of_one_colour_are_told_apart_by_their_lines():
    ax = draw().axes[0]
    borders = [line for line in ax.lines if str(line.get_gid()).startswith("border")]
    assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in borders}) == 3


def test_experiments_stand_at_the_share_that_they_found():
    ax = draw().axes[0]
    places = sorted(line.get_xdata()[0] for line in ax.lines if line.get_gid() == "experiment")
    assert places == sorted(choose_experiments(GAPS)["insincere_pct"])


def test_only_gaps_that_speak_of_insincerity_are_drawn():
    shown = choose_experiments(GAPS)
    assert set(shown["kind"]) == {"list", "wording", "order"}
    assert shown["insincere_pct"].between(0, 100).all()


@pytest.mark.parametrize(
    ("medians", "words"),
    [
        ([36.0, 25.0], "a majority for the war remains: it takes 25–36%"),
        ([36.0, 1.0], "is left in some polls only"),
        ([3.0, 1.0], "no majority for the war is left"),
    ],
)
def test_the_title_follows_the_houses(medians, words):
    points = pd.DataFrame({"median": medians})
    shown = pd.DataFrame({"insincere_pct": [14.1, 10.0]})
    assert words in tipping_title(points, shown).replace("\N{NO-BREAK SPACE}", " ")


def test_frames_are_not_touched():
    border, points, gaps = make_border(), make_points(), GAPS.copy()
    plot_tipping(make_polls(), border, points, gaps, make_houses())
    pd.testing.assert_frame_equal(border, make_border())
    pd.testing.assert_frame_equal(points, make_points())
    pd.testing.assert_frame_equal(gaps, GAPS)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="`border` lacks the column lower"):
        plot_tipping(
            make_polls(), make_border().drop(columns="lower"), make_points(), GAPS, make_houses()
        )
