"""Sums over pairs of polls give the normal equations that a column for each house gives."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend
from analysis.trend.solver import filter as filters
from analysis.trend.solver.filter import run_filter

POLLS = simulate_polls(np.random.default_rng(7), 40, houses="abcde", sectors=SECTORS).assign(
    mode=["web", "phone"] * 20
)
ANCHORS = pd.DataFrame({
    "date": ["2022-02-01", "2022-04-01", "2022-09-01"], "value": [61.0, 63.0, 60.0], "sd": 2.0,
})  # fmt: skip
MODELS = {
    "sectors": (POLLS, {}),
    "anchors before, among and after the polls": (POLLS, {"anchors": ANCHORS}),
    "event and covariate": (POLLS, {"events": ["2022-04-10"], "covariates": "mode"}),
    "a shock that calms, on logits": (POLLS, {"walk": "calming", "scale": "logit"}),
    **{name: (polls, {}) for name, polls in EDGE_CASES.items()},
}


@pytest.mark.long("each model is solved twice", quick=8)
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("nodes_at_once", [2, 512])
def test_numbers_are_those_of_a_column_for_each_house(monkeypatch, name, nodes_at_once):
    polls, options = MODELS[name]
    space = PollTrend(polls, **options).model.space
    rng = np.random.default_rng(3)
    nodes = space.nodes(rng.normal(-1.0, 1.0, (5, len(space.outer_names))))
    monkeypatch.setattr(filters, "MANY_HOUSES", 10**9)
    columns = run_filter(space.design, nodes)
    monkeypatch.setattr(filters, "MANY_HOUSES", 1)
    monkeypatch.setattr(filters, "FEWEST_NODES", nodes_at_once)
    monkeypatch.setattr(filters, "PAIR_NUMBERS", 1)
    pairs = run_filter(space.design, nodes)
    for field in ("normal", "log_det", "mean", "cov"):
        one, other = getattr(pairs, field), getattr(columns, field)
        largest = np.abs(other).max()
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-12 * largest, err_msg=field)


def test_two_dozen_houses_go_by_pairs(monkeypatch):
    houses = [f"h{k}" for k in range(filters.MANY_HOUSES)]
    space = PollTrend(simulate_polls(np.random.default_rng(8), 50, houses=houses)).model.space
    called = []
    sum_pairs = filters._sum_pairs
    monkeypatch.setattr(filters, "_sum_pairs", lambda *a: called.append(1) or sum_pairs(*a))
    space.filter(np.zeros((1, 2)))
    assert called
