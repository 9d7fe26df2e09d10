"""Users of statsmodels find params, bse, conf_int, summary, forecast and get_prediction."""

import csv
import io
import re

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal
from reference.simulated_polls import SECTORS, simulate_polls
from statsmodels.iolib.summary import Summary

from analysis import PollTrend

POLLS = simulate_polls(np.random.default_rng(71), houses="abcde", sectors=SECTORS)
MODEL = PollTrend(POLLS)
RESULTS = MODEL.fit()


def test_params_errors_and_intervals_are_those_of_the_table_of_hyperparameters():
    table = RESULTS.hyperparameters(0.1).set_index("parameter")
    assert list(RESULTS.params.index) == list(MODEL.param_names)
    assert RESULTS.params.to_numpy() == pytest.approx(table["mean"].to_numpy())
    assert RESULTS.bse.to_numpy() == pytest.approx(table["sd"].to_numpy())
    assert_frame_equal(
        RESULTS.conf_int(0.1), table[["lower", "upper"]], check_names=False, check_exact=True
    )


def test_given_params_come_back_and_have_no_error():
    given = MODEL.smooth(RESULTS.params)
    assert_series_equal(given.params, RESULTS.params)
    assert (given.bse == 0).all()


@pytest.mark.parametrize("turn", [dict, lambda s: s[::-1], list])
def test_smooth_takes_params_by_name_or_in_order(turn):
    expected = MODEL.smooth(RESULTS.params).trend()
    assert_frame_equal(MODEL.smooth(turn(RESULTS.params)).trend(), expected)


def test_smooth_names_the_params_that_it_misses():
    with pytest.raises(ValueError, match="missing or too many: kappa, omega"):
        MODEL.smooth({"tau": 0.1, "kappa": 0.1, "sigma_h": 3.0})


def test_the_summary_is_one_of_statsmodels_in_four_forms():
    summary = RESULTS.summary()
    assert isinstance(summary, Summary)
    effect = f"{RESULTS.house_effects()['mean'].iloc[0]:.2f}"
    for text in (str(summary), summary.as_html(), summary.as_latex(), summary.as_csv()):
        assert effect in text
        assert "the mean of these 5 houses" in re.sub(r"\s+", " ", text)
        assert not re.search(r"\d\d:\d\d|0x[0-9a-f]+", text)
    assert summary._repr_html_().count("<table") == len(summary.tables)


def test_names_cannot_break_the_pages_that_a_summary_is_put_into():
    named = POLLS.replace({"house_id": {"a": "A&B <i>_1%"}})
    summary = PollTrend(named).fit("map").summary()
    assert "A&amp;B &lt;i&gt;_1%" in summary.as_html()
    assert "<i>" not in summary.as_html()
    assert r"A\&B" in summary.as_latex()
    assert r"\_1\%" in summary.as_latex()
    rows = list(csv.reader(io.StringIO(summary.as_csv())))
    assert any(row and row[0] == "A&B <i>_1%" for row in rows)


def test_a_forecast_goes_on_from_the_last_day_as_the_trend_does():
    last = pd.Timestamp(RESULTS.observations.last_date)
    days = pd.date_range(last, periods=15)[1:]
    frame = RESULTS.get_forecast(14, "sector:state", alpha=0.2).summary_frame()
    expected = RESULTS.trend("sector:state", 0.2, dates=list(days)).set_index("date")
    assert_frame_equal(frame, expected, check_freq=False)
    assert_series_equal(
        RESULTS.forecast(days[-1], "sector:state"), frame["mean"], check_names=False
    )


@pytest.mark.parametrize("steps", [0, -3, "2001-01-01"])
def test_a_forecast_of_no_day_is_refused(steps):
    with pytest.raises(ValueError, match="give a number of days, 1 or more"):
        RESULTS.forecast(steps)


def test_a_prediction_answers_in_parts():
    predicted = RESULTS.get_prediction(POLLS.tail(3), alpha=0.2)
    frame = predicted.summary_frame()
    assert_series_equal(predicted.predicted_mean, frame["mean"], check_names=False)
    assert_series_equal(predicted.se_mean, frame["sd"], check_names=False)
    assert_frame_equal(predicted.conf_int(), frame[["lower", "upper"]])
    wider = predicted.conf_int(0.05)
    assert (wider["lower"] < frame["lower"]).all()
    assert (predicted.prob_above(0) > 0.999).all()


def test_without_new_polls_each_poll_is_predicted_again():
    frame = RESULTS.get_prediction().summary_frame()
    expected = RESULTS.get_prediction(RESULTS.observations.polls).summary_frame()
    assert_frame_equal(frame, expected)
    assert list(frame["house_id"]) == list(RESULTS.observations.polls["house_id"])
