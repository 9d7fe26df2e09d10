"""Mixtures of normal distributions: what integrating over the scales leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, ndtr, ndtri

from analysis.base.arrays import Array

# The search ends with a step this short against the narrowest component: what its series
# leaves out is of fourth order, a few billionths of an sd.
SHORT_STEP = 5e-3
# A coarser mixture only gives the start, so a twentieth is short enough there.
COARSE_STEP = 5e-2
# So many neighbouring components are merged for the coarser mixture, if there are this many.
MERGED, MANY = 4, 40
MAX_STEPS = 100
# Quantiles are sought for so many numbers at a time, near enough the size of the cache.
BLOCK_NUMBERS = 200_000
SMALLEST_SD = 1e-12
LOG_ROOT_2_PI = float(np.log(np.sqrt(2 * np.pi)))


@dataclass(frozen=True, eq=False)
class JointMixture:
    """Several quantities that are jointly normal given the scales.

    Parameters
    ----------
    weights : ndarray, shape (n_points,)
    mean : ndarray, shape (n_points, n)
    cov : ndarray, shape (n_points, n, n)
    """

    weights: Array
    mean: Array
    cov: Array

    def combine(self, rows: Array) -> Mixture:
        """Linear combinations, rows of shape (n_rows, n)."""
        variance = np.einsum("ri,pij,rj->pr", rows, self.cov, rows)
        return Mixture(self.weights, self.mean @ rows.T, np.maximum(variance, 0.0))

    @property
    def each(self) -> Mixture:
        """The quantities one by one."""
        variance = np.maximum(np.diagonal(self.cov, axis1=1, axis2=2), 0.0)
        return Mixture(self.weights, self.mean, variance)


@dataclass(frozen=True, eq=False)
class Mixture:
    """Quantities that are normal given the scales, each a mixture over them.

    Parameters
    ----------
    weights : ndarray, shape (n_points,)
        Positive, summing to one.
    mean, variance : ndarray, shape (n_points, n)
        Given each set of scales.
    """

    weights: Array
    mean: Array
    variance: Array

    @property
    def centre(self) -> Array:
        """Posterior means, shape (n,)."""
        return np.asarray(self.weights @ self.mean)

    @property
    def total_variance(self) -> Array:
        """Posterior variances: mean of the variances plus variance of the means."""
        return np.asarray(self.weights @ (self.variance + (self.mean - self.centre) ** 2))

    @property
    def mean_squares(self) -> Array:
        """Posterior expectations of the squares, shape (n,)."""
        return np.asarray(self.centre**2 + self.total_variance)

    def plus(self, variance: Array) -> Mixture:
        """Add independent normal noise; ``variance`` broadcasts to (n_points, n)."""
        return Mixture(self.weights, self.mean, self.variance + variance)

    def probability_above(self, threshold: float | Array) -> Array:
        """Probability that each quantity exceeds a threshold, or its own, shape (n,)."""
        sd = np.sqrt(self.variance)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (self.mean - threshold) / sd
        certain = (self.mean > threshold).astype(float)
        return np.asarray(self.weights @ np.where(sd > 0, ndtr(z), certain))

    def log_density(self, values: Array) -> Array:
        """Log density of each quantity at its own value, shape (n,)."""
        variance = np.maximum(self.variance, SMALLEST_SD**2)
        logs = -0.5 * ((values - self.mean) ** 2 / variance + np.log(2 * np.pi * variance))
        return np.asarray(logsumexp(logs, b=self.weights[:, None], axis=0))

    def quantile(self, probability: float) -> Array:
        """Quantiles, shape (n,), to a few billionths of the narrowest component's sd.

        Notes
        -----
        The search starts from the quantile of a coarser mixture, in which
        neighbouring components are merged, and takes steps of the series of the
        inverse distribution function inside a shrinking bracket.

        Examples
        --------
        >>> one = np.ones((1, 1))
        >>> Mixture(np.ones(1), 50 * one, 4 * one).quantile(0.975).round(2)
        array([53.92])
        """
        size = max(1, BLOCK_NUMBERS // len(self.weights))
        blocks = [slice(first, first + size) for first in range(0, self.mean.shape[1], size)]
        parts = (self._part(block)._quantile(probability, SHORT_STEP) for block in blocks)
        return np.concatenate([np.zeros(0), *parts])

    def _part(self, block: slice) -> Mixture:
        """Some of the quantities, laid out for speed."""
        mean, variance = self.mean[:, block], self.variance[:, block]
        return Mixture(self.weights, np.ascontiguousarray(mean), np.ascontiguousarray(variance))

    def merged(self, size: int) -> Mixture:
        """Merge so many neighbouring components to one each, keeping means and variances.

        Components at the end that do not make up a whole one stay alone.
        """
        whole = len(self.weights) // size * size
        weights = self.weights[:whole].reshape(-1, size)
        share = weights / weights.sum(axis=1, keepdims=True)
        mean = self.mean[:whole].reshape(-1, size, self.mean.shape[1])
        centre = np.einsum("gk,gkn->gn", share, mean)
        variance = self.variance[:whole].reshape(mean.shape) + (mean - centre[:, None]) ** 2
        spread = np.einsum("gk,gkn->gn", share, variance)
        return Mixture(
            np.concatenate([weights.sum(axis=1), self.weights[whole:]]),
            np.concatenate([centre, self.mean[whole:]]),
            np.concatenate([spread, self.variance[whole:]]),
        )

    def _quantile(self, probability: float, short: float) -> Array:
        """Quantiles by a search that ends with a step this short."""
        if len(self.weights) < MANY:
            start = self.centre + ndtri(probability) * np.sqrt(self.total_variance)
        else:
            start = self.merged(MERGED)._quantile(probability, COARSE_STEP)
        if len(self.weights) == 1:
            return np.asarray(start)
        return _solve(self.weights, self.mean, np.sqrt(self.variance), probability, start, short)


def log_normal(values: Array | float, mean: Array | float, sd: Array | float) -> Array:
    """Log density of normal distributions.

    Parameters
    ----------
    values, mean, sd : ndarray or float
        They broadcast against each other.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> float(log_normal(0.0, 0.0, 1.0).round(4))
    -0.9189
    """
    away = (np.asarray(values) - mean) / sd
    return np.asarray(-(away**2) / 2.0 - LOG_ROOT_2_PI - np.log(sd))


def _solve(
    weights: Array, mean: Array, sd: Array, probability: float, start: Array, short: float
) -> Array:
    """Steps of the series inside a shrinking bracket, for some quantities."""
    ends = mean + ndtri(probability) * sd
    low, high = ends.min(axis=0), ends.max(axis=0)
    value, todo = np.clip(start, low, high), np.arange(len(start))
    narrowest, inverse = sd.min(axis=0), 1 / np.maximum(sd, SMALLEST_SD)
    before = np.full(len(start), np.inf)
    for _ in range(MAX_STEPS):
        at = value[todo]
        excess, newton, step = _step(weights, mean, inverse, at, probability)
        low[todo] = np.where(excess < 0, at, low[todo])
        high[todo] = np.where(excess > 0, at, high[todo])
        following = at + step
        # A step that does not help, or leaves the bracket, gives way to halving the bracket.
        helps = np.abs(excess) <= before / 2
        good = helps & (following >= low[todo]) & (following <= high[todo])
        value[todo] = np.where(good, following, (low[todo] + high[todo]) / 2)
        closed = high[todo] - low[todo] <= SMALLEST_SD * np.maximum(1.0, np.abs(at))
        left = ~(closed | (good & (np.abs(newton) <= short * narrowest[todo])))
        if not left.any():
            break
        if not left.all():
            todo, mean, inverse = todo[left], mean[:, left], inverse[:, left]
        before = np.abs(excess[left])
    return np.asarray(value)


def _step(
    weights: Array, mean: Array, inverse: Array, at: Array, probability: float
) -> tuple[Array, Array, Array]:
    """Excess of the distribution function, Newton's step and the step with two more terms.

    With F the distribution function, f its density and u = (p - F) / f the
    quantile lies at ``u - (f'/f) u^2 / 2 + ((f'/f)^2 / 2 - f''/(6 f)) u^3 + O(u^4)``
    (the inverse series; Abramowitz and Stegun 1964, 3.6.25).
    """
    z = (at - mean) * inverse
    with np.errstate(all="ignore"):
        excess = weights @ ndtr(z) - probability
        square = z * z
        density = np.exp(-0.5 * square) * (inverse / np.sqrt(2 * np.pi))
        f = weights @ density
        density *= inverse
        z *= density
        density *= inverse
        square -= 1
        square *= density
        slope, curve = -(weights @ z) / f, (weights @ square) / f
        newton = -excess / f
        bend = (slope * newton) / 2
        step = newton * (1 - bend + 2 * bend**2 - curve * newton**2 / 6)
        # Far from the quantile the further terms lead astray.
        step = np.where(np.abs(step - newton) <= np.abs(newton) / 2, step, newton)
    return excess, newton, step
