"""Ways to the likelihood alone, front and blocks, have the likelihood of the filter."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend
from analysis.trend.hyperparameters.score import BlockLikelihood
from analysis.trend.solver import front
from analysis.trend.solver.filter import run_filter
from analysis.trend.solver.likelihood import profile_loglike

RNG = np.random.default_rng(8)
POLLS = simulate_polls(RNG, houses="abcde", sectors=SECTORS)
# Houses that come late, end early, have two polls or one, alone in a sector or not.
COME_AND_GO = pd.concat(
    [
        POLLS[POLLS["house_id"] == "a"].iloc[2:5],
        POLLS[POLLS["house_id"] == "b"].iloc[3:],
        POLLS[POLLS["house_id"] == "c"].iloc[[0, -1]],
        *(POLLS.iloc[[k]].assign(house_id=f"alone {k}") for k in (0, 9, 11, 29)),
        POLLS.iloc[[14]].assign(house_id="one", sector="of its own"),
        POLLS.iloc[[17, 25]].assign(house_id="two", sector="another"),
    ]
)
ANCHORS = pd.DataFrame({"date": ["2022-01-01", "2022-06-01"], "value": [55.0, 60.0], "sd": 0.5})
CASES = {
    "sectors": (POLLS, {}),
    "houses that come and go": (COME_AND_GO, {}),
    "an event": (COME_AND_GO, {"events": {"a day": "2022-04-01"}}),
    "anchors": (COME_AND_GO, {"anchors": ANCHORS}),
    "a covariate": (POLLS.assign(mode=RNG.choice(["phone", "web"], len(POLLS))), {}),
    **{name: (polls, {}) for name, polls in EDGE_CASES.items()},
}


@pytest.mark.parametrize("case", CASES)
def test_the_likelihood_is_the_same(case, monkeypatch):
    polls, beside = CASES[case]
    covariates = ["mode"] if "mode" in polls else []
    model = PollTrend(
        polls,
        drift=True,
        walk="calming",
        house_variance="by_house",
        covariates=covariates,
        **beside,
    ).model
    n_nodes, rng = 7, np.random.default_rng(3)
    outer = {name: np.exp(rng.normal(-1.0, 1.0, n_nodes)) for name in model.space.shared}
    nodes = model.space.nodes_of(
        outer, np.exp(rng.normal(0.5, 1.0, (n_nodes, len(model.space.houses))))
    )
    found = run_filter(model.design, nodes)
    long_way = profile_loglike(model.design, found.normal, found.log_det, outer["sigma_h"])
    ours = front.Front(model.design).loglike(nodes, outer["sigma_h"])
    np.testing.assert_allclose(ours, long_way, rtol=1e-10, atol=1e-8)
    by_blocks = BlockLikelihood(model.design).loglike(nodes, outer["sigma_h"])
    np.testing.assert_allclose(by_blocks, long_way, rtol=1e-10, atol=1e-8)
    # Row by row up to the diagonal, as many nodes go.
    monkeypatch.setattr(front, "MANY_NODES", 1)
    np.testing.assert_allclose(front.Front(model.design).loglike(nodes, outer["sigma_h"]), ours)
    # A few nodes at a time, as when there are many houses.
    monkeypatch.setattr(front, "STATE_NUMBERS", 1)
    np.testing.assert_allclose(front.Front(model.design).loglike(nodes, outer["sigma_h"]), ours)
