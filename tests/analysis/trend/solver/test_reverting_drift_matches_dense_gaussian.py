"""Drifts that are drawn back: likelihood, levels, changes and predictions equal a dense Gaussian.

Also with a walk that calms in days that are a hyperparameter.
"""

import numpy as np
import pandas as pd
import pytest
from reference.dense_gaussian import condition, mid_days
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend
from analysis.trend.solver import posterior

CASES = {
    "sectors": simulate_polls(np.random.default_rng(2), 25, 60, houses="abcde", sectors=SECTORS),
    "four houses": simulate_polls(np.random.default_rng(1), n_days=400),
    "two polls on one day": EDGE_CASES["two polls on one day"],
}
# (tau, omega, sigma_h, kappa), (shock, calm) and days by which a drift falls by e.
PARAMS = [((0.3, 2.0, 5.0, 0.6), (1.5, 25.0), 40.0), ((0.05, 0.5, 1.0, 0.2), (0.3, 80.0), 365.0)]
TOLERANCE = 1e-6

pytestmark = [
    pytest.mark.long("dense Gaussians of every house on every day", quick=2),
    pytest.mark.parametrize("name", CASES),
    pytest.mark.parametrize("params", PARAMS, ids=str),
    pytest.mark.parametrize("walk", ["constant", "calming"]),
]


def make(name, params, walk, extra_days=0):
    """Our results and the dense answer."""
    polls, (scales, shock, days) = CASES[name], params
    start = polls["start_date"].to_numpy().astype("datetime64[D]").min()
    model = PollTrend(
        polls, drift=True, drift_days=days, walk=walk, calm_from=str(start), calm_days="estimated"
    )
    given = [*scales, *(shock if walk == "calming" else ())]
    results = model.smooth(given)
    calming = None
    if walk == "calming":
        assert model.param_names[-2:] == ("shock", "calm")
        first = results.observations.first_date
        calming = (shock[0], int((start - first).astype(int)), shock[1])
    dense = condition(polls, scales, 1 / 12, extra_days, calming, days)
    return results, dense, model.loglike(given)


def rows_of(dense, days, weights):
    """Level plus weighted house effects and drifts on days."""
    return np.array([
        dense.row({day: 1.0}, weights, drifts={(h, day): w for h, w in weights.items()})
        for day in days
    ])  # fmt: skip


def test_log_likelihood_here_and_in_statsmodels(name, params, walk):
    results, dense, loglike = make(name, params, walk)
    assert results.llf == pytest.approx(dense.loglike, abs=TOLERANCE)
    assert loglike == pytest.approx(dense.loglike, abs=TOLERANCE)


@pytest.mark.parametrize("few", [0, 10_000], ids=["smoother", "filter"])
def test_daily_level(name, params, walk, few, monkeypatch):
    monkeypatch.setattr(posterior, "FEW_DAYS", few)
    results, dense, _ = make(name, params, walk, extra_days=15)
    last = results.observations.last_date + np.timedelta64(15, "D")
    dates = np.arange(results.observations.first_date, last + np.timedelta64(1, "D"))
    for weights, reference in (
        (dict.fromkeys(dense.houses, 1 / len(dense.houses)), "houses"),
        ({dense.houses[-1]: 1.0}, dense.houses[-1]),
    ):
        mean, sd = dense.combine(rows_of(dense, range(dense.n_days), weights))
        trend = results.trend(reference, dates=dates)
        np.testing.assert_allclose(trend["mean"], mean, atol=TOLERANCE)
        np.testing.assert_allclose(trend["sd"], sd, atol=TOLERANCE)


def test_change_and_house_effects(name, params, walk):
    results, dense, _ = make(name, params, walk)
    first, weights = results.observations.first_date, dict.fromkeys(dense.houses, 0.0)
    weights |= dict.fromkeys(dense.houses[:2], 0.5)
    rows = rows_of(dense, (1, dense.n_days - 1), weights)
    mean, sd = dense.combine(rows[1:] - rows[:1])
    reference = f"houses:{','.join(dense.houses[:2])}"
    change = results.change(
        first + np.timedelta64(1, "D"),
        first + np.timedelta64(dense.n_days - 1, "D"),
        reference=reference,
    )
    assert [change["mean"], change["sd"]] == pytest.approx([mean[0], sd[0]], abs=TOLERANCE)
    polls, even = CASES[name], dict.fromkeys(dense.houses, -1 / len(dense.houses))
    day, house, own = mid_days(polls), polls["house_id"].to_numpy(), []
    for name_of_house in dense.houses:
        apart = {**even, name_of_house: even[name_of_house] + 1}
        rows = [
            dense.row({}, apart, drifts={(h, d): w for h, w in apart.items()})
            for d in day[house == name_of_house]
        ]
        own.append(np.mean(rows, axis=0))
    mean, sd = dense.combine(np.array(own))
    table = results.house_effects().set_index("house_id").loc[dense.houses]
    np.testing.assert_allclose(table["mean"], mean, atol=TOLERANCE)
    np.testing.assert_allclose(table["sd"], sd, atol=TOLERANCE)


def test_a_poll_to_come(name, params, walk):
    results, dense, _ = make(name, params, walk, extra_days=30)
    house, day = dense.houses[0], dense.n_days - 1
    mean, sd = dense.combine(rows_of(dense, [day], {house: 1.0}))
    date = results.observations.first_date + np.timedelta64(day, "D")
    coming = (
        CASES[name]
        .iloc[[0]]
        .assign(house_id=house, start_date=date, end_date=date, sampling_var=2.0, decimals=0)
    )
    found = results.get_prediction(pd.DataFrame(coming)).summary_frame().iloc[0]
    assert found["mean"] == pytest.approx(mean[0], abs=TOLERANCE)
    variance = sd[0] ** 2 + 2.0 + 1 / 12 + params[0][1] ** 2
    assert found["sd"] ** 2 == pytest.approx(variance, abs=TOLERANCE)


def test_draws_on_days_between_polls(name, params, walk):
    results, dense, _ = make(name, params, walk)
    days = np.unique(np.linspace(0, dense.n_days - 1, 9).astype(int))
    dates = [str(results.observations.first_date + np.timedelta64(int(d), "D")) for d in days]
    weights = dict.fromkeys(dense.houses, 1 / len(dense.houses))
    mean, sd = dense.combine(rows_of(dense, days, weights))
    drawn = results.draws(4000, np.random.default_rng(1), dates=dates).level.to_numpy()
    # Five standard errors of either.
    np.testing.assert_array_less(np.abs(drawn.mean(axis=0) - mean), 5 * sd / np.sqrt(4000))
    np.testing.assert_allclose(drawn.std(axis=0), sd, rtol=5 / np.sqrt(8000))
