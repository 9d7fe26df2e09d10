"""The two plain models of the cross-check: a spline with fixed or with random houses.

statsmodels is imported where a model is fitted: it takes a second, and most fits of a trend
are never cross-checked.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.interpolate import BSpline

from analysis.observations import Observations
from analysis.sampling import Array

# One knot inside for each half a year, and for no fewer than eight polls.
KNOT_DAYS, POLLS_PER_KNOT = 180, 8
DEGREE = 3
# A house variance below this share of the residual variance is a zero of the search.
NO_VARIANCE = 1e-4


@dataclass(frozen=True, eq=False)
class PlainFit:
    """Estimates of one plain model.

    Parameters
    ----------
    estimate, se : ndarray, shape (n_rows,)
    facts : dict
        Numbers for the explanation.
    notes : tuple of str
    """

    estimate: Array
    se: Array
    facts: dict[str, float]
    notes: tuple[str, ...]


def place_knots(obs: Observations, knot_days: float) -> Array:
    """Knots of the spline, the ends repeated; on one day only, a day on each side."""
    day = obs.day.astype(float)
    n_inside = int(min(day[-1] / knot_days, len(day) / POLLS_PER_KNOT))
    shares = np.arange(1, n_inside + 1) / (n_inside + 1)
    inside = np.unique(np.quantile(day, shares)) if n_inside else np.zeros(0)
    first, last = (day[0], day[-1]) if day[-1] > day[0] else (day[0] - 1, day[-1] + 1)
    inside = inside[(inside > first) & (inside < last)]
    return np.concatenate([np.repeat(first, DEGREE + 1), inside, np.repeat(last, DEGREE + 1)])


def spline_columns(days: Array, knots: Array) -> Array:
    """Cubic B-splines on days, shape (n_days, n_splines); each row adds up to one."""
    return np.asarray(BSpline.design_matrix(days, knots, DEGREE).toarray())


def compared_rows(obs: Observations, days: Array, knots: Array) -> Array:
    """What is compared, as combinations of splines and house effects around their mean."""
    n_houses = len(obs.houses)
    level = spline_columns(days, knots)
    effects = np.hstack([np.zeros((n_houses, level.shape[1])), np.eye(n_houses) - 1 / n_houses])
    # The mean of these houses: the spline and the plain mean of their effects.
    levels = np.hstack([level, np.full((len(days), n_houses), 1 / n_houses)])
    return np.vstack([effects, levels, levels[-1] - levels[0]])


def fit_wls(obs: Observations, knots: Array, rows: Array) -> PlainFit:
    """Spline and sum-coded houses by weighted least squares.

    Parameters
    ----------
    obs : Observations
    knots : ndarray
    rows : ndarray, shape (n_rows, n_splines + n_houses)
        Combinations to be estimated.

    Returns
    -------
    PlainFit
    """
    from statsmodels.regression.linear_model import WLS

    n_houses = len(obs.houses)
    coding = np.vstack([np.eye(n_houses - 1), -np.ones((1, n_houses - 1))])
    exog = np.hstack([spline_columns(obs.day.astype(float), knots), coding[obs.house_of_poll]])
    n_splines = len(knots) - DEGREE - 1
    contrasts = np.hstack([rows[:, :n_splines], rows[:, n_splines:] @ coding])
    rank = int(np.linalg.matrix_rank(exog))
    if rank < exog.shape[1] or rank >= len(exog):
        text = f"WLS: {len(exog)} polls do not identify {exog.shape[1]} coefficients"
        return _nothing(len(rows), {"wls_factor": np.nan}, text)
    fit = WLS(obs.share_pct, exog, weights=1 / obs.known_variance).fit()
    variance = np.einsum("ri,ij,rj->r", contrasts, fit.cov_params(), contrasts)
    return PlainFit(
        contrasts @ fit.params, np.sqrt(np.maximum(variance, 0)), {"wls_factor": fit.scale}, ()
    )


def fit_mixed(obs: Observations, knots: Array, rows: Array) -> PlainFit:
    """Spline and random houses by restricted maximum likelihood.

    What statsmodels warns of becomes a note.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM

    exog = spline_columns(obs.day.astype(float), knots)
    missing = {"house_sd": np.nan, "residual_sd": np.nan}
    if len(obs.houses) < 2:
        return _nothing(len(rows), missing, "MixedLM: one house has no spread of houses")
    rank = int(np.linalg.matrix_rank(exog))
    if rank < exog.shape[1] or rank + 2 > len(exog):
        text = f"MixedLM: {len(exog)} polls do not identify {exog.shape[1]} splines"
        return _nothing(len(rows), missing, text)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            fit = MixedLM(obs.share_pct, exog, groups=obs.house_of_poll).fit(reml=True)
        except (np.linalg.LinAlgError, ValueError) as error:
            return _nothing(len(rows), missing, f"MixedLM: no fit ({error})")
    said = {" ".join(str(w.message).split()) for w in caught}
    notes = tuple(f"MixedLM warns: {text}" for text in sorted(said))
    houses, residual = float(np.asarray(fit.cov_re)[0, 0]), float(fit.scale)
    if houses < NO_VARIANCE * residual:
        return _nothing(
            len(rows), missing, *notes, "MixedLM: the variance of houses is estimated as zero"
        )
    estimate, cov = solve_mixed(exog, obs.house_of_poll, obs.share_pct, houses, residual)
    variance = np.einsum("ri,ij,rj->r", rows, cov, rows)
    facts = {"house_sd": houses**0.5, "residual_sd": residual**0.5}
    return PlainFit(rows @ estimate, np.sqrt(np.maximum(variance, 0)), facts, notes)


def solve_mixed(
    exog: Array, house: np.ndarray[Any, Any], share: Array, houses: float, residual: float
) -> tuple[Array, Array]:
    """Solve the mixed model equations at given variances.

    Parameters
    ----------
    exog : ndarray, shape (n, n_splines)
    house : ndarray of int, shape (n,)
    share : ndarray, shape (n,)
    houses, residual : float
        Variances of houses and of the residual, squared points.

    Returns
    -------
    estimate : ndarray, shape (n_splines + n_houses,)
        Fixed effects, then best linear unbiased predictions of the houses.
    cov : ndarray
        Of the errors of both together.
    """
    both = np.hstack([exog, np.eye(int(house.max()) + 1)[house]])
    penalty = np.zeros(both.shape[1])
    penalty[exog.shape[1] :] = residual / houses
    inverse = np.linalg.inv(both.T @ both + np.diag(penalty))
    return inverse @ both.T @ share, residual * inverse


def _nothing(n_rows: int, facts: dict[str, float], *notes: str) -> PlainFit:
    """No estimates, and why."""
    return PlainFit(np.full(n_rows, np.nan), np.full(n_rows, np.nan), facts, notes)
