"""Reading a CSV of polls for the command line; the models themselves take frames."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError

# A quote that is never closed swallows the lines after it.
OPEN_QUOTE = "look for a quotation mark that is never closed"


def read_polls_csv(path: Path) -> pd.DataFrame:
    """Read a CSV as text, row by row, keeping the line numbers.

    A byte-order mark and Windows line ends are accepted.  Empty cells are
    missing, and nothing else is: the text NA stays text.

    Parameters
    ----------
    path : Path

    Returns
    -------
    DataFrame of str
        Index named ``line``: the line on which each row ends.

    Raises
    ------
    PollInputError
        When the file cannot be read, is empty, is not UTF-8, holds NUL
        characters, repeats a column, has a row of another length or a quotation
        mark that is never closed; naming the line, or the lines of such a row.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PollInputError(
            f"cannot be read ({error.strerror})", "check the path", str(path)
        ) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found, cure = "the file is not UTF-8", "save it as CSV in UTF-8"
        raise PollInputError(found, cure, f"{path}, line {line}") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise PollInputError("a NUL character", "save it as CSV in UTF-8", f"{path}, line {line}")
    try:
        return _parse(text)
    except PollInputError as error:
        raise error.located_in(str(path)) from None


def _number_rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins; where the parser gives up is told like a fault."""
    while True:
        first = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            where = _name_lines(first, reader.line_num)
            raise PollInputError(f"no CSV that can be read ({error})", OPEN_QUOTE, where) from None
        if row is None:
            return
        yield first, row


def _name_lines(first: int, last: int) -> str:
    """Name the lines of a row: one, unless a quoted cell goes on."""
    return f"line {first}" if last <= first else f"lines {first} to {last}"


def _parse(text: str) -> pd.DataFrame:
    """Split the text into a frame whose index holds line numbers."""
    reader = csv.reader(text.splitlines(keepends=True))
    _, header = next(_number_rows(reader), (1, []))
    if not any(header):
        raise PollInputError("the file is empty", "give a header line and one row per poll")
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise PollInputError(f"column {twice[0]!r} stands there twice", "keep one", "line 1")
    rows, lines = [], []
    for first, row in _number_rows(reader):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            found = f"{len(row)} cells where the header has {len(header)}"
            cure = "quote cells that hold a comma; separate cells with commas"
            if first < reader.line_num:
                cure += f"; {OPEN_QUOTE}"
            raise PollInputError(found, cure, _name_lines(first, reader.line_num))
        rows.append([cell.strip() or None for cell in row])
        lines.append(reader.line_num)
    index = pd.Index(lines, name="line")
    return pd.DataFrame(rows, columns=[name.strip() for name in header], index=index, dtype="str")
