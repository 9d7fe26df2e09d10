"""``python -m analysis multiverse``: the answers under all defensible choices at once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH, field, show_table
from analysis.cli.evaluate.parts import add_run_options, open_runner
from analysis.cli.inputs import (
    Series,
    add_json_option,
    add_source_options,
    add_verb,
    load_polls,
    look_over,
)
from analysis.cli.output import check_outputs, give
from analysis.evaluate import (
    CHOICES,
    OUTCOMES,
    digest_polls,
    explain_variance,
    multiverse,
    name_options,
    summarise_multiverse,
)

EXAMPLES = (
    "--construct support --jobs 2",
    "--construct support --jobs 2 --out figures/support/multiverse.csv",
)
ESTIMAND = (
    "change of the mean of a panel between two windows (points), state-run minus independent "
    "houses (points), level in mid-April 2022 (percent), each under every combination of choices"
)
WORDS = {"change": "the change since April and May 2022", "gap": "the gap", "level": "the level"}
SHORT = {
    "likely_pct": "likely %",
    "sure_pct": "sure %",
    "driver": "driven by",
    "driver_pct": "to %",
    "published": "publ.",
}


def add_multiverse(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verb and its options."""
    words = "Answer three questions under every combination of defensible choices."
    verb = add_verb(verbs, "multiverse", words, EXAMPLES, run_multiverse)
    add_source_options(verb)
    add_run_options(verb)
    verb.add_argument(
        "--out",
        type=Path,
        metavar="CSV",
        help="write one row per specification here, with the digest of the polls",
    )
    add_json_option(verb)


def run_multiverse(args: argparse.Namespace, series: Series) -> None:
    """Fit all, write what was asked for, and print."""
    check_outputs(args)
    polls = load_polls(args, series)
    try:
        with open_runner(args) as runner:
            table = multiverse(polls.frame, runner=runner)
        notes = look_over(polls.frame)
        summary = summarise_multiverse(table)
    except PollInputError as error:
        raise error.located_in(polls.source) from None
    give(
        args,
        lambda: make_record(table, summary),
        lambda: as_text(table, summary, polls.source),
        (args.out, as_stored(table, polls.frame)),
        notes=notes,
    )


def as_stored(table: pd.DataFrame, obs: pd.DataFrame) -> pd.DataFrame:
    """Round to what is read of it, and say from which polls and model it was made."""
    stored = table.copy()
    for name in map(str, table.select_dtypes("float")):
        # As text, so that two decimals stay two.
        write = "{:z.3f}".format if name.startswith("prob_") else "{:z.2f}".format
        stored[name] = table[name].map(write, na_action="ignore")
    last = pd.to_datetime(obs["end_date"]).max()
    made_of = {"polls": digest_polls(obs), "model": name_options()}
    return stored.assign(**made_of, data_to=f"{last:%Y-%m-%d}")


def make_record(table: pd.DataFrame, summary: pd.DataFrame) -> dict[str, Any]:
    """Collect the summary and the shares of variance for JSON."""
    return {
        "estimand": ESTIMAND,
        "choices": {name: list(levels) for name, levels in CHOICES.items()},
        "n_specifications": len(table),
        "questions": summary.to_dict("records"),
        "variance": {name: shares.to_dict("records") for name, shares in _explain(table).items()},
    }


def _explain(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Shares of variance by outcome; the change is that since April and May 2022."""
    rows = dict.fromkeys(OUTCOMES, table) | {"change": table[table["base"] == "base"]}
    return {name: explain_variance(rows[name], name) for name in OUTCOMES}


def as_text(table: pd.DataFrame, summary: pd.DataFrame, source: str) -> str:
    """Write question by question, then what drives the answers."""
    shares = ["likely_pct", "sure_pct", "driver_pct"]
    shown = summary.drop(columns="question").round(dict.fromkeys(shares, 0))
    shown.insert(0, "yes", [f"({k})" for k in range(1, len(shown) + 1)])
    names = [f"({k}) {name}" for k, name in enumerate(summary["question"], 1)]
    parts = [
        "Multiverse".center(WIDTH).rstrip(),
        "=" * WIDTH,
        field("Polls", source),
        field("Estimand", ESTIMAND),
        field("Choices", "; ".join(f"{k}: {', '.join(v)}" for k, v in CHOICES.items())),
        field("Questions", "; ".join(names)),
        field(
            "Read",
            "likely, sure: percent of specifications whose probability of yes is at least 0.5, "
            "0.95; driven by: the choice with the largest share of the variance of the estimates",
        ),
        "-" * WIDTH,
        show_table(shown.rename(columns=SHORT), 1),
    ]
    for name, found in _explain(table).items():
        told = ", ".join(f"{row.choice} {row.share_pct:.0f}%" for row in found.itertuples())
        parts.append(field("Variance", f"of {WORDS[name]}: {told}"))
    return "\n".join(parts)
