"""What is stored of runs that take minutes belongs to the polls and to the model of today."""

import pandas as pd
from helpers.paths import ROOT

import polls
from analysis import PUBLISHED
from analysis.evaluate import (
    BASELINES,
    CANDIDATES,
    FORECAST_COLUMNS,
    MODELS,
    USUAL_MODELS,
    is_summary_current,
)
from analysis.evaluate.backtest import name_options

FOLDER = ROOT / "forecasts"


def test_the_summary_of_the_back_test_is_that_of_these_polls_and_this_model():
    stored = pd.read_csv(FOLDER / "models.csv")
    series = {name: polls.series(name) for name in ("support", "talks")}
    assert is_summary_current(stored, series), "run: make refresh"
    assert set(USUAL_MODELS) <= set(stored["model"]) <= set(MODELS)


def test_the_candidates_were_set_beside_the_model_that_is_published_now():
    stored = pd.read_csv(FOLDER / "candidates.csv")
    assert set(stored["options"]) == {name_options()}, "run: python benchmarks/run.py backtest"
    first = stored["model"].iloc[0]
    assert CANDIDATES[first].options == PUBLISHED
    assert (stored.loc[stored["model"] == first, "difference"] == 0).all()
    assert {"static", *BASELINES} < set(stored["model"])


def test_the_registry_has_its_columns_and_no_forecast_twice():
    registry = pd.read_csv(FOLDER / "forecasts.csv", dtype=str)
    assert list(registry.columns) == list(FORECAST_COLUMNS)
    key = ["construct", "registered", "as_of", "polls", "model", "house_id", "wave"]
    assert not registry.duplicated(key).any()


def test_the_page_about_the_folder_names_each_column_of_the_registry():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    named = [name for name in FORECAST_COLUMNS if not name.startswith(("lower_", "upper_"))]
    assert [name for name in named if name not in page] == []
