"""From distributions to the columns that every table of results has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError

# Draws are copied so many numbers at a time (16 MB).
BLOCK_NUMBERS = 2_000_000


class Distribution(Protocol):
    """What a table needs to know of n quantities."""

    @property
    def centre(self) -> Array:
        """Means, shape (n,)."""

    @property
    def total_variance(self) -> Array:
        """Variances, shape (n,)."""

    def quantile(self, probability: float) -> Array:
        """Quantiles, shape (n,)."""

    def probability_above(self, threshold: float) -> Array:
        """Probabilities of exceeding a threshold, shape (n,)."""


@dataclass(frozen=True, eq=False)
class Bounded:
    """Shares whose intervals end at 0 and 100 percent.

    Parameters
    ----------
    shares : Distribution
        Percent; normal ones reach beyond.
    """

    shares: Distribution

    @property
    def centre(self) -> Array:
        """Means."""
        return self.shares.centre

    @property
    def total_variance(self) -> Array:
        """Variances."""
        return self.shares.total_variance

    def quantile(self, probability: float) -> Array:
        """Quantiles, none below 0 or above 100."""
        return np.clip(self.shares.quantile(probability), 0.0, 100.0)

    def probability_above(self, threshold: float) -> Array:
        """Probabilities of exceeding a threshold."""
        return self.shares.probability_above(threshold)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Quantities of which there are draws.

    Parameters
    ----------
    values : ndarray, shape (n, n_draws)
    kept : ndarray of bool, shape (n, n_draws), optional
        Draws that count; all by default.

    Examples
    --------
    >>> one = Drawn(np.arange(101.0)[None, :])
    >>> one.centre.item(), one.quantile(0.25).item(), one.probability_above(49.5).round(2).item()
    (50.0, 25.0, 0.5)
    """

    values: Array
    kept: np.ndarray[Any, np.dtype[np.bool_]] | None = None

    @cached_property
    def _n_counted(self) -> Array:
        """How many draws of each quantity count, shape (n,)."""
        if self.kept is None:
            return np.full(len(self.values), self.values.shape[1])
        return np.asarray(self.kept.sum(axis=1))

    def _blocks(self) -> Iterator[slice]:
        """Quantities of which copies are made at a time."""
        n, n_draws = self.values.shape
        size = max(1, BLOCK_NUMBERS // max(n_draws, 1))
        return (slice(i, min(i + size, n)) for i in range(0, n, size))

    def _counted(self, rows: slice) -> np.ndarray[Any, np.dtype[np.bool_]]:
        if self.kept is None:
            return np.ones(self.values[rows].shape, dtype=bool)
        return self.kept[rows]

    @cached_property
    def centre(self) -> Array:
        """Means."""
        sums = [
            np.where(self._counted(rows), self.values[rows], 0.0).sum(axis=1)
            for rows in self._blocks()
        ]
        return np.asarray(np.concatenate([np.zeros(0), *sums]) / self._n_counted)

    @cached_property
    def total_variance(self) -> Array:
        """Variances."""
        squares = []
        for rows in self._blocks():
            apart = self.values[rows] - self.centre[rows, None]
            squares.append((np.where(self._counted(rows), apart, 0.0) ** 2).sum(axis=1))
        return np.asarray(np.concatenate([np.zeros(0), *squares]) / self._n_counted)

    def quantile(self, probability: float) -> Array:
        """Quantiles, linear between two neighbours."""
        position = np.asarray(probability * (self._n_counted - 1))
        below = np.floor(position).astype(np.int64)
        above = np.ceil(position).astype(np.int64)
        low, high = np.empty((2, len(position)))
        for rows in self._blocks():
            # What does not count goes to the end of each row.
            counted = np.where(self._counted(rows), self.values[rows], np.inf)
            places = np.unique(np.append(below[rows], above[rows]))
            ordered, each = np.partition(counted, places, axis=1), np.arange(len(counted))
            low[rows], high[rows] = ordered[each, below[rows]], ordered[each, above[rows]]
        return np.asarray(low + (position - below) * (high - low))

    def probability_above(self, threshold: float) -> Array:
        """Shares of the draws."""
        above = self.values > threshold
        if self.kept is not None:
            above &= self.kept
        return np.asarray(above.sum(axis=1) / self._n_counted)


def check_alpha(alpha: object) -> float:
    """Return alpha, or say what it must be."""
    if not isinstance(alpha, float | int | np.floating) or not 0 < alpha < 1:
        raise PollInputError(f"alpha is {alpha!r}", "give a number between 0 and 1; 0.05 means 95%")
    return float(alpha)


def check_rng(rng: object) -> np.random.Generator:
    """Return a generator of chance, or say what it must be.

    Examples
    --------
    >>> check_rng(1)
    Traceback (most recent call last):
    ...
    analysis.base.errors.PollInputError: rng is 1; give numpy.random.default_rng(1) or the like
    """
    if not isinstance(rng, np.random.Generator):
        raise PollInputError(f"rng is {rng!r}", "give numpy.random.default_rng(1) or the like")
    return rng


def check_threshold(threshold: object) -> float:
    """Return a threshold in percent, or say what it must be.

    Examples
    --------
    >>> check_threshold(50)
    50.0
    >>> check_threshold(float("nan"))
    Traceback (most recent call last):
    ...
    analysis.base.errors.PollInputError: threshold is nan; give a percentage from 0 to 100
    """
    number = int | float | np.integer | np.floating
    if (
        isinstance(threshold, bool)
        or not isinstance(threshold, number)
        or not 0 <= threshold <= 100
    ):
        raise PollInputError(f"threshold is {threshold!r}", "give a percentage from 0 to 100")
    return float(threshold)


def check_common_error(common_error: object) -> float:
    """Return the sd of an error that all houses share, or say what it must be.

    Examples
    --------
    >>> check_common_error(2)
    2.0
    >>> check_common_error(-1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.base.errors.PollInputError: common error: -1; give a standard deviation in points, ...
    """
    number = int | float | np.integer | np.floating
    if not isinstance(common_error, number) or not 0 <= common_error < np.inf:
        cure = "give a standard deviation in points, 0 or more"
        raise PollInputError(f"{common_error!r}", cure, "common error")
    return float(common_error)


def interval_frame(quantities: Distribution, alpha: float) -> pd.DataFrame:
    """Columns mean, sd, lower, upper.

    Parameters
    ----------
    quantities : Distribution
        Of n quantities.
    alpha : float
        Probability outside the interval, half on each side.

    Returns
    -------
    DataFrame, shape (n, 4)

    Examples
    --------
    >>> from analysis.base.mixture import Mixture
    >>> one = np.ones((1, 1))
    >>> interval_frame(Mixture(np.ones(1), 50 * one, 4 * one), 0.05).round(2)
       mean   sd  lower  upper
    0  50.0  2.0  46.08  53.92
    """
    alpha = check_alpha(alpha)
    return pd.DataFrame(
        {
            "mean": quantities.centre,
            "sd": np.sqrt(quantities.total_variance),
            "lower": quantities.quantile(alpha / 2),
            "upper": quantities.quantile(1 - alpha / 2),
        }
    )


def interval_row(quantity: Distribution, alpha: float) -> dict[str, Any]:
    """First row of :func:`interval_frame` as plain numbers."""
    row = interval_frame(quantity, alpha).iloc[0]
    return {str(name): float(value) for name, value in row.items()}
