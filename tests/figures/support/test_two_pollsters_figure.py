"""Two grids of a hundred squares: each counts its poll, and the title what sets them apart."""

import pandas as pd
import pytest
from helpers.figures_made import find_cut_texts, find_overlaps, make_houses
from matplotlib.colors import to_hex

from figures.kit.edition import LANGUAGES, Edition
from figures.kit.style import ANSWER_COLOURS
from figures.support.two_pollsters import (
    COLUMNS,
    PARTS,
    choose_pair,
    count_squares,
    pair_title,
    plot_two_pollsters,
    share_out,
)


def make_pair(levada=(78.0, 7.0, 15.0), chronicles=(50.6, 35.2, 14.2)):
    rows = [("levada", *levada), ("chronicles", *chronicles)]
    day = pd.Timestamp("2025-09-25")
    return pd.DataFrame(rows, columns=["house_id", *COLUMNS]).assign(mid_date=day, end_date=day)


PAIR = make_pair()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_cut_or_covered(lang):
    fig = plot_two_pollsters(PAIR, make_houses(), Edition(lang, "phone", short="100 and 100"))
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


def test_each_grid_has_a_hundred_squares_in_the_colours_of_its_answers():
    axes = plot_two_pollsters(PAIR, make_houses()).axes
    for ax, (_, poll) in zip(axes, PAIR.iterrows(), strict=True):
        (squares,) = (c for c in ax.collections if c.get_gid() == "squares")
        drawn = [to_hex(colour).upper() for colour in squares.get_facecolor()]
        counts = share_out(poll[list(COLUMNS)])
        assert len(drawn) == sum(counts) == 100
        assert [drawn.count(ANSWER_COLOURS[part].upper()) for part in PARTS] == counts


def test_the_title_tells_silence_from_opposition():
    silent, opposed = pair_title(PAIR), pair_title(make_pair(chronicles=(50.0, 8.0, 42.0)))
    assert "people who gave no answer" in silent
    assert "equal" not in opposed


@pytest.mark.parametrize("chronicles", [(50.5, 35.3, 14.2), (50.0, 8.5, 41.5)])
def test_the_title_tells_the_squares_that_are_drawn(chronicles):
    pair = make_pair(chronicles=chronicles)
    title, counts = pair_title(pair), count_squares(pair)
    assert f"{counts['a_for']} or {counts['b_for']} supporters" in title
    assert counts["b_for"] == share_out(pair.loc[1, list(COLUMNS)])[0]


def test_the_nearest_poll_of_the_other_series_is_taken_and_frames_are_not_touched():
    days = pd.to_datetime(["2022-06-01", "2025-06-01", "2026-02-21", "2025-05-20"])
    obs = pd.DataFrame({"house_id": list("aaab"), "mid_date": days,
                        "for_pct": [70.0, 71.0, 72.0, 50.0], "against_pct": 15.0})  # fmt: skip
    before = obs.copy()
    assert choose_pair(obs)["for_pct"].tolist() == [71.0, 50.0]
    pd.testing.assert_frame_equal(obs, before)
    # Frames that were joined have labels that stand there twice.
    joined = pd.concat([obs.head(2), obs.tail(2).reset_index(drop=True)])
    assert choose_pair(joined)["for_pct"].tolist() == [71.0, 50.0]


def test_one_series_alone_is_refused():
    with pytest.raises(ValueError, match="Fewer than two houses"):
        choose_pair(PAIR.head(1))


@pytest.mark.parametrize("rows", [[0], [0, 1, 1]])
def test_squares_are_counted_of_two_polls_and_no_other_number(rows):
    with pytest.raises(ValueError, match="zip"):
        count_squares(PAIR.iloc[rows])
