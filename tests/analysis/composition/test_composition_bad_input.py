"""Bad input to a composition: one error that names place, finding and cure."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from reference.simulated_composition import PARAMS, POLLS, make_composition

from analysis import PUBLISHED, CompositionTrend, PollInputError

GOOD = make_composition(
    [("a", "2022-03-01", 60, 25), ("b", "2022-03-05", 66, 20), ("a", "2022-03-09", 61, 24)]
)


def changed(column, row, value):
    """The good polls with one value replaced."""
    frame = GOOD.astype({column: object})
    frame.loc[row, column] = value
    return frame


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (GOOD.drop(columns="against_pct"), ["column against_pct is missing", "for and against"]),
        (GOOD.drop(columns="house_id"), ["column house_id is missing"]),
        (changed("for_pct", 1, 130), ["row 1, column for_pct", "130 is outside 0 to 100"]),
        (changed("against_pct", 2, "many"), ["row 2, column against_pct", "not a number"]),
        (changed("against_pct", 1, 60), ["row 1", "add up to 126 percent", "one question"]),
        (changed("sample_size", 0, 0), ["row 0, column sample_size"]),
        (changed("sample_size", 0, np.nan), ["row 0, column sample_size: no value"]),
        (changed("start_date", 0, "soon"), ["row 0, column start_date", "YYYY-MM-DD"]),
        (changed("house_id", 0, "houses"), ["row 0, column house_id", "name of a reference"]),
        (GOOD.assign(against_pct=np.nan), ["no poll that can enter prints against"]),
        (GOOD.assign(sampling_var=2.0), ["column sampling_var", "design_effect"]),
        (GOOD.assign(base="some"), ["row 0, column base", "'some' is not known"]),
        (GOOD.assign(against_decimals=0.5), ["column against_decimals", "not whole"]),
        (GOOD.iloc[:0], ["there are no polls"]),
        ([1, 2], ["polls came as list"]),
    ],
    ids=lambda value: "" if isinstance(value, list | pd.DataFrame) else str(value),
)
def test_a_fault_is_named_with_its_place_and_cure(frame, expected):
    with pytest.raises(PollInputError) as caught:
        CompositionTrend(frame)
    for words in expected:
        assert words in str(caught.value)


@pytest.mark.parametrize("answers", ["for", ["for"], ["for", "for"], [], None, 3])
def test_answers_are_two_different_names(answers):
    with pytest.raises(PollInputError, match="name two parts"):
        CompositionTrend(GOOD, answers)


@pytest.mark.parametrize("name", ["undecided", "net", "opinion_share"])
def test_a_part_cannot_have_the_name_of_what_is_derived(name):
    with pytest.raises(PollInputError, match="derived from the two parts"):
        CompositionTrend(GOOD.assign(**{f"{name}_pct": 9}), ("for", name))


def test_rounding_may_carry_a_sum_above_100():
    assert CompositionTrend(changed("against_pct", 1, 35)).loglike(PARAMS)
    with pytest.raises(PollInputError, match="add up to 102 percent"):
        CompositionTrend(changed("against_pct", 1, 36))


@pytest.mark.long("a composition is fitted")
def test_polls_of_opinion_holders_and_empty_ones_are_left_out_and_counted():
    frame = pd.concat([POLLS, POLLS.iloc[[0, 1]].assign(poll_id=["x", "y"])], ignore_index=True)
    frame["base"] = "all"
    frame.loc[len(frame) - 2, "base"] = "opinion_holders"
    frame.loc[len(frame) - 1, ["for_pct", "against_pct"]] = np.nan
    frame.loc[0, "base"] = None
    results = CompositionTrend(frame).smooth(PARAMS)
    found = results.diagnostics()
    assert (found["n_polls"], found["n_left_out"]) == (len(POLLS), 2)
    assert found["left_out"] == {
        "prints only shares of those with an opinion": 1,
        "prints neither part": 1,
    }
    assert results.composition.left_out["poll_id"].tolist() == ["x", "y"]
    assert "1 left out: prints neither part" in " ".join(str(results.summary()).split())
    plain = CompositionTrend(POLLS).smooth(PARAMS)
    pd.testing.assert_frame_equal(results.trend(), plain.trend(), check_exact=True)


def test_no_house_that_prints_both_makes_no_composition():
    frame = make_composition([("a", "2022-03-01", 60, np.nan), ("b", "2022-03-05", np.nan, 20)])
    with pytest.raises(PollInputError, match="no house prints both for and against"):
        CompositionTrend(frame).smooth(PARAMS).trend()


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda r: r.trend("nobody"), "reference 'nobody' is not known"),
        (lambda r: r.trend(part="maybe"), "part 'maybe' is not known; use one of for, against"),
        (lambda r: r.change("2022-03-01", "2022-03-09", of="maybe"), "part 'maybe' is not known"),
        (lambda r: r.change("March", "2022-03-09"), "start: 'March' is not a date"),
        (lambda r: r.house_effects("net"), "part 'net' has no house effects"),
        (lambda r: r.house_levels("maybe"), "part 'maybe' is not known"),
        (lambda r: r.house_spread(min_polls=99), "needs two, and 0 is there"),
        (lambda r: r.house_difference("a", "z"), "house 'z' has no polls"),
        (lambda r: r.trend(alpha=5), "alpha is 5"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_can(ask, expected):
    with pytest.raises(PollInputError) as caught:
        ask(CompositionTrend(GOOD).smooth(PARAMS))
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    "ask",
    [
        lambda r: r.trend(),
        lambda r: r.prob_above(50, "2022-03-09"),
        lambda r: r.change("2022-03-01", "2022-03-09", of="net"),
    ],
)
def test_shares_that_leave_no_room_for_a_composition_are_told(ask):
    days = [f"2022-03-{day:02d}" for day in range(1, 29)]
    polls = make_composition([("a", day, 100, 1) for day in days]).assign(sample_size=10**9)
    small = {k: dict.fromkeys(v, 1e-6) if isinstance(v, dict) else v for k, v in PARAMS.items()}
    with pytest.raises(PollInputError, match="only 0 of 4096 draws lie within 0 to 100 percent"):
        ask(CompositionTrend(polls).smooth(small))


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "a number for tau of against"),
        (PARAMS | {"omega": {"for": 1.0}}, "a number for omega of against"),
        (PARAMS | {"rho_x": 1.0}, "rho_x is 1.0, out of its range"),
        (PARAMS | {"tau": {"for": 0.1, "against": 0.0}}, "tau of against is 0.0"),
    ],
)
def test_hyperparameters_that_are_none_are_refused(params, expected):
    with pytest.raises(ValueError, match=expected):
        CompositionTrend(GOOD).smooth(params)


def test_an_unknown_method_is_refused():
    with pytest.raises(PollInputError, match="'map' is not known for a composition"):
        CompositionTrend(GOOD).fit("map")


def test_polls_that_all_round_alike_are_no_cause_for_a_warning():
    """What a composition carries along is no covariate that could be left out."""
    alike = POLLS.assign(decimals=0)
    results = CompositionTrend(alike).smooth(PARAMS)
    assert not [text for text in results.diagnostics()["warnings"] if "covariate" in text]


def test_days_of_calming_are_given_and_not_estimated():
    with pytest.raises(PollInputError, match="two parts do not estimate calm_days; give days"):
        CompositionTrend(GOOD, walk="calming", calm_days="estimated")
    with pytest.raises(PollInputError, match="two parts do not estimate calm_days; give days"):
        CompositionTrend(GOOD, options=replace(PUBLISHED, calm_days="estimated"))
