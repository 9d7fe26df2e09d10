"""Manski bounds and response ratios: what those who did not answer could change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.sensitivity.bounds import (
    manski_bounds,
    poll_bounds,
    poll_ratios,
    response_ratio,
)
from analysis.sensitivity.ratios import house_ratios, ratio_table, ratio_trend

PERCENT = st.floats(0, 100)
RESULTS = PollTrend(
    simulate_polls(np.random.default_rng(41), houses="abc", sectors=SECTORS)
).fit("map")  # fmt: skip


def polls_of(**columns):
    frame = pd.DataFrame({"house_id": ["a", "b"], "mid_date": ["2022-04-01", "2022-05-01"]})
    return frame.assign(**{"for_pct": [60.0, 50.0], "against_pct": [20.0, 15.0]} | columns)


def test_seventy_percent_at_a_rate_of_fifteen_is_nearly_anything():
    lower, upper = manski_bounds(70, 15)
    assert (float(lower), float(upper)) == (10.5, 95.5)


@given(PERCENT, PERCENT, st.floats(0, 1))
def test_bounds_are_what_the_extremes_give(share, rate, part):
    """Whoever did not answer, all of them on one side, computed head by head."""
    silent = part * (100 - share)
    lower, upper = manski_bounds(share, rate, silent)
    answered, absent = rate / 100, 1 - rate / 100
    assert lower == pytest.approx(answered * share, abs=1e-9)
    assert upper == pytest.approx(answered * (share + silent) + 100 * absent, abs=1e-9)
    assert lower <= share <= upper + 1e-9


@given(st.floats(0.1, 99.9), st.floats(0.1, 99.9), st.floats(1, 50))
def test_at_the_ratio_the_true_share_is_the_threshold(share, threshold, rate_others):
    """Put people at the threshold, let them answer at those rates: the share comes out."""
    ratio = float(response_ratio(share, threshold))
    supporters = threshold * rate_others * ratio
    others = (100 - threshold) * rate_others
    assert 100 * supporters / (supporters + others) == pytest.approx(share, rel=1e-9)


def test_a_stated_half_needs_no_difference_and_all_an_infinite_one():
    assert response_ratio(50) == 1
    assert np.isinf(response_ratio(100))
    assert response_ratio(np.array([0.0]))[0] == 0


def test_item_and_unit_nonresponse_stay_apart():
    found = poll_bounds(polls_of(), response_pct=10).iloc[0]
    assert (found["item_lower"], found["item_upper"]) == (60, 80)
    assert (found["unit_lower"], found["unit_upper"]) == pytest.approx((6, 98))
    without = poll_bounds(polls_of())
    assert without[["response_pct", "unit_lower", "unit_upper"]].isna().all(axis=None)


def test_a_poll_without_an_against_has_lower_bounds_only():
    found = poll_bounds(polls_of(against_pct=[None, 15.0]), response_pct=10)
    assert found.loc[0, ["item_upper", "unit_upper"]].isna().all()
    assert found.loc[0, ["item_lower", "unit_lower"]].tolist() == [60, 6]
    assert found.loc[1, "item_upper"] == 85


def test_rounded_shares_of_a_point_too_many_leave_nobody_silent():
    found = poll_bounds(polls_of(for_pct=[81.0, 50.0])).iloc[0]
    assert (found["silent_pct"], found["item_upper"]) == (0, 81)


def test_ratios_of_all_and_of_those_with_an_opinion():
    assert poll_ratios(polls_of())["ratio"].tolist() == pytest.approx([1.5, 1.0])
    holders = poll_ratios(polls_of(), "opinion_holders")
    assert holders["ratio"].tolist() == pytest.approx([3.0, 50 / 15])
    assert len(poll_ratios(polls_of(against_pct=[None, 15.0]), "opinion_holders")) == 1


def test_the_trend_of_the_ratio_is_the_trend_of_the_share_transformed():
    level, ratio = RESULTS.trend("a"), ratio_trend(RESULTS, reference="a")
    for name in ("lower", "upper"):
        expected = level[name] / (100 - level[name])
        assert ratio[name].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-4)
    day = ratio.iloc[-1]
    above = RESULTS.prob_above(50, day["date"], "a")
    assert day["prob_above_one"] == pytest.approx(above)


def test_every_house_has_its_ratio_on_every_date():
    dates = ["2022-03-20", "2022-06-01"]
    table = ratio_table(RESULTS, dates)
    assert table["date"].nunique() == 2
    assert {"houses", "a", "b", "c"} <= set(table["reference"])
    row = table[(table["reference"] == "b")].iloc[0]
    median = RESULTS.queries.level(
        RESULTS.observations.days_of(np.datetime64(dates[0])), RESULTS.weights_of("b")
    ).quantile(0.5)[0]
    assert row["median"] == pytest.approx(median / (100 - median), rel=1e-6)


def test_houses_are_ranked_by_the_ratio_on_the_day_of_their_last_poll():
    found = house_ratios(RESULTS)
    assert found["median"].is_monotonic_decreasing
    last = RESULTS.observations.polls.groupby("house_id")["mid_date"].max()
    assert found.set_index("house_id")["date"].to_dict() == last.to_dict()
    row = found.iloc[0]
    day = RESULTS.trend(row["house_id"]).set_index("date").loc[row["date"]]
    assert row["share_upper"] == pytest.approx(day["upper"], abs=0.01)
    many = int(found["n_polls"].max())
    assert (house_ratios(RESULTS, least_polls=many)["n_polls"] >= many).all()
    with pytest.raises(PollInputError, match="ask for fewer"):
        house_ratios(RESULTS, least_polls=many + 1)


@pytest.mark.parametrize("rate", [-1, 101, np.inf])
def test_a_response_rate_that_is_none_is_refused(rate):
    with pytest.raises(PollInputError, match=r"response rate: .* give a percentage from 0 to 100"):
        manski_bounds(70, rate)


def test_the_row_of_a_wrong_rate_is_named():
    with pytest.raises(PollInputError, match="response rate, row 1: -5 percent"):
        manski_bounds(70, np.array([10.0, -5.0]))


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (polls_of(for_pct=[60.0, 150.0]), "row 1, column for_pct: 150"),
        (polls_of(against_pct=[20.0, -3.0]), "row 1, column against_pct: -3"),
        (polls_of(for_pct=[90.0, 50.0]), "row 0, column against_pct: for and against add up"),
        (polls_of().drop(columns="against_pct"), "column against_pct is missing"),
    ],
)
def test_faults_of_polls_are_named_with_their_row(frame, words):
    with pytest.raises(PollInputError, match=words):
        poll_bounds(frame)


def test_unknown_bases_thresholds_and_sums_are_refused():
    with pytest.raises(PollInputError, match="opinion_holders"):
        poll_ratios(polls_of(), "some")
    with pytest.raises(PollInputError, match="threshold"):
        response_ratio(70, 100)
    with pytest.raises(PollInputError, match="shares"):
        manski_bounds(70, 15, 40)
