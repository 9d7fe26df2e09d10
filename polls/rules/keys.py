"""Rules on keys: unique rows, references that lead somewhere."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pandas as pd

from polls.rules.rule import Frames, Rule, is_among
from polls.tables import Finding, ForeignKey, key_columns, tables


def check_unique(frames: Frames) -> Iterator[Finding]:
    """No key stands twice."""
    for name, frame in frames.items():
        table = tables()[name]
        keys = list(key_columns(table))
        rows = frame[keys].dropna() if table.primary_key else frame[keys]
        twins = rows[rows.duplicated(keep=False)]
        if twins.empty:
            continue
        for _, group in twins.groupby(keys, dropna=False):
            for line in group.index:
                others = ", ".join(str(other) for other in group.index if other != line)
                message = f"the same {' + '.join(keys)} as in line {others}."
                column = "+".join(keys)
                cure = "keep one of them, or mend the key of the wrong one."
                yield Finding(name, int(line), column, "duplicate", message, cure)


def check_reference(frames: Frames, name: str, key: ForeignKey) -> Iterator[Finding]:
    """A foreign key leads to a row; one finding per value, at the first row that has it."""
    rows, target = frames[name][list(key.columns)], frames[key.table][list(key.reference)]
    found = _stand_in(rows, target)
    if found.all():
        return
    lost = rows[~found].dropna()
    values = list(lost.itertuples(index=False, name=None))
    counts = Counter(values)
    first = dict(zip(reversed(values), reversed(lost.index), strict=True))
    for value, line in sorted(first.items(), key=lambda item: item[1]):
        times = counts[value]
        more = f" ({times} rows, this is the first)" if times > 1 else ""
        message = f"{' + '.join(map(str, value))} is not in {key.table}.csv{more}."
        cure = f"mend the spelling, or add the row to {key.table}.csv."
        column = "+".join(key.columns)
        yield Finding(name, int(line), column, "reference", message, cure)


def _stand_in(keys: pd.DataFrame, target: pd.DataFrame) -> pd.Series:
    """Which keys stand in another table."""
    if keys.shape[1] == 1:
        return is_among(keys.iloc[:, 0], target.iloc[:, 0])
    found = pd.MultiIndex.from_frame(keys).isin(pd.MultiIndex.from_frame(target))
    return pd.Series(found, index=keys.index)


KEY_RULES: list[tuple[tuple[str, ...], Rule]] = [
    *(((name,), check_unique) for name in tables()),
    *(
        ((name, key.table), partial(check_reference, name=name, key=key))
        for name, table in tables().items()
        for key in table.foreign_keys
    ),
]
