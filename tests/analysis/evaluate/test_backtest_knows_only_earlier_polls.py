"""A poll is predicted from what was published before its fieldwork, and from nothing else."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PUBLISHED, PollTrend, published_by
from analysis.evaluate import USUAL_MODELS, backtest
from analysis.evaluate.runner import Runner

POLLS = simulate_polls(
    np.random.default_rng(7), n_polls=26, n_days=900, houses="abc", sectors=SECTORS
)
POLLS["published"] = POLLS["end_date"] + pd.to_timedelta([2, 9] * 13, unit="D")
# Which polls a model is given does not depend on the model: the quick ones stand for all.
QUICK = ["static", "last_of_house", "unobserved_components"]
NUMBERS = ["mean", "sd", "crps", "log_score", "pit"]


@pytest.fixture(scope="module")
def rows():
    """Scores of all polls."""
    return backtest(POLLS, ["published", *QUICK])


@pytest.fixture(scope="module")
def quick(rows):
    """Those of the quick models."""
    return rows[rows["model"].isin(QUICK)].reset_index(drop=True)


@pytest.mark.long("a back-test is many fits")
def test_a_prediction_is_that_of_a_fit_to_the_polls_known_the_day_before(rows):
    chosen = rows[(rows["model"] == "published") & (rows["horizon"] == "next")].iloc[8]
    poll = POLLS.iloc[[chosen["poll"]]]
    day_before = poll["start_date"].iloc[0] - pd.Timedelta(days=1)
    known, _ = published_by(POLLS, day_before)
    expected = (
        PollTrend(known, options=PUBLISHED).fit().get_prediction(poll).summary_frame().iloc[0]
    )
    assert chosen["poll_id"] == poll["poll_id"].iloc[0]
    assert chosen["observed"] == poll["share_pct"].iloc[0]
    assert [chosen["mean"], chosen["sd"]] == pytest.approx([expected["mean"], expected["sd"]])


@pytest.mark.long("a back-test is many fits")
def test_half_a_year_ahead_is_predicted_from_polls_half_a_year_older(rows):
    chosen = rows[(rows["model"] == "published") & (rows["horizon"] == "6m")].iloc[-1]
    poll = POLLS.iloc[[chosen["poll"]]]
    day = poll["start_date"].iloc[0] - pd.DateOffset(months=6) - pd.Timedelta(days=1)
    known, _ = published_by(POLLS, day)
    expected = (
        PollTrend(known, options=PUBLISHED).fit().get_prediction(poll).summary_frame().iloc[0]
    )
    assert [chosen["mean"], chosen["sd"]] == pytest.approx([expected["mean"], expected["sd"]])


@pytest.mark.long("a back-test is many fits")
def test_polls_published_later_change_no_earlier_score(quick):
    last_known = POLLS["start_date"].sort_values().iloc[17]
    later = POLLS["published"] >= last_known
    other = POLLS.assign(share_pct=POLLS["share_pct"].where(~later, 100 - POLLS["share_pct"]))
    moved = backtest(other, QUICK)
    early = ~later.to_numpy()[quick["poll"]]
    assert early.any()
    pd.testing.assert_frame_equal(quick[early], moved[early])
    assert not np.allclose(quick.loc[~early, "crps"], moved.loc[~early, "crps"])


def test_a_poll_published_on_the_first_day_of_fieldwork_is_not_known():
    start = pd.to_datetime(
        [
            "2022-03-01",
            "2022-03-11",
            "2022-03-21",
            "2022-03-31",
            "2022-04-10",
            "2022-04-20",
            "2022-04-30",
        ]
    )
    obs = pd.DataFrame(
        {
            "house_id": "a",
            "start_date": start,
            "end_date": start,
            "sample_size": 1000,
            "share_pct": [60.0, 61, 62, 63, 64, 65, 66],
        }
    )
    obs["published"] = start + pd.Timedelta(days=10)
    found = backtest(obs, ["last_of_house"])
    last = found[(found["poll"] == 6) & (found["horizon"] == "next")]
    assert last["mean"].tolist() == [64.0]


def test_a_poll_without_a_day_of_publication_is_as_late_as_its_house_usually_is():
    start = pd.date_range("2022-03-01", periods=8, freq="10D")
    obs = pd.DataFrame(
        {
            "house_id": "a",
            "start_date": start,
            "end_date": start,
            "sample_size": 1000,
            "share_pct": [60.0, 61, 62, 63, 64, 65, 66, 67],
        }
    )
    obs["published"] = start + pd.Timedelta(days=12)
    obs.loc[5, "published"] = pd.NaT
    found = backtest(obs, ["last_of_house"])
    at = found[(found["poll"] == 6) & (found["horizon"] == "next")]
    assert at["mean"].tolist() == [64.0]


def test_a_slip_in_a_date_does_not_show_a_poll_to_itself():
    obs = POLLS.assign(published=POLLS["published"].where(POLLS.index != 20, "2022-01-01"))
    found = backtest(obs, ["last_of_house"])
    chosen = found[(found["poll"] == 20) & (found["horizon"] == "next")]
    own = POLLS[(POLLS["house_id"] == POLLS.loc[20, "house_id"]) & (POLLS.index < 20)]
    known = own[own["published"] < POLLS.loc[20, "start_date"]]
    assert chosen["mean"].tolist() == [known["share_pct"].iloc[-1]]


@pytest.mark.long("a back-test is many fits")
def test_all_models_are_scored_on_the_same_polls():
    rows = backtest(POLLS.head(16), USUAL_MODELS)
    known = rows[~rows["is_new"]]
    sets = known.groupby("model")[["poll", "horizon"]].apply(
        lambda part: frozenset(map(tuple, part.to_numpy()))
    )
    assert set(sets.index) == set(USUAL_MODELS)
    assert len(set(sets)) == 1


@pytest.mark.long("a back-test is many fits")
def test_the_result_does_not_depend_on_the_order_of_rows_or_the_number_of_processes(quick):
    turned = POLLS.iloc[::-1]
    found = backtest(turned, QUICK, runner=Runner(jobs=2))
    key = ["model", "horizon", "poll_id"]
    left = quick.sort_values(key).set_index(key)[NUMBERS]
    right = found.sort_values(key).set_index(key)[NUMBERS]
    pd.testing.assert_frame_equal(left, right, rtol=1e-9)


@pytest.mark.long("a back-test is many fits")
def test_the_input_is_not_changed():
    before = POLLS.copy(deep=True)
    backtest(POLLS, ["last_of_house"])
    pd.testing.assert_frame_equal(POLLS, before)
