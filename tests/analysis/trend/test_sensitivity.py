"""What a change hangs on is told by the same model on other choices."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend

POLLS = simulate_polls(np.random.default_rng(4), 90, 1500, houses="abcd", sectors=SECTORS)
POLLS["n_parts"] = 1 + np.arange(90) % 2  # half of them are sums, whose rounding errors add up
RESULTS = PollTrend(POLLS, drift=True).fit("map")
DAYS = sorted(pd.to_datetime(POLLS["start_date"]))
START, LATER, END = DAYS[0], DAYS[30], DAYS[-1]


@pytest.fixture(scope="module")
def table():
    found = RESULTS.sensitivity(START, END, reference="houses:a,b", bases={"later": LATER})
    return found.set_index(["varied", "choice"])


def test_the_first_row_is_the_change_itself(table):
    change = RESULTS.change(START, END, reference="houses:a,b")
    assert table.loc[("as fitted", ""), "mean"] == change["mean"]
    later = RESULTS.change(LATER, END, reference="houses:a,b")
    assert table.loc[("base", "later"), "upper"] == later["upper"]


def test_a_house_left_out_is_in_neither_fit_nor_reference(table):
    rest = PollTrend(POLLS[POLLS["house_id"] != "a"], drift=True).fit("map")
    change = rest.change(START, END, reference="houses:b")
    assert table.loc[("without", "a"), "mean"] == pytest.approx(change["mean"], abs=1e-6)
    assert list(table.loc["without"].index) == ["a", "b"]


def test_the_drift_is_turned(table):
    still = PollTrend(POLLS).fit("map").change(START, END, reference="houses:a,b")
    row = table.loc[("house effects", "stand still")]
    assert row["mean"] == pytest.approx(still["mean"], abs=1e-6)


def test_of_one_house_none_is_left_out():
    assert "without" not in set(RESULTS.sensitivity(START, END, reference="a")["varied"])
