"""Loading the tables: all of them, or one."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from polls.tables.files import Stamps, read_settled
from polls.tables.parse import DataError, parse_table
from polls.tables.schema import DATA, tables


def load(data: str | Path | None = None) -> dict[str, pd.DataFrame]:
    """Load all tables as typed frames.

    Parameters
    ----------
    data : path-like, optional
        Folder with the CSV files; the tables of the package by default.

    Returns
    -------
    dict of str to DataFrame
        One frame per table of datapackage.json, rows in the order of the file.
        Percentages and numbers are float64, counts Int64, days datetime64,
        yes/no boolean, all else str. Missing is missing: nothing is filled in.

    Raises
    ------
    DataError
        A file or a cell cannot be read; the message names file, line, column and cure.

    See Also
    --------
    polls.series : one tidy row per poll for one construct.
    polls.check : every rule on every row.

    Examples
    --------
    >>> tables = load()
    >>> tables["polls"]["poll_id"].is_unique
    True
    """
    frames = read_settled(find_data(data).resolve(), _load)
    return {name: frame.copy() for name, frame in frames.items()}


@lru_cache(maxsize=2)
def _load(folder: Path, stamps: Stamps) -> dict[str, pd.DataFrame]:
    """Read the tables once for each state of their files: `series` is called many times."""
    frames = {}
    findings = []
    for name, table in tables().items():
        frame, found = parse_table(table.path(folder), table)
        frames[name] = frame.reset_index(drop=True)
        findings += found
    if findings:
        raise DataError(findings)
    return frames


def find_data(data: str | Path | None) -> Path:
    """Folder of the tables: `data`, or the package's own.

    Raises
    ------
    FileNotFoundError
        There is no such folder.
    """
    folder = DATA if data is None else Path(data)
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder} with tables. Give one that exists.")
    return folder


def read_table(name: str) -> pd.DataFrame:
    """Read one table of the package.

    Parameters
    ----------
    name : str
        Name of the table in datapackage.json.

    Returns
    -------
    DataFrame
        The typed table.

    Raises
    ------
    DataError
        The table cannot be read.

    Examples
    --------
    >>> read_table("microdata_waves")["poll_id"].iloc[0]
    'chronicles-2022-03-02'
    """
    frame, findings = parse_table(tables()[name].path(DATA), tables()[name])
    if findings:
        raise DataError(findings)
    return frame.reset_index(drop=True)
