"""polls.experiments gives one row per pair of arms and answer, with the numbers of the answers."""

import pandas as pd
import pytest

import polls
from polls.tidy import _experiments


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    """All pairs of arms."""
    return polls.experiments()


def pick(pairs: pd.DataFrame, experiment: str, answer: str = "for") -> pd.Series:
    """First row of an experiment and answer."""
    mine = pairs[(pairs["experiment_id"] == experiment) & (pairs["answer"] == answer)]
    return mine.iloc[0]


def test_every_experiment_of_the_table_has_rows(pairs: pd.DataFrame) -> None:
    """No comparison is lost on the way, and none stands twice."""
    table = polls.load()["experiments"]
    there = set(zip(pairs["experiment_id"], pairs["poll_id"], strict=True))
    assert there == set(zip(table["experiment_id"], table["poll_id_a"], strict=True))
    assert not pairs.duplicated(["experiment_id", "poll_id", "answer"]).any()


def test_shares_are_those_of_the_answers(pairs: pd.DataFrame) -> None:
    """March 2022: the offer not to answer, at one place in the interview, as in answers.csv."""
    row = pick(pairs, "opt_out", "against")
    assert (row["share_a_pct"], row["share_b_pct"]) == (17.2, 7.2)
    assert (row["n_a"], row["n_b"]) == (212, 875)
    assert (row["design_effect_a"], row["design_effect_b"]) == (1.0453, 1.0528)
    assert row["assignment"] == "sequential"


def test_halves_are_halves(pairs: pd.DataFrame) -> None:
    """Levada's random halves have about 800 interviews and the house's design effect."""
    mine = pairs[pairs["experiment_id"] == "territory_returned"]
    mine = mine[mine["end_date"] < "2025-10-01"]
    assert set(mine["n_a"]) == {800}
    assert mine["design_effect_a"].iloc[0] == pytest.approx(1.93, abs=0.01)
    assert len(set(mine["poll_id"])) == 5


def test_questions_without_sides_give_their_options(pairs: pd.DataFrame) -> None:
    """Where options have no pole, both arms are matched by option."""
    mine = pairs[pairs["experiment_id"] == "views_reversed"].set_index("answer")
    assert set(mine.index) == {"hard_to_say", "may_return", "must_not_return"}
    assert mine.loc["may_return", ["share_a_pct", "share_b_pct"]].tolist() == [11.3, 15.4]


def test_what_one_arm_does_not_offer_has_no_row(pairs: pd.DataFrame) -> None:
    """Refusing was offered in one of the two menus only."""
    answers = set(pairs.loc[pairs["experiment_id"] == "opt_out", "answer"])
    assert answers == {"for", "against", "undecided"}


def test_a_size_that_nobody_printed_stays_missing(pairs: pd.DataFrame) -> None:
    """No usual size stands in for that of a house without one."""
    mine = pairs[pairs["poll_id"] == "chicago_levada-2025-01-29"]
    assert mine["n_a"].isna().all()
    assert len(mine) > 0


def test_days_bound_the_fieldwork(pairs: pd.DataFrame) -> None:
    """The middle lies before the last day, and no comparison was known before its fieldwork."""
    assert (pairs["mid_date"] <= pairs["end_date"]).all()
    assert (pairs["available_from"] >= pairs["mid_date"]).all()
    assert pairs["source_url"].str.startswith("http").all()


def test_days_are_those_of_the_wave(pairs: pd.DataFrame) -> None:
    """The middle of its bounds and its publication; else the end and the house's usual delay."""
    days = pairs.drop_duplicates("poll_id").set_index("poll_id")
    days = days[["mid_date", "end_date", "available_from"]]
    expected = {
        # Of 1 to 30 June, published on 12 July.
        "vciom_closed-2022-06": ("2022-06-15", "2022-06-30", "2022-07-12"),
        # Of 19 to 25 October; three days later by Levada's habit.
        "levada-2023-10-25": ("2023-10-22", "2023-10-25", "2023-10-28"),
    }
    for poll, told in expected.items():
        assert days.loc[poll].tolist() == [pd.Timestamp(day) for day in told]


def test_a_wave_of_a_house_without_a_usual_delay_is_known_at_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frames = polls.load()
    houses = frames["houses"].assign(publication_delay_days=pd.NA)
    houses = houses.astype(frames["houses"].dtypes.to_dict())
    monkeypatch.setattr(_experiments, "load", lambda _: frames | {"houses": houses})
    days = polls.experiments().set_index("poll_id")["available_from"]
    assert set(days["levada-2023-10-25"]) == {pd.Timestamp("2023-10-25")}
    assert list(polls.experiments()) == _experiments.COLUMNS


def test_each_share_is_one_printed_figure_but_for_sums_of_parts(pairs: pd.DataFrame) -> None:
    alone = pairs[pairs["answer"] != "for"]
    assert (alone[["n_parts_a", "n_parts_b"]] == 1).all(axis=None)
    assert pairs["n_parts_a"].between(1, 2).all()
