"""Predictive distributions of polls not yet seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days
from analysis.base.columns import read_text
from analysis.base.errors import PollInputError
from analysis.base.mixture import Mixture
from analysis.base.sampling import rounding_variance, sampling_variance
from analysis.observations.frame import (
    CURES,
    Observations,
    read_decimals,
    read_field_dates,
    read_optional,
    read_sizes,
    sector_of_new_house,
    usual_decimals,
)
from analysis.trend.fitted import FittedTrend
from analysis.trend.hyperparameters.space import excess_variance
from analysis.trend.solver.estimands import walk_weights
from analysis.trend.solver.logit import PercentLevels, slope_at

# An sd from fewer houses is known to no better than a factor of two.
ENOUGH_HOUSES = 5
REQUIRED = ("house_id", "start_date", "end_date")


def predict_polls(
    new_polls: pd.DataFrame, fitted: FittedTrend
) -> tuple[pd.DataFrame, Mixture | PercentLevels]:
    """Distribution of the shares that new polls will publish.

    Parameters
    ----------
    new_polls : DataFrame
        house_id, start_date, end_date, sample_size; optionally sector (needed
        for a house without polls when the model has sectors), decimals,
        n_parts, design_effect, sampling_var, poll_id, and the covariates of
        the model.  A share_pct column is not looked at.
    fitted : FittedTrend

    Returns
    -------
    keys : DataFrame
        poll_id (where given), house_id, mid_date, in the order of ``new_polls``.
    shares : Mixture or PercentLevels
        Percent.
    """
    if not isinstance(new_polls, pd.DataFrame):
        raise PollInputError(
            f"new polls came as {type(new_polls).__name__}", "pass a pandas DataFrame"
        )
    missing = [c for c in REQUIRED if c not in new_polls.columns]
    if missing:
        raise PollInputError(
            f"column {missing[0]} is missing", f"new polls need {', '.join(REQUIRED)}"
        )
    house = read_text(new_polls, "house_id", CURES["house_id"])
    mid = read_field_dates(new_polls)[2]
    observations, is_logit = fitted.observations, fitted.model.options.is_logit
    level = _levels(new_polls, house, observations.days_of(mid), fitted)
    level = level.plus(_unseen_variance(new_polls, house, fitted))
    expected = PercentLevels(level).centre if is_logit else level.centre
    error = _error_variance(new_polls, house, expected, observations)
    error = error * slope_at(expected) ** 2 if is_logit else error
    shares = level.plus(error + excess_variance(fitted.posterior.params, house))
    keys = pd.DataFrame({"house_id": house, "mid_date": mid})
    if "poll_id" in new_polls.columns:
        keys.insert(0, "poll_id", new_polls["poll_id"].to_numpy())
    return keys, PercentLevels(shares) if is_logit else shares


def note_few_houses(fitted: FittedTrend) -> tuple[str, ...]:
    """Say where what a house not seen yet may measure is the prior's word more than the polls'."""
    n_houses, spread = len(fitted.observations.houses), fitted.model.priors.sigma_h
    if n_houses >= ENOUGH_HOUSES:
        return ()
    text = (
        f"how far a house without polls may lie from others, {n_houses} houses can hardly tell, "
        f"and the prior of their spread (sd {spread:g} points) says most: give the spread that "
        "you expect (Priors(sigma_h=...), --prior-sigma-h), or scale='logit' where shares are "
        "small"
    )
    return (text,)


def _levels(
    new_polls: pd.DataFrame,
    house: np.ndarray[Any, Any],
    days: Days,
    fitted: FittedTrend,
) -> Mixture:
    """Level on each day as the house measures it; a new house as its sector does."""
    design, observations, posterior = fitted.model.design, fitted.observations, fitted.posterior
    effects = design.level_columns(days)
    coded = fitted.model.covariates.code(new_polls)
    effects[:, effects.shape[1] - coded.shape[1] :] += coded
    own = np.zeros((len(house), len(observations.houses)))
    effects[~np.isin(house, observations.houses)] += design.shared
    for i, name in enumerate(house):
        if name in observations.houses:
            own[i, observations.houses.index(name)] = 1.0
        elif len(observations.sectors) > 1:
            sector = sector_of_new_house(new_polls, i, observations)
            if sector in observations.sectors:
                effects[i, design.names.index(f"sector:{sector}")] = 1.0
    effects = effects + own @ design.house_map
    walks = walk_weights(design, 1.0, own)
    patterns = np.unique(walks, axis=0)
    # On days with polls one pass does for all houses.
    if len(patterns) > 1 and not design.is_reverting and np.isin(days, design.day).all():
        return posterior.level_at_knots(days, effects, walks)
    mean = np.zeros((len(posterior.weights), len(house)))
    variance = np.zeros_like(mean)
    # Polls of one house share one pass; without drift all polls do.
    for pattern in patterns:
        rows = np.flatnonzero((walks == pattern).all(axis=1))
        part = posterior.level(days[rows], effects[rows], pattern)
        mean[:, rows], variance[:, rows] = part.mean, part.variance
    return Mixture(posterior.weights, mean, variance)


def _unseen_variance(
    new_polls: pd.DataFrame, house: np.ndarray[Any, Any], fitted: FittedTrend
) -> Array:
    """Variance of effects never seen, shape (n_points, n_new)."""
    observations, posterior = fitted.observations, fitted.posterior
    sector_variance = fitted.model.model_priors.sector_sd**2
    unseen = np.zeros((len(posterior.weights), len(house)))
    for i, name in enumerate(house):
        if name not in observations.houses:
            unseen[:, i] = posterior.params["sigma_h"] ** 2
            if len(observations.sectors) > 1:
                sector = sector_of_new_house(new_polls, i, observations)
                unseen[:, i] += 0.0 if sector in observations.sectors else sector_variance
    return unseen


def _error_variance(
    new_polls: pd.DataFrame, house: np.ndarray[Any, Any], mean: Array, observations: Observations
) -> Array:
    """Return sampling plus rounding variance at the expected share."""
    size, given = read_sizes(new_polls)
    deff = read_optional(new_polls, "design_effect", 1.0, 0.0, True)
    computed = sampling_variance(np.clip(mean, 0.0, 100.0), size, deff)
    decimals = read_decimals(new_polls, usual_decimals(house, observations))
    parts = read_optional(new_polls, "n_parts", 1.0, 1.0, False)
    return np.where(np.isnan(given), computed, given) + rounding_variance(decimals, parts)
