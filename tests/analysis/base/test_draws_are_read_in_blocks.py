"""Moments and quantiles of draws are those of numpy, and need no copy of all of them."""

import tracemalloc

import numpy as np
import pytest

from analysis.base import intervals
from analysis.base.intervals import Drawn

VALUES = np.random.default_rng(4).normal(10.0, 3.0, (7, 101))
KEPT = np.random.default_rng(5).random(VALUES.shape) < 0.6


@pytest.fixture(params=[1, 250, 10**6], autouse=True)
def block(request, monkeypatch):
    """Blocks of one quantity, of two and of all."""
    monkeypatch.setattr(intervals, "BLOCK_NUMBERS", request.param)


@pytest.mark.parametrize("probability", [0.0, 0.025, 0.5, 0.975, 1.0])
def test_quantiles_are_linear_between_neighbours(probability):
    found = Drawn(VALUES).quantile(probability)
    np.testing.assert_allclose(found, np.quantile(VALUES, probability, axis=1), rtol=1e-12)


def test_what_does_not_count_has_no_say():
    drawn = Drawn(VALUES, KEPT)
    rows = [row[kept] for row, kept in zip(VALUES, KEPT, strict=True)]
    np.testing.assert_allclose(drawn.centre, [row.mean() for row in rows])
    np.testing.assert_allclose(drawn.total_variance, [row.var() for row in rows])
    np.testing.assert_allclose(drawn.quantile(0.1), [np.quantile(row, 0.1) for row in rows])
    np.testing.assert_allclose(drawn.probability_above(11), [(row > 11).mean() for row in rows])


def test_a_table_of_no_quantities_has_no_rows():
    drawn = Drawn(np.empty((0, 100)))
    assert drawn.centre.shape == drawn.total_variance.shape == drawn.quantile(0.5).shape == (0,)


def test_draws_are_never_copied_whole(monkeypatch):
    monkeypatch.setattr(intervals, "BLOCK_NUMBERS", 10_000)
    values = np.random.default_rng(6).normal(size=(2_000, 500))
    tracemalloc.start()
    drawn = Drawn(values)
    assert (drawn.quantile(0.1) < drawn.centre).all()
    assert (drawn.total_variance > 0).all()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < values.nbytes / 4
