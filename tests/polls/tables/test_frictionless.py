"""An independent program reads datapackage.json and finds the tables valid."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.small_data import make_small_data

from polls.tables import PACKAGE

pytestmark = pytest.mark.long("frictionless reads every cell of all tables")

pytest.importorskip("frictionless", reason="the independent check needs the extra `test`")


def validate(package: Path) -> subprocess.CompletedProcess[str]:
    """`frictionless validate` on a package, in a process of its own."""
    command = [sys.executable, "-m", "frictionless", "validate", package.name]
    return subprocess.run(
        command, cwd=package.parent, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_package_is_valid() -> None:
    """Names, types, constraints, primary and foreign keys of all tables hold."""
    result = validate(PACKAGE)
    assert result.returncode == 0, result.stdout[-3000:]
    assert "INVALID" not in result.stdout


def test_a_dangling_key_is_not(tmp_path: Path) -> None:
    """The keys of datapackage.json are really read: a house that is not there is found."""
    package = Path(shutil.copy(PACKAGE, tmp_path))
    path = make_small_data(tmp_path / "data") / "questions.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",levada,", ",lavada,", 1), encoding="utf-8", newline="\n")
    result = validate(package)
    assert result.returncode == 1
    assert "foreign" in result.stdout.lower()
