"""The trend model as a statsmodels state-space model: its definition and public face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from statsmodels.tsa.statespace.kalman_filter import MEMORY_CONSERVE
from statsmodels.tsa.statespace.mlemodel import MLEModel

from analysis.chain import smooth_chain
from analysis.observations import Observations
from analysis.posterior import JointPosterior
from analysis.priors import SCALE_NAMES, Priors
from analysis.sampling import Array


class HouseEffectsModel(MLEModel):  # type: ignore[misc]  # statsmodels ships no types
    """Random-walk level with constant sector and house effects, one step per poll.

    For poll i of house j in sector s, at mid-field day t_i::

        y_i      = x(t_i) + g_s + u_j + e_i    e_i ~ N(0, known_variance_i + omega ** 2)
        x(t + d) = x(t) + N(0, tau ** 2 * d)   d in days, 0 for polls of one day
        u_j ~ N(0, sigma_h ** 2),  g_s ~ N(0, sector_sd ** 2)
        x(t_1) ~ N(level_mean, level_sd ** 2)

    Parameters
    ----------
    observations : Observations
        Checked polls in the order of their mid-field dates.
    priors : Priors
        Priors of the level and the sectors.

    Notes
    -----
    States are ``[x, g_1 .. g_S, u_1 .. u_J]``; there is no g when there is one
    sector.  ``loglike(params)`` takes (tau, omega, sigma_h) in points and is
    the likelihood alone; priors of the scales enter in
    :mod:`analysis.optimise`.  Time steps are polls, not days: forecasts go
    through :meth:`analysis.results.PollTrendResults.get_prediction`.

    References
    ----------
    J. Durbin and S. J. Koopman (2012), Time Series Analysis by State Space
    Methods, 2nd ed., sections 2.3 (local level), 3.6 (irregular spacing) and
    4.4 to 4.7 (smoothing).
    """

    def __init__(self, observations: Observations, priors: Priors) -> None:
        n_effects = len(observations.effects)
        super().__init__(observations.share_pct, k_states=1 + n_effects, k_posdef=1)
        self.observations = observations
        self.priors = priors
        self._gaps = np.append(np.diff(observations.day), 0).astype(float)
        self._known_variance = observations.known_variance
        n_polls = len(observations.polls)
        design = np.ones((1, 1 + n_effects, n_polls))
        design[0, 1:, :] = observations.house_map[observations.house_of_poll].T
        self.ssm["design"] = design
        self.ssm["transition"] = np.eye(1 + n_effects)
        self.ssm["selection", 0, 0] = 1.0
        self.ssm["state_cov"] = np.zeros((1, 1, n_polls))
        self.ssm["obs_cov"] = np.zeros((1, 1, n_polls))

    @property
    def param_names(self) -> list[str]:
        """Names of the scales, in the order of ``params``."""
        return list(SCALE_NAMES)

    @property
    def start_params(self) -> Array:
        """A fifth of each prior scale: a slow level, small excess, modest houses."""
        return np.array([0.2 * self.priors.scale_of(name) for name in SCALE_NAMES])

    @property
    def state_names(self) -> list[str]:
        """Names of the states."""
        return ["level", *self.observations.effects]

    def transform_params(self, unconstrained: Array) -> Array:
        """Logarithms to scales."""
        return np.exp(unconstrained)

    def untransform_params(self, constrained: Array) -> Array:
        """Scales to logarithms."""
        return np.log(constrained)

    def update(self, params: Any, **kwargs: Any) -> Any:
        """Put (tau, omega, sigma_h) into the system matrices."""
        params = super().update(params, **kwargs)
        tau, omega, sigma_h = params
        dtype = np.asarray(params).dtype
        self.ssm["state_cov"] = (tau**2 * self._gaps).reshape(1, 1, -1)
        self.ssm["obs_cov"] = (self._known_variance + omega**2).reshape(1, 1, -1)
        n_groups = len(self.observations.effects) - len(self.observations.houses)
        mean = np.zeros(self.k_states, dtype=dtype)
        mean[0] = self.priors.level_mean
        variance = np.full(self.k_states, sigma_h**2, dtype=dtype)
        variance[0] = self.priors.level_sd**2
        variance[1 : 1 + n_groups] = self.priors.sector_sd**2
        self.ssm.initialize_known(mean, np.diag(variance))
        return params

    def joint_posterior(self, scales: Sequence[float]) -> JointPosterior:
        """Smooth at given scales and keep what the estimands need.

        Parameters
        ----------
        scales : sequence of 3 floats
            tau (points per root day), omega and sigma_h (points).

        Returns
        -------
        JointPosterior
            Of the level at each distinct poll day and the constant effects.
        """
        tau, omega, _ = scales
        self.update(np.asarray(scales, dtype=float))
        # The effects are constant: what the filter knows of them at the last
        # poll is their posterior, and no other step needs to be kept.
        filtered = self.ssm.filter(conserve_memory=MEMORY_CONSERVE)
        chain = smooth_chain(
            self.observations.day,
            self.observations.share_pct,
            self.observations.house_map[self.observations.house_of_poll],
            self._known_variance + omega**2,
            tau=float(tau),
            level_mean=self.priors.level_mean,
            level_sd=self.priors.level_sd,
        )
        return JointPosterior(
            chain=chain,
            tau=float(tau),
            effects_mean=filtered.filtered_state[1:, -1].copy(),
            effects_cov=filtered.filtered_state_cov[1:, 1:, -1].copy(),
        )
