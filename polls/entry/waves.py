"""Waves: the one that rows of a flat file belong to, or a new one with its id and days."""

from collections.abc import Sequence
from datetime import date, timedelta

from polls.entry.draft import Row
from polls.entry.flat import EntryError, Fault, Line

DAYS = ("field_start", "field_end", "earliest", "latest")
# Columns of polls.csv that a flat file gives under the same name.
SAME = (
    *DAYS,
    "published",
    "published_kind",
    "date_precision",
    "mode",
    "sample_size",
    "population",
    "sponsor",
    "quality",
    "quality_reason",
)


def group_lines(lines: Sequence[Line]) -> list[list[Line]]:
    """Rows of a flat file by wave: those with one house and id, else one house and days."""
    waves: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        key = (line["poll_id"],) if line["poll_id"] else tuple(line[column] for column in DAYS)
        waves.setdefault((line["house_id"], *key), []).append(line)
    return list(waves.values())


def read_wave(lines: Sequence[Line]) -> Row:
    """What the rows of one wave say of it.

    Parameters
    ----------
    lines : sequence of Line
        Rows of one wave. A cell may be empty where another row of the wave fills it.

    Returns
    -------
    dict of str to str
        house_id, poll_id and the columns of SAME, empty where no row says it; days that
        follow from others are filled in.

    Raises
    ------
    EntryError
        Two rows of the wave differ.
    """
    first = lines[0]
    wave = {"house_id": first["house_id"], "poll_id": first["poll_id"]}
    faults = []
    for column in SAME:
        said = [line for line in lines if line[column]]
        wave[column] = said[0][column] if said else ""
        for line in said:
            if line[column] != wave[column]:
                found = f"{line[column]!r}, and {wave[column]!r} in line {said[0].number}."
                cure = "all rows of one wave say the same."
                faults.append(line.fault(column, found, cure))
    if faults:
        raise EntryError(faults)
    if wave["field_start"] and wave["field_end"]:
        wave["earliest"] = wave["earliest"] or wave["field_start"]
    wave["latest"] = wave["latest"] or wave["field_end"]
    return wave


def match_wave(wave: Row, polls: Sequence[Row], line: Line) -> Row | None:
    """Wave of the tables that is meant, by its id or by house and days; None if it is new.

    Raises
    ------
    EntryError
        More than one wave has these days, or the wave is there under another id.
    """
    if wave["poll_id"]:
        mine = [row for row in polls if row["poll_id"] == wave["poll_id"]]
        if mine and mine[0]["house_id"] != wave["house_id"]:
            found = f"{wave['poll_id']} is a wave of the house {mine[0]['house_id']}."
            raise EntryError([line.fault("poll_id+house_id", found, "mend the house or the id.")])
        if mine:
            return mine[0]
    columns = DAYS[:2] if wave["field_start"] and wave["field_end"] else DAYS
    twins = [
        row
        for row in polls
        if row["house_id"] == wave["house_id"] and all(row[c] == wave[c] for c in columns)
    ]
    if not twins:
        return None
    names = ", ".join(row["poll_id"] for row in twins)
    if wave["poll_id"]:
        if line["reviewed_reason"]:
            return None
        found = f"{wave['poll_id']} is not there, and the house has these days as {names}."
        cure = (
            f"write poll_id {names}; another wave of the same days says in reviewed_reason "
            "why it is another one."
        )
        raise EntryError([line.fault("poll_id", found, cure)])
    if len(twins) > 1:
        found = f"several waves of the house have these days: {names}."
        raise EntryError([line.fault("field_start+field_end", found, "write which in poll_id.")])
    return twins[0]


def complete_wave(wave: Row, there: Row, line: Line) -> Row:
    """Cells of a wave of the tables that are empty there and given now.

    Narrower bounds of fieldwork complete a wave, too; printed days narrow them.

    Raises
    ------
    EntryError
        The file says something else than the tables.
    """
    filled = {c: wave[c] for c in SAME if wave[c] and wave[c] != there[c]}
    if set(filled) & set(DAYS):
        filled["date_precision"] = wave["date_precision"] or say_precision(there | filled)
        within = there["earliest"] <= filled.get("earliest", there["earliest"])
        within &= filled.get("latest", there["latest"]) <= there["latest"]
        narrowed = {"earliest", "latest", "date_precision"} if within else {"date_precision"}
    else:
        narrowed = set()
    faults = [
        line.fault(
            column,
            f"{text}, and polls.csv has {there[column]} for {there['poll_id']}.",
            "mend the file; a row of the tables that is wrong is mended by "
            f"`python -m polls correct {there['poll_id']} --column {column}`.",
        )
        for column, text in filled.items()
        if there[column] and column not in narrowed
    ]
    if faults:
        raise EntryError(faults)
    if "published" in filled and not there["published_kind"]:
        filled.setdefault("published_kind", "release")
    return {column: text for column, text in filled.items() if text != there[column]}


def make_wave(wave: Row, polls: Sequence[Row], line: Line) -> Row:
    """Row of polls.csv for a new wave, but for its source and notes.

    What the house has in all its waves (sponsor) or had in the last one (population) is
    taken over; a published day is that of a release, and a wave is for use, unless said.

    Raises
    ------
    EntryError
        What cannot be left open is not given.
    """
    faults = list(_find_gaps(wave, line))
    mine = sorted(
        (row for row in polls if row["house_id"] == wave["house_id"]), key=lambda row: row["latest"]
    )
    if not mine and not wave["population"]:
        cure = "add the column population: who was sampled."
        faults.append(line.fault("population", "this is the first wave of its house.", cure))
    if faults:
        raise EntryError(faults)
    sponsors = {row["sponsor"] for row in mine}
    row = wave | {
        "poll_id": wave["poll_id"],
        "date_precision": wave["date_precision"] or say_precision(wave),
        "population": wave["population"] or mine[-1]["population"],
        "sponsor": wave["sponsor"] or (sponsors.pop() if len(sponsors) == 1 else ""),
        "quality": wave["quality"] or "use",
    }
    if row["published"] and not row["published_kind"]:
        row["published_kind"] = "release"
    row["poll_id"] = row["poll_id"] or _propose_id(row, {r["poll_id"] for r in polls}, line)
    return row


def say_precision(wave: Row) -> str:
    """What is known of the days of a wave, as date_precision says it.

    Examples
    --------
    >>> days = {"field_start": "", "field_end": "", "published": ""}
    >>> say_precision(days | {"earliest": "2025-11-01", "latest": "2025-11-30"})
    'month'
    """
    start, end, early, late = (wave[column] for column in DAYS)
    if start and end:
        return "day" if (start, end) == (early, late) else "window"
    if end and end == late:
        return "end_only"
    last = date.fromisoformat(late) + timedelta(days=1)
    until_end = last.day == 1 or late == wave["published"]
    whole = early.endswith("-01") and early[:7] == late[:7] and until_end
    return "month" if whole and not end else "window"


def _find_gaps(wave: Row, line: Line) -> list[Fault]:
    faults = []
    if wave["field_start"] and not wave["field_end"]:
        cure = "empty field_start and let earliest carry it."
        faults.append(line.fault("field_end", "fieldwork has a first day and no last one.", cure))
    elif not wave["earliest"] or not wave["latest"]:
        cure = "give the days as printed, or the bounds within which fieldwork must have been."
        column = "latest" if wave["earliest"] else "earliest"
        faults.append(line.fault(column, "nothing says when fieldwork was.", cure))
    if not wave["mode"]:
        cure = "say how people were interviewed: f2f, cati, online, street, mixed or unknown."
        faults.append(line.fault("mode", "the cell is empty.", cure))
    return faults


def _propose_id(wave: Row, taken: set[str], line: Line) -> str:
    """House and last printed day, else the month of the latest possible one."""
    days = [wave["field_end"]] if wave["field_end"] else [wave["latest"][:7], wave["latest"]]
    for day in days:
        name = f"{wave['house_id']}-{day}"
        if name not in taken:
            return name
    found = f"the id {name} is taken by another wave."
    raise EntryError([line.fault("poll_id", found, "give the wave an id in the column poll_id.")])
