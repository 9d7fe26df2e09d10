"""From means and variances to the columns that every table of results has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from analysis.errors import PollInputError
from analysis.sampling import Array


def check_alpha(alpha: object) -> float:
    """Return alpha, or say what it must be."""
    if not isinstance(alpha, float | int | np.floating) or not 0 < alpha < 1:
        raise PollInputError(f"alpha is {alpha!r}", "give a number between 0 and 1; 0.05 means 95%")
    return float(alpha)


def interval_frame(mean: Array, variance: Array, alpha: float) -> pd.DataFrame:
    """Columns mean, sd, lower, upper of Gaussian quantities.

    Parameters
    ----------
    mean, variance : ndarray, shape (n,)
    alpha : float
        Probability outside the interval, half on each side.

    Returns
    -------
    DataFrame, shape (n, 4)

    Examples
    --------
    >>> interval_frame(np.array([50.0]), np.array([4.0]), 0.05).round(2)
       mean   sd  lower  upper
    0  50.0  2.0  46.08  53.92
    """
    half = norm.isf(check_alpha(alpha) / 2)
    sd = np.sqrt(np.asarray(variance))
    return pd.DataFrame(
        {"mean": mean, "sd": sd, "lower": mean - half * sd, "upper": mean + half * sd}
    )


def probability_above(mean: float, variance: float, threshold: float) -> float:
    """Probability that a Gaussian quantity exceeds a threshold.

    Examples
    --------
    >>> probability_above(52.0, 4.0, 52.0)
    0.5
    """
    if variance <= 0:
        return float(mean > threshold)
    return float(norm.sf((threshold - mean) / np.sqrt(variance)))


def interval_row(mean: float, variance: float, alpha: float) -> dict[str, Any]:
    """One row of :func:`interval_frame` as plain numbers."""
    row = interval_frame(np.array([mean]), np.array([variance]), alpha).iloc[0]
    return {str(name): float(value) for name, value in row.items()}
