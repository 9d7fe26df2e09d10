"""Covariates as a formula give what columns named one by one give, and numbers stay numbers."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import simulate_polls

from analysis import PollInputError, PollTrend

RNG = np.random.default_rng(17)
POLLS = simulate_polls(RNG, n_polls=80)
POLLS = POLLS.assign(
    mode=np.where(np.arange(80) % 3 == 0, "web", "phone"), online=RNG.uniform(0, 1, 80)
)
POLLS["share_pct"] = POLLS["share_pct"] + 8 * POLLS["online"] - 4
PARAMS = (0.3, 2.0, 5.0)
RESULTS = PollTrend(POLLS, covariates="~ C(mode) + online").smooth(PARAMS)


def test_a_categorical_term_is_the_column_named_alone():
    one = PollTrend(POLLS, covariates="~ C(mode)").smooth(PARAMS)
    other = PollTrend(POLLS, covariates=["mode"]).smooth(PARAMS)
    assert one.trend()["mean"].to_numpy() == pytest.approx(other.trend()["mean"].to_numpy())
    found, expected = one.covariates().iloc[0], other.covariates().iloc[0]
    assert found[["mean", "sd"]].tolist() == pytest.approx(expected[["mean", "sd"]].tolist())


def test_numbers_are_numbers_with_a_slope():
    table = RESULTS.covariates().set_index("covariate")
    assert list(table.index) == ["C(mode)[T.web]", "online"]
    slope = table.loc["online"]
    assert slope["lower"] < 8 < slope["upper"]
    assert abs(slope["mean"]) > 3 * slope["sd"]


def test_new_polls_are_coded_by_the_same_formula():
    new = POLLS.tail(2).assign(online=[0.0, 1.0], mode="web", sample_size=1000, house_id="a")
    new["start_date"] = new["end_date"] = POLLS["end_date"].max()
    low, high = RESULTS.get_prediction(new).predicted_mean
    assert high - low == pytest.approx(
        RESULTS.covariates().set_index("covariate").loc["online", "mean"]
    )


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("~ C(mode", "cannot be read"),
        ("~ nowhere", "covariate 'nowhere' is no column"),
        ("~ 1", "makes no column"),
        (["~ C(mode)", "online"], "give one formula alone"),
        ("~ log(mode)", "cannot be evaluated"),
    ],
)
def test_a_bad_formula_is_told(formula, message):
    with pytest.raises(ValueError, match=message):
        PollTrend(POLLS, covariates=formula)


def test_a_level_never_seen_and_a_missing_number_are_told():
    with pytest.raises(ValueError, match=r"cannot be evaluated .*fax"):
        RESULTS.get_prediction(POLLS.tail(1).assign(mode="fax"))
    gaps = POLLS.assign(online=POLLS["online"].where(POLLS.index != 5))
    with pytest.raises(ValueError, match="column online: no value in row"):
        PollTrend(gaps, covariates="~ online")


def test_the_input_is_not_changed():
    before = POLLS.copy(deep=True)
    PollTrend(POLLS, covariates="~ C(mode) + online").smooth(PARAMS).trend()
    pd.testing.assert_frame_equal(POLLS, before)


@pytest.mark.parametrize(
    ("odd", "n_odd", "formula", "words"),
    [
        ("NA", 1, "~ q", "row 3 (d-3), column q: 'NA' among numbers; write a number, or take C(q)"),
        ("NA", 1, "~ scale(q)", "row 3 (d-3), column q: 'NA' among numbers; write a number"),
        ("1,5", 1, "~ q", "row 3 (d-3), column q: '1,5' is no number; write decimals with a point"),
        ("1,5", 40, "~ q", "column q: '1,5' is no number; write decimals with a point"),
        ("NA", 1, "~ C(q)", None),
        ("NA", 1, "~ I(q == 'NA')", None),
        ("NA", 1, '~ {"NA" != q}', None),
        ("NA", 1, "~ q.isin(['NA', '2'])", None),
        ("NA", 1, "~ I(q == 1)", "'NA' among numbers"),
        ("phone", 40, "~ q", None),
    ],
)
def test_words_among_numbers_are_refused_unless_categories_are_asked_for(
    odd, n_odd, formula, words
):
    """Each number would become a category of its own, without a word."""
    frame = POLLS.reset_index(drop=True).assign(q="1")
    frame.loc[::2, "q"] = "2"
    frame.loc[3 : 2 + n_odd, "q"] = odd
    if words is None:
        PollTrend(frame, covariates=[formula])
        return
    with pytest.raises(PollInputError) as caught:
        PollTrend(frame, covariates=[formula])
    assert words in str(caught.value)
