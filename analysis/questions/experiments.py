"""Differences between the arms of experiments within one survey, from published shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr, ndtri

from analysis.base.arrays import Array
from analysis.base.columns import read_numbers, read_text
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.base.sampling import MAX_DECIMALS, rounding_variance, sampling_variance

REQUIRED = ("experiment_id", "answer", "share_a_pct", "share_b_pct", "n_a", "n_b")
ARMS = ("a", "b")
# Both arms may be answers of the same people.
SAME_SURVEY = "same_survey"
CURES = {
    "share": "give the share of the arm in percent, 0 to 100",
    "n": "give the interviews of the arm, above 0, or leave it empty where none were printed",
    "design_effect": "give the variance relative to simple random sampling, or leave it empty",
    "decimals": "give the decimals that were printed, or leave it empty",
    "n_parts": "give how many rounded percentages were added up, or leave it empty",
}
# Of one wave there is nothing to pool, of two there is.
FEWEST_TO_POOL = 2


def arm_differences(
    pairs: pd.DataFrame,
    *,
    design_effect: float | None = None,
    correlation: float = 0.0,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Share in arm b less that in arm a, with its standard error.

    Parameters
    ----------
    pairs : DataFrame
        One row per pair of arms and answer: experiment_id, answer, share_a_pct,
        share_b_pct (percent), n_a, n_b (interviews; missing where none were printed).
        Optional: design_effect_a, design_effect_b, decimals_a, decimals_b, n_parts_a,
        n_parts_b, assignment.  Further columns are carried along.  Never changed.
    design_effect : float, optional
        Taken for every arm in place of its own (which is 1 where the column is absent
        or empty).
    correlation : float
        Between the two answers of one person, for rows with assignment "same_survey":
        0 as if two random parts had been asked.  Where the same people answered both
        questions and lean the same way it is above 0, and the errors are smaller.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        The rows of `pairs` with difference, se, lower, upper (points), z and p_value
        (two-sided, against no difference), and p_holm, the same made safe for looking
        at all rows of that answer.  Where a size is missing all but the difference is.

    Raises
    ------
    PollInputError
        Naming row, column, what was found and the cure.

    Notes
    -----
    The variance is the sum of two ``deff * p (100 - p) / n`` and of the rounding of
    both shares, unpooled, so that interval and test agree (Fleiss, Levin and Paik 2003,
    Statistical Methods for Rates and Proportions, section 3.2; design effect: Kish
    1965, Survey Sampling, section 8.2).  Holm's step-down method keeps the chance of
    any false finding below alpha whatever ties the arms together (Holm 1979,
    Scandinavian Journal of Statistics 6(2)).

    See Also
    --------
    pool_differences : one row for an experiment that was repeated.

    Examples
    --------
    >>> pairs = pd.DataFrame({
    ...     "experiment_id": ["menu"], "answer": ["for"], "n_a": [800], "n_b": [800],
    ...     "share_a_pct": [70.0], "share_b_pct": [63.0], "decimals_a": [0], "decimals_b": [0],
    ... })
    >>> arm_differences(pairs)[["difference", "se", "lower", "upper"]].round(2)
       difference    se  lower  upper
    0        -7.0  2.39 -11.68  -2.32
    """
    _check(pairs, design_effect, correlation)
    alpha = check_alpha(alpha)
    shares, variances = zip(*(_read_arm(pairs, arm, design_effect) for arm in ARMS), strict=True)
    difference = shares[1] - shares[0]
    same = np.zeros(len(pairs))
    if "assignment" in pairs.columns:
        same = np.where(pairs["assignment"] == SAME_SURVEY, 1.0, 0.0)
    shared = 2 * correlation * same * np.sqrt(variances[0] * variances[1])
    result = _with_interval(pairs, difference, np.sqrt(sum(variances) - shared), alpha)
    result["p_holm"] = result.groupby("answer")["p_value"].transform(_holm)
    return result


def pool_differences(differences: pd.DataFrame, *, alpha: float = 0.05) -> pd.DataFrame:
    """One row per experiment and answer, pooled over the waves that repeated it.

    Parameters
    ----------
    differences : DataFrame
        As from :func:`arm_differences`; rows without an error are left out unless
        the experiment has no other.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        experiment_id, answer and the other columns as in the first wave; n_waves,
        difference, se, lower, upper (points), z, p_value, p_holm; and for repeated
        experiments between_sd (points, how much waves differ beyond their errors) and
        heterogeneity_p (that the waves differ by their errors alone).

    Notes
    -----
    Random effects with the variance between waves after DerSimonian and Laird (1986,
    Controlled Clinical Trials 7(3), equations 8 and 9; 0 where it comes out below), and
    Cochran's Q for heterogeneity.

    Examples
    --------
    >>> pairs = pd.DataFrame({
    ...     "experiment_id": "menu", "answer": "for", "n_a": [800, 800], "n_b": [800, 800],
    ...     "share_a_pct": [70.0, 71.0], "share_b_pct": [63.0, 65.0],
    ... })
    >>> pool_differences(arm_differences(pairs))[["n_waves", "difference", "se"]].round(2)
       n_waves  difference    se
    0        2       -6.49  1.66
    """
    alpha = check_alpha(alpha)
    known = differences[differences["se"].notna()]
    unknown = differences[~differences["experiment_id"].isin(known["experiment_id"])]
    pooled = []
    for _, waves in pd.concat([known, unknown]).groupby(["experiment_id", "answer"], sort=False):
        effect, se, between, doubt = _pool(waves)
        row = _with_interval(waves.head(1), np.array([effect]), np.array([se]), alpha)
        pooled.append(row.assign(n_waves=len(waves), between_sd=between, heterogeneity_p=doubt))
    result = pd.concat(pooled, ignore_index=True)
    result["p_holm"] = result.groupby("answer")["p_value"].transform(_holm)
    return result


def _check(pairs: pd.DataFrame, design_effect: float | None, correlation: float) -> None:
    missing = [name for name in REQUIRED if name not in pairs.columns]
    if missing:
        need = ", ".join(REQUIRED)
        raise PollInputError(f"arms: column {missing[0]} is missing", f"arms need {need}")
    if pairs.empty:
        raise PollInputError("there are no arms", "give at least one pair")
    for name in ("experiment_id", "answer"):
        read_text(pairs, name, "name it in each row")
    if design_effect is not None and not (np.isfinite(design_effect) and design_effect > 0):
        raise PollInputError(f"design_effect is {design_effect!r}", "give a number above 0")
    if not -1 <= correlation <= 1:
        raise PollInputError(f"correlation is {correlation!r}", "give a number from -1 to 1")


def _read_arm(pairs: pd.DataFrame, arm: str, design_effect: float | None) -> tuple[Array, Array]:
    """Shares of an arm (percent) and their variances (squared points)."""
    share = read_numbers(pairs, f"share_{arm}_pct", low=0, high=100, cure=CURES["share"])
    n = _read_optional(pairs, "n", arm, np.nan, low=0, low_open=True)
    deff = _read_optional(pairs, "design_effect", arm, 1.0, low=0, low_open=True)
    if design_effect is not None:
        deff = np.full(len(pairs), design_effect)
    # A share that came without its digits is taken as exact.
    decimals = _read_optional(pairs, "decimals", arm, float(MAX_DECIMALS), low=0, low_open=False)
    parts = _read_optional(pairs, "n_parts", arm, 1.0, low=1, low_open=False)
    return share, sampling_variance(share, n, deff) + rounding_variance(decimals, parts)


def _read_optional(
    pairs: pd.DataFrame, name: str, arm: str, default: float, *, low: float, low_open: bool
) -> Array:
    """Read a column of an arm that may be absent or have empty cells."""
    column = f"{name}_{arm}"
    if column not in pairs.columns:
        return np.full(len(pairs), default)
    values = read_numbers(
        pairs, column, low=low, low_open=low_open, required=False, cure=CURES[name]
    )
    return np.where(np.isnan(values), default, values)


def _with_interval(rows: pd.DataFrame, effect: Array, se: Array, alpha: float) -> pd.DataFrame:
    """Rows with effect, error, interval and test."""
    reach = ndtri(1 - alpha / 2) * se
    return rows.assign(
        difference=effect,
        se=se,
        lower=effect - reach,
        upper=effect + reach,
        z=effect / se,
        p_value=2 * ndtr(-np.abs(effect / se)),
    )


def _pool(waves: pd.DataFrame) -> tuple[float, float, float, float]:
    """Effect, error, spread between waves and the test of that spread."""
    if len(waves) < FEWEST_TO_POOL or waves["se"].isna().any():
        first = waves.iloc[0]
        return float(first["difference"]), float(first["se"]), np.nan, np.nan
    effect, variance = waves["difference"].to_numpy(), waves["se"].to_numpy() ** 2
    fixed = 1 / variance
    q = float(fixed @ (effect - fixed @ effect / fixed.sum()) ** 2)
    scale = float(fixed.sum() - (fixed**2).sum() / fixed.sum())
    between = max(0.0, (q - len(waves) + 1) / scale)
    weights = 1 / (variance + between)
    pooled = float(weights @ effect / weights.sum())
    doubt = float(chdtrc(len(waves) - 1, q))
    return pooled, float(weights.sum() ** -0.5), between**0.5, doubt


def _holm(p_values: pd.Series[float]) -> pd.Series[float]:
    """Adjust p-values by Holm's method; a missing one stays missing and does not count.

    Holm (1979, Scandinavian Journal of Statistics 6(2)).  That of statsmodels sweeps the
    memory of the whole process at each call, a tenth of a second for one figure's table.
    """
    ordered = p_values.dropna().sort_values()
    looks = np.arange(len(ordered), 0, -1)
    adjusted = np.minimum(np.maximum.accumulate(looks * ordered.to_numpy()), 1.0)
    return pd.Series(adjusted, index=ordered.index).reindex(p_values.index)
