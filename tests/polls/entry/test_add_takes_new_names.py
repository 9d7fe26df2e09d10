"""A house, question, option or group that is not there yet comes with the wave that needs it."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.made_house import HOUSE, QUESTION, write_file

import polls
from polls.entry.judge import renew_delays
from polls.tables import tables

MOOD = QUESTION | {
    "question_id": "made_house.mood",
    "construct_id": "feelings",
    "in_series": "no",
    "in_series_reason": "construct has no for/against series here",
}
OPTIONS = [
    {"question_id": "made_house.mood", "option": "well", "label": "well"},
    {"question_id": "made_house.mood", "option": "badly", "label": "badly"},
]


@pytest.fixture
def made(tmp_path: Path, flat: Callable) -> list[str | Path]:
    """Words of a call that adds a wave of a house that nobody knows."""
    file = flat(
        {"well": "60", "badly": "40"},
        house_id="made_house",
        question_id="made_house.mood",
        population="Russia, adults 18+",
        source_url="https://made.example/1",
    )
    rows = {"houses": [HOUSE | {"publication_delay_days": "5"}], "questions": [MOOD]}
    rows["options"] = OPTIONS
    paths = {name: write_file(tmp_path / f"{name}.csv", mine) for name, mine in rows.items()}
    return ["add", file, *(word for name in paths for word in (f"--{name}", paths[name]))]


@pytest.mark.long("all rules run on all tables")
def test_a_new_house_comes_with_its_first_wave(
    made: list[str | Path], copy: Path, call: Callable
) -> None:
    """All of it is there and clean."""
    result = call(*made, "--yes", "--data", copy)
    assert result.returncode == 0, result.stderr
    assert "made-example" in result.stdout
    assert polls.show("made_house-2026-03-22", data=copy).startswith("made_house-2026-03-22 (Made")
    assert [finding for finding in polls.check(copy) if finding.level == "error"] == []


@pytest.mark.long("all rules run on all tables")
def test_the_usual_delay_of_a_house_follows_its_waves(
    made: list[str | Path], copy: Path, call: Callable
) -> None:
    """It is a median that no release prints, and is brought into step with a word."""
    call(*made, "--yes", "--data", copy)
    file = Path(made[1])
    text = file.read_text(encoding="utf-8").replace(
        "2026-03-20,2026-03-22", "2026-04-03,2026-04-05"
    )
    file.write_text(text.replace("2026-03-27", "2026-04-20"), encoding="utf-8")
    result = call("add", file, "--yes", "--data", copy)
    assert result.returncode == 0, result.stderr
    said = "In step: houses.csv: publication_delay_days of made_house 5 -> 10, the median"
    assert said in result.stdout
    assert [finding for finding in polls.check(copy) if finding.level == "error"] == []


@pytest.mark.long("all rules run on all tables")
def test_a_new_house_without_a_wave_is_refused(
    made: list[str | Path], copy: Path, call: Callable
) -> None:
    """Its rows are checked as those of the tables are, and named by their own file."""
    result = call("add", *made[2:4], "--yes", "--data", copy)
    assert result.returncode == 1
    assert "houses.csv:2 [house_id] error no_wave: the house has no wave." in result.stderr
    assert "made_house" not in (copy / "houses.csv").read_text(encoding="utf-8")


@pytest.mark.long("all rules run on all tables")
def test_rows_that_are_there_are_not_added_twice(
    made: list[str | Path], copy: Path, call: Callable
) -> None:
    call(*made, "--yes", "--data", copy)
    result = call(*made, "--data", copy)
    assert (result.returncode, result.stdout) == (0, "Nothing is new: 6 rows there already.\n")


@pytest.mark.long("all rules run on all tables")
def test_a_row_that_is_there_with_another_word_is_refused(
    made: list[str | Path], copy: Path, call: Callable
) -> None:
    call(*made, "--yes", "--data", copy)
    houses = Path(made[3])
    text = houses.read_text(encoding="utf-8").replace("independent", "state")
    houses.write_text(text, encoding="utf-8")
    result = call(*made, "--yes", "--data", copy)
    assert result.returncode == 1
    assert "houses.csv:2 [sector] error: 'state', and houses.csv has 'independent'" in result.stderr


def test_the_first_wave_of_a_house_says_who_was_sampled(
    made: list[str | Path], copy: Path, call: Callable
) -> None:
    file = Path(made[1])
    text = file.read_text(encoding="utf-8").replace('"Russia, adults 18+"', "")
    file.write_text(text, encoding="utf-8")
    result = call(*made, "--yes", "--data", copy)
    assert result.returncode == 1
    assert "new.csv:2 [population] error: this is the first wave of its house." in result.stderr


@pytest.mark.long("all rules run on all tables")
def test_a_new_group_is_named_in_the_call(copy: Path, call: Callable, flat: Callable) -> None:
    """So that a slip in its name makes no group of its own."""
    file = flat({"calm": "57"}, subgroup="place:moon")
    assert call("add", file, "--yes", "--data", copy).returncode == 1
    words = ("add", file, "--subgroup", "place:moon", "--yes", "--data", copy)
    assert call(*words).returncode == 0
    assert "place:moon" in set(polls.load(copy)["answers"]["subgroup"])


@pytest.mark.parametrize(
    ("delays", "changes"),
    [([5, 5], []), ([5, 6], []), ([6, 6], ["6"]), ([4, 5], []), ([4, 4], ["4"])],
)
def test_a_usual_delay_is_renewed_from_one_day_on(delays: list[int], changes: list[str]) -> None:
    """The median of an even number of waves may lie half a day off, and stays."""
    end = date(2026, 3, 22)
    empty = dict.fromkeys(tables()["polls"].names, "")
    waves = [
        empty
        | {"house_id": "a", "field_end": f"{end}", "published": f"{end + timedelta(days=delay)}"}
        | {"published_kind": "printed", "quality": "use"}
        for delay in delays
    ]
    rows = {"polls": waves, "houses": [{"house_id": "a", "publication_delay_days": "5"}]}
    changed: list[str] = []
    draft = SimpleNamespace(
        rows=rows.__getitem__,
        added={"polls": waves},
        edits=[],
        change=lambda *_, publication_delay_days: changed.append(publication_delay_days),
    )
    entry: Any = SimpleNamespace(draft=draft)
    assert len(renew_delays(entry)) == len(changes)
    assert changed == changes
