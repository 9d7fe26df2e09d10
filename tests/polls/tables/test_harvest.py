"""Nothing that was collected is lost between the two harvests and the tables."""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest
from helpers.paths import SHARED

import polls

FIRST = SHARED / "data" / "harvest"
SECOND = SHARED / "data" / "harvest2"
FOLDERS = {
    FIRST: ["levada", "vciom", "fom", "russian_field", "extremescan", "chronicles", "other"],
    SECOND: ["newest", "state", "independent"],
}
BOTH = [
    pytest.param(
        folder,
        marks=pytest.mark.skipif(
            not folder.is_dir(),
            reason=f"the collected raw files (../shared/data/{folder.name}) are not here",
        ),
        id=folder.name,
    )
    for folder in (FIRST, SECOND)
]
needs_first = BOTH[0].marks[0]
needs_second = BOTH[1].marks[0]
# One spelling for a group that is printed in several: Levada's youngest are 18 to 24.
SPELLINGS = {"age:under25": "age:18-24", "age:under40": "age:18-39"}
# Waves of the second harvest that only its second readings name.
ONLY_SEEN_AGAIN = {"levada-2024-06-27", "russian_field-2024-11-12"}
# Events and studies that stand under the name of a row that was there.
RENAMED = {
    "duma_vote_2026": "duma_election_2026",
    "Russian Field, wave not certain": "Russian Field wave 16",
}
# Who was told days by another source than those of the harvests says so in its notes.
DAYS_TOLD = re.compile(r"\b(days|dates)( and \w+)? from \w", re.IGNORECASE)


def read(harvest: Path, name: str) -> list[dict[str, str]]:
    """Rows of one kind of file over all folders of a harvest."""
    rows = []
    for folder in FOLDERS[harvest]:
        # The second harvest has a file for each house: levada_answers.csv.
        for path in sorted((harvest / folder).glob(f"*{name}.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                rows += list(csv.DictReader(file))
    return rows


def read_second_readings(harvest: Path) -> list[dict[str, str]]:
    """Rows of the verification: one file beside the folders, or one in each."""
    if harvest == SECOND:
        return read(harvest, "verification")
    with (harvest / "verification.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def say_lost(collected: Iterable[tuple], kept: Iterable[tuple]) -> Counter:
    """What was collected more often than it was kept."""
    return Counter(collected) - Counter(kept)


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    """The real tables."""
    return polls.load()


@pytest.fixture(scope="module")
def shares(frames: dict[str, pd.DataFrame]) -> list[tuple]:
    """Percentages of the tables, and those that stood there before they were corrected."""
    keys = ["poll_id", "question_id", "subgroup", "option"]
    answers, corrected = frames["answers"], frames["corrections"].query("column == 'share_pct'")
    kept = list(answers[[*keys, "share_pct"]].itertuples(index=False, name=None))
    for key, was in zip(corrected["key"], corrected["was"], strict=True):
        cells = dict(part.split("=", 1) for part in key.split("; "))
        kept.append((*(cells[name] for name in keys), float(was)))
    return kept


@pytest.mark.parametrize("harvest", BOTH)
def test_every_wave_and_house_is_there(harvest: Path, frames: dict[str, pd.DataFrame]) -> None:
    """Waves keep their ids, in lower case, and so do houses."""
    rows = read(harvest, "polls")
    assert len(rows) >= 45
    assert {row["poll_id"].lower() for row in rows} <= set(frames["polls"]["poll_id"])
    assert {row["house"].lower() for row in rows} <= set(frames["houses"]["house_id"])
    new = {row["house_id"] for row in read(harvest, "houses_new")}
    assert new <= set(frames["houses"]["house_id"])


@needs_second
def test_waves_that_were_only_seen_again_are_there(frames: dict[str, pd.DataFrame]) -> None:
    """A wave that the second harvest knows by second readings or its notes only."""
    again = {row["poll_id"] for row in read(SECOND, "verification")}
    assert not ONLY_SEEN_AGAIN - again
    assert not again - set(frames["polls"]["poll_id"])
    june = frames["answers"].query("poll_id == 'vciom-2022-06-12'")
    assert list(june["share_pct"]) == [73, 19, 8]


@pytest.mark.parametrize("harvest", BOTH)
def test_every_question_and_option_is_there(harvest: Path, frames: dict[str, pd.DataFrame]) -> None:
    """Questions and their answer options keep their ids."""
    collected = {
        (row["question_id"].lower(), option.lower())
        for row in read(harvest, "questions")
        for option in row["options"].split("|")
        if option
    }
    collected |= {(row["question_id"], row["option"]) for row in read(harvest, "options_new")}
    assert len(collected) >= 68
    known = frames["options"]
    assert collected <= set(zip(known["question_id"], known["option"], strict=True))
    new = {row["question_id"] for row in read(harvest, "questions_new")}
    assert new <= set(frames["questions"]["question_id"])


@needs_first
def test_every_percentage_of_the_first_harvest_is_there(shares: list[tuple]) -> None:
    """18,643 percentages, number by number (subgroup names were made one spelling)."""
    collected = [
        (row["poll_id"].lower(), row["question_id"], row["answer"], float(row["pct"]))
        for row in read(FIRST, "answers")
    ]
    assert len(collected) == 18_643
    kept = [(poll, question, option, pct) for poll, question, _, option, pct in shares]
    assert not say_lost(collected, kept)


@needs_second
def test_every_percentage_of_the_second_harvest_is_there(shares: list[tuple]) -> None:
    """373 percentages, number by number and group by group."""
    collected = [
        (
            row["poll_id"],
            row["question_id"],
            SPELLINGS.get(row["subgroup"], row["subgroup"]),
            row["answer"],
            float(row["pct"]),
        )
        for row in read(SECOND, "answers")
    ]
    assert len(collected) == 373
    assert not say_lost(collected, shares)


@needs_first
def test_recomputed_values_are_marked(frames: dict[str, pd.DataFrame]) -> None:
    """16,509 percentages come from microdata, each with base, design effect and all weights."""
    recomputed = frames["answers"].query("origin == 'recomputed'")
    assert len(recomputed) >= 16_509
    columns = ["base_n", "design_effect", "share_raked_pct", "share_unweighted_pct"]
    assert recomputed[columns].notna().all(axis=None)


@pytest.mark.parametrize("harvest", BOTH)
def test_every_second_reading_is_there(
    harvest: Path, frames: dict[str, pd.DataFrame], shares: list[tuple]
) -> None:
    """Each as a second reading, or as the answer's own source."""
    rows = read_second_readings(harvest)
    assert len(rows) >= 196
    urls = frames["sources"].set_index("source_id")["url"]
    columns = ["poll_id", "question_id", "option"]
    seen = frames["confirmations"].assign(url=frames["confirmations"]["source_id"].map(urls))
    answers = frames["answers"].assign(url=frames["answers"]["source_id"].map(urls))
    first = answers.query("subgroup == 'all'")[[*columns, "share_pct", "url"]]
    of_groups = seen[["poll_id", "question_id", "subgroup", "option", "seen_pct", "url"]]
    groups = set(of_groups.itertuples(index=False, name=None))
    known = set(seen[[*columns, "seen_pct", "url"]].itertuples(index=False, name=None))
    known |= set(first.itertuples(index=False, name=None))
    moved = set(seen[[*columns, "seen_pct"]].itertuples(index=False, name=None))
    pages = set(seen[[*columns, "url"]].itertuples(index=False, name=None))
    for row in rows:
        key = row["poll_id"].lower(), row["question_id"], row["answer"]
        url, pct = row["second_source_url"], float(row["pct_seen"])
        if row["notes"].startswith("subgroup "):
            group = row["notes"].removeprefix("subgroup ").split(";")[0].strip()
            assert (*key[:2], group, key[2], float(row["pct_entered"])) in shares, row
            assert (*key[:2], group, key[2], pct, url) in groups, row
        elif row["agrees"] == "no" and row["pct_seen"] == row["pct_entered"]:
            assert (*key, url) in pages, row  # the page prints it of another group
        else:
            # An exact page has taken the place of a site root, which is the second reading now.
            assert (*key, pct, url) in known or (*key, pct) in moved, row
    disputed = {
        (row["poll_id"].lower(), row["question_id"], row["answer"])
        for row in rows
        if row["agrees"] == "no" and not row["notes"].startswith("subgroup ")
    }
    differing = seen[~seen["agrees"].astype(bool)]
    assert disputed <= set(differing[columns].itertuples(index=False, name=None))


@pytest.mark.parametrize("harvest", BOTH)
def test_side_tables_have_every_row(harvest: Path, frames: dict[str, pd.DataFrame]) -> None:
    """Events, indirect measurements and response rates row for row."""
    events = read(harvest, "events" if harvest == FIRST else "events_new")
    names = [RENAMED.get(row["event_id"], row["event_id"]) for row in events]
    assert not set(names) - set(frames["events"]["event_id"])
    assert len(names) >= 18
    indirect = read(harvest, "indirect_measures" if harvest == FIRST else "indirect")
    participation = read(harvest, "response_rates" if harvest == FIRST else "participation")
    assert len(indirect) >= 6
    assert len(participation) >= 6
    if harvest == FIRST:
        assert len(frames["events"]) >= len(events)
        assert len(frames["indirect"]) >= len(indirect)
        # One row, whose wave was not certain, is a row of the second harvest now.
        assert len(frames["participation"]) >= len(participation) - 1
        return
    assert not {row["study"] for row in indirect} - set(frames["indirect"]["study"])
    columns = ["study", "measure", "value"]
    kept = frames["participation"][columns].itertuples(index=False, name=None)
    rates = [(row["study"], row["measure"], float(row["value"])) for row in participation]
    assert not say_lost(rates, kept)


@needs_second
def test_every_fact_of_a_wave_is_there(frames: dict[str, pd.DataFrame]) -> None:
    """Days and sizes that were missing, and exact addresses."""
    waves = frames["polls"].set_index("poll_id")
    urls = set(frames["sources"]["url"])
    facts = read(SECOND, "poll_facts")
    assert len(facts) == 24
    for row in facts:
        column, wave = row["column"], waves.loc[row["poll_id"]]
        if column.startswith("source_url_of_"):
            assert row["value"] in urls, row
        elif column == "period":  # "end of August to beginning of September 2025"
            assert f"{wave['earliest']:%m} {wave['latest']:%m}" == "08 09"
        elif column == "sample_size" and row["poll_id"] == "propa-2024-12":
            assert wave["sample_size"] == 3447 + 1598  # both arms of the survey
        elif column == "sample_size":
            assert wave["sample_size"] == int(row["value"]), row
        elif column == "published":  # an earlier report is the better bound, and in notes
            assert f"{wave['published']:%Y-%m-%d}" <= row["value"], row
        else:
            assert f"{wave[column]:%Y-%m-%d}" == row["value"], row


@pytest.mark.parametrize("harvest", BOTH)
def test_every_source_address_is_there(harvest: Path, frames: dict[str, pd.DataFrame]) -> None:
    """Each address of the harvest stands in sources."""
    collected = {row["source_url"] for name in ("polls", "answers") for row in read(harvest, name)}
    collected |= {row["second_source_url"] for row in read_second_readings(harvest)}
    assert len(collected) > 100
    assert collected <= set(frames["sources"]["url"])


@pytest.mark.parametrize("harvest", BOTH)
def test_a_day_was_collected_or_its_notes_say_where_it_is_from(
    harvest: Path, frames: dict[str, pd.DataFrame]
) -> None:
    """No day of fieldwork stands in the tables that nobody printed."""
    collected = {row["poll_id"].lower(): dict(row) for row in read(harvest, "polls")}
    later = read(SECOND, "poll_facts") if SECOND.is_dir() else []
    for fact in later:
        if fact["poll_id"] in collected and fact["column"] in ("field_start", "field_end"):
            collected[fact["poll_id"]][fact["column"]] = fact["value"]
    for row in frames["polls"].itertuples():
        for column in ("field_start", "field_end") if row.poll_id in collected else ():
            day, printed = getattr(row, column), collected[row.poll_id][column]
            if printed and pd.notna(day):
                assert f"{day:%Y-%m-%d}" == printed
            elif pd.notna(day):
                assert DAYS_TOLD.search(row.notes), row.poll_id
