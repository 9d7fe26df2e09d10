"""Forecasts know only what was published, are never changed, and are scored by their own wave."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from analysis.base.errors import PollInputError
from analysis.evaluate import (
    FORECAST_COLUMNS,
    SCORE_COLUMNS,
    add_forecasts,
    make_forecasts,
    published_model,
    score_forecasts,
)
from analysis.evaluate.forecasts import _list_next


def make(n=10, house="a", first="2022-03-01"):
    """Monthly polls of a house, published two days after fieldwork."""
    start = pd.date_range(first, periods=n, freq="30D")
    return pd.DataFrame(
        {
            "poll_id": [f"{house}-{k}" for k in range(n)],
            "house_id": house,
            "start_date": start,
            "end_date": start + pd.Timedelta(days=4),
            "published": start + pd.Timedelta(days=6),
            "sample_size": 1000,
            "share_pct": 60.0 + np.arange(n) % 3,
        }
    )


POLLS = pd.concat([make(), make(5, "old", "2021-01-01")], ignore_index=True)
DAY = "2022-09-15"


@pytest.fixture(scope="module")
def forecasts():
    """Made as of a day in the middle of the polls, later on."""
    return make_forecasts(POLLS, "support", "2024-01-01", DAY)


def test_a_forecast_knows_nothing_published_later(forecasts):
    moved = POLLS.assign(share_pct=POLLS["share_pct"] + 20.0 * (POLLS["published"] > DAY))
    pd.testing.assert_frame_equal(make_forecasts(moved, "support", "2024-01-01", DAY), forecasts)


def test_waves_follow_at_the_usual_distance_of_the_house(forecasts):
    assert list(forecasts.columns) == list(FORECAST_COLUMNS)
    assert forecasts["house_id"].tolist() == ["a", "a", "a"]  # the other is silent for too long
    days = pd.to_datetime(forecasts["start_date"])
    assert days.diff().dropna().dt.days.tolist() == [30, 30]
    assert days.iloc[0] == pd.Timestamp("2022-09-27")
    assert (pd.to_datetime(forecasts["end_date"]) - days).dt.days.tolist() == [4, 4, 4]


def test_the_forecast_is_the_predictive_distribution_of_the_published_model(forecasts):
    known = POLLS[POLLS["published"] <= DAY]
    expected = (
        published_model(known)
        .fit()
        .get_prediction(forecasts[["house_id", "start_date", "end_date", "sample_size"]])
        .summary_frame()
    )
    np.testing.assert_allclose(forecasts["mean"], expected["mean"], atol=0.006)
    np.testing.assert_allclose(forecasts["sd"], expected["sd"], atol=0.006)
    half = norm.ppf(0.9) * forecasts["sd"]
    np.testing.assert_allclose(forecasts["upper_80"], forecasts["mean"] + half, atol=0.02)


def test_a_house_that_is_overdue_is_foreseen_from_the_next_day_on():
    late = make_forecasts(POLLS, "support", "2023-06-01")
    assert late["start_date"].iloc[0] == "2023-06-02"
    assert (late["as_of"] == "2023-06-01").all()


def test_a_wave_to_come_is_like_the_last_one_of_its_house():
    own = {"design_effect": [1.5] * 9 + [2.5], "sample_size": [800] * 9 + [1200]}
    (first, *_) = _list_next(make().assign(**own), np.datetime64("2022-12-01"))
    assert (first["sample_size"], first["design_effect"]) == (1200, 2.5)


def test_what_stands_in_the_registry_is_never_changed(forecasts):
    first, n_first = add_forecasts(None, forecasts)
    altered = forecasts.assign(mean=0.0)
    again, n_again = add_forecasts(first, altered)
    assert (n_first, n_again) == (3, 0)
    pd.testing.assert_frame_equal(again, first)
    other, n_other = add_forecasts(first, altered.assign(registered="2024-01-02"))
    assert n_other == 3
    pd.testing.assert_frame_equal(other.iloc[:3], first)


def test_a_forecast_is_scored_by_the_wave_of_its_number(forecasts):
    registry, _ = add_forecasts(None, forecasts)
    scores = score_forecasts(registry, {"support": POLLS}.__getitem__)
    assert list(scores.columns) == list(SCORE_COLUMNS)
    assert scores["poll_id"].tolist() == ["a-7", "a-8", "a-9"]
    assert (scores["kind"] == "as of").all()
    z = (scores["seen"] - scores["mean"]) / scores["sd"]
    np.testing.assert_allclose(scores["pit"], norm.cdf(z), atol=1e-6)
    closed = scores["sd"] * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
    np.testing.assert_allclose(scores["crps"], closed, atol=1e-6)
    assert scores["is_inside_95"].tolist() == (z.abs() < norm.ppf(0.975)).tolist()


def test_a_wave_that_has_not_come_in_has_no_score(forecasts):
    registry, _ = add_forecasts(None, forecasts)
    known = POLLS[POLLS["published"] <= "2022-10-10"]
    scores = score_forecasts(registry, {"support": known}.__getitem__)
    assert scores["wave"].tolist() == ["1"]
    none = POLLS[POLLS["published"] <= DAY]
    assert score_forecasts(registry, {"support": none}.__getitem__).empty


def test_written_on_its_day_a_forecast_is_registered():
    registry, _ = add_forecasts(None, make_forecasts(POLLS, "support", DAY))
    scores = score_forecasts(registry, {"support": POLLS}.__getitem__)
    assert (scores["kind"] == "registered").all()


def test_a_day_that_is_not_over_is_refused():
    with pytest.raises(PollInputError, match="as of 2024-01-01 is after 2023-01-01"):
        make_forecasts(POLLS, "support", "2023-01-01", "2024-01-01")


def test_without_a_house_that_still_polls_there_is_nothing_to_foresee():
    with pytest.raises(PollInputError, match="no house has two polls, one in the year before"):
        make_forecasts(POLLS, "support", "2030-01-01")


def test_another_table_is_no_registry():
    with pytest.raises(PollInputError, match="column construct is missing"):
        score_forecasts(pd.DataFrame({"a": ["1"]}), {}.__getitem__)
