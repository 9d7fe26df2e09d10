"""Fit with an excess error for each house: weighted points, and tables of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.base.arrays import Array, Days
from analysis.base.intervals import check_alpha
from analysis.base.priors import PARAM_UNITS
from analysis.base.weighted import weighted_moments, weighted_quantiles
from analysis.integrate import ImportanceSample, sample_posterior
from analysis.trend.hyperparameters._tables import COLUMNS
from analysis.trend.hyperparameters.inference import Fit
from analysis.trend.hyperparameters.space import (
    NEW_HOUSE,
    SPREAD,
    Coordinates,
    HouseVarianceSpace,
    Unpacked,
    omega_name,
)
from analysis.trend.solver.posterior import Posterior

# Sobol points of a round, of all rounds at most, and how many of them must be worth something.
# Means of the level on the support series lie 0.008 sd from those of 65,536 points (root mean
# square over days and eight seeds). With half as many worth something, means of the excess errors
# strayed from those of NUTS by 0.12 sd.
ROUND_POINTS, MOST_POINTS, ENOUGH = 2048, 32768, 2048.0
# Equally weighted points that stand for the sample in everything but the table of hyperparameters.
# Spread over what levels and houses hang on most, they do as well as twice as many in any order.
KEPT_POINTS, SPREAD_OVER = 512, ("sigma_h", "tau")
# Points that are evaluated together, whose error variances are so many numbers at most (32 MB).
BATCH, BATCH_NUMBERS = 2048, 4_000_000
SEED = 20220224
# Points of the axis on which the mode of a hyperparameter is sought.
AXIS_POINTS = 400


def fit_by_house(space: HouseVarianceSpace) -> Fit:
    """Integrate all hyperparameters out, those of the single houses included.

    Parameters
    ----------
    space : HouseVarianceSpace

    Returns
    -------
    Fit
        With ``effective_points`` and ``pareto_k`` among the details.
    """
    coordinates = Coordinates(space)
    sample = sample_posterior(
        coordinates.log_posterior,
        coordinates.start,
        coordinates.slopes,
        n_points=ROUND_POINTS,
        enough=ENOUGH,
        most_points=MOST_POINTS,
        batch=int(np.clip(BATCH_NUMBERS // len(space.design.day), 1, BATCH)),
    )
    found = coordinates.unpack(sample.points)
    values = _named(space, found)
    at = coordinates.unpack(sample.mode[None, :])
    mode = {name: float(value[0]) for name, value in _named(space, at).items()}
    llf = float(space.loglike(at.outer, at.omega_of)[0])
    log_prior = space.log_prior_of_logs([float(np.log(mode[name])) for name in space.names])
    return describe_sample(
        "an excess error for each house; scales integrated out (weighted Sobol points)",
        sample,
        _posterior(space, sample, found),
        values,
        mode,
        (llf, log_prior),
    )


def describe_sample(
    description: str,
    sample: ImportanceSample,
    posterior: Posterior,
    values: dict[str, Array],
    mode: dict[str, float],
    logs_at_mode: tuple[float, float],
) -> Fit:
    """Fit told by weighted points.

    Parameters
    ----------
    description : str
    sample : ImportanceSample
    posterior : Posterior
        Points of equal weight that stand for the sample.
    values : dict of str to ndarray, shape (n_points,)
        Hyperparameters at the points.
    mode : dict of str to float
    logs_at_mode : tuple of float
        Log likelihood and log prior density there.
    """
    llf, log_prior = logs_at_mode
    return Fit(
        method="full",
        description=description,
        posterior=posterior,
        param_table=lambda alpha: weighted_table(values, sample.weights, alpha),
        llf=llf,
        log_posterior=llf + log_prior,
        mode=mode,
        is_converged=not sample.warnings,
        details={
            "n_evaluations": sample.n_evaluations,
            "log_evidence": sample.log_evidence,
            "n_points": len(sample.points),
            "effective_points": sample.ess,
            "pareto_k": sample.pareto_k,
        },
        warnings=sample.warnings,
        param_cdf=lambda name, at: float(sample.weights @ (values[name] < at)),
    )


def give_by_house(space: HouseVarianceSpace, params: dict[str, float]) -> Fit:
    """Take the hyperparameters as they are."""
    each = {name: np.array([params[name]]) for name in space.names}
    omega_of = np.array([[params[omega_name(house)] for house in space.houses]])
    nodes = space.nodes_of(each, omega_of)
    effects = space.effects(nodes, each["sigma_h"])
    posterior = Posterior(
        design=space.design,
        nodes=nodes,
        node_of=np.zeros(1, dtype=np.int64),
        # A house not seen yet: the middle of what its prior says.
        params=each | {NEW_HOUSE: each["omega"]},
        weights=np.ones(1),
        effects_posterior=effects,
    )
    llf = float(effects.loglike[0])
    log_prior = space.log_prior_of_logs([float(np.log(params[name])) for name in space.names])
    return Fit(
        method="given",
        description="an excess error for each house; scales given by the caller, not estimated",
        posterior=posterior,
        param_table=lambda alpha: weighted_table(each, np.ones(1), alpha),
        llf=llf,
        log_posterior=llf + log_prior,
        mode=params,
        is_converged=True,
        details={"n_evaluations": 1},
        warnings=(),
    )


def _named(space: HouseVarianceSpace, found: Unpacked) -> dict[str, Array]:
    """Value of each hyperparameter at each point, by name."""
    of_houses = {omega_name(h): found.omega_of[:, j] for j, h in enumerate(space.houses)}
    return found.outer | of_houses


def _posterior(space: HouseVarianceSpace, sample: ImportanceSample, found: Unpacked) -> Posterior:
    """Equally weighted points, each of which gets one pass through the polls."""
    along, across = (found.outer[name] for name in SPREAD_OVER)
    spread = spread_points(along, across, sample.weights, KEPT_POINTS)
    kept, counts = np.unique(spread, return_counts=True)
    outer = {name: values[kept] for name, values in found.outer.items()}
    omega_of = found.omega_of[kept]
    nodes = space.nodes_of(outer, omega_of)
    each = {omega_name(h): omega_of[:, j] for j, h in enumerate(space.houses)}
    # Ratios of a house not seen yet: evenly spread normal scores, in an order of their own.
    scores = ndtri((np.arange(len(kept)) + 0.5) / len(kept))
    scores = np.random.default_rng(SEED).permutation(scores)
    new_house = outer["omega"] * np.exp(outer[SPREAD] * scores)
    return Posterior(
        design=space.design,
        nodes=nodes,
        node_of=np.arange(len(kept)),
        params=outer | each | {NEW_HOUSE: new_house},
        weights=counts / counts.sum(),
        effects_posterior=space.effects(nodes, outer["sigma_h"]),
    )


def spread_points(first: Array, second: Array, weights: Array, n: int) -> Days:
    """Positions of n points of equal weight, evenly spread over two coordinates.

    Parameters
    ----------
    first, second : ndarray, shape (n_points,)
        The points go along bands of the first, up and down the second in turns.
    weights : ndarray, shape (n_points,)
        Summing to one.
    n : int

    Returns
    -------
    ndarray of int, shape (n,)
        A point of much weight stands there several times.

    Notes
    -----
    Systematic resampling errs the less, the closer to each other are the points that stand for
    one another (Gerber, Chopin and Whiteley 2019, "Negative association, ordering and convergence
    of resampling methods", Annals of Statistics 47(4)).

    Examples
    --------
    >>> x, y = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> spread_points(x, y, np.full(4, 0.25), 4)
    array([0, 1, 3, 2])
    """
    n_bands = max(1, round(n**0.5))
    order = np.argsort(first, kind="stable")
    middles = np.cumsum(weights[order]) - weights[order] / 2
    band = np.empty(len(order), dtype=np.int64)
    band[order] = (middles * n_bands).astype(np.int64)
    along = np.lexsort([np.where(band % 2, -second, second), band])
    edges = np.cumsum(weights[along])
    at = (np.arange(n) + 0.5) / n * edges[-1]
    return np.asarray(along[np.minimum(np.searchsorted(edges, at), len(along) - 1)])


def weighted_table(values: dict[str, Array], weights: Array, alpha: float) -> pd.DataFrame:
    """One row per hyperparameter from weighted points.

    Parameters
    ----------
    values : dict of ndarray, shape (n_points,)
        By name, above 0.
    weights : ndarray, shape (n_points,)
        Summing to one.
    alpha : float

    Returns
    -------
    DataFrame
        parameter, mode (of the logarithm, by a kernel estimate), mean, sd,
        lower, upper, unit.

    Examples
    --------
    >>> points = {"omega": np.array([1.0, 2.0, 3.0])}
    >>> weighted_table(points, np.full(3, 1 / 3), 0.05)["mean"].item()
    2.0
    """
    check_alpha(alpha)
    rows = []
    for name, value in values.items():
        mean, sd = weighted_moments(value, weights)
        lower, upper = weighted_quantiles(value, weights, [alpha / 2, 1 - alpha / 2])
        rows.append(
            {
                "parameter": name,
                "mode": _mode(np.log(value), weights),
                "mean": mean,
                "sd": sd,
                "lower": float(lower),
                "upper": float(upper),
                "unit": PARAM_UNITS.get(name, "log ratio" if name == SPREAD else "points"),
            }
        )
    return pd.DataFrame(rows)[list(COLUMNS)]


def _mode(logs: Array, weights: Array) -> float:
    """Highest point of a kernel density of the logarithm, as a value (Silverman's bandwidth)."""
    _, sd = weighted_moments(logs, weights)
    low, high = weighted_quantiles(logs, weights, [0.001, 0.999])
    # Of values that are all one the sd may still be some of the last digits.
    if high == low:
        return float(np.exp(low))
    bandwidth = 1.06 * sd * float((weights**2).sum()) ** 0.2
    axis = np.linspace(low, high, AXIS_POINTS)

    def highest(of: Array) -> int:
        with np.errstate(under="ignore"):
            density = np.exp(-0.5 * ((of[:, None] - logs) / bandwidth) ** 2) @ weights
        return int(np.argmax(density))

    # The density cannot turn between points that are closer than its bandwidth.
    step = max(1, int(bandwidth / 2 / (axis[1] - axis[0])))
    first = max(0, (highest(axis[::step]) - 1) * step)
    near = axis[first : first + 2 * step + 1]
    return float(np.exp(near[highest(near)]))
