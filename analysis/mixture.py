"""Mixtures of normal distributions: what integrating over the scales leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from analysis.sampling import Array

# The search ends with the Newton step from a point this close in probability.
QUANTILE_PRECISION = 1e-5
MAX_STEPS = 60
# Quantiles are sought for so many numbers at a time, which fit the processor's cache.
BLOCK_NUMBERS = 60_000
SMALLEST_SD = 1e-12


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

    def plus(self, variance: Array) -> Mixture:
        """Add independent normal noise; ``variance`` broadcasts to (n_points, n)."""
        return Mixture(self.weights, self.mean, self.variance + variance)

    def probability_above(self, threshold: float) -> Array:
        """Probability that each quantity exceeds a threshold, shape (n,)."""
        sd = np.sqrt(self.variance)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (self.mean - threshold) / sd
        certain = (self.mean > threshold).astype(float)
        return np.asarray(self.weights @ np.where(sd > 0, ndtr(z), certain))

    def quantile(self, probability: float) -> Array:
        """Quantiles, shape (n,), by Newton steps kept inside a shrinking bracket.

        Examples
        --------
        >>> one = np.ones((1, 1))
        >>> Mixture(np.ones(1), 50 * one, 4 * one).quantile(0.975).round(2)
        array([53.92])
        """
        z = float(ndtri(probability))
        start = self.centre + z * np.sqrt(self.total_variance)
        if len(self.weights) == 1:
            return np.asarray(start)
        size = max(1, BLOCK_NUMBERS // len(self.weights))
        for first in range(0, len(start), size):
            part = slice(first, first + size)
            mean, sd = self.mean[:, part], np.sqrt(self.variance[:, part])
            start[part] = _solve_quantiles(self.weights, mean, sd, probability, start[part])
        return np.asarray(start)


def _solve_quantiles(
    weights: Array, mean: Array, sd: Array, probability: float, start: Array
) -> Array:
    """Newton steps kept inside a shrinking bracket, for some quantities."""
    ends = mean + ndtri(probability) * sd
    low, high = ends.min(axis=0), ends.max(axis=0)
    value = np.clip(start, low, high)
    inverse = 1 / np.maximum(sd, SMALLEST_SD)
    for _ in range(MAX_STEPS):
        at = (value - mean) * inverse
        excess = weights @ ndtr(at) - probability
        low, high = np.where(excess < 0, value, low), np.where(excess > 0, value, high)
        density = weights @ (np.exp(-0.5 * at * at) * inverse) / np.sqrt(2 * np.pi)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            following = value - excess / density
        inside = (following >= low) & (following <= high)
        value = np.where(inside, following, (low + high) / 2)
        if (np.abs(excess) <= QUANTILE_PRECISION).all():
            break
    return np.asarray(value)
