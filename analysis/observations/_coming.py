"""All that deserves a look in polls to come, which are to be predicted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import to_days
from analysis.base.names import find_alike, is_slip
from analysis.observations._days import tell_long
from analysis.observations._names import tell_nobody
from analysis.observations._rows import DAY, FEWEST_OTHERS, YEAR, Text, name_rows
from analysis.observations._same_poll import tell_copies
from analysis.observations._sizes import tell_odd_variances, tell_sizes, tell_unusual_sizes

FIELD = ("start_date", "end_date")


def find_coming_suspicions(coming: pd.DataFrame, known: pd.DataFrame) -> tuple[str, ...]:
    """Collect what deserves a look in polls to come.

    As :func:`~analysis.observations.find_suspicions` does for polls that are there.

    Parameters
    ----------
    coming : DataFrame
        With house_id, start_date and end_date; sample_size where it is known.
    known : DataFrame
        The polls that the prediction is made from: the same columns.

    Examples
    --------
    >>> days = {"start_date": "2022-03-01", "end_date": "2022-03-03"}
    >>> known = pd.DataFrame({"house_id": ["fom", "levada"], **days})
    >>> coming = pd.DataFrame({"house_id": ["fom", "FOM"], "sample_size": [1500, 1.5], **days})
    >>> for found in find_coming_suspicions(coming, known):
    ...     print(found[:40])
    house 'FOM' in row 1 has no polls and lo
    1.5 interviews in row 1: are these thous
    house and days of row 0 are those of a p
    """
    houses = sorted(set(known["house_id"].astype(str)))
    names = coming["house_id"].astype(str).to_numpy(object)
    notes = list(tell_copies(coming))
    for name in sorted(set(names) - set(houses)):
        near = [group for group in find_alike([name, *houses]) if name in group]
        alike = [other for group in near for other in group if other != name]
        alike += [other for other in houses if is_slip(name, other)]
        if alike:
            rows = name_rows(coming, np.flatnonzero(names == name))
            notes.append(
                f"house {name!r} in {rows} has no polls and looks like {alike[0]!r}, which has: "
                "write the name in one way, or it is predicted as any new house"
            )
    notes += tell_nobody(coming, names, "house")
    usual = _usual(known, _days(known), names)
    notes += tell_long(coming, names, _days(coming), usual)
    if "sample_size" in coming.columns:
        size = _numbers(coming, "sample_size")
        notes += tell_sizes(coming, size)
        if "sample_size" in known.columns:
            usual = _usual(known, _numbers(known, "sample_size"), names)
            notes += tell_unusual_sizes(coming, names, size, usual)
    if "design_effect" in coming.columns:
        effect = {"design_effect": _numbers(coming, "design_effect")}
        shown = coming.drop(columns="sampling_var", errors="ignore")
        notes += tell_odd_variances(shown, effect)
    return (*notes, *_far_from_known(coming, known))


def _numbers(polls: pd.DataFrame, name: str) -> Array:
    return np.asarray(pd.to_numeric(polls[name], errors="coerce"), dtype=float)


def _days(polls: pd.DataFrame) -> Array:
    """Days of fieldwork."""
    start, end = (to_days(polls[name]) for name in FIELD)
    return np.asarray((end - start) / DAY + 1, dtype=float)


def _usual(known: pd.DataFrame, values: Array, names: Text) -> Array:
    """Median of the known polls of each named house; not a number where these are few."""
    told = pd.Series(values).groupby(known["house_id"].astype(str).to_numpy(object))
    usual = told.median()[told.count() >= FEWEST_OTHERS]
    return np.asarray(usual.reindex(names), dtype=float)


def _far_from_known(coming: pd.DataFrame, known: pd.DataFrame) -> Iterator[str]:
    """Polls to come that are there already, or lie before the known ones or long after them."""
    keys = [
        list(zip(polls["house_id"].astype(str), *(to_days(polls[c]) for c in FIELD), strict=True))
        for polls in (coming, known)
    ]
    same = np.flatnonzero([key in set(keys[1]) for key in keys[0]])
    if len(same):
        yield (
            f"house and days of {name_rows(coming, same)} are those of a poll that is known, from "
            "which it is predicted; leave it out of one of the files"
        )
    start, (first, last) = to_days(coming[FIELD[0]]), _ends(known)
    early = np.flatnonzero(start < first)
    if len(early):
        yield (
            f"fieldwork of {name_rows(coming, early)} lies before all known polls (the first: "
            f"{first}): the level is carried back; correct the year, or give earlier polls"
        )
    late = np.flatnonzero(start > last + np.timedelta64(int(YEAR), "D"))
    if len(late):
        days = int((start[late].max() - last) / DAY)
        yield (
            f"fieldwork of {name_rows(coming, late)} lies up to {days} days after all known polls "
            f"(the last: {last}): the level is carried forward; correct the year, or give later "
            "polls"
        )


def _ends(known: pd.DataFrame) -> tuple[np.datetime64, np.datetime64]:
    """First day of the first poll and last day of the last."""
    return to_days(known[FIELD[0]]).min(), to_days(known[FIELD[1]]).max()
