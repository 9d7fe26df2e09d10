"""Which contrasts between covariates the polls of single houses identify."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.observations import Observations
from analysis.results import PollTrendResults
from analysis.sampling import Array

# A direction along which the polls of no house vary by more than this is not identified.
NOTHING_LEFT = 1e-9


def describe_levels(obs: Observations, covariate: str, level: str, baseline: str) -> dict[str, Any]:
    """Count the polls and houses of two levels of a covariate, and name the houses with both.

    Returns
    -------
    dict
        n_polls, n_houses, n_baseline_polls, n_baseline_houses, carried_by.
    """
    values = obs.polls[covariate].to_numpy(object)
    told: dict[str, Any] = {}
    found: list[set[str]] = []
    for prefix, value in (("", level), ("baseline_", baseline)):
        mine = values == value
        found.append(set(obs.polls.loc[mine, "house_id"]))
        told |= {f"n_{prefix}polls": int(mine.sum()), f"n_{prefix}houses": len(found[-1])}
    return told | {"carried_by": ", ".join(sorted(found[0] & found[1]))}


def is_within_houses(results: PollTrendResults, row: Array, ignore: str) -> bool:
    """Tell whether polls of single houses identify a contrast of covariates.

    Parameters
    ----------
    results : PollTrendResults
        Of a model with covariates.
    row : ndarray, shape (n_effects,)
        Weights of the effects.
    ignore : str
        A covariate whose effects are noise to the others, such as those of questions.

    Notes
    -----
    A combination c of coefficients is estimable if it lies in the row space of the
    columns, here after the houses' means are taken out (Searle 1971, Linear Models,
    section 5.4).
    """
    design, obs = results.model.design, results.observations
    is_covariate = np.array([_counts(name, ignore) for name in design.names])
    if not np.any(row[is_covariate]) or np.any(row[~is_covariate]):
        return False
    house = obs.house_of_poll
    columns = design.columns[design.house >= 0][:, is_covariate]
    means = np.array([columns[house == j].mean(axis=0) for j in range(len(obs.houses))])
    _, size, directions = np.linalg.svd(columns - means[house], full_matrices=False)
    told = directions[size > NOTHING_LEFT]
    wanted = row[is_covariate]
    return bool(np.allclose(told.T @ (told @ wanted), wanted, atol=1e-6))


def _counts(name: str, ignore: str) -> bool:
    """Is this effect a covariate with which the contrast must not be confounded."""
    return name.startswith("covariate:") and not name.startswith(f"covariate:{ignore}=")
