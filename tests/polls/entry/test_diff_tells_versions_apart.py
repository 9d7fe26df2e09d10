"""Two versions of the tables as a reader wants them told apart."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from helpers.paths import TESTS

import polls
from polls.entry import decide
from polls.entry import diff as versions
from polls.tables import DATA


@pytest.mark.long("a fit before and after")
@pytest.mark.usefixtures("no_estimates")
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
    # A wave of one series. What `correct` tells of it is not looked at here: `diff` asks by itself.
    words = ["levada-2022-03-30", "--column", "sample_size", "--to", "1640", "--reason", "misread"]
    call("correct", *words, "--source", "https://made.example/1", "--yes", "--data", copy)
    told = call("diff", two_houses, copy).stdout.splitlines()
    assert told[0] == f"Old: {polls.version(two_houses)}"
    assert told[1] == f"New: {polls.version(copy)}"
    assert "new wave fom-2026-03-22: 2026-03-20 to 2026-03-22, 3 answers" in told
    assert "fom-2026-03-01: 1 further answer" in told
    assert any(line.startswith("levada-2022-03-30: sample_size ") for line in told)
    key = "corrected: poll_id=levada-2022-03-30, sample_size "
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


@pytest.mark.long("a fit before and after")
def test_a_revision_stands_for_its_tables(call: Callable) -> None:
    """A commit of the repository; another name is refused."""
    git = ["git", "rev-parse", "--verify", "HEAD"]
    if subprocess.run(git, cwd=DATA, capture_output=True, check=False).returncode == 0:
        told = call("diff", "HEAD", "HEAD").stdout
        assert "The two are the same, byte by byte." in told
    result = call("diff", "no-such-revision", DATA)
    assert result.returncode == 2
    assert "There is no folder no-such-revision, and no revision of that name" in result.stderr


@pytest.mark.long("fits in a Python of their own")
def test_estimates_of_each_series_that_is_asked_for_are_told_and_of_no_other() -> None:
    excerpt = TESTS / "data" / "excerpt"
    told = decide.Effect(excerpt, excerpt, ["talks", "attention"]).tell().splitlines()
    assert [line.split(",")[0] for line in told if not line.startswith(" ")] == [
        "talks",
        "attention",
    ]


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """What is told after some edits of the excerpt, and of which constructs estimates are asked."""

    class Asked(NamedTuple):
        old: Path
        new: Path
        constructs: list[str]

        def tell(self) -> str:
            return f"asked of {' '.join(self.constructs) or 'none'}"

    monkeypatch.setattr(versions, "Effect", Asked)

    def run(table: str, old: str, new: str) -> list[str]:
        copy = shutil.copytree(TESTS / "data" / "excerpt", tmp_path / "copy")
        text = (copy / f"{table}.csv").read_text(encoding="utf-8")
        assert text.count(old) == 1
        (copy / f"{table}.csv").write_text(text.replace(old, new), encoding="utf-8", newline="\n")
        told = versions.diff(TESTS / "data" / "excerpt", copy).splitlines()
        assert told[-2] == "Estimates:"
        return [*told[2:-2], told[-1].strip()]

    return run


@pytest.mark.long("a fit before and after", quick=2)
@pytest.mark.parametrize(
    ("table", "old", "new", "told"),
    [
        (
            "polls",
            "f2f,1634,",
            "f2f,1643,",
            ["levada-2023-06-28: sample_size 1634 -> 1643", "asked of support talks"],
        ),
        (
            "answers",
            "levada-2023-06-28,levada.talks,all,continue_total,39,",
            "levada-2023-06-28,levada.talks,all,continue_total,40,",
            [
                "levada-2023-06-28 levada.talks all continue_total: share_pct 39 -> 40",
                "asked of talks",
            ],
        ),
        (
            "answers",
            "levada-2022-04-27,levada.putin_approval,all,approve,82,",
            "levada-2022-04-27,levada.putin_approval,men,approve,82,",
            [
                "levada-2022-04-27: 1 further answer",
                "levada-2022-04-27 levada.putin_approval all approve: gone, was 82",
                "asked of none",
            ],
        ),
        (
            "polls",
            "\nlevada-2025-06-25,",
            "\nlevada-2025-06-26,",
            [
                "new wave levada-2025-06-26: 2025-06-19 to 2025-06-25, 0 answers",
                "gone wave levada-2025-06-25",
                "asked of support talks",
            ],
        ),
        (
            "options",
            "levada.attention,very_closely,very closely",
            "levada.attention,very_closely,closely",
            ["options: 0 new, 0 gone, 1 changed", "asked of none"],
        ),
    ],
)
def test_estimates_are_asked_of_the_series_that_are_touched(
    tell: Callable, table: str, old: str, new: str, told: list[str]
) -> None:
    assert tell(table, old, new) == told


SPOILT = [
    # file, how its text is spoilt, what is said
    ("houses.csv", lambda text: text + b"\xff", "houses.csv:{last} error encoding: byte 0xff"),
    ("answers.csv", lambda text: text + b'"a\n', "answers.csv:{last} error csv: the line is not"),
    ("houses.csv", lambda text: text + b"x" * 200_000 + b"\n", "Cure: shorten the cell."),
    ("polls.csv", lambda text: text + text.splitlines(True)[-1], "polls.csv: two rows of "),
]


@pytest.mark.long("tables are read and compared", quick=2)
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("file", "spoil", "words"), SPOILT)
def test_a_version_that_cannot_be_compared_is_told_by_file_and_line(
    file: str,
    spoil: Callable[[bytes], bytes],
    words: str,
    turned: bool,
    copy: Path,
    two_houses: Path,
    call: Callable,
) -> None:
    path = copy / file
    last = path.read_bytes().count(b"\n") + 1
    path.write_bytes(spoil(path.read_bytes()))
    result = call("diff", *((copy, two_houses) if turned else (two_houses, copy)))
    assert result.returncode in (1, 2)
    assert words.format(last=last) in result.stderr
    assert "codec" not in result.stderr


@pytest.mark.long("tables are read and compared")
def test_an_answer_to_a_question_that_is_not_there_stops_no_comparison(
    copy: Path, two_houses: Path, call: Callable
) -> None:
    path = copy / "questions.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith("fom.anxiety,"))
    path.write_text(kept, encoding="utf-8", newline="")
    result = call("diff", two_houses, copy)
    assert result.returncode == 0, result.stderr
    assert "questions: 0 new, 1 gone, 0 changed" in result.stdout
