"""What the verbs of the command line share: their options, and where their polls come from."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.claims.as_of import anchors_by, published_by
from analysis.claims.words import COMMON_ERROR_ORIGIN
from analysis.cli.csv_file import read_polls_csv
from analysis.trend.options import (
    COMMON_ERROR,
    HOUSE_VARIANCES,
    METHODS,
    SCALES,
    WALKS,
    TrendOptions,
)
from analysis.trend.solver.inputs import read_anchors

# What any command reads its CSV files with.
read_csv = read_polls_csv
# Gets the polls of a construct of the project's data: (construct, what to bring back).
Series = Callable[[str, Sequence[str]], pd.DataFrame]

COLUMNS = (
    "house_id, start_date, end_date, sample_size, share_pct; optional sector, decimals, "
    "n_parts, design_effect, sampling_var, poll_id, published"
)


class CommandError(Exception):
    """A fault whose text is already complete."""


@dataclass(frozen=True, eq=False)
class Polls:
    """Polls that a command works on, and what its output must say of them.

    Parameters
    ----------
    frame : DataFrame
        As of the day that the command names.
    source : str
        File or series, as messages name it.
    measure : str
        What the shares are of: the construct, or "the share" for a file.
    n_undated : int
        Polls that count from their last day of fieldwork, as no publication date is known.
    """

    frame: pd.DataFrame
    source: str
    measure: str
    n_undated: int


def date_option(text: str) -> str:
    """Check the text of a date; argparse shows the message and exits with 2."""
    try:
        return str(one_date(text))
    except PollInputError as error:
        raise argparse.ArgumentTypeError(f"{error.found}; {error.cure}") from None


def add_verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    words: str,
    examples: Iterable[str],
    run: Callable[[argparse.Namespace, Series], None],
) -> argparse.ArgumentParser:
    """Add a verb whose help ends with examples."""
    lines = "\n".join(f"  python -m analysis {name} {example}" for example in examples)
    verb = verbs.add_parser(
        name,
        help=words[0].lower() + words[1:].rstrip("."),
        description=words,
        epilog=f"examples:\n{lines}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.set_defaults(run=run)
    return verb


def add_source_options(
    verb: argparse.ArgumentParser, *, several: bool = False, required: bool = True
) -> None:
    """Add the options that say which polls are meant; of several constructs if the verb can."""
    source = verb.add_mutually_exclusive_group(required=required)
    source.add_argument(
        "--construct",
        metavar="ID",
        nargs="+" if several else None,
        help="series of this project's data, such as support",
    )
    source.add_argument("--input", type=Path, metavar="CSV", help=f"your polls: {COLUMNS}")
    verb.add_argument(
        "--include",
        nargs="+",
        default=[],
        metavar="WHAT",
        help="with --construct: bring back rows that are left out by default, such as questions",
    )
    verb.add_argument(
        "--as-of",
        type=date_option,
        metavar="DATE",
        help="only polls published by this day (YYYY-MM-DD)",
    )


def add_reference_option(verb: argparse.ArgumentParser) -> None:
    """Add the option that says which level is meant."""
    verb.add_argument(
        "--reference",
        metavar="R",
        help="houses (default: the mean of these houses), sectors, a house id, sector:NAME, "
        "houses:ID,ID (a fixed set), or anchor (default with --anchors)",
    )


def add_model_options(verb: argparse.ArgumentParser) -> None:
    """Add the options that say which model is fitted, and how."""
    verb.add_argument(
        "--drift",
        action="store_true",
        help="let house effects drift from the first poll of each house on",
    )
    verb.add_argument(
        "--anchors",
        type=Path,
        metavar="CSV",
        help="observations of the level itself, such as an election: date, value (percent), "
        "sd (points)",
    )
    verb.add_argument(
        "--scale",
        choices=SCALES,
        default=TrendOptions.scale,
        help="scale that the level walks on (default: percent); results are in percent",
    )
    verb.add_argument(
        "--house-variance",
        choices=HOUSE_VARIANCES,
        default=TrendOptions.house_variance,
        help="common (default): polls of all houses have one excess error; by_house: each "
        "house has its own",
    )
    verb.add_argument(
        "--walk",
        choices=WALKS,
        default=TrendOptions.walk,
        help="constant (default): the level walks as fast on all days; calming: faster after a "
        "shock, and ever less so",
    )
    verb.add_argument(
        "--calm-from",
        type=date_option,
        metavar="DATE",
        help=f"with --walk calming: day of the shock (default {TrendOptions.calm_from})",
    )
    verb.add_argument(
        "--calm-days",
        type=number_option,
        metavar="N",
        help="with --walk calming: days by which the variance of the shock falls by a factor e "
        f"(default {TrendOptions.calm_days:g})",
    )
    verb.add_argument(
        "--method",
        choices=METHODS,
        default=METHODS[0],
        help="full (default) integrates the scales out; map plugs in their maximum a posteriori, "
        "which leaves their uncertainty out",
    )


def read_options(args: argparse.Namespace) -> TrendOptions:
    """Options of the model that the command gives; the others have their defaults."""
    names = [field.name for field in fields(TrendOptions)]
    given = {name: getattr(args, name) for name in names if getattr(args, name, None) is not None}
    return TrendOptions(**given)


def number_option(text: str) -> float:
    """Read a number; argparse shows the message and exits with 2."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def points_option(text: str) -> float:
    """Read a standard deviation; argparse shows the message and exits with 2."""
    value = number_option(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no standard deviation of 0 or more points")
    return value


def add_common_error_option(verb: argparse.ArgumentParser) -> None:
    """Add the option that says how large an error all houses share."""
    verb.add_argument(
        "--common-error",
        type=points_option,
        metavar="SD",
        help=f"sd in points of an error that all houses share (default {COMMON_ERROR:g}): "
        + COMMON_ERROR_ORIGIN,
    )


def add_json_option(verb: argparse.ArgumentParser) -> None:
    """Add the option that turns text into JSON."""
    verb.add_argument("--json", action="store_true", help="print JSON instead of text")


def load_polls(args: argparse.Namespace, series: Series) -> Polls:
    """Get the polls that the command names, as of the day it names.

    Raises
    ------
    PollInputError
        Naming the file.
    CommandError
        For a construct that there is not.
    """
    if args.input is not None:
        if args.include:
            raise CommandError("--include is about --construct; leave it out with --input")
        source, measure, obs = str(args.input), "the share", read_csv(args.input)
    else:
        source, measure = f"series {args.construct}", args.construct
        try:
            obs = series(args.construct, args.include)
        except ValueError as error:  # its text names the fault and the cure
            raise CommandError(str(error)) from None
        if obs.empty:
            cure = "name another construct, or bring rows back with --include"
            raise PollInputError("there are no polls", cure, source)
    if args.as_of is None:
        return Polls(obs, source, measure, 0)
    try:
        known, n_undated = published_by(obs, args.as_of)
    except PollInputError as error:
        raise error.located_in(source) from None
    if n_undated:
        message = f"as of {args.as_of}: {n_undated} of {len(known)} polls have no publication date"
        print(f"note: {message} and count from their last day of fieldwork", file=sys.stderr)
    return Polls(known, source, measure, n_undated)


def load_anchors(args: argparse.Namespace) -> pd.DataFrame | None:
    """Get the anchors that the command names, as of the day it names.

    Raises
    ------
    PollInputError
        Naming the file, line, column, what was found and the cure.
    """
    if args.anchors is None:
        return None
    anchors = read_csv(args.anchors)
    try:
        read_anchors(anchors)
    except PollInputError as error:
        found, where = error.found.removeprefix("anchors: "), error.where
        bare = PollInputError(found, error.cure, where.removeprefix("anchors").lstrip(", "))
        raise bare.located_in(str(args.anchors)) from None
    if args.as_of is None:
        return anchors
    known = anchors_by(anchors, args.as_of)
    if len(known) < len(anchors):
        message = f"{len(anchors) - len(known)} of {len(anchors)} anchors lie later"
        print(f"note: as of {args.as_of}: {message} and do not count", file=sys.stderr)
    return known
