"""Importance sampling finds integrals that are known, and says when it cannot be trusted."""

import numpy as np
import pytest
from scipy.special import erf, erfc
from scipy.stats import norm

from analysis.integrate import find_mode, find_modes, half_normal, sample_posterior

LOG_TWO_PI = np.log(2 * np.pi)


def correlated_normal(d, rng):
    """Log density of a normal whose constant is left out, with its mean, cov and log integral."""
    half = rng.normal(size=(d, d))
    cov, mean = half @ half.T / d + 0.1 * np.eye(d), rng.normal(size=d)
    inverse = np.linalg.inv(cov)

    def log_density(points):
        return -0.5 * np.einsum("ni,ij,nj->n", points - mean, inverse, points - mean)

    return log_density, mean, cov, 0.5 * (d * LOG_TWO_PI + np.linalg.slogdet(cov)[1])


def log_half_normals(points):
    """Normalised log density of the logarithms of half-normals: a long tail to the left."""
    return (0.5 * np.log(2 / np.pi) + points - 0.5 * np.exp(2 * points)).sum(axis=1)


def two_normals(points):
    """0.7 at 2.5 and 0.3, half as wide, at -2.5; normalised."""
    d = points.shape[1]
    one = np.log(0.7) - 0.5 * ((points - 2.5) ** 2).sum(axis=1)
    other = np.log(0.3) + d * np.log(2) - 2.0 * ((points + 2.5) ** 2).sum(axis=1)
    return np.logaddexp(one, other) - 0.5 * d * LOG_TWO_PI


@pytest.mark.parametrize("d", [1, 3, 8, 20])
def test_a_correlated_normal_is_recovered(d):
    log_density, mean, cov, log_integral = correlated_normal(d, np.random.default_rng(d))
    found = sample_posterior(log_density, np.zeros(d))
    assert found.warnings == ()
    assert found.log_evidence == pytest.approx(log_integral, abs=4 * found.log_evidence_error)
    sd = np.sqrt(np.diag(cov))
    # Four standard errors of a mean of independent draws.
    error = 4 / np.sqrt(found.ess)
    np.testing.assert_allclose((found.mean(found.points) - mean) / sd, 0, atol=error)
    deviation = (found.points - mean) / sd
    second = found.mean(deviation[:, :, None] * deviation[:, None, :])
    np.testing.assert_allclose(second, cov / np.outer(sd, sd), atol=0.1)
    np.testing.assert_allclose((found.mode - mean) / sd, 0, atol=1e-3)


def test_long_tails_on_one_side_are_covered():
    found = sample_posterior(log_half_normals, np.zeros(4))
    assert found.warnings == ()
    assert found.log_evidence == pytest.approx(0.0, abs=0.03)
    np.testing.assert_allclose(found.mean(np.exp(found.points)), np.sqrt(2 / np.pi), rtol=0.02)
    # The mode of the logarithm of a half-normal is at its scale.
    np.testing.assert_allclose(found.mode, 0.0, atol=1e-3)


def test_a_banana_is_covered():
    def banana(points):
        bent = points.copy()
        bent[:, 1] -= 0.3 * (points[:, 0] ** 2 - 1)
        return norm.logpdf(bent).sum(axis=1)

    found = sample_posterior(banana, np.full(5, 0.5))
    assert found.warnings == ()
    assert found.log_evidence == pytest.approx(0.0, abs=0.03)
    # The bent coordinate has variance 1 + 0.3^2 Var(x^2), and Var(x^2) = 2.
    assert found.mean(found.points[:, 1] ** 2) == pytest.approx(1.18, abs=0.08)


@pytest.mark.long("samples until they are worth enough")
def test_a_shelf_beside_the_mode_is_covered():
    """Where the first coordinate is low, the second is open: as a correlation of small steps."""

    def shelf(points):
        pull = 1 / (1 + np.exp(-8 * (points[:, 0] + 1)))
        prior = norm.logpdf(points[:, :2]).sum(axis=1)
        return prior - 0.5 * pull * ((points[:, 1] + 2.3) / 0.4) ** 2

    def in_six_dimensions(points):
        return shelf(points) + norm.logpdf(points[:, 2:]).sum(axis=1)

    line = np.linspace(-8, 8, 801)
    grid = np.array(np.meshgrid(line, line, indexing="ij")).reshape(2, -1).T
    mass = np.exp(shelf(grid))
    found = sample_posterior(in_six_dimensions, np.zeros(6), n_patches=16)
    assert found.pareto_k < 0.7
    assert found.ess > 400
    assert found.log_evidence == pytest.approx(np.log(mass.sum() * 0.02**2), abs=0.05)
    mean = grid.T @ mass / mass.sum()
    np.testing.assert_allclose(found.mean(found.points[:, :2]), mean, atol=0.08)


@pytest.mark.parametrize("starts", [[[2.0, 2.0], [-2.0, -2.0]], [2.0, 2.0]], ids=["both", "one"])
def test_a_second_mode_is_told_and_its_mass_counted(starts):
    found = sample_posterior(two_normals, np.array(starts))
    assert len(found.modes) == 2
    late = "" if np.ndim(starts) == 2 else ", of which not all were found at first"
    # Peaks of 0.3 * 2^2 and of 0.7.
    odds = "the best is at its peak 1.71 times as likely as the next"
    assert any(f"allow 2 explanations{late}; {odds}" in text for text in found.warnings)
    assert found.log_evidence == pytest.approx(0.0, abs=0.03)
    assert found.weights[found.points.sum(axis=1) < 0].sum() == pytest.approx(0.3, abs=0.01)


def test_a_second_mode_that_was_stumbled_upon_is_told_from_one_that_a_start_led_to():
    found = sample_posterior(two_normals, np.array([2.0, 2.0]))
    assert any("not all were found at first" in text for text in found.warnings)


def test_three_modes_are_three_modes():
    centres = np.array([[-6.0, 0.0], [0.0, 0.0], [6.0, 0.0]])

    def three(points):
        square = ((points[:, None] - centres) ** 2).sum(axis=2)
        return np.logaddexp.reduce(-0.5 * square, axis=1) - LOG_TWO_PI - np.log(3)

    found = sample_posterior(three, centres + 0.3)
    assert len(found.modes) == 3
    assert found.log_evidence == pytest.approx(0.0, abs=0.03)


def test_starts_that_lead_to_one_mode_are_one_mode():
    log_density, *_ = correlated_normal(4, np.random.default_rng(1))
    found = sample_posterior(log_density, np.array([np.zeros(4), np.ones(4), -np.ones(4)]))
    assert len(found.modes) == 1
    assert found.warnings == ()


def test_climbs_in_step_find_what_each_finds_alone_in_fewer_calls():
    starts = np.array([[-4.0, -3.0], [3.0, 1.0], [0.5, 4.0]])
    calls = []

    def counted(points):
        calls.append(len(points))
        return two_normals(points)

    alone = [find_mode(counted, start) for start in starts]
    n_alone = len(calls)
    calls.clear()
    together = find_modes(counted, starts)
    assert len(calls) < n_alone
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one.at, other.at, atol=1e-6)
        assert other.is_converged
    calls.clear()
    again = find_modes(counted, starts, together[:2])
    assert again[0] is together[0]
    assert again[1] is together[1]
    assert len(calls) < n_alone


def test_a_tail_that_no_proposal_here_can_cover_is_warned_of():
    def hardly_integrable(points):
        return -0.55 * np.log1p(points**2).sum(axis=1)

    found = sample_posterior(hardly_integrable, np.zeros(6))
    assert found.pareto_k > 0.7
    assert any("Pareto k" in text for text in found.warnings)


def test_few_effective_points_are_warned_of():
    found = sample_posterior(log_half_normals, np.zeros(20))
    assert found.ess < 400
    assert any("effective points" in text for text in found.warnings)


@pytest.mark.parametrize("d", [2, 12, 30])
def test_the_smallest_sample_leaves_an_answer_and_a_warning(d):
    found = sample_posterior(log_half_normals, np.zeros(d), n_points=64, n_patches=4)
    assert found.weights.sum() == pytest.approx(1.0)
    assert any("effective points" in text for text in found.warnings)


def test_a_density_without_a_maximum_is_warned_of():
    found = sample_posterior(lambda x: -0.5 * (x[:, 0] - x[:, 1]) ** 2 + 0 * x[:, 2], np.zeros(3))
    assert any(text.startswith("no best fit was found") for text in found.warnings)


def test_points_without_density_weigh_nothing():
    def cut(points):
        with np.errstate(invalid="ignore"):
            return norm.logpdf(points).sum(axis=1) + 0 * np.log(points[:, 0] + 1)

    found = sample_posterior(cut, np.zeros(3))
    assert found.weights[found.points[:, 0] < -1].sum() == 0
    assert found.log_evidence == pytest.approx(np.log(norm.cdf(1)), abs=0.03)
    assert any("gave no number" in text for text in found.warnings)


def test_the_same_seed_gives_the_same_sample_and_another_one_another():
    one, same, other = (sample_posterior(two_normals, np.ones(2), seed=k) for k in (1, 1, 2))
    np.testing.assert_array_equal(one.points, same.points)
    np.testing.assert_array_equal(one.weights, same.weights)
    assert not np.array_equal(one.points, other.points)


def test_samples_are_drawn_until_they_are_worth_enough():
    """Twelve half-normals in logarithms: no single sample of 512 points is worth 1,000."""
    found = sample_posterior(
        log_half_normals, np.zeros(12), n_points=512, enough=1000, most_points=2**14
    )
    assert found.ess >= 1000
    assert 2 * 512 <= len(found.points) < 2**14
    assert found.weights.sum() == pytest.approx(1.0)
    assert found.log_evidence == pytest.approx(0.0, abs=0.1)
    means = found.weights @ np.exp(found.points)
    np.testing.assert_allclose(means, np.sqrt(2 / np.pi), atol=0.08)


def test_drawing_ends_at_the_most_points_and_says_that_they_are_few():
    found = sample_posterior(
        log_half_normals, np.zeros(20), n_points=64, enough=1000, most_points=128
    )
    assert len(found.points) == 128
    assert any("effective points" in text for text in found.warnings)


def test_samples_side_by_side_know_all_modes():
    starts = np.array([[2.0, 2.0]])
    found = sample_posterior(two_normals, starts, n_points=512, enough=1500, most_points=2**14)
    assert found.log_evidence == pytest.approx(0.0, abs=0.03)


def test_the_size_of_batches_changes_nothing():
    sizes = []

    def watched(points):
        sizes.append(len(points))
        return log_half_normals(points)

    one = sample_posterior(watched, np.zeros(3), batch=100)
    assert max(sizes) == 100
    np.testing.assert_array_equal(
        one.weights, sample_posterior(log_half_normals, np.zeros(3)).weights
    )


def test_the_standard_error_of_the_evidence_holds_over_seeds():
    found = [sample_posterior(log_half_normals, np.zeros(3), seed=k) for k in range(10)]
    scores = [one.log_evidence / one.log_evidence_error for one in found]
    # Sobol points do better than independent ones; ten scores that are no larger than
    # standard normal ones have a mean square below 1.83 in 95 cases of 100.
    assert np.mean(np.square(scores)) < 1.83


def test_equally_weighted_positions_follow_the_weights():
    found = sample_posterior(log_half_normals, np.zeros(3))
    chosen = found.resample(50_000)
    counts = np.bincount(chosen, minlength=len(found.weights)) / 50_000
    np.testing.assert_allclose(counts, found.weights, atol=1 / 50_000)


@pytest.mark.parametrize("n_points", [0, 63, 100, 3000])
def test_a_number_of_points_that_is_no_power_of_two_is_refused(n_points):
    with pytest.raises(ValueError, match="power of two"):
        sample_posterior(two_normals, np.zeros(2), n_points=n_points)


def test_a_start_without_density_is_refused():
    with pytest.raises(ValueError, match=r"not finite at \[0.0, 0.0\]"):
        sample_posterior(lambda x: np.full(len(x), -np.inf), np.zeros(2))


def test_the_half_normal_of_a_normal_coordinate_has_the_right_quantiles():
    z = np.array([-30.0, -8.0, -1.0, 0.0, 1.0, 8.0, 30.0])
    # Each tail in the form that keeps its digits: P(|x| < s) = erf(s / sqrt 2).
    scaled = half_normal(z, 2.0) / 2.0 / np.sqrt(2)
    np.testing.assert_allclose(erf(scaled[z <= 0]), norm.cdf(z[z <= 0]), rtol=1e-12)
    np.testing.assert_allclose(erfc(scaled[z >= 0]), norm.sf(z[z >= 0]), rtol=1e-12)
    assert (np.diff(half_normal(np.linspace(-30, 30, 601), 1.0)) > 0).all()


def test_a_half_normal_is_a_number_however_far_out_a_point_lies():
    z = np.array([-1e3, -40.0, 0.0, 8.0, 37.0, 39.0, 66.0, 1e3])
    found = half_normal(z, 2.0)
    assert np.isfinite(found).all()
    assert (np.diff(found) >= 0).all()
    # P(X > x) = P(Z > z), by logarithms: log 2 + log P(N > x / 2).
    assert np.log(2) + norm.logsf(found[2:] / 2) == pytest.approx(norm.logsf(z[2:]), rel=1e-9)
