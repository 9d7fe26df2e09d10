"""Command line of the models: ``python -m analysis trend``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis import PollInputError, PollTrend, published_by
from analysis.read_csv import read_polls_csv
from analysis.references import reference_weights
from analysis.report import as_record

EXAMPLE = """examples:
  python -m analysis trend --construct support --as-of 2022-04-18
  python -m analysis trend --input my_polls.csv --out trend.csv --houses-out houses.csv
"""


class CommandError(Exception):
    """A fault whose text is already complete."""


def build_parser() -> argparse.ArgumentParser:
    """Describe the verbs and their options."""
    parser = argparse.ArgumentParser(
        prog="python -m analysis", description="Trends of opinion from polls of several houses."
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    trend = verbs.add_parser(
        "trend",
        help="fit a trend with house effects",
        description="Fit a trend with house effects and print its summary.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    source = trend.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--construct", metavar="ID", help="series of this project's data, such as support"
    )
    source.add_argument(
        "--input",
        type=Path,
        metavar="CSV",
        help="your polls: house_id, start_date, end_date, sample_size, share_pct; "
        "optional sector, decimals, n_parts, design_effect, sampling_var, poll_id, published",
    )
    trend.add_argument(
        "--as-of", metavar="DATE", help="only polls published by this day (YYYY-MM-DD)"
    )
    trend.add_argument(
        "--reference",
        default="houses",
        metavar="R",
        help="houses (default), sectors, a house id, or sector:NAME",
    )
    trend.add_argument("--out", type=Path, metavar="CSV", help="write the daily trend here")
    trend.add_argument(
        "--houses-out", type=Path, metavar="CSV", help="write the house effects here"
    )
    trend.add_argument("--json", action="store_true", help="print JSON instead of text")
    return parser


def load_polls(args: argparse.Namespace) -> pd.DataFrame:
    """Get the polls that the command names, as of the day it names."""
    if args.input is not None:
        obs = read_polls_csv(args.input)
    else:
        # The models never need the project's own data; only this door does.
        import polls

        try:
            obs = polls.series(args.construct)
        except ValueError as error:  # its text names the fault and the cure
            raise CommandError(str(error)) from None
    if args.as_of is None:
        return obs
    known, n_undated = published_by(obs, args.as_of)
    if n_undated:
        message = f"as of {args.as_of}: {n_undated} of {len(known)} polls have no publication date"
        print(f"note: {message} and count from their last day of fieldwork", file=sys.stderr)
    return known


def write_tables(tables: dict[Path, pd.DataFrame]) -> None:
    """Write all tables or none: each to a temporary neighbour, then renamed."""
    written: list[tuple[str, Path]] = []
    try:
        for path, table in tables.items():
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


def run_trend(args: argparse.Namespace) -> None:
    """Fit, write what was asked for, and print."""
    obs = load_polls(args)
    try:
        model = PollTrend(obs)
    except PollInputError as error:
        raise error.located_in(str(args.input or f"series {args.construct}")) from None
    reference_weights(model.observations, args.reference)  # a slip here should not cost a fit
    results = model.fit()
    if args.json:
        text = json.dumps(as_record(results, args.reference), indent=2, ensure_ascii=False)
    else:
        text = results.summary(args.reference)
    tables = {
        args.out: results.trend(args.reference),
        args.houses_out: results.house_effects(args.reference),
    }
    write_tables({path: table for path, table in tables.items() if path is not None})
    for warning in results.diagnostics()["warnings"]:
        print(f"warning: {warning}", file=sys.stderr)
    print(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it worked, 1 for bad input (2 for bad usage)."""
    args = build_parser().parse_args(argv)
    try:
        run_trend(args)
    except (PollInputError, CommandError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output, such as head, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
