"""``python -m analysis who``: the share in each group of the population, wave by wave."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH
from analysis.cli.inputs import (
    CommandError,
    Series,
    add_json_option,
    add_verb,
    date_option,
    read_csv,
)
from analysis.cli.output import check_outputs, give
from analysis.groups import OUTCOMES, WhoResults, fit_who, published_cells, target_population
from analysis.groups.cells import TARGET_FACTORS, TV_FACTOR
from analysis.groups.population import check_whole
from analysis.groups.report import OF, as_record, show

EXAMPLES = (
    "--as-of 2022-04-18",
    "--by age_group --json",
    "--by tv_source --standardised",
    "--outcome opinion_holders --by sex --out shares.csv",
    "--cells my_cells.csv --population my_population.csv",
)
Made = TypeVar("Made")
# Gets the tables of this project.
Tables = Callable[[], Mapping[str, pd.DataFrame]]


def add_who(verbs: argparse._SubParsersAction[argparse.ArgumentParser], tables: Tables) -> None:
    """Describe the verb and its options.

    Parameters
    ----------
    verbs : action
        Of the parser.
    tables : callable
        Gets the tables of this project when they are needed.
    """
    words = "Estimate a share in each group of the population from counted interviews."
    verb = add_verb(verbs, "who", words, EXAMPLES, run_who)
    verb.set_defaults(tables=tables)
    verb.add_argument(
        "--by",
        choices=(*TARGET_FACTORS, TV_FACTOR),
        help="groups of one factor, every wave (default: all factors, first and last waves)",
    )
    verb.add_argument(
        "--outcome",
        choices=tuple(OUTCOMES),
        default="support",
        help="which share (default: support)",
    )
    verb.add_argument(
        "--standardised",
        action="store_true",
        help="with --by: as if each group were, in all other respects, composed like everybody",
    )
    verb.add_argument("--as-of", type=date_option, metavar="DATE", help="waves published by then")
    verb.add_argument(
        "--cells",
        type=Path,
        metavar="CSV",
        help="your interviews, counted: wave, date, wording_variant, sex, age_group, settlement, "
        "tv_source, n, n_for, n_against, n_undecided, n_refused; needs --population",
    )
    verb.add_argument(
        "--population",
        type=Path,
        metavar="CSV",
        help="shares of your population: sex, age_group, settlement, share_pct",
    )
    verb.add_argument("--out", type=Path, metavar="CSV", help="write the shares here")
    add_json_option(verb)


def run_who(args: argparse.Namespace, series: Series) -> None:
    """Fit, write what was asked for, and print."""
    del series  # single interviews, not published shares
    if (args.cells is None) != (args.population is None):
        raise CommandError("--cells and --population go together; give both")
    if args.standardised and args.by is None:
        raise CommandError("--standardised is about groups; give --by")
    check_outputs(args)
    results = _fit(args)
    shares = results.share(args.by, standardised=args.standardised)

    def record() -> dict[str, Any]:
        more = {"standardised": {args.by: shares.to_dict("records")}} if args.standardised else {}
        return as_record(results.fitted, args.by) | more

    def text() -> str:
        return results.summary() if args.by is None else _as_text(results, args, shares)

    give(args, record, text, (args.out, shares))


def _fit(args: argparse.Namespace) -> WhoResults:
    """Fit the interviews that the command names."""
    if args.cells is not None:
        cells, population = read_csv(args.cells), read_csv(args.population)
        if args.as_of is not None:
            raise CommandError("--as-of is about this project's waves; leave it out with --cells")
        target = _locate(args.population, lambda: target_population(population))
        if "frame" not in population.columns:  # a table of several populations picks its own rows
            _locate(args.population, lambda: check_whole(population))
        return _locate(args.cells, lambda: fit_who(cells, target, outcome=args.outcome))
    tables = args.tables()
    cells, polls = tables["cells"], tables["polls"]
    if args.as_of is not None:
        cells = published_cells(cells, polls, args.as_of)
    return fit_who(cells, tables["population"], polls, outcome=args.outcome)


def _locate(path: Path, make: Callable[[], Made]) -> Made:
    """Do something with a file, and name it where the file is at fault."""
    try:
        return make()
    except PollInputError as error:
        raise error.located_in(str(path)) from None


def _as_text(results: WhoResults, args: argparse.Namespace, shares: pd.DataFrame) -> str:
    """Write the groups of one factor at every wave."""
    found = results.diagnostics()
    title = f"By {args.by}: {OF[args.outcome]}, percent (95% intervals)"
    if args.standardised:
        title += ", composed like everybody in all other respects"
    lines = [textwrap.fill(title, WIDTH), "=" * WIDTH, show(shares), "-" * WIDTH]
    lines += [textwrap.fill(f"Note: {note}.", WIDTH) for note in found["notes"]]
    lines += [textwrap.fill(f"Warning: {text}.", WIDTH) for text in found["warnings"]]
    return "\n".join(lines)
