"""The installed package holds code and tables, and none of the rest."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def members(root: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the files in a wheel built from this folder."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(out)]
    built = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_table(root: Path, members: set[str]) -> None:
    tables = {path.relative_to(root).as_posix() for path in (root / "polls/data").glob("*.csv")}
    assert tables, "polls/data has no tables"
    assert tables | {"polls/datapackage.json"} <= members


def test_the_wheel_holds_the_three_packages_and_the_licences_only(members: set[str]) -> None:
    tops = {name.split("/")[0] for name in members}
    info = {top for top in tops if top.endswith(".dist-info")}
    assert tops - info == {"polls", "analysis", "figures"}
    assert {Path(name).name for name in members if "/licenses/" in name} == {
        "LICENSE",
        "LICENSE-DATA",
    }


def test_the_wheel_holds_no_pictures(members: set[str]) -> None:
    pictures = {name for name in members if name.startswith("figures/published/")}
    assert pictures == set()
