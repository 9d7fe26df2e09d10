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
        "construct_id": ["talks", "talks", "talks", "goals", "goals"],
        "n_readings": [1, 2, 1, 2, 3],
        "alone_days": [40.25, 0.0, 0.0, 12.0, 0.0],
        "poll_id": ["a-1", "a-2", "a-3", "b-1", "b-2"],
        "question_id": "a.talks",
        "option": "end",
        "share_pct": [54.5, 60.0, 61.0, 30.0, 31.0],
        "source_id": "s",
    }
    monkeypatch.setattr(_readings, "readings", lambda *, data: pd.DataFrame(made))
    assert _readings.describe_readings().splitlines() == [
        "3 of 5 printed values of all respondents were read twice.",
        "  talks: 1 of 3 (33%)",
        "  goals: 2 of 2 (100%)",
        "",
        "Read once, in a series; days for which no other poll of the house is nearer:",
        "  talks: 1 values",
        "       40 days  a-1 a.talks end 54.5  s",
    ]
