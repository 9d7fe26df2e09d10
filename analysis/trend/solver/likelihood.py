"""Exact posterior of the effects, and the likelihood, at many sets of scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array
from analysis.base.priors import Priors
from analysis.trend.solver.design import Design
from analysis.trend.solver.filter import Filtered, Nodes, run_bank


@dataclass(frozen=True, eq=False)
class Effects:
    """Gaussian posterior of the constant effects at sets of scales.

    Parameters
    ----------
    loglike : ndarray, shape (...)
        Log likelihood, everything but the scales integrated out.
    mean : ndarray, shape (..., n_effects)
    root : ndarray, shape (..., n_effects, n_effects)
        The covariance is ``root @ root.T``.
    """

    loglike: Array
    mean: Array
    root: Array


def solve_effects(design: Design, normal: Array, log_det: Array, sigma_h: Array) -> Effects:
    """Add the prior of the effects to the normal equations and solve them.

    Parameters
    ----------
    design : Design
    normal : ndarray, shape (..., 1 + n_effects, 1 + n_effects)
    log_det : ndarray, shape (...)
        Both from :func:`analysis.trend.solver.filter.run_bank`; they broadcast against ``sigma_h``.
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
    rolled = np.roll(normal, -1, axis=(-2, -1))
    inner = half[..., :, None] * rolled * half[..., None, :] + np.eye(half.shape[-1])
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


def find_spectrum(design: Design, normal: Array, log_det: Array) -> Spectrum:
    """Turn normal equations to their principal axes.

    Parameters
    ----------
    design : Design
    normal : ndarray, shape (n_nodes, 1 + n_effects, 1 + n_effects)
    log_det : ndarray, shape (n_nodes,)
        Both from :func:`analysis.trend.solver.filter.run_bank`.

    Returns
    -------
    Spectrum

    Notes
    -----
    As for linear mixed models whose random effects share one variance (Lippert et al. 2011,
    "FaST linear mixed models for genome-wide association studies", Nature Methods 8).
    """
    others = 1 + np.flatnonzero(~design.is_house)
    kept = np.append(0, 1 + np.flatnonzero(design.is_house))
    half = np.sqrt(design.fixed_variance[others - 1])
    inner = half[:, None] * normal[:, others[:, None], others] * half + np.eye(len(others))
    chol = np.linalg.cholesky(inner)
    taken = np.linalg.solve(chol, half[:, None] * normal[:, others[:, None], kept])
    left = normal[:, kept[:, None], kept] - taken.transpose(0, 2, 1) @ taken
    values, axes = np.linalg.eigh(left[:, 1:, 1:])
    squares = (left[:, 0, None, 1:] @ axes)[:, 0] ** 2
    log_det_others = 2 * np.log(np.diagonal(chol, axis1=1, axis2=2)).sum(axis=-1)
    constant = len(design.day) * np.log(2 * np.pi)
    base = -0.5 * (constant + log_det + log_det_others + left[:, 0, 0])
    # An axis that the polls do not see has the value zero, give or take a rounding.
    return Spectrum(base, np.maximum(values, 0.0), squares)


class ScaleSpace:
    """The scales as coordinates: logarithms of (tau, omega[, kappa]) and of sigma_h.

    The spread of houses ``sigma_h`` comes last: it is nested inside one pass
    through the polls for each point of the others (the outer scales).

    Parameters
    ----------
    design : Design
    priors : Priors
    """

    def __init__(self, design: Design, priors: Priors) -> None:
        self.design = design
        self.priors = priors
        self.outer_names = ("tau", "omega", "kappa") if design.drift else ("tau", "omega")
        self.names = (*self.outer_names, "sigma_h")

    @property
    def scale_names(self) -> tuple[str, ...]:
        """Names of the scales in the order that users know."""
        return ("tau", "omega", "sigma_h", *(("kappa",) if self.design.drift else ()))

    def on(self, design: Design) -> ScaleSpace:
        """Same priors on another design of the same houses."""
        return ScaleSpace(design, self.priors)

    def log_prior_of_logs(self, log_scales: Sequence[float]) -> float:
        """Log prior density of the logarithms of (tau, omega, sigma_h[, kappa])."""
        return self.priors.log_density_of_logs(log_scales)

    def draw_scales(self, rng: np.random.Generator) -> dict[str, float]:
        """Draw the scales from their priors."""
        return {
            name: float(abs(rng.standard_normal()) * self.priors.scale_of(name))
            for name in self.names
        }

    def error_variance(self, scales: dict[str, float]) -> Array:
        """Error variance of each observation at given scales, shape (n,)."""
        return self.design.noise(scales["omega"])

    def nodes(self, outer: Array) -> Nodes:
        """Scales of the filters from logarithms, shape (n_nodes, n_outer)."""
        scales = dict(zip(self.outer_names, np.exp(outer).T, strict=True))
        kappa = scales.get("kappa", np.zeros(len(outer)))
        return Nodes(scales["tau"], kappa, self.design.noise(scales["omega"]))

    def filter(self, outer: Array) -> Filtered:
        """Run the polls past all points of the outer scales."""
        return run_bank(self.design, self.nodes(outer))

    def log_prior(self, outer: Array, sigma: Array) -> Array:
        """Log prior density of the logarithms, shape (n_nodes, n_sigma)."""
        total = sum(
            self.priors.log_density_of_log(name, outer[:, k])
            for k, name in enumerate(self.outer_names)
        )
        return np.asarray(total)[:, None] + self.priors.log_density_of_log("sigma_h", sigma)

    def log_posterior(self, outer: Array, sigma: Array) -> Array:
        """Log posterior density of the logarithms at all pairs, shape (n_nodes, n_sigma)."""
        found = self.filter(outer)
        spectrum = find_spectrum(self.design, found.normal, found.log_det)
        return spectrum.loglike(np.exp(sigma)) + self.log_prior(outer, sigma)
