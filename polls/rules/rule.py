"""What a rule is: a function from tables to findings; and two look-ups that rules share."""

from collections.abc import Callable, Iterator

import pandas as pd

from polls.tables import Finding

Frames = dict[str, pd.DataFrame]
Rule = Callable[[Frames], Iterator[Finding]]


def distinct(column: pd.Series) -> list[object]:
    """Values of a column, each once: pandas looks into a short list much faster."""
    return list(column.dropna().unique())


def look_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """Value of each key, of the type of `values` even where there is none; map would lose it."""
    return pd.Series(values.reindex(keys).array, index=keys.index)
