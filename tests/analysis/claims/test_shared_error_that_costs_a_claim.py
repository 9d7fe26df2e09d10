"""The shared error at which a claim loses its probability, where there is none or any."""

import numpy as np
import pytest

from analysis.base.mixture import Mixture
from analysis.claims.levels import Spread, find_error


def spread(mean: float, variance: float) -> Spread:
    one = np.ones((1, 1))
    return Spread(Mixture(np.ones(1), mean * one, variance * one))


@pytest.mark.parametrize(("more", "error"), [(1e-3, None), (0.0, 0.0), (-1e-3, 0.857)])
def test_a_claim_that_is_as_probable_as_asked_for_bears_no_error(more, error):
    level = spread(60.0, 16.0)
    found = find_error(level, 50, level.widened(0.0).prob_above(50) + more)
    assert np.isnan(found) if error is None else found == pytest.approx(error, abs=1e-3)


@pytest.mark.parametrize(("more", "found"), [(1e-9, np.nan), (0.0, np.inf), (-1e-9, np.inf)])
def test_where_all_say_yes_no_error_is_large_enough(more, found):
    """At 100 percent there is no room for one: the probability stays what it is."""
    level = spread(100.0, 900.0)
    told = find_error(level, 50, level.prob_above(50) + more)
    assert told == found or (np.isnan(told) and np.isnan(found))
