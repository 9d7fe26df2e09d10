"""The full posterior is that of a brute-force grid over the dense Gaussian model."""

import numpy as np
import pytest
from reference.dense_gaussian import condition
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls
from scipy.stats import norm

from analysis import PollInputError, PollTrend

CASES = {
    "five houses": simulate_polls(
        np.random.default_rng(13), 9, n_days=20, houses="abcde", sectors=SECTORS
    ),
    "two polls on one day": EDGE_CASES["two polls on one day"],
}
WIDTHS = np.array([0.5, 3.0, 10.0])
# Log hyperparameters around the prior widths: fine and wide enough for three digits.
AXES = [
    np.log(WIDTHS[0]) + np.arange(-6.5, 1.8, 0.6),
    np.log(WIDTHS[1]) + np.arange(-6.5, 1.8, 0.6),
    np.log(WIDTHS[2]) + np.arange(-6.5, 1.8, 0.6),
]


@pytest.fixture(scope="module", params=CASES)
def brute(request):
    """Results, and weights, hyperparameters, means and sds of all points of a plain grid."""
    polls = CASES[request.param]
    logs = np.array(np.meshgrid(*AXES, indexing="ij")).reshape(3, -1).T
    density, mean, sd = [], [], []
    for point in np.exp(logs):
        dense = condition(polls, tuple(point), 1 / 12)
        share = 1 / len(dense.houses)
        middle = dict.fromkeys(dense.houses, share)
        rows = [
            *(dense.row({day: 1.0}, middle) for day in (0, dense.n_days // 2, dense.n_days - 1)),
            *(dense.row(houses={h: 1.0}) - dense.row(houses=middle) for h in dense.houses),
        ]
        one_mean, one_sd = dense.combine(np.array(rows))
        density.append(dense.loglike - 0.5 * ((point / WIDTHS) ** 2).sum() + np.log(point).sum())
        mean.append(one_mean)
        sd.append(one_sd)
    weights = np.exp(np.array(density) - max(density))
    results = PollTrend(polls).fit()
    return results, weights / weights.sum(), np.exp(logs), np.array(mean), np.array(sd)


def ours(results):
    """Mean and sd of the same quantities from the tables of the results."""
    trend, effects = results.trend(), results.house_effects()
    days = [0, len(trend) // 2, len(trend) - 1]
    both = [trend.iloc[days][["mean", "sd"]].to_numpy(), effects[["mean", "sd"]].to_numpy()]
    return np.vstack(both).T


@pytest.mark.long("a lattice of hyperparameters")
def test_hyperparameters_have_the_same_means_and_sds(brute):
    results, weights, params, _, _ = brute
    table = results.hyperparameters()
    mean = weights @ params
    sd = np.sqrt(weights @ (params - mean) ** 2)
    assert (np.abs(table["mean"] - mean) / sd).max() < 0.02
    assert np.abs(table["sd"] / sd - 1).max() < 0.02


@pytest.mark.long("a lattice of hyperparameters")
def test_levels_and_effects_have_the_same_means_and_sds(brute):
    results, weights, _, mean, sd = brute
    centre = weights @ mean
    spread = np.sqrt(weights @ (sd**2 + (mean - centre) ** 2))
    our_mean, our_sd = ours(results)
    assert (np.abs(our_mean - centre) / spread).max() < 0.02
    assert np.abs(our_sd / spread - 1).max() < 0.02


@pytest.mark.long("a lattice of hyperparameters")
def test_intervals_are_quantiles_of_the_mixture_not_of_a_normal(brute):
    results, weights, _, mean, sd = brute
    upper = results.trend().iloc[-1]["upper"]
    above = weights @ norm.sf((upper - mean[:, 2]) / sd[:, 2])
    assert above == pytest.approx(0.025, abs=0.002)


@pytest.mark.long("a lattice of hyperparameters")
def test_probabilities_are_those_of_the_mixture(brute):
    results, weights, _, mean, sd = brute
    date = results.observations.last_date
    threshold = results.trend().iloc[-1]["mean"] + 1.5
    above = weights @ norm.sf((threshold - mean[:, 2]) / sd[:, 2])
    assert results.prob_above(threshold, date) == pytest.approx(above, abs=0.002)


def test_the_hyperparameters_add_to_the_uncertainty():
    model = PollTrend(CASES["five houses"])
    full, plug_in = model.fit(), model.fit("map")
    assert full.trend()["sd"].mean() > 1.02 * plug_in.trend()["sd"].mean()


@pytest.mark.long("a lattice of hyperparameters")
def test_the_work_and_the_precision_are_reported(brute):
    found = brute[0].diagnostics()
    assert found["n_points"] > 50
    assert found["n_passes"] >= 50
    assert 0 < found["first_lattice_off_sd"] < 0.1
    assert found["is_converged"]


def test_an_unknown_method_is_an_error():
    with pytest.raises(
        PollInputError, match="method 'mcmc' is not known; use one of 'full', 'map'"
    ):
        PollTrend(CASES["five houses"]).fit("mcmc")
