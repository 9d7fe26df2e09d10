"""What tests of the data package share."""

import pandas as pd
import pytest

import polls


@pytest.fixture(scope="session")
def frames() -> dict[str, pd.DataFrame]:
    """The real tables; a test that changes them takes a copy."""
    return polls.load()
