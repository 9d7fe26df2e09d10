"""The composition as plain arrays: two parts of each poll, their errors, and params."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.base.priors import Priors
from analysis.trend.solver.walk import Calming

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class CompositionDesign:
    """Polls of two parts of a whole, in the order of their days.

    Parameters
    ----------
    day : ndarray of int, shape (n,)
        Days since the first mid-field date, increasing.
    house : ndarray of int, shape (n,)
    shares : ndarray, shape (n, 2)
        Percent; NaN where a part was not printed, never both.
    sampling, rounding : ndarray, shape (n, 2)
        Variances, squared points.
    correlation : ndarray, shape (n,)
        Of the sampling errors of the two parts, above -1.
    house_sector : ndarray of int, shape (n_houses,)
        Position of each house's sector; -1 throughout when there is one sector.
    first_day : ndarray of int, shape (n_houses,)
        Day of each house's first poll, where its drift begins.
    drift : bool
    priors : Priors
    calming : Calming, optional
        Shock after which the walk of the level calms; None when it is the same on all days.
    """

    day: Days
    house: Days
    shares: Array
    sampling: Array
    rounding: Array
    correlation: Array
    house_sector: Days
    first_day: Days
    drift: bool
    priors: Priors
    calming: Calming | None = None

    @cached_property
    def place(self) -> Days:
        """First of the two states of each house: the sooner it falls silent, the later."""
        last = [self.day[self.house == j].max() for j in range(len(self.first_day))]
        order = np.argsort(-np.array(last), kind="stable")
        return 2 + 2 * np.argsort(order, kind="stable")

    @property
    def n_states(self) -> int:
        """Both parts of the level, then both parts of each house."""
        return 2 + 2 * len(self.first_day)

    @cached_property
    def knots(self) -> Days:
        """Days with polls, each once."""
        return np.unique(self.day)

    @property
    def printed(self) -> Flags:
        """Which parts each poll printed, shape (n, 2)."""
        return ~np.isnan(self.shares)

    def level_step(self, params: PartParams, start: int, end: int) -> Array:
        """Covariance that the level walks from a day to another, shape (2, 2, n_nodes)."""
        step = params.walk_rate() * (end - start)
        if self.calming is None:
            return step
        passed = float(self.calming.clock(end) - self.calming.clock(start))
        return np.asarray(step + params.shock_rate() * passed)


@dataclass(frozen=True, eq=False)
class PartParams:
    """Sets of hyperparameters, each for both parts.

    Parameters
    ----------
    tau, omega, sigma_h, kappa, shock : ndarray, shape (2, n_nodes)
        Daily step of the level, excess error, spread of houses, daily step of drift, what a shock
        adds to the daily step of the level.
    rho_x, rho_h : ndarray, shape (n_nodes,)
        Correlation between the parts of the level's steps; of house effects and their drift.
    """

    tau: Array
    omega: Array
    sigma_h: Array
    kappa: Array
    shock: Array
    rho_x: Array
    rho_h: Array

    def __len__(self) -> int:
        return len(self.rho_x)

    def part(self, chosen: Any) -> PartParams:
        """Some of the sets."""
        return PartParams(
            tau=self.tau[:, chosen],
            omega=self.omega[:, chosen],
            sigma_h=self.sigma_h[:, chosen],
            kappa=self.kappa[:, chosen],
            shock=self.shock[:, chosen],
            rho_x=self.rho_x[chosen],
            rho_h=self.rho_h[chosen],
        )

    def walk_rate(self) -> Array:
        """Covariance of the level's parts per day, shape (2, 2, n_nodes)."""
        return _covariance(self.tau, self.rho_x)

    def shock_rate(self) -> Array:
        """What a shock adds to that on its day, shape (2, 2, n_nodes)."""
        return _covariance(self.shock, self.rho_x)

    def drift_rate(self) -> Array:
        """Covariance of a house's parts per day of drift, shape (2, 2, n_nodes)."""
        return _covariance(self.kappa, self.rho_h)

    def house_spread(self) -> Array:
        """Covariance of the parts of a house effect, shape (2, 2, n_nodes)."""
        return _covariance(self.sigma_h, self.rho_h)


def _covariance(sd: Array, correlation: Array) -> Array:
    """Covariance matrices from two sds and a correlation, shape (2, 2, n_nodes)."""
    cross = correlation * sd[0] * sd[1]
    return np.array([[sd[0] ** 2, cross], [cross, sd[1] ** 2]])


@dataclass(frozen=True, eq=False)
class Row:
    """One printed share, with what it has in common with the poll's other share taken out.

    Parameters
    ----------
    poll : int
    weights : ndarray, shape (2, n_nodes)
        Of the two parts.
    noise : ndarray, shape (n_nodes,)
        Error variance; independent of all other rows.
    """

    poll: int
    weights: Array
    noise: Array


def error_covariance(sampling: Array, rounding: Array, correlation: float, omega: Array) -> Array:
    """Covariance of the errors of both parts of a poll, shape (2, 2, n_nodes).

    Parameters
    ----------
    sampling, rounding : ndarray, shape (2,)
        Variances, squared points.
    correlation : float
        Of the sampling errors, which the excess takes too.
    omega : ndarray, shape (2, n_nodes)
        Standard deviation of the excess error of each part, points.
    """
    variance = (sampling + rounding)[:, None] + omega**2
    root = np.sqrt(sampling)
    shared = root[0] * root[1] + omega[0] * omega[1]
    shared = correlation * shared
    return np.array([[variance[0], shared], [shared, variance[1]]])


def list_rows(design: CompositionDesign, params: PartParams) -> list[Row]:
    """Turn each poll into one or two rows with independent errors.

    The errors of both parts have covariance V + R + W: V multinomial sampling
    with its design effect, R rounding of each part, W the excess, which takes
    the correlation of V.  With ``c = cov / var`` of the first part, the second
    row is ``y_2 - c y_1`` (Durbin and Koopman 2012, section 6.4.3).
    """
    one, zero = np.ones(len(params)), np.zeros(len(params))
    rows = []
    for i, printed in enumerate(design.printed):
        cov = error_covariance(
            design.sampling[i], design.rounding[i], float(design.correlation[i]), params.omega
        )
        if printed[0]:
            rows.append(Row(i, np.array([one, zero]), cov[0, 0]))
        if not printed[1]:
            continue
        if not printed[0]:
            rows.append(Row(i, np.array([zero, one]), cov[1, 1]))
            continue
        slope = cov[0, 1] / cov[0, 0]
        rows.append(Row(i, np.array([-slope, one]), cov[1, 1] - slope * cov[0, 1]))
    return rows


def start_covariance(design: CompositionDesign, params: PartParams) -> Array:
    """Prior covariance of all states on the first day, shape (n_states, n_states, n_nodes)."""
    cov = np.zeros((design.n_states, design.n_states, len(params)))
    cov[[0, 1], [0, 1]] = design.priors.level_sd**2
    sector, place = design.house_sector, design.place
    together = (sector[:, None] == sector) & (sector >= 0)
    for part in (0, 1):
        own = place + part
        cov[own[:, None], own] = design.priors.sector_sd**2 * together[:, :, None]
    add_to_houses(cov, place, params.house_spread())
    return cov


def add_to_houses(cov: Array, place: Days, extra: Array) -> None:
    """Add a covariance of two parts, shape (2, 2, n_nodes), to that of each house, in place."""
    for one in (0, 1):
        for other in (0, 1):
            cov[place + one, place + other] += extra[one, other]


def multinomial_correlation(shares: Array, sample_size: Array) -> Array:
    """Correlation of the sampling errors of two parts of a whole.

    ``-sqrt(p q / ((100 - p) (100 - q)))``, with both shares drawn to one third by
    the weight of a single interview, so that it stays above -1 where the two
    parts are all there is.

    Parameters
    ----------
    shares : ndarray, shape (n, 2)
        Percent; rounding may carry a sum slightly above 100.
    sample_size : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        Zero where a part is missing.

    Examples
    --------
    >>> multinomial_correlation(np.array([[60.0, 20.0]]), np.array([1e9])).round(3)
    array([-0.612])
    """
    total = shares.sum(axis=1, keepdims=True)
    inside = shares * np.minimum(100 / np.maximum(total, 1e-300), 1.0)
    size = sample_size[:, None]
    p, q = ((size * inside + 100 / 3) / (size + 1)).T
    both = -np.sqrt(p * q / ((100 - p) * (100 - q)))
    return np.where(np.isnan(total[:, 0]), 0.0, both)
