"""Days of fieldwork and of publication with a wrong month or year."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import DATE_CURE, is_blank, to_days
from analysis.base.errors import name_row
from analysis.observations._rows import (
    DAY,
    FEWEST_OTHERS,
    YEAR,
    Text,
    name_rows,
    usual_of_others,
)

# Fieldwork of two months, five times the usual, has a month or year wrong.
LONG_DAYS, LONG_RATIO = 40, 5.0
# Of a house with few polls: no field stays open for so long.
ENDLESS_DAYS = 300
# A poll this many years from all others has another year, and so have one or two before or after
# all others at so many days and so many times the widest gap between those.
YEARS_APART, DAYS_APART, GAP_RATIO = 10.0, 200.0, 10.0


def tell_long_fieldwork(obs: pd.DataFrame, columns: dict[str, Text]) -> Iterator[str]:
    """Fieldwork much longer than in the house's other polls."""
    start, end = (columns[name].astype("datetime64[D]") for name in ("start_date", "end_date"))
    days = (end - start) / np.timedelta64(1, "D") + 1
    usual = usual_of_others(columns["house_id"], days)
    printed = np.ones(len(days), dtype=bool)
    if "date_imputed" in obs.columns:  # a window that the days lie in is no fieldwork
        printed = ~obs["date_imputed"].fillna(False).to_numpy(dtype=bool)
    yield from tell_long(obs, columns["house_id"], np.where(printed, days, np.nan), usual)


def tell_long(obs: pd.DataFrame, house: Text, days: Array, usual: Array) -> Iterator[str]:
    """Fieldwork of so many days, of houses that usually have others, where that is known."""
    for i in np.flatnonzero(np.isnan(usual) & (days > ENDLESS_DAYS)):
        yield (
            f"fieldwork of {days[i]:.0f} days in {name_row(obs, int(i))}; correct the year of one "
            "of the dates"
        )
    for i in np.flatnonzero((days > LONG_DAYS) & (days > LONG_RATIO * usual)):
        yield (
            f"fieldwork of {days[i]:.0f} days in {name_row(obs, int(i))}, where house "
            f"{house[i]} usually has {usual[i]:g}; correct one of the dates"
        )


def tell_other_year(obs: pd.DataFrame, first: Text, what: str) -> Iterator[str]:
    """A poll or two years from all others, or as far before or after them as no others are.

    Parameters
    ----------
    obs : DataFrame
        Its index names the rows.
    first : ndarray of datetime64, shape (n,)
        First day of each.
    what : str
        What the days are of.
    """
    day = first.astype("datetime64[D]")
    order = np.argsort(day, kind="stable")
    gaps = np.diff(day[order]) / DAY
    n = len(day)
    apart: dict[int, float] = {}
    ends = np.concatenate([[np.inf], gaps, [np.inf]])
    nearest = np.minimum(ends[:-1], ends[1:])
    if n > FEWEST_OTHERS:
        apart |= {int(i): nearest[i] for i in np.flatnonzero(nearest > YEARS_APART * YEAR)}
    for n_far in range(1, FEWEST_OTHERS):
        if n < n_far + 2 * FEWEST_OTHERS:
            break
        for far, gap, others in (
            (range(n_far), gaps[n_far - 1], gaps[n_far:]),
            (range(n - n_far, n), gaps[-n_far], gaps[:-n_far]),
        ):
            if gap > max(DAYS_APART, GAP_RATIO * others.max()):
                apart |= dict.fromkeys(far, gap)
    for place, days in sorted(apart.items()):
        i = int(order[place])
        far_off = f"{days / YEAR:.0f} years" if days > 2 * YEAR else f"{days:.0f} days"
        yield (
            f"{what} of {day[i]} in {name_row(obs, i)} lies {far_off} from all other polls; "
            "correct the year"
        )


def tell_to_come(obs: pd.DataFrame, day: Text, what: str) -> Iterator[str]:
    """Days that have not come yet, of which nobody can know.

    Parameters
    ----------
    obs : DataFrame
        Its index names the rows.
    day : ndarray of datetime64, shape (n,)
        NaT where there is none.
    what : str
        What the days are of.

    Examples
    --------
    >>> frame = pd.DataFrame(index=[0, 1])
    >>> days = np.array(["2022-03-01", "2099-03-01"], dtype="datetime64[D]")
    >>> for found in tell_to_come(frame, days, "fieldwork"):
    ...     print(found)
    fieldwork of 2099-03-01 in row 1 has not come yet; correct the year
    """
    rows = np.flatnonzero(day.astype("datetime64[D]") > np.datetime64("today") + DAY)
    if len(rows):
        first = day[rows[0]].astype("datetime64[D]")
        yield f"{what} of {first} in {name_rows(obs, rows)} has not come yet; correct the year"


def tell_published(obs: pd.DataFrame, end: Text) -> Iterator[str]:
    """Days of publication before the end of fieldwork, to come, or that nobody can read."""
    for column in ("available_from", "published"):
        if column not in obs.columns:
            continue
        days = to_days(obs[column])
        odd = np.flatnonzero(np.isnat(days) & ~is_blank(obs[column]))
        if len(odd):
            yield f"{column} in {name_rows(obs, odd)} is no date that can be read; {DATE_CURE}"
        early = np.flatnonzero(days < end.astype("datetime64[D]"))
        if len(early):
            yield (
                f"{column} lies before the end of fieldwork in {name_rows(obs, early)}; "
                "correct one of the dates"
            )
        yield from tell_to_come(obs, days, column)
