"""Predictive distributions of polls not yet seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.columns import is_blank, read_text
from analysis.errors import PollInputError, row_error
from analysis.observations import (
    CURES,
    Observations,
    read_decimals,
    read_field_dates,
    read_optional,
    read_sizes,
)
from analysis.posterior import JointPosterior
from analysis.priors import Priors
from analysis.sampling import Array, rounding_variance, sampling_variance

REQUIRED = ("house_id", "start_date", "end_date")


def predict_polls(
    new_polls: pd.DataFrame,
    observations: Observations,
    posterior: JointPosterior,
    scales: dict[str, float],
    priors: Priors,
) -> tuple[pd.DataFrame, Array, Array]:
    """Mean and variance of the shares that new polls will publish.

    Parameters
    ----------
    new_polls : DataFrame
        house_id, start_date, end_date, sample_size; optionally sector (needed
        for a house without polls when the model has sectors), decimals,
        n_parts, design_effect, sampling_var, poll_id.  A share_pct
        column is not looked at.
    observations, posterior, scales, priors
        Of the fitted model.

    Returns
    -------
    keys : DataFrame
        poll_id (where given), house_id, mid_date, in the order of ``new_polls``.
    mean, variance : ndarray, shape (n_new,)
        Percent and squared points.
    """
    missing = [c for c in REQUIRED if c not in new_polls.columns]
    if missing:
        raise PollInputError(
            f"column {missing[0]} is missing", f"new polls need {', '.join(REQUIRED)}"
        )
    house = read_text(new_polls, "house_id", CURES["house_id"])
    mid = read_field_dates(new_polls)[2]
    weights, extra = _effects_of(new_polls, house, observations, scales, priors)
    mean, variance = posterior.level(observations.days_of(mid), weights)
    error = _error_variance(new_polls, house, mean, observations) + scales["omega"] ** 2
    keys = pd.DataFrame({"house_id": house, "mid_date": mid})
    if "poll_id" in new_polls.columns:
        keys.insert(0, "poll_id", new_polls["poll_id"].to_numpy())
    return keys, mean, variance + extra + error


def _effects_of(
    new_polls: pd.DataFrame,
    house: np.ndarray[Any, Any],
    observations: Observations,
    scales: dict[str, float],
    priors: Priors,
) -> tuple[Array, Array]:
    """Weights over the effects of each new poll, and the variance of an effect never seen."""
    groups = observations.sectors if len(observations.sectors) > 1 else ()
    weights = np.zeros((len(house), len(observations.effects)))
    extra = np.zeros(len(house))
    for i, name in enumerate(house):
        if name in observations.houses:
            weights[i] = observations.house_map[observations.houses.index(name)]
            continue
        extra[i] = scales["sigma_h"] ** 2
        if groups:
            sector = _sector_of(new_polls, i, observations)
            if sector in groups:
                weights[i, groups.index(sector)] = 1.0
            else:
                extra[i] += priors.sector_sd**2
    return weights, extra


def _sector_of(new_polls: pd.DataFrame, i: int, observations: Observations) -> str:
    """Sector of a house without polls; a sector not seen before is allowed."""
    known = ", ".join(observations.sectors)
    cure = f"a house without polls needs its sector ({known}, or a new one)"
    if "sector" not in new_polls.columns:
        raise row_error(new_polls, [i], "sector", "the column is missing", cure)
    if is_blank(new_polls["sector"])[i]:
        raise row_error(new_polls, [i], "sector", "no value", cure)
    return str(new_polls["sector"].iloc[i])


def _error_variance(
    new_polls: pd.DataFrame, house: np.ndarray[Any, Any], mean: Array, observations: Observations
) -> Array:
    """Return sampling plus rounding variance at the expected share."""
    size, given = read_sizes(new_polls)
    deff = read_optional(new_polls, "design_effect", 1.0, 0.0, True)
    computed = sampling_variance(np.clip(mean, 0.0, 100.0), size, deff)
    # A house goes on printing the decimals it used; a new one prints whole percentages.
    usual = observations.polls.groupby("house_id")["decimals"].median()
    guess = np.array([float(usual.get(name, 0.0)) for name in house])
    decimals = read_decimals(new_polls, guess)
    parts = read_optional(new_polls, "n_parts", 1.0, 1.0, False)
    return np.where(np.isnan(given), computed, given) + rounding_variance(decimals, parts)
