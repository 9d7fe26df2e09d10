"""A file that has several names is filled in place; where that fails its old bytes come back.

Both doors that write tables fill files, and neither may import the other: they are held alike.
"""

import importlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Fill = Callable[[Path, Path], None]
OLD, NEW = "old and whole\n", "new and longer than what was there\n"


@pytest.fixture(params=["polls.tables._export", "analysis.cli.files.destinations"])
def fill(request: pytest.FixtureRequest) -> Fill:
    found: Fill = importlib.import_module(request.param)._fill
    return found


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    """What was made, and what it is to fill."""
    made, target = tmp_path / "made.csv", tmp_path / "t.csv"
    made.write_text(NEW, encoding="utf-8")
    target.write_text(OLD, encoding="utf-8")
    return made, target


def put_on(disk: type[io.FileIO], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that are filled lie on a disk of its own kind."""
    usual = Path.open

    def open_there(path: Path, mode: str = "r", *rest: int, **options: int) -> object:
        return disk(path, mode) if mode == "r+b" else usual(path, mode, *rest, **options)

    monkeypatch.setattr(Path, "open", open_there)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_old_bytes_come_back_where_new_ones_do_not_fit(
    fill: Fill,
    paths: tuple[Path, Path],
    error: BaseException,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrote = []

    class Full(io.FileIO):
        def write(self, content: Any) -> int:
            wrote.append(bytes(content).decode())
            if len(wrote) == 1:
                super().write(content[:20])
                raise error
            return super().write(content)

    put_on(Full, monkeypatch)
    with pytest.raises(type(error)):
        fill(*paths)
    assert wrote == [NEW, OLD]
    assert paths[1].read_text(encoding="utf-8") == OLD


@pytest.mark.parametrize("old", [OLD, 9 * OLD, ""])
def test_a_disk_may_take_a_part_at_a_time(
    fill: Fill, paths: tuple[Path, Path], old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(io.FileIO):
        def write(self, content: Any) -> int:
            return super().write(content[:3])

    paths[1].write_text(old, encoding="utf-8")
    put_on(Slow, monkeypatch)
    fill(*paths)
    assert paths[1].read_text(encoding="utf-8") == NEW
