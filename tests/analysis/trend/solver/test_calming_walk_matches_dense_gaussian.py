"""A walk that calms: likelihood, daily levels, changes and predictions equal a dense Gaussian."""

import numpy as np
import pandas as pd
import pytest
from reference.dense_gaussian import condition, mid_days
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend
from analysis.trend.solver import posterior

CASES = {
    "sectors": simulate_polls(np.random.default_rng(2), 25, 60, houses="abcde", sectors=SECTORS),
    "four houses": simulate_polls(np.random.default_rng(1)),
    **{name: EDGE_CASES[name] for name in ("two polls on one day", "one house only")},
}
# (tau, omega, sigma_h, kappa) and shock: ordinary, nearly all shock, nearly none.
PARAMS = [((0.3, 2.0, 5.0, 0.15), 1.5), ((0.01, 0.5, 1.0, 0.6), 2.5), ((1.0, 3.0, 9.0, 0.01), 0.01)]
# Days of the shock before the first poll, on its day, and among the polls.
SHOCKS = {"before": (-8, 20.0), "on the first day": (0, 60.0), "among the polls": (7, 5.0)}
TOLERANCE = 1e-6

pytestmark = [
    pytest.mark.long("hundreds of comparisons with a dense Gaussian", quick=5),
    pytest.mark.parametrize("name", CASES),
    pytest.mark.parametrize("params", PARAMS, ids=str),
    pytest.mark.parametrize("shock", SHOCKS),
    pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"]),
]


def first_date(polls):
    """First mid-field date."""
    start, end = polls["start_date"].to_numpy(), polls["end_date"].to_numpy()
    start, end = (np.asarray(days, dtype="datetime64[D]") for days in (start, end))
    return (start + (end - start) // 2).min()


def both(name, params, shock, drift, extra_days=0):
    """Our results and the dense answer."""
    polls, (scales, size), (start, days) = CASES[name], params, SHOCKS[shock]
    scales = scales if drift else scales[:3]
    day = str(first_date(polls) + np.timedelta64(start, "D"))
    model = PollTrend(polls, drift=drift, walk="calming", calm_from=day, calm_days=days)
    assert model.param_names[-1] == "shock"
    results = model.smooth([*scales, size])
    return results, condition(polls, scales, 1 / 12, extra_days, (size, start, days)), polls


def level_rows(dense, days, weights, drift):
    """Level plus weighted house effects and drifts on days."""
    drifts = [{(h, day): w for h, w in weights.items()} if drift else {} for day in days]
    return np.array(
        [dense.row({day: 1.0}, weights, drifts=d) for day, d in zip(days, drifts, strict=True)]
    )


def test_log_likelihood(name, params, shock, drift):
    results, dense, _ = both(name, params, shock, drift)
    assert results.llf == pytest.approx(dense.loglike, abs=TOLERANCE)


def test_log_likelihood_of_the_statsmodels_model(name, params, shock, drift):
    results, dense, polls = both(name, params, shock, drift)
    model = PollTrend(polls, options=results.model.options)
    given = [results.params[name] for name in model.param_names]
    assert model.loglike(given) == pytest.approx(dense.loglike, abs=TOLERANCE)


@pytest.mark.parametrize("few", [0, 10_000], ids=["smoother", "filter"])
def test_daily_level(name, params, shock, drift, few, monkeypatch):
    monkeypatch.setattr(posterior, "FEW_DAYS", few)
    results, dense, _ = both(name, params, shock, drift, extra_days=15)
    last = results.observations.last_date + np.timedelta64(15, "D")
    dates = np.arange(results.observations.first_date, last + np.timedelta64(1, "D"))
    for weights, reference in (
        (dict.fromkeys(dense.houses, 1 / len(dense.houses)), "houses"),
        ({dense.houses[-1]: 1.0}, dense.houses[-1]),
    ):
        mean, sd = dense.combine(level_rows(dense, range(dense.n_days), weights, drift))
        trend = results.trend(reference, dates=dates)
        np.testing.assert_allclose(trend["mean"], mean, atol=TOLERANCE)
        np.testing.assert_allclose(trend["sd"], sd, atol=TOLERANCE)


def test_change_between_windows(name, params, shock, drift):
    results, dense, _ = both(name, params, shock, drift, extra_days=12)
    first, n_days = results.observations.first_date, dense.n_days
    windows = [(0, n_days // 3), (n_days - 14, n_days - 1)]
    weights = dict.fromkeys(dense.houses, 1 / len(dense.houses))
    means = [
        level_rows(dense, range(max(a, 0), b + 1), weights, drift).mean(axis=0) for a, b in windows
    ]
    mean, sd = dense.combine((means[1] - means[0])[None])
    dates = [
        tuple(str(first + np.timedelta64(max(day, 0), "D")) for day in window) for window in windows
    ]
    change = results.change(*dates, reference="houses")
    assert [change["mean"], change["sd"]] == pytest.approx([mean[0], sd[0]], abs=TOLERANCE)


def test_a_poll_to_come(name, params, shock, drift):
    results, dense, polls = both(name, params, shock, drift, extra_days=30)
    house, day = dense.houses[0], dense.n_days - 1
    mean, sd = dense.combine(level_rows(dense, [day], {house: 1.0}, drift))
    date = first_date(polls) + np.timedelta64(day, "D")
    coming = polls.iloc[[0]].assign(
        house_id=house, start_date=date, end_date=date, sampling_var=2.0, decimals=0
    )
    found = results.get_prediction(pd.DataFrame(coming)).summary_frame().iloc[0]
    variance = sd[0] ** 2 + 2.0 + 1 / 12 + params[0][1] ** 2
    assert found["mean"] == pytest.approx(mean[0], abs=TOLERANCE)
    assert found["sd"] ** 2 == pytest.approx(variance, abs=TOLERANCE)
    assert mid_days(polls).max() == day - 30
