"""PollTrend: what users type."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_rng
from analysis.base.priors import Priors, read_priors
from analysis.observations.frame import Observations, prepare_observations
from analysis.trend.effects import confounding, require
from analysis.trend.fitted import fit_model, smooth_model
from analysis.trend.hyperparameters.fits import compare_spaces
from analysis.trend.options import OptionValues, TrendOptions
from analysis.trend.predictive import SEED, TrendDraws, draw_before_polls
from analysis.trend.results import PollTrendResults
from analysis.trend.solver.design import Design
from analysis.trend.solver.formula import name_columns
from analysis.trend.solver.inputs import read_anchors, read_events
from analysis.trend.specification import TrendSpecification, specify

if TYPE_CHECKING:
    from analysis.trend.statespace import HouseEffectsModel


class PollTrend:
    """Trend of a share over time from polls of several houses.

    Parameters
    ----------
    obs : DataFrame
        One row per poll: ``house_id``, ``start_date``, ``end_date``,
        ``sample_size``, ``share_pct`` (percent of all respondents);
        optionally ``sector``, ``decimals``, ``n_parts``,
        ``design_effect``, ``sampling_var`` (squared points) and ``poll_id``.
        It is not changed, and the order of its rows is irrelevant.
    priors : Priors, optional
        Prior scales, in points.
    anchors : DataFrame, optional
        Observations of the level itself: date, value (percent), sd (points).
        With anchors ``reference="anchor"`` becomes the default, and houses share a
        bias from them with the sd of ``common_error``, which is estimated.
    events : sequence of dates, mapping or DataFrame, optional
        Level shifts: labels and dates from which they hold.
    options : TrendOptions, optional
        All options as one value, such as that of another model.
    **changes
        Options by name, in place of those of ``options`` or of the defaults: ``drift=True``,
        ``scale="logit"``, ``common_error``, ``house_variance="by_house"``,
        ``errors="student"``, ``shared_interviews="thin"``, ``covariates``,
        ``walk="calming"``, ``calm_from``, ``calm_days``; see
        :class:`~analysis.trend.options.TrendOptions`.

    Attributes
    ----------
    model : TrendSpecification
        Everything that defines the model, as one frozen value.
    observations : Observations
        The checked polls.
    options : TrendOptions
    design : Design
        The polls and what stands beside them as arrays.
    statespace : HouseEffectsModel
        The model as statsmodels sees it.

    Raises
    ------
    PollInputError
        A ValueError that names row, column, what was found and the cure.

    Notes
    -----
    Given the hyperparameters the model is linear and Gaussian, and level and effects
    are exact (a Kalman filter with irregular gaps; Jackman 2005, "Pooling the
    polls over an election campaign", Australian Journal of Political Science
    40(4)).  The hyperparameters are integrated out on a lattice, so intervals are those
    of the full posterior.  They leave out any error that all houses share.

    See Also
    --------
    analysis.trend.results.PollTrendResults

    Examples
    --------
    >>> import pandas as pd
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "sample_size": [1600, 1000, 1600, 1000],
    ...     "share_pct": [70, 62, 72, 65],
    ... })
    >>> res = PollTrend(obs).fit()
    >>> res.trend().columns.tolist()
    ['date', 'mean', 'sd', 'lower', 'upper']
    >>> len(res.trend())
    41
    """

    def __init__(
        self,
        obs: pd.DataFrame,
        *,
        priors: Priors | None = None,
        anchors: pd.DataFrame | None = None,
        events: object = None,
        options: TrendOptions | None = None,
        **changes: Unpack[OptionValues],
    ) -> None:
        if "answers" in changes:
            cure = "build analysis.CompositionTrend(obs, answers), the model of two parts"
            raise PollInputError("answers is no option of the trend of one share", cure)
        if not isinstance(options, TrendOptions | None):
            raise PollInputError(f"options is {options!r}", "give analysis.TrendOptions(...)")
        chosen = replace(options or TrendOptions(), **changes)
        observations = prepare_observations(
            obs,
            name_columns(chosen.covariates),
            is_thinned=chosen.shared_interviews == "thin",
        )
        self.model = specify(
            observations,
            read_anchors(anchors),
            read_events(events, observations),
            read_priors(priors),
            chosen,
        )
        self._statespace: HouseEffectsModel | None = None

    @property
    def observations(self) -> Observations:
        """The checked polls."""
        return self.model.observations

    @property
    def options(self) -> TrendOptions:
        """What was chosen."""
        return self.model.options

    @property
    def design(self) -> Design:
        """The polls and what stands beside them as arrays."""
        return self.model.design

    def variant(
        self, *, priors: Priors | None = None, **changes: Unpack[OptionValues]
    ) -> PollTrend:
        """Return the same polls under other priors or options, such as ``drift=True``."""
        return self._with(self.model.variant(priors=priors, **changes))

    def with_response(self, response: Array) -> PollTrend:
        """Return the same model on other observed values, such as simulated ones.

        Variances stay as they are, so the values may leave 0 to 100.

        Parameters
        ----------
        response : ndarray, shape (n,)
            On the scale and in the order of ``design.response``.

        Returns
        -------
        PollTrend

        See Also
        --------
        analysis.evaluate.simulation.simulate_polls
        """
        return self._with(self.model.with_response(response))

    def _with(self, model: TrendSpecification) -> PollTrend:
        other = copy.copy(self)
        other.model, other._statespace = model, None
        return other

    def draw_params(self, rng: np.random.Generator) -> dict[str, float]:
        """Draw the hyperparameters from their priors, by name."""
        return self.model.space.draw_params(check_rng(rng))

    def error_variance(self, params: dict[str, float]) -> Array:
        """Error variance of each observation at given hyperparameters, shape (n,)."""
        return self.model.space.error_variance(params)

    def prior_predictive(self, n: int = 1000, rng: np.random.Generator | None = None) -> TrendDraws:
        """Draw what the priors alone expect: hyperparameters, level, houses and the same polls.

        Parameters
        ----------
        n : int
            Number of draws.
        rng : numpy Generator, optional
            Without it the same draws on every call.

        Returns
        -------
        TrendDraws
            On the days of the polls; ``polls`` are shares that these polls might have published.

        Examples
        --------
        >>> import pandas as pd
        >>> obs = pd.DataFrame({
        ...     "house_id": ["a", "b"], "start_date": ["2022-03-01", "2022-03-10"],
        ...     "end_date": ["2022-03-03", "2022-03-12"], "sample_size": 1600,
        ...     "share_pct": [70, 62],
        ... })
        >>> PollTrend(obs).prior_predictive(100).polls.shape
        (100, 2)
        """
        rng = np.random.default_rng(SEED) if rng is None else check_rng(rng)
        dates = sorted(set(self.observations.polls["mid_date"]))
        return draw_before_polls(self.model, n, rng, dates)

    @property
    def param_names(self) -> tuple[str, ...]:
        """Names of the hyperparameters: tau, omega, sigma_h; kappa with drift, shock if it calms.

        With ``house_variance="by_house"`` omega_spread and an omega for each
        house, such as ``"omega:levada"``, come on top.
        """
        return self.model.space.param_names

    @property
    def statespace(self) -> HouseEffectsModel:
        """The model as a statsmodels ``MLEModel``, built when first asked for."""
        # Here and not above: statsmodels takes a second to import, and a fit does not need it.
        from analysis.trend.statespace import make_statespace

        if self._statespace is None:
            self._statespace = make_statespace(self.model.space)
        return self._statespace

    def loglike(self, params: Sequence[float]) -> float:
        """Log likelihood at (tau, omega, sigma_h[, kappa][, shock][, calm]), in points.

        Level and effects are integrated out; priors of the hyperparameters are not in it.
        """
        return float(self.statespace.loglike(np.asarray(params, dtype=float)))

    def log_posterior(self, log_params: Array) -> float:
        """Log posterior density of the logarithms of the hyperparameters, up to a constant.

        The Jacobian of the logarithms is included
        (:meth:`analysis.base.priors.Priors.log_density_of_logs`).
        """
        params = np.exp(np.asarray(log_params, dtype=float))
        prior = self.model.space.log_prior_of_logs([float(v) for v in log_params])
        return self.loglike([float(v) for v in params]) + prior

    def fit(self, method: str = "full") -> PollTrendResults:
        """Estimate.

        Parameters
        ----------
        method : str
            ``"full"`` integrates the hyperparameters out; ``"map"`` plugs in their
            maximum a posteriori, which leaves their uncertainty out.

        Returns
        -------
        PollTrendResults

        Raises
        ------
        PollInputError
            When the method is unknown, or plugs in hyperparameters of single houses.
        """
        return PollTrendResults(fit_model(self.model, method))

    def smooth(
        self, params: Sequence[float] | Mapping[str, float] | pd.Series[float]
    ) -> PollTrendResults:
        """Smooth at hyperparameters that the caller gives, without estimating them.

        Parameters
        ----------
        params : sequence of floats, mapping or Series
            In the order of ``param_names``, or by these names, such as the ``params`` of another
            fit: tau (points per root day), omega
            and sigma_h (points), with drift kappa (points per root day), and
            what ``house_variance="by_house"`` adds; all above 0.

        Returns
        -------
        PollTrendResults
        """
        return PollTrendResults(smooth_model(self.model, params))

    def compare_drift(self) -> pd.DataFrame:
        """Fit with static and with drifting houses and set them side by side.

        Returns
        -------
        DataFrame
            Index static, drift; log_posterior (density at the mode of the log
            hyperparameters), log_evidence (hyperparameters integrated out), gain (in
            log_posterior over static) and log_bayes_factor (over static).
        """
        drifts = {"static": False, "drift": True}
        return compare_spaces({k: self.model.variant(drift=v).space for k, v in drifts.items()})

    def confounding(self) -> pd.DataFrame:
        """What of the covariates the polls can tell apart from the houses that carry them.

        Returns
        -------
        DataFrame
            See :func:`analysis.trend.effects.confounding`.
        """
        require(self.model.covariates.names, "covariates", "name columns in covariates=")
        return confounding(self.observations, self.model.covariates)
