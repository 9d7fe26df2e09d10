"""The scales of the composition, and their posterior by importance sampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.composition._design import CompositionDesign, PartScales
from analysis.composition._filter import loglike
from analysis.integrate import ImportanceSample, half_normal, sample_posterior

# Spread of the inverse hyperbolic tangent of a correlation: 95% of it within 0.88 of zero.
CORRELATION_SD = 0.7
PART_SCALES = ("tau", "omega", "sigma_h")
CORRELATIONS = ("rho_x", "rho_h")
N_POINTS = 4096
# Where the steps of the level are small their correlation is open: a shelf that trial points
# around the mode hardly reach.
N_PATCHES = 24
# The search starts at the prior medians and at a level that hardly moves.
QUIET = -1.5


class CompositionSpace:
    """Coordinates in which the prior of each scale and correlation is standard normal.

    A scale is :func:`analysis.integrate.importance.half_normal` of its coordinate, a
    correlation the hyperbolic tangent of 0.7 times its own.

    Parameters
    ----------
    design : CompositionDesign

    Attributes
    ----------
    names : tuple of (str, int)
        Scale and position of the part; -1 for what both parts share.
    """

    def __init__(self, design: CompositionDesign) -> None:
        self.design = design
        scales = (*PART_SCALES, "kappa") if design.drift else PART_SCALES
        pairs = [(name, part) for name in scales for part in (0, 1)]
        self.names = (*pairs, *((name, -1) for name in CORRELATIONS))

    def values(self, points: Array) -> Array:
        """Scales and correlations at coordinates of shape (n, d), in the order of ``names``."""
        columns = [
            np.tanh(CORRELATION_SD * z)
            if part < 0
            else half_normal(z, self.design.priors.scale_of(name))
            for (name, part), z in zip(self.names, points.T, strict=True)
        ]
        return np.column_stack(columns)

    def scales(self, points: Array) -> PartScales:
        """Sets of scales at coordinates of shape (n, d)."""
        return self.arrange(self.values(points))

    def arrange(self, values: Array) -> PartScales:
        """Sets of scales from their values, shape (n, d)."""
        found = dict(zip(self.names, values.T, strict=True))
        nothing = np.zeros(len(values))
        pairs = {
            name: np.array([found.get((name, part), nothing) for part in (0, 1)])
            for name in (*PART_SCALES, "kappa")
        }
        return PartScales(**pairs, **{name: found[name, -1] for name in CORRELATIONS})

    def log_posterior(self, points: Array) -> Array:
        """Log posterior density of the coordinates, shape (n,); its integral is the evidence."""
        prior = -0.5 * (points**2 + np.log(2 * np.pi)).sum(axis=1)
        return np.asarray(loglike(self.design, self.scales(points)) + prior)


@dataclass(frozen=True, eq=False)
class CompositionFit:
    """Weighted sets of scales.

    Parameters
    ----------
    method : str
        ``"full"`` or ``"given"``.
    space : CompositionSpace
    sets : ndarray, shape (n, d)
        Scales and correlations, in the order of ``space.names``.
    weights : ndarray, shape (n,)
    sample : ImportanceSample or None
        None when the scales were given.
    """

    method: str
    space: CompositionSpace
    sets: Array
    weights: Array
    sample: ImportanceSample | None

    @property
    def log_evidence(self) -> float:
        """Logarithm of the evidence; NaN when the scales were given."""
        return np.nan if self.sample is None else self.sample.log_evidence

    def choose(self, n: int) -> Days:
        """Positions of n equally weighted sets of scales; the one there is when they were given."""
        return np.zeros(1, dtype=np.int64) if self.sample is None else self.sample.resample(n)


def fit_composition(design: CompositionDesign) -> CompositionFit:
    """Integrate the scales and correlations out."""
    space = CompositionSpace(design)
    starts = np.zeros((2, len(space.names)))
    starts[1, [name == "tau" for name, _ in space.names]] = QUIET
    found = sample_posterior(space.log_posterior, starts, n_points=N_POINTS, n_patches=N_PATCHES)
    return CompositionFit("full", space, space.values(found.points), found.weights, found)


def give_scales(design: CompositionDesign, values: Array) -> CompositionFit:
    """Take scales and correlations as they are, in the order of ``CompositionSpace.names``."""
    return CompositionFit("given", CompositionSpace(design), values[None, :], np.ones(1), None)
