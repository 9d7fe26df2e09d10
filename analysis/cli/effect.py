"""``python -m analysis effect``: what a change of the tables does to the estimates."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import plain
from analysis.claims import Window, main_windows
from analysis.cli.inputs import CommandError, Series, add_json_option, add_verb
from analysis.trend.model import PollTrend
from analysis.trend.options import PUBLISHED
from analysis.trend.results import PollTrendResults

# Gets the polls of a construct from a folder with tables.
FolderSeries = Callable[[str, Path], pd.DataFrame]

EXAMPLES = ("--before polls/data --after my_copy --construct support talks",)
# What of a poll that both states have may have changed.
DATES = ("start_date", "end_date")
NAMES = ("house_id", "sector")
NUMBERS = ("share_pct", "sample_size", "sampling_var", "design_effect", "decimals", "n_parts")
CHANGED = ("share_pct", "sample_size", *DATES, *NAMES, *NUMBERS[2:])
# A wave that far from what the polls before it led one to expect is worth a second look:
# one in eighty by chance.
UNUSUAL_SDS = 2.5


def add_effect(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], series_of: FolderSeries
) -> None:
    """Describe the verb and its options."""
    words = "Compare two folders of tables: level, headline, and waves that only one has."

    def run(args: argparse.Namespace, _: Series) -> None:
        run_effect(args, series_of)

    verb = add_verb(verbs, "effect", words, EXAMPLES, run)
    for name in ("before", "after"):
        verb.add_argument(
            f"--{name}", type=Path, required=True, metavar="DIR", help="folder with the tables"
        )
    verb.add_argument(
        "--construct",
        nargs="+",
        default=["support"],
        metavar="ID",
        help="series to compare (default: support)",
    )
    add_json_option(verb)


def run_effect(args: argparse.Namespace, series_of: FolderSeries) -> None:
    """Fit both series of each construct, compare, and print."""
    records = []
    for construct in dict.fromkeys(args.construct):
        try:
            both = [series_of(construct, folder) for folder in (args.before, args.after)]
        except (ValueError, FileNotFoundError) as error:  # their text names fault and cure
            raise CommandError(str(error)) from None
        try:
            records.append({"construct": construct, **compare(*both)})
        except PollInputError as error:
            records.append({"construct": construct, "note": str(error)})
    if args.json:
        print(json.dumps(plain(records), indent=2, ensure_ascii=False))
    else:
        print("\n".join(line for record in records for line in as_lines(record)))


def compare(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, Any]:
    """Compare the estimates from two states of one series.

    Parameters
    ----------
    before, after : DataFrame
        Polls as for :class:`~analysis.trend.model.PollTrend`, with poll_id.

    Returns
    -------
    dict
        levels: date, state, mean, lower, upper (percent; the mean of these houses);
        headline: since, until (first and last day of each window), reference, state, mean, lower,
        upper (points); new and gone: poll_id,
        house_id, end_date, share_pct, and where the other state has polls expected, sd and z of
        the share; changed: poll_id, column (one that the model reads), was, now; notes: where
        numbers of both states are of other houses or days; warnings: state, text, of each fit.
        By the published model.

    Raises
    ------
    PollInputError
        A series cannot be fitted, or there is none.
    """
    states = {"before": before, "after": after}
    fits = {name: _fit(name, obs) for name, obs in states.items() if not obs.empty}
    if not fits:
        raise PollInputError("there are no polls, before or after", "name another construct")
    # One state gives days to both, so that the levels of one day stand side by side.
    days = sorted({results.observations.last_date for results in fits.values()})
    headline = [_headline(name, results) for name, results in fits.items()]
    return {
        "levels": [_level(name, results, day) for day in days for name, results in fits.items()],
        "headline": headline,
        "new": _only_in(after, before, fits.get("before")),
        "gone": _only_in(before, after, fits.get("after")),
        "changed": _changed(before, after),
        "notes": [*_tell_other_houses(fits), *_tell_other_days(headline)],
        "warnings": [
            {"state": name, "text": text}
            for name, results in fits.items()
            for text in results.diagnostics()["warnings"]
        ],
    }


def _fit(state: str, obs: pd.DataFrame) -> PollTrendResults:
    try:
        return PollTrend(obs, options=PUBLISHED).fit()
    except PollInputError as error:
        raise error.located_in(state) from None


def _tell_other_houses(fits: dict[str, PollTrendResults]) -> list[str]:
    """A mean of other houses lies elsewhere, whatever opinion does."""
    houses = {state: set(results.observations.houses) for state, results in fits.items()}
    told = [
        f"{', '.join(sorted(own - other))} {state} alone"
        for state, own in houses.items()
        for other in houses.values()
        if own - other
    ]
    return [f"the means are not of the same houses: {'; '.join(told)}"] if told else []


def _tell_other_days(headline: list[dict[str, Any]]) -> list[str]:
    asked = [tuple(str(row[name]) for name in ("since", "until", "reference")) for row in headline]
    if len(set(asked)) < 2:
        return []
    return ["the changes are between other days, or of other houses, and not to be compared"]


def _level(state: str, results: PollTrendResults, day: Any) -> dict[str, Any]:
    row = results.trend(reference="houses", dates=[str(day)]).iloc[0]
    return {"state": state, "date": row["date"], **_interval(row)}


def _headline(state: str, results: PollTrendResults) -> dict[str, Any]:
    """Change between the windows of the headline; from first to last day where none fits."""
    found = main_windows(results.observations.polls)
    if found is None:
        first, last = (
            pd.Timestamp(day)
            for day in (results.observations.first_date, results.observations.last_date)
        )
        found = Window(first, first), Window(last, last), "houses"
    since, until, reference = found
    days = {"since": list(since), "until": list(until)}
    change = results.change(since, until, reference=reference)
    return {"state": state, **days, "reference": reference, **_interval(change)}


def _interval(row: pd.Series[Any]) -> dict[str, float]:
    return {name: float(row[name]) for name in ("mean", "lower", "upper")}


def _only_in(
    mine: pd.DataFrame, other: pd.DataFrame, results: PollTrendResults | None
) -> list[dict[str, Any]]:
    """Polls of one state only, beside what the other state's polls lead one to expect."""
    rows = mine[~mine["poll_id"].isin(other["poll_id"])].reset_index(drop=True)
    table = rows[["poll_id", "house_id", "end_date", "share_pct"]]
    if len(rows) and results is not None:
        expected = results.get_prediction(rows).summary_frame()
        z = (rows["share_pct"] - expected["mean"]) / expected["sd"]
        table = table.assign(expected=expected["mean"], sd=expected["sd"], z=z)
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _changed(before: pd.DataFrame, after: pd.DataFrame) -> list[dict[str, Any]]:
    both = [obs.reindex(columns=["poll_id", *CHANGED]) for obs in (before, after)]
    merged = both[0].merge(both[1], on="poll_id", suffixes=("_before", "_after"))
    rows = []
    for column in CHANGED:
        was, now = merged[f"{column}_before"], merged[f"{column}_after"]
        moved = (was - now).abs() > 1e-9 if column in NUMBERS else was != now
        gone, came = was.isna(), now.isna()
        moved = (moved.fillna(False) & ~(gone & came)) | (gone != came)
        table = merged[["poll_id"]].assign(column=column, was=was, now=now)
        rows += table[moved].to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def as_lines(record: dict[str, Any]) -> list[str]:
    """Write the comparison of one construct as lines of text."""
    lines = [f"{record['construct']}, the mean of these houses, whose effects may drift:"]
    if "note" in record:
        return [*lines, f"  not fitted: {record['note']}"]
    for row in record["levels"]:
        lines.append(f"  level on {row['date']:%Y-%m-%d} {_numbers(row)}")
    for row in record["headline"]:
        days = f"{_span(row['since'])} to {_span(row['until'])}"
        lines.append(f"  change of {row['reference']}, {days}, {_numbers(row, sign='+')}")
    for word in ("new", "gone"):
        lines += [line for row in record[word] for line in _poll_lines(word, row)]
    for row in record["changed"]:
        was, now = (_show(row["column"], row[name]) for name in ("was", "now"))
        of = "" if row["column"] == "share_pct" else f", {row['column']}"
        lines.append(f"  {row['poll_id']}{of}: {was} -> {now}")
    lines += [f"  note: {text}" for text in record["notes"]]
    lines += [f"  WARNING, {row['state']}: {row['text']}" for row in record["warnings"]]
    return lines


def _show(column: str, value: Any) -> str:
    if pd.isna(value):
        return "none"
    if column == "share_pct":
        return f"{value:.1f}"
    if column in DATES:
        return f"{pd.Timestamp(value):%Y-%m-%d}"
    return f"{value:.6g}" if column in NUMBERS else str(value)


def _span(window: list[pd.Timestamp]) -> str:
    first, last = (f"{day:%Y-%m-%d}" for day in window)
    return first if first == last else f"{first}..{last}"


def _numbers(row: dict[str, Any], sign: str = "") -> str:
    ends = f"{row['lower']:{sign}z.1f} to {row['upper']:{sign}z.1f}"
    return f"{row['state'] + ':':<7} {row['mean']:{sign}z.1f} ({ends})"


def _poll_lines(word: str, row: dict[str, Any]) -> list[str]:
    line = f"  {word} {row['poll_id']}: {row['share_pct']:.1f}"
    if "z" not in row:
        return [line]
    line += f", expected {row['expected']:.1f} (sd {row['sd']:.1f}), residual {row['z']:+.1f} sds"
    if abs(row["z"]) <= UNUSUAL_SDS:
        return [line]
    return [line, f"  UNUSUAL: more than {UNUSUAL_SDS:g} sds away. Read the source again."]
