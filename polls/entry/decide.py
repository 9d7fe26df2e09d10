"""From a draft to written tables: check, show what changes, ask, and write all or none.

What a change does to the estimates is asked of the models' own command line, in another process:
the data package knows no model, and goes on without an answer where that is not installed.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from polls.entry import store
from polls.entry.draft import Draft, Edit, Row, copy_series
from polls.entry.enter import Entry, name_row
from polls.entry.flat import EntryError, Line
from polls.entry.judge import Verdict, judge, renew_delays

# More files than this make a message unreadable.
MOST_NAMED = 4

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
        `check` finds errors in the tables with the new rows, or somebody changed the tables
        while they were checked. Nothing is written then.
    OSError
        The folder cannot be written to.
    """
    draft = entry.draft
    if draft.is_empty:
        say(f"Nothing is new: {count(entry.already, 'row')} there already.")
        return True
    if not dry_run:
        store.check_access(draft.folder)  # before anybody waits for estimates, and is asked
    in_step = renew_delays(entry)
    with tempfile.TemporaryDirectory(prefix="polls-") as name:
        union = Path(name, "union")
        draft.write_copy(union)
        # The models are asked in their own process while the rules run in this one.
        effect = ask_effect(draft, union)
        try:
            verdict = judge(entry, union, reasons)
            if verdict.errors:
                raise EntryError(errors=verdict.errors)
            verdict.in_step[:0] = in_step
            say("\n".join([*describe(entry), *describe_findings(entry, verdict)]))
            say("Estimates:\n" + indent(effect.tell()))
        finally:
            effect.stop()
    if dry_run:
        say("A dry run: nothing was written.")
        return True
    n_open = len(verdict.reviews)
    more = f" with {count(n_open, 'finding')} to review" if n_open else ""
    if not consent(f"Write this{more}?"):
        say("Nothing was written.")
        return False
    files = draft.files()
    if changed := draft.find_changed():
        more = f" and {len(changed) - MOST_NAMED} more" if len(changed) > MOST_NAMED else ""
        what = f"{', '.join(changed[:MOST_NAMED])}{more} changed"
        if not draft.folder.is_dir():
            what = "the folder went"
        words = f"{draft.folder}: {what} meanwhile, by another program."
        raise EntryError(errors=[f"{words} Nothing was written; run the command again."])
    store.write(draft.folder, files)
    say(f"Written: {', '.join(files)}.")
    return True


def ask_effect(draft: Draft, union: Path) -> "Effect":
    """Begin to compare the series that a draft changes, as they are and as they are to be."""
    constructs = find_constructs(draft)
    questions = draft.rows("questions")
    asked = {row["question_id"] for row in questions if row["construct_id"] in constructs}
    before, after = union.with_name("before"), union.with_name("after")
    if constructs:
        copy_series(draft.folder, before, asked)
        copy_series(union, after, asked)
    return Effect(before, after, constructs)


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


# Changes of these follow from the new rows, and are told with the findings.
FOLLOWS = ("houses", "reviewed", "sources")
ADVICE = "Look at the source; where it is right, say why in {place}, or in a file for --reviewed."


def describe(entry: Entry) -> list[str]:
    """What is new, as lines of text."""
    draft = entry.draft
    added = {name: rows for name, rows in draft.added.items() if rows}
    counts = ", ".join(f"{len(rows)} {name}" for name, rows in added.items())
    lines = [f"New rows: {counts}."] if counts else []
    answers: dict[str, list[Row]] = {}
    for row in added.get("answers", []):
        answers.setdefault(row["poll_id"], []).append(row)
    new_waves = {row["poll_id"]: row for row in added.get("polls", [])}
    for poll_id in dict.fromkeys([*new_waves, *answers]):
        mine = answers.get(poll_id, [])
        asked = ", ".join(dict.fromkeys(row["question_id"] for row in mine))
        wave = new_waves.get(poll_id)
        what = f"new wave, {_say_wave(wave)}" if wave else "a wave that is there"
        lines.append(f"  {poll_id} ({what}): {count(len(mine), 'answer')} to {asked or 'nothing'}")
    lines += [
        f"  {row['source_id']} ({row['kind']}, {row['publisher']}): {row['url']}"
        for row in added.get("sources", [])
    ]
    lines += [
        f"  {edit.table}.csv, {_say_edit(edit)}"
        for edit in draft.edits
        if edit.table not in FOLLOWS
    ]
    if entry.already:
        lines.append(f"{count(entry.already, 'row')} there already.")
    return lines + entry.remarks


def _say_edit(edit: Edit) -> str:
    row = name_row(edit.table, edit.was)
    if edit.now is None:
        return f"{row}: goes"
    now = edit.now
    cells = [
        f"{c} {edit.was[c] or 'empty'} -> {now[c] or 'empty'}" for c in now if now[c] != edit.was[c]
    ]
    return f"{row}: {', '.join(cells)}"


def _say_wave(wave: Row) -> str:
    size = f"{wave['sample_size']} interviews" if wave["sample_size"] else "size not printed"
    return f"{wave['earliest']} to {wave['latest']}, {wave['mode']}, {size}, {wave['quality']}"


def describe_findings(entry: Entry, verdict: Verdict) -> list[str]:
    """What `check` finds that is new, and what was brought into step."""
    lines = [f"In step: {text}" for text in verdict.in_step] + verdict.explained
    if not verdict.reviews:
        return [*lines, "check finds nothing else that is new."]
    # Rows that came from no file are those of a correction.
    advice = ADVICE.format(
        place="a column reviewed_reason" if entry.origin else "--reviewed-reason"
    )
    found = f"{count(len(verdict.reviews), 'finding')} to review."
    return [*lines, *verdict.reviews, f"{found} {advice}"]


def indent(text: str) -> str:
    """Put two blanks before each line."""
    return "\n".join(f"  {line}" for line in text.splitlines())


def count(number: int, word: str) -> str:
    """Say how many there are of something.

    Examples
    --------
    >>> count(1, "answer"), count(3, "answer")
    ('1 answer', '3 answers')
    """
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


# What stands in the place of estimates where there are none.
UNASKED = "the models could not be asked ({}); the tables do not need them."


class Effect:
    """A running comparison of two folders of tables.

    Parameters
    ----------
    before, after : Path
        Folders of the tables.
    constructs : sequence of str
        Series to compare; none are compared where there are none.
    """

    def __init__(self, before: Path, after: Path, constructs: Sequence[str]) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._told = "no answer to a series question changes, so no estimate does."
        if constructs:
            command = [sys.executable, "-m", "analysis", "effect"]
            command += ["--before", str(before), "--after", str(after)]
            command += ["--construct", *constructs]
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    encoding="utf-8",
                    env=os.environ | {"PYTHONIOENCODING": "utf-8"},
                )
            except OSError as error:  # as where a system allows no more processes
                self._told = UNASKED.format(error.strerror)

    def tell(self) -> str:
        """What the comparison says; a line that says why where it came to nothing."""
        if self._process is None:
            return self._told
        try:
            out, err = self._process.communicate()
        except BaseException:  # Ctrl-C need not reach the other process
            self.stop()
            raise
        if self._process.returncode == 0:
            return out.rstrip()
        reason = err.strip().splitlines()[-1] if err.strip() else "no message"
        return UNASKED.format(reason)

    def stop(self) -> None:
        """End the comparison where its answer is still to come, as nobody needs it any more."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
