"""Many series are fitted one by one; a fault in one is a row, and few are at hand at one time."""

import time

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.evaluate import FIT_COLUMNS, SeriesTable, fit_many
from analysis.evaluate.runner import Runner


def make():
    """Three good series, one with two polls, one of one house, one with a fault."""
    good = [
        simulate_polls(np.random.default_rng(seed), n_polls=8, houses="ab").assign(series_id=name)
        for seed, name in enumerate(["north", "south", "west"])
    ]
    few = make_polls([("a", "2022-03-01", 60), ("b", "2022-03-05", 61)], series_id="few")
    one = make_polls([("a", f"2022-0{m}-01", 60 + m) for m in (3, 4, 5)], series_id="one")
    bad = make_polls([(h, f"2022-0{m}-01", 60) for m in (3, 4) for h in "ab"], series_id="bad")
    bad.loc[2, "share_pct"] = 160.0
    return pd.concat([*good, few, one, bad], ignore_index=True)


POLLS = make()


@pytest.fixture(scope="module")
def fits():
    """All of them, by their names."""
    return fit_many(SeriesTable(lambda: [POLLS])).set_index("series_id")


def test_a_row_is_the_fit_of_its_own_series(fits):
    own = POLLS[POLLS["series_id"] == "south"].drop(columns="series_id")
    results = PollTrend(own).fit()
    last = str(results.observations.last_date)
    level = results.trend(dates=[last]).iloc[0]
    assert fits.loc["south", "level"] == pytest.approx(level["mean"])
    assert fits.loc["south", "level_lower"] == pytest.approx(level["lower"])
    assert fits.loc["south", "tau"] == pytest.approx(results.params["tau"])
    assert list(fits.columns) == list(FIT_COLUMNS)[1:]


def test_series_that_cannot_be_fitted_are_rows_that_say_why(fits):
    assert fits.loc["few", "note"] == "2 polls; a trend needs 3"
    assert "column share_pct" in fits.loc["bad", "note"]
    assert fits.loc[["few", "bad"], "level"].isna().all()
    assert fits.loc[["north", "south"], "note"].eq("").all()


def test_a_note_holds_the_warnings_of_the_fit(fits):
    own = POLLS[POLLS["series_id"] == "west"].drop(columns="series_id")
    (warning,) = PollTrend(own).fit().diagnostics()["warnings"]
    assert warning.startswith("fieldwork of house b overlaps in 3 of its 7 polls")
    assert fits.loc["west", "note"] == warning


def test_one_house_is_fitted_and_told(fits):
    assert fits.loc["one", "note"] == "one house: its lean and opinion are one"
    assert np.isfinite(fits.loc["one", "level"])


@pytest.mark.long("twenty series are fitted again", quick=1)
@pytest.mark.parametrize("size", [1, 7, 20])
def test_the_size_of_the_parts_changes_nothing(size, fits):
    starts = range(0, len(POLLS), size)
    table = SeriesTable(lambda: (POLLS.iloc[start : start + size] for start in starts))
    pd.testing.assert_frame_equal(fit_many(table).set_index("series_id"), fits)


@pytest.mark.long("several processes are started")
def test_two_processes_give_the_same(fits):
    found = fit_many(SeriesTable(lambda: [POLLS]), runner=Runner(jobs=2))
    pd.testing.assert_frame_equal(found.set_index("series_id"), fits)


def rest(number):
    """Take a moment."""
    time.sleep(0.02)


class Counted:
    """Tasks that note how many were taken so far."""

    def __init__(self, n):
        self.n, self.taken = n, 0

    def __len__(self):
        return self.n

    def __iter__(self):
        for number in range(self.n):
            self.taken += 1
            yield number


@pytest.mark.long("several processes are started")
@pytest.mark.parametrize(("jobs", "most"), [(1, 1), (2, 8)])
def test_few_tasks_are_at_hand_at_one_time(jobs, most):
    tasks = Counted(60)
    at_hand = [tasks.taken - done for done, _ in enumerate(Runner(jobs=jobs).stream(rest, tasks))]
    assert max(at_hand) <= most


def test_rows_of_a_series_that_stand_apart_are_one_clear_error():
    with pytest.raises(PollInputError, match="the rows of 'north' stand apart; sort the table"):
        SeriesTable(lambda: [pd.concat([POLLS, POLLS.iloc[:1]])])


def test_two_names_that_look_alike_are_told_with_both():
    """As for houses: one series in two halves is two short ones, each with a trend of its own."""
    half = POLLS[POLLS["series_id"] == "north"]
    names = np.where(np.arange(len(half)) < 4, "north", "n\u043erth")
    found = fit_many(SeriesTable(lambda: [half.assign(series_id=names), POLLS.iloc[8:16]]))
    one, other, south = found["note"]
    assert one.startswith("series that look alike count as different: 'north' and 'n\u043erth'")
    assert "(first in row 0, row 4; they differ in LATIN SMALL LETTER O, CYRILLIC" in one
    assert other.startswith("series that look alike")
    assert south == ""


def test_a_table_without_rows_is_one_clear_error():
    with pytest.raises(PollInputError, match="there are no polls; give at least one row"):
        SeriesTable(lambda: [POLLS.iloc[:0]])


def test_a_poll_without_a_series_is_one_clear_error():
    with pytest.raises(PollInputError, match=r"row 3 \(a-3\), column series_id: no value"):
        SeriesTable(lambda: [POLLS.assign(series_id=POLLS["series_id"].where(POLLS.index != 3))])
