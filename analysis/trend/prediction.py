"""Predictive distributions of polls not yet seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days
from analysis.base.columns import is_blank, read_text
from analysis.base.errors import PollInputError, row_error
from analysis.base.intervals import Distribution
from analysis.base.mixture import Mixture
from analysis.base.observations import (
    CURES,
    Observations,
    read_decimals,
    read_field_dates,
    read_optional,
    read_sizes,
)
from analysis.base.sampling import rounding_variance, sampling_variance
from analysis.trend.hyperparameters.space import excess_variance
from analysis.trend.solver.estimands import walk_weights
from analysis.trend.solver.logit import PercentLevels, slope_at
from analysis.trend.solver.posterior import Posterior

if TYPE_CHECKING:
    from analysis.trend.model import PollTrend

REQUIRED = ("house_id", "start_date", "end_date")


def predict_polls(
    new_polls: pd.DataFrame, model: PollTrend, posterior: Posterior
) -> tuple[pd.DataFrame, Distribution]:
    """Distribution of the shares that new polls will publish.

    Parameters
    ----------
    new_polls : DataFrame
        house_id, start_date, end_date, sample_size; optionally sector (needed
        for a house without polls when the model has sectors), decimals,
        n_parts, design_effect, sampling_var, poll_id, and the covariates of
        the model.  A share_pct column is not looked at.
    model : PollTrend
    posterior : Posterior

    Returns
    -------
    keys : DataFrame
        poll_id (where given), house_id, mid_date, in the order of ``new_polls``.
    shares : Distribution
        Percent.
    """
    missing = [c for c in REQUIRED if c not in new_polls.columns]
    if missing:
        raise PollInputError(
            f"column {missing[0]} is missing", f"new polls need {', '.join(REQUIRED)}"
        )
    house = read_text(new_polls, "house_id", CURES["house_id"])
    mid = read_field_dates(new_polls)[2]
    observations = model.observations
    level = _levels(new_polls, house, observations.days_of(mid), model, posterior)
    level = level.plus(_unseen_variance(new_polls, house, model, posterior))
    is_logit = model.scale == "logit"
    expected = PercentLevels(level).centre if is_logit else level.centre
    error = _error_variance(new_polls, house, expected, observations)
    error = error * slope_at(expected) ** 2 if is_logit else error
    shares = level.plus(error + excess_variance(posterior.params, house))
    keys = pd.DataFrame({"house_id": house, "mid_date": mid})
    if "poll_id" in new_polls.columns:
        keys.insert(0, "poll_id", new_polls["poll_id"].to_numpy())
    return keys, PercentLevels(shares) if is_logit else shares


def _levels(
    new_polls: pd.DataFrame,
    house: np.ndarray[Any, Any],
    days: Days,
    model: PollTrend,
    posterior: Posterior,
) -> Mixture:
    """Level on each day as the house measures it; a new house as its sector does."""
    design, observations = posterior.design, model.observations
    effects = design.level_columns(days)
    coded = model.covariates.code(new_polls)
    effects[:, effects.shape[1] - coded.shape[1] :] += coded
    own = np.zeros((len(house), len(observations.houses)))
    for i, name in enumerate(house):
        if name in observations.houses:
            own[i, observations.houses.index(name)] = 1.0
        elif len(observations.sectors) > 1:
            sector = _sector_of(new_polls, i, observations)
            if sector in observations.sectors:
                effects[i, design.names.index(f"sector:{sector}")] = 1.0
    effects = effects + own @ design.house_map
    walks = walk_weights(design, 1.0, own)
    mean = np.zeros((len(posterior.weights), len(house)))
    variance = np.zeros_like(mean)
    # Polls of one house share one pass; without drift all polls do.
    for pattern in np.unique(walks, axis=0):
        rows = np.flatnonzero((walks == pattern).all(axis=1))
        part = posterior.level(days[rows], effects[rows], pattern)
        mean[:, rows], variance[:, rows] = part.mean, part.variance
    return Mixture(posterior.weights, mean, variance)


def _unseen_variance(
    new_polls: pd.DataFrame,
    house: np.ndarray[Any, Any],
    model: PollTrend,
    posterior: Posterior,
) -> Array:
    """Variance of effects never seen, shape (n_points, n_new)."""
    observations, priors = model.observations, model.model_priors
    unseen = np.zeros((len(posterior.weights), len(house)))
    for i, name in enumerate(house):
        if name not in observations.houses:
            unseen[:, i] = posterior.params["sigma_h"] ** 2
            if len(observations.sectors) > 1:
                sector = _sector_of(new_polls, i, observations)
                unseen[:, i] += 0.0 if sector in observations.sectors else priors.sector_sd**2
    return unseen


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
