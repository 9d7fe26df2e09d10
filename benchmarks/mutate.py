"""How many slips of a hand that types tables `polls check` reports.

A slip is planted in one cell of a copy of one table, the table is read again, and all rules
run. Kinds of slip are drawn evenly; for each, the tables that have such cells are drawn
evenly, too, so that the largest does not decide; then a cell is drawn evenly from the table.
`answers` is drawn as two tables: the recomputed rows, which are redundant, and the printed
ones. A slip counts as reported when a finding appears that was not there before, and as
placed when one of the new findings names its table and line.

Rules read only the tables that they declare, so the findings of rules that do not read the
spoilt table are those of the clean tables; they are not computed again.
"""

import csv
import io
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from slips import Rows, make_kinds, read_rows, run_alone

from polls.rules import RULES, read_tables, run_rule, settle
from polls.tables import DATA, Finding, parse_table, tables

TITLE = "Slips of the hand that `polls check` reports"
SLIPS = 1000
SEED = 20220224


@dataclass(frozen=True)
class Result:
    """What became of one slip."""

    kind: str
    table: str
    column: str
    line: int
    was: str
    now: str
    reported: bool
    placed: bool
    n_findings: int
    rules: str


class Bench:
    """The clean tables, and what each rule finds in them."""

    def __init__(self) -> None:
        self.frames, self.parsed = read_tables(DATA)
        self.found = [list(run_rule(needed, rule, self.frames)) for needed, rule in RULES]
        everything = [*self.parsed, *(f for found in self.found for f in found)]
        self.before = Counter(map(_identify, settle(everything, self.frames)))
        self.folder = Path(tempfile.mkdtemp(prefix="polls-bench-"))

    def check(self, name: str, rows: Rows) -> list[Finding]:
        """Findings that are new when the table `name` is as given."""
        text = io.StringIO()
        writer = csv.DictWriter(text, tables()[name].names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path = self.folder / f"{name}.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="\n")
        frame, findings = parse_table(path, tables()[name])
        frames = self.frames | {name: frame}
        findings += [finding for finding in self.parsed if finding.table != name]
        for (needed, rule), found in zip(RULES, self.found, strict=True):
            read = name in needed or not needed
            findings += list(run_rule(needed, rule, frames)) if read else found
        seen = self.before.copy()
        new = []
        for finding in settle(findings, frames):
            if seen[_identify(finding)] > 0:
                seen[_identify(finding)] -= 1
            else:
                new.append(finding)
        return new


def _identify(finding: Finding) -> tuple[object, ...]:
    """What makes a finding the same one; its words may repeat the number that was spoilt."""
    return finding.table, finding.line, finding.column, finding.rule


def run(n: int, seed: int) -> pd.DataFrame:
    """Plant `n` slips one at a time.

    Parameters
    ----------
    n : int
        Number of slips.
    seed : int
        Seed of the draws.

    Returns
    -------
    DataFrame
        One row per slip, with the columns of Result.
    """
    rng = np.random.default_rng(seed)
    rows, bench = read_rows(), Bench()
    kinds = make_kinds(rows)
    results = []
    for number in range(n):
        kind = list(kinds)[number % len(kinds)]
        cells, spoil = kinds[kind]
        part = str(rng.choice(sorted(cells)))
        place, column = cells[part][int(rng.integers(len(cells[part])))]
        name = part.split()[0]
        was = rows[name][place][column]
        now = spoil(rows, name, (place, column), rng)
        spoilt = [*rows[name]]
        spoilt[place] = rows[name][place] | {column: now}
        # Every record of the tables is one line, the header is the first.
        line = place + 2
        new = bench.check(name, spoilt)
        placed = any(finding.table == name and finding.line == line for finding in new)
        rules = " ".join(sorted({finding.rule for finding in new}))
        results.append(
            Result(kind, part, column, line, was, now, bool(new), placed, len(new), rules)
        )
    return pd.DataFrame(results)


def summarise(results: pd.DataFrame) -> str:
    """Tables in Markdown: by kind, by table, and what slips through."""
    lines = [_sentence(results), "", *_table(results, "kind"), "", *_table(results, "table")]
    missed = results[~results["reported"]]
    counts = missed[["kind", "table", "column"]].value_counts()
    lines += ["", "What slips through, by kind, table and column:", ""]
    lines += ["| kind | table | column | slips |", "|---|---|---|---:|"]
    for key, count in zip(counts.index.to_list(), counts, strict=True):
        lines.append(f"| {' | '.join(key)} | {count} |")
    return "\n".join(lines)


def _sentence(results: pd.DataFrame) -> str:
    reported = results["reported"]
    return (
        f"Of {len(results)} slips {reported.sum()} are reported ({reported.mean():.1%}); the right "
        f"table and line is named for {results.loc[reported, 'placed'].mean():.1%} of these. A "
        f"reported slip gives {results.loc[reported, 'n_findings'].median():.0f} findings "
        f"in the median."
    )


def _table(results: pd.DataFrame, by: str) -> list[str]:
    lines = [f"| {by} | slips | reported | of these placed |", "|---|---:|---:|---:|"]
    for key, group in results.groupby(by):
        reported = group["reported"]
        placed = group.loc[reported, "placed"].mean() if reported.any() else float("nan")
        lines.append(f"| {key} | {len(group)} | {reported.mean():.0%} | {placed:.0%} |")
    return lines


def report() -> str:
    """What 1,000 slips come to, in Markdown."""
    results = run(SLIPS, SEED)
    how = (
        f"{SLIPS:,} slips in single cells, seed {SEED}: kinds drawn evenly, then tables evenly "
        "among those that have such cells (recomputed and printed answers apart), then cells "
        "evenly within the table."
    )
    return f"{how}\n\n{summarise(results)}"


if __name__ == "__main__":
    sys.exit(run_alone(__doc__, run, summarise, SLIPS, SEED))
