"""A few words among the numbers of a covariate are slips; as many as numbers are categories."""

from contextlib import nullcontext

import pandas as pd
import pytest

from analysis import PollInputError
from analysis.list_experiments._data import _check_numbers


@pytest.mark.parametrize(
    ("values", "is_allowed"),
    [(("20", "30", "40"), True), (("20", "old", "40"), False), (("20", "old"), True)],
)
def test_as_many_words_as_numbers_make_a_category(values, is_allowed):
    frame = pd.DataFrame({"age": values})
    numbers = pd.to_numeric(frame["age"], errors="coerce").to_numpy(float)
    with (
        nullcontext() if is_allowed else pytest.raises(PollInputError, match="'old' among numbers")
    ):
        _check_numbers(frame, "age", numbers)
