"""Integrating over the scales: a lattice, refined until nothing moves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import logsumexp

from analysis.design import Design
from analysis.exact import ScaleSpace
from analysis.lattice import REACH, Lattice, Points
from analysis.peak import Peak, find_peak
from analysis.sampling import Array

# First spacing in posterior sds given the other scales.  On a normal density the trapezoid
# rule errs by about 2 exp(-2 pi^2 / spacing^2), here 3 in 10,000.
FIRST_SPACING = 1.5
FINER = 0.7
# The lattice starts from the points where a normal density has fallen by less than this
# share of its reach; a skewed density would not need the rest.
LIKELY = 0.7
MAX_FIRST_STEPS = 6
# The peak only places the lattice, so a hundredth of an sd is close enough.
PEAK_TOLERANCE = 1e-2
# Refinement ends when no mean moves by this many sds, and no sd by this share of itself.
TOLERANCE = 0.02
MAX_REFINEMENTS = 4
# A quantity with a smaller sd than this is a constant, such as a house less itself.
SMALLEST_SD = 1e-7


@dataclass(frozen=True, eq=False)
class Quadrature:
    """The posterior of the scales as weighted points.

    Parameters
    ----------
    space : ScaleSpace
    peak : Peak
    points : Points
        Of the lattice that is used.
    marginals : list of (ndarray, ndarray)
        For each scale, its logarithms on an axis twice as fine, and the log
        marginal density there (highest value 0).
    log_evidence : float
        Log of the likelihood with the scales integrated out too.
    n_passes : int
        Passes through the polls, check included and search for the peak not.
    largest_move : float
        Largest change of any mean (in sds) or sd (relative) when the lattice
        gets a second one between its points.
    warnings : tuple of str
    """

    space: ScaleSpace
    peak: Peak
    points: Points
    marginals: list[tuple[Array, Array]]
    log_evidence: float
    n_passes: int
    largest_move: float
    warnings: tuple[str, ...]


def integrate_scales(space: ScaleSpace) -> Quadrature:
    """Find the peak, fill a lattice around it, and refine it until nothing moves.

    Each lattice is compared with the union of itself and a second one, shifted
    by half a spacing along every axis; their leading errors have opposite signs.

    Parameters
    ----------
    space : ScaleSpace

    Returns
    -------
    Quadrature

    Notes
    -----
    The trapezoid rule on the whole line converges faster than any power of the
    spacing for smooth densities (Trefethen and Weideman 2014, "The exponentially
    convergent trapezoidal rule", SIAM Review 56(3)).
    """
    peak = find_peak(space, PEAK_TOLERANCE)
    spacing = FIRST_SPACING / np.sqrt(np.maximum(np.diag(peak.curvature), 1e-2))
    n_passes = 0
    for _ in range(MAX_REFINEMENTS):
        base = _fill(space, peak, peak.at, spacing)
        between = _fill(space, peak, peak.at + spacing / 2, spacing)
        n_passes += len(base.coordinates) + len(between.coordinates)
        points = base.points()
        move = _largest_move(space.design, points, between.points())
        if move < TOLERANCE:
            break
        spacing = spacing * FINER
    marginals = [_marginal(base, between, k) for k in range(len(spacing))]
    warnings = _warnings(space, peak, base, marginals, move)
    log_evidence = float(logsumexp(base.log_density) + np.log(spacing).sum())
    return Quadrature(space, peak, points, marginals, log_evidence, n_passes, move, warnings)


def _fill(space: ScaleSpace, peak: Peak, origin: Array, spacing: Array) -> Lattice:
    """Fill a lattice from all points that a normal density around the peak would hold.

    One pass through the polls then does nearly all; what the true density
    holds beyond them follows wave by wave.
    """
    n_outer = len(origin) - 1
    widest = np.ceil(np.sqrt(2 * REACH * np.diag(peak.log_cov)[:n_outer]) / spacing[:n_outer])
    if not np.isfinite(widest).all():
        return Lattice(space, origin, spacing, np.vstack([peak.at[:-1], peak.starts]))
    reach = np.minimum(widest, MAX_FIRST_STEPS).astype(int)
    steps = np.array(list(product(*(range(-k, k + 1) for k in reach))))
    points = origin[:-1] + spacing[:-1] * steps
    away = points - peak.at[:-1]
    inverse = np.linalg.inv(peak.log_cov[:n_outer, :n_outer])
    likely = 0.5 * np.einsum("pi,ij,pj->p", away, inverse, away) < LIKELY * REACH
    return Lattice(space, origin, spacing, np.vstack([peak.at[:-1], points[likely], peak.starts]))


def watched_moments(design: Design, parts: list[Points]) -> tuple[Array, Array]:
    """Means and sds of what must not move, over the points of one or several lattices.

    The last level of the mean of these houses, the effect of each house from
    that mean, and the logarithms of the scales.
    """
    top = max(part.log_density.max() for part in parts)
    mass = np.concatenate([np.exp(part.log_density - top) for part in parts])
    mass = mass / mass.sum()
    watched = [_watched(design, part) for part in parts]
    mean = np.concatenate([one for one, _ in watched])
    variance = np.concatenate([one for _, one in watched])
    centre = mass @ mean
    return centre, np.sqrt(mass @ (variance + (mean - centre) ** 2))


def _watched(design: Design, points: Points) -> tuple[Array, Array]:
    """Mean and variance, given the scales, of what must not move: (n_points, n_watched)."""
    middle = design.house_map.mean(axis=0)
    contrast = design.house_map - middle
    last, last_var = points.last_mean[points.outer_of], points.last_var[points.outer_of]
    level = middle - last[:, 1:]
    mean, root = points.effects.mean, points.effects.root
    level_mean = last[:, 0] + (level * mean).sum(axis=1)
    level_var = last_var + (np.einsum("pk,pkl->pl", level, root) ** 2).sum(axis=1)
    effects_var = ((contrast @ root) ** 2).sum(axis=-1)
    scales = np.column_stack([points.outer[points.outer_of], points.sigma])
    return (
        np.column_stack([level_mean, mean @ contrast.T, scales]),
        np.column_stack([level_var, effects_var, np.zeros_like(scales)]),
    )


def _largest_move(design: Design, base: Points, between: Points) -> float:
    """Largest change of a mean, in sds, or of an sd, relatively."""
    mean, sd = watched_moments(design, [base])
    mean_finer, sd_finer = watched_moments(design, [base, between])
    known = sd_finer > SMALLEST_SD
    moved = np.maximum(np.abs(mean - mean_finer), np.abs(sd - sd_finer))
    return float((moved[known] / sd_finer[known]).max())


def _marginal(base: Lattice, between: Lattice, k: int) -> tuple[Array, Array]:
    """Log marginal density of one scale at the coordinates of both lattices."""
    top = max(base.log_density.max(), between.log_density.max())
    places, mass = [], []
    for lattice in (base, between):
        weights = np.exp(lattice.log_density - top)
        if k == len(lattice.spacing) - 1:
            places.append(lattice.log_sigma)
            mass.append(weights.sum(axis=0))
        else:
            axis, which = np.unique(np.array(lattice.coordinates)[:, k], return_inverse=True)
            places.append(lattice.origin[k] + lattice.spacing[k] * axis)
            mass.append(np.bincount(which, weights.sum(axis=1)))
    order = np.argsort(np.concatenate(places))
    density = np.concatenate(mass)[order]
    seen = density > 0  # far out the density is too small for a number
    return np.concatenate(places)[order][seen], np.log(density[seen] / density.max())


def _warnings(
    space: ScaleSpace,
    peak: Peak,
    lattice: Lattice,
    marginals: list[tuple[Array, Array]],
    move: float,
) -> tuple[str, ...]:
    """Say what a reader of the posterior must know."""
    texts = []
    if not peak.converged:
        texts.append("the search for the peak of the scales did not converge")
    if not lattice.is_complete:
        texts.append("the posterior of the scales goes on beyond the lattice")
    if move >= TOLERANCE:
        texts.append(f"a finer lattice still moves the results by {move:.2g} sd")
    for name, (_, log_density) in zip(space.names, marginals, strict=True):
        if count_peaks(log_density) > 1:
            texts.append(f"{name}: the posterior has more than one peak")
    return tuple(texts)


def count_peaks(log_density: Array) -> int:
    """Peaks of a marginal density: rises by at least a fifth of a log unit on both sides.

    Examples
    --------
    >>> count_peaks(np.array([-9.0, -1.0, 0.0, -1.0, -9.0]))
    1
    >>> count_peaks(np.array([-9.0, 0.0, -2.0, -1.0, -9.0]))
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
