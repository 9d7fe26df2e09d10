"""Where a table is written: into a file, all of it or nothing, or down a pipe or device."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import pandas as pd

from analysis.base.errors import PollInputError

# What to do when a file cannot be written, by the number of the system's error.
CURES = {
    errno.ENOSPC: "make room, or name a file on another disk",
    errno.ENXIO: "nobody reads there: start the reader first",
    errno.EPIPE: "the reader has gone: let it read to the end",
}
# Ways to name an output of this process that is open already.
OPEN_OUTPUTS = (1, 2)


def find_obstacle(path: Path) -> str:
    """Why nothing should be written to a path; empty if nothing speaks against it.

    Examples
    --------
    >>> find_obstacle(Path("."))
    'is a folder; name a file'
    """
    try:
        found = _look_at(path)
    except OSError as error:  # such as a link to itself
        return f"cannot be written ({error.strerror}); check the path"
    if found is None:
        # Told now, and not when the work of minutes is done.
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            return "lies in a folder that is not there; make the folder, or check the path"
        if not os.access(folder, os.W_OK):
            return "lies in a folder that is protected against writing; name another, or allow it"
        return ""
    if stat.S_ISDIR(found.st_mode):
        return "is a folder; name a file"
    if stat.S_ISBLK(found.st_mode):
        return "is a disk; name a file on it"
    if stat.S_ISSOCK(found.st_mode):
        return "is a socket; name a file or a pipe"
    if not os.access(path, os.W_OK):
        return "is protected against writing; name another file, or allow it"
    return ""


def write_tables(*tables: tuple[Path | None, pd.DataFrame]) -> None:
    """Write all tables or none: each to a temporary neighbour, then renamed.

    A link stays a link: the file behind it is written, and one with several names keeps them. A
    file that is there keeps its mode and its owner, a new one has what the umask leaves. Pipes and
    devices are written into.

    Parameters
    ----------
    *tables : tuple of path and DataFrame
        A table without a path was not asked for.

    Raises
    ------
    PollInputError
        When a file cannot be written.
    """
    wanted = [(path, table) for path, table in tables if path is not None]
    streams = [path for path, _ in wanted if _is_stream(path)]
    files = [(path, table) for path, table in wanted if path not in streams]
    with _neighbours([path for path, _ in files]) as written:
        for (path, table), name in zip(files, written, strict=True):
            with _named(path), name.open("w", encoding="utf-8", newline="") as file:
                _write(table, file)
        for path, table in wanted:
            if path in streams:
                with _named(path):
                    _write_into(path, table)
        for (path, _), name in zip(files, written, strict=True):
            with _named(path):
                _put(name, Path(os.path.realpath(path)))


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file of ours, all of it or nothing.

    Raises
    ------
    PollInputError
        When it cannot be written.
    """
    with _neighbours([path]) as names, _named(path):
        names[0].write_bytes(data)
        names[0].replace(path)


def make_folder(path: Path) -> None:
    """Make a folder into which files of ours can be written, where it is not there.

    Raises
    ------
    PollInputError
        When it cannot be made, or nothing can be written into it.
    """
    with _named(path):
        path.mkdir(parents=True, exist_ok=True)
    with _neighbours([path / "probe"]):
        pass


def _write(table: pd.DataFrame, file: TextIO) -> None:
    table.to_csv(file, index=False, float_format="%.6f", lineterminator="\n")


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Tell a fault of the system as one of the file that the user named."""
    try:
        yield
    except OSError as error:
        cure = CURES.get(error.errno or 0, "check the path")
        raise PollInputError(f"cannot be written ({error.strerror})", cure, str(path)) from None


@contextlib.contextmanager
def _neighbours(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Empty hidden files beside those that are to be written; what is left of them goes."""
    made: list[Path] = []
    try:
        for path in paths:
            with _named(path):
                made.append(_make_neighbour(path))
        yield made
    finally:
        for name in made:
            name.unlink(missing_ok=True)


def _make_neighbour(path: Path) -> Path:
    """Make a hidden file with the mode that the written one is to have."""
    target = Path(os.path.realpath(path))
    # Whose name may be as long as a name can be.
    name = target.with_name(f".{secrets.token_hex(8)}.new")
    before = _look_at(path)
    # Opened this way the umask decides, as for any file that is new.
    os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    if before is not None:
        made = name.stat()
        if (made.st_uid, made.st_gid) != (before.st_uid, before.st_gid):
            with contextlib.suppress(PermissionError):  # only its owner may give a file away
                os.chown(name, before.st_uid, before.st_gid)
        name.chmod(stat.S_IMODE(before.st_mode))
    return name


def _put(made: Path, target: Path) -> None:
    """Put a file in its place; one that has other names is filled, so that it keeps them."""
    found = _look_at(target)
    if found is not None and found.st_nlink > 1:
        _fill(made, target)
    else:
        made.replace(target)


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


def _look_at(path: Path) -> os.stat_result | None:
    """What stands at a path, behind links; None where nothing does."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _is_stream(path: Path) -> bool:
    """Is this something to write into, which a file must never replace."""
    with _named(path):
        found = _look_at(path)
    return found is not None and (not stat.S_ISREG(found.st_mode) or _find_open(found) is not None)


def _find_open(found: os.stat_result) -> int | None:
    """The open output of this process that a file is, such as /dev/stdout; None if it is none."""
    for number in OPEN_OUTPUTS:
        with contextlib.suppress(OSError):  # closed
            if os.path.samestat(found, os.fstat(number)):
                return number
    return None


def _write_into(path: Path, table: pd.DataFrame) -> None:
    """Write to a pipe or device, or to an output that is open already."""
    number = _find_open(path.stat())
    if number is None:
        # Without a reader a pipe would wait for ever; asked this way it says so.
        number = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        os.set_blocking(number, True)
    else:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        number = os.dup(number)
    with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
        _write(table, file)
