"""``python -m analysis simulate``: do the intervals hold the truth as often as they say."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH, field, show_table
from analysis.cli.evaluate.parts import add_run_options, open_runner
from analysis.cli.inputs import (
    Series,
    add_json_option,
    add_source_options,
    add_verb,
    load_polls,
    look_over,
)
from analysis.cli.output import check_outputs, give
from analysis.evaluate import check_calibration, published_model

# Each is fitted: a thousand take minutes.
MOST_SETS = 1_000_000
EXAMPLES = ("--construct support --sets 200 --jobs 2", "--input my_polls.csv --out coverage.csv")
ESTIMAND = (
    "share of 95% intervals that hold the truth, of levels, change, house effects, sector gaps and "
    "scales, when truth and polls are drawn from the published model itself, on the days, houses "
    "and sizes of these polls"
)
SHOWN = ["estimand", "covered", "coverage_pct", "coverage_p", "rank_p", "passes"]


def add_simulate(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Draw truths and polls from the model, and count the intervals that hold the truth."
    verb = add_verb(verbs, "simulate", words, EXAMPLES, run_simulate)
    add_source_options(verb)
    verb.add_argument("--sets", type=read_count, default=200, metavar="N", help="simulated sets")
    verb.add_argument(
        "--seed", type=read_count, default=1, metavar="N", help="of the random numbers (default 1)"
    )
    add_run_options(verb)
    verb.add_argument("--out", type=Path, metavar="CSV", help="write one row per estimand here")
    add_json_option(verb)


def read_count(text: str) -> int:
    """Read a whole number of 1 or more; argparse shows the message and exits with 2."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 1 or more")
    if int(text) > MOST_SETS:
        raise argparse.ArgumentTypeError(f"{text} are too many: {MOST_SETS} at most")
    return int(text)


def run_simulate(args: argparse.Namespace, series: Series) -> None:
    """Check the calibration, write what was asked for, and print."""
    check_outputs(args)
    polls = load_polls(args, series)
    try:
        model = published_model(polls.frame)
        notes = look_over(polls.frame)
        with open_runner(args) as runner:
            table = check_calibration(model, args.sets, args.seed, runner=runner)
    except PollInputError as error:
        raise error.located_in(polls.source) from None
    give(
        args,
        lambda: {"estimand": ESTIMAND, "seed": args.seed, "estimands": table.to_dict("records")},
        lambda: as_text(table, args.seed),
        (args.out, table),
        notes=notes,
    )


def as_text(table: pd.DataFrame, seed: int) -> str:
    """Write one row per estimand."""
    n_failed = int((~table["passes"]).sum())
    said = f"{n_failed} of {len(table)} fail" if n_failed else f"all {len(table)} pass"
    shown = table[SHOWN].rename(columns={"coverage_pct": "percent", "coverage_p": "p"})
    return "\n".join(
        [
            "Calibration by simulation".center(WIDTH).rstrip(),
            "=" * WIDTH,
            field("Estimand", ESTIMAND),
            field("Sets", f"{table['n_sets'].iloc[0]}, seed {seed}"),
            field("Verdict", f"{said} (binomial and Kolmogorov-Smirnov tests, 1% for all)"),
            "-" * WIDTH,
            show_table(shown, 3),
        ]
    )
