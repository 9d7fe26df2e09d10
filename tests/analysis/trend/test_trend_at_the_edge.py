"""On logits a printed 0 or 100 keeps its weight, and the truth stays inside the interval."""

import numpy as np
import pandas as pd
import pytest

from analysis import PollTrend
from analysis.trend.solver.logit import from_logit

N_POLLS, SIZE, N_SIMULATIONS = 24, 1600, 40


def make_edge_polls(share_pct):
    day = pd.date_range("2022-03-01", periods=len(share_pct), freq="15D")
    return pd.DataFrame(
        {
            "house_id": (["a", "b", "c"] * len(share_pct))[: len(share_pct)],
            "start_date": day,
            "end_date": day,
            "sample_size": SIZE,
            "share_pct": share_pct,
            "decimals": 0,
        }
    )


@pytest.mark.long("each case is a fit of many polls")
@pytest.mark.parametrize("truth", [0.2, 0.4, 99.7])
def test_the_simulated_truth_is_inside_the_interval(truth):
    """Of 40 intervals at 95 percent fewer than 35 hold it once in three hundred times."""
    rng, inside, means = np.random.default_rng(7), 0, []
    for _ in range(N_SIMULATIONS):
        share = np.round(100 * rng.binomial(SIZE, truth / 100, N_POLLS) / SIZE)
        last = PollTrend(make_edge_polls(share), scale="logit").fit("map").trend().iloc[-1]
        inside += last["lower"] <= truth <= last["upper"]
        means.append(last["mean"])
    assert inside >= 35
    assert abs(np.mean(means) - truth) < 0.15


@pytest.mark.parametrize("edge", [0.0, 100.0])
def test_polls_all_at_the_edge_give_a_level_there_and_no_warning_of_numpy(edge):
    results = PollTrend(make_edge_polls(np.full(12, edge)), scale="logit").fit()
    assert abs(results.trend()["mean"] - edge).max() < 0.5
    assert "PollTrend" in str(results.summary())


def test_a_printed_zero_stands_for_the_middle_of_what_rounds_to_it():
    polls = make_edge_polls(np.array([0.0, 100.0, 50.0]))
    design = PollTrend(polls, scale="logit").design
    # A quarter of a unit, and half an interview on either side.
    zero = (SIZE * 0.25 + 50) / (SIZE + 1)
    np.testing.assert_allclose(from_logit(design.response), [zero, 100 - zero, 50], rtol=1e-12)
    slope = 100 / (zero * (100 - zero))
    rounding = 0.5**2 / 12
    sampling = zero * (100 - zero) / SIZE
    np.testing.assert_allclose(
        design.known_variance[:2], slope**2 * (sampling + rounding), rtol=1e-10
    )


def test_a_variance_that_was_given_is_taken_at_the_edge_too():
    polls = make_edge_polls(np.array([0.0, 40.0])).assign(sampling_var=0.01)
    design = PollTrend(polls, scale="logit").design
    slope = 100 / np.prod([(SIZE * 0.25 + 50) / (SIZE + 1), 100 - (SIZE * 0.25 + 50) / (SIZE + 1)])
    assert design.known_variance[0] == pytest.approx(slope**2 * (0.01 + 0.25 / 12), rel=1e-10)
