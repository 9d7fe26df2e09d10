"""Run all programs on all grids, each run in a process of its own, and set them side by side."""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from peers.cases import (
    GRIDS,
    LARGE,
    MODELS,
    ROOT,
    SMALL,
    Grid,
    name_model,
    name_parties,
    write_parties,
    write_polls,
)
from peers.chart import draw_times
from peers.table import list_targets, list_times

HERE = Path(__file__).resolve().parent
FIGURE = ROOT / "benchmarks" / "peers.svg"
RAW = ROOT / "build" / "benchmarks" / "peers.json"
# Where the scripts find the models, each other, and the model as PyMC sees it.
MODULES = [ROOT, ROOT / "benchmarks", ROOT / "tests" / "reference"]
# A run that takes longer is stopped, and the program is not run on larger grids.
CAP_SECONDS = 300
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
SKIPPED = "not run: a smaller grid took longer than the cap"
VERSIONS = (
    "import json, platform; from importlib.metadata import version as v; "
    "print(json.dumps({'Python': platform.python_version(), **{p: v(p) for p in "
    "('nutpie', 'pymc', 'pytensor', 'numba', 'arviz')}}))"
)


def compare() -> str:
    """Measure everything and return table, targets and figure in Markdown."""
    commands, notes = list_programs()
    with tempfile.TemporaryDirectory(prefix="polls-peers-") as name:
        measured = measure_all(commands, Path(name))
    RAW.parent.mkdir(parents=True, exist_ok=True)
    RAW.write_text(json.dumps({"measured": measured, "notes": notes}, indent=1), encoding="utf-8")
    return write_up(measured, notes)


def write_up(measured: dict[str, dict], notes: list[str]) -> str:
    """Turn what was measured into Markdown, and draw the figure."""
    draw_times(measured, FIGURE)
    return "\n".join(
        [
            describe_machine(),
            "",
            *list_times(measured, CAP_SECONDS),
            "",
            "Targets, all from this run:",
            "",
            *list_targets(measured),
            "",
            "![Seconds of one fit against polls, by program](peers.svg)",
            *[line for note in notes for line in ("", note)],
        ]
    )


def list_programs() -> tuple[dict[str, list[str]], list[str]]:
    """Commands by program, without the file of polls, and what is left out and why."""
    ours = [sys.executable, str(HERE / "run_ours.py")]
    commands = {name: [*ours, name] for name in ("full", "map", "plugin", "reference")}
    notes = []
    if shutil.which("Rscript") and _works(["Rscript", "-e", "library(KFAS)"]):
        commands["kfas"] = ["Rscript", str(HERE / "run_kfas.R")]
    else:
        notes.append("KFAS was left out: there is no Rscript with the package KFAS.")
    peers = os.environ.get("PEERS", "")
    if not peers:
        notes.append("NUTS was left out: PEERS names no Python with nutpie and PyMC.")
    elif not _works([peers, "-c", "import nutpie, pymc, arviz"]):
        notes.append("NUTS was left out: the Python that PEERS names has no nutpie or no PyMC.")
    else:
        for name in ("nutpie", "nutpie95", "pymc"):
            commands[name] = [peers, "-W", "ignore", str(HERE / "run_nuts.py"), name]
        found = json.loads(subprocess.check_output([peers, "-c", VERSIONS], text=True))
        notes.append("Peers: " + ", ".join(f"{name} {number}" for name, number in found.items()))
    for note in notes:
        print(note, file=sys.stderr, flush=True)
    return commands, notes


def _works(command: list[str]) -> bool:
    """Does a command end well."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def measure_all(commands: dict[str, list[str]], folder: Path) -> dict[str, dict]:
    """What each program tells, by grid and program; and the refits as of many dates."""
    measured: dict[str, dict] = {}
    too_slow: set[str] = set()
    for grid in GRIDS:
        path = write_polls(grid, folder)
        found = measured[grid.name] = {}
        for name, command in commands.items():
            if not grid.has_peers and name not in ("full", "map"):
                continue
            found[name] = {"fault": SKIPPED} if name in too_slow else run([*command, str(path)])
            if "over" in found[name]:
                too_slow.add(name)
            told = {k: v for k, v in found[name].items() if not isinstance(v, list)}
            print(f"{grid.name} {name}: {told}", file=sys.stderr, flush=True)
        if grid == SMALL:
            measured["as_of"] = run([*commands["full"][:-1], "as_of", str(path)])
            measured |= measure_models(commands, path, grid, ("full", "nutpie"))
        if grid == LARGE:
            measured |= measure_models(commands, path, grid, ("full",))
    measured[name_parties()] = measure_parties(commands, write_parties(folder))
    return measured


def measure_models(
    commands: dict[str, list[str]], path: Path, grid: Grid, programs: tuple[str, ...]
) -> dict[str, dict]:
    """What some programs tell of models beside the default one."""
    measured = {}
    for model in MODELS:
        chosen = {name: commands[name] for name in programs if name in commands}
        found = {name: run([*command, str(path), model]) for name, command in chosen.items()}
        measured[name_model(model, grid)] = found
        print(f"{model}: {list(found)}", file=sys.stderr, flush=True)
    return measured


def measure_parties(commands: dict[str, list[str]], path: Path) -> dict[str, dict]:
    """What the model of several parts and nutpie tell of the same polls of parties."""
    names = [name for name in ("full", "reference", "nutpie") if name in commands]
    return {name: run([*commands[name], str(path), "parties"]) for name in names}


def run(command: list[str]) -> dict:
    """Run one program with its children; what it tells, or why it told nothing."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | ONE_THREAD | {"PYTHONPATH": os.pathsep.join(map(str, MODULES))},
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=CAP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return {"over": CAP_SECONDS}
    if process.returncode:
        return {"fault": (err.strip().splitlines() or [f"exit {process.returncode}"])[-1][:100]}
    return json.loads(out.strip().splitlines()[-1])


def describe_machine() -> str:
    """What it was measured on."""
    names = ("numpy", "scipy", "pandas", "statsmodels")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python "
        f"{platform.python_version()}, {packages}; one BLAS thread; load average before "
        f"{os.getloadavg()[0]:.1f}. Grids are polls/houses/days, simulated from the model; "
        "every row is a process of its own."
    )


if __name__ == "__main__":
    # Table and figure again from what was measured last.
    stored = json.loads(RAW.read_text(encoding="utf-8"))
    print(write_up(stored["measured"], stored["notes"]))
