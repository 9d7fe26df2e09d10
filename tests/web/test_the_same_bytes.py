"""What is built twice is the same to the byte, in whatever order a process hashes its sets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import site_parts

pytestmark = pytest.mark.long("the whole site is built twice")


def test_another_process_writes_the_same_files(site: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, site_parts.__file__, str(site), str(tmp_path)],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        check=True,
    )
    made = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(made) > 100
    assert [p for p in made if (tmp_path / p).read_bytes() != (site / p).read_bytes()] == []
