"""The probability of lying above a threshold: the dense Gaussian's, within the error of draws."""

from functools import cache

import numpy as np
import pytest
from reference.dense_composition import PARTS, as_pairs, condition
from reference.simulated_composition import EDGE_CASES, PARAMS, simulate_composition
from scipy.stats import norm

from analysis import CompositionTrend, PollInputError

POLLS = simulate_composition(np.random.default_rng(8), n_polls=16, n_days=50, houses="abc")
DAY = np.timedelta64(1, "D")


@cache
def both(drift):
    """Our results and the dense answer at the same hyperparameters."""
    model = CompositionTrend(POLLS, drift=drift)
    return model.smooth(PARAMS), condition(POLLS, as_pairs(PARAMS, drift))


@pytest.mark.long("each case is a composition", quick=4)
@pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("z", [-2.0, -0.7, 0.0, 1.2])
def test_it_is_the_tail_of_the_level(part, z, drift):
    results, dense = both(drift)
    for house, day in (("a", 4), ("c", 31)):
        mean, sd = dense.moments(dense.as_house(PARTS.index(part), house, day))
        date = results.observations.first_date + DAY * day
        found = results.prob_above(mean + z * sd, date, part, house)
        expected = norm.sf(z)
        # Four standard errors of a share of 2,048 independent draws.
        error = 4 * np.sqrt(expected * (1 - expected) / 2048)
        assert found == pytest.approx(expected, abs=error)


@pytest.mark.parametrize("measure", ["for", "against", "undecided", "opinion_share", "net"])
def test_the_end_of_an_interval_is_exceeded_with_its_probability(measure):
    results, _ = both(False)
    # On a day with polls both questions meet the same draws.
    row = results.trend("b", measure, alpha=0.2).iloc[results.observations.day[5]]
    for end, expected in (("lower", 0.9), ("upper", 0.1)):
        found = results.prob_above(row[end], row["date"], measure, "b")
        assert found == pytest.approx(expected, abs=0.001)


def test_draws_that_are_left_out_count_on_no_side():
    results = CompositionTrend(EDGE_CASES["nobody undecided"]).smooth(PARAMS)
    date = results.observations.first_date
    assert results.diagnostics()["mass_outside_mean"] > 0.05
    assert results.prob_above(0, date, "undecided") == 1.0
    assert results.prob_above(100, date, "for") == 0.0


def test_the_first_answer_is_meant_where_none_is_named():
    results, _ = both(False)
    date = results.observations.last_date
    level = results.trend(part="for")["mean"].iloc[-1]
    assert results.prob_above(level, date) == results.prob_above(level, date, "for", "houses")


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        ((50, "2022-03-09", "maybe"), "part 'maybe' is not known; use one of for, against"),
        ((50, "March"), "'March' is not a date"),
        ((50, "2022-03-09", "for", "nobody"), "reference 'nobody' is not known"),
    ],
)
def test_a_question_that_has_no_answer_says_which_have(ask, expected):
    with pytest.raises(PollInputError) as caught:
        both(False)[0].prob_above(*ask)
    assert expected in str(caught.value)
