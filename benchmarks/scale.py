"""Many polls and many houses: seconds of CPU and memory of what users ask, against limits."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TITLE = "Many polls, many houses"
ROOT = Path(__file__).resolve().parents[1]
# Polls, houses, options, what is asked of the results, most seconds of CPU and most memory (MB).
TABLES = ["trend", "house_effects"]
# What draws all days, polls and houses, or leaves each poll out in turn.
DOORS = [
    "get_prediction",
    "residuals",
    "draws",
    "posterior_predictive_check",
    "loo",
    "to_inference_data",
]
SMALLEST_POLLS = 400
PUBLISHED = {"drift": True, "house_variance": "by_house", "walk": "calming"}
CASES = [
    (400, 12, {"drift": True}, [], 0.5, 1_000),
    (400, 12, PUBLISHED, [], 1, 1_000),
    (400, 40, {"house_variance": "by_house"}, TABLES, 10, 1_000),
    (1_000, 10, {"drift": True}, ["variance_budget"], 5, 1_000),
    (
        6_400,
        48,
        {"drift": True},
        [*TABLES, "variance_budget", "summary"],
        30,
        1_000,
    ),
    *((6_400, 48, {}, [door], 60, 1_000) for door in DOORS),
    *((6_400, 48, {"drift": True}, [door], 120, 1_000) for door in DOORS),
    (2_000, 400, {}, TABLES, 20, 2_000),
    (700, 700, {}, TABLES, 20, 2_000),
    (3_000, 1_000, {}, TABLES, 60, 2_000),
    (1_000, 10, {"errors": "student"}, TABLES, 60, 1_000),
]
# A case ends after so many times its limit on the clock, so that the table always does.
PATIENCE = 4
RUN = """
import json, sys
import scipy.stats  # loaded once in a process, by its first fit: no part of one
sys.path.insert(0, "benchmarks")
from scale import SMALLEST_POLLS, make_polls
from peers.usage import cpu_seconds, memory_mb
from analysis import PollTrend
polls, houses, options, asked = json.loads(sys.argv[1])
n_days = 1_600 if polls == SMALLEST_POLLS else 2_900
frame, before = make_polls(polls, houses, n_days), cpu_seconds()
results = PollTrend(frame, **options).fit()
for name in asked:
    getattr(results, name)()
print(json.dumps([cpu_seconds() - before, memory_mb("VmHWM")]))
"""


def make_polls(n_polls, n_houses, n_days, seed=1):
    """Polls on random days of a level that walks, by houses that drift."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(seed)
    day = np.sort(rng.integers(0, n_days, n_polls))
    house = rng.permutation(np.arange(n_polls) % n_houses)
    level = 50 + np.cumsum(rng.normal(0, 0.12, n_days))
    drift = np.cumsum(rng.normal(0, 0.03, (n_days, n_houses)), axis=0)
    share = level[day] + rng.normal(0, 3, n_houses)[house] + drift[day, house]
    share += rng.normal(0, 2, n_polls)
    dates = pd.Timestamp("2015-01-01") + pd.to_timedelta(day, unit="D")
    return pd.DataFrame({
        "house_id": [f"h{j:04d}" for j in house], "start_date": dates, "end_date": dates,
        "sample_size": 1000, "share_pct": share.clip(0, 100).round(1),
    })  # fmt: skip


def run_case(case):
    """Row of the table of one case, in a process of its own."""
    polls, houses, options, asked, most_seconds, most_memory = case
    named = ", ".join(f"{name}={value}" for name, value in options.items()) or "defaults"
    row = [f"{polls:,}", f"{houses:,}", named, ", ".join(asked)]
    patience = PATIENCE * max(most_seconds, 60)
    try:
        done = subprocess.run(
            [sys.executable, "-c", RUN, json.dumps(case[:4])],
            cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True, timeout=patience,
        )  # fmt: skip
        seconds, memory = json.loads(done.stdout)
        found = [f"{seconds:.1f}", f"{memory:.0f}"]
    except subprocess.TimeoutExpired:
        found = [f"not done after {patience} s on the clock", ""]
    row += [found[0], str(most_seconds), found[1], f"{most_memory:,}"]
    return f"| {' | '.join(row)} |"


def report():
    """Table in Markdown."""
    # As many cases at a time as there are cores: seconds are of CPU.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(run_case, CASES))
    lines = [
        "Simulated polls, each case in a process of its own; fit and tables together.",
        "",
        "| polls | houses | options | asked | CPU, s | limit | memory, MB | limit |",
        "|---:|---:|---|---|---:|---:|---:|---:|",
        *rows,
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
