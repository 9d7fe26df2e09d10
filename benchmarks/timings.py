"""How long importing, loading, checking, adding and drawing take, each in a fresh process."""

import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers.made_house import HOUSE, OPTIONS, QUESTION, write_file

TITLE = "Timings"
ROOT = Path(__file__).resolve().parents[1]
RUNS = 5

BUILD = ROOT / "build" / "benchmarks"
YEAR_OF_WAVES = 60
# Waves of a house that is made up have room in any year.
MADE = {"houses": [HOUSE], "questions": [QUESTION], "options": OPTIONS}


def add_waves(number: int) -> list[str]:
    """Write files with weekly waves of the made-up house; the words that add them, dry."""
    folder = BUILD / f"waves_{number}"
    folder.mkdir(parents=True, exist_ok=True)
    waves = []
    for week in range(number):
        start = date(2022, 6, 6) + timedelta(weeks=week)
        wave = {
            "house_id": "made_house",
            "question_id": "made_house.support",
            "field_start": start,
            "field_end": start + timedelta(days=3),
            "published": start + timedelta(days=8),
            "mode": "cati",
            "sample_size": 1600,
            "population": "Russia, adults 18+",
            "source_url": f"https://made-house.example/{week}",
        }
        shares = {
            "yes": 64 + week % 4,
            "no": 21 - week % 3,
            "hard_to_say": 15 - week % 4 + week % 3,
        }
        waves += [wave | {"option": name, "share_pct": share} for name, share in shares.items()]
    for name, rows in (MADE | {"waves": waves}).items():
        write_file(folder / f"{name}.csv", rows)
    files = [word for name in MADE for word in (f"--{name}", str(folder / f"{name}.csv"))]
    return ["-m", "polls", "add", str(folder / "waves.csv"), *files, "--dry-run"]


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
        ["-m", "figures", "--out", str(BUILD / "figures")],
    ),
]
# Tells how fast the machine is: on a shared one that may change by half within the hour.
LOOP = (
    "import time; t = time.perf_counter(); s = 0\n"
    "for i in range(20_000_000): s += i\n"
    "print(time.perf_counter() - t)"
)


def measure(arguments: list[str]) -> tuple[float, float]:
    """Seconds of one run in a process of its own, and of CPU; the former as it prints them."""
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    begin, used = time.perf_counter(), _used()
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | one_thread,
        capture_output=True,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - begin
    return float(result.stdout) if arguments[0] == "-c" else wall, _used() - used


def _used() -> float:
    """Seconds of CPU, system time and further processes included, of the runs so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def report() -> str:
    """Table in Markdown: median and slowest of some runs, the CPU of the median, and the limit."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    load = f"load average before {os.getloadavg()[0]:.1f}"
    before, _ = measure(["-c", LOOP])
    how = (
        f"Seconds of {RUNS} runs each, after one that warms the disk's cache; {machine}, {load}. "
        "CPU counts the start of Python and all processes of a run, and hangs less on what else "
        "the machine does."
    )
    lines = [
        how,
        "",
        "| what | median | slowest | CPU, median | limit | |",
        "|---|---:|---:|---:|---:|---|",
    ]
    adding = [
        ("`polls add` of one wave, with its checks and effect", 5.0, add_waves(1)),
        (f"`polls add` of {YEAR_OF_WAVES} waves, a year", 15.0, add_waves(YEAR_OF_WAVES)),
    ]
    for name, limit, arguments in [*TIMED, *adding]:
        measure(arguments)
        seconds, used = zip(*(measure(arguments) for _ in range(RUNS)), strict=True)
        median = statistics.median(seconds)
        verdict = "met" if median < limit else "missed"
        lines.append(
            f"| {name} | {median:.2f} | {max(seconds):.2f} | {statistics.median(used):.2f} "
            f"| {limit:g} | {verdict} |"
        )
    after, _ = measure(["-c", LOOP])
    speed = f"took {before:.2f} s before these runs and {after:.2f} s after them."
    return "\n".join([*lines, "", f"A plain loop of 20 million additions {speed}"])


if __name__ == "__main__":
    print(report())
