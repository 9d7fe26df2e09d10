"""Adding waves and answers: read, enter, check, show, and write all tables or none."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from polls.entry import store
from polls.entry.draft import Draft
from polls.entry.effect import Effect
from polls.entry.enter import Entry, enter_answers, enter_rows
from polls.entry.faults import EntryError, Fault
from polls.entry.flat import Line, read_flat, read_lines, read_rows
from polls.entry.judge import judge
from polls.entry.report import count, describe, describe_findings, indent
from polls.tables.schema import tables

# Tables whose rows can come in files of their own, in the order in which they refer to others.
BY_ROW = (
    "constructs",
    "houses",
    "questions",
    "options",
    "sources",
    "polls",
    "overlaps",
    "participation",
    "indirect",
    "experiments",
    "events",
)
Consent = Callable[[str], bool]


@dataclass(frozen=True)
class Request:
    """What is to be added.

    Parameters
    ----------
    file : Path or None
        Flat file of percentages.
    rows : mapping of str to Path
        Files with rows of tables, by table.
    reviewed : Path or None
        Reasons for review findings: table, key, rule, reason.
    subgroups : sequence of str
        Groups of respondents that are new and meant.
    """

    file: Path | None = None
    rows: Mapping[str, Path] = field(default_factory=dict)
    reviewed: Path | None = None
    subgroups: Sequence[str] = ()


def add(
    request: Request,
    folder: Path,
    *,
    consent: Consent,
    say: Callable[[str], None],
    dry_run: bool = False,
) -> bool:
    """Add what a request names to the tables of a folder.

    Parameters
    ----------
    request : Request
        Files that are read.
    folder : Path
        Folder of the tables.
    consent : callable
        Is given the question, and says whether to write.
    say : callable
        Is given each part of the report.
    dry_run : bool
        Show what would be done, and write nothing.

    Returns
    -------
    bool
        Whether the tables now hold what the request names (with `dry_run`, would hold it).

    Raises
    ------
    EntryError
        With all faults of the files, and all errors that `check` finds in the tables with
        the new rows. Nothing is written then.
    """
    files = _read_files(request)
    with store.hold(folder):
        entry = _enter(files, Draft(folder), request.subgroups)
        if entry.draft.is_empty:
            say(f"Nothing is new: {count(entry.already, 'row')} there already.")
            return True
        with tempfile.TemporaryDirectory(prefix="polls-") as name:
            union = Path(name)
            entry.draft.write_copy(union)
            effect = Effect(folder, union, find_constructs(entry.draft))
            try:
                verdict = judge(entry, union, files.reasons)
                if verdict.errors:
                    raise EntryError(errors=verdict.errors)
            except BaseException:
                effect.stop()
                raise
            say("\n".join([*describe(entry), *describe_findings(verdict)]))
            say("Estimates:\n" + indent(effect.tell()))
        if dry_run:
            say("A dry run: nothing was written.")
            return True
        more = (
            f" with {count(len(verdict.reviews), 'finding')} to review" if verdict.reviews else ""
        )
        if not consent(f"Write this{more}?"):
            say("Nothing was written.")
            return False
        written = entry.draft.files()
        store.write(folder, written)
        say(f"Written: {', '.join(written)}.")
    return True


@dataclass(frozen=True)
class _Files:
    """Rows of the files of a request."""

    flat: list[Line]
    rows: dict[str, list[Line]]
    reasons: list[Line]


def _read_files(request: Request) -> _Files:
    """Read all files, so that the faults of all are named at once."""
    faults: list[Fault] = []

    def attempt(read: Callable[[Path], list[Line]], path: Path | None) -> list[Line]:
        try:
            return read(path) if path else []
        except EntryError as error:
            faults.extend(error.faults)
            return []

    flat = attempt(read_flat, request.file)
    rows = {name: attempt(partial(read_rows, name=name), request.rows.get(name)) for name in BY_ROW}
    reasons = attempt(_read_reasons, request.reviewed)
    if faults:
        raise EntryError(faults)
    return _Files(flat, rows, reasons)


def _read_reasons(path: Path) -> list[Line]:
    columns = {c.name: c for c in tables()["reviewed"].columns if c.name != "reviewed"}
    return read_lines(path, columns, list(columns))


def _enter(files: _Files, draft: Draft, subgroups: Sequence[str]) -> Entry:
    entry = Entry(draft, subgroups)
    for name in BY_ROW:
        enter_rows(entry, name, files.rows[name])
    enter_answers(entry, files.flat)
    if entry.faults:
        raise EntryError(entry.faults)
    return entry


def find_constructs(draft: Draft) -> list[str]:
    """Constructs whose series a draft changes, in the order of constructs.csv."""
    questions = {row["question_id"]: row for row in draft.rows("questions")}
    polls = {edit.was["poll_id"] for edit in draft.edits if edit.table == "polls"}
    changed = draft.added.get("answers", []) + [
        edit.was for edit in draft.edits if edit.table == "answers"
    ]
    changed += [row for row in draft.rows("answers") if row["poll_id"] in polls] if polls else []
    asked = {row["question_id"] for row in changed if row["subgroup"] == "all"}
    touched = {
        questions[name]["construct_id"] for name in asked if questions[name]["in_series"] == "yes"
    }
    return [c["construct_id"] for c in draft.rows("constructs") if c["construct_id"] in touched]
