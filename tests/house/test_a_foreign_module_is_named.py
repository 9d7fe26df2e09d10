"""A file of a user's that has the name of a module in use is named, with the cure, by each door."""

import os
import subprocess
import sys

import pytest
from helpers.imports import read_sources

DOORS = {
    "polls": ["check"],
    "analysis": ["trend", "--construct", "support"],
    "figures": ["list"],
    "web": ["--help"],
}
# What a user's file may hold: nothing, a program, an import of the module that it hides.
EMPTY, PROGRAM, ITSELF = "", "x = 1 / 0\n", "import pandas as pd\npd.read_csv('a.csv')\n"


def start(door, root, folder, *words):
    """Call a door in a folder, with the packages on the path and not in it."""
    return subprocess.run(
        [sys.executable, "-m", door, *(words or DOORS[door])],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long("each command starts in a Python of its own", quick=1)
@pytest.mark.parametrize(
    ("door", "name", "text"),
    [
        ("polls", "numpy", EMPTY),
        ("polls", "pandas", ITSELF),
        ("analysis", "numpy", PROGRAM),
        ("analysis", "scipy", EMPTY),
        ("analysis", "polls", EMPTY),
        ("figures", "pandas", EMPTY),
        ("figures", "polls", EMPTY),
        ("figures", "dateutil", EMPTY),
        ("web", "random", EMPTY),
        ("polls", "signal", EMPTY),
        ("analysis", "numpy", "x = ("),
        ("analysis", "traceback", PROGRAM),
        ("web", "figures", EMPTY),
    ],
)
def test_a_file_in_the_working_folder_is_named(door, name, text, root, tmp_path):
    (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    done = start(door, root, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"{door}: {tmp_path / name}.py is in the way of the module {name} that is installed; "
        "rename it, or work in another folder\n"
    )


@pytest.mark.long("each command starts in a Python of its own")
def test_a_module_that_only_some_figures_need_is_named_when_they_do(root, tmp_path):
    (tmp_path / "analysis.py").touch()
    done = start("figures", root, tmp_path, "trend-support", "--format", "svg", "--out", "o")
    assert done.returncode == 1
    assert f"{tmp_path}/analysis.py is in the way of the module analysis" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_is_named_by_its_file(root, tmp_path):
    (tmp_path / "pandas").mkdir()
    (tmp_path / "pandas" / "__init__.py").touch()
    done = start("polls", root, tmp_path)
    assert f"{tmp_path}/pandas/__init__.py is in the way of the module pandas" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long("each command starts in a Python of its own")
def test_a_file_that_hides_nothing_does_no_harm(root, tmp_path):
    """Also where its name is that of a module of the standard library that nobody needs."""
    for name in ("mine", "turtle"):
        (tmp_path / f"{name}.py").write_text(PROGRAM, encoding="utf-8")
    done = start("figures", root, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.long("each command starts in a Python of its own")
def test_a_fault_of_our_own_keeps_its_traceback(root, tmp_path):
    program = "import sys; sys.argv[0] = '-m'; import polls; raise RuntimeError('ours')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" in done.stderr
    assert "RuntimeError: ours" in done.stderr


def test_all_packages_start_by_the_same_file(root):
    texts = {(root / package / "_start.py").read_text(encoding="utf-8") for package in DOORS}
    assert len(texts) == 1
    for package in DOORS:
        assert f'begin("{package}")' in read_sources(package)[f"{package}/__init__.py"]
