"""Published gaps keep what was printed, and say where an error comes from."""

import numpy as np
import pandas as pd
import pytest

import polls
from analysis.base.errors import PollInputError
from analysis.list_experiments.published import COLUMNS, published_gaps

TABLE = polls.load()["indirect"]


def made(**columns):
    row = {"study": "A", "kind": "list", "construct_id": "support"}
    return pd.DataFrame([{**row, "direct_pct": 70.0, **columns}]).reindex(columns=list(COLUMNS))


def test_no_error_is_shown_where_none_was_published():
    found = published_gaps(TABLE)
    printed = TABLE["se"].notna() | TABLE["gap_low"].notna()
    assert not printed[TABLE["item"].isin(found["item"])].any(), "then this test needs new words"
    assert (found["se_origin"] == "none").all()
    assert found[["se", "lower", "upper"]].isna().all(axis=None)


def test_an_assumed_error_is_labelled_and_only_given_to_gaps():
    found = published_gaps(TABLE, assumed_se=3.0)
    has_gap = found["gap_points"].notna()
    assert (found.loc[has_gap, "se_origin"] == "assumed").all()
    assert (found.loc[~has_gap, "se_origin"] == "none").all()
    half = (found["upper"] - found["lower"])[has_gap] / 2
    assert half.to_numpy() == pytest.approx(3 * 1.959964)


def test_published_errors_are_kept_beside_an_assumed_one():
    with_se = published_gaps(made(indirect_pct=60.0, se=2.0), assumed_se=5.0).iloc[0]
    assert (with_se["se"], with_se["se_origin"]) == (2.0, "published")
    ends = made(indirect_pct=60.0, gap_low=4.0, gap_high=18.0)
    with_ends = published_gaps(ends, assumed_se=5.0).iloc[0]
    assert (with_ends["lower"], with_ends["upper"]) == (4.0, 18.0)
    assert with_ends["se_origin"] == "published"
    assert np.isnan(with_ends["se"])


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


def test_a_recontact_says_nothing_of_insincerity():
    found = published_gaps(TABLE)
    recontact = found[found["kind"] == "recontact"]
    assert len(recontact)
    assert recontact["insincere_pct"].isna().all()
    assert recontact["gap_points"].notna().all()


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        (made(indirect_pct=120.0), {}, "row 0, column indirect_pct: 120"),
        (made(indirect_pct=-2.0), {}, "row 0, column indirect_pct: -2"),
        (made(), {"assumed_se": 0.0}, "assumed standard error"),
        (made().drop(columns="se"), {}, "column se is missing"),
    ],
)
def test_what_cannot_be_is_refused(table, options, words):
    with pytest.raises(PollInputError, match=words):
        published_gaps(table, **options)
