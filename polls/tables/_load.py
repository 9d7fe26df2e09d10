"""Loading the tables: all of them, or one."""

import re
from functools import lru_cache
from pathlib import Path

import pandas as pd

from polls.tables._archive import fetch, is_address, unpack
from polls.tables.files import Stamps, digest_tables, read_settled
from polls.tables.parse import DataError, empty_frame, parse_table
from polls.tables.schema import DATA, tables, tables_of

# "2026-06-25 (0123456789)", as a version is printed, or its digest alone; fewer digits than
# eight could be those of another version.
VERSION = re.compile(r"(?:\d{4}-\d{2}-\d{2} \()?([0-9a-f]{8,64})\)?")


def load(data: str | Path | None = None, *, version: str | None = None) -> dict[str, pd.DataFrame]:
    """Load all tables as typed frames.

    Parameters
    ----------
    data : path-like, optional
        Folder with the CSV files, or an archive that `python -m polls release` wrote: its
        path, or its address (https://...), which is fetched once and needs pooch (the extra
        `microdata`). The tables of the package by default.
    version : str, optional
        Version that the tables must be, as :func:`polls.version`, each figure and each
        notebook print it, or the digits of its digest: it is the checksum of all they say.
        An archive that is fetched from an address needs it.

    Returns
    -------
    dict of str to DataFrame
        One frame per table of datapackage.json, rows in the order of the file.
        Percentages and numbers are float64, counts Int64, days datetime64,
        yes/no boolean, all else str. Missing is missing: nothing is filled in.
        A column that an older version did not have yet is there, and empty unless
        datapackage.json says what it would have been (`valueBefore`).

    Raises
    ------
    DataError
        A file or a cell cannot be read; the message names file, line, column and cure.
    ValueError
        The tables are another version, or the archive is damaged or none.
    ImportError
        An address is given and pooch is missing.

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
    if data is not None and is_address(str(data)):
        if version is None:
            raise ValueError(f"{data}: say which version it must be: load(..., version='...').")
        data = fetch(str(data))
    folder = find_data(data).resolve()
    if version is not None:
        _check_version(folder, version, data)
    frames = read_settled(folder, _load)
    return {name: frame.copy() for name, frame in frames.items()}


@lru_cache(maxsize=2)
def _load(folder: Path, stamps: Stamps) -> dict[str, pd.DataFrame]:
    """Read the tables once for each state of their files: `series` is called many times."""
    frames = {}
    findings = []
    there = tables_of(folder)
    for name, table in tables().items():
        if name not in there:  # a table that came later
            frames[name] = empty_frame(table).reset_index(drop=True)
            continue
        frame, found = parse_table(there[name].path(folder), there[name])
        later = [column for column in table.columns if column.name not in frame]
        if later:
            values = empty_frame(table).reindex(frame.index)
            for column in later:
                filled, before = values[column.name], column.value_before
                frame[column.name] = filled if before is None else filled.fillna(before)
        frames[name] = frame[table.names].reset_index(drop=True)
        findings += found
    if findings:
        raise DataError(findings)
    return frames


def _check_version(folder: Path, version: str, data: str | Path | None) -> None:
    match = VERSION.fullmatch(version)
    if match is None:
        words = f"{version!r} is no version. Give it as polls.version() prints it, or eight or more"
        raise ValueError(f"{words} digits of its digest.")
    digest = read_settled(folder, digest_tables)
    if not digest.startswith(match[1]):
        which = "The tables of this package" if data is None else f"{data}: the tables"
        found = f"{which} have the digest {digest[:10]}, not {match[1][:10]}."
        raise ValueError(f"{found} Give the archive of that version as the first argument.")


def find_data(data: str | Path | None) -> Path:
    """Folder of the tables: `data`, what an archive at `data` holds, or the package's own.

    Raises
    ------
    FileNotFoundError
        There is no such folder or archive.
    ValueError
        The archive is damaged or none.
    """
    if data is not None and is_address(str(data)):
        raise ValueError(f"{data}: fetch the archive first, and give its path.")
    folder = DATA if data is None else Path(data)
    if folder.is_file():
        return unpack(folder)
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
