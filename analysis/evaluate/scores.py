"""How well a predictive distribution foresaw what was published: CRPS, log score, PIT."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.intervals import Distribution

# Both sides of the observed value are integrated over so many panels of Gauss-Legendre nodes,
# out to so many sds: six decimals of the closed form with a hundred narrow components.
N_PANELS, N_NODES, N_SDS = 12, 16, 12.0
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(N_NODES)


class Predictive(Distribution, Protocol):
    """What scoring needs to know of n quantities."""

    def probability_above(self, threshold: float | Array) -> Array:
        """Probability that each exceeds a threshold, one for all or one each, shape (n,)."""

    def log_density(self, values: Array) -> Array:
        """Log density of each at its own value, shape (n,)."""


def score(shares: Predictive, observed: Array) -> pd.DataFrame:
    """Score predictive distributions against what was observed.

    Parameters
    ----------
    shares : Predictive
        Of n quantities.
    observed : ndarray, shape (n,)

    Returns
    -------
    DataFrame
        mean, sd, crps (in units of the quantity; lower is better), log_score (log density of
        what was observed; higher is better) and pit (probability below what was observed;
        uniform when the predictions are calibrated).

    See Also
    --------
    find_crps

    Examples
    --------
    >>> from analysis.base.mixture import Mixture
    >>> one = np.ones((1, 1))
    >>> score(Mixture(np.ones(1), 50 * one, 4 * one), np.array([50.0])).round(3)
       mean   sd   crps  log_score  pit
    0  50.0  2.0  0.467     -1.612  0.5
    """
    return pd.DataFrame(
        {
            "mean": shares.centre,
            "sd": np.sqrt(shares.total_variance),
            "crps": find_crps(shares, observed),
            "log_score": shares.log_density(observed),
            "pit": 1 - shares.probability_above(observed),
        }
    )


def is_inside(pit: pd.Series[float], level: float) -> pd.Series[bool]:
    """Whether the central intervals of so many percent, ends included, hold what was observed.

    Examples
    --------
    >>> is_inside(pd.Series([0.25, 0.76]), 50).tolist()
    [True, False]
    """
    return (pit - 0.5).abs() <= level / 200


def find_crps(shares: Predictive, observed: Array) -> Array:
    """Continuous ranked probability score of each quantity, shape (n,).

    The integral of ``(F(x) - 1[x >= y]) ** 2`` over x (Gneiting and Raftery 2007, "Strictly
    proper scoring rules, prediction, and estimation", JASA 102, equation 20).

    Notes
    -----
    For mixtures of normals there is a closed form (Grimit, Gneiting, Berrocal and Johnson 2006,
    Quarterly Journal of the Royal Meteorological Society 132, equation 5), which takes all pairs
    of components; integrating over x takes each once.
    """
    centre, reach = shares.centre, N_SDS * np.sqrt(shares.total_variance)
    low, high = centre - reach, centre + reach
    split = np.clip(observed, low, high)
    total = np.abs(observed - split)  # out there the distribution function is 0 or 1
    for k in range(N_PANELS):
        for node, weight in zip((NODES + 1) / 2, NODE_WEIGHTS / 2, strict=True):
            share = (k + node) / N_PANELS
            below = 1 - shares.probability_above(low + share * (split - low))
            above = shares.probability_above(split + share * (high - split))
            area = (split - low) * below**2 + (high - split) * above**2
            total += weight / N_PANELS * area
    return total
