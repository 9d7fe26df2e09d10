"""A poll of several parts that stands far from its house in one of them is told, with its row."""

import numpy as np
import pandas as pd
import pytest

from analysis.composition.inputs import read_composition
from analysis.observations import tell_far
from analysis.parties.inputs import read_parties

PARTS = ("for", "against", "other")
STEADY = {"for_pct": 60.0, "against_pct": 25.0, "other_pct": 9.0}


def frame(**changed) -> pd.DataFrame:
    """Ten monthly polls of one house whose parts move by a point; some cells of row 4 changed."""
    start = pd.date_range("2022-01-03", periods=10, freq="MS")
    wobble = np.array([0, 1, -1, 0, 0, 1, 0, 0, 1, 0])
    polls = pd.DataFrame({"house_id": "fom", "start_date": start, "end_date": start})
    polls = polls.assign(sample_size=1600, **STEADY).assign(for_pct=60.0 + wobble)
    polls.loc[4, list(changed)] = list(changed.values())
    return polls


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"for_pct": 6.0}, "for"),
        ({"against_pct": 2.5}, "against"),
        ({"against_pct": 52.0, "for_pct": 40.0}, "against"),
    ],
)
def test_a_slip_in_one_part_is_told_with_row_and_usual_share(changed, part):
    polls = frame(**changed)
    for found in (read_composition(polls, PARTS[:2]), read_parties(polls, PARTS)):
        told = [note for note in found.observations.notes if f"percent {part}," in note]
        assert len(told) == 1
        value, usual = changed[f"{part}_pct"], STEADY[f"{part}_pct"]
        assert told[0].startswith(
            f"row 4: {value:g} percent {part}, where house fom has {usual:g} before and after"
        )


def test_steady_polls_are_not_told():
    assert read_composition(frame(), PARTS[:2]).observations.notes == ()
    assert read_parties(frame(), PARTS).observations.notes == ()


ROWS = [f"row {i}" for i in range(9)]


@pytest.mark.parametrize(
    ("last", "told"), [(66.0, False), (66.1, True), (53.9, True), (54.0, False)]
)
def test_six_times_the_sampling_error_is_the_limit(last, told):
    share = np.array([60.0] * 8 + [last])
    found = list(tell_far(np.array(["fom"] * 9), share, np.ones(9), ROWS, "for"))
    assert len(found) == told


@pytest.mark.parametrize(("last", "told"), [(64.0, False), (64.1, True)])
def test_four_points_are_the_limit_in_large_samples(last, told):
    share = np.array([60.0] * 8 + [last])
    found = list(tell_far(np.array(["fom"] * 9), share, np.full(9, 0.1), ROWS, "for"))
    assert len(found) == told


def test_a_rise_that_lasts_is_no_slip():
    share = np.array([50.0, 50, 50, 50, 70, 70, 70, 70, 70])
    assert list(tell_far(np.array(["fom"] * 9), share, np.full(9, 1.7), ROWS, "for")) == []


def test_three_polls_of_a_house_do_not_say_what_is_usual():
    share = np.array([60.0, 60, 6])
    assert list(tell_far(np.array(["fom"] * 3), share, np.ones(3), ROWS, "for")) == []


@pytest.mark.parametrize(("n", "told"), [(3, False), (4, True), (5, True)])
def test_a_poll_is_judged_by_three_others_of_its_house(n, told):
    share = np.array([60.0, 6.0, 60.0, 60.0, 60.0])[:n]
    found = list(tell_far(np.array(["fom"] * n), share, np.ones(n), ROWS, "for"))
    assert len(found) == told


def test_three_polls_of_a_house_among_others_are_not_judged():
    """The others give the usual distance; the house itself is too small to say what is usual."""
    house = np.array(["fom"] * 6 + ["levada"] * 3)
    share = np.array([60.0] * 6 + [60.0, 6.0, 60.0])
    assert list(tell_far(house, share, np.ones(9), ROWS, "for")) == []


def houses(**changed) -> pd.DataFrame:
    """Four houses of five polls each, and three parts; some cells of house d changed."""
    each = []
    for k, name in enumerate("abcd"):
        days = frame()["start_date"][:5] + pd.Timedelta(days=5 * k)
        each.append(frame()[:5].assign(house_id=name, start_date=days, end_date=days))
    polls = pd.concat(each, ignore_index=True).assign(for_pct=45.0, against_pct=30.0, other_pct=4.0)
    polls.loc[polls["house_id"] == "d", list(changed)] = list(changed.values())
    return polls


def notes_of(polls):
    """What is told of the polls, as two parts and as three."""
    read = (read_composition(polls, PARTS[1:]), read_parties(polls, PARTS))
    return [list(found.observations.notes) for found in read]


def test_a_zero_among_polls_that_print_a_part_is_told_as_an_empty_cell():
    polls = houses()
    polls.loc[7, "other_pct"] = 0.0
    told = "house b has 4 before and after; leave the cell empty where nothing was printed"
    for notes in notes_of(polls):
        assert notes == [f"row 7: 0 percent other, where {told}"]
    polls.loc[7, "other_pct"] = 1.0
    assert notes_of(polls) == [[], []]
    rare = houses().assign(other_pct=2.0)
    rare.loc[7, "other_pct"] = 0.0  # few name it, and in some samples none
    assert notes_of(rare) == [[], []]


def test_a_house_of_zeros_only_is_told_as_empty_cells():
    for notes in notes_of(houses(other_pct=0.0)):
        (note,) = notes
        assert note == (
            "house d has 0 percent other, where the other 3 have 4 to 4: leave cells empty where "
            "nothing was printed"
        )
    assert notes_of(houses(other_pct=np.nan)) == [[], []]


def test_a_house_with_two_parts_exchanged_is_told_once():
    for both in ({"against_pct": 4.0, "other_pct": 30.0}, {"for_pct": 30.0, "against_pct": 45.0}):
        notes = notes_of(houses(**both))["for_pct" in both]
        assert len(notes) == 1
        low, high = (f"{both[f'{part}_pct']:g}" for part in PARTS if f"{part}_pct" in both)
        first, second = (part for part in PARTS if f"{part}_pct" in both)
        assert notes[0] == (
            f"house d has {low} percent {first} and {high} {second}, where the other 3 have "
            f"{high} to {high} and {low} to {low}: look for exchanged answers"
        )


def test_parts_are_exchanged_whichever_is_usually_the_larger():
    for of_others, mine in (((45.0, 30.0), (30.0, 45.0)), ((30.0, 45.0), (45.0, 30.0))):
        polls = houses()
        polls[["for_pct", "against_pct"]] = of_others
        polls.loc[polls["house_id"] == "d", ["for_pct", "against_pct"]] = mine
        (note,) = notes_of(polls)[1]
        assert note.endswith(
            f"the other 3 have {mine[1]:g} to {mine[1]:g} and {mine[0]:g} to {mine[0]:g}: "
            "look for exchanged answers"
        )


@pytest.mark.parametrize(
    "lean",
    [
        {"for_pct": 41.0, "against_pct": 34.0},  # a lean of 4 points
        {"for_pct": 34.0, "against_pct": 41.0},  # neither here nor there
    ],
)
def test_a_house_that_leans_is_not_told_to_have_exchanged_parts(lean):
    assert notes_of(houses(**lean))[1] == []
