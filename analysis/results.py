"""What a fitted trend can be asked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import budget, report
from analysis.columns import one_date
from analysis.errors import PollInputError
from analysis.estimands import change_of, house_contrasts, house_effects, level_of, levels_at
from analysis.fits import Fit
from analysis.intervals import interval_frame, interval_row
from analysis.prediction import predict_polls
from analysis.references import reference_weights, sector_houses
from analysis.sampling import Array

if TYPE_CHECKING:
    from analysis.trend import PollTrend

GAP_ESTIMANDS = ("these_houses", "population")


class PollTrendResults:
    """Posterior of a :class:`~analysis.trend.PollTrend`, made by its ``fit``.

    Every number is a linear function of one joint posterior of level and
    house effects; changing the reference never refits.

    Attributes
    ----------
    model : PollTrend
    observations : Observations
    method : str
        ``"full"``, ``"map"`` or ``"given"``.
    scales : dict
        tau (points per root day), omega, sigma_h (points) and, with drift,
        kappa (points per root day): posterior means, or the values plugged in.
    llf : float
        Log likelihood at the mode of the scales.
    """

    def __init__(self, model: PollTrend, fit: Fit) -> None:
        self.model = model
        self.observations = model.observations
        self.fit_info = fit
        self.method = fit.method
        self.posterior = fit.posterior
        self.llf = fit.llf
        self.scales = {name: fit.posterior.expected(name) for name in model.scale_names}

    def trend(self, reference: str = "houses", alpha: float = 0.05) -> pd.DataFrame:
        """Daily level under a reference.

        Parameters
        ----------
        reference : str
            ``"houses"`` (the mean of these houses), ``"sectors"`` (mean over
            sectors of the mean of their houses), a house id (as that house
            measures it), or ``"sector:NAME"``.
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        DataFrame
            date, mean, sd, lower, upper (percent): one row a day from the
            first to the last mid-field date.

        Raises
        ------
        PollInputError
            When the reference is unknown.

        See Also
        --------
        change : free of any reference.
        """
        first, last = self.observations.first_date, self.observations.last_date
        dates = np.arange(first, last + np.timedelta64(1, "D"))
        weights = reference_weights(self.observations, reference)
        level = level_of(self.posterior, self.observations.days_of(dates), weights)
        frame = interval_frame(level, alpha)
        frame.insert(0, "date", dates.astype("datetime64[s]"))
        return frame

    def house_effects(self, reference: str = "houses", alpha: float = 0.05) -> pd.DataFrame:
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
        weights = reference_weights(obs, reference)
        frame = interval_frame(house_effects(self.posterior, weights), alpha)
        counts = np.bincount(obs.house_of_poll, minlength=len(obs.houses))
        frame.insert(0, "house_id", list(obs.houses))
        frame.insert(1, "sector", list(obs.house_sector))
        frame.insert(2, "n_polls", counts)
        return frame

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
        obs = self.observations
        contrast = sector_houses(obs, sector) - sector_houses(obs, other)
        if estimand == "these_houses":
            gap = house_contrasts(self.posterior, contrast[None, :])
        elif estimand == "population":
            names = self.model.design.names
            effects = np.zeros((1, len(names)))
            if sector != other:
                effects[0, names.index(f"sector:{sector}")] = 1.0
                effects[0, names.index(f"sector:{other}")] = -1.0
            gap = self.posterior.effects(effects)
        else:
            cure = "use one of " + ", ".join(GAP_ESTIMANDS)
            raise PollInputError(f"estimand {estimand!r} is not known", cure)
        row = interval_row(gap, alpha)
        positive = float(gap.probability_above(0.0)[0])
        return pd.Series(
            {"estimand": estimand, **row, "prob_positive": positive}, name="sector_gap"
        )

    def change(
        self, start: object, end: object, alpha: float = 0.05, reference: str = "houses"
    ) -> pd.Series[Any]:
        """Change of the level from one date to another.

        Free of any reference as long as house effects stand still; with drift
        it is the change of the reference, such as the mean of these houses.
        Dates outside the polls are allowed: the random walk goes on there.

        Parameters
        ----------
        start, end : str, date or Timestamp
            Text as YYYY-MM-DD.
        alpha : float
            0.05 gives a 95% interval.
        reference : str
            As in :meth:`trend`; a house id gives the change within that house.

        Returns
        -------
        Series
            mean, sd, lower, upper (points), prob_negative.
        """
        days = self.observations.days_of(np.array([one_date(start, "start"), one_date(end, "end")]))
        weights = reference_weights(self.observations, reference)
        change = change_of(self.posterior, int(days[0]), int(days[1]), weights)
        below = 1.0 - float(change.probability_above(0.0)[0]) if days[0] != days[1] else 0.0
        return pd.Series({**interval_row(change, alpha), "prob_negative": below}, name="change")

    def prob_above(self, threshold: float, date: object, reference: str = "houses") -> float:
        """Probability that the level of a reference was above a threshold on a date."""
        days = self.observations.days_of(one_date(date))
        weights = reference_weights(self.observations, reference)
        level = levels_at(self.posterior, days, weights[None, :]).each
        return float(level.probability_above(threshold)[0])

    def get_prediction(self, new_polls: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
        """Predictive distribution of polls not yet seen.

        Parameters
        ----------
        new_polls : DataFrame
            house_id, start_date, end_date, sample_size; a house without polls
            needs its sector when the model has sectors.

        Returns
        -------
        DataFrame
            poll_id (where given), house_id, mid_date, mean, sd, lower, upper
            of the share to be published (percent), with the index of ``new_polls``.
        """
        keys, shares = predict_polls(
            new_polls, self.observations, self.posterior, self.model.priors
        )
        frame = pd.concat([keys, interval_frame(shares, alpha)], axis=1)
        return frame.set_axis(new_polls.index, axis=0)

    def residuals(self) -> pd.DataFrame:
        """Distance of each poll from the level as its house measures it.

        Returns
        -------
        DataFrame
            The polls with fitted (percent), residual (points) and
            standardised (residual over the sd of the poll's error), in the
            order of their mid-field dates.
        """
        residual, variance = self._errors
        obs = self.observations
        fitted = obs.share_pct - residual
        return obs.polls.assign(
            fitted=fitted, residual=residual, standardised=residual / np.sqrt(variance)
        )

    @cached_property
    def _errors(self) -> tuple[Array, Array]:
        return self.posterior.errors()

    def hyperparameters(self, alpha: float = 0.05) -> pd.DataFrame:
        """Give the posterior of the scales; after ``fit("map")`` the Laplace approximation.

        Returns
        -------
        DataFrame
            parameter, mode (of the logarithm), mean, sd, lower, upper, unit.
        """
        return self.fit_info.scale_table(alpha)

    def variance_budget(self) -> pd.DataFrame:
        """Where the distance of a poll from the mean of these houses comes from.

        Returns
        -------
        DataFrame
            component, variance (squared points), sd (points), share_pct.

        See Also
        --------
        analysis.budget.variance_budget
        """
        return budget.variance_budget(self.observations, self.posterior)

    def diagnostics(self) -> dict[str, Any]:
        """Report how the fit went; ``warnings`` lists what must not go unread."""
        return report.diagnostics(self)

    def summary(self, reference: str = "houses", alpha: float = 0.05) -> str:
        """Plain text that names estimand, band and method; the same on every run."""
        return report.summary(self, reference, alpha)
