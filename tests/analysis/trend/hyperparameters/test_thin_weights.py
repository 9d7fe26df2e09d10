"""Few weighted points that stand for many: what is kept, and what they weigh then."""

import numpy as np
import pytest

from analysis.trend.hyperparameters.lattice import thin_weights


def skewed(n=3000):
    """A few large weights and many small ones."""
    weights = np.exp(-np.random.default_rng(3).exponential(2.0, n) * 3.0)
    return weights / weights.sum()


@pytest.mark.parametrize("n", [1, 50, 700, 2999])
def test_as_many_points_as_asked_for_remain_and_weigh_one(n):
    kept, weights = thin_weights(skewed(), n)
    assert len(set(kept)) == len(weights) == n
    assert np.all(np.diff(kept) > 0)
    assert weights.sum() == pytest.approx(1.0)


def test_large_weights_stay_and_small_ones_are_raised_to_one_threshold():
    before = skewed()
    kept, after = thin_weights(before, 500)
    threshold = after.min()
    large = before[kept] > threshold * (1 + 1e-9)
    assert 0 < large.sum() < 500
    np.testing.assert_allclose(after[large], before[kept][large])
    np.testing.assert_allclose(after[~large], threshold)
    assert before[np.setdiff1d(np.arange(len(before)), kept)].max() <= threshold


def test_equal_weights_are_taken_at_equal_steps():
    kept, weights = thin_weights(np.full(12, 1 / 12), 4)
    assert kept.tolist() == [1, 4, 7, 10]
    np.testing.assert_allclose(weights, 0.25)


def test_means_over_neighbouring_points_hardly_move():
    before, values = skewed(), np.linspace(-1.0, 1.0, 3000)
    kept, after = thin_weights(before, 500)
    assert after @ values[kept] == pytest.approx(before @ values, abs=0.003)
