"""How long it takes to ask whether the models can be trusted, and what the answers are."""

import os
import time
from functools import partial

import numpy as np
import pandas as pd
from calibration import tell
from cost import measure

import polls
from analysis import PollTrend, TrendOptions
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
from analysis.evaluate.backtest import CANDIDATES
from analysis.evaluate.runner import Runner

TITLE = "Can it be trusted"
CORES = os.cpu_count() or 1
N_SETS = 1000
# What is asked for, and a part of it that tells what the whole would take.
ASKED_SERIES, N_SERIES = 1000, 200
N_POLLS, N_HOUSES, N_DAYS = 400, 12, 1600
# So many series are fitted by one process and by two, to tell what a second one gains.
N_COMPARED = 100
# Calibrated too, beside the published model: what stood for choice and is not part of it.
OTHERS = {"calming_estimated_reverting_by_house": 60}
SEED = 20220224


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


def fit_series(table: pd.DataFrame, n_series: int, jobs: int) -> pd.DataFrame:
    """Fit the first series of a table."""
    names = table["series_id"].unique()[:n_series]
    chosen = table[table["series_id"].isin(names)]
    series = SeriesTable(lambda: [chosen], TrendOptions())
    return fit_many(series, runner=Runner(jobs=jobs))


def time_series(table: pd.DataFrame, jobs: int) -> float:
    """Seconds on the clock for some series, processes being there already as with many."""
    fit_series(table, 2 * jobs, jobs)
    begin = time.perf_counter()
    fit_series(table, N_COMPARED, jobs)
    return time.perf_counter() - begin


def show(table: pd.DataFrame, digits: int = 1) -> list[str]:
    """A table in Markdown."""
    cells = table.map(lambda v: f"{v:.{digits}f}" if isinstance(v, float) else str(v))
    cells = cells.replace("nan", "")
    lines = [f"| {' | '.join(map(str, table))} |", "|---" * len(table.columns) + "|"]
    return lines + [f"| {' | '.join(row)} |" for row in cells.to_numpy()]


def calibrate(obs: pd.DataFrame, runner: Runner) -> list[str]:
    """Calibration of the published model by simulation, and of pieces that it does not have."""
    models = {"The published model": (published_model(obs), N_SETS)}
    models |= {
        name: (PollTrend(obs, options=CANDIDATES[name].options), n) for name, n in OTHERS.items()
    }
    lines = []
    for name, (model, n_sets) in models.items():
        check = partial(check_calibration, model, n_sets, SEED, runner=runner)
        found, cost = measure(check)
        lines.append(f"- {tell(name, found, cost.processors / n_sets)} In all {cost}.")
    return lines


def report() -> str:
    """Tables in Markdown, and what they took."""
    obs, runner = polls.series("support"), Runner(jobs=CORES)
    left, left_cost = measure(partial(leave_house_out, obs, runner=runner))
    many, many_cost = measure(partial(multiverse, obs, runner=runner))
    priors, priors_cost = measure(partial(prior_sensitivity, obs, runner=runner))
    alarms, alarms_cost = measure(partial(check_dispersion, obs, runner=runner))
    dispersion = dispersion_by_house(obs).dropna(subset=["ratio"]).drop(columns="note")
    table = make_series(N_SERIES)
    _, whole = measure(partial(fit_series, table, N_SERIES, CORES))
    one, two = (time_series(table, jobs) for jobs in (1, 2))
    columns = ["house_id", "n_polls", "seen", "predicted", "covered_95_pct", "change", "gap"]
    moved = priors[["change_moved_sds", "gap_moved_sds"]].abs().max()
    told = (
        f"On {CORES} cores, load average before {os.getloadavg()[0]:.1f}: leave one house out "
        f"{left_cost}; {len(many):,} specifications {many_cost}; priors {priors_cost}; false "
        f"alarms {alarms_cost}; {N_SERIES:,} series of {N_POLLS} polls {whole}, so "
        f"{ASKED_SERIES:,} in {whole.processors * ASKED_SERIES / N_SERIES:.0f} s of CPU. "
        f"{N_COMPARED} series take {one:.1f} s with one process and {two:.1f} s with two: "
        f"{one / two:.2f} times as fast."
    )
    by_priors = (
        f"A prior halved or doubled moves the change by at most {moved.iloc[0]:.2f} and the gap by "
        f"at most {moved.iloc[1]:.2f} of their standard deviations."
    )
    simulated = (
        "Calibration by simulation, truths from the prior and polls from the model at the dates, "
        f"houses and sizes of the {len(obs)} polls of support, seed {SEED}:"
    )
    parts = {
        simulated: calibrate(obs, runner),
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
