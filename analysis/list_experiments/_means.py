"""Means of groups of respondents, their influence values and bootstrap draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.list_experiments._data import FEWEST, ListData

Group = np.ndarray[Any, np.dtype[np.bool_]]
# So many draws of the bootstrap at a time keep their weights within a few tens of megabytes.
# More draws tell nothing more, and take hours.
MOST_DRAWS = 1_000_000
BLOCK_NUMBERS = 2_000_000


@dataclass(frozen=True, eq=False)
class Statistic:
    """A number computed from respondents, and what each of them adds to its error.

    Parameters
    ----------
    of : callable
        Values for weights of shape (n_draws, n), shape (n_draws,).
    influence : ndarray, shape (n,)
        Summed squares are the variance of the value at the weights of the sample.
    """

    of: Callable[[Array], Array]
    influence: Array

    @property
    def se(self) -> float:
        """Standard error (linearisation)."""
        return float(np.sqrt(np.sum(self.influence**2)))

    def minus(self, other: Statistic) -> Statistic:
        """Difference of two numbers computed from the same respondents."""
        return Statistic(
            lambda weights: self.of(weights) - other.of(weights), self.influence - other.influence
        )


def group_mean(values: Array, group: Group, weights: Array, where: str) -> Statistic:
    """Weighted mean within a group.

    Parameters
    ----------
    values : ndarray, shape (n,)
    group : ndarray of bool, shape (n,)
    weights : ndarray, shape (n,)
    where : str
        The group in words, for a message.

    Raises
    ------
    PollInputError
        When the group has fewer than two respondents.

    Notes
    -----
    The variance is that of a ratio mean with the correction m / (m - 1) for m respondents:
    with equal weights exactly s^2 / m.

    Examples
    --------
    >>> one = np.ones(4)
    >>> found = group_mean(np.array([1.0, 2, 3, 4]), one > 0, one, "all")
    >>> round(found.se**2, 4), round(float(np.var([1, 2, 3, 4], ddof=1)) / 4, 4)
    (0.4167, 0.4167)
    """
    size = int(group.sum())
    if size < FEWEST:
        cure = "without both groups this estimate does not exist: leave the direct answers out"
        raise PollInputError(f"{size} of the respondents {where}", cure)
    own = weights * group
    mean = own @ values / own.sum()
    influence = own * (values - mean) / own.sum() * np.sqrt(size / (size - 1))

    def of(drawn: Array) -> Array:
        with np.errstate(invalid="ignore"):  # a group may be missing from a draw
            return np.asarray((drawn @ (group * values)) / (drawn @ group.astype(float)))

    return Statistic(of, np.asarray(influence))


def difference(data: ListData, group: Group | None = None, where: str = "") -> Statistic:
    """Mean count of the treated less that of the control group, within a group."""
    inside = np.ones(data.n, dtype=bool) if group is None else group
    treated = group_mean(data.count, inside & data.treated, data.weights, f"are treated{where}")
    control = group_mean(data.count, inside & ~data.treated, data.weights, f"are controls{where}")
    return treated.minus(control)


def draw(data: ListData, statistic: Statistic, rng: np.random.Generator, n_draws: int) -> Array:
    """Bootstrap a number: respondents drawn with replacement within their arm.

    The arms keep their sizes, as in the experiment (Efron and Tibshirani 1993, section 8.3).

    Returns
    -------
    ndarray, shape (n_draws,)

    Raises
    ------
    PollInputError
        When a group that the number needs is missing from a draw.
    """
    given: object = n_draws
    if not isinstance(given, int | np.integer) or given < FEWEST:
        cure = "give at least 2; 2,000 are usual"
        raise PollInputError(f"{n_draws} draws", cure, "bootstrap")
    if n_draws > MOST_DRAWS:
        cure = f"give at most {MOST_DRAWS:,}; 2,000 are usual"
        raise PollInputError(f"{n_draws} draws", cure, "bootstrap")
    block = max(1, BLOCK_NUMBERS // data.n)
    parts = []
    for first in range(0, n_draws, block):
        size = min(block, n_draws - first)
        times = np.zeros((size, data.n))
        for arm in (data.treated, ~data.treated):
            m = int(arm.sum())
            times[:, arm] = rng.multinomial(m, np.full(m, 1 / m), size=size)
        parts.append(statistic.of(times * data.weights))
    values = np.concatenate(parts)
    lost = int(np.isnan(values).sum())
    if lost:
        found = f"in {lost} of {n_draws} draws a group has no respondents"
        raise PollInputError(found, "take the analytic errors (rng=None)", "bootstrap")
    return values
