"""The variance budget of a part: each component is what the dense Gaussian says of it."""

from functools import cache

import numpy as np
import pytest
from reference.dense_composition import PARTS, as_pairs, condition, errors_of
from reference.simulated_composition import PARAMS, POLLS, SECTORS

from analysis import CompositionTrend, PollInputError

SIGNS = {"for": (1, 0), "against": (0, 1), "undecided": (-1, -1)}
ERRORS = ["sampling", "rounding", "excess"]
# A mean square over 2,048 mirrored pairs of draws is known to 3%; five times that.
TOLERANCE = 0.15
each_drift = pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"])
each_part = pytest.mark.parametrize("part", SIGNS)


@cache
def both(drift):
    """Our results and the dense answer at the same hyperparameters."""
    model = CompositionTrend(POLLS, drift=drift)
    return model.smooth(PARAMS), condition(POLLS, as_pairs(PARAMS, drift))


def found(part, drift):
    """Variances by component."""
    return both(drift)[0].variance_budget(part).set_index("component")["variance"]


def square(dense, rows):
    """Expected squares of rows of weights."""
    mean, sd = dense.moments(rows)
    return mean**2 + sd**2


def effect_rows(drift, part):
    """Dense rows of the effect of each house on each day of its polls: lists by house."""
    results, dense = both(drift)
    obs = results.observations
    rows = {}
    for house in obs.houses:
        days = obs.day[obs.house_of_poll == obs.houses.index(house)]
        rows[house] = np.array(
            [
                sum(
                    sign * dense.row(k, houses={house: 1.0}, drifts={(house, day): 1.0})
                    for k, sign in enumerate(SIGNS[part])
                )
                for day in days
            ]
        )
    return rows


@pytest.mark.long("each case is a composition", quick=1)
@each_drift
@each_part
def test_errors_are_means_over_the_polls_that_print_the_part(part, drift):
    signs, budget = np.array(SIGNS[part]), found(part, drift)
    printed = POLLS[[f"{p}_pct" for p, sign in zip(PARTS, signs, strict=True) if sign]]
    polls, nothing = POLLS[printed.notna().all(axis=1)], [0.0, 0.0]
    whole = errors_of(polls, as_pairs(PARAMS, drift)["omega"])
    fixed = errors_of(polls, nothing)
    exact = errors_of(polls.assign(decimals=30), nothing)

    def mean(cov):
        blocks = [cov[k : k + 2, k : k + 2] for k in range(0, len(cov), 2)]
        return np.mean([signs @ np.nan_to_num(block) @ signs for block in blocks])

    expected = [mean(exact), mean(fixed) - mean(exact), mean(whole) - mean(fixed)]
    np.testing.assert_allclose(budget[ERRORS], expected, rtol=1e-8)


@pytest.mark.long("each case is a composition", quick=1)
@each_drift
@each_part
def test_houses_are_split_within_and_between_sectors(part, drift):
    _, dense = both(drift)
    rows = {house: each.mean(axis=0) for house, each in effect_rows(drift, part).items()}
    sector = {
        house: np.mean([rows[other] for other in rows if SECTORS[other] == SECTORS[house]], axis=0)
        for house in rows
    }
    everybody = np.mean(list(rows.values()), axis=0)
    within = np.mean([square(dense, rows[house] - sector[house]) for house in rows])
    between = np.mean([square(dense, sector[house] - everybody) for house in rows])
    budget = found(part, drift)
    assert budget["houses within sectors"] == pytest.approx(within, rel=TOLERANCE)
    assert budget["between sectors"] == pytest.approx(between, rel=TOLERANCE)


@pytest.mark.long("each case is a composition", quick=1)
@each_part
def test_drift_is_the_distance_of_houses_from_their_own_averages(part):
    results, dense = both(True)
    obs, rows = results.observations, effect_rows(True, part)
    by_day = {
        day: np.mean(
            [
                sum(
                    sign * dense.row(k, houses={house: 1.0}, drifts={(house, day): 1.0})
                    for k, sign in enumerate(SIGNS[part])
                )
                for house in obs.houses
            ],
            axis=0,
        )
        for day in set(obs.day.tolist())
    }
    total = 0.0
    for house, each in rows.items():
        days = obs.day[obs.house_of_poll == obs.houses.index(house)]
        apart = each - np.array([by_day[day] for day in days])
        total += square(dense, apart - apart.mean(axis=0)).sum()
    expected = total / len(POLLS)
    assert found(part, True)["house drift"] == pytest.approx(expected, rel=TOLERANCE)


@each_part
def test_without_sectors_the_houses_are_one_component(part):
    budget = CompositionTrend(POLLS.drop(columns="sector")).smooth(PARAMS).variance_budget(part)
    assert budget["component"].tolist() == [*ERRORS, "houses"]
    assert budget["share_pct"].sum() == pytest.approx(100)
    np.testing.assert_allclose(budget["sd"] ** 2, budget["variance"])


def test_a_house_that_prints_one_part_only_is_not_in_it():
    """Neither its polls nor its effect: the budget is of the houses of the reference."""
    house_e = POLLS["house_id"] == "e"
    lopsided = POLLS.assign(against_pct=POLLS["against_pct"].mask(house_e))
    noisy = lopsided.assign(sample_size=lopsided["sample_size"].mask(house_e, 50))
    one, other = (
        CompositionTrend(polls).smooth(PARAMS).variance_budget("for").set_index("component")
        for polls in (lopsided, noisy)
    )
    assert one.loc["sampling", "variance"] == other.loc["sampling", "variance"]
    without = CompositionTrend(POLLS[~house_e]).smooth(PARAMS).variance_budget("for")
    assert one["variance"].iloc[0] == pytest.approx(without["variance"].iloc[0])


def test_a_measure_that_is_no_part_is_refused():
    with pytest.raises(PollInputError, match="part 'net' has no house effects"):
        both(False)[0].variance_budget("net")
