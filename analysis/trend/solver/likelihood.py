"""Exact posterior of the effects, and the likelihood, at many sets of hyperparameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from analysis.base.arrays import Array
from analysis.trend.solver.design import Design

# With more columns than this the principal axes take longer than all else, and the normal
# equations of many nodes more room.
MANY_EFFECTS = 200


@dataclass(frozen=True, eq=False)
class Effects:
    """Gaussian posterior of the constant effects at sets of hyperparameters.

    Parameters
    ----------
    loglike : ndarray, shape (...)
        Log likelihood, everything but the hyperparameters integrated out.
    mean : ndarray, shape (..., n_effects)
    root : ndarray, shape (..., n_effects, n_effects)
        The covariance is ``root @ root.T``.
    """

    loglike: Array
    mean: Array
    root: Array


def join_effects(parts: Sequence[Effects]) -> Effects:
    """Effects at several sets of hyperparameters, one set after the other."""
    return Effects(
        np.concatenate([part.loglike for part in parts]),
        np.concatenate([part.mean for part in parts]),
        np.concatenate([part.root for part in parts]),
    )


def solve_effects(design: Design, normal: Array, log_det: Array, sigma_h: Array) -> Effects:
    """Add the prior of the effects to the normal equations and solve them.

    Parameters
    ----------
    design : Design
    normal : ndarray, shape (..., 1 + n_effects, 1 + n_effects)
    log_det : ndarray, shape (...)
        Both from :func:`analysis.trend.solver.filter.run_filter`; they broadcast against
        ``sigma_h``.
    sigma_h : ndarray, shape (...)

    Returns
    -------
    Effects

    Notes
    -----
    With prior covariance D and normal equations (S, b, q) the log likelihood is
    ``-(n log 2 pi + log_det + log |A| + q - b' C b) / 2``, where
    ``A = I + D^(1/2) S D^(1/2)`` has no eigenvalue below one and
    ``C = D^(1/2) A^(-1) D^(1/2)`` (Rasmussen and Williams 2006, Gaussian
    Processes for Machine Learning, section 2.7).
    """
    half = np.sqrt(design.effects_variance(sigma_h))
    inner = half[..., :, None] * normal[..., 1:, 1:] * half[..., None, :]
    chol = np.linalg.cholesky(inner + np.eye(half.shape[-1]))
    log_det_inner = 2 * np.log(np.diagonal(chol, axis1=-2, axis2=-1)).sum(axis=-1)
    root = half[..., :, None] * np.swapaxes(np.linalg.inv(chol), -1, -2)
    solved = np.einsum("...ji,...j->...i", root, normal[..., 1:, 0])
    constant = len(design.day) * np.log(2 * np.pi)
    quadratic = normal[..., 0, 0] - (solved**2).sum(axis=-1)
    loglike = -0.5 * (constant + log_det + log_det_inner + quadratic)
    return Effects(loglike, np.einsum("...ij,...j->...i", root, solved), root)


def profile_loglike(design: Design, normal: Array, log_det: Array, sigma_h: Array) -> Array:
    """Log likelihood of :func:`solve_effects` alone, without the effects."""
    half = np.sqrt(design.effects_variance(sigma_h))
    # The response comes last, so the last pivot is what the effects leave of it (plus one).
    half = np.append(half, np.ones((*half.shape[:-1], 1)), axis=-1)
    inner = half[..., :, None] * np.roll(normal, -1, axis=(-2, -1))
    # In place, as with many houses copies are what takes time.
    inner *= half[..., None, :]
    np.einsum("...ii->...i", inner)[...] += 1.0
    pivots = np.diagonal(np.linalg.cholesky(inner), axis1=-2, axis2=-1)
    constant = len(design.day) * np.log(2 * np.pi)
    log_det_inner = 2 * np.log(pivots[..., :-1]).sum(axis=-1)
    return np.asarray(-0.5 * (constant + log_det + log_det_inner + pivots[..., -1] ** 2 - 1))


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Log likelihood of nodes as a function of the spread of houses alone.

    With the other effects integrated out and the house effects turned to the principal axes
    of their normal equations, a spread enters each axis on its own::

        base - sum(log(1 + sigma_h ** 2 value) - sigma_h ** 2 square / (1 + sigma_h ** 2 value)) / 2

    so that many spreads cost hardly more than one.  The same numbers as from
    :func:`solve_effects`.

    Parameters
    ----------
    base : ndarray, shape (n_nodes,)
    values, squares : ndarray, shape (n_nodes, n_house_effects)
        Eigenvalues of the normal equations, and the squared right side along each axis.
    """

    base: Array
    values: Array
    squares: Array

    def loglike(self, sigma_h: Array) -> Array:
        """Log likelihood, shape (n_nodes, n_sigma), at spreads of shape (n_sigma,)."""
        variance = np.asarray(sigma_h)[:, None] ** 2
        inner = 1 + variance * self.values[:, None]
        fall = np.log(inner) - variance * self.squares[:, None] / inner
        return np.asarray(self.base[:, None] - 0.5 * fall.sum(axis=-1))


@dataclass(frozen=True, eq=False)
class Tridiagonal:
    """What :class:`Spectrum` says, of many houses: two steps short of the principal axes.

    In a basis in which the normal equations are tridiagonal a spread costs a few numbers per
    house too, and the axes, which take most of the time, are not asked for.

    Parameters
    ----------
    base : ndarray, shape (n_nodes,)
    diagonal, beside : ndarray, shape (n_nodes, n_house_effects) and one less
        Normal equations in that basis.
    side : ndarray, shape (n_nodes, n_house_effects)
        Right side in that basis.
    """

    base: Array
    diagonal: Array
    beside: Array
    side: Array

    def loglike(self, sigma_h: Array) -> Array:
        """Log likelihood, shape (n_nodes, n_sigma), at spreads of shape (n_sigma,)."""
        variances = np.asarray(sigma_h) ** 2
        found = np.empty((len(self.base), len(variances)))
        for node, of_node in enumerate(found):
            side = self.side[node]
            for k, variance in enumerate(variances.tolist()):
                inner = 1 + variance * self.diagonal[node], variance * self.beside[node]
                pivots, _, solved, info = lapack.dptsv(*inner, side)
                if info:
                    raise np.linalg.LinAlgError("the normal equations are not positive definite")
                fall = np.log(pivots).sum() - variance * (side @ solved)
                of_node[k] = self.base[node] - 0.5 * fall
        return found


def find_spectrum(design: Design, normal: Array, log_det: Array) -> Spectrum | Tridiagonal:
    """Turn normal equations to their principal axes, or with many houses nearly there.

    Parameters
    ----------
    design : Design
    normal : ndarray, shape (n_nodes, 1 + n_effects, 1 + n_effects)
    log_det : ndarray, shape (n_nodes,)
        Both from :func:`analysis.trend.solver.filter.run_filter`.

    Returns
    -------
    Spectrum or Tridiagonal

    Notes
    -----
    As for linear mixed models whose random effects share one variance (Lippert et al. 2011,
    "FaST linear mixed models for genome-wide association studies", Nature Methods 8).  The
    tridiagonal form is that of Householder (Golub and Van Loan 2013, Matrix Computations, section
    8.3.1).
    """
    others = 1 + np.flatnonzero(~design.is_house)
    kept = np.append(0, 1 + np.flatnonzero(design.is_house))
    half = np.sqrt(design.fixed_variance[others - 1])
    inner = half[:, None] * normal[:, others[:, None], others] * half + np.eye(len(others))
    chol = np.linalg.cholesky(inner)
    taken = np.linalg.solve(chol, half[:, None] * normal[:, others[:, None], kept])
    left = normal[:, kept[:, None], kept] - taken.transpose(0, 2, 1) @ taken
    log_det_others = 2 * np.log(np.diagonal(chol, axis1=1, axis2=2)).sum(axis=-1)
    constant = len(design.day) * np.log(2 * np.pi)
    base = -0.5 * (constant + log_det + log_det_others + left[:, 0, 0])
    if len(kept) > MANY_EFFECTS:
        return Tridiagonal(base, *_reduce(left[:, 1:, 1:], left[:, 0, 1:]))
    values, axes = np.linalg.eigh(left[:, 1:, 1:])
    squares = (left[:, 0, None, 1:] @ axes)[:, 0] ** 2
    # An axis that the polls do not see has the value zero, give or take a rounding.
    return Spectrum(base, np.maximum(values, 0.0), squares)


def _reduce(normal: Array, side: Array) -> tuple[Array, Array, Array]:
    """Diagonal, what stands beside it, and the right side, once each node is tridiagonal."""
    n = side.shape[1]
    n_work = int(lapack.dsytrd_lwork(n, lower=1)[0])
    diagonal, beside, turned = np.empty_like(side), np.empty((len(side), n - 1)), side.copy()
    for node, of_node in enumerate(normal):
        reflected, diagonal[node], beside[node], tau, _ = lapack.dsytrd(
            of_node, lower=1, lwork=n_work
        )
        # The first basis vector stays; the reflections turn the others.
        rest = np.asfortranarray(turned[node, 1:, None])
        turned[node, 1:] = lapack.dormqr("L", "T", reflected[1:, :-1], tau, rest, n)[0][:, 0]
    return diagonal, beside, turned
