"""One cell: its text to a value, or the rule that it breaks and the cure."""

import re
from datetime import date
from typing import Any, NamedTuple

from polls.schema import Column

FORMULA = ("=", "+", "-", "@")  # a spreadsheet runs such a text as a formula
INTEGER = re.compile(r"-?\d{1,9}")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# Years outside 1900-2099 are a slip that a parser of days takes without a word.
DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
CONTROL = re.compile(r"[\x00-\x1f\x7f\ufeff]")
TYPE_CURES = {
    "integer": "write a whole number with digits only.",
    "number": "write a number with a decimal point, no comma, sign of percent or text.",
    "boolean": "write yes or no.",
    "date": "write a day that exists as YYYY-MM-DD.",
}

Value = str | int | float | bool | date | None


class Fault(NamedTuple):
    """The rule that a cell breaks, and the cure."""

    rule: str
    cure: str


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
        return Fault("control", "remove line breaks and control characters from the cell.")
    return None


def _find_limit_fault(text: str, value: Value, column: Column) -> Fault | None:
    if column.enum and text not in column.enum:
        return Fault("enum", f"write one of: {', '.join(column.enum)}.")
    if column.pattern and not re.fullmatch(column.pattern, text):
        return Fault("pattern", f"it has to match {column.pattern}")
    # Days are compared as their ISO text, which sorts as they do; others with limits are numbers.
    amount: Any = text if column.type == "date" else value
    if column.minimum is not None and amount < column.minimum:
        return Fault("range", f"at least {column.minimum}.")
    if column.maximum is not None and amount > column.maximum:
        return Fault("range_above", f"at most {column.maximum}.")
    return None
