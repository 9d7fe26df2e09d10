"""The model as statsmodels knows it: names, starting values and transforms of its parameters."""

import numpy as np
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend

POLLS = simulate_polls(np.random.default_rng(6), 15, 90, houses="abc", sectors=SECTORS)
# A fifth of the scale of each prior; days of calming begin where they should be.
STARTS = {"tau": 0.1, "omega": 0.6, "sigma_h": 2.0, "kappa": 0.03, "shock": 0.3, "calm": 60.0}
HOUSES = {"omega_spread": 0.1, "omega:a": 0.6, "omega:b": 0.6, "omega:c": 0.6}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["tau", "omega", "sigma_h"]),
        ({"drift": True}, ["tau", "omega", "sigma_h", "kappa"]),
        (
            {"drift": True, "walk": "calming", "calm_days": "estimated"},
            ["tau", "omega", "sigma_h", "kappa", "shock", "calm"],
        ),
        ({"house_variance": "by_house"}, ["tau", "omega", "sigma_h", *HOUSES]),
    ],
)
def test_parameters_have_names_and_begin_at_a_fifth_of_their_priors(options, names):
    model = PollTrend(POLLS, **options).statespace
    assert model.param_names == names
    assert model.start_params == pytest.approx([(STARTS | HOUSES)[name] for name in names])
    assert np.isfinite(model.loglike(model.start_params))
    logs = model.untransform_params(model.start_params)
    assert logs == pytest.approx(np.log(model.start_params))
    assert model.transform_params(logs) == pytest.approx(model.start_params)


@pytest.mark.parametrize(
    ("options", "drifts"),
    [({}, []), ({"drift": True, "drift_days": 90}, ["drift:a", "drift:b", "drift:c"])],
)
def test_states_are_the_level_the_effects_and_drifts_that_are_drawn_back(options, drifts):
    model = PollTrend(POLLS, events={"law": "2022-04-01"}, **options).statespace
    effects = [name for name in model.design.names if not name.startswith(("house:", "event:"))]
    houses = ["house:a", "house:b", "house:c"]
    assert model.state_names[0] == "level"
    assert set(model.state_names) == {"level", *houses, "event:law", *effects, *drifts}
    assert model.state_names[len(model.state_names) - len(drifts) :] == drifts
