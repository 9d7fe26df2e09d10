"""What is allowed in a file of respondents and yet deserves a look is told with rows and cure."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.base.errors import PollInputError
from analysis.list_experiments import (
    _means,
    find_list_suspicions,
    list_estimates,
    simulate_list,
)
from analysis.list_experiments._data import read_list

GOOD = simulate_list(40, 3, 0.5, np.random.default_rng(1)).assign(
    age=[18 + (7 * i) % 60 for i in range(40)],
    sex=["female", "male"] * 20,
    weight=[0.5 + (i % 7) / 5 for i in range(40)],
)
COVARIATES = ["age", "sex"]


def tell(frame: pd.DataFrame) -> tuple[str, ...]:
    return find_list_suspicions(frame, COVARIATES, "weight")


def changed(column: str, **rows: object) -> pd.DataFrame:
    """The good rows with other values in a column, by row."""
    frame = GOOD.astype(object)
    for row, value in rows.items():
        frame.loc[int(row[1:]), column] = value
    return frame


def test_good_rows_are_met_with_silence() -> None:
    assert tell(GOOD) == ()
    assert find_list_suspicions(GOOD) == ()


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (changed("sex", _3="Male"), "levels of sex that look alike count as different: 'Male'"),
        (changed("sex", _3="m\u0430le"), "first in row 1, row 3; they differ in LATIN SMALL"),
        (changed("sex", _3="male\u00a0"), "NO-BREAK SPACE); write the name in one way"),
        (changed("sex", _3="mal"), None),
        (changed("age", _3=999, _8=999), "age is 999 in row 3, row 8, far from all others (18 to"),
        (changed("age", _3=-99), "age is -99 in row 3, far from all others (18 to 77)"),
        (changed("age", _3=-1, _4=-1), "age is -1 in row 3, row 4, far from all others (18 to 77)"),
        (changed("age", _3=-1.5), None),
        (changed("age", _3=-1, _4=-2), None),
        (changed("age", _3=-1, _4=0), None),
        (changed("age", _3=1985), "leave the cell empty if it stands for no answer, or correct it"),
        # The others reach 59 years: up to 88.5 beyond them it may be an age.
        (changed("age", _3=77 + 88.5), None),
        (changed("age", _3=77 + 88.6), "age is 165.6 in row 3"),
        (changed("age", _3=None), None),
        (changed("weight", _5=1e6), "weight is 1000000 in row 5, far from all others (0.5 to 1.7)"),
        (pd.concat([GOOD, GOOD], ignore_index=True), "the 80 rows are 40 rows twice"),
        (GOOD.loc[GOOD.index.repeat(2)].reset_index(drop=True), "80 rows are 40 rows twice"),
        (pd.concat([GOOD[:9]] * 2, ignore_index=True), None),
        (pd.concat([GOOD[:10]] * 2, ignore_index=True), "the 20 rows are 10 rows twice"),
        (pd.concat([GOOD, GOOD[:39]], ignore_index=True), None),
    ],
)
def test_what_looks_like_a_slip_is_told_once(frame: pd.DataFrame, words: str | None) -> None:
    notes = tell(frame)
    assert len(notes) == (words is not None)
    assert all(str(words) in note for note in notes)


def test_yes_and_no_as_numbers_are_no_scale() -> None:
    frame = GOOD.assign(age=[1] + [0] * 39)
    assert tell(frame) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, None),
        ({"_3": 99999999}, "age is 99999999 in row 3, far from all others (20220228 to 20220331)"),
        ({"_3": 20250301}, "age is 20250301 in row 3, far from all others (20220228 to 20220331)"),
    ],
)
def test_days_written_as_numbers_are_as_far_apart_as_days(changes, words) -> None:
    days = [20220228, *range(20220301, 20220332)]
    frame = changed("age", **{f"_{i}": days[i % len(days)] for i in range(len(GOOD))})
    frame.loc[[int(row[1:]) for row in changes], "age"] = [*changes.values()]
    assert [note.partition(":")[0] for note in tell(frame)] == ([words] if words else [])


def test_the_command_line_tells_it_beside_the_estimates_and_in_the_record(tmp_path, capsys) -> None:
    path = tmp_path / "list.csv"
    changed("age", _3=999).to_csv(path, index=False)
    words = ["list", "--input", str(path), "--items", "3", "--covariates", "age"]
    assert main([*words, "--method", "linear", "--json"]) == 0
    said = capsys.readouterr()
    (note,) = json.loads(said.out)["warnings"]
    assert note.startswith("age is 999 in line 5, far from all others (18 to 77)")
    assert said.err == f"warning: {note}\n"


@pytest.mark.parametrize(("weight", "told"), [(5.4, False), (5.5, True)])
def test_a_respondent_with_a_tenth_of_all_weight_is_told(weight: float, *, told: bool) -> None:
    frame = pd.DataFrame({"weight": [1.0] * 49 + [weight]})
    found = [note for note in find_list_suspicions(frame, weights="weight") if "percent" in note]
    assert len(found) == told
    assert all(
        note.startswith("weight is 5.5 in row 49, 10 percent of the weight") for note in found
    )
    assert find_list_suspicions(frame[1:], weights="weight") == ()


@pytest.mark.parametrize(("weight", "told"), [(4.9, False), (5.0, False), (5.1, True)])
def test_a_tenth_of_all_weight_itself_is_not_told(weight: float, *, told: bool) -> None:
    """The others weigh 45 together."""
    frame = pd.DataFrame({"weight": [1.0] * 41 + [0.5] * 8 + [weight]})
    found = find_list_suspicions(frame, weights="weight")
    assert any("percent of the weight of all 50 respondents" in note for note in found) is told


def test_a_share_that_none_can_be_is_told(tmp_path, capsys) -> None:
    rng = np.random.default_rng(3)
    good = simulate_list(400, 3, 0.6, rng)
    for frame, told in ((good, False), (good.assign(treatment=1 - good["treatment"]), True)):
        short = frame.assign(count=frame["count"].clip(upper=3))
        short.to_csv(tmp_path / "list.csv", index=False)
        assert main(["list", "--input", str(tmp_path / "list.csv"), "--items", "3", "--json"]) == 0
        notes = json.loads(capsys.readouterr().out)["warnings"]
        assert ["look for exchanged groups" in note for note in notes] == [True] * told


def test_texts_of_many_kinds_are_no_groups() -> None:
    texts = [f"{i},5" for i in range(51)]
    rows = simulate_list(102, 3, 0.5, np.random.default_rng(1))
    with pytest.raises(PollInputError, match="column age: 51 different texts, such as '1,5'; wr"):
        read_list(rows.assign(age=texts * 2), 3, covariates=["age"])


def test_nobody_keeps_more_than_fifty_items_in_mind() -> None:
    with pytest.raises(
        PollInputError, match=r"number of items: 51; give the number .*, 50 at most"
    ):
        read_list(GOOD, 51)
    assert read_list(GOOD, 50).n_items == 50
    with pytest.raises(PollInputError, match="bootstrap: 1000001 draws; give at most 1,000,000"):
        list_estimates(GOOD, 3, rng=np.random.default_rng(1), n_draws=1_000_001)


@pytest.mark.parametrize("n_draws", [4, 5, 6])
def test_as_many_draws_as_allowed_are_made(n_draws: int, monkeypatch) -> None:
    monkeypatch.setattr(_means, "MOST_DRAWS", 5)
    options = {"rng": np.random.default_rng(1), "n_draws": n_draws}
    if n_draws <= 5:
        assert set(list_estimates(GOOD, 3, **options)["errors"]) == {"bootstrap"}
        return
    with pytest.raises(PollInputError, match="bootstrap: 6 draws; give at most 5"):
        list_estimates(GOOD, 3, **options)


@pytest.mark.parametrize(
    ("counts", "items", "words"),
    [
        ([4] * 60, 4, "all 60 respondents count 4: these are no answers to a list"),
        ([0, 1, 2, 3] * 15, 7, "nobody of 60 counts more than 3 items, and the control list is"),
        ([0, 1, 2, 3] * 15, 6, ""),
        ([4] * 49, 4, ""),  # so few may agree
        ([0, 1, 2, 3] * 12, 12, ""),
    ],
)
def test_counts_without_spread_or_far_below_the_list_are_told(
    tmp_path, capsys, counts, items, words
):
    path = tmp_path / "answers.csv"
    arms = [(i // 4) % 2 for i in range(len(counts))]
    pd.DataFrame({"count": counts, "treatment": arms}).to_csv(path, index=False)
    assert main(["list", "--input", str(path), "--items", str(items), "--json"]) == 0
    told, warned = capsys.readouterr()
    notes = [
        text for text in json.loads(told)["warnings"] if "these are no" in text or "list is" in text
    ]
    assert [text[: len(words)] for text in notes] == ([words] if words else [])
    assert (words in warned) if words else ("these are no" not in warned)


@pytest.mark.parametrize(
    ("n", "column", "told"), [(60, "id", True), (49, "id", False), (60, "count", False)]
)
def test_rows_that_repeat_another_with_the_name_of_the_respondent_are_told(n, column, told):
    """Two people may well agree, but have no name or number in common."""
    frame = pd.DataFrame({"count": [1, 2] * 30, "treatment": [0, 1] * 30, "id": range(60)}).head(n)
    twice = pd.concat([frame, frame.head(7)], ignore_index=True)
    notes = find_list_suspicions(twice.drop(columns="id") if column == "count" else twice)
    words = f"7 rows repeat another row, column id and all, and count twice (row {n}, row {n + 1}"
    assert [note.startswith(words) for note in notes] == [True] * told
