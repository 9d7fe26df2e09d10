"""Correcting a value: the row, what depends on it, and a row of corrections.csv with the reason."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from polls.entry import store
from polls.entry.decide import Consent, Say, decide
from polls.entry.draft import Draft, Row
from polls.entry.enter import Entry, name_row, shares_beside, tell_reading
from polls.entry.flat import PERCENT, EntryError, agree, is_fraction, read_reasons
from polls.entry.waves import DAYS, say_precision
from polls.names import name_nearest, name_nearest_key
from polls.tables import Column, key_columns, tables
from polls.tables import say as written
from polls.tables.parse import Fault, parse_cell

# Bound of fieldwork that follows a printed day.
BOUND = {"field_start": "earliest", "field_end": "latest"}


@dataclass(frozen=True)
class Correction:
    """A value that is wrong, and what it is to be.

    Parameters
    ----------
    poll_id : str
        The wave.
    to : str
        The right value.
    source_url : str
        Where it was read.
    reason : str
        Why the old value was wrong.
    question_id, option : str, optional
        The answer; without them a cell of the wave itself is meant.
    subgroup : str
        Group of respondents.
    column : str
        share_pct for an answer; a wave has no such default.
    reviewed_reason : str, optional
        Why what stands out with the right value is right; a row of reviewed.csv for each finding.
    """

    poll_id: str
    to: str
    source_url: str
    reason: str
    question_id: str = ""
    option: str = ""
    subgroup: str = "all"
    column: str = "share_pct"
    reviewed_reason: str = ""

    @property
    def table(self) -> str:
        """Table that the value stands in."""
        return "answers" if self.question_id else "polls"


def correct(
    correction: Correction,
    folder: Path,
    *,
    consent: Consent,
    say: Say,
    dry_run: bool = False,
    reviewed: Path | None = None,
) -> bool:
    """Correct a value in the tables of a folder.

    The old value stays in corrections.csv, and as a reading of its source in
    confirmations.csv where another source is right.

    Parameters
    ----------
    correction : Correction
        What is wrong, and what is right.
    folder : Path
        Folder of the tables.
    consent, say, dry_run
        As in :func:`polls.entry.decide.decide`.
    reviewed : Path, optional
        Reasons for review findings, where each has its own: table, key, rule, reason.

    Returns
    -------
    bool
        Whether the tables now hold the right value.

    Raises
    ------
    EntryError
        There is no such row or column, or the value cannot stand there.
    """
    reasons = read_reasons(reviewed) if reviewed else []
    with store.hold(folder):
        entry = Entry(Draft(folder), reason=correction.reviewed_reason)
        row = _find_row(entry, correction)
        columns = {column.name: column for column in tables()[correction.table].columns}
        column = columns[correction.column]
        now, was = _read_value(column, correction.to), _normal(column, row[correction.column])
        if now == was:
            say(f"Nothing is new: {correction.column} is {was or 'empty'} there already.")
            return True
        if column.name == "share_pct":
            _refuse_fraction(entry, correction, row)
        _check_source(correction.source_url)
        source = entry.sources.find(correction.source_url)
        key = name_row(correction.table, row)
        if correction.table == "polls":
            entry.draft.change("polls", row, **_wave_cells(correction, row))
        else:
            _correct_answer(entry, correction, row, source)
        words = {
            "table": correction.table,
            "key": key,
            "column": correction.column,
            "was": was,
            "now": now,
            "reason": correction.reason,
            "source_id": source,
            "corrected": datetime.now(UTC).date().isoformat(),
        }
        entry.draft.add("corrections", words)
        return decide(entry, reasons=reasons, consent=consent, say=say, dry_run=dry_run)


def _find_row(entry: Entry, correction: Correction) -> Row:
    waves = {row["poll_id"]: row for row in entry.draft.rows("polls")}
    poll = correction.poll_id
    if poll not in waves:
        raise EntryError(errors=[f"There is no wave {poll!r}: {name_nearest(poll, waves)}"])
    if correction.table == "polls":
        row = waves[poll]
    else:
        key = (poll, correction.question_id, correction.subgroup, correction.option)
        found = entry.answers.get(key)
        if found is None:
            mine = [other[1:] for other in entry.answers if other[0] == poll]
            near = name_nearest_key(key[1:], mine)
            raise EntryError(errors=[f"{poll} has no answer {' '.join(key[1:])}: {near}"])
        row = found
    known = [name for name in row if name not in key_columns(tables()[correction.table])]
    if correction.column not in known:
        near = name_nearest(correction.column, known)
        words = f"{correction.table}.csv has no column {correction.column!r} to correct: {near}"
        raise EntryError(errors=[words])
    return row


def _read_value(column: Column, text: str) -> str:
    """The new value as corrections.csv says it."""
    value = parse_cell(text, column)
    if isinstance(value, Fault):
        words = f"--to {text!r} cannot stand in {column.name}: {value.cure}"
        raise EntryError(errors=[words])
    return _normal(column, text)


def _refuse_fraction(entry: Entry, correction: Correction, row: Row) -> None:
    """Refuse a share given as one of 1; what is printed so is explained."""
    share = row["share_pct"]
    beside = shares_beside(entry, row)
    if not correction.reviewed_reason and is_fraction(correction.to, beside, known=share):
        found = f"{correction.to} looks like a fraction of one; {share} is in answers.csv."
        cure = PERCENT.format("--reviewed-reason")
        raise EntryError(errors=[f"--to {correction.to!r}: {found} Cure: {cure}"])


def _check_source(url: str) -> None:
    fault = parse_cell(url, next(c for c in tables()["sources"].columns if c.name == "url"))
    if isinstance(fault, Fault):
        raise EntryError(errors=[f"--source {url!r} cannot stand in url: {fault.cure}"])


def _normal(column: Column, text: str) -> str:
    """A number without zeros that say nothing, as the rule on corrections reads it."""
    return written(float(text)) if text and column.type in ("integer", "number") else text


def _wave_cells(correction: Correction, row: Row) -> Row:
    """Cells of a wave that change: the corrected one, and those that follow from it."""
    cells = {correction.column: correction.to}
    if correction.column in BOUND:
        cells[BOUND[correction.column]] = correction.to
    if correction.column in DAYS:
        cells["date_precision"] = say_precision(row | cells)
    if correction.column == "published":  # as `add` takes it: the day of a release, unless said
        cells["published_kind"] = (row["published_kind"] or "release") if correction.to else ""
    if correction.column == "quality":
        reason = row["quality_reason"] or correction.reason
        cells["quality_reason"] = "" if correction.to == "use" else reason
    return cells


def _correct_answer(entry: Entry, correction: Correction, row: Row, source: str) -> None:
    """Change an answer; a share takes the new source, and the digits it is given with."""
    cells = {correction.column: correction.to}
    if correction.column == "share_pct":
        cells |= {"source_id": source, "decimals": str(len(correction.to.partition(".")[2]))}
        disputed = _renew_readings(entry, row, row | cells)
        if disputed and not row["doubt"]:
            cells["doubt"] = "disagreement"
    entry.draft.change("answers", row, **cells)


def _renew_readings(entry: Entry, was: Row, now: Row) -> bool:
    """Bring second readings into step with a new share; whether one of them differs from it.

    A reading of the new source is the share itself now, and the old share is one of its own
    source.
    """
    key = {column: was[column] for column in ("poll_id", "question_id", "subgroup", "option")}
    draft, disputed = entry.draft, False
    for reading in draft.rows("confirmations"):
        if reading.items() >= key.items():
            agrees = agree(reading["seen_pct"], now["share_pct"])
            if reading["source_id"] == now["source_id"]:
                draft.remove("confirmations", reading)
                continue
            if agrees != (reading["agrees"] == "yes"):
                draft.change("confirmations", reading, agrees="yes" if agrees else "no")
            disputed |= not agrees
            if not agrees:
                told = tell_reading(now, reading["seen_pct"], reading["source_id"])
                entry.remarks.append(told)
    if was["source_id"] != now["source_id"]:
        agrees = agree(was["share_pct"], now["share_pct"])
        seen = {"seen_pct": was["share_pct"], "agrees": "yes" if agrees else "no"}
        draft.add("confirmations", key | seen | {"source_id": was["source_id"]})
        disputed |= not agrees
        if not agrees:
            entry.remarks.append(tell_reading(now, was["share_pct"], was["source_id"]))
    return disputed
