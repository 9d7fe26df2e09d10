"""Draws from posterior and prior, polls simulated from them, and each poll left out in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from analysis.base.arrays import Array, Days, on_one_thread
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import interval_row
from analysis.base.mixture import Mixture
from analysis.trend.fitted import FittedTrend
from analysis.trend.solver.design import COVARIATE
from analysis.trend.solver.draws import Given, Paths, draw_posterior, draw_prior, leave_one_out
from analysis.trend.solver.logit import PercentLevels, from_logit
from analysis.trend.specification import TrendSpecification

# Sets of hyperparameters among the draws: each costs a pass through the polls.
MOST_SETS = 128
# More take all memory, and tell nothing more.
MOST_DRAWS = 1_000_000
# Which sets stand for the others where the caller gives no generator.
SEED = 20220224


@dataclass(frozen=True, eq=False)
class TrendDraws:
    """Joint draws of all that the model holds; a row is a draw in each table.

    Parameters
    ----------
    params : DataFrame
        Hyperparameters, by name.
    level : DataFrame
        Percent, by day.
    house_effects : DataFrame
        Points from the reference, by house; a drifting effect is averaged over the house's polls.
    expected : DataFrame
        Percent: the level as the house of each poll measures it on its day, without the
        poll's error; by poll, in the order of the results' ``observations.polls``.
    polls : DataFrame
        Percent: shares that the polls might have published, with their errors.
    log_likelihood : DataFrame
        Log density of each published share given the rest of the draw.

    Notes
    -----
    Draws that share their hyperparameters stand side by side; shuffle the rows for a chain.
    """

    params: pd.DataFrame
    level: pd.DataFrame
    house_effects: pd.DataFrame
    expected: pd.DataFrame
    polls: pd.DataFrame
    log_likelihood: pd.DataFrame


@on_one_thread
def draw_trend(
    fitted: FittedTrend,
    n: int,
    rng: np.random.Generator,
    reference: Any = None,
    dates: Sequence[object] | None = None,
) -> TrendDraws:
    """Draw from the posterior: see :meth:`analysis.trend.results.PollTrendResults.draws`."""
    posterior = fitted.posterior
    chosen, counts = _choose(posterior.weights, check_count(n), rng)
    sets = [_at_point(fitted, k) for k in chosen]
    weights = fitted.weights_of(reference)
    return _collect(fitted.model, sets, counts, draw_posterior, rng, weights, dates)


@on_one_thread
def draw_before_polls(
    model: TrendSpecification,
    n: int,
    rng: np.random.Generator,
    dates: Sequence[object] | None = None,
) -> TrendDraws:
    """Draw from the prior: see :meth:`analysis.trend.model.PollTrend.prior_predictive`."""
    drawn = [model.space.draw_params(rng) for _ in range(check_count(n))]
    noise = np.zeros(len(model.design.day))  # no poll is known yet
    sets = [Given(model.design, params, noise) for params in drawn]
    weights = np.full(len(model.observations.houses), 1 / len(model.observations.houses))
    return _collect(model, sets, [1] * n, draw_prior, rng, weights, dates)


@on_one_thread
def leave_out_polls(fitted: FittedTrend, alpha: float) -> pd.DataFrame:
    """Each poll as all others predict it: see :meth:`analysis.trend.results.PollTrendResults.loo`.

    Notes
    -----
    Given the hyperparameters exact; their posterior without a poll is that with it, each set
    weighed by one over the density that it gave to that poll.
    """
    model, posterior, design = fitted.model, fitted.posterior, fitted.model.design
    chosen, counts = _choose(posterior.weights, MOST_SETS, np.random.default_rng(SEED))
    is_poll = design.house >= 0
    response = design.response[is_poll]
    means, variances, densities = [], [], []
    for point in chosen:
        given = _at_point(fitted, point)
        mean, variance = (part[is_poll] for part in leave_one_out(given))
        errors, chances = model.space.error_variances(given.params)
        total = (variance - given.noise[is_poll])[:, None] + errors[is_poll]
        means.append(mean)
        variances.append(total)
        densities.append(_log_density(response - mean, total, chances))
    density, mean, variance = np.array(densities), np.array(means), np.array(variances)
    weights = np.array(counts)[:, None] * np.exp(density.min(axis=0) - density)
    weights /= weights.sum(axis=0)
    log_density = np.log((weights * np.exp(density)).sum(axis=0))
    rows = []
    for i, share in enumerate(fitted.observations.share_pct):
        each = (weights[:, i, None] * chances).ravel()
        centre = np.repeat(mean[:, i], len(chances))
        logits = Mixture(each, centre[:, None], variance[:, i].reshape(-1, 1))
        one = PercentLevels(logits) if model.options.is_logit else logits
        rows.append({**interval_row(one, alpha), "pit": 1 - one.probability_above(share)[0]})
    table = fitted.observations.polls
    named = [name for name in ("poll_id", "house_id", "mid_date", "share_pct") if name in table]
    log_density += np.log(_slope(model, response))
    return pd.concat([table[named], pd.DataFrame(rows, index=table.index)], axis=1).assign(
        log_density=log_density
    )


def check_replicates(fitted: FittedTrend, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Posterior predictive checks: see the method of the results of that name."""
    drawn = draw_trend(fitted, n, rng, dates=[str(fitted.observations.last_date)])
    shares, house = fitted.observations.share_pct, fitted.observations.house_of_poll
    replicated = drawn.polls.to_numpy()
    rows = []
    for name, statistic in STATISTICS.items():
        seen = statistic(shares[None, :], house)[0]
        values = statistic(replicated, house)
        above = float((values > seen).mean() + 0.5 * (values == seen).mean())
        lower, upper = np.quantile(values, [0.025, 0.975])
        rows.append((name, seen, values.mean(), lower, upper, above))
    columns = ["statistic", "observed", "mean", "lower", "upper", "prob_above"]
    return pd.DataFrame(rows, columns=columns)


def _spread(shares: Array, house: Days) -> Array:
    """Standard deviation of all shares."""
    return np.asarray(shares.std(axis=1))


def _house_range(shares: Array, house: Days) -> Array:
    """Highest less lowest mean of a house."""
    means = np.array([shares[:, house == j].mean(axis=1) for j in np.unique(house)])
    return np.asarray(means.max(axis=0) - means.min(axis=0))


def _steps(shares: Array, house: Days) -> Array:
    """Mean absolute change from one poll to the next of the same house."""
    steps = [np.abs(np.diff(shares[:, house == j], axis=1)) for j in np.unique(house)]
    each = np.concatenate(steps, axis=1)
    return np.asarray(each.mean(axis=1)) if each.shape[1] else np.zeros(len(shares))


STATISTICS: dict[str, Callable[[Array, Days], Array]] = {
    "mean share": lambda shares, house: np.asarray(shares.mean(axis=1)),
    "sd of shares": _spread,
    "lowest share": lambda shares, house: np.asarray(shares.min(axis=1)),
    "highest share": lambda shares, house: np.asarray(shares.max(axis=1)),
    "range of house means": _house_range,
    "change between polls of a house": _steps,
}


def check_count(n: object) -> int:
    """Return a number of draws, or say what it must be."""
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise PollInputError(f"n is {n!r}", "give a whole number of draws, 1 or more")
    if n > MOST_DRAWS:
        raise PollInputError(f"n is {n!r}", f"give a whole number of draws, 1 to {MOST_DRAWS}")
    return int(n)


def _choose(weights: Array, n: int, rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """Points of the posterior and how many draws each gets, by systematic sampling."""
    n_sets = min(n, MOST_SETS)
    ladder = (np.arange(n_sets) + rng.random()) / n_sets
    picked = np.minimum(np.searchsorted(np.cumsum(weights), ladder), len(weights) - 1)
    share = np.full(n_sets, n // n_sets)
    # Who gets one more is drawn, so that none is preferred.
    share[rng.permutation(n_sets)[: n % n_sets]] += 1
    points, which = np.unique(picked, return_inverse=True)
    counts = [int(share[which.ravel() == k].sum()) for k in range(len(points))]
    return [int(p) for p in points], counts


def _at_point(fitted: FittedTrend, point: int) -> Given:
    """The model at one point of its posterior, each poll with the error that it has there."""
    posterior = fitted.posterior
    params = {name: float(values[point]) for name, values in posterior.params.items()}
    noise = posterior.nodes.noise[:, posterior.node_of[point]]
    return Given(fitted.model.design, params, noise)


def _log_density(distance: Array, variances: Array, weights: Array) -> Array:
    """Log density of errors that may have several variances.

    Parameters
    ----------
    distance : ndarray, shape (n, ...)
    variances : ndarray, shape (n, ..., n_variances)
    weights : ndarray, shape (n_variances,)
        Adding up to one.
    """
    normal = distance[..., None] ** 2 / variances + np.log(2 * np.pi * variances)
    if len(weights) == 1:  # the sum would take half as much memory again for draws by the thousand
        return np.asarray(-0.5 * normal[..., 0])
    return np.asarray(logsumexp(-0.5 * normal, axis=-1, b=weights))


def _slope(model: TrendSpecification, response: Array) -> Array:
    """Points of the model's scale for a point of percent, at each share."""
    if not model.options.is_logit:
        return np.ones(len(response))
    percent = from_logit(response)
    return np.asarray(100 / (percent * (100 - percent)))


def _collect(
    model: TrendSpecification,
    sets: Sequence[Given],
    counts: Sequence[int],
    draw: Callable[..., Paths],
    rng: np.random.Generator,
    weights: Array,
    dates: Sequence[object] | None,
) -> TrendDraws:
    """Draw at each set of hyperparameters and put the tables together."""
    obs, design = model.observations, model.design
    if dates is None:
        chosen = np.arange(obs.first_date, obs.last_date + np.timedelta64(1, "D"))
    else:
        chosen = np.array([one_date(date, "date") for date in dates], dtype="datetime64[D]")
    days = obs.days_of(chosen)
    order = np.argsort(days, kind="stable")
    is_poll = design.house >= 0
    back: Callable[[Array], Array] = from_logit if model.options.is_logit else np.asarray
    response = design.response[is_poll][:, None]
    slope = np.log(_slope(model, design.response[is_poll]))[:, None]
    # What covariates make of the polls of a house is no effect of the house.
    is_covariate = np.array([name.startswith(COVARIATE) for name in design.names], dtype=bool)
    columns = design.columns[is_poll][:, is_covariate]
    parts: dict[str, list[Array]] = {name: [] for name in TrendDraws.__annotations__}
    for given, count in zip(sets, counts, strict=True):
        params = given.params
        paths = draw(given, days[order], weights, count, rng)
        level = np.empty_like(paths.level)
        level[order] = paths.level
        expected = paths.at_polls[is_poll]
        noise = model.space.draw_error_variance(params, rng, count)[is_poll]
        error = np.sqrt(noise) * rng.standard_normal(expected.shape)
        of_covariates = columns @ paths.effects[is_covariate]
        above = back(expected - of_covariates) - back(paths.reference[is_poll])
        house = design.house[is_poll]
        means = [above[house == j].mean(axis=0) for j in range(len(obs.houses))]
        errors, chances = model.space.error_variances(params)
        distance = response - expected
        likelihood = _log_density(distance, errors[is_poll][:, None, :], chances) + slope
        named = np.tile([params[name] for name in model.space.param_names], (count, 1))
        parts["params"].append(named)
        parts["level"].append(back(level).T)
        parts["house_effects"].append(np.array(means).T)
        parts["expected"].append(back(expected).T)
        parts["polls"].append(back(expected + error).T)
        parts["log_likelihood"].append(likelihood.T)
    polls = obs.polls
    of_polls = pd.Index(polls.get("poll_id", polls.index), name="poll")
    heads: dict[str, pd.Index[Any]] = {
        "params": pd.Index(model.space.param_names, name="parameter"),
        "level": pd.DatetimeIndex(chosen.astype("datetime64[s]"), name="date"),
        "house_effects": pd.Index(obs.houses, name="house_id"),
    }
    tables = {
        name: pd.DataFrame(np.vstack(rows), columns=heads.get(name, of_polls))
        for name, rows in parts.items()
    }
    return TrendDraws(**{name: table.rename_axis("draw") for name, table in tables.items()})
