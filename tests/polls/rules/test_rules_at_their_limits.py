"""Rules just below, at and above the point where they begin to find something."""

import pandas as pd
import pytest

from polls.rules import Frames
from polls.rules.habits import check_usual
from polls.rules.keys import check_unique
from polls.rules.side_tables import check_cells, check_houses
from polls.rules.sources import check_event_sources
from polls.tables import tables
from polls.tables.parse import empty_frame


def make_frames(name: str, **columns: list[object]) -> Frames:
    """One table with some columns filled, the others empty, lines counted from 2."""
    empty = empty_frame(tables()[name])
    lines = range(2, 2 + len(next(iter(columns.values()))))
    values = {key: pd.Series(column, lines, empty[key].dtype) for key, column in columns.items()}
    return {name: empty.reindex(lines).assign(**values)}


@pytest.mark.parametrize(
    ("days", "lines"),
    [("1-31", []), ("0-31", [2]), ("1-32", [2]), ("7-7", []), ("8-7", [2])],
)
def test_usual_days_are_days_of_a_month_in_their_order(days: str, lines: list[int]) -> None:
    frames = make_frames("houses", house_id=["a"], usual_field_days=[days])
    frames |= make_frames("polls", house_id=["a"])
    assert [f.line for f in check_houses(frames) if f.rule == "usual_days"] == lines


@pytest.mark.parametrize(
    ("refused", "lines"),
    [([0, 0, None], [4]), ([0, None, None], [2]), ([0, None], [2]), ([0, 0], []), ([None] * 2, [])],
)
def test_the_lesser_part_of_a_waves_cells_is_at_fault(
    refused: list[int | None], lines: list[int]
) -> None:
    """Of two halves, the one with refusals: nobody counts what was not offered."""
    one = ["w"] * len(refused)
    frames = make_frames("cells", wave=one, wording_variant=one, poll_id=one, n_refused=refused)
    assert [f.line for f in check_cells(frames) if f.rule == "cell_refused"] == lines


@pytest.mark.parametrize(("waves", "lines"), [(4, []), (5, [6])])
def test_a_habit_needs_five_waves(waves: int, lines: list[int]) -> None:
    """One wave of five by another mode is odd; of four, three are no habit yet."""
    modes = ["cati"] * (waves - 1) + ["f2f"]
    frames = make_frames("polls", house_id=["a"] * waves, mode=modes)
    assert [f.line for f in check_usual(frames) if f.rule == "usual_mode"] == lines


@pytest.mark.parametrize(("size", "lines"), [(1030, []), (1031, [6])])
def test_a_usual_size_may_be_off_by_three_in_a_hundred(size: int, lines: list[int]) -> None:
    sizes = [1000] * 4 + [size]
    frames = make_frames("polls", house_id=["a"] * 5, sample_size=sizes)
    days = pd.Series(pd.Timestamp("2022-04-01"), frames["polls"].index)
    frames["polls"] = frames["polls"].assign(field_start=days, field_end=days)
    assert [f.line for f in check_usual(frames) if f.rule == "usual_size"] == lines


def test_keys_with_an_empty_part_are_twins_only_where_it_may_be_empty() -> None:
    """A pair for all constructs stands once; an answer without its option has its own finding."""
    pairs = make_frames("overlaps", poll_id=["p", "p"], other_poll_id=["q", "q"])
    assert [f.line for f in check_unique(pairs)] == [2, 3]
    answers = make_frames("answers", poll_id=["p", "p"], question_id=["q", "q"])
    assert list(check_unique(answers)) == []


@pytest.mark.parametrize(("waves", "lines"), [(1, [2]), (2, [])])
def test_a_wave_that_shares_the_source_of_an_event_is_found_alone(
    waves: int, lines: list[int]
) -> None:
    """A slip is one row; a source of several waves is theirs."""
    frames = make_frames("events", source_id=["s"]) | make_frames("answers", source_id=["t"])
    frames |= make_frames("polls", source_id=["s"] * waves)
    found = [f for f in check_event_sources(frames) if f.table == "polls"]
    assert [f.line for f in found] == lines
