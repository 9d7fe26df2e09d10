"""Mixtures of normal distributions: what integrating over the scales leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from analysis.sampling import Array

# A quantile is found once it moves by less than this many sds; Newton steps then err by far less.
QUANTILE_PRECISION = 1e-6
MAX_STEPS = 60


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
        sd = np.sqrt(self.variance)
        z = ndtri(probability)
        if len(self.weights) == 1 or not (sd > 0).any():
            return np.asarray(self.centre + z * np.sqrt(self.total_variance))
        ends = self.mean + z * sd
        low, high = ends.min(axis=0), ends.max(axis=0)
        value = np.clip(self.centre + z * np.sqrt(self.total_variance), low, high)
        sd = np.maximum(sd, 1e-300)
        width = np.sqrt(self.total_variance)
        active = np.flatnonzero(high > low)
        for _ in range(MAX_STEPS):
            if not len(active):
                break
            at = (value[active] - self.mean[:, active]) / sd[:, active]
            excess = self.weights @ ndtr(at) - probability
            low[active] = np.where(excess < 0, value[active], low[active])
            high[active] = np.where(excess > 0, value[active], high[active])
            density = self.weights @ (np.exp(-0.5 * at**2) / sd[:, active]) / np.sqrt(2 * np.pi)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                following = value[active] - excess / density
            middle = (low[active] + high[active]) / 2
            inside = (following >= low[active]) & (following <= high[active])
            following = np.where(inside, following, middle)
            moved = np.abs(following - value[active])
            value[active] = following
            active = active[moved > QUANTILE_PRECISION * width[active]]
        return np.asarray(value)
