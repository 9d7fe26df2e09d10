"""Adding waves and answers: read, enter, check, show, and write all tables or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from polls.entry import store
from polls.entry.decide import Consent, Say, decide
from polls.entry.draft import Draft
from polls.entry.enter import Entry, enter_answers, enter_rows
from polls.entry.flat import EntryError, Fault, Line, read_flat, read_reasons, read_rows

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
    say: Say,
    dry_run: bool = False,
) -> bool:
    """Add what a request names to the tables of a folder.

    Parameters
    ----------
    request : Request
        Files that are read.
    folder : Path
        Folder of the tables.
    consent, say, dry_run
        As in :func:`polls.entry.decide.decide`.

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
        return decide(entry, reasons=files.reasons, consent=consent, say=say, dry_run=dry_run)


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
    reasons = attempt(read_reasons, request.reviewed)
    if faults:
        raise EntryError(faults)
    return _Files(flat, rows, reasons)


def _enter(files: _Files, draft: Draft, subgroups: Sequence[str]) -> Entry:
    entry = Entry(draft, subgroups)
    for name in BY_ROW:
        enter_rows(entry, name, files.rows[name])
    enter_answers(entry, files.flat)
    if entry.faults:
        raise EntryError(entry.faults)
    return entry
