"""Integrating over the standard deviations of a multilevel model of counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from analysis.base.arrays import Array
from analysis.groups._laplace import CountModel, Inner, Start
from analysis.integrate import SplitT, SplitTMixture, half_normal, smooth_weights

SEED = 20220224
# Draws of the coefficients at each point, half of them mirror images of the others.
DRAWS_PER_POINT = 16
# Coordinates of the standard deviations beyond these have no prior mass to speak of.
REACH = 4.5
STEP = 0.05
DEGREES = 30.0
# Distances at which the fall of the log density sets the widths, in sds of the curvature, and
# what the widths may be.
PROBES = np.array([1.0, 2.0, 4.0])
NARROWEST, WIDEST = 0.3, 3.0
# A direction in which the data say nothing has the curvature of its prior, one.
SMALLEST_CURVATURE = 0.5
SMALLEST_ESS = 50.0


@dataclass(frozen=True, eq=False)
class PosteriorDraws:
    """Weighted draws of standard deviations and coefficients.

    Parameters
    ----------
    sds : ndarray, shape (n_points, n_learned)
        Standard deviations at the points, logits, of the terms that are not fixed.
    weights : ndarray, shape (n_points,)
        Summing to one.
    coefficients : ndarray, shape (n_points * DRAWS_PER_POINT, n_coefficients)
        Draws given the standard deviations, point by point.
    mode : ndarray, shape (n_learned,)
        Standard deviations at the mode of their coordinates.
    at_mode : Inner
    log_evidence : float
        Log of the likelihood with coefficients and standard deviations integrated out.
    ess, pareto_k : float
        Effective number of points, and the shape of the tail of their weights.
    n_solved : int
        Laplace approximations made, the search included.
    warnings : tuple of str
    """

    sds: Array
    weights: Array
    coefficients: Array
    mode: Array
    at_mode: Inner
    log_evidence: float
    ess: float
    pareto_k: float
    n_solved: int
    warnings: tuple[str, ...]

    @property
    def draw_weights(self) -> Array:
        """Weight of each draw of the coefficients."""
        return np.repeat(self.weights, DRAWS_PER_POINT) / DRAWS_PER_POINT


class HyperparameterSearch:
    """Log posterior of the standard deviations, in coordinates with a normal prior.

    A coordinate z stands for the standard deviation at the same probability of its
    half-normal prior (:func:`analysis.integrate.importance.half_normal`).

    Parameters
    ----------
    model : CountModel
    """

    def __init__(self, model: CountModel) -> None:
        self.model = model
        self.learned = np.array([not block.term.fixed for block in model.blocks], dtype=bool)
        self.given = np.log([block.term.prior for block in model.blocks])
        self.priors = np.exp(self.given[self.learned])
        self.start: Start | None = None
        self.n_solved = 0
        self.n_failed = 0

    def sds(self, z: Array) -> Array:
        """Standard deviations at coordinates, any shape ending in n_learned."""
        return np.asarray(half_normal(np.clip(z, -REACH, REACH), 1.0) * self.priors)

    def solve(self, z: Array) -> Inner:
        """Laplace approximation at one set of coordinates, from the last mode found."""
        inner = self.model.solve(self._log_sds(z), self.start)
        self.n_solved += 1
        self.n_failed += not inner.converged
        return inner

    def log_density(self, z: Array, inner: Inner) -> float:
        """Log posterior density of the coordinates, with its constants."""
        return inner.log_marginal - 0.5 * float(z @ z) - len(z) / 2 * float(np.log(2 * np.pi))

    def slope(self, z: Array, inner: Inner) -> Array:
        """Approximate gradient of :meth:`log_density`."""
        up, down = np.log(self.sds(z + STEP)), np.log(self.sds(z - STEP))
        stretch = (up - down) / (2 * STEP)
        score = self.model.score(self._log_sds(z), inner)[self.learned]
        return np.asarray(score * stretch - z)

    def _log_sds(self, z: Array) -> Array:
        """Logarithms of the standard deviations of all blocks."""
        logs = self.given.copy()
        logs[self.learned] = np.log(self.sds(z))
        return logs

    def find_mode(self) -> tuple[Array, Array]:
        """Mode of the coordinates, and their negative Hessian there."""
        size = len(self.priors)
        if not size:  # no factor has so many levels that a spread is learned
            self.start = self.model.start_at(self.solve(np.zeros(0)).mode)
            return np.zeros(0), np.zeros((0, 0))

        def fall(z: Array) -> tuple[float, Array]:
            inner = self.solve(z)
            self.start = self.model.start_at(inner.mode)
            return -self.log_density(z, inner), -self.slope(z, inner)

        found = minimize(
            fall,
            np.full(size, -0.5),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-REACH, REACH)] * size,
            options={"gtol": 1e-2, "ftol": 1e-9},
        )
        z = np.asarray(found.x)
        self.start = self.model.start_at(self.solve(z).mode)
        hessian = np.zeros((size, size))
        for k in range(size):
            step = 2 * STEP * np.eye(size)[k]
            ends = [self.slope(point, self.solve(point)) for point in (z + step, z - step)]
            hessian[k] = (ends[1] - ends[0]) / (4 * STEP)
        return z, (hessian + hessian.T) / 2


def draw_posterior(model: CountModel, n_points: int, seed: int = SEED) -> PosteriorDraws:
    """Draw standard deviations and coefficients from their joint posterior.

    Parameters
    ----------
    model : CountModel
    n_points : int
        Sets of standard deviations, a power of two.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    PosteriorDraws

    Notes
    -----
    Laplace approximations of the coefficients nested in an integral over the standard
    deviations, as in Rue, Martino and Chopin (2009, JRSS B 71, section 3); the points are
    scrambled Sobol points through a split t (see :mod:`analysis.integrate.importance`), with
    importance weights.
    """
    search, rng = HyperparameterSearch(model), np.random.default_rng(seed)
    z, hessian = search.find_mode()
    at_mode = search.solve(z)
    points, density = np.zeros((n_points, 0)), np.zeros(n_points)
    if len(z):
        proposal = SplitTMixture([_propose(search, z, hessian)], np.ones(1))
        points = proposal.draw(n_points, rng)
        density = proposal.log_density(points)
    heights, coefficients = np.zeros(n_points), []
    for k, point in enumerate(points):
        inner = search.solve(point)
        heights[k] = search.log_density(point, inner)
        coefficients.append(_draw_coefficients(inner, rng))
    found = smooth_weights(heights - density)
    return PosteriorDraws(
        sds=search.sds(points),
        weights=found.weights,
        coefficients=np.concatenate(coefficients),
        mode=search.sds(z),
        at_mode=at_mode,
        log_evidence=found.log_mean,
        ess=found.ess,
        pareto_k=found.pareto_k,
        n_solved=search.n_solved,
        warnings=_warn(found.ess, found.pareto_k, found.highest_k, search.n_failed),
    )


def _propose(search: HyperparameterSearch, z: Array, hessian: Array) -> SplitT:
    """Split t around the mode, its axes as near as can be to the coordinates.

    A standard deviation near zero leaves the data no say, so each coordinate falls off
    slowly below, on its own: axes that mix coordinates (principal ones) would hide that.
    """
    values, vectors = np.linalg.eigh(hessian)
    root = (vectors / np.sqrt(np.maximum(values, SMALLEST_CURVATURE))) @ vectors.T
    height = search.log_density(z, search.solve(z))
    widths = np.zeros((2, len(z)))
    for k, axis in enumerate(root.T):
        for side, sign in enumerate((-1.0, 1.0)):
            ends = [z + sign * step * axis for step in PROBES]
            fall = [height - search.log_density(end, search.solve(end)) for end in ends]
            # A normal of width w falls by (step / w)^2 / 2.
            each = PROBES / np.sqrt(2 * np.maximum(fall, 1e-9))
            widths[side, k] = np.clip(each, NARROWEST, WIDEST).max()
    return SplitT.settled(z, root, widths[0], widths[1], DEGREES)


def _draw_coefficients(inner: Inner, rng: np.random.Generator) -> Array:
    """Draws around a mode in mirrored pairs, shape (DRAWS_PER_POINT, n_coefficients)."""
    half = rng.standard_normal((len(inner.mode), DRAWS_PER_POINT // 2))
    away = inner.draw(half)
    return np.asarray(np.concatenate([inner.mode + away, inner.mode - away]))


def _warn(ess: float, pareto_k: float, highest_k: float, n_failed: int) -> tuple[str, ...]:
    texts = []
    if n_failed:
        texts.append(f"{n_failed} Laplace approximations did not converge")
    if pareto_k > highest_k:
        texts.append(f"Pareto k of the importance weights is {pareto_k:.2f}, above {highest_k:.2f}")
    if ess < SMALLEST_ESS:
        texts.append(f"only {ess:.0f} effective points (fewer than {SMALLEST_ESS:.0f})")
    return tuple(texts)
