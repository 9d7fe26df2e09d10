"""Axes place days alike whatever a user lets matplotlib count days from."""

from collections.abc import Callable
from datetime import date
from typing import Any

import matplotlib.dates
import numpy as np
import pandas as pd
import pytest

from figures.kit.axes import day_number
from figures.kit.style import new_figure

DAYS = pd.DatetimeIndex(["2022-02-24", "2026-11-30 13:14:15.123456789", None, "1900-01-01"])


@pytest.fixture(params=["1970-01-01T00:00:00", "0000-12-31T00:00:00", "2022-02-24T05:00:00"])
def _epoch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matplotlib.dates, "_epoch", request.param)


@pytest.mark.usefixtures("_epoch")
@pytest.mark.parametrize(
    "kind", [pd.Series, list, np.asarray, lambda days: days.tz_localize("UTC"), lambda days: days]
)
def test_all_that_days_come_in_has_the_same_places(kind: Callable[[Any], Any]) -> None:
    _, ax = new_figure()
    places = ax.xaxis.convert_units(kind(DAYS))
    expected = [19047.0, 20787 + (13 * 3600 + 14 * 60 + 15.123456789) / 86400, np.nan, -25567.0]
    np.testing.assert_allclose(np.asarray(places, dtype=float), expected, rtol=1e-15)


@pytest.mark.usefixtures("_epoch")
@pytest.mark.parametrize("day", [pd.Timestamp("2022-02-24"), date(2022, 2, 24)])
def test_what_a_user_draws_beside_stands_at_its_day(day: date) -> None:
    _, ax = new_figure()
    ax.plot(pd.date_range("2022-02-20", "2022-03-20"), np.arange(29))
    line = ax.axvline(day)
    ax.set_xlim(pd.Timestamp("2022-02-20"), np.datetime64("2022-03-20"))
    assert line.get_xdata(orig=False)[0] == ax.lines[0].get_xdata(orig=False)[4] == 19047
    assert ax.get_xlim() == (19043, 19071)


def test_places_are_those_of_matplotlib_to_the_last_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matplotlib.dates, "_epoch", "1970-01-01T00:00:00")
    rng = np.random.default_rng(1)
    for stamp in pd.to_datetime(rng.integers(-(10**15), 2 * 10**15, 200), unit="us"):
        assert day_number(stamp) == matplotlib.dates.date2num(stamp)


def test_numbers_stay_what_they_are() -> None:
    _, ax = new_figure()
    (line,) = ax.plot([1.5, 2.5], [0, 1])
    assert line.get_xdata(orig=False).tolist() == [1.5, 2.5]
