"""Polls to come are asked about as polls that are there: by what their houses usually have."""

import numpy as np
import pandas as pd
import pytest

from analysis.observations import find_coming_suspicions

START = pd.Timestamp("2022-03-01")


def make_known(n_polls: int = 3, days: int = 8) -> pd.DataFrame:
    """Monthly polls of one house."""
    start = pd.date_range(START, periods=n_polls, freq="MS")
    end = start + pd.Timedelta(days=days - 1)
    return pd.DataFrame(
        {"house_id": "fom", "start_date": start, "end_date": end, "sample_size": 1500.0}
    )


def find(known: pd.DataFrame, days: int = 8, **more: float) -> tuple[str, ...]:
    start = known["end_date"].max() + pd.Timedelta(days=7)
    end = start + pd.Timedelta(days=days - 1)
    coming = pd.DataFrame({"house_id": ["fom"], "start_date": [start], "end_date": [end]})
    return find_coming_suspicions(coming.assign(**more), known)


def test_a_poll_like_the_others_is_not_asked_about() -> None:
    assert find(make_known(), sample_size=1600.0, design_effect=1.4) == ()
    assert find(make_known(), sample_size=np.nan, design_effect=np.nan) == ()


@pytest.mark.parametrize(("days", "told"), [(40, False), (41, True)])
def test_fieldwork_longer_than_usual_is_told(days: int, told: bool) -> None:
    found = find(make_known(), days)
    assert bool(found) is told
    assert all("41 days in row 0, where house fom usually has 8;" in note for note in found)
    assert find(make_known(n_polls=2), days) == ()  # too few to say what is usual


@pytest.mark.parametrize(("days", "told"), [(300, False), (301, True)])
def test_of_a_house_with_few_polls_fieldwork_without_end_is_told(days: int, told: bool) -> None:
    found = find(make_known(n_polls=2), days)
    assert any(note.startswith(f"fieldwork of {days} days in row 0;") for note in found) is told


@pytest.mark.parametrize(("size", "told"), [(12_000, False), (12_001, True), (187, True)])
def test_a_size_with_a_digit_more_or_less_than_usual_is_told(size: int, told: bool) -> None:
    found = find(make_known(), sample_size=size)
    assert any(f"{size} interviews in row 0, where house fom" in note for note in found) is told
    assert find(make_known(n_polls=2), sample_size=size) == ()


@pytest.mark.parametrize(
    ("effect", "told"), [(10, False), (10.1, True), (0.1, False), (0.09, True)]
)
def test_a_design_effect_that_no_sample_has_is_told(effect: float, told: bool) -> None:
    found = find(make_known(), design_effect=effect, sampling_var=2.0)
    assert any(note.startswith(f"a design effect of {effect:g} in row 0") for note in found) is told
