"""What was known on a day: the polls published by then."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.columns import one_date, read_dates
from analysis.errors import PollInputError


def published_by(obs: pd.DataFrame, date: object) -> tuple[pd.DataFrame, int]:
    """Keep the polls that were published by a date.

    Parameters
    ----------
    obs : DataFrame
        Polls with ``end_date`` and, where known, ``available_from`` or ``published``;
        the first of these columns that has a date in a row counts.
    date : str, date or Timestamp
        The day as of which one looks, included.

    Returns
    -------
    known : DataFrame
        Rows of ``obs`` published by ``date``.
    n_undated : int
        How many of them have no publication date and were taken as published
        on the last day of fieldwork, which is early.

    Raises
    ------
    PollInputError
        When no poll was published by then.

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "end_date": ["2022-03-03", "2022-04-03"], "published": ["2022-03-09", None],
    ... })
    >>> known, n_undated = published_by(obs, "2022-04-01")
    >>> len(known), n_undated
    (1, 0)
    """
    day = one_date(date, "as of")
    if "end_date" not in obs.columns:
        raise PollInputError("column end_date is missing", "add the last day of fieldwork")
    shown = np.full(len(obs), np.datetime64("NaT", "D"))
    for column in ("available_from", "published"):
        if column in obs.columns:
            dates = read_dates(obs, column, required=False)
            shown = np.where(np.isnat(shown), dates, shown)
    undated = np.isnat(shown)
    shown = np.where(undated, read_dates(obs, "end_date"), shown)
    keep = shown <= day
    if not keep.any():
        first = shown.min() if len(shown) else "never"
        raise PollInputError(
            f"no poll was published by {day} (the first: {first})", "choose a later date"
        )
    return obs.loc[keep].copy(), int((keep & undated).sum())
