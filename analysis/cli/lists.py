"""``python -m analysis list``: what share holds an item nobody has to name."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH, field
from analysis.cli.inputs import Series, add_json_option, add_verb, read_csv
from analysis.cli.output import check_outputs, give
from analysis.list_experiments import (
    CONTROLS,
    METHODS,
    TRUTHFUL,
    design_effect_test,
    find_list_suspicions,
    list_estimates,
    list_placebos,
    list_regression,
    list_type_shares,
    tell_counts,
)

EXAMPLES = (
    "--input my.csv --items 4",
    "--input my.csv --items 4 --direct supports --truthful-answer no --bootstrap 2000 --seed 1",
    "--input my.csv --items 4 --covariates age sex --method ml --json",
)
ASSUMED = {
    "yes": "nobody says yes falsely",
    "no": "nobody says no falsely",
}


def add_list(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Estimate a share from a list (item-count) experiment, with its tests."
    verb = add_verb(verbs, "list", words, EXAMPLES, run_list)
    _add_columns(verb)
    verb.add_argument(
        "--truthful-answer",
        choices=TRUTHFUL,
        default="yes",
        help="direct answer that the combined estimate takes at its word (default: yes)",
    )
    verb.add_argument(
        "--method", choices=METHODS, default="ml", help="how the regression is fitted (default: ml)"
    )
    verb.add_argument(
        "--control",
        choices=CONTROLS,
        default="binomial",
        help="with --method ml: law of the control items (default: binomial)",
    )
    verb.add_argument(
        "--bootstrap", type=int, metavar="DRAWS", help="errors by bootstrap; needs --seed"
    )
    verb.add_argument("--seed", type=int, metavar="N", help="seed of the bootstrap")
    verb.add_argument("--out", type=Path, metavar="CSV", help="write the estimates here")
    add_json_option(verb)


def _add_columns(verb: argparse.ArgumentParser) -> None:
    """Add the options that say what stands where in the file."""
    verb.add_argument(
        "--input", type=Path, required=True, metavar="CSV", help="one row per respondent"
    )
    verb.add_argument(
        "--items", type=int, required=True, metavar="J", help="items of the control list"
    )
    verb.add_argument("--count", default="count", metavar="COLUMN", help="counts (default: count)")
    verb.add_argument(
        "--treatment",
        default="treatment",
        metavar="COLUMN",
        help="1 where the sensitive item was on the list, else 0 (default: treatment)",
    )
    verb.add_argument(
        "--direct", metavar="COLUMN", help="answers to the direct question: 1 yes, 0 any other"
    )
    verb.add_argument("--weights", metavar="COLUMN", help="sampling weights")
    verb.add_argument(
        "--covariates", nargs="+", default=[], metavar="COLUMN", help="columns of a regression"
    )
    verb.add_argument(
        "--drop-missing", action="store_true", help="leave rows out where a value is missing"
    )


def run_list(args: argparse.Namespace, series: Series) -> None:
    """Estimate, test, write what was asked for, and print."""
    del series  # respondents come from a file
    check_outputs(args)
    frame = read_csv(args.input)
    try:
        tables = _compute(args, frame)
    except PollInputError as error:
        raise error.located_in(str(args.input)) from None
    record = _record(args, len(frame), tables)
    notes = (
        *find_list_suspicions(frame, args.covariates, args.weights),
        *tell_counts(_counts(frame, args.count), args.items),
        *tell_outside(tables["estimates"]),
    )
    table = (args.out, tables["estimates"])
    give(args, lambda: record, lambda: _as_text(record, tables), table, notes=notes)


def _counts(frame: pd.DataFrame, column: str) -> Array:
    """Counts of all who gave one."""
    counts = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float)
    return np.asarray(counts[np.isfinite(counts)])


def tell_outside(estimates: pd.DataFrame) -> Iterator[str]:
    """A share by the list that lies outside of 0 to 100 percent by more than chance."""
    row = estimates.set_index("quantity").loc["list"]
    if row["upper"] < 0 or row["lower"] > 100:
        yield (
            f"the list tells of {row['estimate']:.1f} percent ({row['lower']:.1f} to "
            f"{row['upper']:.1f}), which no share can be: look for exchanged groups in the column "
            "of the treatment, or for other lists than those named"
        )


def _compute(args: argparse.Namespace, frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """All tables that the columns allow."""
    options: dict[str, Any] = {}
    if args.bootstrap is not None:
        if args.seed is None:
            cure = "give --seed N, so that the numbers come out again"
            raise PollInputError("--bootstrap without a seed", cure)
        if args.seed < 0:
            raise PollInputError(f"--seed {args.seed}", "a seed is a whole number of 0 or more")
        options = {"rng": np.random.default_rng(args.seed), "n_draws": args.bootstrap}
    base = {
        "count": args.count,
        "treatment": args.treatment,
        "weights": args.weights,
        "missing": "drop" if args.drop_missing else "raise",
    }
    direct = {**base, "direct": args.direct, "truthful_answer": args.truthful_answer}
    tables = {"estimates": list_estimates(frame, args.items, **direct, **options)}
    if args.direct:
        tables["placebos"] = list_placebos(frame, args.items, **direct, **options)
    tables["types"] = list_type_shares(frame, args.items, **base)
    tables["design_effect"] = design_effect_test(frame, args.items, **base).to_frame().T
    if args.covariates:
        fitted = list_regression(
            frame, args.items, args.covariates, method=args.method, control=args.control, **base
        )
        tables["regression"] = fitted.table()
        tables["share"] = fitted.share()
    return tables


def _record(
    args: argparse.Namespace, n_rows: int, tables: dict[str, pd.DataFrame]
) -> dict[str, Any]:
    """Numbers and words for JSON."""
    n = int(tables["estimates"]["n"].iloc[0])
    record: dict[str, Any] = {
        "words": _sentences(args, tables),
        "n_items": args.items,
        "n": n,
        "n_dropped": n_rows - n,
        "unit": "percent and points",
    }
    if args.direct:
        record["truthful_answer"] = args.truthful_answer
    if args.covariates:
        record["method"] = args.method
    for name, table in tables.items():
        rows = table.to_dict("records")
        record[name] = rows[0] if name == "design_effect" else rows
    return record


def _sentences(args: argparse.Namespace, tables: dict[str, pd.DataFrame]) -> list[str]:
    """What was found, in words."""
    row = tables["estimates"].set_index("quantity")
    words = [f"By the list the item applies to {_say(row.loc['list'], 'percent')}."]
    if args.direct:
        words.append(
            f"Asked directly, {_say(row.loc['direct'], 'percent')} say yes; direct less "
            f"list: {_say(row.loc['gap'], 'points')}."
        )
        words.append(
            f"Combined, if {ASSUMED[args.truthful_answer]}: {_say(row.loc['combined'], 'percent')}."
        )
        for test in tables["placebos"].to_dict("records"):
            verdict = "fails" if test["p_value"] < 0.05 else "passes"
            words.append(
                f"Placebo {test['test']} {verdict}: {test['estimate']:.1f} (se {test['se']:.1f}) "
                f"where {test['expected']:g} is due; p = {test['p_value']:.3f}."
            )
    p_value = float(tables["design_effect"]["p_value"].iloc[0])
    seen = "is a sign" if p_value < 0.05 else "is no sign"
    words.append(
        f"There {seen} that the sensitive item changes the other answers (p = {p_value:.3f}; "
        "the test sees only what makes a share negative)."
    )
    return words


def _say(row: Any, unit: str) -> str:
    return f"{row['estimate']:.1f} {unit} (95% interval {row['lower']:.1f} to {row['upper']:.1f})"


def _as_text(record: dict[str, Any], tables: dict[str, pd.DataFrame]) -> str:
    """Words first, then the tables."""
    dropped = f", {record['n_dropped']} left out for a missing value" if record["n_dropped"] else ""
    lines = [
        f"List experiment of {record['n_items']} items and a sensitive one",
        "=" * WIDTH,
        field("Sample", f"{record['n']} respondents{dropped}"),
        "-" * WIDTH,
        *(textwrap.fill(text, WIDTH, break_on_hyphens=False) for text in record["words"]),
    ]
    heads = {
        "estimates": "Estimates, percent and points",
        "types": "Types: does the item apply, and how many others; percent",
        "regression": f"Regression ({record.get('method')})",
        "share": "Share by the regression, percent",
    }
    for name, head in heads.items():
        if name in tables:
            shown = tables[name].to_string(index=False, float_format=lambda v: f"{v:z.2f}")
            lines += ["", head, shown]
    return "\n".join(lines)
