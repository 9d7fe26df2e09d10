"""Tables as text with changes that are not written yet; what nobody touched keeps its bytes."""

import csv
import io
import shutil
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from polls.tables import Table, check_form, key_columns, read_file, tables
from polls.tables.files import stamp_tables, write_file

Row = dict[str, str]
OrderKey = Callable[[Row], Any]


@dataclass
class Edit:
    """A row that changes: what it was, and what it is to be (None where it goes)."""

    table: str
    was: Row
    now: Row | None


@dataclass
class Draft:
    """The tables of a folder, and the rows that are to be added, changed or removed.

    Parameters
    ----------
    folder : Path
        Folder of the tables.
    """

    folder: Path
    added: dict[str, list[Row]] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    _read: dict[str, tuple[list[Row], list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stamps = stamp_tables(self.folder)

    def find_changed(self) -> list[str]:
        """Files of tables that are no longer as they were when the draft was begun.

        Other commands wait for the one that holds the tables; an editor, or git, does not.
        """
        now = stamp_tables(self.folder)
        pairs = zip(tables().values(), self._stamps, now, strict=True)
        return [table.path(self.folder).name for table, was, is_now in pairs if was != is_now]

    def rows(self, name: str) -> list[Row]:
        """Rows of a table as text: those in the file, in its order, then the added ones."""
        return self._load(name)[0] + self.added.get(name, [])

    def add(self, name: str, row: Row) -> None:
        """Add a row; it gets its place when the files are made."""
        full = {column: row.get(column, "") for column in tables()[name].names}
        self.added.setdefault(name, []).append(full)

    def change(self, name: str, was: Row, **cells: str) -> Row:
        """Change cells of a row that is in the file or was added, and give the new row."""
        now = was | cells
        for number, row in enumerate(self.added.get(name, [])):
            if row is was:
                self.added[name][number] = now
                return now
        self._replace(name, was, now)
        return now

    def remove(self, name: str, was: Row) -> None:
        """Remove a row that is in the file."""
        self._replace(name, was, None)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        return not self.edits and not any(self.added.values())

    def files(self) -> dict[str, bytes]:
        """New content of the files that change, by file name."""
        changed = {name for name, rows in self.added.items() if rows}
        changed |= {edit.table for edit in self.edits}
        places = _Places(self)
        return {
            f"{name}.csv": "".join(_write_line(table, table.names) + body).encode()
            for name, table in tables().items()
            if name in changed
            for body in [self._merge(name, places)]
        }

    def write_copy(self, folder: Path) -> None:
        """Write all tables, as they are to be, into a new folder."""
        folder.mkdir()
        files = self.files()
        for name in tables():
            path = tables()[name].path(self.folder)
            if path.name in files:
                write_file(folder / path.name, files[path.name])
            else:
                write_file(folder / path.name, read_file(path))
        shutil.copystat(self.folder, folder)

    def _load(self, name: str) -> tuple[list[Row], list[str]]:
        if name not in self._read:
            table = tables()[name]
            # Columns in another order would be taken for each other, and so be written.
            check_form(table.path(self.folder), table)
            # No record is longer than a line: cells have no line breaks (rule `control`).
            lines = read_file(table.path(self.folder)).decode().split("\n")[1:-1]
            records = csv.reader(lines, strict=True)
            rows = [dict(zip(table.names, record, strict=True)) for record in records]
            self._read[name] = rows, [line + "\n" for line in lines]
        return self._read[name]

    def _replace(self, name: str, was: Row, now: Row | None) -> None:
        rows, lines = self._load(name)
        place = next(number for number, row in enumerate(rows) if row is was)
        self.edits.append(Edit(name, was, now))
        if now is None:
            del rows[place], lines[place]
        else:
            rows[place] = now
            lines[place] = _write_line(tables()[name], list(now.values()))[0]

    def _merge(self, name: str, places: "_Places") -> list[str]:
        """Lines of a table with the added rows in their places."""
        rows, lines = self._load(name)
        key = places.order(name)
        keys = [key(row) for row in rows]
        is_sorted = all(one <= other for one, other in pairwise(keys))
        new = sorted(self.added.get(name, []), key=key)
        ends = [_find_place(keys, key(row), is_sorted=is_sorted) for row in new]
        merged: list[str] = []
        begin = 0
        for row, end in sorted(zip(new, ends, strict=True), key=lambda pair: pair[1]):
            merged += lines[begin:end] + _write_line(tables()[name], list(row.values()))
            begin = end
        return merged + lines[begin:]


def copy_series(folder: Path, target: Path, questions: Collection[str]) -> None:
    """Copy tables into a new folder, of the answers only those of all people to some questions.

    That is what a series is made of, and soon read: groups are nine answers in ten.
    """
    target.mkdir()
    for name, table in tables().items():
        content = read_file(table.path(folder))
        if name == "answers":
            question, group = table.names.index("question_id"), table.names.index("subgroup")
            header, *lines = content.decode().split("\n")[:-1]
            kept = [
                line
                for line, row in zip(lines, csv.reader(lines), strict=True)
                if row[group] == "all" and row[question] in questions
            ]
            content = "\n".join([header, *kept, ""]).encode()
        write_file(table.path(target), content)


def find_key(name: str) -> Callable[[Row], tuple[str, ...]]:
    """Give the key of a row of a table."""
    columns = key_columns(tables()[name])
    return lambda row: tuple(row[column] for column in columns)


class _Places:
    """Where rows belong, by the places of the waves, questions and options they refer to."""

    def __init__(self, draft: Draft) -> None:
        houses = sorted(draft.rows("polls"), key=_poll_order)
        self.wave = {row["poll_id"]: place for place, row in enumerate(houses)}
        questions = sorted(draft.rows("questions"), key=lambda row: row["house_id"])
        self.question = {row["question_id"]: place for place, row in enumerate(questions)}
        options = sorted(draft.rows("options"), key=lambda row: self._asked(row["question_id"]))
        keys = ((row["question_id"], row["option"]) for row in options)
        self.option = {key: place for place, key in enumerate(keys)}
        self.group: dict[tuple[str, str, str], int] = {}
        for row in draft.rows("answers"):
            key = row["poll_id"], row["question_id"], row["subgroup"]
            self.group.setdefault(key, len(self.group))

    def order(self, name: str) -> OrderKey:
        """Key by which the rows of a table are in order; new rows go to the end by default."""
        keys: dict[str, OrderKey] = {
            "houses": lambda row: row["house_id"],
            "questions": lambda row: row["house_id"],
            "options": lambda row: self._asked(row["question_id"]),
            "sources": lambda row: row["source_id"],
            "polls": _poll_order,
            "answers": self._answer_order,
            "confirmations": self._answer_order,
            "experiments": lambda row: (row["experiment_id"], row["poll_id_a"]),
            "events": lambda row: row["date"],
            "reviewed": lambda row: (row["table"], row["key"], row["rule"]),
        }
        return keys.get(name, lambda row: 0)

    def _asked(self, question: str) -> int:
        return self.question.get(question, len(self.question))

    def _answer_order(self, row: Row) -> tuple[int, int, bool, int, int]:
        poll, question, group = row["poll_id"], row["question_id"], row["subgroup"]
        return (
            self.wave.get(poll, len(self.wave)),
            self._asked(question),
            group != "all",
            self.group[poll, question, group],
            self.option.get((question, row["option"]), len(self.option)),
        )


def _poll_order(row: Row) -> tuple[str, str, str]:
    return row["house_id"], row["latest"], row["poll_id"]


def _find_place(keys: list[Any], key: Any, *, is_sorted: bool) -> int:
    """Place after the last key that is not larger."""
    if is_sorted:
        return bisect_right(keys, key)
    return max((place for place, other in enumerate(keys, 1) if other <= key), default=0)


def _write_line(table: Table, cells: Iterable[str]) -> list[str]:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return [text.getvalue()]
