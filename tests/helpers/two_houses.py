"""Tables of two houses only, in which a test can enter, check and break things in a moment."""

import csv
from pathlib import Path

from polls.rules import check
from polls.tables import DATA, tables

HOUSES = ("fom", "levada")
# Waves that come later are left out, so that no test hangs on them.
UNTIL = "2026-03-15"
# Tables whose rows belong to a house, a question or a wave of it; the others lose all their rows.
KEPT = ("constructs", "houses", "questions", "options", "polls", "answers", "confirmations")


def make_two_houses(folder: Path) -> Path:
    """Write the tables of two houses, without errors and without findings to review.

    Parameters
    ----------
    folder : Path
        Where the tables are to be; it must not be there yet.

    Returns
    -------
    Path
        The same folder.
    """
    folder.mkdir()
    rows = {name: read_rows(DATA / f"{name}.csv") for name in tables()}
    asked = {row["question_id"] for row in rows["questions"] if row["house_id"] in HOUSES}
    measured = {row["construct_id"] for row in rows["questions"] if row["question_id"] in asked}
    waves = {
        row["poll_id"]
        for row in rows["polls"]
        if row["house_id"] in HOUSES and row["latest"] <= UNTIL
    }
    belongs = {
        "constructs": lambda row: row["construct_id"] in measured,
        "houses": lambda row: row["house_id"] in HOUSES,
        "questions": lambda row: row["question_id"] in asked,
        "options": lambda row: row["question_id"] in asked,
        "polls": lambda row: row["poll_id"] in waves,
        "answers": lambda row: row["poll_id"] in waves,
        "confirmations": lambda row: row["poll_id"] in waves,
    }
    kept = {name: list(filter(belongs[name], rows[name])) if name in KEPT else [] for name in rows}
    for row in kept["houses"]:
        row["publication_delay_days"] = ""  # a median of all waves
    kept["reviewed"] = rows["reviewed"]
    used = {row["source_id"] for name in KEPT for row in kept[name] if "source_id" in row}
    kept["sources"] = [row for row in rows["sources"] if row["source_id"] in used]
    for name in tables():
        write_rows(folder / f"{name}.csv", kept[name], tables()[name].names)
    findings = check(folder)
    stale = {finding.key for finding in findings if finding.rule == "stale"}
    explained = [row for row in kept["reviewed"] if name_reason(row) not in stale]
    for table, key, rule in {(f.table, f.key, f.rule) for f in findings if f.level == "review"}:
        words = {"reason": "a wave was left out", "reviewed": UNTIL}
        explained.append({"table": table, "key": key, "rule": rule} | words)
    explained.sort(key=name_reason)
    write_rows(folder / "reviewed.csv", explained, tables()["reviewed"].names)
    return folder


def name_reason(row: dict[str, str]) -> str:
    """Name a row of reviewed.csv as findings do."""
    return f"table={row['table']}; key={row['key']}; rule={row['rule']}"


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[dict[str, str]], names: list[str]) -> None:
    """Write a table from text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
