"""What of the covariates the polls can tell apart from the houses that carry them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.extras import Covariates
from analysis.observations import Observations
from analysis.sampling import Array

# A column whose residual keeps less than this share of its variance is not identified.
NOTHING_LEFT = 1e-9


def confounding(observations: Observations, covariates: Covariates) -> pd.DataFrame:
    """Report of what is identified when houses and covariates overlap.

    Parameters
    ----------
    observations : Observations
    covariates : Covariates

    Returns
    -------
    DataFrame
        term, n_polls (with that level), n_houses, is_identified (beside free
        house effects and the other terms), variance_inflation (against a
        column unrelated to houses and other terms; infinite when not
        identified), carried_by (houses that asked both ways, and so carry the
        contrast), rank and n_columns (of houses and terms together).

    Notes
    -----
    Variance inflation is ``1 / (1 - R^2)`` of the column on all others
    (Belsley, Kuh and Welsch 1980, Regression Diagnostics, chapter 3).  Where a
    term is not identified its estimate is the prior, shared out.
    """
    house = observations.house_of_poll
    dummies = np.eye(len(observations.houses))[house]
    everything = np.hstack([dummies, covariates.indicators])
    rank = int(np.linalg.matrix_rank(everything))
    rows = []
    for k, name in enumerate(covariates.names):
        column = covariates.indicators[:, k]
        others = np.hstack([dummies, np.delete(covariates.indicators, k, axis=1)])
        left = _unexplained(column, others)
        share = np.array([column[house == j].mean() for j in range(len(observations.houses))])
        both_ways = [observations.houses[j] for j in np.flatnonzero((share > 0) & (share < 1))]
        rows.append(
            {
                "term": name,
                "n_polls": int(column.sum()),
                "n_houses": int((share > 0).sum()),
                "is_identified": left > NOTHING_LEFT,
                "variance_inflation": 1 / left if left > NOTHING_LEFT else np.inf,
                "carried_by": ", ".join(both_ways),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.assign(rank=rank, n_columns=everything.shape[1])


def _unexplained(column: Array, others: Array) -> float:
    """Share of a column's variance that the other columns do not explain."""
    centred = column - column.mean()
    fitted = others @ np.linalg.lstsq(others, centred, rcond=None)[0]
    return float(((centred - fitted) ** 2).sum() / (centred**2).sum())
