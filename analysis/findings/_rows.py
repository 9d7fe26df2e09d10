"""What a row of the findings holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from analysis.claims import Window

COLUMNS = (
    "finding", "topic", "house_id", "unit", "base", "start", "start_until", "end", "end_until",
    "panel", "n_houses", "mean", "lower", "upper", "prob_negative", "direction", "interval",
)  # fmt: skip
POSTERIOR = "95% posterior"


def say_direction(lower: float, upper: float, none: float = 0.0) -> str:
    """Direction that an interval carries: one that touches "no change" carries none.

    Parameters
    ----------
    lower, upper : float
        Ends of the interval.
    none : float
        Value of no change or no difference; 1 for a ratio.

    Returns
    -------
    {"fallen", "risen", "unclear"}

    Examples
    --------
    >>> say_direction(-8.6, -4.0), say_direction(-5.7, 0.1)
    ('fallen', 'unclear')
    """
    return "fallen" if upper < none else "risen" if lower > none else "unclear"


def change_row(
    finding: str,
    change: Mapping[str, Any] | pd.Series[Any],
    spans: tuple[Window, Window],
    houses: Iterable[str],
    *,
    base: str,
    interval: str = POSTERIOR,
) -> dict[str, Any]:
    """Make a row of a change between two windows.

    Parameters
    ----------
    finding : str
        Its name; what stands before the first full stop is the topic.
    change : mapping or Series
        mean, lower, upper (points), prob_negative where known.
    spans : pair of Window
    houses : iterable of str
        Houses whose mean it is.
    base : str
        Name of the first window.
    interval : str
        What the interval is.
    """
    names = list(houses)
    start, end = spans
    return {
        "finding": finding,
        "topic": finding.split(".")[0],
        "house_id": names[0] if len(names) == 1 else None,
        "unit": "points",
        "base": base,
        "start": start.start,
        "start_until": start.end,
        "end": end.start,
        "end_until": end.end,
        "panel": ",".join(names),
        "n_houses": len(names),
        **{name: float(change[name]) for name in ("mean", "lower", "upper")},
        "prob_negative": float(change.get("prob_negative", float("nan"))),
        "direction": say_direction(change["lower"], change["upper"]),
        "interval": interval,
    }


def as_frame(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Put rows into the columns that all findings have."""
    return pd.DataFrame([dict(row) for row in rows], columns=list(COLUMNS))


def number_row(
    finding: str,
    mean: float,
    lower: float = float("nan"),
    upper: float = float("nan"),
    *,
    unit: str,
    interval: str = "",
    house_id: str | None = None,
) -> dict[str, Any]:
    """Make a row of a level, a difference or a ratio, which spans no windows.

    Parameters
    ----------
    finding : str
    mean, lower, upper : float
    unit : {"points", "percent", "ratio", "count"}
    interval : str
        What the interval is; empty without one.
    house_id : str, optional
    """
    direction = ""
    if unit in ("points", "ratio") and not pd.isna(lower):
        none = 1.0 if unit == "ratio" else 0.0
        words = {"fallen": "lower", "risen": "higher", "unclear": "unclear"}
        direction = words[say_direction(lower, upper, none)]
    return {
        "finding": finding,
        "topic": finding.split(".")[0],
        "house_id": house_id,
        "unit": unit,
        "mean": float(mean),
        "lower": float(lower),
        "upper": float(upper),
        "direction": direction,
        "interval": interval,
    }
