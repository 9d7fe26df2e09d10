"""Command line of the models: ``python -m analysis trend | claim | predict | backtest``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import PollInputError
from analysis.cli import (
    CommandError,
    Parser,
    add_bias,
    add_claim,
    add_composition,
    add_effect,
    add_list,
    add_predict,
    add_tipping,
    add_trend,
    add_who,
    run_to_end,
)
from analysis.cli.evaluate import add_backtest, add_multiverse, add_series, add_simulate, add_tables
from analysis.evaluate.runner import RunError


def build_parser() -> argparse.ArgumentParser:
    """Describe the verbs and their options."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m analysis", description="Trends of opinion from polls of several houses."
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for add in (
        add_trend,
        add_composition,
        add_claim,
        add_predict,
        add_list,
        add_tipping,
        add_bias,
    ):
        add(verbs)
    for add in (add_backtest, add_tables, add_multiverse, add_series, add_simulate):
        add(verbs)
    add_who(verbs, load_tables)
    add_effect(verbs, load_folder_series)
    return parser


def load_series(construct: str, include: Sequence[str]) -> pd.DataFrame:
    """Get the polls of a construct of this project's data.

    The models never need it; only this door does.
    """
    import polls

    options: dict[str, Any] = {"include": include} if include else {}
    obs: pd.DataFrame = polls.series(construct, **options)
    return obs


def load_folder_series(construct: str, folder: Path) -> pd.DataFrame:
    """Get the polls of a construct of another copy of the tables."""
    import polls

    obs: pd.DataFrame = polls.series(construct, data=folder)
    return obs


def load_tables() -> dict[str, pd.DataFrame]:
    """Get the tables of this project's data."""
    import polls

    tables: dict[str, pd.DataFrame] = polls.load()
    return tables


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it worked, 1 for bad input (2 for bad usage)."""
    return run_to_end("analysis", lambda: _run(argv))


def _run(argv: Sequence[str] | None) -> int:
    args = build_parser().parse_args(argv)
    try:
        args.run(args, load_series)
    except (PollInputError, CommandError, RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
