"""What a rule is: a function from tables to findings; and what several rules need."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd

from polls.tables import Finding

Frames = dict[str, pd.DataFrame]
Rule = Callable[[Frames], Iterator[Finding]]
# Digits of differences: more than any share is printed with, fewer than binary fractions spoil.
DIGITS = 6


def is_among(column: pd.Series, values: Iterable[object]) -> pd.Series:
    """Which cells of a column hold one of some values; an empty one holds none.

    `isin` does the same, and takes ten times as long for texts.

    Examples
    --------
    >>> is_among(pd.Series(["a", None, "b"], dtype="str"), ["b", "c"]).tolist()
    [False, False, True]
    """
    known = set(values.unique() if isinstance(values, pd.Series) else values)
    codes, there = pd.factorize(column)
    # The last place is that of empty cells, whose code is -1.
    found = np.array([*(value in known for value in there), False], dtype=bool)
    return pd.Series(found[codes], index=column.index)


def look_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """Value of each key, of the type of `values` even where there is none; map would lose it."""
    return pd.Series(values.reindex(keys).array, index=keys.index)


def without_dust(values: pd.Series) -> pd.Series:
    """Differences of printed numbers without what binary fractions leave of them.

    Examples
    --------
    >>> (without_dust(pd.Series([0.3]) - 0.2 - 0.1) == 0).tolist()
    [True]
    """
    return values.round(DIGITS)
