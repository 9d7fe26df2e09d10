"""Quantiles of mixtures of normals invert their distribution function, however odd the mixture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import ndtr

from analysis.base import mixture as module
from analysis.base.mixture import Mixture

PROBABILITIES = (1e-6, 0.001, 0.025, 0.2, 0.5, 0.9, 0.975, 0.99999)


def draw_mixture(seed, n_components=300, n=5, spread=1.0):
    """Several quantities with skewed means and unequal sds, as a lattice of scales gives."""
    rng = np.random.default_rng(seed)
    axis = np.linspace(-2, 2, n_components)[:, None]
    mean = (
        60 + spread * np.exp(axis * rng.normal(0, 0.7, n)) + rng.normal(0, 0.01, (n_components, n))
    )
    sd = np.exp(0.5 * axis * rng.normal(0, 1, n)) * rng.uniform(0.2, 2, n)
    weights = np.exp(-0.5 * axis[:, 0] ** 2) * rng.uniform(0.5, 1, n_components)
    return Mixture(weights / weights.sum(), mean, sd**2)


def below(mixture, values):
    """Distribution function at one value for each quantity."""
    return mixture.weights @ ndtr((values - mixture.mean) / np.sqrt(mixture.variance))


@pytest.mark.parametrize("probability", PROBABILITIES)
@pytest.mark.parametrize("n_components", [2, 39, 40, 43, 700])
def test_a_quantile_inverts_the_distribution_function(n_components, probability):
    mixture = draw_mixture(n_components, n_components)
    found = below(mixture, mixture.quantile(probability))
    np.testing.assert_allclose(found, probability, rtol=1e-7, atol=1e-10)


@pytest.mark.long("hypothesis makes a hundred mixtures")
@given(
    st.lists(st.floats(-80, 80), min_size=60, max_size=60),
    st.lists(st.floats(0.01, 30), min_size=60, max_size=60),
    st.lists(st.floats(1e-4, 1), min_size=60, max_size=60),
    st.floats(0.001, 0.999),
)
@settings(max_examples=80, deadline=None)
def test_any_mixture_is_inverted(mean, sd, weights, probability):
    weights = np.array(weights) / np.sum(weights)
    mixture = Mixture(weights, np.array(mean)[:, None], np.array(sd)[:, None] ** 2)
    value = mixture.quantile(probability)
    # Between modes the distribution function is flat, and any value there is as good.
    np.testing.assert_allclose(below(mixture, value), probability, atol=1e-9)


def test_quantiles_are_those_of_a_plain_search_for_the_root():
    mixture = draw_mixture(5, 300, 4)
    for probability in (0.025, 0.975):
        found = mixture.quantile(probability)
        for i, value in enumerate(found):
            one = Mixture(mixture.weights, mixture.mean[:, [i]], mixture.variance[:, [i]])
            root = brentq(lambda x, m=one, p=probability: below(m, x)[0] - p, 0, 200, xtol=1e-12)
            assert value == pytest.approx(root, abs=1e-8)


def test_two_far_modes_and_a_gap_between_them():
    mean = np.where(np.arange(100) < 50, -40.0, 40.0)[:, None]
    mixture = Mixture(np.full(100, 0.01), mean, np.full((100, 1), 1e-4))
    assert mixture.quantile(0.25)[0] == pytest.approx(-40, abs=1e-9)
    assert mixture.quantile(0.75)[0] == pytest.approx(40, abs=1e-9)
    assert -40 <= mixture.quantile(0.5)[0] <= 40


def test_constants_among_the_components_hold_the_quantiles_that_fall_on_them():
    weights = np.array([0.3, 0.4, 0.3])
    mixture = Mixture(weights, np.array([[0.0], [5.0], [9.0]]), np.array([[1.0], [0.0], [1.0]]))
    assert mixture.quantile(0.5)[0] == pytest.approx(5, abs=1e-9)
    assert mixture.quantile(0.15)[0] == pytest.approx(0, abs=1e-9)
    assert mixture.quantile(0.85)[0] == pytest.approx(9, abs=1e-9)


def test_neither_neighbours_nor_the_order_of_components_matter(monkeypatch):
    mixture = draw_mixture(9, 500, 40)
    together = mixture.quantile(0.975)
    monkeypatch.setattr(module, "BLOCK_NUMBERS", 1_500)
    np.testing.assert_allclose(mixture.quantile(0.975), together, atol=1e-10)
    order = np.random.default_rng(3).permutation(500)
    shuffled = Mixture(mixture.weights[order], mixture.mean[order], mixture.variance[order])
    np.testing.assert_allclose(shuffled.quantile(0.975), together, atol=1e-8)


@pytest.mark.parametrize("size", [2, 4, 7])
def test_merging_keeps_weights_means_and_variances(size):
    mixture = draw_mixture(11, 123, 6)
    merged = mixture.merged(size)
    assert len(merged.weights) == 123 // size + 123 % size
    assert merged.weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(merged.centre, mixture.centre, rtol=1e-12)
    np.testing.assert_allclose(merged.total_variance, mixture.total_variance, rtol=1e-12)


def test_no_quantities_have_no_quantiles():
    empty = Mixture(np.full(50, 0.02), np.zeros((50, 0)), np.zeros((50, 0)))
    assert empty.quantile(0.5).shape == (0,)
