"""Where findings come from: tables, polls, and models that are fitted once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Protocol, TypeVar

import pandas as pd

from analysis.questions import choose_model, take_pole
from analysis.trend import PUBLISHED, PollTrend, PollTrendResults

Made = TypeVar("Made")


class Source(Protocol):
    """Tables and polls, and what has been computed of them; the figures have one."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tables as from ``polls.load()``, and ``arms`` as from ``polls.experiments()``."""

    @property
    def as_of(self) -> object:
        """Day by which all polls were published, or None."""

    def keep(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` makes, made once."""

    def obs(self, construct: str = "support") -> pd.DataFrame:
        """Polls of a construct, as from ``polls.series``."""

    def results(self, construct: str = "support", *, drift: bool = True) -> PollTrendResults:
        """Trend of a construct, by the published model or with house effects that stand still."""


def take_polls(source: Source, construct: str, pole: str) -> pd.DataFrame:
    """Polls of a construct with the share of a pole, "for" or "against"."""
    key = ("questions", "polls", construct, pole)
    return source.keep(key, lambda: take_pole(source.obs(construct), pole))


def fit_pole(source: Source, construct: str, pole: str) -> dict[str, PollTrendResults]:
    """Fit the share of a pole, by the model that its polls allow.

    Returns
    -------
    dict
        By "drift" or "static", as :func:`analysis.questions.changes.choose_model` names it.
    """

    def fit() -> dict[str, PollTrendResults]:
        polls = take_polls(source, construct, pole)
        model = choose_model(polls)
        drift = model == "drift"
        if pole == "for":
            return {model: source.results(construct, drift=drift)}
        return {model: PollTrend(polls, options=PUBLISHED, drift=drift).fit()}

    return source.keep(("questions", "fit", construct, pole), fit)
