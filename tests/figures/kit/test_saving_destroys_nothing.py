"""A figure's folder stays a link and keeps its modes; two that save it at once both end well."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.figures_made import draw_trend, make_polls
from matplotlib.figure import Figure

from figures import save
from figures.kit.save import _swap


def save_svg(folder: Path, alt: str = "Alt.") -> Path:
    return save(draw_trend(), folder, make_polls(), alt, "Caption.", formats=["svg"])


def test_a_folder_behind_a_link_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "slug"
    real.mkdir()
    (real / "figure-wide-uk.svg").write_text("old", encoding="utf-8")
    link.symlink_to(real)
    assert save_svg(link) == link
    assert link.is_symlink()
    assert sorted(path.name for path in real.iterdir()) == [
        "alt.txt", "caption.txt", "data.csv", "figure.svg",
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["real", "slug"]
    assert 'aria-labelledby="slug-title"' in (link / "figure.svg").read_text(encoding="utf-8")


def test_folder_and_files_keep_their_modes(tmp_path: Path) -> None:
    folder = save_svg(tmp_path / "slug")
    folder.chmod(0o700)
    (folder / "data.csv").chmod(0o600)
    save_svg(folder, "New.")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "data.csv").stat().st_mode) == 0o600
    assert (folder / "alt.txt").read_text(encoding="utf-8") == "New.\n"


def test_a_full_disk_is_told_with_the_name_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Figure, path: Path, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    fig = draw_trend()
    monkeypatch.setattr(Figure, "savefig", fail)
    with pytest.raises(OSError, match="No space left") as caught:
        save(fig, tmp_path / "slug", make_polls(), "Alt.", "Caption.")
    assert caught.value.filename == str(tmp_path / "slug")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A new folder and the place of an older one."""
    made, target = tmp_path / ".slug.new-1", tmp_path / "slug"
    for folder, word in ((made, "mine"), (target, "old")):
        folder.mkdir()
        (folder / "alt.txt").write_text(word, encoding="utf-8")
    return made, target


@pytest.mark.parametrize("moment", [".slug.new-1", "slug"])
def test_another_process_at_the_worst_moment_is_replaced(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """It puts its own folder just before ours, or takes the older one away just before us."""
    made, target = folders
    rename = Path.rename
    moments: Iterator[bool] = iter([True])

    def meddle(self: Path, goal: Path) -> Path:
        if self.name == moment and next(moments, False):
            if moment == "slug":
                rename(target, target.with_name(".slug.old-2"))
            else:
                target.mkdir()
                (target / "alt.txt").write_text("theirs", encoding="utf-8")
        return rename(self, goal)

    monkeypatch.setattr(Path, "rename", meddle)
    _swap(made, target, target.with_name(".slug.old-1"))
    assert (target / "alt.txt").read_text(encoding="utf-8") == "mine"
    left = {path.name for path in target.parent.iterdir()}
    assert left - {".slug.old-2"} == {"slug"}


PROGRAM = """
import os, sys
from pathlib import Path
from figures.kit.save import _swap
target = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(200):
    made = target.with_name(f".slug.new-{os.getpid()}")
    made.mkdir()
    (made / "alt.txt").write_text("whole")
    _swap(made, target, target.with_name(f".slug.old-{os.getpid()}"))
"""


@pytest.mark.long("two processes are started")
def test_two_processes_that_save_one_figure_both_end_well(tmp_path: Path) -> None:
    target = tmp_path / "slug"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()  # both are there
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[1] for process in running] == ["", ""]
    assert [path.name for path in tmp_path.iterdir()] == ["slug"]
    assert (target / "alt.txt").read_text(encoding="utf-8") == "whole"


@pytest.mark.parametrize("name", ["notes.txt", "figure.ai", ".git", "data.xlsx"])
def test_a_folder_with_something_that_no_figure_made_is_left_as_it_is(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / name).write_text("mine", encoding="utf-8")
    with pytest.raises(OSError, match=f"holds {name}, which no figure made") as caught:
        save_svg(folder)
    assert caught.value.filename == str(folder)
    assert [path.name for path in folder.iterdir()] == [name]
    assert list(tmp_path.iterdir()) == [folder]


def test_what_older_runs_and_systems_leave_gives_way(tmp_path: Path) -> None:
    folder = save_svg(tmp_path / "slug")
    for name in ("figure-phone-ru.png", "alt-uk.txt", "caption-ru.txt", ".DS_Store", "Thumbs.db"):
        (folder / name).write_text("old", encoding="utf-8")
    save_svg(folder)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["alt.txt", "caption.txt", "data.csv", "figure.svg"]
