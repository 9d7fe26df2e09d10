"""References and changes are views of one posterior; none of them refits."""

import numpy as np
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.observations.references import contrast_row, reference_weights

POLLS = simulate_polls(np.random.default_rng(21), houses="abcde", sectors=SECTORS)
RESULTS = PollTrend(POLLS).fit()
REFERENCES = ["houses", "sectors", "a", "e", "sector:state", "sector:leaked", "houses:b,d"]


def test_house_effects_add_up_to_zero_under_houses():
    assert RESULTS.house_effects()["mean"].sum() == pytest.approx(0, abs=1e-9)


def test_the_mean_of_sector_means_is_zero_under_sectors():
    effects = RESULTS.house_effects("sectors")
    assert effects.groupby("sector")["mean"].mean().sum() == pytest.approx(0, abs=1e-9)


def test_a_house_as_reference_has_no_effect_and_no_uncertainty():
    row = RESULTS.house_effects("c").set_index("house_id").loc["c"]
    assert (row["mean"], row["sd"]) == (0, 0)


@pytest.mark.parametrize("reference", [None, 1, True, float("nan"), ["a"]])
def test_what_is_neither_a_name_nor_weights_is_refused(reference):
    with pytest.raises(PollInputError, match=r"reference is .*; give a text such as 'houses'"):
        reference_weights(RESULTS.observations, reference)


@pytest.mark.parametrize("threshold", [None, "50", float("nan"), -0.1, 100.1, np.inf, True, []])
def test_a_threshold_is_a_percentage(threshold):
    """Nothing lies above what is no number, which would be told as a probability of 0."""
    day = RESULTS.trend()["date"].iloc[4]
    with pytest.raises(PollInputError, match=r"threshold is .*; give a percentage from 0 to 100"):
        RESULTS.prob_above(threshold, day)
    with pytest.raises(PollInputError, match=r"threshold is .*; give a percentage from 0 to 100"):
        RESULTS.get_prediction(POLLS.tail(2)).prob_above(threshold)


@pytest.mark.parametrize(("threshold", "probability"), [(0, 1.0), (100, 0.0)])
def test_the_ends_are_percentages_too(threshold, probability):
    day = RESULTS.trend()["date"].iloc[4]
    assert RESULTS.prob_above(threshold, day) == pytest.approx(probability, abs=1e-6)


@pytest.mark.long("each case is a trend as every house measures it", quick=2)
@pytest.mark.parametrize("reference", REFERENCES)
def test_level_plus_effect_is_the_level_as_a_house_measures_it(reference):
    effects = RESULTS.house_effects(reference).set_index("house_id")["mean"]
    for house in RESULTS.observations.houses:
        as_measured = RESULTS.trend(reference)["mean"] + effects[house]
        np.testing.assert_allclose(as_measured, RESULTS.trend(house)["mean"], atol=1e-9)


@pytest.mark.parametrize("reference", REFERENCES)
def test_change_is_the_difference_of_levels_under_any_reference(reference):
    trend = RESULTS.trend(reference).set_index("date")["mean"]
    start, end = trend.index[4], trend.index[-7]
    assert RESULTS.change(start, end)["mean"] == pytest.approx(trend[end] - trend[start], abs=1e-9)


def test_change_there_and_back_has_the_other_sign():
    there, back = (
        RESULTS.change("2022-03-10", "2022-05-10"),
        RESULTS.change("2022-05-10", "2022-03-10"),
    )
    assert there["mean"] == pytest.approx(-back["mean"])
    assert there["sd"] == pytest.approx(back["sd"])
    assert there["prob_negative"] == pytest.approx(1 - back["prob_negative"])
    assert list(there.index) == ["mean", "sd", "lower", "upper", "prob_negative"]


def test_change_within_a_day_is_zero_without_doubt():
    change = RESULTS.change("2022-04-04", "2022-04-04")
    assert change["mean"] == 0
    assert change["sd"] == pytest.approx(0, abs=1e-7)


def test_prob_above_agrees_with_the_interval_of_the_trend():
    row = RESULTS.trend("sector:state", alpha=0.1).iloc[10]
    assert RESULTS.prob_above(row["lower"], row["date"], "sector:state") == pytest.approx(0.95)
    assert RESULTS.prob_above(row["upper"], row["date"], "sector:state") == pytest.approx(0.05)


def test_the_gap_of_a_sector_with_itself_is_zero():
    for estimand in ("these_houses", "population"):
        gap = RESULTS.sector_gap("state", "state", estimand=estimand)
        assert (gap["mean"], gap["sd"]) == (0, 0)


def test_the_population_gap_is_less_certain_than_that_of_these_houses():
    these = RESULTS.sector_gap("state", "independent")
    population = RESULTS.sector_gap("state", "independent", estimand="population")
    assert these["estimand"] == "these_houses"
    assert population["sd"] > these["sd"]


@pytest.mark.parametrize("reference", ["nobody", "state", "sector:", "sector:nobody", "anchor", ""])
def test_an_unknown_reference_lists_the_known_ones(reference):
    with pytest.raises(ValueError, match=r"reference .* is not known; (use one of houses|write)"):
        RESULTS.trend(reference)


def test_an_empty_sector_is_an_error():
    with pytest.raises(ValueError, match="sector 'foreign' has no polls; sectors there: indep"):
        RESULTS.sector_gap("state", "foreign")


def test_an_unknown_estimand_is_an_error():
    with pytest.raises(ValueError, match="use one of these_houses, population"):
        RESULTS.sector_gap("state", "independent", estimand="all")


@pytest.mark.parametrize("alpha", [0, 1, 5, "0.05"])
def test_alpha_must_be_a_probability(alpha):
    with pytest.raises(ValueError, match=r"0\.05 means 95%"):
        RESULTS.trend(alpha=alpha)


def test_a_fixed_set_is_the_mean_of_the_levels_of_its_houses():
    fixed = RESULTS.trend("houses:d, b,b")["mean"]
    own = (RESULTS.trend("b")["mean"] + RESULTS.trend("d")["mean"]) / 2
    np.testing.assert_allclose(fixed, own, atol=1e-9)
    assert "the fixed set of 2 houses b, d" in str(RESULTS.summary("houses:d, b,b"))


def test_a_fixed_set_with_a_house_without_polls_names_it():
    with pytest.raises(ValueError, match="house 'z' has no polls; leave it out"):
        RESULTS.trend("houses:a,z")


def test_chosen_dates_are_rows_of_the_daily_trend_in_their_order():
    daily = RESULTS.trend("sectors").set_index("date")
    dates = [daily.index[9], daily.index[2], daily.index[-1]]
    chosen = RESULTS.trend("sectors", dates=dates)
    assert list(chosen["date"]) == dates
    np.testing.assert_allclose(chosen.set_index("date"), daily.loc[dates], rtol=1e-10)


def test_weights_count_by_what_they_are_to_each_other_however_large():
    found = reference_weights(RESULTS.observations, {"a": 1e308, "b": 1.5e308})
    np.testing.assert_allclose(found, [0.4, 0.6, 0, 0, 0])


def test_a_house_with_two_weights_is_refused():
    with pytest.raises(PollInputError, match="house 'a' is named twice; name each house once"):
        reference_weights(RESULTS.observations, "a=1,b=1,a=2")


@pytest.mark.parametrize(("left", "is_refused"), [(0.2, False), (-0.2, False), (0.4, True)])
def test_large_weights_of_a_contrast_may_miss_zero_by_what_rounding_leaves(left, is_refused):
    """A billionth of the largest of them, and of one where all are smaller."""
    for scale in (0.1, 3e8):
        weights = {"a": scale, "b": -scale, "c": left * max(1.0, scale) * 3e-9}
        if is_refused:
            with pytest.raises(PollInputError, match="the weights add up to"):
                contrast_row(RESULTS.observations, weights)
        else:
            row = contrast_row(RESULTS.observations, weights)
            assert row.tolist() == [scale, -scale, weights["c"], 0, 0]
