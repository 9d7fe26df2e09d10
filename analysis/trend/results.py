"""What a fitted trend can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import interval_frame, interval_row
from analysis.base.references import contrast_row, reference_weights
from analysis.trend import budget, report
from analysis.trend.crosscheck import KNOT_DAYS, cross_check
from analysis.trend.effects import (
    covariate_table,
    event_table,
    gap,
    require,
    sector_gap_choices,
)
from analysis.trend.hyperparameters.inference import Fit
from analysis.trend.prediction import predict_polls
from analysis.trend.solver.logit import from_logit
from analysis.trend.solver.queries import Queries

if TYPE_CHECKING:
    from analysis.base.observations import Observations
    from analysis.trend.model import PollTrend
    from analysis.trend.solver.queries import Queries

GAP_ESTIMANDS = ("these_houses", "population")


class EffectAnswers:
    """Part of :class:`PollTrendResults`: everything but level and change."""

    model: PollTrend
    observations: Observations
    method: str
    queries: Queries

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
        frame = interval_frame(self.queries.house_effects(self.weights_of(reference)), alpha)
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
        difference = self.queries.contrasts(row[None, :])
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
            see :func:`analysis.trend.effects.sector_gap_choices`.
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
        analysis.trend.model.PollTrend.confounding : which houses carry each contrast.
        """
        require(self.model.covariates.names, "covariates", "name columns in covariates=")
        return covariate_table(self, alpha)

    def weights_of(self, reference: str | None) -> Array:
        """Weights of the houses in a reference; the default one when none is named."""
        name = self.default_reference if reference is None else reference
        return reference_weights(self.observations, name, anchored=self.model.design.is_anchored)


class PollTrendResults(EffectAnswers):
    """Posterior of a :class:`~analysis.trend.model.PollTrend`, made by its ``fit``.

    Every number is a linear function of one joint posterior of level and
    house effects; changing the reference never refits.

    Attributes
    ----------
    model : PollTrend
    observations : Observations
    method : str
        ``"full"``, ``"map"`` or ``"given"``.
    params : dict
        tau (points per root day), omega, sigma_h (points) and, with drift,
        kappa (points per root day): posterior means, or the values plugged in.
    llf : float
        Log likelihood at the mode of the hyperparameters.
    """

    def __init__(self, model: PollTrend, fit: Fit) -> None:
        self.model = model
        self.observations = model.observations
        self.fit_info = fit
        self.method = fit.method
        self.posterior = fit.posterior
        self.llf = fit.llf
        self.queries = Queries(fit.posterior, model.scale == "logit", model.common_error)
        self.params = {name: fit.posterior.expected(name) for name in model.param_names}

    def trend(
        self,
        reference: str | None = None,
        alpha: float = 0.05,
        *,
        include_common_error: bool = False,
        dates: Sequence[object] | None = None,
    ) -> pd.DataFrame:
        """Level under a reference, daily or on some dates.

        Parameters
        ----------
        reference : str, optional
            ``"houses"`` (the mean of these houses; the default), ``"sectors"``
            (mean over sectors of the mean of their houses), a house id (as
            that house measures it), ``"sector:NAME"``, ``"houses:ID,ID"`` (the
            mean of a fixed set, for vintages), or ``"anchor"`` (the
            level that anchors measure; the default when there are any).
        alpha : float
            0.05 gives 95% intervals.
        include_common_error : bool
            Widen by the error that all houses share (the model's
            ``common_error``): a band of opinion, not of the mean of these
            houses.  Polls never identify it; it is an input.
        dates : sequence of dates, optional
            Days to report, in their order; before the first and after the
            last poll the random walk goes on.

        Returns
        -------
        DataFrame
            date, mean, sd, lower, upper (percent): one row a day from the
            first to the last mid-field date, or one for each of ``dates``.

        Raises
        ------
        PollInputError
            When the reference is unknown.

        See Also
        --------
        change : free of any reference.
        """
        if dates is None:
            first, last = self.observations.first_date, self.observations.last_date
            chosen = np.arange(first, last + np.timedelta64(1, "D"))
        else:
            chosen = np.array([one_date(date, "date") for date in dates], dtype="datetime64[D]")
        days, weights = self.observations.days_of(chosen), self.weights_of(reference)
        frame = interval_frame(
            self.queries.level(days, weights, common=include_common_error), alpha
        )
        frame.insert(0, "date", chosen.astype("datetime64[s]"))
        return frame

    def change(
        self, start: object, end: object, alpha: float = 0.05, reference: str | None = None
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
        change = self.queries.change(int(days[0]), int(days[1]), self.weights_of(reference))
        below = 1.0 - float(change.probability_above(0.0)[0]) if days[0] != days[1] else 0.0
        return pd.Series({**interval_row(change, alpha), "prob_negative": below}, name="change")

    def prob_above(
        self,
        threshold: float,
        date: object,
        reference: str | None = None,
        *,
        include_common_error: bool = False,
    ) -> float:
        """Probability that the level of a reference was above a threshold on a date."""
        days = self.observations.days_of(one_date(date))
        level = self.queries.level(days, self.weights_of(reference), common=include_common_error)
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
        keys, shares = predict_polls(new_polls, self.model, self.posterior)
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
        error, variance = self._errors
        obs, design = self.observations, self.model.design
        is_poll = design.house >= 0
        fitted = obs.share_pct - error[is_poll]
        if self.queries.is_logit:
            fitted = from_logit(design.response[is_poll] - error[is_poll])
        standardised = error[is_poll] / np.sqrt(variance[is_poll])
        residual = obs.share_pct - fitted
        return obs.polls.assign(fitted=fitted, residual=residual, standardised=standardised)

    @cached_property
    def _errors(self) -> tuple[Array, Array]:
        return self.posterior.errors()

    def hyperparameters(self, alpha: float = 0.05) -> pd.DataFrame:
        """Posterior of the hyperparameters; after ``fit("map")`` the Laplace approximation.

        Returns
        -------
        DataFrame
            parameter, mode (of the logarithm), mean, sd, lower, upper, unit
            (logits in place of points when the model is on logits).
        """
        table = self.fit_info.param_table(alpha)
        if self.queries.is_logit:
            table["unit"] = table["unit"].str.replace("points", "logits")
        return table

    def variance_budget(self) -> pd.DataFrame:
        """Where the distance of a poll from the mean of these houses comes from.

        Returns
        -------
        DataFrame
            component, variance (squared points), sd (points), share_pct.

        See Also
        --------
        analysis.trend.budget.variance_budget
        """
        return budget.variance_budget(
            self.observations, self.posterior, is_logit=self.queries.is_logit
        )

    def cross_check(
        self, dates: Sequence[object] | None = None, *, knot_days: float = KNOT_DAYS
    ) -> pd.DataFrame:
        """Weighted least squares and a mixed model beside this posterior.

        Returns
        -------
        DataFrame
            quantity, name, n_polls, mean, sd, wls, wls_se, mixedlm, mixedlm_se;
            see :func:`analysis.trend.crosscheck.cross_check`.

        See Also
        --------
        analysis.trend.crosscheck.explain_cross_check : the reasons where they differ.
        """
        return cross_check(self, dates, knot_days=knot_days)

    def diagnostics(self) -> dict[str, Any]:
        """Report how the fit went; ``warnings`` lists what must not go unread."""
        return report.diagnostics(self)

    def summary(self, reference: str | None = None, alpha: float = 0.05) -> str:
        """Plain text that names estimand, band and method; the same on every run."""
        return report.summary(self, reference, alpha)
