"""Three ways to a posterior: hyperparameters integrated, plugged in, or given by the caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.trend.hyperparameters._mode import find_posterior_mode
from analysis.trend.hyperparameters._tables import laplace_table, marginal_cdf, marginal_table
from analysis.trend.hyperparameters.lattice import Points
from analysis.trend.hyperparameters.quadrature import integrate_hyperparameters
from analysis.trend.hyperparameters.space import HyperparameterSpace
from analysis.trend.solver.filter import run_filter
from analysis.trend.solver.likelihood import solve_effects
from analysis.trend.solver.posterior import Posterior

# Points of the lattice that stand for all when it has more, as with five hyperparameters: then no
# mean of a level or an effect moves by a hundredth of an sd, and tables of days take a second.
MOST_POINTS = 1280


@dataclass(frozen=True, eq=False)
class Fit:
    """A posterior and how it came about.

    Parameters
    ----------
    method : str
        ``"full"`` (hyperparameters integrated out), ``"map"`` (plugged in) or ``"given"``.
    description : str
        The same in words, for the summary.
    posterior : Posterior
    param_table : callable
        From alpha to the table of the hyperparameters.
    llf : float
        Log likelihood at the mode of the hyperparameters (or where they were given).
    log_posterior : float
        Log posterior density of the log hyperparameters there.
    mode : dict
        Hyperparameters there, by name.
    is_converged : bool
    details : dict
        Counts of the search, for the diagnostics.
    warnings : tuple of str
    param_cdf : callable, optional
        From name and value of a hyperparameter to the probability that it lies below;
        None where the hyperparameters were not integrated out.
    """

    method: str
    description: str
    posterior: Posterior
    param_table: Callable[[float], pd.DataFrame]
    llf: float
    log_posterior: float
    mode: dict[str, float]
    is_converged: bool
    details: dict[str, Any]
    warnings: tuple[str, ...]
    param_cdf: Callable[[str, float], float] | None = None


def fit_full(space: HyperparameterSpace) -> Fit:
    """Integrate the hyperparameters out."""
    found = integrate_hyperparameters(space)
    points, mode = found.points.thinned(MOST_POINTS), found.mode
    params = _params_of(space, points)
    # Few points stand for all in tables of days; those of the scales themselves can have all.
    of_all, all_weights = _params_of(space, found.points), found.points.weights
    posterior = Posterior(
        design=space.design,
        nodes=space.nodes(points.outer),
        node_of=points.outer_of,
        params=params,
        weights=points.weights,
        effects_posterior=points.effects,
    )
    return Fit(
        method="full",
        description="scales integrated out (lattice on log scales, refined until nothing moved)",
        posterior=posterior,
        param_table=lambda alpha: marginal_table(of_all, all_weights, found.marginals, alpha),
        llf=mode.log_posterior - _log_prior(space, mode.at),
        log_posterior=mode.log_posterior,
        mode=_named(space, mode.at),
        is_converged=not found.warnings,
        details={
            "n_evaluations": mode.n_nodes,
            "log_evidence": found.log_evidence,
            "n_passes": found.n_passes,
            "n_points": len(points.weights),
            "first_lattice_off_sd": found.first_off,
        },
        warnings=found.warnings,
        param_cdf=lambda name, at: marginal_cdf(*found.marginals[space.names.index(name)], at),
    )


def fit_map(space: HyperparameterSpace) -> Fit:
    """Plug in the hyperparameters at their maximum a posteriori."""
    mode = find_posterior_mode(space)
    return Fit(
        method="map",
        description="plug-in scales (maximum a posteriori on log scales, Jacobian included)",
        posterior=_one_point(space, mode.at),
        param_table=lambda alpha: laplace_table(space.names, mode.at, mode.log_cov, alpha),
        llf=mode.log_posterior - _log_prior(space, mode.at),
        log_posterior=mode.log_posterior,
        mode=_named(space, mode.at),
        is_converged=mode.converged and not mode.warnings,
        details={
            "n_evaluations": mode.n_nodes,
            "largest_gradient": float(np.abs(mode.slope).max()),
        },
        warnings=mode.warnings,
    )


def fit_given(space: HyperparameterSpace, params: dict[str, float]) -> Fit:
    """Take the hyperparameters as they are."""
    at = np.log([params[name] for name in space.names])
    log_posterior = float(space.log_posterior(at[None, :-1], at[-1:])[0, 0])
    nothing = np.zeros((len(at), len(at)))
    return Fit(
        method="given",
        description="scales given by the caller, not estimated",
        posterior=_one_point(space, at),
        param_table=lambda alpha: laplace_table(space.names, at, nothing, alpha),
        llf=log_posterior - _log_prior(space, at),
        log_posterior=log_posterior,
        mode=_named(space, at),
        is_converged=True,
        details={"n_evaluations": 1},
        warnings=(),
    )


def _params_of(space: HyperparameterSpace, points: Points) -> dict[str, Array]:
    """Value of each hyperparameter at points, by name."""
    logs = np.column_stack([points.outer[points.outer_of], points.sigma])
    return {name: np.exp(logs[:, k]) for k, name in enumerate(space.names)}


def _one_point(space: HyperparameterSpace, at: Array) -> Posterior:
    """Posterior at one set of hyperparameters."""
    nodes = space.nodes(at[None, :-1])
    found = run_filter(space.design, nodes)
    params = {name: np.exp(at[k : k + 1]) for k, name in enumerate(space.names)}
    effects = solve_effects(space.design, found.normal, found.log_det, params["sigma_h"])
    return Posterior(
        design=space.design,
        nodes=nodes,
        node_of=np.zeros(1, dtype=np.int64),
        params=params,
        weights=np.ones(1),
        effects_posterior=effects,
    )


def _log_prior(space: HyperparameterSpace, at: Array) -> float:
    return float(space.log_prior(at[None, :-1], at[-1:])[0, 0])


def _named(space: HyperparameterSpace, at: Sequence[float] | Array) -> dict[str, float]:
    return {name: float(np.exp(value)) for name, value in zip(space.names, at, strict=True)}
