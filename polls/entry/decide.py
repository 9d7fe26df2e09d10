"""From a draft to written tables: check, show what changes, ask, and write all or none."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from polls.entry import store
from polls.entry.draft import Draft
from polls.entry.effect import Effect
from polls.entry.enter import Entry
from polls.entry.faults import EntryError
from polls.entry.flat import Line
from polls.entry.judge import judge
from polls.entry.report import count, describe, describe_findings, indent

Consent = Callable[[str], bool]
Say = Callable[[str], None]


def decide(
    entry: Entry,
    *,
    consent: Consent,
    say: Say,
    dry_run: bool = False,
    reasons: Iterable[Line] = (),
) -> bool:
    """Check what is entered, show it, and write it if that is wanted.

    The folder of the draft must be held.

    Parameters
    ----------
    entry : Entry
        What is entered.
    consent : callable
        Is given the question, and says whether to write.
    say : callable
        Is given each part of the report.
    dry_run : bool
        Show what would be done, and write nothing.
    reasons : iterable of Line
        Rows for reviewed.csv: table, key, rule, reason.

    Returns
    -------
    bool
        Whether the tables now hold what was entered (with `dry_run`, would hold it).

    Raises
    ------
    EntryError
        `check` finds errors in the tables with the new rows. Nothing is written then.
    """
    draft = entry.draft
    if draft.is_empty:
        say(f"Nothing is new: {count(entry.already, 'row')} there already.")
        return True
    with tempfile.TemporaryDirectory(prefix="polls-") as name:
        union = Path(name)
        draft.write_copy(union)
        # The models are asked in their own process while the rules run in this one.
        effect = Effect(draft.folder, union, find_constructs(draft))
        try:
            verdict = judge(entry, union, reasons)
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
    n_open = len(verdict.reviews)
    more = f" with {count(n_open, 'finding')} to review" if n_open else ""
    if not consent(f"Write this{more}?"):
        say("Nothing was written.")
        return False
    files = draft.files()
    store.write(draft.folder, files)
    say(f"Written: {', '.join(files)}.")
    return True


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
