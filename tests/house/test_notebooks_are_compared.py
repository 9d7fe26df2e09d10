"""Stored outputs really are compared: a changed number in a copy makes nbval fail.

That it does when it runs does not depend on the notebook, so a made-up one with an output of each
kind stands for all; whether the rules and marks of a notebook let it see every number is asked of
each, without running it. How it runs them is shown by a notebook that asks its kernel where it is.
"""

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import nbformat
import pytest
from helpers.paths import ROOT
from nbformat import NotebookNode
from nbval.plugin import IPyNbFile

pytestmark = pytest.mark.long("notebooks are executed and compared in a pytest of its own")

NOTEBOOKS = ROOT / "notebooks"
LAST_DIGIT = re.compile(r"\d(?=\D*\Z)")
# Each cell with what it prints if it runs far away, offline, and for a minute at most.
WHERE = "import time\nprint(time.tzname[0], f'{time.localtime(0).tm_hour}h')"
ASK = """
import socket
try:
    socket.create_connection(('example.org', 80))
except OSError as error:
    print(str(error)[:21])
"""
WORK = """
import resource
print(resource.getrlimit(resource.RLIMIT_CPU)[0])
resource.setrlimit(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))
try:
    while True:
        pass
except TimeoutError as error:
    print(error)
"""
TOLD = {
    WHERE: "+10 10h\n",
    ASK: "notebooks run offline\n",
    WORK: "60\na notebook takes under a minute of processor time\n",
}
# Each cell with an output of its kind.
KINDS = {
    "print(f'{1 / 3:.2f}')": {"text": "0.33\n"},
    "round(2 / 3, 2)": {"text/plain": "0.67"},
    "from IPython.display import HTML\nHTML('<b>0.75</b>')": {
        "text/plain": "<IPython.core.display.HTML object>",
        "text/html": "<b>0.75</b>",
    },
}


def change_last_digit(text: str) -> str:
    """Add one to the last digit of a text, 9 becomes 0."""
    return LAST_DIGIT.sub(lambda match: str((int(match[0]) + 1) % 10), text)


def spoil(cell: NotebookNode) -> bool:
    """Change one number in the last text that a cell put out; False if it put out none."""
    for output in reversed(cell.outputs):
        holder = output if output.output_type == "stream" else output.get("data", {})
        for kind in ("text", "text/plain", "text/html"):
            if (changed := change_last_digit(holder.get(kind, ""))) != holder.get(kind, ""):
                holder[kind] = changed
                return True
    return False


def write_notebook(path: Path, cells: list[NotebookNode]) -> None:
    """A notebook of those cells."""
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def make_cell(source: str, data: dict[str, str]) -> NotebookNode:
    """A cell with the output that it gives."""
    output = (
        nbformat.v4.new_output("stream", name="stdout", text=data["text"])
        if "text" in data
        else nbformat.v4.new_output("execute_result", data=data, execution_count=1)
    )
    return nbformat.v4.new_code_cell(source, execution_count=1, outputs=[output])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """By notebook the cells in which nbval sees a difference, all in one run as in `notebooks`."""
    folder = tmp_path_factory.mktemp("notebooks")
    shutil.copy(NOTEBOOKS / "conftest.py", folder)
    shutil.copytree(NOTEBOOKS / "elsewhere", folder / "elsewhere")
    right = [make_cell(source, data) for source, data in KINDS.items()]
    spoilt = copy.deepcopy(right)
    assert all(spoil(cell) for cell in spoilt)
    write_notebook(folder / "right.ipynb", right)
    write_notebook(folder / "spoilt.ipynb", spoilt)
    asking = [make_cell(source, {"text": told}) for source, told in TOLD.items()]
    write_notebook(folder / "asks.ipynb", asking)
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", str(folder)]
    command += ["--nbval-cell-timeout=120", f"--junitxml={report}", "-p", "no:cacheprovider"]
    command += ["--nbval-sanitize-with", str(NOTEBOOKS / "sanitize.cfg")]
    settings = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, check=False
    )
    assert report.exists(), ran.stdout + ran.stderr
    found: dict[str, set[str]] = {}
    for case in ET.parse(report).iter("testcase"):
        cells = found.setdefault(case.get("classname", "").removesuffix(".ipynb"), set())
        if case.find("failure") is not None:
            cells.add(case.get("name", ""))
    return found


def test_a_changed_number_is_seen_in_an_output_of_each_kind(seen: dict[str, set[str]]) -> None:
    assert seen["spoilt"] == {f"Cell {number}" for number in range(len(KINDS))}


def test_nothing_is_seen_where_nothing_has_changed(seen: dict[str, set[str]]) -> None:
    assert seen["right"] == set()


@pytest.mark.quick
@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_rule_and_no_mark_hides_a_number(
    path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nbval holds against a new run, given the stored outputs and spoilt ones."""
    monkeypatch.setattr(request.config.option, "nbval_sanitize_with", NOTEBOOKS / "sanitize.cfg")
    notebook = IPyNbFile.from_parent(request.session, path=path)
    notebook.setup_sanitize_files()
    cells = {cell: copy.deepcopy(cell.cell) for cell in notebook.collect()}
    spoilt = {cell: changed for cell, changed in cells.items() if spoil(changed)}
    assert spoilt, "no cell of this notebook prints a number"
    for cell, changed in spoilt.items():
        compared = cell.options["check"] and not cell.options["skip"]
        assert compared, f"{cell.name} is marked as not to be compared"
        assert cell.compare_outputs(cell.cell.outputs, cell.cell.outputs)
        assert not cell.compare_outputs(cell.cell.outputs, changed.outputs), cell.name


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no process's time")
def test_kernels_run_far_away_offline_and_for_a_minute_at_most(seen: dict[str, set[str]]) -> None:
    assert seen["asks"] == set()
