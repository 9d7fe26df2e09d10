"""A list experiment with a fault is refused with its row and the cure."""

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import PollInputError
from analysis.list_experiments import list_estimates, list_placebos, list_regression, simulate_list
from analysis.list_experiments._data import read_list

GOOD = simulate_list(40, 3, 0.5, np.random.default_rng(1)).assign(weight=1.0, age=range(40))


def with_value(column, row, value):
    frame = GOOD.astype(object)
    frame.loc[row, column] = value
    return frame


FAULTS = {
    "control beyond the list": (
        with_value("count", 6, 4), {},
        "row 6, column count: 4 items in the control group, whose list has 3",
    ),
    "treated beyond the list": (
        with_value("count", 7, 5), {},
        "row 7, column count: 5 items in the treated group, whose list has 4",
    ),
    "negative": (with_value("count", 7, -1), {}, "row 7, column count: -1 is not at least 0"),
    "broken": (with_value("count", 7, 1.5), {}, "row 7, column count: 1.5 is not whole"),
    "text": (with_value("count", 7, "two"), {}, "row 7, column count: 'two' is not a number"),
    "no count": (with_value("count", 7, None), {}, "row 7, column count: no value"),
    "third group": (with_value("treatment", 3, 2), {}, "row 3, column treatment: 2 is outside"),
    "no control group": (GOOD.assign(treatment=1), {}, "no respondents with 0"),
    "nobody treated": (GOOD[GOOD["treatment"] == 0], {}, "no respondents with 1"),
    "one treated": (GOOD.iloc[[0, 1, 2]], {}, "1 respondent with 1"),
    "nobody": (GOOD.iloc[:0], {}, "no respondents"),
    "no column": (GOOD.drop(columns="count"), {}, "column count is missing"),
    "odd direct": (with_value("direct", 5, 3), {"direct": "direct"}, "row 5, column direct: 3"),
    "no direct": (GOOD, {"direct": "asked"}, "column asked is missing"),
    "weight": (with_value("weight", 5, 0), {"weights": "weight"}, "row 5, column weight: 0"),
    "one column twice": (GOOD, {"direct": "count"}, "column count is named twice"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_the_message_names_row_column_and_cure(name):
    frame, options, words = FAULTS[name]
    with pytest.raises(PollInputError) as caught:
        list_estimates(frame, 3, **options)
    assert words in str(caught.value)
    assert caught.value.cure


@pytest.mark.parametrize("n_items", [0, -1, 2.5, None, True, "3"])
def test_the_length_of_the_list_is_a_whole_number(n_items):
    with pytest.raises(PollInputError, match="number of items"):
        read_list(GOOD, n_items)


def test_rows_with_a_gap_can_be_left_out_and_are_counted():
    data = read_list(with_value("count", 7, None), 3, missing="drop")
    assert (data.n, data.n_dropped) == (39, 1)


def test_a_covariate_without_variation_is_refused():
    with pytest.raises(PollInputError, match="all respondents have one value"):
        list_regression(GOOD, 3, ["weight"])


def test_covariates_that_repeat_each_other_are_refused():
    frame = GOOD.assign(again=GOOD["age"] * 2)
    with pytest.raises(PollInputError, match="repeat each other"):
        list_regression(frame, 3, ["age", "again"])


def test_a_group_without_a_pair_stops_the_combined_estimate_only():
    frame = GOOD.assign(direct=1)
    with pytest.raises(PollInputError, match="say no"):
        list_estimates(frame, 3, direct="direct")
    assert len(list_estimates(frame, 3)) == 1


def test_placebos_need_direct_answers():
    with pytest.raises(PollInputError, match="need direct answers"):
        list_placebos(GOOD, 3)


@pytest.mark.parametrize("options", [{"truthful_answer": "maybe"}, {"alpha": 2.0}])
def test_unknown_wishes_are_refused(options):
    with pytest.raises(PollInputError):
        list_estimates(GOOD, 3, direct="direct", **options)


def test_a_likelihood_without_a_maximum_is_no_number():
    """Nobody treated counts more than the control group: the share runs to zero."""
    frame = pd.DataFrame({"count": [0, 1, 1, 2] * 50, "treatment": [0, 0, 0, 0, 1, 1, 1, 1] * 25})
    frame.loc[frame["treatment"] == 1, "count"] = 0
    with pytest.raises(PollInputError, match="no maximum"):
        list_regression(frame, 3)


@pytest.mark.parametrize("method", ["ml", "nls", "linear"])
def test_a_covariate_that_is_the_treatment_is_named(method):
    """Under another name, turned round or in words: it cannot be told from the list."""
    arm = GOOD["treatment"]
    frame = GOOD.assign(arm=arm, other=7 - 2 * arm, group=arm.map({0: "short", 1: "long"}))
    for name in ("arm", "other", "group"):
        with pytest.raises(PollInputError, match=f"column {name}: the same as column treatment"):
            list_regression(frame, 3, ["age", name], method=method)


def test_a_covariate_of_one_value_in_one_group_is_named():
    frame = GOOD.assign(seen=(GOOD["age"] > 20) & (GOOD["treatment"] == 1))
    with pytest.raises(PollInputError, match="column seen: covariates do not vary within both"):
        list_regression(frame.astype({"seen": int}), 3, ["age", "seen"], method="linear")
