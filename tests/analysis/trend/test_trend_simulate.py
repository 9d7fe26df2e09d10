"""The statsmodels face simulates from the equations of the model."""

import numpy as np
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend


def test_simulate_follows_the_equations():
    polls = simulate_polls(np.random.default_rng(6), n_polls=40, houses="abcde", sectors=SECTORS)
    model = PollTrend(polls)
    tau, omega, sigma_h = 0.3, 2.0, 5.0
    rng = np.random.default_rng(7)
    steps, errors = rng.normal(size=40), rng.normal(size=40)
    start = rng.normal(size=9)  # level, 3 sectors, 5 houses
    observations = model.observations
    gaps = np.append(np.diff(observations.day), 0)
    simulated = model.statespace.simulate(
        np.array([tau, omega, sigma_h]),
        40,
        measurement_shocks=errors[:, None],
        state_shocks=(tau * np.sqrt(gaps) * steps)[:, None],
        initial_state=start,
    )
    level = start[0] + np.append(0, np.cumsum(tau * np.sqrt(gaps) * steps)[:-1])
    names = ["independent", "leaked", "state"]
    house = observations.polls["house_id"]
    effect = [start[1 + names.index(SECTORS[h])] + start[4 + "abcde".index(h)] for h in house]
    np.testing.assert_allclose(simulated, level + effect + errors, atol=1e-10)
