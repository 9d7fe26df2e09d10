"""The composition: two parts of a whole as one model, so that all shares add up."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict, Unpack

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.priors import Priors, read_priors
from analysis.composition._filter import loglike
from analysis.composition._hyperparameters import ParamSpace, given_params, integrate_params
from analysis.composition.fitted import FittedComposition
from analysis.composition.inputs import read_composition
from analysis.composition.results import CompositionResults
from analysis.observations.frame import Observations
from analysis.parties import PartiesTrend
from analysis.trend.options import CALM_DAYS, ESTIMATED, TrendOptions
from analysis.trend.specification import read_calming


class WalkValues(TypedDict, total=False):
    """The options that a composition has, as keywords."""

    drift: bool
    walk: str
    calm_from: str
    calm_days: float


class CompositionTrend:
    """Trend of two parts of a whole over time, and of what is left.

    Parameters
    ----------
    obs : DataFrame
        One row per poll: house_id, start_date, end_date, sample_size and for
        each answer ``<answer>_pct`` (percent of all respondents, empty where it
        was not printed); optionally sector, design_effect, poll_id, base,
        decimals, n_parts (see :func:`analysis.composition.inputs.read_composition`).
        It is not changed, and the order of its rows is irrelevant.
    answers : sequence of two str
        The parts; three to ten make a :class:`~analysis.parties.model.PartiesTrend` of it, whose
        scales are shared.  ``undecided`` is what they leave of 100: those who do not
        know, refuse or give another answer.
    priors : Priors, optional
        Prior scales, in points, the same for both parts.
    options : TrendOptions, optional
        Options as one value, such as the published ones; of them drift and walk are taken,
        with calm_from and calm_days.  A composition has one excess error of each part for all
        houses, and does not estimate calm_days.
    **changes
        Options by name, in place of those of ``options`` or of the defaults: ``drift=True``,
        ``walk="calming"``, ``calm_from``, ``calm_days``; see
        :class:`~analysis.trend.options.TrendOptions`.

    Attributes
    ----------
    composition : Composition
        The checked polls.
    space : ParamSpace
        The hyperparameters: standard deviations and correlations.

    Raises
    ------
    PollInputError
        A ValueError that names row, column, what was found and the cure.

    Notes
    -----
    Poll i of house j at day t_i prints one or both of two parts, in percent::

        y_i = x(t_i) + h_j + d_j(t_i) + e_i         e_i ~ N(0, V_i + R_i + W_i)
        x(t + d) = x(t) + N(0, d T + c Q)           x(t_1) ~ N(50, 50^2) for each part
        h_j = g_s(j) + u_j                          u_j ~ N(0, S), g_s ~ N(0, 10^2) for each part

    T is made of tau of each part and the correlation rho_x, Q, where the walk calms, of shock of
    each part and the same correlation, and c is the integral of
    ``exp(-(t - calm_from) / calm_days)`` over the days, so that each part walks by itself as one
    share does.  S is made of sigma_h and rho_h; a drift d_j has kappa of each part and rho_h.
    V_i is multinomial sampling with the poll's design effect, R_i rounding of each part, and the
    excess W_i has omega of each part and the correlation of V_i.  These standard
    deviations have the half-normal priors of :class:`~analysis.base.priors.Priors`,
    correlations that of tanh N(0, 0.7^2).  Given them all is exact (a Kalman filter);
    they are integrated by importance sampling (:mod:`analysis.integrate.importance`).  Draws
    outside 0 to 100 are rejected and their mass is reported.

    Parts are sorted inside, so that the order of ``answers`` changes no number
    of a part.

    See Also
    --------
    analysis.trend.model.PollTrend : the trend of one share.

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "sample_size": [1600, 1000, 1600, 1000],
    ...     "for_pct": [70, 62, 72, 65],
    ...     "against_pct": [20, 18, 19, None],
    ... })
    >>> res = CompositionTrend(obs, ("for", "against")).fit()
    >>> res.trend()["part"].unique().tolist()
    ['for', 'against', 'undecided']
    >>> float(res.trend().groupby("date")["mean"].sum().round(9).iloc[0])
    100.0
    """

    def __new__(
        cls, obs: object = None, answers: object = ("for", "against"), **options: Any
    ) -> Any:
        """Hand three and more answers to the model of several parts."""
        several = [*answers] if isinstance(answers, tuple | list) else []
        if isinstance(obs, pd.DataFrame) and len(several) > 2:
            strange = [name for name in options if name != "priors"]
            if strange:
                found = f"{strange[0]} is no option of more than two parts"
                raise PollInputError(found, "leave it out: their house effects stand still")
            return PartiesTrend(obs, several, **options)
        return super().__new__(cls)

    def __init__(
        self,
        obs: pd.DataFrame,
        answers: Sequence[str] = ("for", "against"),
        *,
        priors: Priors | None = None,
        options: TrendOptions | None = None,
        **changes: Unpack[WalkValues],
    ) -> None:
        strange = [name for name in changes if name not in WalkValues.__annotations__]
        if strange:
            found = f"{strange[0]} is no option of the trend of two parts"
            raise PollInputError(found, f"use some of {', '.join(WalkValues.__annotations__)}")
        if not isinstance(options, TrendOptions | None):
            raise PollInputError(f"options is {options!r}", "give analysis.TrendOptions(...)")
        self.composition = read_composition(obs, answers)
        self.priors = read_priors(priors)
        self._assemble(replace(options or TrendOptions(), **changes))

    @property
    def observations(self) -> Observations:
        """Houses, sectors and days of the checked polls."""
        return self.composition.observations

    def _assemble(self, options: TrendOptions) -> None:
        if options.calm_days == ESTIMATED:
            cure = f"give days, such as {CALM_DAYS:g}"
            raise PollInputError("two parts do not estimate calm_days", cure)
        self.options = options
        calming = read_calming(self.observations, options)
        design = self.composition.design(self.priors, drift=options.drift, calming=calming)
        self.space = ParamSpace(design)

    def variant(self, *, drift: bool) -> CompositionTrend:
        """Return the same polls with or without drift."""
        other = copy.copy(self)
        other._assemble(replace(self.options, drift=drift))
        return other

    def fit(self, method: str = "full") -> CompositionResults:
        """Integrate the hyperparameters out.

        Parameters
        ----------
        method : str
            ``"full"``; hyperparameters of a composition are not plugged in.

        Returns
        -------
        CompositionResults

        Raises
        ------
        PollInputError
            When the method is unknown.
        """
        if method != "full":
            cure = "use 'full', or smooth() at hyperparameters of your own"
            raise PollInputError(f"method {method!r} is not known for a composition", cure)
        posterior = integrate_params(self.space.design)
        return CompositionResults(FittedComposition(self.composition, posterior))

    def smooth(self, params: Mapping[str, object]) -> CompositionResults:
        """Smooth at hyperparameters that the caller gives, without estimating them.

        Parameters
        ----------
        params : mapping
            tau, omega, sigma_h (with drift kappa, where it calms shock): each a mapping from the
            answers to points; rho_x and rho_h: numbers between -1 and 1.

        Returns
        -------
        CompositionResults
        """
        posterior = given_params(self.space.design, self._values(params))
        return CompositionResults(FittedComposition(self.composition, posterior))

    def loglike(self, params: Mapping[str, object]) -> float:
        """Log likelihood at hyperparameters as in :meth:`smooth`, all else integrated out."""
        sets = self.space.arrange(self._values(params)[None, :])
        return float(loglike(self.space.design, sets)[0])

    def _values(self, params: Mapping[str, object]) -> Array:
        """Hyperparameters that a caller gave, in the order of the space."""
        values = []
        for name, part in self.space.param_names:
            given, shown = params.get(name), name
            if part >= 0:
                answer = self.composition.parts[part]
                given = given.get(answer) if isinstance(given, Mapping) else None
                shown = f"{name} of {answer}"
            if not isinstance(given, int | float) or not np.isfinite(given):
                raise ValueError(f"params must hold a number for {shown}")
            if not (-1 < given < 1 if part < 0 else given > 0):
                raise ValueError(f"{shown} is {given}, out of its range")
            values.append(float(given))
        return np.array(values)

    def compare_drift(self) -> pd.DataFrame:
        """Fit with static and with drifting houses and set the evidence side by side.

        Returns
        -------
        DataFrame
            Index static, drift; log_evidence and log_bayes_factor (over static).
        """
        evidence = {
            name: integrate_params(self.variant(drift=drift).space.design).log_evidence
            for name, drift in (("static", False), ("drift", True))
        }
        rows = {
            name: {"log_evidence": value, "log_bayes_factor": value - evidence["static"]}
            for name, value in evidence.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index")
