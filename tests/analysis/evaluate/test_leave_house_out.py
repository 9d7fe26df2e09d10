"""A house left out is predicted from the others alone, and what hangs on it is told."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls, simulate_polls

from analysis.evaluate import describe_targets, leave_house_out, published_model

SECTORS = {"a": "state", "b": "independent", "c": "independent", "d": "state"}
POLLS = simulate_polls(
    np.random.default_rng(5), n_polls=20, n_days=300, houses="abcd", sectors=SECTORS
)


@pytest.fixture(scope="module")
def table():
    """All houses of the simulated polls, by their ids."""
    return leave_house_out(POLLS).set_index("house_id")


@pytest.mark.long("a fit without each house")
def test_a_house_is_predicted_by_a_fit_without_it(table):
    hidden = POLLS[POLLS["house_id"] == "b"]
    results = published_model(POLLS[POLLS["house_id"] != "b"]).fit()
    expected = results.get_prediction(hidden).summary_frame()
    assert table.loc["b", "predicted"] == pytest.approx(expected["mean"].mean())
    assert table.loc["b", "sd"] == pytest.approx(expected["sd"].mean())
    assert table.loc["b", "seen"] == pytest.approx(hidden["share_pct"].mean())
    inside = hidden["share_pct"].between(expected["lower"], expected["upper"])
    assert table.loc["b", "covered_95_pct"] == pytest.approx(100 * inside.mean())


@pytest.mark.long("a fit without each house")
def test_no_share_of_a_house_left_out_enters_its_prediction(table):
    moved = POLLS.assign(share_pct=POLLS["share_pct"] + 9.0 * (POLLS["house_id"] == "b"))
    again = leave_house_out(moved).set_index("house_id")
    columns = ["predicted", "change", "gap"]
    assert again.loc["b", columns].tolist() == table.loc["b", columns].tolist()
    assert again.loc["b", "seen"] == pytest.approx(table.loc["b", "seen"] + 9)


@pytest.mark.long("a fit without each house")
def test_what_moves_is_told_against_the_fit_of_all_polls(table):
    results = published_model(POLLS).fit()
    gap = results.sector_gap("state", "independent")["mean"]
    assert table.loc["", "gap"] == pytest.approx(gap)
    assert table.loc["c", "gap_moved"] == pytest.approx(table.loc["c", "gap"] - gap)
    assert table.loc["", ["change_moved", "gap_moved"]].tolist() == [0, 0]


@pytest.mark.long("a fit without each house")
@pytest.mark.long("a fit without each house")
def test_without_the_last_house_of_a_sector_there_is_no_gap_and_the_reason_stands_there():
    table = leave_house_out(POLLS[POLLS["house_id"] != "d"]).set_index("house_id")
    assert np.isnan(table.loc["a", "gap"])
    assert table.loc["a", "note"] == "no state-run or no independent house is left"


@pytest.mark.long("a fit without each house")
def test_one_house_alone_has_a_row_that_says_why():
    one = make_polls([("a", "2022-03-01", 60), ("a", "2022-04-01", 62)])
    table = leave_house_out(one)
    assert table["note"].tolist()[1] == "no other house has polls"
    assert table["house_id"].tolist() == ["", "a"]


def test_the_change_is_that_between_the_published_windows_where_polls_span_them():
    rows = [(h, day, 60) for h in "ab" for day in ("2022-04-10", "2023-05-01", "2024-05-01")]
    told = describe_targets(make_polls([*rows, ("c", "2024-05-02", 60)]))
    assert told == (
        "change of the mean of a, b from 2022-04-01 to 2022-05-31 to 2023-06-01 to 2024-05-31"
    )


@pytest.mark.long("a fit without each house")
def test_the_input_is_not_changed(table):
    pd.testing.assert_frame_equal(
        POLLS,
        simulate_polls(
            np.random.default_rng(5), n_polls=20, n_days=300, houses="abcd", sectors=SECTORS
        ),
    )
