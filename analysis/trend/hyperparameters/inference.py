"""Three ways to a posterior: scales integrated, plugged in, or given by the caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.trend.hyperparameters.mode import find_peak
from analysis.trend.hyperparameters.quadrature import integrate_scales
from analysis.trend.hyperparameters.tables import laplace_table, marginal_cdf, marginal_table
from analysis.trend.solver.filter import run_bank
from analysis.trend.solver.likelihood import ScaleSpace, solve_effects
from analysis.trend.solver.posterior import Posterior

METHODS = {
    "full": "scales integrated out (lattice on log scales, refined until nothing moved)",
    "map": "plug-in scales (maximum a posteriori on log scales, Jacobian included)",
    "given": "scales given by the caller, not estimated",
}


@dataclass(frozen=True, eq=False)
class Fit:
    """A posterior and how it came about.

    Parameters
    ----------
    method : str
        Key of ``METHODS``.
    posterior : Posterior
    scale_table : callable
        From alpha to the table of the scales.
    llf : float
        Log likelihood at the mode of the scales (or where they were given).
    log_posterior : float
        Log posterior density of the log scales there.
    mode : dict
        Scales there, by name.
    is_converged : bool
    details : dict
        Counts of the search, for the diagnostics.
    warnings : tuple of str
    scale_cdf : callable, optional
        From name and value of a scale to the probability that it lies below;
        None where the scales were not integrated out.
    """

    method: str
    posterior: Posterior
    scale_table: Callable[[float], pd.DataFrame]
    llf: float
    log_posterior: float
    mode: dict[str, float]
    is_converged: bool
    details: dict[str, Any]
    warnings: tuple[str, ...]
    scale_cdf: Callable[[str, float], float] | None = None


def fit_full(space: ScaleSpace) -> Fit:
    """Integrate the scales out."""
    found = integrate_scales(space)
    points, peak = found.points, found.peak
    logs = np.column_stack([points.outer[points.outer_of], points.sigma])
    posterior = Posterior(
        design=space.design,
        nodes=space.nodes(points.outer),
        node_of=points.outer_of,
        scales={name: np.exp(logs[:, k]) for k, name in enumerate(space.names)},
        weights=points.weights,
        effects_posterior=points.effects,
    )
    return Fit(
        method="full",
        posterior=posterior,
        scale_table=lambda alpha: marginal_table(
            posterior.scales, posterior.weights, found.marginals, alpha
        ),
        llf=peak.log_posterior - _log_prior(space, peak.at),
        log_posterior=peak.log_posterior,
        mode=_named(space, peak.at),
        is_converged=not found.warnings,
        details={
            "n_evaluations": peak.n_nodes,
            "log_evidence": found.log_evidence,
            "n_passes": found.n_passes,
            "n_points": len(points.weights),
            "first_lattice_off_sd": found.first_off,
        },
        warnings=found.warnings,
        scale_cdf=lambda name, at: marginal_cdf(*found.marginals[space.names.index(name)], at),
    )


def fit_map(space: ScaleSpace) -> Fit:
    """Plug in the scales at their maximum a posteriori."""
    peak = find_peak(space)
    return Fit(
        method="map",
        posterior=_one_point(space, peak.at),
        scale_table=lambda alpha: laplace_table(space.names, peak.at, peak.log_cov, alpha),
        llf=peak.log_posterior - _log_prior(space, peak.at),
        log_posterior=peak.log_posterior,
        mode=_named(space, peak.at),
        is_converged=peak.converged and not peak.warnings,
        details={
            "n_evaluations": peak.n_nodes,
            "largest_gradient": float(np.abs(peak.slope).max()),
        },
        warnings=peak.warnings,
    )


def fit_given(space: ScaleSpace, scales: dict[str, float]) -> Fit:
    """Take the scales as they are."""
    at = np.log([scales[name] for name in space.names])
    log_posterior = float(space.log_posterior(at[None, :-1], at[-1:])[0, 0])
    nothing = np.zeros((len(at), len(at)))
    return Fit(
        method="given",
        posterior=_one_point(space, at),
        scale_table=lambda alpha: laplace_table(space.names, at, nothing, alpha),
        llf=log_posterior - _log_prior(space, at),
        log_posterior=log_posterior,
        mode=_named(space, at),
        is_converged=True,
        details={"n_evaluations": 1},
        warnings=(),
    )


def _one_point(space: ScaleSpace, at: Array) -> Posterior:
    """Posterior at one set of scales."""
    nodes = space.nodes(at[None, :-1])
    found = run_bank(space.design, nodes)
    scales = {name: np.exp(at[k : k + 1]) for k, name in enumerate(space.names)}
    effects = solve_effects(space.design, found.normal, found.log_det, scales["sigma_h"])
    return Posterior(
        design=space.design,
        nodes=nodes,
        node_of=np.zeros(1, dtype=np.int64),
        scales=scales,
        weights=np.ones(1),
        effects_posterior=effects,
    )


def _log_prior(space: ScaleSpace, at: Array) -> float:
    return float(space.log_prior(at[None, :-1], at[-1:])[0, 0])


def _named(space: ScaleSpace, at: Sequence[float] | Array) -> dict[str, float]:
    return {name: float(np.exp(value)) for name, value in zip(space.names, at, strict=True)}
