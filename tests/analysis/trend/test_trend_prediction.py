"""Predictions of polls not yet seen are those of the dense Gaussian plus the poll's own error."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from reference.dense_gaussian import condition
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend

PARAMS = (0.3, 2.0, 5.0)
POLLS = simulate_polls(np.random.default_rng(41), houses="abcde", sectors=SECTORS)
RESULTS = PollTrend(POLLS).smooth(PARAMS)
DENSE = condition(POLLS, PARAMS, 1 / 12, extra_days=30)


def coming(house, days_after=10, **columns):
    """One poll to come, some days after the last mid-field date."""
    date = pd.Timestamp(RESULTS.observations.last_date) + pd.Timedelta(days=days_after)
    row = {"house_id": [house], "start_date": [date], "end_date": [date], "sample_size": [1600]}
    return pd.DataFrame({**row, **{name: [value] for name, value in columns.items()}})


def own_error(mean):
    """Sampling, rounding and excess variance of a poll of 1,600 at an expected share."""
    p = (1600 * mean + 50) / 1601
    return p * (100 - p) / 1600 + 1 / 12 + PARAMS[1] ** 2


@pytest.mark.parametrize("days_after", [30, 1, 0, -5])
def test_a_known_house(days_after):
    day = DENSE.n_days - 1 - 30 + days_after
    mean, sd = DENSE.combine(np.array([DENSE.row({day: 1.0}, {"b": 1.0})]))
    row = RESULTS.get_prediction(coming("b", days_after)).summary_frame().iloc[0]
    assert row["mean"] == pytest.approx(mean[0], abs=1e-7)
    assert row["sd"] ** 2 == pytest.approx(sd[0] ** 2 + own_error(mean[0]), abs=1e-7)
    assert row["upper"] - row["mean"] == pytest.approx(1.959963984540054 * row["sd"])


@pytest.mark.parametrize("sector", ["state", "leaked"])
def test_a_new_house_of_a_known_sector(sector):
    day = DENSE.n_days - 1 - 20
    mean, sd = DENSE.combine(np.array([DENSE.row({day: 1.0}, sectors={sector: 1.0})]))
    row = RESULTS.get_prediction(coming("new", 10, sector=sector)).summary_frame().iloc[0]
    expected = sd[0] ** 2 + own_error(mean[0]) + PARAMS[2] ** 2
    assert row["mean"] == pytest.approx(mean[0], abs=1e-7)
    assert row["sd"] ** 2 == pytest.approx(expected, abs=1e-7)


def test_a_new_house_of_a_new_sector_is_the_least_certain():
    known = RESULTS.get_prediction(coming("b")).summary_frame()["sd"].item()
    new = RESULTS.get_prediction(coming("new", sector="state")).summary_frame()["sd"].item()
    strange = RESULTS.get_prediction(coming("new", sector="foreign")).summary_frame()["sd"].item()
    assert known < new < strange


def test_a_new_house_without_its_sector_is_an_error():
    with pytest.raises(ValueError, match=r"row 0, column sector: .*needs its sector"):
        RESULTS.get_prediction(coming("new")).summary_frame()


def test_rows_keep_their_order_index_and_names():
    rows = [coming(house, 5 * i) for i, house in enumerate("cab")]
    new = pd.concat(rows).set_index(pd.Index([7, 3, 5])).assign(poll_id=["z", "x", "y"])
    table = RESULTS.get_prediction(new).summary_frame()
    assert list(table.index) == [7, 3, 5]
    assert list(table["house_id"]) == list("cab")
    assert list(table.columns) == [
        "poll_id", "house_id", "mid_date", "mean", "sd", "lower", "upper",
    ]  # fmt: skip


def test_a_share_already_known_is_not_looked_at():
    plain = RESULTS.get_prediction(coming("a")).summary_frame()
    assert_frame_equal(RESULTS.get_prediction(coming("a", share_pct=99)).summary_frame(), plain)


def test_a_missing_sample_size_is_an_error():
    with pytest.raises(ValueError, match="row 0, column sample_size: no value"):
        RESULTS.get_prediction(coming("a").drop(columns="sample_size")).summary_frame()


@pytest.mark.parametrize("walk", ["constant", "calming"])
def test_polls_like_those_of_drifting_houses_are_predicted_alone_as_together(walk):
    polls = POLLS.assign(poll_id=[f"p{i}" for i in range(len(POLLS))])
    results = PollTrend(polls, drift=True, walk=walk).fit("map")
    # On days with polls all at once; a day without one sends each house through by itself.
    mixed = polls.sample(frac=1.0, random_state=1)
    together = results.get_prediction(mixed).summary_frame()
    late = coming("a", 40).assign(poll_id="late")
    apart = results.get_prediction(pd.concat([mixed, late])).summary_frame().iloc[:-1]
    assert_frame_equal(together, apart, rtol=1e-9)
    some = results.get_prediction(mixed.head(12)).summary_frame()
    assert_frame_equal(some, together.head(12), rtol=1e-9)
