"""What is allowed in a file of respondents and yet deserves a look is told with rows and cure."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.list_experiments import find_list_suspicions, simulate_list

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
        (changed("age", _3=1985), "leave the cell empty if it stands for no answer, or correct it"),
        # The others reach 59 years: up to 88.5 beyond them it may be an age.
        (changed("age", _3=77 + 88.5), None),
        (changed("age", _3=77 + 88.6), "age is 165.6 in row 3"),
        (changed("age", _3=None), None),
        (changed("weight", _5=1e6), "weight is 1e+06 in row 5, far from all others (0.5 to 1.7)"),
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


def test_the_command_line_tells_it_beside_the_estimates_and_in_the_record(tmp_path, capsys) -> None:
    path = tmp_path / "list.csv"
    changed("age", _3=999).to_csv(path, index=False)
    words = ["list", "--input", str(path), "--items", "3", "--covariates", "age"]
    assert main([*words, "--method", "linear", "--json"]) == 0
    said = capsys.readouterr()
    (note,) = json.loads(said.out)["warnings"]
    assert note.startswith("age is 999 in line 5, far from all others (18 to 77)")
    assert said.err == f"warning: {note}\n"
