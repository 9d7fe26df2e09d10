"""Quantiles and probabilities of mixtures of normals are exact."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from analysis.base.mixture import Mixture

numbers = st.lists(st.floats(-50, 50), min_size=3, max_size=3)
positive = st.lists(st.floats(0.01, 30), min_size=3, max_size=3)


def mixture(weights, mean, sd):
    """One quantity, a mixture of as many normals as there are weights."""
    weights = np.array(weights, dtype=float)
    return Mixture(weights / weights.sum(), np.array(mean)[:, None], np.array(sd)[:, None] ** 2)


@pytest.mark.long("hypothesis makes a hundred mixtures")
@given(positive, numbers, positive, st.floats(0.005, 0.995))
@settings(max_examples=60)
def test_a_quantile_leaves_its_probability_below(weights, mean, sd, probability):
    one = mixture(weights, mean, sd)
    value = one.quantile(probability)[0]
    below = one.weights @ norm.cdf((value - np.array(mean)) / np.array(sd))
    assert below == pytest.approx(probability, abs=1e-4)
    assert one.probability_above(value)[0] == pytest.approx(1 - probability, abs=1e-4)


def test_moments_are_those_of_draws():
    rng = np.random.default_rng(5)
    one = mixture([1, 2, 1], [-3, 0, 8], [1, 2, 0.5])
    part = rng.choice(3, 200_000, p=one.weights)
    draws = rng.normal(one.mean[part, 0], np.sqrt(one.variance[part, 0]))
    assert one.centre[0] == pytest.approx(draws.mean(), abs=0.03)
    assert one.total_variance[0] == pytest.approx(draws.var(), rel=0.02)


def test_a_constant_has_its_value_as_every_quantile():
    one = mixture([1, 1], [4, 4], [0, 0])
    assert one.quantile(0.025)[0] == 4
    assert one.probability_above(4)[0] == 0
    assert one.probability_above(3.9)[0] == 1
