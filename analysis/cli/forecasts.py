"""``python -m analysis predict --register | --score``: forecasts that are written down."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH, field
from analysis.cli.files import read_polls_csv
from analysis.cli.inputs import CommandError, Polls, Series, load_polls
from analysis.cli.output import give
from analysis.evaluate import add_forecasts, make_forecasts, score_forecasts

REGISTRY = Path("forecasts/forecasts.csv")
REGISTERED = (
    "the share that the next waves of each house will publish, in percent of all respondents, as "
    "a normal distribution; nothing that stands in the registry is changed"
)
SCORED = (
    "registered forecasts against the waves that came in since; kind: registered before the wave, "
    "or made later as of a day before it"
)


def add_forecast_options(which: argparse._MutuallyExclusiveGroup) -> None:
    """Add the options to write forecasts down, and to score them.

    Parameters
    ----------
    which : group of options
        Of which one is given.
    """
    where: dict[str, Any] = {"type": Path, "nargs": "?", "const": REGISTRY, "metavar": "CSV"}
    which.add_argument(
        "--register",
        **where,
        help="write the forecasts of the next waves of --construct under those that stand in this "
        f"registry ({REGISTRY}); with --as-of from the polls published by then",
    )
    which.add_argument(
        "--score", **where, help="score the forecasts of the registry whose waves have come in"
    )


def check_folder(registry: Path) -> None:
    """Refuse a registry in a folder that is not there, as ours is not elsewhere.

    Raises
    ------
    PollInputError
    """
    if not registry.parent.is_dir():
        cure = "work in the folder of the repository, or name a file"
        raise PollInputError(f"there is no folder {registry.parent}", cure, str(registry))


def register(args: argparse.Namespace, series: Series) -> None:
    """Write forecasts into the registry, and print them."""
    path: Path = args.register
    _refuse_idle(args, "--register", ("construct", "as_of", "register"))
    polls = _load_all(args, series)
    try:
        today = datetime.now(UTC).date()
        new = make_forecasts(polls.frame, polls.measure, today, args.as_of)
    except PollInputError as error:
        raise error.located_in(polls.source) from None
    stands = read_polls_csv(path) if path.exists() else None
    try:
        both, n_new = add_forecasts(stands, new)
    except PollInputError as error:
        raise error.located_in(str(path)) from None
    give(
        args,
        lambda: {"estimand": REGISTERED, "n_new": n_new, "forecasts": new.to_dict("records")},
        lambda: _as_text(
            f"{n_new} new forecasts, {len(both)} in {path}",
            REGISTERED,
            new[["house_id", "wave", "start_date", "mean", "sd", "lower_95", "upper_95"]],
        ),
        (path, both),
        (args.out, new),
    )


def _load_all(args: argparse.Namespace, series: Series) -> Polls:
    """All polls: the forecast itself looks back to the day as of which it is made."""
    return load_polls(argparse.Namespace(**vars(args) | {"as_of": None}), series)


def score(args: argparse.Namespace, series: Series) -> None:
    """Score what the registry holds, and print it."""
    _refuse_idle(args, "--score", ("score",))
    registry = read_polls_csv(args.score)
    fetch = _Fetch(series, args.score)
    try:
        table = score_forecasts(registry, fetch)
    except PollInputError as error:
        raise error.located_in(str(args.score)) from None
    n_open = len(registry) - len(table)
    give(
        args,
        lambda: {"estimand": SCORED, "n_open": n_open, "scores": table.to_dict("records")},
        lambda: _score_text(table, n_open),
        (args.out, table),
        notes=fetch.tell_strangers(registry),
    )


class _Fetch:
    """The polls of each construct of a registry, and which houses they are of."""

    def __init__(self, series: Series, path: Path) -> None:
        self.series = series
        self.path = path
        self.houses: dict[str, set[str]] = {}

    def __call__(self, construct: str) -> pd.DataFrame:
        """Get the polls of a construct.

        Raises
        ------
        CommandError
            For one that there is not.
        """
        try:
            obs = self.series(construct, ())
        except ValueError as error:  # its text names the fault and the cure
            raise CommandError(f"{self.path}: {error}") from None
        self.houses[construct] = set(obs["house_id"])
        return obs

    def tell_strangers(self, registry: pd.DataFrame) -> list[str]:
        """Houses without polls, whose forecasts would stay open without a word."""
        pairs = zip(registry["construct"], registry["house_id"], strict=True)
        strangers = sorted({pair for pair in pairs if pair[1] not in self.houses[pair[0]]})
        return [
            f"house {house!r} has no polls of {construct}: its forecasts stay open; write it as "
            "the tables do"
            for construct, house in strangers
        ]


def _refuse_idle(args: argparse.Namespace, verb: str, used: Sequence[str]) -> None:
    """Refuse options that would change nothing: forecasts are those of the published model."""
    idle = [
        name
        for name, (dest, default) in args.option_defaults.items()
        if dest not in (*used, "out", "json") and getattr(args, dest) != default
    ]
    if idle:
        args.refuse(f"{verb} goes without {', '.join(idle)}: it is about the published model")


def _score_text(table: pd.DataFrame, n_open: int) -> str:
    """Write each scored forecast, and how they did on average."""
    if table.empty:
        return f"No wave has come in yet: {n_open} forecasts are open."
    told = []
    for kind, rows in table.groupby("kind", sort=True):
        inside = ", ".join(f"{rows[f'is_inside_{v}'].sum()} in {v}%" for v in (50, 80, 95))
        told.append(f"{kind}: {len(rows)}, mean CRPS {rows['crps'].mean():.2f}, {inside}")
    shown = ["construct", "as_of", "house_id", "wave", "seen", "mean", "sd", "crps", "pit"]
    return _as_text(f"{'; '.join(told)}; {n_open} are open", SCORED, table[shown])


def _as_text(told: str, estimand: str, table: pd.DataFrame) -> str:
    return "\n".join(
        [
            "Forecasts".center(WIDTH).rstrip(),
            "=" * WIDTH,
            field("Forecasts", told),
            field("Estimand", estimand),
            "-" * WIDTH,
            table.to_string(index=False, float_format=lambda value: f"{value:z.2f}"),
        ]
    )
