"""Events and covariates on the command line: options, the file of events, and what is answered."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.columns import read_dates, read_text
from analysis.base.errors import PollInputError, row_error
from analysis.cli.inputs import Polls, read_csv
from analysis.observations.frame import Observations, prepare_observations
from analysis.trend.report import effect_tables
from analysis.trend.results import PollTrendResults
from analysis.trend.solver.formula import name_columns

EVENT_COLUMNS = ("date", "label")
TITLES = {
    "events": "Events: level shifts, points, and the evidence for each against none",
    "covariates": "Covariates: points from the baseline; learned: share of prior variance removed",
    "confounding": "What of the covariates the polls can tell apart from the houses",
}
# Heads that keep a table narrow.
SHORT = {"log_bayes_factor": "log_BF", "variance_inflation": "inflation", "prob_positive": "P(>0)"}


def add_effect_options(verb: argparse.ArgumentParser) -> None:
    """Add the options that bring in events and covariates."""
    verb.add_argument(
        "--events",
        type=Path,
        metavar="CSV",
        help="level shifts to estimate: date (from which it holds), label",
    )
    verb.add_argument(
        "--covariates",
        nargs="+",
        default=[],
        metavar="COLUMN",
        help="columns of the polls, such as mode and frame, whose categories shift a poll, or one "
        'formula of columns, such as "~ C(mode) + online"',
    )


def load_events(args: argparse.Namespace, polls: Polls) -> pd.DataFrame | None:
    """Get the events that the command names, as of the day it names.

    Returns
    -------
    DataFrame or None
        date and label; None where no file was named.

    Raises
    ------
    PollInputError
        Naming the file, line, column, what was found and the cure.
    """
    if args.events is None:
        return None
    events = read_csv(args.events)
    try:
        dates = _check_events(events)
    except PollInputError as error:
        raise error.located_in(str(args.events)) from None
    try:
        known = prepare_observations(polls.frame, name_columns(args.covariates))
    except PollInputError as error:
        raise error.located_in(polls.source) from None
    later = dates > known.last_date
    if args.as_of is not None and later.any():
        message = f"{later.sum()} of {len(events)} events have no known poll after them"
        print(f"note: as of {args.as_of}: {message} and do not count", file=sys.stderr)
        events, dates = events[~later], dates[~later]
    try:
        _check_sides(events, dates, known)
    except PollInputError as error:
        raise error.located_in(str(args.events)) from None
    return events[list(EVENT_COLUMNS)]


def _check_events(events: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Read the dates of a file of events whose labels differ."""
    missing = [name for name in EVENT_COLUMNS if name not in events.columns]
    if missing:
        need = ", ".join(EVENT_COLUMNS)
        raise PollInputError(f"column {missing[0]} is missing", f"events need {need}")
    if events.empty:
        raise PollInputError("there are no events", "give at least one row")
    labels = pd.Series(read_text(events, "label", "name the event"))
    twice = [int(i) for i in np.flatnonzero(labels.duplicated())]
    if twice:
        found = f"{labels[twice[0]]!r} is there already"
        raise row_error(events, twice, "label", found, "give each event one label")
    return read_dates(events, "date")


def _check_sides(
    events: pd.DataFrame, dates: np.ndarray[Any, np.dtype[np.datetime64]], known: Observations
) -> None:
    """Refuse an event that no poll could tell of."""
    first, last = known.first_date, known.last_date
    alone = [int(i) for i in np.flatnonzero((dates <= first) | (dates > last))]
    if alone:
        found = f"{dates[alone[0]]} has no polls on both sides"
        cure = f"choose a date after {first} and not after {last}"
        raise row_error(events, alone, "date", found, cure)


def effect_text(results: PollTrendResults, *names: str) -> str:
    """Write the tables of effects, or those named, each under its title; empty without any."""
    parts = []
    for name, table in effect_tables(results.fitted).items():
        if not names or name in names:
            shown = table.rename(columns=SHORT).to_string(
                index=False, float_format=lambda value: f"{value:z.2f}"
            )
            parts.append(f"{TITLES[name]}\n{shown}")
    return "\n\n".join(parts)
