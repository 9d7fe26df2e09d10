"""A cell in two rows and a wave without interviews are refused; one wave by sex alone is fitted."""

import numpy as np
import pandas as pd
import pytest

from analysis import PollInputError, fit_who

CELLS = pd.DataFrame(
    {
        "wave": ["w0", "w0", "w1", "w1"],
        "date": ["2022-03-01", "2022-03-01", "2022-04-01", "2022-04-01"],
        "wording_variant": "v1",
        "sex": ["female", "male"] * 2,
        "age_group": "18+",
        "settlement": "urban",
        "tv_source": "not_asked",
        "n": 200,
        "n_for": [110, 130, 100, 120],
        "n_against": [90, 70, 100, 80],
        "n_undecided": 0,
        "n_refused": 0,
    }
)
POPULATION = pd.DataFrame(
    {"sex": ["female", "male"], "age_group": "18+", "settlement": "urban", "share_pct": [54, 46]}
)


def test_a_cell_in_two_rows_is_refused_with_both():
    twice = pd.concat([CELLS, CELLS.iloc[[1]]], ignore_index=True)
    with pytest.raises(PollInputError, match="row 4, column wave: the same cell as row 1; add"):
        fit_who(twice, POPULATION, n_points=64)


def test_a_wave_without_interviews_is_refused():
    counts = [name for name in CELLS if name.startswith("n")]
    empty = CELLS.copy()
    empty.loc[2:, counts] = 0
    with pytest.raises(PollInputError, match="row 2, column n: wave w1 has no interviews"):
        fit_who(empty, POPULATION, n_points=64)


def test_one_wave_by_sex_alone_gives_the_shares_of_its_interviews():
    shares = fit_who(CELLS.iloc[:2], POPULATION, n_points=64).share(by="sex")
    # The prior of the difference draws both half a standard error together.
    np.testing.assert_allclose(shares["mean"], [55, 65], atol=1.75)
    np.testing.assert_allclose(shares["sd"], [3.5, 3.4], atol=0.4)  # sqrt(p (100 - p) / 200)


def test_a_fit_without_scales_says_so_in_the_place_of_an_endless_number():
    lines = fit_who(CELLS.iloc[:2], POPULATION, n_points=64).summary().splitlines()
    (fit,) = (line for line in lines if line.startswith("Fit "))
    assert "no standard deviation to average over; dispersion " in fit
    assert not any("inf" in line or "Empty" in line or "Standard dev" in line for line in lines)
