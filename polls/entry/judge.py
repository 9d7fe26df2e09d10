"""What `check` says of the tables with the new rows in them, told by the lines of the file."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from polls.entry.draft import Row
from polls.entry.enter import Entry, name_row
from polls.entry.flat import Line
from polls.rules import check
from polls.rules.habits import usual_delay
from polls.tables import Finding, tables

# Rules by which new rows contradict each other or what is there: they enter with a reason only,
# while what is merely unlike the habits of a house asks for a look.
CONTRADICTIONS = ("sum", "total", "sides", "same_time")
LINES = re.compile(r"\blines? (\d+)(?: to (\d+))?")


@dataclass
class Verdict:
    """Findings that are new with the rows of a draft.

    Parameters
    ----------
    errors : list of str
        What blocks.
    reviews : list of str
        What asks for a look and has no reason yet.
    explained : list of str
        Reviews for which a reason was given.
    in_step : list of str
        What was brought into step: cells that follow from others, reasons that nothing needs.
    """

    errors: list[str] = field(default_factory=list)
    reviews: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    in_step: list[str] = field(default_factory=list)


def judge(entry: Entry, union: Path, reasons: Iterable[Line] = ()) -> Verdict:
    """Check the tables as they are to be, and bring into step what follows from the new rows.

    Parameters
    ----------
    entry : Entry
        What is entered. Reasons for reviews are added to its draft; so are the usual delays
        of houses, and rows of reviewed.csv that explain nothing any more are removed.
    union : Path
        Folder with a copy of the tables as they are to be.
    reasons : iterable of Line
        Rows for reviewed.csv: table, key, rule, reason.

    Returns
    -------
    Verdict
    """
    verdict = Verdict()
    given = {(line["table"], line["key"], line["rule"]): line for line in reasons}
    used, reviewed = set(), set()
    contradicted: dict[str, list[tuple[str, str]]] = {}
    for finding in _leave_causes(_find_new(entry, union)):
        if finding.rule == "stale":
            _drop_reason(entry, finding, verdict)
        elif finding.rule == "unused" and ("sources", finding.key) not in entry.origin:
            _drop_source(entry, finding, verdict)
        elif finding.level == "error":
            verdict.errors.append(_tell(entry, finding))
        else:
            key = finding.table, finding.key, finding.rule
            line = given.get(key) or entry.origin.get(key[:2])
            reason = (line["reason"] or line["reviewed_reason"]) if line else entry.reason
            used |= {key} & set(given)
            if reason:
                if key not in reviewed:  # one row explains a rule that spoke of two columns
                    _add_reason(entry, key, reason)
                reviewed.add(key)
                verdict.explained.append(f"{_tell(entry, finding)} Reviewed: {reason}")
            elif finding.rule in CONTRADICTIONS and entry.origin:
                words = "If it is printed so, say why in reviewed_reason or --reviewed."
                text = f"{_tell(entry, replace(finding, level='error'))} {words}"
                group = finding.key.rpartition("; option=")[0] or finding.key
                contradicted.setdefault(group, []).append((finding.rule, text))
            else:
                verdict.reviews.append(_tell(entry, finding))
    for told in contradicted.values():
        # Sides that add up to too much follow from answers or a total that do.
        causes = [text for rule, text in told if rule != "sides"]
        verdict.errors += causes or [text for _, text in told]
    for key in set(given) - used:
        found = f"there is no new {key[2]} finding at {key[0]}: {key[1]}."
        fault = given[key].fault("table+key+rule", found, "mend the key, or remove the row.")
        verdict.errors.append(str(fault))
    return verdict


def renew_delays(entry: Entry) -> list[str]:
    """Give houses with new or changed waves the median delay of their waves, in whole days.

    The rule `usual_delay` asks for it; here it need not run to say so.

    Parameters
    ----------
    entry : Entry
        What is entered. Cells of houses.csv are changed in its draft.

    Returns
    -------
    list of str
        What changed, in words.
    """
    draft = entry.draft
    polls = pd.DataFrame(draft.rows("polls"), columns=tables()["polls"].names)
    for day in ("field_end", "published"):
        polls[day] = pd.to_datetime(polls[day], errors="coerce")
    usual = usual_delay(polls).dropna()
    touched = {row["house_id"] for row in draft.added.get("polls", [])}
    touched |= {edit.was["house_id"] for edit in draft.edits if edit.table == "polls"}
    words = []
    for row in draft.rows("houses"):
        name, stated = row["house_id"], pd.to_numeric(row["publication_delay_days"], "coerce")
        if name in touched and name in usual and abs(stated - usual[name]) >= 1:
            now = str(int(usual[name]))
            draft.change("houses", row, publication_delay_days=now)
            words.append(
                f"houses.csv: publication_delay_days of {name} {row['publication_delay_days']} "
                f"-> {now}, the median of its waves."
            )
    return words


def _find_new(entry: Entry, union: Path) -> list[Finding]:
    """Findings in the union that were not in the tables before."""
    found = check(union)
    # What is found at rows that were not there cannot have been found before.
    added = {
        (name, name_row(name, row)) for name, rows in entry.draft.added.items() for row in rows
    }
    if all((finding.table, finding.key) in added for finding in found):
        return found
    before = Counter((f.table, f.key, f.column, f.rule) for f in check(entry.draft.folder))
    new = []
    for finding in found:
        key = finding.table, finding.key, finding.column, finding.rule
        if before[key] > 0:
            before[key] -= 1
        else:
            new.append(finding)
    return new


def _leave_causes(found: Iterable[Finding]) -> list[Finding]:
    """Findings without those that only follow from a last day that has not come yet."""
    found = list(found)
    future = {
        f.key for f in found if (f.table, f.column, f.rule) == ("polls", "field_end", "future")
    }
    follow = {("earliest", "future"), ("latest", "future"), ("field_end+published", "day_order")}
    follow |= {("latest+published", "day_order")}
    return [f for f in found if f.key not in future or (f.column, f.rule) not in follow]


def _tell(entry: Entry, finding: Finding) -> str:
    """A finding, at the line of the file that its row came from."""
    line = entry.origin.get((finding.table, finding.key))
    if line is None:
        return f"{finding} Row: {finding.key}." if finding.key else str(finding)
    message = LINES.sub("rows of this question", finding.message)
    moved = replace(finding, table="", line=line.number, message=message)
    return str(moved).replace(".csv:", f"{line.file}:", 1)


def _add_reason(entry: Entry, key: tuple[str, str, str], reason: str) -> None:
    table, row, rule = key
    today = datetime.now(UTC).date().isoformat()
    words = {"table": table, "key": row, "rule": rule, "reason": reason, "reviewed": today}
    entry.draft.add("reviewed", words)


def _drop_reason(entry: Entry, finding: Finding, verdict: Verdict) -> None:
    """Remove a row of reviewed.csv whose finding is gone: a later wave explains it."""
    row = _row_of(entry, "reviewed", finding.key)
    entry.draft.remove("reviewed", row)
    verdict.in_step.append(
        f"reviewed.csv: no {row['rule']} finding any more at {row['table']}: {row['key']}; "
        "the row that explained it goes."
    )


def _drop_source(entry: Entry, finding: Finding, verdict: Verdict) -> None:
    """Remove a source to which no row refers any more."""
    row = _row_of(entry, "sources", finding.key)
    entry.draft.remove("sources", row)
    verdict.in_step.append(f"sources.csv: {row['source_id']} goes, as no row refers to it.")


def _row_of(entry: Entry, table: str, key: str) -> Row:
    return next(row for row in entry.draft.rows(table) if name_row(table, row) == key)
