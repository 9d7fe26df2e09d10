"""Nothing that was collected is lost between the harvest and the tables."""

import csv
from collections import Counter

import pandas as pd
import pytest
from helpers.paths import SHARED

HARVEST = SHARED / "data" / "harvest"
FOLDERS = ["levada", "vciom", "fom", "russian_field", "extremescan", "chronicles", "other"]
if not HARVEST.is_dir():
    reason = "the collected raw files (../shared/data/harvest) are with the maintainers only"
    pytest.skip(reason, allow_module_level=True)


def read(name: str) -> list[dict[str, str]]:
    """Rows of one kind of file over all folders."""
    rows = []
    for folder in FOLDERS:
        path = HARVEST / folder / f"{name}.csv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                rows += list(csv.DictReader(file))
    return rows


def test_every_wave_and_house_is_there(frames: dict[str, pd.DataFrame]) -> None:
    """324 waves, ids in lower case, each of a house that is there."""
    collected = {row["poll_id"].lower() for row in read("polls")}
    assert len(collected) == 324
    waves = frames["polls"]
    assert collected <= set(waves["poll_id"])
    assert set(waves["house_id"]) <= set(frames["houses"]["house_id"])


def test_every_question_and_option_is_there(frames: dict[str, pd.DataFrame]) -> None:
    """Questions and their answer options keep their ids."""
    collected = {
        (row["question_id"].lower(), option.lower())
        for row in read("questions")
        for option in row["options"].split("|")
        if option
    }
    known = frames["options"]
    assert collected <= set(zip(known["question_id"], known["option"], strict=True))


def test_every_percentage_is_there_unchanged(frames: dict[str, pd.DataFrame]) -> None:
    """18,643 percentages, number by number (subgroup names were made one spelling)."""
    collected = Counter(
        (row["poll_id"].lower(), row["question_id"], row["answer"], float(row["pct"]))
        for row in read("answers")
    )
    assert collected.total() == 18_643
    columns = ["poll_id", "question_id", "option", "share_pct"]
    kept = Counter(frames["answers"][columns].itertuples(index=False, name=None))
    assert collected - kept == Counter()


def test_recomputed_values_are_marked(frames: dict[str, pd.DataFrame]) -> None:
    """16,509 percentages come from microdata, each with base, design effect and all weights."""
    recomputed = frames["answers"].query("origin == 'recomputed'")
    assert len(recomputed) == 16_509
    columns = ["base_n", "design_effect", "share_raked_pct", "share_unweighted_pct"]
    assert recomputed[columns].notna().all(axis=None)


def test_every_second_reading_is_there(frames: dict[str, pd.DataFrame]) -> None:
    """All rows of the verification, with disagreements kept as such."""
    with (HARVEST / "verification.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 196
    collected = Counter(
        (row["poll_id"].lower(), row["question_id"], row["answer"], row["agrees"] == "yes")
        for row in rows
    )
    columns = ["poll_id", "question_id", "option", "agrees"]
    kept = frames["confirmations"][columns].astype({"agrees": bool})
    assert collected - Counter(kept.itertuples(index=False, name=None)) == Counter()


@pytest.mark.parametrize(
    ("table", "file"),
    [("events", "events"), ("indirect", "indirect_measures"), ("participation", "response_rates")],
)
def test_side_tables_have_every_row(frames: dict[str, pd.DataFrame], table: str, file: str) -> None:
    """Events, indirect measurements and response rates: none is lost."""
    assert len(frames[table]) >= len(read(file)) > 0


def test_every_source_address_is_there(frames: dict[str, pd.DataFrame]) -> None:
    """Each address of the harvest stands in sources."""
    collected = {row["source_url"] for name in ("polls", "answers") for row in read(name)}
    assert collected <= set(frames["sources"]["url"])


def test_days_of_fieldwork_are_those_that_were_collected(frames: dict[str, pd.DataFrame]) -> None:
    """Days are taken out where they were not printed, but none is put in or changed."""
    waves = frames["polls"].set_index("poll_id")
    collected = pd.DataFrame(read("polls")).assign(poll_id=lambda rows: rows["poll_id"].str.lower())
    collected = collected.set_index("poll_id")
    for column in ("field_start", "field_end"):
        kept = waves.loc[collected.index, column].dt.strftime("%Y-%m-%d").fillna("")
        stands = kept != ""
        assert stands.any()
        assert kept[stands].to_dict() == collected.loc[stands, column].to_dict()
