"""Mean, sd and quantiles of weighted points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.base.arrays import Array


def weighted_moments(values: Array, weights: Array) -> tuple[float, float]:
    """Mean and standard deviation.

    Parameters
    ----------
    values : ndarray, shape (n,)
    weights : ndarray, shape (n,)
        Summing to one.

    Examples
    --------
    >>> weighted_moments(np.array([1.0, 3.0]), np.array([0.5, 0.5]))
    (2.0, 1.0)
    """
    mean = float(weights @ values)
    return mean, float(np.sqrt(weights @ (values - mean) ** 2))


def weighted_quantiles(values: Array, weights: Array, probabilities: Sequence[float]) -> Array:
    """Quantiles, linear between the middles of the points' weights.

    Parameters
    ----------
    values : ndarray, shape (n,)
    weights : ndarray, shape (n,)
        Summing to one.
    probabilities : sequence of float

    Returns
    -------
    ndarray, shape (n_probabilities,)
        Not beyond the smallest and the largest value.

    Examples
    --------
    >>> weighted_quantiles(np.array([4.0, 2.0]), np.array([0.5, 0.5]), [0.25, 0.5, 1.0]).tolist()
    [2.0, 3.0, 4.0]
    """
    order = np.argsort(values, kind="stable")
    middles = np.cumsum(weights[order]) - weights[order] / 2
    return np.asarray(np.interp(probabilities, middles, values[order]))
