"""Likelihood, level, effects and every contrast equal those of one dense Gaussian."""

from functools import cache

import numpy as np
import pytest
from reference.dense_gaussian import condition
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend

CASES = {
    "four houses": simulate_polls(np.random.default_rng(1)),
    "sectors": simulate_polls(np.random.default_rng(2), houses="abcde", sectors=SECTORS),
    "one decimal": simulate_polls(np.random.default_rng(3), n_polls=60, decimals=1),
    "years": simulate_polls(
        np.random.default_rng(4), n_polls=150, n_days=600, houses="abcde", sectors=SECTORS
    ),
    **{name: polls for name, polls in EDGE_CASES.items() if name != "ten-year gap"},
}
# Slow and smooth, ordinary, wild; and a tau so small that the level hardly moves.
PARAMS = [(0.3, 2.0, 5.0), (0.01, 0.3, 0.5), (2.0, 5.0, 20.0), (1e-4, 1.0, 3.0)]
DAY = np.timedelta64(1, "D")
TOLERANCE = 1e-7

pytestmark = [
    pytest.mark.long("hundreds of comparisons with a dense Gaussian", quick=6),
    pytest.mark.parametrize("name", CASES),
    pytest.mark.parametrize("params", PARAMS, ids=str),
]


@cache
def both(name, params):
    """Our model and results, and the dense answer, for one case."""
    polls = CASES[name]
    decimals = polls["decimals"].iloc[0] if "decimals" in polls else 0
    model = PollTrend(polls)
    return model, model.smooth(params), condition(polls, params, 100.0**-decimals / 12)


def references(dense, polls):
    """Each reference with its weights over the houses, written out by hand."""
    n = len(dense.houses)
    yield "houses", dict.fromkeys(dense.houses, 1 / n)
    yield dense.houses[-1], {dense.houses[-1]: 1.0}
    if dense.sectors:
        members = polls.groupby("sector")["house_id"].unique()
        for sector, houses in members.items():
            yield f"sector:{sector}", dict.fromkeys(houses, 1 / len(houses))
        share = 1 / len(members)
        yield "sectors", {h: share / len(hs) for hs in members for h in hs}


def test_log_likelihood(name, params):
    model, _, dense = both(name, params)
    assert model.loglike(params) == pytest.approx(dense.loglike, abs=TOLERANCE, rel=TOLERANCE)


def test_daily_level_under_every_reference(name, params):
    _, results, dense = both(name, params)
    for reference, weights in references(dense, CASES[name]):
        trend = results.trend(reference)
        mean, sd = dense.level(weights)
        np.testing.assert_allclose(trend["mean"], mean, atol=TOLERANCE, err_msg=reference)
        np.testing.assert_allclose(trend["sd"], sd, atol=TOLERANCE, err_msg=reference)


def test_house_effects_under_every_reference(name, params):
    _, results, dense = both(name, params)
    for reference, weights in references(dense, CASES[name]):
        rows = [dense.row(houses={h: 1.0}) - dense.row(houses=weights) for h in dense.houses]
        mean, sd = dense.combine(np.array(rows))
        effects = results.house_effects(reference)
        np.testing.assert_allclose(effects["mean"], mean, atol=TOLERANCE, err_msg=reference)
        # The sd is a root: near zero (a house against itself) only its square is that exact.
        np.testing.assert_allclose(effects["sd"], sd, atol=1e-6, err_msg=reference)


def test_change_between_any_two_days(name, params):
    model, results, dense = both(name, params)
    first, last = model.observations.first_date, dense.n_days - 1
    days = sorted(
        {0, 1, last // 3, last // 3 + 1, last // 2, last - 1, last} & set(range(last + 1))
    )
    for a in days:
        for b in days:
            mean, sd = dense.combine(np.array([dense.row({b: 1.0}) - dense.row({a: 1.0})]))
            change = results.change(first + DAY * a, first + DAY * b)
            assert change["mean"] == pytest.approx(mean[0], abs=TOLERANCE), (a, b)
            assert change["sd"] ** 2 == pytest.approx(sd[0] ** 2, abs=TOLERANCE), (a, b)


def test_days_after_the_last_poll(name, params):
    polls = CASES[name]
    model, results, _ = both(name, params)
    dense = condition(polls, params, model.observations.polls["rounding_var"].iloc[0], 20)
    weights = dict.fromkeys(dense.houses, 1 / len(dense.houses))
    mean, sd = dense.level(weights)
    date = model.observations.last_date + DAY * 20
    # One standard deviation below the dense mean: mean and sd must both be right.
    for distance, probability in [(-1.0, 0.8413447460685429), (0.5, 0.3085375387259869)]:
        threshold = mean[-1] + distance * sd[-1]
        assert results.prob_above(threshold, date) == pytest.approx(probability, abs=1e-7)


def test_sector_gaps(name, params):
    _, results, dense = both(name, params)
    if not dense.sectors:
        with pytest.raises(ValueError, match="sector 'state' has no polls"):
            results.sector_gap("state", "independent")
        return
    members = CASES[name].groupby("sector")["house_id"].unique()
    these = dense.row(houses=dict.fromkeys(members["state"], 1 / len(members["state"])))
    n = len(members["independent"])
    these -= dense.row(houses=dict.fromkeys(members["independent"], 1 / n))
    population = dense.row(sectors={"state": 1.0, "independent": -1.0})
    mean, sd = dense.combine(np.array([these, population]))
    for i, estimand in enumerate(["these_houses", "population"]):
        gap = results.sector_gap("state", "independent", estimand=estimand)
        assert gap["estimand"] == estimand
        assert gap["mean"] == pytest.approx(mean[i], abs=TOLERANCE)
        assert gap["sd"] == pytest.approx(sd[i], abs=TOLERANCE)
