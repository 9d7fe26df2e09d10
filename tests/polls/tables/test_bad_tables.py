"""Files that cannot be read give one clear message with file, line, column and cure."""

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.small_data import make_small_data

from polls.__main__ import main


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tables that a test may spoil."""
    return make_small_data(tmp_path / "data")


class Result(NamedTuple):
    """What a call of the command line came to."""

    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Result]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """`python -m polls` without the seconds that a new Python takes to start."""

    def run(*words: str | Path) -> Result:
        code = main([str(word) for word in words])
        return Result(code, *capsys.readouterr())

    return run


def write_cell(path: Path, line: int, column: str, text: str) -> None:
    """Type another text into one cell; no record of the tables is longer than a line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[line - 1][rows[0].index(column)] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def find_line(path: Path, start: str) -> int:
    """Number of the first line that begins with a text."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith(start):
            return number
    raise AssertionError(f"no line of {path.name} begins with {start}")


CELLS = [
    # table, row, column, what is typed there, column named, word of the message
    ("polls", "levada-2022-03-30", "field_start", "2022-06-31", "field_start", "exists"),
    ("polls", "levada-2022-04-27", "field_start", "1004-04-21", "field_start", "exists"),
    ("polls", "levada-2022-11-30", "published", "2096-12-02", "published", "not come yet"),
    ("polls", "levada-2023-04-26", "field_start", "2023-04-29", "field_start+field_end", "after"),
    ("polls", "levada-2023-06-28", "mode", "face to face", "mode", "cati"),
    ("polls", "levada-2023-09-27", "house_id", "lavada", "house_id", "houses.csv"),
    ("polls", "levada-2023-10-25", "sample_size", "1616.5", "sample_size", "whole number"),
    ("houses", "levada", "name", "=Levada Center", "name", "formula"),
    ("houses", "vciom", "name", "@VCIOM", "name", "formula"),
    ("houses", "fom", "name", "+FOM", "name", "formula"),
    ("houses", "gallup", "name", "-Gallup", "name", "formula"),
    ("houses", "norc", "name", "NORC ", "name", "blanks"),
    ("answers", "levada-2022-03-30", "share_pct", "101", "share_pct", "at most 100"),
    ("answers", "levada-2022-04-27", "share_pct", "-3", "share_pct", "at least 0"),
    ("answers", "levada-2022-11-30", "share_pct", "81,0", "share_pct", "no comma"),
    ("answers", "levada-2023-04-26", "share_pct", "81%", "share_pct", "percent"),
]


@pytest.mark.long("all rules run on spoilt tables")
def test_bad_cells_are_named_with_their_cures(copy: Path, call: Call) -> None:
    """Exit 1, and for every spoilt cell a line with file, line, column, what is wrong and cure."""
    expected = []
    for table, row, column, text, named, word in CELLS:
        line = find_line(copy / f"{table}.csv", f"{row},")
        write_cell(copy / f"{table}.csv", line, column, text)
        expected.append((f"{table}.csv:{line} [{named}] error ", word))
    result = call("check", "--data", copy)
    assert result.returncode == 1
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    for start, word in expected:
        mine = [line for line in lines if line.startswith(start)]
        assert any(word in line and "Cure: " in line for line in mine), (start, mine)


WHOLE_FILES = [
    # table, how it is spoilt, line named (-1: the last), word of the message
    ("houses", lambda text: b"\xef\xbb\xbf" + text, 1, "byte order mark"),
    ("constructs", lambda text: text.replace(b"\n", b"\r\n"), 1, "LF line ends"),
    ("questions", lambda text: text.replace(b".", b".\x00", 1), 2, "NUL"),
    ("options", lambda text: text + "Лев\n".encode("cp1251"), -1, "UTF-8"),
    ("sources", lambda text: text.replace(b"publisher", b"url", 1), 1, "2 times"),
    ("polls", lambda text: text.replace(b"house_id", b"house", 1), 1, "'house'"),
    ("overlaps", lambda text: text.rstrip(b"\n"), -1, "does not end"),
    ("events", lambda text: text.replace(b"\n", b",extra\n", 1), 1, "not known"),
    ("indirect", lambda text: text.replace(b"study,house_id", b"house_id,study"), 1, "order"),
    ("cells", lambda text: b"", None, "empty"),
    ("population", lambda text: text + b'levada,"\n', -1, "CSV"),
    ("corrections", lambda text: text + b"polls,poll_id\n", -1, "2 cells where the header"),
    ("confirmations", lambda text: None, None, "missing"),
]


def test_bad_files_are_named_with_their_cures(copy: Path, call: Call) -> None:
    """Encoding, BOM, CRLF, NUL, header, quotes: one line for each file, and no flood of others."""
    starts = {}
    for table, spoil, line, _ in WHOLE_FILES:
        path = copy / f"{table}.csv"
        text = spoil(path.read_bytes())
        path.unlink() if text is None else path.write_bytes(text)
        last = len((text or b"").splitlines())
        place = "" if line is None else f":{line if line > 0 else last + 1 + line}"
        starts[table] = f"{table}.csv{place} "
    result = call("check", "--data", copy)
    assert result.returncode == 1
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    for table, _, _, word in WHOLE_FILES:
        mine = [text for text in lines if text.startswith(f"{table}.csv")]
        assert len(mine) == 1, mine
        assert mine[0].startswith(starts[table]), mine
        assert word in mine[0]
        assert "Cure: " in mine[0]
    assert len(lines) == len(WHOLE_FILES) + 1


def test_a_pipe_in_the_place_of_a_table_is_told_and_not_waited_for(copy: Path, call: Call) -> None:
    """Nobody writes into it; what waits for that waits for ever."""
    (copy / "events.csv").unlink()
    os.mkfifo(copy / "events.csv")
    result = call("check", "--data", copy)
    assert result.returncode == 1
    told = "events.csv error file: events.csv cannot be read (it is a pipe or device). Cure: mend"
    assert result.stdout.startswith(told)


def test_a_missing_folder_is_a_usage_error(tmp_path: Path, call: Call) -> None:
    """--data names a folder that does not exist: exit 2 and one line."""
    result = call("check", "--data", tmp_path / "nowhere")
    assert result.returncode == 2
    assert "There is no folder" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.long("all rules run on spoilt tables")
def test_a_duplicate_id_is_named_in_both_lines(copy: Path, call: Call) -> None:
    """Two rows with one id: each names the line of the other."""
    path = copy / "polls.csv"
    line = find_line(path, "levada-2022-04-27,")
    lines = path.read_text(encoding="utf-8").split("\n")
    lines.insert(line, lines[line - 1])
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    result = call("check", "--data", copy)
    assert result.returncode == 1
    message = "the same poll_id as in line"
    assert f"polls.csv:{line} [poll_id] error duplicate: {message} {line + 1}." in result.stdout
    assert f"polls.csv:{line + 1} [poll_id] error duplicate: {message} {line}." in result.stdout


@pytest.mark.long("all rules run on spoilt tables")
@pytest.mark.parametrize(("share", "rule"), [("0.{:0>2}", "fraction"), ("4{}", "sum")])
def test_answers_that_do_not_add_up_are_named(
    copy: Path, call: Call, share: str, rule: str
) -> None:
    """Fractions for percentages, and a sum far from 100."""
    path = copy / "answers.csv"
    start = "fom-2022-09-18,fom.anxiety,all,"
    first = find_line(path, start)
    lines = path.read_text(encoding="utf-8").split("\n")
    rows = [n for n, text in enumerate(lines) if text.startswith(start)]
    for number in rows if rule == "fraction" else rows[2:]:
        cells = lines[number].split(",")
        cells[4], cells[6] = share.format(cells[4]), "2"
        lines[number] = ",".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    result = call("check", "--data", copy)
    assert result.returncode == 1
    assert f"answers.csv:{first} [share_pct] error {rule}: " in result.stdout


@pytest.mark.long("the command starts in a Python of its own")
def test_a_shell_sees_one_line_and_exit_code_1(copy: Path) -> None:
    """`python -m polls check` itself: nothing on stderr, no traceback."""
    path = copy / "events.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    command = [sys.executable, "-m", "polls", "check", "--data", str(copy)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert result.stderr == ""
    assert result.stdout.splitlines()[0].startswith("events.csv:1 error bom: ")


@pytest.mark.long("all rules run on spoilt tables", quick=1)
@pytest.mark.parametrize("verb", [["show", "levada-2022-04-27"], ["template", "levada"]])
def test_other_verbs_refuse_spoilt_tables(copy: Path, call: Call, verb: list[str]) -> None:
    """A verb that only reads says what is wrong with the tables, exit 1."""
    path = copy / "events.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    result = call(*verb, "--data", copy)
    assert result.returncode == 1
    assert result.stderr.startswith("events.csv:1 error bom: ")


@pytest.mark.long("all rules run on spoilt tables")
def test_nothing_is_written_when_the_tables_are_spoilt(
    copy: Path, call: Call, tmp_path: Path
) -> None:
    """Export of spoilt tables: exit 1 and no file."""
    write_cell(copy / "polls.csv", 2, "mode", "phone")
    out = tmp_path / "out"
    result = call("export", "--format", "csv", "--out", out, "--data", copy)
    assert result.returncode == 1
    assert not out.exists()
