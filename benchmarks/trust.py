"""How long it takes to ask whether the models can be trusted, and what the answers are."""

import os
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd

import polls
from analysis import TrendOptions
from analysis.evaluate import (
    SeriesTable,
    check_calibration,
    check_dispersion,
    dispersion_by_house,
    fit_many,
    leave_house_out,
    multiverse,
    prior_sensitivity,
    published_model,
    summarise_multiverse,
)
from analysis.evaluate.runner import Runner

TITLE = "Can it be trusted"
CORES = os.cpu_count() or 1
N_SETS = 1000
N_SERIES, N_POLLS, N_HOUSES, N_DAYS = 1000, 400, 12, 1600
# So many series are also fitted by one process, to tell what a second one gains.
N_COMPARED = 100
SEED = 20220224
Result = TypeVar("Result")


def measure(work: Callable[[], Result]) -> tuple[Result, float]:
    """A result and the seconds that it took."""
    begin = time.perf_counter()
    found = work()
    return found, time.perf_counter() - begin


def make_series(n_series: int) -> pd.DataFrame:
    """Series of a random walk with houses and excess error, 400 polls of 12 houses each."""
    rng = np.random.default_rng(SEED)
    parts = []
    for number in range(n_series):
        level = 50 + np.cumsum(rng.normal(0, 0.15, N_DAYS))
        house = rng.integers(0, N_HOUSES, N_POLLS)
        day = np.sort(rng.integers(0, N_DAYS, N_POLLS))
        share = level[day] + rng.normal(0, 3, N_HOUSES)[house] + rng.normal(0, 2, N_POLLS)
        start = pd.Timestamp("2020-01-01") + pd.to_timedelta(day, unit="D")
        parts.append(
            pd.DataFrame(
                {
                    "series_id": f"s{number:04}",
                    "house_id": [f"h{k}" for k in house],
                    "start_date": start,
                    "end_date": start + pd.Timedelta(days=2),
                    "sample_size": 1000,
                    "share_pct": share.round().clip(1, 99),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def fit_series(table: pd.DataFrame, n_series: int, jobs: int) -> float:
    """Seconds to fit the first series of a table."""
    names = table["series_id"].unique()[:n_series]
    chosen = table[table["series_id"].isin(names)]
    series = SeriesTable(lambda: [chosen], TrendOptions())
    return measure(lambda: fit_many(series, runner=Runner(jobs=jobs)))[1]


def show(table: pd.DataFrame, digits: int = 1) -> list[str]:
    """A table in Markdown."""
    cells = table.map(lambda v: f"{v:.{digits}f}" if isinstance(v, float) else str(v))
    cells = cells.replace("nan", "")
    lines = [f"| {' | '.join(map(str, table))} |", "|---" * len(table.columns) + "|"]
    return lines + [f"| {' | '.join(row)} |" for row in cells.to_numpy()]


def report() -> str:
    """Tables in Markdown, and what they took."""
    obs, runner = polls.series("support"), Runner(jobs=CORES)
    left, left_s = measure(lambda: leave_house_out(obs, runner=runner))
    many, many_s = measure(lambda: multiverse(obs, runner=runner))
    priors, priors_s = measure(lambda: prior_sensitivity(obs, runner=runner))
    alarms, alarms_s = measure(lambda: check_dispersion(obs, runner=runner))
    dispersion = dispersion_by_house(obs).dropna(subset=["ratio"]).drop(columns="note")
    model = published_model(obs)
    calibrated, calibrated_s = measure(
        lambda: check_calibration(model, N_SETS, SEED, runner=runner)
    )
    table = make_series(N_SERIES)
    whole = fit_series(table, N_SERIES, CORES)
    one, two = (fit_series(table, N_COMPARED, jobs) for jobs in (1, 2))
    columns = ["house_id", "n_polls", "seen", "predicted", "covered_95_pct", "change", "gap"]
    moved = priors[["change_moved_sds", "gap_moved_sds"]].abs().max()
    n_failed = int((~calibrated["passes"]).sum())
    told = (
        f"On {CORES} cores, load average before {os.getloadavg()[0]:.1f}, in seconds: leave one "
        f"house out {left_s:.0f}; {len(many):,} specifications {many_s:.0f}; priors "
        f"{priors_s:.0f}; {N_SETS:,} calibration sets {calibrated_s:.0f} ({n_failed} of "
        f"{len(calibrated)} estimands fail); false alarms {alarms_s:.0f}; {N_SERIES:,} series of "
        f"{N_POLLS} polls {whole:.0f}. {N_COMPARED} series take {one:.0f} s with one process and "
        f"{two:.0f} s with two: {one / two:.2f} times as fast."
    )
    by_priors = (
        f"A prior halved or doubled moves the change by at most {moved.iloc[0]:.2f} and the gap by "
        f"at most {moved.iloc[1]:.2f} of their standard deviations."
    )
    parts = {
        "Leave one house out of support (first row: none):": show(left[columns]),
        "Scatter of each house over that of samples, power of the test, and false alarms:": show(
            dispersion.merge(alarms, "left", "house_id"), 2
        ),
        "Multiverse:": show(summarise_multiverse(many)),
    }
    tables = [line for words, lines in parts.items() for line in ("", words, "", *lines)]
    return "\n".join([told, *tables, "", by_priors])


if __name__ == "__main__":
    print(report())
