"""Draws of a composition that lie within all: a hundred tell of it, fewer do not."""

import numpy as np
import pytest

from analysis import PollInputError
from analysis.composition._measures import FEWEST_DRAWS, count_kept


@pytest.mark.parametrize(("n", "is_enough"), [(FEWEST_DRAWS, True), (FEWEST_DRAWS - 1, False)])
def test_a_hundred_draws_within_all_tell_of_a_composition(n, is_enough):
    kept = np.arange(400)[None, :] < n
    if is_enough:
        assert count_kept(kept).tolist() == [n]
        return
    with pytest.raises(PollInputError, match=f"only {n} of 400 draws lie within"):
        count_kept(kept)
