"""The hyperparameters are at the highest point of the posterior of their logarithms."""

import numpy as np
import pytest
from reference.dense_gaussian import condition
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls
from scipy import integrate

from analysis import PollTrend, Priors
from analysis.trend.hyperparameters import _mode

CASES = {
    "simulated": simulate_polls(np.random.default_rng(31), houses="abcde", sectors=SECTORS),
    "two polls on one day": EDGE_CASES["two polls on one day"],
    "constant series": EDGE_CASES["constant series"],
}


def log_posterior(polls, logs):
    """Dense likelihood times half-normal priors times the Jacobian of the logs."""
    params = np.exp(logs)
    widths = np.array([0.5, 3.0, 10.0])
    prior = np.sum(-0.5 * (params / widths) ** 2) + np.sum(logs)
    return condition(polls, tuple(params), 1 / 12).loglike + prior


@pytest.mark.parametrize("name", CASES)
def test_no_step_in_any_direction_goes_up(name):
    results = PollTrend(CASES[name]).fit("map")
    best = np.log(results.params.to_numpy())
    top = log_posterior(CASES[name], best)
    for step in np.vstack([np.eye(3), -np.eye(3)]) * 0.01:
        assert log_posterior(CASES[name], best + step) < top


@pytest.mark.parametrize("name", CASES)
def test_the_log_posterior_is_that_of_the_dense_model_up_to_a_constant(name):
    model = PollTrend(CASES[name])
    points = np.random.default_rng(32).normal(0, 0.8, (6, 3))
    differences = [model.log_posterior(p) - log_posterior(CASES[name], p) for p in points]
    assert np.ptp(differences) < 1e-7


def test_the_prior_of_the_logs_integrates_to_one_with_its_jacobian():
    priors = Priors()
    mode = priors.log_density_of_logs(np.log([0.5, 3.0, 10.0]))

    def one_axis(log_tau):
        logs = [log_tau, np.log(3.0), np.log(10.0)]
        return np.exp(priors.log_density_of_logs(logs) - mode)

    # Each factor has the same shape, so one axis gives the constant of all three.
    area, _ = integrate.quad(one_axis, -30, 5)
    assert np.exp(mode) * area**3 == pytest.approx(1, rel=1e-6)


def test_wider_priors_are_used_when_given():
    polls = CASES["two polls on one day"]
    assert (
        PollTrend(polls, priors=Priors(omega=30.0)).fit("map").params["omega"]
        > 2 * (PollTrend(polls).fit("map").params["omega"])
    )


def test_many_polls_find_the_hyperparameters_that_made_them():
    polls = simulate_polls(np.random.default_rng(33), 1500, 1500, houses="abcdefghij")
    found = PollTrend(polls).fit().hyperparameters(alpha=0.001).set_index("parameter")
    for name, truth in {"tau": 0.3, "omega": 2.0, "sigma_h": 5.0}.items():
        assert found.loc[name, "lower"] < truth < found.loc[name, "upper"]
    assert found.loc["omega", "sd"] < 0.2


def test_hyperparameters_must_be_above_zero():
    with pytest.raises(ValueError, match="tau, omega, sigma_h"):
        PollTrend(CASES["simulated"]).smooth((0.0, 1.0, 1.0))


@pytest.mark.parametrize(("most", "is_converged"), [(1, False), (_mode.MAX_STEPS, True)])
def test_a_climb_that_was_stopped_says_so(monkeypatch, most, is_converged):
    monkeypatch.setattr(_mode, "MAX_STEPS", most)
    results = PollTrend(CASES["simulated"]).fit("map")
    assert results.diagnostics()["is_converged"] == is_converged
