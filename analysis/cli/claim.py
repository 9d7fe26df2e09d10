"""``python -m analysis claim``: how sure polls make that a share was above a threshold."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.text import WIDTH, field
from analysis.claims.threshold import claim_table
from analysis.claims.words import (
    COMMON_ERROR_GIVEN,
    COMMON_ERROR_ORIGIN,
    describe_polls,
    show_probability,
    write_sentences,
    write_verdict,
)
from analysis.cli.effects import effect_text
from analysis.cli.inputs import (
    Polls,
    Series,
    add_json_option,
    add_source_options,
    add_verb,
    date_option,
    load_polls,
    number_option,
    tell_fraction,
)
from analysis.cli.output import check_outputs, give
from analysis.cli.trend import add_fit_options, fit_trend
from analysis.observations.references import describe_reference
from analysis.trend.report import describe_band, effect_records
from analysis.trend.results import PollTrendResults

EXAMPLES = (
    "--construct support --above 50 --as-of 2022-04-18",
    "--input my_polls.csv --above 50 --as-of 2022-04-18 --date 2022-04-01 --json",
)
# Columns of the table that are said once.
CONSTANT = ["as_of", "date", "above", "alpha", "common_error"]
LEGEND = (
    "P: probability above the threshold; P_c: with the common error; c_at_95: common error "
    "(sd at 50 percent, points) at which the probability falls to 0.95, empty where it is below "
    "without one"
)


def add_claim(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = (
        "Tell how sure the polls known by a day make that a share was above a threshold, "
        "by house, sector and estimand."
    )
    verb = add_verb(verbs, "claim", words, EXAMPLES, run_claim)
    add_source_options(verb)
    verb.add_argument(
        "--above", type=percent_option, required=True, metavar="PCT", help="threshold, percent"
    )
    verb.add_argument(
        "--date",
        type=date_option,
        metavar="DATE",
        help="day that the claim is about (default: --as-of, else the last mid-field date)",
    )
    add_fit_options(verb, has_common_error=True)
    verb.add_argument("--out", type=Path, metavar="CSV", help="write the table here")
    add_json_option(verb)


def percent_option(text: str) -> float:
    """Read a threshold; argparse shows the message and exits with 2."""
    value = number_option(text)
    if not 0 < value < 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage between 0 and 100")
    return value


def run_claim(args: argparse.Namespace, series: Series) -> None:
    """Fit to the polls known by the day, write what was asked for, and print."""
    check_outputs(args)
    polls = load_polls(args, series)
    results = fit_trend(args, polls, args.reference)
    tell_fraction("--above", args.above, float(np.median(results.observations.share_pct)))
    table = claim_table(
        results, args.above, as_of=args.as_of, date=args.date, reference=args.reference
    )
    record = make_record(args, polls, results, table)
    give(
        args,
        lambda: record,
        lambda: as_text(record, table, effect_text(results)),
        (args.out, table),
        results=results,
    )


def make_record(
    args: argparse.Namespace, polls: Polls, results: PollTrendResults, table: pd.DataFrame
) -> dict[str, Any]:
    """Collect a claim in words and numbers.

    Returns
    -------
    dict
        Keys: claim, verdict, words, measure, above, as_of, date, known, estimand,
        reference, band, alpha, common_error, levels (the table), diagnostics; with events
        and covariates theirs, and confounding.
    """
    reference = args.reference or results.default_reference
    origin = COMMON_ERROR_ORIGIN if args.common_error is None else COMMON_ERROR_GIVEN
    date = table["date"].iloc[0]
    obs, n_anchors = results.observations, len(results.model.anchors.date)
    return {
        "claim": f"{polls.measure} was above {args.above:g} percent on {date.date()}",
        "verdict": write_verdict(table, reference),
        "words": write_sentences(table, reference, polls.measure, origin),
        "measure": polls.measure,
        "above": args.above,
        "as_of": args.as_of,
        "date": date,
        "known": {
            "words": describe_polls(obs, args.as_of, date, polls.n_undated, n_anchors),
            "n_polls": len(obs.polls),
            "n_houses": len(obs.houses),
            "n_undated": polls.n_undated,
            "n_anchors": n_anchors,
            "first_date": str(obs.first_date),
            "last_date": str(obs.last_date),
        },
        "estimand": describe_reference(obs, reference),
        "reference": reference,
        "band": describe_band(results.fitted, reference),
        "alpha": float(table["alpha"].iloc[0]),
        "common_error": {"sd": float(table["common_error"].iloc[0]), "origin": origin},
        "levels": table.drop(columns=CONSTANT).to_dict("records"),
        "diagnostics": results.diagnostics(),
        **effect_records(results.fitted),
    }


def as_text(record: dict[str, Any], table: pd.DataFrame, effects: str = "") -> str:
    """Write a claim: what was known, the words, the table, other effects, the method."""
    percent = f"{100 * (1 - record['alpha']):g}%"
    lines = [
        textwrap.fill(f"Claim: {record['claim']}", WIDTH),
        "=" * WIDTH,
        field("Known", record["known"]["words"]),
        field("Estimand", f"{record['estimand']} (reference {record['reference']!r})"),
        field("Band", f"{percent}: {record['band']}"),
        "-" * WIDTH,
    ]
    for paragraph in [record["verdict"], *record["words"]]:
        lines += [textwrap.fill(paragraph, WIDTH, break_on_hyphens=False), ""]
    method = field("Method", record["diagnostics"]["method"])
    lines += [show_table(table), textwrap.fill(LEGEND, WIDTH), *(["", effects] if effects else [])]
    return "\n".join([*lines, "-" * WIDTH, method])


def show_table(table: pd.DataFrame) -> str:
    """Print the table of a claim under short heads."""
    shown = pd.DataFrame(
        {
            "estimand": table["estimand"],
            "reference": table["reference"],
            "polls": table["n_polls"],
            "houses": table["n_houses"],
            "last_poll": table["last_poll"].dt.strftime("%Y-%m-%d"),
            "mean": table["mean"].map("{:.1f}".format),
            "lower": table["lower"].map("{:.1f}".format),
            "upper": table["upper"].map("{:.1f}".format),
            "P": table["prob_above"].map(show_probability),
            "P_c": table["prob_with_common_error"].map(show_probability),
            "c_at_95": table["common_error_at_95"].map(_show_points),
        }
    )
    return shown.to_string(index=False)


def _show_points(points: float | None) -> str:
    return "" if pd.isna(points) else f"{points:.1f}"
