"""A variance budget: how far a printed share lies from the mean of the houses, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.composition._design import Flags, error_covariance
from analysis.composition._measures import effects_on
from analysis.composition.fitted import FittedComposition
from analysis.composition.inputs import REST


def variance_budget(fitted: FittedComposition, part: str | None) -> pd.DataFrame:
    """Split the squared distance of a printed share from the mean of the complete houses.

    Returns
    -------
    DataFrame
        See :meth:`analysis.composition.results.CompositionResults.variance_budget`.

    Notes
    -----
    As :func:`analysis.trend.budget.split_variance`, of the houses that print both answers:
    sampling, rounding and excess are means over their polls that print the part, the house
    parts expectations of the spread over these houses, each counted once.  Drift is how far
    a house lies from its own average on the dates of its polls, a mean over the polls.
    """
    composition, name = fitted.composition, fitted.part(part)
    complete = composition.is_complete_house
    of_complete = complete[fitted.design.house]
    budget = _errors(fitted, name, of_complete)
    effects = effects_on(composition, name, fitted.raw_draws.houses)[complete]
    sectors = np.array(fitted.observations.house_sector, dtype=object)[complete]
    within = effects - _sector_means(effects, sectors)
    if len(set(sectors)) > 1:
        budget["houses within sectors"] = float((within**2).mean())
        between = effects - effects.mean(axis=0) - within
        budget["between sectors"] = float((between**2).mean())
    else:
        budget["houses"] = float((within**2).mean())
    if fitted.design.drift:
        draws = fitted.draws("houses")
        moved = draws.on_polls() - draws.houses[fitted.design.house]
        budget["house drift"] = float(
            (effects_on(composition, name, moved)[of_complete] ** 2).mean()
        )
    frame = pd.DataFrame({"component": list(budget), "variance": list(budget.values())})
    frame["sd"] = np.sqrt(frame["variance"])
    frame["share_pct"] = 100 * frame["variance"] / frame["variance"].sum()
    return frame


def _errors(fitted: FittedComposition, part: str, of_complete: Flags) -> dict[str, float]:
    """Mean variances of the errors of the polls that print a part."""
    composition, design, omega = fitted.composition, fitted.design, fitted.raw_draws.params.omega
    weights = np.ones(2) if part == REST else np.eye(2)[composition.parts.index(part)]
    printed = (design.printed | (weights == 0)).all(axis=1) & of_complete
    sampling = np.nan_to_num(design.sampling)  # of what was not printed; it has no weight
    nothing, still = np.zeros(2), np.zeros((2, 1))
    found: dict[str, list[float]] = {"sampling": [], "rounding": [], "excess": []}
    for i in np.flatnonzero(printed):
        correlation = float(design.correlation[i])
        each = {
            "sampling": error_covariance(sampling[i], nothing, correlation, still),
            "rounding": error_covariance(nothing, design.rounding[i], correlation, still),
            "excess": error_covariance(nothing, nothing, correlation, omega),
        }
        for name, cov in each.items():
            found[name].append(float((weights @ cov.mean(axis=-1)) @ weights))
    return {name: float(np.mean(values)) for name, values in found.items()}


def _sector_means(effects: Array, sectors: np.ndarray[tuple[int], np.dtype[np.object_]]) -> Array:
    """Mean over the houses of each house's sector, shape of ``effects``."""
    means = {sector: effects[sectors == sector].mean(axis=0) for sector in set(sectors)}
    return np.array([means[sector] for sector in sectors])
