"""Files that cannot be read give one clear message with file, line, column and cure."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from small_data import make_small_data

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


def edit(path: Path, line: int, old: str, new: str) -> None:
    """Replace text in one line of a file, counted from 1."""
    lines = path.read_text(encoding="utf-8").split("\n")
    assert old in lines[line - 1], f"the fault cannot be planted: {lines[line - 1]}"
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")


def find_line(path: Path, start: str) -> int:
    """Number of the first line that begins with a text."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith(start):
            return number
    raise AssertionError(f"no line of {path.name} begins with {start}")


CELLS = [
    # table, start of the line, what stands there, the fault, column, word of the message
    ("polls", "levada-2022-04-27,", "2022-04-21", "2022-06-31", "field_start", "exists"),
    ("polls", "levada-2022-04-27,", "2022-04-21", "1004-04-21", "field_start", "exists"),
    ("polls", "levada-2022-04-27,", "2022-04-28", "2096-04-28", "published", "not come yet"),
    ("polls", "levada-2022-04-27,", "levada,2022-04-21", "levada,2022-04-29", "field", "after"),
    ("polls", "levada-2022-04-27,", "f2f", "face to face", "mode", "cati"),
    ("polls", "levada-2022-04-27,", ",levada,", ",lavada,", "house_id", "houses.csv"),
    ("polls", "levada-2022-04-27,", "f2f,1616", "f2f,1616.5", "sample_size", "whole number"),
    ("houses", "levada,", "Levada Center", "=Levada Center", "name", "formula"),
    ("houses", "levada,", "Levada Center", "@Levada Center", "name", "formula"),
    ("houses", "levada,", "Levada Center", "+Levada Center", "name", "formula"),
    ("houses", "levada,", "Levada Center", "-Levada Center", "name", "formula"),
    ("houses", "levada,", "Levada Center", "Levada Center ", "name", "blanks"),
]


@pytest.mark.parametrize(("table", "start", "old", "new", "column", "word"), CELLS)
def test_a_bad_cell_is_named_with_its_cure(
    copy: Path, call: Call, table: str, start: str, old: str, new: str, column: str, word: str
) -> None:
    """One spoilt cell: exit 1, and one line names file, line, column and cure."""
    path = copy / f"{table}.csv"
    line = find_line(path, start)
    edit(path, line, old, new)
    result = call("check", "--data", copy)
    assert result.returncode == 1
    assert result.stderr == ""
    named = [row for row in result.stdout.splitlines() if row.startswith(f"{table}.csv:{line} ")]
    assert any(column in row and word in row and "Cure: " in row for row in named), result.stdout


SHARES = [("101", "at most 100"), ("-3", "at least 0"), ("81,0", "no comma"), ("81%", "percent")]


@pytest.mark.parametrize(("new", "word"), SHARES)
def test_a_bad_percentage_is_named(copy: Path, call: Call, new: str, word: str) -> None:
    """Out of range, with a decimal comma or a sign of percent."""
    path = copy / "answers.csv"
    start = "levada-2022-03-30,levada.support_armed_forces,all,support_total,"
    line = find_line(path, start)
    edit(path, line, start + "81", start + (f'"{new}"' if "," in new else new))
    result = call("check", "--data", copy)
    assert result.returncode == 1
    assert f"answers.csv:{line} [share_pct]" in result.stdout
    assert word in result.stdout


WHOLE_FILES = [
    (lambda text: b"\xef\xbb\xbf" + text, 1, "byte order mark"),
    (lambda text: text.replace(b"\n", b"\r\n"), 1, "LF line ends"),
    (lambda text: text.replace(b"levada,", b"levada\x00,", 1), 2, "NUL"),
    (lambda text: text.replace(b"Levada", "Лев".encode("cp1251"), 1), 2, "UTF-8"),
    (lambda text: text.replace(b"name_ru", b"name", 1), 1, "2 times"),
    (lambda text: text.replace(b"name_ru", b"russian_name", 1), 1, "russian_name"),
    (lambda text: text.rstrip(b"\n"), None, "does not end"),
    (lambda text: text.replace(b"\n", b",extra\n", 1), 1, "not known"),
    (lambda text: text.replace(b"house_id,name,name_ru", b"house_id,name_ru,name", 1), 1, "order"),
    (lambda text: b"", None, "empty"),
    (lambda text: text + b'levada,"\n', None, "CSV"),
    (lambda text: text + b"levada,Levada\n", None, "cells where the header"),
]


@pytest.mark.parametrize(("spoil", "line", "word"), WHOLE_FILES)
def test_a_bad_file_is_named_with_its_cure(
    copy: Path, call: Call, spoil: Callable[[bytes], bytes], line: int | None, word: str
) -> None:
    """Encoding, BOM, CRLF, NUL, header and quotes: exit 1, no traceback, no flood."""
    path = copy / "houses.csv"
    before = path.read_bytes()
    path.write_bytes(spoil(before))
    result = call("check", "--data", copy)
    assert result.returncode == 1
    assert result.stderr == ""
    found = result.stdout.splitlines()[:-1]
    assert len(found) <= 2, result.stdout
    assert word in result.stdout
    assert "houses.csv" in found[0]
    assert "Cure: " in found[0]
    if line is not None and b"\x00" not in path.read_bytes() and word != "UTF-8":
        assert f"houses.csv:{line}" in result.stdout


def test_a_missing_file_is_named(copy: Path, call: Call) -> None:
    """A table that is not there is one finding."""
    (copy / "events.csv").unlink()
    result = call("check", "--data", copy)
    assert result.returncode == 1
    assert "events.csv error file: events.csv is missing." in result.stdout


def test_a_missing_folder_is_a_usage_error(tmp_path: Path, call: Call) -> None:
    """--data names a folder that does not exist: exit 2 and one line."""
    result = call("check", "--data", tmp_path / "nowhere")
    assert result.returncode == 2
    assert "There is no folder" in result.stderr
    assert result.stderr.count("\n") == 1


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


def test_a_shell_sees_one_line_and_exit_code_1(copy: Path) -> None:
    """`python -m polls check` itself: nothing on stderr, no traceback."""
    path = copy / "events.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    command = [sys.executable, "-m", "polls", "check", "--data", str(copy)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert result.stderr == ""
    assert result.stdout.splitlines()[0].startswith("events.csv:1 error bom: ")


@pytest.mark.parametrize("verb", [["show", "levada-2022-04-27"], ["template", "levada"]])
def test_other_verbs_refuse_spoilt_tables(copy: Path, call: Call, verb: list[str]) -> None:
    """A verb that only reads says what is wrong with the tables, exit 1."""
    path = copy / "events.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    result = call(*verb, "--data", copy)
    assert result.returncode == 1
    assert result.stderr.startswith("events.csv:1 error bom: ")


def test_nothing_is_written_when_the_tables_are_spoilt(
    copy: Path, call: Call, tmp_path: Path
) -> None:
    """Export of spoilt tables: exit 1 and no file."""
    edit(copy / "polls.csv", find_line(copy / "polls.csv", "levada-2022-04-27,"), "f2f", "phone")
    out = tmp_path / "out"
    result = call("export", "--format", "csv", "--out", out, "--data", copy)
    assert result.returncode == 1
    assert not out.exists()
