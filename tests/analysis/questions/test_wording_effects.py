"""Effects of wording are found where houses asked both ways, and said to be guesses elsewhere."""

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import PollInputError
from analysis.questions import (
    explained_spread,
    take_opinion_holders,
    take_pole,
    wording_effects,
)

HOUSES = list("abcdefgh")
# What each house adds, whatever it asks.
OWN = dict(zip(HOUSES, (6.0, -4.0, 3.0, -6.0, 1.0, -2.0, 5.0, -3.0), strict=True))
EFFECT = -8.0


def make_polls(rng: np.random.Generator, *, both_ways: bool, sector: bool = False) -> pd.DataFrame:
    """Twelve polls of each of eight houses, half of them (or of their houses) by telephone."""
    rows = []
    for place, house in enumerate(HOUSES):
        for k in range(12):
            phone = (k + place) % 2 if both_ways else place % 2
            day = pd.Timestamp("2022-03-01") + pd.Timedelta(days=30 * k + place)
            share = 60 + OWN[house] + EFFECT * phone + rng.normal(0, 1.2)
            mode = "phone" if phone else "home"
            rows.append((house, f"{house}.{mode}", day, share, mode))
    columns = ["house_id", "question_id", "start_date", "share_pct", "mode"]
    polls = pd.DataFrame(rows, columns=columns).assign(sample_size=1600, decimals=1)
    polls["end_date"] = polls["start_date"]
    polls["sector"] = polls["house_id"].map(lambda h: "state" if h in "abc" else "independent")
    return polls if sector else polls.drop(columns="sector")


@pytest.fixture(scope="module")
def within() -> pd.DataFrame:
    """Effects where every house asked both ways."""
    polls = make_polls(np.random.default_rng(1), both_ways=True)
    return wording_effects(polls, covariates=["mode"], question_effects=False)


@pytest.fixture(scope="module")
def between() -> pd.DataFrame:
    """Effects where each house asked one way only."""
    polls = make_polls(np.random.default_rng(1), both_ways=False)
    return wording_effects(polls, covariates=["mode"], question_effects=False)


def test_an_effect_within_houses_is_found(within: pd.DataFrame) -> None:
    """The telephone takes 8 points, as simulated, and the error is small."""
    row = within.iloc[0]
    assert (row["level"], row["baseline"]) == ("phone", "home")
    assert row["lower"] < EFFECT < row["upper"]
    assert row["sd"] < 0.6
    assert row["learned"] > 0.98


def test_houses_that_asked_both_ways_are_named(within: pd.DataFrame, between: pd.DataFrame) -> None:
    """They carry the contrast; without them it rests on houses being alike."""
    assert within.iloc[0]["carried_by"] == ", ".join(HOUSES)
    assert within.iloc[0]["is_within_houses"]
    assert between.iloc[0]["carried_by"] == ""
    assert not between.iloc[0]["is_within_houses"]
    assert between.iloc[0][["n_houses", "n_baseline_houses"]].tolist() == [4, 4]


def test_between_houses_little_is_learned(within: pd.DataFrame, between: pd.DataFrame) -> None:
    """The same polls tell several times less when houses do not vary the mode."""
    assert between.iloc[0]["sd"] > 4 * within.iloc[0]["sd"]
    assert between.iloc[0]["learned"] < 0.8


def test_effects_of_questions_keep_one_question_from_speaking_for_a_wording() -> None:
    """With one further question in each house the effect is less sure, and still there."""
    polls = make_polls(np.random.default_rng(1), both_ways=True)
    nested = wording_effects(polls, covariates=["mode"]).iloc[0]
    plain = wording_effects(polls, covariates=["mode"], question_effects=False).iloc[0]
    assert nested["sd"] > 2 * plain["sd"]
    assert nested["lower"] < EFFECT < nested["upper"]
    assert nested["is_within_houses"]


def test_two_covariates_that_go_together_are_not_told_apart() -> None:
    """Alone each is identified, together neither is, and they share the effect."""
    polls = make_polls(np.random.default_rng(1), both_ways=True)
    polls["menu"] = polls["mode"].map({"phone": "long", "home": "short"})
    found = wording_effects(polls, covariates=["mode", "menu"], question_effects=False)
    alone, together = (found[found["model"] == model] for model in ("alone", "together"))
    assert alone["is_within_houses"].all()
    assert not together["is_within_houses"].any()
    assert together["mean"].abs().sum() == pytest.approx(alone["mean"].abs().mean(), abs=0.5)
    assert together["sd"].min() > 3 * alone["sd"].max()


def test_unknown_levels_are_fitted_and_not_reported() -> None:
    """An empty cell is no level that a reader could choose."""
    polls = make_polls(np.random.default_rng(1), both_ways=True)
    polls.loc[polls["house_id"] == "h", "mode"] = None
    found = wording_effects(polls, covariates=["mode"], question_effects=False)
    assert set(found["level"]) | set(found["baseline"]) == {"phone", "home"}
    assert found.iloc[0]["lower"] < EFFECT < found.iloc[0]["upper"]


def test_sectors_stand_beside_the_covariates() -> None:
    """The sector of the most polls is the baseline, in a model with and one without covariates."""
    polls = make_polls(np.random.default_rng(1), both_ways=True, sector=True)
    found = wording_effects(polls, covariates=["mode"], question_effects=False)
    sectors = found[found["covariate"] == "sector"]
    assert sectors["model"].tolist() == ["alone", "together"]
    assert set(sectors["baseline"]) == {"independent"}
    assert not sectors["is_within_houses"].any()
    assert sectors["prior_sd"].tolist() == pytest.approx([200**0.5] * 2)


def test_the_share_against_has_effects_of_its_own() -> None:
    """Side "against" fits that share, from the polls that printed it."""
    polls = make_polls(np.random.default_rng(1), both_ways=True)
    polls["against_pct"] = 90 - polls["share_pct"]
    polls.loc[3, "against_pct"] = np.nan
    found = wording_effects(
        polls, covariates=["mode"], pole="against", question_effects=False
    ).iloc[0]
    assert found["lower"] < -EFFECT < found["upper"]
    assert found["n_polls"] + found["n_baseline_polls"] == len(polls) - 1


def test_the_order_of_rows_is_irrelevant(within: pd.DataFrame) -> None:
    """Shuffled polls give the same table."""
    polls = make_polls(np.random.default_rng(1), both_ways=True).sample(frac=1, random_state=3)
    again = wording_effects(polls, covariates=["mode"], question_effects=False)
    pd.testing.assert_frame_equal(again, within)


def test_a_covariate_that_houses_differ_by_narrows_their_spread() -> None:
    """Where the mode makes most of the difference between houses, it explains most of it."""
    polls = make_polls(np.random.default_rng(1), both_ways=False)
    polls["share_pct"] -= polls["house_id"].map(OWN)
    spread = explained_spread(polls, covariates=["mode"], question_effects=False)
    none, mode = spread.iloc[0], spread.iloc[1]
    assert none["explained"] == 0
    assert mode["sigma_h"] < 0.5 * none["sigma_h"]
    assert mode["explained"] > 0.5
    assert mode["log_bayes_factor"] > 1


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({}, {"covariates": ["colour"]}, "colour"),
        ({"mode": "phone"}, {"covariates": ["mode"]}, "two levels"),
        ({}, {"covariates": ["mode"], "pole": "neither"}, "neither"),
        ({}, {"covariates": ["mode"], "pole": "against"}, "against_pct"),
        ({}, {"covariates": []}, "none"),
    ],
)
def test_bad_requests_are_refused(change: dict, options: dict, words: str) -> None:
    """The error says what is missing, and the cure."""
    polls = make_polls(np.random.default_rng(1), both_ways=True).assign(**change)
    with pytest.raises(PollInputError, match=words) as caught:
        wording_effects(polls, **options)
    assert caught.value.cure


def test_questions_need_their_column() -> None:
    """Without question_id no question can be told from another."""
    polls = make_polls(np.random.default_rng(1), both_ways=True).drop(columns="question_id")
    with pytest.raises(PollInputError, match="question_id"):
        wording_effects(polls, covariates=["mode"])


def test_a_pole_is_taken_without_touching_the_polls() -> None:
    """The parts counted in the share for say nothing of the share against."""
    polls = pd.DataFrame({"share_pct": [70.0], "against_pct": [21.0], "n_parts": [2]})
    taken = take_pole(polls, "against")
    assert taken["share_pct"].tolist() == [21.0]
    assert "n_parts" not in taken
    assert polls["share_pct"].tolist() == [70.0]
    with pytest.raises(PollInputError, match="no poll printed"):
        take_pole(polls.assign(against_pct=np.nan), "against")


@pytest.mark.parametrize(
    ("shares", "told"), [((0.0, 0.0), None), ((0.0, 0.1), 0.0), ((0.1, 0.0), 100.0)]
)
def test_a_poll_in_which_nobody_named_a_side_has_no_opinion_holders(shares, told) -> None:
    polls = pd.DataFrame({"for_pct": [shares[0], 60.0], "against_pct": [shares[1], 20.0]})
    found = take_opinion_holders(polls.assign(sample_size=1000))
    assert found["share_pct"].tolist() == ([75.0] if told is None else [told, 75.0])
