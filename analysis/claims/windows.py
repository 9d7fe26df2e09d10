"""Windows of time that every published change is told between, and the houses that span them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import pandas as pd

from analysis.base.errors import PollInputError

# The full-scale invasion began on 24 February 2022.
INVASION = pd.Timestamp("2022-02-24")
LAST_MONTHS = 12
# Of the bases the first that a house spans: other questions were not asked in spring 2022.
BASES = ("base", "asked_first", "autumn")


class Window(NamedTuple):
    """Days from the first to the last, both included."""

    start: pd.Timestamp
    end: pd.Timestamp


def windows(last_day: object) -> dict[str, Window]:
    """The windows that all published changes use, by name.

    Parameters
    ----------
    last_day : str, date or Timestamp
        Last day of the data.

    Returns
    -------
    dict of Window
        ``"base"`` April and May 2022, when the claim was made; ``"last"`` the twelve calendar
        months up to that of `last_day`; and two other bases, ``"first_weeks"`` of the invasion
        (24 February to 9 March 2022) and ``"autumn"`` (October and November 2022), since the
        rally of March 2022 came between and the base decides the sign of a change.
        ``"asked_first"`` (August and September 2022) is the base of going on with the fighting:
        the first months in which a house that still asks about it did.

    Raises
    ------
    PollInputError
        When `last_day` lies before the last of the bases is over.

    Examples
    --------
    >>> windows("2026-02-22")["last"].start.date().isoformat()
    '2025-03-01'
    """
    last = pd.Timestamp(str(last_day))
    bases = {
        "first_weeks": Window(INVASION, pd.Timestamp("2022-03-09")),
        "base": Window(pd.Timestamp("2022-04-01"), pd.Timestamp("2022-05-31")),
        "asked_first": Window(pd.Timestamp("2022-08-01"), pd.Timestamp("2022-09-30")),
        "autumn": Window(pd.Timestamp("2022-10-01"), pd.Timestamp("2022-11-30")),
    }
    end = last + pd.offsets.MonthEnd(0)
    start = end + pd.offsets.MonthBegin(-LAST_MONTHS)
    if start <= max(base.end for base in bases.values()):
        message = f"the data end on {last:%Y-%m-%d}, within a year of the first windows"
        raise PollInputError(message, "take data that go to November 2023 at least")
    return {**bases, "last": Window(start, end)}


def panel(obs: pd.DataFrame, *spans: Window) -> tuple[str, ...]:
    """Houses with a poll in each of some windows, in alphabetical order.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date; one row per poll.
    *spans : Window

    Returns
    -------
    tuple of str

    Raises
    ------
    PollInputError
        When no house has.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-04-15", "2025-10-01", "2022-04-20"])
    >>> obs = pd.DataFrame({"house_id": ["a", "a", "b"], "mid_date": days})
    >>> spans = windows("2025-10-08")
    >>> panel(obs, spans["base"], spans["last"])
    ('a',)
    """
    sets = [set(obs.loc[obs["mid_date"].between(*span), "house_id"]) for span in spans]
    found = tuple(sorted(set.intersection(*sets)))
    if not found:
        raise PollInputError("no house has polls in all windows", "take wider windows")
    return found


def main_windows(
    obs: pd.DataFrame, needed: Collection[str] = ()
) -> tuple[Window, Window, str] | None:
    """Windows and reference between which a question's change is told.

    The last window ends with the month of the last poll of a house that also polled in the
    first: a poll of another house must not move it to where the panel has no poll.
    Where houses are compared, it is the last in which all of them polled.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date; one row per poll.
    needed : collection of str
        Houses that have to be in both windows.

    Returns
    -------
    tuple of Window, Window and str, or None
        First and last window, and the mean of the houses that polled in both, as
        :meth:`analysis.trend.results.PollTrendResults.change` takes them; None where no
        house polled in both, or not all that are needed, or the data end within a year of the
        first windows.

    Examples
    --------
    >>> days = ["2022-04-15", "2022-04-20", "2025-10-01", "2025-11-02", "2029-06-07"]
    >>> obs = pd.DataFrame({"house_id": list("ababa"), "mid_date": pd.to_datetime(days)})
    >>> main_windows(obs)[1].end.year, main_windows(obs, ["a", "b"])[1].end.year
    (2029, 2025)
    """
    for name in BASES:
        try:
            early = panel(obs, windows(obs["mid_date"].max())[name])
            days = obs.loc[obs["house_id"].isin(early), "mid_date"].unique()
            for day in sorted(days, reverse=True):
                spans = windows(day)
                houses = panel(obs, spans[name], spans["last"])
                if set(needed) <= set(houses):
                    return spans[name], spans["last"], f"houses:{','.join(houses)}"
        except PollInputError:
            continue
    return None


def name_base(start: Window, last_day: object) -> str:
    """Name of a window that a change begins with.

    Examples
    --------
    >>> name_base(windows("2026-02-22")["autumn"], "2026-02-22")
    'autumn'
    """
    return next(name for name, window in windows(last_day).items() if window == start)
