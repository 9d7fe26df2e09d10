"""Rules on keys: unique rows, references that lead somewhere."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

from polls.rules.rule import Frames, Rule
from polls.tables import Finding, ForeignKey, key_columns, tables


def check_unique(frames: Frames) -> Iterator[Finding]:
    """No key stands twice."""
    for name, frame in frames.items():
        table = tables()[name]
        keys = list(key_columns(table))
        rows = frame[keys].dropna() if table.primary_key else frame[keys]
        twins = rows[rows.duplicated(keep=False)]
        for _, group in twins.groupby(keys, dropna=False, sort=False):
            for line in group.index:
                others = ", ".join(str(other) for other in group.index if other != line)
                message = f"the same {' + '.join(keys)} as in line {others}."
                column = "+".join(keys)
                cure = "keep one of them, or mend the key of the wrong one."
                yield Finding(name, int(line), column, "duplicate", message, cure)


def check_reference(frames: Frames, name: str, key: ForeignKey) -> Iterator[Finding]:
    """A foreign key leads to a row; one finding per value, at the first row that has it."""
    rows = frames[name][list(key.columns)].dropna()
    target = frames[key.table][list(key.reference)].dropna().drop_duplicates()
    wanted = rows.drop_duplicates()
    known = set(target.itertuples(index=False, name=None))
    values = list(wanted.itertuples(index=False, name=None))
    first = zip(values, wanted.index, strict=True)
    lost = {value: line for value, line in first if value not in known}
    counts = Counter(rows.itertuples(index=False, name=None)) if lost else Counter()
    for value, line in lost.items():
        times = counts[value]
        more = f" ({times} rows, this is the first)" if times > 1 else ""
        message = f"{' + '.join(map(str, value))} is not in {key.table}.csv{more}."
        cure = f"mend the spelling, or add the row to {key.table}.csv."
        column = "+".join(key.columns)
        yield Finding(name, int(line), column, "reference", message, cure)


KEY_RULES: list[tuple[tuple[str, ...], Rule]] = [
    *(((name,), check_unique) for name in tables()),
    *(
        ((name, key.table), partial(check_reference, name=name, key=key))
        for name, table in tables().items()
        for key in table.foreign_keys
    ),
]
