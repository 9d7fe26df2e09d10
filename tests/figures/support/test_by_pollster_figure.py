"""A panel for each pollster with many polls, one for all others, the average behind each."""

import pandas as pd
import pytest
from helpers.figures_made import (
    HOUSES,
    find_cut_texts,
    find_overlaps,
    make_houses,
    make_polls,
    make_trend,
)

from figures.kit.edition import LANGUAGES, Edition
from figures.kit.frames import rank_houses
from figures.support.by_pollster import OWN, plot_pollsters, pollsters_title

HOW = {"mode": "cati", "frame": "operation", "offers_refusal": None}
POLLS = make_polls().assign(**HOW)
RANKED = rank_houses(make_houses(), POLLS)


@pytest.mark.long("each size is drawn", quick=1)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_cut_or_covered(lang):
    fig = plot_pollsters(POLLS, make_trend(), make_houses(), Edition(lang, "phone"))
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


@pytest.mark.long("each size is drawn")
def test_every_poll_is_drawn_once_and_the_average_in_each_panel():
    axes = plot_pollsters(POLLS, make_trend(), make_houses()).axes
    assert len(axes) == OWN + 1
    lines = [line for ax in axes for line in ax.lines]
    drawn = {line.get_gid(): len(line.get_ydata()) for line in lines if "polls" in line.get_gid()}
    assert drawn == {f"polls-{house}": polls for house, (_, _, polls, _) in HOUSES.items()}
    assert [line.get_gid() for line in lines].count("average") == len(axes)


def test_a_panel_without_a_house_is_taken_away():
    few = POLLS[POLLS["house_id"].isin(["levada", "vciom", "chronicles"])]
    axes = plot_pollsters(few, make_trend(), make_houses()).axes
    assert len(axes) == 3
    titles = [ax.get_title(loc="left") + ax.get_title() for ax in axes]
    assert all(titles) or all(ax.texts for ax in axes)


def test_the_title_names_the_ends_of_the_last_year():
    day = POLLS["mid_date"].max()
    last = pd.DataFrame(
        {"house_id": ["levada", "chronicles", "fom"], "share_pct": [72.0, 50.5, 40.0],
         "mid_date": [day, day, day - pd.Timedelta(days=400)]}
    )  # fmt: skip
    title = pollsters_title(last, RANKED).replace("\N{NO-BREAK SPACE}", " ")
    assert "from 50.5% (Chronicles) to 72% (Levada Center)" in title
