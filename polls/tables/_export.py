"""The tables in other formats."""

from __future__ import annotations

import errno
import importlib
import io
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from polls.tables._load import find_data, load
from polls.tables.parse import FORMULA
from polls.tables.schema import PACKAGE, tables


def export(
    out: str | Path,
    format: str = "parquet",
    *,
    data: str | Path | None = None,
    excel: bool = False,
) -> list[Path]:
    """Write all tables in another format.

    Parameters
    ----------
    out : path-like
        Folder to write into; made if it is not there. Files of the same names are replaced.
    format : {"parquet", "csv", "sqlite", "json"}
        parquet needs pyarrow (the extra `export`). csv is written as the tables are, so that
        :func:`~polls.rules.check` passes it, but guards text that a spreadsheet would run as
        a formula with an apostrophe. sqlite is one file with the keys of
        datapackage.json. json has one array of records per table, days as ISO text.
    data : path-like, optional
        Folder with the tables; the package's own by default.
    excel : bool
        Begin each csv with the byte order mark by which Excel knows UTF-8; the tables of this
        package have none, and `check` refuses it.

    Returns
    -------
    list of Path
        The files written. All are written, or none.

    Raises
    ------
    ValueError
        Unknown format, `excel` with another than csv, or csv over the tables themselves.
    ImportError
        parquet without pyarrow.
    OSError
        The folder cannot be written, or something that is no file stands in a table's place.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export(folder, "sqlite")]
    ['polls.sqlite']
    """
    if format not in WRITERS:
        raise ValueError(f"There is no format {format!r}. There are: {', '.join(WRITERS)}.")
    if excel and format != "csv":
        raise ValueError(f"excel is about csv, not {format}. Leave it out.")
    frames = load(data)
    folder = find_data(data)
    if format == "csv" and Path(out).exists() and folder.samefile(out):
        raise ValueError(f"{out} is the folder that these tables come from. Name another one.")
    if excel:
        return write_files(Path(out), lambda folder: _write_csv(frames, folder, "utf-8-sig"))
    return write_files(Path(out), lambda folder: WRITERS[format](frames, folder))


def write_files(target: Path, write: Callable[[Path], None]) -> list[Path]:
    """Let `write` put files into a folder, and then into `target`: all of them, or none.

    Parameters
    ----------
    target : Path
        Folder; made if it is not there. Files of the same names are replaced.
    write : callable
        Takes the folder to write into.

    Returns
    -------
    list of Path
        The files written, by name.

    Raises
    ------
    OSError
        The folder cannot be written, or something that is no file stands in a file's place.
    """
    with _made_for_good(target), tempfile.TemporaryDirectory(dir=target, prefix=".export-") as name:
        # Written beside the target first, so that a failure leaves the old files whole.
        folder = Path(name)
        try:
            write(folder)
        except (OSError, sqlite3.OperationalError) as error:
            # A full disk does not say where it is full.
            number = getattr(error, "errno", None) or errno.EIO
            reason = getattr(error, "strerror", None) or str(error)
            raise OSError(number, reason, str(target)) from None
        written = sorted(path.name for path in folder.iterdir())
        for file in written:
            _check_place(target / file)
        for file in written:
            _put(folder / file, target / file)
    return [target / file for file in written]


@contextmanager
def _made_for_good(target: Path) -> Iterator[None]:
    """Make a folder and those above it, and take away again what was made for nothing."""
    new = [path for path in (target, *target.parents) if not path.exists()]
    try:
        target.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in new:
            with suppress(OSError):  # it was never made, or somebody has put something there
                path.rmdir()
        raise


def _check_place(path: Path) -> None:
    """Refuse to put a table where something else than a file stands."""
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, "is no file that a table may replace", str(path))


def _put(made: Path, path: Path) -> None:
    """Replace a file, behind links and with the mode that it had, or fill one of several names."""
    if path.exists():
        if path.stat().st_nlink > 1:
            _fill(made, path)
            return
        shutil.copymode(path, made)
    made.replace(os.path.realpath(path))


def _fill(made: Path, target: Path) -> None:
    """Write a file over another, which keeps its names; its old bytes come back if that fails.

    Nothing is cut off before all is written, so that the room for the old bytes stays theirs.
    """
    content = made.read_bytes()
    with target.open("r+b", buffering=0) as file:
        before = file.readall()
        try:
            _write_over(file, content)
        except BaseException:
            _write_over(file, before)
            raise


def _write_over(file: io.FileIO, content: bytes) -> None:
    """Write from the beginning, and cut off what is left of longer content."""
    file.seek(0)
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]
    file.truncate()


def _write_parquet(frames: dict[str, pd.DataFrame], folder: Path) -> None:
    try:
        importlib.import_module("pyarrow")  # pandas' own message does not name the extra
    except ImportError as error:
        message = "parquet needs pyarrow. Install the extra: pip install -e .[export]"
        raise ImportError(message) from error
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)


def _write_csv(frames: dict[str, pd.DataFrame], folder: Path, encoding: str = "utf-8") -> None:
    for name, frame in frames.items():
        safe = _as_text(frame)
        for column in safe.columns[safe.dtypes == "str"]:
            risky = safe[column].str.startswith((*FORMULA, "\t", "\r"))
            safe[column] = safe[column].mask(risky, "'" + safe[column])
        for column in safe.select_dtypes(["bool", "boolean"]).columns:
            safe[column] = safe[column].map({True: "yes", False: "no"})
        for column in safe.select_dtypes("float").columns:
            safe[column] = safe[column].map(_as_printed, na_action="ignore")
        path = folder / f"{name}.csv"
        safe.to_csv(path, index=False, lineterminator="\n", encoding=encoding)


def _as_printed(number: float) -> str:
    """Write a number as the tables do: the fewest digits that give it, no exponent.

    Examples
    --------
    >>> _as_printed(14.0), _as_printed(53.9), _as_printed(1e-07)
    ('14', '53.9', '0.0000001')
    """
    return np.format_float_positional(number, trim="-")


def _write_json(frames: dict[str, pd.DataFrame], folder: Path) -> None:
    for name, frame in frames.items():
        rows = _as_text(frame).astype(object)
        records = rows.where(rows.notna(), None).to_dict("records")
        text = json.dumps(records, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    shutil.copy(PACKAGE, folder / PACKAGE.name)


def _write_sqlite(frames: dict[str, pd.DataFrame], folder: Path) -> None:
    kinds = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
    connection = sqlite3.connect(folder / "polls.sqlite")
    try:
        for name, table in tables().items():
            parts = [f'"{c.name}" {kinds.get(c.type, "TEXT")}' for c in table.columns]
            if table.primary_key:
                parts.append(f"PRIMARY KEY ({_quote(table.primary_key)})")
            for key in table.foreign_keys:
                target = f'"{key.table}" ({_quote(key.reference)})'
                parts.append(f"FOREIGN KEY ({_quote(key.columns)}) REFERENCES {target}")
            connection.execute(f'CREATE TABLE "{name}" ({", ".join(parts)})')
            rows = _as_text(frames[name]).astype(object)
            rows = rows.where(rows.notna(), None)
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})', rows.to_numpy().tolist()
            )
        connection.commit()
    finally:
        connection.close()


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Copy with days as ISO text."""
    days = frame.select_dtypes("datetime").columns
    return frame.assign(**{name: _write_days(frame[name]) for name in days})


def _write_days(days: pd.Series[Any]) -> pd.Series[str]:
    """Days as text; pandas before 3.1 leaves out the zeros of years before 1000."""
    text = np.datetime_as_string(days.to_numpy("datetime64[D]"))
    return pd.Series(text, index=days.index, dtype="str").where(days.notna())


def _quote(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


WRITERS: dict[str, Callable[[dict[str, pd.DataFrame], Path], None]] = {
    "parquet": _write_parquet,
    "csv": _write_csv,
    "sqlite": _write_sqlite,
    "json": _write_json,
}
