"""In invented populations whose truth is known, the shares of groups are found again."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis.groups import fit_who, simulate_who

SEEDS = range(8)
FACTORS = (None, "sex", "age_group", "settlement", "tv_source")


@cache
def worlds():
    """Estimates beside the truth: seed, by, group, mean, sd, lower, upper, truth, plain."""
    rows = []
    for seed in SEEDS:
        world = simulate_who(3, 900, response_sd=0.5, rng=np.random.default_rng(seed))
        results = fit_who(world.cells, world.population, n_points=64)
        for by in FACTORS:
            truth = world.truth[world.truth["by"] == (by or "")]
            plain = results.compare_weighted(by)[["wave", "group", "unweighted_pct"]]
            found = results.share(by).merge(truth, on=["wave", "group"]).merge(plain)
            rows.append(found.assign(seed=seed, by=by or "everybody"))
    return pd.concat(rows, ignore_index=True)


@pytest.mark.long("many made surveys are fitted")
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    found = worlds()
    is_inside = (found["share_pct"] >= found["lower"]) & (found["share_pct"] <= found["upper"])
    # 8 worlds: about 280 correlated intervals, so a few points of chance on either side.
    assert 0.91 <= is_inside.mean() <= 0.985
    assert is_inside.groupby(found["by"]).mean().min() >= 0.86


@pytest.mark.long("many made surveys are fitted")
def test_the_standard_deviations_are_the_size_of_the_errors() -> None:
    found = worlds()
    z = (found["mean"] - found["share_pct"]) / found["sd"]
    assert 0.85 <= np.sqrt((z**2).mean()) <= 1.15


@pytest.mark.long("many made surveys are fitted")
@pytest.mark.parametrize("by", ["everybody", "sex", "age_group", "settlement"])
def test_estimates_are_nearer_to_the_truth_than_plain_shares(by) -> None:
    """Groups answer at unequal rates here, and few interviews make plain shares noisy."""
    found = worlds().query("by == @by")
    error = np.sqrt(((found["mean"] - found["share_pct"]) ** 2).mean())
    plain = np.sqrt(((found["unweighted_pct"] - found["share_pct"]) ** 2).mean())
    assert error < 0.95 * plain


def test_a_wrong_population_would_be_noticed() -> None:
    """The same interviews under the margins of another world miss the truth: the test can fail."""
    world = simulate_who(2, 2000, age_slope=3.0, rng=np.random.default_rng(1))
    target = world.population.copy()
    is_young = target["age_group"].isin(["18-29", "30-39"])
    target.loc[is_young, "share_pct"] *= 3
    found = fit_who(world.cells, target, n_points=64).poststratified()
    truth = world.truth.query("by == ''").merge(found, on="wave")
    assert (truth["share_pct"] > truth["upper"]).all()


@pytest.mark.long("many made surveys are fitted")
def test_merging_cells_widens_and_does_not_shift() -> None:
    """With age unknown in a third of the cells the level stays, within its own error."""
    world = simulate_who(3, 1500, rng=np.random.default_rng(5))
    whole = fit_who(world.cells, world.population, n_points=64)
    blurred = world.cells.copy()
    blurred.loc[blurred.index % 3 == 0, "age_group"] = "any"
    keys = ["wave", "wording_variant", "date", "sex", "age_group", "settlement", "tv_source"]
    blurred = blurred.groupby(keys, as_index=False).sum()
    merged = fit_who(blurred, world.population, n_points=64)
    shift = merged.poststratified()["mean"] - whole.poststratified()["mean"]
    assert (shift.abs() < whole.poststratified()["sd"]).all()
    ages = merged.share("age_group")["sd"] / whole.share("age_group")["sd"]
    assert ages.mean() > 1.02
