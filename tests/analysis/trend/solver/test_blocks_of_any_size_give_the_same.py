"""Polls taken in one by one, a few at a time or all at once give the same posterior."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend
from analysis.trend.solver import blocks

POLLS = simulate_polls(np.random.default_rng(31), 40, 90, houses="abcde", sectors=SECTORS)
ANCHORS = pd.DataFrame({"date": ["2022-01-15", "2022-03-01"], "value": [55.0, 60.0], "sd": 0.5})
WINDOWS = ("2022-02-25", "2022-03-20"), ("2022-04-01", "2022-05-10")
CASES = {
    "drift": {},
    "a calming walk": {"walk": "calming", "calm_from": "2022-02-20"},
    "days to calm unknown": {
        "walk": "calming",
        "calm_from": "2022-02-20",
        "calm_days": "estimated",
    },
    "drawn back": {"drift_days": 90.0},
    "anchors": {"anchors": ANCHORS},
}


def tables(options):
    """What filter, smoother and functionals say at one set of scales."""
    model = PollTrend(POLLS, drift=True, **options)
    names = model.param_names
    scales = dict.fromkeys(names, 0.8) | {"kappa": 0.2, "omega": 1.5, "sigma_h": 4.0}
    results = model.smooth({name: scales[name] for name in names})
    return {
        "level": results.trend("houses"),
        "house effects": results.house_effects(),
        "residuals": results.residuals(),
        "budget": results.variance_budget(),
        "change between windows": pd.DataFrame([results.change(*WINDOWS)]),
        "log likelihood": pd.DataFrame({"value": [results.llf]}),
    }


@pytest.mark.long("each model is solved in blocks of many sizes", quick=1)
@pytest.mark.parametrize("case", CASES)
def test_the_size_of_blocks_changes_nothing(case, monkeypatch):
    usual = tables(CASES[case])
    for size in (1, 3, 1000):
        monkeypatch.setattr(blocks, "FEWEST_POLLS", size)
        monkeypatch.setattr(blocks, "MOST_POLLS", size)
        for name, other in tables(CASES[case]).items():
            one = usual[name].select_dtypes("number")
            np.testing.assert_allclose(other[one.columns], one, rtol=1e-8, atol=1e-8)
