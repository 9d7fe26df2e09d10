"""Polls to come: moments of the dense Gaussian plus the error of a poll, and what is refused."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from reference.dense_composition import as_pairs, condition, errors_of, pair
from reference.simulated_composition import EDGE_CASES, PARAMS, POLLS, simulate_composition

from analysis import CompositionTrend, PollInputError

FEW = simulate_composition(np.random.default_rng(8), n_polls=16, n_days=50, houses="abc")
FIRST = CompositionTrend(FEW).observations.first_date
# Printed shares and the rest, from both parts.
MEASURES = {"for": (0, (1, 0)), "against": (0, (0, 1)), "undecided": (100, (-1, -1))}
# 2,048 mirrored pairs know an sd to 1.6%; five times that.
SD_TOLERANCE = 0.08
each_drift = pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"])


@cache
def both(drift):
    """Our results and the dense answer at the same hyperparameters."""
    model = CompositionTrend(FEW, drift=drift)
    return model.smooth(PARAMS), condition(FEW, as_pairs(PARAMS, drift))


@cache
def by_sector(drift=False):
    """Results of polls with sectors."""
    return CompositionTrend(POLLS, drift=drift).smooth(PARAMS)


def predict(results, new, part=None):
    """Table of what is predicted."""
    return results.get_prediction(new, part).summary_frame()


def coming(house, days_after_first, **columns):
    """One new poll of one day."""
    date = pd.Timestamp(FIRST) + pd.Timedelta(days=days_after_first)
    poll = {"house_id": house, "start_date": date, "end_date": date, "sample_size": 1000}
    return pd.DataFrame([poll | columns])


def own_error(mean):
    """Error covariance of a poll of 1,000 interviews, whole percentages, at its expected shares."""
    poll = {"sample_size": 1000, "decimals": 0, "for_pct": mean[0], "against_pct": mean[1]}
    return errors_of(pd.DataFrame([poll]), as_pairs(PARAMS, drift=True)["omega"])


def assert_like(table, mean, cov):
    """Moments of both parts and the rest, to the error of the draws."""
    table = table.set_index("part")
    for part, (whole, signs) in MEASURES.items():
        sd = np.sqrt(np.array(signs) @ cov @ np.array(signs))
        # Hardly a draw is left out here, and without that means would be exact.
        assert table.loc[part, "mean"] == pytest.approx(whole + np.dot(signs, mean), abs=0.02 * sd)
        assert table.loc[part, "sd"] == pytest.approx(sd, rel=SD_TOLERANCE)


@pytest.mark.long("each case is a composition", quick=3)
@each_drift
@pytest.mark.parametrize("house", ["a", "c"])
@pytest.mark.parametrize("after", [3, 17, 40], ids="day {}".format)
def test_a_poll_of_a_known_house_between_the_others(house, after, drift):
    results, dense = both(drift)
    rows = np.array([dense.as_house(k, house, after) for k in (0, 1)])
    mean = rows @ dense.mean
    cov = rows @ dense.cov @ rows.T + own_error(mean)
    assert_like(predict(results, coming(house, after)), mean, cov)


@each_drift
def test_a_poll_after_all_others_walks_on(drift):
    results, dense = both(drift)
    last, pairs = dense.n_days - 1, as_pairs(PARAMS, drift)
    rows = np.array([dense.as_house(k, "b", last) for k in (0, 1)])
    mean = rows @ dense.mean
    walked = pair(pairs["tau"], pairs["rho_x"]) + pair(pairs["kappa"], pairs["rho_h"])
    cov = rows @ dense.cov @ rows.T + 20 * walked + own_error(mean)
    assert_like(predict(results, coming("b", last + 20)), mean, cov)


@each_drift
def test_a_poll_of_a_new_house_has_an_effect_of_its_own(drift):
    results, dense = both(drift)
    rows = np.array([dense.row(k, days={20: 1.0}) for k in (0, 1)])
    mean, pairs = rows @ dense.mean, as_pairs(PARAMS, drift)
    cov = rows @ dense.cov @ rows.T + own_error(mean) + pair(pairs["sigma_h"], pairs["rho_h"])
    assert_like(predict(results, coming("new", 20)), mean, cov)


def test_a_house_of_a_sector_with_polls_is_known_better_than_one_of_a_new_sector():
    sd = {
        sector: predict(by_sector(), coming(house, 30, sector=sector), "for")["sd"]
        for house, sector in (("new", "state"), ("new", "foreign"))
    }
    known = predict(by_sector(), coming("a", 30), "for")["sd"].item()
    assert known < sd["state"].item() < sd["foreign"].item()


def test_parts_and_rest_add_up_in_every_poll():
    new = pd.concat([coming("a", 5), coming("new", 9), coming("b", 60)], ignore_index=True)
    table = predict(both(True)[0], new)
    assert table.index.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert table["part"].tolist() == ["for", "against", "undecided"] * 3
    np.testing.assert_allclose(table.groupby(level=0)["mean"].sum(), 100.0, atol=1e-9)


def test_no_share_outside_0_to_100_is_expected_to_be_printed():
    polls = EDGE_CASES["nobody undecided"]
    new = polls.drop(columns=["for_pct", "against_pct"])
    table = predict(CompositionTrend(polls).smooth(PARAMS), new)
    assert table["lower"].min() >= 0
    assert table["upper"].max() <= 100
    np.testing.assert_allclose(table.groupby(level=0)["mean"].sum(), 100.0, atol=1e-9)


@pytest.mark.parametrize("part", ["for", "against", "undecided", "net", "opinion_share"])
def test_one_measure_has_one_row_a_poll(part):
    new = pd.concat([coming("a", 5), coming("b", 60)]).set_axis([7, 3]).assign(poll_id=["x", "y"])
    table = predict(both(False)[0], new, part)
    expected = ["poll_id", "house_id", "mid_date", "mean", "sd", "lower", "upper"]
    assert table.columns.tolist() == expected
    assert table.index.tolist() == [7, 3]
    assert (table["lower"] < table["mean"]).all()
    assert (table["mean"] < table["upper"]).all()


@each_drift
def test_a_prediction_does_not_hang_on_the_others_asked_for(drift):
    new = pd.concat([coming("a", 5), coming("new", 9), coming("b", 60), coming("a", 45)])
    new = new.set_axis(range(4))
    results = both(drift)[0]
    table, turned = predict(results, new), predict(results, new[::-1])
    for i in range(4):
        alone = predict(results, new.iloc[[i]])
        assert_frame_equal(alone, table.loc[[i]], check_exact=True)
        assert_frame_equal(alone, turned.loc[[i]], check_exact=True)


def test_more_interviews_and_decimals_make_it_surer():
    plain = predict(both(False)[0], coming("a", 5))["sd"]
    larger = predict(both(False)[0], coming("a", 5, sample_size=9000, decimals=1))["sd"]
    spread = predict(both(False)[0], coming("a", 5, design_effect=4.0))["sd"]
    assert (larger < plain).all()
    assert (spread > plain).all()


def test_shares_of_new_polls_are_not_looked_at():
    plain = predict(both(False)[0], coming("a", 5))
    told = predict(both(False)[0], coming("a", 5, for_pct=99.0, against_pct=1.0))
    assert_frame_equal(plain, told)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ([1, 2], "polls came as list; pass a pandas DataFrame"),
        (coming("a", 5).iloc[:0], "there are no polls; give at least one row"),
        (coming("a", 5).drop(columns="end_date"), "column end_date is missing"),
        (coming("a", 5).drop(columns="sample_size"), "column sample_size: no value"),
        (coming("a", 5, sampling_var=2.0), "column sampling_var gives the variance of one share"),
        (coming("new", 5), "column sector: the column is missing; a house without polls needs"),
        (coming("new", 5, sector=None), "column sector: no value; a house without polls needs"),
        (coming("a", 5, end_date="soon"), "column end_date"),
    ],
)
def test_a_new_poll_that_cannot_be_predicted_is_named(new, expected):
    with pytest.raises(PollInputError) as caught:
        predict(by_sector(), new)
    assert expected in str(caught.value)


def test_a_part_that_is_not_known_is_refused():
    with pytest.raises(PollInputError, match="part 'maybe' is not known; use one of for, against"):
        predict(by_sector(), coming("a", 5), "maybe")
