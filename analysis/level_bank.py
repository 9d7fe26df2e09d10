"""The filter bank and its smoother when only the level walks: the short way.

Same numbers as :mod:`analysis.bank` and :mod:`analysis.smoother`, which also
take drifting houses; here variances are scalars and run ahead of the means.
"""

from __future__ import annotations

import numpy as np

from analysis.design import Design
from analysis.sampling import Array

# Innovations are turned into normal equations after so many numbers: large enough for the
# matrix product, small enough for the processor's cache (1 MB).
BLOCK_NUMBERS = 131_072


def filter_variances(design: Design, tau: Array, noise: Array) -> tuple[Array, Array, Array]:
    """Gains, innovation variances and filtered variances, each of shape (n, n_nodes)."""
    gain, variance, filtered = (np.empty_like(noise) for _ in range(3))
    steps = np.diff(design.day, prepend=design.day[0])[:, None] * tau**2
    var, seen = np.full(len(tau), design.level_sd**2), np.empty(len(tau))
    for step, error, total, share, left in zip(steps, noise, variance, gain, filtered, strict=True):
        np.add(var, step, out=seen)
        np.add(seen, error, out=total)
        np.divide(seen, total, out=share)
        var = np.multiply(share, error, out=left)
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
    block, scaled = np.empty((size, n_columns, n_nodes)), np.empty((n_nodes, size, n_columns))
    precision = 1 / np.sqrt(variance)
    mean, moved = np.zeros((n_columns, n_nodes)), np.empty((n_columns, n_nodes))
    normal = np.zeros((n_nodes, n_columns, n_columns))
    for start in range(0, n, size):
        part = slice(start, min(start + size, n))
        filled = part.stop - start
        for column, share, innovation in zip(columns[part], gain[part], block, strict=False):
            np.subtract(column, mean, out=innovation)
            np.multiply(innovation, share, out=moved)
            np.add(mean, moved, out=mean)
        rows = scaled[:, :filled]
        np.multiply(block[:filled].transpose(2, 0, 1), precision[part].T[:, :, None], out=rows)
        normal += rows.transpose(0, 2, 1) @ rows
    return normal, np.log(variance).sum(axis=0), mean, filtered[-1]


def smooth_level(design: Design, tau: Array, noise: Array) -> tuple[Array, Array, Array]:
    """Smoothed level on each day with observations, of the response and of each column.

    Returns
    -------
    mean : ndarray, shape (n_days, 1 + n_effects, n_nodes)
    var : ndarray, shape (n_days, n_nodes)
    lag_cov : ndarray, shape (n_days - 1, n_nodes)
        Covariance of each with the next.

    Notes
    -----
    Rauch-Tung-Striebel (Durbin and Koopman 2012, section 4.4); variances are
    written without a difference of large numbers.  Within a day the level
    stands still, so the backward pass only needs what was known at its end.
    """
    gain, _, filtered = filter_variances(design, tau, noise)
    columns = design.centred[:, :, None]
    ends = np.flatnonzero(np.diff(design.day, append=design.day[-1] + 1))
    mean = np.empty((len(ends), columns.shape[1], len(tau)))
    current, moved = np.zeros(mean.shape[1:]), np.empty(mean.shape[1:])
    begin = 0
    for k, end in enumerate(ends):
        for column, share in zip(columns[begin : end + 1], gain[begin : end + 1], strict=True):
            np.subtract(column, current, out=moved)
            np.multiply(moved, share, out=moved)
            np.add(current, moved, out=current)
        mean[k], begin = current, int(end) + 1
    var = filtered[ends]
    steps = np.diff(design.day[ends])[:, None] * tau**2
    back = var[:-1] / (var[:-1] + steps)
    lag_cov = np.empty_like(back)
    own = back * steps
    for i in range(len(ends) - 2, -1, -1):
        np.multiply(back[i], var[i + 1], out=lag_cov[i])
        var[i] = own[i] + back[i] * lag_cov[i]
        np.subtract(mean[i + 1], mean[i], out=moved)
        moved *= back[i]
        mean[i] += moved
    return mean, var, lag_cov
