"""A gap is told by a line through all waves that asked alike, not by two of them."""

import numpy as np
import pandas as pd
import pytest

from analysis.findings import gap_line

DAYS = pd.date_range("2022-03-01", periods=8, freq="120D")


def make_waves(gap, variance=9.0):
    return pd.DataFrame({"date": DAYS, "gap": gap, "variance": variance})


def test_a_straight_gap_is_read_at_both_ends():
    gap = np.linspace(38.0, 31.0, 8)
    line = gap_line(make_waves(gap))
    assert line["mean"].tolist() == pytest.approx([38.0, 31.0, -7.0])
    assert line.loc["end", "date"] == DAYS[-1]


def test_the_line_is_the_weighted_one_of_numpy():
    rng = np.random.default_rng(3)
    waves = make_waves(rng.normal(35, 4, 8), variance=rng.uniform(4, 30, 8))
    days = (waves["date"] - DAYS[0]).dt.days
    slope, level = np.polyfit(days, waves["gap"], 1, w=1 / np.sqrt(waves["variance"]))
    line = gap_line(waves)
    assert line.loc["start", "mean"] == pytest.approx(level)
    assert line.loc["change", "mean"] == pytest.approx(slope * days.iloc[-1])


def test_waves_that_scatter_beyond_sampling_widen_the_interval():
    calm = gap_line(make_waves(np.linspace(38, 31, 8)))
    wild = gap_line(make_waves(np.linspace(38, 31, 8) + 9 * np.array([1, -1] * 4)))
    assert wild.loc["change", "sd"] > 2 * calm.loc["change", "sd"]


def test_one_wave_of_few_people_does_not_make_a_change():
    """A first wave of few people far above a gap that stands still."""
    variance = np.array([900.0] + [9.0] * 7)
    line = gap_line(make_waves([60.0] + [35.0] * 7, variance))
    assert line.loc["change", "lower"] < 0 < line.loc["change", "upper"]
    assert abs(line.loc["change", "mean"]) < 2
