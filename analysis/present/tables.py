"""Frames as tables that people read: no row numbers, true minus signs, nothing cut."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

MINUS = "\N{MINUS SIGN}"
# More decimals than these are noise of floating point.
MOST_DECIMALS = 4


class ReadersTable:
    """Text of a table, which notebooks show as HTML and shells as lines.

    Parameters
    ----------
    texts : DataFrame
        Text in all cells; its column names are the headings.
    is_number : sequence of bool
        Columns that stand at the right.
    """

    def __init__(self, texts: pd.DataFrame, is_number: Sequence[bool]) -> None:
        self.texts = texts
        self.is_number = tuple(is_number)

    def __repr__(self) -> str:
        with pd.option_context("display.max_colwidth", None, "display.width", None):
            return self.texts.to_string(index=False)

    def _repr_html_(self) -> str:
        """Table with headings; sides are told for those who style nothing."""
        sides = ["right" if number else "left" for number in self.is_number]
        head = _row("th", [str(name) for name in self.texts.columns], sides)
        body = [_row("td", row, sides) for row in self.texts.itertuples(index=False, name=None)]
        lines = ["<table>", f"<thead>{head}</thead>", "<tbody>", *body, "</tbody>", "</table>"]
        return "\n".join(lines)


def show_table(frame: pd.DataFrame, *, signed: Collection[str] = ()) -> ReadersTable:
    """Show a frame to readers.

    Parameters
    ----------
    frame : DataFrame
        Rounded as it should be read. An index with a name becomes the first column; one without is
        row numbers, and left out.
    signed : collection of str
        Columns of differences, whose numbers above zero get a plus sign.

    Returns
    -------
    ReadersTable
        Numbers of a column with equally many decimals and true minus signs, days without hours,
        yes and no, missing cells empty.

    Raises
    ------
    ValueError
        A column of `signed` is not there.

    Examples
    --------
    >>> frame = pd.DataFrame({"pollster": ["A", "B"], "points": [-1.5, float("nan")]})
    >>> print(show_table(frame).texts["points"].tolist())
    ['−1.5', '']
    >>> small = pd.DataFrame({"points": [2.25, -0.00001, -3.1]})
    >>> print(show_table(small, signed=["points"]).texts["points"].tolist())
    ['+2.2500', '0.0000', '−3.1000']
    """
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names = [str(name) for name in frame.columns]
    missing = sorted(set(signed) - set(names))
    if missing:
        raise ValueError(f"The table has no column {missing[0]!r} to sign. It has: {names}.")
    columns = [list(frame.iloc[:, place]) for place in range(frame.shape[1])]
    texts = pd.DataFrame(
        {
            place: _show(values, with_sign=name in signed)
            for place, (name, values) in enumerate(zip(names, columns, strict=True))
        },
        dtype="object",
    )
    texts.columns = pd.Index(names)
    return ReadersTable(texts, [any(map(_is_number, values)) for values in columns])


def _row(tag: str, cells: Sequence[str], sides: Sequence[str]) -> str:
    made = (
        f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>'
        for cell, side in zip(cells, sides, strict=True)
    )
    return f"<tr>{''.join(made)}</tr>"


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _show(values: Sequence[Any], *, with_sign: bool) -> list[str]:
    """Texts of a column."""
    numbers = [float(value) for value in values if _is_number(value) and not pd.isna(value)]
    decimals = next(
        (d for d in range(MOST_DECIMALS) if all(abs(round(n, d) - n) < 1e-9 for n in numbers)),
        MOST_DECIMALS,
    )
    return [_show_one(value, decimals, with_sign=with_sign) for value in values]


def _show_one(value: Any, decimals: int, *, with_sign: bool) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if not _is_number(value):
        return str(value)
    rounded = round(float(value), decimals) + 0.0  # "minus nothing" is no number for a reader
    plus = "+" if with_sign and rounded > 0 else ""
    return plus + f"{rounded:.{decimals}f}".replace("-", MINUS)
