"""The one error that bad input raises."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

# More row names than this make a message unreadable.
MAX_ROWS_NAMED = 5


class PollInputError(ValueError):
    """Input that cannot be used: says where, what was found, and the cure.

    Parameters
    ----------
    found : str
        What was found.
    cure : str
        What to do about it.
    where : str, optional
        Place of the fault, such as ``"row 3, column sample_size"``.

    Examples
    --------
    >>> print(PollInputError("no value", "give the number of interviews", "row 3"))
    row 3: no value; give the number of interviews
    """

    def __init__(self, found: str, cure: str, where: str = "") -> None:
        self.found = found
        self.cure = cure
        self.where = where
        place = f"{where}: " if where else ""
        super().__init__(f"{place}{found}; {cure}")

    def __reduce__(self) -> tuple[type[PollInputError], tuple[str, str, str]]:
        """Let the error travel between processes, with its parts."""
        return type(self), (self.found, self.cure, self.where)

    def located_in(self, place: str) -> PollInputError:
        """Return the same error, with the file it was found in."""
        where = f"{place}, {self.where}" if self.where else place
        return PollInputError(self.found, self.cure, where)


def name_row(frame: pd.DataFrame, position: int) -> str:
    """Name a row as its owner finds it: by index label, and by poll_id if there is one.

    A frame read from a file carries its line numbers in an index named
    ``line`` (:func:`analysis.cli.files.csv_file.read_polls_csv`).

    Examples
    --------
    >>> name_row(pd.DataFrame({"poll_id": ["a-2022-03"]}, index=[7]), 0)
    'row 7 (a-2022-03)'
    """
    return name_each_row(frame.iloc[[position]])[0]


def name_each_row(frame: pd.DataFrame) -> list[str]:
    """Name all rows, as :func:`name_row` does."""
    kind = "line" if frame.index.name == "line" else "row"
    names = [f"{kind} {label}" for label in frame.index]
    if "poll_id" not in frame.columns:
        return names
    pairs = zip(names, frame["poll_id"], frame["poll_id"].notna(), strict=True)
    return [f"{name} ({poll})" if known else name for name, poll, known in pairs]


def row_error(
    frame: pd.DataFrame, positions: Sequence[int], column: str, found: str, cure: str
) -> PollInputError:
    """Build the error for rows that share one fault; the first row is named in full."""
    first, others = positions[0], positions[1:]
    if others:
        labels = ", ".join(str(frame.index[i]) for i in others[:MAX_ROWS_NAMED])
        more = len(others) - MAX_ROWS_NAMED
        found += f" (the same fault in {labels}" + (f" and {more} more)" if more > 0 else ")")
    return PollInputError(found, cure, f"{name_row(frame, first)}, column {column}")
