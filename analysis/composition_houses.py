"""What a fitted composition can be asked of single houses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis import composition_report as report
from analysis.columns import one_date
from analysis.composition_draws import CompositionDraws, draw_composition
from analysis.composition_fit import CompositionFit
from analysis.composition_input import DERIVED, REST, Composition
from analysis.composition_measures import house_spread, inside_simplex, measure_of, summarise
from analysis.composition_references import complete_weights
from analysis.errors import PollInputError
from analysis.sampling import Array


class HouseAnswers:
    """Part of :class:`~analysis.composition_results.CompositionResults`: houses, and the draws."""

    def __init__(self, composition: Composition, fit: CompositionFit) -> None:
        self.composition = composition
        self.observations = composition.observations
        self.fit_info = fit
        self.answers = composition.answers
        self.measures = (*composition.answers, *DERIVED)
        self._drawn: dict[str, CompositionDraws] = {}

    def house_effects(
        self, part: str | None = None, reference: str = "houses", alpha: float = 0.05
    ) -> pd.DataFrame:
        """House effects on one part, as differences from a reference.

        Parameters
        ----------
        part : str, optional
            One of the answers or ``"undecided"``; the first answer by default.
        reference : str
            As in :meth:`trend`.
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        DataFrame
            house_id, sector, n_polls (that printed the part; for ``"undecided"``
            the answer printed less often), mean, sd, lower, upper (points), for
            the houses that printed it.  A drifting effect is averaged over the dates of
            the house's polls.
        """
        name = self.answers[0] if part is None else part
        if name not in (*self.answers, REST):
            cure = f"use one of {', '.join((*self.answers, REST))}"
            raise PollInputError(f"part {name!r} has no house effects", cure)
        houses = self._draws(reference).houses
        effects = houses.reshape(*houses.shape[:2], -1)
        signs = {REST: -effects.sum(axis=1)}
        signs |= {answer: effects[:, k] for k, answer in enumerate(self.composition.parts)}
        counts = report.count_polls(self.composition)[name]
        values = signs[name]
        frame = summarise(values, np.ones(values.shape, dtype=bool), alpha)
        return report.name_houses(self.observations, frame, counts)

    def house_levels(
        self,
        measure: str | None = None,
        date: object = None,
        reference: str = "houses",
        alpha: float = 0.05,
    ) -> pd.DataFrame:
        """Each house's own measure: the level under a reference plus the house's effects.

        Parameters
        ----------
        measure : str, optional
            One of ``measures``; the first answer by default.
        date : str, date or Timestamp, optional
            Day of the level that all houses have in common; by default the
            mean over the days with polls.
        reference : str
            Of the effects; only with drift does it matter.
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        DataFrame
            house_id, sector, n_polls (that printed the answer printed less
            often), mean, sd, lower, upper (percent) for the houses that print both.
        """
        name = self._measure(self.answers[0] if measure is None else measure)
        levels = self._house_levels(date, reference)
        values = measure_of(self.composition, name, levels)
        complete = self.composition.is_complete_house
        frame = summarise(values[complete], inside_simplex(levels[complete]), alpha)
        full = frame.set_axis(np.flatnonzero(complete), axis=0).reindex(range(len(complete)))
        counts = report.count_polls(self.composition)[REST]
        return report.name_houses(self.observations, full, counts)

    def house_difference(
        self,
        house: str,
        other: str,
        measure: str | None = None,
        date: object = None,
        alpha: float = 0.05,
    ) -> pd.Series[Any]:
        """How much higher one house measures than another.

        Parameters
        ----------
        house, other : str
            Houses that print both answers.
        measure : str, optional
            One of ``measures``; the first answer by default.
        date : str, date or Timestamp, optional
            As in :meth:`house_levels`.
        alpha : float
            0.05 gives a 95% interval.

        Returns
        -------
        Series
            mean, sd, lower, upper (points), prob_positive.
        """
        name = self._measure(self.answers[0] if measure is None else measure)
        for one in (house, other):
            if one not in self.observations.houses:
                known = ", ".join(self.observations.houses)
                raise PollInputError(f"house {one!r} has no polls", f"houses there: {known}")
            complete_weights(self.composition, one)  # raises when it never prints a part
        chosen = [self.observations.houses.index(one) for one in (house, other)]
        levels = self._house_levels(date, "houses")[chosen]
        values = measure_of(self.composition, name, levels)
        kept = np.asarray(inside_simplex(levels).all(axis=0))
        difference = (values[0] - values[1])[None, :]
        row = summarise(difference, kept[None, :], alpha).iloc[0]
        positive = float((difference[0, kept] > 0).mean())
        return pd.Series({**row.to_dict(), "prob_positive": positive}, name="house_difference")

    def house_spread(
        self, date: object = None, alpha: float = 0.05, *, min_polls: int = 1
    ) -> pd.DataFrame:
        """How far houses lie apart: the first answer among all, and among those with an opinion.

        The standard deviation over the houses that print both answers of the
        logit of each house's share, for the share of all and for the share of
        those with an opinion, and the ratio of the two: logits, since a share
        that is larger moves by fewer points for the same difference in odds.

        Parameters
        ----------
        date : str, date or Timestamp, optional
            As in :meth:`house_levels`.
        alpha : float
            0.05 gives 95% intervals.
        min_polls : int
            Houses that print one of the answers in fewer polls are left out: a
            single poll says little of its house, and counts like all others.

        Returns
        -------
        DataFrame
            measure (``of_all``, ``of_opinion_holders``, ``ratio``), n_houses,
            mean, sd, lower, upper (logits; the ratio is a number).

        Raises
        ------
        PollInputError
            When fewer than two houses print both answers so often.
        """
        counts = report.count_polls(self.composition)[REST]
        levels = self._house_levels(date, "houses")[counts >= max(min_polls, 1)]
        return house_spread(self.composition, levels, alpha)

    def _measure(self, name: str) -> str:
        if name not in self.measures:
            cure = f"use one of {', '.join(self.measures)}"
            raise PollInputError(f"part {name!r} is not known", cure)
        return name

    def _draws(self, reference: str) -> CompositionDraws:
        """Draws under a reference, kept for the last one asked for."""
        if reference not in self._drawn:
            weights = complete_weights(self.composition, reference)
            self._drawn = {reference: draw_composition(self.fit_info, weights)}
        return self._drawn[reference]

    def _house_levels(self, date: object, reference: str) -> Array:
        """Both parts of each house, shape (n_houses, 2, n_draws)."""
        draws = self._draws(reference)
        if date is None:
            common = draws.levels.mean(axis=0)
        else:
            days = self.observations.days_of(one_date(date))
            common = np.concatenate([part for _, part in draws.on_days(days)])[0]
        effects = draws.houses.reshape(*draws.houses.shape[:2], -1)
        return np.asarray(common.reshape(2, -1) + effects)
