"""Pareto-smoothed weights equal those of ArviZ, and keep what weights must keep.

The numbers are stored in reference/importance_arviz.json beside the script that made them.
"""

import json

import numpy as np
import pytest
from helpers.paths import REFERENCE
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.integrate._weights import fit_pareto, smooth_weights

STORED = json.loads((REFERENCE / "importance_arviz.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", STORED["cases"])
def test_shape_and_weights_equal_those_of_arviz(name):
    case = STORED["cases"][name]
    found = smooth_weights(np.array(case["log_ratios"]))
    assert found.pareto_k == pytest.approx(case["pareto_k"], abs=1e-10)
    np.testing.assert_allclose(np.log(found.weights), case["log_weights"], atol=1e-10)


@given(arrays(float, st.integers(1, 300), elements=st.floats(-800, 800)), st.floats(-1e3, 1e3))
def test_weights_add_up_and_keep_their_order_and_a_constant_cancels(log_ratios, constant):
    found = smooth_weights(log_ratios)
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-9)
    assert (found.weights >= 0).all()
    order = np.argsort(log_ratios, kind="stable")
    assert (np.diff(found.weights[order]) >= -1e-12).all()
    assert 1 - 1e-9 <= found.ess <= len(log_ratios) + 1e-6
    shifted = smooth_weights(log_ratios + constant)
    assert shifted.log_mean == pytest.approx(found.log_mean + constant, abs=1e-6)


def test_the_shape_of_a_pareto_tail_is_found():
    at = (np.arange(20_000) + 0.5) / 20_000
    for shape in (-0.4, 0.1, 0.5, 1.0):
        found, scale = fit_pareto(3.0 * np.expm1(-shape * np.log1p(-at)) / shape)
        assert found == pytest.approx(shape, abs=0.02)
        assert scale == pytest.approx(3.0, rel=0.03)


def test_no_smoothed_ratio_exceeds_the_largest_raw_one():
    log_ratios = np.append(np.zeros(400), np.linspace(1, 12, 40))
    found = smooth_weights(log_ratios)
    largest = found.weights.max() * np.exp(found.log_mean) * len(log_ratios)
    assert largest <= np.exp(12) * (1 + 1e-9)


def test_which_of_two_nearly_equal_ratios_is_the_larger_moves_no_weight():
    log_ratios = np.random.default_rng(4).normal(size=2048)
    one, other = np.argsort(log_ratios)[[-2, -1]]
    a_bit = np.zeros(2048)
    a_bit[other] = 1e-9
    log_ratios[one] = log_ratios[other]
    less, more = smooth_weights(log_ratios - a_bit), smooth_weights(log_ratios + a_bit)
    np.testing.assert_allclose(less.weights, more.weights, rtol=1e-3)
    assert less.weights[one] == pytest.approx(less.weights[other], rel=1e-3)


def test_a_tail_too_short_to_tell_is_not_trusted():
    found = smooth_weights(np.array([0.0, 1.0, 2.0, 3.0]))
    assert found.pareto_k == np.inf
    assert found.pareto_k > found.highest_k


@pytest.mark.parametrize("bad", [[-np.inf] * 9, [0.0, np.nan, 1.0], [0.0, np.inf], []])
def test_ratios_that_are_no_ratios_are_refused(bad):
    with pytest.raises(ValueError, match="finite largest value"):
        smooth_weights(np.array(bad))
