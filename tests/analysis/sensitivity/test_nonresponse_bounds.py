"""Manski bounds and response ratios: what those who did not answer could change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.sensitivity import (
    house_ratios,
    manski_bounds,
    poll_ratios,
    response_ratio,
)

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


def test_ratios_of_all_and_of_those_with_an_opinion():
    assert poll_ratios(polls_of())["ratio"].tolist() == pytest.approx([1.5, 1.0])
    holders = poll_ratios(polls_of(), "opinion_holders")
    assert holders["ratio"].tolist() == pytest.approx([3.0, 50 / 15])
    assert len(poll_ratios(polls_of(against_pct=[None, 15.0]), "opinion_holders")) == 1


def test_rounded_shares_of_a_point_too_many_leave_nobody_silent():
    rounded = polls_of(for_pct=[81.0, 50.0])
    assert poll_ratios(rounded, "opinion_holders")["share_pct"].iloc[0] == pytest.approx(81)


def test_houses_are_ranked_by_the_ratio_on_the_day_of_their_last_poll():
    found = house_ratios(RESULTS)
    assert found["median"].is_monotonic_decreasing
    last = RESULTS.observations.polls.groupby("house_id")["mid_date"].max()
    assert found.set_index("house_id")["date"].to_dict() == last.to_dict()
    row = found.iloc[0]
    day = RESULTS.trend(row["house_id"]).set_index("date").loc[row["date"]]
    for name in ("lower", "upper"):
        assert row[f"share_{name}"] == pytest.approx(day[name], abs=0.01)
        assert row[name] == pytest.approx(day[name] / (100 - day[name]), rel=1e-4)
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
        poll_ratios(frame)


def test_unknown_bases_thresholds_and_sums_are_refused():
    with pytest.raises(PollInputError, match="opinion_holders"):
        poll_ratios(polls_of(), "some")
    with pytest.raises(PollInputError, match="threshold"):
        response_ratio(70, 100)
    with pytest.raises(PollInputError, match="shares"):
        manski_bounds(70, 15, 40)
