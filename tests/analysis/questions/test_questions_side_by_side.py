"""Questions side by side: each moves by its own trend, and differences carry both errors."""

import numpy as np
import pandas as pd
import pytest

from analysis import PollTrend
from analysis.base.errors import PollInputError
from analysis.questions import (
    contrast_changes,
    fit_questions,
    question_changes,
    within_house_changes,
)
from analysis.trend.solver.estimands import change_of


def make_polls(slope: float, *, n: int = 24, houses: str = "ab", first: str = "2022-03-01"):
    """Polls every month whose share changes by `slope` points in all."""
    rng = np.random.default_rng(len(first) + n)
    days = pd.date_range(first, periods=n, freq="30D")
    share = 55 + slope * np.arange(n) / (n - 1) + rng.normal(0, 1, n)
    house = np.array(list(houses))[np.arange(n) % len(houses)]
    return pd.DataFrame(
        {
            "house_id": house,
            "start_date": days,
            "end_date": days,
            "sample_size": 1600,
            "share_pct": share + np.where(house == "b", 4.0, 0.0),
            "decimals": 1,
        }
    )


SERIES = {
    "support": make_polls(0.0),
    "continue": make_polls(-20.0, first="2022-06-29"),
    "withdraw": make_polls(5.0, n=5, houses="a"),
    "early": make_polls(0.0, n=3, houses="a", first="2019-01-01"),
}
FITS = fit_questions(SERIES)
CHANGES = question_changes(FITS).set_index(["question", "model"])


def test_drift_is_fitted_where_polls_allow() -> None:
    """Few polls, or those of one house, get static houses alone."""
    assert {name: list(models) for name, models in FITS.items()} == {
        "support": ["drift", "static"],
        "continue": ["drift", "static"],
        "withdraw": ["static"],
        "early": ["static"],
    }
    assert list(fit_questions({"few": SERIES["support"]}, polls_for_drift=25)["few"]) == ["static"]


def test_changes_run_over_the_dates_that_both_questions_reach() -> None:
    """From the later first poll to the earlier last one, of the question and the reference."""
    row = CHANGES.loc[("continue", "static")]
    assert row["start"] == pd.Timestamp("2022-06-29")
    assert row["end"] == SERIES["support"]["end_date"].iloc[-1]
    own = FITS["continue"]["static"].change(row["start"], row["end"])
    beside = FITS["support"]["static"].change(row["start"], row["end"])
    assert row["mean"] == own["mean"]
    assert row["reference_mean"] == beside["mean"]
    assert (row["n_polls"], row["n_houses"]) == (24, 2)


def test_a_later_start_is_kept() -> None:
    """Changes count from the day asked for, unless polls begin later."""
    late = question_changes(FITS, start="2022-09-01").set_index(["question", "model"])
    assert late.loc[("support", "drift"), "start"] == pd.Timestamp("2022-09-01")
    soon = question_changes(FITS, start="2022-05-01").set_index(["question", "model"])
    assert soon.loc[("continue", "drift"), "start"] == pd.Timestamp("2022-06-29")


def test_a_question_that_moved_differs_from_one_that_did_not() -> None:
    """The fall is found, and so is the difference, with a wider interval than either."""
    row = CHANGES.loc[("continue", "drift")]
    assert row["upper"] < -10
    assert row["contrast_upper"] < -5
    assert row["contrast_prob_negative"] > 0.99
    assert row["contrast_sd"] > max(
        row["sd"], FITS["support"]["drift"].change(row["start"], row["end"])["sd"]
    )


def test_the_reference_is_not_held_against_itself() -> None:
    """Its contrast is empty; so is everything where no dates are shared."""
    assert CHANGES.loc["support", "contrast_mean"].isna().all()
    assert np.isnan(CHANGES.loc[("early", "static"), "mean"])
    assert CHANGES.loc[("early", "static"), "n_polls"] == 3


def test_a_difference_is_that_of_independent_draws() -> None:
    """Mean, ends and probability agree with a million draws from both posteriors."""
    one, two = FITS["withdraw"]["static"], FITS["support"]["drift"]
    start, end = "2022-03-01", "2022-06-29"
    found = contrast_changes(one, two, start, end)
    rng = np.random.default_rng(5)
    draws = []
    for fit in (one, two):
        days = fit.observations.days_of(np.array([start, end], "datetime64[D]"))
        mixture = change_of(fit.posterior, days[:1], days[1:], fit.weights_of(None))
        point = rng.choice(len(mixture.weights), 1_000_000, p=mixture.weights)
        draws.append(rng.normal(mixture.mean[point, 0], mixture.variance[point, 0] ** 0.5))
    difference = draws[0] - draws[1]
    # Errors of a million draws: 0.001 sd for the mean, about 0.004 sd for the ends.
    sd = difference.std()
    assert found["mean"] == pytest.approx(difference.mean(), abs=0.005 * sd)
    assert found["sd"] == pytest.approx(sd, rel=0.01)
    ends = np.quantile(difference, [0.025, 0.975])
    assert [found["lower"], found["upper"]] == pytest.approx(list(ends), abs=0.02 * sd)
    assert found["prob_negative"] == pytest.approx((difference < 0).mean(), abs=0.003)


def test_a_question_does_not_differ_from_its_twin() -> None:
    """Two fits of the same polls differ by nothing on average, to the root of 2 of their error."""
    fit = FITS["withdraw"]["static"]
    found = contrast_changes(fit, fit, "2022-03-01", "2022-06-29")
    own = fit.change("2022-03-01", "2022-06-29")
    assert found["mean"] == 0
    assert found["sd"] == pytest.approx(2**0.5 * own["sd"])
    assert found["lower"] == pytest.approx(-found["upper"], rel=1e-3)
    assert found["prob_negative"] == pytest.approx(0.5, abs=1e-3)


def test_within_houses_only_their_own_polls_count() -> None:
    """First and last poll of each house, and the error of sampling and rounding of both."""
    polls = SERIES["support"].assign(share_pct=50.0)
    polls.loc[polls.index[-1], "share_pct"] = 40.0
    found = within_house_changes(polls).set_index("house_id")
    assert found["change"].to_dict() == {"a": 0.0, "b": -10.0}
    assert found.loc["b", "se"] == pytest.approx(
        (50 * 50 / 1600 + 40.01 * 59.99 / 1600 + 2 / 1200) ** 0.5, rel=1e-3
    )
    assert found.loc["b", "start"] == polls["start_date"].iloc[1]
    assert found["n_polls"].tolist() == [12, 12]


def test_a_house_without_two_days_has_no_change() -> None:
    """A single poll, or two of one day, say nothing of change."""
    one = SERIES["support"].iloc[[0, 0]]
    assert within_house_changes(one).empty
    assert "change" in within_house_changes(one)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fit_questions({}), "no questions"),
        (
            lambda: fit_questions({"talks": SERIES["early"].drop(columns="share_pct")}),
            "question talks",
        ),
        (lambda: question_changes(FITS, "peace"), "no question 'peace'"),
        (lambda: question_changes(FITS, start="spring"), "start"),
    ],
)
def test_bad_requests_are_refused(call, words: str) -> None:
    """The error names the question or argument, and the cure."""
    with pytest.raises(PollInputError, match=words) as caught:
        call()
    assert caught.value.cure


def test_models_on_logits_are_refused() -> None:
    """Their changes are no mixture of normals."""
    fit = PollTrend(SERIES["early"], scale="logit").fit("map")
    with pytest.raises(PollInputError, match="logits"):
        contrast_changes(fit, FITS["early"]["static"], "2019-01-01", "2019-02-01")
