"""Contrasts, sector gaps side by side, and the error that all houses share."""

import numpy as np
import pytest
from reference.simulated_polls import SECTORS, make_polls, simulate_polls
from scipy.stats import norm

from analysis import PollTrend

POLLS = simulate_polls(np.random.default_rng(17), 40, houses="abcde", sectors=SECTORS)
RESULTS = PollTrend(POLLS, common_error=3.0).smooth((0.3, 2.0, 5.0))


def test_a_contrast_is_the_difference_of_house_effects():
    effects = RESULTS.house_effects().set_index("house_id")["mean"]
    contrast = RESULTS.contrast({"a": 1, "b": -0.5, "c": -0.5})
    expected = effects["a"] - (effects["b"] + effects["c"]) / 2
    assert contrast["mean"] == pytest.approx(expected)
    assert contrast["prob_positive"] == pytest.approx(norm.cdf(expected / contrast["sd"]))


def test_the_gap_is_the_contrast_of_plain_means():
    gap = RESULTS.sector_gap("state", "independent")
    contrast = RESULTS.contrast({"a": 0.5, "b": 0.5, "c": -0.5, "d": -0.5})
    assert gap["mean"] == pytest.approx(contrast["mean"])
    assert gap["sd"] == pytest.approx(contrast["sd"])


def test_the_gap_stands_under_six_choices_side_by_side():
    gaps = PollTrend(POLLS).fit("map").sector_gaps().set_index("choice")
    assert list(gaps.index) == [
        "these_houses", "by_polls", "many_polls", "population", "unpooled", "drifting",
    ]  # fmt: skip
    assert gaps.loc["population", "sd"] > gaps.loc["these_houses", "sd"]
    assert gaps["meaning"].is_unique
    drifting = PollTrend(POLLS, drift=True).fit("map").sector_gap()
    assert gaps.loc["drifting", "mean"] == pytest.approx(drifting["mean"], abs=1e-6)


def common_variance(share):
    """Three points at 50 percent, less for small and large shares as sampling errors are."""
    return 9.0 * share * (100 - share) / 2500


def test_a_small_share_has_a_small_common_error_on_either_scale():
    rows = [
        (house, f"2022-03-{day:02d}", share)
        for house, day, share in [
            ("a", 1, 1.0),
            ("b", 5, 1.4),
            ("a", 11, 0.8),
            ("b", 18, 1.2),
            ("a", 25, 1.0),
        ]
    ]
    for scale in ("percent", "logit"):
        results = PollTrend(make_polls(rows), scale=scale).smooth((0.02, 0.05, 0.1))
        plain = results.trend().iloc[-1]
        wide = results.trend(include_common_error=True).iloc[-1]
        common = np.sqrt(2.4**2 * plain["mean"] * (100 - plain["mean"]) / 2500)
        assert wide["sd"] == pytest.approx(np.hypot(plain["sd"], common), rel=0.25)
        assert 0 <= wide["lower"] < plain["lower"]
        assert plain["upper"] < wide["upper"] < 5


def test_a_band_of_a_share_ends_at_zero_on_percent():
    polls = make_polls([("a", "2022-03-01", 0.5), ("b", "2022-03-05", 1.0)])
    trend = PollTrend(polls).smooth((0.3, 2.0, 5.0)).trend(include_common_error=True)
    assert (trend["lower"] == 0).all()


def test_the_common_error_widens_by_its_variance_and_moves_nothing():
    plain, wide = RESULTS.trend(), RESULTS.trend(include_common_error=True)
    np.testing.assert_allclose(wide["mean"], plain["mean"])
    np.testing.assert_allclose(wide["sd"] ** 2, plain["sd"] ** 2 + common_variance(plain["mean"]))


def test_the_common_error_pulls_probabilities_to_one_half():
    date = RESULTS.observations.last_date
    threshold = RESULTS.trend().iloc[-1]["mean"] - 2
    plain = RESULTS.prob_above(threshold, date)
    wide = RESULTS.prob_above(threshold, date, include_common_error=True)
    assert 0.5 < wide < plain


def test_the_summary_names_the_common_error_as_an_input():
    text = " ".join(str(RESULTS.summary()).split())
    words = "an error that all houses share (sd 3 points at 50 percent, an input that polls never"
    assert words in text
