"""``python -m analysis backtest``: how well polls would have been predicted, by which model."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH, field, show_table
from analysis.cli.evaluate.parts import add_run_options, open_runner
from analysis.cli.inputs import (
    Polls,
    Series,
    add_json_option,
    add_source_options,
    add_verb,
    load_polls,
    look_over,
)
from analysis.cli.output import check_outputs, give
from analysis.evaluate import (
    HORIZONS,
    MODELS,
    ROW_COLUMNS,
    USUAL_MODELS,
    average_scores,
    backtest,
    compare_models,
    count_pit,
    summarise_backtest,
)
from analysis.evaluate.runner import Runner

EXAMPLES = (
    "--construct support talks --out scores.csv",
    "--construct support --models published static last_of_house --jobs 2",
    "--input my_polls.csv --json",
)
ESTIMAND = (
    "each poll is predicted from those published before its fieldwork began (3, 6, 12 months "
    "before that in the further tables), with house effect, sampling, rounding and excess error"
)
SCORES = (
    "crps and mae in points, lower is better; diff: crps less that of {to} over the same polls, "
    "with its standard error; bias: predicted less observed; in50 to in95: percent of central "
    "intervals that held the poll; log: mean log density, higher is better"
)
ROWS_NEW = "polls of houses that had none by then"
AHEAD = {"next": "Next poll", "3m": "3 months ahead", "6m": "6 months ahead"}
AHEAD["12m"] = "12 months ahead"
SHORT = {
    "difference": "diff",
    "difference_se": "se",
    "covered_50_pct": "in50",
    "covered_80_pct": "in80",
    "covered_95_pct": "in95",
    "log_score": "log",
}


def add_backtest(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Predict each poll from those known before it, and score models and baselines."
    verb = add_verb(verbs, "backtest", words, EXAMPLES, run_backtest)
    add_source_options(verb, several=True)
    verb.add_argument(
        "--models",
        nargs="+",
        choices=MODELS,
        default=list(USUAL_MODELS),
        metavar="MODEL",
        help=f"some of {', '.join(MODELS)} (default: {', '.join(USUAL_MODELS)}); the others are "
        "compared to the first",
    )
    add_run_options(verb)
    verb.add_argument(
        "--out",
        type=Path,
        metavar="CSV",
        help=f"write one row per model, poll and horizon here: {', '.join(ROW_COLUMNS)}; without "
        f"{ROWS_NEW}; with several constructs a poll_id begins with its construct and a colon",
    )
    verb.add_argument(
        "--summary",
        type=Path,
        metavar="CSV",
        help="write the averages of each model, series and horizon here, with the digest of the "
        "polls",
    )
    add_json_option(verb)


def run_backtest(args: argparse.Namespace, series: Series) -> None:
    """Run the back-test of each series, write what was asked for, and print."""
    check_outputs(args)
    models = list(dict.fromkeys(args.models))
    sources = {polls.measure: polls for polls in _load(args, series)}
    with open_runner(args) as runner:
        parts = [_score(polls, models, runner) for polls in sources.values()]
    rows = pd.concat(parts, ignore_index=True)
    scored = rows[~rows["is_new"]]
    named = scored["poll_id"]
    if len(sources) > 1:
        named = scored["series"] + ":" + named
    give(
        args,
        lambda: make_record(rows, models[0]),
        lambda: as_text(rows, sources, models[0]),
        (args.out, scored.assign(poll_id=named)[list(ROW_COLUMNS)]),
        (args.summary, summarise_backtest(rows, {n: p.frame for n, p in sources.items()})),
        notes=_look_over(sources),
    )


def _load(args: argparse.Namespace, series: Series) -> list[Polls]:
    """Polls of the file, or of each construct that is named, each once."""
    if args.construct is None:
        return [load_polls(args, series)]
    names = dict.fromkeys(args.construct)
    return [load_polls(argparse.Namespace(**vars(args) | {"construct": n}), series) for n in names]


def _look_over(sources: Mapping[str, Polls]) -> list[str]:
    """What deserves a look in the polls of each series, named where there are several."""
    named = {name if len(sources) > 1 else "": polls for name, polls in sources.items()}
    return [
        f"{name}: {text}" if name else text
        for name, polls in named.items()
        for text in look_over(polls.frame)
    ]


def _score(polls: Polls, models: list[str], runner: Runner) -> pd.DataFrame:
    """Back-test one series.

    Raises
    ------
    PollInputError
        Naming the file or series.
    """
    try:
        rows = backtest(polls.frame, models, runner=runner)
    except PollInputError as error:
        raise error.located_in(polls.source) from None
    return rows.assign(series=polls.measure)


def make_record(rows: pd.DataFrame, to: str) -> dict[str, Any]:
    """Collect the averages for JSON: by series, and pooled when there are several."""
    series = list(rows["series"].unique())
    groups = {name: rows[rows["series"] == name] for name in series}
    if len(series) > 1:
        groups["pooled"] = rows
    return {
        "estimand": ESTIMAND,
        "compared_to": to,
        "series": {name: _records(part, to) for name, part in groups.items()},
    }


def _records(rows: pd.DataFrame, to: str) -> dict[str, Any]:
    """Tables of one series."""
    known, new = rows[~rows["is_new"]], rows[rows["is_new"]]
    tables = {
        "models": compare_models(known, to),
        "pit": count_pit(known),
        "by_house": average_scores(known, ["horizon", "model", "house_id"]),
        "by_year": average_scores(known, ["horizon", "model", "year"]),
        "new_houses": compare_models(new, to),
    }
    return {name: table.to_dict("records") for name, table in tables.items()}


def as_text(rows: pd.DataFrame, sources: Mapping[str, Polls], to: str) -> str:
    """Write tables by series and horizon, and of one model by house and year."""
    head = [
        "Back-test of polls".center(WIDTH).rstrip(),
        "=" * WIDTH,
        field("Estimand", ESTIMAND),
        field("Scores", SCORES.format(to=to)),
    ]
    parts = ["\n".join(head)]
    for name, polls in sources.items():
        obs, part = polls.frame, rows[rows["series"] == name]
        told = f"{polls.source}: {len(obs)} polls of {obs['house_id'].nunique()} houses"
        parts += ["\n".join(["-" * WIDTH, told]), *_tables(part, to), *_detail(part, to)]
    if len(sources) > 1:
        parts += ["\n".join(["-" * WIDTH, " and ".join(sources) + " pooled"]), *_tables(rows, to)]
    return "\n\n".join(parts)


def _tables(rows: pd.DataFrame, to: str) -> list[str]:
    """A table for each horizon, then those of houses without polls."""
    parts = []
    for is_new, words in ((False, ""), (True, f", {ROWS_NEW}")):
        chosen = rows[rows["is_new"] == is_new]
        if chosen.empty:
            continue
        table = compare_models(chosen, to)
        for horizon in HORIZONS:
            part = table[table["horizon"] == horizon].drop(columns="horizon")
            if len(part):
                parts.append(f"{AHEAD[horizon]}{words}\n{_show(part)}")
    return parts


def _detail(rows: pd.DataFrame, model: str) -> list[str]:
    """The next poll as one model predicts it, by house and by year."""
    chosen = rows[(rows["model"] == model) & (rows["horizon"] == "next") & ~rows["is_new"]]
    if chosen.empty:
        return []
    by = {"house_id": "house", "year": "year"}
    return [
        f"Next poll as {model} predicts it, by {words}\n{_show(average_scores(chosen, [name]))}"
        for name, words in by.items()
    ]


def _show(table: pd.DataFrame) -> str:
    """Print averages in the width of a terminal."""
    last = [name for name in ("mae", "bias", *SHORT) if name not in ("difference", "difference_se")]
    first = [name for name in table if name not in last]
    table = table[[*first, *last]]
    percent = {name: "int64" for name in SHORT if name.endswith("_pct")}
    return show_table(
        table.round(dict.fromkeys(percent, 0)).astype(percent).rename(columns=SHORT), 2
    )
