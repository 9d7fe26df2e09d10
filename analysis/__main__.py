"""Command line of the models: ``python -m analysis trend | claim | predict | backtest``."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis import PollInputError
from analysis.cli import (
    CommandError,
    add_backtest,
    add_claim,
    add_effect,
    add_list,
    add_predict,
    add_tipping,
    add_trend,
    add_who,
)


def build_parser() -> argparse.ArgumentParser:
    """Describe the verbs and their options."""
    parser = argparse.ArgumentParser(
        prog="python -m analysis", description="Trends of opinion from polls of several houses."
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for add in (add_trend, add_claim, add_predict, add_backtest, add_list, add_tipping):
        add(verbs)
    add_who(verbs, load_tables)
    add_effect(verbs, load_folder_series)
    return parser


def load_series(construct: str, include: Sequence[str]) -> pd.DataFrame:
    """Get the polls of a construct of this project's data.

    The models never need it; only this door does.
    """
    import polls

    return polls.series(construct, include=include) if include else polls.series(construct)


def load_folder_series(construct: str, folder: Path) -> pd.DataFrame:
    """Get the polls of a construct of another copy of the tables."""
    import polls

    return polls.series(construct, data=folder)


def load_tables() -> dict[str, pd.DataFrame]:
    """Get the tables of this project's data."""
    import polls

    return polls.load()


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it worked, 1 for bad input (2 for bad usage)."""
    args = build_parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Houses have names in any script, and a pipe may be set to a narrower encoding.
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        args.run(args, load_series)
    except (PollInputError, CommandError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output, such as head, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
