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


CHANGED = {
    "a mean that was changed": ({"mean": "61.0"}, "column lower_50: .* is no end of mean and sd"),
    "ends exchanged": ({"lower_95": "90"}, "column lower_95: '90' is no end of mean and sd"),
    "a mean in words": ({"mean": "sixty"}, "column mean: 'sixty' is not a number"),
    "no sd": ({"sd": ""}, "column sd: no value"),
    "an sd of nothing": ({"sd": "0"}, "column sd: '0' is not above 0"),
    "a wave in words": ({"wave": "next"}, "column wave: 'next' is not a number"),
    "half a wave": ({"wave": "1.5"}, "column wave: '1.5' is not whole"),
    "another way to write days": ({"as_of": "15.09.2022"}, "column as_of: .* is not a date"),
    "polls of later days": ({"as_of": "2024-01-02"}, "column as_of: .* is after the day of reg"),
    "a day to come": ({"registered": "2090-01-01"}, "column registered: .* that has not come yet"),
    "no house": ({"house_id": None}, "column house_id: no value"),
    "the row above again": ({"wave": "1"}, "column wave: '1' is the same forecast as above"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_registry_that_was_changed_is_neither_scored_nor_added_to(forecasts, name):
    """It was scored as it stood, or never, without a word, or ended in a traceback."""
    values, told = CHANGED[name]
    registry, _ = add_forecasts(None, forecasts)
    registry.index = pd.RangeIndex(2, 2 + len(registry), name="line")
    for column, value in values.items():
        registry[column] = registry[column].where(registry["wave"] != "2", value)
    with pytest.raises(PollInputError, match=rf"line 3, {told}"):
        score_forecasts(registry, {"support": POLLS}.__getitem__)
    with pytest.raises(PollInputError, match=rf"line 3, {told}"):
        add_forecasts(registry, forecasts)


def test_intervals_may_differ_by_what_rounding_makes(forecasts):
    registry, _ = add_forecasts(None, forecasts)
    exact = registry["mean"].astype(float) + norm.ppf(0.25) * registry["sd"].astype(float)
    nearly = registry.assign(lower_50=exact + 0.01)
    assert len(score_forecasts(nearly, {"support": POLLS}.__getitem__)) == len(registry)
    far = registry.assign(lower_50=exact + 0.012)
    with pytest.raises(PollInputError, match="no end of mean and sd"):
        score_forecasts(far, {"support": POLLS}.__getitem__)


def test_forecasts_of_what_nobody_asked_yet_are_open(forecasts):
    registry, _ = add_forecasts(None, forecasts)
    assert score_forecasts(registry, lambda construct: POLLS.iloc[:0]).empty
