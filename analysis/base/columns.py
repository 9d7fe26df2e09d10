"""Reading single columns of a frame of polls strictly: text, numbers, dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import (
    is_bool_dtype,
    is_complex_dtype,
    is_datetime64_any_dtype,
    is_numeric_dtype,
)

from analysis.base.errors import PollInputError, row_error

# No poll of the kind modelled here is older; a typed year 1004 parses without a word.
FIRST_YEAR, LAST_YEAR = 1900, 2100
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# So few times of day say nothing of where they are midnight.
FEWEST_TIMES = 3
# More days than from the first to the last of these years are none.
MOST_DAYS = 366 * (LAST_YEAR + 1 - FIRST_YEAR)
# What may stand for a name; bytes, lists and the like are none.
NAMING = (str, int, float, np.generic, dt.date)
DATE_CURE = "write dates as YYYY-MM-DD, for example 2022-04-18"


def is_blank(values: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell missing values and empty text, row by row."""
    blank = values.isna().to_numpy(dtype=bool)
    if is_numeric_dtype(values.dtype) or is_datetime64_any_dtype(values.dtype):
        return blank  # looking for empty text among numbers would take most of a fit
    return np.array(
        [gone or str(v).strip() == "" for v, gone in zip(values, blank, strict=True)], dtype=bool
    )


def _fail(
    frame: pd.DataFrame, bad: np.ndarray[Any, Any], column: str, what: str, cure: str
) -> None:
    """Raise for the first bad row; ``what`` may show the value with ``{}``."""
    positions = [int(i) for i in np.flatnonzero(bad)]
    if positions:
        value = frame[column].iloc[positions[0]]
        value = value.item() if isinstance(value, np.generic) else value
        raise row_error(frame, positions, column, what.format(repr(value)), cure)


def read_text(frame: pd.DataFrame, column: str, cure: str) -> np.ndarray[Any, Any]:
    """Read a column of identifiers: text or numbers in each row, without stray spaces."""
    _fail(frame, is_blank(frame[column]), column, "no value", cure)
    odd = np.array([not isinstance(value, NAMING) for value in frame[column]], dtype=bool)
    _fail(frame, odd, column, "{} is no text", cure)
    text = np.array([str(value) for value in frame[column]], dtype=object)
    # Where arrays of text are compared, such a name ends there.
    _fail(frame, np.array(["\0" in t for t in text]), column, "{} holds a NUL", "remove it")
    stray = np.array([value != value.strip() for value in text], dtype=bool)
    _fail(frame, stray, column, "{} has spaces at its ends", "remove the spaces")
    return text


def read_numbers(
    frame: pd.DataFrame,
    column: str,
    *,
    low: float,
    high: float = np.inf,
    low_open: bool = False,
    whole: bool = False,
    required: bool = True,
    cure: str,
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Read a column of numbers within bounds.

    Parameters
    ----------
    frame : DataFrame
        The polls.
    column : str
        A column of ``frame``.
    low, high : float
        Smallest and largest value allowed.
    low_open : bool
        Is ``low`` itself forbidden.
    whole : bool
        Are only whole numbers allowed.
    required : bool
        Is a missing value an error; if not it comes back as NaN.
    cure : str
        End of every message.

    Returns
    -------
    ndarray of float, shape (n_polls,)

    Raises
    ------
    PollInputError
        Naming the row, the column, the value and the cure.
    """
    blank = is_blank(frame[column])
    if required:
        _fail(frame, blank, column, "no value", cure)
    values = _to_floats(frame[column], blank)
    _fail(frame, np.isnan(values) & ~blank, column, "{} is not a number", cure)
    _fail(frame, np.isinf(values), column, "{} is not finite", cure)
    below = (values <= low) if low_open else (values < low)
    outside = f"{{}} is outside {'above ' if low_open else ''}{low:g}"
    outside += "" if np.isinf(high) else f" to {high:g}"
    if np.isinf(high):
        outside = f"{{}} is not {'above' if low_open else 'at least'} {low:g}"
    _fail(frame, below | (values > high), column, outside, cure)
    if whole:
        _fail(frame, ~blank & (values != np.floor(values)), column, "{} is not whole", cure)
    return values


def _to_floats(
    values: pd.Series[Any], blank: np.ndarray[Any, np.dtype[np.bool_]]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Turn a column into floats; NaN for what is missing or no number."""
    is_real = is_numeric_dtype(values.dtype) and not is_complex_dtype(values.dtype)
    if is_real and not is_bool_dtype(values.dtype):
        floats = values.to_numpy(dtype=float, na_value=np.nan)
        stored: Any = values.dtype
        return _as_printed(floats, getattr(stored, "numpy_dtype", stored))
    raw = values.astype(object).where(~blank, np.nan)
    # True and 1j are numbers to pandas; as an answer to "how many interviews" they are none.
    is_flag = np.array([isinstance(value, bool | np.bool_ | complex) for value in raw], dtype=bool)
    return pd.to_numeric(raw.where(~is_flag, "flag"), errors="coerce").to_numpy(dtype=float)


def _as_printed(
    floats: np.ndarray[Any, np.dtype[np.float64]], stored: np.dtype[Any]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Floats that were stored in fewer bits as they print there: no share has 6 decimals by that.

    Examples
    --------
    >>> stored = np.array([63.1], dtype="float32")
    >>> stored.astype(float).item(), _as_printed(stored.astype(float), stored.dtype).item()
    (63.099998474121094, 63.1)
    """
    is_short = stored.kind == "f" and stored.itemsize < floats.dtype.itemsize
    return floats.astype(stored).astype(str).astype(float) if is_short else floats


def parse_date(value: object) -> pd.Timestamp | None:
    """Read one date; None when it cannot be read.

    Text must be ISO (YYYY-MM-DD); numbers are refused, since a spreadsheet's
    day count reads as a date in 1970.

    Examples
    --------
    >>> parse_date("2022-04-18")
    Timestamp('2022-04-18 00:00:00')
    >>> parse_date("18.04.2022") is None
    True
    """
    if isinstance(value, str):
        if not DAY.fullmatch(value.strip()):  # Python reads 2022-W16-1 and 20220418 too
            return None
        try:
            date = dt.date.fromisoformat(value.strip())
        except ValueError:
            return None
        return pd.Timestamp(date) if FIRST_YEAR <= date.year <= LAST_YEAR else None
    if isinstance(value, pd.Period) and value.freqstr == "D":
        value = value.to_timestamp()
    if not isinstance(value, dt.date | np.datetime64):
        return None
    stamp = pd.Timestamp(value)
    if not FIRST_YEAR <= stamp.year <= LAST_YEAR:
        return None
    return stamp.tz_localize(None).normalize()


def read_dates(
    frame: pd.DataFrame, column: str, *, required: bool = True
) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Read a column of dates as ``datetime64[D]``; a missing date is NaT if allowed."""
    blank = is_blank(frame[column])
    if required:
        _fail(frame, blank, column, "no date", DATE_CURE)
    if isinstance(frame[column].dtype, pd.ArrowDtype):
        frame = frame.assign(**{column: pd.Series(list(frame[column]), frame.index)})
    dates = to_days(frame[column])
    _fail(frame, np.isnat(dates) & ~blank, column, "{} is not a date that can be read", DATE_CURE)
    _check_midnight(frame, column)
    return dates


def to_days(values: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Days of a column, NaT where there is none or it cannot be read.

    Examples
    --------
    >>> to_days(pd.Series(["2022-04-18", "18.04.2022", None]))
    array(['2022-04-18',        'NaT',        'NaT'], dtype='datetime64[D]')
    """
    if isinstance(values.dtype, np.dtype | pd.DatetimeTZDtype) and is_datetime64_any_dtype(
        values.dtype
    ):  # read already: hundreds of times faster than one by one
        dates = np.asarray(values.dt.tz_localize(None).to_numpy(), dtype="datetime64[D]")
        low, high = (np.datetime64(f"{year}", "D") for year in (FIRST_YEAR, LAST_YEAR + 1))
        return np.where((dates < low) | (dates >= high), np.datetime64("NaT", "D"), dates)
    listed = list(values.astype(object))
    read: dict[object, np.datetime64] = {}
    for value, gone in zip(listed, is_blank(values), strict=True):
        if value not in read:
            stamp = None if gone else parse_date(value)
            read[value] = np.datetime64("NaT", "D") if stamp is None else np.datetime64(stamp, "D")
    return np.array([read[value] for value in listed], dtype="datetime64[D]")


def _check_midnight(frame: pd.DataFrame, column: str) -> None:
    """Refuse midnights of another zone, which all are one time of day there, or two by season."""
    if not isinstance(frame[column].dtype, pd.DatetimeTZDtype):
        return
    local = frame[column].dt.tz_localize(None)
    hours = _few_times(local)
    if len(hours) and all(hours > np.timedelta64(0, "ns")):
        cure = "convert it to the zone of the poll, as by .dt.tz_convert('Europe/Moscow')"
        what = "{} is no midnight, as none is: its day hangs on the time zone"
        _fail(frame, local.notna().to_numpy(), column, what, cure)


def _few_times(stamps: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.timedelta64]]:
    """Times of day of a column, when there are one or two of enough stamps; otherwise none."""
    times = np.asarray((stamps - stamps.dt.normalize()).dropna().unique())
    return times if len(stamps) >= FEWEST_TIMES and len(times) <= 2 else times[:0]


def check_lost_zone(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse days that all begin in the evening before, as where a file lost its time zone.

    One column alone may well hold when fieldwork closed.

    Raises
    ------
    PollInputError
        When all times of day of all columns are one, or two by season, between noon and midnight,
        at a quarter of an hour, as midnights of zones east of Greenwich are.
    """
    for column in columns:
        dtype = frame[column].dtype
        if not isinstance(dtype, np.dtype) or not is_datetime64_any_dtype(dtype):
            return
        times = _few_times(frame[column])
        is_whole = times % np.timedelta64(15, "m") == np.timedelta64(0, "m")
        if not len(times) or not (is_whole & (times > np.timedelta64(12, "h"))).all():
            return
    cure = (
        "if these are midnights of the poll's zone in another one, add the hours between; "
        "otherwise take the times away, as by .dt.normalize()"
    )
    what = "{} is of an evening, as all are: by a midnight of another zone this is the next day"
    _fail(frame, frame[columns[0]].notna().to_numpy(), columns[0], what, cure)


def one_date(value: object, name: str = "date") -> np.datetime64:
    """Read a date that a caller passed as an argument.

    Raises
    ------
    PollInputError
        When it is no date.
    """
    stamp = parse_date(value)
    if stamp is None:
        raise PollInputError(f"{value!r} is not a date that can be read", DATE_CURE, name)
    return np.datetime64(stamp, "D")


def window_dates(window: object, name: str) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Days of a window, or the one day of a date, that a caller passed as an argument.

    Parameters
    ----------
    window : date or pair of dates
        First and last day, both included.
    name : str
        What the caller calls it.

    Raises
    ------
    PollInputError
        When a date cannot be read, or a window ends before it begins.

    Examples
    --------
    >>> window_dates(("2022-04-01", "2022-04-03"), "start").astype(str).tolist()
    ['2022-04-01', '2022-04-02', '2022-04-03']
    """
    if not isinstance(window, tuple | list):
        return np.array([one_date(window, name)])
    if len(window) != 2:
        raise PollInputError(
            f"{name} holds {len(window)} dates", "give one date, or the first and last of a window"
        )
    first, last = (one_date(date, name) for date in window)
    if last < first:
        raise PollInputError(f"{name} ends on {last}, before it begins", "give the first day first")
    return np.arange(first, last + np.timedelta64(1, "D"))


def days_ahead(last: np.datetime64, steps: object) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Days after the last poll: so many, or up to a date.

    Examples
    --------
    >>> days_ahead(np.datetime64("2022-04-10"), "2022-04-12").astype(str).tolist()
    ['2022-04-11', '2022-04-12']
    """
    if isinstance(steps, int | np.integer) and not isinstance(steps, bool):
        end = last + np.timedelta64(max(0, min(int(steps), MOST_DAYS)), "D")
    else:
        end = one_date(steps, "steps")
    if not last < end <= np.datetime64(f"{LAST_YEAR}-12-31"):
        cure = (
            f"give a number of days, 1 or more, or a date after {last} and before {LAST_YEAR + 1}"
        )
        raise PollInputError(f"steps is {steps!r}", cure)
    return np.arange(last + np.timedelta64(1, "D"), end + np.timedelta64(1, "D"))
