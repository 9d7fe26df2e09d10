"""Each level of a claim has the distribution that a dense Gaussian computation gives it."""

import numpy as np
import pandas as pd
import pytest
from reference.dense_gaussian import condition
from reference.simulated_polls import SECTORS, simulate_polls
from scipy.stats import norm

from analysis import PollTrend
from analysis.claims.threshold import claim_table

PARAMS = (0.3, 2.0, 5.0)
POLLS = simulate_polls(np.random.default_rng(17), houses="abcde", sectors=SECTORS)
RESULTS = PollTrend(POLLS).smooth(PARAMS)
AHEAD = 20
DENSE = condition(POLLS, PARAMS, 1 / 12, extra_days=AHEAD)
THRESHOLD = 60


def claim_on(day, **arguments):
    """The table for a day of the dense computation, by reference."""
    date = RESULTS.observations.first_date + np.timedelta64(day, "D")
    return claim_table(RESULTS, THRESHOLD, date=str(date), **arguments).set_index("reference")


def dense_level(reference, day):
    """Mean and sd of a level from the dense computation."""
    members = {"houses": "abcde", "sector:state": "ab", "sector:independent": "cd"}
    houses = members.get(reference, reference)
    if reference.startswith("new:"):
        row = DENSE.row({day: 1.0}, sectors={reference.removeprefix("new:"): 1.0})
        extra = PARAMS[2] ** 2
    else:
        row = DENSE.row({day: 1.0}, dict.fromkeys(houses, 1 / len(houses)))
        extra = 0.0
    mean, sd = DENSE.combine(np.array([row]))
    return mean[0], np.sqrt(sd[0] ** 2 + extra)


@pytest.mark.long("each case is a dense Gaussian", quick=4)
@pytest.mark.parametrize("day", [0, 50, DENSE.n_days - 1])
@pytest.mark.parametrize(
    "reference", ["houses", "sector:state", "sector:independent", "b", "new:state", "new:leaked"]
)
def test_mean_sd_interval_and_probability(reference, day):
    mean, sd = dense_level(reference, day)
    row = claim_on(day).loc[reference]
    assert row["mean"] == pytest.approx(mean, abs=1e-6)
    assert row["sd"] == pytest.approx(sd, abs=1e-6)
    assert row["lower"] == pytest.approx(mean + norm.ppf(0.025) * sd, abs=1e-5)
    assert row["prob_above"] == pytest.approx(norm.sf((THRESHOLD - mean) / sd), abs=1e-7)


def test_a_new_house_draws_its_sector_in_proportion_to_the_houses():
    table = claim_on(50)
    shares = {"new:state": 0.4, "new:independent": 0.4, "new:leaked": 0.2}
    parts = table.loc[list(shares)]
    weights = pd.Series(shares)
    assert table.loc["new", "mean"] == pytest.approx((weights * parts["mean"]).sum())
    assert table.loc["new", "prob_above"] == pytest.approx((weights * parts["prob_above"]).sum())
    squares = (weights * (parts["sd"] ** 2 + parts["mean"] ** 2)).sum()
    expected = np.sqrt(squares - table.loc["new", "mean"] ** 2)
    assert table.loc["new", "sd"] == pytest.approx(expected)


@pytest.mark.parametrize("reference", ["houses", "sector:state", "c"])
def test_opinion_is_the_reference_plus_the_common_error(reference):
    mean, sd = dense_level(reference, 50)
    table = claim_on(50, reference=reference, common_error=3.0)
    wide = np.hypot(sd, 3.0 * np.sqrt(mean * (100 - mean)) / 50)
    row = table.loc["opinion"]
    assert row["mean"] == pytest.approx(mean, abs=1e-6)
    assert row["sd"] == pytest.approx(wide, abs=1e-6)
    assert row["prob_above"] == pytest.approx(norm.sf((THRESHOLD - mean) / wide), abs=1e-7)
    assert row["prob_above"] == pytest.approx(table.loc[reference, "prob_with_common_error"])
    # Opinion has the shared error in it: it is not added once more.
    assert row["prob_with_common_error"] == row["prob_above"]
    tips_at = table.loc[reference, "common_error_at_95"]
    assert row["common_error_at_95"] == pytest.approx(tips_at, nan_ok=True)


def test_the_tipping_error_solves_its_equation_in_closed_form():
    threshold = RESULTS.trend()["mean"].iloc[50] - 6
    date = RESULTS.trend()["date"].iloc[50]
    row = claim_table(RESULTS, threshold, date=date).set_index("reference").loc["houses"]
    at_its_share = np.sqrt((6 / norm.ppf(0.95)) ** 2 - row["sd"] ** 2)
    expected = at_its_share * 50 / np.sqrt(row["mean"] * (100 - row["mean"]))
    assert row["common_error_at_95"] == pytest.approx(expected, abs=1e-6)
