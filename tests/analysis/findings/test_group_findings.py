"""A gap is told by a line through all waves that asked alike, not by two of them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import PollInputError
from analysis.findings import gap_line
from analysis.findings.groups import TOLD, told_waves

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


@pytest.mark.parametrize("n_waves", [2, 3, 4])
def test_three_waves_that_asked_alike_make_a_line(n_waves):
    told = TOLD["age_group"]
    days = [(f"{i:02d}", day) for i, day in enumerate(DAYS[:n_waves])]
    rows = [
        {"wave": wave, "date": day, "group": group, "weighted_pct": share, "n": 400}
        for wave, day in days
        for group, share in ((told.a, 80.0), (told.b, 50.0))
    ]
    table = pd.DataFrame(rows).assign(wording_variant="v1", is_comparable=True)
    columns = ["wave", "wording_variant", "date", "group", "weighted_pct", "n"]
    results = SimpleNamespace(share=lambda by: table, compare_weighted=lambda by: table[columns])
    if n_waves < 3:
        with pytest.raises(PollInputError, match="fewer than three waves asked alike"):
            told_waves(results, "age_group")
        return
    found = told_waves(results, "age_group")
    assert found["gap"].tolist() == [30.0] * n_waves
    assert found["variance"].tolist() == pytest.approx([4.0 + 6.25] * n_waves)


def test_one_wave_of_few_people_does_not_make_a_change():
    """A first wave of few people far above a gap that stands still."""
    variance = np.array([900.0] + [9.0] * 7)
    line = gap_line(make_waves([60.0] + [35.0] * 7, variance))
    assert line.loc["change", "lower"] < 0 < line.loc["change", "upper"]
    assert abs(line.loc["change", "mean"]) < 2
