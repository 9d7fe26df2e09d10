"""The joint posterior equals what the smoother of statsmodels says of the same model."""

import numpy as np
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend

SCALES = [(0.3, 2.0, 5.0), (0.02, 0.5, 1.0)]


@pytest.mark.parametrize("scales", SCALES, ids=str)
def test_smoothed_states_and_covariances_agree(scales):
    polls = simulate_polls(np.random.default_rng(5), n_polls=80, houses="abcde", sectors=SECTORS)
    model = PollTrend(polls)
    posterior = model.smooth(scales).posterior
    model.statespace.update(np.array(scales))
    smoothed = model.statespace.ssm.smooth()
    day = model.observations.day

    n_effects = len(model.observations.effects)
    states = np.vstack([np.zeros(n_effects), np.eye(n_effects)])
    for step in range(len(day)):
        at = np.full(len(states), day[step])
        level, variance = posterior.level(at, states)
        mean, cov = smoothed.smoothed_state[:, step], smoothed.smoothed_state_cov[:, :, step]
        expected = [cov[0, 0], *(cov[0, 0] + 2 * cov[0, 1:] + np.diag(cov)[1:])]
        np.testing.assert_allclose(level, mean[0] + states @ mean[1:], atol=1e-8)
        np.testing.assert_allclose(variance, expected, atol=1e-8)
        np.testing.assert_allclose(posterior.effects_cov, cov[1:, 1:], atol=1e-8)


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
