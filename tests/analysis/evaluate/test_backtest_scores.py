"""Scores of predictive distributions agree with their closed forms."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from analysis.base.mixture import Mixture
from analysis.evaluate.scores import find_crps, score
from analysis.trend.solver import PercentLevels

RNG = np.random.default_rng(5)
N_POINTS, N = 40, 7
WEIGHTS = RNG.dirichlet(np.ones(N_POINTS))
# Components of very different widths, as a lattice over scales has them.
MIXTURE = Mixture(
    WEIGHTS, 60 + RNG.normal(0, 3, (N_POINTS, N)), RNG.uniform(0.8, 12, (N_POINTS, N)) ** 2
)
OBSERVED = np.array([60.0, 55.0, 71.0, 10.0, 99.0, 60.4, 63.0])


def absolute_mean(mean, variance):
    """Mean of the absolute value of a normal variable."""
    sd = np.sqrt(variance)
    z = mean / sd
    return mean * (2 * norm.cdf(z) - 1) + 2 * sd * norm.pdf(z)


def crps_by_pairs(mixture, observed):
    """The closed form of Grimit et al. (2006): mean distance, less half that of two draws."""
    weights, mean, variance = mixture.weights, mixture.mean, mixture.variance
    to_observed = weights @ absolute_mean(observed - mean, variance)
    apart = absolute_mean(mean[:, None] - mean[None], variance[:, None] + variance[None])
    return to_observed - 0.5 * np.einsum("i,ijn,j->n", weights, apart, weights)


def test_the_crps_of_a_normal_is_the_closed_form():
    mean, sd = np.array([[50.0, 60.0]]), np.array([[2.0, 0.7]])
    observed = np.array([53.0, 59.9])
    z = (observed - mean[0]) / sd[0]
    expected = sd[0] * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
    found = find_crps(Mixture(np.ones(1), mean, sd**2), observed)
    np.testing.assert_allclose(found, expected, atol=1e-8)


def test_the_crps_of_a_mixture_is_the_closed_form():
    np.testing.assert_allclose(
        find_crps(MIXTURE, OBSERVED), crps_by_pairs(MIXTURE, OBSERVED), atol=1e-6
    )


def test_the_log_score_is_the_log_of_the_density():
    sd = np.sqrt(MIXTURE.variance)
    density = MIXTURE.weights @ norm.pdf(OBSERVED, MIXTURE.mean, sd)
    found = score(MIXTURE, OBSERVED)["log_score"]
    np.testing.assert_allclose(found[density > 0], np.log(density[density > 0]), rtol=1e-10)


def test_the_pit_is_the_probability_below_what_was_observed():
    below = MIXTURE.weights @ norm.cdf(OBSERVED, MIXTURE.mean, np.sqrt(MIXTURE.variance))
    np.testing.assert_allclose(score(MIXTURE, OBSERVED)["pit"], below, atol=1e-12)


def test_a_distribution_far_from_what_was_observed_still_has_a_log_score():
    one = np.ones((1, 1))
    found = score(Mixture(np.ones(1), 0 * one, one), np.array([80.0]))["log_score"]
    assert found[0] == pytest.approx(-0.5 * 80**2 - 0.5 * np.log(2 * np.pi))


def test_levels_on_logits_are_scored_in_percent():
    logits = Mixture(np.array([0.3, 0.7]), np.array([[0.4], [0.6]]), np.array([[0.02], [0.05]]))
    shares, observed = PercentLevels(logits), np.array([63.0])

    def density(x):
        return np.exp(shares.log_density(np.array([x]))[0])

    assert quad(density, 20, 63)[0] == pytest.approx(score(shares, observed)["pit"][0], abs=1e-6)

    def gap(x):
        return (1 - shares.probability_above(x)[0] - (x >= 63)) ** 2

    integral = quad(gap, 0, 63)[0] + quad(gap, 63.0 + 1e-9, 100)[0]
    assert find_crps(shares, observed)[0] == pytest.approx(integral, abs=1e-6)


def test_what_no_logit_reaches_has_no_density():
    one = np.ones((1, 2))
    shares = PercentLevels(Mixture(np.ones(1), 0 * one, one))
    assert (shares.log_density(np.array([0.0, 100.0])) == -np.inf).all()
