"""What is known of a poll's error before any model: sampling and rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.base.arrays import Array

# Shares with more decimals than this were computed, not printed.
MAX_DECIMALS = 6
# Percent: the middle of the shares that round to 0.
NEAR_EDGE = 0.25


def sampling_variance(share_pct: Array, sample_size: Array, design_effect: Array) -> Array:
    """Variance of a published share from sampling alone.

    ``design_effect * p (100 - p) / n`` with ``p = (n * share + 50) / (n + 1)``,
    the share pulled to one half by the weight of a single interview, so that 0
    and 100 percent keep a positive variance.

    Parameters
    ----------
    share_pct : ndarray, shape (n_polls,)
        Published shares, percent.
    sample_size : ndarray, shape (n_polls,)
        Interviews behind each share.
    design_effect : ndarray, shape (n_polls,)
        Variance relative to a simple random sample of that size.

    Returns
    -------
    ndarray, shape (n_polls,)
        Variances (not standard errors), squared percentage points.

    See Also
    --------
    rounding_variance

    Examples
    --------
    A simple random sample of 1,600 at 50 percent has a standard error of 1.25 points:

    >>> one = np.array([1.0])
    >>> float(sampling_variance(50 * one, 1600 * one, one)[0] ** 0.5)
    1.25
    """
    p = (sample_size * share_pct + 50.0) / (sample_size + 1.0)
    return design_effect * p * (100.0 - p) / sample_size


def rounding_variance(decimals: Array, n_parts: Array) -> Array:
    """Variance of rounding to a number of decimals.

    An error uniform over one unit of the last printed digit has variance
    ``unit ** 2 / 12``; parts rounded one by one and then added keep theirs.

    Parameters
    ----------
    decimals : ndarray, shape (n_polls,)
        Decimals printed: 0 for whole percentages.
    n_parts : ndarray, shape (n_polls,)
        How many rounded percentages were added up; 1 for a share printed itself.

    Returns
    -------
    ndarray, shape (n_polls,)
        Squared percentage points.

    Examples
    --------
    >>> rounding_variance(np.array([0.0, 1.0, 0.0]), np.array([1.0, 1.0, 2.0])) * 12
    array([1.  , 0.01, 2.  ])
    """
    return n_parts * 100.0 ** (-decimals) / 12.0


def common_error_sd(share_pct: Array, at_half: float) -> Array:
    """Standard deviation of an error that all polls share, at a share.

    Proportional to ``sqrt(p (100 - p))``, as sampling is: an error of who takes part and who
    answers is one of a few in a hundred interviews, whatever they answer.

    Parameters
    ----------
    share_pct : ndarray
        Percent; outside 0 to 100 there is no error left.
    at_half : float
        The same at 50 percent, points.

    Returns
    -------
    ndarray
        Points.

    Examples
    --------
    >>> common_error_sd(np.array([50.0, 10.0, 1.0]), 2.4).round(2)
    array([2.4 , 1.44, 0.48])
    """
    p = np.clip(share_pct, 0.0, 100.0)
    return np.asarray(at_half * np.sqrt(p * (100.0 - p)) / 50.0)


def guess_decimals(share_pct: Array, house: np.ndarray[Any, Any]) -> Array:
    """Guess the decimals of each poll as the most that its house ever needed.

    A house that prints 68.4 and then 71 printed 71.0.

    Examples
    --------
    >>> guess_decimals(np.array([68.4, 71.0, 71.0]), np.array(["a", "a", "b"]))
    array([1., 1., 0.])
    """
    decimals = np.full(share_pct.shape, float(MAX_DECIMALS))
    for count in range(MAX_DECIMALS - 1, -1, -1):
        # 1e-9 of a point forgives binary fractions, never a printed digit.
        exact = np.isclose(share_pct, np.round(share_pct, count), rtol=0.0, atol=1e-9)
        decimals[exact] = count
    _, code = np.unique(house.astype(str), return_inverse=True)
    most = np.zeros(code.max() + 1)
    np.maximum.at(most, code, decimals)
    return most[code]
