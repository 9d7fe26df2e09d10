"""Which model predicts polls best that it has not seen, by the rule of `analysis.evaluate`."""

import os
import platform
import sys
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from cost import measure

import polls
from analysis import PUBLISHED as OPTIONS
from analysis import PollTrend, TrendOptions
from analysis.evaluate import (
    BASELINES,
    CANDIDATES,
    TrendModel,
    average_scores,
    backtest,
    choose_model,
    compare_models,
    find_floor,
    summarise_backtest,
)
from analysis.evaluate.runner import Runner

TITLE = "Back-test"
# What was found of each candidate, for notebook 08.
TABLE = Path(__file__).resolve().parents[1] / "forecasts" / "candidates.csv"
SERIES = ("support", "talks")
# Walk, drift and excess crossed; a drift that is drawn back, days of calming that are estimated and
# Student's errors (minutes a model) where the walk calms, without which no drift does well.
CHOICES = [
    "static",
    "drift",
    "calming",
    "calming_drift",
    "calming_reverting",
    "calming_estimated_drift",
    "calming_drift_student",
    "static_by_house",
    "drift_by_house",
    "calming_by_house",
    "calming_drift_by_house",
    "calming_reverting_by_house",
    "calming_estimated_drift_by_house",
]
# How much hangs on days that are given and not estimated: those by which the shock falls by e, and
# those by which a drift does.
CALM_DAYS, DRIFT_DAYS = (30.0, 120.0), (730.0,)
CALMING = TrendOptions(drift=True, walk="calming")
SENSITIVITY = {
    f"calming_drift, calming in {days:g} days": TrendModel(replace(CALMING, calm_days=days))
    for days in CALM_DAYS
} | {
    f"calming_reverting, back in {days:g} days": TrendModel(replace(CALMING, drift_days=days))
    for days in DRIFT_DAYS
}
# The candidate that is published.
(PUBLISHED,) = (name for name, model in CANDIDATES.items() if model == TrendModel(OPTIONS))
# Better than the best baseline on support by this much is what was set out to reach.
AHEAD_PCT = 8.0
GROUPS = {
    "the published model": [PUBLISHED],
    "the other candidates": [name for name in CHOICES if name != PUBLISHED],
    "the plug-in fit and the baselines": ["plug_in", *BASELINES],
    "other days": list(SENSITIVITY),
}


def run(models: list[str]) -> pd.DataFrame:
    """Back-test some models on all series."""
    parts = []
    runner = Runner(jobs=os.cpu_count() or 1)
    for name in SERIES:
        rows = backtest(polls.series(name), models, candidates=SENSITIVITY, runner=runner)
        parts.append(rows.assign(series=name))
    return pd.concat(parts, ignore_index=True)


def describe_machine() -> str:
    """What it was measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "statsmodels"))
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"{packages}; load average before {os.getloadavg()[0]:.1f}"
    )


def show_difference(row: "pd.Series[float]") -> str:
    """Difference with its standard error."""
    return f"{row['difference']:+.2f} ± {row['difference_se']:.2f}"


def list_next(rows: pd.DataFrame) -> list[str]:
    """Table of the next poll: each series, and both pooled."""
    rows = rows[rows["horizon"] == "next"]
    each = average_scores(rows, ["series", "model"]).set_index(["series", "model"])
    pooled = compare_models(rows, PUBLISHED).set_index("model")
    heads = [text for series in SERIES for text in (f"CRPS {series}", "in 50/80/95")]
    heads += ["pooled", "less published"]
    lines = [f"| model | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    for model, row in pooled.iterrows():
        cells = [f"{model} (published)" if model == PUBLISHED else str(model)]
        for series in SERIES:
            one = each.loc[(series, model)]
            cover = "/".join(f"{one[f'covered_{level}_pct']:.0f}" for level in (50, 80, 95))
            cells += [f"{one['crps']:.2f}", cover]
        cells += [f"{row['crps']:.2f}", show_difference(row)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def list_horizons(rows: pd.DataFrame) -> list[str]:
    """Table of pooled CRPS at each horizon, less that of the published model."""
    table = compare_models(rows, PUBLISHED).set_index(["horizon", "model"])
    horizons = list(rows["horizon"].unique())
    counts = [int(table.loc[(horizon, PUBLISHED), "n"]) for horizon in horizons]
    heads = [f"{name} ({n} polls)" for name, n in zip(horizons, counts, strict=True)]
    lines = [f"| model | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    for model in rows["model"].unique():
        found = [table.loc[(horizon, model)] for horizon in horizons]
        cells = [f"{row['crps']:.2f} ({show_difference(row)})" for row in found]
        lines.append(f"| {model} | {' | '.join(cells)} |")
    return lines


def compare_baselines(rows: pd.DataFrame) -> str:
    """Sentence on the published model and the best baseline of each series."""
    words = []
    for series in SERIES:
        mine = rows[(rows["horizon"] == "next") & (rows["series"] == series)]
        table = compare_models(mine, PUBLISHED).set_index("model")
        best = str(table.loc[list(BASELINES), "crps"].idxmin())
        ahead = 100 * (1 - table.loc[PUBLISHED, "crps"] / table.loc[best, "crps"])
        words.append(
            f"on {series} its CRPS is {abs(ahead):.1f}% {'below' if ahead > 0 else 'above'} "
            f"that of the best baseline, {best} (the baseline less the model: "
            f"{show_difference(table.loc[best])})"
        )
    return f"The published model: {'; '.join(words)}. To reach on support: {AHEAD_PCT:g}% below."


def split_support(rows: pd.DataFrame, by: str, best: str) -> list[str]:
    """Table of the published model, the best baseline and the floors on support, by group."""
    wide = rows[rows["model"].isin([PUBLISHED, best])].pivot_table(
        index=["poll_id", "house_id", "year"], columns="model", values="crps"
    )
    floor = find_floor(PollTrend(polls.series("support"), options=OPTIONS).fit())
    wide = wide.reset_index().merge(floor.drop(columns="house_id"), on="poll_id")
    wide["gain"] = wide[best] - wide[PUBLISHED]
    columns = [PUBLISHED, best, "gain", "sampling", "excess", "hindsight"]
    lines = [f"| {by.removesuffix('_id')} | polls | {' | '.join(columns)} |"]
    lines.append("|---|" + "---:|" * (1 + len(columns)))
    for name, part in [*wide.groupby(by), ("all", wide)]:
        cells = [f"{part[column].mean():.2f}" for column in columns]
        lines.append(f"| {name} | {len(part)} | {' | '.join(cells)} |")
    return lines


def explain_gain(rows: pd.DataFrame) -> list[str]:
    """How far the model is ahead on support, what could be reached, and where it is lost."""
    mine = rows[(rows["horizon"] == "next") & (rows["series"] == "support")]
    table = compare_models(mine, PUBLISHED).set_index("model")
    best = str(table.loc[list(BASELINES), "crps"].idxmin())
    theirs, gain, se = table.loc[best, ["crps", "difference", "difference_se"]]
    low, high = (100 * (gain + side * 1.96 * se) / theirs for side in (-1, 1))
    intro = (
        f"{AHEAD_PCT:g}% below {best} on support would be a CRPS of "
        f"{(1 - AHEAD_PCT / 100) * theirs:.2f}. So few polls cannot tell whether a model reaches "
        f"it: the gain is {gain:+.2f} ± {se:.2f}, and its 95% interval goes from {low:+.0f}% to "
        f"{high:+.0f}% of the baseline. Below, *gain* is {best} less the model. What nobody can "
        "foresee: *sampling* is the CRPS expected of who knew what the house would find if it "
        "asked everybody, *excess* of who knew level and lean but not the excess error of the "
        "house's polls; *hindsight* is that of each poll predicted from all others, later ones too."
    )
    return [
        intro,
        "",
        *split_support(mine, "house_id", best),
        "",
        *split_support(mine, "year", best),
    ]


def report() -> str:
    """Tables in Markdown, what the rule chooses, and the time it took."""
    machine = describe_machine()
    parts, times = [], []
    for words, models in GROUPS.items():
        found, cost = measure(partial(run, models))
        parts.append(found)
        times.append(f"{words} {cost}")
        print(f"{words} {cost}", file=sys.stderr, flush=True)
    rows = pd.concat(parts, ignore_index=True)
    known = rows[~rows["is_new"]]
    chosen = choose_model(known, CHOICES)
    n = average_scores(known[known["horizon"] == "next"], ["model", "series"])
    counts = n[n["model"] == PUBLISHED].set_index("series")["n"]
    told = " and ".join(f"{counts[name]} of {name}" for name in SERIES)
    head = (
        f"Each poll predicted from those published before its fieldwork: {told}; CRPS in points, "
        "lower is better; differences are paired, with their standard error. *reverting*: drifts "
        "are drawn back by e in a year; *estimated*: so are the days in which the shock calms."
    )
    verdict = (
        f"The rule (`analysis/evaluate/comparison.py`), with the candidates "
        f"{', '.join(CHOICES)} from the simplest on, chooses **{chosen}**."
    )
    summarise_backtest(rows, {name: polls.series(name) for name in SERIES}).round(6).to_csv(
        TABLE, index=False, lineterminator="\n"
    )
    body = [head, "", *list_next(known), "", verdict, "", compare_baselines(known), ""]
    body += [*explain_gain(known), "", "Both series pooled, at each horizon:"]
    times_told = f"Time: {'; '.join(times)}. {machine}."
    return "\n".join([*body, "", *list_horizons(known), "", times_told])


if __name__ == "__main__":
    print(report())
