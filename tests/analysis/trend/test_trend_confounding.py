"""The report tells which covariates the polls can tell apart from houses."""

import numpy as np
import pytest
from reference.simulated_polls import make_polls

from analysis import PollTrend

DAYS = [f"2022-03-{d:02d}" for d in range(1, 13)]
POLLS = make_polls(
    [(h, d, 60 + i) for i, (h, d) in enumerate(zip("aaaabbbbcccc", DAYS, strict=True))]
).assign(
    mode=["phone", "phone", "web", "web"] + ["phone"] * 8,  # only house a asked both ways
    frame=["x"] * 8 + ["y"] * 4,  # one and the same as house c
)


def test_a_covariate_that_is_a_house_is_not_identified():
    report = PollTrend(POLLS, covariates=["mode", "frame"]).confounding().set_index("term")
    assert report.loc["mode=web", "is_identified"]
    assert not report.loc["frame=y", "is_identified"]
    assert report.loc["frame=y", "variance_inflation"] == np.inf
    assert report.loc["mode=web", "carried_by"] == "a"
    assert report.loc["frame=y", "carried_by"] == ""
    assert list(report["rank"]) == [4, 4]
    assert list(report["n_columns"]) == [5, 5]


def test_variance_inflation_is_one_over_the_share_left_unexplained():
    report = PollTrend(POLLS, covariates=["mode"]).confounding()
    # 2 of 12 polls on the web, variance sum 2 * 10 / 12; within house a it is 1.
    assert report["variance_inflation"].item() == pytest.approx((2 * 10 / 12) / 1)


def test_what_is_not_identified_is_hardly_learned():
    results = PollTrend(POLLS, covariates=["mode", "frame"]).smooth((0.3, 1.0, 8.0))
    learned = results.covariates().set_index("level")["learned"]
    assert learned["web"] > 0.8
    assert learned["y"] < 0.4


MIXED = make_polls([(h, d, 60) for h, d in zip("abc" * 4, DAYS, strict=True)])


def told_of(polls, **what):
    """Warnings of a fit about what cannot be told apart."""
    told = PollTrend(polls, **what).smooth((0.3, 1.0, 8.0)).diagnostics()["warnings"]
    return [text for text in told if "cannot" in text or "no poll tells" in text]


def test_a_covariate_that_is_a_house_is_told_with_a_cure():
    (text,) = told_of(POLLS, covariates=["mode", "frame"])
    assert text == (
        "the polls cannot tell covariate frame=y from what houses have of their own: how much of "
        "it is theirs comes from the priors alone; leave it out, or add polls of one house with "
        "and without it"
    )


def test_an_event_at_which_one_house_follows_another_is_told():
    (text,) = told_of(POLLS[:8], events={"change": "2022-03-05"})
    assert "event change from what houses have of their own" in text


def test_events_without_a_poll_in_between_are_told_and_no_others():
    near = {"one": "2022-03-05", "two": "2022-03-06", "three": "2022-03-08"}
    assert told_of(MIXED, events=near) == []
    (text,) = told_of(MIXED.drop(index=4), events=near)  # without the poll of the fifth
    assert text == (
        "the polls cannot tell event one, event two apart: how one effect is shared among them "
        "comes from the priors alone; leave out all but one of them"
    )


def test_a_covariate_that_changes_with_an_event_is_told():
    polls = MIXED.assign(form=["old"] * 5 + ["new"] * 7)
    (text,) = told_of(polls, covariates="form", events={"change": "2022-03-06"})
    assert "event change, covariate form=old apart" in text
    assert told_of(polls, covariates="form", events={"change": "2022-03-07"}) == []


def test_a_combination_that_no_poll_has_is_told():
    pytest.importorskip("formulaic")
    polls = MIXED.assign(mode=["web", "phone"] * 6, frame=["x", "y"] * 6)
    alone = [text for text in told_of(polls, covariates="~ mode:frame") if "no poll tells" in text]
    assert len(alone) == 1
    assert alone[0].endswith(": what is shown of it is its prior; leave it out")


def test_many_groups_are_told_in_few_words():
    days = [str(day) for day in np.arange("2022-03-01", "2022-04-01", dtype="datetime64[D]")]
    polls = make_polls([(h, d, 60) for h, d in zip("abc" * 10, days[:30], strict=True)])
    events = {f"{day} {k}": day for day in days[4:28:4] for k in range(7)}
    *texts, last = told_of(polls, events=events)
    assert len(texts) == 5
    assert all("and 2 more apart" in text for text in texts)
    assert last == "1 more groups of effects cannot be told apart"
