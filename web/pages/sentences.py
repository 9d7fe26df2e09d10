"""Changes and windows in words, as several kinds of pages tell them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from figures.kit.changes import name_time
from web.kit import View
from web.material import Material
from web.waves import name_pollster


def tell_change(material: Material, view: View, row: Mapping[str, Any]) -> dict[str, str]:
    """A change between two windows in words: size, interval, windows, pollsters.

    Parameters
    ----------
    material : Material
    view : View
    row : mapping
        mean, lower, upper (points), start, start_until, end_until (days), panel (ids of houses),
        as a finding has them.
    """
    houses = str(row["panel"]).split(",")
    return {
        # With a decimal, even of nought, it is the form of fractions.
        "change": view.t("count.points.other", n=view.number(row["mean"], 1, sign=True)),
        "ends": view.interval(row["lower"], row["upper"]),
        "start": tell_window(view, row),
        "end": view.t("window.year", month=view.day(row["end_until"], "LLLL y")),
        "panel": view.n("front.panel", len(houses)),
        "names": ", ".join(name_pollster(material, view, house) for house in houses),
    }


def tell_window(view: View, row: Mapping[str, Any]) -> str:
    """Name the window that a change begins with: its months, or its days."""
    first, last = row["start"], row["start_until"]
    if first.day == 1 and last == last + pd.offsets.MonthEnd(0):
        return name_time(first, view.edition, last)
    return f"{view.day(first, 'd MMMM')}\N{NO-BREAK SPACE}– {view.day(last)}"


def say(view: View, row: Mapping[str, Any]) -> str:
    """Size and interval of a change."""
    return f"{view.number(row['mean'], 1, sign=True)} ({view.interval(row['lower'], row['upper'])})"
