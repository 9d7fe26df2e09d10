"""``python -m analysis trend``: fit a trend with house effects."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.text import show_interval
from analysis.cli.effects import add_effect_options, effect_text, load_events
from analysis.cli.inputs import (
    CommandError,
    Polls,
    Series,
    add_common_error_option,
    add_json_option,
    add_model_options,
    add_reference_option,
    add_scale_options,
    add_source_options,
    add_verb,
    date_option,
    load_anchors,
    load_polls,
    option_of,
    read_options,
    read_priors,
    read_scales,
)
from analysis.cli.output import check_outputs, give, tell_of_waiting
from analysis.observations.references import reference_weights
from analysis.trend.model import PollTrend
from analysis.trend.report import as_record
from analysis.trend.results import PollTrendResults

# First and last day.
Window = tuple[str, str]
EXAMPLES = (
    "--construct support --as-of 2022-04-18",
    "--input my_polls.csv --out trend.csv --houses-out houses.csv",
    "--input my_polls.csv --anchors anchors.csv --json",
    "--input theirs.csv --columns share=pct,house=firm --default-size 1000",
    "--input my_polls.csv --change 2022-04 2025-10",
    "--construct support --covariates mode frame --events events.csv",
)


def add_trend(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Fit a trend with house effects and print its summary."
    verb = add_verb(verbs, "trend", words, EXAMPLES, run_trend)
    add_source_options(verb)
    add_fit_options(verb, has_common_error=True)
    verb.add_argument(
        "--change",
        nargs=2,
        action="append",
        type=window_option,
        default=[],
        metavar=("FROM", "TO"),
        help="change of the level between two days, months or windows, such as 2022-04 2025-10 "
        "or 2022-04-01:2022-05-31 2025-10-08; may be repeated",
    )
    verb.add_argument("--out", type=Path, metavar="CSV", help="write the daily trend here")
    verb.add_argument("--houses-out", type=Path, metavar="CSV", help="write the house effects here")
    add_json_option(verb)


def run_trend(args: argparse.Namespace, series: Series) -> None:
    """Fit, write what was asked for, and print."""
    check_outputs(args)
    polls = load_polls(args, series)
    results = fit_trend(args, polls, args.reference)

    changes = [_change(results, start, end, args.reference) for start, end in args.change]

    def text() -> str:  # the summary has events and covariates already
        parts = [str(results.summary(args.reference)), effect_text(results, "confounding")]
        parts += [_say_change(row) for row in changes]
        return "\n\n".join(filter(None, parts))

    give(
        args,
        lambda: as_record(results.fitted, args.reference) | {"changes": changes},
        text,
        (args.out, lambda: results.trend(args.reference)),
        (args.houses_out, lambda: results.house_effects(args.reference)),
        results=results,
        notes=[told for change in args.change for told in _tell_beyond(results, change)] or None,
    )


def window_option(text: str) -> Window:
    """Read a day, a month or FIRST:LAST; argparse shows the message and exits with 2."""
    if re.fullmatch(r"\d{4}-\d\d", text):
        first = date_option(f"{text}-01")
        return first, f"{pd.Timestamp(first) + pd.offsets.MonthEnd(0):%Y-%m-%d}"
    first, mark, last = text.partition(":")
    window = date_option(first), date_option(last if mark else first)
    if window[1] < window[0]:
        raise argparse.ArgumentTypeError(f"{text} ends before it begins")
    return window


def _tell_beyond(results: PollTrendResults, change: Sequence[Window]) -> Iterator[str]:
    """Windows without a day between the first and the last poll."""
    first, last = str(results.observations.first_date), str(results.observations.last_date)
    for window in change:
        carried = "back" if window[1] < first else "forward" if window[0] > last else ""
        if carried:
            yield (
                f"the change names {window[0]} to {window[1]}, and the polls lie between {first} "
                f"and {last}: the level is carried {carried}"
            )
    if len(change) == 2 and change[0] == change[1]:
        yield (
            f"the change names {change[0][0]} to {change[0][1]} twice, between which nothing can "
            "change; name two days or windows"
        )


def _change(
    results: PollTrendResults, start: Window, end: Window, reference: str | None
) -> dict[str, Any]:
    """Change between two windows as plain values."""
    row = results.change(start, end, reference=reference)
    numbers = {str(name): float(value) for name, value in row.items()}
    return {"from": list(start), "to": list(end), **numbers}


def _say_change(row: dict[str, Any]) -> str:
    """Words for a change."""
    days = [
        first if first == last else f"{first} to {last}" for first, last in (row["from"], row["to"])
    ]
    shown = show_interval(pd.Series(row)).strip()
    return (
        f"Change from {days[0]} to {days[1]}:\n  {shown} points; P(fall) {row['prob_negative']:.3f}"
    )


def add_fit_options(
    verb: argparse.ArgumentParser, *, has_reference: bool = True, has_common_error: bool = False
) -> None:
    """Add the options of a verb that fits a trend: level, model, what enters beside the polls."""
    if has_reference:
        add_reference_option(verb)
    add_model_options(verb)
    add_effect_options(verb)
    add_scale_options(verb)
    if has_common_error:
        add_common_error_option(verb)


def tell_late_shock(model: PollTrend) -> None:
    """Tell of a shock after all polls, none of which can tell of it."""
    day, last = one_date(model.options.calm_from), model.observations.last_date
    if model.options.walk == "calming" and day > last:
        told = f"the shock of {day} (--calm-from) lies after the last poll ({last})"
        print(f"warning: {told}: the level walks as if there were none", file=sys.stderr)


def fit_trend(
    args: argparse.Namespace,
    polls: Polls,
    reference: str | None = None,
) -> PollTrendResults:
    """Fit the trend that a command asks for.

    Raises
    ------
    PollInputError
        Naming the file or series.
    """
    anchors, events = load_anchors(args), load_events(args, polls)
    try:
        model = PollTrend(
            polls.frame,
            anchors=anchors,
            events=events,
            priors=read_priors(args),
            options=read_options(args),
        )
    except PollInputError as error:
        raise error.located_in(polls.source) from None
    if args.walk or args.calm_from:  # whoever asks for it means a day of these polls
        tell_late_shock(model)
    if reference is not None:  # a slip here should not cost a fit
        reference_weights(model.observations, reference, anchored=model.design.is_anchored)
    given = read_scales(args)
    if not given:
        n_houses = len(model.observations.houses)
        with tell_of_waiting(f"fitting {len(model.observations.polls)} polls of {n_houses} houses"):
            return model.fit(args.method)
    missing = [name for name in model.param_names if name not in given]
    strange = [name for name in given if name not in model.param_names]
    if missing or strange:
        named = f"needs {', '.join(map(option_of, missing))}" if missing else ""
        unknown = f"has no {', '.join(strange)}" if strange else ""
        words = " and ".join(filter(None, (named, unknown)))
        raise CommandError(f"with scales given this model {words}; give each scale of it, or none")
    return model.smooth(given)
