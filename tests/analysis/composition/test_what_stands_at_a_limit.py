"""Draws and shares of two parts just below, at and above the limit at which they count."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import PollInputError
from analysis.composition import _measures, _prediction, report
from analysis.composition._draws import inside_simplex
from analysis.composition.inputs import read_composition, tell_no_rest

TINY = 1e-9
TWO: Any = SimpleNamespace(answers=("yes", "no"), parts=("yes", "no"))


@pytest.mark.parametrize(
    ("parts", "is_inside"),
    [
        ((0.0, 60.0), True),
        ((-TINY, 60.0), False),
        ((0.0, 0.0), True),
        ((0.0, 100.0), True),
        ((60.0, 40.0), True),
        ((60.0, 40.001), False),
    ],
)
def test_a_part_may_be_nothing_and_both_may_be_all(
    parts: tuple[float, float], is_inside: bool
) -> None:
    assert inside_simplex(np.array(parts)[:, None]).tolist() == [is_inside]


def test_a_part_of_nothing_has_no_logit_and_does_not_count() -> None:
    levels = np.full((2, 2, 201), 40.0)
    levels[0, 0] = 30.0
    usual = _measures.spread_of_levels(TWO, levels[..., 1:], 0.05)
    levels[0, 0, 0] = 0.0
    pd.testing.assert_frame_equal(_measures.spread_of_levels(TWO, levels, 0.05), usual)


@pytest.mark.parametrize("sign", ["positive", "negative"])
def test_no_difference_is_neither_positive_nor_negative(sign: str) -> None:
    values = np.repeat([-1.0, 0.0, 0.0, 1.0], 100)
    row = _measures._difference(values, np.full((2, 2, 400), 40.0), 0.05, sign, "change")
    assert row[f"prob_{sign}"] == 0.25


def test_a_draw_at_the_threshold_is_not_above_it() -> None:
    levels = np.full((1, 2, 400), 30.0)
    levels[0, 0] = np.repeat([59.0, 60.0, 60.0, 61.0], 100)
    draws = SimpleNamespace(on_days=lambda days: [(days, levels)])
    fitted: Any = SimpleNamespace(
        composition=TWO,
        measure=lambda part: part,
        observations=SimpleNamespace(days_of=lambda day: day),
        draws=lambda reference: draws,
    )
    assert _measures.prob_above(fitted, 60.0, "2022-04-18", "yes", "houses") == 0.25


@pytest.mark.parametrize(
    ("sectors", "effect"), [((), 1.0), (("state",), 1.0), (("state", "x"), 11.0)]
)
def test_a_new_house_has_the_effect_of_its_sector_where_there_are_two(
    sectors: tuple[str, ...], effect: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_prediction, "sector_of_new_house", lambda *_: "state")
    draws = SimpleNamespace(
        params=SimpleNamespace(house_spread=lambda: None),
        noise=lambda cov, rng: np.ones((2, 1, 1)),
        sector_effects=lambda: np.full((2, 2, 1, 1), 10.0),
    )
    observations = SimpleNamespace(sectors=sectors)
    fitted: Any = SimpleNamespace(raw_draws=draws, observations=observations)
    found = _prediction._draw_new_house(fitted, pd.DataFrame(), 0)
    assert found.ravel().tolist() == [effect] * 2


@pytest.mark.parametrize(
    ("bare", "others", "is_told"),
    [(0.9, 14.0, 1), (1.0, 14.0, 1), (1.1, 14.0, 0), (0.0, 3.9, 0), (0.0, 4.0, 0), (0.0, 4.1, 1)],
)
def test_a_rest_of_one_point_is_none_and_one_of_more_than_four_is_some(
    bare: float, others: float, is_told: int
) -> None:
    house = np.array(["a", "b", "a", "b"], dtype=object)
    rest = np.array([0.0, others, bare, 15.0])
    assert len(list(tell_no_rest(house, rest))) == is_told


@pytest.mark.parametrize(("beyond", "is_refused"), [(0.0, False), (0.9e-9, False), (1.05e-9, True)])
def test_parts_may_exceed_all_by_their_rounding_and_a_billionth(
    beyond: float, is_refused: bool
) -> None:
    polls = pd.DataFrame(
        {
            "house_id": ["a", "b"],
            "start_date": "2022-03-01",
            "end_date": "2022-03-03",
            "sample_size": 1600,
            "for_pct": [60 + beyond / 2, 60.0],
            "against_pct": [41 + beyond / 2, 20.0],
        }
    )
    if not is_refused:
        assert len(read_composition(polls, ("for", "against")).shares) == 2
        return
    with pytest.raises(PollInputError, match="add up to 101 percent"):
        read_composition(polls, ("for", "against"))


@pytest.mark.parametrize(("outside", "is_told"), [(0.049, False), (0.05, False), (0.051, True)])
def test_a_day_may_lose_a_twentieth_of_its_draws(
    outside: float, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "describe_method", lambda fitted: "")
    composition = SimpleNamespace(
        shares=np.ones((3, 2)),
        left_out=pd.DataFrame({"reason": []}),
        is_complete_house=np.ones(2, bool),
    )
    obs = SimpleNamespace(houses=("a", "b"), first_date="", last_date="", notes=())
    fitted: Any = SimpleNamespace(
        composition=composition,
        observations=obs,
        mass_outside=np.array([0.0, outside]),
        posterior=SimpleNamespace(sample=None),
        n_draws=400,
    )
    warnings = report.diagnostics(fitted)["warnings"]
    assert any("the percent scale is strained" in text for text in warnings) is is_told
