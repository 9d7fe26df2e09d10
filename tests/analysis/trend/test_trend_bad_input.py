"""Bad input gives one clear message that names the row, the column, the value and the cure."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls

from analysis import PollInputError, PollTrend

GOOD = make_polls(
    [("a", "2022-03-01", 60), ("b", "2022-03-05", 64), ("a", "2022-03-09", 61)], sector="state"
).assign(poll_id=["a-1", "b-1", "a-2"])


def with_value(column, value):
    """The good polls with one value in row 1 replaced."""
    polls = GOOD.astype({column: object}) if column in GOOD else GOOD.assign(**{column: None})
    polls[column] = polls[column].astype(object)
    polls.loc[1, column] = value
    return polls


# column, value, and what the message says of it
FAULTS = [
    ("sample_size", None, "no value; give the number of interviews"),
    ("sample_size", "", "no value; give the number of interviews"),
    ("sample_size", 0, "0 is not above 0"),
    ("sample_size", -5, "-5 is not above 0"),
    ("sample_size", "many", "'many' is not a number"),
    ("sample_size", np.inf, "inf is not finite"),
    ("sample_size", True, "True is not a number"),
    ("share_pct", None, "no value; give the share in percent"),
    ("share_pct", 100.5, "100.5 is outside 0 to 100"),
    ("share_pct", -1, "-1 is outside 0 to 100"),
    ("share_pct", np.inf, "inf is not finite"),
    ("share_pct", "64,5", "'64,5' is not a number; .* with a decimal point"),
    ("share_pct", "64%", "'64%' is not a number"),
    ("start_date", None, "no date; write dates as YYYY-MM-DD"),
    ("start_date", "05.03.2022", "'05.03.2022' is not a date that can be read"),
    ("start_date", "2022-02-31", "'2022-02-31' is not a date that can be read"),
    ("start_date", "1004-03-05", "'1004-03-05' is not a date that can be read"),
    ("start_date", "20220305", "'20220305' is not a date that can be read"),
    ("start_date", 44625, "44625 is not a date that can be read"),
    ("end_date", "2022-03-04", "fieldwork ends 2022-03-04, before it starts 2022-03-05"),
    ("end_date", pd.NaT, "no date"),
    ("house_id", None, "no value; name the polling organisation"),
    ("house_id", "b ", "'b ' has spaces at its ends; remove the spaces"),
    ("house_id", "houses", "'houses' is the name of a reference; rename the house"),
    ("house_id", "sector:x", "'sector:x' is the name of a reference"),
    ("house_id", "houses:a,b", "'houses:a,b' is the name of a reference"),
    ("sector", None, "no value; give every house its sector"),
    ("decimals", 0.5, "0.5 is not whole"),
    ("decimals", -1, "-1 is outside 0 to 6"),
    ("design_effect", 0, "0 is not above 0"),
    ("sampling_var", -1, "-1 is not at least 0"),
    ("n_parts", 0, "0 is not at least 1"),
]


@pytest.mark.parametrize(("column", "value", "message"), FAULTS)
def test_the_message_names_row_column_value_and_cure(column, value, message):
    with pytest.raises(
        PollInputError, match=rf"^row 1 \(b-1\), column {column}: {message}"
    ) as caught:
        PollTrend(with_value(column, value))
    assert caught.value.cure


def test_the_good_polls_are_good():
    assert PollTrend(GOOD).fit().diagnostics()["is_converged"]


@pytest.mark.parametrize(
    "column", ["house_id", "start_date", "end_date", "sample_size", "share_pct"]
)
def test_a_missing_column_is_named_with_those_there(column):
    message = f"column {column} is missing \\(columns found: .*\\); polls need the columns house_id"
    with pytest.raises(PollInputError, match=message):
        PollTrend(GOOD.drop(columns=column))


def test_no_rows_is_an_error():
    with pytest.raises(PollInputError, match="there are no polls; give at least one row"):
        PollTrend(GOOD.iloc[:0])


def test_a_column_twice_is_an_error():
    with pytest.raises(PollInputError, match="column share_pct stands there twice"):
        PollTrend(pd.concat([GOOD, GOOD[["share_pct"]]], axis=1))


def test_something_else_than_a_frame_is_an_error():
    with pytest.raises(PollInputError, match="polls came as list; pass a pandas DataFrame"):
        PollTrend([1, 2])


def test_a_house_in_two_sectors_is_an_error():
    polls = GOOD.assign(sector=["state", "state", "independent"])
    message = r"row 2 \(a-2\), column sector: house a is 'independent' here and 'state' elsewhere"
    with pytest.raises(PollInputError, match=message):
        PollTrend(polls)


def test_further_rows_with_the_same_fault_are_counted():
    polls = pd.concat([GOOD] * 4, ignore_index=True).assign(share_pct=101)
    with pytest.raises(PollInputError, match=r"the same fault in 1, 2, 3, 4, 5 and 6 more"):
        PollTrend(polls)


def test_the_error_is_a_value_error():
    assert issubclass(PollInputError, ValueError)


@pytest.mark.parametrize("date", ["yesterday", 44625, None, "2022-13-01", dt.time(1)])
def test_a_date_asked_for_must_be_a_date(date):
    results = PollTrend(GOOD).smooth((0.3, 2.0, 5.0))
    with pytest.raises(PollInputError, match=r"start: .* is not a date that can be read"):
        results.change(date, "2022-03-09")
    with pytest.raises(PollInputError, match=r"date: .* is not a date that can be read"):
        results.prob_above(50, date)
