"""What is to be entered, as lines of text for whoever decides on it."""

from polls.entry.draft import Edit, Row
from polls.entry.enter import Entry, name_row
from polls.entry.judge import Verdict

# Changes of these follow from the new rows, and are told with the findings.
FOLLOWS = ("houses", "reviewed", "sources")
ADVICE = (
    "Look at the source; where it is right, say why in a column reviewed_reason, or in a file "
    "for --reviewed."
)


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


def describe_findings(verdict: Verdict) -> list[str]:
    """What `check` finds that is new, and what was brought into step."""
    lines = [f"In step: {text}" for text in verdict.in_step] + verdict.explained
    if not verdict.reviews:
        return [*lines, "check finds nothing else that is new."]
    return [
        *lines,
        *verdict.reviews,
        f"{count(len(verdict.reviews), 'finding')} to review. {ADVICE}",
    ]


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
