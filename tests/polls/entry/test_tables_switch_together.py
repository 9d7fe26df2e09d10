"""Several tables change in one moment: whoever reads, and whatever dies, finds old or new ones."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.kills import is_whole, kill_writers

from polls.entry import store
from polls.tables.files import SWITCH, read_file, read_settled, stamp_tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two tables, old."""
    for name in ("answers.csv", "polls.csv"):
        (tmp_path / name).write_bytes(b"old")
    return tmp_path


NEW = {"answers.csv": b"new", "polls.csv": b"new"}


def read_both(folder: Path) -> list[bytes]:
    return [read_file(folder / name) for name in NEW]


def test_all_files_are_new_and_nothing_else_is_left(folder: Path) -> None:
    (folder / "polls.csv").chmod(0o640)
    with store.hold(folder):
        store.write(folder, NEW)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == NEW
    assert (folder / "polls.csv").stat().st_mode & 0o777 == 0o640


@pytest.mark.long("processes are started and killed")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked, which needs POSIX")
def test_killed_writers_leave_whole_tables(tmp_path: Path) -> None:
    """Fifteen of them, at random moments of writing over and over; make bench kills two hundred."""
    assert [path.name for path in kill_writers(tmp_path, 15) if not is_whole(path)] == []


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_switch_that_was_begun_is_read_as_new(folder: Path, moved: int) -> None:
    """Killed after none, one or all of the moves: readers see new tables, a writer finishes."""
    (folder / SWITCH).mkdir()
    for number, (name, content) in enumerate(NEW.items()):
        (folder / name if number < moved else folder / SWITCH / name).write_bytes(content)
    assert read_both(folder) == [b"new", b"new"]
    store.recover(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == NEW


def test_a_switch_where_nobody_may_write_stays_as_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / SWITCH).mkdir()
    (folder / SWITCH / "polls.csv").write_bytes(b"new")

    def refuse(folder: Path) -> None:
        raise PermissionError(13, "not yours", str(folder))

    monkeypatch.setattr(store, "hold", refuse)
    store.recover(folder)
    assert (folder / SWITCH / "polls.csv").read_bytes() == b"new"


def test_nothing_is_written_where_there_is_nothing_to_write(folder: Path) -> None:
    (folder / "polls.csv").chmod(0o640)
    with store.hold(folder):
        store.write(folder, {})
    assert sorted(path.name for path in folder.iterdir()) == sorted(NEW)


def test_a_folder_in_the_place_of_a_table_is_no_table(folder: Path) -> None:
    (folder / "polls.csv").unlink()
    (folder / "polls.csv").mkdir()
    with store.hold(folder), pytest.raises(FileExistsError, match="is no file that a table may"):
        store.write(folder, NEW)
    assert (folder / "polls.csv").is_dir()
    assert (folder / "answers.csv").read_bytes() == b"old"


def test_a_move_is_no_change_of_the_tables(folder: Path) -> None:
    """Their stamps stay, so that a reader in between need not read again."""
    (folder / SWITCH).mkdir()
    (folder / SWITCH / "polls.csv").write_bytes(b"new")
    before = stamp_tables(folder)
    store.recover(folder)
    assert stamp_tables(folder) == before


def test_what_was_staged_and_not_switched_is_discarded(folder: Path) -> None:
    """Killed before the one rename that counts: the tables are the old ones."""
    (folder / store.STAGED).mkdir()
    (folder / store.STAGED / "polls.csv").write_bytes(b"ne")
    assert read_both(folder) == [b"old", b"old"]
    with store.hold(folder):
        assert {path.name for path in folder.iterdir()} == set(NEW)


def test_a_file_that_cannot_be_written_leaves_the_old_ones(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: the error is told, and nothing has changed."""

    def fail(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(store, "_write_file", fail)
    with store.hold(folder), pytest.raises(OSError, match="No space left"):
        store.write(folder, NEW)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == dict.fromkeys(NEW, b"old")


def test_a_reader_that_a_switch_overtakes_reads_again(folder: Path) -> None:
    """It never returns one table of each kind."""
    calls = []

    def read(place: Path, _: object) -> list[bytes]:
        first = read_file(place / "answers.csv")
        if not calls:
            with store.hold(folder):
                store.write(folder, NEW)
        calls.append(first)
        return [first, read_file(place / "polls.csv")]

    assert read_settled(folder, read) == [b"new", b"new"]
    assert calls == [b"old", b"new"]


def test_a_reader_that_fails_on_a_switch_reads_again(folder: Path) -> None:
    """What does not fit together in mid-switch is no fault of the tables."""
    calls = []

    def read(place: Path, _: object) -> bytes:
        calls.append(1)
        if len(calls) == 1:
            with store.hold(folder):
                store.write(folder, NEW)
            raise ValueError("a key leads nowhere")
        return read_file(place / "polls.csv")

    assert read_settled(folder, read) == b"new"
    with pytest.raises(ValueError, match="still"):
        read_settled(folder, lambda *_: (_ for _ in ()).throw(ValueError("still")))


def test_only_one_holds_the_tables(folder: Path) -> None:
    """Another waits until the first lets go."""
    held = threading.Event()

    def wait() -> None:
        with store.hold(folder):
            held.set()

    with store.hold(folder):
        other = threading.Thread(target=wait)
        other.start()
        assert not held.wait(0.05)
    other.join()
    assert held.is_set()


@pytest.mark.long("processes are started and killed")
def test_two_adds_at_once_both_arrive(copy: Path, flat: Callable) -> None:
    """Each sees what the other wrote."""
    days = (("2026-03-13", "2026-03-15"), ("2026-03-20", "2026-03-22"))
    files = [
        flat({"calm": "50"}, f"{start}.csv", field_start=start, field_end=end, published="")
        for start, end in days
    ]
    command = [sys.executable, "-m", "polls", "add", "--yes", "--data", str(copy)]
    adds = [subprocess.Popen([*command, str(file)], stdout=subprocess.DEVNULL) for file in files]
    assert [add.wait() for add in adds] == [0, 0]
    text = (copy / "answers.csv").read_text(encoding="utf-8")
    rows = [line.split(",")[:5] for line in text.splitlines() if line.startswith("fom-2026-03-")]
    mine = [row for row in rows if row[1] == "fom.anxiety"]
    assert [row[0] for row in mine] == ["fom-2026-03-15", "fom-2026-03-22"]
