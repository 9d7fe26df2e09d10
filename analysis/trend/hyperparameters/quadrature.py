"""Integrating over the hyperparameters: a lattice, refined until nothing moves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import logsumexp

from analysis.base.arrays import Array
from analysis.base.priors import PARAM_MEANINGS
from analysis.trend.hyperparameters._mode import PosteriorMode, find_posterior_mode
from analysis.trend.hyperparameters.lattice import REACH, Lattice, Points
from analysis.trend.hyperparameters.space import HyperparameterSpace
from analysis.trend.solver.design import Design

# First spacing in posterior sds given the other hyperparameters.  On a normal density the trapezoid
# rule errs by about 2 exp(-2 pi^2 / spacing^2) along an axis, here 5 in 1,000, and a pair of
# interleaved lattices by its square.
FIRST_SPACING = 1.8
FINER = 0.75
# The lattice starts from the points where a normal density has fallen by less than this
# share of its reach; a skewed density would not need the rest.
LIKELY = 0.7
MAX_FIRST_STEPS = 6
# The mode only places the lattice, so a hundredth of an sd is close enough.
MODE_TOLERANCE = 1e-2
# Refinement ends when the second lattice moves no mean by this many sds, and no sd by this
# share of itself; what is left after it is about the square of that.
TOLERANCE = 0.1
MAX_REFINEMENTS = 4
# Points as many times farther below the mode than the lattice reaches are left out of curves.
FAR = 2.0
# What is left of a curve less this is the same for a cubic, and free of errors of alternating
# sign, such as those that the sums over the other hyperparameters have in the two lattices.
ALTERNATING = np.array([1.0, -4.0, 6.0, -4.0, 1.0]) / 16
# What to do where the polls leave the scales open.
OPEN = "add polls, or give narrower priors (Priors(tau=..., sigma_h=...))"
# A quantity with a smaller sd than this is a constant, such as a house less itself.
SMALLEST_SD = 1e-7


@dataclass(frozen=True, eq=False)
class Quadrature:
    """The posterior of the hyperparameters as weighted points.

    Parameters
    ----------
    space : HyperparameterSpace
    mode : PosteriorMode
    points : Points
        Of both lattices.
    marginals : list of (ndarray, ndarray)
        For each hyperparameter, its logarithms on an axis twice as fine, and the log
        marginal density there (highest value 0).
    log_evidence : float
        Log of the likelihood with the hyperparameters integrated out too.
    n_passes : int
        Passes through the polls, without the search for the mode.
    first_off : float
        How far the first lattice alone was off: largest change of any mean (in sds)
        or sd (relative) when the second one joined it.
    warnings : tuple of str
    """

    space: HyperparameterSpace
    mode: PosteriorMode
    points: Points
    marginals: list[tuple[Array, Array]]
    log_evidence: float
    n_passes: int
    first_off: float
    warnings: tuple[str, ...]


def integrate_hyperparameters(space: HyperparameterSpace) -> Quadrature:
    """Find the mode, fill two interleaved lattices around it, and refine them if they differ.

    The second lattice is shifted by half a spacing along every axis.  Along one
    axis their leading errors have opposite signs, so the two together err by
    about the square of what the first one alone does.

    Parameters
    ----------
    space : HyperparameterSpace

    Returns
    -------
    Quadrature

    Notes
    -----
    The trapezoid rule on the whole line converges faster than any power of the
    spacing for smooth densities (Trefethen and Weideman 2014, "The exponentially
    convergent trapezoidal rule", SIAM Review 56(3)).
    """
    mode = find_posterior_mode(space, MODE_TOLERANCE)
    spacing = FIRST_SPACING / np.sqrt(np.maximum(np.diag(mode.curvature), 1e-2))
    n_passes, seeds = 0, _likely(mode, spacing)
    for _ in range(MAX_REFINEMENTS):
        base = Lattice(space, mode.at, spacing, seeds)
        seeds = _around([base])
        between = Lattice(space, mode.at + spacing / 2, spacing, seeds)
        n_passes += len(base.coordinates) + len(between.coordinates)
        first = base.points()
        points = first.with_more(between.points())
        move = _largest_move(space.design, first, points)
        is_complete = base.is_complete and between.is_complete
        # A finer lattice has more points still: it would end sooner, or no more of them be kept.
        is_thinned = len(first.sigma) == base.most_points
        if move < TOLERANCE or is_thinned or not is_complete:
            break
        spacing, seeds = spacing * FINER, _around([base, between])
    marginals = [_marginal(base, between, k) for k in range(len(spacing))]
    warnings = _warnings(space, mode, is_complete, marginals, move)
    mass = np.logaddexp(logsumexp(base.log_density), logsumexp(between.log_density))
    log_evidence = float(mass - np.log(2) + np.log(spacing).sum())
    return Quadrature(space, mode, points, marginals, log_evidence, n_passes, move, warnings)


def _likely(mode: PosteriorMode, spacing: Array) -> Array:
    """Logarithms of all outer points that a normal density around the mode would hold.

    One pass through the polls then does much of the first lattice; what the true
    density holds beyond them follows wave by wave.
    """
    n_outer = len(spacing) - 1
    widest = np.ceil(np.sqrt(2 * REACH * np.diag(mode.log_cov)[:n_outer]) / spacing[:n_outer])
    if not np.isfinite(widest).all():
        return np.vstack([mode.at[:-1], mode.starts])
    reach = np.minimum(widest, MAX_FIRST_STEPS).astype(int)
    steps = np.array(list(product(*(range(-k, k + 1) for k in reach))))
    points = mode.at[:-1] + spacing[:-1] * steps
    away = points - mode.at[:-1]
    inverse = np.linalg.inv(mode.log_cov[:n_outer, :n_outer])
    likely = 0.5 * np.einsum("pi,ij,pj->p", away, inverse, away) < LIKELY * REACH
    return np.vstack([mode.at[:-1], points[likely], mode.starts])


def _around(lattices: list[Lattice]) -> Array:
    """Logarithms of the corners of the cells around the outer points that lattices are for.

    Another lattice begun from these holds nearly all it needs in one pass.
    """
    high = np.concatenate([lattice.outer[lattice.high] for lattice in lattices])
    half = lattices[0].spacing[:-1] / 2
    corners = half * np.array(list(product((-1, 1), repeat=len(half))))
    return np.asarray(high[:, None] + corners).reshape(-1, len(half))


def watched_moments(design: Design, points: Points) -> tuple[Array, Array]:
    """Means and sds of what must not move.

    The last level of the mean of these houses, the effect of each house from
    that mean, and the logarithms of the hyperparameters.
    """
    mean, variance = _watched(design, points)
    centre = points.weights @ mean
    return centre, np.sqrt(points.weights @ (variance + (mean - centre) ** 2))


def _watched(design: Design, points: Points) -> tuple[Array, Array]:
    """Mean and variance, at each point, of what must not move: (n_points, n_watched)."""
    middle = design.house_map.mean(axis=0)
    contrast = design.house_map - middle
    last, last_var = points.last_mean[points.outer_of], points.last_var[points.outer_of]
    level = middle - last[:, 1:]
    mean, root = points.effects.mean, points.effects.root
    level_mean = last[:, 0] + (level * mean).sum(axis=1)
    level_var = last_var + (np.einsum("pk,pkl->pl", level, root) ** 2).sum(axis=1)
    # One after the other: all at once are as many matrices as there are points.
    effects_var = np.array([((contrast @ one) ** 2).sum(axis=-1) for one in root])
    params = np.column_stack([points.outer[points.outer_of], points.sigma])
    return (
        np.column_stack([level_mean, mean @ contrast.T, params]),
        np.column_stack([level_var, effects_var, np.zeros_like(params)]),
    )


def _largest_move(design: Design, first: Points, both: Points) -> float:
    """Largest change of a mean, in sds, or of an sd, relatively."""
    mean, sd = watched_moments(design, first)
    mean_finer, sd_finer = watched_moments(design, both)
    known = sd_finer > SMALLEST_SD
    moved = np.maximum(np.abs(mean - mean_finer), np.abs(sd - sd_finer))
    return float((moved[known] / sd_finer[known]).max())


def _marginal(base: Lattice, between: Lattice, k: int) -> tuple[Array, Array]:
    """Log marginal density of one hyperparameter at the coordinates of both lattices."""
    parts = [_log_mass(lattice, k) for lattice in (base, between)]
    order = np.argsort(np.concatenate([logs for logs, _ in parts]))
    logs, density = (np.concatenate(pair)[order] for pair in zip(*parts, strict=True))
    return logs, density - density.max()


def _log_mass(lattice: Lattice, k: int) -> tuple[Array, Array]:
    """Coordinates of a lattice along one axis, and the log of the mass at each.

    Far beyond what the lattice is for there are points here and there: sums of those are
    no curve.
    """
    if k == len(lattice.spacing) - 1:
        return lattice.log_sigma, logsumexp(lattice.log_density, axis=0)
    marginal = lattice.log_density.max(axis=1)
    near = marginal > marginal.max() - FAR * REACH
    axis, which = np.unique(np.array(lattice.coordinates)[near, k], return_inverse=True)
    mass = np.bincount(which, np.exp(lattice.log_density[near] - marginal.max()).sum(axis=1))
    return lattice.origin[k] + lattice.spacing[k] * axis, np.log(mass) + marginal.max()


def _warnings(
    space: HyperparameterSpace,
    mode: PosteriorMode,
    is_complete: bool,
    marginals: list[tuple[Array, Array]],
    move: float,
) -> tuple[str, ...]:
    """Say what a reader of the posterior must know."""
    texts = []
    if not mode.converged:
        texts.append(f"no best value of {_list(space.names)} was found: {OPEN}")
    if not is_complete:
        texts.append(f"values of {_list(space.names)} far from the best fit as well: {OPEN}")
    if move >= TOLERANCE:
        texts.append(
            f"numbers here are exact to {move:.2g} of their sd only, as the polls say little of "
            f"{_list(space.names)}: {OPEN}"
        )
    for name, (_, log_density) in zip(space.names, marginals, strict=True):
        if count_modes(_even_out(log_density)) > 1:
            texts.append(
                f"the polls fit {PARAM_MEANINGS[name]} ({name}) of two sizes and none in between; "
                "intervals hold both: look for slips among the polls, or give the prior that you "
                f"mean (Priors({name}=...))"
            )
    return tuple(texts)


def _list(names: tuple[str, ...]) -> str:
    """Names of hyperparameters in a sentence."""
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _even_out(log_density: Array) -> Array:
    """Log density without errors of alternating sign."""
    if len(log_density) < len(ALTERNATING):
        return log_density
    even = log_density.copy()
    even[2:-2] -= np.convolve(log_density, ALTERNATING, "valid")
    return even


def count_modes(log_density: Array) -> int:
    """Peaks of a marginal density: rises by at least a fifth of a log unit on both sides.

    Examples
    --------
    >>> count_modes(np.array([-9.0, -1.0, 0.0, -1.0, -9.0]))
    1
    >>> count_modes(np.array([-9.0, 0.0, -2.0, -1.0, -9.0]))
    2
    """
    values = log_density[log_density > -REACH]
    count, turning, rising = 0, values[0], True
    for value in [*values, -np.inf]:
        further = value > turning if rising else value < turning
        if further:
            turning = value
        elif abs(value - turning) > 0.2:
            count += rising
            turning, rising = value, not rising
    return count
