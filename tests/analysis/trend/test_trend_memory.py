"""A fit does not store a covariance matrix of all states for every poll."""

import tracemalloc

import numpy as np
import pytest
from reference.simulated_polls import simulate_polls

from analysis import PollTrend
from analysis.trend.solver import draws

pytestmark = pytest.mark.long("thousands of polls")

N_POLLS, N_HOUSES = 1500, 30


# statsmodels itself keeps one (the state covariance, which varies with the gaps);
# its smoother would keep eleven more.
@pytest.mark.quick
def test_smoothing_needs_less_than_two_matrices_per_poll():
    houses = [f"h{i}" for i in range(N_HOUSES)]
    model = PollTrend(simulate_polls(np.random.default_rng(81), N_POLLS, 1500, houses))
    one_matrix_per_poll = N_POLLS * (1 + N_HOUSES) ** 2 * 8
    tracemalloc.start()
    model.smooth((0.3, 2.0, 5.0)).trend()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * one_matrix_per_poll


def test_draws_do_not_keep_the_states_that_they_were_drawn_with(monkeypatch):
    n_polls, n_houses, n_draws, at_a_time = 200, 20, 160, 8
    houses = [f"h{i}" for i in range(n_houses)]
    polls = simulate_polls(np.random.default_rng(82), n_polls, 300, houses)
    results = PollTrend(polls, drift=True).smooth((0.3, 2.0, 5.0, 0.1))
    states = n_polls * (1 + 2 * n_houses)
    monkeypatch.setattr(draws, "PART_NUMBERS", at_a_time * 2 * states)
    tracemalloc.start()
    found = results.draws(n_draws)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.level) == len(found.polls) == n_draws
    assert peak < 0.5 * n_draws * states * 8


def test_houses_with_one_poll_that_drift_are_not_kept_for_every_poll():
    """What blocks of polls see of all houses is dropped with the block: a third of what it was."""
    n_houses = 200
    houses = [f"h{i}" for i in range(n_houses)]
    polls = simulate_polls(np.random.default_rng(83), n_houses, 900, houses)
    results = PollTrend(polls, drift=True).smooth((0.3, 2.0, 5.0, 0.1))
    tracemalloc.start()
    results.house_effects()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < n_houses**3 * 8
