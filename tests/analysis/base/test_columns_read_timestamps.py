"""Dates that pandas has read already are taken as they would be one by one."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analysis.base.columns import check_lost_zone, days_ahead, read_dates, read_text
from analysis.base.errors import PollInputError

STAMPS = {
    "microseconds": pd.Series(pd.to_datetime(["2022-04-18", "1901-01-01", "2022-04-18"])),
    "seconds": pd.Series(np.array(["2022-04-18", "2100-12-31"], dtype="datetime64[s]")),
    "with a time of day": pd.Series(pd.to_datetime(["2022-04-18 23:59", "1950-01-01 00:01"])),
    "of another zone": pd.Series(
        pd.to_datetime(["2022-04-18 23:30", "2022-04-19 00:30"]).tz_localize("Europe/Moscow")
    ),
}


@pytest.mark.parametrize("name", STAMPS)
def test_a_column_of_timestamps_reads_as_its_values_do(name):
    frame = pd.DataFrame({"date": STAMPS[name]})
    found = read_dates(frame, "date")
    assert found.dtype == np.dtype("datetime64[D]")
    one_by_one = read_dates(frame.astype({"date": object}), "date")
    np.testing.assert_array_equal(found, one_by_one)
    plain = [dt.date(stamp.year, stamp.month, stamp.day) for stamp in STAMPS[name]]
    assert found.tolist() == plain


def test_a_missing_date_is_allowed_where_none_is_required():
    frame = pd.DataFrame({"date": pd.to_datetime(["2022-04-18", None])})
    np.testing.assert_array_equal(
        np.isnat(read_dates(frame, "date", required=False)), [False, True]
    )
    with pytest.raises(PollInputError, match="row 1, column date: no date"):
        read_dates(frame, "date")


@pytest.mark.parametrize("year", [1004, 1899, 2101])
@pytest.mark.parametrize("kind", ["datetime64[s]", object])
def test_a_year_that_no_poll_can_have_names_its_row(year, kind):
    stamps = np.array(["2022-04-18", f"{year}-04-18"], dtype="datetime64[s]")
    frame = pd.DataFrame({"date": pd.Series(stamps, index=[7, 9]).astype(kind)})
    with pytest.raises(PollInputError, match=rf"row 9, column date: .*{year}.* is not a date that"):
        read_dates(frame, "date")


@pytest.mark.parametrize("zone", ["Europe/Moscow", "Europe/Berlin"])
def test_midnights_of_another_zone_are_no_days(zone):
    """As the index of a frame that went through UTC: each would count as the day before."""
    days = pd.Series(pd.to_datetime(["2022-01-18", "2022-04-18", "2022-07-18"]).tz_localize(zone))
    right = read_dates(pd.DataFrame({"date": days}), "date")
    pytest.importorskip("pyarrow")
    arrow = days.dt.tz_convert("UTC").astype("timestamp[ns, tz=UTC][pyarrow]")
    assert right.astype(str).tolist() == ["2022-01-18", "2022-04-18", "2022-07-18"]
    with pytest.raises(PollInputError, match="its day hangs on the time zone"):
        read_dates(pd.DataFrame({"date": days.dt.tz_convert("UTC")}), "date")
    with pytest.raises(PollInputError, match="its day hangs on the time zone"):
        read_dates(pd.DataFrame({"date": arrow}), "date")


FIELD = ("start_date", "end_date")


def poll_days(*days, **times):
    """Polls of one day each, at the times given for the start and end of fieldwork."""
    return pd.DataFrame(
        {f"{end}_date": pd.to_datetime([f"{d} {t}" for d in days]) for end, t in times.items()}
    )


@pytest.mark.parametrize(
    ("time", "summer"), [("21:00", "21:00"), ("23:00", "22:00"), ("18:30", "18:30")]
)
def test_midnights_that_lost_their_zone_are_no_days(time, summer):
    """As where a file of timestamps in UTC is read without the zone: each is the day before."""
    stamps = pd.to_datetime([f"2022-01-18 {time}", f"2022-04-18 {summer}", f"2022-07-18 {summer}"])
    frame = pd.DataFrame({"start_date": stamps, "end_date": stamps})
    with pytest.raises(
        PollInputError, match=r"start_date: .* is of an evening, as all are: .*; if"
    ):
        check_lost_zone(frame, FIELD)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("00:00", "00:00"),
        ("00:00", "23:00"),
        ("09:00", "21:00"),
        ("12:00", "12:00"),
        ("21:00", "23:59"),
        ("03:00", "03:00"),
    ],
)
def test_other_times_of_day_are_let_be(start, end):
    """Noon, the hours of interviews and the last minute of a day are of that day."""
    days = ("2022-01-18", "2022-04-18", "2022-07-18")
    check_lost_zone(poll_days(*days, start=start, end=end), FIELD)
    check_lost_zone(poll_days(*days[:2], start="21:00", end="21:00"), FIELD)
    mixed = poll_days(*days, start="21:00", end="21:00")
    mixed.loc[0, "start_date"] = pd.Timestamp("2022-01-18")
    check_lost_zone(mixed, FIELD)


def test_days_of_arrow_and_periods_of_a_day_are_days():
    days = [dt.date(2022, 4, 18), dt.date(2022, 5, 1)]
    for column in (
        pd.Series(pd.PeriodIndex(days, freq="D")),
        pd.Series(days, dtype=pd.ArrowDtype(pytest.importorskip("pyarrow").date32())),
    ):
        assert read_dates(pd.DataFrame({"date": column}), "date").tolist() == days
    months = pd.DataFrame({"date": pd.PeriodIndex(days, freq="M")})
    with pytest.raises(PollInputError, match=r"row 0, column date: Period.* is not a date"):
        read_dates(months, "date")


def test_so_many_days_ahead_as_polls_can_have_and_no_more():
    last = np.datetime64("2100-12-29")
    for steps in (2, np.int64(2), "2100-12-31"):
        assert days_ahead(last, steps).astype(str).tolist() == ["2100-12-30", "2100-12-31"]
    for steps in (3, 10**12, 0, -(10**12)):
        with pytest.raises(PollInputError, match=r"steps is .*; give a number of days, 1 or more"):
            days_ahead(last, steps)


def test_a_name_with_a_nul_is_refused():
    """Arrays of text end it there, and another name may stand before it."""
    frame = pd.DataFrame({"house_id": ["a", "a\0"]}, index=[4, 9])
    with pytest.raises(PollInputError, match=r"row 9, column house_id: .* holds a NUL; remove it"):
        read_text(frame, "house_id", "name it")
