"""Reading a CSV of polls for the command line; the models themselves take frames."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError

DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# Vertical tab, form feed, the separators of ASCII, next line, and those of Unicode.
LINE_ENDS_ELSEWHERE = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
# A quote that is never closed swallows the lines after it.
OPEN_QUOTE = "look for a quotation mark that is never closed"


def read_polls_csv(path: Path) -> pd.DataFrame:
    """Read a CSV as text, row by row, keeping the line numbers.

    A byte-order mark, Windows line ends and blank lines are accepted.  Empty cells are
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
        characters or separators of lines that are none in CSV, is separated by something else
        than commas, repeats a column, has a row of another length or a quotation
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


def _check_header(header: list[str], where: str) -> None:
    """Refuse a header of one cell that is several, or with a column twice."""
    for mark, name in DELIMITERS.items():
        if len(header) == 1 and mark in header[0]:
            found = f"one column, and it holds {name}"
            cure = "separate cells with commas, and write decimals with a point"
            raise PollInputError(found, cure, where)
    _check_characters(header, where)
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise PollInputError(f"column {twice[0]!r} stands there twice", "keep one", where)


def _check_characters(row: list[str], where: str) -> None:
    """Refuse what looks like the end of a line and is none: it would spoil names in silence."""
    found = LINE_ENDS_ELSEWHERE.search("".join(row))
    if found:
        code = f"U+{ord(found[0]):04X}"
        raise PollInputError(f"the character {code} in a cell", "remove it", where)


def _parse(text: str) -> pd.DataFrame:
    """Split the text into a frame whose index holds line numbers."""
    # Only line feeds and carriage returns end a line; U+2028 and its like do in Python alone.
    reader = csv.reader(io.StringIO(text, newline=""))
    numbered = _number_rows(reader)
    begin, header = next(((k, row) for k, row in numbered if any(map(str.strip, row))), (1, []))
    if not header:
        raise PollInputError("the file is empty", "give a header line and one row per poll")
    _check_header(header, f"line {begin}")
    rows, lines = [], []
    for first, row in numbered:
        _check_characters(row, _name_lines(first, reader.line_num))
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
