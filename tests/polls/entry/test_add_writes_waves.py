"""What is added stands in the tables, in its place, and nothing else moves."""

from collections.abc import Callable
from datetime import timedelta
from difflib import unified_diff
from pathlib import Path

import pytest

import polls
from polls.entry.sources import propose_id


def find_new_lines(old: Path, new: Path) -> dict[str, list[str]]:
    """Lines that differ, by table, with their signs."""
    changes = {}
    for path in sorted(new.glob("*.csv")):
        before = (old / path.name).read_text(encoding="utf-8").split("\n")
        after = path.read_text(encoding="utf-8").split("\n")
        lines = list(unified_diff(before, after, n=0, lineterm=""))[2:]
        if moved := [line for line in lines if not line.startswith("@@")]:
            changes[path.stem] = moved
    return changes


def test_a_wave_is_its_rows_and_nothing_else(
    copy: Path, two_houses: Path, call: Callable, flat: Callable
) -> None:
    """One row of polls, three of answers, one source; every other line keeps its bytes."""
    result = call("add", flat(), "--yes", "--data", copy)
    assert (result.returncode, result.stderr) == (0, "")
    url = "https://fom.ru/Nastroeniya/15001"
    source = propose_id(url, "primary")
    changes = find_new_lines(two_houses, copy)
    changes.pop("reviewed", None)  # a longer series may need a reason no more: then it goes
    assert set(changes) == {"answers", "polls", "sources"}
    start = "+fom-2026-03-22,fom.anxiety,all,"
    assert changes["answers"] == [
        f"{start}calm,57,,0,all,,,{source},,printed,,,",
        f"{start}anxious,37,,0,all,,,{source},,printed,,,",
        f"{start}hard_to_say,6,,0,all,,,{source},,printed,,,",
    ]
    days = "2026-03-20,2026-03-22,2026-03-20,2026-03-22,day,2026-03-27,release"
    assert changes["polls"] == [
        f'+fom-2026-03-22,fom,{days},f2f,1500,"Russia, adults 18+",,use,,{source},'
    ]
    assert changes["sources"] == [f"+{source},{url},FOM,primary,,,"]


def test_what_is_added_is_clean(copy: Path, call: Callable, flat: Callable) -> None:
    """Rows stand in the order that the rules ask for."""
    call("add", flat(), "--yes", "--data", copy)
    assert polls.check(copy) == []


def test_the_same_file_twice_changes_nothing(copy: Path, call: Callable, flat: Callable) -> None:
    """Exit 0, said so, and no byte moves; no consent is needed."""
    call("add", flat(), "--yes", "--data", copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    result = call("add", flat(), "--data", copy)
    assert (result.returncode, result.stdout) == (0, "Nothing is new: 3 rows there already.\n")
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


@pytest.mark.long("all rules run on all tables")
def test_further_answers_join_their_wave(copy: Path, call: Callable, flat: Callable) -> None:
    """A wave that is there is met by house and days; the groups stand behind all."""
    call("add", flat(), "--yes", "--data", copy)
    call("add", flat({"anxious": "41"}, subgroup="sex:female"), "--yes", "--data", copy)
    call(
        "add",
        flat({"rather_trust": "76.0"}, question_id="fom.president_trust"),
        "--yes",
        "--data",
        copy,
    )
    frames = polls.load(copy)
    assert (frames["polls"]["poll_id"] == "fom-2026-03-22").sum() == 1
    mine = frames["answers"][frames["answers"]["poll_id"] == "fom-2026-03-22"]
    rows = mine[["question_id", "subgroup", "option", "share_pct", "decimals"]].to_numpy().tolist()
    assert rows[3:] == [
        ["fom.anxiety", "sex:female", "anxious", 41.0, 0],
        ["fom.president_trust", "all", "rather_trust", 76.0, 1],
    ]
    assert polls.check(copy) == []


@pytest.mark.long("all rules run on all tables")
@pytest.mark.usefixtures("no_estimates")
def test_a_wave_that_lacked_days_or_size_is_completed(
    month_wave: str, copy: Path, call: Callable, flat: Callable
) -> None:
    """Printed days narrow the bounds, and say so in date_precision; the id stays."""
    before = polls.load(copy)["polls"].set_index("poll_id").loc[month_wave]
    month = f"{before['earliest']:%Y-%m}"
    file = flat(
        {"approve": "80"},
        house_id="levada",
        question_id="levada.putin_approval",
        subgroup="sex:female",
        poll_id=month_wave,
        field_start=f"{month}-20",
        field_end=f"{month}-26",
        published="",
        sample_size="1613",
    )
    result = call("add", file, "--yes", "--data", copy)
    assert result.returncode == 0, result.stderr
    row = polls.load(copy)["polls"].set_index("poll_id").loc[month_wave]
    assert f"{row['field_start']:%d} {row['earliest']:%d} {row['latest']:%d}" == "20 20 26"
    assert (row["date_precision"], row["sample_size"]) == ("day", 1613)


@pytest.mark.long("all rules run on all tables")
@pytest.mark.usefixtures("no_estimates")
@pytest.mark.parametrize(
    ("earliest", "latest", "kept"),
    [(3, 0, True), (0, -3, True), (3, -3, True), (-1, 0, False), (0, 1, False), (3, 1, False)],
)
def test_bounds_complete_a_wave_where_they_are_narrower_on_one_side_or_both(
    earliest: int,
    latest: int,
    kept: bool,
    month_wave: str,
    copy: Path,
    call: Callable,
    flat: Callable,
) -> None:
    """Days by which each bound moves; a bound that the tables rule out is refused."""
    before = polls.load(copy)["polls"].set_index("poll_id").loc[month_wave]
    first = before["earliest"] + timedelta(days=earliest)
    last = before["latest"] + timedelta(days=latest)
    days = {"field_start": "", "field_end": "", "published": ""}
    bounds = {"earliest": f"{first:%Y-%m-%d}", "latest": f"{last:%Y-%m-%d}"}
    wave = {"house_id": "levada", "question_id": "levada.putin_approval", "poll_id": month_wave}
    file = flat({"approve": "80"}, subgroup="sex:female", **wave, **days, **bounds)
    result = call("add", file, "--yes", "--data", copy)
    assert result.returncode == (0 if kept else 1), result.stderr
    row = polls.load(copy)["polls"].set_index("poll_id").loc[month_wave]
    now = (row["earliest"], row["latest"])
    assert now == ((first, last) if kept else (before["earliest"], before["latest"]))
    assert row["date_precision"] == ("window" if kept else "month")


@pytest.mark.long("all rules run on all tables")
@pytest.mark.usefixtures("no_estimates")
def test_an_old_note_on_unknown_days_is_asked_about_and_replaced(
    month_wave: str, copy: Path, call: Callable, flat: Callable
) -> None:
    """Days that are printed after all make the note untrue; poll_notes says what holds now."""
    before = polls.load(copy)["polls"].set_index("poll_id").loc[month_wave]
    assert "dates not found" in before["notes"]
    month = f"{before['earliest']:%Y-%m}"
    days = {"field_start": f"{month}-20", "field_end": f"{month}-26", "published": ""}
    wave = {"house_id": "levada", "question_id": "levada.putin_approval", "poll_id": month_wave}
    cells = {"subgroup": "sex:female", **wave, **days}
    result = call("add", flat({"approve": "80"}, **cells), "--data", copy)
    assert "[notes] review old_note" in result.stdout
    file = flat({"approve": "80"}, poll_notes="days from a later report", **cells)
    result = call("add", file, "--yes", "--data", copy)
    assert "old_note" not in result.stdout
    row = polls.load(copy)["polls"].set_index("poll_id").loc[month_wave]
    assert row["notes"] == "days from a later report"


@pytest.mark.long("all rules run on all tables")
def test_a_second_source_becomes_a_second_reading(
    copy: Path, call: Callable, flat: Callable
) -> None:
    """It agrees within half a point, and is looked up among the sources."""
    file = flat({"calm": "57"}, second_source_url="https://tass.ru/obschestvo/1", notes="a note")
    assert call("add", file, "--yes", "--data", copy).returncode == 0
    frames = polls.load(copy)
    row = frames["confirmations"].query("poll_id == 'fom-2026-03-22'").iloc[0]
    assert (row["option"], row["seen_pct"], bool(row["agrees"])) == ("calm", 57.0, True)
    assert row["source_id"] == propose_id("https://tass.ru/obschestvo/1", "secondary")
    answer = frames["answers"].query("poll_id == 'fom-2026-03-22'").iloc[0]
    assert answer["notes"] == "a note"


@pytest.mark.long("all rules run on all tables")
def test_a_second_source_that_differs_marks_the_answer(
    copy: Path, call: Callable, flat: Callable
) -> None:
    """Both values stay; doubt says that sources disagree."""
    file = flat({"calm": "57"}, second_source_url="https://tass.ru/x", second_share_pct="59")
    assert call("add", file, "--yes", "--data", copy).returncode == 0
    frames = polls.load(copy)
    row = frames["confirmations"].query("poll_id == 'fom-2026-03-22'").iloc[0]
    assert (row["seen_pct"], bool(row["agrees"])) == (59.0, False)
    answer = frames["answers"].query("poll_id == 'fom-2026-03-22'").iloc[0]
    assert (answer["share_pct"], answer["doubt"]) == (57.0, "disagreement")


@pytest.mark.long("all rules run on all tables")
def test_days_that_were_not_printed_are_bounds(copy: Path, call: Callable, flat: Callable) -> None:
    """A month, up to the release; its id names the month, and the next one of it the day."""
    cells = {"field_start": "", "field_end": "", "earliest": "2026-04-01", "published": ""}
    call("add", flat(latest="2026-04-30", **cells), "--yes", "--data", copy)
    file = flat({"calm": "50"}, latest="2026-04-12", **cells)
    call("add", file, "--yes", "--data", copy)
    frame = polls.load(copy)["polls"].set_index("poll_id")
    assert frame.loc["fom-2026-04", "date_precision"] == "month"
    assert frame.loc["fom-2026-04-12", "date_precision"] == "window"
