"""mypy finds nothing in polls, analysis and figures, in its strict mode."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.long("mypy reads the whole project and the types of its libraries")

# What the annotations need to be understood: what numpy 1 says of its own types is less.
TYPED = np.lib.NumpyVersion(np.__version__) >= "2.0.0"


@pytest.mark.skipif(not TYPED, reason="types are checked with those that numpy 2 tells")
def test_types_are_right(root: Path) -> None:
    # Types that packages ship may be written in the syntax of the Python that they need.
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [sys.executable, "-m", "mypy", "--python-version", version]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
