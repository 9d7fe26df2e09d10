"""After a full fit, with and without drift, a claim says what the results say."""

import numpy as np
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend
from analysis.claims.threshold import claim, claim_table

POLLS = simulate_polls(np.random.default_rng(23), 24, houses="abcde", sectors=SECTORS)
DRIFT = pytest.param(True, marks=pytest.mark.long("houses that drift are fitted"))


@pytest.fixture(scope="module", params=[False, DRIFT], ids=["static", "drift"])
def results(request):
    """A full fit, static or with drift."""
    return PollTrend(POLLS, drift=request.param).fit()


@pytest.fixture(scope="module")
def table(results):
    """A claim about the last day."""
    return claim_table(results, 60, reference="sectors").set_index("reference")


def test_probabilities_are_those_of_prob_above(results, table):
    date = table["date"].iloc[0]
    for reference in ("houses", "sectors", "sector:state", "a", "e"):
        expected = results.prob_above(60, date, reference)
        assert table.loc[reference, "prob_above"] == pytest.approx(expected, abs=1e-9)


def test_levels_are_those_of_the_trend(results, table):
    for reference in ("houses", "sectors", "sector:independent", "b"):
        last = results.trend(reference).iloc[-1]
        for column in ("mean", "sd", "lower", "upper"):
            assert table.loc[reference, column] == pytest.approx(last[column], abs=1e-5)


def test_a_new_house_is_that_of_the_prediction_without_the_error_of_its_poll(results, table):
    day = results.observations.last_date
    coming = POLLS.head(1).assign(house_id="new", start_date=day, end_date=day, sampling_var=0.0)
    predicted = (
        results.get_prediction(coming.assign(decimals=6, sector="leaked")).summary_frame().iloc[0]
    )
    excess = results.posterior.expected("omega", 2)
    row = table.loc["new:leaked"]
    assert row["mean"] == pytest.approx(predicted["mean"], abs=1e-6)
    assert row["sd"] ** 2 == pytest.approx(predicted["sd"] ** 2 - excess, abs=1e-6)


def test_the_tipping_error_brings_the_probability_to_95(results, table):
    date = table["date"].iloc[0]
    for reference in ("houses", "sector:state"):
        error = claim_table(results, 50, date=date).set_index("reference").loc[reference]
        tipped = claim_table(
            results, 50, date=date, common_error=error["common_error_at_95"]
        ).set_index("reference")
        assert tipped.loc[reference, "prob_with_common_error"] == pytest.approx(0.95, abs=1e-9)


def test_there_is_no_tipping_error_where_the_probability_is_low_without_one(results):
    low = claim_table(results, 95)
    assert (low["prob_above"] < 0.95).all()
    assert low["common_error_at_95"].isna().all()


@pytest.mark.long("several full fits")
def test_options_and_method_reach_the_model():
    plain = claim(POLLS, 60).iloc[0]
    assert claim(POLLS, 60, drift=True).iloc[0]["sd"] > plain["sd"]
    expected = claim_table(PollTrend(POLLS).fit("map"), 60).iloc[0]
    assert claim(POLLS, 60, method="map").iloc[0]["sd"] == pytest.approx(expected["sd"])
    assert expected["sd"] != pytest.approx(plain["sd"], rel=1e-6)
