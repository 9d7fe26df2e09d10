"""What one could do without a model of houses: predict the next poll by a single number.

Each baseline takes the polls that are known and gives one number for a house; their errors so far
make a normal distribution of it (:mod:`analysis.evaluate.backtest`).  Those of statsmodels do not
tell houses apart.  Their own intervals are not used: on a dozen polls maximum likelihood often
puts a variance at zero.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.base.arrays import Array, Days

# With fewer polls, or weeks with polls, a smoother is their mean.
FEWEST_SMOOTHED = 5
N_DAYS, N_LAST = 60, 3
DAYS_A_WEEK = 7


@dataclass(frozen=True, eq=False)
class Known:
    """Polls known at a time, in the order of their mid-field days.

    Parameters
    ----------
    day : ndarray of int, shape (n,)
        Mid-field days, counted from any day.
    share : ndarray, shape (n,)
        Percent.
    house : ndarray of str, shape (n,)
    """

    day: Days
    share: Array
    house: np.ndarray[Any, Any]


def last_of_house(known: Known, house: str) -> float:
    """Last poll of the same house; NaN when it has none."""
    own = known.share[known.house == house]
    return float(own[-1]) if len(own) else np.nan


def mean_of_house(known: Known, house: str) -> float:
    """Mean of the last three polls of the same house, or of those there are."""
    own = known.share[known.house == house]
    return float(own[-N_LAST:].mean()) if len(own) else np.nan


def last_60_days(known: Known, house: str) -> float:
    """Mean of all polls of the 60 days up to the newest known one.

    Examples
    --------
    >>> known = Known(np.array([0, 50, 90]), np.array([60.0, 70.0, 72.0]), np.array(["a"] * 3))
    >>> last_60_days(known, "b")
    71.0
    """
    return float(known.share[known.day > known.day[-1] - N_DAYS].mean())


def lowess(known: Known, house: str) -> float:
    """End of a LOWESS curve through all polls (statsmodels, its default span)."""
    from statsmodels.nonparametric.smoothers_lowess import lowess as smooth

    curve = smooth(known.share, known.day.astype(float), return_sorted=True)
    end = float(curve[-1, 1])
    # Polls that lie on few days leave local lines without a slope.
    return end if np.isfinite(end) else float(known.share.mean())


def exponential_smoothing(known: Known, house: str) -> float:
    """Simple exponential smoothing over the polls in their order (statsmodels)."""
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    model = SimpleExpSmoothing(known.share, initialization_method="estimated")
    return float(model.fit().forecast(1)[0])


def unobserved_components(known: Known, house: str) -> float:
    """Local level by weeks, the mean of each week's polls (statsmodels UnobservedComponents)."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    week = (known.day - known.day[0]) // DAYS_A_WEEK
    counts = np.bincount(week)
    if (counts > 0).sum() < FEWEST_SMOOTHED:
        return float(known.share.mean())
    total = np.bincount(week, known.share)
    means = np.where(counts > 0, total / np.maximum(counts, 1), np.nan)
    return float(UnobservedComponents(means, "llevel").fit(disp=False).forecast(1)[0])


# In words, for help and notes: the first line of each docstring.
BASELINES: dict[str, Callable[[Known, str], float]] = {
    function.__name__: function
    for function in (
        last_of_house,
        mean_of_house,
        last_60_days,
        lowess,
        exponential_smoothing,
        unobserved_components,
    )
}
SMOOTHERS = (lowess, exponential_smoothing, unobserved_components)


def predict_points(name: str, known: Known, houses: Sequence[str]) -> Array:
    """Point predictions of a baseline for polls by some houses, shape (n,).

    Parameters
    ----------
    name : str
        One of ``BASELINES``.
    known : Known
        At least one poll.
    houses : sequence of str
    """
    predict = BASELINES[name]
    if predict in SMOOTHERS:
        if len(known.day) < FEWEST_SMOOTHED:
            return np.full(len(houses), known.share.mean())
        with warnings.catch_warnings():
            # On short series the optimisers complain and return their best, which is scored.
            warnings.simplefilter("ignore")
            return np.full(len(houses), predict(known, ""))
    return np.array([predict(known, house) for house in houses])
