"""`make` installs into .venv once, and again only when the lock or the folder changes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """A folder that looks as if its set-up had just been done."""
    for name in ["Makefile", "requirements.lock", "pyproject.toml"]:
        shutil.copy(root / name, tmp_path)
    stamp = tmp_path / ".venv" / ".installed"
    stamp.parent.mkdir()
    stamp.write_text(f"{tmp_path}\n", encoding="utf-8")
    return tmp_path


def plan(folder: Path, *options: str) -> str:
    """What make would do for `make setup`."""
    # Our own make may have started this test; its options are not meant for this one.
    environment = {key: text for key, text in os.environ.items() if not key.startswith("MAKE")}
    command = ["make", "--dry-run", *options, "setup"]
    planned = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return planned.stdout


def test_a_second_run_installs_nothing(folder: Path) -> None:
    assert "pip install" not in plan(folder)


@pytest.mark.long("make looks for every Python of the machine")
@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_requirement_installs_again(folder: Path, changed: str) -> None:
    assert "--require-hashes" in plan(folder, f"--what-if={changed}")


@pytest.mark.long("make looks for every Python of the machine")
def test_a_moved_folder_installs_again(folder: Path) -> None:
    moved = folder.rename(folder.with_name("moved"))
    assert "--editable ." in plan(moved)


@pytest.mark.long("make looks for every Python of the machine")
def test_a_fresh_clone_installs(folder: Path) -> None:
    (folder / ".venv" / ".installed").unlink()
    assert "-m venv" in plan(folder)
