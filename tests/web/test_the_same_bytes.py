"""What is built twice is the same to the byte, in whatever order a process hashes its sets."""

import os
import subprocess
import sys
from pathlib import Path

from helpers import site_parts


def read_all(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_another_process_writes_the_same_files(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    site_parts.write_parts(here)
    subprocess.run(
        [sys.executable, site_parts.__file__, str(there)],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        check=True,
    )
    first, second = read_all(here), read_all(there)
    assert len(first) > 100
    assert [
        name for name in first.keys() | second.keys() if first.get(name) != second.get(name)
    ] == []
