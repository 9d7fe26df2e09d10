"""Second readings of percentages that are in the tables, agreeing or not."""

from pathlib import Path

from polls.entry import store
from polls.entry.decide import Consent, Say, decide
from polls.entry.draft import Draft
from polls.entry.enter import Entry, Reading, enter_reading
from polls.entry.flat import (
    EntryError,
    Line,
    agree,
    make_column,
    make_name,
    read_lines,
    read_reasons,
)
from polls.names import name_nearest, name_nearest_key

# Column of the file: the table whose column, of the name beside, says what may stand there.
LAYOUT = {
    "poll_id": ("answers", "poll_id"),
    "question_id": ("answers", "question_id"),
    "option": ("answers", "option"),
    "subgroup": ("answers", "subgroup"),
    "seen_pct": ("confirmations", "seen_pct"),
    "agrees": ("confirmations", "agrees"),
    "source_url": ("sources", "url"),
    "source_kind": ("sources", "kind"),
    "publisher": ("sources", "publisher"),
    "notes": ("confirmations", "notes"),
    "reviewed_reason": ("reviewed", "reason"),
}
NAMES = ("poll_id", "question_id", "option", "subgroup")
NEEDED = ("poll_id", "question_id", "option", "seen_pct", "source_url")


def confirm(
    file: Path,
    folder: Path,
    *,
    consent: Consent,
    say: Say,
    dry_run: bool = False,
    reviewed: Path | None = None,
) -> bool:
    """Add second readings to the tables of a folder.

    An answer whose second reading differs by more than rounding is marked as disputed.

    Parameters
    ----------
    file : Path
        CSV with poll_id, question_id, option, seen_pct, source_url; optionally subgroup
        (all), agrees (computed where it is empty), source_kind, publisher, notes,
        reviewed_reason.
    folder : Path
        Folder of the tables.
    consent, say, dry_run
        As in :func:`polls.entry.decide.decide`.
    reviewed : Path, optional
        Reasons for review findings: table, key, rule, reason.

    Returns
    -------
    bool
        Whether the tables now hold the readings.

    Raises
    ------
    EntryError
        With all faults of the file.
    """
    columns = {
        name: (make_name if name in NAMES else make_column)(*at, required=name in NEEDED)
        for name, at in LAYOUT.items()
    }
    lines = read_lines(file, columns, NEEDED)
    reasons = read_reasons(reviewed) if reviewed else []
    with store.hold(folder):
        entry = Entry(Draft(folder), shares=[line["seen_pct"] for line in lines])
        for line in lines:
            _enter(entry, line)
        if entry.faults:
            raise EntryError(entry.faults)
        return decide(entry, reasons=reasons, consent=consent, say=say, dry_run=dry_run)


def _enter(entry: Entry, line: Line) -> None:
    key = tuple(line[name] for name in ("poll_id", "question_id"))
    key = (*key, line["subgroup"] or "all", line["option"])
    answer = entry.answers.get(key)
    if answer is None:
        waves = {other[0] for other in entry.answers}
        mine = (other for other in entry.answers if other[0] == key[0])
        # Of all answers the nearest would take seconds for each line.
        near = name_nearest_key(key, mine) if key[0] in waves else name_nearest(key[0], waves)
        found = f"there is no answer {' '.join(key)}."
        cure = f"mend the key, or enter the answer with `add`; {near}"
        entry.faults.append(line.fault("poll_id+question_id+option", found, cure))
        return
    seen, share = line["seen_pct"], answer["share_pct"]
    contradicts = not agree(seen, share) if line["agrees"] == "yes" else float(seen) == float(share)
    if line["agrees"] and contradicts:
        found = f"agrees is {line['agrees']}; {seen} was seen, {share} is in answers.csv."
        cure = "readings agree within half a point; read both again, or leave agrees empty."
        entry.faults.append(line.fault("seen_pct+agrees", found, cure))
        return
    words = ("seen_pct", "source_url", "source_kind", "publisher", "notes", "agrees")
    enter_reading(entry, answer, Reading(*(line[word] for word in words)), line)
