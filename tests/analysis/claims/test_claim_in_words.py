"""Sentences about a claim say its numbers, never certainty, and what they leave out."""

import re

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollTrend
from analysis.claims.threshold import claim_table
from analysis.claims.words import (
    _about_houses,
    _about_sectors,
    describe_polls,
    show_probability,
    write_sentences,
    write_verdict,
)

POLLS = simulate_polls(np.random.default_rng(37), houses="abcde", sectors=SECTORS)
RESULTS = PollTrend(POLLS).fit("map")
DATE = "2022-05-01"


def sentences(above=50, reference="houses", results=RESULTS, **arguments):
    """The words for a threshold."""
    table = claim_table(results, above, date=DATE, reference=reference, **arguments)
    return write_sentences(table, reference, "support", "an input"), table.set_index("reference")


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, ">0.999"),
        (0.9995, ">0.999"),
        (0.99949, "0.999"),
        (0.00051, "0.001"),
        (0.0005, "0.001"),
        (0.00049, "<0.001"),
    ],
)
def test_no_probability_is_rounded_to_certainty(probability, words):
    assert show_probability(probability) == words


def test_the_first_sentence_is_about_the_reference():
    words, table = sentences(60, "sector:state")
    row = table.loc["sector:state"]
    assert words[0] == (
        f"The mean of the 2 houses of sector state: support at {row['mean']:.1f} percent (95% "
        f"interval {row['lower']:.1f} to {row['upper']:.1f}) on {DATE}; probability "
        + show_probability(row["prob_above"]).replace(">", "over ").replace("<", "under ")
        + " that it was above 60 percent."
    )


def test_the_width_of_the_interval_is_the_one_of_the_table():
    assert "(80% interval" in sentences(alpha=0.2)[0][0]


def test_every_sector_is_named_with_its_polls_and_houses():
    words, table = sentences()
    for sector in ("independent", "leaked", "state"):
        row = table.loc[f"sector:{sector}"]
        count = f"{row['n_polls']} polls of {row['n_houses']} house"
        level = f"{sector} {row['mean']:.1f} percent"
        assert re.search(rf"{level}, probability [^;]*, {count}", words[1])


def test_the_least_certain_house_is_named():
    words, table = sentences(65)
    lowest = table[table["estimand"] == "house"]["prob_above"].idxmin()
    assert f"The least certain: {lowest} " in words[2]


@pytest.mark.parametrize(
    ("above", "form"), [(52, "at least {low}"), (54, "{low} to {high}"), (57, "at most {high}")]
)
def test_all_sectors_at_once_are_bounded_whatever_the_dependence(above, form):
    words, table = sentences(above)
    sectors = table[table["estimand"] == "sector"]["prob_above"]
    expected = form.format(low=f"{sectors.sum() - 2:.3f}", high=f"{sectors.min():.3f}")
    found = re.search(r"all 3 were above: probability (.*)\.$", words[1]).group(1)
    assert found == expected


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        ([0.975, 0.975], "at least 0.950"),
        ([0.985, 0.965], "at least 0.950"),
        ([0.975, 0.9749], "0.950 to 0.975"),
        ([0.96, 1.0], "at least 0.960"),
        ([0.94, 1.0], "0.940 to 0.940"),
    ],
)
def test_all_sectors_are_credible_from_ninety_five_percent_on(probabilities, words):
    rows = [
        {"reference": f"sector:{name}", "prob_above": p}
        for name, p in zip("xy", probabilities, strict=True)
    ]
    sectors = pd.DataFrame(rows).assign(estimand="sector", n_polls=3, n_houses=2, mean=61.0)
    (text,) = _about_sectors(sectors)
    assert text.endswith(f"That all 2 were above: probability {words}.")


@pytest.mark.parametrize(("probability", "n"), [(0.94999, 0), (0.95, 2), (0.95001, 2)])
def test_houses_are_sure_from_ninety_five_percent_on(probability, n):
    houses = pd.DataFrame({"reference": [*"ab"], "prob_above": probability, "mean": 61.0})
    houses = houses.assign(estimand="house", n_polls=3, last_poll=pd.Timestamp(DATE))
    (text,) = _about_houses(houses)
    assert f"{n} of 2 were above with probability 0.95 or more" in text


def test_opinion_names_the_common_error_and_where_it_tips():
    words, table = sentences(common_error=4.0)
    opinion = words[-2]
    assert opinion.startswith("Opinion: the mean of these 5 houses plus an error that all houses")
    assert "(sd 4 points at 50 percent; an input)" in opinion
    tips_at = table.loc["opinion", "common_error_at_95"]
    assert f"at a shared error of {tips_at:.1f} points" in opinion


def test_where_the_claim_is_weak_the_words_say_so():
    words, _ = sentences(90)
    assert "Even without a shared error the probability is below 0.95." in words[-2]
    assert "probability under 0.001" in words[0]


@pytest.mark.parametrize("above", [1, 99])
def test_no_probability_is_printed_as_certain(above):
    words, table = sentences(above)
    text = " ".join([*words, write_verdict(table.reset_index(), "houses")])
    assert not re.search(r"(?:probability|least|most|to) (?:0\.000|1\.000|0|1)(?![.\d])", text)


def test_the_verdict_sorts_the_levels_at_95():
    _, table = sentences(58)
    yes, no = write_verdict(table.reset_index(), "houses").split("; less for ")
    for sector in ("state", "independent", "leaked"):
        sure = table.loc[f"sector:{sector}", "prob_above"] >= 0.95
        assert (f"sector {sector}" in yes) == sure
        assert (f"sector {sector}" in no) != sure
    assert ("a house that has not polled yet" in no) == (table.loc["new", "prob_above"] < 0.95)


def test_the_last_words_say_what_polls_cannot():
    assert "leaves no trace" in sentences()[0][-1]


def test_one_house_without_sectors_needs_no_words_on_groups():
    results = PollTrend(EDGE_CASES["one house only"]).fit("map")
    words, _ = sentences(results=results)
    assert words[0].startswith("The level as this house measures it: support at")
    assert not any(text.startswith("By ") for text in words)


@pytest.mark.parametrize(
    ("as_of", "days", "words"),
    [
        (None, 0, "2022-06-14."),
        ("2022-07-30", 9, "The date lies 9 days after the last of them"),
        ("2022-06-20", 9, "The date was still to come: this is a forecast."),
        (None, -200, "days before the first: the level is carried back"),
    ],
)
def test_the_polls_are_placed_in_time(as_of, days, words):
    obs = RESULTS.observations
    date = (obs.last_date + np.timedelta64(days, "D")).astype("datetime64[s]").item()
    text = describe_polls(obs, as_of, pd.Timestamp(date), 0)
    assert text.startswith("30 polls of 5 houses")
    assert words in text
    assert (f"published by {as_of}" in text) == (as_of is not None)
    assert ("lies" in text) == (days != 0)


def test_polls_without_a_publication_date_are_counted():
    text = describe_polls(RESULTS.observations, DATE, pd.Timestamp(DATE), 7)
    assert "(7 without a publication date count from their last day of fieldwork)" in text


def test_one_poll_is_singular():
    obs = PollTrend(EDGE_CASES["one poll only"]).observations
    assert describe_polls(obs, None, pd.Timestamp("2022-03-01"), 0).startswith(
        "1 poll of 1 house; mid-field dates"
    )
