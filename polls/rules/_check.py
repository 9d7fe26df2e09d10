"""Every rule on every row."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from polls.rules.answers import ANSWER_RULES
from polls.rules.dates import DATE_RULES
from polls.rules.habits import HABIT_RULES
from polls.rules.keys import KEY_RULES
from polls.rules.meaning import MEANING_RULES
from polls.rules.order import ORDER_RULES
from polls.rules.rule import Frames, Rule
from polls.rules.shares import SHARE_RULES
from polls.rules.side_tables import SIDE_RULES
from polls.rules.sources import SOURCE_RULES
from polls.rules.studies import STUDY_RULES
from polls.rules.sums import SUM_RULES
from polls.tables import Finding, find_data, parse_table, read_settled, row_keys, tables

# Each rule with the tables that it reads; none named means that it reads all there are.
RULES = [
    *KEY_RULES,
    *ORDER_RULES,
    *DATE_RULES,
    *HABIT_RULES,
    *SHARE_RULES,
    *MEANING_RULES,
    *SOURCE_RULES,
    *ANSWER_RULES,
    *SUM_RULES,
    *STUDY_RULES,
    *SIDE_RULES,
]


def check(data: str | Path | None = None, *, reviewed: bool = False) -> list[Finding]:
    """Run every rule on every row of every table.

    Parameters
    ----------
    data : path-like, optional
        Folder with the tables; the package's own by default.
    reviewed : bool
        List review findings that a row of reviewed.csv has silenced, too.

    Returns
    -------
    list of Finding
        Sorted by table and line. Errors block; a review asks for a look, and is
        silenced by a row of reviewed.csv that names table, row, rule and reason.
        A row of reviewed.csv that silences nothing is an error itself.

    Raises
    ------
    FileNotFoundError
        There is no such folder.

    See Also
    --------
    polls.load : the typed tables, without the rules.

    Examples
    --------
    >>> [finding for finding in check() if finding.level == "error"]
    []
    """
    frames, findings = read_settled(find_data(data), lambda folder, _: read_tables(folder))
    for needed, rule in RULES:
        findings += run_rule(needed, rule, frames)
    return settle(findings, frames, keep=reviewed)


def read_tables(folder: Path) -> tuple[Frames, list[Finding]]:
    """Read all tables that can be read, with a finding for all that cannot.

    Parameters
    ----------
    folder : Path
        Folder with the tables.

    Returns
    -------
    frames : dict of str to DataFrame
        The tables by name, indexed by line. A table whose file or header is at
        fault is left to its own finding: rules that would miss every row of it
        only drown that one.
    findings : list of Finding
    """
    frames: Frames = {}
    findings: list[Finding] = []
    for name, table in tables().items():
        frame, found = parse_table(table.path(folder), table)
        findings += found
        if not any(finding.column == "" or finding.rule == "header" for finding in found):
            frames[name] = frame
    return frames, findings


def run_rule(needed: tuple[str, ...], rule: Rule, frames: Frames) -> Iterator[Finding]:
    """Findings of one rule; none where a table that it reads is not there.

    Parameters
    ----------
    needed : tuple of str
        Tables that the rule reads. It is given these only; all if none is named.
    rule : callable
        Takes the tables, yields findings.
    frames : dict of str to DataFrame
        The tables by name.

    Yields
    ------
    Finding
    """
    if set(needed) <= set(frames):
        yield from rule({name: frames[name] for name in needed or frames})


def settle(findings: Iterable[Finding], frames: Frames, *, keep: bool = False) -> list[Finding]:
    """Name the row of each finding, silence what was reviewed, and sort.

    Parameters
    ----------
    findings : iterable of Finding
        What the rules found.
    frames : dict of str to DataFrame
        The tables by name.
    keep : bool
        Keep findings that a row of reviewed.csv silences.

    Returns
    -------
    list of Finding
    """
    named = _name_rows(findings, frames)
    if "reviewed" not in frames:
        return sorted(named)
    open_ones, stale = _silence(named, frames["reviewed"], keep=keep)
    # Where a table is not there, its rules did not run, and what they found is not stale.
    return sorted(open_ones + (stale if set(frames) == set(tables()) else []))


def _name_rows(findings: Iterable[Finding], frames: Frames) -> list[Finding]:
    """Give each finding the name of its row, by which reviewed.csv can silence it."""
    found = list(findings)
    keys: dict[tuple[str, int], str] = {}
    for name in {finding.table for finding in found} & set(frames):
        lines = {finding.line for finding in found if finding.table == name}
        rows = frames[name][frames[name].index.isin(lines)]
        words = row_keys(tables()[name], rows)
        keys |= {(name, line): key for line, key in zip(words.index, words, strict=True)}
    return [f.with_key(keys.get((f.table, f.line), "")) for f in found]


def _silence(
    findings: list[Finding], reviewed: pd.DataFrame, *, keep: bool
) -> tuple[list[Finding], list[Finding]]:
    """Drop review findings that a person has looked at; report looks at nothing."""
    seen = {
        (row.table, row.key, row.rule): line
        for line, row in zip(reviewed.index, reviewed.itertuples(), strict=True)
    }
    raised = {(f.table, f.key, f.rule) for f in findings if f.level == "review"}
    stale = [
        Finding(
            "reviewed",
            int(line),
            "table+key+rule",
            "stale",
            f"no {rule} finding at {table}: {key}.",
            "remove the row: what it explained is no longer there.",
            key=f"table={table}; key={key}; rule={rule}",
        )
        for (table, key, rule), line in seen.items()
        if (table, key, rule) not in raised
    ]
    open_ones = [
        f for f in findings if keep or f.level == "error" or (f.table, f.key, f.rule) not in seen
    ]
    return open_ones, stale
