"""A version of the tables as one file, which stays as it is when the tables go on."""

import hashlib
import io
import zipfile
from pathlib import Path

from polls.tables._archive import SUMS
from polls.tables._export import write_files
from polls.tables._load import find_data
from polls.tables._version import version
from polls.tables.files import read_file, read_settled
from polls.tables.schema import PACKAGE, tables

# The first day that a zip file can tell: the same tables give the same bytes on every day.
EPOCH = (1980, 1, 1, 0, 0, 0)


def release(out: str | Path, *, data: str | Path | None = None) -> Path:
    """Write the tables, what describes them and a checksum of each file into one archive.

    Parameters
    ----------
    out : path-like
        Folder to write into; made if it is not there.
    data : path-like, optional
        Folder with the tables; the package's own by default.

    Returns
    -------
    Path
        polls-DAY-DIGEST.zip. In it lie data/*.csv, datapackage.json (so that it is a
        Frictionless data package) and SHA256SUMS, as `sha256sum --check` reads it.

    Raises
    ------
    DataError
        The tables cannot be read.
    OSError
        The folder cannot be written.

    See Also
    --------
    polls.load : `load(archive, version=...)` reads it again, now and in ten years.

    Examples
    --------
    >>> import tempfile
    >>> from polls import load
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     archive = release(folder)
    ...     tables = load(archive, version=version().digest)
    >>> len(tables) == len(load())
    True
    """
    folder = find_data(data)
    now, content = read_settled(folder, lambda place, _: (version(place), _pack(place)))
    name = f"polls-{now.date}-{now.digest[:10]}.zip"
    (archive,) = write_files(Path(out), lambda place: _write(place / name, content))
    return archive


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _pack(folder: Path) -> bytes:
    files = {PACKAGE.name: PACKAGE.read_bytes()}
    files |= {f"data/{name}.csv": read_file(table.path(folder)) for name, table in tables().items()}
    sums = "".join(f"{hashlib.sha256(text).hexdigest()}  {name}\n" for name, text in files.items())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in ({SUMS: sums.encode()} | files).items():
            member = zipfile.ZipInfo(name, EPOCH)
            member.external_attr = 0o644 << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED, compresslevel=9)
    return packed.getvalue()
