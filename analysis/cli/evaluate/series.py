"""``python -m analysis series``: a table of many series, each fitted by itself."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH, field
from analysis.cli.evaluate.parts import add_run_options, open_runner
from analysis.cli.files import is_parquet, read_csv_in_parts, read_parquet_in_parts
from analysis.cli.inputs import (
    COLUMNS,
    Series,
    add_json_option,
    add_model_options,
    add_verb,
    read_options,
)
from analysis.cli.output import check_outputs, give
from analysis.evaluate import SeriesTable, fit_many

EXAMPLES = (
    "--input countries.csv --jobs 4 --out fits.csv",
    "--input countries.parquet --cluster tcp://10.0.0.1:8786 --parts build/parts",
)
ESTIMAND = (
    "each series by itself: level on the last mid-field day of the mean of its houses (percent), "
    "and change from the first (points), with 95% intervals"
)
# Rows of the table that are in memory at one time, but for a series that is longer.
PART_ROWS = 50_000
SHOWN = ["series_id", "n_polls", "n_houses", "level", "level_lower", "level_upper", "change"]
MOST_SHOWN = 40


def add_series(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Fit each series of a table of many."
    verb = add_verb(verbs, "series", words, EXAMPLES, run_series)
    verb.add_argument(
        "--input",
        type=Path,
        required=True,
        metavar="TABLE",
        help=f"CSV or Parquet, read in parts: series_id, {COLUMNS}; the rows of a series together",
    )
    add_model_options(verb)
    add_run_options(verb)
    verb.add_argument("--out", type=Path, metavar="CSV", help="write one row per series here")
    add_json_option(verb)


def run_series(args: argparse.Namespace, series: Series) -> None:
    """Fit all, write what was asked for, and print."""
    check_outputs(args)
    read = functools.partial(read_parts, args.input)
    try:
        table = SeriesTable(read, read_options(args), args.method)
        with open_runner(args) as runner:
            fits = fit_many(table, runner=runner)
    except PollInputError as error:
        raise error.located_in(str(args.input)) from None
    give(
        args,
        lambda: {"estimand": ESTIMAND, "series": fits.to_dict("records")},
        lambda: as_text(fits, str(args.input)),
        (args.out, fits),
    )


def read_parts(path: Path) -> Iterator[pd.DataFrame]:
    """Read a table in parts, its cells as text or as they are typed.

    Raises
    ------
    PollInputError
        When it cannot be read; of Parquet also without the package pyarrow.
    """
    read = read_parquet_in_parts if is_parquet(path) else read_csv_in_parts
    yield from read(path, PART_ROWS)


def as_text(fits: pd.DataFrame, source: str) -> str:
    """Write a row for each series, as many as can be read, and what went wrong."""
    faults = fits[fits["level"].isna()]
    shown: Any = fits[fits["level"].notna()][SHOWN].head(MOST_SHOWN)
    parts = [
        "Many series".center(WIDTH).rstrip(),
        "=" * WIDTH,
        field("Series", f"{source}: {len(fits)}, of which {len(faults)} without a fit"),
        field("Estimand", ESTIMAND),
        "-" * WIDTH,
    ]
    if len(shown):
        table = shown.to_string(index=False, na_rep="", float_format=lambda value: f"{value:.1f}")
        parts.append(table)
    left = len(fits) - len(faults) - len(shown)
    parts += [f"and {left} more: --out has all"] if left > 0 else []
    noted = fits[fits["note"] != ""]
    parts += [f"{row.series_id}: {row.note}" for row in noted.head(MOST_SHOWN).itertuples()]
    left = len(noted) - MOST_SHOWN
    parts += [f"and notes of {left} more: --out has all"] if left > 0 else []
    return "\n".join(parts)
