"""How far polls of past elections missed, together and one by one: total survey error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.sparse import coo_array

from analysis.base.arrays import Array, Days, on_one_thread
from analysis.base.columns import read_dates, read_numbers, read_text
from analysis.base.errors import PollInputError, row_error
from analysis.base.weighted import weighted_moments, weighted_quantiles
from analysis.integrate import half_normal, sample_posterior
from analysis.observations import find_past_suspicions

# Polls of the last three weeks, as Shirani-Mehr and others take them.
DAYS = 21
SCALES = ("shared", "houses", "excess")
# Half-normal scales of the priors, and sd of the mean of all errors, points at one half.
PRIOR_SD = {"shared": 5.0, "houses": 3.0, "excess": 3.0}
MEAN_SD = 5.0
N_POINTS = 512
SEED = 20220227
N_DRAWS = 4000
NEEDED = {
    "polls": ("election", "house_id", "share_pct", "sample_size"),
    "results": ("election", "result_pct"),
}


@dataclass(frozen=True, eq=False)
class PastErrors:
    """What past elections teach of the errors of polls.

    Parameters
    ----------
    scales : DataFrame
        scale, mean, sd, lower, upper (points of a share of one half) of: ``mean`` (of all
        errors), ``shared`` (sd from election to election of the error that all its polls share),
        ``houses`` (sd of what a house errs everywhere), ``excess`` (sd beyond sampling),
        ``mean absolute shared`` (of these elections), and ``error to sampling`` (a ratio:
        root mean square error over what sampling alone would give).
    elections : DataFrame
        election, n_polls, result_pct, mean, sd, lower, upper: error that its polls share,
        points.
    houses : DataFrame
        house_id, n_polls, mean, sd, lower, upper: its own error, points of a share of one half.
    common_error : float
        For the option of that name: root mean square of the mean error and of the shared one.
    n_left_out : int
        Polls that ended earlier than the days before the election that count.
    notes : tuple of str
        What deserves a look in the polls, each with rows and cure.
    """

    scales: pd.DataFrame
    elections: pd.DataFrame
    houses: pd.DataFrame
    common_error: float
    n_left_out: int
    notes: tuple[str, ...]


@on_one_thread
def past_errors(
    polls: pd.DataFrame, results: pd.DataFrame, *, days: int = DAYS, alpha: float = 0.05
) -> PastErrors:
    """Estimate the errors of polls of past elections.

    Parameters
    ----------
    polls : DataFrame
        election, house_id, share_pct (percent), sample_size and, where polls of other days than
        the last are to be left out, end_date.
    results : DataFrame
        election, result_pct and, with end_date, date: one row an election.
    days : int
        Polls that ended more days before the election are left out.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    PastErrors

    Raises
    ------
    PollInputError
        Naming row, column, what was found and the cure.

    Notes
    -----
    Error i of house j in election r, over ``sqrt(p (100 - p)) / 50`` with the result p::

        e_i = m + b_r + h_j + N(0, 2500 / n_i + excess^2)      b_r ~ N(0, shared^2)

    as in Shirani-Mehr, Rothschild, Goel and Gelman (2018), "Disentangling bias and variance in
    election polls", Journal of the American Statistical Association 113(522), without their
    trend within the three weeks, and with houses.  Scales are integrated out.

    Examples
    --------
    >>> polls = pd.DataFrame({
    ...     "election": ["x"] * 3 + ["y"] * 3, "house_id": ["a", "b", "c"] * 2,
    ...     "share_pct": [53, 54, 52, 47, 46, 48], "sample_size": 1000,
    ... })
    >>> results = pd.DataFrame({"election": ["x", "y"], "result_pct": [50, 50]})
    >>> found = past_errors(polls, results)
    >>> found.elections["mean"].round(0).tolist()
    [3.0, -3.0]
    """
    taken, n_left_out, notes = _read(polls, results, days)
    elections, r = np.unique(taken["election"].to_numpy(object), return_inverse=True)
    houses, j = np.unique(taken["house_id"].to_numpy(object), return_inverse=True)
    result = taken["result_pct"].to_numpy(dtype=float)
    unit = np.sqrt(result * (100 - result)) / 50
    error = (taken["share_pct"].to_numpy(dtype=float) - result) / unit
    sampling = 2500 / taken["sample_size"].to_numpy(dtype=float)
    errors = _Errors(error, sampling, r, j)

    def density(points: Array) -> Array:
        prior = -0.5 * (points**2).sum(axis=1)
        return np.asarray([_Given(errors, values).loglike for values in _values(points)] + prior)

    sample = sample_posterior(density, np.zeros((1, 3)), n_points=N_POINTS, batch=64)
    rng, values = np.random.default_rng(SEED), _values(sample.points)
    chosen, counts = np.unique(sample.resample(N_DRAWS), return_counts=True)
    parts = []
    for k, count in zip(chosen, counts, strict=True):
        parts.append(_Given(errors, values[k]).draw(int(count), rng))
    draws = np.concatenate(parts, axis=1)
    shared = draws[0] + draws[1 : 1 + len(elections)]
    unit_of = np.array([unit[r == k][0] for k in range(len(elections))])
    by_election = _table(shared * unit_of[:, None], alpha)
    by_election.insert(0, "election", elections)
    by_election.insert(1, "n_polls", np.bincount(r))
    by_election.insert(2, "result_pct", [result[r == k][0] for k in range(len(elections))])
    by_house = _table(draws[1 + len(elections) :], alpha)
    by_house.insert(0, "house_id", houses)
    by_house.insert(1, "n_polls", np.bincount(j))
    ratio = float(np.sqrt((error**2).mean() / sampling.mean()))
    rows: list[tuple[object, ...]] = [("mean", *_table(draws[:1], alpha).iloc[0])]
    for name, column in zip(SCALES, values.T, strict=True):
        moments = weighted_moments(column, sample.weights)
        ends = weighted_quantiles(column, sample.weights, [alpha / 2, 1 - alpha / 2])
        rows.append((name, *moments, *ends))
    absolute = np.abs(shared).mean(axis=0)[None, :]
    rows.append(("mean absolute shared", *_table(absolute, alpha).iloc[0]))
    rows.append(("error to sampling", ratio, np.nan, np.nan, np.nan))
    scales = pd.DataFrame(rows, columns=["scale", "mean", "sd", "lower", "upper"])
    square = float(sample.weights @ values[:, 0] ** 2 + (draws[0] ** 2).mean())
    return PastErrors(scales, by_election, by_house, float(np.sqrt(square)), n_left_out, notes)


def _values(points: Array) -> Array:
    """Scales at coordinates whose prior is standard normal, shape (n, 3)."""
    columns = zip(SCALES, points.T, strict=True)
    return np.column_stack([half_normal(z, PRIOR_SD[name]) for name, z in columns])


@dataclass(frozen=True, eq=False)
class _Errors:
    """Errors of polls and their sampling variances, each of shape (n,), with election and house."""

    error: Array
    sampling: Array
    election: Days
    house: Days

    def sum_by_election(self, values: Array) -> Array:
        """Sums over the polls of each election."""
        return np.asarray(np.bincount(self.election, values))

    def sum_by_house(self, values: Array) -> Array:
        """Sum over all polls, and sums over those of each house."""
        return np.append(values.sum(), np.bincount(self.house, values))


class _Given:
    """Posterior of all effects at given scales: the mean of errors, elections and houses.

    Few polls join an election with a house, so elections are taken out first: their own
    precisions are a diagonal, and what is left has the size of the houses.

    Parameters
    ----------
    errors : _Errors
    scales : ndarray, shape (3,)

    Attributes
    ----------
    loglike : float
        All effects integrated out.
    """

    def __init__(self, errors: _Errors, scales: Array) -> None:
        shared, houses, excess = scales
        noise = errors.sampling + excess**2
        weight = 1 / noise
        weighted = weight * errors.error
        self._own = errors.sum_by_election(weight) + 1 / shared**2
        by_house = errors.sum_by_house(weight)
        n, n_elections, n_others = len(weight), len(self._own), len(by_house)
        places = np.tile(errors.election, 2), np.append(np.zeros(n, np.int64), errors.house + 1)
        shape = (n_elections, n_others)
        self._joint = coo_array((np.tile(weight, 2), places), shape=shape).tocsr()
        prior = np.append(MEAN_SD**2, np.full(n_others - 1, houses**2))
        precision = np.diag(by_house + 1 / prior)
        precision[0, 1:] = precision[1:, 0] = by_house[1:]
        scaled = self._joint.multiply(1 / self._own[:, None]).tocsr()
        self._root = cholesky(precision - (self._joint.T @ scaled).toarray(), lower=True)
        self._seen = errors.sum_by_election(weighted)
        left = errors.sum_by_house(weighted) - scaled.T @ self._seen
        self._others = cho_solve((self._root, True), left)
        log_det = np.log(noise).sum() + np.log(prior).sum() + n_elections * np.log(shared**2)
        log_det += np.log(self._own).sum() + 2 * np.log(np.diag(self._root)).sum()
        told = self._seen @ (self._seen / self._own) + left @ self._others
        self.loglike = -0.5 * float(log_det + (weighted * errors.error).sum() - told)

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Draw the mean, elections and houses, in this order: shape (n_effects, n)."""
        noise = rng.standard_normal((len(self._others), n))
        others = self._others[:, None] + solve_triangular(self._root.T, noise, lower=False)
        centre = (self._seen[:, None] - self._joint @ others) / self._own[:, None]
        noise = rng.standard_normal((len(self._own), n))
        elections = centre + noise / np.sqrt(self._own)[:, None]
        return np.concatenate([others[:1], elections, others[1:]])


def _table(draws: Array, alpha: float) -> pd.DataFrame:
    """Columns mean, sd, lower, upper of draws, shape (n, n_draws)."""
    lower, upper = np.quantile(draws, [alpha / 2, 1 - alpha / 2], axis=1)
    columns = {"mean": draws.mean(axis=1), "sd": draws.std(axis=1), "lower": lower, "upper": upper}
    return pd.DataFrame(columns)


def _read(
    polls: pd.DataFrame, results: pd.DataFrame, days: int
) -> tuple[pd.DataFrame, int, tuple[str, ...]]:
    """Polls beside their results, checked, how many are too old, and what deserves a look."""
    _check_columns(polls, results)
    cure = "give it in percent, above 0 and below 100"
    ended = read_text(results, "election", "name the election")
    result = pd.Series(
        read_numbers(results, "result_pct", low=0, high=100, low_open=True, cure=cure), index=ended
    )
    full = np.flatnonzero(result.to_numpy() >= 100)
    if len(full):
        raise row_error(results, [int(i) for i in full], "result_pct", "100 percent", cure)
    twice = np.flatnonzero(result.index.duplicated())
    if len(twice):
        found = f"{ended[twice[0]]!r} stands there twice"
        raise row_error(results, [int(i) for i in twice], "election", found, "keep one")
    election = read_text(polls, "election", "name the election")
    strange = np.flatnonzero(~np.isin(election, list(result.index)))
    if len(strange):
        found = f"{election[strange[0]]!r} has no result"
        raise row_error(polls, [int(i) for i in strange], "election", found, "give its result")
    cures = "give the number of interviews, above 0"
    taken = pd.DataFrame(
        {
            "election": election,
            "house_id": read_text(polls, "house_id", "name the polling organisation"),
            "share_pct": read_numbers(polls, "share_pct", low=0, high=100, cure=cure),
            "sample_size": read_numbers(polls, "sample_size", low=0, low_open=True, cure=cures),
            "result_pct": result.loc[list(election)].to_numpy(),
        }
    )
    before = _count_days(polls, results, ended, election)
    near = before <= days
    if not near.any():
        raise PollInputError(f"no poll ended within {days} days of its election", "take more days")
    columns = {str(name): taken[name].to_numpy() for name in taken}
    columns |= {name: taken[name].to_numpy(object) for name in ("election", "house_id")}
    notes = find_past_suspicions(polls, columns, columns.pop("result_pct"))
    return taken[near].reset_index(drop=True), int((~near).sum()), notes


def _check_columns(polls: pd.DataFrame, results: pd.DataFrame) -> None:
    """Refuse frames without rows or a needed column."""
    for name, frame in (("polls", polls), ("results", results)):
        missing = [column for column in NEEDED[name] if column not in frame.columns]
        if missing:
            cure = f"{name} need {', '.join(NEEDED[name])}"
            raise PollInputError(f"{name}: missing columns {', '.join(missing)}", cure)
        if frame.empty:
            raise PollInputError(f"there are no {name}", "give at least one row")


def _count_days(polls: pd.DataFrame, results: pd.DataFrame, ended: Any, election: Any) -> Array:
    """Days from the end of each poll to its election; 0 where polls have no days."""
    if "end_date" not in polls.columns:
        return np.zeros(len(polls))
    if "date" not in results.columns:
        found = "results: column date is missing"
        raise PollInputError(found, "give the day of each election, or leave end_date out")
    day = dict(zip(ended, read_dates(results, "date"), strict=True))
    apart = np.array([day[name] for name in election]) - read_dates(polls, "end_date")
    before = np.asarray(apart / np.timedelta64(1, "D"), dtype=float)
    late = np.flatnonzero(before < 0)
    if len(late):
        found = f"fieldwork ends {-before[late[0]]:g} days after the election"
        raise row_error(polls, [int(i) for i in late], "end_date", found, "correct the day")
    return before
