"""What the verbs of the command line share: their options, and where their polls come from."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.priors import PARAM_NAMES, Priors
from analysis.claims.as_of import anchors_by, published_by
from analysis.claims.words import COMMON_ERROR_ORIGIN
from analysis.cli.files import MARKS, read_polls_csv
from analysis.observations import look_like_fractions
from analysis.observations.frame import REQUIRED, prepare_observations, tell_missing
from analysis.trend.options import (
    COMMON_ERROR,
    ERRORS,
    ESTIMATED,
    HOUSE_VARIANCES,
    METHODS,
    PUBLISHED,
    SCALES,
    SHARED_INTERVIEWS,
    WALKS,
    TrendOptions,
)
from analysis.trend.solver.inputs import read_anchors

# What any command reads its CSV files with.
read_csv = read_polls_csv
# Short names of columns on the command line.
SHORT_NAMES = {
    "share": "share_pct",
    "house": "house_id",
    "n": "sample_size",
    "size": "sample_size",
    "start": "start_date",
    "end": "end_date",
}
# What to do about columns that are there under other names.
OTHER_NAMES = "rename yours, or say what they are called, such as --columns house_id=firm"
# Hyperparameters that a command can give.
SCALES_GIVEN = (*PARAM_NAMES, "kappa", "shock", "calm")
UNITS = ("percent", "fraction")
# Points: what polls of all houses miss alike was never less, where an election told.
LEAST_COMMON_ERROR = 0.1
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
    _add_file_options(verb)
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


def _add_file_options(verb: argparse.ArgumentParser) -> None:
    """Add the options that say how a file of polls is to be read."""
    verb.add_argument(
        "--columns",
        type=columns_option,
        default={},
        metavar="NAME=YOURS,...",
        help="with --input: what your file calls the columns, such as share_pct=pct,house_id=firm; "
        "share, house, n or size, start and end do as short names",
    )
    verb.add_argument(
        "--sep", choices=list(MARKS), metavar="MARK", help="what separates cells (default: guessed)"
    )
    verb.add_argument(
        "--decimal",
        choices=[".", ","],
        metavar="MARK",
        help="mark of decimals, . or , (default: guessed)",
    )
    verb.add_argument(
        "--default-size",
        type=sizes_option,
        metavar="N|HOUSE=N,...",
        help="with --input: interviews of polls without sample_size, one number or one for each "
        "house; they are counted and told",
    )
    verb.add_argument(
        "--unit",
        choices=UNITS,
        help="with --input: what share_pct is in; needed where no share is above 1",
    )


def columns_option(text: str) -> dict[str, str]:
    """Read names of columns; argparse shows the message and exits with 2."""
    pairs = [part.split("=", 1) for part in text.split(",")]
    if any(len(pair) != 2 or not all(name.strip() for name in pair) for pair in pairs):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=YOURS, several with commas")
    found = {SHORT_NAMES.get(name.strip(), name.strip()): own.strip() for name, own in pairs}
    if len(found) < len(pairs) or len(set(found.values())) < len(pairs):
        raise argparse.ArgumentTypeError(f"{text!r} names a column twice")
    return found


def sizes_option(text: str) -> dict[str, float]:
    """Read sizes of houses, "" for all others; argparse shows the message and exits with 2."""
    found: dict[str, float] = {}
    for part in text.split(","):
        house, _, number = part.rpartition("=")
        size = number_option(number)
        if not 0 < size < float("inf"):
            raise argparse.ArgumentTypeError(f"{number!r} is no number of interviews")
        if house.strip() in found:
            named = f"house {house.strip()!r}" if house.strip() else "the size of all others"
            raise argparse.ArgumentTypeError(f"{text!r} names {named} twice")
        found[house.strip()] = size
    return found


def add_reference_option(verb: argparse.ArgumentParser, *, anchors: bool = True) -> None:
    """Add the option that says which level is meant; `anchors` where a verb takes them."""
    anchor = ", or anchor (default with --anchors)" if anchors else ""
    verb.add_argument(
        "--reference",
        metavar="R",
        help="houses (default: the mean of these houses), sectors, a house id, sector:NAME, "
        f"houses:ID,ID (a fixed set), weights such as a=2,b=1{anchor}",
    )


def add_model_options(verb: argparse.ArgumentParser) -> None:
    """Add the options that say which model is fitted, and how."""
    verb.add_argument(
        "--drift",
        action=argparse.BooleanOptionalAction,
        help="let house effects drift from the first poll of each house on"
        + _default(PUBLISHED.drift, TrendOptions.drift),
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
        help="scale that the level walks on; results are in percent"
        + _default(PUBLISHED.scale, TrendOptions.scale),
    )
    verb.add_argument(
        "--house-variance",
        choices=HOUSE_VARIANCES,
        help="common: polls of all houses have one excess error; by_house: each house has its own"
        + _default(PUBLISHED.house_variance, TrendOptions.house_variance),
    )
    verb.add_argument(
        "--errors",
        choices=ERRORS,
        help="normal, or student: robust against slips and polls of another kind"
        + _default(PUBLISHED.errors, TrendOptions.errors),
    )
    verb.add_argument(
        "--tracking",
        dest="shared_interviews",
        choices=SHARED_INTERVIEWS,
        help="of a tracking poll, whose windows overlap: ignore that interviews count in several "
        "polls, or thin it to polls that share none"
        + _default(PUBLISHED.shared_interviews, TrendOptions.shared_interviews),
    )
    verb.add_argument(
        "--walk",
        choices=WALKS,
        help="constant: the level walks as fast on all days; calming: faster after a shock, and "
        "ever less so" + _default(PUBLISHED.walk, TrendOptions.walk),
    )
    verb.add_argument(
        "--calm-from",
        type=date_option,
        metavar="DATE",
        help=f"with --walk calming: day of the shock (default {TrendOptions.calm_from})",
    )
    verb.add_argument(
        "--calm-days",
        type=lambda text: text if text == ESTIMATED else number_option(text),
        metavar="N",
        help="with --walk calming: days by which the variance of the shock falls by a factor e, or "
        f"{ESTIMATED}" + _default(PUBLISHED.calm_days, TrendOptions.calm_days),
    )
    verb.add_argument(
        "--drift-days",
        type=number_option,
        metavar="N",
        help="with --drift: days by which a drift falls by a factor e, as it is drawn back to "
        "where its house began (default: it never is)",
    )
    verb.add_argument(
        "--method",
        choices=METHODS,
        default=METHODS[0],
        help="full (default) integrates the scales out; map plugs in their maximum a posteriori, "
        "which leaves their uncertainty out",
    )


def _default(published: object, plain: object) -> str:
    """Say what holds for the project's own polls and for a file when an option is not given."""
    words = [
        {True: "on", False: "off"}.get(v, v) if isinstance(v, bool) else v
        for v in (published, plain)
    ]
    if words[0] == words[1]:
        return f" (default: {words[0]})"
    return f" (default: {words[0]} with --construct, as published; {words[1]} with --input)"


def add_scale_options(verb: argparse.ArgumentParser) -> None:
    """Add the options that give hyperparameters, or the scales of their priors."""
    group = verb.add_argument_group(
        "scales and priors",
        "in points (tau, kappa, shock: points per root day; calm: days); scales given are not "
        "estimated",
    )
    for name in SCALES_GIVEN:
        group.add_argument(
            option_of(name), dest=f"given_{name}", type=positive_option, metavar="SD",
            help=f"take this {name} as given; all scales of the model must then be given",
        )  # fmt: skip
    for field in fields(Priors):
        group.add_argument(
            option_of(f"prior_{field.name}"), type=prior_option(field.name), metavar="VALUE",
            help=f"scale of the prior of {field.name} (default {field.default:g})",
        )  # fmt: skip


def option_of(name: str) -> str:
    """Name of an option on the command line."""
    return "--" + name.replace("_", "-")


def prior_option(name: str) -> Callable[[str], float]:
    """How the value of a prior is read: the mean level is any number, all others are above 0."""
    return number_option if name == "level_mean" else positive_option


def read_priors(args: argparse.Namespace) -> Priors:
    """Priors that the command gives; the others have their defaults."""
    found = {field.name: getattr(args, f"prior_{field.name}", None) for field in fields(Priors)}
    return Priors(**{name: value for name, value in found.items() if value is not None})


def read_scales(args: argparse.Namespace) -> dict[str, float]:
    """Hyperparameters that the command gives, by name."""
    found = {name: getattr(args, f"given_{name}", None) for name in SCALES_GIVEN}
    return {name: value for name, value in found.items() if value is not None}


def read_options(args: argparse.Namespace) -> TrendOptions:
    """Options of the model that the command gives; the others are those of the published one.

    For polls of a file they have their defaults: nothing was published of those.
    """
    names = [field.name for field in fields(TrendOptions)]
    given = {name: getattr(args, name) for name in names if getattr(args, name, None) is not None}
    is_file = getattr(args, "construct", None) is None
    options = replace(TrendOptions() if is_file else PUBLISHED, **given)
    is_calming = options.walk == "calming"
    for name, is_used, of in (
        ("calm_from", is_calming, "--walk calming"),
        ("calm_days", is_calming, "--walk calming"),
        ("drift_days", options.drift, "--drift"),
    ):
        if name in given and not is_used:
            raise CommandError(f"{option_of(name)} is about {of}; give both, or neither")
    return options


def number_option(text: str) -> float:
    """Read a number; argparse shows the message and exits with 2."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def positive_option(text: str) -> float:
    """Read a number above 0; argparse shows the message and exits with 2."""
    value = number_option(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return value


def points_option(text: str) -> float:
    """Read a standard deviation; argparse shows the message and exits with 2."""
    value = number_option(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no standard deviation of 0 or more points")
    return value


def common_error_option(text: str) -> float:
    """Read the sd of an error that all houses share, and ask about one that is a fraction."""
    value = points_option(text)
    if 0 < value < LEAST_COMMON_ERROR:
        told = f"--common-error {value:g} is next to nothing: is it a fraction? Give it in points"
        print(f"warning: {told}", file=sys.stderr)
    return value


def add_common_error_option(verb: argparse.ArgumentParser) -> None:
    """Add the option that says how large an error all houses share."""
    verb.add_argument(
        "--common-error",
        type=common_error_option,
        metavar="SD",
        help="sd in points, at 50 percent, of an error that all houses share (default "
        f"{COMMON_ERROR:g}): " + COMMON_ERROR_ORIGIN,
    )


def add_json_option(verb: argparse.ArgumentParser) -> None:
    """Add the option that turns text into JSON."""
    verb.add_argument("--json", action="store_true", help="print JSON instead of text")


def load_polls(
    args: argparse.Namespace,
    series: Series,
    read: Callable[[argparse.Namespace], pd.DataFrame] | None = None,
) -> Polls:
    """Get the polls that the command names, as of the day it names.

    Parameters
    ----------
    args : Namespace
    series : callable
    read : callable, optional
        Reads the file of a user; without it polls that print one share.

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
        source, measure, obs = str(args.input), "the share", (read or _read_shares)(args)
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


def look_over(obs: pd.DataFrame) -> tuple[str, ...]:
    """What deserves a look in polls of which no single fit is told.

    Raises
    ------
    PollInputError
        For polls that cannot be used.
    """
    found = prepare_observations(obs)
    shares, variance = found.share_pct[:, None], found.known_variance[:, None]
    return found.with_far_parts([""], shares, variance).notes


def note(text: str) -> None:
    """Say something where it does not disturb a table."""
    print(f"note: {text}", file=sys.stderr)


def tell_fraction(option: str, value: float, usual: float) -> None:
    """Ask whether a percentage below 1 is a fraction, where shares like it are far larger."""
    if look_like_fractions(np.array([value]), usual).any():
        told = f"{option} {value:g} is less than one percent: is it a fraction? Give it in percent"
        print(f"warning: {told}", file=sys.stderr)


def _read_shares(args: argparse.Namespace) -> pd.DataFrame:
    """Read the polls of a user that print one share.

    Raises
    ------
    CommandError
        As :func:`read_foreign`, and when shares look like fractions.
    PollInputError
        Naming the columns that polls lack.
    """
    obs = read_foreign(args)
    obs = in_percent(obs, ["share_pct"], args)
    missing = tell_missing(obs)
    if missing is not None:
        cure = f"polls need the columns {', '.join(REQUIRED)}; {OTHER_NAMES},share_pct=pct"
        raise PollInputError(missing, cure, str(args.input))
    return obs


def read_foreign(args: argparse.Namespace) -> pd.DataFrame:
    """Read the file of a user under our names of columns, sizes filled in where told how.

    Raises
    ------
    CommandError
        When a column of ``--columns`` is not there.
    """
    obs = read_csv(args.input, sep=args.sep, decimal=args.decimal, say=note)
    own_names = list(args.columns.values())
    strangers = [own for own in own_names if own not in obs.columns]
    if strangers:
        absent, there = " or ".join(map(repr, strangers)), ", ".join(obs.columns)
        raise CommandError(f"{args.input}: no column {absent}; columns there: {there}")
    taken = [name for name in args.columns if name in obs.columns and name not in own_names]
    obs = obs.drop(columns=taken).rename(columns={own: name for name, own in args.columns.items()})
    if taken:
        note(f"{args.input}: {', '.join(taken)} gives way to what --columns names")
    return _fill_sizes(obs, args) if args.default_size else obs


def in_percent(obs: pd.DataFrame, columns: Sequence[str], args: argparse.Namespace) -> pd.DataFrame:
    """Shares of a file in percent, whatever unit the command names.

    Raises
    ------
    CommandError
        When all look like fractions, and no unit is named.
    """
    there = [name for name in columns if name in obs.columns]
    if args.unit == "fraction":
        return obs.assign(
            **{name: obs[name].map(_in_percent, na_action="ignore") for name in there}
        )
    shares = obs[there].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    looks_small = not (shares > 1).any() and ((shares > 0) & (shares < 1)).any()
    if looks_small and args.unit is None:
        raise CommandError(
            f"{args.input}: no share is above 1, as if these were fractions; say --unit fraction, "
            "or --unit percent if they are percentages"
        )
    return obs


def _in_percent(text: str) -> str:
    """Turn the text of a fraction into that of a percentage; what is no number stays."""
    try:
        return f"{float(text) * 100:.10g}"
    except ValueError:
        return text


def _fill_sizes(obs: pd.DataFrame, args: argparse.Namespace) -> pd.DataFrame:
    """Give polls without a size the usual one, flag them as n_imputed, and tell."""
    sizes = obs.get("sample_size", pd.Series([None] * len(obs), index=obs.index, dtype="str"))
    empty = sizes.isna()
    if "sampling_var" in obs:
        empty &= obs["sampling_var"].isna()
    houses = obs.get("house_id", pd.Series("", index=obs.index))
    if strangers := sorted(set(args.default_size) - {"", *houses}):
        there = ", ".join(sorted(set(houses.dropna())))
        told = f"--default-size names {', '.join(strangers)}, of which the file has no poll"
        print(f"warning: {told}; houses there: {there}", file=sys.stderr)
    usual = houses.map(lambda name: args.default_size.get(name, args.default_size.get("")))
    filled = empty & usual.notna()
    if filled.any():
        counted = houses[filled].value_counts(sort=False)
        by_house = ", ".join(f"{name} {count}" for name, count in counted.items())
        told = f"{filled.sum()} of {len(obs)} polls have no sample_size and get a usual one"
        note(f"{told}: {by_house}")
    texts = usual.map("{:g}".format, na_action="ignore").astype("str")
    return obs.assign(sample_size=sizes.where(~filled, texts), n_imputed=filled)


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
    if anchors.empty:
        raise PollInputError("there are no anchors", "give at least one row", str(args.anchors))
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
