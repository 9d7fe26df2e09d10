"""The summary names estimand, band and method, and is the same on every run."""

import re

import numpy as np
import pytest
from reference.simulated_polls import SECTORS, make_polls, simulate_polls

from analysis import PollTrend
from analysis.trend import as_record

MODEL = PollTrend(simulate_polls(np.random.default_rng(71), houses="abcde", sectors=SECTORS))
RESULTS = MODEL.fit()
# What a reader must not have to guess.
OWED = [
    "static house effects",
    "scales integrated out",
    "the mean of these 5 houses",
    "and of the scales; without drift of houses",
    "an error that all houses share",
    "these_houses",
    "population",
]


PLUG_IN = [
    "plug-in scales",
    "Jacobian included",
    "given the scales; without the uncertainty of the scales, drift of houses, or an error",
    "Laplace approximation",
]


@pytest.mark.parametrize("text", PLUG_IN)
def test_after_a_plug_in_fit_it_says(text):
    summary = re.sub(r"\s+", " ", str(MODEL.fit("map").summary()))
    assert text in summary
    assert "integrated out" not in summary


@pytest.mark.parametrize("text", OWED)
def test_it_says(text):
    assert text in re.sub(r"\s+", " ", str(RESULTS.summary()))


def test_it_shows_the_numbers_of_the_results():
    change = RESULTS.change(RESULTS.observations.first_date, RESULTS.observations.last_date)
    assert f"{change['mean']:.2f}" in str(RESULTS.summary())
    assert f"{RESULTS.params['omega']:.3f}" in str(RESULTS.summary())


def test_it_has_no_clock_and_no_address():
    text = str(RESULTS.summary())
    assert not re.search(r"\d\d:\d\d|0x[0-9a-f]+|object at", text)
    # Dates are those of the polls.
    dates = set(re.findall(r"\d{4}-\d\d-\d\d", text))
    assert dates == {str(RESULTS.observations.first_date), str(RESULTS.observations.last_date)}


def test_it_names_another_reference():
    assert "the mean of the 2 houses of sector state" in str(RESULTS.summary("sector:state"))


@pytest.mark.long("several fits")
def test_level_and_change_are_of_the_same_houses():
    """Where leans drift, the change hangs on whose it is, as the levels do."""
    polls = simulate_polls(np.random.default_rng(72), houses="abcde", sectors=SECTORS)
    results = PollTrend(polls, drift=True).fit()
    for reference in ("a", "houses:b,c", "sector:state"):
        first, last = results.trend(reference)["mean"].iloc[[0, -1]]
        told = re.search(r"Change in between +(-?\d+\.\d\d)", str(results.summary(reference)))
        assert told is not None
        assert abs(float(told[1]) - (last - first)) < 0.006
        record = as_record(results.fitted, reference)["change"]
        assert abs(record["mean"] - (last - first)) < 1e-6


def test_lines_fit_a_terminal():
    assert max(map(len, str(RESULTS.summary()).splitlines())) <= 80


def test_warnings_are_in_it():
    polls = make_polls([("a", "2022-03-01", 60), ("A", "2022-03-09", 61)])
    assert "differ only in capitals" in re.sub(r"\s+", " ", str(PollTrend(polls).fit().summary()))
