"""The bench of planted faults: how the tests of a fault ended is told, and nothing hangs."""

import contextlib
import functools
import importlib
import os
import runpy
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the bench needs fork")

TESTS = """
import subprocess

started = []

def test_passes():
    assert True

def test_compares():
    assert 1 + 1 == 3

def test_crashes():
    return {}["nothing"]

def test_never_ends():
    while True:
        pass

def test_waits_for_another():
    subprocess.Popen(["sleep", "1234.5"]).wait()

def test_leaves_a_process():
    started.append(subprocess.Popen(["sleep", "1234.5"]))
"""


@pytest.fixture(scope="module")
def code_faults(root):
    """The module of the bench; forgotten afterwards."""
    sys.path.insert(0, str(root / "benchmarks"))
    yield importlib.import_module("code_faults")
    sys.path.remove(str(root / "benchmarks"))
    del sys.modules["code_faults"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("copy")
    (path / "test_it.py").write_text(TESTS)
    return path


def has_sleepers():
    """Is a process left; what was killed may take a moment to go."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        found = False
        for told in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                found |= told.read_bytes() == b"sleep\x001234.5\x00"
        if not found:
            return False
        time.sleep(0.05)
    return True


# What ends by itself has all the time that a busy machine may need.
@pytest.mark.long("each case is a pytest of its own", quick=1)
@pytest.mark.parametrize(
    ("test", "longest", "outcome"),
    [
        ("passes", 60, "passed"),
        ("compares", 60, "assert"),
        ("crashes", 60, "crash"),
        ("never_ends", 1, "timeout"),
        ("waits_for_another", 1, "timeout"),
        ("leaves_a_process", 60, "passed"),
    ],
)
def test_each_end_of_a_test_has_its_name_and_leaves_no_process(
    code_faults, folder, test, longest, outcome
):
    ended = code_faults.run_tests(folder, [f"test_it.py::test_{test}"], longest=longest)
    assert ended.kind == outcome
    assert ended.by == (f"test_it.py::test_{test}" if outcome in ("assert", "crash") else "")
    assert not has_sleepers()


def test_what_a_function_keeps_belongs_to_all_who_ask_for_it(code_faults, tmp_path, monkeypatch):
    """Two tests draw one picture with one model: the second runs no line of either."""
    path = tmp_path / "made.py"
    path.write_text(
        "from functools import cache, lru_cache\n"
        "@lru_cache\ndef fit():\n    return 7\n"
        "@cache\ndef draw(size):\n    return fit() + size\n"
    )
    contexts = []
    coverage = SimpleNamespace(switch_context=contexts.append)
    recorder = code_faults._Recorder(coverage, tmp_path / "told")
    for name in ("cache", "lru_cache"):
        monkeypatch.setattr(functools, name, getattr(functools, name))
    recorder.watch_caches(tmp_path)
    made = runpy.run_path(str(path), run_name="made")
    for test in ("one", "two"):
        recorder._enter(test)
        assert made["draw"](3) == 10
        recorder._leave()
        asked = {"fixture made.draw (3,) {}", "fixture made.fit () {}"}
        assert recorder._find_asked(test) == asked
    assert made["draw"].cache_info().hits == 1
    assert contexts == [
        "one", "fixture made.draw (3,) {}", "fixture made.fit () {}", "fixture made.draw (3,) {}",
        "one", "", "two", "fixture made.draw (3,) {}", "two", "",
    ]  # fmt: skip


@pytest.mark.long("waits for the limit")
def test_a_timeout_is_noticed_only_if_the_sound_tests_end_well_within_the_limit(
    code_faults, folder
):
    tell = code_faults.tell_timeout
    assert tell(folder, ["test_it.py::test_passes"], longest=180).kind == "endless"
    assert tell(folder, ["test_it.py::test_never_ends"], longest=3).kind == "timeout"
    assert tell(folder, ["test_it.py::test_compares"], longest=180).kind == "timeout"


def test_a_summary_counts_each_outcome_for_itself(code_faults):
    outcomes = ["assert", "assert", "crash", "endless", "timeout", "passed"]
    rows = [
        code_faults.Result("figures", "index", "figures/x.py", line, "row[1]", outcome, "", "")
        for line, outcome in enumerate(outcomes, 1)
    ]
    text = code_faults.summarise(pd.DataFrame(rows).assign(reason=["", "", "", "", "", "it is."]))
    assert "| figures | 6 | 67% | 80% | 33% | 17% | 1 | 1 |" in text
    assert text.endswith(
        "Not noticed:\n\n- figures/x.py:5 (index, timeout): `row[1]`\n"
        "- figures/x.py:6 (index): `row[1]` changes nothing: it is."
    )


def test_only_a_fault_of_a_line_that_was_judged_changes_nothing(code_faults, tmp_path, monkeypatch):
    (tmp_path / "x.py").write_text("a = row[0]\n  b = row[0]\n")
    judged = tmp_path / "judged.csv"
    judged.write_text("path,kind,now,code,reason\nx.py,index,row[1],b = row[0],both are one\n")
    monkeypatch.setattr(code_faults, "CHANGES_NOTHING", judged)
    faults = [("x.py", 1, "row[1]"), ("x.py", 2, "row[1]"), ("x.py", 2, "row[2]")]
    results = pd.DataFrame(faults, columns=["path", "line", "now"]).assign(kind="index")
    assert code_faults.find_reasons(results, tmp_path) == ["", "both are one", ""]


def test_what_was_judged_is_still_there(code_faults, root):
    judged = pd.read_csv(code_faults.CHANGES_NOTHING)
    for row in judged.itertuples():
        lines = [line.strip() for line in (root / row.path).read_text("utf-8").splitlines()]
        assert row.code in lines, f"{row.path} has changed: judge the fault anew, or drop its row"
        assert len(row.reason.split()) > 3


def test_every_place_and_every_kind_of_fault_is_found(code_faults, tmp_path):
    (tmp_path / "polls").mkdir()
    source = (
        'def answer(row):\n    """Say."""\n    if row[0] < 2:\n        row.clear()\n'
        "    return (\n        row[1]\n        + 3\n    )"
    )
    # To return None in place of None is no fault.
    source += "\n\ndef h():\n    return None\n"
    (tmp_path / "polls" / "x.py").write_text(source)
    found = [
        (place.line, place.statement, place.kind, code_faults.plant(source, place)[1])
        for place in code_faults.find_places(tmp_path, ("polls",))
    ]
    assert sorted(found) == [
        (3, 3, "comparison", "row[0] <= 2"),
        (3, 3, "condition", "if not row[0] < 2:"),
        (3, 3, "constant", "1"),
        (3, 3, "constant", "3"),
        (3, 3, "index", "row[1]"),
        (4, 4, "deletion", "deleted: row.clear()"),
        (5, 5, "returned value", "return None"),
        (6, 5, "arithmetic", "row[1] - 3"),
        (6, 5, "constant", "2"),
        (6, 5, "index", "row[2]"),
        (7, 5, "constant", "4"),
    ]
