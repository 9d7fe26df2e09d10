"""``python -m analysis predict``: what polls not yet seen will publish."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH, field
from analysis.cli.effects import effect_text
from analysis.cli.forecasts import add_forecast_options, check_folder, register, score
from analysis.cli.inputs import (
    Series,
    add_json_option,
    add_source_options,
    add_verb,
    load_polls,
    read_csv,
)
from analysis.cli.output import check_outputs, give
from analysis.cli.trend import add_fit_options, fit_trend
from analysis.observations import find_coming_suspicions
from analysis.trend.prediction import note_few_houses
from analysis.trend.report import effect_records
from analysis.trend.results import PollTrendResults

EXAMPLES = (
    "--construct support --new coming.csv",
    "--input my_polls.csv --new coming.csv --out predicted.csv",
    "--construct support --register",
    "--score",
)
ESTIMAND = (
    "the share that each poll will publish, in percent of all respondents: the level as its house "
    "measures it plus the error of the poll"
)
BAND = (
    "95% predictive: level, house effect (of a house without polls the spread of houses), "
    "sampling, rounding and excess error; an error that all houses share is part of what polls "
    "show and adds no width"
)


def add_predict(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Predict polls not yet seen, of known houses and of new ones."
    verb = add_verb(verbs, "predict", words, EXAMPLES, run_predict)
    add_source_options(verb, required=False)
    add_fit_options(verb, has_reference=False)
    which = verb.add_mutually_exclusive_group(required=True)
    add_forecast_options(which)
    which.add_argument(
        "--new",
        type=Path,
        metavar="CSV",
        help="polls to come: house_id, start_date, end_date, sample_size; "
        "sector for a house without polls when the others have sectors; columns that "
        "--covariates names",
    )
    verb.add_argument("--out", type=Path, metavar="CSV", help="write the predictions here")
    add_json_option(verb)
    options = {a.option_strings[0]: (a.dest, a.default) for a in verb._actions if a.dest != "help"}
    verb.set_defaults(refuse=verb.error, option_defaults=options)


def run_predict(args: argparse.Namespace, series: Series) -> None:
    """Fit, predict, write what was asked for, and print."""
    if args.score is None and args.construct is None and args.input is None:
        args.refuse("one of the arguments --construct --input is required")
    if args.register is not None:
        check_folder(args.register)
    check_outputs(args)
    if args.score is not None:
        score(args, series)
    elif args.register is not None:
        register(args, series)
    else:
        predict_new(args, series)


def predict_new(args: argparse.Namespace, series: Series) -> None:
    """Predict the polls of a file."""
    polls = load_polls(args, series)
    coming = read_csv(args.new)
    if coming.empty:
        raise PollInputError("there are no polls", "give at least one row", str(args.new))
    results = fit_trend(args, polls)
    table = predict(results, coming, str(args.new))
    if (table["n_polls"] == 0).any():
        for note in note_few_houses(results.fitted):
            print(f"note: {note}", file=sys.stderr)
    give(
        args,
        lambda: make_record(results, table),
        lambda: as_text(results, table),
        (args.out, table),
        results=results,
        notes=find_coming_suspicions(coming, results.observations.polls) or None,
    )


def predict(results: PollTrendResults, coming: pd.DataFrame, source: str) -> pd.DataFrame:
    """Predict the polls of a file and count what is known of each house.

    Returns
    -------
    DataFrame
        poll_id (where given), house_id, mid_date, mean, sd, lower, upper, n_polls: the
        polls of the house that the trend knows, 0 for a new one.

    Raises
    ------
    PollInputError
        Naming file, line, column, what was found and the cure.
    """
    try:
        table = results.get_prediction(coming).summary_frame()
    except PollInputError as error:
        raise error.located_in(source) from None
    counts = results.observations.polls["house_id"].value_counts()
    return table.assign(n_polls=table["house_id"].map(counts).fillna(0).astype(int))


def make_record(results: PollTrendResults, table: pd.DataFrame) -> dict[str, Any]:
    """Collect the predictions with their estimand and band."""
    return {
        "estimand": ESTIMAND,
        "band": BAND,
        "alpha": 0.05,
        "predictions": table.to_dict("records"),
        "diagnostics": results.diagnostics(),
        **effect_records(results.fitted),
    }


def as_text(results: PollTrendResults, table: pd.DataFrame) -> str:
    """Write the predictions as a table under their estimand and band."""
    obs, n_new = results.observations, int((table["n_polls"] == 0).sum())
    known = f"{len(obs.polls)} polls of {len(obs.houses)} houses"
    shown = table.assign(mid_date=table["mid_date"].dt.strftime("%Y-%m-%d"))
    effects = effect_text(results)
    return "\n".join(
        [
            "Polls not yet seen".center(WIDTH).rstrip(),
            "=" * WIDTH,
            field("Known", f"{known}, {obs.first_date} to {obs.last_date}"),
            field("New", f"{len(table)} polls, {n_new} of them by houses without polls so far"),
            field("Estimand", ESTIMAND),
            field("Band", BAND),
            field("Method", results.diagnostics()["method"]),
            "-" * WIDTH,
            shown.to_string(index=False, na_rep="", float_format=lambda value: f"{value:z.2f}"),
            *(["", effects] if effects else []),
        ]
    )
