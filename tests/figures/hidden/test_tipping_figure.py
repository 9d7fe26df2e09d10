"""One bar a house: the insincere share that its majority would take, over that of a list."""

from functools import cache

import pandas as pd
import pytest
from helpers.figures_made import EDITIONS, find_cut_texts, find_overlaps, make_houses, make_polls

from figures.hidden.tipping import plot_tipping, tipping_title
from figures.kit.edition import LANGUAGES, Edition

LISTS = pd.DataFrame(
    {
        "house_id": ["chapkovski_schaub"], "study": ["A"], "insincere_pct": [14.1],
        "insincere_lower": [4.0], "insincere_upper": [24.2], "period": ["published 2022-06-22"],
        "date": [pd.NaT],
    }
)  # fmt: skip


def make_points():
    rows = [("levada", 31.0, 28.0, 35.0), ("vciom", 23.0, 18.0, 27.0), ("chronicles", 1.0, 0, 7.0)]
    return pd.DataFrame(rows, columns=["reference", "median", "lower", "upper"])


@cache
def draw(**options):
    """A figure to look at; drawn once, so leave it as it is."""
    return plot_tipping(make_polls(), make_points(), LISTS, make_houses(), **options)


@pytest.mark.long("each size is drawn", quick=1)
@pytest.mark.parametrize(("lang", "size"), EDITIONS)
def test_no_text_is_cut_or_covered(lang, size):
    fig = draw(edition=Edition(lang, size))
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


def test_each_bar_ends_where_the_majority_of_its_house_does():
    bars = [patch for patch in draw().axes[0].patches if str(patch.get_gid()).startswith("bar")]
    assert [bar.get_width() for bar in bars] == [31.0, 23.0, 1.0]  # largest first


def test_the_list_stands_with_its_interval_and_the_interval_is_called_an_assumption():
    ax = draw().axes[0]
    (line,) = [line for line in ax.lines if line.get_gid() == "found"]
    assert line.get_xdata()[0] == 14.1
    (band,) = [patch for patch in ax.patches if patch.get_gid() == "found-interval"]
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((4.0, 24.2))
    words = " ".join(text.get_text() for text in draw().texts).replace("\N{NO-BREAK SPACE}", " ")
    key = " ".join(text.get_text() for legend in draw().legends for text in legend.texts)
    assert "4 to 24, our assumption" in f"{words} {key}".replace("\N{NO-BREAK SPACE}", " ")


def test_of_several_lists_the_last_is_told_with_its_own_error_mode_and_year():
    """A later one, by telephone, whose interval was printed: no word of the first is left."""
    later = {"house_id": "made", "study": "Made 2026", "insincere_pct": -2.0,
             "insincere_lower": 0.0, "insincere_upper": 4.0, "se_origin": "published",
             "mode": "cati", "period": "May 2026", "date": pd.NaT}  # fmt: skip
    lists = pd.concat([LISTS, pd.DataFrame([later])], ignore_index=True)
    fig = plot_tipping(make_polls(), make_points(), lists, make_houses())
    texts = [*fig.texts, *(text for legend in fig.legends for text in legend.texts)]
    words = " ".join(" ".join(text.get_text() for text in texts).split())
    assert "Found by the list experiment of 2026: 0% (0 to 4)" in words
    assert "The list was asked by telephone in 2026." in words
    assert "Made 2026" in words
    for gone in ("assumption", "2022", "Chapkovski"):
        assert gone not in words


def test_without_a_list_nothing_is_found():
    fig = plot_tipping(make_polls(), make_points(), LISTS.iloc[:0], make_houses())
    assert "found" not in [line.get_gid() for line in fig.axes[0].lines]
    assert "experiment" not in fig.get_suptitle()
    assert "The list was asked" not in " ".join(text.get_text() for text in fig.texts)


@pytest.mark.parametrize(
    ("medians", "words"),
    [
        ([36.0, 25.0], "25% insincere supporters (B) or 36% (A); an experiment found 14%"),
        ([1.0, 36.0], "1% insincere supporters (A) or 36% (B); an experiment found 14%"),
        ([3.0], "by 3% insincere supporters; an experiment found 14%"),
        ([0.4, 36.0], "No majority (A), or one undone by 36% insincere supporters (B); an exper"),
        ([0.5, 36.0], "1% insincere supporters (A) or 36% (B); an experiment found 14%"),
        ([0.4, 0.0], "show no majority"),
        ([0.4], "show no majority"),
    ],
)
def test_the_title_names_the_houses_at_both_ends(medians, words):
    points = pd.DataFrame({"reference": ["a", "b"][: len(medians)], "median": medians})
    title = tipping_title(points, LISTS, {"a": "A", "b": "B"})
    assert words in title.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("least", [12.0, 0.4])
def test_the_title_leaves_out_names_that_make_it_too_long(lang, least):
    edition = Edition(lang)
    points = pd.DataFrame({"reference": ["a", "b"], "median": [36.0, least]})
    assert "Ash" in tipping_title(points, LISTS, {"a": "Ash", "b": "Oak"}, edition)
    title = tipping_title(points, LISTS, {"a": "Institute of " * 5, "b": "Oak"}, edition)
    assert "Institute" not in title
    assert all(number in title for number in ("36", "14", *(["12"] if least > 1 else [])))


def test_frames_are_not_touched():
    points, lists = make_points(), LISTS.copy()
    plot_tipping(make_polls(), points, lists, make_houses())
    pd.testing.assert_frame_equal(points, make_points())
    pd.testing.assert_frame_equal(lists, LISTS)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="`points` lacks the column lower"):
        plot_tipping(make_polls(), make_points().drop(columns="lower"), LISTS, make_houses())
