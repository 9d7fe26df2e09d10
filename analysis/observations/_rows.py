"""How messages name rows, and what is usual of a house: for all that asks about polls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days
from analysis.base.errors import MAX_ROWS_NAMED, name_row

# What a house has in this many other polls is usual there.
FEWEST_OTHERS = 3
# Points: two numbers that differ by less may be one.
NEARLY = 3.0
DAY, YEAR = np.timedelta64(1, "D"), 365.25
Text = np.ndarray[Any, Any]


def name_rows(obs: pd.DataFrame, positions: Sequence[int] | Days) -> str:
    """Name some rows, and count those that would make the message unreadable."""
    named = ", ".join(name_row(obs, int(i)) for i in positions[:MAX_ROWS_NAMED])
    more = len(positions) - MAX_ROWS_NAMED
    return f"{named} and {more} more" if more > 0 else named


def usual_of_others(house: Text, values: Array) -> Array:
    """Median of the house's other polls, by poll; not a number where there are too few."""
    usual = np.full(len(values), np.nan)
    for name in set(house):
        rows = np.flatnonzero(house == name)
        if len(rows) > FEWEST_OTHERS:
            usual[rows] = _medians_of_others(values[rows])
    return usual


def _medians_of_others(values: Array) -> Array:
    """Median of all values but one, for each; not a number where one of them is none."""
    order = np.argsort(values, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(values))
    ordered, middle = values[order], (len(values) - 1) // 2
    # Without a value those above it stand one place lower.
    high = np.where(rank > middle, ordered[middle], ordered[middle + 1])
    if len(values) % 2 == 0:
        found = high
    else:
        low = np.where(rank > middle - 1, ordered[middle - 1], ordered[middle])
        found = (low + high) / 2
    unknown = np.isnan(values)
    return np.where(np.count_nonzero(unknown) > unknown, np.nan, found)
