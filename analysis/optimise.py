"""Maximum a posteriori of the three scales."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import minimize

from analysis.priors import SCALE_NAMES
from analysis.sampling import Array

# Far outside anything a percentage can do; reaching one is reported, not hidden.
LOWEST_LOG, HIGHEST_LOG = np.log(1e-5), np.log(1e3)
# Starting grid (tau, omega, sigma_h): slow to fast level, small to large errors.
START_GRID = ((0.03, 0.1, 0.3), (0.5, 2.0), (2.0, 8.0))
# Step of the second differences on the log scale: wide enough for a clean
# curvature, narrow against a posterior sd of a log scale (0.1 to 1).
HESSIAN_STEP = 0.02
GRADIENT_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Mode:
    """Where the posterior of the log scales is highest, and how sharply.

    Parameters
    ----------
    log_scales : ndarray, shape (3,)
    log_posterior : float
        Log likelihood plus log prior of the log scales (Jacobian included).
    log_cov : ndarray, shape (3, 3)
        Inverse curvature (Laplace); NaN where the curvature is not positive.
    largest_gradient : float
    n_evaluations : int
    warnings : tuple of str
    """

    log_scales: Array
    log_posterior: float
    log_cov: Array
    largest_gradient: float
    n_evaluations: int
    warnings: tuple[str, ...] = field(default=())

    @property
    def converged(self) -> bool:
        """Is the gradient flat and the curvature that of a maximum."""
        flat = self.largest_gradient < GRADIENT_TOLERANCE
        return bool(flat and np.isfinite(self.log_cov).all())


def find_mode(log_posterior: Callable[[Array], float]) -> Mode:
    """Maximise a log posterior over the logarithms of (tau, omega, sigma_h).

    The best point of a small grid starts a quasi-Newton search, so that the
    long flat left tail of log tau does not trap it.

    Parameters
    ----------
    log_posterior : callable
        Takes log scales, shape (3,); includes the Jacobian of the logs.

    Returns
    -------
    Mode
    """
    count = 0

    def loss(log_scales: Array) -> float:
        nonlocal count
        count += 1
        return -log_posterior(log_scales)

    starts = [np.log(np.array(point)) for point in product(*START_GRID)]
    start = min(starts, key=loss)
    bounds = [(LOWEST_LOG, HIGHEST_LOG)] * len(start)
    options: dict[str, Any] = {"ftol": 1e-13, "gtol": 1e-6, "maxiter": 200}
    found = minimize(loss, start, method="L-BFGS-B", jac="3-point", bounds=bounds, options=options)
    best = np.asarray(found.x, dtype=float)
    gradient, hessian = _differences(loss, best)
    mode = Mode(best, -loss(best), _invert(hessian), float(np.abs(gradient).max()), count)
    return Mode(**{**mode.__dict__, "warnings": _warnings(mode)})


def _differences(loss: Callable[[Array], float], at: Array) -> tuple[Array, Array]:
    """Gradient and Hessian by central differences."""
    n, h = len(at), HESSIAN_STEP
    steps = np.eye(n) * h
    middle = loss(at)
    up = np.array([loss(at + s) for s in steps])
    down = np.array([loss(at - s) for s in steps])
    hessian = np.diag((up - 2 * middle + down) / h**2)
    for i in range(n):
        for j in range(i):
            both = loss(at + steps[i] + steps[j]) + loss(at - steps[i] - steps[j])
            cross = both - loss(at + steps[i] - steps[j]) - loss(at - steps[i] + steps[j])
            hessian[i, j] = hessian[j, i] = cross / (4 * h**2)
    small = np.eye(n) * 1e-4
    gradient = np.array([(loss(at + s) - loss(at - s)) / 2e-4 for s in small])
    return gradient, hessian


def _invert(hessian: Array) -> Array:
    """Inverse of the curvature, or NaN when it is not that of a maximum."""
    values = np.linalg.eigvalsh(hessian)
    if not np.isfinite(values).all() or values.min() <= 0:
        return np.full_like(hessian, np.nan)
    return np.asarray(np.linalg.inv(hessian))


def _warnings(mode: Mode) -> tuple[str, ...]:
    """Say what a reader of the estimates must know."""
    texts = []
    for name, value in zip(SCALE_NAMES, mode.log_scales, strict=True):
        if min(value - LOWEST_LOG, HIGHEST_LOG - value) < 0.01:
            texts.append(f"{name} stopped at a bound ({np.exp(value):.2g})")
    if mode.largest_gradient >= GRADIENT_TOLERANCE:
        texts.append(f"the search did not converge (largest gradient {mode.largest_gradient:.2g})")
    if not np.isfinite(mode.log_cov).all():
        texts.append("the curvature at the mode is not that of a maximum: no sds of the scales")
    return tuple(texts)
