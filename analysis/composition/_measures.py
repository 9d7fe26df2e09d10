"""From draws of two parts to measures of a composition and their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.composition._design import Flags
from analysis.composition.inputs import REST, Composition

# Fewer draws inside 0 to 100 than this make no interval.
FEWEST_DRAWS = 100


@dataclass(frozen=True, eq=False)
class Inside:
    """Share of the draws outside the simplex on each of some days.

    Parameters
    ----------
    share : ndarray, shape (n_days,)
    """

    share: Array

    @property
    def mean(self) -> float:
        """Mean over the days."""
        return float(self.share.mean())

    @property
    def largest(self) -> float:
        """Largest of any day."""
        return float(self.share.max())


def inside_simplex(levels: Array) -> Flags:
    """Tell draws of which neither part nor the rest is negative.

    Parameters
    ----------
    levels : ndarray, shape (..., 2, n_draws)
        Both parts, percent.

    Returns
    -------
    ndarray of bool, shape (..., n_draws)
    """
    possible: Flags = (levels >= 0).all(axis=-2) & (levels.sum(axis=-2) <= 100)
    return possible


def measure_of(composition: Composition, name: str, levels: Array) -> Array:
    """Values of a measure from both parts.

    Parameters
    ----------
    composition : Composition
    name : str
        An answer, ``"undecided"``, ``"opinion_share"`` or ``"net"``.
    levels : ndarray, shape (..., 2, n_draws)
        By ``composition.parts``, percent.

    Returns
    -------
    ndarray, shape (..., n_draws)
        Percent; points for ``"net"``.
    """
    first, second = (levels[..., composition.parts.index(a), :] for a in composition.answers)
    if name == REST:
        # In the order of the parts, so that exchanging the answers changes no bit.
        return np.asarray(100.0 - levels.sum(axis=-2))
    if name == "net":
        return np.asarray(first - second)
    if name == "opinion_share":
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(100.0 * first / (first + second))
    return np.asarray(levels[..., composition.parts.index(name), :])


def summarise(values: Array, kept: Flags, alpha: float) -> pd.DataFrame:
    """Columns mean, sd, lower, upper of draws, one row for each row of draws.

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_draws)
    kept : ndarray of bool, shape (n_rows, n_draws)
        Draws that count.
    alpha : float
        Probability outside the interval, half on each side.

    Raises
    ------
    PollInputError
        When hardly any draw of a row counts.

    Examples
    --------
    >>> values = np.arange(1001.0)[None, :] / 10
    >>> summarise(values, values <= 50, 0.1).round(1).to_dict("records")
    [{'mean': 25.0, 'sd': 14.5, 'lower': 2.5, 'upper': 47.5}]
    """
    ends = [check_alpha(alpha) / 2, 1 - alpha / 2]
    counts = kept.sum(axis=1)
    if (counts < FEWEST_DRAWS).any():
        raise PollInputError(
            f"only {counts.min()} of {values.shape[1]} draws lie within 0 to 100 percent",
            "such shares leave no room for a composition on the percent scale: "
            "fit one of them alone with scale='logit'",
        )
    inside = np.where(kept, values, 0.0)
    mean = inside.sum(axis=1) / counts
    sd = np.sqrt((np.where(kept, values - mean[:, None], 0.0) ** 2).sum(axis=1) / counts)
    # What does not count goes to the end of each row.
    ordered = np.sort(np.where(kept, values, np.inf), axis=1)
    limits = [_order_statistic(ordered, end * (counts - 1)) for end in ends]
    return pd.DataFrame({"mean": mean, "sd": sd, "lower": limits[0], "upper": limits[1]})


def _order_statistic(ordered: Array, position: Array) -> Array:
    """Value of each sorted row at a position, linear between two neighbours."""
    below = np.floor(position).astype(np.int64)
    rows = np.arange(len(ordered))
    low, high = ordered[rows, below], ordered[rows, np.ceil(position).astype(np.int64)]
    return np.asarray(low + (position - below) * (high - low))


def house_spread(composition: Composition, levels: Array, alpha: float) -> pd.DataFrame:
    """Spread over houses of the logit of the first answer, of all and of those with an opinion.

    Parameters
    ----------
    composition : Composition
    levels : ndarray, shape (n_houses, 2, n_draws)
        Both parts of each house that prints both, percent.
    alpha : float

    Returns
    -------
    DataFrame
        measure, n_houses, mean, sd, lower, upper.
    """
    if len(levels) < 2:
        raise PollInputError(
            f"a spread over houses that print both answers needs two, and {len(levels)} is there",
            "lower min_polls, or add polls that print both",
        )
    kept = np.asarray(inside_simplex(levels).all(axis=0) & (levels > 0).all(axis=(0, 1)))
    if kept.sum() < FEWEST_DRAWS:
        summarise(np.zeros((1, len(kept))), kept[None, :], alpha)  # raises, with the cure
    levels = levels[..., kept]
    of_all = logit(measure_of(composition, composition.answers[0], levels) / 100)
    of_holders = logit(measure_of(composition, "opinion_share", levels) / 100)
    spreads = {
        "of_all": of_all.std(axis=0, ddof=1),
        "of_opinion_holders": of_holders.std(axis=0, ddof=1),
    }
    spreads["ratio"] = spreads["of_opinion_holders"] / spreads["of_all"]
    values = np.array(list(spreads.values()))
    frame = summarise(values, np.ones(values.shape, dtype=bool), alpha)
    frame.insert(0, "measure", list(spreads))
    frame.insert(1, "n_houses", len(levels))
    return frame
