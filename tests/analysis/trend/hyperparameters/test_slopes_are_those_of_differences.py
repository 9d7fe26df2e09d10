"""Slopes of the log posterior, found in one pass back, are what differences say."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend
from analysis.integrate import find_mode
from analysis.trend.hyperparameters import score
from analysis.trend.hyperparameters.space import Coordinates

POLLS = simulate_polls(np.random.default_rng(8), 60, n_days=300, houses="abcde", sectors=SECTORS)
ANCHORS = pd.DataFrame({"date": ["2022-01-01", "2022-06-01"], "value": [55.0, 60.0], "sd": 0.5})
BESIDE = {"anchors": ANCHORS, "events": {"a day": "2022-04-01"}}
STEP = 1e-3
CASES = {
    "the published model": (POLLS, {"drift": True, "walk": "calming"}),
    "days of calming too": (POLLS, {"drift": True, "walk": "calming", "calm_days": "estimated"}),
    "one speed": (POLLS, {"drift": True}),
    "no drift": (POLLS, {"walk": "calming"}),
    "neither": (POLLS, {}),
    "drifts drawn back": (POLLS, {"drift": True, "drift_days": 100.0}),
    "logits": (POLLS, {"drift": True, "walk": "calming", "scale": "logit"}),
    "anchors and an event": (POLLS, {"drift": True, "walk": "calming"} | BESIDE),
    "anchors, drawn back": (POLLS, {"drift": True, "drift_days": 200.0} | BESIDE),
    "anchors, no drift": (POLLS, BESIDE),
    **{name: (polls, {"drift": True}) for name, polls in EDGE_CASES.items()},
}


def coordinates_of(polls, options):
    """Coordinates of the posterior with an excess error for each house."""
    return Coordinates(PollTrend(polls, house_variance="by_house", **options).model.space)


def differences(density, points):
    """Gradients from five points along each axis."""
    found = np.empty_like(points)
    for k, move in enumerate(STEP * np.eye(points.shape[1])):
        near = density(points + move) - density(points - move)
        far = density(points + 2 * move) - density(points - 2 * move)
        found[:, k] = (8 * near - far) / (12 * STEP)
    return found


@pytest.mark.long("differences at five points for each hyperparameter", quick=4)
@pytest.mark.parametrize("case", CASES)
def test_slopes_are_those_of_five_point_differences(case):
    coordinates = coordinates_of(*CASES[case])
    start = coordinates.start
    points = start + np.random.default_rng(2).normal(0, 1, (4, len(start)))
    values, slopes = coordinates.slopes(points)
    np.testing.assert_allclose(values, coordinates.log_posterior(points), rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(
        slopes, differences(coordinates.log_posterior, points), rtol=1e-6, atol=1e-6
    )


def test_a_few_nodes_at_a_time_give_the_same(monkeypatch):
    coordinates = coordinates_of(*CASES["the published model"])
    points = coordinates.start + np.random.default_rng(2).normal(0, 1, (5, len(coordinates.start)))
    values, slopes = coordinates.slopes(points)
    monkeypatch.setattr(score, "STORED_NUMBERS", 1)
    for one, other in zip(coordinates.slopes(points), (values, slopes), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-11)


def test_a_hyperparameter_that_is_as_good_as_zero_has_no_slope():
    coordinates = coordinates_of(*CASES["one speed"])
    points = coordinates.start[None, :].copy()
    points[:, 0] = -40.0
    values, slopes = coordinates.slopes(points)
    assert np.isfinite(values).all()
    assert slopes[0, 0] == 40.0


def test_the_mode_and_its_curvature_are_those_found_by_differences():
    coordinates = coordinates_of(*CASES["the published model"])
    ours = find_mode(coordinates.log_posterior, coordinates.start, coordinates.slopes)
    theirs = find_mode(coordinates.log_posterior, coordinates.start)
    assert ours.is_converged
    assert theirs.is_converged
    assert theirs.distance(ours.at) < 1e-4
    np.testing.assert_allclose(ours.curvature, theirs.curvature, rtol=1e-3, atol=1e-3)
    assert ours.n_evaluations < theirs.n_evaluations / 4
