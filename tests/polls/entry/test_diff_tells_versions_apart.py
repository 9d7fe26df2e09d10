"""Two versions of the tables as a reader wants them told apart."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd

import polls
from polls.tables import DATA


def test_waves_answers_and_changes_are_told(
    copy: Path, two_houses: Path, call: Callable, flat: Callable
) -> None:
    call("add", flat(), "--yes", "--data", copy)
    call(
        "add",
        flat(
            {"rather_trust": "76"},
            question_id="fom.president_trust",
            field_start="2026-02-27",
            field_end="2026-03-01",
            published="",
            subgroup="sex:male",
        ),
        "--yes",
        "--data",
        copy,
    )
    words = ["levada-2023-06-28", "--column", "sample_size", "--to", "1640", "--reason", "misread"]
    call("correct", *words, "--source", "https://made.example/1", "--yes", "--data", copy)
    told = call("diff", two_houses, copy).stdout.splitlines()
    assert told[0] == f"Old: {polls.version(two_houses)}"
    assert told[1] == f"New: {polls.version(copy)}"
    assert "new wave fom-2026-03-22: 2026-03-20 to 2026-03-22, 3 answers" in told
    assert "fom-2026-03-01: 1 further answer" in told
    assert any(line.startswith("levada-2023-06-28: sample_size ") for line in told)
    key = "corrected: poll_id=levada-2023-06-28, sample_size "
    assert any(line.startswith(key) and line.endswith("-> 1640: misread") for line in told)
    assert "sources: 2 new, 0 gone, 0 changed" in told
    assert "  support, the mean of these houses, whose effects may drift:" in told


def test_what_went_is_told(copy: Path, two_houses: Path, call: Callable, flat: Callable) -> None:
    """The other way round."""
    call("add", flat(), "--yes", "--data", copy)
    told = call("diff", copy, two_houses).stdout
    assert "gone wave fom-2026-03-22\n" in told


def test_one_version_is_the_same_as_itself(copy: Path, two_houses: Path, call: Callable) -> None:
    assert "The two are the same, byte by byte." in call("diff", copy, two_houses).stdout


def test_answers_of_groups_move_no_estimate(copy: Path, two_houses: Path, call: Callable) -> None:
    """Of a question that is in a series; they are answers that were changed all the same."""
    frames = polls.load(two_houses)
    series = frames["questions"].query("in_series")["question_id"]
    path = copy / "answers.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    of_groups = frame["question_id"].isin(series) & (frame["subgroup"] != "all")
    row = frame[of_groups].iloc[0]
    frame.loc[row.name, "share_pct"] = f"{float(row['share_pct']) + 1:g}"
    frame.to_csv(path, index=False, lineterminator="\n")
    told = call("diff", two_houses, copy).stdout
    assert f"{row['poll_id']} {row['question_id']} {row['subgroup']} " in told
    assert "no answer to a series question changes, so no estimate does." in told


def test_a_revision_stands_for_its_tables(call: Callable) -> None:
    """A commit of the repository; another name is refused."""
    git = ["git", "rev-parse", "--verify", "HEAD"]
    if subprocess.run(git, cwd=DATA, capture_output=True, check=False).returncode == 0:
        told = call("diff", "HEAD", "HEAD").stdout
        assert "The two are the same, byte by byte." in told
    result = call("diff", "no-such-revision", DATA)
    assert result.returncode == 2
    assert "There is no folder no-such-revision, and no revision of that name" in result.stderr
