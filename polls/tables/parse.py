"""Reading one table: bytes to typed columns, and a finding for all that cannot be read.

A file is read, its records and header, then column by column, cell by cell. `load` and `check`
share this one way in, so what loads is what was checked.
"""

import csv
import io
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from polls.tables.files import read_file
from polls.tables.finding import Finding
from polls.tables.formats import name_cure, name_format
from polls.tables.schema import Column, Table

FORMULA = ("=", "+", "-", "@")  # a spreadsheet runs such a text as a formula
# Digits are 0 to 9: those of other scripts no other reader takes for numbers.
# A zero in front is no number as printed, but 30 typed as 03.
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
# Years outside 1900-2099 are a slip that a parser of days takes without a word.
DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
# Line separators of Unicode among them: some programs begin a new line there, others do not.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd]")
# Stands where an encoding had no letter.
LOST = "\ufffd"
TYPE_CURES = {
    "integer": "write a whole number with digits only, no zero in front.",
    "number": (
        "write a number with a decimal point, no comma, sign of percent, text or zero in front."
    ),
    "boolean": "write yes or no.",
    "date": "write a day that exists as YYYY-MM-DD.",
}
DTYPES = {
    "string": "str",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "date": "datetime64[us]",
}

Value = str | int | float | bool | date | None


class DataError(ValueError):
    """Tables that cannot be used, with the findings that say why."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))


class Fault(NamedTuple):
    """The rule that a cell breaks, and the cure."""

    rule: str
    cure: str


def parse_table(path: Path, table: Table) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a table and type its columns.

    Parameters
    ----------
    path : Path
        The CSV file.
    table : Table
        What datapackage.json says of it.

    Returns
    -------
    frame : DataFrame
        One row per record, typed; the index is the line of the file. Cells that
        break a rule are missing. Empty where the file itself cannot be read.
    findings : list of Finding
        All of level error.
    """
    text, findings = _read_text(path, table)
    if findings:
        return empty_frame(table), findings
    header, lines, records, findings = _read_records(text, table)
    # Under a wrong header every line is wrong; the header alone is to be mended then.
    findings = _check_header(header, table) or findings
    if findings:
        return empty_frame(table), findings
    cells = list(zip(*records, strict=True)) or [()] * len(header)
    typed = {}
    for column, texts in zip(table.columns, cells, strict=True):
        typed[column.name], found = _parse_column(list(texts), lines, column, table)
        findings += found
    return pd.DataFrame(typed, index=pd.Index(lines, dtype="int64")), findings


def check_form(path: Path, table: Table) -> None:
    """See that a table is CSV of the columns that it is to have, whatever stands in its cells.

    Raises
    ------
    DataError
        With all that `parse_table` would say of the file but of no cell.
    """
    text, findings = _read_text(path, table)
    if not findings:
        header, _, _, findings = _read_records(text, table)
        findings = _check_header(header, table) or findings
    if findings:
        raise DataError(findings)


def empty_frame(table: Table) -> pd.DataFrame:
    """Frame without rows, with the columns and types of `table`."""
    columns = {column.name: _parse_column([], [], column, table)[0] for column in table.columns}
    return pd.DataFrame(columns, index=pd.Index([], dtype="int64"))


def _read_text(path: Path, table: Table) -> tuple[str, list[Finding]]:
    """Decode a file, with a finding for the bytes that do not belong in it."""

    def found(line: int, rule: str, message: str, cure: str) -> tuple[str, list[Finding]]:
        return "", [Finding(table.name, line, "", rule, message, cure)]

    try:
        content = read_file(path)
    except FileNotFoundError:
        return found(0, "file", f"{path.name} is missing.", "put the table back into the folder.")
    except OSError as error:
        return found(0, "file", f"{path.name} cannot be read ({error.strerror}).", "mend access.")
    if foreign := _find_foreign_bytes(content, table):
        return "", [foreign]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8."
        return found(line, "encoding", message, "save the file as UTF-8.")
    if not text:
        return found(0, "file", "the file is empty.", "write at least the header line.")
    if not text.endswith("\n"):
        line = text.count("\n") + 1
        return found(line, "line_end", "the last line does not end.", "end it with a line feed.")
    return text, []


def _find_foreign_bytes(content: bytes, table: Table) -> Finding | None:
    """What makes a file another one than plain text."""
    if kind := name_format(content):
        message, cure = f"the file is {kind}.", f"{name_cure(kind)}."
        return Finding(table.name, 0, "", "file", message, cure)
    if content.startswith(b"\xef\xbb\xbf"):
        message, cure = "the file begins with a byte order mark.", "save as UTF-8 without."
        return Finding(table.name, 1, "", "bom", message, cure)
    for byte, name, rule, cure in (
        (b"\x00", "a NUL byte", "nul", "remove the byte; the file may be damaged or UTF-16."),
        (b"\r", "a carriage return", "line_end", "save with LF line ends."),
    ):
        if byte in content:
            line = content[: content.index(byte)].count(b"\n") + 1
            return Finding(table.name, line, "", rule, f"there is {name} in the file.", cure)
    return None


def _read_records(
    text: str, table: Table
) -> tuple[list[str], list[int], list[list[str]], list[Finding]]:
    """Split a text into header and records, each with the line on which it begins."""
    reader = csv.reader(io.StringIO(text), strict=True)
    header: list[str] = []
    lines: list[int] = []
    records: list[list[str]] = []
    findings: list[Finding] = []
    begin = 1
    try:
        for record in reader:
            if begin == 1:
                header = record
            elif len(record) != len(header):
                message = f"{len(record)} cells where the header has {len(header)}."
                cure = "count the commas; put text with a comma into quotes."
                findings.append(Finding(table.name, begin, "", "cells", message, cure))
            else:
                lines.append(begin)
                records.append(record)
            begin = reader.line_num + 1
    except csv.Error as error:
        message = f"the line is not CSV ({error})."
        cure = "shorten the cell" if "limit" in str(error) else "mend the quotes"
        findings.append(Finding(table.name, begin, "", "csv", message, f"{cure}."))
    return header, lines, records, findings


def _check_header(header: list[str], table: Table) -> list[Finding]:
    findings = []
    for name in (name for name, times in Counter(header).items() if times > 1):
        message = f"the column {name!r} stands {header.count(name)} times in the header."
        findings.append(Finding(table.name, 1, name, "header", message, "keep one of them."))
    if findings:  # the column that then is missing stands under the other's name
        return findings
    unknown = [name for name in header if name not in table.names]
    missing = [name for name in table.names if name not in header]
    for name in missing:
        hint = f" Unknown here: {', '.join(map(repr, unknown))}." if unknown else ""
        message = f"the column {name!r} is missing.{hint}"
        cure = f"name the columns as datapackage.json does: {', '.join(table.names)}."
        findings.append(Finding(table.name, 1, name, "header", message, cure))
    if not missing:
        for name in unknown:
            message = f"the column {name!r} is not known."
            cure = "remove it, or describe it in datapackage.json."
            findings.append(Finding(table.name, 1, name, "header", message, cure))
    if not findings and header != table.names:
        cure = f"order them: {', '.join(table.names)}."
        findings.append(Finding(table.name, 1, "", "header", "the columns are out of order.", cure))
    return findings


def _parse_column(
    texts: list[str], lines: list[int], column: Column, table: Table
) -> tuple[pd.Series, list[Finding]]:
    """Type one column; a cell that breaks a constraint is a finding and becomes missing."""
    # Columns repeat few texts many times: each is read once.
    words = list(dict.fromkeys(texts))
    read = [parse_cell(word, column) for word in words]
    faults = {
        word: fault for word, fault in zip(words, read, strict=True) if isinstance(fault, Fault)
    }
    findings = (
        [
            Finding(
                table.name,
                line,
                column.name,
                faults[text].rule,
                f"{text!r} stands there." if text else "the cell is empty.",
                faults[text].cure,
            )
            for line, text in zip(lines, texts, strict=True)
            if text in faults
        ]
        if faults
        else []
    )
    values = [None if isinstance(value, Fault) else value for value in read]
    if column.type == "date":
        typed = pd.Series(np.array(values, dtype="datetime64[us]"))
    else:
        typed = pd.Series(values, dtype=DTYPES[column.type])
    place = {word: position for position, word in enumerate(words)}
    places = np.fromiter((place[text] for text in texts), dtype="int64", count=len(texts))
    return typed.take(places).set_axis(pd.Index(lines, dtype="int64")), findings


def parse_cell(text: str, column: Column) -> Value | Fault:
    """Read one cell.

    Parameters
    ----------
    text : str
        The cell as it stands in the file.
    column : Column
        What datapackage.json says of its column.

    Returns
    -------
    value or Fault
        None for an empty cell that may be empty.

    Examples
    --------
    >>> parse_cell("81.5", Column("share_pct", "number", "a share", maximum=100))
    81.5
    >>> parse_cell("81,5", Column("share_pct", "number", "a share", maximum=100)).rule
    'type'
    """
    if text == "":
        if column.required:
            return Fault("required", "fill the cell; this column is never empty.")
        return None
    value = _convert(text, column)
    if value is None:
        return Fault("type", TYPE_CURES[column.type])
    return _find_text_fault(text, column) or _find_limit_fault(text, value, column) or value


def _convert(text: str, column: Column) -> Value:
    """Typed value, None where the text is not of the type."""
    if column.type == "integer":
        return int(text) if INTEGER.fullmatch(text) else None
    if column.type == "number":
        return float(text) if NUMBER.fullmatch(text) else None
    if column.type == "boolean":
        return {"yes": True, "no": False}.get(text)
    if column.type == "date":
        try:
            return date.fromisoformat(text) if DAY.fullmatch(text) else None
        except ValueError:
            return None
    return text


def _find_text_fault(text: str, column: Column) -> Fault | None:
    if column.type != "string":
        return None
    if text.startswith(FORMULA):
        cure = "begin with another character: a spreadsheet runs = + - @ as a formula."
        return Fault("formula", cure)
    if text != text.strip():
        return Fault("blank", "remove the blanks around the text.")
    if CONTROL.search(text):
        if LOST in text:
            return Fault("control", "write the letter that was lost when a file was saved.")
        return Fault("control", "remove line breaks and control characters from the cell.")
    return None


def _find_limit_fault(text: str, value: Value, column: Column) -> Fault | None:
    if column.enum and text not in column.enum:
        return Fault("enum", f"write one of: {', '.join(column.enum)}.")
    if column.pattern and not re.fullmatch(column.pattern, text):
        return Fault("pattern", f"it has to match {column.pattern}")
    if column.pattern and column.pattern.startswith("http") and not _is_address(text):
        return Fault("pattern", "write an address as a browser takes it, brackets as %5B and %5D.")
    # Days are compared as their ISO text, which sorts as they do; others with limits are numbers.
    amount: Any = text if column.type == "date" else value
    if column.minimum is not None and amount < column.minimum:
        return Fault("range", f"at least {column.minimum}.")
    if column.maximum is not None and amount > column.maximum:
        return Fault("range_above", f"at most {column.maximum}.")
    return None


def _is_address(text: str) -> bool:
    """Whether an address can be taken apart: a bracket in the name of the machine cannot."""
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False
