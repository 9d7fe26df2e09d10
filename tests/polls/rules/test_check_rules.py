"""Every rule of `check` finds the fault that is planted for it, where it was planted.

data/planted_faults.csv has a line for each fault: the rule, the table, the row (some of its
cells as "column=value; column=value"; several rows parted by "|"; empty for a new row at the
end), what is typed instead (after a "+": into a copy of the row that is added below it), the
column in which it must be found, where it is found at another row "table: row", and what is told:
level, message and cure, with "#" for each number, as some are medians of the waves that there are.
"""

import ast
import csv
import io
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from helpers.paths import ROOT, TESTS
from helpers.small_data import make_small_data

from polls.rules import RULES, Frames, check, read_tables, run_rule, settle
from polls.tables import Finding, parse_table, tables
from polls.tables.parse import empty_frame

RULE_MODULES = sorted((ROOT / "polls" / "rules").glob("*.py"))
PARSE = ROOT / "polls" / "tables" / "parse.py"
with (TESTS / "data" / "planted_faults.csv").open(encoding="utf-8") as lines:
    FAULTS = list(csv.DictReader(lines))
# Faults of whole files; test_bad_tables.py plants one for each.
FILE_RULES = {"file", "bom", "nul", "line_end", "encoding", "cells", "csv", "header"}


@cache
def data() -> Path:
    """Folder with a small copy of the tables."""
    return make_small_data(Path(tempfile.mkdtemp(prefix="polls-")) / "data")


@cache
def read_rows(name: str) -> tuple[dict[str, str], ...]:
    """A table as text."""
    with (data() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def clean() -> tuple[dict, list[list[Finding]], Counter]:
    """The tables as they are, what each rule finds in them, and what is found in all."""
    frames, parsed = read_tables(data())
    assert parsed == []
    found = [list(run_rule(needed, rule, frames)) for needed, rule in RULES]
    everything = settle([f for findings in found for f in findings], frames)
    return frames, found, Counter((f.table, f.line, f.column, f.rule) for f in everything)


def read_cells(text: str) -> dict[str, str]:
    """Cells from "column=value; column=value"."""
    return dict(part.split("=", 1) for part in text.split("; ") if part)


def find_row(name: str, where: str) -> int:
    """Place of the first row that has some cells."""
    cells = read_cells(where)
    for place, row in enumerate(read_rows(name)):
        if all(row[column] == value for column, value in cells.items()):
            return place
    raise AssertionError(f"{name} has no row {where}")


def spoil(name: str, where: str, edit: str) -> tuple[list[dict[str, str]], int]:
    """Rows of a table after an edit, and the line of the (first) spoilt row."""
    rows = [dict(row) for row in read_rows(name)]
    if edit.startswith("+"):
        place = find_row(name, where) + 1 if where else len(rows)
        model = rows[place - 1] if where else dict.fromkeys(tables()[name].names, "")
        rows.insert(place, model | read_cells(edit[1:].lstrip()))
        return rows, place + 2
    places = [find_row(name, one) for one in where.split(" | ")]
    for place in places:
        assert not rows[place].items() >= read_cells(edit).items(), "the fault is there already"
        rows[place] |= read_cells(edit)
    return rows, places[0] + 2


def find_new(
    tmp_path: Path, name: str, rows: list[dict[str, str]], modules: set[str]
) -> list[Finding]:
    """Findings of some modules of rules that come up when one table is replaced.

    Rules read what they declare only, so that the others need not run again.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, tables()[name].names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / f"{name}.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    frames, found, before = clean()
    frame, findings = parse_table(path, tables()[name])
    frames = frames | {name: frame}
    for (needed, rule), known in zip(RULES, found, strict=True):
        mine = getattr(rule, "func", rule).__module__.rpartition(".")[2] in modules
        reads = mine and (name in needed or not needed)
        findings += list(run_rule(needed, rule, frames)) if reads else known
    new = settle(findings, frames)
    return [f for f in new if before[f.table, f.line, f.column, f.rule] == 0]


@pytest.mark.long("each planted fault meets rules over all tables", quick=8)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['rule']}-{fault['table']}")
def test_a_planted_fault_is_found_where_it_is(fault: dict[str, str], tmp_path: Path) -> None:
    """The rule names table, line and column of its fault, and a cure."""
    rule, table, column = fault["rule"], fault["table"], fault["column"]
    rows, line = spoil(table, fault["row"], fault["edit"])
    new = find_new(tmp_path, table, rows, modules_by_rule().get(rule, set()))
    if fault["found_at"]:
        table, row = fault["found_at"].split(": ", 1)
        line = find_row(table, row) + 2
    mine = [f for f in new if (f.table, f.line, f.column, f.rule) == (table, line, column, rule)]
    assert mine, "\n".join(map(str, new)) or "nothing was found"
    told = f"{mine[0].level}: {mine[0].message} {mine[0].cure}"
    assert re.sub(r"\d+(\.\d+)?", "#", told) == fault["told"]


def test_every_rule_has_a_planted_fault() -> None:
    """No rule name in the sources is without a fault that fails when the rule is taken away."""
    planted = {fault["rule"] for fault in FAULTS} | FILE_RULES
    assert set(modules_by_rule()) | parse_rules() == planted


@cache
def modules_by_rule() -> dict[str, set[str]]:
    """Modules that raise each rule, whose name is the fourth argument of Finding and find."""
    modules: dict[str, set[str]] = {}
    for path in RULE_MODULES:
        for call in calls(path, "Finding", "find"):
            assert isinstance(call.args[3], ast.Constant), f"{path.name}:{call.lineno}"
            modules.setdefault(call.args[3].value, set()).add(path.stem)
    return modules


def parse_rules() -> set[str]:
    """Names of rules by which a file or a cell cannot be read."""
    names = {call.args[0].value for call in calls(PARSE, "Fault")}
    # The reader passes the names of faults of cells on; its own are constants.
    for position in (3, 1):
        for call in calls(PARSE, *(("Finding",) if position == 3 else ("found",))):
            if isinstance(call.args[position], ast.Constant):
                names.add(call.args[position].value)
    return names | {"nul", "line_end"}


def calls(path: Path, *functions: str) -> list[ast.Call]:
    """Calls of some functions in a source file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [node for node in nodes if isinstance(node.func, ast.Name) and node.func.id in functions]


def test_every_finding_in_the_tables_is_explained() -> None:
    """There is no error, and each review has its row of reviewed.csv, which has no other rows."""
    shown = check(reviewed=True)
    assert [str(finding) for finding in shown if finding.level == "error"] == []
    explained = {(row["table"], row["key"], row["rule"]) for row in read_rows("reviewed")}
    assert {(f.table, f.key, f.rule) for f in shown} == explained


def test_a_reviewed_finding_is_kept_from_the_list() -> None:
    """Only errors and open reviews are listed; of another row, the same review is."""
    frames = {"reviewed": clean()[0]["reviewed"], "polls": clean()[0]["polls"]}
    row = frames["reviewed"].query("table == 'polls'").iloc[0]
    polls = frames["polls"].set_index("poll_id", drop=False)["poll_id"]
    line = frames["polls"].index[polls == row["key"].removeprefix("poll_id=")][0]
    finding = Finding("polls", int(line), "", row["rule"], "found.", "mend it.", "review")
    other = replace(finding, line=int(line) + 1)
    assert [f.line for f in settle([finding, other], frames)] == [other.line]
    assert len(settle([finding, other], frames, keep=True)) == 2
    assert len(settle([replace(finding, level="error")], frames)) == 1


def test_a_reviewed_row_for_an_error_is_stale() -> None:
    """An error cannot be explained away: it stays, and the row that tries is an error, too."""
    frames = dict(clean()[0])
    row = frames["reviewed"].query("table == 'polls'").iloc[0]
    polls = frames["polls"]
    line = polls.index[polls["poll_id"] == row["key"].removeprefix("poll_id=")][0]
    finding = Finding("polls", int(line), "", row["rule"], "found.", "mend it.", "review")
    explained = {f.line for f in settle([finding], frames) if f.table == "reviewed"}
    error = settle([replace(finding, level="error")], frames)
    stale = {f.line for f in error if f.rule == "stale"} - explained
    assert stale == {frames["reviewed"].index[frames["reviewed"]["key"] == row["key"]][0]}
    assert [f.line for f in error if f.table == "polls"] == [int(line)]


@pytest.mark.long("each planted fault meets rules over all tables")
def test_no_empty_cell_brings_a_rule_down() -> None:
    """Rules cope with tables of which a third of all cells is empty."""
    rng = np.random.default_rng(0)
    holes = {
        name: frame.mask(rng.random(frame.shape) < 1 / 3) for name, frame in clean()[0].items()
    }
    for needed, rule in RULES:
        assert all(finding.cure for finding in run_rule(needed, rule, holes))


@pytest.mark.long("all rules run on tables without rows")
def test_no_rule_needs_a_row() -> None:
    """Rules cope with tables that have a header only."""
    bare = {name: empty_frame(table) for name, table in tables().items()}
    assert [f for needed, rule in RULES for f in run_rule(needed, rule, bare)] == []


@pytest.mark.parametrize(
    ("column", "rule", "is_there"),
    [("sample_size", "type", True), ("", "csv", False), ("sample_size", "header", False)],
)
def test_a_table_with_a_fault_in_a_cell_meets_the_rules_all_the_same(
    column: str, rule: str, is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose file or header is at fault does not."""
    finding = Finding("polls", 5, column, rule, "found.", "mend it.")
    monkeypatch.setattr(
        "polls.rules._check.parse_table",
        lambda path, table: (empty_frame(table), [finding] if path.stem == "polls" else []),
    )
    frames, found = read_tables(Path("data"))
    assert found == [finding]
    assert ("polls" in frames) == is_there
    assert set(frames) | {"polls"} == set(tables())


@pytest.mark.parametrize(
    ("there", "given"),
    [(["polls"], None), (["polls", "answers"], "polls answers"), (["answers"], None),
     (["polls", "answers", "events"], "polls answers")],
)  # fmt: skip
def test_a_rule_is_given_the_tables_that_it_reads_or_does_not_run(
    there: list[str], given: str | None
) -> None:
    frames = {name: empty_frame(tables()[name]) for name in there}
    seen: list[str] = []

    def rule(tables: Frames) -> Iterator[Finding]:
        seen.append(" ".join(tables))
        yield from ()

    assert list(run_rule(("polls", "answers"), rule, frames)) == []
    assert seen == ([given] if given else [])
