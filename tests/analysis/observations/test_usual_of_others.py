"""What is usual of a house's other polls is their median, each poll left out in turn."""

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import name_each_row, name_row
from analysis.observations._rows import _medians_of_others


@pytest.mark.parametrize("n_unknown", [0, 1, 2])
@pytest.mark.parametrize("n", [2, 3, 7, 8])
def test_medians_of_others_are_those_of_numpy(n, n_unknown):
    rng = np.random.default_rng(n)
    for _ in range(50):
        values = rng.integers(0, 5, n) * 1.1
        values[rng.permutation(n)[:n_unknown]] = np.nan
        others = [np.delete(values, i) for i in range(n)]
        expected = [np.nan if np.isnan(of).any() else np.median(of) for of in others]
        np.testing.assert_array_equal(_medians_of_others(values), expected)


def test_all_rows_are_named_as_one_by_one():
    polls = pd.DataFrame({"poll_id": ["a", None, 7.5]}, index=pd.Index([3, 5, 8], name="line"))
    for frame in (polls, polls.drop(columns="poll_id")):
        assert name_each_row(frame) == [name_row(frame, i) for i in range(3)]
    assert name_each_row(polls) == ["line 3 (a)", "line 5", "line 8 (7.5)"]
