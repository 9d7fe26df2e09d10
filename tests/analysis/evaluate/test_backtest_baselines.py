"""Baselines are what their names say, with a normal distribution from their own past errors."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import simulate_polls

from analysis.evaluate import backtest
from analysis.evaluate.baselines import BASELINES, SMOOTHERS, Known, predict_points

KNOWN = Known(
    np.array([0, 20, 40, 70, 75, 90]),
    np.array([60.0, 50.0, 64.0, 66.0, 52.0, 71.0]),
    np.array(list("abaaba")),
)


def point(name, house="a", known=KNOWN):
    """One prediction."""
    return predict_points(name, known, [house])[0]


def test_the_last_poll_of_a_house_is_its_own():
    assert point("last_of_house") == 71
    assert point("last_of_house", "b") == 52


def test_the_mean_of_a_house_is_that_of_its_last_three():
    assert point("mean_of_house") == pytest.approx((64 + 66 + 71) / 3)
    assert point("mean_of_house", "b") == 51


def test_a_house_without_polls_has_no_number_of_its_own():
    assert np.isnan(point("last_of_house", "c"))
    assert np.isnan(point("mean_of_house", "c"))


def test_the_last_60_days_end_with_the_newest_poll():
    assert point("last_60_days", "c") == pytest.approx((64 + 66 + 52 + 71) / 4)


@pytest.mark.parametrize("name", [function.__name__ for function in SMOOTHERS])
def test_a_smoother_follows_a_level_that_stands_still(name):
    days = np.arange(0, 400, 9)
    level = Known(days, np.where(days % 2, 61.0, 59.0), np.array(["a"] * len(days)))
    assert point(name, known=level) == pytest.approx(60, abs=1.1)


@pytest.mark.parametrize("name", [function.__name__ for function in SMOOTHERS])
def test_a_smoother_leaves_an_old_level_behind(name):
    days = np.arange(0, 700, 7)
    share = np.where(days < 350, 40.0, 70.0) + np.resize([0.5, -0.5, 0.2], len(days))
    known = Known(days, share, np.array(["a"] * len(days)))
    assert point(name, known=known) > 62


@pytest.mark.parametrize("name", [function.__name__ for function in SMOOTHERS])
def test_a_smoother_of_a_few_polls_is_their_mean(name):
    few = Known(KNOWN.day[:3], KNOWN.share[:3], KNOWN.house[:3])
    assert point(name, known=few) == pytest.approx(58)


@pytest.mark.parametrize("name", list(BASELINES))
def test_polls_of_one_day_have_a_prediction(name):
    one_day = Known(
        np.zeros(7, dtype=int), KNOWN.share[[0, 1, 2, 3, 4, 5, 5]], np.array(list("abaabaa"))
    )
    assert 50 <= point(name, known=one_day) <= 71


def test_the_spread_is_the_root_mean_square_of_the_errors_known_by_then():
    start = pd.date_range("2022-03-01", periods=7, freq="10D")
    share = np.array([60.0, 63, 61, 66, 60, 62, 69])
    obs = pd.DataFrame(
        {
            "house_id": "a",
            "start_date": start,
            "end_date": start,
            "published": start + pd.Timedelta(days=2),
            "sample_size": 1000,
            "share_pct": share,
        }
    )
    found = backtest(obs, ["last_of_house"])
    assert found["poll"].tolist() == [4, 5, 6]
    errors = np.diff(share) ** 2
    expected = [np.sqrt(errors[: poll - 1].mean()) for poll in (4, 5, 6)]
    assert found["sd"].tolist() == pytest.approx(expected)
    assert found["mean"].tolist() == share[3:6].tolist()


@pytest.mark.long("a back-test is many fits")
def test_a_house_without_polls_is_scored_apart():
    obs = simulate_polls(np.random.default_rng(3), n_polls=24, houses="abcdefgh")
    found = backtest(obs, ["published", "last_of_house", "last_60_days"])
    new = found[found["is_new"]]
    first = obs.sort_values("end_date").groupby("house_id").head(1)
    next_new = new[new["horizon"] == "next"]
    assert len(next_new)
    assert set(next_new["model"]) == {"published", "last_60_days"}
    for poll in next_new["poll"]:
        house, start = obs.loc[poll, ["house_id", "start_date"]]
        earlier = obs[(obs["house_id"] == house) & (obs["end_date"] < start)]
        assert earlier.empty
    assert set(found.loc[~found["is_new"], "poll"]).isdisjoint(first.index)


@pytest.mark.long("a back-test is many fits")
def test_a_baseline_that_was_never_wrong_has_no_distribution():
    start = pd.date_range("2022-03-01", periods=8, freq="10D")
    obs = pd.DataFrame(
        {
            "house_id": "a",
            "start_date": start,
            "end_date": start,
            "sample_size": 1000,
            "share_pct": 60.0,
        }
    )
    found = backtest(obs, ["published", "last_of_house"])
    assert set(found["model"]) == {"published"}
