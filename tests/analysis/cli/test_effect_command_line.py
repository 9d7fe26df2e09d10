"""`python -m analysis effect` says what a change of the tables does to the estimates."""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PUBLISHED, PollTrend
from analysis.cli.effect import run_effect

POLLS = simulate_polls(np.random.default_rng(91), houses="abcde", sectors=SECTORS)
POLLS["poll_id"] = [f"poll-{number}" for number in range(len(POLLS))]
LAST = POLLS.sort_values("end_date")["poll_id"].iloc[-1]
BEFORE = POLLS[POLLS["poll_id"] != LAST].reset_index(drop=True)


def compare(before: pd.DataFrame, after: pd.DataFrame, *, as_json: bool = True) -> None:
    """Run the verb on two states of one series."""
    states = {Path("before"): before, Path("after"): after}
    args = argparse.Namespace(
        before=Path("before"), after=Path("after"), construct=["support"], json=as_json
    )
    run_effect(args, lambda construct, folder: states[folder])


def test_levels_and_headlines_are_those_of_the_trend(capsys: pytest.CaptureFixture[str]) -> None:
    """On the last days of both states; by the published model."""
    compare(BEFORE, POLLS)
    record = json.loads(capsys.readouterr().out)[0]
    for state, obs in (("before", BEFORE), ("after", POLLS)):
        results = PollTrend(obs, options=PUBLISHED).fit()
        for row in record["levels"]:
            if row["state"] == state:
                level = results.trend("houses", dates=[row["date"]]).iloc[0]
                assert row["mean"] == pytest.approx(level["mean"])
                assert row["upper"] == pytest.approx(level["upper"])
        said = next(row for row in record["headline"] if row["state"] == state)
        change = results.change(said["since"], said["until"], reference=said["reference"])
        assert said["mean"] == pytest.approx(change["mean"])


def test_a_new_poll_is_held_against_the_polls_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    compare(BEFORE, POLLS)
    (row,) = json.loads(capsys.readouterr().out)[0]["new"]
    mine = POLLS[POLLS["poll_id"] == LAST].reset_index(drop=True)
    expected = (
        PollTrend(BEFORE, options=PUBLISHED).fit().get_prediction(mine).summary_frame().iloc[0]
    )
    assert row["poll_id"] == LAST
    assert row["z"] == pytest.approx((mine["share_pct"][0] - expected["mean"]) / expected["sd"])


def test_an_unusual_poll_has_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """One that differs by thirty points does, the poll as it is does not."""
    compare(BEFORE, POLLS, as_json=False)
    assert "UNUSUAL" not in capsys.readouterr().out
    odd = POLLS.assign(share_pct=POLLS["share_pct"] - 30 * (POLLS["poll_id"] == LAST))
    compare(BEFORE, odd, as_json=False)
    text = capsys.readouterr().out
    assert f"  new {LAST}: " in text
    assert "  UNUSUAL: more than 2.5 sds away. Read the source again." in text


def test_polls_that_went_or_changed_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    changed = BEFORE.assign(share_pct=BEFORE["share_pct"] + (BEFORE["poll_id"] == "poll-3"))
    compare(POLLS, changed)
    record = json.loads(capsys.readouterr().out)[0]
    assert [row["poll_id"] for row in record["gone"]] == [LAST]
    (row,) = record["changed"]
    assert (row["poll_id"], row["now"] - row["was"]) == ("poll-3", pytest.approx(1.0))


def test_a_first_poll_has_nothing_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A construct without polls before: its polls are told without an expectation."""
    compare(POLLS.iloc[:0], POLLS, as_json=False)
    text = capsys.readouterr().out
    assert "before:" not in text
    assert "expected" not in text
    assert f"  new {LAST}: " in text


def test_the_headline_is_told_between_the_windows_of_all_texts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where polls span them; otherwise from the first day to the last, of the mean of all."""
    polls = simulate_polls(np.random.default_rng(5), 80, 1400, houses="abc", sectors=SECTORS)
    polls["poll_id"] = [f"poll-{number}" for number in range(len(polls))]
    by = pd.Timestamp("2022-03-01") - pd.to_datetime(polls["start_date"]).min()
    for column in ("start_date", "end_date"):
        polls[column] = pd.to_datetime(polls[column]) + by
    compare(polls, POLLS)
    spanned, short = json.loads(capsys.readouterr().out)[0]["headline"]
    assert spanned["since"] == ["2022-04-01", "2022-05-31"]
    assert spanned["reference"].startswith("houses:")
    assert short["since"][0] == short["since"][1]
    assert short["reference"] == "houses"
