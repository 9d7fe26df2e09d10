"""What every fit keeps: the input, the order of rows, the edge cases, the days."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend

POLLS = simulate_polls(np.random.default_rng(11), houses="abcde", sectors=SECTORS)


def all_tables(results):
    """Every table of a fit."""
    return [
        results.trend(),
        results.house_effects(),
        results.hyperparameters(),
        results.variance_budget(),
        results.residuals(),
    ]


def test_the_input_is_not_changed():
    before = POLLS.copy(deep=True)
    results = PollTrend(POLLS).fit()
    results.get_prediction(POLLS).summary_frame()
    assert_frame_equal(POLLS, before)


def test_the_order_of_rows_is_irrelevant():
    shuffled = POLLS.sample(frac=1, random_state=3)
    assert list(shuffled["poll_id"]) != list(POLLS["poll_id"])
    for one, other in zip(
        all_tables(PollTrend(POLLS).fit()), all_tables(PollTrend(shuffled).fit()), strict=True
    ):
        assert_frame_equal(one, other, check_exact=True)


def test_the_order_of_columns_and_further_columns_are_irrelevant():
    wider = POLLS[POLLS.columns[::-1]].assign(comment="x", mode="f2f")
    one, other = PollTrend(POLLS).fit().trend(), PollTrend(wider).fit().trend()
    assert_frame_equal(one, other, check_exact=True)


def test_a_second_fit_is_the_same_to_the_last_bit():
    one, other = PollTrend(POLLS).fit(), PollTrend(POLLS).fit()
    assert str(one.summary()) == str(other.summary())
    assert_frame_equal(one.trend(), other.trend(), check_exact=True)


def test_a_fit_does_not_change_with_later_smoothing_of_the_same_model():
    model = PollTrend(POLLS)
    results = model.fit()
    before = results.trend()
    model.smooth((2.0, 9.0, 1.0))
    assert_frame_equal(results.trend(), before, check_exact=True)


@pytest.mark.long("each case is a fit", quick=3)
@pytest.mark.parametrize("name", EDGE_CASES)
def test_edge_cases_give_finite_answers(name):
    polls = EDGE_CASES[name]
    results = PollTrend(polls).fit()
    for table in all_tables(results):
        numbers = table.select_dtypes("number").drop(columns="design_effect", errors="ignore")
        assert np.isfinite(numbers.to_numpy()).all(), table
    assert (results.trend()["sd"] > 0).all()
    assert results.diagnostics()["is_converged"]
    assert str(results.summary())


@pytest.mark.long("each case is a fit", quick=3)
@pytest.mark.parametrize("name", EDGE_CASES)
def test_the_trend_has_one_row_a_day_from_first_to_last_mid_field_date(name):
    polls = EDGE_CASES[name]
    dates = PollTrend(polls).fit().trend()["date"]
    expected = pd.date_range(polls["start_date"].min(), polls["start_date"].max(), freq="D")
    assert list(dates) == list(expected)


def test_the_middle_of_fieldwork_is_the_earlier_of_two_middle_days():
    polls = EDGE_CASES["one poll only"].assign(start_date="2022-03-01", end_date="2022-03-04")
    assert list(PollTrend(polls).fit().trend()["date"]) == [pd.Timestamp("2022-03-02")]


@pytest.mark.parametrize("kind", ["text", "timestamp", "date", "datetime64"])
def test_dates_may_come_in_any_kind(kind):
    text = EDGE_CASES["one house only"]
    as_kind = {
        "text": lambda s: s,
        "timestamp": lambda s: s.map(pd.Timestamp).astype(object),
        "date": lambda s: s.map(lambda d: pd.Timestamp(d).date()).astype(object),
        "datetime64": pd.to_datetime,
    }[kind]
    polls = text.assign(start_date=as_kind(text["start_date"]), end_date=as_kind(text["end_date"]))
    assert_frame_equal(PollTrend(polls).fit().trend(), PollTrend(text).fit().trend())


def test_duplicate_rows_count_twice_and_are_told():
    results = PollTrend(EDGE_CASES["duplicate rows"]).fit()
    assert len(results.residuals()) == 5
    assert any("repeat another row" in text for text in results.diagnostics()["warnings"])


def test_fractions_are_suspected():
    polls = EDGE_CASES["one house only"].assign(share_pct=[0.60, 0.66, 0.63])
    assert any("fractions" in text for text in PollTrend(polls).fit().diagnostics()["warnings"])


def test_one_sector_is_the_same_as_none():
    polls = EDGE_CASES["two polls on one day"]
    with_sector = PollTrend(polls.assign(sector="state")).fit()
    assert_frame_equal(with_sector.trend(), PollTrend(polls).fit().trend(), check_exact=True)
    assert_frame_equal(with_sector.trend("sectors"), with_sector.trend("houses"))
