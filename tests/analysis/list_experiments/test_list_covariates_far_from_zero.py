"""Years of birth are fitted as their distance from the mean is; what cannot be fitted is told."""

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import PollInputError
from analysis.list_experiments import list_regression, simulate_list
from analysis.list_experiments._data import read_list
from analysis.list_experiments.regression import _check_flat, _place

N = 1500


@pytest.fixture
def answers():
    rng = np.random.default_rng(3)
    return simulate_list(N, 4, 0.5, rng).assign(born=rng.integers(1945, 2005, N))


@pytest.mark.parametrize("method", ["linear", "nls", "ml"])
def test_a_year_of_birth_gives_what_its_distance_from_1973_gives(answers, method):
    as_year = list_regression(answers, 4, ["born"], method=method)
    near = answers.assign(born=answers["born"] - 1973)
    as_distance = list_regression(near, 4, ["born"], method=method)
    for column in ("estimate", "se"):
        one, other = (
            found.table().set_index(["part", "name"])[column] for found in (as_year, as_distance)
        )
        for part in ("item", "control"):
            assert one[part, "born"] == pytest.approx(other[part, "born"], rel=1e-3, abs=1e-6)
    pd.testing.assert_frame_equal(as_year.share(), as_distance.share(), rtol=1e-3)


@pytest.mark.parametrize("far", [20_220_000, -5e9, 1.65e12])
@pytest.mark.parametrize("method", ["linear", "nls", "ml"])
def test_a_day_or_a_clock_gives_what_its_distance_gives(answers, method, far):
    """It was taken for the column of ones, and errors of shares lost their digits."""
    near = answers.assign(day=answers["born"] - 1973.0)
    expected = list_regression(near, 4, ["day"], method=method)
    found = list_regression(near.assign(day=near["day"] + far), 4, ["day"], method=method)
    pd.testing.assert_frame_equal(found.share(), expected.share(), rtol=2e-3)
    slope = found.table().query("name == 'day'")[["estimate", "se"]]
    np.testing.assert_allclose(
        slope, expected.table().query("name == 'day'")[["estimate", "se"]], rtol=2e-3, atol=1e-6
    )


def test_one_word_among_numbers_is_an_error_with_its_row(answers):
    spoilt = answers.astype({"born": object})
    spoilt.loc[7, "born"] = "NA"
    with pytest.raises(PollInputError, match="row 7, column born: 'NA' among numbers"):
        list_regression(spoilt, 4, ["born"])


def test_words_stay_categories(answers):
    words = answers.assign(sex=["female", "male", "1"] * (N // 3))
    assert "sex=male" in list_regression(words, 4, ["sex"], method="linear").data.names


def test_a_covariate_that_settles_the_answer_is_told():
    """Nobody with x = 1 holds the item: the likelihood climbs for ever."""
    rng = np.random.default_rng(5)
    parts = [simulate_list(300, 4, share, rng).assign(x=x) for share, x in ((0.6, 0), (0.0, 1))]
    frame = pd.concat(parts, ignore_index=True)
    kept = ~((frame["x"] == 1) & (frame["treatment"] == 1) & (frame["count"] == 5))
    frame = frame[kept].reset_index(drop=True)
    frame.loc[(frame["x"] == 1) & (frame["treatment"] == 1), "count"] = 0
    with pytest.raises(PollInputError, match=r"flat in x|no maximum") as caught:
        list_regression(frame, 4, ["x"])
    assert "leave" in caught.value.cure


@pytest.mark.parametrize(
    ("low", "high", "is_placed"),
    [
        (3.9, 5.9, False),  # a mean of so many standard deviations, the sd being 1
        (4.0, 6.0, False),
        (4.1, 6.1, True),
        (-6.1, -4.1, True),
        (-99.0, 99.0, False),
        (-100.0, 100.0, True),
        (-0.011, 0.011, False),
        (-0.01, 0.01, True),
    ],
)
def test_columns_far_from_zero_and_very_wide_or_narrow_ones_are_centred_and_scaled(
    low, high, is_placed
):
    frame = pd.DataFrame({"count": [0, 1, 1, 2], "treatment": [0, 0, 1, 1], "x": [low, high] * 2})
    data = read_list(frame, 3, covariates=["x"])
    placed, back = _place(data)
    column = [-1.0, 1.0, -1.0, 1.0] if is_placed else [low, high] * 2
    assert placed.design[:, 1] == pytest.approx(column)
    assert np.array_equal(back, np.eye(2)) is not is_placed


@pytest.mark.parametrize(
    ("size", "error", "told"),
    [
        (9.9, 9.9, None),
        (10.0, 1.0, None),
        (-10.0, 10.0, None),
        (10.1, 1.0, "10.1 logits a standard deviation, give or take 1.0"),
        (-10.1, 1.0, "10.1 logits a standard deviation, give or take 1.0"),
        (1.0, 10.1, "1.0 logits a standard deviation, give or take 10.1"),
    ],
)
def test_a_coefficient_of_ten_logits_is_the_largest_that_answers_tell(size, error, told):
    """Of a covariate whose standard deviation is one."""
    frame = pd.DataFrame({"count": [0, 1, 1, 2], "treatment": [0, 0, 1, 1], "x": [-1, 1] * 2})
    data = read_list(frame, 3, covariates=["x"])
    given = data, np.array([0.5, size]), np.diag([1.0, error**2])
    if told is None:
        _check_flat(*given)
        return
    with pytest.raises(PollInputError, match=f"the likelihood is flat in x: {told}"):
        _check_flat(*given)
