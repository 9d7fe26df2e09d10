"""Rates of participation by name, and the published evidence beside them."""

import pandas as pd
import pytest

import polls
from analysis.base.errors import PollInputError
from analysis.sensitivity.rates import (
    COLUMNS,
    RATES,
    ends_worst,
    participation_series,
    response_evidence,
    response_rates,
    say_participation,
)

TABLES = polls.load()
PARTICIPATION, INDIRECT = TABLES["participation"], TABLES["indirect"]
CALLS = {
    "complete": 40, "interrupted": 10, "soft_refusal": 100, "hard_refusal": 50, "rejected": 300,
    "no_answer": 500, "starting_numbers": 4000,
}  # fmt: skip


def made(calls=CALLS, **changed):
    rows = [
        {"study": "s", "measure": f"disposition_{name}", "value": float(n), "unit": "count"}
        for name, n in calls.items()
    ]
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS)).assign(**changed)


def test_each_rate_is_its_dispositions_by_hand():
    found = response_rates(made()).set_index("rate")["value_pct"]
    assert found["cooperation_rate"] == pytest.approx(100 * 40 / 200)
    assert found["cooperation_rate_with_rejected"] == pytest.approx(100 * 40 / 500)
    assert found["response_rate_lowest"] == pytest.approx(1.0)
    assert found["refusal_rate"] == pytest.approx(100 * 450 / 1000)


def test_rates_without_their_dispositions_are_left_out():
    few = {name: CALLS[name] for name in ("complete", "starting_numbers")}
    assert response_rates(made(few))["rate"].tolist() == ["response_rate_lowest"]
    assert response_rates(made({"complete": 5})).empty


@pytest.mark.parametrize(
    ("complete", "refused", "rate"),
    [(0, 0, None), (0, 1, 0.0), (1, 0, 100.0), (1, 1, 50.0)],
)
def test_a_rate_may_be_nothing_and_all_but_not_of_nobody(complete, refused, rate):
    calls = {"complete": complete, "interrupted": 0, "soft_refusal": refused, "hard_refusal": 0}
    if rate is None:
        with pytest.raises(PollInputError, match="cooperation_rate of s would be 0 of 0; correct"):
            response_rates(made(calls))
        return
    found = response_rates(made(calls)).set_index("rate")["value_pct"]
    assert found["cooperation_rate"] == rate


def test_every_rate_has_a_name_of_the_standard_and_a_definition():
    found = response_rates(PARTICIPATION)
    assert set(found["rate"]) == set(RATES)
    assert found["aapor"].str.match(r"(COOP|RR|REF)\d").all()
    assert found["definition"].str.len().min() > 20
    assert found["value_pct"].between(0, 100).all()


def test_the_cooperation_rate_is_the_one_that_the_house_printed():
    """Chronicles prints 4 percent of established contacts for wave 11."""
    printed = PARTICIPATION[PARTICIPATION["measure"] == "completes_of_established_contacts"]
    ours = response_rates(PARTICIPATION).set_index(["study", "rate"])["value_pct"]
    both = printed[printed["study"].isin(ours.index.get_level_values("study"))]
    assert len(both)
    for row in both.itertuples():
        assert round(ours[row.study, "cooperation_rate"]) == row.value


def test_evidence_has_all_three_kinds_and_no_dispositions():
    found = response_evidence(PARTICIPATION, INDIRECT)
    assert set(found["kind"]) == {"recontact", "refusal", "fear"}
    assert not found["measure"].str.startswith("disposition_").any()
    assert found["source_id"].notna().all()


def test_all_that_is_no_disposition_is_evidence_once():
    found = response_evidence(PARTICIPATION, INDIRECT)
    printed = PARTICIPATION[~PARTICIPATION["measure"].str.startswith("disposition_")]
    shown = found[found["study"].isin(printed["study"]) & found["value"].notna()]
    assert len(shown[shown["kind"] != "recontact"]) == len(printed)


def test_kinds_stand_one_after_the_other_whatever_the_order_of_the_tables():
    found = response_evidence(PARTICIPATION.iloc[::-1], INDIRECT.iloc[::-1])
    assert list(dict.fromkeys(found["kind"])) == ["recontact", "refusal", "fear"]


def test_the_recontact_implies_the_ratio_of_its_odds():
    found = response_evidence(PARTICIPATION, INDIRECT)
    found = found[(found["kind"] == "recontact") & found["value"].notna()]
    assert len(found)
    for study, value in zip(found["study"], found["value"], strict=True):
        printed = INDIRECT[INDIRECT["study"] == study].iloc[0]
        fresh, earlier = printed["direct_pct"], printed["indirect_pct"]
        assert value == pytest.approx(fresh / (100 - fresh) * (100 - earlier) / earlier)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (made({**CALLS, "rejected": -3}), "row 4, column value: -3; .*0 or more"),
        (made(measure="refused", unit="percent", value=140.0), "row 0, column value: 140"),
        (made({**CALLS, "starting_numbers": 20}), "response_rate_lowest of s would be 40 of 20"),
        (made().drop(columns="unit"), "column unit is missing"),
    ],
)
def test_rates_that_cannot_be_are_refused(table, words):
    with pytest.raises(PollInputError, match=words):
        response_rates(table)
    if "of s" not in words:
        with pytest.raises(PollInputError, match=words):
            response_evidence(table, INDIRECT)


def test_changes_may_be_negative_or_more_than_all():
    table = made({"complete": 5}, measure="refusals_change_vs_february", value=-20.0)
    assert len(response_evidence(table, INDIRECT.iloc[:0])) == 1


def test_counts_and_the_printed_ratio_of_one_house_give_one_series():
    """Where a wave has both, the counts are used, and they agree with what was printed."""
    series = participation_series(PARTICIPATION)
    rates = series[series["kind"] == "completes"].set_index("study")["value_pct"]
    assert rates.index.is_unique
    printed = PARTICIPATION[PARTICIPATION["measure"] == "refusals_and_breakoffs_per_complete"]
    assert set(printed["study"]) <= set(rates.index)
    for row in printed.itertuples():
        assert rates[row.study] == pytest.approx(100 / (1 + row.value), abs=0.05)


def test_people_who_had_been_asked_before_are_no_part_of_a_series():
    others = ["panel of earlier respondents; call table", "earlier non-respondents; call table"]
    for notes in others:
        assert participation_series(made(notes=notes, house_id="a")).empty
    days = {"field_end": pd.Timestamp("2024-09-27"), "house_id": "a"}
    fresh = participation_series(made(notes="fresh random sample", **days))
    assert fresh["kind"].tolist() == ["cooperation"]


def test_a_refusal_rate_of_a_month_stands_in_its_middle():
    row = {"house_id": "a", "study": "s", "measure": "refused", "value": 76.0, "unit": "percent"}
    table = pd.DataFrame([row]).reindex(columns=list(COLUMNS)).assign(period="June 2023")
    assert participation_series(table)["date"].tolist() == [pd.Timestamp("2023-06-15")]


def test_one_rate_alone_ends_on_no_worst():
    one = pd.DataFrame({"kind": ["refused"], "date": [pd.Timestamp("2023-06-15")],
                        "value_pct": [80.0]})  # fmt: skip
    assert not ends_worst(one)


@pytest.mark.parametrize(
    ("kind", "values", "worst"),
    [
        ("completes", [4.0, 3.0], True),
        ("completes", [3.0, 4.0], False),
        ("completes", [4.0, 5.0, 3.0], True),
        ("completes", [4.0, 3.0, 3.0], False),
        ("completes", [3.0, 5.0, 4.0], False),
        ("refused", [75.0, 80.0], True),
        ("refused", [80.0, 75.0], False),
        ("refused", [75.0, 80.0, 80.0], False),
    ],
)
def test_the_last_rate_is_the_worst_below_all_before(kind, values, worst):
    """Two rates are enough; a rate that there was before is none; rows come in any order."""
    days = pd.date_range("2022-03-01", periods=len(values), freq="MS")
    series = pd.DataFrame({"kind": kind, "date": days, "value_pct": values})
    assert ends_worst(series) is worst
    assert ends_worst(series.iloc[::-1]) is worst


@pytest.mark.parametrize(
    ("series", "said"),
    [
        ([[4, 5]], "No series that was counted alike ends at its worst, but the polls are too few"),
        (
            [[4, 5], [5, 4], [9]],
            "1 of 2 series that were counted alike ends at its worst: the polls",
        ),
        ([[5, 4], [5, 4]], "2 of 2 series that were counted alike end at their worst: the polls"),
        ([range(1, 21)], "No series that was counted alike ends at its worst, and none shows who"),
        ([range(30, 9, -1)], "1 of 1 series that were counted alike ends at its worst, and none"),
    ],
)
def test_any_further_rate_leaves_a_sentence_that_holds(series, said):
    """How many series end worse than ever, and whether one is long enough for a trend."""
    rows = [
        {"house_id": f"h{name}", "kind": "completes", "value_pct": float(value),
         "date": pd.Timestamp("2022-03-01") + pd.DateOffset(months=month)}
        for name, values in enumerate(series) for month, value in enumerate(values)
    ]  # fmt: skip
    told = say_participation(pd.DataFrame(rows))
    assert told.startswith(said)
    assert told.endswith("none shows who refuses.")
