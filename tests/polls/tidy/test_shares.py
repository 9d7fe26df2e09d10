"""Shares for and against: printed totals, else sums of the parts, never half a side."""

from collections.abc import Iterable, Mapping
from itertools import permutations

import pandas as pd
import pytest

from polls.tidy import derive_shares

OPTIONS = pd.DataFrame(
    [
        ("q", "definitely", "for"),
        ("q", "rather", "for"),
        ("q", "support_total", "total_for"),
        ("q", "rather_not", "against"),
        ("q", "not_at_all", "against"),
        ("q", "oppose_total", "total_against"),
        ("q", "hard", "undecided"),
        ("q", "no_word", "total_no_answer"),
        ("q", "pluses", None),
    ],
    columns=["question_id", "option", "pole"],
)


def derive_all(waves: Iterable[Mapping[str, float]]) -> pd.DataFrame:
    """Derived shares of waves that printed the options given, a row each."""
    rows = [
        (f"p{number}", "q", "all", option, share)
        for number, shares in enumerate(waves)
        for option, share in shares.items()
    ]
    answers = pd.DataFrame(
        rows, columns=["poll_id", "question_id", "subgroup", "option", "share_pct"]
    )
    return derive_shares(answers, OPTIONS)


def derive(**shares: float) -> pd.Series:
    """Derived shares of one wave that printed the options given."""
    return derive_all([shares]).iloc[0]


def test_parts_are_added() -> None:
    """Definitely and rather make the share for, of two rounded parts."""
    row = derive(definitely=52, rather=29, rather_not=8, not_at_all=6, hard=6)
    assert (row.for_pct, row.against_pct, row.undecided_pct, row.n_parts) == (81, 14, 6, 2)


def test_a_printed_total_is_taken_as_it_is() -> None:
    """The house rounds its total itself; the sum of its parts is kept beside it."""
    row = derive(definitely=52, rather=29, support_total=80)
    assert (row.for_pct, row.for_parts_pct, row.n_parts) == (80, 81, 1)


@pytest.mark.parametrize("option", ["definitely", "rather"])
def test_half_a_side_is_not_a_side(option: str) -> None:
    """Where one of two parts was printed, the share is missing."""
    row = derive(**{option: 52, "hard": 6})
    assert pd.isna(row.for_pct)
    assert pd.isna(row.against_pct)


def test_no_answer_stays_a_sum() -> None:
    """A printed sum of the non-answers is not split into undecided and refused."""
    row = derive(support_total=60, no_word=30)
    assert row.no_answer_pct == 30
    assert pd.isna(row.undecided_pct)
    assert pd.isna(row.refused_pct)


def test_order_of_answers_does_not_matter() -> None:
    """Rows may stand in any of their 120 orders."""
    shares = {
        "definitely": 40.1,
        "rather": 20.2,
        "rather_not": 9.0,
        "not_at_all": 8.0,
        "hard": 22.7,
    }
    derived = derive_all(map(dict, permutations(shares.items())))
    assert len(derived) == 120
    assert (derived["for_pct"] == 60.3).all()
    assert (derived["against_pct"] == 17.0).all()


def test_no_dust_of_binary_sums() -> None:
    """Sums of any two shares with a decimal carry at most three digits."""
    tenths = [tenth / 10 for tenth in range(0, 501, 7)]
    waves = [{"definitely": a, "rather": b} for a in tenths for b in tenths]
    sums = derive_all(waves)["for_pct"]
    assert len(sums) == len(waves)
    assert (sums == sums.map(lambda value: round(value, 3))).all()
    assert any(a + b != round(a + b, 3) for a in tenths for b in tenths)


def test_each_wave_has_its_own_shares_in_whichever_order_waves_stand() -> None:
    names = [*"cab"]
    answers = pd.DataFrame({"poll_id": names, "question_id": "q", "subgroup": "all"})
    answers = answers.assign(option="support_total", share_pct=[30.0, 10.0, 20.0])
    derived = derive_shares(answers, OPTIONS)
    assert derived["poll_id"].tolist() == names
    assert derived["for_pct"].tolist() == [30.0, 10.0, 20.0]


def test_a_sum_is_given_with_three_digits() -> None:
    assert derive(definitely=10.0004, rather=10.0004)["for_pct"] == 20.001


def test_a_row_has_its_keys_its_sides_and_their_parts() -> None:
    assert list(derive_all([{"definitely": 52.0}, {"hard": 6.0}])) == [
        "poll_id",
        "question_id",
        "subgroup",
        "for_pct",
        "for_parts_pct",
        "n_parts",
        "against_pct",
        "against_parts_pct",
        "undecided_pct",
        "refused_pct",
        "no_answer_pct",
    ]
