"""Published gaps keep what was printed, and say where an error comes from."""

import numpy as np
import pandas as pd
import pytest

import polls
from analysis.base.errors import PollInputError
from analysis.list_experiments.published import COLUMNS, published_gaps

TABLE = polls.load()["indirect"]
WITHOUT_ERROR = TABLE[TABLE["se"].isna() & TABLE["gap_low"].isna()]


def made(**columns):
    row = {"study": "A", "kind": "list", "construct_id": "support"}
    return pd.DataFrame([{**row, "direct_pct": 70.0, **columns}]).reindex(columns=list(COLUMNS))


def test_no_error_is_shown_where_none_was_published():
    found = published_gaps(WITHOUT_ERROR)
    assert len(found)
    assert (found["se_origin"] == "none").all()
    assert found[["se", "lower", "upper"]].isna().all(axis=None)


def test_an_assumed_error_is_labelled_and_only_given_to_lists_of_known_size():
    found = published_gaps(WITHOUT_ERROR, item_sd=2.0)
    is_list = found["gap_points"].notna() & (found["kind"] == "list") & found["n"].notna()
    assert (found.loc[is_list, "se_origin"] == "assumed").all()
    assert (found.loc[~is_list, "se_origin"] == "none").all()
    half = (found["upper"] - found["lower"])[is_list] / 2
    # Two random halves.
    expected = 1.959964 * 100 * 2 * np.sqrt(4 / found.loc[is_list, "n"].astype(float))
    assert half.to_numpy() == pytest.approx(expected.to_numpy())
    assert is_list.any()


def test_published_errors_are_kept_beside_an_assumed_one():
    with_se = published_gaps(made(indirect_pct=60.0, se=2.0, n=900), item_sd=1.0).iloc[0]
    assert (with_se["se"], with_se["se_origin"]) == (2.0, "published")
    ends = made(indirect_pct=60.0, gap_low=4.0, gap_high=18.0, n=900)
    with_ends = published_gaps(ends, item_sd=1.0).iloc[0]
    assert (with_ends["lower"], with_ends["upper"]) == (4.0, 18.0)
    assert with_ends["se_origin"] == "published"
    assert np.isnan(with_ends["se"])


def test_the_insincere_are_a_share_of_those_who_said_yes_and_not_below_none():
    row = published_gaps(made(indirect_pct=67.0, gap_low=-2.0, gap_high=8.0)).iloc[0]
    assert row["insincere_pct"] == pytest.approx(100 * 3 / 70)
    assert row["insincere_lower"] == 0
    assert row["insincere_upper"] == pytest.approx(100 * 8 / 70)


def test_a_gap_is_the_printed_one_or_the_difference():
    assert published_gaps(made(indirect_pct=61.0))["gap_points"].iloc[0] == 9.0
    printed = published_gaps(made(indirect_pct=61.0, gap_points=10.0)).iloc[0]
    assert printed["gap_points"] == 10.0
    assert printed["insincere_pct"] == pytest.approx(100 * 10 / 70)


def test_only_the_war_is_kept_unless_all_is_wanted():
    assert len(published_gaps(TABLE, construct=None)) == len(TABLE)
    war = published_gaps(TABLE)
    assert 0 < len(war) < len(TABLE)
    assert not war["item"].str.contains("Putin").any()


def test_superseded_figures_are_marked():
    found = published_gaps(TABLE).set_index("study")
    assert found.loc["Chapkovski and Schaub 2022, LSE blog", "is_preliminary"]
    assert not found.loc["Chapkovski and Schaub 2022, Research & Politics", "is_preliminary"]


@pytest.mark.parametrize("kind", ["recontact", "wording", "order"])
def test_other_people_and_other_questions_say_nothing_of_insincerity(kind):
    found = published_gaps(TABLE)
    others = found[found["kind"] == kind]
    assert len(others)
    assert others["insincere_pct"].isna().all()
    assert others["gap_points"].notna().all()


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        (made(indirect_pct=120.0), {}, "row 0, column indirect_pct: 120"),
        (made(indirect_pct=-2.0), {}, "row 0, column indirect_pct: -2"),
        (made(), {"item_sd": 0.0}, "item_sd"),
        (made().drop(columns="se"), {}, "column se is missing"),
    ],
)
def test_what_cannot_be_is_refused(table, options, words):
    with pytest.raises(PollInputError, match=words):
        published_gaps(table, **options)
