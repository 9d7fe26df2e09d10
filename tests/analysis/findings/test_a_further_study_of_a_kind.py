"""A second study of a kind leaves one finding of that kind, of the last of them."""

from types import SimpleNamespace

import pandas as pd
import pytest

import polls
from analysis.findings.hidden import hidden_findings
from figures.hidden.indirect import make_rows, name_row
from figures.hidden.nonresponse import find_evidence
from figures.kit.edition import Edition

LATER = pd.Timestamp("2090-08-06")


@pytest.fixture(scope="module")
def tables():
    return {**polls.load(), "arms": polls.experiments()}


def add_list(tables):
    rows = tables["indirect"]
    last = rows[(rows["kind"] == "list") & rows["gap_points"].notna()].iloc[[1]]
    last = last.assign(study="later", construct_id="support", direct_pct=70.0, indirect_pct=62.0,
                       gap_points=8.0, n=3000, superseded_by=None,
                       period="published 2090-08-06")  # fmt: skip
    return {"indirect": pd.concat([rows, last], ignore_index=True)}


def add_recontact(tables):
    rows = tables["indirect"]
    last = rows[(rows["kind"] == "recontact") & rows["indirect_pct"].notna()].tail(1)
    last = last.assign(study="later", house_id="levada", field_start=LATER, field_end=LATER,
                       direct_pct=50.0, indirect_pct=50.0)  # fmt: skip
    # Not in the order of days: the last is the latest.
    return {"indirect": pd.concat([last, rows], ignore_index=True)}


def add_fear(tables):
    answers, waves = tables["answers"], tables["polls"]
    last = answers[answers["question_id"] == "russian_field.afraid_of_polls"]
    poll = last["poll_id"].iloc[-1]
    wave = waves[waves["poll_id"] == poll].assign(poll_id="russian_field-2090-08-06", latest=LATER)
    last = last[last["poll_id"] == poll].assign(poll_id="russian_field-2090-08-06", share_pct=20.0)
    return {"answers": pd.concat([answers, last]), "polls": pd.concat([waves, wave])}


CASES = {
    "sincerity.gap": (add_list, 8.0, "points"),
    "sincerity.share": (add_list, 100 * 8 / 70, "percent"),
    "silence.recontact": (add_recontact, 1.0, "ratio"),
    "silence.fear": (add_fear, 1.0, "ratio"),
}


def make_source(tables):
    return SimpleNamespace(tables=tables, keep=lambda _, make: make(), as_of=None)


@pytest.mark.parametrize("finding", CASES)
def test_the_last_study_of_a_kind_is_told(finding, tables):
    add, mean, unit = CASES[finding]
    told = hidden_findings(make_source(tables | add(tables)))
    assert not told["finding"].duplicated().any()
    row = told.set_index("finding").loc[finding]
    assert row["mean"] == pytest.approx(mean)
    assert row["unit"] == unit


@pytest.mark.parametrize(("add", "kind"), [(add_recontact, "recontact"), (add_fear, "fear")])
def test_the_picture_of_those_who_do_not_answer_has_one_line_a_kind(add, kind, tables):
    found = find_evidence(make_source(tables | add(tables)))
    assert [one.kind for one in found] == ["recontact", "fear"]
    of_kind = {one.kind: one for one in found}
    assert of_kind[kind].day == LATER
    assert of_kind[kind].ratio == pytest.approx(1)
    if kind == "recontact":
        assert of_kind[kind].house_id == "levada"


def test_a_further_study_of_the_same_house_has_its_own_name_in_the_picture(tables):
    more = add_recontact(tables)["indirect"]
    own = more["study"].eq("later") & more["kind"].eq("recontact")
    more.loc[own, "house_id"] = "chronicles"
    more = pd.concat([more[~own], more[own]], ignore_index=True)
    rows = make_rows(make_source(tables | {"indirect": more}))
    named = [name_row(row, Edition()) for row in rows[rows["group"] == "people"].to_dict("records")]
    assert "September 2024" in named[0]
    assert named[-1] == "later"
    assert len(set(named)) == len(named) > 1
