"""All choices are crossed, each answer is that of its own fit, and shares of variance add up."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls

from analysis import PollInputError, PollTrend
from analysis.claims import main_windows
from analysis.evaluate import (
    CHOICES,
    digest_polls,
    explain_variance,
    is_current,
    multiverse,
    name_options,
    summarise_multiverse,
)
from analysis.evaluate import multiverse as face
from analysis.evaluate.multiverse import _Answers, prepare

SECTORS = {"a": "state", "b": "independent", "c": "independent"}


def make():
    """Three houses with polls in all windows, and both sides of the question."""
    days = ["2022-02-27", "2022-04-10", "2022-05-02", "2022-10-20", "2023-06-01"]
    days += ["2024-01-10", "2024-05-20"]
    effect = {"a": 68, "b": 62, "c": 70}
    rows = [
        (house, day, effect[house] - 2 * (k > 4) + (k % 2))
        for house in effect
        for k, day in enumerate(days)
    ]
    polls = make_polls(rows).assign(against_pct=20.0, design_effect=1.4)
    late = (polls["house_id"] == "b") & (polls["start_date"] > "2023-01-01")
    return polls.assign(
        for_pct=polls["share_pct"],
        sector=polls["house_id"].map(SECTORS),
        instrument=polls["house_id"] + late.map({True: ".new", False: ".old"}),
    )


POLLS = make()


@pytest.fixture(scope="module")
def table():
    """A part of the multiverse that takes little time: all choices but two of the model."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(CHOICES, "excess", ("common",))
        patched.setitem(CHOICES, "walk", ("constant",))
        return multiverse(POLLS)


@pytest.mark.long("each analysis of a multiverse is a fit")
def test_each_combination_stands_there_once(table):
    n_crossed = np.prod([table[name].nunique() for name in CHOICES])
    assert len(table) == n_crossed == 2**5 * 3 * 2 * 2
    assert not table.duplicated(list(CHOICES)).any()


def test_the_whole_has_at_least_500_specifications():
    assert np.prod([len(levels) for levels in CHOICES.values()]) >= 500


@pytest.mark.long("each analysis of a multiverse is a fit")
def test_the_published_choices_give_the_headline(table):
    start, end, reference = main_windows(POLLS.assign(mid_date=pd.to_datetime(POLLS["start_date"])))
    rows = table[
        (table["share"] == "all")
        & (table["drift"] == "drift")
        & (table["scale"] == "percent")
        & (table["instruments"] == "joined")
        & (table["design_effects"] == "estimated")
        & (table["panel"] == "both")
        & (table["base"] == "base")
        & (table["end"] == "last")
    ]
    results = PollTrend(POLLS, drift=True).fit()
    change = results.change(start, end, reference=reference)
    assert rows["change"].item() == pytest.approx(change["mean"])
    for side in ("lower", "upper"):
        assert rows[f"change_{side}"].item() == pytest.approx(change[side])
    assert rows["prob_fall"].item() == pytest.approx(change["prob_negative"])
    assert rows["prob_above_60"].item() == pytest.approx(
        results.prob_above(60, "2022-04-15", reference)
    )
    gap = results.sector_gap("state", "independent")
    level = results.trend(reference, dates=["2022-04-15"]).iloc[0]
    for side in ("lower", "upper"):
        assert rows[f"gap_{side}"].item() == pytest.approx(gap[side])
        assert rows[f"level_{side}"].item() == pytest.approx(level[side])
    assert rows["gap"].item() == pytest.approx(gap["mean"])


@pytest.mark.long("each analysis of a multiverse is a fit")
def test_a_split_house_leaves_the_panel_when_its_question_changed(table):
    split = table[(table["instruments"] == "split") & (table["panel"] == "both")]
    assert (table.loc[table["instruments"] == "split", "n_houses"] == 4).all()
    assert split["change"].notna().all()  # the others polled in both windows
    polls = prepare(POLLS, {"share": "all", "instruments": "split", "design_effects": "none"})
    assert set(polls["house_id"]) == {"a.old", "b.old", "b.new", "c.old"}
    assert (polls["design_effect"] == 1).all()


def test_shares_of_opinion_holders_leave_out_who_gave_no_answer():
    told = {"share": "opinion", "instruments": "joined", "design_effects": "estimated"}
    polls = prepare(POLLS, told)
    whole = POLLS["for_pct"] + POLLS["against_pct"]
    np.testing.assert_allclose(polls["share_pct"], 100 * POLLS["for_pct"] / whole)
    np.testing.assert_allclose(polls["sample_size"], POLLS["sample_size"] * whole / 100)


@pytest.mark.long("each analysis of a multiverse is a fit")
def test_shares_of_variance_add_up_and_the_largest_stands_first(table):
    shares = explain_variance(table, "level")
    assert shares["share_pct"].sum() == pytest.approx(100, abs=0.1)
    assert shares["choice"].iloc[0] == "share"  # of all, or of three quarters of them
    own = shares[shares["choice"] != "together"]["share_pct"]
    assert own.is_monotonic_decreasing


@pytest.mark.long("each analysis of a multiverse is a fit")
def test_questions_are_summed_up_over_those_that_answer(table):
    summary = summarise_multiverse(table).set_index("question")
    rows = table[table["base"] == "base"]
    fall = summary.loc["fall since April and May 2022"]
    assert fall["n"] == len(rows)
    assert fall["likely_pct"] == pytest.approx(100 * (rows["prob_fall"] >= 0.5).mean())
    assert summary.loc["above 60 in April 2022", "lowest"] == table["level"].min()


def test_the_digest_hangs_on_what_enters_and_not_on_the_rest():
    assert digest_polls(POLLS) == digest_polls(POLLS.assign(source_url="x"))
    assert digest_polls(POLLS) != digest_polls(POLLS.assign(sample_size=999))


@pytest.mark.long("each analysis of a multiverse is a fit")
def test_a_table_of_other_polls_or_of_another_published_model_is_not_current():
    made_of = {"polls": digest_polls(POLLS), "model": name_options()}
    table = pd.DataFrame({"change": [1.0, 2.0]}).assign(**made_of)
    assert is_current(table, POLLS)
    assert not is_current(table, POLLS.assign(sample_size=999))
    assert not is_current(table.assign(model="walk=another"), POLLS)
    assert not is_current(table.drop(columns="model"), POLLS)


def test_polls_that_do_not_span_the_windows_are_one_clear_error():
    with pytest.raises(PollInputError, match="within a year of the first windows"):
        face(make_polls([("a", "2022-03-01", 60), ("a", "2022-04-01", 62)]))


@pytest.mark.long("each analysis of a multiverse is a fit")
@pytest.mark.parametrize(
    ("probabilities", "likely", "sure"),
    [
        ((0.5, 0.95), 100.0, 50.0),
        ((0.4999, 0.9499), 50.0, 0.0),
        ((0.95, 0.96), 100.0, 100.0),
        ((0.1, 0.5), 50.0, 0.0),
    ],
)
def test_one_half_is_likely_and_nineteen_in_twenty_is_sure(table, probabilities, likely, sure):
    """Both ends belong to what they name; each other specification has the second probability."""
    names = ["prob_fall", "prob_state_above", "prob_above_50", "prob_above_60"]
    second = np.arange(len(table)) % 2 == 1
    told = table.assign(
        **{name: np.where(second, probabilities[1], probabilities[0]) for name in names}
    )
    told = told.assign(base=np.repeat(CHOICES["base"], len(table) // 3))
    summary = summarise_multiverse(told)
    assert summary["likely_pct"].tolist() == pytest.approx([likely] * len(summary))
    assert summary["sure_pct"].tolist() == pytest.approx([sure] * len(summary))


def test_the_gap_is_between_the_plain_means_of_the_houses_of_a_sector():
    """Of two state-run and three independent houses, one of which is not asked for."""
    asked = []

    def contrast(weights):
        asked.append(weights)
        return {"gap": 0, "mean": 4.0, "lower": 1.0, "upper": 7.0, "prob_positive": 0.99}

    sectors = {"a": "state", "b": "state", "c": "independent", "d": "independent", "e": "leaked"}
    observations = SimpleNamespace(houses=[*sectors], house_sector=[*sectors.values()], polls=POLLS)
    options = SimpleNamespace(is_logit=False)
    results = SimpleNamespace(
        observations=observations, contrast=contrast, model=SimpleNamespace(options=options)
    )
    answers = _Answers(results)
    assert answers._tell_gap(("a", "b", "c", "d", "e")) == {
        "gap": 4.0, "gap_lower": 1.0, "gap_upper": 7.0, "prob_state_above": 0.99,
    }  # fmt: skip
    answers._tell_gap(("b", "c", "d"))
    assert asked == [
        {"a": 0.5, "b": 0.5, "c": -0.5, "d": -0.5},
        {"b": 1.0, "c": -0.5, "d": -0.5},
    ]
    assert answers._tell_gap(("a", "b", "e")) == {}
