"""How long importing, loading, checking and drawing take, each in a fresh process."""

import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

TITLE = "Timings"
ROOT = Path(__file__).resolve().parents[1]
RUNS = 5

# What is timed, the most seconds that it may take, and the code. Import and load are timed
# from inside, without the start of Python; the commands as a user waits for them, start included.
IMPORT = "import time; t = time.perf_counter(); import polls; print(time.perf_counter() - t)"
LOAD = "import time, polls; t = time.perf_counter(); polls.load(); print(time.perf_counter() - t)"
TIMED = [
    ("`import polls`", 0.7, ["-c", IMPORT]),
    ("`polls.load()`", 1.0, ["-c", LOAD]),
    ("`python -m polls check`", 5.0, ["-m", "polls", "check"]),
    (
        "`python -m figures`: all figures, three formats",
        30.0,
        ["-m", "figures", "--out", str(ROOT / "build" / "benchmarks" / "figures")],
    ),
]
# Tells how fast the machine is: on a shared one that may change by half within the hour.
LOOP = (
    "import time; t = time.perf_counter(); s = 0\n"
    "for i in range(20_000_000): s += i\n"
    "print(time.perf_counter() - t)"
)


def measure(arguments: list[str]) -> float:
    """Seconds of one run in a process of its own: what it prints, else its wall time."""
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    begin = time.perf_counter()
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | one_thread,
        capture_output=True,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - begin
    return float(result.stdout) if arguments[0] == "-c" else wall


def report() -> str:
    """Table in Markdown: median and slowest of some runs, and the limit."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    load = f"load average before {os.getloadavg()[0]:.1f}"
    before = measure(["-c", LOOP])
    lines = [
        f"Seconds of {RUNS} runs each, after one that warms the disk's cache; {machine}, {load}.",
        "",
        "| what | median | slowest | limit | |",
        "|---|---:|---:|---:|---|",
    ]
    for name, limit, arguments in TIMED:
        measure(arguments)
        seconds = [measure(arguments) for _ in range(RUNS)]
        median = statistics.median(seconds)
        verdict = "met" if median < limit else "missed"
        lines.append(f"| {name} | {median:.2f} | {max(seconds):.2f} | {limit:g} | {verdict} |")
    after = measure(["-c", LOOP])
    speed = f"took {before:.2f} s before these runs and {after:.2f} s after them."
    return "\n".join([*lines, "", f"A plain loop of 20 million additions {speed}"])


if __name__ == "__main__":
    print(report())
