"""Second readings come in by a file; one that differs marks the answer as disputed."""

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import polls
from polls.entry.confirm import _enter
from polls.entry.flat import Line

pytestmark = pytest.mark.long("all rules run on all tables")

HEAD = "poll_id,question_id,option,seen_pct,agrees,source_url,notes"


@pytest.fixture
def once(copy: Path) -> tuple[str, float]:
    """Key and share of an answer that was read once."""
    rows = polls.readings(data=copy).query("n_readings == 1 and share_pct > 5 and share_pct < 90")
    # Its own sum and total would speak, too; a question that is in no series has neither.
    row = rows[rows["question_id"] == "levada.putin_approval"].iloc[0]
    return f"{row['poll_id']},{row['question_id']},{row['option']}", float(row["share_pct"])


@pytest.fixture
def confirm(call: Callable, copy: Path, tmp_path: Path) -> Callable:
    """Confirm some rows."""

    def run(*rows: str):
        file = tmp_path / "seen.csv"
        file.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
        return call("confirm", file, "--yes", "--data", copy)

    return run


def test_a_reading_that_agrees_is_counted(
    once: tuple[str, float], confirm: Callable, copy: Path
) -> None:
    key, share = once
    assert confirm(f"{key},{share + 0.4:g},,https://made.example/1,rounded").returncode == 0
    poll, question, option = key.split(",")
    rows = polls.readings(data=copy).set_index(["poll_id", "question_id", "option"])
    assert rows.loc[(poll, question, option), ["n_readings", "n_differing"]].tolist() == [2, 0]
    row = polls.load(copy)["confirmations"].query("notes == 'rounded'").iloc[0]
    assert (row["seen_pct"], bool(row["agrees"])) == (share + 0.4, True)
    assert polls.check(copy) == []


def test_a_reading_that_differs_marks_the_answer(
    once: tuple[str, float], confirm: Callable, copy: Path
) -> None:
    key, share = once
    result = confirm(f"{key},{share + 3:g},no,https://made.example/1,")
    assert result.returncode == 0
    assert "doubt empty -> disagreement" in result.stdout
    assert [f for f in polls.check(copy) if f.level == "error"] == []


def test_what_stands_out_is_explained_in_a_column(
    once: tuple[str, float], call: Callable, copy: Path, tmp_path: Path
) -> None:
    """A source in which figures of another house were read is asked about."""
    key, share = once
    url = polls.load(copy)["sources"].query("source_id.str.startswith('fom-')")["url"].iloc[0]
    file = tmp_path / "seen.csv"
    head = "poll_id,question_id,option,seen_pct,source_url,reviewed_reason"
    file.write_text(f"{head}\n{key},{share:g},{url},compared there\n", encoding="utf-8")
    result = call("confirm", file, "--yes", "--data", copy)
    assert result.returncode == 0, result.stderr
    assert "Reviewed: compared there" in result.stdout
    assert polls.check(copy) == []


def test_the_same_reading_twice_changes_nothing(once: tuple[str, float], confirm: Callable) -> None:
    row = f"{once[0]},{once[1]:g},,https://made.example/1,"
    confirm(row)
    result = confirm(row)
    assert (result.returncode, result.stdout) == (0, "Nothing is new: 1 row there already.\n")


def test_a_reading_of_a_group_is_one_of_that_group_only(
    call: Callable, copy: Path, tmp_path: Path
) -> None:
    """It names its group, marks the answer of that group, and counts for no other."""
    answers = polls.load(copy)["answers"]
    answer = answers[(answers["subgroup"] == "sex:male") & answers["doubt"].isna()].iloc[-1]
    keys = ["poll_id", "question_id", "subgroup", "option"]
    before = polls.readings(data=copy)
    file = tmp_path / "seen.csv"
    words = ",".join(answer[keys])
    file.write_text(
        f"{','.join(keys)},seen_pct,source_url,notes\n"
        f"{words},{abs(answer['share_pct'] - 3):g},https://made.example/1,of men\n",
        encoding="utf-8",
    )
    assert call("confirm", file, "--yes", "--data", copy).returncode == 0
    frames = polls.load(copy)
    row = frames["confirmations"].query("notes == 'of men'").iloc[0]
    assert (row["subgroup"], bool(row["agrees"])) == ("sex:male", False)
    now = frames["answers"]
    changed = now[now["doubt"].fillna("") != answers["doubt"].fillna("")]
    assert changed[keys].to_numpy().tolist() == [list(answer[keys])]
    assert changed["doubt"].tolist() == ["disagreement"]
    pd.testing.assert_frame_equal(polls.readings(data=copy), before)
    assert [f for f in polls.check(copy) if f.level == "error"] == []


def test_faults_are_named_by_line_and_nothing_is_written(
    once: tuple[str, float], confirm: Callable, copy: Path
) -> None:
    """An answer that there is not, agrees that contradicts the numbers, the first source again."""
    key, share = once
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    frames = polls.load(copy)
    answers = frames["answers"].query("subgroup == 'all'")
    answers = answers.set_index(["poll_id", "question_id", "option"])
    source = answers.loc[tuple(key.split(",")), "source_id"]
    first = frames["sources"].set_index("source_id").loc[source, "url"]
    result = confirm(
        f"{key}x,{share:g},,https://made.example/1,",
        f"{key},{share + 3:g},yes,https://made.example/1,",
        f"{key},{share:g},,{first},",
        f"{key},{share / 100:g},,https://made.example/1,",
    )
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert [line.split(" error: ")[0] for line in lines] == [
        "seen.csv:2 [poll_id+question_id+option]",
        "seen.csv:3 [seen_pct+agrees]",
        "seen.csv:4 [source_url]",
        "seen.csv:5 [seen_pct]",
    ]
    assert "looks like a fraction of one. Cure: give percent: multiply by 100." in lines[3]
    assert key.split(",")[2] in lines[0]
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


@pytest.mark.parametrize(
    ("share", "seen", "lines"),
    [
        ("0", "0", []),
        ("57", "0.565", [2]),
        ("57", "0.575", [2]),
        ("57", "0.576", []),
        ("100", "1", [2]),
        ("100", "100", []),
    ],
)
def test_a_reading_that_is_a_hundredth_of_the_share_looks_like_a_fraction(
    share: str, seen: str, lines: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ("p", "q", "all", "yes")
    entry: Any = SimpleNamespace(answers={key: {"share_pct": share}}, faults=[])
    cells = {"poll_id": "p", "question_id": "q", "option": "yes", "seen_pct": seen}
    monkeypatch.setattr("polls.entry.confirm.enter_reading", lambda *_: None)
    _enter(entry, Line("seen.csv", 2, cells))
    assert [fault.line for fault in entry.faults] == lines


def test_lines_of_waves_that_are_not_there_are_told_at_once(
    call: Callable, copy: Path, tmp_path: Path
) -> None:
    """The nearest of all answers took seconds for each line, a minute for a file of sixty."""
    file = tmp_path / "seen.csv"
    rows = [f"fom-2019-01-{day:02d},fom.anxiety,calm,50,https://a.example" for day in range(1, 29)]
    file.write_text("\n".join(["poll_id,question_id,option,seen_pct,source_url", *rows, ""]))
    begin = time.process_time()
    result = call("confirm", file, "--yes", "--data", copy)
    assert time.process_time() - begin < 3
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 28
    assert "or enter the answer with `add`; nearest: fom-20" in result.stderr
