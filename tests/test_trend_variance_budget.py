"""The variance budget adds up and equals the dense expectation."""

import numpy as np
import pytest
from reference.dense_gaussian import condition
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend

SCALES = (0.3, 2.0, 5.0)
POLLS = simulate_polls(np.random.default_rng(61), houses="abcde", sectors=SECTORS)


def test_house_parts_are_the_expected_spread_of_these_houses():
    budget = PollTrend(POLLS).smooth(SCALES).variance_budget().set_index("component")["variance"]
    dense = condition(POLLS, SCALES, 1 / 12)
    draws = np.random.default_rng(62).multivariate_normal(dense.mean, dense.cov, 40_000)
    effects = draws[:, dense.n_days : dense.n_days + 5]
    of_sector = {s: [i for i, h in enumerate("abcde") if SECTORS[h] == s] for s in dense.sectors}
    means = np.column_stack([effects[:, of_sector[SECTORS[h]]].mean(axis=1) for h in "abcde"])
    within = ((effects - means) ** 2).mean()
    between = ((means - effects.mean(axis=1, keepdims=True)) ** 2).mean()
    assert budget["houses within sectors"] == pytest.approx(within, rel=0.02)
    assert budget["between sectors"] == pytest.approx(between, rel=0.02)


def test_shares_add_up_to_100_and_excess_is_omega_squared():
    budget = PollTrend(POLLS).smooth(SCALES).variance_budget()
    assert budget["share_pct"].sum() == pytest.approx(100)
    assert budget.set_index("component").loc["excess", "variance"] == pytest.approx(4)


def test_without_sectors_houses_are_one_part():
    budget = PollTrend(EDGE_CASES["two polls on one day"]).smooth(SCALES).variance_budget()
    assert list(budget["component"]) == ["sampling", "rounding", "excess", "houses"]
