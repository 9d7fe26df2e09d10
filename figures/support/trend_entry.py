"""The published figures of a trend: every poll, and the mean of the houses."""

from functools import partial

import pandas as pd

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import Edition
from figures.kit.save import Rendering
from figures.support.trend import plot_trend, trend_data
from figures.support.trend_words import trend_alt, trend_caption


def draw_trend(construct: str, fitted: FittedPolls, edition: Edition) -> Rendering:
    """Draw the trend of a construct, with its words."""
    houses = fitted.houses(edition)
    obs, trend, since = (
        fitted.obs(construct),
        fitted.trend(construct),
        fitted.since(construct),
    )
    fig = plot_trend(
        obs,
        trend,
        houses,
        edition=edition,
        change=fitted.change(construct),
        since=since,
        beside=fitted.change(construct, drift=False),
    )
    alt = trend_alt(obs, trend, since, edition)
    return Rendering(fig, alt, trend_caption(obs, houses, edition), edition)


def make_trend_data(construct: str, fitted: FittedPolls) -> pd.DataFrame:
    """Give polls and estimate of a construct, as drawn."""
    return trend_data(fitted.obs(construct), fitted.trend(construct), fitted.houses())


ENTRIES = (
    Entry(
        "trend-support",
        "Support for the war: every poll, and the mean of the houses with its 95% band.",
        partial(draw_trend, "support"),
        partial(make_trend_data, "support"),
    ),
)
