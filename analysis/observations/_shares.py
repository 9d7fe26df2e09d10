"""Shares as fractions, far from those of their house, or exchanged with each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.observations._rows import FEWEST_OTHERS, NEARLY, Text, name_rows

# A poll this many times the usual distance, and so many points, from those before and after it has
# a slipped point or swapped digits.
FAR, FAR_POINTS, NEIGHBOURS = 6.0, 4.0, 2
# A house this many points from all others asks something else, unless those are as far from
# each other; one not so far has exchanged answers if it lies within a few points of what they lack.
HOUSE_APART, HOUSES_RATIO = 20.0, 2.0
EXCHANGED_APART = 15.0
# Parts of one house that lie where the others have each other's; so far apart that no lean explains
# it.
PARTS_APART = 10.0
# Points: where others have more, a sample of some hundred in which nobody names a part is none.
MOST_UNSEEN = 2.5


def tell_fractions(obs: pd.DataFrame, share: Array) -> Iterator[str]:
    between = (share > 0) & (share < 1)
    if share.max() <= 1 and between.any():
        yield "no share is above 1: are these fractions rather than percent?"
        return
    usual = np.median(share[share > 1]) if (share > 1).any() else 0.0
    rows = np.flatnonzero(look_like_fractions(share, usual))
    if len(rows):
        yield (
            f"{share[rows[0]]:g} percent in {name_rows(obs, rows)}, where others have some "
            f"{usual:.0f}: are these fractions? Give all shares in percent"
        )


def look_like_fractions(share: Array, usual: float | Array) -> Text:
    """Which of the shares between 0 and 1 are nearer to the usual one once they are percent.

    Examples
    --------
    >>> look_like_fractions(np.array([0.6, 0.6, 60.0]), np.array([58.0, 1.0, 58.0]))
    array([ True, False, False])
    """
    nearer = np.abs(100 * share - usual) < np.abs(share - usual)
    return np.asarray((share > 0) & (share < 1) & nearer)


def tell_other_house(house: Text, share: Array, part: str = "") -> Iterator[str]:
    """A house far from all others, which are nearer to each other.

    Parameters
    ----------
    house : ndarray of str, shape (n,)
    share : ndarray, shape (n,)
        Percent, of one answer; NaN where it was not printed.
    part : str
        Name of the answer; empty where there is one only.

    Examples
    --------
    >>> house = np.array(["a", "b", "c", "d"])
    >>> for found in tell_other_house(house, np.array([60.0, 61, 63, 25])):
    ...     print(found.partition(":")[0])
    house d has 25 percent, where the other 3 have 60 to 63
    >>> for found in tell_other_house(house, np.array([60.0, 61, 62, 42])):
    ...     print(found.partition(":")[2])
     as little as these lack of 100, look for exchanged answers
    >>> for found in tell_other_house(house, np.array([4.0, 3, 3, 0]), "green"):
    ...     print(found.partition(":")[2])
     leave cells empty where nothing was printed
    """
    printed = ~np.isnan(share)
    house, share = house[printed], share[printed]
    names = sorted(set(house))
    medians = np.array([np.median(share[house == name]) for name in names])
    of_part = f" {part}" if part else ""
    for i, name in enumerate(names):
        others = np.delete(medians, i)
        if len(others) < FEWEST_OTHERS - 1:
            continue
        low, high = others.min(), others.max()
        apart = max(low - medians[i], medians[i] - high)
        rest = 100 - medians[i]
        is_exchanged = abs(rest - np.clip(rest, low, high)) <= NEARLY
        found = (
            f"house {name} has {medians[i]:g} percent{of_part}, where the other {len(others)} have "
            f"{low:g} to {high:g}: "
        )
        if medians[i] == 0 and low > MOST_UNSEEN:
            yield found + f"leave {'cells empty' if part else 'rows out'} where nothing was printed"
        elif len(others) >= FEWEST_OTHERS and apart > max(HOUSE_APART, HOUSES_RATIO * (high - low)):
            yield found + "look for another question, another answer or a slip"
        elif is_exchanged and apart > max(EXCHANGED_APART, HOUSES_RATIO * (high - low)):
            yield found + "as little as these lack of 100, look for exchanged answers"


def tell_far(
    house: Text, share: Array, sampling_sd: Array, rows: Sequence[str], part: str
) -> Iterator[str]:
    """Polls that stand far from those of their house before and after them.

    For models of several parts, and where no fit is at hand; the trend of one share asks its fit.

    Parameters
    ----------
    house : ndarray of str, shape (n,)
        In the order of the polls' days, as all that follows.
    share : ndarray, shape (n,)
        Percent; NaN where the part was not printed.
    sampling_sd : ndarray, shape (n,)
        Points.
    rows : sequence of str
        How messages name the polls.
    part : str
        Empty where there is one share only.

    Examples
    --------
    >>> share = np.array([60.0, 61, 6.0, 59, 60, 62])
    >>> rows = [f"line {i + 2}" for i in range(6)]
    >>> for found in tell_far(np.array(["fom"] * 6), share, np.full(6, 1.2), rows, "for"):
    ...     print(found.partition(";")[0])
    line 4: 6 percent for, where house fom has 60 before and after
    >>> share = np.array([4.0, 3, 0, 4, 4, 3])
    >>> for found in tell_far(np.array(["fom"] * 6), share, np.full(6, 0.6), rows, "green"):
    ...     print(found.partition(";")[2])
     leave the cell empty where nothing was printed
    """
    apart, usual = np.full((2, len(share)), np.nan)
    for name in set(house):
        mine = np.flatnonzero((house == name) & ~np.isnan(share))
        if len(mine) <= FEWEST_OTHERS:
            continue
        for k, i in enumerate(mine):
            first = min(max(k - NEIGHBOURS, 0), len(mine) - 2 * NEIGHBOURS - 1)
            near = np.delete(mine, k)[max(first, 0) :][: 2 * NEIGHBOURS]
            usual[i] = np.median(share[near])
            apart[i] = abs(share[i] - usual[i])
    if np.isnan(apart).all():
        return
    of_part = f" {part}" if part else ""
    # A median distance is 0.6745 sd of normal ones.
    scale = np.maximum(sampling_sd, np.nanmedian(apart) / 0.6745)
    is_unseen = (share == 0) & (usual > MOST_UNSEEN)
    for i in np.flatnonzero(((apart > FAR * scale) & (apart > FAR_POINTS)) | is_unseen):
        cure = "look for a slipped point, swapped digits or exchanged answers"
        if is_unseen[i]:
            cure = f"leave the {'cell empty' if part else 'row out'} where nothing was printed"
        yield (
            f"{rows[int(i)]}: {share[i]:g} percent{of_part}, where house {house[i]} has "
            f"{usual[i]:g} before and after; {cure}"
        )


def find_exchanged_parts(
    house: Text, shares: Array, parts: Sequence[str]
) -> dict[tuple[str, str, str], str]:
    """Houses of which two parts lie where all others have each other's.

    Parameters
    ----------
    house : ndarray of str, shape (n,)
    shares : ndarray, shape (n, n_parts)
        Percent; NaN where a part was not printed.
    parts : sequence of str

    Returns
    -------
    dict
        From house and its two parts to a message.

    Examples
    --------
    >>> shares = np.array([[45.0, 30], [46, 29], [44, 31], [30, 45]])
    >>> for found in find_exchanged_parts(np.array(["a", "b", "c", "d"]), shares, ["red", "blue"]):
    ...     print(found)
    ('d', 'red', 'blue')
    """
    names = sorted(map(str, set(house)))
    medians = pd.DataFrame(shares).groupby(house).median().loc[names].to_numpy()
    found = {}
    for i, name in enumerate(names):
        others = np.delete(medians, i, axis=0)
        for k, m in combinations(range(len(parts)), 2):
            of_both = others[~np.isnan(others[:, [k, m]]).any(axis=1)][:, [m, k]]
            if len(of_both) < FEWEST_OTHERS - 1 or np.isnan(medians[i, [k, m]]).any():
                continue
            mine, low, high = medians[i, [k, m]], of_both.min(axis=0), of_both.max(axis=0)
            apart = max(low[0] - high[1], low[1] - high[0])
            is_there = np.abs(mine - np.clip(mine, low, high)).max() <= NEARLY
            if is_there and apart > max(PARTS_APART, HOUSES_RATIO * (high - low).max()):
                found[name, parts[k], parts[m]] = (
                    f"house {name} has {mine[0]:g} percent {parts[k]} and {mine[1]:g} {parts[m]}, "
                    f"where the other {len(of_both)} have {low[1]:g} to {high[1]:g} and "
                    f"{low[0]:g} to {high[0]:g}: look for exchanged answers"
                )
    return found
