"""With anchors houses share a bias that is estimated: intervals hold what they promise."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls

from analysis import PollTrend
from analysis.evaluate.calibration import check_calibration

TAU, OMEGA, SIGMA_H, SHARED = 0.1, 1.0, 3.0, 2.4
N_DAYS, HOUSES = 400, "abcde"
FIRST = pd.Timestamp("2022-01-01")
ASKED = [0, 150, 200, 300, 399]


def draw(rng):
    """Truth and polls with an error that all houses share, and two elections."""
    level = 50 + np.cumsum(TAU * rng.standard_normal(N_DAYS))
    shared = SHARED * rng.standard_normal()
    effects = SIGMA_H * rng.standard_normal(len(HOUSES))
    day = np.append(np.sort(rng.integers(0, N_DAYS, 38)), N_DAYS - 1)
    day = np.append(0, day)
    house = rng.integers(0, len(HOUSES), len(day))
    house[: len(HOUSES)] = np.arange(len(HOUSES))
    sampling = rng.standard_normal(len(day)) * np.sqrt(2500 / 1000 + OMEGA**2)
    share = level[day] + shared + effects[house] + sampling
    dates = FIRST + pd.to_timedelta(day, unit="D")
    polls = pd.DataFrame({
        "house_id": [HOUSES[h] for h in house], "start_date": dates, "end_date": dates,
        "sampling_var": 2500 / 1000, "share_pct": share, "decimals": 6,
    })  # fmt: skip
    anchors = pd.DataFrame({
        "date": FIRST + pd.to_timedelta([100, 250], unit="D"),
        "value": level[[100, 250]] + 0.05 * rng.standard_normal(2), "sd": 0.05,
    })  # fmt: skip
    return polls, anchors, level, shared + effects


@pytest.mark.long("hundreds of made polls are fitted")
def test_level_and_house_effects_are_covered_when_houses_err_together():
    rng, level_hits, effect_hits = np.random.default_rng(20260901), [], []
    for _ in range(120):
        polls, anchors, level, effects = draw(rng)
        results = PollTrend(polls, anchors=anchors).smooth((TAU, OMEGA, SIGMA_H))
        band = results.trend(dates=FIRST + pd.to_timedelta(ASKED, unit="D"))
        level_hits += list((band["lower"] < level[ASKED]) & (level[ASKED] < band["upper"]))
        table = results.house_effects()
        effect_hits += list((table["lower"] < effects) & (effects < table["upper"]))
    assert 0.93 <= np.mean(level_hits) <= 0.97
    assert 0.93 <= np.mean(effect_hits) <= 0.97


@pytest.mark.long("hundreds of made polls are fitted")
def test_with_all_scales_unknown_too():
    """Truths from the priors, the shared bias among them; level, houses and scales are ranked."""
    polls, anchors, _, _ = draw(np.random.default_rng(8))
    found = check_calibration(PollTrend(polls, anchors=anchors), 100, seed=20260902)
    assert found["passes"].all()
    kind = found["estimand"].str.split(" ").str[0]
    for name in ("level", "house"):
        assert 93 <= found.loc[kind == name, "coverage_pct"].mean() <= 97


def test_on_the_anchored_day_there_is_no_common_error():
    polls, anchors, _, _ = draw(np.random.default_rng(3))
    results = PollTrend(polls, anchors=anchors).smooth((TAU, OMEGA, SIGMA_H))
    band = results.trend(dates=list(anchors["date"]), include_common_error=True)
    assert (band["sd"] <= 0.05).all()
    np.testing.assert_allclose(band["mean"], anchors["value"], atol=0.05)


def test_a_house_not_seen_yet_shares_the_bias_of_the_others():
    rows = [(h, f"2022-03-{d:02d}", 60.0) for d in range(1, 20, 3) for h in "abc"]
    anchors = pd.DataFrame({"date": ["2022-03-10"], "value": [50.0], "sd": [0.5]})
    results = PollTrend(make_polls(rows), anchors=anchors).smooth((0.1, 1.0, 2.0))
    coming = make_polls([("d", "2022-03-15", 0.0)])
    biased = results.get_prediction(coming).summary_frame()["mean"].item()
    without = PollTrend(make_polls(rows), anchors=anchors, common_error=0.0).smooth((0.1, 1.0, 2.0))
    assert without.get_prediction(coming).summary_frame()["mean"].item() + 1 < biased
    assert biased < results.trend("houses")["mean"].iloc[-1]
