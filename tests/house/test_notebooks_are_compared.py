"""Stored outputs really are compared: a changed number in a copy makes nbval fail.

Run where the clock, the language and the network are not those of the reference: outputs that
depend on any of them differ, and are seen.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import nbformat
import pytest
from helpers.paths import ROOT
from nbformat import NotebookNode

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# Of processor time, the kernel included: the clock also counts what else the machine does.
SECONDS = 60
# Python imports a module of this name before all else, in kernels too. Kernels talk to their
# clients over the machine's own loopback, in C and not through this module.
OFFLINE = """
import socket

def refuse(*where, **more):
    raise OSError(f"notebooks run offline; one asked for {where}")

socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse
socket.create_connection = refuse
"""
ELSEWHERE = {"TZ": "Asia/Vladivostok", "LANG": "C", "LC_ALL": "C"}
LAST_DIGIT = re.compile(r"\d(?=\D*\Z)")


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


def run_nbval(notebook: Path, sanitize: Path) -> set[str]:
    """Names of the cells in which nbval sees a difference, offline and far away."""
    (notebook.parent / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    settings = os.environ | ELSEWHERE | {"PYTHONPATH": str(notebook.parent)}
    report = notebook.with_suffix(".xml")
    options = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120"]
    options += ["--nbval-sanitize-with", str(sanitize), f"--junitxml={report}"]
    command = [sys.executable, "-m", "pytest", *options, "-p", "no:cacheprovider", str(notebook)]
    ran = subprocess.run(
        command, cwd=notebook.parent, env=settings, capture_output=True, text=True, check=False
    )
    assert report.exists(), ran.stdout + ran.stderr
    cases = ET.parse(report).iter("testcase")
    return {case.get("name", "") for case in cases if case.find("failure") is not None}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_changed_number_in_any_output_is_seen_and_nothing_else(
    path: Path, root: Path, tmp_path: Path
) -> None:
    """Every cell that prints a number, in one run; which also takes under a minute."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    spoilt = {f"Cell {number}" for number, cell in enumerate(code) if spoil(cell)}
    assert spoilt, "no cell of this notebook prints a number"
    copy = tmp_path / path.name
    nbformat.write(notebook, copy)
    before = os.times()
    seen = run_nbval(copy, root / "notebooks" / "sanitize.cfg")
    after = os.times()
    assert seen == spoilt
    used = after.children_user + after.children_system
    assert used - before.children_user - before.children_system < SECONDS


def test_a_notebook_that_asks_the_network_fails(root: Path, tmp_path: Path) -> None:
    source = "import socket\ntry:\n    socket.create_connection(('example.org', 80))\n"
    source += "except OSError as error:\n    print(str(error)[:24])"
    told = nbformat.v4.new_output("stream", name="stdout", text="notebooks run offline; o\n")
    cell = nbformat.v4.new_code_cell(source, execution_count=1, outputs=[told])
    copy = tmp_path / "asks.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), copy)
    assert run_nbval(copy, root / "notebooks" / "sanitize.cfg") == set()
