"""Houses, sectors and levels under two names, or under none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.base.errors import name_row
from analysis.base.names import find_alike, is_slip, is_summary, names_nobody, skeleton, tell_apart
from analysis.observations._rows import FEWEST_OTHERS, Text, name_rows

# A category of its own, such as of parties that people are near to.
LEVEL_OF_NONE = "none"


def tell_alike(obs: pd.DataFrame, values: Text, what: str) -> Iterator[str]:
    """Names that look the same, or differ in capitals alone.

    Parameters
    ----------
    obs : DataFrame
        Its index names the rows.
    values : ndarray of str, shape (n,)
    what : str
        What they name, in the plural.

    Examples
    --------
    >>> frame = pd.DataFrame({"wave": ["a 1", "a  1"]})
    >>> next(tell_alike(frame, frame["wave"].to_numpy(object), "waves")).partition(";")[0]
    "waves that look alike count as different: 'a  1' and 'a 1' (first in row 1, row 0"
    """
    return tell_looking_alike(obs, values, what, capitals=True)


def tell_looking_alike(
    obs: pd.DataFrame, values: Text, what: str, *, capitals: bool = False
) -> Iterator[str]:
    """Names that look the same; those that differ in capitals alone only where asked."""
    for names in find_alike(values):
        if not capitals and len({name.casefold() for name in names}) == 1:
            continue
        rows = [int(np.flatnonzero(values == name)[0]) for name in names]
        both = " and ".join(map(repr, names))
        yield (
            f"{what} that look alike count as different: {both} (first in {name_rows(obs, rows)}; "
            f"they differ in {tell_apart(names)}); write the name in one way"
        )


def tell_capitals(obs: pd.DataFrame, house: Text) -> Iterator[str]:
    folded: dict[str, set[str]] = {}
    for name in house:
        folded.setdefault(name.casefold(), set()).add(name)
    for names in folded.values():
        if len(names) > 1:
            rows = [int(np.flatnonzero(house == name)[0]) for name in sorted(names)]
            yield (
                f"houses that differ only in capitals count as different: "
                f"{' and '.join(sorted(names))} (first in {name_rows(obs, rows)}); write the name "
                "in one way"
            )


def tell_misspelt(obs: pd.DataFrame, house: Text) -> Iterator[str]:
    """A house of one poll that a slip of the hand makes of a house of several."""
    names, counts = np.unique(house.astype("str"), return_counts=True)
    for name in map(str, names[counts == 1]):
        row = name_row(obs, int(np.flatnonzero(house == name)[0]))
        for other in (str(several) for several in names[counts >= FEWEST_OTHERS]):
            if skeleton(name) != skeleton(other) and is_slip(name, other):
                yield (
                    f"house {name!r} ({row}) has one poll and is one slip of the hand from "
                    f"{other!r}; write the name in one way"
                )


def tell_slips(obs: pd.DataFrame, values: Text, what: str) -> Iterator[str]:
    """Names that a slip of the hand makes of each other, where names are few and apart."""
    for name, other in combinations(sorted(set(values)), 2):
        if skeleton(name) != skeleton(other) and is_slip(name, other):
            rows = [int(np.flatnonzero(values == either)[0]) for either in (name, other)]
            yield (
                f"{what} {name!r} and {other!r} (first in {name_rows(obs, rows)}) are one slip of "
                "the hand from each other and count as different; write the name in one way"
            )


def tell_nobody(obs: pd.DataFrame, values: Text, what: str) -> Iterator[str]:
    """Names that are a program's word for none, or that have lost their letters."""
    for name in sorted(filter(names_nobody, set(values))):
        rows = name_rows(obs, np.flatnonzero(values == name))
        yield (
            f"{what} {name!r} in {rows} is no name: those without one, or with letters that an "
            "encoding lost, count as the same; fill it in"
        )


def tell_no_poll(obs: pd.DataFrame, house: Text) -> Iterator[str]:
    """Rows that sum up others, or an election, under the names that these have."""
    for name in sorted(filter(is_summary, set(house))):
        yield (
            f"house {name!r} in {name_rows(obs, np.flatnonzero(house == name))} is called as an "
            "average, a total or an election are, which is no poll; leave it out, and give an "
            "election as an anchor"
        )


def tell_covariate(obs: pd.DataFrame, name: str, values: Text) -> Iterator[str]:
    yield from tell_alike(obs, values, f"levels of {name}")
    yield from tell_slips(obs, values, f"levels of {name}")
    named = np.where(values == LEVEL_OF_NONE, f"{LEVEL_OF_NONE} of {name}", values)
    yield from tell_nobody(obs, named, f"level of {name}")
    if len(set(values)) == 1:
        yield (
            f"covariate {name} is {values[0]!r} in all polls: there is nothing to estimate; "
            "leave it out"
        )
