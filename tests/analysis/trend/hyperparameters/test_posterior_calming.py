"""The posterior of a walk that calms beside drifting houses, with five hyperparameters."""

import pandas as pd
import pytest

import polls
from analysis import PollTrend, published_by
from analysis.trend.hyperparameters import inference, quadrature

DAYS = [str(day.date()) for day in pd.date_range("2022-03-01", "2025-09-30", freq="45D")]
# Lattices of four outer hyperparameters grow with the fourth power.
FINER = 1.5


def calming(**options):
    """Fit of the talks series as known on a day: the limits are of these polls."""
    known, _ = published_by(polls.series("talks"), "2026-04-01")
    return PollTrend(known, drift=True, walk="calming", **options).fit()


@pytest.fixture(scope="module")
def results():
    return calming()


def largest_moves(one, other):
    """Largest distance of means and ends of intervals in sds, and of sds in shares of them."""
    moves = {}
    for table, options in (
        ("trend", {"dates": DAYS}),
        ("house_effects", {}),
        ("hyperparameters", {}),
    ):
        a, b = (getattr(each, table)(**options) for each in (one, other))
        names = ["mean", "lower", "upper"]
        moved = a[names].sub(b[names]).div(b["sd"], axis=0).abs().max().max()
        moves[table] = max(float(moved), float((a["sd"] / b["sd"] - 1).abs().max()))
    return moves


@pytest.mark.long("a lattice of hyperparameters")
def test_it_is_told_by_so_many_points(results):
    assert len(results.posterior.weights) == inference.MOST_POINTS
    assert results.posterior.weights.sum() == pytest.approx(1.0)


@pytest.mark.long("a lattice of hyperparameters")
def test_the_points_that_stand_for_all_say_what_all_say(results, monkeypatch):
    monkeypatch.setattr(inference, "MOST_POINTS", 100_000)
    whole = calming()
    assert len(whole.posterior.weights) > 3 * len(results.posterior.weights)
    moves = largest_moves(results, whole)
    assert max(moves.values()) < 0.02


@pytest.mark.long("a lattice of hyperparameters")
def test_a_finer_lattice_says_the_same(results, monkeypatch):
    monkeypatch.setattr(quadrature, "FIRST_SPACING", quadrature.FIRST_SPACING / FINER)
    monkeypatch.setattr(inference, "MOST_POINTS", 10_000)
    finer = calming()
    assert finer.diagnostics()["n_passes"] > 3 * results.diagnostics()["n_passes"]
    evidence = [each.diagnostics()["log_evidence"] for each in (results, finer)]
    assert evidence[0] == pytest.approx(evidence[1], abs=0.01)
    moves = largest_moves(results, finer)
    assert max(moves["trend"], moves["house_effects"]) < 0.02
    # Where the density ends is decided to a thousandth of its mode; a share of an sd is left.
    assert moves["hyperparameters"] < 0.08
