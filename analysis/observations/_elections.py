"""All that deserves a look in polls of past elections."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import name_row
from analysis.observations._names import (
    tell_capitals,
    tell_looking_alike,
    tell_misspelt,
    tell_no_poll,
    tell_nobody,
)
from analysis.observations._rows import FEWEST_OTHERS, Text, name_rows, usual_of_others
from analysis.observations._same_poll import tell_copies, tell_rows_of_one_poll
from analysis.observations._shares import FAR, FAR_POINTS, HOUSE_APART, look_like_fractions
from analysis.observations._sizes import tell_odd_sizes, tell_sizes


def find_past_suspicions(
    polls: pd.DataFrame, columns: dict[str, Text], result: Array
) -> tuple[str, ...]:
    """Collect what deserves a look in polls of past elections.

    As :func:`~analysis.observations.find_suspicions` does for others.

    Parameters
    ----------
    polls : DataFrame
        As they were given.
    columns : dict
        The same as checked arrays: election, house_id, share_pct, sample_size.
    result : ndarray, shape (n,)
        Percent, of the election of each poll.

    Examples
    --------
    >>> polls = pd.DataFrame({"house_id": ["fom", "FOM"], "share_pct": [52, 0.49]})
    >>> polls = polls.assign(election="r", sample_size=1000.0)
    >>> columns = {str(name): polls[name].to_numpy() for name in polls}
    >>> for found in find_past_suspicions(polls, columns, np.full(2, 50.0)):
    ...     print(found.rpartition("; ")[2])
    write the name in one way
    0.49 percent in row 1, where the result was 50: are these fractions? Give shares in percent
    """
    house, share = columns["house_id"], columns["share_pct"]
    notes = [
        *tell_copies(polls),
        *tell_capitals(polls, house),
        *tell_looking_alike(polls, house, "houses"),
    ]
    notes += [
        *tell_misspelt(polls, house),
        *tell_no_poll(polls, house),
        *tell_nobody(polls, house, "house"),
    ]
    notes += tell_sizes(polls, columns["sample_size"])
    notes += tell_odd_sizes(polls, columns)
    if "end_date" in polls.columns:
        ends = polls["end_date"].to_numpy(object)
        of_election = columns | {"start_date": columns["election"], "end_date": ends}
        notes += tell_rows_of_one_poll(polls, of_election)
    if max(share.max(), result.max()) <= 1:
        notes.append("no share and no result is above 1: are these fractions rather than percent?")
        return tuple(notes)
    rows = np.flatnonzero(look_like_fractions(share, result))
    if len(rows):
        notes.append(
            f"{share[rows[0]]:g} percent in {name_rows(polls, rows)}, where the result was "
            f"{result[rows[0]]:g}: are these fractions? Give shares in percent"
        )
    rows = np.flatnonzero(look_like_fractions(result, share))
    if len(rows):
        notes.append(
            f"a result of {result[rows[0]]:g} percent, where {name_row(polls, int(rows[0]))} "
            f"has {share[rows[0]]:g}: is it a fraction? Give results in percent"
        )
    return (*notes, *_far_from_election(polls, columns, result))


def _far_from_election(
    polls: pd.DataFrame, columns: dict[str, Text], result: Array
) -> Iterator[str]:
    """Polls far from the others of their election, and results far from all of its polls."""
    election, share = columns["election"], columns["share_pct"]
    others = usual_of_others(election, share)
    usual = np.where(np.isnan(others), result, others)
    apart = np.abs(share - usual)
    sampling_sd = 50 / np.sqrt(columns["sample_size"].astype("float64"))
    # A median distance is 0.6745 sd of normal ones.
    scale = np.maximum(sampling_sd, np.median(apart) / 0.6745)
    is_told = look_like_fractions(share, result) | look_like_fractions(result, share)
    for i in np.flatnonzero((apart > FAR * scale) & (apart > FAR_POINTS) & ~is_told):
        there = "the result was" if np.isnan(others[i]) else "the others of its election have some"
        yield (
            f"{share[i]:g} percent in {name_row(polls, int(i))}, where {there} {usual[i]:g}; look "
            "for a slipped point, swapped digits or another answer"
        )
    for name in dict.fromkeys(election):
        rows = np.flatnonzero(election == name)
        low, high, told = share[rows].min(), share[rows].max(), result[rows[0]]
        is_far = max(low - told, told - high) > HOUSE_APART and not is_told[rows].any()
        if is_far and len(rows) >= FEWEST_OTHERS:
            yield (
                f"a result of {told:g} percent for {name!r}, whose {len(rows)} polls have "
                f"{low:g} to {high:g}; look for a slipped point or another answer"
            )
