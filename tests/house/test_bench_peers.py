"""The side-by-side benchmark: targets are judged from what was measured, faults are shown."""

import importlib
import json
import sys

import pytest


@pytest.fixture
def peers(root, monkeypatch):
    """Modules of the benchmark, by name; forgotten afterwards."""
    monkeypatch.syspath_prepend(root / "benchmarks")
    names = ("cases", "table", "chart", "side_by_side")
    yield {name: importlib.import_module(f"peers.{name}") for name in names}
    for name in [name for name in sys.modules if name.split(".")[0] == "peers"]:
        del sys.modules[name]


def told(warm, memory=10.0, shift=0.0, **more):
    """What a program tells of itself."""
    level = {"mean": [50.0 + shift, 60.0], "sd": [2.0, 1.0 + shift]}
    times = {"first": 2 * warm, "warm": warm, "warm_cpu": warm, "memory": memory}
    return {**times, "peak": 200 + memory, **level, **more}


@pytest.fixture
def measured(peers):
    """All programs on all grids, where every target is met."""
    found = {}
    for grid in peers["cases"].GRIDS:
        cost = grid.polls * grid.houses / 4800
        found[grid.name] = {"full": told(0.05 * cost**0.7)}
        if grid.has_peers:
            found[grid.name] |= {"plugin": told(0.1 * cost), "nutpie": told(30 * cost, shift=0.2)}
            found[grid.name]["reference"] = told(1.0)
    for model, most in peers["table"].MOST_SECONDS.items():
        one = {"full": told(0.9 * most), "nutpie": told(91 * most)}
        cases = peers["cases"]
        found[cases.name_model(model)] = one
        found[cases.name_model(model, cases.LARGE)] = {"full": told(29 * 0.9 * most)}
    found[peers["cases"].name_parties()] = {"full": told(2.0), "nutpie": told(60.0)}
    return found | {"as_of": {"wall": 20.0, "dates": 300, "fits": 300}}


def verdicts(peers, measured):
    """Last cell of each target's row."""
    rows = peers["table"].list_targets(measured)[2:]
    return [row.strip("| ").split("|")[-1].strip() for row in rows]


def test_targets_that_are_met_are_said_to_be(peers, measured):
    assert verdicts(peers, measured) == ["met"] * 13


SLIPS = {
    0: lambda m, small, large, largest: m[small]["nutpie"].update(warm=4.9),
    1: lambda m, small, large, largest: m[small]["plugin"].update(warm=0.003),
    2: lambda m, small, large, largest: m[small]["full"].update(memory=151),
    3: lambda m, small, large, largest: m[large]["full"].update(warm=1.51),
    4: lambda m, small, large, largest: m[large]["full"].update(memory=301),
    5: lambda m, small, large, largest: m[largest]["full"].update(warm=500),
    6: lambda m, small, large, largest: m[largest]["full"].update(peak=1001),
    7: lambda m, small, large, largest: m["as_of"].update(wall=31),
    8: lambda m, small, large, largest: m[f"{small}, drift"]["full"].update(warm_cpu=0.51),
    9: lambda m, small, large, largest: m[f"{small}, drift"]["nutpie"].update(warm=44),
    10: lambda m, small, large, largest: m[f"{small}, published"]["full"].update(warm_cpu=1.1),
    11: lambda m, small, large, largest: m[f"{small}, published"]["nutpie"].update(warm=89),
    12: lambda m, small, large, largest: m[f"{large}, published"]["full"].update(warm=27.1),
}


@pytest.mark.parametrize("target", SLIPS)
def test_each_target_can_be_missed(peers, measured, target):
    cases = peers["cases"]
    SLIPS[target](measured, cases.SMALL.name, cases.LARGE.name, cases.LARGEST.name)
    found = verdicts(peers, measured)
    assert found[target] == "missed"
    others = {i for i, verdict in enumerate(found) if verdict != "met"} - {target}
    assert others <= {5}  # a slow grid also grows too fast


def test_what_was_not_measured_is_neither_met_nor_missed(peers, measured):
    small = peers["cases"].SMALL.name
    del measured[small]["nutpie"]
    assert verdicts(peers, measured)[0] == "not measured"
    measured[small]["nutpie"] = {"over": 300}
    # It took longer than the cap, and so at least that many times.
    assert verdicts(peers, measured)[0] == "met"


def test_the_table_shows_errors_caps_and_faults(peers, measured):
    small, large = peers["cases"].SMALL.name, peers["cases"].LARGE.name
    measured[large]["nutpie"] = {"over": 300}
    measured[large]["plugin"] = {"fault": "MemoryError"}
    rows = peers["table"].list_times(measured, 300)
    row = next(row for row in rows if row.startswith(f"| {small} | nutpie"))
    assert "| 0.100 | +20.0% |" in row
    assert any(f"| {large} | nutpie, NUTS at its defaults | > 300 |" in row for row in rows)
    assert any(row.endswith("| MemoryError |") for row in rows)


def test_the_model_of_several_parties_stands_beside_its_peer(peers, measured):
    rows = peers["table"].list_times(measured, 300)
    ours, nuts = (row for row in rows if "parties |" in row)
    assert "PartiesTrend, full posterior" in ours
    assert "nutpie" in nuts


@pytest.mark.long("waits for a run that takes too long")
def test_a_run_that_fails_or_takes_too_long_is_told_and_not_raised(peers, monkeypatch):
    run = peers["side_by_side"].run
    good = [sys.executable, "-c", f"print('compiling'); print('{json.dumps({'warm': 1})}')"]
    assert run(good) == {"warm": 1}
    bad = [sys.executable, "-c", "raise MemoryError('too large')"]
    assert run(bad) == {"fault": "MemoryError: too large"}
    monkeypatch.setattr(peers["side_by_side"], "CAP_SECONDS", 1)
    assert run([sys.executable, "-c", "import time; time.sleep(60)"]) == {"over": 1}


def test_without_peers_the_reason_is_printed_and_our_own_programs_stay(peers, monkeypatch, capsys):
    monkeypatch.delenv("PEERS", raising=False)
    monkeypatch.setenv("PATH", "")
    commands, notes = peers["side_by_side"].list_programs()
    assert list(commands) == ["full", "map", "plugin", "reference"]
    assert [note.split(" was")[0] for note in notes] == ["KFAS", "NUTS"]
    assert capsys.readouterr().err.count("was left out: ") == 2
    monkeypatch.setenv("PEERS", sys.executable)
    assert "has no nutpie or no PyMC" in peers["side_by_side"].list_programs()[1][1]


def test_the_figure_is_the_same_on_a_rerun_and_its_title_the_finding(peers, measured, tmp_path):
    chart = peers["chart"]
    assert chart.write_title(measured) == "400 polls: full posterior in 0.050 s; NUTS takes 30 s"
    for name in ("one.svg", "two.svg"):
        chart.draw_times(measured, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
