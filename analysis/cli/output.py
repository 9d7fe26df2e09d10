"""How the verbs of the command line give their results: files, text and plain values for JSON."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.cli.inputs import CommandError
from analysis.trend.results import PollTrendResults


def check_outputs(args: argparse.Namespace, *names: str) -> None:
    """Refuse, before any work, output files that would destroy something.

    Raises
    ------
    CommandError
        When two options name one file, or one names the input or a folder.
    """
    named = ("input", "new", "anchors", "events", "cells", "population")
    inputs = {option: getattr(args, option, None) for option in named}
    seen = {path.resolve(): f"--{option}" for option, path in inputs.items() if path is not None}
    for name in names:
        option = "--" + name.replace("_", "-")
        target: Path | None = getattr(args, name)
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


def warn(results: PollTrendResults) -> None:
    """Print the warnings of a fit where they do not disturb a table."""
    for warning in results.diagnostics()["warnings"]:
        print(f"warning: {warning}", file=sys.stderr)
