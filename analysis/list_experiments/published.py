"""Published indirect measurements: what was asked directly, what indirectly, how far apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.base.errors import PollInputError, row_error
from analysis.base.intervals import check_alpha

COLUMNS = (
    "study", "house_id", "field_start", "field_end", "mode", "n", "technique", "item",
    "direct_pct", "indirect_pct", "gap_points", "gap_low", "gap_high", "se", "as_printed",
    "source_id", "period", "notes", "construct_id", "kind", "superseded_by",
)  # fmt: skip
# Only a list lets people answer in secret. A gap between wordings or orders measures what these
# do, and a recontact asks other people: neither says anything of insincere answers.
SECRET = "list"
# Standard deviation of the number of items that a person counts, where a study printed none:
# four items that half of all agree with, one by one and independently, have sqrt(4 / 4).
ITEM_SD = 1.0


def published_gaps(
    indirect: pd.DataFrame,
    construct: str | None = "support",
    *,
    item_sd: float | None = None,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Tidy the published differences between a direct and an indirect measurement.

    Parameters
    ----------
    indirect : DataFrame
        The table ``indirect`` of the data package.
    construct : str, optional
        What was measured, a construct_id; None keeps all rows.
    item_sd : float, optional
        Standard deviation of the number of items that one person counts, such as `ITEM_SD`, from
        which lists that were published without an error get the one of their design: two
        random halves of n people. Such rows say ``"assumed"``. Without it they have no error
        and no interval.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        study, house_id, kind (list, wording, order, recontact, other), technique, item, date
        (middle of fieldwork, missing where it was not found), period, mode, n, direct_pct,
        indirect_pct, gap_points (direct less indirect), se, lower, upper (points), se_origin
        ("published", "assumed" or "none"), insincere_pct (gap of a list as a share of the
        direct answers), insincere_lower, insincere_upper (the ends of the gap's interval as
        such shares, at least 0), is_preliminary, as_printed, source_id, notes; in the order of
        the table.

    Raises
    ------
    PollInputError
        For a missing column, an assumed error that is not above 0, and shares or gaps that
        cannot be: naming row, column and cure.

    Notes
    -----
    A gap of a list experiment measures misreporting only if the list itself is sound; a gap
    between wordings or orders measures what the wording or the order does. In a recontact
    the "indirect" share is that of people who had not answered before.

    The difference of two means of n / 2 counts each has a standard error of
    ``item_sd * sqrt(4 / n)`` (Blair and Imai 2012, doi:10.1093/pan/mpr048); that of the direct
    share is left out, and so is what a list does of its own.

    Examples
    --------
    >>> table = pd.DataFrame([{
    ...     "study": "A", "kind": "list", "construct_id": "support",
    ...     "direct_pct": 71.0, "indirect_pct": 61.0,
    ... }]).reindex(columns=COLUMNS)
    >>> published_gaps(table)[["gap_points", "se_origin"]].values.tolist()
    [[10.0, 'none']]
    >>> found = published_gaps(table.assign(n=3000), item_sd=1.0)
    >>> found[["lower", "upper", "se_origin"]].round(1).values.tolist()
    [[2.8, 17.2, 'assumed']]
    """
    _check(indirect, item_sd)
    kept = indirect if construct is None else indirect[indirect["construct_id"] == construct]
    found = kept.reset_index(drop=True)
    derived = found["direct_pct"] - found["indirect_pct"]
    gap = found["gap_points"].where(found["gap_points"].notna(), derived)
    is_secret = found["kind"] == SECRET
    origin, se, lower, upper = _errors(found, gap, item_sd, alpha)
    insincere = {
        "insincere_pct": gap,
        "insincere_lower": lower.clip(lower=0),
        "insincere_upper": upper.clip(lower=0),
    }
    return pd.DataFrame(
        {
            "study": found["study"],
            "house_id": found["house_id"],
            "kind": found["kind"],
            "technique": found["technique"],
            "item": found["item"],
            "date": _middle(found),
            "period": found["period"],
            "mode": found["mode"],
            "n": found["n"],
            "direct_pct": found["direct_pct"],
            "indirect_pct": found["indirect_pct"],
            "gap_points": gap,
            "se": se,
            "lower": lower,
            "upper": upper,
            "se_origin": origin,
            **{
                name: (100 * value / found["direct_pct"]).where(is_secret)
                for name, value in insincere.items()
            },
            "is_preliminary": found["superseded_by"].notna(),
            "as_printed": found["as_printed"],
            "source_id": found["source_id"],
            "notes": found["notes"],
        }
    )


def known_day(studies: pd.DataFrame) -> pd.Series[Any]:
    """Day by which a study was known: as printed, else as its fieldwork or its period tells.

    Parameters
    ----------
    studies : DataFrame
        period and date, as from :func:`published_gaps`; study, if there is no other word of it.

    Returns
    -------
    Series of datetime
        The day of publication; else the middle of fieldwork; else the end of the month or year
        that the period names last, or the name of the study. Missing where nothing says it.

    Examples
    --------
    >>> studies = pd.DataFrame({"period": ["published 2022-06-22", "May 2026", None],
    ...                         "date": pd.NaT, "study": ["A", "B", "C and D 2024"]})
    >>> known_day(studies).dt.strftime("%Y-%m-%d").tolist()
    ['2022-06-22', '2026-05-31', '2024-12-31']
    """
    period = studies["period"].astype("object").fillna("").astype("str")
    printed = period.str.extract(r"published (\d{4}-\d{2}-\d{2})")[0]
    days = pd.to_datetime(printed, format="%Y-%m-%d").fillna(pd.to_datetime(studies["date"]))
    month = pd.to_datetime(period, format="%B %Y", errors="coerce") + pd.offsets.MonthEnd(0)
    days = days.fillna(month)
    for words in (period, *([studies["study"].astype("str")] if "study" in studies else [])):
        year = words.str.extract(r".*\b((?:19|20)\d{2})\b")[0]
        days = days.fillna(pd.to_datetime(year + "-12-31", format="%Y-%m-%d"))
    return days


def _check(indirect: pd.DataFrame, item_sd: float | None) -> None:
    missing = [name for name in COLUMNS if name not in indirect.columns]
    if missing:
        raise PollInputError(f"column {missing[0]} is missing", "pass the table indirect")
    if item_sd is not None and not 0 < item_sd < np.inf:
        found, cure = f"{item_sd!r}", "give a standard deviation in items, above 0"
        raise PollInputError(found, cure, "item_sd")
    for column, low in (("direct_pct", 0.0), ("indirect_pct", 0.0), ("gap_points", -100.0)):
        values = indirect[column].to_numpy(dtype=float, na_value=np.nan)
        bad = [int(i) for i in np.flatnonzero((values < low) | (values > 100.0))]
        if bad:
            cure = f"correct it: it must lie within {low:g} to 100"
            raise row_error(indirect, bad, column, f"{values[bad[0]]:g}", cure)


def _errors(
    found: pd.DataFrame, gap: pd.Series[Any], item_sd: float | None, alpha: float
) -> tuple[np.ndarray[Any, Any], pd.Series[Any], pd.Series[Any], pd.Series[Any]]:
    """Where each error comes from, the error, and the ends of the interval."""
    z = float(ndtri(1 - check_alpha(alpha) / 2))
    se = found["se"].astype(float)
    printed = found["gap_low"].notna() & found["gap_high"].notna()
    origin = np.where(se.notna() | printed, "published", "none").astype(object)
    if item_sd is not None:
        is_list = gap.notna() & found["n"].notna() & (found["kind"] == SECRET)
        guessed = (origin == "none") & is_list.to_numpy()
        origin[guessed] = "assumed"
        of_design = 100 * item_sd * (4 / found["n"].astype(float)) ** 0.5
        se = se.where(~guessed, of_design)
    lower = found["gap_low"].astype(float).where(printed, gap - z * se)
    upper = found["gap_high"].astype(float).where(printed, gap + z * se)
    return origin, se, lower, upper


def _middle(found: pd.DataFrame) -> pd.Series[Any]:
    """Middle day of fieldwork where both ends are known."""
    start, end = pd.to_datetime(found["field_start"]), pd.to_datetime(found["field_end"])
    return (start + (end - start) / 2).dt.normalize()
