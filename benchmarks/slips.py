"""Slips of a hand that types tables: in which cells each can happen, and what it does."""

import argparse
import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from polls.tables import DATA, tables

# Not typed by hand from sources, or about the tables themselves.
LEFT_OUT = {"microdata_codebook", "corrections", "reviewed"}
SIDES = {
    "for": "against",
    "against": "for",
    "total_for": "total_against",
    "total_against": "total_for",
}

Rows = list[dict[str, str]]
Cell = tuple[int, str]  # place of the row, name of the column
Wanted = Callable[[str, str, dict[str, str]], bool]
Spoil = Callable[[dict[str, Rows], str, Cell, np.random.Generator], str]


def read_rows() -> dict[str, Rows]:
    """All tables as text."""
    rows = {}
    for name, table in tables().items():
        with table.path(DATA).open(encoding="utf-8", newline="") as file:
            rows[name] = list(csv.DictReader(file))
    return rows


def find_cells(rows: dict[str, Rows], wanted: Wanted) -> dict[str, list[Cell]]:
    """Cells by table for which `wanted(table, column, row)` holds; filled cells only."""
    cells: dict[str, list[Cell]] = {}
    for name in rows.keys() - LEFT_OUT:
        for place, row in enumerate(rows[name]):
            for column, text in row.items():
                if text and wanted(name, column, row):
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


def part_answers(cells: dict[str, list[Cell]], rows: dict[str, Rows]) -> dict[str, list[Cell]]:
    """Answers as two tables: nine in ten are recomputed, and far more redundant than the rest."""
    parts = {name: found for name, found in cells.items() if name != "answers"}
    for cell in cells.get("answers", []):
        recomputed = rows["answers"][cell[0]]["origin"] == "recomputed"
        parts.setdefault(f"answers {'recomputed' if recomputed else 'printed'}", []).append(cell)
    return parts


def make_kinds(rows: dict[str, Rows]) -> dict[str, tuple[dict[str, list[Cell]], Spoil]]:
    """Each kind of slip: the cells in which it can happen, by table, and what it does."""
    sided = _opposites(rows)

    def is_swappable(table: str, column: str, row: dict[str, str]) -> bool:
        kind = TYPES[table, column]
        return kind in {"integer", "number", "date"} and bool(_swappable(row[column], kind))

    def is_sided(table: str, column: str, row: dict[str, str]) -> bool:
        if table == "answers":
            return column == "option" and (row["question_id"], row["option"]) in sided
        return (table, column) == ("options", "pole") and row["pole"] in SIDES

    def is_share(table: str, column: str, row: dict[str, str]) -> bool:
        return column.endswith("_pct") or (column == "value" and row.get("unit") == "percent")

    def is_day(table: str, column: str, _: dict[str, str]) -> bool:
        return TYPES[table, column] == "date"

    kinds: dict[str, tuple[Wanted, Spoil]] = {
        "two digits swapped": (is_swappable, swap_digits),
        "day and month swapped": (
            lambda t, c, row: is_day(t, c, row) and _can_swap_day(row[c]),
            swap_day_and_month,
        ),
        "key of another row": (lambda t, c, _: (t, c) in KEYS, take_other_key),
        "for and against exchanged": (is_sided, exchange_sides),
        "percentage lost or doubled": (is_share, lose_or_double),
        "house misspelt": (lambda t, c, _: c == "house_id", misspell),
        "year off by one": (is_day, shift_year),
        "sample size of another wave": (
            lambda t, c, _: (t, c) == ("polls", "sample_size"),
            take_other_size,
        ),
    }
    return {
        kind: (part_answers(find_cells(rows, wanted), rows), spoil)
        for kind, (wanted, spoil) in kinds.items()
    }


def run_alone(
    about: str,
    run: Callable[[int, int], pd.DataFrame],
    summarise: Callable[[pd.DataFrame], str],
    slips: int,
    seed: int,
) -> int:
    """Run a benchmark of slips from the command line, with as many slips as are asked for."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("-n", type=int, default=slips, help="number of slips")
    parser.add_argument("--seed", type=int, default=seed, help="seed of the draws")
    parser.add_argument("--out", type=Path, help="CSV file for one row per slip")
    arguments = parser.parse_args()
    results = run(arguments.n, arguments.seed)
    if arguments.out:
        results.to_csv(arguments.out, index=False, lineterminator="\n")
    print(summarise(results))
    return 0
