"""Results are the same where a user lets numpy raise on every fault of floating point."""

import numpy as np
import pytest
from reference.simulated_polls import simulate_polls

from analysis import PollTrend

POLLS = simulate_polls(np.random.default_rng(7), houses="abc")


def answer(polls, **options):
    """Summary and a change in words."""
    results = PollTrend(polls, **options).fit()
    days = results.trend()["date"].iloc[[0, -1]]
    return str(results.summary()), str(results.change(*days))


@pytest.mark.long("fits and their tables", quick=1)
@pytest.mark.parametrize(
    ("polls", "options"),
    [
        (POLLS, {}),
        (POLLS, {"house_variance": "by_house"}),
        (POLLS.assign(share_pct=60.0), {}),
        (POLLS.assign(share_pct=0.0), {"scale": "logit"}),
    ],
    ids=["usual", "by_house", "equal", "zeros"],
)
def test_vanishing_weights_are_nothing_to_stop_at(polls, options):
    expected = answer(polls, **options)
    with np.errstate(all="raise"):
        assert answer(polls, **options) == expected
