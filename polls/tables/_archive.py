"""Reading an archive of the tables, as `release` writes it, from a file or an address."""

import atexit
import hashlib
import importlib
import tempfile
import zipfile
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from polls.tables.formats import LOOK_INTO, name_format
from polls.tables.schema import PACKAGE

SUMS = "SHA256SUMS"
# The tables have 4 MB; an archive with larger files is none of ours.
LARGEST_BYTES = 200_000_000
ADDRESS = ("https://", "http://")


def is_address(name: str) -> bool:
    """Whether something is to be fetched rather than to be opened."""
    return name.startswith(ADDRESS)


def fetch(address: str) -> Path:
    """Fetch a file from an address, once: it is kept in the cache of the user.

    Raises
    ------
    ImportError
        pooch is missing.
    ValueError
        Nothing can be fetched from there.
    """
    try:
        pooch: Any = importlib.import_module("pooch")
    except ImportError as error:
        message = "an archive is fetched with pooch. Install the extra: pip install -e .[microdata]"
        raise ImportError(message) from error
    try:
        # No checksum of the file: another program may have packed it. What is in it is checked.
        file = pooch.retrieve(address, known_hash=None, path=pooch.os_cache("russian-war-polls"))
    except Exception as error:  # whatever the library for this kind of address raises
        words = f"{address} cannot be fetched ({error}). Check the address, or fetch it yourself."
        raise ValueError(words) from error
    return Path(file)


def unpack(archive: Path) -> Path:
    """Unpack an archive, and hold each file against its checksum.

    Parameters
    ----------
    archive : Path
        Zip file with SHA256SUMS, datapackage.json and data/.

    Returns
    -------
    Path
        Folder of the tables, with datapackage.json above it; it goes with this process.

    Raises
    ------
    ValueError
        It is no such archive, or is damaged.
    """
    state = archive.stat()
    return Path(_unpack(archive.resolve(), state.st_mtime_ns, state.st_size).name, "data")


@cache
def _unpack(archive: Path, *_: int) -> "tempfile.TemporaryDirectory[str]":
    try:
        with zipfile.ZipFile(archive) as file:
            contents = _read_members(file)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError) as error:
        with archive.open("rb") as file:
            kind = name_format(file.read(LOOK_INTO))
        if kind and kind != "a zip archive":
            words = f"{archive} is {kind}, and no archive of the tables"
            raise ValueError(
                f"{words}. Give a folder of tables, or what `release` writes."
            ) from None
        words = f"{archive} is no whole archive of the tables ({error})"
        raise ValueError(f"{words}. Fetch it again.") from None
    except ValueError as error:
        raise ValueError(f"{archive}: {error}. Fetch it again.") from None
    folder = tempfile.TemporaryDirectory(prefix="polls-")
    atexit.register(folder.cleanup)
    for name, content in contents.items():
        path = Path(folder.name, name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return folder


def _read_members(file: zipfile.ZipFile) -> dict[str, bytes]:
    """Files of the list of checksums, each as it says there; what else is in it is not read."""
    contents = {}
    for line in _read_member(file, SUMS).decode("utf-8").splitlines():
        expected, _, name = line.partition("  ")
        parts = PurePosixPath(name).parts
        if parts != (PACKAGE.name,) and (len(parts) != 2 or parts[0] != "data" or ".." in parts):
            raise ValueError(f"{SUMS} names {name!r}, which is no table")
        contents[name] = _read_member(file, name)
        if hashlib.sha256(contents[name]).hexdigest() != expected:
            raise ValueError(f"{name} is not what {SUMS} says: the archive is damaged")
    if PACKAGE.name not in contents:
        raise ValueError(f"{SUMS} does not name {PACKAGE.name}")
    return contents


def _read_member(file: zipfile.ZipFile, name: str) -> bytes:
    if file.getinfo(name).file_size > LARGEST_BYTES:
        raise ValueError(f"{name} is larger than any table")
    return file.read(name)
