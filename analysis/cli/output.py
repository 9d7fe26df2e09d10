"""How the verbs of the command line give their results: files, warnings, text or JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import plain
from analysis.cli.inputs import CommandError
from analysis.trend.results import PollTrendResults


def check_outputs(args: argparse.Namespace) -> None:
    """Refuse, before any work, output files that would destroy something.

    Raises
    ------
    CommandError
        When two options name one file, or one names the input or a folder.
    """
    named = ("input", "new", "anchors", "events", "cells", "population")
    inputs = {option: getattr(args, option, None) for option in named}
    seen = {path.resolve(): f"--{option}" for option, path in inputs.items() if path is not None}
    for name in ("out", "houses_out"):
        option = "--" + name.replace("_", "-")
        target: Path | None = getattr(args, name, None)
        if target is None:
            continue
        if target.is_dir():
            raise CommandError(f"{option} {target} is a folder; name a file")
        if target.resolve() in seen:
            raise CommandError(f"{seen[target.resolve()]} and {option} name one file; name two")
        seen[target.resolve()] = option


def write_tables(*tables: tuple[Path | None, pd.DataFrame]) -> None:
    """Write all tables or none: each to a temporary neighbour, then renamed.

    Parameters
    ----------
    *tables : tuple of path and DataFrame
        A table without a path was not asked for.

    Raises
    ------
    PollInputError
        When a file cannot be written.
    """
    wanted = [(path, table) for path, table in tables if path is not None]
    written: list[tuple[str, Path]] = []
    try:
        for path, table in wanted:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            written.append((name, path))
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                table.to_csv(file, index=False, float_format="%.6f", lineterminator="\n")
            Path(name).chmod(0o644)  # mkstemp keeps files private
        for name, path in written:
            Path(name).replace(path)
    except OSError as error:
        raise PollInputError(
            f"cannot be written ({error.strerror})", "check the path", str(path)
        ) from None
    finally:
        for name, _ in written:
            Path(name).unlink(missing_ok=True)


def give(
    args: argparse.Namespace,
    record: Callable[[], Mapping[str, Any]],
    text: Callable[[], str],
    *tables: tuple[Path | None, pd.DataFrame],
    results: PollTrendResults | None = None,
) -> None:
    """Write the tables that were asked for, then warn and print.

    Parameters
    ----------
    args : Namespace
        Whose ``json`` decides what is printed.
    record, text : callable
        Make what is printed: numbers and words for JSON, or a text.
    *tables : tuple of path and DataFrame
        As for :func:`write_tables`.
    results : PollTrendResults, optional
        Of the fit whose warnings must not go unread.
    """
    printed = json.dumps(plain(record()), indent=2, ensure_ascii=False) if args.json else text()
    write_tables(*tables)
    if results is not None:
        warn(results)
    print(printed)


def warn(results: PollTrendResults) -> None:
    """Print the warnings of a fit where they do not disturb a table."""
    for warning in results.diagnostics()["warnings"]:
        print(f"warning: {warning}", file=sys.stderr)
