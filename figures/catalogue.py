"""Every published figure in one place: its slug, a line about it, and how it is made.

To add a figure, write its drawing module and append an `Entry` to `ENTRIES`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import pandas as pd

from figures.coverage import plot_coverage
from figures.coverage_words import coverage_alt, coverage_caption, coverage_data
from figures.inputs import name_houses
from figures.save import Rendering
from figures.trend import plot_trend, trend_data
from figures.trend_words import trend_alt, trend_caption

# Changes count from here: the weeks before moved too fast, and with too few polls, to be a
# level that later ones can be held against.
SINCE = pd.Timestamp("2022-04-01")
# Before the season is over nobody says "since spring".
SPRING_OVER = pd.Timestamp("2022-06-01")


class TrendResults(Protocol):
    """What the figures ask of a fitted trend, such as ``analysis.PollTrendResults``."""

    def trend(self) -> pd.DataFrame:
        """Daily level: date, mean, sd, lower, upper."""

    def change(self, start: object, end: object) -> Any:
        """Change between two days: a mapping mean, sd, lower, upper, prob_negative."""


class Material:
    """Polls and houses of one construct, and the trend through them, fitted when asked for.

    Parameters
    ----------
    obs : DataFrame
        As from ``polls.series()``.
    houses : DataFrame
        The table houses.
    fit : callable
        Makes `TrendResults` of `obs`, with house effects that may drift or stand still;
        called at most once for each.
    as_of : date, optional
        Only polls published by this day are in `obs`.
    """

    def __init__(
        self,
        obs: pd.DataFrame,
        houses: pd.DataFrame,
        fit: Callable[[pd.DataFrame, bool], TrendResults],
        as_of: date | pd.Timestamp | None = None,
    ) -> None:
        self.obs = obs
        self.houses = houses
        self.as_of = as_of
        self._fit = fit

    @cached_property
    def results(self) -> TrendResults:
        """The trend with house effects that may drift."""
        return self._fit(self.obs, True)

    @cached_property
    def trend(self) -> pd.DataFrame:
        """Daily level of the mean of these houses."""
        return self.results.trend()

    @cached_property
    def since(self) -> pd.Timestamp:
        """Day from which change counts: 1 April 2022, or the first day of other series."""
        first, last = self.trend["date"].iloc[0], self.trend["date"].iloc[-1]
        return SINCE if first <= SINCE and last >= SPRING_OVER else pd.Timestamp(first)

    @cached_property
    def change(self) -> Mapping[str, float]:
        """Change from `since` to the last day."""
        return self._change(self.results)

    @cached_property
    def static_change(self) -> Mapping[str, float]:
        """The same change with house effects that stand still."""
        return self._change(self._fit(self.obs, False))

    def _change(self, results: TrendResults) -> Mapping[str, float]:
        last = self.trend["date"].iloc[-1]
        if self.since >= last:
            raise ValueError(
                f"All polls are of one day, {last:%Y-%m-%d}, so there is no change to show. "
                "Take a later --as-of."
            )
        change = results.change(self.since, last)
        names = ("mean", "sd", "lower", "upper", "prob_negative")
        return {name: float(change[name]) for name in names}


@dataclass(frozen=True)
class Entry:
    """A published figure.

    Parameters
    ----------
    slug : str
        Name of its folder.
    about : str
        A line for ``python -m figures list``.
    draw : callable
        Makes a `Rendering` of material, language and size.
    make_data : callable
        Makes the numbers behind it of material.
    """

    slug: str
    about: str
    draw: Callable[[Material, str, str], Rendering]
    make_data: Callable[[Material], pd.DataFrame]


def _draw_trend(material: Material, lang: str, size: str) -> Rendering:
    houses = name_houses(material.houses, lang)
    obs, trend, since, as_of = material.obs, material.trend, material.since, material.as_of
    fig = plot_trend(
        obs,
        trend,
        houses,
        lang=lang,
        change=material.change,
        since=since,
        beside=material.static_change,
        size=size,
        as_of=as_of,
    )
    return Rendering(
        fig,
        trend_alt(obs, trend, since, lang),
        trend_caption(obs, houses, lang, as_of=as_of),
        lang,
        size,
    )


def _draw_coverage(material: Material, lang: str, size: str) -> Rendering:
    houses = name_houses(material.houses, lang)
    obs, as_of = material.obs, material.as_of
    return Rendering(
        plot_coverage(obs, houses, lang=lang, size=size, as_of=as_of),
        coverage_alt(obs, houses, lang),
        coverage_caption(obs, houses, lang, as_of=as_of),
        lang,
        size,
    )


ENTRIES = (
    Entry(
        "trend-support",
        "Support for the war: every poll, and the mean of the houses with its 95% band.",
        _draw_trend,
        lambda material: trend_data(material.obs, material.trend, name_houses(material.houses)),
    ),
    Entry(
        "coverage-support",
        "Which house has a usable poll on support in which month.",
        _draw_coverage,
        lambda material: coverage_data(material.obs, name_houses(material.houses)),
    ),
)
