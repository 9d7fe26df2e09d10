"""What houses print of subgroups: trends and gaps, with the errors that can be known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.base.arrays import Array
from analysis.base.columns import read_dates, read_numbers, read_text
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.base.sampling import rounding_variance, sampling_variance

NEEDED = ("poll_id", "house_id", "dimension", "level", "mid_date")
POLL = ["poll_id", "house_id", "mid_date"]
SHARES = ("for_pct", "against_pct", "undecided_pct", "refused_pct")


def split_trends(
    splits: pd.DataFrame, dimension: str, *, value: str = "for_pct", alpha: float = 0.05
) -> pd.DataFrame:
    """Printed shares of the levels of one dimension, with their errors where they can be known.

    Parameters
    ----------
    splits : DataFrame
        One row per poll and subgroup, as of ``polls.splits``: poll_id, house_id, dimension,
        level, mid_date, the share; optionally base_n, design_effect, decimals, n_parts.
    dimension : str
        Such as ``"age"``, ``"sex"`` or ``"tv"``.
    value : str
        Which share: ``"for_pct"``, ``"against_pct"``, ``"undecided_pct"``, ``"refused_pct"``.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        poll_id, house_id, mid_date, level, share_pct, base_n, sd, lower, upper (points and
        percent; sampling and rounding), by level and date.  Without a base there is no sd:
        none is made up.

    Raises
    ------
    PollInputError
        Naming row, column, what was found and the cure.

    See Also
    --------
    split_gaps : two levels of the same poll.
    analysis.base.sampling.sampling_variance : the error of a share.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "poll_id": ["a", "a"], "house_id": "h", "dimension": "sex",
    ...     "level": ["female", "male"], "mid_date": "2022-04-18",
    ...     "for_pct": [60.0, 70.0], "base_n": [400, None]})
    >>> split_trends(rows, "sex")[["level", "share_pct", "sd"]].round(2)
        level  share_pct    sd
    0  female       60.0  2.47
    1    male       70.0   NaN
    """
    rows = _pick(splits, dimension, value)
    variance = _error_variance(rows)
    z = float(ndtri(1 - check_alpha(alpha) / 2))
    rows = rows.assign(sd=np.sqrt(variance))
    rows["lower"] = (rows["share_pct"] - z * rows["sd"]).clip(lower=0)
    rows["upper"] = (rows["share_pct"] + z * rows["sd"]).clip(upper=100)
    rows = rows.sort_values(["level", "mid_date", "poll_id"], ignore_index=True)
    return rows[[*POLL, "level", "share_pct", "base_n", "sd", "lower", "upper"]]


def split_gaps(
    splits: pd.DataFrame,
    dimension: str,
    a: str,
    b: str,
    *,
    value: str = "for_pct",
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Share in one level minus share in another, poll by poll.

    Parameters
    ----------
    splits, dimension, value, alpha
        As in :func:`split_trends`.
    a, b : str
        Two levels of the dimension.

    Returns
    -------
    DataFrame
        poll_id, house_id, mid_date, a_pct, b_pct, gap, sd, lower, upper (points), by date;
        polls that printed both.  The two levels are different people, so variances add.

    Raises
    ------
    PollInputError
        When no poll printed both.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "poll_id": ["a", "a"], "house_id": "h", "dimension": "sex",
    ...     "level": ["female", "male"], "mid_date": "2022-04-18",
    ...     "for_pct": [60.0, 70.0], "base_n": [400, 500]})
    >>> float(split_gaps(rows, "sex", "male", "female")["gap"][0])
    10.0
    """
    rows = split_trends(splits, dimension, value=value, alpha=alpha)
    first, second = (rows[rows["level"] == level] for level in (a, b))
    both = first.merge(second, on=POLL, suffixes=("_a", "_b"))
    if both.empty:
        levels = ", ".join(sorted(rows["level"].unique()))
        found = f"no poll printed {value} of both {a!r} and {b!r} by {dimension}"
        raise PollInputError(found, f"choose two of: {levels}")
    z = float(ndtri(1 - check_alpha(alpha) / 2))
    sd = np.sqrt(both["sd_a"] ** 2 + both["sd_b"] ** 2)
    gap = both["share_pct_a"] - both["share_pct_b"]
    shown = both[POLL].assign(a_pct=both["share_pct_a"], b_pct=both["share_pct_b"], gap=gap)
    shown = shown.assign(sd=sd, lower=gap - z * sd, upper=gap + z * sd)
    return shown.sort_values(["mid_date", "poll_id"], ignore_index=True)


def _check_columns(splits: pd.DataFrame, more: tuple[str, ...]) -> None:
    if not isinstance(splits, pd.DataFrame):
        raise PollInputError(f"splits came as {type(splits).__name__}", "pass a pandas DataFrame")
    missing = [name for name in (*NEEDED, *more) if name not in splits.columns]
    if missing:
        cure = f"splits need {', '.join((*NEEDED, *more))}"
        raise PollInputError(f"splits: column {missing[0]} is missing", cure)


def _pick(splits: pd.DataFrame, dimension: str, value: str) -> pd.DataFrame:
    """Rows of a dimension that have the share, checked."""
    if value not in SHARES:
        raise PollInputError(f"value is {value!r}", f"use one of {', '.join(SHARES)}")
    _check_columns(splits, (value,))
    rows = splits[(splits["dimension"] == dimension) & splits[value].notna()]
    if rows.empty:
        known = ", ".join(sorted(splits["dimension"].astype(str).unique()))
        found = f"no poll printed {value} by {dimension!r}"
        raise PollInputError(found, f"choose one of: {known}")
    names = {name: read_text(rows, name, f"name the {name}") for name in ("poll_id", "level")}
    base = _optional(rows, "base_n", np.nan, low=0, low_open=True, cure="give interviews, above 0")
    share = read_numbers(rows, value, low=0, high=100, cure="give percent, 0 to 100")
    days = read_dates(rows, "mid_date").astype("datetime64[s]")
    return rows.assign(**names, share_pct=share, base_n=base, mid_date=days)


def _optional(
    rows: pd.DataFrame,
    column: str,
    missing: float,
    *,
    low: float,
    cure: str,
    low_open: bool = False,
) -> Array:
    """Numbers of a column that may be absent, or empty in some rows."""
    if column not in rows.columns:
        return np.full(len(rows), missing)
    values = read_numbers(rows, column, low=low, low_open=low_open, cure=cure, required=False)
    return np.where(np.isnan(values), missing, values)


def _error_variance(rows: pd.DataFrame) -> Array:
    """Sampling and rounding variance of each share; NaN without a base."""
    cure = "give a ratio of variances, above 0"
    deff = _optional(rows, "design_effect", 1.0, low=0, low_open=True, cure=cure)
    decimals = _optional(rows, "decimals", 0.0, low=0, cure="give digits after the point")
    parts = _optional(rows, "n_parts", 1.0, low=1, cure="give how many figures were added up")
    share, base = rows["share_pct"].to_numpy(dtype=float), rows["base_n"].to_numpy(dtype=float)
    return sampling_variance(share, base, deff) + rounding_variance(decimals, parts)
