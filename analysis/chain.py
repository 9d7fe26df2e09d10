"""The level once the effects are known: a random walk seen with noise.

Given the house and sector effects the level is a scalar Markov chain, and its
smoothed mean is linear in them.  Smoothing the polls and, beside them, the
column of each effect therefore gives the joint posterior of level and effects
without a covariance matrix of all states at every step, which at 6,400 polls
of 48 houses would fill 1.6 GB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.sampling import Array

Days = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, eq=False)
class Chain:
    """Smoothed level given the effects, at the distinct days with polls (knots).

    Parameters
    ----------
    days : ndarray of int, shape (n_knots,)
    mean : ndarray, shape (n_knots,)
        Level when all effects are zero.
    loading : ndarray, shape (n_knots, n_effects)
        How the level answers to each effect.
    var : ndarray, shape (n_knots,)
        Its variance, the same for any effects.
    lag_cov : ndarray, shape (n_knots - 1,)
        Covariance of each knot with the next.
    """

    days: Days
    mean: Array
    loading: Array
    var: Array
    lag_cov: Array


def smooth_chain(
    day: Days,
    share_pct: Array,
    effects_design: Array,
    error_variance: Array,
    *,
    tau: float,
    level_mean: float,
    level_sd: float,
) -> Chain:
    """Smooth the level given the effects.

    Parameters
    ----------
    day : ndarray of int, shape (n_polls,)
        Mid-field days, increasing.
    share_pct : ndarray, shape (n_polls,)
        Percent.
    effects_design : ndarray, shape (n_polls, n_effects)
        Which effects enter each poll.
    error_variance : ndarray, shape (n_polls,)
        Squared points, all above 0.
    tau : float
        Points per root day.
    level_mean, level_sd : float
        Prior of the level on the first day, percent.

    Returns
    -------
    Chain

    Notes
    -----
    Kalman filter forwards, Rauch-Tung-Striebel backwards (Durbin and Koopman
    2012, section 4.4); lag covariance from their section 4.7.
    """
    knots, first = np.unique(day, return_index=True)
    weight = 1.0 / error_variance
    precision = np.add.reduceat(weight, first)
    columns = np.column_stack([share_pct, -effects_design]) * weight[:, None]
    seen = np.add.reduceat(columns, first, axis=0)
    step = tau**2 * np.diff(knots)
    mean = np.zeros_like(seen)
    var = np.zeros(len(knots))
    prior, prior_var = np.zeros(seen.shape[1]), level_sd**2
    prior[0] = level_mean
    for i in range(len(knots)):
        var[i] = prior_var / (1.0 + prior_var * precision[i])
        mean[i] = prior + var[i] * (seen[i] - precision[i] * prior)
        if i < len(step):
            prior, prior_var = mean[i], var[i] + step[i]
    lag_cov = np.zeros(len(step))
    for i in range(len(step) - 1, -1, -1):
        back = var[i] / (var[i] + step[i])
        lag_cov[i] = back * var[i + 1]
        mean[i] += back * (mean[i + 1] - mean[i])
        # var[i] (1 - back) + back^2 var[i + 1], written without a difference of
        # large numbers.
        var[i] = back * step[i] + back * lag_cov[i]
    return Chain(knots, mean[:, 0], mean[:, 1:], var, lag_cov)
