"""On logits a claim stays within 0 and 100 and says what the results say."""

import numpy as np
import pytest
from reference.simulated_polls import SECTORS, make_polls, simulate_polls

from analysis import PollTrend
from analysis.claims.threshold import claim, claim_table

POLLS = simulate_polls(np.random.default_rng(41), 24, houses="abcde", sectors=SECTORS)


def test_probabilities_and_levels_are_those_of_the_results():
    results = PollTrend(POLLS, scale="logit", common_error=3.0).fit()
    table = claim_table(results, 55).set_index("reference")
    date = table["date"].iloc[0]
    for reference in ("houses", "sectors", "sector:state", "a"):
        expected = results.prob_above(55, date, reference)
        assert table.loc[reference, "prob_above"] == pytest.approx(expected, abs=1e-9)
        last = results.trend(reference).iloc[-1]
        assert table.loc[reference, "mean"] == pytest.approx(last["mean"], abs=1e-5)
        assert table.loc[reference, "upper"] == pytest.approx(last["upper"], abs=1e-3)
    with_error = results.prob_above(55, date, include_common_error=True)
    assert table.loc["opinion", "prob_above"] == pytest.approx(with_error, abs=1e-9)


def test_a_new_house_stays_within_0_and_100():
    polls = make_polls([("a", "2022-03-01", 97), ("b", "2022-03-11", 88), ("a", "2022-04-01", 96)])
    table = claim(polls, 50, scale="logit")
    assert (table["upper"] < 100).all()
    assert (table["lower"] > 0).all()


def test_the_tipping_error_brings_the_probability_to_95():
    results = PollTrend(POLLS, scale="logit").fit("map")
    threshold = results.trend()["mean"].iloc[-1] - 8
    tips_at = claim_table(results, threshold)["common_error_at_95"].iloc[0]
    tipped = claim_table(results, threshold, common_error=tips_at)
    assert tipped["prob_with_common_error"].iloc[0] == pytest.approx(0.95, abs=1e-9)
