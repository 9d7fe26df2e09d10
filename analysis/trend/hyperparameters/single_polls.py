"""Fit where most houses have one poll: what such a house has of its own is an error of its poll.

Of a poll whose house has no other, the effect of the house and the excess error enter as one sum.
Its house so needs no state of its own, and a pass through the polls takes as many columns as there
are houses with more of them.  What the polls tell then is the root of the summed variances, and
hardly how it is split: these are the coordinates, in which there is no ridge to follow.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from analysis.base.arrays import Array, Days
from analysis.integrate import ImportanceSample, sample_posterior
from analysis.trend.hyperparameters.by_house import describe_sample, spread_points
from analysis.trend.hyperparameters.inference import MOST_POINTS, Fit
from analysis.trend.hyperparameters.lattice import FEWEST_POINTS, MOST_NUMBERS
from analysis.trend.hyperparameters.space import (
    PART_NUMBERS,
    SMALLEST,
    HyperparameterSpace,
    from_score,
)
from analysis.trend.solver.design import Design, Nodes
from analysis.trend.solver.filter import run_filter
from analysis.trend.solver.likelihood import profile_loglike, solve_effects
from analysis.trend.solver.posterior import Posterior

# With so many such houses for each of the others, a lattice must follow a ridge so narrow that it
# neither ends nor fits into memory; with fewer of them it is as quick.
FEWEST_HOUSES, FOR_EACH_OTHER = 64, 6
# Sobol points of a round, of all rounds at most, and how many of them must be worth something.
ROUND_POINTS, LAST_POINTS, ENOUGH = 4096, 32768, 2048.0
BATCH = 1024


def find_single_polls(design: Design) -> Days:
    """Positions of the effects of houses that have one poll."""
    n_polls = np.count_nonzero(design.columns, axis=0)
    return np.flatnonzero(design.is_house & (n_polls == 1))


def has_mostly_single_polls(space: HyperparameterSpace) -> bool:
    """Have so many houses one poll that a lattice would follow a ridge."""
    design = space.design
    n_single = len(find_single_polls(design))
    n_others = len(design.first_day) - n_single
    return n_single >= max(FEWEST_HOUSES, FOR_EACH_OTHER * n_others)


class SplitCoordinates:
    """Normal scores of the walks, the log root of the summed variances, and how it is split.

    With scales a and b of the half-normal priors, omega is ``a r cos(angle)`` and sigma_h
    ``b r sin(angle)``: r then has a Rayleigh prior, the angle is uniform between no and a right
    angle, and its normal score is the last coordinate.  The one before is the logarithm of
    ``sqrt(omega ** 2 + sigma_h ** 2)``.

    Parameters
    ----------
    space : HyperparameterSpace
    """

    def __init__(self, space: HyperparameterSpace) -> None:
        self.space = space
        self.walks = tuple(name for name in space.outer_names if name != "omega")
        design = space.design
        single = find_single_polls(design)
        self.is_single = (design.columns[:, single] ** 2).sum(axis=1)
        self.design = design.with_effects(
            np.setdiff1d(np.arange(len(design.names)), single, assume_unique=True)
        )

    @property
    def start(self) -> Array:
        """Slow walks, and the scatter of the polls about their mean, split in halves."""
        scatter = np.log(max(float(self.design.response.std()), 0.1))
        return np.array([*(-1.0 for _ in self.walks), scatter, 0.0])

    def unpack(self, points: Array) -> dict[str, Array]:
        """Hyperparameters by name, (n_points,) each."""
        values = {
            name: from_score(self.space.priors, name, points[:, k])
            for k, name in enumerate(self.walks)
        }
        omega, sigma_h = self._split(points)
        root = np.exp(points[:, -2])
        return values | {
            "omega": np.maximum(root * omega, SMALLEST),
            "sigma_h": np.maximum(root * sigma_h, SMALLEST),
        }

    def _split(self, points: Array) -> tuple[Array, Array]:
        """Shares of omega and sigma_h in the root of their summed squares."""
        angle = 0.5 * np.pi * ndtr(points[:, -1])
        omega = self.space.priors.omega * np.cos(angle)
        sigma_h = self.space.priors.sigma_h * np.sin(angle)
        both = np.hypot(omega, sigma_h)
        return omega / both, sigma_h / both

    def log_posterior(self, points: Array) -> Array:
        """Log posterior density of the coordinates, shape (n_points,)."""
        scores = np.delete(points, -2, axis=1)
        log_prior = -0.5 * (scores**2 + np.log(2 * np.pi)).sum(axis=1)
        omega, sigma_h = self._split(points)
        priors = self.space.priors
        away = np.exp(points[:, -2]) * np.hypot(omega / priors.omega, sigma_h / priors.sigma_h)
        # Rayleigh, as a density of the logarithm.
        with np.errstate(divide="ignore"):
            log_prior += 2 * np.log(away) - 0.5 * away**2
        return np.asarray(log_prior + self.loglike(self.unpack(points)))

    def loglike(self, values: dict[str, Array]) -> Array:
        """Log likelihood, level and effects integrated out, shape (n_points,)."""
        if self.design.drift:
            # Drifts begin with the first poll of a house, so that a single poll sees none.
            return self.space.loglike_at(self.nodes(values), values["sigma_h"])
        size = max(1, PART_NUMBERS // (1 + self.design.columns.shape[1]) ** 2)
        parts = []
        for first in range(0, len(values["tau"]), size):
            part = {name: value[first : first + size] for name, value in values.items()}
            found = run_filter(self.design, self.nodes(part, self.is_single))
            parts.append(profile_loglike(self.design, found.normal, found.log_det, part["sigma_h"]))
        return np.concatenate(parts)

    def nodes(self, values: dict[str, Array], is_single: Array | float = 0.0) -> Nodes:
        """Hyperparameters of the filters; houses with one poll may be part of its error."""
        logs = np.column_stack([np.log(values[name]) for name in self.space.outer_names])
        nodes = self.space.nodes(logs)
        of_houses = np.multiply.outer(np.asarray(is_single), values["sigma_h"] ** 2)
        return replace(nodes, noise=nodes.noise + of_houses)


def fit_single_polls(space: HyperparameterSpace) -> Fit:
    """Integrate the hyperparameters out.

    Parameters
    ----------
    space : HyperparameterSpace
        Of houses of which :func:`has_mostly_single_polls` is true.

    Returns
    -------
    Fit
        With ``effective_points`` and ``pareto_k`` among the details.
    """
    coordinates = SplitCoordinates(space)
    sample = sample_posterior(
        coordinates.log_posterior,
        coordinates.start,
        n_points=ROUND_POINTS,
        enough=ENOUGH,
        most_points=LAST_POINTS,
        batch=BATCH,
    )
    values = coordinates.unpack(sample.points)
    at = coordinates.unpack(sample.mode[None, :])
    mode = {name: float(at[name][0]) for name in space.param_names}
    llf = float(coordinates.loglike(at)[0])
    log_prior = space.log_prior_of_logs([float(np.log(value)) for value in mode.values()])
    ordered = {name: values[name] for name in space.param_names}
    return describe_sample(
        "scales integrated out (weighted Sobol points), as most houses have one poll",
        sample,
        _posterior(coordinates, sample, values),
        ordered,
        mode,
        (llf, log_prior),
    )


def _posterior(
    coordinates: SplitCoordinates, sample: ImportanceSample, values: dict[str, Array]
) -> Posterior:
    """Points of equal weight, so few that the covariances of all effects fit into memory."""
    space = coordinates.space
    n_columns = len(space.design.names) + space.design.n_walks
    n_most = max(FEWEST_POINTS, MOST_NUMBERS // n_columns**2)
    split, pace = sample.points[:, -1], sample.points[:, 0]
    kept, counts = np.unique(
        spread_points(split, pace, sample.weights, min(MOST_POINTS, n_most)), return_counts=True
    )
    params = {name: values[name][kept] for name in space.param_names}
    nodes = coordinates.nodes(params)
    found = run_filter(space.design, nodes)
    return Posterior(
        design=space.design,
        nodes=nodes,
        node_of=np.arange(len(kept)),
        params=params,
        weights=counts / counts.sum(),
        effects_posterior=solve_effects(
            space.design, found.normal, found.log_det, params["sigma_h"]
        ),
    )
