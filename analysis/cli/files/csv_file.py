"""Reading a CSV of polls for the command line; the models themselves take frames."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.cli.files.formats import LOOK_INTO, name_cure, name_format

DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
MARKS = {",": "commas", ".": "points", **DELIMITERS}
NUMBER_WITH_COMMA = re.compile(r"[-+]?\d+,\d+")
NUMBER_WITH_POINT = re.compile(r"[-+]?\d+\.\d+")
# Control characters, of which some end a line elsewhere, the separators of Unicode, and what stands
# for letters that an encoding lacked.
NO_TEXT = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffd]")
LOST = "\ufffd"
# Round names of columns; the first is a byte-order mark, as where files were put together.
BLANKS = "\ufeff \t\xa0"
# No file of polls has so many bytes; a device may never end.
MOST_BYTES = 2**28
# What bytes that are no UTF-8 are read as in parts.
NO_UTF8 = re.compile("[\udc80-\udcff]")
# A quote that is never closed swallows the lines after it.
OPEN_QUOTE = "look for a quotation mark that is never closed"
# A title, a comment or a line such as sep=; is no header.
ABOVE = "; begin with the names of all columns, and remove what stands above them (line {begin})"


def read_polls_csv(
    path: Path,
    *,
    sep: str | None = None,
    decimal: str | None = None,
    say: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Read a CSV as text, row by row, keeping the line numbers.

    A byte-order mark, Windows line ends and blank lines are accepted.  Empty cells are
    missing, and nothing else is: the text NA stays text.

    Parameters
    ----------
    path : Path
    sep : str, optional
        What separates cells.  Without it commas do, or, where the header has none, semicolons,
        tabs or vertical bars if `say` is given.
    decimal : str, optional
        ``"."`` or ``","``.  Without it points, or commas where they separate no cells and
        no number has a point, if `say` is given.
    say : callable, optional
        Is told what was guessed.

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
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PollInputError(
            f"cannot be read ({error.strerror})", "check the path", str(path)
        ) from None
    if len(data) > MOST_BYTES:
        found = f"more than {MOST_BYTES >> 20} MB"
        raise PollInputError(found, "name a file of polls, or split it", str(path))
    if kind := name_format(data):
        raise PollInputError(f"this is {kind}", name_cure(kind), str(path))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        found, cure = "the file is not UTF-8", "save it as CSV in UTF-8"
        raise PollInputError(found, cure, f"{path}, line {line}") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise PollInputError("a NUL character", "save it as CSV in UTF-8", f"{path}, line {line}")
    if sep is None and say is not None:
        sep = _guess_separator(text)
        if sep != ",":
            say(f"{path}: cells are separated by {MARKS[sep]}")
    try:
        (frame,) = _parse(io.StringIO(text, newline=""), sep or ",")
    except PollInputError as error:
        raise error.located_in(str(path)) from None
    if decimal is None and say is not None and sep != "," and _has_commas(frame):
        decimal = ","
        say(f"{path}: decimals are written with commas")
    return frame if decimal != "," else frame.map(_to_point, na_action="ignore")


def read_csv_in_parts(path: Path, size: int) -> Iterator[pd.DataFrame]:
    """Read a long CSV as :func:`read_polls_csv` does, some rows at a time; commas separate cells.

    Parameters
    ----------
    path : Path
    size : int
        Rows of a part.

    Yields
    ------
    DataFrame of str
        At least one, which of a file without rows has none.

    Raises
    ------
    PollInputError
        As of :func:`read_polls_csv`, without the path.
    """
    try:
        if path.is_file():  # of a pipe the beginning would be gone
            with path.open("rb") as begin:
                kind = name_format(begin.read(LOOK_INTO))
            if kind:
                raise PollInputError(f"this is {kind}", name_cure(kind))
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield from _parse(file, ",", size)
    except OSError as error:
        raise PollInputError(f"cannot be read ({error.strerror})", "check the path") from None


def _guess_separator(text: str) -> str:
    """What separates the cells of the first line that has any: a comma unless it has none."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return next((mark for mark in DELIMITERS if mark in header and "," not in header), ",")


def _has_commas(frame: pd.DataFrame) -> bool:
    """Are there numbers with a comma and none with a point."""
    cells = [cell for name in frame.columns for cell in frame[name].dropna()]
    with_comma = any(NUMBER_WITH_COMMA.fullmatch(cell) for cell in cells)
    return with_comma and not any(NUMBER_WITH_POINT.fullmatch(cell) for cell in cells)


def _to_point(cell: str) -> str:
    """A number with a comma as one with a point; other text as it is."""
    return cell.replace(",", ".") if NUMBER_WITH_COMMA.fullmatch(cell) else cell


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


def _check_header(header: list[str], where: str, sep: str) -> None:
    """Refuse a header of one cell that is several, or with a column twice."""
    for mark, name in DELIMITERS.items():
        if len(header) == 1 and mark in header[0]:
            found = f"one column, and it holds {name}"
            cure = f"separate cells with {MARKS[sep]}, and write decimals with a point"
            raise PollInputError(found, cure, where)
    if len(header) == 1 and sep in header[0]:
        found = f"one column, and it holds {MARKS[sep]}"
        raise PollInputError(found, "take the quotation marks from round whole lines", where)
    check_characters(header, where)
    names = [name.strip() for name in header if name.strip()]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise PollInputError(f"column {twice[0]!r} stands there twice", "keep one", where)


def check_characters(row: Sequence[str], where: str) -> None:
    """Refuse what is no text, or ends a line elsewhere: it would spoil names in silence.

    Raises
    ------
    PollInputError
        For the first such character.
    """
    text = "".join(row)
    if NO_UTF8.search(text):
        raise PollInputError("the file is not UTF-8", "save it as CSV in UTF-8", where)
    if "\0" in text:
        raise PollInputError("a NUL character", "save it as CSV in UTF-8", where)
    found = NO_TEXT.search(text)
    if found:
        code = f"U+{ord(found[0]):04X}"
        cure = "save it again in UTF-8 from where it has its letters" if found[0] == LOST else ""
        raise PollInputError(f"the character {code} in a cell", cure or "remove it", where)


def _parse(text: Iterable[str], sep: str, size: int | None = None) -> Iterator[pd.DataFrame]:
    """Split lines into frames of so many rows, or one of all, whose index holds line numbers."""
    # Only line feeds and carriage returns end a line; U+2028 and its like do in Python alone.
    reader = csv.reader(text, delimiter=sep)
    numbered = _number_rows(reader)
    begin, header = next(((k, row) for k, row in numbered if any(map(str.strip, row))), (1, []))
    if not header:
        raise PollInputError("the file is empty", "give a header line and one row per poll")
    _check_header(header, f"line {begin}", sep)
    named = [k for k, name in enumerate(header) if name.strip()]
    names = [header[k].strip() for k in named]
    rows: list[list[str | None]] = []
    lines: list[int] = []
    is_first = True
    for first, row in numbered:
        if len(rows) == size:
            yield _make_frame(rows, names, lines)
            rows, lines, is_first = [], [], False
        where = _name_lines(first, reader.line_num)
        check_characters(row, where)
        if not any(cell.strip() for cell in row):
            continue
        above = "" if lines else ABOVE.format(begin=begin)
        _check_row(row, header, where, sep, above)
        rows.append([row[k].strip() or None for k in named])
        lines.append(reader.line_num)
    if rows or is_first:
        yield _make_frame(rows, names, lines)


def _check_row(row: list[str], header: list[str], where: str, sep: str, above: str) -> None:
    """Refuse the header again, and rows that do not fit under it; ``above`` ends some cures."""
    if [cell.strip(BLANKS) for cell in row] == [name.strip(BLANKS) for name in header]:
        raise PollInputError("the header stands there again", "remove the line", where)
    if len(row) != len(header):
        found = f"{len(row)} cells where the header has {len(header)}"
        cure = f"quote cells that hold a {sep!r}; separate cells with {MARKS[sep]}"
        if sep == ",":
            cure = "quote cells that hold a comma; separate cells with commas"
        cure += f"; {OPEN_QUOTE}" if where.startswith("lines") else ""
        raise PollInputError(found, cure + (above if len(row) > len(header) else ""), where)
    # One column without a name may number the rows; empty ones are what a spreadsheet adds.
    nameless = [cell for cell, name in zip(row, header, strict=True) if not name.strip()]
    n_filled = sum(bool(cell.strip()) for cell in nameless)
    if n_filled > 1:
        found = f"{n_filled} cells in columns without a name"
        raise PollInputError(found, f"name them or leave them out{above}", where)


def _make_frame(rows: list[list[str | None]], names: list[str], lines: list[int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=names, index=pd.Index(lines, name="line"), dtype="str")
