"""A fit does not store a covariance matrix of all states for every poll."""

import tracemalloc

import numpy as np
from reference.simulated_polls import simulate_polls

from analysis import PollTrend

N_POLLS, N_HOUSES = 1500, 30


# statsmodels itself keeps one (the state covariance, which varies with the gaps);
# its smoother would keep eleven more.
def test_smoothing_needs_less_than_two_matrices_per_poll():
    houses = [f"h{i}" for i in range(N_HOUSES)]
    model = PollTrend(simulate_polls(np.random.default_rng(81), N_POLLS, 1500, houses))
    one_matrix_per_poll = N_POLLS * (1 + N_HOUSES) ** 2 * 8
    tracemalloc.start()
    model.smooth((0.3, 2.0, 5.0)).trend()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * one_matrix_per_poll
