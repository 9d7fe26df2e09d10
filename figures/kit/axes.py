"""Axes that every figure shares: days along, percent up."""

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from babel.numbers import format_percent
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter
from matplotlib.units import ConversionInterface

from figures.kit.edition import Edition
from figures.kit.labels import show_date

# Below this many days years say too little, and months are named.
SHORT = 540
# A year or month of which fewer days than this share are seen is not named.
SEEN = 0.3
# Years are named every so many, the fewest that leave this space between two, in heights of a name.
EVERY_YEARS = (1, 2, 5, 10, 20, 50, 100)
GAP = 0.4


def day_number(day: pd.Timestamp) -> float:
    """Place of a day on a time axis: days from the first of 1970.

    Matplotlib counts from a day that a user may set, and another one moves the last digits.

    Examples
    --------
    >>> day_number(pd.Timestamp("1970-01-02 12:00"))
    1.5
    """
    return float(_number_days(day))


def _number_days(days: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Places of days of any kind, to the last digit as matplotlib's own from 1970 on."""
    stamps = pd.to_datetime(days, utc=True)
    stamps = stamps.dt if isinstance(stamps, pd.Series) else stamps
    exact = np.asarray(stamps.tz_localize(None), dtype="datetime64[ns]")
    whole = exact.astype("datetime64[s]")
    seconds = whole.astype(np.float64) + (exact - whole).astype(np.float64) / 1e9
    return np.asarray(np.where(np.isnat(exact), np.nan, seconds / 86400))


class _Days(ConversionInterface):
    """How axes of ours place what is no number: as days."""

    @staticmethod
    def convert(obj: Any, unit: object, axis: object) -> np.ndarray[Any, np.dtype[np.float64]]:
        del unit, axis
        return _number_days(obj)


class DatedFigure(Figure):
    """A figure whose axes place days alike, whatever matplotlib counts days from."""

    def add_subplot(self, *args: Any, **kwargs: Any) -> Axes:
        """Add axes, as `matplotlib.figure.Figure.add_subplot` does."""
        ax: Axes = super().add_subplot(*args, **kwargs)
        ax.xaxis.set_converter(_Days())
        return ax


def label_time(
    ax: Axes,
    first: date | pd.Timestamp,
    last: date | pd.Timestamp,
    edition: Edition,
    *,
    is_narrow: bool = False,
) -> None:
    """Set the limits of a time axis and name its years, or its months if it is short.

    A name stands in the middle of its year, between ticks on 1 January: readers take a
    label at a tick for the year on either side.  Where years lie too close only every second
    is named, or every fifth, tenth and so on.

    Parameters
    ----------
    ax : Axes
        Changed in place.
    first, last : date
        Limits.
    edition : Edition
        Its language is used.
    is_narrow : bool
        Is there no room for four digits a year, as on a phone.

    Examples
    --------
    >>> from figures.kit.style import new_figure
    >>> fig, ax = new_figure()
    >>> label_time(ax, date(2022, 2, 20), date(2024, 12, 31), Edition())
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['2022', '2023', '2024']
    """
    start, end = pd.Timestamp(first), pd.Timestamp(last)
    days = (end - start).days
    unit = "Y" if days > SHORT else "M"
    periods = pd.period_range(start, end, freq=unit)
    every = 1 if unit == "Y" else -(-len(periods) // 9)
    ticks: list[float] = []
    places: list[float] = []
    names: list[str] = []
    years: list[int] = []
    for i, period in enumerate(periods):
        opens, closes = max(start, period.start_time), min(end, period.end_time)
        if period.start_time >= start:
            ticks.append(day_number(period.start_time))
        whole = (period.end_time - period.start_time).days
        if i % every == 0 and (closes - opens).days >= SEEN * whole:
            places.append(day_number(opens + (closes - opens) / 2))
            is_named = unit == "M" and (not names or period.month <= every)
            name = _name(period, edition, with_year=is_named)
            years += [period.year] if unit == "Y" else []
            is_short = unit == "Y" and (is_narrow or edition.size == "phone")
            names.append(short_year(period.year) if is_short else name)
    ax.set_xlim(day_number(start), day_number(end))
    ax.set_xticks(places, names)
    if years:
        ax.xaxis.set_major_formatter(_YearNames(dict(zip(years, names, strict=True))))
        keep_years_apart(ax)
    ax.set_xticks(ticks, minor=True)
    ax.tick_params(axis="x", which="major", length=0, pad=5)
    ax.tick_params(
        axis="x", which="minor", length=4, width=0.8, color=ax.spines["bottom"].get_edgecolor()
    )


class _YearNames(FixedFormatter):
    """Names of years at places on an axis."""

    def __init__(self, names: dict[int, str]) -> None:
        super().__init__(list(names.values()))
        self.names = names


def keep_years_apart(ax: Axes) -> None:
    """Name so few years that their names keep apart: the round ones.

    Parameters
    ----------
    ax : Axes
        Changed in place, if its years were named by :func:`label_time`; as wide as it is printed.
    """
    formatter = ax.xaxis.get_major_formatter()
    if not isinstance(formatter, _YearNames):
        return
    # Panels that share their days have no names of their own that could be measured.
    probe = ax.text(0, 0, max(formatter.names.values(), key=len), size=rcParams["xtick.labelsize"])
    box = probe.get_window_extent()
    probe.remove()
    apart = box.width + GAP * box.height
    places = dict(zip(formatter.names, ax.get_xticks().tolist(), strict=True))
    at = {year: ax.transData.transform((place, 0.0))[0] for year, place in places.items()}
    for every in EVERY_YEARS:
        # Of years none of which is round enough the last is named.
        kept = [year for year in places if year % every == 0] or [max(places)]
        if all(at[later] - at[year] >= apart for year, later in pairwise(kept)):
            break
    ax.set_xticks([places[year] for year in kept])
    ax.xaxis.set_major_formatter(_YearNames({year: formatter.names[year] for year in kept}))


def label_percent(ax: Axes, low: float, high: float, edition: Edition, *, step: float = 10) -> None:
    """Set the limits of a percent axis, its foot at a whole step, and label its steps.

    Parameters
    ----------
    ax : Axes
        Changed in place.
    low, high : float
        Least and greatest value to be seen, in percent.
    edition : Edition
        In Russian a space stands before the sign.
    step : float
        Distance of grid lines.

    Examples
    --------
    >>> from figures.kit.style import new_figure
    >>> fig, ax = new_figure()
    >>> label_percent(ax, 43, 81, Edition())
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['40%', '50%', '60%', '70%', '80%']
    """
    bottom = max(0.0, low // step * step)
    top = min(100.0, high)
    ticks = [bottom + step * i for i in range(int((top - bottom) // step) + 1)]
    ax.set_ylim(bottom, top)
    ax.set_yticks(ticks, [format_percent(tick / 100, locale=edition.locale) for tick in ticks])


def short_year(year: int) -> str:
    """Write a year with its last two digits.

    Examples
    --------
    >>> short_year(2022)
    '’22'
    """
    return f"\N{RIGHT SINGLE QUOTATION MARK}{year % 100:02d}"


def _name(period: pd.Period, edition: Edition, *, with_year: bool) -> str:
    if period.freqstr.startswith("Y"):
        return str(period.year)
    name = show_date(period.start_time, edition, "LLL")
    return f"{name}\n{period.year}" if with_year else name
