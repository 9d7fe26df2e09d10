"""Ctrl-C while a command still loads its modules ends it in one line, with exit code 130."""

import os
import subprocess
import sys

import pytest

DOORS = {
    "polls": ["-m", "polls", "check"],
    "analysis": ["-m", "analysis", "trend", "--construct", "support"],
    "figures": ["-m", "figures", "list"],
    "web": ["-m", "web", "--help"],
    "notebooks": ["notebooks/run.py", "--out", "nowhere"],
}
# Stands in the place of a module that each command loads; the pause never ends by itself.
PRESSED = """
import os, signal, time
os.kill(os.getpid(), signal.SIGINT)
time.sleep(60)
"""


def start(words, root, folder):
    path = os.pathsep.join([str(folder), str(root)])
    return subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env=os.environ | {"PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("door", DOORS)
def test_ctrl_c_while_modules_load_is_one_line_and_130(door, root, tmp_path):
    for module in ("pandas", "nbformat"):
        (tmp_path / f"{module}.py").write_text(PRESSED, encoding="utf-8")
    done = start(DOORS[door], root, tmp_path)
    assert (done.stdout, done.stderr) == ("", f"{door}: stopped by Ctrl-C\n")
    assert done.returncode == 130


@pytest.mark.long("each command starts in a Python of its own")
def test_who_imports_the_packages_keeps_the_ctrl_c_of_their_own(root, tmp_path):
    program = """
import signal
import analysis, figures, polls
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
"""
    done = start(["-c", program], root, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.long("each command starts in a Python of its own")
def test_a_command_that_was_told_to_ignore_ctrl_c_does(root, tmp_path):
    program = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.argv = ["-m", "list"]
try:
    runpy.run_module("figures", run_name="__main__", alter_sys=True)
except SystemExit:
    pass
assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
"""
    done = start(["-c", program], root, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
