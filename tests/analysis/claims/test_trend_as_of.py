"""As of a date only the polls published by then are known."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analysis import PollInputError, published_by

POLLS = pd.DataFrame(
    {
        "poll_id": ["early", "late", "undated"],
        "end_date": ["2022-03-03", "2022-03-04", "2022-03-20"],
        "published": ["2022-03-09", "2022-04-09", None],
    }
)


@pytest.mark.parametrize(
    ("date", "known", "n_undated"),
    [
        ("2022-03-09", ["early"], 0),
        ("2022-03-19", ["early"], 0),
        ("2022-03-20", ["early", "undated"], 1),
        ("2022-04-09", ["early", "late", "undated"], 1),
    ],
)
def test_publication_counts_and_else_the_end_of_fieldwork(date, known, n_undated):
    kept, undated = published_by(POLLS, date)
    assert (list(kept["poll_id"]), undated) == (known, n_undated)


def test_available_from_goes_before_published():
    polls = POLLS.assign(available_from=["2022-03-10", None, "2022-03-28"])
    with pytest.raises(PollInputError, match="the first: 2022-03-10"):
        published_by(polls, "2022-03-09")
    kept, undated = published_by(polls, "2022-04-01")
    assert (list(kept["poll_id"]), undated) == (["early", "undated"], 0)


def test_the_polls_are_not_changed():
    before = POLLS.copy(deep=True)
    published_by(POLLS, "2022-04-01")
    assert_frame_equal(POLLS, before)


def test_a_date_before_all_polls_is_an_error():
    with pytest.raises(PollInputError, match="no poll was published by 2022-01-01"):
        published_by(POLLS, "2022-01-01")


def test_an_unreadable_date_is_an_error():
    with pytest.raises(PollInputError, match="as of: 'April' is not a date"):
        published_by(POLLS, "April")
