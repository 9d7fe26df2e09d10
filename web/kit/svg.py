"""Small drawings inside a page, as SVG whose colours follow the style sheet, in light and dark.

A strict page allows no style attribute: what is drawn carries classes and plain attributes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from web.kit.words import Words

# Width and height of a stacked bar and of a sparkline, in CSS pixels.
BAR = (120, 12)
SPARK = (120, 28)
# A series on the page of a pollster or a question.
SERIES = (720, 300)
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 12, 30
DOT = 4.0


@dataclass(frozen=True)
class Dots:
    """Polls of one answer: days, percent, a class for their colour, and what they are.

    Parameters
    ----------
    dates : sequence of Timestamp
    values : sequence of float
        Percent.
    name : str
        Class, such as "for".
    titles : sequence of str
        What is read of each dot; may be empty.
    joined : bool
        Is a line drawn through them.
    """

    dates: Sequence[pd.Timestamp]
    values: Sequence[float]
    name: str
    titles: Sequence[str] = field(default=())
    joined: bool = False


def draw_bar(parts: Sequence[tuple[str, float]], words: str) -> Markup:
    """Draw shares of 100 side by side; what is missing to 100 stays empty.

    Parameters
    ----------
    parts : sequence of (class, percent)
    words : str
        The same for those who do not see it.

    Examples
    --------
    >>> str(draw_bar([("for", 50.0)], "<50>")).count("<rect"), "&lt;50&gt;" in draw_bar([], "<50>")
    (2, True)
    """
    width, height = BAR
    start, rects = 0.0, []
    for name, share in parts:
        rects.append(
            f'<rect class="{name}" x="{start:.1f}" y="0" width="{share / 100 * width:.1f}" '
            f'height="{height}"/>'
        )
        start += share / 100 * width
    ground = f'<rect class="ground" x="0" y="0" width="{width}" height="{height}"/>'
    return _wrap("bar", width, height, words, ground + "".join(rects))


def draw_sparkline(
    dates: Sequence[pd.Timestamp], values: Sequence[float], words: str, limits: tuple[float, float]
) -> Markup:
    """Draw a line through a few values, the last one marked.

    Parameters
    ----------
    dates, values : sequences of equal length
        At least one; percent.
    words : str
        The same for those who do not see it.
    limits : pair of float
        Days since 1970 at both ends, so that lines of several houses can be compared.
    """
    width, height = SPARK
    x = np.interp(_days(dates), limits, (3, width - 3))
    y = np.interp(values, (0, 100), (height - 3, 3))
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    line = f'<polyline class="line" points="{path}"/>'
    half = f'<line class="half" x1="0" x2="{width}" y1="{height / 2}" y2="{height / 2}"/>'
    end = f'<circle class="end" cx="{x[-1]:.1f}" cy="{y[-1]:.1f}" r="2.5"/>'
    return _wrap("spark", width, height, words, half + line + end)


def draw_dot_plot(quantiles: Sequence[float], words: Words, text: str) -> Markup:
    """Draw equally likely values as dots upon each other: those below zero and the others.

    Parameters
    ----------
    quantiles : sequence of float
        Each stands for the same probability (Kay, Kola, Hullman and Munson 2016, quantile
        dotplots).
    words : Words
    text : str
        The same for those who do not see it.
    """
    # Room at both ends for half of the number there.
    radius, width, margin = 6.0, 480, 18.0
    low = min(np.floor(min(quantiles)) - 1, -1.0)
    high = max(np.ceil(max(quantiles)) + 1, 1.0)
    scale = (width - 2 * margin) / (high - low)
    step = 2 * radius / scale  # a column of dots, in points of percent
    columns: dict[int, int] = {}
    places = []
    for value in sorted(quantiles):
        column = int(np.floor((value - low) / step))
        columns[column] = columns.get(column, 0) + 1
        places.append((column, columns[column], value < 0))
    tall = max(columns.values()) * 2 * radius
    height = tall + 26
    dots = "".join(
        f'<circle class="{"below" if below else "above"}" r="{radius - 1:.1f}" '
        f'cx="{margin + radius * (2 * column + 1):.1f}" cy="{tall - radius * (2 * n - 1):.1f}"/>'
        for column, n, below in places
    )
    marks = []
    for tick in range(int(np.ceil(low)), int(high) + 1):
        x = margin + (tick - low) * scale
        if tick == 0:
            marks.append(
                f'<line class="zero" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{tall + 6:.1f}"/>'
            )
        if tick % 2 == 0:
            marks.append(
                f'<text x="{x:.1f}" y="{tall + 19:.1f}" text-anchor="middle">'
                f"{words.number(tick, sign=True)}</text>"
            )
    base = f'<line class="axis" x1="0" x2="{width}" y1="{tall:.1f}" y2="{tall:.1f}"/>'
    return _wrap("dotplot", width, height, text, base + "".join(marks) + dots)


def draw_series(
    answers: Sequence[Dots],
    words: Words,
    text: str,
    *,
    trend: pd.DataFrame | None = None,
    limits: tuple[pd.Timestamp, pd.Timestamp],
) -> Markup:
    """Draw polls over time, with the estimate and its band where one is given.

    Parameters
    ----------
    answers : sequence of Dots
    words : Words
    text : str
        The same for those who do not see it.
    trend : DataFrame, optional
        date, mean, lower, upper (percent).
    limits : pair of Timestamp
        First and last day of the axis.
    """
    width, height = SERIES
    ends = tuple(_days(limits))

    def across(dates: Sequence[pd.Timestamp]) -> list[float]:
        return list(np.interp(_days(dates), ends, (LEFT, width - RIGHT)))

    def up(values: Sequence[float]) -> list[float]:
        return list(np.interp(values, (0, 100), (height - BOTTOM, TOP)))

    parts = [_draw_grid(words, limits, across, up)]
    if trend is not None:
        x = across(list(trend["date"]))
        lower, upper, mean = (up(trend[name].to_list()) for name in ("lower", "upper", "mean"))
        around = _points([*x, *reversed(x)], [*upper, *reversed(lower)])
        parts.append(f'<polygon class="band" points="{around}"/>')
        parts.append(f'<polyline class="estimate" points="{_points(x, mean)}"/>')
    for dots in answers:
        parts.append(_draw_dots(dots, across(dots.dates), up(dots.values)))
    return _wrap("series", width, height, text, "".join(parts))


def _draw_dots(dots: Dots, x: Sequence[float], y: Sequence[float]) -> str:
    line = f'<polyline class="{dots.name} line" points="{_points(x, y)}"/>' if dots.joined else ""
    titles = dots.titles or [""] * len(x)
    circles = "".join(
        f'<circle class="{dots.name}" cx="{a:.1f}" cy="{b:.1f}" r="{DOT}">'
        + (f"<title>{escape(title)}</title>" if title else "")
        + "</circle>"
        for a, b, title in zip(x, y, titles, strict=True)
    )
    return line + circles


def _draw_grid(
    words: Words,
    limits: tuple[pd.Timestamp, pd.Timestamp],
    across: Callable[[Sequence[pd.Timestamp]], list[float]],
    up: Callable[[Sequence[float]], list[float]],
) -> str:
    width, height = SERIES
    parts = []
    for share in range(0, 101, 25):
        (y,) = up([share])
        name = "half" if share == 50 else "grid"
        parts.append(f'<line class="{name}" x1="{LEFT}" x2="{width - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{words.number(share)}</text>'
        )
    for year in range(limits[0].year, limits[1].year + 1):
        start = max(pd.Timestamp(year, 1, 1), limits[0])
        (x,) = across([start])
        parts.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - BOTTOM}"/>'
        )
        (end,) = across([min(pd.Timestamp(year + 1, 1, 1), limits[1])])
        if end - x > 40:
            parts.append(f'<text x="{x + 4:.1f}" y="{height - 8}">{year}</text>')
    return "".join(parts)


def _points(x: Sequence[float], y: Sequence[float]) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))


def _days(dates: Sequence[pd.Timestamp]) -> list[float]:
    return [date.timestamp() / 86400 for date in dates]


def _wrap(name: str, width: float, height: float, words: str, inside: str) -> Markup:
    return Markup(
        f'<svg class="{name}" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(words)}">{inside}</svg>'
    )
