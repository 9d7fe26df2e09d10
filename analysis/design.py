"""The linear part of the model as plain arrays: what every solver works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.observations import Observations
from analysis.priors import Priors
from analysis.sampling import Array

Days = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, eq=False)
class Design:
    """Observations of a random walk with constant effects and, if wanted, drifting houses.

    Observation i at day t_i is, with house j (none for an anchor)::

        y_i = x(t_i) + columns_i @ effects + d_j(t_i) + e_i

    Parameters
    ----------
    day : ndarray of int, shape (n,)
        Days since the first mid-field date, increasing.
    response : ndarray, shape (n,)
        Observed values, percent (or logits).
    known_variance : ndarray, shape (n,)
    has_excess : ndarray, shape (n,)
        1 for polls, whose error has the excess variance too; 0 for anchors.
    house : ndarray of int, shape (n,)
        Position of the house; -1 for anchors.
    columns : ndarray, shape (n, n_effects)
        How each constant effect enters each observation.
    names : tuple of str
        Names of the effects, such as ``"house:levada"``.
    house_map : ndarray, shape (n_houses, n_effects)
        Turns the effects into constant house effects.
    fixed_variance : ndarray, shape (n_effects,)
        Prior variances; 0 where ``is_house``.
    is_house : ndarray of bool, shape (n_effects,)
        Effects whose prior variance is ``sigma_h ** 2``.
    starts : ndarray, shape (n_effects,)
        Day from which an effect is part of the level (a shift by an event);
        infinity for all other effects.
    first_day : ndarray of int, shape (n_houses,)
        Day of each house's first poll, where its drift begins.
    drift : bool
        Do houses drift.
    level_mean, level_sd : float
        Prior of the level on day 0.
    """

    day: Days
    response: Array
    known_variance: Array
    has_excess: Array
    house: Days
    columns: Array
    names: tuple[str, ...]
    house_map: Array
    fixed_variance: Array
    is_house: np.ndarray[Any, np.dtype[np.bool_]]
    starts: Array
    first_day: Days
    drift: bool
    level_mean: float
    level_sd: float

    @property
    def n_walks(self) -> int:
        """Random walks: the level, and one for each drifting house."""
        return 1 + (len(self.first_day) if self.drift else 0)

    @property
    def centred(self) -> Array:
        """Response less the prior mean of the level, beside the columns: (n, 1 + n_effects)."""
        return np.column_stack([self.response - self.level_mean, self.columns])

    def level_columns(self, days: Days) -> Array:
        """Effects that are part of the level on days, shape (n_days, n_effects)."""
        return (np.asarray(days)[:, None] >= self.starts).astype(float)

    def effects_variance(self, sigma_h: float | Array) -> Array:
        """Prior variances of the effects, shape (..., n_effects)."""
        houses = np.asarray(sigma_h, dtype=float)[..., None] ** 2
        return np.where(self.is_house, houses, self.fixed_variance)

    def noise(self, omega: float | Array) -> Array:
        """Error variances, shape (n, ...), for excess sds of any shape."""
        omega = np.asarray(omega, dtype=float)
        shape = (-1,) + (1,) * omega.ndim
        return self.known_variance.reshape(shape) + self.has_excess.reshape(shape) * omega**2

    def walk_rates(self, tau: Array, kappa: Array, day: int) -> Array:
        """Variance per day of each walk after a day, shape (n_walks, n_nodes)."""
        rates = np.zeros((self.n_walks, len(tau)))
        rates[0] = tau**2
        if self.drift:
            rates[1:] = (self.first_day <= day)[:, None] * kappa**2
        return rates


def build_design(observations: Observations, priors: Priors, *, drift: bool = False) -> Design:
    """Arrange polls and priors for the solvers.

    Parameters
    ----------
    observations : Observations
    priors : Priors
    drift : bool

    Returns
    -------
    Design
    """
    house = observations.house_of_poll
    n_polls, n_houses = len(house), len(observations.houses)
    day = observations.day
    is_house = np.array([name.startswith("house:") for name in observations.effects])
    first_day = np.array([day[house == j].min() for j in range(n_houses)], dtype=np.int64)
    return Design(
        day=day,
        response=observations.share_pct,
        known_variance=observations.known_variance,
        has_excess=np.ones(n_polls),
        house=house,
        columns=observations.house_map[house],
        names=observations.effects,
        house_map=observations.house_map,
        fixed_variance=np.where(is_house, 0.0, priors.sector_sd**2),
        is_house=is_house,
        starts=np.full(len(is_house), np.inf),
        first_day=first_day,
        drift=drift,
        level_mean=priors.level_mean,
        level_sd=priors.level_sd,
    )
