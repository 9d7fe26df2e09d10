"""What a fitted trend can be asked of houses, sectors, events and covariates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.effects_tables import (
    covariate_table,
    event_table,
    gap,
    require,
    sector_gap_choices,
)
from analysis.errors import PollInputError
from analysis.intervals import interval_frame, interval_row
from analysis.references import contrast_row, reference_weights
from analysis.sampling import Array

if TYPE_CHECKING:
    from analysis.ask import Ask
    from analysis.observations import Observations
    from analysis.trend import PollTrend

GAP_ESTIMANDS = ("these_houses", "population")


class EffectAnswers:
    """Part of :class:`~analysis.results.PollTrendResults`: everything but level and change."""

    model: PollTrend
    observations: Observations
    method: str
    ask: Ask

    @property
    def default_reference(self) -> str:
        """``"anchor"`` once anchors are given, else ``"houses"``."""
        return "anchor" if self.model.design.is_anchored else "houses"

    def house_effects(self, reference: str | None = None, alpha: float = 0.05) -> pd.DataFrame:
        """House effects, as differences from a reference.

        Returns
        -------
        DataFrame
            house_id, sector, n_polls, mean, sd, lower, upper (points), in
            alphabetical order.  With ``reference="houses"`` the means add up
            to zero unless houses drift; a drifting effect is averaged over the
            dates of the house's polls.
        """
        obs = self.observations
        frame = interval_frame(self.ask.house_effects(self.weights_of(reference)), alpha)
        counts = np.bincount(obs.house_of_poll, minlength=len(obs.houses))
        frame.insert(0, "house_id", list(obs.houses))
        frame.insert(1, "sector", list(obs.house_sector))
        frame.insert(2, "n_polls", counts)
        return frame

    def contrast(self, weights: Mapping[str, float], alpha: float = 0.05) -> pd.Series[Any]:
        """Difference between weighted means of houses.

        Parameters
        ----------
        weights : mapping of house_id to weight
            Adding up to zero, such as ``{"a": 1, "b": -0.5, "c": -0.5}``.
        alpha : float
            0.05 gives a 95% interval.

        Returns
        -------
        Series
            mean, sd, lower, upper (points), prob_positive.

        Raises
        ------
        PollInputError
            When a house is unknown or the weights do not add up to zero.
        """
        row = contrast_row(self.observations, weights)
        difference = self.ask.contrasts(row[None, :])
        positive = float(difference.probability_above(0.0)[0])
        return pd.Series(
            {**interval_row(difference, alpha), "prob_positive": positive}, name="contrast"
        )

    def sector_gap(
        self,
        sector: str = "state",
        other: str = "independent",
        estimand: str = "these_houses",
        alpha: float = 0.05,
    ) -> pd.Series[Any]:
        """How much higher one sector's houses measure than another's.

        Parameters
        ----------
        sector, other : str
            Names of two sectors with polls.
        estimand : str
            ``"these_houses"``: difference of the plain means of the observed
            houses.  ``"population"``: difference of the sector effects, for
            houses of those sectors at large; much less certain.

        Returns
        -------
        Series
            estimand, mean, sd, lower, upper (points), prob_positive.

        Raises
        ------
        PollInputError
            When a sector has no polls or the estimand is unknown.
        """
        if estimand not in GAP_ESTIMANDS:
            cure = "use one of " + ", ".join(GAP_ESTIMANDS)
            raise PollInputError(f"estimand {estimand!r} is not known", cure)
        difference = gap(self, sector, other, estimand)
        row = interval_row(difference, alpha)
        positive = float(difference.probability_above(0.0)[0])
        return pd.Series(
            {"estimand": estimand, **row, "prob_positive": positive}, name="sector_gap"
        )

    def sector_gaps(
        self, sector: str = "state", other: str = "independent", alpha: float = 0.05
    ) -> pd.DataFrame:
        """One gap under several identification choices, side by side.

        Refits with and without drift, and smooths with unpooled houses.

        Returns
        -------
        DataFrame
            choice, meaning, mean, sd, lower, upper (points), prob_positive;
            see :func:`analysis.effects_tables.sector_gap_choices`.
        """
        return sector_gap_choices(self, sector, other, alpha)

    def events(self, alpha: float = 0.05) -> pd.DataFrame:
        """Level shift of each event and the evidence for it.

        Returns
        -------
        DataFrame
            event, date, mean, sd, lower, upper (points), prob_positive,
            log_bayes_factor (for a shift against none).
        """
        require(self.model.events, "events", "give events= to PollTrend")
        return event_table(self, alpha)

    def covariates(self, alpha: float = 0.05) -> pd.DataFrame:
        """Coefficients of the covariates, and how much the polls told of each.

        See Also
        --------
        analysis.trend.PollTrend.confounding : which houses carry each contrast.
        """
        require(self.model.covariates.names, "covariates", "name columns in covariates=")
        return covariate_table(self, alpha)

    def weights_of(self, reference: str | None) -> Array:
        """Weights of the houses in a reference; the default one when none is named."""
        name = self.default_reference if reference is None else reference
        return reference_weights(self.observations, name, anchored=self.model.design.is_anchored)
