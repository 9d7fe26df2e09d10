"""The trend model as a statsmodels state-space model: its definition and public face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from statsmodels.tsa.statespace.mlemodel import MLEModel

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.priors import Priors
from analysis.trend.hyperparameters.space import (
    SPREAD,
    HouseVarianceSpace,
    HyperparameterSpace,
    StudentSpace,
    omega_name,
)
from analysis.trend.solver.design import Design


class HouseEffectsModel(MLEModel):  # type: ignore[misc]  # statsmodels ships no types
    """Random-walk level with sector and house effects, one step per poll.

    For poll i of house j in sector s, at mid-field day t_i::

        y_i      = x(t_i) + g_s + u_j + e_i    e_i ~ N(0, known_variance_i + omega ** 2)
        x(t + d) = x(t) + N(0, tau ** 2 * d)   d in days, 0 for polls of one day
        u_j ~ N(0, sigma_h ** 2),  g_s ~ N(0, sector_sd ** 2)
        x(t_1) ~ N(level_mean, level_sd ** 2)

    With drift, u_j moves on from the first poll of its house by N(0, kappa ** 2 * d).  With a
    walk that calms, the variance of a step of the level is the integral of
    ``tau ** 2 + shock ** 2 * exp(-(t - start) / days)`` over its days.  A drift that is drawn
    back is a state of its own, which falls by a factor e in so many days.

    Parameters
    ----------
    design : Design
        Polls and effects as arrays, in the order of mid-field dates.
    priors : Priors
        Priors of the level and the sectors.

    Notes
    -----
    States are ``[x, g_1 .. g_S, u_1 .. u_J]``, and ``d_1 .. d_J`` where drifts are drawn
    back; there is no g when there is one sector.  ``loglike(params)`` takes
    (tau, omega, sigma_h[, kappa][, shock][, calm]) in points and is the likelihood alone.  The
    repeated work of a fit is done by
    :mod:`analysis.trend.solver.filter`, which gives the same numbers for hundreds of sets of
    hyperparameters in one pass; tests hold both together.  Time steps are polls, not
    days: forecasts go through
    :meth:`analysis.trend.results.PollTrendResults.get_prediction`.

    References
    ----------
    J. Durbin and S. J. Koopman (2012), Time Series Analysis by State Space
    Methods, 2nd ed., sections 2.3 (local level), 3.6 (irregular spacing) and
    4.4 to 4.7 (smoothing).
    """

    def __init__(self, design: Design, priors: Priors) -> None:
        self.design = design
        self.priors = priors
        n_constant, n_houses = 1 + len(design.names), len(design.first_day)
        n_states = n_constant + (n_houses if design.is_reverting else 0)
        moving = [0, *(1 + np.flatnonzero(design.is_house))] if design.drift else [0]
        if design.is_reverting:
            moving = [0, *range(n_constant, n_states)]
        super().__init__(design.response, k_states=n_states, k_posdef=len(moving))
        n = len(design.day)
        self._gaps = np.append(np.diff(design.day), 0).astype(float)
        self._started = (design.first_day[:, None] <= design.day[None, :]).astype(float)
        seen = [np.ones(n), *design.columns.T]
        transition = np.eye(n_states)
        self._passed = self._gaps
        if design.is_reverting:
            seen += list((design.house == np.arange(n_houses)[:, None]).astype(float))
            transition = np.repeat(transition[:, :, None], n, axis=2)
            at = np.arange(n_constant, n_states)
            transition[at, at] = design.reversion.loading(self._gaps)
            # A drift at the next poll, of what its clock passes as seen from there.
            clock = design.reversion.clock(-self._gaps)
            self._passed = -clock
        self.ssm["design"] = np.vstack(seen)[None, :, :]
        self.ssm["transition"] = transition
        selection = np.zeros((n_states, len(moving)))
        selection[moving, np.arange(len(moving))] = 1.0
        self.ssm["selection"] = selection
        self.ssm["state_cov"] = np.zeros((len(moving), len(moving), n))
        self.ssm["obs_cov"] = np.zeros((1, 1, n))

    @property
    def param_names(self) -> list[str]:
        """Names of the hyperparameters, in the order of ``params``."""
        return list(self.design.param_names)

    @property
    def start_params(self) -> Array:
        """A fifth of each prior scale: a slow level, small excess, modest houses."""
        return self._start(self.param_names)

    def _start(self, names: Sequence[str]) -> Array:
        """Fifths of the prior scales; the days by which a shock calms are where they should be."""
        share = [1.0 if name == "calm" else 0.2 for name in names]
        return np.array([self.priors.prior_sd_of(n) for n in names]) * share

    @property
    def state_names(self) -> list[str]:
        """Names of the states."""
        houses = [name for name in self.design.names if name.startswith("house:")]
        drifts = [f"drift:{name.removeprefix('house:')}" for name in houses]
        return ["level", *self.design.names, *(drifts if self.design.is_reverting else [])]

    def transform_params(self, unconstrained: Array) -> Array:
        """Logarithms to hyperparameters."""
        return np.exp(unconstrained)

    def untransform_params(self, constrained: Array) -> Array:
        """Hyperparameters to logarithms."""
        return np.log(constrained)

    def update(self, params: Any, **kwargs: Any) -> Any:
        """Put (tau, omega, sigma_h[, kappa][, shock][, calm]) into the system matrices."""
        params = super().update(params, **kwargs)
        tau, omega, sigma_h = params[:3]
        dtype = np.asarray(params).dtype
        n_moving = self.ssm["state_cov"].shape[0]
        state_cov = np.zeros((n_moving, n_moving, len(self._gaps)), dtype=dtype)
        state_cov[0, 0] = tau**2 * self._gaps
        if self.design.calming is not None:
            shock = params[self.design.param_names.index("shock")]
            names = self.design.param_names
            calm = params[names.index("calm")] if "calm" in names else None
            passed = np.diff(self.design.calming.clock(self.design.day, calm))
            state_cov[0, 0] += shock**2 * np.append(passed, 0.0)
        for j in range(n_moving - 1):
            state_cov[1 + j, 1 + j] = params[3] ** 2 * self._passed * self._started[j]
        self.ssm["state_cov"] = state_cov
        noise = self.design.known_variance + self.design.has_excess * omega**2
        self.ssm["obs_cov"] = noise.reshape(1, 1, -1)
        mean = np.zeros(self.k_states, dtype=dtype)
        mean[0] = self.design.level_mean
        variance = np.zeros(self.k_states, dtype=dtype)
        variance[0] = self.design.level_sd**2
        constant = np.where(self.design.is_house, sigma_h**2, self.design.fixed_variance)
        variance[1 : 1 + len(constant)] = constant
        self.ssm.initialize_known(mean, np.diag(variance))
        return params


class HouseVarianceModel(HouseEffectsModel):
    """:class:`~analysis.trend.statespace.HouseEffectsModel` with an excess sd for each house.

    Parameters
    ----------
    design : Design
    priors : Priors
    houses : sequence of str
        In the order of ``design.house_map``.

    Notes
    -----
    ``params`` are tau, omega, sigma_h, with drift kappa, then the spread of
    the logarithms and one excess sd for each house.  Given the latter, omega
    and the spread do not enter the likelihood: they are about the houses'
    prior alone.
    """

    def __init__(self, design: Design, priors: Priors, houses: Sequence[str]) -> None:
        self.houses = tuple(houses)
        super().__init__(design, priors)

    @property
    def param_names(self) -> list[str]:
        """Names of the hyperparameters, in the order of ``params``."""
        return [*super().param_names, SPREAD, *(omega_name(house) for house in self.houses)]

    @property
    def start_params(self) -> Array:
        """A fifth of each prior scale."""
        shared = [name for name in self.param_names if not name.startswith("omega:")]
        return np.append(self._start(shared), [0.2 * self.priors.omega] * len(self.houses))

    def update(self, params: Any, **kwargs: Any) -> Any:
        """Put the hyperparameters into the system matrices."""
        params = super().update(params, **kwargs)
        omega_of = np.asarray(params)[-len(self.houses) :]
        excess = omega_of[self.design.house] ** 2
        noise = self.design.known_variance + self.design.has_excess * excess
        self.ssm["obs_cov"] = noise.reshape(1, 1, -1)
        return params


def make_statespace(space: HyperparameterSpace) -> HouseEffectsModel:
    """The statsmodels model that belongs to a space of hyperparameters."""
    if isinstance(space, StudentSpace):
        cure = "take errors='normal'"
        raise PollInputError("Student's errors have no linear state space", cure)
    if isinstance(space, HouseVarianceSpace):
        return HouseVarianceModel(space.design, space.priors, space.houses)
    return HouseEffectsModel(space.design, space.priors)
