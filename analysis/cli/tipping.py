"""``python -m analysis tipping``: how many insincere supporters overturn a majority."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.text import WIDTH, field
from analysis.cli.claim import percent_option
from analysis.cli.effects import effect_text
from analysis.cli.inputs import (
    CommandError,
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
from analysis.sensitivity import Silent, describe_assumptions, tipping_table
from analysis.trend.report import effect_records
from analysis.trend.results import PollTrendResults

EXAMPLES = (
    "--construct support --threshold 50 --date 2022-04-18",
    "--construct support --threshold 50 --reference chronicles --silent 35 --silent-support 50",
    "--input my_polls.csv --threshold 50 --json",
)


def add_tipping(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Tell which share of stated supporters must be insincere for a majority to vanish."
    verb = add_verb(verbs, "tipping", words, EXAMPLES, run_tipping)
    add_source_options(verb)
    verb.add_argument(
        "--threshold",
        type=percent_option,
        default=50.0,
        metavar="PCT",
        help="majority means more than this, percent (default: 50)",
    )
    verb.add_argument(
        "--date",
        type=date_option,
        metavar="DATE",
        help="day (default: --as-of, else the last mid-field date)",
    )
    verb.add_argument(
        "--silent",
        type=share_option,
        default=0.0,
        metavar="PCT",
        help="respondents without an answer, percent (q)",
    )
    verb.add_argument(
        "--silent-support",
        type=share_option,
        default=0.0,
        metavar="PCT",
        help="how many of them support, percent (b; default: 0, all count as opponents)",
    )
    add_fit_options(verb)
    verb.add_argument("--out", type=Path, metavar="CSV", help="write the table here")
    add_json_option(verb)


def share_option(text: str) -> float:
    """Read a percentage, 0 and 100 included; argparse shows the message and exits with 2."""
    value = number_option(text)
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage from 0 to 100")
    return value


def run_tipping(args: argparse.Namespace, series: Series) -> None:
    """Fit, compute, write what was asked for, and print."""
    check_outputs(args)
    if args.silent_support and not args.silent:
        raise CommandError("--silent-support needs --silent: the share without an answer")
    polls = load_polls(args, series)
    results = fit_trend(args, polls, args.reference)
    usual = float(np.median(results.observations.share_pct))
    tell_fraction("--threshold", args.threshold, usual)
    # What is left of all respondents is opposed or silent.
    tell_fraction("--silent", args.silent, 100 - usual)
    tell_fraction("--silent-support", args.silent_support, 50.0)
    silent = Silent(args.silent, args.silent_support)
    date = args.date or args.as_of
    table = tipping_table(results, args.threshold, date, silent=silent)
    # What anchors measure is opinion, which nobody stated: the polls speak of their houses.
    reference = args.reference or "houses"
    if reference not in set(table["reference"]):
        own = tipping_table(results, args.threshold, date, silent=silent, references=[reference])
        if own.empty:
            raise CommandError(
                f"--reference {reference}: it is opinion as anchors measure it, no stated support; "
                "name houses or sectors"
            )
        table = pd.concat([own, table], ignore_index=True)
    stated = next(row["share_median"] for row in _rows(table) if row["reference"] == reference)
    if stated + silent.share_pct > 100:
        found = f"{stated:.1f} percent stated support and {silent.share_pct:g} percent silent"
        raise CommandError(f"{found} are more than all; --silent is in percent of all respondents")
    record = _record(args, polls.measure, results, table, reference, silent)
    give(
        args,
        lambda: record,
        lambda: _as_text(record, table, effect_text(results)),
        (args.out, table),
        results=results,
    )


def _record(
    args: argparse.Namespace,
    measure: str,
    results: PollTrendResults,
    table: pd.DataFrame,
    reference: str,
    silent: Silent,
) -> dict[str, Any]:
    """Numbers and words."""
    row = next(r for r in _rows(table) if r["reference"] == reference)
    return {
        "words": _sentence(row, _ends(results), measure, args.threshold, silent),
        "assumptions": describe_assumptions(results, reference, args.threshold, silent),
        "measure": measure,
        "reference": reference,
        "date": row["date"],
        "threshold": args.threshold,
        "silent_pct": silent.share_pct,
        "silent_support_pct": silent.supporting_pct,
        "tipping_point": {name: row[name] for name in ("median", "lower", "upper")},
        "prob_majority": row["prob_majority"],
        "levels": table.drop(columns="date").to_dict("records"),
        **effect_records(results.fitted),
        "diagnostics": results.diagnostics(),
    }


def _ends(results: PollTrendResults) -> tuple[str, str]:
    """First and last mid-field date."""
    return str(results.observations.first_date), str(results.observations.last_date)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _sentence(
    row: dict[str, Any], ends: tuple[str, str], measure: str, threshold: float, silent: Silent
) -> str:
    """The finding in words."""
    day = row["date"].date()
    with_silent = f" and {silent.points:.1f} points of the silent" if silent.points else ""
    first, last = pd.Timestamp(ends[0]), pd.Timestamp(ends[1])
    carried = "back" if row["date"] < first else "forward" if row["date"] > last else ""
    where = f"The polls lie between {ends[0]} and {ends[1]}: the level is carried {carried}. "
    stated = (where if carried else "") + (
        f"On {day} {measure} stood at {row['share_median']:.1f} percent (95% interval "
        f"{row['share_lower']:.1f} to {row['share_upper']:.1f}; {row['label']}){with_silent}. "
    )
    if row["median"] == 0:
        return stated + f"That is no more than {threshold:g} percent: no majority has to vanish."
    return stated + (
        f"It falls to {threshold:g} percent if {row['median']:.0f} percent of the stated "
        f"supporters are insincere ({row['lower']:.0f} to {row['upper']:.0f})."
    )


def _as_text(record: dict[str, Any], table: pd.DataFrame, effects: str) -> str:
    """Words first, then every level, then other effects of the model."""
    shown = pd.DataFrame(
        {
            "estimand": table["estimand"],
            "reference": table["reference"],
            "share": table["share_median"].map("{:.1f}".format),
            "tipping": table["median"].map("{:.1f}".format),
            "lower": table["lower"].map("{:.1f}".format),
            "upper": table["upper"].map("{:.1f}".format),
        }
    )
    lines = [
        f"Tipping point of {record['measure']}, {record['date'].date()}",
        "=" * WIDTH,
        textwrap.fill(record["words"], WIDTH, break_on_hyphens=False),
        "",
        *(field("Assumed" if not i else "", s) for i, s in enumerate(record["assumptions"])),
        "-" * WIDTH,
        "Every level: stated share and tipping point, percent (95% interval)",
        shown.to_string(index=False),
        *(["", effects] if effects else []),
        "-" * WIDTH,
        field("Method", record["diagnostics"]["method"]),
    ]
    return "\n".join(lines)
