"""``python -m analysis composition``: the parts of a whole in one fit, up to an election."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import show_table
from analysis.cli.inputs import (
    OTHER_NAMES,
    CommandError,
    Polls,
    Series,
    add_common_error_option,
    add_json_option,
    add_reference_option,
    add_source_options,
    add_verb,
    date_option,
    in_percent,
    load_polls,
    read_foreign,
    tell_fraction,
)
from analysis.cli.output import check_outputs, give, tell_of_waiting
from analysis.cli.tipping import share_option
from analysis.composition import CompositionResults, CompositionTrend
from analysis.observations import DAY, YEAR
from analysis.observations.frame import Observations, tell_missing
from analysis.observations.references import reference_weights
from analysis.parties import PartiesResults
from analysis.trend import PUBLISHED, TrendOptions

# What a series of the project's data prints of each answer.
POLES = ("for", "against")
# Most countries that have a threshold have one near this, percent.
USUAL_THRESHOLD = 5.0
EXAMPLES = (
    "--construct support",
    "--input polls.csv --parts red,blue,green --out trend.csv",
    "--input polls.csv --parts red,blue,green --election 2026-09-13 --coalition left=red+green",
)


def add_composition(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Fit two to ten parts of a whole together, such as parties, and print their summary."
    verb = add_verb(verbs, "composition", words, EXAMPLES, run_composition)
    add_source_options(verb)
    verb.add_argument(
        "--parts",
        type=parts_option,
        default=POLES,
        metavar="NAME,...",
        help="two to ten; of each the file has a column NAME_pct, or NAME, in percent, empty where "
        f"a poll did not print it (default: {','.join(POLES)})",
    )
    add_reference_option(verb, anchors=False)
    verb.add_argument(
        "--drift",
        action=argparse.BooleanOptionalAction,
        help="of two parts: let house effects drift (default: on with --construct, as published; "
        "off with --input)",
    )
    verb.add_argument(
        "--election",
        type=date_option,
        metavar="DATE",
        help="of three parts or more: forecast an election on this day",
    )
    verb.add_argument(
        "--threshold",
        type=share_option,
        default=0.0,
        metavar="PCT",
        help="with --election: share of the vote below which a part has no seats (default: 0)",
    )
    verb.add_argument(
        "--coalition",
        type=coalition_option,
        action="append",
        default=[],
        metavar="NAME=PART+PART",
        help="with --election: parts that would govern together; may be repeated",
    )
    add_common_error_option(verb)
    verb.add_argument("--out", type=Path, metavar="CSV", help="write the daily trend here")
    verb.add_argument("--houses-out", type=Path, metavar="CSV", help="write the house effects here")
    add_json_option(verb)


def parts_option(text: str) -> tuple[str, ...]:
    """Read names of parts; argparse shows the message and exits with 2."""
    names = tuple(name.strip() for name in text.split(","))
    if len(names) < 2 or not all(names) or len(set(names)) < len(names):
        raise argparse.ArgumentTypeError(f"{text!r} is not two or more names with commas")
    return names


def coalition_option(text: str) -> tuple[str, list[str]]:
    """Read a coalition; argparse shows the message and exits with 2."""
    name, mark, members = text.partition("=")
    parts = [part.strip() for part in members.split("+")]
    if not (mark and name.strip() and all(parts)):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=PART+PART")
    return name.strip(), parts


def run_composition(args: argparse.Namespace, series: Series) -> None:
    """Fit, write what was asked for, and print."""
    check_outputs(args)
    if args.election is None and (
        args.coalition or args.threshold or args.common_error is not None
    ):
        found = "--threshold, --coalition and --common-error are about an election"
        raise CommandError(f"{found}; give --election")
    if args.election is not None and len(args.parts) == 2:
        raise CommandError("--election needs three parts or more; two leave no seats to share")
    strange = [part for _, members in args.coalition for part in members if part not in args.parts]
    if strange:
        raise CommandError(f"--coalition names {strange[0]}; the parts are {', '.join(args.parts)}")
    named = Counter(name for name, _ in args.coalition)
    if twice := [name for name, times in named.items() if times > 1]:
        raise CommandError(f"--coalition has {twice[0]} twice; give each a name of its own")
    if args.threshold:
        tell_fraction("--threshold", args.threshold, USUAL_THRESHOLD)
    polls, reference = _load(args, series), args.reference or "houses"
    results = _fit(args, polls, reference)
    election = _forecast(args, results, reference)

    def houses() -> pd.DataFrame:
        tables = [results.house_effects(part, reference) for part in results.answers]
        return pd.concat(tables, keys=results.answers, names=["part", None]).reset_index("part")

    def text() -> str:
        shown = str(results.summary(reference))
        if election is None:
            return shown
        title = f"Election on {args.election}, percent of votes; threshold {args.threshold:g}"
        return f"{shown}\n\n{title}\n{show_table(election, 2)}"

    def record() -> dict[str, Any]:
        return {
            "parts": list(results.answers),
            "reference": reference,
            "trend": results.trend(reference=reference).to_dict("records"),
            "hyperparameters": results.hyperparameters().to_dict("records"),
            "houses": houses().to_dict("records"),
            "election": [] if election is None else election.to_dict("records"),
            "diagnostics": results.diagnostics(),
        }

    trend = (args.out, lambda: results.trend(reference=reference))
    far = election is not None and tell_far_election(args.election, results.observations)
    notes = far or None
    give(args, record, text, trend, (args.houses_out, houses), results=results, notes=notes)


def tell_far_election(day: str, observations: Observations) -> list[str]:
    """Tell of an election long after the polls, or before some of them.

    Parameters
    ----------
    day : str
        Of the election, as YYYY-MM-DD.
    observations : Observations
    """
    date, last = np.datetime64(day, "D"), observations.last_date
    ahead = int((date - last) / DAY)
    ends = observations.polls["end_date"].to_numpy("datetime64[D]")
    if ahead > YEAR:
        told = (
            f"the election of {date} lies {ahead} days after the last poll ({last}): the level is "
            "carried forward; correct the year, or give later polls"
        )
        return [told]
    if n_later := int((ends > date).sum()):
        told = (
            f"{n_later} of {len(ends)} polls ended after the election of {date}, and its forecast "
            f"knows them; leave them out with --as-of {date}, or correct the year"
        )
        return [told]
    return []


def _load(args: argparse.Namespace, series: Series) -> Polls:
    """Polls with a column ``<part>_pct`` for each part.

    Raises
    ------
    PollInputError
        Naming the columns that the file lacks.
    """
    if args.input is None:
        if args.parts != POLES:
            found = f"a series has the parts {' and '.join(POLES)}"
            raise CommandError(f"{found}; leave --parts out, or give --input")
        return load_polls(args, series)
    return load_polls(args, series, _read_parts)


def _read_parts(args: argparse.Namespace) -> pd.DataFrame:
    """Read the file of a user, in which the column of a part may have its bare name."""
    obs = read_foreign(args)
    both = [name for name in args.parts if {name, f"{name}_pct"}.issubset(obs.columns)]
    if both:
        found = f"columns {both[0]} and {both[0]}_pct both stand for the part {both[0]}"
        raise PollInputError(found, "keep one of them", str(args.input))
    bare = {name: f"{name}_pct" for name in args.parts if name in obs.columns}
    obs = obs.rename(columns=bare)
    columns = [f"{name}_pct" for name in args.parts]
    needed = ["house_id", "start_date", "end_date", "sample_size", *columns]
    missing = tell_missing(obs, needed)
    if missing is not None:
        cure = f"the parts need the columns {', '.join(needed)}; {OTHER_NAMES}"
        raise PollInputError(missing, cure, str(args.input))
    return in_percent(obs, columns, args)


def _fit(
    args: argparse.Namespace, polls: Polls, reference: str
) -> CompositionResults | PartiesResults:
    """Fit the parts.

    Raises
    ------
    PollInputError
        Naming the file or series.
    """
    options: dict[str, Any] = {}
    if len(args.parts) == 2:
        options["options"] = TrendOptions() if args.construct is None else PUBLISHED
    if args.drift is not None:
        options["drift"] = args.drift
    try:
        model = CompositionTrend(polls.frame, args.parts, **options)
    except PollInputError as error:
        raise error.located_in(polls.source) from None
    obs = model.observations
    reference_weights(obs, reference)  # a slip here should not cost a fit
    counted = f"{len(obs.polls)} polls of {len(obs.houses)} houses"
    with tell_of_waiting(f"fitting {len(args.parts)} parts of {counted}"):
        results: CompositionResults | PartiesResults = model.fit()
    return results


def _forecast(
    args: argparse.Namespace, results: CompositionResults | PartiesResults, reference: str
) -> pd.DataFrame | None:
    """What the election would bring, if one was asked for."""
    if args.election is None or not isinstance(results, PartiesResults):
        return None
    coalitions: dict[str, Sequence[str]] = dict(args.coalition)
    return results.election(
        args.election,
        threshold=args.threshold,
        coalitions=coalitions,
        reference=reference,
        **({} if args.common_error is None else {"common_error": args.common_error}),
    )
