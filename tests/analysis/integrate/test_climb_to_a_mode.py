"""A climb takes whole steps while they rise, and shorter ones where they do not."""

import numpy as np
import pytest

from analysis.integrate._modes import find_mode


def test_a_step_over_the_edge_of_the_density_is_shortened():
    """5 x + log(1.2 - x) has its mode at 1; the first whole step would end at 2, beyond 1.2."""

    def density(points):
        x = points[:, 0]
        inside = np.maximum(1.2 - x, 1e-300)
        return np.where(x < 1.2, 5 * x + np.log(inside), -np.inf)

    mode = find_mode(density, np.zeros(1))
    assert mode.is_converged
    assert mode.at[0] == pytest.approx(1.0, abs=1e-4)


def test_whole_steps_that_rise_are_taken_without_a_search_for_a_better_length():
    """From 0 to the mode of a parabola at 3 in steps of 2 and 1; a search would look at 4 too."""
    seen = []

    def density(points):
        seen.extend(points[:, 0])
        return -((points[:, 0] - 3.0) ** 2)

    assert find_mode(density, np.zeros(1)).at[0] == pytest.approx(3.0, abs=1e-6)
    assert max(seen) < 3.1


def test_the_last_digits_of_the_density_are_none_of_the_curvature():
    """Of a density near -300 they are steps of 1e-11, which two processors round differently."""

    def density(points):
        return -300 - 0.5 * (np.array([1.0, 40.0]) * points**2).sum(axis=1) - points[:, 0] ** 4

    def rounded(points):
        return np.round(density(points) * 2.0**36) / 2.0**36

    once, again = (find_mode(of, np.full(2, 0.7), polish=False) for of in (density, rounded))
    np.testing.assert_allclose(np.diag(again.curvature), np.diag(once.curvature), atol=1e-6)
    exact = [1 + 12 * once.at[0] ** 2, 40.0]
    np.testing.assert_allclose(np.diag(once.curvature), exact, atol=1e-6)


def test_next_to_the_edge_of_the_density_no_curvature_is_made_up():
    def density(points):
        return np.where((points < 0.015).all(axis=1), -(points**2).sum(axis=1), -np.inf)

    mode = find_mode(density, np.zeros(2), polish=False)
    np.testing.assert_array_equal(mode.curvature, np.zeros((2, 2)))
    assert not mode.is_converged


def test_with_gradients_the_mode_is_the_same_at_a_fraction_of_the_points():
    def density(points):
        return (
            -np.cosh(points - np.array([1.0, 2.0, 3.0])).sum(axis=1) - points[:, 0] * points[:, 1]
        )

    def slopes(points):
        found = -np.sinh(points - np.array([1.0, 2.0, 3.0]))
        found[:, :2] -= points[:, 1::-1]
        return density(points), found

    exact, by_differences = find_mode(density, np.zeros(3), slopes), find_mode(density, np.zeros(3))
    assert exact.is_converged
    np.testing.assert_allclose(exact.at, by_differences.at, atol=1e-5)
    np.testing.assert_allclose(exact.curvature, by_differences.curvature, atol=1e-3)
    assert exact.n_evaluations < by_differences.n_evaluations / 2


def test_a_gradient_that_is_no_number_is_told():
    def slopes(points):
        return np.zeros(len(points)), np.full_like(points, np.nan)

    with pytest.raises(ValueError, match="not finite"):
        find_mode(lambda points: np.zeros(len(points)), np.zeros(2), slopes)
