"""Houses of one poll are part of its error: the numbers of the lattice, without its growth."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import simulate_polls

from analysis import PollTrend
from analysis.trend.hyperparameters import lattice, single_polls
from analysis.trend.hyperparameters.single_polls import SplitCoordinates, spread_points
from analysis.trend.solver.likelihood import solve_effects

N_SINGLE = 66
HOUSES = [f"h{k:02}" for k in range(N_SINGLE)]
SECTORS = dict.fromkeys(HOUSES, "state") | dict.fromkeys(HOUSES[::3], "independent")


@pytest.fixture(scope="module")
def polls():
    """Sixty-six houses of one poll, and two of three polls."""
    rng = np.random.default_rng(31)
    single = simulate_polls(rng, N_SINGLE, houses=HOUSES, sectors=SECTORS)
    others = simulate_polls(rng, 6, houses="ab").assign(sector="state")
    others["house_id"] = list("ababab")
    frame = pd.concat([single, others], ignore_index=True)
    return frame.drop(columns="poll_id")


@pytest.fixture(scope="module")
def results(polls):
    """Fitted as houses of one poll are."""
    return PollTrend(polls).fit()


@pytest.mark.long("a likelihood with an effect for each of many houses", quick=1)
@pytest.mark.parametrize("drift", [False, True])
def test_the_likelihood_is_that_of_all_houses_with_an_effect_of_their_own(polls, drift):
    space = PollTrend(polls, drift=drift).model.space
    coordinates = SplitCoordinates(space)
    points = np.random.default_rng(1).normal(0.5, 0.5, (5, len(space.names)))
    values = coordinates.unpack(points)
    outer = np.log(np.column_stack([values[name] for name in space.outer_names]))
    found = space.filter(outer)
    full = solve_effects(space.design, found.normal, found.log_det, values["sigma_h"])
    np.testing.assert_allclose(coordinates.loglike(values), full.loglike, rtol=1e-10)


def test_the_prior_of_the_coordinates_is_that_of_the_scales(polls):
    space = PollTrend(polls).model.space
    coordinates = SplitCoordinates(space)
    at = np.array([-0.3, 1.1, 0.4])

    def logs(point):
        values = coordinates.unpack(point[None])
        return np.log([values[name][0] for name in space.param_names])

    step = 1e-5
    jacobian = np.array([(logs(at + e) - logs(at - e)) / (2 * step) for e in step * np.eye(3)])
    prior = coordinates.log_posterior(at[None]) - coordinates.loglike(coordinates.unpack(at[None]))
    expected = space.log_prior_of_logs(logs(at)) + np.log(abs(np.linalg.det(jacobian)))
    np.testing.assert_allclose(prior[0], expected, rtol=1e-6)


@pytest.mark.long("a lattice of hyperparameters")
def test_level_and_houses_are_those_of_the_lattice(monkeypatch, polls, results):
    monkeypatch.setattr(single_polls, "FEWEST_HOUSES", 10**6)
    other = PollTrend(polls).fit()
    assert "n_passes" in other.diagnostics()
    assert "n_passes" not in results.diagnostics()
    for table in ("trend", "house_effects"):
        one, reference = getattr(results, table)(), getattr(other, table)()
        assert (np.abs(one["mean"] - reference["mean"]) / reference["sd"]).max() < 0.03
        np.testing.assert_allclose(one["sd"], reference["sd"], rtol=0.03)
    evidence = [r.diagnostics()["log_evidence"] for r in (results, other)]
    assert abs(evidence[0] - evidence[1]) < 0.02
    np.testing.assert_allclose(results.params, other.params, rtol=0.05)


@pytest.mark.long("a lattice of hyperparameters")
def test_a_few_points_stand_for_all_where_covariances_are_large(monkeypatch, polls, results):
    monkeypatch.setattr(single_polls, "MOST_NUMBERS", 1)
    few = PollTrend(polls).fit()
    assert len(few.posterior.weights) <= 12 < len(results.posterior.weights)
    one, other = few.house_effects(), results.house_effects()
    assert (np.abs(one["mean"] - other["mean"]) / other["sd"]).max() < 0.1
    np.testing.assert_allclose(one["sd"], other["sd"], rtol=0.1)


@pytest.mark.long("a lattice of hyperparameters")
def test_a_split_that_the_polls_do_not_tell_is_no_failure_of_the_fit(results):
    told = results.diagnostics()
    assert told["is_converged"]
    assert told["warnings"] == []
    assert "converged: True" in str(results.summary())


def test_points_of_equal_weight_keep_the_means_of_both_coordinates():
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(2, 4096))
    weights = np.exp(-0.5 * (x - 0.5) ** 2)
    weights /= weights.sum()
    kept = spread_points(x, y, weights, 40)
    assert len(kept) == 40
    for values in (x, y, x * y, x**2, y**2):
        # A draw of forty would err by about 0.16.
        assert abs(values[kept].mean() - weights @ values) < 0.08


@pytest.mark.long("a lattice of hyperparameters")
def test_a_lattice_ends_at_the_memory_that_it_may_take_and_says_so(monkeypatch, polls):
    monkeypatch.setattr(single_polls, "FEWEST_HOUSES", 10**6)
    monkeypatch.setattr(lattice, "MAX_NUMBERS", 20 * 71**2)
    told = PollTrend(polls).fit().diagnostics()["warnings"]
    assert any(
        text.startswith("values of tau, omega and sigma_h far from the best fit as well: add polls")
        for text in told
    )
