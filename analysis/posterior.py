"""Joint posterior of the daily level and the constant effects at given scales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.chain import Chain, Days
from analysis.sampling import Array


@dataclass(frozen=True, eq=False)
class JointPosterior:
    """Gaussian posterior of level and effects, in a form that keeps every contrast exact.

    At the days with polls (knots) the level is its mean given the effects plus
    a Markov chain that does not depend on them::

        x(t) = level_mean(t) + loading(t) @ (effects - effects_mean) + chain(t)

    So a variance is a sum of two positive parts, and the large shared
    uncertainty of level and effects cancels before anything is squared.

    Parameters
    ----------
    chain : Chain
        The level given the effects, at the knots.
    tau : float
        Daily step of the level, points per root day.
    effects_mean : ndarray, shape (n_effects,)
    effects_cov : ndarray, shape (n_effects, n_effects)
    """

    chain: Chain
    tau: float
    effects_mean: Array
    effects_cov: Array

    @property
    def level_mean(self) -> Array:
        """Mean of the level at the knots, shape (n_knots,)."""
        return self.chain.mean + self.chain.loading @ self.effects_mean

    def effects(self, weights: Array) -> tuple[Array, Array]:
        """Mean and variance of linear combinations of the effects.

        Parameters
        ----------
        weights : ndarray, shape (n_rows, n_effects)

        Returns
        -------
        mean, variance : ndarray, shape (n_rows,)
        """
        return weights @ self.effects_mean, self._quadratic(weights)

    def level(self, days: Days, weights: Array) -> tuple[Array, Array]:
        """Mean and variance of the level plus a combination of effects.

        Parameters
        ----------
        days : ndarray of int, shape (n_days,)
            Any days; between knots the Brownian bridge is exact, outside them
            the random walk goes on.
        weights : ndarray, shape (n_effects,) or (n_days, n_effects)

        Returns
        -------
        mean, variance : ndarray, shape (n_days,)
        """
        left, right, w, bridge = self._place(days)
        level, loading = self._interpolate(left, right, w)
        lag = np.append(self.chain.lag_cov, 0.0)[left]
        chain = (1 - w) ** 2 * self.chain.var[left] + w**2 * self.chain.var[right]
        chain = chain + 2 * w * (1 - w) * lag + bridge
        weights = np.broadcast_to(weights, loading.shape)
        return level + weights @ self.effects_mean, chain + self._quadratic(loading + weights)

    def change(self, day_a: int, day_b: int) -> tuple[float, float]:
        """Mean and variance of x(day_b) - x(day_a); effects stand still and cancel.

        Parameters
        ----------
        day_a, day_b : int
            Days since the first mid-field date, in any order.

        Returns
        -------
        mean, variance : float
        """
        days = np.array([day_a, day_b])
        left, right, w, _ = self._place(days)
        level, loading = self._interpolate(left, right, w)
        a, b = sorted((day_a, day_b))
        chain = self.chain_cov(a, a) + self.chain_cov(b, b) - 2 * self.chain_cov(a, b)
        spread = self._quadratic((loading[1] - loading[0])[None, :])[0]
        return float(level[1] - level[0]), float(max(chain, 0.0) + spread)

    def chain_cov(self, day_a: int, day_b: int) -> float:
        """Covariance of the level on two days given the effects, ``day_a <= day_b``."""
        left, right, w, _ = self._place(np.array([day_a, day_b]))
        ends_a = ((left[0], 1 - w[0]), (right[0], w[0]))
        ends_b = ((left[1], 1 - w[1]), (right[1], w[1]))
        total = sum(p * q * self._knot_cov(i, j) for i, p in ends_a for j, q in ends_b)
        return float(total + self._bridge_cov(day_a, day_b))

    def _knot_cov(self, i: int, j: int) -> float:
        """Covariance of two knots: variance of the later, carried back step by step."""
        i, j = min(i, j), max(i, j)
        return float(
            self.chain.var[j] * np.prod(self.chain.lag_cov[i:j] / self.chain.var[i + 1 : j + 1])
        )

    def _bridge_cov(self, day_a: int, day_b: int) -> float:
        """Covariance of the parts of two days that the knots leave free."""
        first, last = int(self.chain.days[0]), int(self.chain.days[-1])
        if day_b <= first:
            return self.tau**2 * (first - day_b)
        if day_a >= last:
            return self.tau**2 * (day_a - last)
        if day_a < first or day_b > last:
            return 0.0
        a = int(np.searchsorted(self.chain.days, day_a, side="right")) - 1
        if a + 1 >= len(self.chain.days) or day_b > self.chain.days[a + 1]:
            return 0.0
        start, end = float(self.chain.days[a]), float(self.chain.days[a + 1])
        return self.tau**2 * (day_a - start) * (end - day_b) / (end - start)

    def _place(self, days: Days) -> tuple[Days, Days, Array, Array]:
        """Knots on both sides of each day, weight of the right one, variance left free."""
        index = np.searchsorted(self.chain.days, days, side="right") - 1
        left = np.clip(index, 0, len(self.chain.days) - 1)
        inside = (index >= 0) & (index < len(self.chain.days) - 1)
        right = np.where(inside, left + 1, left)
        gap = np.where(inside, self.chain.days[right] - self.chain.days[left], 1)
        done = np.where(inside, days - self.chain.days[left], 0)
        w = done / gap
        outside = np.where(inside, 0, np.abs(days - self.chain.days[left]))
        free = self.tau**2 * (done * (gap - done) / gap + outside)
        return left, right, w, free

    def _interpolate(self, left: Days, right: Days, w: Array) -> tuple[Array, Array]:
        """Mean and loading between two knots, linear in time."""
        mean, loading = self.level_mean, self.chain.loading
        far = w[:, None]
        return (
            (1 - w) * mean[left] + w * mean[right],
            (1 - far) * loading[left] + far * loading[right],
        )

    def _quadratic(self, weights: Array) -> Array:
        """Variance of each row of weights over the effects."""
        variance = np.einsum("ij,jk,ik->i", weights, self.effects_cov, weights, optimize=True)
        return np.asarray(np.maximum(variance, 0.0))
