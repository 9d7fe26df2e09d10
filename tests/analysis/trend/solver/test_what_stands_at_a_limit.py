"""Anchors and draws just below, at and above the limit at which they are told or counted."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.trend.solver.draws import _on_days
from analysis.trend.solver.inputs import Anchors, read_anchors
from analysis.trend.solver.logit import Draws

DAY = "2022-04-18"


def read(values: list[float], sd: list[float], days: list[str]) -> Anchors:
    return read_anchors(pd.DataFrame({"date": days, "value": values, "sd": sd}))


def test_a_draw_at_the_threshold_is_not_above_it() -> None:
    draws = Draws(np.array([[59.0], [60.0], [60.0], [61.0]]))
    assert draws.probability_above(60.0).tolist() == [0.25]


@pytest.mark.parametrize(
    ("value", "sd", "is_told"),
    [(5.0, 9.9, False), (5.0, 10.0, False), (5.0, 10.1, True), (10.1, 10.1, False)],
)
def test_an_sd_of_more_than_ten_points_and_than_its_value_is_asked_about(
    value: float, sd: float, is_told: bool
) -> None:
    notes = read([value], [sd], [DAY]).notes
    assert any("exchanged" in note for note in notes) is is_told


@pytest.mark.parametrize(
    ("value", "day", "is_told"),
    [
        (54.9, DAY, False),
        (55.0, DAY, False),
        (55.1, DAY, True),
        (65.0, "2022-04-28", False),
        (65.1, "2022-04-28", True),
    ],
)
def test_two_anchors_may_be_three_sds_apart_and_a_point_a_day(
    value: float, day: str, is_told: bool
) -> None:
    """Sds of 3 and 4 are 5 together."""
    notes = read([40.0, value], [3.0, 4.0], [DAY, day]).notes
    assert any("contradict each other" in note for note in notes) is is_told


@pytest.mark.parametrize(("value", "is_told"), [(42.9, True), (43.0, True), (43.1, False)])
def test_an_anchor_that_is_what_others_lack_is_told_nearer_to_the_polls(
    value: float, is_told: bool
) -> None:
    """Of 60 percent others are 40: up to 3 points from that, 15 points from the polls are far."""
    obs: Any = SimpleNamespace(
        share_pct=np.array([60.0]), day=np.array([0]), days_of=lambda dates: np.zeros(1, int)
    )
    assert bool(read([value], [1.0], [DAY]).tell_far(obs, 0.0)) is is_told


def test_a_level_that_does_not_walk_stays_between_two_polls() -> None:
    """Without a step from poll to poll there is no share of it that a day between could have."""
    design = SimpleNamespace(day=np.array([0, 10]))
    given: Any = SimpleNamespace(design=design, steps=lambda days: np.diff(days)[:, None])
    level = _on_days(
        given, np.array([5]), np.zeros(1), np.full((2, 3), 60.0), np.random.default_rng(1)
    )
    assert level.tolist() == [[60.0] * 3]
