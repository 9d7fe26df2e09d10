"""polls.splits gives what houses printed of subgroups, poll by poll, with the rules of series."""

import pytest

import polls
from polls.tidy import _splits

SUPPORT = polls.splits("support")
KEYS = ["poll_id", "question_id", "dimension", "level"]


def test_each_subgroup_of_a_poll_has_one_row() -> None:
    assert not SUPPORT.duplicated(KEYS).any()


def test_rows_are_numbered_in_their_order() -> None:
    assert SUPPORT.index.tolist() == list(range(len(SUPPORT)))


def test_only_polls_of_the_series_are_here() -> None:
    assert set(SUPPORT["poll_id"]) <= set(polls.series("support")["poll_id"])


@pytest.mark.long("all groups of all polls are read")
def test_dates_and_sector_are_those_of_the_series() -> None:
    whole = polls.series("support").set_index("poll_id")
    for column in ("mid_date", "sector", "published"):
        assert SUPPORT[column].equals(SUPPORT["poll_id"].map(whole[column]))


def test_a_printed_share_comes_through() -> None:
    row = SUPPORT.query(
        "poll_id == 'levada-2022-11-30' and dimension == 'age' and level == '18-24'"
    )
    assert row[["for_pct", "against_pct"]].to_numpy().tolist() == [[62.0, 25.0]]
    assert row["base_n"].isna().all()
    assert row["source_url"].str.startswith("http").all()


def test_a_sum_of_two_printed_parts_says_so() -> None:
    row = SUPPORT.query("poll_id == 'levada-2022-03-30' and level == '18-24'").iloc[0]
    assert (row["for_pct"], row["n_parts"]) == (71.0, 2)


def test_recomputed_subgroups_have_their_base() -> None:
    mine = SUPPORT.query("house_id == 'chronicles' and dimension == 'sex'")
    assert mine["base_n"].notna().all()
    assert mine["design_effect"].notna().all()
    interviews = polls.series("support").set_index("poll_id")["sample_size"]
    total = mine.groupby("poll_id")["base_n"].sum()
    assert ((total - interviews[total.index]).abs() <= 3).all()


def test_sexes_average_to_all() -> None:
    """Weighted shares of men and women lie on either side of the share of all."""
    mine = SUPPORT.query("house_id == 'chronicles' and dimension == 'sex'")
    sides = mine.pivot_table(index="poll_id", columns="level", values="for_pct")
    whole = polls.series("support").set_index("poll_id")["for_pct"][sides.index]
    assert (sides.min(axis=1) - 0.05 <= whole).all()
    assert (whole <= sides.max(axis=1) + 0.05).all()


@pytest.mark.long("all groups of all polls are read")
def test_raked_weights_move_shares_a_little() -> None:
    raked = polls.splits("support", weight="raked").set_index(KEYS)["for_pct"]
    published = SUPPORT.set_index(KEYS)["for_pct"]
    move = (raked - published).abs()
    assert 0 < move.mean() < 2
    answers = polls.load()["answers"].query("subgroup == 'sex:male' and option == 'support'")
    key = ["poll_id", "question_id"]
    raked_too = answers.set_index(key)["share_raked_pct"].dropna()
    mine = raked.xs(("sex", "male"), level=("dimension", "level"))
    both = mine.index.intersection(raked_too.index)
    assert len(both) > 5
    assert (mine[both] == raked_too[both]).all()


@pytest.mark.long("all groups of all polls are read")
def test_talks_have_the_young_for_and_the_old_against() -> None:
    talks = polls.splits("talks").query("poll_id == 'levada-2025-10' and dimension == 'age'")
    assert talks.set_index("level")["for_pct"]["18-24"] == 75
    assert talks.set_index("level")["against_pct"]["55+"] == 37


@pytest.mark.long("all groups of all polls are read")
def test_include_brings_other_questions_back() -> None:
    more = polls.splits("support", include=["questions"])
    assert "chronicles.support_svo_binary" in set(more["question_id"])
    assert "chronicles.support_svo_binary" not in set(SUPPORT["question_id"])


@pytest.mark.long("all groups of all polls are read")
def test_shares_of_those_with_an_opinion_are_there_on_demand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if the young of one wave had been printed without those who could not say."""
    frames = polls.load()
    answers = frames["answers"]
    young = (answers["poll_id"] == "levada-2022-11-30") & (answers["subgroup"] == "age:18-24")
    answers = answers.assign(base=answers["base"].mask(young, "opinion_holders"))
    monkeypatch.setattr(_splits, "load", lambda _: frames | {"answers": answers})
    for include, there in (((), False), (("opinion_holders",), True)):
        rows = polls.splits("support", include=include)
        mine = rows["poll_id"] == "levada-2022-11-30"
        assert ("18-24" in set(rows.loc[mine, "level"])) == there


def test_an_unknown_construct_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no construct 'love'"):
        polls.splits("love")
