"""Others change the tables, want them, or stop us while a command has them."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polls.entry import decide as decide_module
from polls.entry import store
from polls.entry.decide import UNASKED, Effect, decide
from polls.entry.draft import Draft
from polls.entry.enter import Entry


def read_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def entry(copy: Path) -> Entry:
    """An event that is to be added."""
    entry = Entry(Draft(copy))
    entry.draft.add("events", {"event_id": "made", "date": "2026-03-01"})
    return entry


@pytest.fixture(autouse=True)
def judge_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the rules say of the rows is of no concern here, and takes seconds."""
    monkeypatch.setattr(decide_module, "judge", lambda *_: decide_module.Verdict())


def hold_once(folder: Path) -> None:
    with store.hold(folder):
        pass


def edit(copy: Path) -> None:
    with (copy / "polls.csv").open("a", encoding="utf-8") as file:
        file.write("a row typed by hand\n")


def checkout(copy: Path) -> None:
    """As git does it: another file in the place of the old one, of the same bytes and size."""
    other = copy / "other"
    other.write_bytes((copy / "polls.csv").read_bytes())
    other.replace(copy / "polls.csv")


def touch_all(copy: Path) -> None:
    for path in copy.glob("*.csv"):
        os.utime(path, (0, 0))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (edit, "data: polls.csv changed"),
        (checkout, "data: polls.csv changed"),
        (touch_all, "options.csv and 15 more changed"),
        (shutil.rmtree, "data: the folder went"),
    ],
)
def test_tables_that_changed_while_somebody_was_asked_are_not_overwritten(
    change: Callable[[Path], None], what: str, entry: Entry, copy: Path
) -> None:
    """The new rows were judged beside the old ones, and would undo what was typed meanwhile."""
    left: dict[str, bytes] = {}

    def consent(_: str) -> bool:
        change(copy)
        left.update(read_bytes(copy) if copy.exists() else {})
        return True

    with pytest.raises(decide_module.EntryError) as told:
        decide(entry, consent=consent, say=lambda _: None)
    words = f"{what} meanwhile, by another program. Nothing was written; run"
    assert words in str(told.value)
    assert (read_bytes(copy) if copy.exists() else {}) == left


def test_tables_that_did_not_change_are_written(entry: Entry, copy: Path) -> None:
    assert decide(entry, consent=lambda _: True, say=lambda _: None)
    assert ",made," in (copy / "events.csv").read_text(encoding="utf-8")


def test_a_folder_that_may_not_be_written_to_is_told_before_anybody_is_asked(
    entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dry run needs no such right."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    asked: list[str] = []
    with pytest.raises(PermissionError, match="may not be written to"):
        decide(entry, consent=lambda _: True, say=asked.append)
    assert asked == []
    assert decide(entry, consent=lambda _: False, say=asked.append, dry_run=True)


@pytest.mark.skipif(sys.platform == "win32", reason="there another way waits")
def test_who_waits_for_the_tables_says_so(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The other command may wait for an answer, for hours."""
    with store.hold(copy):
        pass
    assert capsys.readouterr().err == ""
    with store.hold(copy):
        other = threading.Thread(target=hold_once, args=(copy,))
        other.start()
        other.join(0.1)
        assert "another command has these tables" in capsys.readouterr().err
    other.join()


def find_running(monkeypatch: pytest.MonkeyPatch) -> list["subprocess.Popen[str]"]:
    """Processes that are started from here on: each would wait for a minute."""
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def start(_: list[str], **words: Any) -> "subprocess.Popen[str]":
        program = [sys.executable, "-c", "import time; time.sleep(60)"]
        started.append(popen(program, **words))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


@pytest.mark.parametrize("stops", [KeyboardInterrupt, BrokenPipeError])
def test_no_process_outlives_a_command_that_is_stopped(
    stops: type[BaseException], entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C sent to one process only, or a reader of the output who has seen enough."""
    monkeypatch.setattr(decide_module, "find_constructs", lambda _: ["support"])
    monkeypatch.setattr(decide_module, "copy_series", lambda *_: None)
    started = find_running(monkeypatch)

    def say(_: str) -> None:
        raise stops

    with pytest.raises(stops):
        decide(entry, consent=lambda _: True, say=say)
    assert [process.poll() for process in started] == [-signal.SIGKILL]


def test_no_process_outlives_a_comparison_that_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = find_running(monkeypatch)
    effect = Effect(tmp_path, tmp_path, ["support"])
    communicate = started[0].communicate
    ends = iter([KeyboardInterrupt()])

    def stop() -> tuple[str, str]:
        for end in ends:
            raise end
        return communicate()

    monkeypatch.setattr(started[0], "communicate", stop)
    with pytest.raises(KeyboardInterrupt):
        effect.tell()
    assert started[0].poll() == -signal.SIGKILL


def test_tables_need_no_process_of_the_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_: object, **words: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", start)
    effect = Effect(tmp_path, tmp_path, ["support"])
    assert effect.tell() == UNASKED.format("Resource temporarily unavailable")
    effect.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="there a process has no such limit")
@pytest.mark.long("a new Python starts")
@pytest.mark.parametrize("table", ["answers.csv", "events.csv"])
def test_a_full_disk_is_told_with_the_file_that_did_not_fit(copy: Path, table: str) -> None:
    """And not as an output that cannot be written: the system names no file."""
    before = read_bytes(copy)
    size = len(before["answers.csv"]) - 1000
    program = (
        "import resource, signal, sys; from pathlib import Path; from polls.entry import store;"
        "from polls.entry.draft import Draft; from polls.tables.files import write_file;"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
        "import polls.__main__ as door;"
        f"table = {table!r};"
        "run = lambda _: store.write(Path(sys.argv[1]), {'events.csv': b'x' * 10**7})"
        " if table == 'events.csv' else Draft(Path(sys.argv[1])).write_copy(Path(sys.argv[2]));"
        "door._check = run; sys.exit(door.main(['check', '--data', sys.argv[1]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, copy, copy.with_name("union")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("polls: File too large: ")
    assert done.stderr.endswith(f"{table}. Nothing was written.\n")
    assert read_bytes(copy) == before


def test_a_disk_without_locks_is_told_with_the_folder(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock(_: Path) -> int:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(store, "_lock", lock)
    with pytest.raises(OSError, match="No locks available") as told, store.hold(copy):
        pass
    assert told.value.filename == str(copy)
