"""Tables of the hyperparameters: their posterior, or where they were plugged in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.interpolate import Akima1DInterpolator
from scipy.special import ndtri

from analysis.base.arrays import Array
from analysis.base.intervals import check_alpha
from analysis.base.priors import PARAM_UNITS
from analysis.base.weighted import weighted_moments

COLUMNS = ("parameter", "mode", "mean", "sd", "lower", "upper", "unit")
# Points of the curve drawn through the log marginal density.
FINE_POINTS = 4001
# A density below this share of the mode is as good as none.
LOWEST_LOG_DENSITY = -30.0


def marginal_row(logs: Array, log_density: Array, alpha: float) -> dict[str, float]:
    """Mode and quantiles of a hyperparameter from the marginal density of its logarithm.

    Parameters
    ----------
    logs : ndarray, shape (n,)
        Increasing.
    log_density : ndarray, shape (n,)
        Of the logarithm, up to a constant.
    alpha : float

    Returns
    -------
    dict
        mode (of the logarithm, as a value), lower, upper.
    """
    fine, height = _draw_curve(logs, log_density)
    mass = height / height.sum()
    value = np.exp(fine)
    cumulative = np.cumsum(mass) - mass / 2
    lower, upper = np.interp([alpha / 2, 1 - alpha / 2], cumulative, value)
    return {
        "mode": float(value[np.argmax(height)]),
        "lower": float(lower),
        "upper": float(upper),
    }


def marginal_cdf(logs: Array, log_density: Array, value: float) -> float:
    """Probability that a hyperparameter lies below a value, from the same curve.

    Parameters
    ----------
    logs, log_density : ndarray, shape (n,)
        As in :func:`marginal_row`.
    value : float
        Above 0.

    Returns
    -------
    float

    Examples
    --------
    >>> logs = np.linspace(-5.0, 5.0, 41)
    >>> round(marginal_cdf(logs, -0.5 * logs**2, 1.0), 3)
    0.5
    """
    fine, height = _draw_curve(logs, log_density)
    cumulative = np.cumsum(height) - height / 2
    below = np.interp(np.log(value), fine, cumulative, left=0.0, right=height.sum())
    return float(below / height.sum())


def _draw_curve(logs: Array, log_density: Array) -> tuple[Array, Array]:
    """Logarithms and density on a fine axis, by a curve through the log density.

    Akima's (1970, Journal of the ACM 17(4)): it does not swing where a tail is uneven.
    """
    dense = log_density > LOWEST_LOG_DENSITY
    curve = Akima1DInterpolator(logs[dense], log_density[dense])
    fine = np.linspace(logs[dense][0], logs[dense][-1], FINE_POINTS)
    return fine, np.exp(np.minimum(curve(fine), 1.0))


def marginal_table(
    params: Mapping[str, Array],
    weights: Array,
    marginals: Sequence[tuple[Array, Array]],
    alpha: float,
) -> pd.DataFrame:
    """One row each: mean and sd from weighted points, the rest from the marginal density.

    Parameters
    ----------
    params : mapping of str to ndarray, shape (n_points,)
        By name.
    weights : ndarray, shape (n_points,)
        Summing to one.
    marginals : sequence of (ndarray, ndarray)
        As in :func:`marginal_row`, in the order of the hyperparameters.
    alpha : float
    """
    check_alpha(alpha)
    rows = []
    for value, marginal in zip(params.values(), marginals, strict=True):
        mean, sd = weighted_moments(value, weights)
        rows.append({"mean": mean, "sd": sd, **marginal_row(*marginal, alpha)})
    return _table(list(params), rows)


def laplace_table(names: Sequence[str], logs: Array, log_cov: Array, alpha: float) -> pd.DataFrame:
    """One row per hyperparameter from the curvature at the mode of the logarithms (Laplace).

    Mean, sd and interval are those of the log-normal approximation; NaN where
    there is no curvature of a maximum.
    """
    z = -ndtri(check_alpha(alpha) / 2)
    rows = []
    for log, variance in zip(logs, np.diag(log_cov), strict=True):
        mean = np.exp(log + variance / 2)
        rows.append(
            {
                "mode": float(np.exp(log)),
                "mean": float(mean),
                "sd": float(mean * np.sqrt(np.expm1(variance))),
                "lower": float(np.exp(log - z * np.sqrt(variance))),
                "upper": float(np.exp(log + z * np.sqrt(variance))),
            }
        )
    return _table(names, rows)


def _table(names: Sequence[str], rows: Sequence[dict[str, float]]) -> pd.DataFrame:
    """Put names and units beside the numbers, in the order users know."""
    frame = pd.DataFrame(rows)
    frame.insert(0, "parameter", list(names))
    frame["unit"] = [PARAM_UNITS.get(name, "") for name in names]
    order = [n for n in PARAM_UNITS if n in names]
    return frame.set_index("parameter").loc[order].reset_index()[list(COLUMNS)]
