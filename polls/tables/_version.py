"""The version of the tables: the day of the newest change, and a digest of all they say."""

from pathlib import Path
from typing import NamedTuple

from polls.tables._load import find_data, load
from polls.tables.files import digest_tables, read_settled

# Days on which somebody published, read, looked again or corrected. Days of fieldwork and of
# events are not among them: an event can be announced for a day to come.
DAYS = {
    "polls": "published",
    "sources": "retrieved",
    "reviewed": "reviewed",
    "corrections": "corrected",
}


class Version(NamedTuple):
    """Version of the tables; its text is what figures and `check` print.

    Parameters
    ----------
    date : str
        Newest day of a publication, reading, review or correction, as YYYY-MM-DD.
    digest : str
        SHA-256 over the names and bytes of all tables, in hexadecimal.
    """

    date: str
    digest: str

    def __str__(self) -> str:
        return f"{self.date} ({self.digest[:10]})"


def version(data: str | Path | None = None) -> Version:
    """Give the version of the tables.

    Parameters
    ----------
    data : path-like, optional
        Folder with the CSV files, or an archive of them; the tables of the package by default.

    Returns
    -------
    Version
        The same for the same tables on every machine; another for any changed byte.

    Raises
    ------
    DataError
        The tables cannot be read.

    Examples
    --------
    >>> len(version().digest)
    64
    """
    frames = load(data)
    newest = max(frames[name][column].max() for name, column in DAYS.items())
    return Version(f"{newest:%Y-%m-%d}", read_settled(find_data(data), digest_tables))
