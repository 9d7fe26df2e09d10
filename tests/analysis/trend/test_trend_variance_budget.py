"""The variance budget adds up and equals the dense expectation."""

import numpy as np
import pytest
from reference.dense_gaussian import condition
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
    model = PollTrend(POLLS, drift=True)
    budget = model.smooth(params).variance_budget().set_index("component")["variance"]
    results = model.smooth(params)
    expected, n_polls = 0.0, len(POLLS)
    for house in "abcde":
        days = results.observations.polls.query("house_id == @house")["mid_date"]
        levels = results.trend(house).set_index("date")["mean"]
        whole = results.trend("houses").set_index("date")["mean"]
        away = (levels - whole)[days]
        expected += ((away - away.mean()) ** 2).sum()
    # The means alone give a lower bound; what is not known of the drift comes on top.
    assert budget["house drift"] > expected / n_polls
    tiny = model.smooth((*PARAMS, 1e-4)).variance_budget().set_index("component")["variance"]
    assert tiny["house drift"] == pytest.approx(0, abs=1e-5)


def test_static_houses_have_no_drift_in_the_budget():
    assert "house drift" not in set(PollTrend(POLLS).smooth(PARAMS).variance_budget()["component"])
