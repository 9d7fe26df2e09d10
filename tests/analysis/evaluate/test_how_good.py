"""The facts for everybody are those of the back-test and the registry, and so are the sentences."""

import pandas as pd
import pytest

from analysis.base.errors import PollInputError
from analysis.evaluate import (
    SUMMARY_COLUMNS,
    how_good,
    is_summary_current,
    say_how_good,
    summarise_backtest,
)

POLLS = {
    "support": pd.DataFrame({"house_id": ["a"], "share_pct": [60.0]}),
    "talks": pd.DataFrame({"house_id": ["a"], "share_pct": [50.0]}),
}


def make_rows():
    """Four polls of each series by two models at two horizons; a first poll of a house besides."""
    rows = [
        {
            "series": series,
            "horizon": horizon,
            "model": model,
            "poll": poll,
            "observed": 60.0,
            "mean": 60.0 + off + 4 * (horizon == "12m"),
            "crps": off * (1 + 0.1 * poll),
            "log_score": -2.0,
            "pit": pit,
            "is_new": poll == 4,
        }
        for series in POLLS
        for model, off in (("published", 1.0), ("last_of_house", 2.0))
        for horizon in ("next", "12m")
        for poll, pit in enumerate([0.5, 0.6, 0.05, 0.99, 0.5])
    ]
    return pd.DataFrame(rows)


SUMMARY = summarise_backtest(make_rows(), POLLS)
SCORES = pd.DataFrame(
    {
        "kind": ["registered", "as of", "as of"],
        "mean": ["60.0", "61.0", "60.0"],
        "seen": [62.0, 60.0, 63.0],
        "is_inside_95": [True, True, False],
    }
)


def test_the_summary_has_each_series_and_all_pooled_without_first_polls():
    assert list(SUMMARY.columns) == list(SUMMARY_COLUMNS)
    counts = SUMMARY[SUMMARY["horizon"] == "next"].groupby("series")["n"].first()
    assert counts.to_dict() == {"support": 4, "talks": 4, "pooled": 8}


def test_the_summary_is_current_for_its_own_polls_and_model_only():
    assert is_summary_current(SUMMARY, POLLS)
    assert not is_summary_current(SUMMARY, POLLS | {"talks": POLLS["support"]})
    assert not is_summary_current(SUMMARY, POLLS | {"success": POLLS["support"]})
    assert not is_summary_current(SUMMARY.assign(options="walk=other"), POLLS)


def test_the_facts_are_those_of_the_tables():
    facts = how_good(SUMMARY, SCORES, 7).set_index(["fact", "series"])["value"]
    assert facts["n_polls", "support"] == 4
    assert facts["error", "support"] == pytest.approx(1.0)
    assert facts["error_of_last", "support"] == pytest.approx(2.0)
    assert facts["gain", "talks"] == pytest.approx(50.0)
    assert facts["held_95", "support"] == pytest.approx(75.0)
    assert facts["error_12m", "support"] == pytest.approx(5.0)
    assert facts["n_open", ""] == 7
    assert facts["held_95_as_of", ""] == 1
    assert facts["error_as_of", ""] == pytest.approx(2.0)


def test_the_sentences_carry_the_numbers_and_what_they_do_not_mean():
    said = " ".join(say_how_good(how_good(SUMMARY, SCORES, 7)))
    for words in (
        "Before each of 4 polls of support",
        "1.0 points off",
        "last result is 2.0",
        "right in 75 percent",
        "A year ahead we were 5.0",
        "7 forecasts are written down",
        "of 1 that have met theirs, 1 held",
        "Of 2 made later",
        "not about what people think",
    ):
        assert words in said


def test_a_simpler_forecaster_that_is_better_is_told_as_well():
    rows = make_rows()
    better = rows[rows["model"] == "published"].assign(model="mean_of_house", mean=60.5)
    summary = summarise_backtest(pd.concat([rows, better]), POLLS)
    assert "last result is 2.0 points off, the mean of its last three 0.5." in " ".join(
        say_how_good(how_good(summary, SCORES, 7))
    )
    # A summary without it has no such words.
    assert "last result is 2.0 points off. " in " ".join(say_how_good(how_good(SUMMARY, SCORES, 7)))


def test_nothing_is_told_of_a_year_ahead_where_nothing_was_predicted_so_far():
    near = make_rows().query("horizon == 'next'")
    said = say_how_good(how_good(summarise_backtest(near, POLLS), SCORES, 7))
    assert "A year ahead" not in " ".join(said)
    assert len(said) == len(say_how_good(how_good(SUMMARY, SCORES, 7))) - 1


def test_without_forecasts_that_met_their_poll_this_is_said():
    said = " ".join(say_how_good(how_good(SUMMARY, SCORES.iloc[:0], 7)))
    assert "none that was written down in advance has met its poll yet." in said


def test_a_summary_without_the_last_poll_of_a_house_is_one_clear_error():
    with pytest.raises(PollInputError, match="run the back-test with published and last_of_house"):
        how_good(SUMMARY[SUMMARY["model"] == "published"], SCORES, 0)
