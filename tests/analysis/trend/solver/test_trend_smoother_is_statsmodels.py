"""The exact solver and the statsmodels model are one: likelihood, means, covariances."""

import numpy as np
import pytest
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend
from analysis.trend.options import WALKS

CASES = {
    "sectors": simulate_polls(
        np.random.default_rng(5), n_polls=80, houses="abcde", sectors=SECTORS
    ),
    "one decimal": simulate_polls(np.random.default_rng(3), n_polls=60, decimals=1),
    **EDGE_CASES,
}
PARAMS = [
    (0.3, 2.0, 5.0, 0.1, 1.2),
    (0.02, 0.5, 1.0, 0.4, 3.0),
    (2.0, 5.0, 20.0, 0.001, 0.01),
]
TOLERANCE = 1e-6

pytestmark = [
    pytest.mark.long("statsmodels smooths hundreds of made polls", quick=6),
    pytest.mark.parametrize("name", CASES),
    pytest.mark.parametrize("params", PARAMS, ids=str),
    pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"]),
    pytest.mark.parametrize("walk", WALKS),
]


def both(name, params, drift, walk):
    """Our results, and the smoother of statsmodels, at the same hyperparameters."""
    model = PollTrend(CASES[name], drift=drift, walk=walk, calm_from="2022-02-20")
    params = np.array(params[: len(model.param_names)])
    results = model.smooth(params)
    assert results.llf == pytest.approx(model.loglike(params), abs=TOLERANCE)
    model.statespace.update(params)
    return results, model.statespace.ssm.smooth()


def test_smoothed_levels_agree_poll_by_poll(name, params, drift, walk):
    results, smoothed = both(name, params, drift, walk)
    observations, design = results.observations, results.model.design
    n_houses = len(observations.houses)
    for j, house in enumerate(observations.houses):
        # Level as house j measures it, from the states level, sectors, houses.
        row = np.concatenate([[1.0], design.house_map[j]])
        trend = results.trend(house).set_index("date")
        at = trend.loc[observations.polls["mid_date"]]
        np.testing.assert_allclose(at["mean"], row @ smoothed.smoothed_state, atol=TOLERANCE)
        variance = np.einsum("i,ijt,j->t", row, smoothed.smoothed_state_cov, row)
        np.testing.assert_allclose(at["sd"] ** 2, variance, atol=TOLERANCE)
    assert n_houses == len(design.first_day)


def test_residuals_agree(name, params, drift, walk):
    results, smoothed = both(name, params, drift, walk)
    table = results.residuals()
    expected = smoothed.smoothed_measurement_disturbance[0]
    np.testing.assert_allclose(table["residual"], expected, atol=TOLERANCE)
