"""Rules just below, at and above the point where they begin to find something."""

from datetime import datetime, tzinfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.rules import Frames
from polls.rules.answers import (
    check_base,
    check_confirmations,
    check_decimals,
    check_derived,
    check_disagreement_marked,
    check_small_base,
)
from polls.rules.dates import check_future, check_id_day, check_pairs, check_precision, check_window
from polls.rules.habits import (
    check_early_wave,
    check_house_habits,
    check_known_size,
    check_length,
    check_same_time,
    check_size_beside_others,
    check_size_of_other_house,
    check_usual,
    check_weekday,
)
from polls.rules.keys import check_reference, check_unique
from polls.rules.order import _out_of_place
from polls.rules.shares import (
    check_age_order,
    check_between,
    check_group_distance,
    check_group_gap,
    check_group_side,
    check_halves,
    check_jumps,
    check_left_by_other,
    check_lone_side,
    check_one_mind,
    check_same_options,
    check_same_rest,
    check_sexes,
    check_side,
    check_usual_side,
)
from polls.rules.side_tables import check_cells, check_houses, check_population, check_waves
from polls.rules.sources import (
    check_event_sources,
    check_overlaps,
    check_poll_source,
    check_source_day,
    check_wave_source,
)
from polls.rules.studies import (
    check_completes,
    check_dispositions,
    check_indirect,
    check_indirect_size,
    check_participation,
)
from polls.rules.sums import (
    check_fraction,
    check_lone_part,
    check_sides,
    check_sum,
    check_totals,
    check_unsaid,
    check_usual_total,
    check_weightings,
)
from polls.tables import ForeignKey, tables
from polls.tables.parse import empty_frame

FIRST = pd.Timestamp("2022-04-01")


def make_frames(name: str, **columns: list[object]) -> Frames:
    """One table with some columns filled, the others empty, lines counted from 2."""
    empty = empty_frame(tables()[name])
    lines = range(2, 2 + len(next(iter(columns.values()), [])))
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


@pytest.mark.parametrize(("hour", "lines"), [(9, [3, 4]), (10, [4]), (22, [4])])
def test_a_day_may_be_today_in_the_farthest_east(
    hour: int, lines: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At ten in the morning of London the next day begins there."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls(2022, 4, 1, hour, tzinfo=tz)

    monkeypatch.setattr("polls.rules.dates.datetime", Clock)
    frames = make_frames("polls", published=after(0, 1, 2))
    assert [f.line for f in check_future(frames)] == lines


@pytest.mark.parametrize(
    ("share", "lines"), [(40.0, []), (39.9, [2]), (60.0, []), (60.1, [2]), (50.0, [])]
)
def test_the_share_of_all_may_lie_a_point_outside_those_of_men_and_women(
    share: float, lines: list[int]
) -> None:
    rows = [("w", "all", "yes", share), ("w", "sex:male", "yes", 41.0)]
    frames = make_answers([*rows, ("w", "sex:female", "yes", 59.0)])
    assert [f.line for f in check_halves(frames)] == lines


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


@pytest.mark.parametrize(
    ("days", "size", "lines"), [(5, 1600, []), (7, 1600, [12]), (5, 1700, [12]), (None, 1600, [12])]
)
def test_a_survey_among_weekly_means_has_the_size_of_a_day(
    days: int | None, size: int, lines: list[int]
) -> None:
    """Five polls of a day have 1,600, five weeks 11,200: of five days 1,600 is no slip."""
    lengths = [*[1] * 5, *[7] * 5, days]
    starts = [pd.Timestamp("2022-04-01") + pd.Timedelta(days=20 * n) for n in range(11)]
    ends = [
        start + pd.Timedelta(days=length - 1) if length else None
        for start, length in zip(starts, lengths, strict=True)
    ]
    frames = make_frames(
        "polls",
        house_id=["a"] * 11,
        poll_id=[f"p{n}" for n in range(11)],
        sample_size=[*[1600] * 5, *[11200] * 5, size],
        field_start=[start if end else None for start, end in zip(starts, ends, strict=True)],
        field_end=list(ends),
    )
    assert [f.line for f in check_usual(frames) if f.rule == "usual_size"] == lines


@pytest.mark.parametrize(("alike", "lines"), [(6, []), (5, [11])])
def test_a_size_of_another_kind_needs_six_waves(alike: int, lines: list[int]) -> None:
    """Polls of a day, weekly ones, and one of five days that has the size of a day."""
    several = alike - 1
    lengths = [*[1] * several, *[7] * (9 - several), 5]
    starts = after(*range(0, 200, 20))
    frames = make_frames(
        "polls",
        house_id=["a"] * 10,
        poll_id=[f"p{number}" for number in range(10)],
        sample_size=[*[1600] * several, *[11200] * (9 - several), 1600],
        field_start=starts,
        field_end=after(*(20 * n + length - 1 for n, length in enumerate(lengths))),
    )
    found = [f.line for f in check_usual(frames) if f.rule == "usual_size"]
    assert found == lines


@pytest.mark.parametrize(
    ("days", "house", "waves", "lines"),
    [(62, "a", 2, []), (63, "a", 2, [4]), (0, "b", 2, [4]), (63, "a", 3, [])],
)
def test_a_source_of_two_waves_reports_two_months_of_one_house(
    days: int, house: str, waves: int, lines: list[int]
) -> None:
    """The wave of which fewer answers were read there has strayed; a source of three is a table."""
    polls, sources = ["v", "v", "w", "w", "u"], ["s", "s", "s", "t", "s"]
    several = 2 + waves
    frames = make_frames(
        "polls",
        poll_id=["v", "w", "u"],
        house_id=["a", house, "a"],
        latest=after(0, days, 30),
        source_id=["s", "t", "s"],
    )
    frames |= make_frames(
        "answers",
        poll_id=polls[:several],
        source_id=sources[:several],
        option=[str(number) for number in range(several)],
        origin=["printed"] * several,
    )
    for name in ("confirmations", "indirect", "participation"):
        frames |= make_frames(name)
    assert [f.line for f in check_wave_source(frames)] == lines


@pytest.mark.parametrize(
    ("modes", "lines"), [("ccf", [4]), ("cf", []), ("ccff", []), ("cfcc", [3]), ("c", [])]
)
def test_most_rows_of_a_study_name_its_house_days_and_mode(modes: str, lines: list[int]) -> None:
    frames = make_frames("participation", study=["s"] * len(modes), mode=[*modes])
    assert [f.line for f in check_participation(frames) if f.rule == "one_study"] == lines


def test_keys_with_an_empty_part_are_twins_only_where_it_may_be_empty() -> None:
    """A pair for all constructs stands once; an answer without its option has its own finding."""
    pairs = make_frames("overlaps", poll_id=["p", "p"], other_poll_id=["q", "q"])
    assert [f.line for f in check_unique(pairs)] == [2, 3]
    answers = make_frames("answers", poll_id=["p", "p"], question_id=["q", "q"])
    assert list(check_unique(answers)) == []


@pytest.mark.parametrize(
    ("houses", "more"),
    [
        (["fom", "vciom", "vcoim"], "."),
        (["vcoim", "vciom", "vcoim"], " (2 rows, this is the first)."),
        (["vcoim", "vcoim", "vcoim"], " (3 rows, this is the first)."),
    ],
)
def test_of_a_key_without_a_row_all_rows_are_counted_where_there_are_several(
    houses: list[str], more: str
) -> None:
    frames = make_frames("polls", house_id=houses) | make_frames(
        "houses", house_id=["fom", "vciom"]
    )
    key = ForeignKey(("house_id",), "houses", ("house_id",))
    (found,) = check_reference(frames, "polls", key)
    assert (found.line, found.message) == (
        houses.index("vcoim") + 2,
        f"vcoim is not in houses.csv{more}",
    )


@pytest.mark.parametrize(
    ("early", "late", "is_month"),
    [
        ("2022-04-01", "2022-04-30", True),
        ("2022-04-02", "2022-04-30", False),
        ("2022-04-01", "2022-04-29", False),
        ("2022-04-01", "2022-05-31", False),
        ("2022-04-01", "2023-04-30", False),
        ("2022-04-01", "2022-04-20", True),
    ],
)
def test_a_month_is_all_of_it_or_goes_up_to_the_release(
    early: str, late: str, is_month: bool
) -> None:
    """The last of these was published on the 20th."""
    bounds = {"earliest": pd.Timestamp(early), "latest": pd.Timestamp(late)}
    frames = make_frames(
        "polls",
        date_precision=["month", "window"],
        published=[pd.Timestamp("2022-04-20")] * 2,
        **{name: [day] * 2 for name, day in bounds.items()},
    )
    assert [f.line for f in check_precision(frames)] == ([] if is_month else [2])


@pytest.mark.parametrize(("pair", "lines"), [(("a", "b"), []), (("b", "a"), []), (("a", "c"), [3])])
def test_waves_overlap_in_time_where_no_pair_says_so(
    pair: tuple[str, str], lines: list[int]
) -> None:
    days = [pd.Timestamp(f"2022-04-{day:02d}") for day in (1, 5, 9)]
    frames = make_frames(
        "polls",
        poll_id=["a", "b", "c"],
        house_id=["h"] * 3,
        field_start=days,
        field_end=[days[1], days[1], days[2]],
    )
    frames |= make_frames("overlaps", poll_id=pair[:1], other_poll_id=pair[1:])
    found = list(check_same_time(frames))
    assert [f.line for f in found] == lines
    assert all("the same time as a." in f.message for f in found)


@pytest.mark.parametrize(
    ("agrees", "doubt", "lines"),
    [(False, None, [2]), (False, "disagreement", []), (True, None, []), (None, None, [])],
)
def test_a_value_on_which_sources_disagree_is_marked(
    agrees: bool | None, doubt: str | None, lines: list[int]
) -> None:
    """Where nothing says whether they agree, that alone is at fault."""
    key = {"poll_id": ["w"], "question_id": ["q"], "subgroup": ["all"], "option": ["yes"]}
    frames = make_frames("answers", **key, doubt=[doubt])
    frames |= make_frames("confirmations", **key, agrees=[agrees])
    assert [f.line for f in check_disagreement_marked(frames)] == lines


@pytest.mark.parametrize(("base", "is_small"), [(99, True), (100, False), (101, False)])
def test_a_base_under_a_hundred_is_marked_and_no_other(base: int, is_small: bool) -> None:
    frames = make_frames(
        "answers",
        origin=["recomputed"] * 2,
        base_n=[base] * 2,
        doubt=["small_base", None],
    )
    assert [f.line for f in check_small_base(frames)] == [3 if is_small else 2]


@pytest.mark.parametrize(("waves", "lines"), [(1, [2]), (2, [])])
def test_a_wave_that_shares_the_source_of_an_event_is_found_alone(
    waves: int, lines: list[int]
) -> None:
    """A slip is one row; a source of several waves is theirs."""
    frames = make_frames("events", source_id=["s"]) | make_frames("answers", source_id=["t"])
    frames |= make_frames("polls", source_id=["s"] * waves)
    found = [f for f in check_event_sources(frames) if f.table == "polls"]
    assert [f.line for f in found] == lines


@pytest.mark.parametrize(("waves", "lines"), [(4, []), (5, [6]), (10, [11])])
def test_fixed_sizes_need_five_waves(waves: int, lines: list[int]) -> None:
    """One of five waves may be odd where the others agree; two odd ones of eleven are no slip."""
    sizes = [1601] * (waves - 1) + [1604]
    frames = make_frames("polls", house_id=["a"] * waves, sample_size=sizes)
    assert [f.line for f in check_known_size(frames)] == lines
    frames = make_frames("polls", house_id=["a"] * 9, sample_size=[1601] * 7 + [1604, 1605])
    assert list(check_known_size(frames)) == []
    frames = make_frames("polls", house_id=["a"] * 11, sample_size=[1601] * 9 + [1604, 1605])
    assert list(check_known_size(frames)) == []


def test_a_round_size_is_odd_where_the_others_are_exact() -> None:
    exact = [1601 + number for number in range(9)]
    for size, lines in ((1600, [11]), (1650, []), (2000, [11])):
        frames = make_frames("polls", house_id=["a"] * 10, sample_size=[*exact, size])
        assert [f.line for f in check_known_size(frames)] == lines


@pytest.mark.parametrize(("sizes", "lines"), [((1600, 4800), []), ((1600, 4801), [2, 3])])
def test_a_size_of_more_than_three_times_the_others_is_read_again(
    sizes: tuple[int, int], lines: list[int]
) -> None:
    """Of two waves either may be wrong; what stands at two waves is no slip."""
    days = [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01")]
    frames = make_frames("polls", house_id=["a"] * 2, sample_size=[*sizes], latest=days)
    assert [f.line for f in check_size_beside_others(frames)] == lines
    frames = make_frames("polls", house_id=["a"] * 4, sample_size=[*sizes] * 2, latest=days * 2)
    assert list(check_size_beside_others(frames)) == []


@pytest.mark.parametrize(
    ("waves", "others", "lines"),
    [
        (10, ["b"], [12]),
        (9, ["b"], []),
        (10, ["b", "b"], []),
        (10, ["b", "c"], []),
        (10, ["a"], []),
    ],
)
def test_a_size_of_ten_waves_of_one_house_is_odd_at_another(
    waves: int, others: str, lines: list[int]
) -> None:
    """Not where a house has it twice, or two houses do."""
    houses = [*"a" * waves, *others]
    frames = make_frames("polls", house_id=houses, sample_size=[11200] * len(houses))
    found = list(check_size_of_other_house(frames))
    assert [f.line for f in found] == lines
    assert all("as 10 waves of a have" in f.message for f in found)
    assert list(check_size_of_other_house(make_frames("polls"))) == []


def test_the_size_of_the_wave_before_is_odd_where_sizes_differ() -> None:
    """Where fewer than half of them stand alone, it is no slip."""
    days = list(pd.date_range("2024-01-01", periods=10, freq="MS"))
    exact = [1601 + number for number in range(9)]
    half = [1601, 1602, 1603, 1604, 1605, 1700, 1800, 1700, 1800, 1800]
    others = [1601, 1602, 1603, 1604, 1800, 1700, 1800, 1700, 1800, 1800]
    for sizes, lines in (
        ([*exact, 1609], [11]),
        ([*exact, 1608], []),
        ([1600] * 10, []),
        (half, [11]),
        (others, []),
    ):
        frames = make_frames("polls", house_id=["a"] * 10, sample_size=sizes, latest=days)
        assert [f.line for f in check_size_beside_others(frames)] == lines


def make_answers(rows: list[tuple[str, str, str, float]]) -> Frames:
    """Answers to a question of two sides: wave, group, option, share."""
    waves, groups, options, shares = (list(column) for column in zip(*rows, strict=True))
    frames = make_frames(
        "answers",
        poll_id=waves,
        question_id=["q"] * len(rows),
        subgroup=groups,
        option=options,
        share_pct=shares,
        origin=["printed"] * len(rows),
    )
    return frames | make_frames(
        "options", question_id=["q"] * 2, option=["yes", "no"], pole=["for", "against"]
    )


@pytest.mark.parametrize(("share", "lines"), [(36.0, []), (35.9, [4]), (20.0, [4])])
def test_a_group_may_be_eighteen_points_nearer_to_the_other_side(
    share: float, lines: list[int]
) -> None:
    """70 say yes and 20 say no: 36 is 34 from the one and 16 from the other."""
    rows = [("w", "all", "yes", 70.0), ("w", "all", "no", 20.0), ("w", "sex:male", "yes", share)]
    assert [f.line for f in check_group_side(make_answers(rows))] == lines


def test_a_group_of_which_both_sides_are_printed_says_itself_where_it_stands() -> None:
    rows = [("w", "all", "yes", 70.0), ("w", "all", "no", 20.0)]
    rows += [("w", "sex:male", "yes", 10.0), ("w", "sex:male", "no", 80.0)]
    assert list(check_group_side(make_answers(rows))) == []


@pytest.mark.parametrize(
    ("group", "share", "lines"),
    [("age:18-24", 59.0, []), ("age:18-24", 59.1, [3]), ("putin:approves", 90.0, [])],
)
def test_a_group_is_held_against_what_the_other_side_leaves(
    group: str, share: float, lines: list[int]
) -> None:
    """Of all 65 say no, which leaves 35 for yes; a group of opinion may be anywhere."""
    rows = [("w", "all", "no", 65.0), ("w", group, "yes", share)]
    assert [f.line for f in check_group_side(make_answers(rows))] == lines


@pytest.mark.parametrize(
    ("others", "option", "lines"), [(2, "no", [4]), (1, "no", []), (2, "yes", [])]
)
def test_a_group_alone_on_its_side_needs_two_on_the_other(
    others: int, option: str, lines: list[int]
) -> None:
    rows = [("w", f"age:{number}", "yes", 60.0) for number in range(others)]
    frames = make_answers([*rows, ("w", "sex:male", option, 60.0)])
    assert [f.line for f in check_lone_side(frames)] == lines


@pytest.mark.parametrize(
    ("others", "option", "lines"), [(2, "no", [2]), (1, "no", []), (2, "yes", [])]
)
def test_groups_of_a_kind_have_the_same_options(others: int, option: str, lines: list[int]) -> None:
    rows = [("w", "age:60+", "other", 60.0), ("w", "age:60+", option, 20.0)]
    for number in range(others):
        group = f"age:{number}"
        rows += [("w", group, "other", 60.0), ("w", group, "yes", 20.0)]
    assert [f.line for f in check_same_options(make_answers(rows))] == lines


@pytest.mark.parametrize(("share", "lines"), [(96.0, []), (96.1, [2])])
def test_a_share_may_leave_four_of_a_hundred(share: float, lines: list[int]) -> None:
    assert [f.line for f in check_one_mind(make_answers([("w", "all", "yes", share)]))] == lines


def test_a_share_of_all_but_a_few_that_was_recomputed_is_no_slip_of_reading() -> None:
    frames = make_answers([("w", "all", "yes", 99.0)])
    frames["answers"]["origin"] = "recomputed"
    assert list(check_one_mind(frames)) == []


def test_one_side_of_all_may_stand_beside_the_other_of_groups() -> None:
    rows = [
        ("w", "all", "no", 30.0),
        ("w", "sex:male", "yes", 60.0),
        ("w", "sex:female", "yes", 50.0),
    ]
    assert list(check_lone_side(make_answers(rows))) == []


@pytest.mark.parametrize(
    ("waves", "share", "lines"), [(3, 40.0, []), (3, 40.1, [5]), (2, 60.0, [])]
)
def test_a_side_may_be_ten_points_more_than_the_other_leaves(
    waves: int, share: float, lines: list[int]
) -> None:
    """Three waves of 70 say what is usual; two do not."""
    rows = [(f"w{number}", "sex:male", "yes", 70.0) for number in range(waves)]
    frames = make_answers([*rows, ("w", "sex:male", "no", share)])
    assert [f.line for f in check_left_by_other(frames)] == lines


@pytest.mark.parametrize(("share", "lines"), [(17.0, [3]), (18.5, [3]), (18.6, [])])
def test_a_part_is_not_just_what_the_other_side_lacks(share: float, lines: list[int]) -> None:
    """Of a total of 31 the strong part is 14: 17 on the other side belongs here."""
    options = ["strong_yes", "weak_no", "yes", "no"]
    frames = make_frames(
        "answers",
        poll_id=["w"] * 4,
        question_id=["q"] * 4,
        subgroup=["all"] * 4,
        option=options,
        share_pct=[14.0, share, 31.0, 60.0],
        origin=["printed"] * 4,
    ) | make_frames(
        "options",
        question_id=["q"] * 4,
        option=options,
        pole=["for", "against", "total_for", "total_against"],
        strength=["strong", "weak", None, None],
    )
    assert [f.line for f in check_lone_part(frames)] == lines


@pytest.mark.parametrize("cites", ["polls", "answers", "confirmations"])
@pytest.mark.parametrize(("day", "lines"), [("2022-05-03", []), ("2022-05-04", [2])])
def test_a_wave_may_be_printed_the_day_before_it_is_published(
    cites: str, day: str, lines: list[int]
) -> None:
    """By the clock of another continent; wherever its source is named."""
    frames = make_frames("sources", source_id=["s"], url=["https://example.org/2022/05/02/poll"])
    wave = {"poll_id": ["w"], "published": [pd.Timestamp(day)]}
    if cites == "polls":
        wave["source_id"] = ["s"]
    frames |= make_frames("polls", **wave)
    for name in {"events", "answers", "confirmations"} - {cites}:
        frames |= make_frames(name)
    if cites != "polls":
        frames |= make_frames(cites, poll_id=["w"], source_id=["s"])
    assert [f.line for f in check_source_day(frames)] == lines


@pytest.mark.parametrize(
    ("group", "share", "lines"),
    [("sex:male", 62.0, []), ("sex:male", 62.1, [3]), ("tv:daily", 66.1, [3]), ("age:60+", 90, [])],
)
def test_a_sex_may_be_twelve_points_from_all(group: str, share: float, lines: list[int]) -> None:
    """Half of all say yes; how far a group of age may be nobody knows."""
    frames = make_answers([("w", "all", "yes", 50.0), ("w", group, "yes", share)])
    assert [f.line for f in check_group_distance(frames)] == lines


@pytest.mark.parametrize(
    ("share", "is_whole"), [(9.0, True), (11.0, True), (8.0, False), (12.0, False)]
)
def test_three_whole_percentages_may_be_a_point_and_a_half_off_a_hundred(
    share: float, is_whole: bool
) -> None:
    """Of 50 and 40 percent, and all who could not say."""
    options = ["yes", "no", "hard_to_say"]
    frames = make_frames(
        "answers",
        poll_id=["w"] * 3,
        question_id=["q"] * 3,
        subgroup=["all"] * 3,
        option=options,
        share_pct=[50.0, 40.0, share],
        decimals=[0] * 3,
        origin=["printed"] * 3,
    )
    frames |= make_frames("options", question_id=["q"] * 3, option=options)
    frames |= make_frames("questions", question_id=["q"], single_choice=[True])
    assert [f.rule for f in check_sum(frames)] == ([] if is_whole else ["sum"])


@pytest.mark.parametrize(("share", "lines"), [(62.0, []), (62.1, [4])])
def test_a_total_is_held_against_the_sum_of_its_parts(share: float, lines: list[int]) -> None:
    """Of all 30 say yes strongly and 20 weakly, and no total was printed."""
    options = ["strong_yes", "weak_yes", "yes"]
    frames = make_frames(
        "answers",
        poll_id=["w"] * 3,
        question_id=["q"] * 3,
        subgroup=["all", "all", "sex:male"],
        option=options,
        share_pct=[30.0, 20.0, share],
        origin=["printed"] * 3,
    ) | make_frames(
        "options",
        question_id=["q"] * 3,
        option=options,
        pole=["for", "for", "total_for"],
        strength=["strong", "weak", None],
    )
    assert [f.line for f in check_group_distance(frames)] == lines


@pytest.mark.parametrize(("share", "lines"), [(16.0, []), (16.1, [3])])
def test_a_group_of_several_times_all_may_be_twelve_points_from_them(
    share: float, lines: list[int]
) -> None:
    frames = make_answers([("w", "all", "yes", 4.0), ("w", "age:18-24", "yes", share)])
    assert [f.line for f in check_group_distance(frames)] == lines


@pytest.mark.parametrize(
    ("places", "strayed"),
    [
        ([1, 2, 0, 3], [2]),
        ([2, 0, 1, 1, 3], [0]),
        ([0, 1, 4, 2, 3], [2]),
        ([3, 0, 1, 2], [0]),
        ([0, 0, 1], []),
    ],
)
def test_only_rows_that_strayed_are_out_of_place(places: list[int], strayed: list[int]) -> None:
    wrong = _out_of_place(pd.DataFrame({"place": places}), ["place"])
    assert wrong[wrong].index.tolist() == strayed


@pytest.mark.parametrize(("share", "lines"), [(35.0, []), (35.1, [3])])
def test_a_group_may_be_three_and_a_half_times_all(share: float, lines: list[int]) -> None:
    frames = make_answers([("w", "all", "yes", 10.0), ("w", "age:18-24", "yes", share)])
    assert [f.line for f in check_group_distance(frames)] == lines


@pytest.mark.parametrize(
    ("others", "same", "lines"), [(2, 0, [2]), (1, 0, []), (4, 1, [2, 7]), (3, 1, [])]
)
def test_a_group_has_the_side_that_other_waves_print_of_it(
    others: int, same: int, lines: list[int]
) -> None:
    """One wave in four at most has the other side."""
    rows = [("w", "sex:male", "yes", 40.0)]
    rows += [(f"w{number}", "sex:male", "no", 40.0) for number in range(others)]
    rows += [(f"v{number}", "sex:male", "yes", 40.0) for number in range(same)]
    assert [f.line for f in check_usual_side(make_answers(rows))] == lines


@pytest.mark.parametrize(
    ("option", "share", "lines"),
    [("yes", 63.0, []), ("yes", 63.1, [11]), ("no", 27.0, []), ("no", 26.9, [11])],
)
def test_a_group_may_be_eight_points_off_its_usual_place(
    option: str, share: float, lines: list[int]
) -> None:
    """Men say yes five points more often than all, and no five points less often."""
    rows = [
        (f"w{number}", group, name, value)
        for number in range(2)
        for group, name, value in (
            ("all", "yes", 50.0),
            ("all", "no", 40.0),
            ("sex:male", "yes", 55.0),
        )
    ]
    rows += [("w3", "all", "no", 40.0), ("w3", "sex:male", "no", 35.0)]
    rows += [
        ("w", "all", option, {"yes": 50.0, "no": 40.0}[option]),
        ("w", "sex:male", option, share),
    ]
    assert [f.line for f in check_group_gap(make_answers(rows))] == lines


@pytest.mark.parametrize(
    ("waves", "share", "lines"),
    [(4, 50.0, []), (4, 49.9, [2]), (3, 45.0, []), (3, 44.9, [2]), (1, 40.0, [])],
)
def test_a_share_may_be_ten_points_nearer_to_the_other_side(
    waves: int, share: float, lines: list[int]
) -> None:
    """70 and 40 are usual: 50 is 20 from the one, 10 from the other; two others may err twice."""
    shares = [share] + [70.0] * (waves - 1)
    rows = [(f"w{number}", "all", "yes", value) for number, value in enumerate(shares)]
    rows += [(f"w{number}", "all", "no", 40.0) for number in range(waves)]
    assert [f.line for f in check_side(make_answers(rows))] == lines


@pytest.mark.parametrize(
    ("group", "share", "lines"),
    [("all", 50.0, []), ("all", 49.9, [2]), ("sex:male", 45.0, []), ("sex:male", 44.9, [2])],
)
def test_answers_may_leave_ten_points_more_without_one(
    group: str, share: float, lines: list[int]
) -> None:
    """60 and 30 leave a tenth elsewhere; a group may differ by fifteen."""
    rows = [("w0", group, "yes", share), ("w0", group, "no", 30.0)]
    for wave in ("w1", "w2", "w3"):
        rows += [(wave, "all", "yes", 60.0), (wave, "all", "no", 30.0)]
    assert [f.line for f in check_same_rest(make_answers(rows))] == lines


@pytest.mark.parametrize("group", ["all", "sex:male"])
@pytest.mark.parametrize(("share", "lines"), [(56.0, []), (56.1, [4])])
def test_a_jump_is_six_points_beyond_both_neighbours(
    group: str, share: float, lines: list[int]
) -> None:
    """In each group for itself: 50 before and after, where the usual change is a point."""
    shares = [50.0, 50.0, share, 50.0, 51.0, 50.0, 51.0, 50.0]
    waves = [f"w{number}" for number in range(len(shares))]
    rows = [(wave, group, "yes", value) for wave, value in zip(waves, shares, strict=True)]
    frames = make_answers(rows)
    days = pd.date_range("2022-03-01", periods=len(waves), freq="MS")
    frames |= make_frames("polls", poll_id=waves, latest=list(days))
    assert [f.line for f in check_jumps(frames)] == lines


@pytest.mark.parametrize(("share", "lines"), [(57.0, []), (57.1, [2, 3])])
def test_two_waves_may_be_twenty_seven_points_apart(share: float, lines: list[int]) -> None:
    """Either may be wrong, so that both are looked at."""
    frames = make_answers([("w0", "all", "yes", 30.0), ("w1", "all", "yes", share)])
    days = pd.date_range("2022-03-01", periods=2, freq="MS")
    frames |= make_frames("polls", poll_id=["w0", "w1"], latest=list(days))
    assert [f.line for f in check_jumps(frames)] == lines


@pytest.mark.parametrize(("share", "lines"), [(78.0, []), (78.1, [5])])
def test_a_slip_in_a_short_series_does_not_pass_for_its_usual_change(
    share: float, lines: list[int]
) -> None:
    """Its own two changes are two of four."""
    shares = [60.0, 60.0, 60.0, share, 60.0]
    waves = [f"w{number}" for number in range(len(shares))]
    rows = [(wave, "all", "yes", value) for wave, value in zip(waves, shares, strict=True)]
    days = pd.date_range("2022-03-01", periods=len(waves), freq="MS")
    frames = make_answers(rows) | make_frames("polls", poll_id=waves, latest=list(days))
    assert [f.line for f in check_jumps(frames)] == lines


@pytest.mark.parametrize(
    ("waves", "share", "lines"),
    [(5, 50.0, []), (5, 50.1, [2]), (4, 60.0, [])],
)
def test_answers_that_leave_much_always_leave_about_as_much(
    waves: int, share: float, lines: list[int]
) -> None:
    """40 and 20 leave two fifths elsewhere in all of five waves; in four that says nothing."""
    rows = [("w0", "all", "yes", share), ("w0", "all", "no", 20.0)]
    for number in range(1, waves):
        rows += [(f"w{number}", "all", "yes", 40.0), (f"w{number}", "all", "no", 20.0)]
    assert [f.line for f in check_same_rest(make_answers(rows))] == lines


@pytest.mark.parametrize(
    ("days", "lines"),
    [
        ([0, 366, 549, 600, 700], [2]),
        ([0, 365, 400, 500, 600], []),
        ([0, 366, 550, 600, 700], []),
        ([0, 366, 549, 600], []),
    ],
    ids=["twice the longest pause", "within a year", "less than twice", "too few waves"],
)
def test_a_wave_is_early_a_year_and_two_pauses_before_the_next(
    days: list[int], lines: list[int]
) -> None:
    polls, first = [f"a-{i}" for i in range(len(days))], pd.Timestamp("2016-03-30")
    latest = [first + pd.Timedelta(days=day) for day in days]
    frames = make_frames("polls", poll_id=polls, latest=latest)
    frames |= make_frames("answers", poll_id=polls * 2, question_id=["q"] * 2 * len(days))
    found = list(check_early_wave(frames))
    assert [finding.line for finding in found] == lines
    for finding in found:
        assert "q asked 366 days before its next wave of 2017-03-31" in str(finding)


def after(*days: int | None) -> list[object]:
    """Days so many days after the first."""
    return [None if day is None else FIRST + pd.Timedelta(days=day) for day in days]


# Of each pair of rows the first stands at the limit, the second just beyond it.
PAIRS = {
    "study_days": (
        check_pairs,
        "day_order",
        {
            "participation": {"field_start": after(0, 1), "field_end": after(0, 0)},
            "polls": {},
            "indirect": {},
        },
    ),
    "two_months": (
        check_window,
        "wide_window",
        {"polls": {"earliest": after(0, 0), "latest": after(62, 63)}},
    ),
    "two_hundred_days": (
        check_window,
        "late_publication",
        {"polls": {"latest": after(0, 0), "published": after(200, 201)}},
    ),
    "month_of_an_id": (
        check_id_day,
        "id_day",
        {
            "polls": {
                "poll_id": ["a-2022-04", "b-2022-04"],
                "earliest": after(29, 30),
                "latest": after(40, 40),
            }
        },
    ),
    "last_day_before_the_month_of_an_id": (
        check_id_day,
        "id_day",
        {
            "polls": {
                "poll_id": ["a-2022-04", "b-2022-05"],
                "earliest": after(0, 0),
                "latest": after(0, 29),
            }
        },
    ),
    "stated_delay": (
        check_house_habits,
        "usual_delay",
        {
            "houses": {"house_id": ["b", "a"], "publication_delay_days": [4, 4]},
            "polls": {
                "house_id": ["a", "b", "b"],
                "field_end": after(0, 0, 0),
                "published": after(5, 4, 5),
            },
        },
    ),
    "largest_size": (
        check_house_habits,
        "usual_range",
        {
            "houses": {"house_id": ["a", "b"], "usual_sample_size": [1050, 1051]},
            "polls": {"house_id": [*"aaaaabbbbb"], "sample_size": [900, 900, 900, 900, 1000] * 2},
        },
    ),
    "smallest_size": (
        check_house_habits,
        "usual_range",
        {
            "houses": {"house_id": ["a", "b"], "usual_sample_size": [950, 949]},
            "polls": {"house_id": [*"aaaaabbbbb"], "sample_size": [2000] * 4 + [1000] + [1000] * 5},
        },
    ),
    "size_of_a_single_wave": (
        check_house_habits,
        "usual_range",
        {
            "houses": {"house_id": ["a", "b"], "usual_sample_size": [1000, 1001]},
            "polls": {"house_id": ["a", "b"], "sample_size": [1000, 1000]},
        },
    ),
    "size_of_one_of_two_waves": (
        check_house_habits,
        "usual_range",
        {
            "houses": {"house_id": ["a", "b"], "usual_sample_size": [1010, 1010]},
            "polls": {"house_id": ["a", "a", "b"], "sample_size": [1000, 1010, 1000]},
        },
    ),
    "few_sizes": (
        check_house_habits,
        "usual_range",
        {
            "houses": {"house_id": ["a", "b"], "usual_sample_size": [2000, 2000]},
            "polls": {
                "house_id": [*"aaaaabbbb"],
                "sample_size": [1000] * 4 + [2000, 1000, 1000, 1000, 2000],
            },
        },
    ),
    "least_margin": (
        check_house_habits,
        "margin",
        {
            "houses": {
                "house_id": ["a", "b"],
                "usual_sample_size": [9604, 9604],
                "stated_margin_pct": [0.95, 0.94],
            },
            "polls": {},
        },
    ),
    "largest_margin": (
        check_house_habits,
        "margin",
        {
            "houses": {
                "house_id": ["a", "b"],
                "usual_sample_size": [9604, 9604],
                "stated_margin_pct": [2.0, 2.1],
            },
            "polls": {},
        },
    ),
    "weights_of_cells": (
        check_waves,
        "wave_weight",
        {
            "microdata_waves": {"wave": ["v", "w"]},
            "cells": {"wave": ["v", "w"], "n": [100, 100], "weight_sum": [100.5, 100.6]},
            "polls": {},
        },
    ),
    "day_of_an_event": (
        check_source_day,
        "source_day",
        {
            "sources": {"source_id": ["s"], "url": ["https://example.org/2022/04/01/news"]},
            "events": {"source_id": ["s", "s"], "date": after(1, 2)},
            "polls": {},
            "answers": {},
            "confirmations": {},
        },
    ),
    "days_of_a_pair": (
        check_overlaps,
        "pair_apart",
        {
            "overlaps": {"poll_id": ["p", "p"], "other_poll_id": ["q", "r"], "keep": ["p", "p"]},
            "polls": {
                "poll_id": [*"pqr"],
                "earliest": after(0, 5, 6),
                "latest": after(5, 10, 10),
            },
        },
    ),
    "days_of_a_pair_turned": (
        check_overlaps,
        "pair_apart",
        {
            "overlaps": {"poll_id": ["q", "r"], "other_poll_id": ["p", "p"], "keep": ["p", "p"]},
            "polls": {
                "poll_id": [*"pqr"],
                "earliest": after(0, 5, 6),
                "latest": after(5, 10, 10),
            },
        },
    ),
    "percent": (
        check_participation,
        "value",
        {"participation": {"unit": ["percent"] * 2, "value": [100.0, 100.1]}},
    ),
    "gap_of_the_shares": (
        check_indirect,
        "gap",
        {
            "indirect": {
                "direct_pct": [0.6, 0.7],
                "indirect_pct": [0.0, 0.0],
                "gap_points": [0.0, 0.0],
            }
        },
    ),
    "gap_at_its_low_end": (
        check_indirect,
        "gap_interval",
        {
            "indirect": {
                "gap_points": [8.0, 7.9],
                "gap_low": [8.0, 8.0],
                "gap_high": [9.0, 9.0],
            }
        },
    ),
    "gap_at_its_high_end": (
        check_indirect,
        "gap_interval",
        {
            "indirect": {
                "gap_points": [8.0, 8.1],
                "gap_low": [7.0, 7.0],
                "gap_high": [8.0, 8.0],
            }
        },
    ),
    "ends_of_a_gap": (
        check_indirect,
        "gap_interval",
        {
            "indirect": {
                "gap_points": [None, None],
                "gap_low": [7.0, 7.1],
                "gap_high": [7.0, 7.0],
            }
        },
    ),
    "weights_of_a_share": (
        check_weightings,
        "weighting",
        {
            "answers": {
                "base_n": [10_000] * 2,
                "share_unweighted_pct": [50.0, 50.0],
                "share_raked_pct": [50.0, 50.0],
                "share_pct": [53.0, 53.1],
            }
        },
    ),
    "digits_of_a_share": (
        check_decimals,
        "decimals",
        {"answers": {"share_pct": [54.5, 54.55], "decimals": [1, 1]}},
    ),
    "digits_of_a_share_that_nobody_counted": (
        check_decimals,
        "decimals",
        {"answers": {"share_pct": [54.555, 54.5555]}},
    ),
    "quotient_from_below": (
        check_derived,
        "derived",
        {
            "answers": {
                "origin": ["derived"] * 2,
                "share_pct": [12.0, 11.98],
                "decimals": [0, 0],
                "notes": ["computed: 1,000 consents of 8,000 numbers"] * 2,
            }
        },
    ),
    "quotient_from_above": (
        check_derived,
        "derived",
        {
            "answers": {
                "origin": ["derived"] * 2,
                "share_pct": [12.55, 12.552],
                "decimals": [1, 1],
                "notes": ["computed: 1,000 consents of 8,000 numbers"] * 2,
            }
        },
    ),
    "quotient_whose_digits_nobody_counted": (
        check_derived,
        "derived",
        {
            "answers": {
                "origin": ["derived"] * 2,
                "share_pct": [12.5005, 12.50052],
                "notes": ["computed: 1 of 8"] * 2,
            }
        },
    ),
    "base_of_a_wave": (
        check_base,
        "base",
        {
            "answers": {"poll_id": ["w", "w"], "base_n": [1000, 1001]},
            "polls": {"poll_id": ["w"], "sample_size": [1000]},
        },
    ),
    "largest_base": (
        check_base,
        "sample_size",
        {
            "answers": {
                "poll_id": [*"vvww"],
                "base_n": [1000, 900, 999, 900],
                "origin": ["recomputed"] * 4,
            },
            "polls": {"poll_id": ["v", "w"], "sample_size": [1000, 1000]},
        },
    ),
    "more_completes": (
        check_completes,
        "completes",
        {
            "participation": {
                "measure": ["disposition_complete"] * 2,
                "value": [1029.0, 1030.0],
                "house_id": ["a", "a"],
                "field_start": after(0, 0),
                "field_end": after(1, 1),
            },
            "polls": {
                "house_id": ["a"],
                "field_start": after(0),
                "field_end": after(1),
                "sample_size": [1000],
            },
        },
    ),
    "fewer_completes": (
        check_completes,
        "completes",
        {
            "participation": {
                "measure": ["disposition_complete"] * 2,
                "value": [971.0, 970.0],
                "house_id": ["a", "a"],
                "field_start": after(0, 0),
                "field_end": after(1, 1),
            },
            "polls": {
                "house_id": ["a"],
                "field_start": after(0),
                "field_end": after(1),
                "sample_size": [1000],
            },
        },
    ),
    "all_numbers": (
        check_dispositions,
        "disposition",
        {
            "participation": {
                "study": [*"stst"],
                "measure": ["disposition_complete"] * 2 + ["disposition_starting_numbers"] * 2,
                "value": [1000.0, 1001.0, 1000.0, 1000.0],
            }
        },
    ),
    "whole_counts": (
        check_participation,
        "value",
        {"participation": {"unit": ["count"] * 2, "value": [5.0, 5.5]}},
    ),
    "size_of_a_study": (
        check_indirect_size,
        "indirect_size",
        {
            "indirect": {
                "house_id": ["a", "a"],
                "field_start": after(0, 0),
                "field_end": after(1, 1),
                "n": [1000, 1001],
            },
            "polls": {
                "house_id": ["a", "a"],
                "field_start": after(0, 0),
                "field_end": after(1, 1),
                "sample_size": [900, 1000],
            },
        },
    ),
    "least_mean_weight": (
        check_cells,
        "cell_weight",
        {"cells": {"n": [100, 100], "weight_sum": [15.0, 14.9]}},
    ),
    "largest_mean_weight": (
        check_cells,
        "cell_weight",
        {"cells": {"n": [100, 100], "weight_sum": [600.0, 600.1]}},
    ),
    "interviews_of_a_file": (
        check_waves,
        "wave_order",
        {
            "microdata_waves": {"n_file": [1000, 999], "n_main": [1000] * 2},
            "cells": {},
            "polls": {},
        },
    ),
    "weighted_interviews": (
        check_waves,
        "wave_order",
        {
            "microdata_waves": {"n_main": [1000] * 2, "n_positive_weight": [1000, 1001]},
            "cells": {},
            "polls": {},
        },
    ),
    "effective_interviews": (
        check_waves,
        "wave_order",
        {
            "microdata_waves": {
                "n_positive_weight": [1000] * 2,
                "n_eff": [500.5, 500.52],
                "deff_kish": [2.0, 2.0],
            },
            "cells": {},
            "polls": {},
        },
    ),
    "least_share_of_the_population": (
        check_population,
        "population_range",
        {
            "population": {
                "share_pct": [50.0, 50.0],
                "share_min_pct": [50.0, 50.1],
                "share_max_pct": [60.0, 60.0],
            }
        },
    ),
    "largest_share_of_the_population": (
        check_population,
        "population_range",
        {
            "population": {
                "share_pct": [50.0, 50.0],
                "share_min_pct": [40.0, 40.0],
                "share_max_pct": [50.0, 49.9],
            }
        },
    ),
}


@pytest.mark.long("each case meets a rule over all tables", quick=6)
@pytest.mark.parametrize("name", PAIRS)
def test_a_limit_itself_is_allowed(name: str) -> None:
    check, rule, given = PAIRS[name]
    frames: Frames = {}
    for table, columns in given.items():
        frames |= make_frames(table, **columns)
    assert [f.line for f in check(frames) if f.rule == rule] == [3]


@pytest.mark.parametrize(
    ("mondays", "others", "found"), [(8, 2, 2), (8, 1, 0), (7, 3, 0), (11, 3, 0), (12, 3, 3)]
)
def test_a_day_of_the_week_is_a_habit_from_four_in_five_of_ten_waves(
    mondays: int, others: int, found: int
) -> None:
    monday = pd.Timestamp("2022-04-04")
    ends = [monday] * mondays + [monday + pd.Timedelta(days=1)] * others
    frames = make_frames("polls", house_id=["a"] * len(ends), field_end=ends)
    lines = list(range(2 + mondays, 2 + len(ends)))[:found]
    assert [f.line for f in check_weekday(frames)] == lines


@pytest.mark.parametrize(("size", "lines"), [(2100, []), (2101, [2, 3])])
def test_of_few_waves_the_largest_may_be_twice_and_a_tenth_the_smallest(
    size: int, lines: list[int]
) -> None:
    frames = make_frames("polls", house_id=["a", "a"], sample_size=[1000, size])
    days = pd.Series(FIRST, frames["polls"].index)
    frames["polls"] = frames["polls"].assign(field_start=days, field_end=days)
    assert [f.line for f in check_usual(frames) if f.rule == "usual_size"] == lines


@pytest.mark.parametrize(
    ("lengths", "lines"),
    [
        ([4, 4, 4, 4, 6], []),
        ([4, 4, 4, 4, 7], [6]),
        ([4, 4, 4, 4, 1], [6]),
        ([4, 4, 4, 40], [2, 3, 4, 5]),
        ([1, 33], []),
        ([1, 34], [2, 3]),
        ([40, 84], []),
        ([40, 85], [2, 3]),
        ([400], []),
    ],
)
def test_fieldwork_may_be_two_days_longer_than_usual(lengths: list[int], lines: list[int]) -> None:
    """Of fewer than five waves the longest may be 2.1 times the shortest, which counts as 16."""
    frames = make_frames(
        "polls",
        house_id=["a"] * len(lengths),
        field_start=after(*[0] * len(lengths)),
        field_end=after(*lengths),
    )
    assert [f.line for f in check_length(frames) if f.rule == "field_length"] == lines


@pytest.mark.parametrize(
    ("delays", "lines"),
    [
        ([4, 4, 4, 4, 9], []),
        ([4, 4, 4, 4, 10], [6]),
        ([1, 84], []),
        ([1, 85], [2, 3]),
    ],
)
def test_a_wave_may_be_published_five_days_later_than_usual(
    delays: list[int], lines: list[int]
) -> None:
    """Of few waves 2.1 times forty; days of an upload or inferred ones follow no habit."""
    several = len(delays)
    for kind, found in (("release", lines), ("upload", []), ("inferred", [])):
        frames = make_frames(
            "polls",
            house_id=["a"] * several,
            field_start=after(*[0] * several),
            field_end=after(*[0] * several),
            published=after(*delays),
            published_kind=[kind] * several,
        )
        mine = [f.line for f in check_length(frames) if f.rule == "publication_delay"]
        assert mine == found


@pytest.mark.parametrize(
    ("shares", "lines"),
    [
        ([50.0, 50.1], []),
        ([50.0, 50.11], [2, 3]),
        ([50.0, 49.9], []),
        ([50.0, 49.89], [2, 3]),
        ([30.0, 30.0, 40.15], []),
        ([30.0, 30.0, 40.16], [2, 3, 4]),
    ],
)
def test_shares_of_the_population_may_be_half_a_tenth_off_each(
    shares: list[float], lines: list[int]
) -> None:
    """Those of one dimension; shares by age add up for themselves."""
    several, ages = len(shares), [60.0, 40.0]
    frames = make_frames(
        "population",
        frame=["f"] * (several + 2),
        sex=[str(number) for number in range(several)] + [None] * 2,
        age_group=[None] * several + ["young", "old"],
        share_pct=[*shares, *ages],
    )
    assert [f.line for f in check_population(frames) if f.rule == "population"] == lines


@pytest.mark.parametrize(
    ("shares", "lines"),
    [
        ([0.5, 0.4], [2, 3]),
        ([0.5, 0.39], []),
        ([0.6, 0.5], [2, 3]),
        ([0.6, 0.51], []),
        ([1.0], []),
    ],
)
def test_answers_that_add_up_to_one_by_a_tenth_are_fractions(
    shares: list[float], lines: list[int]
) -> None:
    rows = [("w", "all", str(number), share) for number, share in enumerate(shares)]
    assert [f.line for f in check_fraction(make_answers(rows))] == lines


@pytest.mark.parametrize(("agreed", "lines"), [(100.0, []), (101.0, [2, 3, 4]), (99.0, [2, 3, 4])])
def test_consents_are_the_interviews_broken_off_and_completed(
    agreed: float, lines: list[int]
) -> None:
    """Of all numbers many are neither; where a part was not printed nothing can be said."""
    measures = ["consent_status", "interrupted", "complete", "starting_numbers"]
    for parts, found in ((3, lines), (2, [])):
        several = [*measures[:parts], measures[-1]]
        frames = make_frames(
            "participation",
            study=["s"] * len(several),
            measure=[f"disposition_{name}" for name in several],
            value=[*[agreed, 60.0, 40.0][:parts], 5000.0],
        )
        assert [f.line for f in check_dispositions(frames) if f.rule == "consents"] == found


@pytest.mark.parametrize(("pause", "lines"), [(150, []), (151, [2, 3, 4])])
def test_a_report_may_look_back_a_hundred_and_fifty_days(pause: int, lines: list[int]) -> None:
    """One answer of each of three waves, in a source that is not that of a wave."""
    waves = [*"uvw"]
    days = after(0, pause, 2 * pause)
    frames = make_frames("polls", poll_id=waves, house_id=["a"] * 3, latest=days)
    frames |= make_frames(
        "answers", poll_id=waves, source_id=["s"] * 3, option=waves, origin=["printed"] * 3
    )
    for name in ("confirmations", "indirect", "participation"):
        frames |= make_frames(name)
    assert [f.line for f in check_wave_source(frames)] == lines


@pytest.mark.parametrize(
    ("agrees", "seen", "rules"),
    [
        (True, 60.5, []),
        (True, 60.6, ["agrees", "confirmed"]),
        (False, 60.1, []),
        (False, 60.001, []),
        (False, 60.0, ["agrees"]),
        (None, 60.0, []),
        (None, 70.0, []),
    ],
)
def test_a_second_reading_agrees_within_half_a_point(
    agrees: bool | None, seen: float, rules: list[str]
) -> None:
    """Where nothing says whether it agrees, that alone is at fault."""
    key = {"poll_id": ["w"], "question_id": ["q"], "subgroup": ["all"], "option": ["yes"]}
    frames = make_frames("answers", **key, share_pct=[60.0])
    frames |= make_frames("confirmations", **key, seen_pct=[seen], agrees=[agrees])
    assert [f.rule for f in check_confirmations(frames)] == rules


def make_parts(shares: dict[str, float], **columns: list[object]) -> Frames:
    """Answers of one wave to a question of graded sides with totals."""
    poles = {
        "strong_yes": ("for", "strong"),
        "weak_yes": ("for", "weak"),
        "yes": ("total_for", None),
        "strong_no": ("against", "strong"),
        "weak_no": ("against", "weak"),
        "no": ("total_against", None),
    }
    n = len(shares)
    frames = make_frames(
        "answers",
        poll_id=["w"] * n,
        question_id=["q"] * n,
        subgroup=["all"] * n,
        option=list(shares),
        share_pct=list(shares.values()),
        origin=["printed"] * n,
        **columns,
    )
    return frames | make_frames(
        "options",
        question_id=["q"] * len(poles),
        option=list(poles),
        pole=[pole for pole, _ in poles.values()],
        strength=[strength for _, strength in poles.values()],
    )


@pytest.mark.parametrize(
    ("total", "lines"), [(48.5, []), (48.4, [4]), (51.5, []), (51.6, [4]), (50.0, [])]
)
def test_a_total_may_be_a_point_and_a_half_off_its_parts(total: float, lines: list[int]) -> None:
    frames = make_parts({"strong_yes": 30.0, "weak_yes": 20.0, "yes": total})
    assert [f.line for f in check_totals(frames)] == lines


def test_nobody_is_not_just_what_the_other_side_lacks() -> None:
    frames = make_parts({"strong_yes": 30.0, "weak_no": 0.0, "yes": 31.0, "no": 60.0})
    assert list(check_lone_part(frames)) == []


@pytest.mark.parametrize(
    ("silent", "lines"), [(8.0, []), (7.9, [2]), (12.0, []), (12.1, [2]), (0.0, [])]
)
def test_sides_and_those_who_could_not_say_are_within_two_points_of_all(
    silent: float, lines: list[int]
) -> None:
    """60 and 30 percent: where nobody is counted as silent, they may not have been printed."""
    rows = [("w", "all", "yes", 60.0), ("w", "all", "no", 30.0), ("w", "all", "unsure", silent)]
    frames = make_answers(rows)
    options = ["yes", "no", "unsure"]
    frames |= make_frames(
        "options", question_id=["q"] * 3, option=options, pole=["for", "against", "undecided"]
    )
    assert [f.line for f in check_sides(frames)] == lines


@pytest.mark.parametrize(("share", "level"), [(13.0, "review"), (13.1, "error"), (7.0, "review")])
def test_a_house_may_have_printed_a_sum_three_points_off(share: float, level: str) -> None:
    rows = [("w", "all", "yes", 50.0), ("w", "all", "no", 40.0), ("w", "all", "unsure", share)]
    frames = make_answers(rows)
    frames["answers"]["decimals"] = pd.Series([0] * 3, frames["answers"].index, "Int64")
    options = ["yes", "no", "unsure"]
    frames |= make_frames("options", question_id=["q"] * 3, option=options)
    frames |= make_frames("questions", question_id=["q"], single_choice=[True])
    assert [f.level for f in check_sum(frames)] == [level]


@pytest.mark.parametrize(
    ("shares", "decimals", "is_whole"),
    [
        ([50.05, 40.05, 10.05], 1, True),
        ([50.05, 40.05, 10.06], 1, False),
        ([49.95, 39.95, 9.95], 1, True),
        ([49.95, 39.95, 9.94], 1, False),
        ([50.01, 40.01, 10.01], 2, True),
        ([50.01, 40.01, 10.012], 2, False),
        ([20.5, 20.5, 20.5, 20.5, 10.25, 10.25], 0, True),
        ([20.5, 20.5, 20.5, 20.5, 10.25, 10.35], 0, False),
    ],
)
def test_a_sum_may_be_off_by_half_a_unit_of_each_share(
    shares: list[float], decimals: int, is_whole: bool
) -> None:
    """Not by less than three hundredths, and by two points and a half at the most."""
    options = ["hard_to_say", *(str(number) for number in range(1, len(shares)))]
    rows = zip(["w"] * 9, ["all"] * 9, options, shares, strict=False)
    frames = make_answers(list(rows))
    frames["answers"]["decimals"] = pd.Series(decimals, frames["answers"].index, "Int64")
    frames |= make_frames("options", question_id=["q"] * len(options), option=options)
    frames |= make_frames("questions", question_id=["q"], single_choice=[True])
    assert [f.rule for f in check_sum(frames)] == ([] if is_whole else ["sum"])


@pytest.mark.parametrize(("last", "is_whole"), [(30.04, True), (30.041, False), (29.959, False)])
def test_recomputed_shares_are_held_to_two_digits(last: float, is_whole: bool) -> None:
    """Seven times ten percent and the rest, whatever a house rounds to."""
    options = [str(number) for number in range(8)]
    frames = make_answers([("w", "all", option, 10.0) for option in options])
    raked = pd.Series([*[10.0] * 7, last], frames["answers"].index)
    frames["answers"] = frames["answers"].assign(share_raked_pct=raked, origin="recomputed")
    frames["answers"].loc[9, "share_pct"] = 30.0
    frames |= make_frames("options", question_id=["q"] * 8, option=options)
    frames |= make_frames("questions", question_id=["q"], single_choice=[True])
    found = [(f.column, f.line, f.level) for f in check_sum(frames)]
    assert found == ([] if is_whole else [("share_raked_pct", 9, "error")])


@pytest.mark.parametrize(
    ("share", "plain", "line"), [(20.0, 30.0, 3), (40.0, 30.0, 3), (20.0, None, 2)]
)
def test_of_a_wrong_sum_the_share_is_named_that_its_other_weightings_speak_against(
    share: float, plain: float | None, line: int
) -> None:
    """Without other weightings nothing tells which it is, and the first is named."""
    rows = [("w", "all", "yes", 50.0), ("w", "all", "no", share), ("w", "all", "unsure", 20.0)]
    frames = make_answers(rows)
    frames["answers"]["decimals"] = pd.Series([1] * 3, frames["answers"].index, "Int64")
    frames["answers"]["origin"] = "recomputed"
    if plain:
        others = pd.Series([50.4, plain, 19.6], frames["answers"].index)
        frames["answers"]["share_unweighted_pct"] = others
    frames |= make_frames("options", question_id=["q"] * 3, option=["yes", "no", "unsure"])
    frames |= make_frames("questions", question_id=["q"], single_choice=[True])
    found = [f for f in check_sum(frames) if f.column == "share_pct"]
    assert [f.line for f in found] == [line]
    assert f"in lines 2 to 4 add up to {70 + share:.1f}." in found[0].message


@pytest.mark.parametrize("plain", [0.1, 99.9])
@pytest.mark.parametrize(("gap", "lines"), [(1.397, []), (1.399, [2])])
def test_weights_move_a_share_near_nobody_or_all_as_one_of_a_percent(
    plain: float, gap: float, lines: list[int]
) -> None:
    """Of 10,000 interviews by four times a tenth of the root of 99, and a point."""
    share = plain + gap if plain < 50 else plain - gap
    frames = make_frames(
        "answers",
        base_n=[10_000],
        share_unweighted_pct=[plain],
        share_raked_pct=[plain],
        share_pct=[share],
    )
    assert [f.line for f in check_weightings(frames)] == lines


@pytest.mark.parametrize("rows", [[("w", "all", "yes", 60.0)], [("w", "all", "unsure", 7.0)]])
def test_a_side_that_was_not_printed_adds_up_to_nothing(
    rows: list[tuple[str, str, str, float]],
) -> None:
    poles = {"yes": "for", "no": "against", "unsure": "undecided"}
    frames = make_answers(rows) | make_frames(
        "options", question_id=["q"] * 3, option=list(poles), pole=list(poles.values())
    )
    assert list(check_sides(frames)) == []


@pytest.mark.parametrize(("other", "lines"), [("levada", []), ("vciom", [2])])
def test_a_source_of_two_houses_answers_for_neither(other: str, lines: list[int]) -> None:
    """A wave read elsewhere: its source may be of its house, which nothing else was read from."""
    polls = {"poll_id": ["w", "v"], "house_id": ["levada", other], "source_id": ["s", "s"]}
    nothing: dict[str, list[object]] = {}
    others = ("confirmations", "events", "indirect")
    frames = make_frames("polls", **polls) | make_frames(
        "answers", poll_id=["w"], question_id=["q"], option=["yes"], source_id=["own"]
    )
    for name in others:
        frames |= make_frames(name, **nothing)
    assert [f.line for f in check_poll_source(frames)] == lines


@pytest.mark.parametrize(
    ("share", "lines"),
    [(36.0, []), (35.9, [3]), (64.0, []), (64.1, [3]), (50.0, [])],
)
def test_a_group_of_age_may_stand_out_by_four_points(share: float, lines: list[int]) -> None:
    """40 of the young and 60 of the old; what is between them may be 4 points beside."""
    rows = [("w", "age:18-24", "yes", 40.0), ("w", "age:25-39", "yes", share)]
    frames = make_answers([*rows, ("w", "age:40+", "yes", 60.0)])
    assert [f.line for f in check_age_order(frames)] == lines


@pytest.mark.parametrize("groups", [("age:18-29", "age:25-39"), ("age:18-24", "sex:male")])
def test_only_groups_of_age_that_do_not_overlap_have_an_order(groups: tuple[str, str]) -> None:
    rows = [("w", groups[0], "yes", 40.0), ("w", groups[1], "yes", 90.0)]
    frames = make_answers([*rows, ("w", "age:40+", "yes", 60.0)])
    assert list(check_age_order(frames)) == []


@pytest.mark.parametrize(
    ("share", "lines"), [(53.0, []), (53.1, [2]), (49.0, []), (48.9, [2]), (51.0, [])]
)
def test_the_share_of_all_may_be_two_points_off_that_of_both_sexes(
    share: float, lines: list[int]
) -> None:
    """40 of men and 60 of women are 51 of all."""
    rows = [("w", "all", "yes", share), ("w", "sex:male", "yes", 40.0)]
    frames = make_answers([*rows, ("w", "sex:female", "yes", 60.0)])
    assert [f.line for f in check_sexes(frames)] == lines


@given(
    shares=st.lists(st.floats(0, 100), min_size=2, max_size=2),
    women=st.floats(0.545, 0.555),
)
def test_no_mixture_of_the_sexes_as_in_the_population_is_asked_about(
    shares: list[float], women: float
) -> None:
    men, women_say = shares
    of_all = round((1 - women) * men + women * women_say)
    rows = [("w", "all", "yes", float(of_all)), ("w", "sex:male", "yes", float(round(men)))]
    frames = make_answers([*rows, ("w", "sex:female", "yes", float(round(women_say)))])
    assert list(check_sexes(frames)) == []


@pytest.mark.parametrize(
    ("groups", "share", "lines"),
    [
        (("education:higher", "education:no_higher"), 63.0, []),
        (("education:higher", "education:no_higher"), 63.1, [3]),
        (("age:18-39", "age:40+"), 47.0, []),
        (("age:18-39", "age:40+"), 46.9, [3]),
        (("age:18-39", "age:40-59"), 80.0, []),
        (("place:moscow", "place:village"), 80.0, []),
    ],
)
def test_all_may_lie_three_points_outside_the_groups_that_divide_them(
    groups: tuple[str, str], share: float, lines: list[int]
) -> None:
    """50 and 60; groups that are not both ends, or of places, divide nobody."""
    rows = [("w", "all", "yes", share), ("w", groups[0], "yes", 50.0)]
    frames = make_answers([*rows, ("w", groups[1], "yes", 60.0)])
    assert [f.line for f in check_between(frames)] == lines


@pytest.mark.parametrize(("share", "lines"), [(54.0, []), (54.1, [2])])
def test_two_groups_are_as_far_apart_as_each_may_be_from_all(
    share: float, lines: list[int]
) -> None:
    """Of the rich 30; the poor, who may be 12 from all as they may, at most 24 more."""
    rows = [("w", "income:high", "yes", 30.0), ("w", "income:low", "yes", share)]
    assert [f.line for f in check_between(make_answers(rows))] == lines


@pytest.mark.parametrize(
    ("group", "share", "lines"),
    [
        ("age:40-54", 65.0, []),
        ("age:40-54", 65.1, [4]),
        ("age:18-24", 90.0, []),
        ("place:village", 62.0, []),
        ("place:village", 62.1, [4]),
        ("place:moscow", 80.0, []),
        ("income:low", 62.0, []),
        ("income:low", 62.1, [4]),
    ],
)
def test_those_of_middle_age_and_of_small_places_are_near_to_all(
    group: str, share: float, lines: list[int]
) -> None:
    rows = [("w", "all", "yes", 50.0), ("w", "all", "no", 40.0), ("w", group, "yes", share)]
    assert [f.line for f in check_group_distance(make_answers(rows))] == lines


@pytest.mark.parametrize(("share", "lines"), [(35.0, []), (34.9, [2])])
@pytest.mark.parametrize("single", [True, False, None])
def test_a_quarter_may_be_on_neither_side(
    single: bool | None, share: float, lines: list[int]
) -> None:
    """Only of questions that are known to take one answer."""
    frames = make_answers([("w", "all", "yes", 40.0), ("w", "all", "no", share)])
    frames |= make_frames("questions", question_id=["q"], single_choice=[single])
    assert [f.line for f in check_unsaid(frames)] == (lines if single else [])


def test_a_question_that_offers_more_than_two_sides_may_leave_more() -> None:
    frames = make_answers([("w", "all", "yes", 40.0), ("w", "all", "no", 20.0)])
    frames |= make_frames("questions", question_id=["q"], single_choice=[True])
    options, poles = ["yes", "no", "both"], ["for", "against", "other"]
    frames |= make_frames("options", question_id=["q"] * 3, option=options, pole=poles)
    assert list(check_unsaid(frames)) == []


@pytest.mark.parametrize(
    ("waves", "share", "lines"),
    [(4, 62.0, []), (4, 62.1, [2]), (3, 70.0, []), (4, 58.0, []), (4, 57.9, [2])],
)
def test_a_total_that_is_elsewhere_a_sum_may_be_two_points_off(
    waves: int, share: float, lines: list[int]
) -> None:
    """20 and 40; three other waves in which the total is their sum are enough."""
    rows = []
    for number in range(waves):
        of_total = share if number == 0 else 60.0
        shares = {"much_total": of_total, "rather": 20.0, "very": 40.0}
        rows += [(f"w{number}", "all", option, value) for option, value in shares.items()]
    assert [f.line for f in check_usual_total(make_answers(rows))] == lines


@pytest.mark.parametrize(
    ("single", "share", "level"),
    [(None, 51.0, ""), (None, 51.1, "review"), (True, 54.1, "error"), (False, 90.0, "")],
)
def test_what_takes_one_answer_as_far_as_is_known_is_no_more_than_all(
    single: bool | None, share: float, level: str
) -> None:
    """Of two answers in whole numbers half a point each is rounding."""
    frames = make_answers([("w", "all", "yes", share), ("w", "all", "no", 50.0)])
    frames["answers"] = frames["answers"].assign(decimals=pd.array([0, 0], dtype="Int64"))
    frames |= make_frames("questions", question_id=["q"], single_choice=[single])
    assert [f.level for f in check_sum(frames)] == ([level] if level else [])


@pytest.mark.parametrize(("share", "found"), [(81.5, False), (81.6, True)])
def test_a_share_may_be_the_total_of_all_others(share: float, found: bool) -> None:
    """30 and 50 are 80 together, rounded; of less than three answers none is a total."""
    rows = [("w", "all", name, value) for name, value in (("a", share), ("b", 30.0), ("c", 50.0))]
    frames = make_answers(rows) | make_frames("questions", question_id=["q"], single_choice=[None])
    assert bool(list(check_sum(frames))) == found


@pytest.mark.parametrize(("hard", "lines"), [(0.0, [2]), (5.0, [2])])
def test_totals_without_sides_that_stand_alone_are_answers(hard: float, lines: list[int]) -> None:
    """59 fear it and 73 do not: one of them is wrong, whoever gave no answer."""
    shares = {"fear_total": 59.0, "not_fear_total": 73.0, "hard_to_say": hard}
    frames = make_answers([("w", "all", name, value) for name, value in shares.items()])
    frames |= make_frames("options", question_id=["q"] * 3, option=list(shares))
    frames |= make_frames("questions", question_id=["q"], single_choice=[True])
    assert [f.line for f in check_sum(frames)] == lines


@pytest.mark.parametrize(("waves", "lines"), [(10, []), (11, [5])])
@pytest.mark.parametrize(("share", "far"), [(55.9, False), (56.1, True), (62.0, True)])
def test_a_longer_series_knows_its_usual_change_better(
    waves: int, lines: list[int], share: float, far: bool
) -> None:
    """Ten changes of a point and a half, usually: four of them, six points, are no chance."""
    shares = [50.0 + 1.5 * (number % 2) for number in range(waves)]
    shares[2:5] = [50.0, share, 50.0]
    rows = [(f"w{number}", "all", "yes", value) for number, value in enumerate(shares)]
    frames = make_answers(rows)
    days = list(pd.date_range("2022-03-01", periods=waves, freq="MS"))
    frames |= make_frames("polls", poll_id=[row[0] for row in rows], latest=days)
    found = [f.line for f in check_jumps(frames)]
    assert found == ([5] if share > 59 or (far and lines) else [])


@pytest.mark.parametrize(
    ("waves", "share", "lines"), [(5, 55.0, []), (5, 54.9, [2]), (4, 50.0, []), (4, 49.9, [2])]
)
def test_answers_that_hardly_differ_leave_five_points_more_at_most(
    waves: int, share: float, lines: list[int]
) -> None:
    """60 and 30 in four other waves; of three others ten points are believed."""
    rows = [("w0", "all", "yes", share), ("w0", "all", "no", 30.0)]
    for number in range(1, waves):
        rows += [(f"w{number}", "all", "yes", 60.0), (f"w{number}", "all", "no", 30.0)]
    assert [f.line for f in check_same_rest(make_answers(rows))] == lines
