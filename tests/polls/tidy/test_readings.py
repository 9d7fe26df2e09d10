"""How often each printed percentage was read, and what hangs on those that were read once."""

import pandas as pd
import pytest

import polls
from polls.__main__ import main
from polls.tidy import _readings


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """The readings of the real tables."""
    return polls.readings()


@pytest.mark.long("all printed answers are read")
def test_every_printed_answer_of_all_is_there_once(rows: pd.DataFrame) -> None:
    answers = polls.load()["answers"]
    printed = answers[(answers["origin"] == "printed") & (answers["subgroup"] == "all")]
    assert len(rows) == len(printed)
    assert list(rows) == [
        "construct_id",
        "poll_id",
        "question_id",
        "option",
        "share_pct",
        "n_readings",
        "n_differing",
        "source_id",
        "alone_days",
    ]
    assert not rows.duplicated(["poll_id", "question_id", "option"]).any()


def test_readings_are_the_first_and_each_confirmation(rows: pd.DataFrame) -> None:
    seen = polls.load()["confirmations"].query("subgroup == 'all'")
    answers = polls.load()["answers"].query("origin == 'printed' and subgroup == 'all'")
    keys = ["poll_id", "question_id", "option"]
    assert (rows["n_readings"] - 1).sum() == len(seen.merge(answers[keys], on=keys))
    differing = seen[~seen["agrees"].astype(bool)].merge(answers[keys], on=keys)
    assert rows["n_differing"].sum() == len(differing)


def test_only_sided_values_of_a_series_carry_days(rows: pd.DataFrame) -> None:
    """The days of a construct add up to its length for each house that polled, value by value."""
    obs = polls.series("support")
    length = (obs["mid_date"].max() - obs["mid_date"].min()).days
    mine = rows.query("construct_id == 'support' and alone_days > 0")
    assert set(mine["poll_id"]) <= set(obs["poll_id"])
    days = mine.drop_duplicates("poll_id").merge(obs[["poll_id", "house_id"]], on="poll_id")
    whole = obs.groupby("house_id")["poll_id"].nunique()
    seen = days.groupby("house_id")["poll_id"].nunique()
    complete = seen.index[seen == whole.reindex(seen.index)]
    sums = days.groupby("house_id")["alone_days"].sum()
    assert sums[complete].tolist() == [length] * len(complete)


def test_a_poll_stands_for_half_the_days_to_each_neighbour_of_its_house(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And for all days to the ends of the series, which is 40 days long."""
    polled = pd.DataFrame({"house_id": [*"aabac"], "poll_id": [*"vwxyz"], "question_id": "q"})
    days = pd.to_timedelta([0, 10, 15, 31, 40], unit="D")
    polled["mid_date"] = pd.Timestamp("2022-04-01") + days
    monkeypatch.setattr(_readings, "split_polls", lambda *_: (polled, polled[:0]))
    alone = _readings._alone_days("talks", {})
    assert alone["alone_days"].tolist() == [5.0, 15.5, 40.0, 19.5, 40.0]
    assert alone["poll_id"].tolist() == [*"vwxyz"]


def test_readings_stand_by_construct_the_heaviest_first(rows: pd.DataFrame) -> None:
    order = list(polls.load()["constructs"]["construct_id"])
    asked = [order.index(name) if name in order else len(order) for name in rows["construct_id"]]
    by = zip(asked, -rows["alone_days"], rows["poll_id"], strict=True)
    assert list(by) == sorted(zip(asked, -rows["alone_days"], rows["poll_id"], strict=True))


@pytest.mark.long("all rules run on all tables")
def test_check_lists_values_read_once(capsys: pytest.CaptureFixture[str]) -> None:
    """By construct first, then those that weigh most, the heaviest before the others."""
    assert main(["check", "--second-source"]) == 0
    text = capsys.readouterr().out
    assert "printed values of all respondents were read twice." in text
    listed = text.split("Read once")[1].split("  talks:")[0].splitlines()[2:]
    days = [float(line.split()[0]) for line in listed]
    assert days == sorted(days, reverse=True)
    assert days


def test_the_share_of_values_read_twice_is_told_by_construct(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = {
        "construct_id": ["talks", "talks", "talks", "goals", "goals", "goals"],
        "n_readings": [1, 2, 1, 2, 3, 1],
        "alone_days": [40.25, 0.0, 0.0, 12.0, 0.0, 1.0],
        "poll_id": ["a-1", "a-2", "a-3", "b-1", "b-2", "b-3"],
        "question_id": "a.talks",
        "option": "end",
        "share_pct": [54.5, 60.0, 61.0, 30.0, 31.0, 31.0],
        "source_id": "s",
    }
    monkeypatch.setattr(_readings, "readings", lambda *, data: pd.DataFrame(made))
    assert _readings.describe_readings().splitlines() == [
        "3 of 6 printed values of all respondents were read twice.",
        "  talks: 1 of 3 (33%)",
        "  goals: 2 of 3 (67%)",
        "",
        "Read once, in a series; days for which no other poll of the house is nearer:",
        "  talks: 1 values",
        "       40 days  a-1 a.talks end 54.5  s",
        "  goals: 1 values",
        "        1 days  b-3 a.talks end 31  s",
    ]
    # As many of each construct as asked for.
    assert _readings.describe_readings(n=0).splitlines()[-2:] == [
        "  talks: 1 values",
        "  goals: 1 values",
    ]
