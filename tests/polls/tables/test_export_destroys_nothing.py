"""An export goes through links, keeps modes, and tells a full disk in one line."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from helpers.two_houses import make_two_houses

import polls
from polls.__main__ import main
from polls.tables import _export


@pytest.fixture
def one_table(monkeypatch: pytest.MonkeyPatch, frames: dict[str, pd.DataFrame]) -> None:
    monkeypatch.setattr(_export, "load", lambda data: {"events": frames["events"]})


@pytest.mark.usefixtures("one_table")
def test_a_link_stays_and_the_file_behind_it_keeps_its_mode(tmp_path: Path) -> None:
    file, link = tmp_path / "mine.csv", tmp_path / "out" / "events.csv"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o600)
    link.parent.mkdir()
    link.symlink_to(file)
    polls.export(tmp_path / "out", "csv")
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8").startswith("date,event_id,")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.usefixtures("one_table")
def test_a_file_of_two_names_keeps_both(tmp_path: Path) -> None:
    other, file = tmp_path / "mine.csv", tmp_path / "events.csv"
    other.write_text("old", encoding="utf-8")
    file.hardlink_to(other)
    polls.export(tmp_path, "csv")
    assert file.samefile(other)
    assert other.read_text(encoding="utf-8").startswith("date,event_id,")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.csv", "mine.csv"]


@pytest.mark.usefixtures("one_table")
def test_a_pipe_in_the_place_of_a_table_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "events.csv")
    assert main(["export", "--format", "csv", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"polls: is no file that a table may replace: {tmp_path / 'events.csv'}. "
        "Nothing was written.\n"
    )
    assert stat.S_ISFIFO((tmp_path / "events.csv").stat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["events.csv"]


@pytest.mark.usefixtures("one_table")
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (sqlite3.OperationalError("database or disk is full"), "database or disk is full"),
    ],
)
def test_a_full_disk_is_told_in_one_line_with_the_folder(
    fault: Exception,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*anything: object) -> None:
        raise fault

    monkeypatch.setitem(_export.WRITERS, "sqlite", fail)
    out = tmp_path / "new" / "out"
    assert main(["export", "--format", "sqlite", "--out", str(out)]) == 1
    assert capsys.readouterr().err == f"polls: {words}: {out}. Nothing was written.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("one_table")
def test_a_folder_that_was_there_stays_with_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*anything: object) -> None:
        (tmp_path / "out" / "meanwhile.txt").write_text("mine", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(_export.WRITERS, "sqlite", fail)
    with pytest.raises(OSError, match="No space"):
        polls.export(tmp_path / "out", "sqlite")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["meanwhile.txt"]


@pytest.mark.long("the command starts in a Python of its own")
def test_a_series_that_does_not_fit_on_the_disk_leaves_no_file_and_names_it(
    tmp_path: Path, root: Path
) -> None:
    limit = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)); "
    limit += "sys.argv = sys.argv[1:]; runpy.run_module(sys.argv[0], run_name='__main__')"
    words = ["polls", "series", "support", "--out", "series.csv"]
    done = subprocess.run(
        [sys.executable, "-B", "-c", limit, *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "polls: File too large: series.csv. Nothing was written.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_series_replaces_no_file_that_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "series.csv"
    out.write_text("mine", encoding="utf-8")
    assert main(["series", "support", "--out", str(out)]) == 1
    assert capsys.readouterr().err == f"polls: File exists: {out}. Nothing was written.\n"
    assert out.read_text(encoding="utf-8") == "mine"


@pytest.mark.long("all tables are written")
def test_tables_are_not_written_over_themselves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Text that a spreadsheet would run is guarded on its way out: the tables would be others."""
    data = make_two_houses(tmp_path / "data")
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    (tmp_path / "link").symlink_to(data)
    words = ["export", "--format", "csv", "--data", str(data), "--out"]
    for out in (data, tmp_path / "link"):
        assert main([*words, str(out)]) == 2
        assert "is the folder that these tables come from. Name" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before


def test_a_folder_that_is_not_there_is_told_as_any_other_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "no" / "series.csv"
    assert main(["series", "support", "--out", str(out)]) == 1
    said = f"polls: No such file or directory: {out}. Nothing was written.\n"
    assert capsys.readouterr().err == said
