"""What a fitted trend can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import budget, report
from analysis.columns import one_date
from analysis.errors import PollInputError
from analysis.intervals import interval_frame, interval_row, probability_above
from analysis.optimise import Mode
from analysis.posterior import JointPosterior
from analysis.prediction import predict_polls
from analysis.priors import SCALE_NAMES, SCALE_UNITS
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
    scales : dict
        tau (points per root day), omega and sigma_h (points).
    llf : float
        Log likelihood at the scales.
    """

    def __init__(self, model: PollTrend, mode: Mode, posterior: JointPosterior, llf: float) -> None:
        self.model = model
        self.observations = model.observations
        self.mode = mode
        self.posterior = posterior
        self.llf = llf
        self.scales = {
            n: float(np.exp(v)) for n, v in zip(SCALE_NAMES, mode.log_scales, strict=True)
        }

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
        mean, variance = self._level(dates, reference)
        frame = interval_frame(mean, variance, alpha)
        frame.insert(0, "date", dates.astype("datetime64[s]"))
        return frame

    def house_effects(self, reference: str = "houses", alpha: float = 0.05) -> pd.DataFrame:
        """House effects, as differences from a reference.

        Returns
        -------
        DataFrame
            house_id, sector, n_polls, mean, sd, lower, upper (points), in
            alphabetical order.  With ``reference="houses"`` the means add up
            to zero.
        """
        obs = self.observations
        weights = reference_weights(obs, reference)
        contrast = (np.eye(len(obs.houses)) - weights) @ obs.house_map
        frame = interval_frame(*self.posterior.effects(contrast), alpha)
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
        contrast = (sector_houses(obs, sector) - sector_houses(obs, other)) @ obs.house_map
        if estimand == "population":
            names = list(obs.effects)
            contrast = np.zeros(len(names))
            if sector != other:
                contrast[names.index(f"sector:{sector}")] = 1.0
                contrast[names.index(f"sector:{other}")] = -1.0
        elif estimand != "these_houses":
            cure = "use one of " + ", ".join(GAP_ESTIMANDS)
            raise PollInputError(f"estimand {estimand!r} is not known", cure)
        means, variances = self.posterior.effects(contrast[None, :])
        mean, variance = float(means[0]), float(variances[0])
        row = interval_row(mean, variance, alpha)
        positive = probability_above(mean, variance, 0.0)
        return pd.Series(
            {"estimand": estimand, **row, "prob_positive": positive}, name="sector_gap"
        )

    def change(self, start: object, end: object, alpha: float = 0.05) -> pd.Series[Any]:
        """Change of the level from one date to another.

        Free of any reference, since house effects stand still in this model.
        Dates outside the polls are allowed: the random walk goes on there.

        Parameters
        ----------
        start, end : str, date or Timestamp
            Text as YYYY-MM-DD.
        alpha : float
            0.05 gives a 95% interval.

        Returns
        -------
        Series
            mean, sd, lower, upper (points), prob_negative.
        """
        days = self.observations.days_of(np.array([one_date(start, "start"), one_date(end, "end")]))
        mean, variance = self.posterior.change(int(days[0]), int(days[1]))
        below = probability_above(-mean, variance, 0.0)
        return pd.Series(
            {**interval_row(mean, variance, alpha), "prob_negative": below}, name="change"
        )

    def prob_above(self, threshold: float, date: object, reference: str = "houses") -> float:
        """Probability that the level of a reference was above a threshold on a date."""
        mean, variance = self._level(np.array([one_date(date)]), reference)
        return probability_above(float(mean[0]), float(variance[0]), threshold)

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
        keys, mean, variance = predict_polls(
            new_polls, self.observations, self.posterior, self.scales, self.model.priors
        )
        frame = pd.concat([keys, interval_frame(mean, variance, alpha)], axis=1)
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
        obs = self.observations
        fitted, _ = self.posterior.level(obs.day, obs.house_map[obs.house_of_poll])
        sd = np.sqrt(obs.known_variance + self.scales["omega"] ** 2)
        residual = obs.share_pct - fitted
        return obs.polls.assign(fitted=fitted, residual=residual, standardised=residual / sd)

    def hyperparameters(self, alpha: float = 0.05) -> pd.DataFrame:
        """Give the scales, from the curvature at the mode of their logarithms (Laplace).

        Returns
        -------
        DataFrame
            parameter, mode, mean, sd, lower, upper, unit.  ``mode`` is
            plugged in; mean, sd and interval are those of the log-normal
            approximation, NaN where there is no curvature of a maximum.
        """
        log_var = np.diag(self.mode.log_cov)
        logs = interval_frame(self.mode.log_scales, log_var, alpha)
        mode = np.exp(self.mode.log_scales)
        mean = mode * np.exp(log_var / 2)
        return pd.DataFrame(
            {
                "parameter": list(SCALE_NAMES),
                "mode": mode,
                "mean": mean,
                "sd": mean * np.sqrt(np.expm1(log_var)),
                "lower": np.exp(logs["lower"]),
                "upper": np.exp(logs["upper"]),
                "unit": [SCALE_UNITS[name] for name in SCALE_NAMES],
            }
        )

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
        return budget.variance_budget(self.observations, self.posterior, self.scales["omega"])

    def diagnostics(self) -> dict[str, Any]:
        """Report how the fit went; ``warnings`` lists what must not go unread."""
        return report.diagnostics(self)

    def summary(self, reference: str = "houses", alpha: float = 0.05) -> str:
        """Plain text that names estimand, band and method; the same on every run."""
        return report.summary(self, reference, alpha)

    def _level(self, dates: Any, reference: str) -> tuple[Array, Array]:
        """Mean and variance of the level under a reference."""
        weights = reference_weights(self.observations, reference) @ self.observations.house_map
        return self.posterior.level(self.observations.days_of(dates), weights)
