"""The page on trust tells the stored back-test, and what came of each forecast on record."""

import pandas as pd
import pytest

from analysis.evaluate.backtest import name_options
from web.kit import View
from web.material import Material
from web.pages.trust import FORECASTERS, SERIES, Record, list_backtest, list_forecasts, read_record

KEY = {"construct": "support", "registered": "2022-05-01", "as_of": "2022-05-01"}
RANGE = {"start_date": "2022-05-20", "end_date": "2022-05-25", "lower_95": "60", "upper_95": "80"}


@pytest.fixture(scope="module")
def material() -> Material:
    return Material()


@pytest.fixture
def view() -> View:
    return View("en", "trust.html")


def test_every_forecaster_has_miss_score_and_intervals_of_each_series(
    material: Material, view: View
) -> None:
    rows = list_backtest(read_record(material).models, view)
    assert len(rows) == len(FORECASTERS)
    assert {len(row["cells"]) for row in rows} == {3 * len(SERIES)}


def test_a_forecast_waits_or_shows_what_was_found_and_none_is_told_that_was_made_afterwards(
    material: Material, view: View
) -> None:
    rows = [
        {**KEY, **RANGE, "house_id": "levada", "wave": "1", "mean": "70.0", "model": "older"},
        {**KEY, **RANGE, "house_id": "vciom", "wave": "1", "mean": "65", "model": name_options()},
        {**KEY, **RANGE, "house_id": "fom", "wave": "1", "mean": "66", "model": "older"},
    ]
    rows[2]["registered"] = "2022-06-01"
    met = {name: rows[0][name] for name in (*KEY, "house_id", "wave")}
    scores = pd.DataFrame([{**met, "wave": 1, "seen": 71.5}])
    record = Record(pd.DataFrame(), pd.DataFrame(rows), scores)
    told = list_forecasts(material, record, view)
    assert [(row["model"], row["mean"], row["found"]) for row in told] == [
        ("today’s", "65.0%", "not yet"),
        ("an earlier one", "70.0%", "71.5%"),
    ]
