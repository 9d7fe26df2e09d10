"""The variance budget adds up and equals the dense expectation."""

import tracemalloc

import numpy as np
import pytest
from reference.dense_gaussian import condition, mid_days
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend

PARAMS = (0.3, 2.0, 5.0)
POLLS = simulate_polls(np.random.default_rng(61), houses="abcde", sectors=SECTORS)


def test_house_parts_are_the_expected_spread_of_these_houses():
    budget = PollTrend(POLLS).smooth(PARAMS).variance_budget().set_index("component")["variance"]
    dense = condition(POLLS, PARAMS, 1 / 12)
    draws = np.random.default_rng(62).multivariate_normal(dense.mean, dense.cov, 40_000)
    effects = draws[:, dense.n_days : dense.n_days + 5]
    of_sector = {s: [i for i, h in enumerate("abcde") if SECTORS[h] == s] for s in dense.sectors}
    means = np.column_stack([effects[:, of_sector[SECTORS[h]]].mean(axis=1) for h in "abcde"])
    within = ((effects - means) ** 2).mean()
    between = ((means - effects.mean(axis=1, keepdims=True)) ** 2).mean()
    assert budget["houses within sectors"] == pytest.approx(within, rel=0.02)
    assert budget["between sectors"] == pytest.approx(between, rel=0.02)


def test_shares_add_up_to_100_and_excess_is_omega_squared():
    budget = PollTrend(POLLS).smooth(PARAMS).variance_budget()
    assert budget["share_pct"].sum() == pytest.approx(100)
    assert budget.set_index("component").loc["excess", "variance"] == pytest.approx(4)


def test_without_sectors_houses_are_one_part():
    budget = PollTrend(EDGE_CASES["two polls on one day"]).smooth(PARAMS).variance_budget()
    assert list(budget["component"]) == ["sampling", "rounding", "excess", "houses"]


def test_drift_is_the_expected_wandering_of_houses_about_their_own_averages():
    params = (*PARAMS, 0.2)
    budget = PollTrend(POLLS, drift=True).smooth(params).variance_budget()
    dense = condition(POLLS, params, 1 / 12)
    day, expected = mid_days(POLLS), 0.0
    for house in "abcde":
        rows = np.array(
            [
                dense.row(drifts={(other, d): (other == house) - 1 / 5 for other in "abcde"})
                for d in day[POLLS["house_id"] == house]
            ]
        )
        mean, sd = dense.combine(rows - rows.mean(axis=0))
        expected += (mean**2 + sd**2).sum()
    drift = budget.set_index("component").loc["house drift", "variance"]
    assert drift == pytest.approx(expected / len(POLLS), rel=1e-8)


@pytest.mark.long("hundreds of polls, with a trace of memory")
def test_memory_grows_with_the_number_of_polls_and_not_with_its_square():
    peaks = []
    for n_polls in (300, 1200):
        polls = simulate_polls(np.random.default_rng(63), n_polls, 1500, list("ab"))
        results = PollTrend(polls, drift=True).smooth((*PARAMS, 0.2))
        tracemalloc.start()
        results.variance_budget()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 6 * peaks[0]


def test_static_houses_have_no_drift_in_the_budget():
    assert "house drift" not in set(PollTrend(POLLS).smooth(PARAMS).variance_budget()["component"])
