"""Published subgroups: shares, gaps, and errors only where the base is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.base.errors import PollInputError
from analysis.questions import split_gaps, split_trends

ROWS = pd.DataFrame(
    [
        ("a-1", "a", "sex", "female", "2022-03-10", 60.0, 30.0, 400, 1.0),
        ("a-1", "a", "sex", "male", "2022-03-10", 70.0, 20.0, 500, 1.0),
        ("a-2", "a", "sex", "male", "2022-05-10", 72.0, None, 500, 2.0),
        ("b-1", "b", "sex", "female", "2022-04-10", 55.0, None, None, None),
        ("b-1", "b", "sex", "male", "2022-04-10", 66.0, None, None, None),
        ("b-1", "b", "age", "18-24", "2022-04-10", 40.0, None, None, None),
    ],
    columns=[
        "poll_id", "house_id", "dimension", "level", "mid_date", "for_pct", "against_pct",
        "base_n", "design_effect",
    ],
)  # fmt: skip


def test_the_error_is_that_of_a_sample_of_the_base() -> None:
    """Share pulled to one half by one interview; decimals 0 add a twelfth for rounding."""
    found = split_trends(ROWS, "sex").query("poll_id == 'a-1' and level == 'male'").iloc[0]
    p = (500 * 70 + 50) / 501
    assert found["sd"] == pytest.approx(np.sqrt(p * (100 - p) / 500 + 1 / 12))
    assert found["upper"] - found["share_pct"] == pytest.approx(1.959964 * found["sd"], rel=1e-6)


def test_a_design_effect_widens() -> None:
    found = split_trends(ROWS, "sex").set_index(["poll_id", "level"])["sd"]
    assert 1.3 < found["a-2", "male"] / found["a-1", "male"] < 1.45


def test_without_a_base_no_error_is_made_up() -> None:
    found = split_trends(ROWS, "sex").query("house_id == 'b'")
    assert found[["sd", "lower", "upper"]].isna().all().all()
    assert found["share_pct"].tolist() == [55.0, 66.0]
    gap = split_gaps(ROWS, "sex", "male", "female").query("house_id == 'b'")
    assert gap["gap"].tolist() == [11.0]
    assert gap["sd"].isna().all()


def test_gaps_are_within_polls_that_printed_both() -> None:
    found = split_gaps(ROWS, "sex", "male", "female")
    assert found["poll_id"].tolist() == ["a-1", "b-1"]
    sds = split_trends(ROWS, "sex").query("poll_id == 'a-1'")["sd"]
    assert found["sd"][0] == pytest.approx(np.sqrt((sds**2).sum()))


def test_the_other_side_can_be_asked_for() -> None:
    found = split_gaps(ROWS, "sex", "male", "female", value="against_pct")
    assert found["gap"].tolist() == [-10.0]


def test_order_of_rows_is_irrelevant_and_nothing_is_changed() -> None:
    before = ROWS.copy()
    shuffled = ROWS.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(split_trends(shuffled, "sex"), split_trends(ROWS, "sex"))
    pd.testing.assert_frame_equal(ROWS, before)


@pytest.mark.long("hypothesis makes a hundred splits")
@given(st.floats(0, 100), st.integers(1, 5000))
def test_intervals_hold_the_share_and_stay_within_percent(share, base) -> None:
    row = ROWS.iloc[[0]].assign(for_pct=share, base_n=base)
    found = split_trends(row, "sex").iloc[0]
    assert 0 <= found["lower"] <= share <= found["upper"] <= 100
    assert found["sd"] > 0


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: split_trends(ROWS, "tv"), r"no poll printed for_pct by 'tv'; choose one of: age"),
        (lambda: split_trends(ROWS, "sex", value="love"), r"value is 'love'; use one of for_pct"),
        (lambda: split_gaps(ROWS, "sex", "male", "men"), r"'men' by sex; choose two of: female"),
        (lambda: split_trends(ROWS.drop(columns="level"), "sex"), r"column level is missing"),
        (
            lambda: split_trends(ROWS.assign(base_n=[-1, 1, 1, 1, 1, 1]), "sex"),
            r"row 0 \(a-1\), column base_n: -1.* is not above 0; give interviews",
        ),
        (
            lambda: split_trends(ROWS.assign(for_pct=160), "sex"),
            r"row 0 \(a-1\), column for_pct: 160.* is outside 0 to 100",
        ),
    ],
)
def test_a_fault_is_named_with_its_cure(ask, words) -> None:
    with pytest.raises(PollInputError, match=words):
        ask()
