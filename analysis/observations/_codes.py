"""Numbers that stand for "no answer" among ages, incomes and scales."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.observations._rows import DAY, Text

# Numbers that stand for "no answer" lie beyond all ages or incomes; two or three kinds of number
# are no scale, and reach nowhere.
FEWEST_KINDS, CODE_RATIO = 5, 1.5
# Numbers that reach over so many times the least of them, as the sizes of towns do, are apart by
# their ratios: the greatest of such lies far from the others in points and is one of them.
WIDE_SPAN = 100.0
# A scale has some ten values, and codes of it are so many of its steps away. Of more numbers the
# last is a code where several have it, and it is so many of their widest gaps away. Many may well
# work no hours and earn nothing.
CODES = frozenset({"8", "9", "88", "98", "99", "888", "998", "999"})
MOST_OF_SCALE, CODE_STEPS = 11, 3
FEWEST_OF_MANY, FEWEST_CODES, EDGE_GAPS, MOST_ZEROS = 20, 2, 10, 0.1
# Days and months that are written as one number: 20220228, 202202.
DAYS_WRITTEN, MONTHS_WRITTEN = (1900_01_01, 2099_12_31), (1900_01, 2099_12)


def find_code(values: Array) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Positions of numbers so far from all others that they may be codes, such as 999.

    The widest gap between neighbours is half as wide again as the numbers on its fuller side reach.

    Parameters
    ----------
    values : ndarray, shape (n,)

    Examples
    --------
    >>> find_code(np.array([18.0, 999.0, 44.0, 79.0, 31.0, 62.0]))
    array([1])
    >>> find_code(np.array([0.0, 1.0, 0.0, 1.0])).size
    0

    One number below zero is one too, where all others are above:

    >>> find_code(np.array([18.0, -1.0, 44.0, 79.0, 31.0, 62.0]))
    array([1])

    So are nines above a scale, and what stands at the edge of many numbers far from them:

    >>> find_code(np.array([1.0, 2, 9, 2, 1])), find_code(np.array([1.0, 2, 3, 4, 5, 8, 9]))
    (array([2]), array([5, 6]))
    >>> find_code(np.array([0.0, *range(18, 80), 0]))
    array([ 0, 63])

    Sizes of towns reach over many powers of ten, and only nines are a code among them:

    >>> towns = np.array([900.0, 4e3, 15e3, 62e3, 240e3, 1.1e6])
    >>> find_code(np.append(towns, 13e6)), find_code(np.append(towns, 99_999_999))
    (array([], dtype=int64), array([6]))

    Days and months that are written as numbers are as far apart as in the calendar:

    >>> find_code(np.array([202110.0, 202111, 202112, 202201, 202202, 202203, 202204])).size
    0
    """
    values = _in_calendar(values)
    kinds, counts = np.unique(values, return_counts=True)
    if codes := _find_nines(kinds, counts) or _find_edge(kinds, counts):
        return np.flatnonzero(np.isin(values, codes))
    if len(kinds) <= FEWEST_KINDS:
        return np.array([], dtype=np.intp)
    if kinds[0] < 0 < kinds[1] and kinds[0] == np.round(kinds[0]):
        return np.flatnonzero(values == kinds[0])
    widest = int(np.argmax(np.diff(kinds)))
    is_high = counts[widest + 1 :].sum() < counts[: widest + 1].sum()
    fuller, fewer = np.split(kinds, [widest + 1])[:: 1 if is_high else -1]
    gap = kinds[widest + 1] - kinds[widest]
    if len(fuller) < FEWEST_KINDS or gap <= CODE_RATIO * np.ptp(fuller):
        return np.array([], dtype=np.intp)
    if is_high and fuller[0] > 0 and fuller[-1] >= WIDE_SPAN * fuller[0]:
        fewer = fewer[[set(f"{kind:.0f}") == {"9"} for kind in fewer]]
    return np.flatnonzero(np.isin(values, fewer))


def _in_calendar(values: Array) -> Array:
    """Days such as 20220228, or months such as 202202, counted on; other numbers as they are."""
    if not (values == np.round(values)).all():
        return values
    whole = pd.Series(values).astype("int64")
    for (first, last), form in ((DAYS_WRITTEN, "%Y%m%d"), (MONTHS_WRITTEN, "%Y%m")):
        if whole.between(first, last).all():
            days = pd.to_datetime(whole.astype("str"), format=form, errors="coerce")
            if days.notna().all():
                return np.asarray((days - days.min()) / DAY, dtype=float)
    return values


def _find_nines(kinds: Array, counts: Text) -> list[float]:
    """Codes such as 9, or 8 and 9, above the few whole numbers of a scale."""
    n_codes = sum(text in CODES for text in map("{:g}".format, kinds[-2:]))
    if not 0 < n_codes < len(kinds) - 1 <= MOST_OF_SCALE or set(f"{kinds[-1]:g}") != {"9"}:
        return []
    scale, codes = kinds[:-n_codes], kinds[-n_codes:]
    is_scale = (scale == np.round(scale)).all() and (np.diff(scale) == 1).all()
    is_rare = counts[-n_codes:].sum() < counts[:-n_codes].sum()
    return codes.tolist() if is_scale and is_rare and codes[0] - scale[-1] >= CODE_STEPS else []


def _find_edge(kinds: Array, counts: Text) -> list[float]:
    """The least or greatest of many numbers, if it is far from them and several have it."""
    if len(kinds) < FEWEST_OF_MANY:
        return []
    gaps = np.diff(kinds)
    for edge, gap, others in ((0, gaps[0], gaps[1:]), (-1, gaps[-1], gaps[:-1])):
        most = (MOST_ZEROS if kinds[edge] == 0 else 0.5) * counts.sum()
        if FEWEST_CODES <= counts[edge] <= most and gap > EDGE_GAPS * others.max():
            return [float(kinds[edge])]
    return []
