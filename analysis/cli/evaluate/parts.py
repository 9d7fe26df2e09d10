"""Finished parts of a long run on disk, and the options that say how it is run."""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

from analysis.base.errors import PollInputError
from analysis.cli.files import make_folder, write_bytes
from analysis.evaluate.runner import Runner
from analysis.evaluate.runner.tasks import package_versions

DIGEST_BYTES = hashlib.sha256().digest_size


def add_run_options(verb: argparse.ArgumentParser) -> None:
    """Add the options that say where tasks run, and where finished ones are kept."""
    where = verb.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs", type=_read_jobs, default=1, metavar="N", help="processes that share the work"
    )
    where.add_argument(
        "--cluster",
        default="",
        metavar="ADDRESS",
        help="scheduler of a Dask cluster that does the work, such as tcp://10.0.0.1:8786",
    )
    verb.add_argument(
        "--parts",
        type=Path,
        metavar="DIR",
        help="keep finished parts in this folder of your own: the same command goes on from them "
        "after Ctrl-C or a lost worker",
    )


def _read_jobs(text: str) -> int:
    """Read a number of processes; argparse shows the message and exits with 2."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes, 1 or more")
    return int(text)


@contextlib.contextmanager
def open_runner(args: argparse.Namespace) -> Iterator[Runner]:
    """The runner that the options describe; a run that is stopped says what is kept.

    Raises
    ------
    PollInputError
        When the folder of the parts cannot be written.
    """
    parts = None if args.parts is None else PartsFolder(args.parts)
    runner = Runner(args.jobs, args.cluster, parts, stamp_code, show_progress=True)
    try:
        yield runner
    except KeyboardInterrupt:
        if parts is not None:
            told = f"{parts.n_kept} finished parts are in {args.parts}"
            print(f"note: {told}; the same command goes on from them", file=sys.stderr)
        raise


class PartsFolder:
    """Results in files, each with its digest before it, so that half a file is none.

    Parameters
    ----------
    folder : Path
        Made where it is not there. Only a folder of one's own: a part is a pickle.

    Raises
    ------
    PollInputError
        When it cannot be made or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.n_kept = 0
        make_folder(folder)

    def get(self, key: str) -> tuple[object] | None:
        """Result of a task, in a tuple; None when it is not there, or damaged, which is said."""
        path = self._name(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            found = f"cannot be read ({error.strerror})"
            raise PollInputError(found, "check the folder of --parts", str(path)) from None
        digest, body = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
        if hashlib.sha256(body).digest() != digest:
            print(f"note: {path} is damaged, and is computed again", file=sys.stderr)
            return None
        self.n_kept += 1
        return (pickle.loads(body),)

    def put(self, key: str, result: object) -> None:
        """Keep a result: all of it or nothing."""
        body = pickle.dumps(result)
        write_bytes(self._name(key), hashlib.sha256(body).digest() + body)
        self.n_kept += 1

    def _name(self, key: str) -> Path:
        return self.folder / f"{key}.part"


@functools.cache
def stamp_code() -> str:
    """Digest of the source of the models, and the versions of what they stand on."""
    package = Path(__file__).resolve().parents[2]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return f"{digest.hexdigest()} {package_versions()}"
