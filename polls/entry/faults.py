"""What is wrong in a file that somebody wants to enter: where, what was found, and the cure."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a file.

    Parameters
    ----------
    file : str
        Name of the file.
    line : int
        Line, counted from 1 for the header; 0 where the whole file is meant.
    column : str
        Column, or several joined by "+"; empty where the whole row is meant.
    found : str
        What was found.
    cure : str
        What to do about it.
    """

    file: str
    line: int
    column: str
    found: str
    cure: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        column = f" [{self.column}]" if self.column else ""
        return f"{where}{column} error: {self.found} Cure: {self.cure}"


class EntryError(Exception):
    """What cannot be entered, with all the faults that say why.

    Parameters
    ----------
    faults : iterable of Fault
        Faults of files.
    errors : iterable of str
        What `check` finds in the tables with the new rows.
    """

    def __init__(self, faults: Iterable[Fault] = (), errors: Iterable[str] = ()):
        self.faults = sorted(set(faults))
        super().__init__("\n".join([*map(str, self.faults), *errors]))


def name_nearest(word: str, known: Iterable[str]) -> str:
    """Cure for a word that is not known: the nearest that are.

    Examples
    --------
    >>> name_nearest("lavada", ["levada", "vciom"])
    'nearest: levada.'
    """
    words = sorted(set(known))
    near = get_close_matches(word.lower(), words, n=3, cutoff=0.5)
    if near or len(words) > 12:
        return f"nearest: {', '.join(near or words[:3])}."
    return f"there are: {', '.join(words) or 'none'}."
