"""Each prior of the model is halved and doubled, and the estimate told again."""

from dataclasses import fields

import numpy as np
import pytest
from reference.simulated_polls import simulate_polls

from analysis import Priors
from analysis.evaluate import prior_sensitivity, published_model

POLLS = simulate_polls(np.random.default_rng(5), n_polls=12, n_days=200, houses="abc")


@pytest.fixture(scope="module")
def table():
    """All priors on the simulated polls."""
    return prior_sensitivity(POLLS)


@pytest.mark.long("a fit under each prior")
def test_each_scale_that_the_model_has_is_there_twice(table):
    scales = {scale.name for scale in fields(Priors)}
    names = [name for name in published_model(POLLS).param_names if name in scales] + ["level_sd"]
    assert len(names) >= 4
    assert table["prior"].value_counts().to_dict() == {"none": 1} | dict.fromkeys(names, 2)


@pytest.mark.long("a fit under each prior")
def test_a_row_is_the_fit_under_that_prior(table):
    row = table[(table["prior"] == "omega") & (table["value"] == 6)].iloc[0]
    results = published_model(POLLS, priors=Priors(omega=6.0)).fit()
    first, last = results.observations.first_date, results.observations.last_date
    change = results.change(str(first), str(last))
    assert row["change"] == pytest.approx(change["mean"])
    published = published_model(POLLS).fit().change(str(first), str(last))
    moved = (change["mean"] - published["mean"]) / published["sd"]
    assert row["change_moved_sds"] == pytest.approx(moved, rel=0.05, abs=1e-3)
