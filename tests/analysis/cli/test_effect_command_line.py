"""`python -m analysis effect` says what a change of the tables does to the estimates."""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PUBLISHED, PollTrend
from analysis.__main__ import main
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


@pytest.mark.long("fits with each poll and without it")
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


@pytest.mark.long("fits with each poll and without it")
def test_an_unusual_poll_has_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """One that differs by thirty points does, the poll as it is does not."""
    compare(BEFORE, POLLS, as_json=False)
    assert "UNUSUAL" not in capsys.readouterr().out
    odd = POLLS.assign(share_pct=POLLS["share_pct"] - 30 * (POLLS["poll_id"] == LAST))
    compare(BEFORE, odd, as_json=False)
    text = capsys.readouterr().out
    assert f"  new {LAST}: " in text
    assert "  UNUSUAL: more than 2.5 sds away. Read the source again." in text


@pytest.mark.long("fits with each poll and without it")
def test_polls_that_went_or_changed_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    changed = BEFORE.assign(share_pct=BEFORE["share_pct"] + (BEFORE["poll_id"] == "poll-3"))
    compare(POLLS, changed)
    record = json.loads(capsys.readouterr().out)[0]
    assert [row["poll_id"] for row in record["gone"]] == [LAST]
    (row,) = record["changed"]
    assert (row["poll_id"], row["now"] - row["was"]) == ("poll-3", pytest.approx(1.0))


@pytest.mark.long("fits with each poll and without it")
def test_another_size_or_day_of_a_poll_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """It moves the estimates as another share does."""
    day = pd.Timedelta(days=1)
    days = {name: pd.to_datetime(POLLS[name]) for name in ("start_date", "end_date")}
    before = POLLS.assign(**days).astype({"sample_size": float}).set_index("poll_id", drop=False)
    after = before.copy()
    after.loc["poll-3", "sample_size"] = 700.0
    after.loc["poll-4", "start_date"] -= day
    after.loc["poll-5", "end_date"] += day
    compare(before.reset_index(drop=True), after.reset_index(drop=True), as_json=False)
    start, end = before.loc["poll-4", "start_date"], before.loc["poll-5", "end_date"]
    assert capsys.readouterr().out.splitlines()[5:] == [
        f"  poll-3, sample_size: {before.loc['poll-3', 'sample_size']:.0f} -> 700",
        f"  poll-4, start_date: {start:%Y-%m-%d} -> {start - day:%Y-%m-%d}",
        f"  poll-5, end_date: {end:%Y-%m-%d} -> {end + day:%Y-%m-%d}",
    ]


@pytest.mark.long("fits with each poll and without it")
def test_a_warning_of_a_fit_is_told_with_the_state_it_is_of(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In the text, which is what `polls add` shows of the comparison."""
    sizes = POLLS["sample_size"].where(POLLS["poll_id"] != "poll-3", 2)
    compare(POLLS, POLLS.assign(sample_size=sizes), as_json=False)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "2 interviews" in line]
    assert line.startswith("  WARNING, after: 2 interviews in row 3 (poll-3)")


def test_a_folder_that_is_not_there_is_one_clear_error(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["effect", "--before", str(root / "polls/data"), "--after", "nowhere"]
    assert main(argv) == 1
    told = "error: There is no folder nowhere with tables. Give one that exists.\n"
    assert capsys.readouterr().err == told


def test_a_first_poll_has_nothing_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A construct without polls before: its polls are told without an expectation."""
    compare(POLLS.iloc[:0], POLLS, as_json=False)
    text = capsys.readouterr().out
    assert "before:" not in text
    assert "expected" not in text
    assert f"  new {LAST}: " in text


@pytest.mark.long("fits with each poll and without it")
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


SHORT = POLLS[:8].assign(decimals=0, n_parts=1)


@pytest.mark.long("fits of eight polls for each column", quick=2)
@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("house_id", "f", "{was} -> f"),
        ("sector", "new", "{was} -> new"),
        ("decimals", 1, "0 -> 1"),
        ("n_parts", 2, "1 -> 2"),
        ("design_effect", 4.25, "{was:g} -> 4.25"),
        ("sampling_var", 3.5, "none -> 3.5"),
    ],
)
def test_whatever_the_model_reads_of_a_poll_is_told(
    column: str, value: object, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Estimates moved without a word when a poll went to another house."""
    before = SHORT.assign(sampling_var=np.nan)
    after = before.astype({column: object})
    rows = after["house_id"] == "b" if column == "sector" else after["poll_id"] == "poll-3"
    after.loc[rows, column] = value
    compare(before, after, as_json=False)
    was = dict(zip(before["poll_id"], before[column], strict=True))
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  poll-")]
    assert lines == [
        f"  {poll}, {column}: {told.format(was=was[poll])}" for poll in after[rows]["poll_id"]
    ]


def test_what_both_states_lack_has_not_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """A poll without a size, whose variance is given."""
    is_given = SHORT["poll_id"] == "poll-3"
    size = SHORT["sample_size"].astype(float).where(~is_given)
    without = SHORT.assign(sample_size=size, sampling_var=np.where(is_given, 2.0, np.nan))
    compare(without, without)
    assert json.loads(capsys.readouterr().out)[0]["changed"] == []


def test_means_of_other_houses_and_changes_between_other_days_are_told_apart(
    capsys: pytest.CaptureFixture[str],
) -> None:
    compare(SHORT[SHORT["house_id"] != "b"].reset_index(drop=True), SHORT)
    (record,) = json.loads(capsys.readouterr().out)
    assert record["notes"][0] == "the means are not of the same houses: b after alone"
    compare(SHORT, SHORT[1:])
    (record,) = json.loads(capsys.readouterr().out)
    before, after = record["headline"]
    assert before["since"] != after["since"]
    told = "the changes are between other days, or of other houses, and not to be compared"
    assert record["notes"][-1] == told
    compare(SHORT, SHORT, as_json=False)
    assert "note:" not in capsys.readouterr().out


def test_a_construct_without_polls_in_either_state_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    compare(POLLS.iloc[:0], POLLS.iloc[:0], as_json=False)
    assert "  not fitted: there are no polls, before or after; name" in capsys.readouterr().out


def test_a_state_that_cannot_be_fitted_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    compare(SHORT, SHORT.assign(share_pct=-1.0), as_json=False)
    assert "  not fitted: after, row 0 (poll-0), column share_pct: -1" in capsys.readouterr().out


def test_a_construct_named_twice_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    twice = argparse.Namespace(
        before=Path("b"), after=Path("a"), construct=["support", "support"], json=True
    )
    run_effect(twice, lambda construct, folder: SHORT)
    assert len(json.loads(capsys.readouterr().out)) == 1
