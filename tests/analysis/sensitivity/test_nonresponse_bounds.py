"""Manski bounds and response ratios: what those who did not answer could change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.sensitivity import house_ratios, manski_bounds, response_ratio

PERCENT = st.floats(0, 100)
RESULTS = PollTrend(
    simulate_polls(np.random.default_rng(41), houses="abc", sectors=SECTORS)
).fit("map")  # fmt: skip


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


def test_unknown_thresholds_and_sums_are_refused():
    with pytest.raises(PollInputError, match="threshold"):
        response_ratio(70, 100)
    with pytest.raises(PollInputError, match="shares"):
        manski_bounds(70, 15, 40)
