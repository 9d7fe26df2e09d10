"""The short ways of the solver give the numbers of the long ones."""

from functools import cache
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend
from analysis.trend.options import WALKS
from analysis.trend.prediction import predict_polls
from analysis.trend.solver import _smoother, likelihood, posterior
from analysis.trend.solver.filter import run_filter
from analysis.trend.solver.likelihood import find_spectrum, profile_loglike, solve_effects

POLLS = {
    "one sector": simulate_polls(np.random.default_rng(6)),
    "sectors": simulate_polls(np.random.default_rng(5), houses="abcde", sectors=SECTORS),
    **EDGE_CASES,
}
DRIFT = pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"])


@pytest.mark.long("a hundred comparisons of short ways with long ones", quick=4)
@DRIFT
@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("name", POLLS)
def test_few_days_have_the_levels_that_many_have(name, walk, drift, monkeypatch):
    model = PollTrend(POLLS[name], drift=drift, walk=walk, calm_from="2022-02-20")
    calming = [0.3, 2.0, 5.0, *([0.1] if drift else []), 1.2]
    results = model.fit() if walk == "constant" else model.smooth(calming)
    last = int(results.model.design.day[-1])
    # Before, among and after the polls, out of order, and one twice.
    days = np.array([last, -30, 0, last // 3, last // 3, last + 45])
    assert len(days) <= posterior.FEW_DAYS
    weights = results.weights_of("houses")
    few = results.queries.level(days, weights)
    monkeypatch.setattr(posterior, "FEW_DAYS", 0)
    many = results.queries.level(days, weights)
    np.testing.assert_allclose(few.mean, many.mean, atol=1e-9)
    np.testing.assert_allclose(few.variance, many.variance, atol=1e-9)


def test_points_one_by_one_have_the_predictions_of_all_at_once(monkeypatch):
    """Of polls of drifting houses, on days that had polls."""
    polls = POLLS["one sector"]
    fitted = PollTrend(polls, drift=True).fit().fitted
    _, whole = predict_polls(polls, fitted)
    monkeypatch.setattr(_smoother, "PART_NUMBERS", 1)
    _, parts = predict_polls(polls, fitted)
    assert len(whole.weights) > 1
    np.testing.assert_allclose(parts.mean, whole.mean, atol=1e-9)
    np.testing.assert_allclose(parts.variance, whole.variance, atol=1e-9)


@cache
def space_of(name, drift):
    """Scales of a case, built once for all examples."""
    polls = POLLS[name.removesuffix(", an event")]
    events = {"a day": "2022-04-01"} if name.endswith("event") else None
    return PollTrend(polls, drift=drift, events=events).model.space


@pytest.mark.long("a hundred comparisons of short ways with long ones", quick=6)
@pytest.mark.parametrize("form", [likelihood.Spectrum, likelihood.Tridiagonal])
@DRIFT
@pytest.mark.parametrize("name", [*POLLS, "sectors, an event"])
@settings(max_examples=25, deadline=None)
@given(
    logs=st.lists(st.floats(-8.0, 3.0), min_size=3, max_size=3),
    spreads=st.lists(st.floats(-12.0, 6.0), min_size=1, max_size=4),
)
def test_a_spectrum_has_the_likelihood_at_any_spread(name, drift, form, logs, spreads):
    space = space_of(name, drift)
    outer = np.array([logs[: len(space.outer_names)], [0.0] * len(space.outer_names)])
    found = run_filter(space.design, space.nodes(outer))
    sigma_h = np.exp(spreads)
    most = 2 if form is likelihood.Tridiagonal else likelihood.MANY_EFFECTS
    with patch.object(likelihood, "MANY_EFFECTS", most):
        spectrum = find_spectrum(space.design, found.normal, found.log_det)
    is_alone = space.design.is_house.sum() == 1  # has no two axes to turn
    assert isinstance(spectrum, likelihood.Spectrum if is_alone else form)
    ours = spectrum.loglike(sigma_h)
    assert ours.shape == (2, len(spreads))
    each = found.normal[:, None], found.log_det[:, None], sigma_h[None, :]
    for long_way in (
        solve_effects(space.design, *each).loglike,
        profile_loglike(space.design, *each),
    ):
        np.testing.assert_allclose(ours, long_way, rtol=1e-9, atol=1e-7)
