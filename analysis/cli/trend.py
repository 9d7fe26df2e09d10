"""``python -m analysis trend``: fit a trend with house effects."""

from __future__ import annotations

import argparse
from pathlib import Path

from analysis.base.errors import PollInputError
from analysis.base.references import reference_weights
from analysis.cli.effects import add_effect_options, effect_text, load_events
from analysis.cli.inputs import (
    Polls,
    Series,
    add_common_error_option,
    add_json_option,
    add_model_options,
    add_reference_option,
    add_source_options,
    add_verb,
    load_anchors,
    load_polls,
    read_options,
)
from analysis.cli.output import check_outputs, give
from analysis.trend.model import PollTrend
from analysis.trend.report import as_record
from analysis.trend.results import PollTrendResults

EXAMPLES = (
    "--construct support --as-of 2022-04-18",
    "--input my_polls.csv --out trend.csv --houses-out houses.csv",
    "--input my_polls.csv --anchors anchors.csv --json",
    "--construct support --covariates mode frame --events events.csv",
)


def add_trend(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Fit a trend with house effects and print its summary."
    verb = add_verb(verbs, "trend", words, EXAMPLES, run_trend)
    add_source_options(verb)
    add_fit_options(verb, has_common_error=True)
    verb.add_argument("--out", type=Path, metavar="CSV", help="write the daily trend here")
    verb.add_argument("--houses-out", type=Path, metavar="CSV", help="write the house effects here")
    add_json_option(verb)


def run_trend(args: argparse.Namespace, series: Series) -> None:
    """Fit, write what was asked for, and print."""
    check_outputs(args)
    polls = load_polls(args, series)
    results = fit_trend(args, polls, args.reference)

    def text() -> str:  # the summary has events and covariates already
        parts = [str(results.summary(args.reference)), effect_text(results, "confounding")]
        return "\n\n".join(filter(None, parts))

    give(
        args,
        lambda: as_record(results.fitted, args.reference),
        text,
        (args.out, lambda: results.trend(args.reference)),
        (args.houses_out, lambda: results.house_effects(args.reference)),
        results=results,
    )


def add_fit_options(
    verb: argparse.ArgumentParser, *, has_reference: bool = True, has_common_error: bool = False
) -> None:
    """Add the options of a verb that fits a trend: level, model, what enters beside the polls."""
    if has_reference:
        add_reference_option(verb)
    add_model_options(verb)
    add_effect_options(verb)
    if has_common_error:
        add_common_error_option(verb)


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
            options=read_options(args),
        )
    except PollInputError as error:
        raise error.located_in(polls.source) from None
    if reference is not None:  # a slip here should not cost a fit
        reference_weights(model.observations, reference, anchored=model.design.is_anchored)
    return model.fit(args.method)
