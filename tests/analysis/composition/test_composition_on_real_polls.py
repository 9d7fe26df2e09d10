"""The composition of the real series: nearly all polls enter, and what they add up to."""

from functools import cache

import numpy as np
import pytest

import polls
from analysis import CompositionTrend
from analysis.composition.inputs import read_composition

CONSTRUCTS = ["support", "talks"]


@cache
def fitted():
    """The talks series, the shorter one."""
    return CompositionTrend(polls.series("talks")).fit()


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_at_least_99_percent_of_the_usable_polls_enter(construct):
    obs = polls.series(construct)
    found = read_composition(obs, ("for", "against"))
    assert len(found.shares) >= 0.99 * len(obs)
    assert len(found.shares) + len(found.left_out) == len(obs)


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_the_printed_shares_enter_as_they_are(construct):
    obs = polls.series(construct)
    found = read_composition(obs, ("for", "against"))
    for part in ("for", "against"):
        printed = np.sort(obs[f"{part}_pct"].dropna().to_numpy(float))
        entered = found.shares[:, found.parts.index(part)]
        np.testing.assert_array_equal(np.sort(entered[~np.isnan(entered)]), printed)


@pytest.mark.long("a composition of two hundred polls is fitted")
def test_polls_on_talks_have_a_composition_too():
    trend = fitted().trend()
    np.testing.assert_allclose(trend.groupby("date")["mean"].sum(), 100.0, atol=1e-9)
    found = fitted().diagnostics()
    assert found["is_converged"], found
    assert found["mass_outside_largest"] < 0.01


@pytest.mark.long("a composition of two hundred polls is fitted")
def test_talks_and_fighting_on_move_against_each_other():
    table = fitted().hyperparameters().set_index("parameter")
    assert table.loc["rho_x", "upper"] < 0
