"""Second readings come in by a file; one that differs marks the answer as disputed."""

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pandas as pd
import pytest

import polls
from polls.entry.enter import Reading, enter_reading
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
    both = f"answers.csv has {share:g}, the second reading is {share + 3:g} (+3 points)"
    told = f"seen.csv:2: {key.replace(',', ' ')}: {both}, from https://made.example/1."
    assert told in result.stdout.splitlines()
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


def test_a_reading_is_told_with_both_values_also_where_the_answer_is_disputed_already(
    once: tuple[str, float], confirm: Callable
) -> None:
    """The second one changes no cell of the answer, and is no less far from it."""
    key, share = once
    assert confirm(f"{key},{share + 3:g},,https://made.example/1,").returncode == 0
    result = confirm(
        f"{key},{share + 0.5:g},,https://made.example/2,",
        f"{key},{share - 4.5:g},,https://made.example/3,",
    )
    assert f"the second reading is {share - 4.5:g} (-4.5 points)" in result.stdout
    assert result.stdout.count("the second reading") == 1
    assert f"seen.csv:3: {key.replace(',', ' ')}: " in result.stdout


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_key_that_looks_like_a_known_one_is_told_with_the_letter(
    part: int, once: tuple[str, float], confirm: Callable
) -> None:
    parts = once[0].split(",")
    place = parts[part].index("a")
    parts[part] = parts[part].replace("a", "\u0430", 1)
    result = confirm(f"{','.join(parts)},50,,https://made.example/1,")
    assert (result.returncode, result.stdout) == (1, "")
    of = f" of {parts[part]}" if part else ""
    odd = f"character {place + 1}{of}, CYRILLIC SMALL LETTER A (U+0430) in place of a"
    assert odd in result.stderr
    assert once[0].split(",")[part] in result.stderr


@pytest.mark.parametrize("seen", ['"57,5"', "57%", "57 %", "057"])
def test_what_is_no_number_of_percent_is_refused(
    seen: str, once: tuple[str, float], confirm: Callable
) -> None:
    result = confirm(f"{once[0]},{seen},,https://made.example/1,")
    assert (result.returncode, result.stdout) == (1, "")
    assert "seen.csv:2 [seen_pct]" in result.stderr
    assert "a decimal point, no comma, sign of percent, text or zero in front" in result.stderr


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
    assert (
        f"looks like a fraction of one; {share:g} is in answers.csv. Cure: give percent" in lines[3]
    )
    assert key.split(",")[2] in lines[0]
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


@pytest.mark.parametrize(
    ("share", "seen", "beside", "is_one"),
    [
        ("0", "0", [], False),
        ("57", "0.565", [], True),
        ("57", "0.575", [], True),
        ("57", "0.576", ["12.01"], False),
        ("57", "0.576", ["12.1"], True),
        ("57", "0.6", ["12.01"], True),
        ("67", "0.6", ["12.01"], False),
        ("51", "0.5", [], True),
        ("100", "1", [], True),
        ("57", "1", [], False),
        ("2", "0.67", [], True),
        ("2", "0.67", ["12.01"], False),
        ("0.7", "0.67", [], False),
        ("100", "100", [], False),
    ],
)
def test_a_reading_below_one_is_a_fraction_where_a_hundredth_or_nobody_prints_hundredths(
    share: str, seen: str, beside: list[str], *, is_one: bool
) -> None:
    """Within half a point of a hundredth of the share, or of what it is rounded to."""
    answer = {"poll_id": "p", "question_id": "q", "subgroup": "all", "option": "yes"}
    source = SimpleNamespace(find=lambda *_: "a-s")
    entry: Any = SimpleNamespace(
        answers={}, faults=[], shares=beside, sources=source, confirmations={}
    )
    entry.add = entry.draft = Mock()
    answer |= {"share_pct": share, "source_id": "b-s", "doubt": "disagreement"}
    entry.remarks = []
    reading = Reading(seen, "https://a.example")
    enter_reading(entry, answer, reading, Line("seen.csv", 2, {"seen_pct": seen}))
    assert [(fault.line, fault.column) for fault in entry.faults] == [(2, "seen_pct")] * is_one
    explained = Line("seen.csv", 2, {"seen_pct": seen, "reviewed_reason": "printed so"})
    entry.faults.clear()
    enter_reading(entry, answer, reading, explained)
    assert entry.faults == []


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
