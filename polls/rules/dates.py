"""Rules on days: fieldwork within its bounds, bounds before publication, nothing in the future."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pandas as pd

from polls.rules.rule import Frames, Rule
from polls.tables import Finding, cell, find, tables
from polls.tables import say as written

# The order in which the days of a wave follow each other.
ORDER = ["earliest", "field_start", "field_end", "latest", "published"]
ID_DAY = r"-(\d{4})-(\d\d)(?:-(\d\d))?"
# How notes say that days or a size were not printed.
NO_DAYS = r"(?i)\b(?:dates?|days?)\b[^.;]{0,20} not (?:found|printed|known)"
NO_SIZE = r"(?i)\b(?:sample size|size|n)\b[^.;]{0,20} not (?:found|printed|known|given)"
WIDEST_WINDOW_DAYS = 62  # two months; a wave whose fieldwork is less certain needs a word
LATEST_PUBLICATION_DAYS = 200  # no release in the tables came later after its fieldwork


def check_order(frames: Frames) -> Iterator[Finding]:
    """Earliest <= field_start <= field_end <= latest <= published."""
    polls = frames["polls"]
    days = polls[ORDER].map(lambda day: f"{day:%Y-%m-%d}" if day == day else "")
    for position, first in enumerate(ORDER):
        for second in ORDER[position + 1 :]:

            def say(line: int, first: str = first, second: str = second) -> str:
                early, late = cell(days, line, first), cell(days, line, second)
                return f"{first} {early} is after {second} {late}."

            wrong = polls[first] > polls[second]
            cure = "read both days in the source again."
            yield from find("polls", wrong, f"{first}+{second}", "day_order", say, cure)


def check_future(frames: Frames) -> Iterator[Finding]:
    """No day is later than today."""
    # Where the day begins first, so that no reader far to the east is told off.
    today = pd.Timestamp((datetime.now(UTC) + timedelta(hours=14)).date())
    for name, frame in frames.items():
        for column in frame.columns[frame.dtypes == "datetime64[us]"]:

            def say(line: int, days: pd.Series = frame[column]) -> str:
                return f"{days[line]:%Y-%m-%d} has not come yet."

            cure = "read the day in the source again."
            yield from find(name, frame[column] > today, column, "future", say, cure)


def check_precision(frames: Frames) -> Iterator[Finding]:
    """date_precision says exactly what the columns of days hold."""
    polls = frames["polls"]
    start, end = polls["field_start"].notna(), polls["field_end"].notna()
    early, late = polls["earliest"], polls["latest"]
    month_ends = (late.dt.is_month_end) | (late == polls["published"])
    whole_month = (early.dt.day == 1) & month_ends & (early.dt.month == late.dt.month)
    whole_month &= early.dt.year == late.dt.year
    holds = {
        "day": start & end & (polls["field_start"] == early) & (polls["field_end"] == late),
        "end_only": ~start & end & (polls["field_end"] == late),
        "month": ~start & ~end & whole_month,
        "window": ~(start & end),
    }
    says = {
        "day": "both days printed, and the bounds equal to them",
        "end_only": "field_end printed, field_start empty, latest equal to field_end",
        "month": "no day printed, and bounds from the 1st of a month to its last or to the release",
        "window": "at most one day printed",
    }
    for word, mask in holds.items():
        wrong = (polls["date_precision"] == word) & ~mask
        message = f"{word!r} means {says[word]}, and the row differs."
        cure = "mend the days or the precision."
        yield from find("polls", wrong, "date_precision", "precision", message, cure)


def check_pairs(frames: Frames) -> Iterator[Finding]:
    """A start without an end is no fieldwork, and no wave ends before it starts."""
    polls = frames["polls"]
    wrong = polls["field_start"].notna() & polls["field_end"].isna()
    message = "fieldwork has a first day and no last one."
    cure = "empty field_start and let earliest carry it."
    yield from find("polls", wrong, "field_end", "open_end", message, cure)
    wrong = polls["published"].isna() != polls["published_kind"].isna()
    message = "published and published_kind are not both filled or both empty."
    column = "published+published_kind"
    yield from find("polls", wrong, column, "published_kind", message, "fill or empty both.")
    for name in ("participation", "indirect"):
        wrong = frames[name]["field_start"] > frames[name]["field_end"]
        message = "fieldwork ends before it starts."
        cure = "read both days in the source again."
        yield from find(name, wrong, "field_start+field_end", "day_order", message, cure)


def check_window(frames: Frames) -> Iterator[Finding]:
    """Fieldwork is known to within two months, and is published within seven."""
    polls = frames["polls"]
    days = (polls["latest"] - polls["earliest"]).dt.days
    yield from find(
        "polls",
        days > WIDEST_WINDOW_DAYS,
        "earliest+latest",
        "wide_window",
        lambda line: f"fieldwork is known only to within {days[line]:.0f} days.",
        "read the days in the source again; reviewed.csv explains a window that stays wide.",
        "review",
    )
    delay = (polls["published"] - polls["latest"]).dt.days
    yield from find(
        "polls",
        delay > LATEST_PUBLICATION_DAYS,
        "latest+published",
        "late_publication",
        lambda line: f"published {delay[line]:.0f} days after the last possible day of fieldwork.",
        "read the days in the source again.",
        "review",
    )


def check_id_day(frames: Frames) -> Iterator[Finding]:
    """The day in a poll_id is the last of fieldwork or that of publication; it never sets them."""
    polls = frames["polls"]
    parts = polls["poll_id"].str.extract(ID_DAY)
    text = parts[0] + "-" + parts[1] + "-" + parts[2].fillna("01")
    named = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    exact = parts[2].notna()
    last = polls["field_end"].fillna(polls["latest"])
    known = (named == last) | (polls["field_end"].isna() & (named == polls["published"]))
    month_end = named.dt.to_period("M").dt.end_time
    until = polls[["latest", "published"]].max(axis=1)
    outside = (month_end < polls["earliest"]) | (named > until)

    def say(line: int) -> str:
        early, late = (written(cell(polls, line, name)) for name in ("earliest", "latest"))
        poll = cell(polls, line, "poll_id")
        return f"the id {poll} names another time than fieldwork, {early} to {late}."

    wrong = (exact & ~known) | (~exact & outside)
    cure = "read the days in the source again; the id stays as it is."
    yield from find("polls", wrong, "field_end+latest", "id_day", say, cure, "review")


def check_notes(frames: Frames) -> Iterator[Finding]:
    """No note says that days or a sample size were not printed which stand in the row."""
    polls = frames["polls"]
    notes = polls["notes"].fillna("")
    dated = polls["date_precision"] == "day"
    wrong = dated & notes.str.contains(NO_DAYS)
    wrong |= polls["sample_size"].notna() & notes.str.contains(NO_SIZE)
    message = "the note says that days or size were not printed, and they stand in the row."
    cure = "say what holds now; a flat file gives the new note in poll_notes."
    yield from find("polls", wrong, "notes", "old_note", message, cure, "review")


def check_studies(frames: Frames) -> Iterator[Finding]:
    """A study with both its days printed is a wave of its house, if the house has waves."""
    polls = frames["polls"]
    waves = pd.MultiIndex.from_frame(polls[["house_id", "field_start", "field_end"]].dropna())
    houses = set(waves.get_level_values(0))
    for name in ("participation", "indirect"):
        frame = frames[name]
        dated = frame[["field_start", "field_end"]].notna().all(axis=1)
        dated &= frame["house_id"].isin(houses)
        keys = pd.MultiIndex.from_frame(frame[["house_id", "field_start", "field_end"]])
        wrong = dated & ~pd.Series(keys.isin(waves), index=frame.index)
        message = "the house has no wave with these days."
        cure = "read house and days again; they are those of the wave in polls.csv."
        column = "house_id+field_start+field_end"
        yield from find(name, wrong, column, "study_days", message, cure, "review")


DATE_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("polls",), check_order),
    *(((name,), check_future) for name in tables()),
    (("polls",), check_precision),
    (("polls", "participation", "indirect"), check_pairs),
    (("polls",), check_window),
    (("polls",), check_id_day),
    (("polls",), check_notes),
    (("polls", "participation", "indirect"), check_studies),
]
