"""An excess error for each house: some houses scatter more than their samples explain.

The excess sd of house j is ``omega_j = omega * exp(s * z_j)`` with z_j standard
normal: houses share what they can, and a house with one poll is drawn to the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.mixture import log_normal
from analysis.base.priors import Priors
from analysis.integrate import find_mode, half_normal
from analysis.trend.hyperparameters.score import BlockLikelihood
from analysis.trend.solver.design import Design, Nodes
from analysis.trend.solver.filter import Filtered, run_filter
from analysis.trend.solver.front import Front
from analysis.trend.solver.likelihood import (
    Effects,
    find_spectrum,
    profile_loglike,
    solve_effects,
)

SPREAD, NEW_HOUSE = "omega_spread", "omega_new_house"
# Excess sd of a poll not seen yet, where each poll has its own.
NEW_POLL = "omega_new_poll"
# Student's errors, degrees of freedom: tails so heavy that a slip of the pen weighs nothing, and
# still a variance (Gelman and others 2013, Bayesian Data Analysis, 3rd edition, section 17.2).
FREEDOM = 4.0
# Precisions relative to the usual one that a poll may have: in steps of half a log unit sums over
# them are those of the integral to nine digits, and the first leaves 1e-9 of the prior below it.
PRECISIONS = np.exp(np.arange(-12.0, 2.25, 0.5))
LOG_PRIOR = 0.5 * FREEDOM * np.log(PRECISIONS) - 0.5 * FREEDOM * PRECISIONS
PRIOR = np.exp(LOG_PRIOR) / np.exp(LOG_PRIOR).sum()
# Coordinate of the spread at which the likelihood of each house's ratio is measured: near the
# width of its prior, somewhat above its median, so that the polls of a house can speak.
PROBE = 0.5
# How sharply, and how far below its mean, a ratio takes the width of its prior: with these the
# proposals were worth most on the support series (half as many points again as without) and no less
# on 400 polls of 12 houses; all from (1, 0) to (2, 2) did better than without.
BEND, BEND_FROM = 1.5, 1.0
# Below this a hyperparameter is as good as zero, and its logarithm still a number.
SMALLEST = 1e-12
# Nodes pass the polls in parts whose normal equations stay below so many numbers (32 MB).
PART_NUMBERS = 4_000_000


def omega_name(house: str) -> str:
    """Name of a house's excess sd among the hyperparameters."""
    return f"omega:{house}"


def excess_variance(params: Mapping[str, Array], houses: Iterable[str]) -> Array:
    """Excess variance of polls by houses, whether houses share it or not.

    Parameters
    ----------
    params : mapping of name to ndarray, shape (n_points,)
    houses : iterable of str
        House of each of n polls; one without polls in the model is a new house.

    Returns
    -------
    ndarray, shape (n_points, n), or (n_points, 1) when houses share it
    """
    if SPREAD not in params:
        return params[NEW_POLL if NEW_POLL in params else "omega"][:, None] ** 2
    names = [omega_name(house) for house in houses]
    new = params[NEW_HOUSE]
    return np.asarray(np.column_stack([params.get(name, new) for name in names]) ** 2)


def from_score(priors: Priors, name: str, z: Array) -> Array:
    """Turn a normal score into a hyperparameter whose prior it is a score of.

    Parameters
    ----------
    priors : Priors
    name : str
    z : ndarray, any shape
    """
    if name == "calm":
        return np.asarray(priors.calm * np.exp(priors.calm_spread * z))
    return np.maximum(half_normal(z, priors.prior_sd_of(name)), SMALLEST)


def score_slope(priors: Priors, name: str, z: Array, value: Array) -> Array:
    """Derivative of :func:`from_score` by the score, at scores with these values."""
    if name == "calm":
        return np.asarray(priors.calm_spread * value)
    scale = priors.prior_sd_of(name)
    slope = 0.5 * scale * np.exp(0.5 * ((value / scale) ** 2 - z**2))
    return np.asarray(np.where(value > SMALLEST, slope, 0.0))


def _make_nodes(values: Mapping[str, Array], noise: Array) -> Nodes:
    """Hyperparameters of the filters by name; those that the model lacks are zero, or none."""
    none = np.zeros(noise.shape[1])
    return Nodes(
        values["tau"],
        values.get("kappa", none),
        noise,
        values.get("shock", none),
        values.get("calm"),
    )


class HyperparameterSpace:
    """The hyperparameters as coordinates: logarithms of those of the walks and errors, and sigma_h.

    The spread of houses ``sigma_h`` comes last: it is nested inside one pass
    through the polls for each point of the others (the outer hyperparameters).

    Parameters
    ----------
    design : Design
    priors : Priors
    """

    def __init__(self, design: Design, priors: Priors) -> None:
        self.design = design
        self.priors = priors
        self.outer_names = tuple(name for name in design.param_names if name != "sigma_h")
        self.names = (*self.outer_names, "sigma_h")

    @property
    def param_names(self) -> tuple[str, ...]:
        """Names of the hyperparameters in the order that users know."""
        return self.design.param_names

    def log_prior_of_logs(self, log_params: Sequence[float]) -> float:
        """Log prior density of the logarithms of the hyperparameters, in this order of names."""
        return self.priors.log_density_of_logs(log_params, self.param_names)

    def draw_params(self, rng: np.random.Generator) -> dict[str, float]:
        """Draw the hyperparameters from their priors."""
        return {name: self.priors.draw(name, rng) for name in self.names}

    def error_variance(self, params: dict[str, float]) -> Array:
        """Error variance of each observation at given hyperparameters, shape (n,)."""
        return self.design.noise(params["omega"])

    @cached_property
    def _front(self) -> Front | None:
        """A short way for drifting houses; one that is drawn back has two states, and no front."""
        return Front(self.design) if self.design.drift and not self.design.is_reverting else None

    @cached_property
    def _blocks(self) -> BlockLikelihood:
        return BlockLikelihood(self.design)

    def loglike_at(self, nodes: Nodes, sigma_h: Array) -> Array:
        """Log likelihood at nodes with a spread of houses each, shape (n_nodes,)."""
        if self._front is not None:
            # Measured with 4 to 100 houses: where as many nodes pass as there are pairs of walks,
            # both take as long; of fewer the front takes up to seven times, of more the blocks (4
            # houses). These carry all houses always, the front those that have polls before and
            # after: 60 houses of 100 days each, in 8 years, it takes in a tenth of the time.
            if len(nodes) < (self._front.width**2 / self.design.n_walks) ** 2:
                return self._blocks.loglike(nodes, sigma_h)
            return self._front.loglike(nodes, sigma_h)
        found = run_filter(self.design, nodes)
        return profile_loglike(self.design, found.normal, found.log_det, sigma_h)

    def draw_error_variance(
        self, params: dict[str, float], rng: np.random.Generator, n: int = 1
    ) -> Array:
        """Error variance of each observation in n draws, (n_observations, n or 1)."""
        return self.error_variance(params)[:, None]

    def error_variances(self, params: dict[str, float]) -> tuple[Array, Array]:
        """Error variances that an observation may have, (n_observations, n), and their weights."""
        return self.error_variance(params)[:, None], np.ones(1)

    def nodes(self, outer: Array) -> Nodes:
        """Hyperparameters of the filters from logarithms, shape (n_nodes, n_outer)."""
        params = dict(zip(self.outer_names, np.exp(outer).T, strict=True))
        return _make_nodes(params, self.design.noise(params["omega"]))

    def filter(self, outer: Array) -> Filtered:
        """Run the polls past all points of the outer hyperparameters."""
        return run_filter(self.design, self.nodes(outer))

    def filter_in_parts(self, outer: Array) -> Iterator[Filtered]:
        """Run the polls past some points at a time, in order; with many houses past few."""
        size = max(1, PART_NUMBERS // (1 + self.design.columns.shape[1]) ** 2)
        for first in range(0, len(outer), size):
            yield self.filter(outer[first : first + size])

    def log_prior(self, outer: Array, sigma: Array) -> Array:
        """Log prior density of the logarithms, shape (n_nodes, n_sigma)."""
        total = sum(
            self.priors.log_density_of_log(name, outer[:, k])
            for k, name in enumerate(self.outer_names)
        )
        return np.asarray(total)[:, None] + self.priors.log_density_of_log("sigma_h", sigma)

    def log_posterior(self, outer: Array, sigma: Array) -> Array:
        """Log posterior density of the logarithms at all pairs, shape (n_nodes, n_sigma)."""
        loglike = [
            find_spectrum(self.design, found.normal, found.log_det).loglike(np.exp(sigma))
            for found in self.filter_in_parts(outer)
        ]
        return np.concatenate(loglike) + self.log_prior(outer, sigma)


@dataclass(frozen=True, eq=False)
class Unpacked:
    """Hyperparameters of several points.

    Parameters
    ----------
    outer : dict of ndarray, shape (n_points,)
        tau, omega, sigma_h, omega_spread and, where the model has them, kappa, shock and calm.
    ratio : ndarray, shape (n_points, n_houses)
        Logarithm of each house's excess sd over omega, in units of the spread.
    log_volume : ndarray, shape (n_points,)
        Log Jacobian of the ratios with respect to their coordinates.
    """

    outer: dict[str, Array]
    ratio: Array
    log_volume: Array

    @property
    def omega_of(self) -> Array:
        """Excess sd of each house, shape (n_points, n_houses)."""
        spread = self.outer[SPREAD][:, None]
        return np.asarray(self.outer["omega"][:, None] * np.exp(spread * self.ratio))


class HouseVarianceSpace(HyperparameterSpace):
    """Hyperparameters when each house has its own excess error.

    Parameters
    ----------
    design : Design
    priors : Priors
    houses : sequence of str
        In the order of ``design.house_map``.
    """

    def __init__(self, design: Design, priors: Priors, houses: Sequence[str]) -> None:
        super().__init__(design, priors)
        self.houses = tuple(houses)
        self.shared = (*design.param_names, SPREAD)
        self.names = (*self.shared, *(omega_name(house) for house in self.houses))

    @property
    def param_names(self) -> tuple[str, ...]:
        """Names of the hyperparameters in the order that users know."""
        return self.names

    def draw_params(self, rng: np.random.Generator) -> dict[str, float]:
        """Draw the hyperparameters from their priors."""
        params = {name: self.priors.draw(name, rng) for name in self.shared}
        ratio = np.exp(params[SPREAD] * rng.standard_normal(len(self.houses)))
        each = zip(self.houses, params["omega"] * ratio, strict=True)
        return params | {omega_name(house): float(omega) for house, omega in each}

    def error_variance(self, params: dict[str, float]) -> Array:
        """Error variance of each observation at given hyperparameters, shape (n,)."""
        omega_of = np.array([[params[omega_name(house)] for house in self.houses]])
        return self._noise(omega_of)[:, 0]

    def log_prior_of_logs(self, log_params: Sequence[float]) -> float:
        """Log prior density of the logarithms of all hyperparameters, in the order of ``names``."""
        logs = np.asarray(log_params, dtype=float)
        named = dict(zip(self.names, logs, strict=True))
        total = sum(self.priors.log_density_of_log(name, named[name]) for name in self.shared)
        of_houses = logs[len(self.shared) :]
        return float(total + log_normal(of_houses, named["omega"], np.exp(named[SPREAD])).sum())

    def _noise(self, omega_of: Array) -> Array:
        """Error variances, shape (n, n_points), from excess sds of shape (n_points, n_houses)."""
        design = self.design
        # In place: an array of all polls at all points is large, and copies are what takes time.
        noise = np.ascontiguousarray(omega_of.T**2)[design.house]
        noise *= design.has_excess[:, None]
        noise += design.known_variance[:, None]
        return np.asarray(noise)

    def nodes_of(self, outer: Mapping[str, Array], omega_of: Array) -> Nodes:
        """Hyperparameters of the filters."""
        return _make_nodes(outer, self._noise(omega_of))

    def loglike(self, outer: Mapping[str, Array], omega_of: Array) -> Array:
        """Log likelihood at points, level and effects integrated out, shape (n_points,)."""
        return self.loglike_at(self.nodes_of(outer, omega_of), outer["sigma_h"])

    def slopes(
        self, outer: Mapping[str, Array], omega_of: Array
    ) -> tuple[Array, dict[str, Array], Array]:
        """Log likelihood at points with its derivatives.

        Returns
        -------
        loglike : ndarray, shape (n_points,)
        by_outer : dict of ndarray, shape (n_points,)
            By the shared hyperparameters that enter it themselves.
        by_house : ndarray, shape (n_points, n_houses)
            By the logarithms of ``omega_of``.
        """
        design = self.design
        found = self._blocks.slopes(self.nodes_of(outer, omega_of), outer["sigma_h"])
        polls = np.flatnonzero(design.has_excess)
        own = np.zeros((len(self.houses), len(polls)))
        own[design.house[polls], np.arange(len(polls))] = design.has_excess[polls]
        return found.loglike, found.outer, 2 * omega_of**2 * (own @ found.noise[polls]).T

    def effects(self, nodes: Nodes, sigma_h: Array) -> Effects:
        """Posterior of the constant effects at points."""
        found = run_filter(self.design, nodes)
        return solve_effects(self.design, found.normal, found.log_det, sigma_h)


class StudentSpace(HyperparameterSpace):
    """Hyperparameters when the excess error of a poll has Student's t, with omega as its scale."""

    def values(self, z: Array) -> dict[str, Array]:
        """Hyperparameters by name from normal scores of their priors, (n_points, n_params)."""
        return {name: from_score(self.priors, name, z[:, k]) for k, name in enumerate(self.names)}

    def nodes_of(self, values: Mapping[str, Array], stretch: Array) -> Nodes:
        """Hyperparameters of the filters.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (n_points,)
        stretch : ndarray, shape (n_points, n)
            Excess variance of each observation over the square of omega.
        """
        design = self.design
        excess = (values["omega"][:, None] ** 2 * stretch).T
        noise = design.known_variance[:, None] + design.has_excess[:, None] * excess
        return _make_nodes(values, noise)

    def error_variance(self, params: dict[str, float]) -> Array:
        """Refuse: each poll has a variance of its own, which the hyperparameters do not tell."""
        cure = "simulate from the same model with errors='normal'"
        raise PollInputError("Student's errors have no variance that the scales alone give", cure)

    def draw_error_variance(
        self, params: dict[str, float], rng: np.random.Generator, n: int = 1
    ) -> Array:
        """Error variances of which each is stretched by chance."""
        precision = rng.gamma(FREEDOM / 2, 2 / FREEDOM, (len(self.design.day), n))
        return self._stretched(params, 1 / precision)

    def error_variances(self, params: dict[str, float]) -> tuple[Array, Array]:
        """Error variances at each precision, and the prior of these."""
        return self._stretched(params, 1 / PRECISIONS), PRIOR

    def _stretched(self, params: dict[str, float], stretch: Array) -> Array:
        excess = self.design.has_excess[:, None] * params["omega"] ** 2 * stretch
        return np.asarray(self.design.known_variance[:, None] + excess)


def make_space(
    design: Design,
    priors: Priors,
    houses: Sequence[str] | None = None,
    *,
    is_student: bool = False,
) -> HyperparameterSpace:
    """Hyperparameters of a model whose houses share their excess error, or have one each.

    Parameters
    ----------
    design : Design
    priors : Priors
        On the scale of the model.
    houses : sequence of str, optional
        Houses with an excess error each; without them they share one.
    is_student : bool
        Has the excess error that houses share Student's t.
    """
    if is_student:
        return StudentSpace(design, priors)
    if houses is None:
        return HyperparameterSpace(design, priors)
    return HouseVarianceSpace(design, priors, houses)


class Coordinates:
    """Coordinates in which the posterior of the hyperparameters is close to normal.

    The shared hyperparameters enter as the normal score of their half-normal priors.
    The ratio of a house enters relative to where a normal approximation of its
    likelihood puts it, given omega and the spread::

        z_j = mean_j(omega, s) + sd_j(s) * coordinate - (1 - sd_j(s)) * bend(coordinate)
        sd_j ** 2 = 1 / (1 + s ** 2 I_j)
        mean_j = s * sd_j ** 2 * (score_j + I_j * (theta_j - log omega))

    with information I_j and score at theta_j, a value of log omega_j.  Without
    it houses with many polls would tie their ratios to the spread, in the
    shape of a funnel.  Below a certain size an excess error cannot be told from
    none: there the likelihood is level, and the width becomes that of the prior.
    The bend, a softplus, lets the slope of z_j go from sd_j to 1 on the left.

    Parameters
    ----------
    space : HouseVarianceSpace

    Notes
    -----
    A partially non-centred parametrisation (Papaspiliopoulos, Roberts and
    Skoeld 2007, "A general framework for the parametrization of hierarchical
    models", Statistical Science 22(1)) whose share of centring follows the
    information of each house and changes with s.
    """

    def __init__(self, space: HouseVarianceSpace) -> None:
        self.space = space
        n_houses = len(space.houses)
        self.theta, self.score, self.information = (np.zeros(n_houses) for _ in range(3))
        start = np.zeros(len(space.shared) + n_houses)
        at = len(space.shared) - 1
        start[at] = PROBE
        moved = np.delete(np.arange(len(start)), at)

        def with_spread(points: Array) -> Array:
            full = np.tile(start, (len(points), 1))
            full[:, moved] = points
            return full

        def given_spread(points: Array) -> Array:
            return self.log_posterior(with_spread(points))

        def slopes(points: Array) -> tuple[Array, Array]:
            values, found = self.slopes(with_spread(points))
            return values, found[:, moved]

        # Coordinates need no more than to lie near the posterior.
        mode = find_mode(given_spread, start[moved], slopes, polish=False)
        start[moved] = mode.at
        found = self.unpack(start[None, :])
        of_houses = slice(at, None)
        spread = float(found.outer[SPREAD][0])
        information = (np.diag(mode.curvature)[of_houses] - 1) / spread**2
        self.score = found.ratio[0] / spread
        self.theta = np.log(found.omega_of[0])
        self.information = np.maximum(information, 0.0)
        self.start = np.where(np.arange(len(start)) > at, 0.0, start)

    def unpack(self, points: Array) -> Unpacked:
        """Turn points, shape (n_points, n_shared + n_houses), into hyperparameters."""
        n_shared, priors = len(self.space.shared), self.space.priors
        outer = {
            name: from_score(priors, name, points[:, k]) for k, name in enumerate(self.space.shared)
        }
        spread = outer[SPREAD][:, None]
        sd, pull = self._width(spread), self._pull(outer["omega"][:, None])
        of_houses = points[:, n_shared:]
        bend, bent = _bend(of_houses)
        ratio = spread * sd**2 * pull + sd * of_houses - (1 - sd) * bend
        slope = sd + (1 - sd) * bent
        return Unpacked(outer, ratio, np.log(slope).sum(axis=1))

    def _width(self, spread: Array) -> Array:
        """Width of each house's ratio given the spread."""
        return np.asarray(1 / np.sqrt(1 + spread**2 * self.information))

    def _pull(self, omega: Array) -> Array:
        """How each house's likelihood pulls its ratio away from 0."""
        return np.asarray(self.score + self.information * (self.theta - np.log(omega)))

    def log_posterior(self, points: Array) -> Array:
        """Log posterior density of the coordinates, shape (n_points,)."""
        found = self.unpack(points)
        return self._log_prior(points, found) + self.space.loglike(found.outer, found.omega_of)

    def _log_prior(self, points: Array, found: Unpacked) -> Array:
        """Log prior density of the coordinates."""
        scores = np.hstack([points[:, : len(self.space.shared)], found.ratio])
        log_scores = -0.5 * ((scores**2).sum(axis=1) + scores.shape[1] * np.log(2 * np.pi))
        return np.asarray(log_scores + found.log_volume)

    def slopes(self, points: Array) -> tuple[Array, Array]:
        """Log posterior density of the coordinates, (n_points,), and its gradients."""
        shared, priors = self.space.shared, self.space.priors
        found, n_shared = self.unpack(points), len(shared)
        loglike, by_outer, by_log = self.space.slopes(found.outer, found.omega_of)
        spread, omega, ratio = (
            found.outer[SPREAD][:, None],
            found.outer["omega"][:, None],
            found.ratio,
        )
        # How the ratio of a house, and the log volume, answer to its coordinate, omega and spread.
        sd, pull, of_houses = self._width(spread), self._pull(omega), points[:, n_shared:]
        bend, bent = _bend(of_houses)
        volume = sd + (1 - sd) * bent
        narrowing = -spread * self.information * sd**3
        by_spread = sd**2 * (1 - 2 * spread**2 * self.information * sd**2) * pull
        by_spread += narrowing * (of_houses + bend)
        by_omega = -spread * sd**2 * self.information / omega
        # Of the density by the ratio: what the polls say, and the prior.
        by_ratio = by_log * spread - ratio
        slopes = np.empty_like(points)
        slopes[:, n_shared:] = by_ratio * volume - (1 - sd) * BEND * bent * (1 - bent) / volume
        both = by_ratio * by_spread + by_log * ratio + narrowing * (1 - bent) / volume
        by_outer = by_outer | {
            SPREAD: both.sum(axis=1),
            "omega": (by_ratio * by_omega + by_log / omega).sum(axis=1),
        }
        for k, name in enumerate(shared):
            slope = score_slope(priors, name, points[:, k], found.outer[name])
            slopes[:, k] = by_outer[name] * slope - points[:, k]
        return loglike + self._log_prior(points, found), slopes


def _bend(coordinate: Array) -> tuple[Array, Array]:
    """How far the left of a coordinate is drawn out, and less its derivative."""
    left = -BEND * coordinate - BEND_FROM
    return np.logaddexp(0.0, left) / BEND, np.asarray(expit(left))
