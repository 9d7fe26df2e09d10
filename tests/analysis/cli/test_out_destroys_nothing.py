"""`--out` goes through links, into pipes, and keeps the mode of what it replaces."""

import contextlib
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest

from analysis import PollInputError
from analysis.cli.files import find_obstacle, write_tables

TABLE = pd.DataFrame({"date": ["2022-03-01", "2022-03-02"], "mean": [61.0, 62.5]})
TEXT = "date,mean\n2022-03-01,61.000000\n2022-03-02,62.500000\n"


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextlib.contextmanager
def umask(value: int):
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


def test_a_link_stays_a_link_and_the_file_behind_it_is_written(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    file, link = tmp_path / "elsewhere" / "t.csv", tmp_path / "l.csv"
    file.write_text("old", encoding="utf-8")
    link.symlink_to(file)
    write_tables((link, TABLE))
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == TEXT
    assert [path.name for path in file.parent.iterdir()] == ["t.csv"]


def test_a_link_to_nothing_makes_the_file_it_names(tmp_path):
    link = tmp_path / "l.csv"
    link.symlink_to("t.csv")
    write_tables((link, TABLE))
    assert link.is_symlink()
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == TEXT


def test_a_file_of_two_names_keeps_both(tmp_path):
    first, second = tmp_path / "t.csv", tmp_path / "backed_up.csv"
    first.write_text("old and longer than the table that comes\n" * 9, encoding="utf-8")
    second.hardlink_to(first)
    write_tables((first, TABLE))
    assert first.samefile(second)
    assert second.read_text(encoding="utf-8") == TEXT
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backed_up.csv", "t.csv"]


def test_a_pipe_is_written_into_and_stays(tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    descriptor = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # the reader is there first
    os.set_blocking(descriptor, True)
    reader = threading.Thread(target=lambda: got.append(os.read(descriptor, 1000)))
    write_tables((pipe, TABLE))
    reader.start()
    reader.join()
    os.close(descriptor)
    assert got == [TEXT.encode()]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_pipe_that_nobody_reads_is_refused_and_no_other_table_is_written(tmp_path):
    pipe, file = tmp_path / "pipe", tmp_path / "t.csv"
    os.mkfifo(pipe)
    with pytest.raises(PollInputError, match="start the reader first") as caught:
        write_tables((file, TABLE), (pipe, TABLE))
    assert str(caught.value).startswith(str(pipe))
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize(("mask", "mode"), [(0o077, 0o600), (0o022, 0o644), (0o027, 0o640)])
def test_a_new_file_has_what_the_umask_leaves(tmp_path, mask, mode):
    with umask(mask):
        write_tables((tmp_path / "t.csv", TABLE))
    assert mode_of(tmp_path / "t.csv") == mode


@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_a_file_that_is_there_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "t.csv"
    path.write_text("old", encoding="utf-8")
    path.chmod(mode)
    with umask(0o022):
        write_tables((path, TABLE))
    assert mode_of(path) == mode
    assert path.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize(
    ("kind", "words"),
    [(stat.S_IFDIR, "folder"), (stat.S_IFBLK, "disk"), (stat.S_IFSOCK, "socket")],
)
def test_what_a_table_would_spoil_is_refused_before_any_work(monkeypatch, kind, words):
    seen = os.stat_result((kind | 0o666, *range(9)))
    monkeypatch.setattr(Path, "stat", lambda self: seen)
    assert words in find_obstacle(Path("somewhere"))


def test_a_folder_that_is_not_there_is_told_before_any_work(tmp_path):
    """Through a link, too; what can be made is no obstacle."""
    (tmp_path / "link").symlink_to(tmp_path / "gone" / "t.csv")
    for name in ("gone/t.csv", "link"):
        assert find_obstacle(tmp_path / name).startswith("lies in a folder that is not there;")
    (tmp_path / "gone").mkdir()
    for name in ("gone/t.csv", "link", "new.csv"):
        assert find_obstacle(tmp_path / name) == ""


def test_a_folder_that_nobody_may_write_is_told_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    assert "protected against writing" in find_obstacle(tmp_path / "new.csv")


def test_a_loop_of_links_is_told_in_one_line(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(PollInputError, match="cannot be written"):
        write_tables((tmp_path / "a", TABLE))


PROGRAM = """
import resource, sys
from pathlib import Path
import pandas as pd
from analysis.base.errors import PollInputError
from analysis.cli.files import write_tables
table = pd.DataFrame({"n": range(1000)})
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write_tables(*((Path(name), table) for name in sys.argv[1:]))
except PollInputError as error:
    print(error)
"""


@pytest.mark.long("the command starts in a Python of its own")
def test_a_disk_that_takes_no_more_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("old", encoding="utf-8")
    command = [sys.executable, "-c", PROGRAM, path, tmp_path / "other.csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{path}: cannot be written (File too large); check the path\n"
    assert path.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.long("the command starts in a Python of its own")
def test_an_output_that_is_open_already_is_written_in_its_turn(tmp_path):
    """As `--out` that names the file which the text goes to."""
    program = (
        "import sys; from pathlib import Path; import pandas as pd\n"
        "from analysis.cli.files import write_tables\n"
        "print('before')\n"
        "write_tables((Path(sys.argv[1]), pd.DataFrame({'n': [1]})))\n"
        "print('after')\n"
    )
    path = tmp_path / "all.txt"
    with path.open("w", encoding="utf-8") as file:
        subprocess.run([sys.executable, "-c", program, path], stdout=file, check=True)
    assert path.read_text(encoding="utf-8") == "before\nn\n1\nafter\n"


@pytest.mark.parametrize("letter", ["a", "ж"])
def test_a_name_may_be_as_long_as_names_can_be(tmp_path, letter):
    """The file beside it, which takes its place, needs a name of its own."""
    path = tmp_path / (letter * (251 // len(letter.encode())) + ".csv")
    write_tables((path, TABLE))
    assert path.read_text(encoding="utf-8") == TEXT
    with pytest.raises(PollInputError, match="cannot be written"):
        write_tables((path.with_name(f"{letter * 300}.csv"), TABLE))
    assert list(tmp_path.iterdir()) == [path]
