"""The files of the tables as they stand; while several change together, all old or all new.

A change of several tables is written into a hidden folder, and takes effect when that folder
is renamed to SWITCH: one rename, which happens or does not. From then on the files in it are
the tables, and are moved to their places one by one. Whoever reads looks into SWITCH first,
so that it does not matter how far the moves have come, nor whether their process was killed.
"""

import errno
import hashlib
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from polls.tables.schema import tables, tables_of

SWITCH = ".switch"

Stamp = tuple[int, int, int]
Stamps = tuple[Stamp | None, ...]
Result = TypeVar("Result")


def read_file(path: Path) -> bytes:
    """Bytes of a table, from SWITCH where it waits there.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    try:
        return _read_whole(path.parent / SWITCH / path.name)
    except (FileNotFoundError, NotADirectoryError):
        # It was never there, or is in its place by now.
        return _read_whole(path)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Give an error of the system the name of a file: that of a full disk has none."""
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from None


def write_file(path: Path, content: bytes) -> None:
    """Write a file.

    Raises
    ------
    OSError
        It cannot be written; the error names it.
    """
    with naming(path):
        path.write_bytes(content)


def _read_whole(path: Path) -> bytes:
    """Bytes of a file; a pipe or device in its place might never end."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OSError(errno.EINVAL, "it is a pipe or device", str(path))
    return path.read_bytes()


def read_settled(folder: Path, read: Callable[[Path, Stamps], Result]) -> Result:
    """Read tables, and read them again if they changed meanwhile.

    Parameters
    ----------
    folder : Path
        Folder of the tables.
    read : callable
        Takes the folder and the state of its files.

    Returns
    -------
    object
        What `read` returns for one state of all files.
    """
    stamps = stamp_tables(folder)
    while True:
        before = stamps
        try:
            result = read(folder, before)
        except Exception:
            stamps = stamp_tables(folder)
            if stamps == before:
                raise
        else:
            stamps = stamp_tables(folder)
            if stamps == before:
                return result


def digest_tables(folder: Path, _: Stamps) -> str:
    """SHA-256 over the names and bytes of all tables, in hexadecimal."""
    digest = hashlib.sha256()
    for name, table in tables_of(folder).items():
        content = read_file(table.path(folder))
        # The length keeps what is one table from being read as the end of another.
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def stamp_tables(folder: Path) -> Stamps:
    """State of each table's file, None where there is none; a move from SWITCH changes nothing."""
    return tuple(_stamp(table.path(folder)) for table in tables().values())


def _stamp(path: Path) -> Stamp | None:
    for place in (path.parent / SWITCH / path.name, path):
        try:
            state = place.stat()
        except OSError:
            continue
        return state.st_ino, state.st_mtime_ns, state.st_size
    return None
