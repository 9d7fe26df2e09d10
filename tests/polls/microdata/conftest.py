"""The real interviews, for tests that hold the stored counts and weights against them."""

from pathlib import Path

import pandas as pd
import pytest
from helpers.paths import SHARED

from polls.microdata import load_microdata


@pytest.fixture(scope="session")
def real_file() -> Path:
    """The harmonised interviews, which are no part of the repository."""
    path = SHARED / "data" / "chronicles" / "microdata.csv.gz"
    if not path.exists():
        pytest.skip("the interviews (../shared/data/chronicles) are with the maintainers only")
    return path


@pytest.fixture(scope="session")
def real(real_file: Path) -> pd.DataFrame:
    """The real interviews, read once; a test that changes them takes a copy."""
    return load_microdata(real_file)
