"""The mode of the posterior of the log hyperparameters, by filters that advance together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from analysis.base.arrays import Array
from analysis.trend.hyperparameters.space import HyperparameterSpace

# Steps of e around the prior scales: any start within two of these finds the mode.
COARSE = {
    "tau": np.arange(-4.0, 1.0),
    "omega": np.arange(-3.0, 1.5, 1.5),
    "kappa": np.arange(-3.0, 1.0, 1.5),
    "shock": np.arange(-3.0, 1.0, 1.5),
    "calm": np.arange(-1.0, 1.5, 1.0),
    "sigma_h": np.arange(-3.0, 2.0),
}
STENCIL_STEP = 0.05
LONGEST_STEP = 1.0
MAX_STEPS = 40
WORTH_A_LOOK = 4.0
# A step this short against the posterior sd ends the search.
CLOSE_ENOUGH = 1e-4


@dataclass(frozen=True, eq=False)
class PosteriorMode:
    """Mode and curvature on the log hyperparameters, in the order of ``HyperparameterSpace.names``.

    Parameters
    ----------
    at : ndarray, shape (n_params,)
    log_posterior : float
    slope : ndarray, shape (n_params,)
    curvature : ndarray, shape (n_params, n_params)
        Negative Hessian; positive definite at a maximum.
    converged : bool
    starts : ndarray, shape (n_starts, n_params - 1)
        Outer hyperparameters of the coarse grid that are not far below the mode: a
        second mode would be among them.
    n_nodes : int
        Evaluations of the log posterior.
    """

    at: Array
    log_posterior: float
    slope: Array
    curvature: Array
    converged: bool
    starts: Array
    n_nodes: int

    @property
    def log_cov(self) -> Array:
        """Inverse curvature (Laplace); NaN where the curvature is not that of a maximum."""
        values = np.linalg.eigvalsh(self.curvature)
        if not np.isfinite(values).all() or values[0] <= 0:
            return np.full_like(self.curvature, np.nan)
        return np.asarray(np.linalg.inv(self.curvature))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the mode must know."""
        texts = []
        if not self.converged:
            largest = np.abs(self.slope).max()
            texts.append(
                f"the best values of the scales were not found (largest gradient {largest:.2g}): "
                "fit with method='full', or add polls"
            )
        if not np.isfinite(self.log_cov).all():
            texts.append(
                "the polls leave the scales open, which so have no sds here: fit with method='full'"
            )
        return tuple(texts)


def find_posterior_mode(
    space: HyperparameterSpace, tolerance: float = CLOSE_ENOUGH
) -> PosteriorMode:
    """Search a coarse grid, then take damped Newton steps.

    Parameters
    ----------
    space : HyperparameterSpace
    tolerance : float
        Length of the last step, in posterior sds.

    Returns
    -------
    PosteriorMode
    """
    logs = {name: np.log(space.priors.prior_sd_of(name)) for name in space.names}
    axes = [logs[name] + COARSE[name] for name in space.names]
    outer = np.array(list(product(*axes[:-1])))
    values = space.log_posterior(outer, axes[-1])
    best = np.unravel_index(np.argmax(values), values.shape)
    at = np.append(outer[best[0]], axes[-1][best[1]])
    centre, count, step = float(values.max()), values.size, STENCIL_STEP
    converged = False
    for _ in range(MAX_STEPS):
        centre, slope, curvature = _derivatives(space, at, step)
        count += 3 ** len(at)
        direction = _ascent(slope, curvature)
        relative = np.abs(direction) * np.sqrt(np.abs(np.diag(curvature)))
        if relative.max() < tolerance and np.linalg.eigvalsh(curvature)[0] > 0:
            converged = True
            break
        at = at + direction
        # Narrow posteriors need a narrow stencil.
        widths = 1 / np.sqrt(np.maximum(np.diag(curvature), 1e-12))
        step = float(np.clip(0.3 * widths.min(), 1e-3, STENCIL_STEP))
    starts = outer[values.max(axis=1) > centre - WORTH_A_LOOK]
    return PosteriorMode(at, centre, slope, curvature, converged, starts, count)


def _ascent(slope: Array, curvature: Array) -> Array:
    """Newton step on the absolute curvature, so that it always climbs; not longer than e."""
    values, vectors = np.linalg.eigh(curvature)
    direction = vectors @ ((vectors.T @ slope) / np.maximum(np.abs(values), 1e-3))
    longest = np.abs(direction).max()
    return np.asarray(direction * min(1.0, LONGEST_STEP / max(longest, 1e-300)))


def _derivatives(space: HyperparameterSpace, at: Array, step: float) -> tuple[float, Array, Array]:
    """Value, gradient and negative Hessian from a stencil of three points per hyperparameter."""
    n = len(at)
    offsets = np.array(list(product((-1, 0, 1), repeat=n - 1)))
    sigma = at[-1] + step * np.array([-1.0, 0.0, 1.0])
    values = space.log_posterior(at[:-1] + step * offsets, sigma).reshape((3,) * n)
    middle = (1,) * n

    def value(moves: dict[int, int]) -> float:
        return float(values[tuple(1 + moves.get(k, 0) for k in range(n))])

    slope = np.array([value({k: 1}) - value({k: -1}) for k in range(n)]) / (2 * step)
    hessian = np.zeros((n, n))
    for i in range(n):
        hessian[i, i] = value({i: 1}) - 2 * values[middle] + value({i: -1})
        for j in range(i):
            same = value({i: 1, j: 1}) + value({i: -1, j: -1})
            mixed = value({i: 1, j: -1}) + value({i: -1, j: 1})
            hessian[i, j] = hessian[j, i] = (same - mixed) / 4
    return float(values[middle]), slope, -hessian / step**2
