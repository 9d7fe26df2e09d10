"""The ratio of scatter to sampling is found again, below one as above."""

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import PollInputError
from analysis.evaluate import check_dispersion, dispersion_by_house, published_model
from analysis.evaluate.dispersion import plug_in, take_house

N_POLLS, N_SIZE = 30, 1000


def make(factors, seed=1):
    """Polls of houses around 60 percent whose variance is a factor of that of sampling."""
    rng = np.random.default_rng(seed)
    parts = []
    for k, (house, factor) in enumerate(factors.items()):
        days = pd.date_range("2022-03-01", periods=N_POLLS, freq="30D") + pd.Timedelta(days=3 * k)
        error = np.sqrt(factor * 60 * 40 / N_SIZE) * rng.standard_normal(N_POLLS)
        share = (60 + 4 * k + error).round(1)
        parts.append(
            pd.DataFrame(
                {
                    "house_id": house,
                    "start_date": days,
                    "end_date": days,
                    "sample_size": N_SIZE,
                    "share_pct": share,
                    "decimals": 1,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def table():
    """One house of samples, one that scatters less, one that scatters more."""
    return dispersion_by_house(make({"fair": 1.0, "calm": 0.05, "wild": 8.0})).set_index("house_id")


@pytest.mark.long("simulates polls of each house many times")
def test_a_house_that_scatters_less_than_samples_is_below_one(table):
    assert table.loc["calm", "ratio"] < 0.5
    assert table.loc["calm", "p_under"] < 0.025


@pytest.mark.long("simulates polls of each house many times")
def test_a_house_that_scatters_more_is_above_one(table):
    assert table.loc["wild", "ratio_lower"] < 8 < table.loc["wild", "ratio_upper"]
    assert table.loc["wild", "p_over"] < 0.025


def test_samples_are_not_flagged(table):
    assert table.loc["fair", "ratio_lower"] < 1 < table.loc["fair", "ratio_upper"]
    assert table.loc["fair", ["p_under", "p_over"]].min() > 0.025


@pytest.mark.long("simulates polls of each house many times")
def test_power_grows_with_the_number_of_polls(table):
    few = dispersion_by_house(make({"fair": 1.0, "calm": 0.05, "wild": 8.0}).iloc[::3])
    few = few.set_index("house_id")
    columns = ["power_under_pct", "power_over_pct"]
    assert (few.loc["fair", columns] < table.loc["fair", columns]).all()


def test_an_interval_goes_down_to_no_scatter_at_all_and_is_none_below_that():
    """Of few polls that scatter little the ratio may be 0; of the same share none explains it."""
    polls = make({"fair": 1.0})
    shares = {"little": [0, 1, 0, -1], "none": [0, 0, 0, 0, 0, 0]}
    for name, moved in shares.items():
        few = polls.iloc[:: len(polls) // len(moved)].head(len(moved))
        few = few.assign(house_id=name, share_pct=polls["share_pct"].mean() + np.array(moved))
        polls = pd.concat([polls, few], ignore_index=True)
    found = dispersion_by_house(polls).set_index("house_id")
    assert found.loc["little", "ratio_lower"] == 0 <= found.loc["little", "ratio"]
    assert found.loc["little", "note"] == ""
    assert found.loc["none", ["ratio_lower", "ratio_upper"]].isna().all()
    assert found.loc["none", "note"].startswith("no ratio explains them")


def test_a_house_with_few_polls_has_a_row_that_says_why():
    polls = make({"fair": 1.0, "rare": 1.0})
    found = dispersion_by_house(polls[(polls["house_id"] == "fair") | (polls.index < 33)])
    row = found.set_index("house_id").loc["rare"]
    assert row["note"] == "fewer than 4 polls"
    assert np.isnan(row["ratio"])


def test_the_parts_of_the_residuals_are_those_of_a_dense_gaussian():
    model = published_model(make({"a": 1.0, "b": 1.0}).iloc[::6])
    params = plug_in(model)
    part = take_house(model, params, 0)
    # All the variance of a residual: V - V (K^-1) ... by the answer to a unit in each poll.
    error, total = model.smooth(params).fitted.errors

    def answer(unit):
        return model.with_response(model.design.response + unit).smooth(params).fitted.errors[0]

    matrix = np.column_stack(
        [
            model.with_response(model.design.response + unit).smooth(params).fitted.errors[0]
            - error
            for unit in np.eye(len(error))
        ]
    )
    own = model.design.house == 0
    covariance = matrix * total  # V K^-1 V
    others = (matrix[:, ~own] * total[~own]) @ matrix[:, ~own].T
    signal = covariance - (matrix * total) @ matrix.T
    np.testing.assert_allclose(part.own, matrix[np.ix_(own, own)], atol=1e-8)
    np.testing.assert_allclose(part.rest, (others + signal)[np.ix_(own, own)], atol=1e-8)


@pytest.mark.long("simulates polls of each house many times")
def test_false_alarms_are_counted_by_house_and_hang_on_the_seed_alone():
    polls = make({"a": 1.0, "b": 6.0}).iloc[::5]
    found = check_dispersion(polls, 1)
    assert found["house_id"].tolist() == ["a", "b"]
    assert (found["n_sets"] == 1).all()
    pd.testing.assert_frame_equal(found, check_dispersion(polls, 1))


def test_polls_of_which_no_house_has_enough_are_one_clear_error():
    with pytest.raises(PollInputError, match="each house has fewer than 4 polls"):
        check_dispersion(make({"a": 1.0}).iloc[:3], 1)
