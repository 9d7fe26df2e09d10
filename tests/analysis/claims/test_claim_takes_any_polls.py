"""Claims about polls of any country: one house, one poll, no sectors, names in any script."""

import numpy as np
import pytest
from pandas.testing import assert_frame_equal
from reference.simulated_polls import EDGE_CASES, SECTORS, make_polls, simulate_polls

from analysis import PollTrend
from analysis.claims.threshold import claim, claim_table
from analysis.claims.words import write_sentences, write_verdict

OTHER = make_polls(
    [("Ipsos", "2024-01-03", 41), ("КМІС", "2024-01-10", 44), ("Verian Q", "2024-02-03", 45)]
)


@pytest.mark.long("each case is a fit", quick=2)
@pytest.mark.parametrize("name", EDGE_CASES)
def test_every_edge_case_has_a_complete_table(name):
    table = claim(EDGE_CASES[name], 50)
    numbers = table[["mean", "sd", "lower", "upper", "prob_above", "prob_with_common_error"]]
    assert np.isfinite(numbers.to_numpy(dtype=float)).all()
    assert table["prob_above"].between(0, 1).all()
    assert (table["lower"] < table["mean"]).all()
    assert table["reference"].is_unique


def test_names_of_houses_stay_as_they_are():
    table = claim(OTHER, 40)
    expected = ["houses", "Ipsos", "Verian Q", "КМІС", "new", "opinion"]
    assert list(table["reference"]) == expected
    assert list(table["n_houses"]) == [3, 1, 1, 1, 3, 3]


def test_a_sector_of_one_house_is_named_as_such():
    table = claim(OTHER.assign(sector=["press", "press", "party"]), 40).set_index("reference")
    assert table.loc["sector:party", "label"] == "the one house of sector party, Verian Q"
    assert table.loc["sector:press", "label"] == "the mean of the 2 houses of sector press"


def test_houses_called_like_a_level_are_told_apart():
    polls = OTHER.assign(house_id=["new", "opinion", "sector"])
    table = claim(polls, 40)
    houses = table[table["estimand"] == "house"].set_index("reference")
    assert list(houses.index) == ["new", "opinion", "sector"]
    words = write_sentences(table, "houses", "the share", "an input")
    assert words[2].startswith("A house that has not polled yet: ")
    assert words[3].startswith("Opinion: the mean of these 3 houses plus an error")
    assert "house new" in write_verdict(table, "new")


def test_without_sectors_a_new_house_is_as_uncertain_as_houses_differ():
    results = PollTrend(OTHER).smooth((0.3, 2.0, 5.0))
    wide = PollTrend(OTHER).smooth((0.3, 2.0, 8.0))
    tables = [claim_table(found, 40).set_index("reference") for found in (results, wide)]
    new, wider = (table.loc["new", "sd"] for table in tables)
    assert new > 5.0
    assert wider > 8.0


def test_the_common_error_asked_for_is_the_one_used():
    table = claim(OTHER, 40, common_error=6.0, method="map").set_index("reference")
    assert set(table["common_error"]) == {6.0}
    spread = table.loc["opinion", "sd"] ** 2 - table.loc["houses", "sd"] ** 2
    share = table.loc["houses", "mean"]
    assert spread == pytest.approx(36.0 * share * (100 - share) / 2500)


@pytest.mark.long("each case is a fit")
def test_polls_are_not_changed_and_their_order_does_not_matter():
    polls = simulate_polls(np.random.default_rng(31), houses="abcde", sectors=SECTORS)
    before = polls.copy()
    table = claim(polls, 50, "2022-05-01")
    assert_frame_equal(polls, before)
    assert_frame_equal(claim(polls.sample(frac=1, random_state=1), 50, "2022-05-01"), table)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"above": 0}, "above: 0; give a percentage between 0 and 100"),
        ({"above": 100}, "above: 100; give"),
        ({"above": 120}, "above: 120; give"),
        ({"above": "fifty"}, "above: 'fifty'; give"),
        ({"above": float("nan")}, "above: nan; give"),
        ({"common_error": -1}, "common error: -1; give a standard deviation in points"),
        ({"common_error": float("inf")}, "common error: inf; give"),
        ({"alpha": 5}, "alpha is 5; give a number between 0 and 1"),
        ({"date": "18.04.2022"}, "date: '18.04.2022' is not a date that can be read"),
        ({"as_of": "soon"}, "as of: 'soon' is not a date that can be read"),
        ({"reference": "levada"}, "reference 'levada' is not known; use one of houses"),
        ({"method": "guess"}, "method 'guess' is not known"),
    ],
)
def test_what_means_nothing_is_refused_with_its_cure(arguments, message):
    with pytest.raises(ValueError, match="^" + message.replace("(", r"\(")):
        claim(OTHER, **{"above": 40, **arguments})
