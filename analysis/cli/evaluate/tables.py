"""Verbs that print one table: ``leave-house-out``, ``dispersion`` and ``priors``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH, field
from analysis.cli.evaluate.parts import add_run_options, open_runner
from analysis.cli.evaluate.simulate import read_count
from analysis.cli.inputs import (
    Polls,
    Series,
    add_json_option,
    add_source_options,
    add_verb,
    load_polls,
    look_over,
)
from analysis.cli.output import check_outputs, give
from analysis.evaluate import (
    check_dispersion,
    describe_targets,
    dispersion_by_house,
    leave_house_out,
    prior_sensitivity,
)
from analysis.evaluate.runner import Runner

HEADLINE = (
    "change and gap (state-run minus independent houses) in points, with 95% intervals; "
    "change: {targets}"
)
# Columns whose numbers are shares of a hundred, or need one decimal only.
SHORT = {
    "house_id": "house",
    "n_polls": "n",
    "predicted": "foreseen",
    "difference": "diff",
    "covered_50_pct": "in50",
    "covered_80_pct": "in80",
    "covered_95_pct": "in95",
    "prob_negative": "P(<0)",
    "change_moved": "moved",
    "gap_moved": "moved ",
    "change_moved_sds": "in sds",
    "gap_moved_sds": "in sds ",
    "change_lower": "low",
    "change_upper": "high",
    "gap_lower": "low",
    "gap_upper": "high",
    "ratio_lower": "low",
    "ratio_upper": "high",
    "power_under_pct": "power 1/4",
    "power_over_pct": "power 4",
    "false_under_pct": "false under",
    "false_over_pct": "false over",
}


@dataclass(frozen=True)
class _Verb:
    """A table, and the words about it."""

    name: str
    words: str
    title: str
    estimand: str
    make: Callable[[pd.DataFrame, Runner, argparse.Namespace], pd.DataFrame]
    shown: tuple[tuple[str, ...], ...]
    digits: int = 1
    about_headline: bool = False

    def run(self, args: argparse.Namespace, series: Series) -> None:
        """Make the table, write it where that was asked for, and print."""
        check_outputs(args)
        polls = load_polls(args, series)
        try:
            with open_runner(args) as runner:
                table = self.make(polls.frame, runner, args)
            notes = look_over(polls.frame)
            told = self.estimand
            if self.about_headline:
                told += "; " + HEADLINE.format(targets=describe_targets(polls.frame))
        except PollInputError as error:
            raise error.located_in(polls.source) from None
        give(
            args,
            lambda: {"estimand": told, "rows": table.to_dict("records")},
            lambda: self.as_text(table, polls, told),
            (args.out, table),
            notes=notes,
        )

    def as_text(self, table: pd.DataFrame, polls: Polls, told: str) -> str:
        """Write the table in parts that fit a terminal."""
        obs = polls.frame
        parts = [
            self.title.center(WIDTH).rstrip(),
            "=" * WIDTH,
            field("Polls", f"{polls.source}: {len(obs)} of {obs['house_id'].nunique()} houses"),
            field("Estimand", told),
        ]
        named = table.columns[0]
        for columns in self.shown:
            there = [name for name in columns if name in table and table[name].notna().any()]
            part = table[[named, *there]].replace({named: {"": "(none left out)"}})
            part = part.rename(columns=SHORT)
            parts += ["-" * WIDTH, part.to_string(index=False, na_rep="", float_format=self._show)]
        if "note" in table:
            parts += [f"{row[named]}: {row['note']}" for _, row in table.iterrows() if row["note"]]
        return "\n".join(parts)

    def _show(self, value: float) -> str:
        return f"{value:z.{self.digits}f}"


def _make_dispersion(obs: pd.DataFrame, runner: Runner, args: argparse.Namespace) -> pd.DataFrame:
    """Add the false alarms where sets are asked for."""
    table = dispersion_by_house(obs)

    if not args.sets:
        return table
    return table.merge(check_dispersion(obs, args.sets, runner=runner), "left", "house_id")


LEAVE_OUT = _Verb(
    "leave-house-out",
    "Leave out each house in turn: is it predicted, and what hangs on it.",
    "Leave one house out",
    "the polls of each house as the others foresee them (percent; diff: foreseen less seen; in50 "
    "to in95: percent of its polls in the intervals, which share one unknown lean)",
    lambda obs, runner, args: leave_house_out(obs, runner=runner),
    (
        (
            "n_polls",
            "seen",
            "predicted",
            "difference",
            "sd",
            "covered_50_pct",
            "covered_80_pct",
            "covered_95_pct",
            "crps",
        ),
        ("change", "change_lower", "change_upper", "change_moved"),
        ("gap", "gap_lower", "gap_upper", "gap_moved"),
    ),
    about_headline=True,
)
DISPERSION = _Verb(
    "dispersion",
    "Ask of each house whether its polls scatter more, or less, than samples do.",
    "Scatter of each house's polls",
    "variance of a house's polls around the level as it measures it, over that of sampling and "
    "rounding (1 is chance; low and high: 95% interval; power: percent of times that a true ratio "
    "of 1/4, or of 4, would be found)",
    _make_dispersion,
    (
        ("n_polls", "ratio", "ratio_lower", "ratio_upper", "p_under", "p_over"),
        ("power_under_pct", "power_over_pct", "false_under_pct", "false_over_pct"),
    ),
    digits=2,
)
PRIORS = _Verb(
    "priors",
    "Halve and double each prior: what hangs on it.",
    "Sensitivity to the priors",
    "the headline under each prior scale halved and doubled (in sds: how far the estimate moved, "
    "in its own standard deviations)",
    lambda obs, runner, args: prior_sensitivity(obs, runner=runner),
    (
        ("value", "change", "change_lower", "change_upper", "change_moved_sds"),
        ("value", "gap", "gap_lower", "gap_upper", "gap_moved_sds"),
    ),
    digits=2,
    about_headline=True,
)


def add_tables(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the verbs and their options."""
    for verb in (LEAVE_OUT, DISPERSION, PRIORS):
        examples = ("--construct support", "--input my_polls.csv --out table.csv")
        made = add_verb(verbs, verb.name, verb.words, examples, verb.run)
        add_source_options(made)
        add_run_options(made)
        if verb is DISPERSION:
            made.add_argument(
                "--sets",
                type=read_count,
                default=0,
                metavar="N",
                help="also draw N sets of polls for each house, and count false alarms",
            )
        made.add_argument("--out", type=Path, metavar="CSV", help="write the table here")
        add_json_option(made)
