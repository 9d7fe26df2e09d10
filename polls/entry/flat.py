"""Reading a flat file: one row per published percentage, as `python -m polls template` prints it.

Cells are held against datapackage.json as those of the tables are; all faults of a file are
named at once.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from polls.names import name_characters, name_nearest
from polls.tables import Column, tables
from polls.tables.formats import name_cure, name_format
from polls.tables.parse import Fault as CellFault
from polls.tables.parse import parse_cell


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a file.

    Parameters
    ----------
    file : str
        Name of the file.
    line : int
        Line, counted from 1 for the header; 0 where the whole file is meant.
    column : str
        Column, or several joined by "+"; empty where the whole row is meant.
    found : str
        What was found.
    cure : str
        What to do about it.
    """

    file: str
    line: int
    column: str
    found: str
    cure: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        column = f" [{self.column}]" if self.column else ""
        return f"{where}{column} error: {self.found} Cure: {self.cure}"


class EntryError(Exception):
    """What cannot be entered, with all the faults that say why.

    Parameters
    ----------
    faults : iterable of Fault
        Faults of files.
    errors : iterable of str
        What `check` finds in the tables with the new rows.
    """

    def __init__(self, faults: Iterable[Fault] = (), errors: Iterable[str] = ()):
        self.faults = sorted(set(faults))
        super().__init__("\n".join([*_say_once(self.faults), *errors]))


def _say_once(faults: Sequence[Fault]) -> list[str]:
    """Tell faults, those that are the same in several lines at the first of them."""
    same: dict[Fault, list[Fault]] = {}
    for fault in faults:
        same.setdefault(replace(fault, line=0), []).append(fault)
    told = []
    for first, *more in same.values():
        lines = "lines" if len(more) > 1 else "line"
        also = f" The same in {len(more)} more {lines}." if more else ""
        told.append((first, f"{first}{also}"))
    return [text for _, text in sorted(told)]


# Column of a flat file: the table whose column of that name, or of the name beside, says what
# may stand there.
LAYOUT = {
    "house_id": ("polls", "house_id"),
    "question_id": ("answers", "question_id"),
    "field_start": ("polls", "field_start"),
    "field_end": ("polls", "field_end"),
    "earliest": ("polls", "earliest"),
    "latest": ("polls", "latest"),
    "published": ("polls", "published"),
    "mode": ("polls", "mode"),
    "sample_size": ("polls", "sample_size"),
    "subgroup": ("answers", "subgroup"),
    "option": ("answers", "option"),
    "share_pct": ("answers", "share_pct"),
    "source_url": ("sources", "url"),
    "second_source_url": ("sources", "url"),
    "notes": ("answers", "notes"),
}
# Columns that may be added where a wave or an answer needs them.
FURTHER = {
    "poll_id": ("polls", "poll_id"),
    "published_kind": ("polls", "published_kind"),
    "date_precision": ("polls", "date_precision"),
    "population": ("polls", "population"),
    "sponsor": ("polls", "sponsor"),
    "quality": ("polls", "quality"),
    "quality_reason": ("polls", "quality_reason"),
    "poll_source_url": ("sources", "url"),
    "poll_notes": ("polls", "notes"),
    "decimals": ("answers", "decimals"),
    "base": ("answers", "base"),
    "base_n": ("answers", "base_n"),
    "design_effect": ("answers", "design_effect"),
    "origin": ("answers", "origin"),
    "doubt": ("answers", "doubt"),
    "instrument": ("answers", "instrument"),
    "source_kind": ("sources", "kind"),
    "publisher": ("sources", "publisher"),
    "source_notes": ("sources", "notes"),
    "second_share_pct": ("confirmations", "seen_pct"),
    "second_source_kind": ("sources", "kind"),
    "second_publisher": ("sources", "publisher"),
    "second_notes": ("confirmations", "notes"),
    "reviewed_reason": ("reviewed", "reason"),
}
# No file of waves has so many bytes; a device may never end.
MOST_BYTES = 2**28
# Those that name what the tables have.
NAMES = ("house_id", "question_id", "option", "subgroup", "poll_id")
NEEDED = ("house_id", "question_id", "option", "share_pct", "source_url")
AGREES_WITHIN = 0.5  # points: a second source may round
# A value can be printed with more digits than it is read with; below this two are one.
SAME = 1e-9


@dataclass(frozen=True)
class Line:
    """A row of a file that is to be entered.

    Parameters
    ----------
    file : str
        Name of the file.
    number : int
        Line of the file, counted from 1 for the header.
    cells : mapping of str to str
        Text by column; columns that the file does not have are empty.
    """

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def fault(self, column: str, found: str, cure: str) -> Fault:
        """Fault of this row."""
        return Fault(self.file, self.number, column, found, cure)


def read_flat(path: Path) -> list[Line]:
    """Read a file of percentages.

    Parameters
    ----------
    path : Path
        CSV in the layout of `template`.

    Returns
    -------
    list of Line

    Raises
    ------
    EntryError
        Naming every line and column at fault, what was found, and the cure.
    """
    columns = {
        name: make_name(*place, required=name in NEEDED)
        if name in NAMES
        else make_column(*place, required=name in NEEDED)
        for name, place in (LAYOUT | FURTHER).items()
    }
    lines = read_lines(path, columns, NEEDED)
    shares = [line["share_pct"] for line in lines]
    if len(shares) > 1 and all(0 < float(share) <= 1 for share in shares):
        found = f"all shares lie between 0 and 1, the first is {shares[0]}."
        raise EntryError([lines[0].fault("share_pct", found, "give percent: multiply by 100.")])
    small = [
        line
        for line in lines
        if is_fraction(line["share_pct"], shares) and not line["reviewed_reason"]
    ]
    if small:
        more = f" So do {len(small) - 1} more shares." if len(small) > 1 else ""
        found = f"{small[0]['share_pct']} looks like a fraction of one.{more}"
        raise EntryError([small[0].fault("share_pct", found, PERCENT.format("reviewed_reason"))])
    return lines


# Cure for a fraction; what a share is explained by where it is printed so.
PERCENT = "give percent: multiply by 100; what is printed so says why in {}."


def is_fraction(share: str, beside: Iterable[str], known: str = "") -> bool:
    """Whether a share looks like one of 1 instead of one of 100.

    Hardly a house prints hundredths: those of a share below one are percent, as a fraction.

    Parameters
    ----------
    share : str
        The share in question.
    beside : iterable of str
        Shares of the same file or wave. If one of them above 1 has hundredths, those are
        printed there.
    known : str
        The share in the tables, where there is one: then a share that agrees with it is none,
        and one that is a hundredth of it is, whatever is printed beside it.

    Examples
    --------
    >>> is_fraction("0.67", ["21", "12"]), is_fraction("0.67", ["21.43", "12.01"])
    (True, False)
    >>> is_fraction("0.7", [], known="67"), is_fraction("0.67", [], known="0.7")
    (True, False)
    """
    value = float(share)
    if not 0 < value <= 1 or (known and agree(share, known)):
        return False
    if known:
        # 0.7 can be 67 percent, rounded.
        rounding = 50 / 10 ** _count_digits(share) if value < 1 else 0
        if abs(100 * value - float(known)) <= max(AGREES_WITHIN, rounding) + SAME:
            return True
    hundredths = any(float(other) > 1 and _count_digits(other) > 1 for other in beside)
    return value < 1 and _count_digits(share) > 1 and not hundredths


def agree(one: str, other: str) -> bool:
    """Whether two readings of a percentage agree within rounding."""
    return abs(float(one) - float(other)) <= AGREES_WITHIN + SAME


def _count_digits(share: str) -> int:
    """Digits after the point."""
    return len(share.partition(".")[2])


def read_rows(path: Path, name: str) -> list[Line]:
    """Read rows of a table, in its own columns; `source_url` may stand for `source_id`.

    Parameters
    ----------
    path : Path
        CSV; columns that may be empty can be left out.
    name : str
        Name of the table.

    Returns
    -------
    list of Line

    Raises
    ------
    EntryError
        Naming every line and column at fault, what was found, and the cure.
    """
    columns = {column.name: column for column in tables()[name].columns}
    if "source_id" in columns:
        columns["source_id"] = make_column(name, "source_id", required=False)
        for further in ("source_url", "source_kind", "publisher", "source_notes"):
            columns[further] = make_column(*(LAYOUT | FURTHER)[further])
    needed = [column.name for column in columns.values() if column.required]
    return read_lines(path, columns, needed)


def read_reasons(path: Path) -> list[Line]:
    """Read reasons for review findings: table, key, rule, reason.

    Parameters
    ----------
    path : Path
        CSV; table, key and rule as `check` prints them.

    Returns
    -------
    list of Line

    Raises
    ------
    EntryError
        Naming every line and column at fault, what was found, and the cure.
    """
    columns = {c.name: c for c in tables()["reviewed"].columns if c.name != "reviewed"}
    lines = read_lines(path, columns, list(columns))
    first: dict[tuple[str, ...], Line] = {}
    faults = []
    for line in lines:
        same = first.setdefault((line["table"], line["key"], line["rule"]), line)
        if same["reason"] != line["reason"]:
            found = f"another reason for the same finding as in line {same.number}."
            faults.append(line.fault("reason", found, "keep one of them."))
    if faults:
        raise EntryError(faults)
    return lines


def read_lines(path: Path, columns: Mapping[str, Column], needed: Sequence[str]) -> list[Line]:
    """Read a CSV file whose cells are described by columns.

    Parameters
    ----------
    path : Path
        The file.
    columns : mapping of str to Column
        What may stand in each column.
    needed : sequence of str
        Columns that have to be there.

    Returns
    -------
    list of Line
        Empty rows are left out.

    Raises
    ------
    EntryError
        Naming every line and column at fault, what was found, and the cure.
    """
    name = path.name
    records = _split(_decode(path), name)
    header = records[0][1] if records else []
    faults = list(_check_header(header, columns, needed, name))
    if faults:
        raise EntryError(faults)
    lines = []
    for number, record in records[1:]:
        if not any(record):
            continue
        if len(record) != len(header):
            found = f"{len(record)} cells where the header has {len(header)}."
            cure = "count the commas; a decimal comma is a point here, text with a comma is quoted."
            faults.append(Fault(name, number, "", found, cure))
            continue
        line = Line(name, number, dict(zip(header, record, strict=True)))
        faults += _check_cells(line, columns)
        lines.append(line)
    if not lines and not faults:
        faults.append(Fault(name, 0, "", "there is no row in the file.", "fill in one at least."))
    if faults:
        raise EntryError(faults)
    return lines


def make_column(table: str, name: str, *, required: bool = False) -> Column:
    """Describe a column of a file as a column of a table, but for whether it may be empty."""
    known = next(column for column in tables()[table].columns if column.name == name)
    return Column(**(vars(known) | {"required": required}))


def make_name(table: str, name: str, *, required: bool = False) -> Column:
    """Describe a column of names, which may look like any text: they are held against known ones.

    Those say more of a wrong one than the pattern that all have.
    """
    return Column(**(vars(make_column(table, name, required=required)) | {"pattern": None}))


def _decode(path: Path) -> str:
    """Text of a file, with a fault that names another encoding than UTF-8."""

    def fault(found: str, cure: str, line: int = 0) -> EntryError:
        return EntryError([Fault(path.name, line, "", found, cure)])

    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise fault(f"the file cannot be read ({error.strerror}).", "check the path.") from None
    if len(content) > MOST_BYTES:
        raise fault(f"the file has more than {MOST_BYTES >> 20} MB.", "name a file of waves.")
    if kind := name_format(content):
        raise fault(f"the file is {kind}.", f"{name_cure(kind)}.")
    again = "save as CSV UTF-8 without a byte order mark."
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:100]:
        raise fault("the file is UTF-16, or no text.", again, 1)
    if content.startswith(b"\xef\xbb\xbf"):
        raise fault("the file begins with a byte order mark (Excel writes it).", again, 1)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        found = f"byte 0x{content[error.start]:02x} is not UTF-8 (Windows-1251 or 1252, perhaps)."
        raise fault(found, again, line) from None


def _split(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Records with the lines on which they begin."""
    header = text.split("\n", 1)[0]
    marks = {";": "semicolons (Excel in many languages writes them)", "\t": "tabs", "|": "bars"}
    for mark, words in marks.items():
        if header.count(mark) > header.count(","):
            found = f"the columns are parted by {words}."
            cure = "save with commas; decimals then take a point."
            raise EntryError([Fault(name, 1, "", found, cure)])
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    begin = 1
    try:
        for record in reader:
            records.append((begin, record))
            begin = reader.line_num + 1
    except csv.Error as error:
        found = f"the line is not CSV ({error})."
        cure = "shorten the cell." if "limit" in str(error) else "mend the quotes."
        raise EntryError([Fault(name, begin, "", found, cure)]) from None
    return records


def _check_header(
    header: Sequence[str], columns: Mapping[str, Column], needed: Sequence[str], name: str
) -> list[Fault]:
    faults = []
    if not header:
        cure = "begin with the line of column names; `python -m polls template` prints it."
        return [Fault(name, 1, "", "the file has no header.", cure)]
    for column in dict.fromkeys(header):
        if header.count(column) > 1:
            found = f"the column {column!r} stands {header.count(column)} times in the header."
            faults.append(Fault(name, 1, column, found, "keep one of them."))
        elif column not in columns and column.strip() in columns:
            found = f"the column {column!r} has blanks beside its name."
            faults.append(Fault(name, 1, column, found, f"write {column.strip()}."))
        elif not column:
            found = f"column {header.index(column) + 1} has no name."
            faults.append(Fault(name, 1, column, found, "name it, or remove it with its comma."))
        elif column not in columns:
            found = f"the column {column!r} is not known."
            faults.append(Fault(name, 1, column, found, name_nearest(column, columns)))
    named = {column.strip() for column in header}
    for column in needed:
        if column not in named:
            found = f"the column {column!r} is missing."
            cure = (
                "name the columns as `python -m polls template` does."
                if needed is NEEDED
                else f"name the columns; the file needs {', '.join(needed)}."
            )
            faults.append(Fault(name, 1, column, found, cure))
    return faults


def _check_cells(line: Line, columns: Mapping[str, Column]) -> list[Fault]:
    faults = []
    for name, text in line.cells.items():
        value = parse_cell(text, columns[name])
        if isinstance(value, CellFault):
            found = f"{text!r} stands there." if text else "the cell is empty."
            cure = value.cure
            if value.rule == "pattern" and name_characters(text):
                found = f"{text!r} stands there: {name_characters(text)}."
            if name == "share_pct" and not text:
                cure = "fill in what was printed, or remove the row: that answer was not."
            faults.append(line.fault(name, found, cure))
    return faults
