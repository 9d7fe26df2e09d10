"""Estimates as of many dates: each row is a fit of its own to what was published by then."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from reference.simulated_polls import SECTORS, make_polls, simulate_polls

from analysis import PollInputError, PollTrend, as_of_history, published_by

POLLS = simulate_polls(np.random.default_rng(17), houses="abcde", sectors=SECTORS)
POLLS["published"] = POLLS["end_date"] + pd.to_timedelta(np.arange(len(POLLS)) % 7, unit="D")
FIRST = POLLS["published"].min()
LAST = POLLS["published"].max()
DATES = list(pd.date_range(FIRST, LAST, periods=4).normalize())
ANCHORS = pd.DataFrame({"date": ["2022-04-01", "2022-05-15"], "value": [58, 55], "sd": [2, 1]})


def fit_directly(date, **options):
    """The trend of the polls published by a date."""
    return PollTrend(published_by(POLLS, date)[0], **options).fit()


def find_quiet_days():
    """First of three days on which nothing new was published but on the first."""
    shown = sorted(set(POLLS["published"]))
    return next(day for day, after in pairwise(shown) if (after - day).days >= 3)


@pytest.fixture
def count_fits(monkeypatch):
    """Dates of the last poll of every fit that is made."""
    fits = []
    fit = PollTrend.fit

    def counted(self, method="full"):
        fits.append(str(self.observations.last_date))
        return fit(self, method)

    monkeypatch.setattr(PollTrend, "fit", counted)
    return fits


@pytest.mark.long("a fit for each date of knowledge", quick=1)
@pytest.mark.parametrize(
    ("reference", "options"),
    [("houses", {}), ("sectors", {}), ("a", {"scale": "logit"}), ("houses", {"drift": True})],
)
def test_each_row_is_a_fit_to_the_polls_published_by_its_date(reference, options):
    history = as_of_history(POLLS, DATES, reference=reference, **options)
    told = history.set_index("as_of")
    for date, row in told.iterrows():
        results = fit_directly(date, **options)
        last = results.trend(reference).iloc[-1]
        assert row["date"] == last["date"]
        assert row["n_polls"] == len(results.observations.polls)
        assert row["n_houses"] == len(results.observations.houses)
        for name in ("mean", "sd", "lower", "upper"):
            assert row[name] == pytest.approx(last[name], abs=1e-6)
    assert set(told.index) | set(map(pd.Timestamp, history.attrs["left_out"])) == set(DATES)


@pytest.mark.long("a fit for each date of knowledge")
def test_polls_add_up_and_the_columns_are_named():
    history = as_of_history(POLLS, pd.date_range(FIRST, LAST, freq="6D"))
    assert list(history.columns) == [
        "as_of", "date", "n_polls", "n_houses", "mean", "sd", "lower", "upper"
    ]  # fmt: skip
    for name in ("n_polls", "n_houses", "date"):
        assert history[name].is_monotonic_increasing
    assert history["n_polls"].iloc[-1] > 0.8 * len(POLLS)
    assert not history.isna().any().any()
    assert (history["date"] <= history["as_of"]).all()


@pytest.mark.long("a fit for each date of knowledge")
def test_a_target_shows_how_the_estimate_for_one_date_was_revised():
    dates = [FIRST, "2022-04-01", "2022-06-10"]
    history = as_of_history(POLLS, dates, target="2022-04-01")
    assert set(history["date"]) == {pd.Timestamp("2022-04-01")}
    last = fit_directly("2022-06-10").trend().set_index("date").loc["2022-04-01"]
    assert history["mean"].iloc[-1] == pytest.approx(last["mean"], abs=1e-9)
    # What was a forecast becomes an estimate with polls on both sides.
    assert history["sd"].is_monotonic_decreasing


def test_the_day_itself_lies_after_the_last_poll():
    by_poll = as_of_history(POLLS, ["2022-04-20"])
    by_day = as_of_history(POLLS, ["2022-04-20"], target="as_of")
    assert by_day["date"].item() == pd.Timestamp("2022-04-20") > by_poll["date"].item()
    expected = fit_directly("2022-04-20").prob_above(60, "2022-04-20")
    inside = (by_day["mean"] - 60).item() > 0
    assert inside == (expected > 0.5)
    assert by_day["mean"].item() == pytest.approx(by_poll["mean"].item(), abs=1e-9)
    assert by_day["sd"].item() > by_poll["sd"].item()


def test_without_a_new_poll_nothing_is_fitted_again(count_fits):
    quiet = find_quiet_days()
    dates = [quiet, quiet + pd.Timedelta(days=1), quiet + pd.Timedelta(days=2), LAST, quiet]
    history = as_of_history(POLLS, dates, target="as_of")
    assert len(count_fits) == 2
    assert list(history["as_of"]) == dates  # in the order that was asked for
    assert history["sd"].iloc[0] < history["sd"].iloc[1] < history["sd"].iloc[2]
    assert history["sd"].iloc[0] == history["sd"].iloc[4]


def test_a_reference_without_polls_yet_leaves_its_rows_out_and_says_so():
    polls = make_polls([("a", "2022-03-01", 60), ("a", "2022-03-20", 61), ("b", "2022-04-01", 55)])
    dates = ["2022-02-01", "2022-03-02", "2022-03-25", "2022-04-01"]
    history = as_of_history(polls, dates, reference="b")
    assert list(history["as_of"]) == [pd.Timestamp("2022-04-01")]
    assert history.attrs["left_out"] == {
        "2022-02-01": "no poll was published by then",
        "2022-03-02": "the reference had no polls by then",
        "2022-03-25": "the reference had no polls by then",
    }


@pytest.mark.long("a fit for each date of knowledge")
def test_anchors_and_events_count_once_they_could_be_known():
    events = {"shock": "2022-05-20"}
    dates = ["2022-04-20", "2022-05-21", "2022-06-20"]
    history = as_of_history(POLLS, dates, anchors=ANCHORS, events=events)
    known = [(ANCHORS.head(1), None), (ANCHORS, None), (ANCHORS, events)]
    for date, (anchors, told), (_, row) in zip(dates, known, history.iterrows(), strict=True):
        results = fit_directly(date, anchors=anchors, events=told)
        assert row["mean"] == pytest.approx(results.trend("houses").iloc[-1]["mean"], abs=1e-9)
    early = as_of_history(POLLS, ["2022-03-20", "2022-04-20"], anchors=ANCHORS, reference="anchor")
    assert early.attrs["left_out"] == {"2022-03-20": "the reference had no polls by then"}


@pytest.mark.long("a fit for each date of knowledge", quick=1)
@pytest.mark.parametrize(
    ("day", "is_told"),
    [
        ("2022-03-31", False),
        ("2022-04-01", False),
        ("2022-04-02", True),
        ("2022-04-20", True),
        ("2022-04-21", False),
    ],
)
def test_an_event_waits_until_polls_before_it_and_from_its_day_on_are_known(day, is_told):
    """First of all the second and third poll are, then the one before, then one after them."""
    days = ["2022-03-01", "2022-04-01", "2022-04-20", "2022-04-28"]
    polls = make_polls([("a", first, 60 + 3 * i) for i, first in enumerate(days)])
    shown = ["2022-05-01", "2022-04-02", "2022-04-21", "2022-05-02"]
    polls = polls.assign(end_date=days, published=shown)
    dates = ["2022-04-22", "2022-05-02"]
    plain, told = (
        as_of_history(polls, dates, method="map", events=events) for events in (None, {"news": day})
    )
    assert list(told["n_polls"]) == [2, 4]
    assert (plain["mean"] != told["mean"]).tolist() == [is_told, True]


def test_an_anchor_alone_asks_for_a_new_fit(count_fits):
    quiet = find_quiet_days()
    anchor = pd.DataFrame({"date": [quiet + pd.Timedelta(days=1)], "value": [50], "sd": [1]})
    dates = [quiet, quiet + pd.Timedelta(days=1), quiet + pd.Timedelta(days=2)]
    told = as_of_history(POLLS, dates, anchors=anchor)["mean"].tolist()
    assert len(count_fits) == 2
    # It is known on its own day.
    assert told[0] != told[1] == told[2]


def test_the_polls_are_not_changed():
    before = POLLS.copy(deep=True)
    as_of_history(POLLS, DATES[-2:])
    assert_frame_equal(POLLS, before)


FAULTS = {
    "dates as text": (("2022-04-18",), {}, "dates: '2022-04-18' is no list of dates"),
    "no dates": (([],), {}, "dates: there are no dates; name at least one day"),
    "local date": ((["18.04.2022"],), {}, "as of: '18.04.2022' is not a date that can be read"),
    "target": ((DATES,), {"target": "election"}, "target: 'election' is not a date that can"),
    "reference": ((DATES,), {"reference": "zzz"}, "reference 'zzz' is not known"),
    "anchor": ((DATES,), {"reference": "anchor"}, "reference 'anchor' is not known"),
    "alpha": ((DATES,), {"alpha": 95}, "alpha is 95; give a number between 0 and 1"),
    "method": ((DATES[-1:],), {"method": "mcmc"}, "method 'mcmc' is not known"),
    "too early": ((["2022-01-01", "2022-01-02"],), {}, "no poll was published by then, on any"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_slip_is_an_error_with_its_cure(name):
    arguments, options, message = FAULTS[name]
    with pytest.raises(PollInputError) as caught:
        as_of_history(POLLS, *arguments, **options)
    assert str(caught.value).startswith(message)
    assert "; " in str(caught.value)


def test_a_fault_in_a_later_poll_names_its_row():
    late = POLLS.copy()
    row = late["published"].idxmax()
    late["share_pct"] = late["share_pct"].astype(float)
    late.loc[row, "share_pct"] = 160.0
    with pytest.raises(PollInputError, match=rf"row {row} .*, column share_pct: 160"):
        as_of_history(late, [FIRST])
