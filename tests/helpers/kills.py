"""A process that changes several tables over and over, killed at a moment that nobody chose."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from polls.entry.store import recover
from polls.tables.files import read_file

NAMES = ("answers.csv", "polls.csv", "sources.csv")
# Each version of a file is long enough to be caught half written.
LENGTH = 200_000
# Bytes of the version number at the beginning of each file; the rest repeats its last digit.
DIGITS = 8
# A process that is asked for writers by the names of folders, and forks one for each.
NURSERY = f"""
import os, sys
from pathlib import Path
from polls.entry.store import hold, write
for line in sys.stdin:
    writer = os.fork()
    if writer:
        print(writer, flush=True)
        os.waitpid(writer, 0)
        print("dead", flush=True)
        continue
    folder = Path(line.strip())
    for version in range(1, 10**{DIGITS}):
        content = f"{{version:0{DIGITS}d}}".encode() + str(version % 10).encode() * {LENGTH}
        with hold(folder):
            write(folder, {{name: content for name in {NAMES!r}}})
"""


def kill_writers(folder: Path, n: int, seed: int = 0) -> Iterator[Path]:
    """Start writers one after the other, kill each after a random wait, give what they leave.

    Parameters
    ----------
    folder : Path
        Where the folders of the writers are made.
    n : int
        Number of writers.
    seed : int
        Seed of the waits.

    Yields
    ------
    Path
        Folder of a writer that is dead.
    """
    random = Random(seed)
    command = [sys.executable, "-c", NURSERY]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for number in range(n):
            mine = folder / str(number)
            mine.mkdir()
            for name in NAMES:
                (mine / name).write_bytes(b"0" * (DIGITS + LENGTH))
            print(mine, file=nursery.stdin, flush=True)
            writer = int(nursery.stdout.readline())
            time.sleep(random.uniform(0, 0.05))
            os.kill(writer, signal.SIGKILL)
            assert nursery.stdout.readline() == "dead\n"
            yield mine


def find_versions(folder: Path, *, plain: bool) -> set[int]:
    """Versions of the files, -1 for one that is not whole.

    Parameters
    ----------
    folder : Path
        Folder that a writer left behind.
    plain : bool
        Read the files in their places only, as another program would.
    """
    versions = set()
    for name in NAMES:
        content = (folder / name).read_bytes() if plain else read_file(folder / name)
        version = int(content[:DIGITS])
        whole = content[DIGITS:] == str(version % 10).encode() * LENGTH
        versions.add(version if whole else -1)
    return versions


def is_whole(folder: Path) -> bool:
    """Whether all readers find one version, before and after what was begun is finished."""
    seen = find_versions(folder, plain=False)
    recover(folder)
    placed = find_versions(folder, plain=True)
    left = {path.name for path in folder.iterdir()} - {*NAMES, ".staged", ".lock"}
    return len(seen) == 1 and seen == placed and -1 not in seen and not left
