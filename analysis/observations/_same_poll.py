"""Rows that are one poll, and tracking polls that share interviews."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days
from analysis.base.errors import name_row
from analysis.observations._rows import DAY, FEWEST_OTHERS, NEARLY, Text, name_rows

# Rows of one poll, as for voters and for likely voters, differ by less than NEARLY points, and by
# little in their sizes; two questions of one survey differ by more points.
SIZE_RATIO = 1.1
# Two surveys of one house may meet by chance; windows that go on meeting are one tracking poll,
# and so are two of which more than half of one lies inside the other.
FEWEST_MEETINGS, HALF = 3, 0.5


def tell_copies(obs: pd.DataFrame) -> Iterator[str]:
    copies = np.flatnonzero(_repeated(obs, keep="first"))
    if len(copies):
        first = name_row(obs, int(copies[0]))
        yield (
            f"{len(copies)} rows repeat another row and count twice (first: {first}); keep one of "
            "each"
        )


def _repeated(obs: pd.DataFrame, *, keep: Literal["first", False]) -> Text:
    """Which rows are the same in all columns as another; of the first of them too if asked."""
    try:
        return obs.duplicated(keep=keep).to_numpy()
    except TypeError:  # a column holds lists or the like
        return obs.astype(str).duplicated(keep=keep).to_numpy()


def tell_one_poll_id(columns: dict[str, Text]) -> Iterator[str]:
    names = set(columns.get("poll_id", ()))
    if len(names) == 1 and len(columns["house_id"]) > 1 and names != {""}:
        yield f"poll_id is {names.pop()!r} in all rows; give each poll its own, or leave it out"


def tell_rows_of_one_poll(obs: pd.DataFrame, columns: dict[str, Text]) -> Iterator[str]:
    """Rows that name one poll, or that agree in house and days and nearly in size and share.

    Two questions of one poll are two polls to a model, and whoever names them knows.
    """
    groups: dict[tuple[Any, ...], list[int]] = {}
    house, poll_id = columns["house_id"], columns.get("poll_id")
    question = obs["question_id"].tolist() if "question_id" in obs.columns else [""] * len(house)
    if poll_id is not None and len(set(poll_id)) > 1:
        for i, name in enumerate(poll_id):
            if name:
                groups.setdefault((name.casefold(), question[i]), []).append(i)
    told = {i for rows in groups.values() if len(rows) > 1 for i in rows}
    same = zip(house, columns["start_date"], columns["end_date"], strict=True)
    copies = np.flatnonzero(_repeated(obs, keep=False))
    for i, key in enumerate(same):
        if i not in told and i not in copies:
            groups.setdefault((*key, question[i]), []).append(i)
    share, size = columns["share_pct"], columns["sample_size"].astype("float64")
    twice = [rows for key, rows in groups.items() if len(key) == 2 and len(rows) > 1]
    for rows in (rows for key, rows in groups.items() if len(key) > 2):
        alike = [part for part in _split_by_size(rows, size) if len(part) > 1]
        if poll_id is None and len(rows) >= FEWEST_OTHERS:  # groups or regions, not named as polls
            twice.append(rows)
        else:
            twice += [part for part in alike if np.ptp(share[part]) <= NEARLY]
    if twice:
        n = sum(map(len, twice))
        yield (
            f"{n} rows are several of one poll and count each as a poll of its own, so that "
            f"intervals come out too narrow ({name_rows(obs, twice[0])}"
            f"{f'; {len(twice) - 1} more such polls' if len(twice) > 1 else ''}); keep one row of "
            "each poll"
        )


def tell_two_houses(obs: pd.DataFrame, columns: dict[str, Text]) -> Iterator[str]:
    """Polls of two houses that agree in days, size and share, as one under its sponsor's name."""
    seen: dict[tuple[Any, ...], int] = {}
    names = ("start_date", "end_date", "sample_size", "share_pct")
    keys = [columns[name].tolist() for name in names]
    if "question_id" in obs.columns:
        keys.append(obs["question_id"].tolist())
    for i, key in enumerate(zip(*keys, strict=True)):
        first = seen.setdefault(key, i)
        if columns["house_id"][first] != columns["house_id"][i]:
            houses = " and ".join(map(str, columns["house_id"][[first, i]]))
            yield (
                f"{name_rows(obs, [first, i])} agree in days, size and share: if they are one "
                f"poll under the names of {houses}, keep one of them"
            )


def _split_by_size(rows: list[int], size: Array) -> Iterator[list[int]]:
    """Rows whose sizes differ little from the next smaller one, or are not given."""
    ordered = sorted(rows, key=lambda i: (np.isnan(size[i]), size[i]))
    group = ordered[:1]
    for before, i in pairwise(ordered):
        if size[i] > SIZE_RATIO * size[before] or np.isnan(size[before]) != np.isnan(size[i]):
            yield group
            group = []
        group.append(i)
    yield group


class _Tracking(NamedTuple):
    """Polls of a house whose fieldwork goes on overlapping, in order of their starts.

    ``meets`` are positions in ``rows`` of polls that begin before an earlier one has ended, and
    ``shared`` the part of their days that they have in common with it.
    """

    house: str
    rows: Days
    start: Text
    end: Text
    meets: Days
    shared: Array


def _find_tracking(columns: dict[str, Text]) -> Iterator[_Tracking]:
    """Houses whose polls meet so often that they are one tracking poll."""
    for house in sorted(set(columns["house_id"])):
        rows = np.flatnonzero(columns["house_id"] == house)
        start = columns["start_date"][rows].astype("datetime64[D]")
        end = columns["end_date"][rows].astype("datetime64[D]")
        order = np.lexsort([end, start])
        rows, start, end = rows[order], start[order], end[order]
        latest = np.maximum.accumulate(end)[:-1]
        # Rows of the same days are several of one poll, or two polls of one week.
        moved = (start[1:] > start[:-1]) | (end[1:] != end[:-1])
        meets = np.flatnonzero((start[1:] <= latest) & moved) + 1
        common = np.minimum(end[meets], latest[meets - 1]) - start[meets] + DAY
        shared = common / (end[meets] - start[meets] + DAY)
        if len(meets) >= FEWEST_MEETINGS or (shared > HALF).any():
            yield _Tracking(house, rows, start, end, meets, shared)


def keep_apart(columns: dict[str, Text]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Polls to keep so that those of a tracking poll share no interviews.

    As many as can be, and the last one among them: windows are taken from the latest start
    backwards, each that ends before the last one taken begins.

    Parameters
    ----------
    columns : dict
        Checked arrays: house_id, start_date, end_date.

    Returns
    -------
    ndarray of bool, shape (n_polls,)
        True for all polls of houses that are no tracking poll.

    Examples
    --------
    >>> days = np.arange("2022-03-01", "2022-03-13", dtype="datetime64[D]")
    >>> house = np.array(["trk"] * 12, dtype=object)
    >>> last = days + np.timedelta64(4, "D")
    >>> keep = keep_apart({"house_id": house, "start_date": days, "end_date": last})
    >>> np.flatnonzero(keep)
    array([ 1,  6, 11])
    """
    keep = np.ones(len(columns["house_id"]), dtype=bool)
    for tracking in _find_tracking(columns):
        keep[tracking.rows] = False
        begins = np.datetime64("9999-12-31")
        latest = np.lexsort([tracking.end, tracking.start])[::-1]
        for i in latest:
            if tracking.end[i] < begins:
                keep[tracking.rows[i]], begins = True, tracking.start[i]
    return keep


def tell_overlaps(
    obs: pd.DataFrame, columns: dict[str, Text], *, is_thinned: bool | None
) -> Iterator[str]:
    """Tracking polls, whose windows share interviews."""
    keep = keep_apart(columns)
    for house, rows, _, _, meets, shared in _find_tracking(columns):
        kept = int(keep[rows].sum())
        pair = f"{name_row(obs, int(rows[meets[0]]))} with {name_row(obs, int(rows[meets[0] - 1]))}"
        found = (
            f"fieldwork of house {house} overlaps in {len(meets)} of its {len(rows)} polls "
            f"(first: {pair}), which share {100 * shared.mean():.0f} percent of their days: "
        )
        if is_thinned:
            yield found + f"the {kept} that share no interviews, the last among them, are kept"
        else:
            told = (
                "interviews that two polls share count twice and intervals come out too narrow; "
                f"keep polls that do not overlap (there are {kept})"
            )
            option = (
                "" if is_thinned is None else ", as shared_interviews='thin' (--tracking thin) does"
            )
            yield found + told + option
