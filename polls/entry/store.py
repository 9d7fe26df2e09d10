"""Writing several tables as one: all of them or none, one process at a time."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from polls.tables.files import SWITCH, naming

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

STAGED = ".staged"  # new files whose time has not come; left behind only by a killed process
LOCK = ".lock"


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the tables of a folder; another process that wants them waits.

    What a killed process had begun is finished or discarded first.

    Parameters
    ----------
    folder : Path
        Folder of the tables.

    Raises
    ------
    OSError
        The folder cannot be locked or written to.
    """
    with naming(folder):  # not every disk has locks
        handle = _lock(folder)
    try:
        _finish(folder)
        shutil.rmtree(folder / STAGED, ignore_errors=True)
        yield
    finally:
        os.close(handle)  # which unlocks, as the end of a process does


def check_access(folder: Path) -> None:
    """See that a folder can be written to.

    Raises
    ------
    PermissionError
        It cannot, by its permissions or those of its disk.
    """
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "this folder may not be written to", str(folder))


def recover(folder: Path) -> None:
    """Finish a change that a killed process had begun; nothing where there is none.

    Where the folder may not be written to the change stays as it is, which readers of
    these tables see through.
    """
    if (folder / SWITCH).is_dir():
        try:
            with hold(folder):
                pass
        except PermissionError:
            return


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files or none, whatever ends the process meanwhile; the folder must be held.

    Parameters
    ----------
    folder : Path
        Folder of the tables.
    files : mapping of str to bytes
        New content by file name.

    Raises
    ------
    OSError
        A file cannot be written. Nothing has changed then.
    """
    if not files:
        return
    for name in files:
        _check_place(folder / name)
    staged = folder / STAGED
    try:
        staged.mkdir()
        for name, content in files.items():
            _write_file(staged / name, content)
            if (folder / name).exists():
                shutil.copymode(folder / name, staged / name)
        _sync(staged)
        staged.rename(folder / SWITCH)  # from here on the new files are the tables
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    _sync(folder)
    _finish(folder)


def _check_place(path: Path) -> None:
    """Refuse to replace what is no file of its own: what a link leads to may lie anywhere."""
    if path.is_symlink():
        words = "is a link, which a new table would replace; name the folder of the table itself"
        raise FileExistsError(errno.EEXIST, words, str(path))
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, "is no file that a table may replace", str(path))


def _finish(folder: Path) -> None:
    """Move files that wait in SWITCH to their places."""
    waiting = folder / SWITCH
    if not waiting.is_dir():
        return
    for path in sorted(waiting.iterdir()):
        path.replace(folder / path.name)
    _sync(folder)
    waiting.rmdir()


def _write_file(path: Path, content: bytes) -> None:
    with naming(path), path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


if sys.platform == "win32":

    def _lock(folder: Path) -> int:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT)
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
            except OSError:  # it gives up after ten seconds
                continue
            return handle

    def _sync(folder: Path) -> None:
        """Do nothing: folders cannot be flushed here, their changes are logged anyway."""

else:

    def _lock(folder: Path) -> int:
        # The folder itself is locked, so that no file of the lock stays behind.
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            words = "another command has these tables, and may be asking somebody"
            print(f"polls: {words}; waiting for its end ({folder})", file=sys.stderr, flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        return handle

    def _sync(folder: Path) -> None:
        """Flush the entries of a folder to the disk."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
