"""Probabilities of positive orthants, and of the chi-bar-square that they weigh."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.optimize import nnls
from scipy.special import ndtr, ndtri
from scipy.stats import chi2
from scipy.stats.qmc import Sobol

from analysis.sampling import Array

# 2^12 Sobol points place a probability of up to eight dimensions within about 1e-4.
LOG2_POINTS = 12
CLOSED_FORM = 3


def orthant_probability(cov: Array) -> float:
    """Probability that all components of a centred normal vector are positive.

    Parameters
    ----------
    cov : ndarray, shape (k, k)

    Returns
    -------
    float

    Notes
    -----
    Up to three dimensions in closed form (Sheppard 1899; David 1953), above by Genz's
    separation of variables (1992, J. Comp. Graph. Stat. 1) on Sobol points, always the same.

    Examples
    --------
    >>> orthant_probability(np.eye(2)), round(orthant_probability(np.eye(5)), 5)
    (0.25, 0.03125)
    """
    k = len(cov)
    if k == 0:
        return 1.0
    sd = np.sqrt(np.diag(cov))
    corr = np.clip(cov / np.outer(sd, sd), -1.0, 1.0)
    if k <= CLOSED_FORM:
        angles = np.arcsin(corr[np.triu_indices(k, 1)]).sum()
        return float(0.5**k + angles / (2 * np.pi) * 0.5 ** max(0, k - 2))
    return _genz(corr)


def _genz(corr: Array) -> float:
    """Integrate one variable after the other, each over its tail given those before."""
    root = np.linalg.cholesky(corr)
    k = len(corr)
    cube = (Sobol(k - 1, scramble=False).random_base2(LOG2_POINTS) + 0.5**LOG2_POINTS / 2) % 1.0
    points = np.zeros((len(cube), k))
    total = np.full(len(cube), 0.5)
    tail = np.full(len(cube), 0.5)
    for i in range(1, k):
        # A draw of the variable before, from its tail above its bound.
        drawn = 1 - tail * (1 - cube[:, i - 1])
        points[:, i - 1] = ndtri(np.clip(drawn, 1e-16, 1 - 1e-16))
        tail = ndtr(points[:, :i] @ root[i, :i] / root[i, i])
        total = total * tail
    return float(total.mean())


def chi_bar_weights(cov: Array) -> Array:
    """Weights of chi-squares in the distance of a normal vector from the positive orthant.

    Parameters
    ----------
    cov : ndarray, shape (k, k)
        Of the vector, whose mean is zero.

    Returns
    -------
    ndarray, shape (k + 1,)
        Probability that exactly i components of the nearest point of the orthant are zero,
        i = 0 to k: the weight of chi-square with i degrees of freedom.

    Notes
    -----
    Kudo (1963, Biometrika 50), theorem 3.1: sums over the subsets of components of products
    of two orthant probabilities.

    Examples
    --------
    >>> chi_bar_weights(np.eye(2)).tolist()
    [0.25, 0.5, 0.25]
    """
    k = len(cov)
    weights = np.zeros(k + 1)
    everyone = set(range(k))
    for n_zero in range(k + 1):
        for zero in combinations(range(k), n_zero):
            free = sorted(everyone - set(zero))
            # Of no components the inverse has shape (0, 0).
            inner = np.asarray(np.linalg.inv(cov[np.ix_(zero, zero)]), dtype=np.float64)
            cross = cov[np.ix_(free, zero)]
            left = cov[np.ix_(free, free)] - cross @ inner @ cross.T
            weights[n_zero] += orthant_probability(inner) * orthant_probability(left)
    return np.asarray(weights / weights.sum())


def distance_from_orthant(point: Array, cov: Array) -> float:
    """Squared distance of a point from the positive orthant in the metric of a covariance.

    Examples
    --------
    >>> round(distance_from_orthant(np.array([-2.0, 1.0]), np.eye(2)), 6)
    4.0
    """
    whiten = np.linalg.inv(np.linalg.cholesky(cov))
    return float(nnls(whiten, whiten @ point)[1] ** 2)


def chi_bar_tail(distance: float, weights: Array) -> float:
    """Probability of a squared distance at least as large, under a mean of zero.

    Examples
    --------
    >>> round(chi_bar_tail(2.706, np.array([0.5, 0.5])), 3), chi_bar_tail(0.0, np.array([0.5, 0.5]))
    (0.05, 1.0)
    """
    if distance <= 0:
        return 1.0
    freedom = np.arange(1, len(weights))
    return float(weights[1:] @ chi2.sf(distance, freedom))
