"""The filter bank and its smoother when only the level walks: the short way.

Same numbers as :mod:`analysis.bank` and :mod:`analysis.smoother`, which also
take drifting houses; here variances are scalars and run ahead of the means.
"""

from __future__ import annotations

import numpy as np

from analysis.design import Design
from analysis.sampling import Array

# Innovations are turned into normal equations after so many numbers: large enough for the
# matrix product, small enough for the memory (16 MB).
BLOCK_NUMBERS = 2_000_000


def filter_variances(design: Design, tau: Array, noise: Array) -> tuple[Array, Array, Array]:
    """Gains, innovation variances and filtered variances, each of shape (n, n_nodes)."""
    gain, variance, filtered = (np.empty_like(noise) for _ in range(3))
    steps = np.diff(design.day, prepend=design.day[0])
    rate = tau**2
    var = np.full(len(tau), design.level_sd**2)
    for i, gap in enumerate(steps):
        if gap:
            var = var + rate * gap
        variance[i] = var + noise[i]
        gain[i] = var / variance[i]
        var = np.multiply(gain[i], noise[i], out=filtered[i])
    return gain, variance, filtered


def filter_level(design: Design, tau: Array, noise: Array) -> tuple[Array, Array, Array, Array]:
    """Normal equations, log determinant, last mean and last variance of the level.

    Parameters
    ----------
    design : Design
    tau : ndarray, shape (n_nodes,)
    noise : ndarray, shape (n, n_nodes)

    Returns
    -------
    normal : ndarray, shape (n_nodes, 1 + n_effects, 1 + n_effects)
    log_det : ndarray, shape (n_nodes,)
    mean : ndarray, shape (1 + n_effects, n_nodes)
    var : ndarray, shape (n_nodes,)
    """
    gain, variance, filtered = filter_variances(design, tau, noise)
    columns = design.centred[:, :, None]
    n, n_columns, n_nodes = len(columns), columns.shape[1], len(tau)
    size = int(np.clip(BLOCK_NUMBERS // (n_columns * n_nodes), 1, n))
    block = np.empty((size, n_columns, n_nodes))
    mean, moved = np.zeros((n_columns, n_nodes)), np.empty((n_columns, n_nodes))
    normal = np.zeros((n_nodes, n_columns, n_columns))
    for start in range(0, n, size):
        stop = min(start + size, n)
        for i in range(start, stop):
            innovation = np.subtract(columns[i], mean, out=block[i - start])
            np.multiply(innovation, gain[i], out=moved)
            mean += moved
        part = block[: stop - start] / np.sqrt(variance[start:stop])[:, None]
        part = np.ascontiguousarray(part.transpose(2, 0, 1))
        normal += part.transpose(0, 2, 1) @ part
    return normal, np.log(variance).sum(axis=0), mean, filtered[-1]


def smooth_level(design: Design, tau: Array, noise: Array) -> tuple[Array, Array, Array]:
    """Smoothed level at each observation, of the response and of each column.

    Returns
    -------
    mean : ndarray, shape (n, 1 + n_effects, n_nodes)
    var : ndarray, shape (n, n_nodes)
    lag_cov : ndarray, shape (n - 1, n_nodes)
        Covariance of each with the next.

    Notes
    -----
    Rauch-Tung-Striebel (Durbin and Koopman 2012, section 4.4); variances are
    written without a difference of large numbers.
    """
    gain, _, var = filter_variances(design, tau, noise)
    columns = design.centred[:, :, None]
    n = len(columns)
    mean = np.empty((n, columns.shape[1], len(tau)))
    previous = np.zeros(mean.shape[1:])
    for i in range(n):
        np.subtract(columns[i], previous, out=mean[i])
        mean[i] *= gain[i]
        mean[i] += previous
        previous = mean[i]
    steps = np.diff(design.day)[:, None] * tau**2
    back = var[:-1] / (var[:-1] + steps)
    lag_cov = np.empty_like(back)
    moved = np.empty(mean.shape[1:])
    for i in range(n - 2, -1, -1):
        np.multiply(back[i], var[i + 1], out=lag_cov[i])
        var[i] = back[i] * steps[i] + back[i] * lag_cov[i]
        np.subtract(mean[i + 1], mean[i], out=moved)
        moved *= back[i]
        mean[i] += moved
    return mean, var, lag_cov
