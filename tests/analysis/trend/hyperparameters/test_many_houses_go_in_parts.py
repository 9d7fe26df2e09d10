"""With many houses nodes pass in parts and fewer points stand for all; results stay."""

import numpy as np
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend
from analysis.trend.hyperparameters import lattice, quadrature, space
from analysis.trend.solver import filter as filters
from analysis.trend.solver import likelihood

POLLS = simulate_polls(np.random.default_rng(29), 40, houses="abcde", sectors=SECTORS)


@pytest.fixture(scope="module")
def at_once():
    """Results with all nodes in one part."""
    return PollTrend(POLLS).fit()


def test_parts_of_one_node_give_the_same(monkeypatch, at_once):
    for module in (lattice, space):
        monkeypatch.setattr(module, "PART_NUMBERS", 1)
    monkeypatch.setattr(filters, "FEWEST_ROWS", 10**9)
    in_parts = PollTrend(POLLS).fit()
    for table in ("trend", "house_effects"):
        one, other = getattr(in_parts, table)(), getattr(at_once, table)()
        np.testing.assert_allclose(one[["mean", "sd"]], other[["mean", "sd"]], rtol=1e-9)


def test_points_that_pass_once_more_in_place_of_being_kept_give_the_same(monkeypatch, at_once):
    for module in (lattice, likelihood):
        monkeypatch.setattr(module, "MANY_EFFECTS", 2)
    once_more = PollTrend(POLLS).fit()
    for table in ("trend", "house_effects"):
        one, other = getattr(once_more, table)(), getattr(at_once, table)()
        np.testing.assert_allclose(one[["mean", "sd"]], other[["mean", "sd"]], rtol=1e-9)


def test_a_dozen_points_stand_for_all(monkeypatch, at_once):
    monkeypatch.setattr(lattice, "MOST_NUMBERS", 1)
    few = PollTrend(POLLS).fit()
    assert len(few.posterior.weights) == 24  # of both lattices
    assert len(at_once.posterior.weights) > 48
    for table in ("trend", "house_effects"):
        one, other = getattr(few, table)(), getattr(at_once, table)()
        sd = other["sd"].to_numpy()
        assert (np.abs(one["mean"] - other["mean"]) / sd).max() < 0.06
        np.testing.assert_allclose(one["sd"], sd, rtol=0.06)


def test_a_finer_lattice_is_not_tried_where_a_dozen_points_of_it_would_be_kept(monkeypatch):
    def count_passes():
        return quadrature.integrate_hyperparameters(PollTrend(POLLS).model.space).n_passes

    monkeypatch.setattr(quadrature, "TOLERANCE", 1e9)
    of_the_first = count_passes()
    monkeypatch.setattr(quadrature, "TOLERANCE", 0)
    assert count_passes() > of_the_first
    monkeypatch.setattr(lattice, "MOST_NUMBERS", 1)
    assert count_passes() == of_the_first


def test_a_lattice_that_had_to_end_says_so_and_one_with_a_point_to_spare_does_not(monkeypatch):
    """Where the last point that is allowed is filled, there may have been more to fill."""
    asked = PollTrend(POLLS).model.space
    mode = quadrature.find_posterior_mode(asked, quadrature.MODE_TOLERANCE)
    spacing = quadrature.FIRST_SPACING / np.sqrt(np.diag(mode.curvature))
    seeds = mode.at[None, :-1]

    def fill(most: int) -> lattice.Lattice:
        monkeypatch.setattr(lattice, "MAX_OUTER", most)
        return lattice.Lattice(asked, mode.at, spacing, seeds)

    n = len(fill(20_000).coordinates)
    spared, all_used = fill(n + 1), fill(n)
    assert len(spared.coordinates) == len(all_used.coordinates) == n
    assert (spared.is_complete, all_used.is_complete) == (True, False)
