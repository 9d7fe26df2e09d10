"""What is entered replaces tables only: no link, no folder; it may come down a pipe."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import polls

pytestmark = pytest.mark.long("all rules run on all tables")

HEAD = "poll_id,question_id,option,seen_pct,source_url"


@pytest.fixture
def row(copy: Path) -> str:
    """A second reading that is new."""
    rows = polls.readings(data=copy).query("n_readings == 1 and construct_id != 'support'")
    key = rows.iloc[0]
    words = [key["poll_id"], key["question_id"], key["option"], f"{key['share_pct']:g}"]
    return ",".join([*words, "https://made.example/1"])


@pytest.fixture
def seen(row: str, tmp_path: Path) -> Path:
    """A file with that reading."""
    file = tmp_path / "seen.csv"
    file.write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
    return file


def test_a_table_behind_a_link_is_not_replaced(
    call: Callable, copy: Path, seen: Path, tmp_path: Path
) -> None:
    table, real = copy / "confirmations.csv", tmp_path / "elsewhere.csv"
    table.rename(real)
    table.symlink_to(real)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    result = call("confirm", seen, "--yes", "--data", copy)
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert str(table) in line
    assert "is a link" in line
    assert table.is_symlink()
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_a_folder_behind_a_link_stays_one(
    call: Callable, copy: Path, seen: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(copy, target_is_directory=True)
    assert call("confirm", seen, "--yes", "--data", link).returncode == 0
    assert link.is_symlink()
    assert "made.example" in (copy / "sources.csv").read_text(encoding="utf-8")


def test_a_table_keeps_its_mode(call: Callable, copy: Path, seen: Path) -> None:
    (copy / "confirmations.csv").chmod(0o640)
    assert call("confirm", seen, "--yes", "--data", copy).returncode == 0
    assert (copy / "confirmations.csv").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of Unix")
def test_rows_may_come_down_a_pipe(call: Callable, copy: Path, row: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = f"{HEAD}\n{row}\n"
    writer = threading.Thread(target=pipe.write_text, args=(text,), daemon=True)
    writer.start()
    result = call("confirm", pipe, "--yes", "--data", copy)
    writer.join(timeout=10)
    assert (result.returncode, result.stderr) == (0, "")
    assert pipe.is_fifo()
    assert "made.example" in (copy / "sources.csv").read_text(encoding="utf-8")
