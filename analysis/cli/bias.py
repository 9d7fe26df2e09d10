"""``python -m analysis bias``: the errors of polls of past elections."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH, field, show_table
from analysis.cli.inputs import CommandError, Series, add_json_option, add_verb, note, read_csv
from analysis.cli.output import check_outputs, give
from analysis.sensitivity.past_elections import DAYS, PastErrors, past_errors

EXAMPLES = (
    "--polls past.csv --results elections.csv",
    "--polls past.csv --results elections.csv --days 14 --json",
)


def add_bias(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Tell how far polls of past elections missed, together and one by one."
    verb = add_verb(verbs, "bias", words, EXAMPLES, run_bias)
    verb.add_argument(
        "--polls",
        type=Path,
        required=True,
        metavar="CSV",
        help="election, house_id, share_pct, sample_size; optional end_date",
    )
    verb.add_argument(
        "--results",
        type=Path,
        required=True,
        metavar="CSV",
        help="election, result_pct and, where polls have an end_date, date",
    )
    verb.add_argument(
        "--days",
        type=int,
        default=DAYS,
        metavar="N",
        help=f"polls that ended more days before are left out (default {DAYS})",
    )
    verb.add_argument("--out", type=Path, metavar="CSV", help="write the errors by election here")
    add_json_option(verb)


def run_bias(args: argparse.Namespace, series: Series) -> None:
    """Read, estimate and print."""
    del series  # polls of elections elsewhere
    check_outputs(args)
    if args.days < 0:
        raise CommandError(f"--days {args.days} is below 0")
    polls, results = (read_csv(path, say=note) for path in (args.polls, args.results))
    try:
        found = past_errors(polls, results, days=args.days)
    except PollInputError as error:
        text = error.found
        path = args.results if text.startswith("results") or "result" in error.where else args.polls
        raise error.located_in(str(path)) from None
    if found.n_left_out:
        note(f"{found.n_left_out} polls ended more than {args.days} days before their election")
    for text in found.notes:
        print(f"warning: {text}", file=sys.stderr)
    table = (args.out, lambda: found.elections)
    give(args, lambda: as_record(found), lambda: as_text(found), table)


def as_record(found: PastErrors) -> dict[str, object]:
    """Tables as plain values."""
    return {
        "common_error": found.common_error,
        "scales": found.scales.to_dict("records"),
        "elections": found.elections.to_dict("records"),
        "houses": found.houses.to_dict("records"),
        "n_left_out": found.n_left_out,
        "warnings": list(found.notes),
    }


def as_text(found: PastErrors) -> str:
    """Write the tables under what they mean."""
    n_polls = int(found.elections["n_polls"].sum())
    return "\n".join(
        [
            "Errors of past polls".center(WIDTH).rstrip(),
            "=" * WIDTH,
            field("Polls", f"{n_polls} of {len(found.houses)} houses"),
            field("Elections", f"{len(found.elections)}"),
            field(
                "Use",
                f"--common-error {found.common_error:.2f}, the sd at one half of an error that all "
                "polls of an election share; it says what elections taught, not that opinion where "
                "answers are punished errs alike",
            ),
            "-" * WIDTH,
            "Points of a share of one half; error to sampling is a ratio",
            found.scales.to_string(index=False, na_rep="", float_format="{:z.2f}".format),
            "",
            "Error that the polls of an election share, points",
            show_table(found.elections, 2),
            "",
            "Error of a house's own, points of a share of one half",
            show_table(found.houses, 2),
        ]
    )
