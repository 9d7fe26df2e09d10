"""PollTrend: what users type."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.observations import prepare_observations
from analysis.base.priors import Priors
from analysis.composition.model import CompositionTrend, refuse_options
from analysis.trend.effects import confounding, require
from analysis.trend.hyperparameters.by_house import compare_spaces, fit_params, give_params
from analysis.trend.hyperparameters.inference import METHODS
from analysis.trend.hyperparameters.space import check_house_variance, make_space
from analysis.trend.results import PollTrendResults
from analysis.trend.solver.design import build_design
from analysis.trend.solver.inputs import code_covariates, read_anchors, read_events
from analysis.trend.solver.logit import from_logit, logit_priors, on_logits

if TYPE_CHECKING:
    from analysis.trend.statespace import HouseEffectsModel

SCALES = ("percent", "logit")
# Elections elsewhere: the error that all polls of a race share averages 1.9 points in absolute
# value (Shirani-Mehr, Rothschild, Goel and Gelman 2018, JASA 113), an sd of 2.4.
COMMON_ERROR = 2.4


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
    drift : bool
        May house effects drift from the first poll of each house on.
    anchors : DataFrame, optional
        Observations of the level itself: date, value (percent), sd (points).
        With anchors ``reference="anchor"`` becomes the default.
    events : sequence of dates, mapping or DataFrame, optional
        Level shifts: labels and dates from which they hold.
    covariates : sequence of str
        Categorical columns of ``obs`` whose levels shift a poll, such as mode.
    scale : str
        ``"percent"`` or ``"logit"``; results are in percent and points either way.
    common_error : float
        Standard deviation of an error that all houses share, points: never
        identified by polls, so an input (see :meth:`PollTrendResults.trend`).
    house_variance : str
        ``"common"``: one excess error for the polls of all houses, or
        ``"by_house"``: one for each, drawn to each other.
    answers : sequence of two str, optional
        Two parts, such as ``("for", "against")`` with columns for_pct and
        against_pct: their composition in place of one share.

    Attributes
    ----------
    observations : Observations
        The checked polls.
    design : Design
        The same as arrays.
    statespace : HouseEffectsModel
        The model as statsmodels sees it.
    composition : CompositionTrend or None
        With ``answers`` this is the model, and ``fit`` is all that is asked here.

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
        drift: bool = False,
        anchors: pd.DataFrame | None = None,
        events: object = None,
        covariates: Sequence[str] = (),
        scale: str = "percent",
        common_error: float = COMMON_ERROR,
        house_variance: str = "common",
        answers: Sequence[str] | None = None,
    ) -> None:
        self.composition: CompositionTrend | None = None
        if answers is not None:
            refuse_options(
                anchors=anchors is not None,
                events=events is not None,
                covariates=len(covariates) > 0,
                scale=scale != "percent",
                common_error=common_error != COMMON_ERROR,
                house_variance=house_variance != "common",
            )
            self.composition = CompositionTrend(obs, answers, priors=priors, drift=drift)
            return
        if scale not in SCALES:
            raise PollInputError(f"scale {scale!r} is not known", f"use one of {', '.join(SCALES)}")
        if not np.isfinite(common_error) or common_error < 0:
            raise PollInputError(f"common_error is {common_error!r}", "give points, 0 or more")
        covariates = [covariates] if isinstance(covariates, str) else list(covariates)
        self.observations = prepare_observations(obs, covariates)
        self.anchors = read_anchors(anchors)
        self.events = read_events(events, self.observations)
        self.covariates = code_covariates(self.observations, covariates)
        self.scale = scale
        self.common_error = float(common_error)
        self.house_variance = check_house_variance(house_variance)
        self._assemble(Priors() if priors is None else priors, drift)

    def _assemble(self, priors: Priors, drift: bool) -> None:
        """Build the design at priors in points."""
        self.priors = priors
        inner = priors if self.scale == "percent" else logit_priors(priors)
        design = build_design(
            self.observations,
            inner,
            drift=drift,
            anchors=self.anchors,
            events=self.events,
            covariates=self.covariates,
        )
        if self.scale == "logit":
            sizes = self.observations.polls["sample_size"].to_numpy(dtype=float)
            design = on_logits(design, sizes)
        self.design = design
        self.model_priors = inner
        self._space = make_space(self.house_variance, design, inner, self.observations.houses)
        self._statespace: HouseEffectsModel | None = None

    def variant(self, *, priors: Priors | None = None, drift: bool | None = None) -> PollTrend:
        """Return the same polls under other priors, or with or without drift."""
        other = copy.copy(self)
        drift = self.design.drift if drift is None else drift
        other._assemble(self.priors if priors is None else priors, drift)
        return other

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
        other = copy.copy(self)
        share = response if self.scale == "percent" else from_logit(response)
        polls = self.observations.polls.assign(share_pct=share[self.design.house >= 0])
        other.observations = replace(self.observations, polls=polls)
        other.design = replace(self.design, response=response)
        other._space = self._space.on(other.design)
        other._statespace = None
        return other

    def draw_params(self, rng: np.random.Generator) -> dict[str, float]:
        """Draw the hyperparameters from their priors, by name."""
        return self._space.draw_params(rng)

    def error_variance(self, params: dict[str, float]) -> Array:
        """Error variance of each observation at given hyperparameters, shape (n,)."""
        return self._space.error_variance(params)

    @property
    def param_names(self) -> tuple[str, ...]:
        """Names of the hyperparameters: tau, omega, sigma_h and, with drift, kappa.

        With ``house_variance="by_house"`` omega_spread and an omega for each
        house, such as ``"omega:levada"``, come on top.
        """
        return self._space.param_names

    @property
    def statespace(self) -> HouseEffectsModel:
        """The model as a statsmodels ``MLEModel``, built when first asked for."""
        # Here and not above: statsmodels takes a second to import, and a fit does not need it.
        from analysis.trend.statespace import make_statespace

        if self._statespace is None:
            self._statespace = make_statespace(self._space)
        return self._statespace

    def loglike(self, params: Sequence[float]) -> float:
        """Log likelihood at (tau, omega, sigma_h[, kappa]), in points.

        Level and effects are integrated out; priors of the hyperparameters are not in it.
        """
        return float(self.statespace.loglike(np.asarray(params, dtype=float)))

    def log_posterior(self, log_params: Array) -> float:
        """Log posterior density of the logarithms of the hyperparameters, up to a constant.

        The Jacobian of the logarithms is included
        (:meth:`analysis.base.priors.Priors.log_density_of_logs`).
        """
        params = np.exp(np.asarray(log_params, dtype=float))
        prior = self._space.log_prior_of_logs([float(v) for v in log_params])
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
            With ``answers`` a :class:`~analysis.composition.results.CompositionResults`.

        Raises
        ------
        PollInputError
            When the method is unknown, or plugs in hyperparameters of single houses.
        """
        if self.composition is not None:
            # Who wants its type builds a CompositionTrend: most callers ask for one share.
            return cast("PollTrendResults", self.composition.fit(method))
        if method in ("full", "map"):
            return PollTrendResults(self, fit_params(self._space, method))
        known = ", ".join(repr(name) for name in METHODS if name != "given")
        raise PollInputError(f"method {method!r} is not known", f"use one of {known}")

    def smooth(self, params: Sequence[float]) -> PollTrendResults:
        """Smooth at hyperparameters that the caller gives, without estimating them.

        Parameters
        ----------
        params : sequence of floats
            By the names of ``param_names``: tau (points per root day), omega
            and sigma_h (points), with drift kappa (points per root day), and
            what ``house_variance="by_house"`` adds; all above 0.

        Returns
        -------
        PollTrendResults
        """
        values = np.asarray(params, dtype=float)
        names = self.param_names
        if values.shape != (len(names),) or not (np.isfinite(values) & (values > 0)).all():
            raise ValueError(f"params must be {len(names)} numbers above 0: {', '.join(names)}")
        named = dict(zip(names, (float(v) for v in values), strict=True))
        return PollTrendResults(self, give_params(self._space, named))

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
        return compare_spaces({k: self.variant(drift=v)._space for k, v in drifts.items()})

    def confounding(self) -> pd.DataFrame:
        """What of the covariates the polls can tell apart from the houses that carry them.

        Returns
        -------
        DataFrame
            See :func:`analysis.trend.effects.confounding`.
        """
        require(self.covariates.names, "covariates", "name columns in covariates=")
        return confounding(self.observations, self.covariates)
