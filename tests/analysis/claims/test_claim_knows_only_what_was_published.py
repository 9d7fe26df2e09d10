"""A claim as of a day rests on the polls published by that day, and counts them."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from reference.simulated_polls import SECTORS, make_polls, simulate_polls

from analysis.claims.threshold import claim

AS_OF = "2022-04-18"
POLLS = simulate_polls(np.random.default_rng(29), houses="abcde", sectors=SECTORS)
POLLS["published"] = POLLS["end_date"] + pd.to_timedelta(5, unit="D")


@pytest.mark.long("a fit for each day of knowledge")
def test_polls_published_later_change_nothing():
    early = POLLS[POLLS["published"] <= AS_OF]
    assert 5 < len(early) < len(POLLS)
    later = POLLS.assign(share_pct=POLLS["share_pct"].where(POLLS["published"] <= AS_OF, 5.0))
    expected = claim(early, 50, AS_OF)
    assert_frame_equal(claim(POLLS, 50, AS_OF), expected)
    assert_frame_equal(claim(later, 50, AS_OF), expected)


def test_a_poll_counts_from_the_day_it_was_published_not_the_day_it_ended():
    polls = make_polls([("a", "2022-03-01", 60), ("b", "2022-03-01", 70)])
    polls["published"] = ["2022-03-05", "2022-03-20"]
    assert claim(polls, 50, "2022-03-19")["n_polls"].iloc[0] == 1
    assert claim(polls, 50, "2022-03-20")["n_polls"].iloc[0] == 2


def test_each_level_counts_the_polls_and_houses_behind_it():
    known = POLLS[POLLS["published"] <= AS_OF]
    table = claim(POLLS, 50, AS_OF).set_index("reference")
    for sector, part in known.groupby("sector"):
        row = table.loc[f"sector:{sector}"]
        assert (row["n_polls"], row["n_houses"]) == (len(part), part["house_id"].nunique())
    for house, part in known.groupby("house_id"):
        assert (table.loc[house, "n_polls"], table.loc[house, "n_houses"]) == (len(part), 1)
    for reference in ("houses", "sectors", "new", "opinion"):
        assert table.loc[reference, "n_polls"] == len(known)
    assert list(table["estimand"].unique()) == [
        "these_houses", "sectors", "sector", "house", "new_house", "opinion",
    ]  # fmt: skip


@pytest.mark.long("a fit for each day of knowledge")
def test_the_date_is_the_day_of_knowledge_unless_another_is_asked_for():
    assert set(claim(POLLS, 50, AS_OF)["date"]) == {pd.Timestamp(AS_OF)}
    other = claim(POLLS, 50, AS_OF, date="2022-04-01")
    assert set(other["date"]) == {pd.Timestamp("2022-04-01")}
    assert set(other["as_of"]) == {pd.Timestamp(AS_OF)}


def test_without_a_day_of_knowledge_all_polls_count_and_the_last_day_is_meant():
    table = claim(POLLS, 50)
    assert table["n_polls"].iloc[0] == len(POLLS)
    assert table["as_of"].isna().all()
    assert table["date"].iloc[0] == table["last_poll"].max()


@pytest.mark.long("a fit for each day of knowledge")
def test_the_further_from_the_polls_the_wider():
    sds = [claim(POLLS, 50, AS_OF, date=f"2022-0{month}-18")["sd"].iloc[0] for month in (4, 6, 8)]
    assert sds[0] < sds[1] < sds[2]


def test_nothing_published_by_then_is_an_error():
    with pytest.raises(ValueError, match=r"no poll was published by 2022-01-01 \(the first: "):
        claim(POLLS, 50, "2022-01-01")
