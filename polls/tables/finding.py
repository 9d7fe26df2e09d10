"""What a rule found: where it stands, what is wrong, and the cure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd


@dataclass(frozen=True, order=True)
class Finding:
    """One finding of one rule.

    Parameters
    ----------
    table : str
        Name of the table.
    line : int
        Line of the file, counted from 1 for the header; 0 where the whole file is meant.
    column : str
        Column, or several joined by "+"; empty where the whole row is meant.
    rule : str
        Name of the rule.
    message : str
        What was found.
    cure : str
        What to do about it.
    level : {"error", "review"}
        An error blocks; a review asks for a look and is silenced by a row of reviewed.csv.
    key : str
        The row as "column=value; column=value", as reviewed.csv names it.
    """

    table: str
    line: int
    column: str
    rule: str
    message: str
    cure: str
    level: str = "error"
    key: str = ""

    def __str__(self) -> str:
        where = f"{self.table}.csv:{self.line}" if self.line else f"{self.table}.csv"
        column = f" [{self.column}]" if self.column else ""
        return f"{where}{column} {self.level} {self.rule}: {self.message} Cure: {self.cure}"

    def with_key(self, key: str) -> "Finding":
        """Copy of the finding that names its row."""
        return replace(self, key=key)


def find(
    table: str,
    wrong: pd.Series,
    column: str,
    rule: str,
    message: Callable[[int], str] | str,
    cure: str,
    level: str = "error",
) -> Iterator[Finding]:
    """One finding for every line at which `wrong` holds.

    Parameters
    ----------
    table, column, rule, cure, level : str
        As in Finding.
    wrong : Series of bool
        Indexed by the lines of the table; unknown counts as not wrong.
    message : str or callable
        What was found; a callable is given the line.

    Yields
    ------
    Finding

    Examples
    --------
    >>> days = pd.Series([31, 45], index=[2, 3])
    >>> [found.line for found in find("t", days > 31, "day", "day", "no day", "mend it.")]
    [3]
    """
    for line in wrong.index[wrong.astype("boolean").fillna(False).to_numpy(dtype=bool)]:
        text = message if isinstance(message, str) else message(line)
        yield Finding(table, int(line), column, rule, text, cure, level)


def cell(frame: pd.DataFrame, line: int, column: str) -> Any:
    """Value of a cell, whatever its type, to be put into a message."""
    return frame.at[line, column]
