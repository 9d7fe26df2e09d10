"""The hyperparameters of the composition, and their posterior by importance sampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.composition._design import CompositionDesign, PartParams
from analysis.composition._filter import loglike
from analysis.integrate import ImportanceSample, half_normal, sample_posterior

# Spread of the inverse hyperbolic tangent of a correlation: 95% of it within 0.88 of zero.
CORRELATION_SD = 0.7
OF_PARTS = ("tau", "omega", "sigma_h")
CORRELATIONS = ("rho_x", "rho_h")
N_POINTS = 4096
# Where the steps of the level are small their correlation is open: a shelf that trial points
# around the mode hardly reach.
N_PATCHES = 24
# The search starts at the prior medians and at a level that hardly moves.
QUIET = -1.5


class ParamSpace:
    """Coordinates in which the prior of each hyperparameter is standard normal.

    A standard deviation is :func:`analysis.integrate.importance.half_normal` of its
    coordinate, a correlation the hyperbolic tangent of 0.7 times its own.

    Parameters
    ----------
    design : CompositionDesign

    Attributes
    ----------
    param_names : tuple of (str, int)
        Hyperparameter and position of the part; -1 for what both parts share.
    """

    def __init__(self, design: CompositionDesign) -> None:
        self.design = design
        of_parts = (*OF_PARTS, *(("kappa",) if design.drift else ()))
        of_parts += () if design.calming is None else ("shock",)
        pairs = [(name, part) for name in of_parts for part in (0, 1)]
        self.param_names = (*pairs, *((name, -1) for name in CORRELATIONS))

    def values(self, points: Array) -> Array:
        """Values at coordinates of shape (n, d), in the order of ``param_names``."""
        columns = [
            np.tanh(CORRELATION_SD * z)
            if part < 0
            else half_normal(z, self.design.priors.prior_sd_of(name))
            for (name, part), z in zip(self.param_names, points.T, strict=True)
        ]
        return np.column_stack(columns)

    def params(self, points: Array) -> PartParams:
        """Sets of hyperparameters at coordinates of shape (n, d)."""
        return self.arrange(self.values(points))

    def arrange(self, values: Array) -> PartParams:
        """Sets of hyperparameters from their values, shape (n, d)."""
        found = dict(zip(self.param_names, values.T, strict=True))
        nothing = np.zeros(len(values))
        pairs = {
            name: np.array([found.get((name, part), nothing) for part in (0, 1)])
            for name in (*OF_PARTS, "kappa", "shock")
        }
        return PartParams(**pairs, **{name: found[name, -1] for name in CORRELATIONS})

    def log_posterior(self, points: Array) -> Array:
        """Log posterior density of the coordinates, shape (n,); its integral is the evidence."""
        prior = -0.5 * (points**2 + np.log(2 * np.pi)).sum(axis=1)
        return np.asarray(loglike(self.design, self.params(points)) + prior)


@dataclass(frozen=True, eq=False)
class ParamPosterior:
    """Weighted sets of hyperparameters: their posterior, or those given.

    Parameters
    ----------
    method : str
        ``"full"`` or ``"given"``.
    space : ParamSpace
    sets : ndarray, shape (n, d)
        In the order of ``space.param_names``.
    weights : ndarray, shape (n,)
    sample : ImportanceSample or None
        None when the hyperparameters were given.
    """

    method: str
    space: ParamSpace
    sets: Array
    weights: Array
    sample: ImportanceSample | None

    @property
    def log_evidence(self) -> float:
        """Logarithm of the evidence; NaN when the hyperparameters were given."""
        return np.nan if self.sample is None else self.sample.log_evidence

    def choose(self, n: int) -> Days:
        """Positions of n equally weighted sets; the one there is when they were given."""
        return np.zeros(1, dtype=np.int64) if self.sample is None else self.sample.resample(n)


def integrate_params(design: CompositionDesign) -> ParamPosterior:
    """Find sets of hyperparameters, with weights, that stand for their posterior."""
    space = ParamSpace(design)
    starts = np.zeros((2, len(space.param_names)))
    starts[1, [name == "tau" for name, _ in space.param_names]] = QUIET
    found = sample_posterior(space.log_posterior, starts, n_points=N_POINTS, n_patches=N_PATCHES)
    return ParamPosterior("full", space, space.values(found.points), found.weights, found)


def given_params(design: CompositionDesign, values: Array) -> ParamPosterior:
    """Take hyperparameters as they are, in the order of ``ParamSpace.param_names``."""
    return ParamPosterior("given", ParamSpace(design), values[None, :], np.ones(1), None)
