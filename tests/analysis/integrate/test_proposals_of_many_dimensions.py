"""A proposal of many dimensions changes where a sample clearly tells otherwise, and only there."""

import numpy as np

from analysis.integrate import SplitT, sample_posterior
from analysis.integrate._proposal import change_by_sample

D = 30
KNOWN = SplitT(np.arange(float(D)), np.diag(np.linspace(1, 2, D)), np.ones(D), np.ones(D), 6.0)


def draw(n):
    """Points as the known proposal says, in its axes."""
    return np.random.default_rng(5).normal(size=(n, D))


def change(axes, weights=None):
    """The proposal after a sample of these points."""
    weights = np.full(len(axes), 1 / len(axes)) if weights is None else weights
    return change_by_sample(KNOWN, KNOWN.centre + axes @ KNOWN.root.T, weights, float(D))


def test_a_hundred_points_like_it_change_little():
    """All they say of 435 correlations would be a width of 0.6 to 1.5 along some slant."""
    found = change(draw(100))
    shape = np.linalg.solve(KNOWN.root, found.root)
    values = np.linalg.eigvalsh(shape @ shape.T)
    assert values[0] > 0.6
    assert values[-1] < 1.5
    widths = np.concatenate([found.down, found.up]) * np.tile(np.diag(shape), 2)
    assert np.median(np.abs(widths - 1)) < 0.03
    assert np.median(np.abs(np.linalg.solve(KNOWN.root, found.centre - KNOWN.centre))) < 0.03


def test_what_is_clear_is_learned():
    axes = draw(4000)
    axes[:, 0] = np.where(axes[:, 0] < 0, 3 * axes[:, 0], axes[:, 0]) - 2.0
    axes[:, 2] = 0.9 * axes[:, 1] + np.sqrt(1 - 0.9**2) * axes[:, 2]
    found = change(axes)
    shape = np.linalg.solve(KNOWN.root, found.root)
    covariance = shape @ shape.T
    np.testing.assert_allclose(found.centre[0], KNOWN.centre[0] - 2.0, atol=0.1)
    np.testing.assert_allclose(found.down[0] / found.up[0], 3.0, rtol=0.1)
    assert covariance[1, 2] / np.sqrt(covariance[1, 1] * covariance[2, 2]) > 0.8


def test_one_point_that_weighs_all_makes_no_proposal_without_width():
    weights = np.zeros(50)
    weights[7] = 1.0
    found = change(draw(50), weights)
    assert np.isfinite(found.root).all()
    assert np.isfinite(found.log_density(KNOWN.centre[None, :])).all()


def test_forty_dimensions_take_a_few_rounds():
    """Seven rounds and more without shrinking; the evidence is known."""
    scale = np.linspace(0.5, 2.0, 40)

    def density(points):
        # Three axes lean to the left: their modes lie aside of their means.
        lean = np.logaddexp(0.0, -2 * points[:, :3]) - np.log(2) + points[:, :3]
        return -0.5 * ((points / scale) ** 2).sum(axis=1) - 0.5 * (lean**2).sum(axis=1)

    found = sample_posterior(density, np.zeros(40), n_points=1024, enough=1024, most_points=2**14)
    assert found.ess >= 1024
    assert len(found.points) <= 3 * 1024
    assert found.warnings == ()
    one = np.linspace(-30, 10, 400_001)
    exact = 0.0
    for k, width in enumerate(scale):
        lean = np.logaddexp(0.0, -2 * one) - np.log(2) + one if k < 3 else 0.0 * one
        exact += np.log(np.exp(-0.5 * (one / width) ** 2 - 0.5 * lean**2).sum() * 1e-4)
    assert abs(found.log_evidence - exact) < 0.1
