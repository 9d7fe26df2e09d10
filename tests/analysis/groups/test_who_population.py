"""The population is made of margins that it meets, and of nothing invented beside."""

import numpy as np
import pandas as pd
import pytest

import polls
from analysis.base.errors import PollInputError
from analysis.groups.population import JOINT, MARGINS, _split_ages, target_population

TABLE = polls.load()["population"]
TARGET = target_population(TABLE)


def test_it_has_every_sex_age_and_settlement_once() -> None:
    assert len(TARGET) == 2 * 5 * 2
    assert not TARGET.duplicated(["sex", "age_group", "settlement"]).any()
    assert TARGET["share_pct"].sum() == pytest.approx(100)
    assert (TARGET["share_pct"] > 0).all()


def test_ages_are_those_of_the_margin() -> None:
    printed = TABLE[(TABLE["frame"] == MARGINS) & TABLE["age_group"].notna()]
    expected = printed.set_index("age_group")["share_pct"]
    np.testing.assert_allclose(TARGET.groupby("age_group")["share_pct"].sum(), expected, atol=0.05)


def test_sex_and_settlement_are_those_of_the_joint_table() -> None:
    joint = TABLE[TABLE["frame"] == JOINT].groupby(["sex", "settlement"])["share_pct"].sum()
    found = TARGET.groupby(["sex", "settlement"])["share_pct"].sum()
    np.testing.assert_allclose(found, joint / joint.sum() * 100, atol=0.05)


def test_a_coarse_age_group_keeps_its_share_where_both_tables_cut() -> None:
    """18-34 of the joint table: 18-29 whole and a part of 30-39, by sex and settlement."""
    young = TARGET[TARGET["age_group"].isin(["18-29", "30-39"])]
    found = young.groupby(["sex", "settlement"])["share_pct"].sum()
    joint = TABLE[(TABLE["frame"] == JOINT) & (TABLE["age_group"] == "18-34")]
    assert (found > joint.set_index(["sex", "settlement"])["share_pct"].sort_index()).all()


def test_another_year_moves_groups_by_little() -> None:
    later = target_population(TABLE, margins="Rosstat 1 Jan 2024")
    assert (later["share_pct"] - TARGET["share_pct"]).abs().max() < 1.0


def test_a_finished_target_is_taken_as_it_is() -> None:
    again = target_population(TARGET.sample(frac=1, random_state=1).assign(note="x"))
    pd.testing.assert_frame_equal(again, TARGET)


def test_frames_of_two_populations_are_refused() -> None:
    other = TABLE.copy()
    young = (other["frame"] == MARGINS) & (other["age_group"] == "18-29")
    other.loc[young, "share_pct"] = 60.0
    with pytest.raises(PollInputError, match=r"differ by .* name two frames of one population"):
        target_population(other)


@pytest.mark.parametrize(("young", "is_one"), [(51.0, True), (49.0, True), (51.1, False)])
def test_frames_of_one_population_may_differ_by_a_point(young, is_one) -> None:
    """Of the young one table has 50 percent, in two rows, and the other so many."""
    joint = [("j", "female", age, "urban", 50.0) for age in ("18-39", "40+")]
    margin = [("m", None, "18-39", None, young), ("m", None, "40+", None, 100 - young)]
    columns = ["frame", "sex", "age_group", "settlement", "share_pct"]
    table = pd.DataFrame(joint + margin, columns=columns)
    if is_one:
        found = target_population(table, "j", "m")["share_pct"]
        assert found.tolist() == pytest.approx([young, 100 - young])
    else:
        with pytest.raises(PollInputError, match=r"'j' and 'm' differ by 1\.1 points"):
            target_population(table, "j", "m")


def test_an_unknown_frame_is_named_with_those_there_are() -> None:
    with pytest.raises(PollInputError, match=r"frame 'Rosstat 1950' .*name another of: .*2022"):
        target_population(TABLE, margins="Rosstat 1950")


@pytest.mark.parametrize(
    ("share", "words"), [(0.0, "not above 0"), (-3.0, "not above 0"), (None, "no value")]
)
def test_a_share_that_is_none_is_named_by_its_row(share, words) -> None:
    wrong = TARGET.astype({"share_pct": "object"})
    wrong.loc[7, "share_pct"] = share
    with pytest.raises(PollInputError, match=rf"row 7, column share_pct: .*{words}"):
        target_population(wrong)


def test_a_group_that_stands_there_twice_is_refused() -> None:
    twice = pd.concat([TARGET, TARGET.iloc[[3]]], ignore_index=True)
    with pytest.raises(PollInputError, match=r"row 20, column share_pct: .*twice; keep one row"):
        target_population(twice)


def test_ages_are_cut_where_one_of_two_tables_cuts() -> None:
    """A year that lies between two cuts stands by itself."""
    cut = _split_ages(["18-24", "25-39", "40+", "18-25", "26+"])
    assert cut[:-1] == [(18, 24), (25, 25), (26, 39)]
    assert cut[-1][0] == 40
