"""Least squares for list experiments: linear, and two-step nonlinear with its errors."""

from __future__ import annotations

import numpy as np
import statsmodels.api as sm
from scipy.linalg import block_diag
from scipy.optimize import least_squares
from scipy.special import expit

from analysis.errors import PollInputError
from analysis.list_data import ListData
from analysis.sampling import Array

Fitted = tuple[Array, Array, float]


def fit_linear(data: ListData) -> Fitted:
    """Counts on covariates and their products with the treatment, by (weighted) least squares.

    Returns
    -------
    coefficients : ndarray, shape (2 k,)
        Of the item (the products), then of the control items.
    covariance : ndarray, shape (2 k, 2 k)
        HC3.
    log_likelihood : float
        NaN.
    """
    k = data.design.shape[1]
    both = np.hstack([data.treated[:, None] * data.design, data.design])
    if np.linalg.matrix_rank(both) < 2 * k:
        cure = "leave out a covariate that has one value in an arm"
        raise PollInputError("covariates do not vary within both arms", cure)
    found = sm.WLS(data.count, both, weights=data.weights).fit(cov_type="HC3")
    return np.asarray(found.params), np.asarray(found.cov_params()), float("nan")


def fit_least_squares(data: ListData) -> Fitted:
    """Control counts by J logit^-1(x g), then the rest of the treated by logit^-1(x d).

    Returns
    -------
    coefficients : ndarray, shape (2 k,)
        d, then g.
    covariance : ndarray, shape (2 k, 2 k)
        Sandwich of the stacked moments: the error of the first step enters the second
        (Imai 2011, JASA 106, section 3.1; Newey and McFadden 1994, theorem 6.1).
    log_likelihood : float
        NaN.
    """
    treated, n_items = data.treated, data.n_items
    first = _curve(data.design[~treated], data.count[~treated], data.weights[~treated], n_items)
    rest = data.count - n_items * expit(data.design @ first)
    second = _curve(data.design[treated], rest[treated], data.weights[treated], 1)
    return np.concatenate([second, first]), _covariance(data, second, first), float("nan")


def _curve(design: Array, count: Array, weights: Array, top: int) -> Array:
    """Nonlinear least squares of a count on top * logit^-1(x b)."""
    root = np.sqrt(weights)

    def miss(coefficients: Array) -> Array:
        return np.asarray(root * (count - top * expit(design @ coefficients)))

    def slope(coefficients: Array) -> Array:
        share = expit(design @ coefficients)
        return np.asarray(-(root * top * share * (1 - share))[:, None] * design)

    start = np.zeros(design.shape[1])
    mean = np.clip(weights @ count / weights.sum() / top, 0.02, 0.98)
    start[0] = np.log(mean / (1 - mean))
    # Coefficients beyond 30 logits say that a share is 0 or 1, which no curve has.
    found = least_squares(miss, start, slope, xtol=1e-12, ftol=1e-14, gtol=1e-12, max_nfev=2000)
    if not found.success or np.abs(found.x).max() > 30:
        cure = "leave out covariates, or take method='linear'"
        raise PollInputError("least squares found no minimum", cure)
    return np.asarray(found.x)


def _covariance(data: ListData, second: Array, first: Array) -> Array:
    """Sandwich of both steps."""
    treated, design, weights = data.treated, data.design, data.weights
    p, q = expit(design @ second), expit(design @ first)
    p_slope, q_slope = p * (1 - p), data.n_items * q * (1 - q)
    rest = data.count - data.n_items * q
    score_two = (weights * treated * (rest - p) * p_slope)[:, None] * design
    score_one = (weights * ~treated * rest * q_slope)[:, None] * design
    meat = block_diag(score_two.T @ score_two, score_one.T @ score_one)

    def bread(values: Array) -> Array:
        return np.asarray(design.T @ ((weights * values)[:, None] * design))

    k = design.shape[1]
    whole = np.zeros((2 * k, 2 * k))
    whole[:k, :k] = bread(treated * p_slope**2)
    whole[:k, k:] = bread(treated * p_slope * q_slope)
    whole[k:, k:] = bread(~treated * q_slope**2)
    inverse = np.linalg.inv(whole)
    return np.asarray(inverse @ meat @ inverse.T)
