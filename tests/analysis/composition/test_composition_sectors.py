"""Gaps between sectors: exact means of the dense Gaussian, and what an empty sector says."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from reference.dense_composition import PARTS, as_pairs, condition, pair
from reference.simulated_composition import PARAMS, POLLS, SECTORS, simulate_composition
from scipy.stats import norm

from analysis import CompositionTrend, PollInputError

WHOLE = simulate_composition(
    np.random.default_rng(4), n_polls=24, n_days=60, houses="abcd", sectors=SECTORS
)
# 2,048 mirrored pairs know an sd to 1.6%; five times that.
SD_TOLERANCE = 0.08
SIGNS = {"for": (1, 0), "against": (0, 1), "undecided": (-1, -1)}
each_drift = pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"])
each_part = pytest.mark.parametrize("part", SIGNS)


@cache
def both(drift):
    """Our results and the dense answer at the same hyperparameters."""
    model = CompositionTrend(WHOLE, drift=drift)
    return model.smooth(PARAMS), condition(WHOLE, as_pairs(PARAMS, drift))


def mean_effect(dense, results, house, part):
    """Dense row of a house's effect, averaged over the days of its polls."""
    obs = results.observations
    days = obs.day[obs.house_of_poll == obs.houses.index(house)]
    drifts = {(house, day): (days == day).mean() for day in set(days.tolist())}
    return dense.row(part, houses={house: 1.0}, drifts=drifts)


def assert_like(found, mean, sd):
    """Means to rounding, sd and probability to the error of the draws."""
    assert found["mean"] == pytest.approx(mean, abs=1e-8)
    assert found["sd"] == pytest.approx(sd, rel=SD_TOLERANCE)
    assert found["prob_positive"] == pytest.approx(norm.sf(0, mean, sd), abs=0.05)
    assert found["lower"] == pytest.approx(mean - 1.96 * sd, abs=0.2 * sd)
    assert found["upper"] == pytest.approx(mean + 1.96 * sd, abs=0.2 * sd)


@pytest.mark.long("each case is a composition", quick=2)
@each_drift
@each_part
def test_the_gap_of_these_houses_is_that_of_the_dense_gaussian(part, drift):
    results, dense = both(drift)
    row = sum(
        sign * weight * mean_effect(dense, results, house, k)
        for k, sign in enumerate(SIGNS[part])
        for house, weight in {"a": 0.5, "b": 0.5, "c": -0.5, "d": -0.5}.items()
    )
    found = results.sector_gap("state", "independent", part)
    assert found["estimand"] == "these_houses"
    assert_like(found, *dense.moments(row))


@each_drift
@each_part
def test_the_gap_of_the_population_is_that_of_the_sector_effects(part, drift):
    """By regression of the sector effects on those of all houses, from their prior covariance."""
    results, dense = both(drift)
    houses = np.array([dense.row(k, houses={h: 1.0}) for h in dense.houses for k in (0, 1)])
    pairs = as_pairs(PARAMS, drift)
    sector = [SECTORS[house] for house in dense.houses]
    same = np.array([[float(a == b) for b in sector] for a in sector])
    spread = np.kron(np.eye(4), pair(pairs["sigma_h"], pairs["rho_h"]))
    prior = spread + 100 * np.kron(same, np.eye(2))
    gap = np.kron([1.0 if s == "state" else -1.0 for s in sector], 100 * np.eye(2))
    slope = gap @ np.linalg.inv(prior)
    signs = np.array(SIGNS[part])
    mean = signs @ slope @ houses @ dense.mean
    cov = slope @ houses @ dense.cov @ houses.T @ slope.T + 200 * np.eye(2) - slope @ gap.T
    found = results.sector_gap("state", "independent", part, estimand="population")
    assert found["estimand"] == "population"
    assert_like(found, mean, np.sqrt(signs @ cov @ signs))


@pytest.mark.long("each case is a composition", quick=1)
@each_part
def test_the_gap_is_the_distance_of_the_levels_of_both_sectors(part):
    results, _ = both(False)
    levels = [results.trend(f"sector:{name}", part)["mean"] for name in ("state", "independent")]
    np.testing.assert_allclose(levels[0] - levels[1], results.sector_gap(part=part)["mean"])


@pytest.mark.parametrize("estimand", ["these_houses", "population"])
def test_a_gap_turned_round_is_minus_the_gap(estimand):
    results, _ = both(True)
    one, other = (
        results.sector_gap(*names, "against", estimand)
        for names in (("state", "independent"), ("independent", "state"))
    )
    assert one["mean"] == pytest.approx(-other["mean"], abs=1e-9)
    assert one["lower"] == pytest.approx(-other["upper"], abs=1e-9)
    assert one["prob_positive"] == pytest.approx(1 - other["prob_positive"], abs=1e-9)


@pytest.mark.parametrize("estimand", ["these_houses", "population"])
def test_no_gap_from_a_sector_to_itself(estimand):
    found = both(False)[0].sector_gap("state", "state", estimand=estimand)
    assert (found["mean"], found["sd"], found["prob_positive"]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("estimand", ["these_houses", "population"])
def test_exchanging_the_parts_changes_no_gap(estimand):
    turned = CompositionTrend(WHOLE, PARTS[::-1]).smooth(PARAMS)
    for part in SIGNS:
        one, other = (r.sector_gap(part=part, estimand=estimand) for r in (both(False)[0], turned))
        pd.testing.assert_series_equal(one, other)


@pytest.mark.long("each case is a composition", quick=2)
@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (
            {"sector": "martian"},
            "sector 'martian' has no polls; sectors there: independent, state",
        ),
        ({"sector": "leaked"}, "no house of sector 'leaked' prints both for and against; sectors"),
        ({"estimand": "all"}, "estimand 'all' is not known; use one of these_houses, population"),
        ({"part": "net"}, "part 'net' has no house effects; use one of for, against, undecided"),
        ({"alpha": 5}, "alpha is 5"),
    ],
)
def test_a_gap_that_is_not_there_says_what_is(ask, expected):
    polls = POLLS.assign(against_pct=POLLS["against_pct"].mask(POLLS["house_id"] == "e"))
    with pytest.raises(PollInputError) as caught:
        CompositionTrend(polls).smooth(PARAMS).sector_gap(**ask)
    assert expected in str(caught.value)


def test_polls_without_sectors_have_no_gap():
    with pytest.raises(PollInputError, match=r"none \(the polls have no sector column\)"):
        CompositionTrend(POLLS.drop(columns="sector")).smooth(PARAMS).sector_gap()
