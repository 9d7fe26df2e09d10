"""Rows of files become rows of the tables: what is new, what is there already, what is wrong."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from polls.entry.draft import Draft, Row, find_key
from polls.entry.flat import (
    PERCENT,
    SAME,
    EntryError,
    Fault,
    Line,
    agree,
    is_fraction,
    make_column,
)
from polls.entry.sources import SourceBook
from polls.entry.waves import complete_wave, group_lines, make_wave, match_wave, read_wave
from polls.names import name_alike, name_characters, name_nearest
from polls.tables import key_columns, tables
from polls.tables.parse import Fault as CellFault
from polls.tables.parse import parse_cell

# Tables whose rows are names that others refer to, where a look-alike would be a second one.
NAMED = ("constructs", "houses", "questions", "options", "polls")


@dataclass
class Entry:
    """What is entered: the draft, where each of its rows came from, and what was there.

    Parameters
    ----------
    draft : Draft
        Tables that the rows are added to.
    subgroups : iterable of str
        Groups of respondents that are meant although no answer has them yet.
    reason : str
        Why all that stands out is right, where one reason does for rows that no file has.
    shares : sequence of str
        All that the file gives, by which one can tell a fraction.
    """

    draft: Draft
    subgroups: Iterable[str] = ()
    reason: str = ""
    shares: Sequence[str] = ()
    faults: list[Fault] = field(default_factory=list)
    origin: dict[tuple[str, str], Line] = field(default_factory=dict)
    already: int = 0
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sources = SourceBook(self.draft)
        self.answers = {find_key("answers")(row): row for row in self.draft.rows("answers")}
        seen = self.draft.rows("confirmations")
        self.confirmations = {find_key("confirmations")(row): row for row in seen}
        self.known_groups = {row["subgroup"] for row in self.draft.rows("answers")}
        for name in set(self.subgroups) - self.known_groups:
            if alike := name_alike(name, self.known_groups):
                raise EntryError(errors=[f"--subgroup {name!r}: it is {alike}."])
        self.known_groups |= set(self.subgroups)

    def add(self, name: str, row: Row, line: Line) -> None:
        """Add a row and remember the line it came from."""
        self.draft.add(name, row)
        full = self.draft.added[name][-1]
        self.origin[name, name_row(name, full)] = line
        if name == "answers":
            self.answers[find_key(name)(full)] = full
        if name == "confirmations":
            self.confirmations[find_key(name)(full)] = full
        if name == "sources":
            self.sources.remember(full)


def name_row(name: str, row: Row) -> str:
    """Name a row as findings and reviewed.csv do."""
    return "; ".join(f"{column}={row[column]}" for column in key_columns(tables()[name]))


def enter_rows(entry: Entry, name: str, lines: Sequence[Line]) -> None:
    """Enter rows of a table in its own columns; those that are there already are left out."""
    key = find_key(name)
    there = {key(row): row for row in entry.draft.rows(name)}
    for line in lines:
        row = {column: line[column] for column in tables()[name].names}
        if name != "sources" and "source_id" in row and not row["source_id"]:
            if not line["source_url"]:
                cure = "give source_url, or the source_id of a source that is there."
                entry.faults.append(line.fault("source_url", "no source is named.", cure))
                continue
            words = (line["source_kind"], line["publisher"], line["source_notes"])
            row["source_id"] = entry.sources.find(line["source_url"], *words)
        known = there.get(key(row))
        if known is None and (alike := _name_twin(name, key(row), there)):
            column, found = alike
            cure = "write that name, or another one that nobody takes for it."
            entry.faults.append(line.fault(column, found, cure))
            continue
        if known is None:
            entry.add(name, row, line)
            there[key(row)] = row
            continue
        differing = [column for column in row if line[column] and row[column] != known[column]]
        entry.already += not differing
        for column in differing:
            found = f"{row[column]!r}, and {name}.csv has {known[column]!r} in this row."
            cure = "mend the file; a row that is there stays as it is."
            entry.faults.append(line.fault(column, found, cure))


def _name_twin(
    name: str, key: tuple[str, ...], there: Iterable[tuple[str, ...]]
) -> tuple[str, str] | None:
    """Column and words of a new name that one takes for another one, which is there."""
    if name not in NAMED:
        return None
    column = key_columns(tables()[name])[-1]
    known = [other[-1] for other in there if other[:-1] == key[:-1]]
    alike = name_alike(key[-1], known)
    return (column, f"{key[-1]!r} is {alike}.") if alike else None


def enter_answers(entry: Entry, lines: Sequence[Line]) -> None:
    """Enter rows of a flat file: their waves, answers, sources and second readings."""
    houses = {row["house_id"] for row in entry.draft.rows("houses")}
    questions = {row["question_id"]: row["house_id"] for row in entry.draft.rows("questions")}
    options: dict[str, list[str]] = {}
    for row in entry.draft.rows("options"):
        options.setdefault(row["question_id"], []).append(row["option"])
    known = []
    shares = ("share_pct", "second_share_pct")
    entry.shares = [line[name] for line in lines for name in shares if line[name]]
    for line in lines:
        faults = list(_find_unknown(line, houses, questions, options, entry.known_groups))
        entry.faults += faults
        known += [] if faults else [line]
    for wave in group_lines(known):
        try:
            poll = _enter_wave(entry, wave)
        except EntryError as error:
            entry.faults += error.faults
            continue
        for line in wave:
            _enter_answer(entry, poll["poll_id"], line)


def _find_unknown(
    line: Line,
    houses: set[str],
    questions: dict[str, str],
    options: dict[str, list[str]],
    groups: set[str],
) -> Iterable[Fault]:
    """Names in a row that the tables do not have."""
    house, question, option = line["house_id"], line["question_id"], line["option"]
    if house not in houses:
        cure = f"{name_nearest(house, houses)} A new house comes in a file for --houses."
        yield line.fault("house_id", f"there is no house {house!r}.", cure)
        return
    if questions.get(question) != house:
        mine = [name for name, asked_by in questions.items() if asked_by == house]
        cure = f"{name_nearest(question, mine)} A new question comes in a file for --questions."
        found = f"{house} has no question {question!r}."
        yield line.fault("question_id", found, cure)
    elif option not in options.get(question, []):
        known = options.get(question, [])
        cure = f"{name_nearest(option, known)} A new option comes in a file for --options."
        yield line.fault("option", f"{question} has no option {option!r}.", cure)
    if line["subgroup"] and line["subgroup"] not in groups:
        cure = f"{name_nearest(line['subgroup'], groups)} A new one is named with --subgroup."
        yield line.fault("subgroup", f"no answer has the group {line['subgroup']!r}.", cure)


def _enter_wave(entry: Entry, lines: Sequence[Line]) -> Row:
    """Wave of some rows: the one that is there, completed, or a new one."""
    first, polls = lines[0], entry.draft.rows("polls")
    wave = read_wave(lines)
    _check_name(wave["poll_id"], polls, first)
    notes = next((line["poll_notes"] for line in lines if line["poll_notes"]), "")
    there = match_wave(wave, polls, first)
    if there is not None:
        filled = complete_wave(wave, there, first)
        if notes and notes != there["notes"]:  # what was known then may hold no more
            filled["notes"] = notes
        if filled:
            entry.draft.change("polls", there, **filled)
            entry.origin["polls", f"poll_id={there['poll_id']}"] = first
        return there
    row = make_wave(wave, polls, first)
    _refuse_twin(entry, row, lines)
    url = next((line["poll_source_url"] for line in lines if line["poll_source_url"]), "")
    row["source_id"] = (
        entry.sources.find(url) if url else entry.sources.find(first["source_url"], *_words(first))
    )
    row["notes"] = notes
    entry.add("polls", row, first)
    return row


def _check_name(poll_id: str, polls: Sequence[Row], line: Line) -> None:
    """See that the id of a wave is one that is there, or a new one that may be.

    Raises
    ------
    EntryError
        It only looks like one that is there, or has characters that no id has.
    """
    known = {row["poll_id"] for row in polls}
    if poll_id and poll_id not in known:
        if alike := name_alike(poll_id, known):
            found = f"there is no wave {poll_id!r}: it is {alike}."
            raise EntryError([line.fault("poll_id", found, "write the id that is there.")])
        fault = parse_cell(poll_id, make_column("polls", "poll_id"))
        if isinstance(fault, CellFault):
            odd = name_characters(poll_id)
            found = f"{poll_id!r} stands there{': ' * bool(odd)}{odd}."
            raise EntryError([line.fault("poll_id", found, fault.cure)])


def _refuse_twin(entry: Entry, wave: Row, lines: Sequence[Line]) -> None:
    """A wave whose answers stand under another id that can be of the same days is no new one.

    Raises
    ------
    EntryError
        Naming that wave.
    """
    if lines[0]["reviewed_reason"]:
        return
    for other in entry.draft.rows("polls"):
        apart = other["earliest"] > wave["latest"] or other["latest"] < wave["earliest"]
        if other["house_id"] != wave["house_id"] or apart:
            continue
        both = [
            (float(line["share_pct"]), float(there["share_pct"]))
            for line in lines
            for there in [entry.answers.get((other["poll_id"], *_answer_key(line)))]
            if there is not None
        ]
        if both and all(abs(one - two) < SAME for one, two in both):
            found = (
                f"{other['poll_id']} can be of the same days and has the same {len(both)} values."
            )
            cure = (
                f"write poll_id {other['poll_id']}; another wave says in reviewed_reason "
                "why it is another one."
            )
            raise EntryError([lines[0].fault("field_start+field_end", found, cure)])


def _answer_key(line: Line) -> tuple[str, str, str]:
    return line["question_id"], line["subgroup"] or "all", line["option"]


def _words(line: Line) -> tuple[str, str, str]:
    return line["source_kind"], line["publisher"], line["source_notes"]


def _enter_answer(entry: Entry, poll_id: str, line: Line) -> None:
    key = (poll_id, *_answer_key(line))
    question, group, option = key[1:]
    there = entry.answers.get(key)
    if there is None:
        digits = line["share_pct"].partition(".")[2]
        row = {
            "poll_id": poll_id,
            "question_id": question,
            "subgroup": group,
            "option": option,
            "share_pct": line["share_pct"],
            "decimals": line["decimals"] or str(len(digits)),
            "base": line["base"] or _usual_base(entry, question),
            "base_n": line["base_n"],
            "design_effect": line["design_effect"],
            "source_id": entry.sources.find(line["source_url"], *_words(line)),
            "notes": line["notes"],
            "origin": line["origin"] or "printed",
            "doubt": line["doubt"],
            "instrument": line["instrument"],
        }
        entry.add("answers", row, line)
    elif ("answers", name_row("answers", there)) in entry.origin:
        number = entry.origin["answers", name_row("answers", there)].number
        found = f"the same answer as in line {number}."
        entry.faults.append(line.fault("question_id+subgroup+option", found, "keep one of them."))
        return
    elif abs(float(there["share_pct"]) - float(line["share_pct"])) > SAME:
        found = f"{line['share_pct']}, and answers.csv has {there['share_pct']} for {poll_id}."
        cure = (
            "a second reading that differs goes through `confirm`, a wrong value in the tables "
            f"through `python -m polls correct {poll_id} {question} {option}`."
        )
        entry.faults.append(line.fault("share_pct", found, cure))
        return
    else:
        entry.already += 1
        elsewhere = line["source_url"] != entry.sources.url(there["source_id"])
        if elsewhere and not line["second_source_url"]:
            entry.remarks.append(
                f"{line.file}:{line.number}: the value is there from {there['source_id']}; "
                "`confirm` takes this source as a second reading."
            )
    if line["second_source_url"]:
        reading = Reading(
            line["second_share_pct"] or line["share_pct"],
            line["second_source_url"],
            line["second_source_kind"],
            line["second_publisher"],
            line["second_notes"],
        )
        enter_reading(entry, entry.answers[key], reading, line)


@dataclass(frozen=True)
class Reading:
    """A second reading of a percentage; where agrees is empty, half a point decides."""

    seen_pct: str
    source_url: str
    source_kind: str = ""
    publisher: str = ""
    notes: str = ""
    agrees: str = ""


def enter_reading(entry: Entry, answer: Row, reading: Reading, line: Line) -> None:
    """Enter a second reading of an answer; one that differs by more than rounding marks it."""
    words = (reading.source_kind, reading.publisher)
    source = entry.sources.find(reading.source_url, *words)
    if source == answer["source_id"]:
        found = "the second source is the one the answer was read from."
        entry.faults.append(line.fault("source_url", found, "give another, or remove the reading."))
        return
    seen, share = reading.seen_pct, answer["share_pct"]
    beside = shares_beside(entry, answer)
    if not line["reviewed_reason"] and is_fraction(seen, beside, known=share):
        found = f"{seen} looks like a fraction of one; {share} is in answers.csv."
        column = "seen_pct" if line["seen_pct"] else "second_share_pct"
        entry.faults.append(line.fault(column, found, PERCENT.format("reviewed_reason")))
        return
    within = agree(seen, share)
    agrees = reading.agrees or ("yes" if within else "no")
    row = {
        "poll_id": answer["poll_id"],
        "question_id": answer["question_id"],
        "option": answer["option"],
        "seen_pct": reading.seen_pct,
        "agrees": agrees,
        "source_id": source,
        "notes": reading.notes,
        "subgroup": answer["subgroup"],
    }
    known = entry.confirmations.get(find_key("confirmations")(row))
    if known is None:
        entry.add("confirmations", row, line)
        if agrees == "no":
            told = tell_reading(answer, reading.seen_pct, reading.source_url)
            entry.remarks.append(f"{line.file}:{line.number}: {told}")
        if agrees == "no" and not answer["doubt"]:
            now = entry.draft.change("answers", answer, doubt="disagreement")
            entry.answers[find_key("answers")(now)] = now
    elif abs(float(known["seen_pct"]) - float(row["seen_pct"])) > SAME:
        found = f"{row['seen_pct']}, and confirmations.csv has {known['seen_pct']} from there."
        entry.faults.append(line.fault("seen_pct", found, "read the source again."))
    else:
        entry.already += 1


def shares_beside(entry: Entry, answer: Row) -> Iterator[str]:
    """Shares beside that of an answer: of the file, and of the same wave in the tables."""
    yield from entry.shares
    yield from (
        row["share_pct"] for key, row in entry.answers.items() if key[0] == answer["poll_id"]
    )


def tell_reading(answer: Row, seen: str, where: str) -> str:
    """A reading that differs: of which answer, both values, how far apart they are, and where.

    Examples
    --------
    >>> key = {"poll_id": "p", "question_id": "q", "subgroup": "all", "option": "yes"}
    >>> tell_reading(key | {"share_pct": "57"}, "75.5", "made.example")
    'p q yes: answers.csv has 57, the second reading is 75.5 (+18.5 points), from made.example.'
    """
    group = () if answer["subgroup"] == "all" else (answer["subgroup"],)
    name = " ".join((answer["poll_id"], answer["question_id"], *group, answer["option"]))
    share = answer["share_pct"]
    apart = f"{float(seen) - float(share):+.6g} points"
    return f"{name}: answers.csv has {share}, the second reading is {seen} ({apart}), from {where}."


def _usual_base(entry: Entry, question: str) -> str:
    """Percent of whom the question was printed so far; of all where that is not settled."""
    bases = {row["base"] for key, row in entry.answers.items() if key[1] == question}
    return bases.pop() if len(bases) == 1 else "all"
