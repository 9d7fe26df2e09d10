"""Days without polls: daily means equal the dense Gaussian's, spreads within the error of draws."""

from functools import cache

import numpy as np
import pytest
from reference.dense_composition import PARTS, as_pairs, condition
from reference.simulated_composition import PARAMS, simulate_composition

from analysis import CompositionTrend
from analysis.composition import _draws

POLLS = simulate_composition(np.random.default_rng(8), n_polls=16, n_days=50, houses="abc")
DAY = np.timedelta64(1, "D")
# 2,048 mirrored pairs know an sd to 1.6%; five times that.
SD_TOLERANCE = 0.08


SHOCK = (10, 8.0)


@cache
def both(drift, calming=False):
    """Our results and the dense answer at the same hyperparameters."""
    model = CompositionTrend(POLLS, drift=drift)
    if calming:
        day = model.observations.first_date + DAY * SHOCK[0]
        options = {"walk": "calming", "calm_from": str(day), "calm_days": SHOCK[1]}
        model = CompositionTrend(POLLS, drift=drift, **options)
    dense = condition(POLLS, as_pairs(PARAMS, drift), SHOCK if calming else None)
    return model.smooth(PARAMS), dense


def level_rows(dense, part, day):
    """Dense row of the mean of all houses on a day."""
    mean = dict.fromkeys(dense.houses, 1 / len(dense.houses))
    drifts = {(house, day): weight for house, weight in mean.items()}
    return dense.row(part, days={day: 1.0}, houses=mean, drifts=drifts)


def assert_like(found, rows, dense):
    """Means to rounding, sds to the error of the draws."""
    mean, sd = dense.moments(rows)
    np.testing.assert_allclose(found["mean"], mean, atol=1e-8)
    np.testing.assert_allclose(found["sd"] / sd, 1.0, atol=SD_TOLERANCE)


@pytest.mark.long("each case is a composition", quick=2)
@pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"])
@pytest.mark.parametrize("calming", [False, True], ids=["constant", "calming"])
@pytest.mark.parametrize("part", PARTS)
def test_every_day_of_the_trend(part, drift, calming):
    results, dense = both(drift, calming)
    rows = np.array([level_rows(dense, PARTS.index(part), day) for day in range(dense.n_days)])
    trend = results.trend(part=part)
    assert len(trend) == dense.n_days
    assert_like(trend, rows, dense)


@pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"])
@pytest.mark.parametrize("calming", [False, True], ids=["constant", "calming"])
@pytest.mark.parametrize("part", PARTS)
def test_changes_between_any_two_days(part, drift, calming):
    """Also between two days in one gap, whose draws are not independent."""
    results, dense = both(drift, calming)
    first, k = results.observations.first_date, PARTS.index(part)
    knots = np.unique(results.observations.day)
    gap = int(np.argmax(np.diff(knots)))
    inside = int(knots[gap])
    assert knots[gap + 1] - inside > 3
    pairs = [(0, dense.n_days - 1), (inside + 1, inside + 2), (inside, inside + 3), (1, 30)]
    rows = np.array([level_rows(dense, k, b) - level_rows(dense, k, a) for a, b in pairs])
    changes = [results.change(first + DAY * a, first + DAY * b, of=part) for a, b in pairs]
    found = {name: np.array([change[name] for change in changes]) for name in ("mean", "sd")}
    assert_like(found, rows, dense)


@pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"])
@pytest.mark.parametrize("part", PARTS)
def test_changes_between_the_means_of_two_windows(part, drift):
    """Windows that overlap as well, whose days count in both."""
    results, dense = both(drift)
    first, k = results.observations.first_date, PARTS.index(part)
    spans = [((0, 9), (30, dense.n_days - 1)), ((5, 20), (12, 30)), ((3, 3), (10, 14))]

    def mean(days):
        inside = range(days[0], days[1] + 1)
        return np.mean([level_rows(dense, k, day) for day in inside], axis=0)

    rows = np.array([mean(after) - mean(before) for before, after in spans])
    changes = [
        results.change(*(tuple(first + DAY * day for day in span) for span in pair), of=part)
        for pair in spans
    ]
    found = {name: np.array([change[name] for change in changes]) for name in ("mean", "sd")}
    assert_like(found, rows, dense)


def test_the_walk_goes_on_outside_the_polls():
    results, _ = both(False)
    first, last = results.observations.first_date, results.observations.last_date
    for part, tau in PARAMS["tau"].items():
        after = results.change(last, last + DAY * 100, of=part)
        before = results.change(first - DAY * 100, first, of=part)
        within = results.change(last + DAY * 100, last + DAY * 125, of=part)
        assert abs(after["mean"]) < 1e-8
        assert after["sd"] == pytest.approx(10 * tau, rel=SD_TOLERANCE)
        assert before["sd"] == pytest.approx(10 * tau, rel=SD_TOLERANCE)
        assert within["sd"] == pytest.approx(5 * tau, rel=SD_TOLERANCE)


def test_a_change_backwards_is_minus_the_change_forwards():
    results, _ = both(True)
    there, back = (
        results.change(*days)
        for days in (("2022-03-05", "2022-03-21"), ("2022-03-21", "2022-03-05"))
    )
    assert there["mean"] == pytest.approx(-back["mean"], abs=1e-9)
    assert there["lower"] == pytest.approx(-back["upper"], abs=1e-9)
    assert there["prob_negative"] == pytest.approx(1 - back["prob_negative"], abs=1e-9)


def test_no_change_from_a_day_to_itself():
    results, _ = both(False)
    change = results.change("2022-03-05", "2022-03-05")
    assert change.to_dict() == dict.fromkeys(change.index, 0.0)


def test_days_taken_in_parts_are_all_of_them(monkeypatch):
    """Draws hold some days at a time, the first of them before all polls."""
    results, _ = both(False)
    days = np.arange(-9, 60, 2)
    (_, whole), *rest = results.fitted.draws("houses").on_days(days)
    assert rest == []
    monkeypatch.setattr(_draws, "CHUNK", 4)
    parts = list(results.fitted.draws("houses").on_days(days))
    assert [part.start for part, _ in parts] == list(range(0, len(days), 4))
    np.testing.assert_array_equal(np.concatenate([levels for _, levels in parts]), whole)
