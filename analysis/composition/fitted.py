"""What the fit of a composition holds: the polls, the hyperparameters, and draws under references.

Everything that can be asked of a fit (:mod:`analysis.composition.results`) is computed
from this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.composition._design import CompositionDesign
from analysis.composition._draws import CompositionDraws, draw_composition, inside_simplex
from analysis.composition._hyperparameters import ParamPosterior
from analysis.composition.inputs import DERIVED, REST, Composition
from analysis.composition.references import complete_weights
from analysis.observations.frame import Observations


@dataclass(frozen=True, eq=False)
class FittedComposition:
    """A composition with the posterior of its hyperparameters, and draws made from it.

    Parameters
    ----------
    composition : Composition
        The checked polls.
    posterior : ParamPosterior
        Weighted sets of hyperparameters.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis import CompositionTrend
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b"], "start_date": "2022-03-01", "end_date": "2022-03-03",
    ...     "sample_size": 1600, "for_pct": [70, 60], "against_pct": [20, 25],
    ... })
    >>> CompositionTrend(obs).fit().fitted.measures
    ('for', 'against', 'undecided', 'opinion_share', 'net')
    """

    composition: Composition
    posterior: ParamPosterior
    _drawn: dict[str, CompositionDraws] = field(default_factory=dict, init=False, repr=False)
    # The change of each part between two windows is asked for one after the other.
    _window_levels: dict[tuple[object, ...], Array] = field(
        default_factory=dict, init=False, repr=False
    )

    @property
    def observations(self) -> Observations:
        """Houses, sectors and days of the checked polls."""
        return self.composition.observations

    @property
    def design(self) -> CompositionDesign:
        """The polls as arrays."""
        return self.posterior.space.design

    @property
    def answers(self) -> tuple[str, str]:
        """The two parts in the order the caller named them."""
        return self.composition.answers

    @property
    def measures(self) -> tuple[str, ...]:
        """All that can be asked for: the answers, and what is derived from them."""
        return (*self.answers, *DERIVED)

    def measure(self, name: str | None) -> str:
        """Return the name of a measure, the first answer by default.

        Raises
        ------
        PollInputError
            When there is no such measure.
        """
        name = self.answers[0] if name is None else name
        if name not in self.measures:
            cure = f"use one of {', '.join(self.measures)}"
            raise PollInputError(f"part {name!r} is not known", cure)
        return name

    def part(self, name: str | None) -> str:
        """Return the name of an answer or of the rest, the first answer by default.

        Raises
        ------
        PollInputError
            When it is neither, so that house effects on it do not add up.
        """
        name = self.answers[0] if name is None else name
        if name not in (*self.answers, REST):
            cure = f"use one of {', '.join((*self.answers, REST))}"
            raise PollInputError(f"part {name!r} has no house effects", cure)
        return name

    def draws(self, reference: str) -> CompositionDraws:
        """Draws under a reference, kept for the last one asked for."""
        if reference not in self._drawn:
            weights = complete_weights(self.composition, reference)
            made = draw_composition(self.posterior, weights)
            self._drawn.clear()
            self._drawn[reference] = made
        return self._drawn[reference]

    def window_levels(self, spans: Sequence[Days], reference: str) -> Array:
        """Mean of both parts over each of some spans of days, shape (n_spans, 2, n_draws)."""
        key = (reference, *[span.tobytes() for span in spans])
        if key not in self._window_levels:
            days = np.unique(np.concatenate(spans))
            weights = np.array([np.isin(days, span) / len(span) for span in spans])
            # A few days at a time: all draws of a year would fill the memory.
            levels = sum(
                np.tensordot(weights[:, part], drawn, axes=1)
                for part, drawn in self.draws(reference).on_days(days)
            )
            self._window_levels[key] = np.asarray(levels)
        return self._window_levels[key]

    @cached_property
    def raw_draws(self) -> CompositionDraws:
        """Draws of the level itself and of house effects as they are, under no reference."""
        return draw_composition(self.posterior, np.zeros(len(self.observations.houses)))

    def house_draws(self, house: str) -> CompositionDraws:
        """Draws of the level as a house measures it, whether it prints both answers or one."""
        weights = np.array([float(name == house) for name in self.observations.houses])
        return draw_composition(self.posterior, weights)

    @property
    def n_draws(self) -> int:
        """Posterior draws behind every number."""
        return self.draws("houses").n_draws

    @property
    def dates(self) -> np.ndarray[Any, np.dtype[np.datetime64]]:
        """All days from the first to the last mid-field date."""
        first, last = self.observations.first_date, self.observations.last_date
        return np.arange(first, last + np.timedelta64(1, "D"))

    def days_of(self, dates: Sequence[object]) -> Days:
        """Days since the first mid-field date, from dates as callers write them."""
        return self.observations.days_of(np.array([one_date(date) for date in dates]))

    def house_levels(self, date: object, reference: str) -> Array:
        """Both parts as each house measures them, shape (n_houses, 2, n_draws).

        Parameters
        ----------
        date : str, date or Timestamp, optional
            Day of the level that all houses have in common; without it the mean over the
            days with polls.
        reference : str
        """
        draws = self.draws(reference)
        if date is None:
            common = draws.levels.mean(axis=0)
        else:
            days = self.days_of([date])
            common = np.concatenate([part for _, part in draws.on_days(days)])[0]
        effects = draws.houses.reshape(*draws.houses.shape[:2], -1)
        return np.asarray(common.reshape(2, -1) + effects)

    @cached_property
    def mass_outside(self) -> Array:
        """Share of the draws outside the simplex on each of ``dates``, of the mean of houses."""
        days = self.observations.days_of(self.dates)
        parts = [
            1 - inside_simplex(levels).mean(axis=1)
            for _, levels in self.draws("houses").on_days(days)
        ]
        return np.concatenate(parts)
