"""What a fitted trend can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import days_ahead, one_date
from analysis.base.intervals import check_alpha, check_rng, check_threshold
from analysis.observations.references import Reference
from analysis.present import PredictionResults, make_inference_data, plots
from analysis.trend.budget import split_variance
from analysis.trend.crosscheck import KNOT_DAYS, cross_check
from analysis.trend.effects import (
    covariate_table,
    event_table,
    house_contrast_row,
    house_effect_table,
    require,
    sector_gap_choices,
    sector_gap_row,
)
from analysis.trend.fitted import FittedTrend
from analysis.trend.level import (
    change_row,
    level_table,
    residual_table,
    typical_change_row,
)
from analysis.trend.prediction import predict_polls
from analysis.trend.predictive import (
    SEED,
    TrendDraws,
    check_replicates,
    draw_trend,
    leave_out_polls,
)
from analysis.trend.report import (
    collect_diagnostics,
    hyperparameter_table,
    make_summary,
)
from analysis.trend.sensitivity import sensitivity_table

if TYPE_CHECKING:
    from analysis.present.plots import Axes, Figure
    from analysis.present.summary import ResultsSummary


class PollTrendResults:
    """Posterior of a :class:`~analysis.trend.model.PollTrend`, made by its ``fit``.

    Every number is a linear function of one joint posterior of level and
    house effects; changing the reference never refits.

    Attributes
    ----------
    fitted : FittedTrend
        Model and posterior, which all tables here are read from.
    model : TrendSpecification
        The model as a value: polls, priors, options, and ``design``, the same as arrays.
    observations : Observations
    method : str
        ``"full"``, ``"map"`` or ``"given"``.
    params : Series
        tau (points per root day), omega, sigma_h (points) and, with drift,
        kappa (points per root day): posterior means, or the values plugged in.
    llf : float
        Log likelihood at the mode of the hyperparameters.
    fit_info : Fit
        How the fit went.
    posterior : Posterior
        Joint posterior on the scale of the model.
    queries : Queries
        Levels, changes, effects and contrasts as distributions in percent and points.
    """

    def __init__(self, fitted: FittedTrend) -> None:
        self.fitted = fitted
        self.model = fitted.model
        self.observations = fitted.observations
        self.fit_info = fitted.fit
        self.method = fitted.fit.method
        self.posterior = fitted.posterior
        self.llf = fitted.fit.llf
        self.queries = fitted.queries

    @property
    def params(self) -> pd.Series[float]:
        """Posterior means of the hyperparameters, or the values plugged in, by name."""
        return pd.Series(self.fitted.params, name="params")

    @property
    def bse(self) -> pd.Series[float]:
        """Posterior standard deviations of the hyperparameters: what standard errors are here.

        Zero where the hyperparameters were given.
        """
        return self._of_params("sd").rename("bse")

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Intervals of the hyperparameters: lower, upper, indexed by their names.

        See Also
        --------
        hyperparameters : the same with modes and units.
        """
        table = self.hyperparameters(alpha).set_index("parameter").rename_axis(None)
        return table.loc[list(self.fitted.params), ["lower", "upper"]]

    def _of_params(self, column: str) -> pd.Series[float]:
        table = self.hyperparameters().set_index("parameter").rename_axis(None)
        return table.loc[list(self.fitted.params), column]

    @property
    def default_reference(self) -> str:
        """``"anchor"`` once anchors are given, else ``"houses"``."""
        return self.fitted.default_reference

    def house_effects(
        self, reference: Reference | None = None, alpha: float = 0.05
    ) -> pd.DataFrame:
        """House effects, as differences from a reference.

        Returns
        -------
        DataFrame
            house_id, sector, n_polls, mean, sd, lower, upper (points), in
            alphabetical order.  With ``reference="houses"`` the means add up
            to zero unless houses drift; a drifting effect is averaged over the
            dates of the house's polls.
        """
        return house_effect_table(self.fitted, reference, alpha)

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
        return house_contrast_row(self.fitted, weights, alpha)

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
        return sector_gap_row(self.fitted, sector, other, estimand, alpha)

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
        return sector_gap_choices(self.fitted, sector, other, alpha)

    def events(self, alpha: float = 0.05) -> pd.DataFrame:
        """Level shift of each event and the evidence for it.

        Returns
        -------
        DataFrame
            event, date, mean, sd, lower, upper (points), prob_positive,
            log_bayes_factor (for a shift against none).
        """
        require(self.model.events, "events", "give events= to PollTrend")
        return event_table(self.fitted, alpha)

    def covariates(self, alpha: float = 0.05) -> pd.DataFrame:
        """Coefficients of the covariates, and how much the polls told of each.

        See Also
        --------
        analysis.trend.model.PollTrend.confounding : which houses carry each contrast.
        """
        names = self.model.covariates.names
        require(names, "covariates", "name columns in covariates=")
        return covariate_table(self.fitted, alpha)

    def weights_of(self, reference: Reference | None) -> Array:
        """Weights of the houses in a reference; the default one when none is named."""
        return self.fitted.weights_of(reference)

    def trend(
        self,
        reference: Reference | None = None,
        alpha: float = 0.05,
        *,
        include_common_error: bool = False,
        dates: Sequence[object] | None = None,
    ) -> pd.DataFrame:
        """Level under a reference, daily or on some dates.

        Parameters
        ----------
        reference : str or mapping of house_id to weight, optional
            ``"houses"`` (the mean of these houses; the default), ``"sectors"``
            (mean over sectors of the mean of their houses), a house id (as
            that house measures it), ``"sector:NAME"``, ``"houses:ID,ID"`` (the
            mean of a fixed set, for vintages), ``"anchor"`` (the
            level that anchors measure; the default when there are any), or weights such as
            ``{"a": 2, "b": 1}``.
        alpha : float
            0.05 gives 95% intervals.
        include_common_error : bool
            Widen by the error that all houses share (the model's
            ``common_error``): a band of opinion, not of the mean of these
            houses.  Polls never identify it; it is an input.  The level that
            anchors measure has none.
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
        return level_table(
            self.fitted,
            reference,
            alpha,
            include_common_error=include_common_error,
            dates=dates,
        )

    def change(
        self, start: object, end: object, alpha: float = 0.05, reference: Reference | None = None
    ) -> pd.Series[Any]:
        """Change of the level from one date, or window of dates, to another.

        Free of any reference as long as house effects stand still; with drift
        it is the change of the reference, such as the mean of these houses.
        Dates outside the polls are allowed: the random walk goes on there.

        Parameters
        ----------
        start, end : str, date or Timestamp, or a pair of them
            Text as YYYY-MM-DD.  A pair is a window, first and last day included:
            the change is that of the mean over all its days.
        alpha : float
            0.05 gives a 95% interval.
        reference : str
            As in :meth:`trend`; a house id gives the change within that house.

        Returns
        -------
        Series
            mean, sd, lower, upper (points), prob_negative.
        """
        return change_row(self.fitted, start, end, alpha, reference)

    def typical_change(self, start: object, end: object, alpha: float = 0.05) -> pd.Series[Any]:
        """Change that another house would measure, one that drifts as these do.

        What a few houses measure within themselves is no sample of all; this is
        the honest generalisation: the change of the level, and on top the drift
        of a house of its own, as strong as that of these.

        Parameters
        ----------
        start, end : date or pair of dates
            As in :meth:`change`; `start` lies before `end`.
        alpha : float
            0.05 gives a 95% interval.

        Returns
        -------
        Series
            mean, sd, lower, upper (points), prob_negative.

        Raises
        ------
        PollInputError
            On logits, where a change in points hangs on the house's own level.
        """
        return typical_change_row(self.fitted, start, end, alpha)

    def sensitivity(
        self,
        start: object,
        end: object,
        *,
        reference: Reference | None = None,
        bases: Mapping[str, object] | None = None,
        alpha: float = 0.05,
    ) -> pd.DataFrame:
        """What a change hangs on: the base, each house, and whether house effects drift.

        Parameters
        ----------
        start, end : str, date or Timestamp, or a pair of them
            As in :meth:`change`.
        reference : str
            As in :meth:`trend`; its houses are left out one by one.
        bases : mapping of str to date or pair of dates, optional
            Other windows to begin with, by name.
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        DataFrame
            varied ("as fitted"; "base"; "without", a house whose polls are left out of the fit
            and of the reference; "house effects", which stand still where they drifted, or the
            other way round), choice, mean, sd, lower, upper (points), prob_negative.

        See Also
        --------
        analysis.evaluate.priors.prior_sensitivity : other priors.

        Examples
        --------
        >>> from analysis.trend.model import PollTrend
        >>> days = pd.date_range("2022-03-01", periods=6, freq="60D")
        >>> obs = pd.DataFrame({"house_id": ["a", "b"] * 3, "start_date": days, "end_date": days,
        ...                     "sample_size": 1600, "share_pct": [70, 60, 68, 58, 65, 55]})
        >>> results = PollTrend(obs).fit("map")
        >>> results.sensitivity(days[0], days[-1], bases={"later": days[2]})["choice"].tolist()
        ['', 'later', 'a', 'b', 'may drift']
        """
        return sensitivity_table(
            self.fitted, start, end, reference=reference, bases=bases or {}, alpha=alpha
        )

    def prob_above(
        self,
        threshold: float,
        date: object,
        reference: Reference | None = None,
        *,
        include_common_error: bool = False,
    ) -> float:
        """Probability that the level of a reference was above a threshold on a date."""
        days = self.observations.days_of(one_date(date))
        level = self.queries.level(days, self.weights_of(reference), common=include_common_error)
        return float(level.probability_above(check_threshold(threshold))[0])

    def get_prediction(
        self, new_polls: pd.DataFrame | None = None, alpha: float = 0.05
    ) -> PredictionResults:
        """Predictive distribution of polls not yet seen.

        Parameters
        ----------
        new_polls : DataFrame, optional
            house_id, start_date, end_date, sample_size; a house without polls
            needs its sector when the model has sectors.  Without it another poll like each of
            those that were fitted.
        alpha : float
            Of the intervals, where none is named later.

        Returns
        -------
        PredictionResults
            ``summary_frame()`` has poll_id (where given), house_id, mid_date, mean, sd, lower,
            upper of the share to be published (percent), with the index of ``new_polls``;
            ``predicted_mean``, ``conf_int()`` and ``prob_above(threshold)`` are parts of it.

        Examples
        --------
        >>> from analysis import PollTrend
        >>> polls = pd.DataFrame({
        ...     "house_id": ["a", "b", "a", "b"], "sample_size": 1600,
        ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
        ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
        ...     "share_pct": [70, 62, 72, 65],
        ... })
        >>> predicted = PollTrend(polls).fit().get_prediction(polls.tail(1))
        >>> predicted.summary_frame().columns.tolist()
        ['house_id', 'mid_date', 'mean', 'sd', 'lower', 'upper']
        """
        polls = self.observations.polls if new_polls is None else new_polls
        keys, shares = predict_polls(polls, self.fitted)
        return PredictionResults(keys.set_axis(polls.index, axis=0), shares, check_alpha(alpha))

    def get_forecast(
        self, steps: object = 1, reference: Reference | None = None, alpha: float = 0.05
    ) -> PredictionResults:
        """Level on the days after the last poll, as the walk goes on.

        Parameters
        ----------
        steps : int or date
            Days after the last mid-field date, or the last day to forecast.
        reference : str, optional
            As in :meth:`trend`.
        alpha : float
            Of the intervals, where none is named later.

        Returns
        -------
        PredictionResults
            Of the level, by date; for the share that a poll will publish see
            :meth:`get_prediction`.

        Raises
        ------
        PollInputError
            When no day is asked for.
        """
        dates = days_ahead(self.observations.last_date, steps)
        days, weights = self.observations.days_of(dates), self.weights_of(reference)
        keys = pd.DataFrame(index=pd.DatetimeIndex(dates.astype("datetime64[s]"), name="date"))
        return PredictionResults(keys, self.queries.level(days, weights), check_alpha(alpha))

    def forecast(self, steps: object = 1, reference: Reference | None = None) -> pd.Series[float]:
        """Expected level on the days after the last poll, percent, by date.

        See Also
        --------
        get_forecast : with intervals.
        """
        return self.get_forecast(steps, reference).predicted_mean

    def draws(
        self,
        n: int = 1000,
        rng: np.random.Generator | None = None,
        reference: Reference | None = None,
        dates: Sequence[object] | None = None,
    ) -> TrendDraws:
        """Joint draws from the posterior: what no table has can be computed from them.

        Parameters
        ----------
        n : int
            Number of draws.
        rng : numpy Generator, optional
            Without it the same draws on every call.
        reference : str, optional
            As in :meth:`trend`.
        dates : sequence of dates, optional
            Days of the level; daily by default.

        Returns
        -------
        TrendDraws
            Tables params, level, house_effects, expected, polls and log_likelihood, a row a draw.

        Notes
        -----
        Exact draws given the hyperparameters, of which up to 128 sets are drawn.

        Examples
        --------
        How likely is it that the level was ever above a value within a month:

        >>> from analysis import PollTrend
        >>> polls = pd.DataFrame({
        ...     "house_id": ["a", "b", "a", "b"], "sample_size": 1600,
        ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
        ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
        ...     "share_pct": [70, 62, 72, 65],
        ... })
        >>> draws = PollTrend(polls).fit().draws(200, np.random.default_rng(1))
        >>> bool((draws.level.max(axis=1) > 60).mean() > 0.9)
        True
        """
        rng = np.random.default_rng(SEED) if rng is None else check_rng(rng)
        return draw_trend(self.fitted, n, rng, reference, dates)

    def simulate(self, n: int = 1000, rng: np.random.Generator | None = None) -> pd.DataFrame:
        """Shares that the same polls might have published: the posterior predictive.

        Parameters
        ----------
        n, rng
            As in :meth:`draws`.

        Returns
        -------
        DataFrame, shape (n, n_polls)
            Percent; may leave 0 to 100 on the percent scale.
        """
        return self.draws(n, rng, dates=[str(self.observations.last_date)]).polls

    def posterior_predictive_check(
        self, n: int = 1000, rng: np.random.Generator | None = None
    ) -> pd.DataFrame:
        """Do the polls look like polls of this model.

        Parameters
        ----------
        n, rng
            As in :meth:`draws`.

        Returns
        -------
        DataFrame
            statistic, observed, mean, lower, upper (of simulated polls, 95%) and prob_above:
            probability that simulated polls exceed what was observed; near 0 or 1 is a misfit.
        """
        rng = np.random.default_rng(SEED) if rng is None else check_rng(rng)
        return check_replicates(self.fitted, n, rng)

    def loo(self, alpha: float = 0.05) -> pd.DataFrame:
        """Predict each poll from all others, its own share left out.

        Parameters
        ----------
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        DataFrame
            poll_id (where given), house_id, mid_date, share_pct, mean, sd, lower, upper
            (percent), pit (probability below the published share) and log_density, whose sum is
            the expected log predictive density (elpd_loo of ArviZ).  Later polls are known too:
            for forecasts see :func:`analysis.evaluate.backtest.backtest`.
        """
        return leave_out_polls(self.fitted, check_alpha(alpha))

    def to_inference_data(self, n: int = 1000, rng: np.random.Generator | None = None) -> Any:
        """Draws as ArviZ knows them; needs the library arviz.

        Parameters
        ----------
        n, rng
            As in :meth:`draws`.

        Returns
        -------
        arviz.InferenceData
            posterior (hyperparameters, level by date, house_effect by house_id),
            posterior_predictive, log_likelihood and observed_data (share_pct by poll); one
            chain, since draws are independent given their hyperparameters.

        Raises
        ------
        ImportError
            Without arviz, saying how to install it.
        """
        drawn = self.draws(n, rng)
        return make_inference_data(
            params=drawn.params,
            posterior={"level": drawn.level, "house_effect": drawn.house_effects},
            replicates=drawn.polls,
            log_likelihood=drawn.log_likelihood,
            observed=self.observations.share_pct,
        )

    def plot_trend(
        self, reference: Reference | None = None, ax: Axes | None = None, **style: Any
    ) -> Axes:
        """Draw polls, estimate and 95% band.

        Parameters
        ----------
        reference : str, optional
            As in :meth:`trend`.
        ax : matplotlib Axes, optional
        **style
            title, ylabel, palette and credit of :func:`analysis.present.plots.plot_trend`.

        Returns
        -------
        matplotlib Axes

        Examples
        --------
        >>> from analysis import PollTrend
        >>> polls = pd.DataFrame({
        ...     "house_id": ["a", "b", "a", "b"], "sample_size": 1600,
        ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
        ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
        ...     "share_pct": [70, 62, 72, 65],
        ... })
        >>> ax = PollTrend(polls).fit().plot_trend(title="Two houses", credit="Own calculation")
        >>> ax.get_title(loc="left")
        'Two houses'
        """
        return plots.plot_trend(self.trend(reference), self.observations.polls, ax, **style)

    def plot_houses(
        self, reference: Reference | None = None, ax: Axes | None = None, **style: Any
    ) -> Axes:
        """Draw house effects with 95% intervals; parameters as of :meth:`plot_trend`.

        See Also
        --------
        analysis.present.plots.plot_houses : title, xlabel, palette, credit.
        """
        return plots.plot_houses(self.house_effects(reference), ax, **style)

    def plot_residuals(self, ax: Axes | None = None, **style: Any) -> Axes:
        """Draw standardised residuals over time and name those that lie far off.

        See Also
        --------
        analysis.present.plots.plot_residuals : title, ylabel, palette, credit.
        """
        return plots.plot_residuals(self.residuals(), ax, **style)

    def plot_diagnostics(self, fig: Figure | None = None, **style: Any) -> Figure:
        """Draw what shows a misfit in four panels.

        Residuals over time; their normal quantiles; the PIT of each poll left out, which should
        be level; and how alike neighbouring polls of a house are, which should be near zero.

        Parameters
        ----------
        fig : matplotlib Figure, optional
        **style
            palette of :func:`analysis.present.plots.plot_diagnostics`.

        Returns
        -------
        matplotlib Figure
        """
        return plots.plot_diagnostics(self.residuals(), self.loo(), fig, **style)

    def residuals(self) -> pd.DataFrame:
        """Distance of each poll from the level as its house measures it.

        Returns
        -------
        DataFrame
            The polls with fitted (percent), residual (points) and
            standardised (residual over the sd of the poll's error), in the
            order of their mid-field dates; with ``errors="student"`` also weight,
            against that of a poll of the usual precision.
        """
        return residual_table(self.fitted)

    def hyperparameters(self, alpha: float = 0.05) -> pd.DataFrame:
        """Posterior of the hyperparameters; after ``fit("map")`` the Laplace approximation.

        Returns
        -------
        DataFrame
            parameter, mode (of the logarithm), mean, sd, lower, upper, unit
            (logits in place of points when the model is on logits).
        """
        return hyperparameter_table(self.fitted, alpha)

    def variance_budget(self) -> pd.DataFrame:
        """Where the distance of a poll from the mean of these houses comes from.

        Returns
        -------
        DataFrame
            component, variance (squared points), sd (points), share_pct.

        See Also
        --------
        analysis.trend.budget.split_variance
        """
        return split_variance(self.fitted)

    def cross_check(self, *, knot_days: float = KNOT_DAYS) -> pd.DataFrame:
        """Weighted least squares and a mixed model beside this posterior.

        Returns
        -------
        DataFrame
            quantity, name, n_polls, mean, sd, wls, wls_se, mixedlm;
            see :func:`analysis.trend.crosscheck.cross_check`.

        See Also
        --------
        analysis.trend.crosscheck.explain_cross_check : the reasons where they differ.
        """
        obs = self.observations
        change = self.change(str(obs.first_date), str(obs.last_date), reference="houses")
        effects, trend = self.house_effects("houses"), self.trend("houses")
        return cross_check(obs, effects, trend, change, knot_days=knot_days)

    def diagnostics(self) -> dict[str, Any]:
        """Report how the fit went; ``warnings`` lists what must not go unread."""
        return collect_diagnostics(self.fitted)

    def summary(self, reference: Reference | None = None, alpha: float = 0.05) -> ResultsSummary:
        """Summary that names estimand, band and method; the same on every run.

        Parameters
        ----------
        reference : str, optional
            As in :meth:`trend`.
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        ResultsSummary
            A ``Summary`` of statsmodels: printed it is text; ``as_html``, ``as_latex`` and
            ``as_csv`` give the same tables to pages and papers.
        """
        return make_summary(self.fitted, reference, alpha)
