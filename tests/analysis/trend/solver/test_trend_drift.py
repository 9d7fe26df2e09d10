"""Drifting houses: everything equals the dense Gaussian in which each house walks."""

import numpy as np
import pytest
from reference.dense_gaussian import condition, mid_days
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend

CASES = {
    "sectors": simulate_polls(np.random.default_rng(2), 25, 60, houses="abcde", sectors=SECTORS),
    "houses never together in time": simulate_polls(
        np.random.default_rng(9), 12, 40, houses="ab"
    ).assign(house_id=lambda polls: np.where(polls.index < 6, "a", "b")),
    **{name: EDGE_CASES[name] for name in ("two polls on one day", "one house only")},
}
PARAMS = [(0.3, 2.0, 5.0, 0.15), (0.05, 0.5, 1.0, 0.6), (1.0, 3.0, 9.0, 0.01)]
TOLERANCE = 1e-6

pytestmark = [
    pytest.mark.long("seventy comparisons with a dense Gaussian", quick=3),
    pytest.mark.parametrize("name", CASES),
    pytest.mark.parametrize("params", PARAMS, ids=str),
]


def both(name, params, extra_days=0):
    """Our results and the dense answer."""
    polls = CASES[name]
    results = PollTrend(polls, drift=True).smooth(params)
    return results, condition(polls, params, 1 / 12, extra_days), polls


def level_row(dense, day, weights):
    """Level plus weighted house effects and drifts on a day."""
    return dense.row({day: 1.0}, weights, drifts={(h, day): w for h, w in weights.items()})


def references(dense):
    """Some references with their weights."""
    return {
        "houses": dict.fromkeys(dense.houses, 1 / len(dense.houses)),
        dense.houses[-1]: {dense.houses[-1]: 1.0},
    }


def test_log_likelihood(name, params):
    results, dense, polls = both(name, params)
    expected = pytest.approx(dense.loglike, abs=TOLERANCE)
    assert results.llf == expected
    assert PollTrend(polls, drift=True).loglike(params) == expected


def test_daily_level_with_the_reference_on_each_date(name, params):
    results, dense, _ = both(name, params)
    for reference, weights in references(dense).items():
        rows = np.array([level_row(dense, day, weights) for day in range(dense.n_days)])
        mean, sd = dense.combine(rows)
        trend = results.trend(reference)
        np.testing.assert_allclose(trend["mean"], mean, atol=TOLERANCE)
        np.testing.assert_allclose(trend["sd"], sd, atol=TOLERANCE)


def test_house_effects_are_averaged_over_the_dates_of_the_houses_polls(name, params):
    results, dense, polls = both(name, params)
    day, house = mid_days(polls), polls["house_id"].to_numpy()
    for reference, weights in references(dense).items():
        rows = []
        for one in dense.houses:
            own = day[house == one]
            at_dates = [level_row(dense, d, {one: 1.0}) - level_row(dense, d, weights) for d in own]
            rows.append(np.mean(at_dates, axis=0))
        mean, sd = dense.combine(np.array(rows))
        effects = results.house_effects(reference)
        np.testing.assert_allclose(effects["mean"], mean, atol=TOLERANCE)
        np.testing.assert_allclose(effects["sd"] ** 2, sd**2, atol=TOLERANCE)


def test_change_of_a_reference_and_within_a_house(name, params):
    results, dense, _ = both(name, params, extra_days=30)
    first, last = results.observations.first_date, dense.n_days - 1
    days = sorted({0, 1, last // 3, last - 31, last - 30, last - 12, last} & set(range(last + 1)))
    for reference, weights in references(dense).items():
        for a in days:
            row = level_row(dense, last, weights) - level_row(dense, a, weights)
            mean, sd = dense.combine(row[None, :])
            change = results.change(
                first + np.timedelta64(a, "D"),
                first + np.timedelta64(last, "D"),
                reference=reference,
            )
            assert change["mean"] == pytest.approx(mean[0], abs=TOLERANCE), (reference, a)
            assert change["sd"] ** 2 == pytest.approx(sd[0] ** 2, abs=TOLERANCE), (reference, a)


def test_prediction_of_the_next_poll_of_each_house(name, params):
    results, dense, _ = both(name, params, extra_days=10)
    date = results.observations.last_date + np.timedelta64(10, "D")
    for house in dense.houses:
        mean, sd = dense.combine(level_row(dense, dense.n_days - 1, {house: 1.0})[None, :])
        poll = {"house_id": [house], "start_date": [date], "end_date": [date]}
        new = CASES[name].head(1)[["sample_size"]].reset_index(drop=True).assign(**poll)
        row = (
            results.get_prediction(new.assign(sampling_var=0.0, decimals=6)).summary_frame().iloc[0]
        )
        assert row["mean"] == pytest.approx(mean[0], abs=TOLERANCE)
        expected = sd[0] ** 2 + params[1] ** 2
        assert row["sd"] ** 2 == pytest.approx(expected, abs=TOLERANCE)


def test_change_between_windows_is_that_of_their_mean_levels(name, params):
    """Windows of a day and of many, apart and overlapping, and beyond the last poll."""
    results, dense, _ = both(name, params, extra_days=30)
    first, last = results.observations.first_date, dense.n_days - 1
    assert last >= 30
    windows = [((0, 2), (last // 2, last)), ((0, 0), (last - 20, last - 10)), ((1, 9), (5, last))]
    for reference, weights in references(dense).items():
        for before, after in windows:
            rows = [
                np.mean([level_row(dense, day, weights) for day in range(a, b + 1)], axis=0)
                for a, b in (before, after)
            ]
            mean, sd = dense.combine((rows[1] - rows[0])[None, :])
            pairs = [
                tuple(first + np.timedelta64(day, "D") for day in window)
                for window in (before, after)
            ]
            change = results.change(*pairs, reference=reference)
            assert change["mean"] == pytest.approx(mean[0], abs=TOLERANCE)
            assert change["sd"] ** 2 == pytest.approx(sd[0] ** 2, abs=TOLERANCE)
