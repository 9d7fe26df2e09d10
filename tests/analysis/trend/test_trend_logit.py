"""On logits: everything in percent again, never outside 0 to 100."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend, Priors
from analysis.trend.solver import logit
from analysis.trend.solver.logit import N_DRAWS

POLLS = simulate_polls(np.random.default_rng(23), 40, houses="abcde", sectors=SECTORS)
RESULTS = PollTrend(POLLS, scale="logit").fit()
# Differences come from draws.
DRAWN = 4 / np.sqrt(N_DRAWS)


def test_near_one_half_it_is_the_model_in_percent():
    middle = POLLS.assign(share_pct=50 + (POLLS["share_pct"] - POLLS["share_pct"].mean()) / 4)
    priors = Priors(sigma_h=2.0, omega=1.0)
    logit = PollTrend(middle, scale="logit", priors=priors).fit()
    percent = PollTrend(middle, priors=priors).fit()
    for one, other in [
        (logit.trend(), percent.trend()),
        (logit.house_effects(), percent.house_effects()),
        (pd.DataFrame([logit.sector_gap()]), pd.DataFrame([percent.sector_gap()])),
        (
            logit.get_prediction(middle).summary_frame(),
            percent.get_prediction(middle).summary_frame(),
        ),
    ]:
        distance = np.abs(one["mean"] - other["mean"]) / other["sd"]
        assert distance.max() < 0.1
        assert np.abs(one["sd"] / other["sd"] - 1).max() < 0.1


def test_a_shift_is_the_level_with_it_less_the_level_without_it():
    """Not a second shift on top of the first: from 50 to 90 percent are 40 points, and then 9."""
    days = pd.date_range("2022-03-01", periods=24, freq="10D")
    polls = pd.DataFrame(
        {
            "house_id": ["a", "b"] * 12,
            "start_date": days,
            "end_date": days,
            "sample_size": 1600,
            "share_pct": np.where(days < "2022-07-01", 50.0, 90.0),
        }
    )
    model = PollTrend(
        polls, scale="logit", events={"news": "2022-07-01"}, priors=Priors(event_sd=60.0)
    )
    results = model.smooth((0.01, 0.1, 0.1))
    (shift,) = results.events()["mean"]
    before, after = results.trend(dates=["2022-06-30", "2022-07-01"])["mean"]
    assert shift == pytest.approx(after - before, abs=0.5)
    assert shift == pytest.approx(40, abs=2)


def test_the_trend_stays_within_0_and_100():
    results = PollTrend(EDGE_CASES["0 and 100 percent"], scale="logit").fit()
    trend = results.trend()
    assert (trend["lower"] > 0).all()
    assert (trend["upper"] < 100).all()
    assert np.isfinite(trend[["mean", "sd"]].to_numpy()).all()


def test_change_is_the_difference_of_the_trend_in_points():
    trend = RESULTS.trend().set_index("date")
    start, end = trend.index[5], trend.index[-5]
    change = RESULTS.change(start, end)
    expected = trend.loc[end, "mean"] - trend.loc[start, "mean"]
    assert change["mean"] == pytest.approx(expected, abs=DRAWN * change["sd"])


def test_probabilities_agree_with_the_interval():
    row = RESULTS.trend(alpha=0.1).iloc[10]
    assert RESULTS.prob_above(row["lower"], row["date"]) == pytest.approx(0.95, abs=1e-4)


def test_effects_are_in_points_and_the_same_on_every_call():
    effects = RESULTS.house_effects()
    percent = PollTrend(POLLS).fit().house_effects()
    assert np.abs(effects["mean"] - percent["mean"]).max() < 1.0
    pd.testing.assert_frame_equal(effects, RESULTS.house_effects(), check_exact=True)


def test_the_hyperparameters_are_in_logits_and_the_summary_says_so():
    table = RESULTS.hyperparameters()
    assert list(table["unit"]) == ["logits per root day", "logits", "logits"]
    assert "on logits, shown in percent" in " ".join(str(RESULTS.summary()).split())
    residual = RESULTS.residuals()
    assert np.abs(residual["share_pct"] - residual["fitted"] - residual["residual"]).max() < 1e-9


def test_windows_of_unlike_length_are_each_averaged_by_themselves(monkeypatch):
    """Levels as many as the day has: of a window of ten days the fourth and the ninth stand."""
    monkeypatch.setattr(logit, "levels_at", lambda posterior, days, houses: days)
    monkeypatch.setattr(logit, "draw_percent", lambda days: days[None, :].astype(float))
    one, other = np.arange(100, 121), np.arange(300, 307)
    for start, end, change in ((one, other, 193.0), (other, one, -193.0)):
        assert logit.percent_change(None, start, end, np.ones(2)).centre.tolist() == [change]
