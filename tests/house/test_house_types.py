"""mypy finds nothing in polls, analysis and figures, in its strict mode."""

import subprocess
import sys
from pathlib import Path


def test_types_are_right(root: Path) -> None:
    # Types that packages ship may be written in the syntax of the Python that they need.
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [sys.executable, "-m", "mypy", "--python-version", version]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
