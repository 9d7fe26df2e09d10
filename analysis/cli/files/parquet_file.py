"""Reading Parquet for the command line: the same rows as a CSV of the same cells would give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.errors import PollInputError, name_row
from analysis.cli.files.csv_file import check_characters

# How such a file begins, whatever it is called.
MAGIC = b"PAR1"
ENDINGS = (".parquet", ".pq")


def is_parquet(path: Path) -> bool:
    """Tell by name or by first bytes; what cannot be opened is told by whoever reads it."""
    if path.suffix.lower() in ENDINGS:
        return True
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def read_parquet_in_parts(path: Path, size: int) -> Iterator[pd.DataFrame]:
    """Read a table some rows at a time, under the columns that the file itself has.

    What pandas wrote beside them is left aside: an index is a column like others, and names,
    types and zones there may be those of another table.  Text loses blanks at its ends, as of
    a CSV, and without letters it is missing.

    Parameters
    ----------
    path : Path
    size : int
        Rows of a part.

    Yields
    ------
    DataFrame
        Index named ``row``, from 1.

    Raises
    ------
    PollInputError
        When the file cannot be read, has a column twice or text that no CSV may hold, or
        without the package pyarrow; without the path.
    """
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        cure = "install the extra: pip install 'russian-war-polls[export]'"
        raise PollInputError("Parquet needs the package pyarrow", cure) from None
    first = 1
    try:
        with parquet.ParquetFile(path) as file:
            names = [str(name).strip() for name in file.schema_arrow.names]
            _check_names(names)
            for batch in file.iter_batches(size):
                yield _make_frame(batch, names, first)
                first += batch.num_rows
    except (OSError, ArrowException) as error:
        reason = str(error).splitlines()[0]
        raise PollInputError(f"no Parquet that can be read ({reason})", "check the file") from None


def _check_names(names: Sequence[str]) -> None:
    """Refuse a column that stands there twice, as of a CSV."""
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise PollInputError(f"column {twice[0]!r} stands there twice", "keep one")


def _make_frame(batch: Any, names: Sequence[str], first: int) -> pd.DataFrame:
    """Turn a batch of Arrow into a frame, column by column."""
    from pyarrow import Table, types

    columns = [
        column.dictionary_decode() if types.is_dictionary(column.type) else column
        for column in batch.columns
    ]
    table = Table.from_arrays(columns, [str(k) for k in range(len(names))])
    # As objects, days that no calendar has would end the run; whole numbers would be floats.
    frame: pd.DataFrame = table.to_pandas(
        ignore_metadata=True, date_as_object=False, integer_object_nulls=True
    )
    frame.columns = pd.Index(names)
    frame.index = pd.RangeIndex(first, first + len(frame), name="row")
    is_text = [
        types.is_string(column.type) or types.is_large_string(column.type) for column in columns
    ]
    for name in frame.columns[is_text]:
        _check_text(frame, name)
        cells = [cell.strip() or None if isinstance(cell, str) else None for cell in frame[name]]
        frame[name] = pd.Series(cells, frame.index, dtype="str")
    return frame


def _check_text(frame: pd.DataFrame, name: str) -> None:
    """Refuse the characters that a CSV may not hold."""
    try:
        check_characters(list(frame[name].dropna().unique()), "")
    except PollInputError:
        for k in np.flatnonzero(frame[name].notna()):
            row = name_row(frame, int(k))
            check_characters([frame[name].iloc[k]], f"{row}, column {name}")
