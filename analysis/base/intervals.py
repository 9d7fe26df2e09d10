"""From distributions to the columns that every table of results has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError


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
    def _counted(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        return np.ones(self.values.shape, dtype=bool) if self.kept is None else self.kept

    @cached_property
    def _ordered(self) -> Array:
        """Draws that count, sorted; what does not goes to the end of each row."""
        return np.sort(np.where(self._counted, self.values, np.inf), axis=1)

    @cached_property
    def centre(self) -> Array:
        """Means."""
        inside = np.where(self._counted, self.values, 0.0)
        return np.asarray(inside.sum(axis=1) / self._counted.sum(axis=1))

    @cached_property
    def total_variance(self) -> Array:
        """Variances."""
        apart = np.where(self._counted, self.values - self.centre[:, None], 0.0)
        return np.asarray((apart**2).sum(axis=1) / self._counted.sum(axis=1))

    def quantile(self, probability: float) -> Array:
        """Quantiles, linear between two neighbours."""
        position = np.asarray(probability * (self._counted.sum(axis=1) - 1))
        below = np.floor(position).astype(np.int64)
        rows = np.arange(len(position))
        low = self._ordered[rows, below]
        high = self._ordered[rows, np.ceil(position).astype(np.int64)]
        return np.asarray(low + (position - below) * (high - low))

    def probability_above(self, threshold: float) -> Array:
        """Shares of the draws."""
        above = self._counted & (self.values > threshold)
        return np.asarray(above.sum(axis=1) / self._counted.sum(axis=1))


def check_alpha(alpha: object) -> float:
    """Return alpha, or say what it must be."""
    if not isinstance(alpha, float | int | np.floating) or not 0 < alpha < 1:
        raise PollInputError(f"alpha is {alpha!r}", "give a number between 0 and 1; 0.05 means 95%")
    return float(alpha)


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
