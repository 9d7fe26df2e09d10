"""How many slips of a hand that types tables `polls check` reports.

A slip is planted in one cell of a copy of one table, the table is read again, and all rules
run. Kinds of slip are drawn evenly; for each, the tables that have such cells are drawn
evenly, too, so that the large and redundant table `answers` does not decide; then a cell is
drawn evenly from the table. A slip counts as reported when a finding appears that was not
there before, and as placed when one of the new findings names its table and line.

Rules read only the tables that they declare, so the findings of rules that do not read the
spoilt table are those of the clean tables; they are not computed again.
"""

import argparse
import csv
import io
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from polls.checks import RULES, read_tables, run_rule, settle
from polls.findings import Finding
from polls.parse import parse_table
from polls.schema import DATA, tables

# Not typed by hand from sources, or about the tables themselves.
LEFT_OUT = {"microdata_codebook", "corrections", "reviewed"}
SHARES = {"answers", "confirmations", "population", "indirect", "participation", "houses"}
SIDES = {
    "for": "against",
    "against": "for",
    "total_for": "total_against",
    "total_against": "total_for",
}

Rows = list[dict[str, str]]
Cell = tuple[int, str]  # place of the row, name of the column


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


def read_rows() -> dict[str, Rows]:
    """All tables as text."""
    rows = {}
    for name, table in tables().items():
        with table.path(DATA).open(encoding="utf-8", newline="") as file:
            rows[name] = list(csv.DictReader(file))
    return rows


def find_cells(
    rows: dict[str, Rows], wanted: Callable[[str, str, str], bool]
) -> dict[str, list[Cell]]:
    """Cells by table for which `wanted(table, column, text)` holds; filled cells only."""
    cells: dict[str, list[Cell]] = {}
    for name in rows.keys() - LEFT_OUT:
        for place, row in enumerate(rows[name]):
            for column, text in row.items():
                if text and wanted(name, column, text):
                    cells.setdefault(name, []).append((place, column))
    return cells


TYPES = {(n, c.name): c.type for n, table in tables().items() for c in table.columns}
KEYS = {
    (name, key.columns[-1]): (key.table, key.reference[-1])
    for name, table in tables().items()
    for key in table.foreign_keys
}


def swap_digits(rows: dict[str, Rows], table: str, cell: Cell, rng: np.random.Generator) -> str:
    """Exchange two different neighbouring digits; of a day only those of the day of the month."""
    text = rows[table][cell[0]][cell[1]]
    places = _swappable(text, TYPES[table, cell[1]])
    place = int(rng.choice(places))
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _swappable(text: str, kind: str) -> list[int]:
    begin = 8 if kind == "date" else 0
    pairs = range(begin, len(text) - 1)
    return [i for i in pairs if text[i : i + 2].isdigit() and text[i] != text[i + 1]]


def swap_day_and_month(rows: dict[str, Rows], table: str, cell: Cell, _: object) -> str:
    """2022-04-11 becomes 2022-11-04; days after the 12th, which would be no day, are not drawn."""
    year, month, day = rows[table][cell[0]][cell[1]].split("-")
    return f"{year}-{day}-{month}"


def _can_swap_day(text: str) -> bool:
    return int(text[8:]) <= 12 and text[8:] != text[5:7]


def take_other_key(rows: dict[str, Rows], table: str, cell: Cell, rng: np.random.Generator) -> str:
    """A key that exists, but belongs to another row of the table that it leads to."""
    target, column = KEYS[table, cell[1]]
    now = rows[table][cell[0]][cell[1]]
    others = sorted({row[column] for row in rows[target]} - {now})
    return str(rng.choice(others))


def exchange_sides(rows: dict[str, Rows], table: str, cell: Cell, rng: np.random.Generator) -> str:
    """The other side: of an option its pole, of an answer an option that stands there."""
    row = rows[table][cell[0]]
    if table == "options":
        return SIDES[row["pole"]]
    return str(rng.choice(_opposites(rows)[row["question_id"], row["option"]]))


def _opposites(rows: dict[str, Rows]) -> dict[tuple[str, str], list[str]]:
    """Options on the other side by question and option: its counterpart, where there is one."""
    by_question: dict[str, list[dict[str, str]]] = {}
    for row in rows["options"]:
        by_question.setdefault(row["question_id"], []).append(row)
    found = {}
    for question, options in by_question.items():
        for one in options:
            facing = [o for o in options if o["pole"] == SIDES.get(one["pole"])]
            same = [o for o in facing if o["strength"] == one["strength"]]
            if facing:
                found[question, one["option"]] = [o["option"] for o in same or facing]
    return found


def lose_or_double(rows: dict[str, Rows], table: str, cell: Cell, rng: np.random.Generator) -> str:
    """A percentage is not typed at all, or is twice what it was where that is at most 100."""
    text = rows[table][cell[0]][cell[1]]
    if rng.random() < 0.5 or 2 * float(text) > 100 or float(text) == 0:
        return ""
    digits = len(text.partition(".")[2])
    return f"{2 * float(text):.{digits}f}"


def misspell(rows: dict[str, Rows], table: str, cell: Cell, rng: np.random.Generator) -> str:
    """A letter of the house's id is dropped, doubled or exchanged with the next one."""
    text = rows[table][cell[0]][cell[1]]
    place = int(rng.integers(len(text) - 1))
    ways = [text[:place] + text[place + 1 :], text[: place + 1] + text[place:]]
    if text[place] != text[place + 1]:
        ways.append(text[:place] + text[place + 1] + text[place] + text[place + 2 :])
    return str(rng.choice(ways))


def shift_year(rows: dict[str, Rows], table: str, cell: Cell, rng: np.random.Generator) -> str:
    """The year before or after."""
    text = rows[table][cell[0]][cell[1]]
    return f"{int(text[:4]) + int(rng.choice([-1, 1]))}{text[4:]}"


def take_other_size(rows: dict[str, Rows], table: str, cell: Cell, rng: np.random.Generator) -> str:
    """The sample size of another wave, of whatever house, that had another one."""
    column = cell[1]
    now = rows[table][cell[0]][column]
    return str(rng.choice([row[column] for row in rows[table] if row[column] not in ("", now)]))


def make_kinds(
    rows: dict[str, Rows],
) -> dict[str, tuple[dict[str, list[Cell]], Callable[..., str]]]:
    """Each kind of slip: the cells in which it can happen, by table, and what it does."""
    numbers = {"integer", "number", "date"}
    sided = _opposites(rows)
    answers = rows["answers"]
    exchange = find_cells(rows, lambda t, c, x: t == "options" and c == "pole" and x in SIDES)
    exchange["answers"] = [
        (place, "option")
        for place, row in enumerate(answers)
        if (row["question_id"], row["option"]) in sided
    ]
    return {
        "two digits swapped": (
            find_cells(
                rows, lambda t, c, x: TYPES[t, c] in numbers and bool(_swappable(x, TYPES[t, c]))
            ),
            swap_digits,
        ),
        "day and month swapped": (
            find_cells(rows, lambda t, c, x: TYPES[t, c] == "date" and _can_swap_day(x)),
            swap_day_and_month,
        ),
        "key of another row": (find_cells(rows, lambda t, c, _: (t, c) in KEYS), take_other_key),
        "for and against exchanged": (exchange, exchange_sides),
        "percentage lost or doubled": (
            find_cells(
                rows,
                lambda t, c, _: (
                    t in SHARES and (c.endswith("_pct") or (t == "participation" and c == "value"))
                ),
            ),
            lose_or_double,
        ),
        "house misspelt": (find_cells(rows, lambda t, c, _: c == "house_id"), misspell),
        "year off by one": (
            find_cells(rows, lambda t, c, _: TYPES[t, c] == "date"),
            shift_year,
        ),
        "sample size of another wave": (
            find_cells(rows, lambda t, c, _: t == "polls" and c == "sample_size"),
            take_other_size,
        ),
    }


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
        name = str(rng.choice(sorted(cells)))
        place, column = cells[name][int(rng.integers(len(cells[name])))]
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
            Result(kind, name, column, line, was, now, bool(new), placed, len(new), rules)
        )
    return pd.DataFrame(results)


def summarise(results: pd.DataFrame) -> str:
    """Tables in Markdown: by kind, by table, and what slips through."""
    lines = [_sentence(results), "", *_table(results, "kind"), "", *_table(results, "table")]
    missed = results[~results["reported"]]
    counts = missed[["kind", "table", "column"]].value_counts()
    lines += ["", "What slips through, by kind, table and column:", ""]
    lines += ["| kind | table | column | slips |", "|---|---|---|---:|"]
    lines += [f"| {' | '.join(key)} | {count} |" for key, count in zip(counts.index.to_list(), counts, strict=True)]
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


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1000, help="number of slips")
    parser.add_argument("--seed", type=int, default=20220224, help="seed of the draws")
    parser.add_argument("--out", type=Path, help="CSV file for one row per slip")
    arguments = parser.parse_args()
    results = run(arguments.n, arguments.seed)
    if arguments.out:
        results.to_csv(arguments.out, index=False, lineterminator="\n")
    print(summarise(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
