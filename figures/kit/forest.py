"""Rows of estimates with their intervals, each named at the left and told at the right."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from babel.numbers import format_percent
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from figures.kit.edition import Edition
from figures.kit.finish import SIDE
from figures.kit.labels import label, show_number
from figures.kit.layout import root_figure
from figures.kit.style import ESTIMATE, INK, marker_size

DIGITS = 2
# Points between the axes and the column of numbers at its right.
ASIDE = 8
# Points from a mark up to its words on a phone.
ABOVE = 3.5
# Of words among the marks: above grid lines (1 at the most) and below what is drawn (from 2 on).
BEHIND_MARKS = 1.2
# Points that name and numbers keep apart there, and what stands in brackets.
BESIDE = 10
# Of the way to the next row a heading stands lower there.
LOWER = 0.3
BRACKETS = re.compile(r"\s\([^()]*\)")


class Row(NamedTuple):
    """An estimate: its name, its interval, and words beside it; without both, a heading."""

    words: str
    mean: float = np.nan
    lower: float = np.nan
    upper: float = np.nan
    colour: str = ESTIMATE
    marker: str = "o"
    aside: str = ""
    weight: str = "normal"


def draw_rows(
    ax: Axes,
    rows: Sequence[Row],
    edition: Edition,
    *,
    line: float,
    unit: str = "points",
    heading: str = "",
    above: float = 0.0,
) -> int:
    """Draw a dot with its 95% interval for each row, the first row at the top.

    Parameters
    ----------
    ax : Axes
        Changed in place; its x axis gets the values.
    rows : sequence of Row
        What to draw.
    edition : Edition
        Its language is used.
    line : float
        Value that the rows are held against, such as 0 points or 50 percent.
    unit : {"points", "percent"}
        Points have a sign, percent the sign of percent.
    heading : str
        Words above the numbers at the right.
    above : float
        Points from a mark up to its words on a phone, where the usual ones are too few.

    Returns
    -------
    int
        Number of rows, for `figures.kit.finish.finish`.

    Examples
    --------
    >>> from figures.kit.style import new_figure
    >>> fig, ax = new_figure()
    >>> draw_rows(ax, [Row("Levada", 12.7, 10.4, 14.9, aside="+13")], Edition(), line=0)
    1
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['Levada']
    """
    ax.axvline(line, color=INK["quiet"], linewidth=0.8, zorder=1, gid="line")
    if edition.size == "phone" and not _fit_beside(ax, rows):
        # Where a line has no room for name and interval, the interval is drawn only.
        rows = [row._replace(aside=drop_brackets(row.aside)) for row in rows]
        heading = drop_brackets(heading)
    for place, row in enumerate(rows):
        if np.isfinite(row.mean):
            # The last digits of a fit depend on the processor.
            mean, lower, upper = (
                round(value, DIGITS) for value in (row.mean, row.lower, row.upper)
            )
            _draw_row(ax, place, row._replace(mean=mean, lower=lower, upper=upper))
        if row.aside:
            write_aside(ax, place, row.aside, edition, weight=row.weight, above=above or ABOVE)
    if heading:
        write_aside(ax, -0.9, heading, edition, colour=INK["quiet"])
    name_rows(
        ax,
        [(row.words, _weigh(row)) for row in rows],
        edition,
        above=above or ABOVE,
        headings=[place for place, row in enumerate(rows) if _is_heading(row)],
    )
    _label_values(ax, rows, edition, line, unit)
    return len(rows)


def drop_brackets(words: str) -> str:
    """Leave out what stands in brackets, such as an interval.

    Examples
    --------
    >>> drop_brackets("+13 (+10 to +15)")
    '+13'
    """
    return BRACKETS.sub("", words)


def show_interval(
    mean: float, lower: float, upper: float, edition: Edition, *, sign: bool = True
) -> str:
    """Write an estimate with its interval in whole points or percent.

    Examples
    --------
    >>> show_interval(12.7, 10.4, 14.9, Edition()).replace(chr(160), " ")
    '+13 (+10 to +15)'
    """
    mean_text, low, high = (
        show_number(value, edition, with_sign=sign) for value in (mean, lower, upper)
    )
    return label("interval", edition, mean=mean_text, low=low, high=high)


def _draw_row(ax: Axes, place: int, row: Row) -> None:
    ax.plot(
        [row.lower, row.upper],
        [place, place],
        color=row.colour,
        linewidth=1.8,
        solid_capstyle="butt",
        gid=f"interval-{place}",
    )
    ax.plot(
        [row.mean],
        [place],
        linestyle="none",
        marker=row.marker,
        markersize=marker_size(row.marker, 6.5),
        color=row.colour,
        markeredgecolor="white",
        markeredgewidth=0.5,
        gid=f"estimate-{place}",
    )


def _fit_beside(ax: Axes, rows: Sequence[Row]) -> bool:
    """Whether name and numbers of each row fit into one line of a figure."""
    fig = root_figure(ax)
    room = fig.bbox.width - fig.dpi * (2 * SIDE + BESIDE) / 72
    probe = fig.text(0, 0, "", size=8)
    widest = 0.0
    for row in rows:
        probe.set_fontweight(_weigh(row))
        probe.set_text(row.words.replace("\n", " ") + row.aside)
        widest = max(widest, probe.get_window_extent().width)
    probe.remove()
    return widest <= room


def _weigh(row: Row) -> str:
    return "bold" if _is_heading(row) else row.weight


def _is_heading(row: Row) -> bool:
    return bool(np.isnan(row.mean)) and not row.aside


def name_rows(
    ax: Axes,
    names: Sequence[tuple[str, str]],
    edition: Edition,
    *,
    above: float = ABOVE,
    headings: Sequence[int] = (),
) -> None:
    """Name rows at the left, or on a phone, where there is no room, above their marks.

    Parameters
    ----------
    ax : Axes
        Changed in place; the first row is at its top.
    names : sequence of (str, str)
        Words and weight of each row.
    edition : Edition
        Its size is used.
    above : float
        Points from a mark up to its words on a phone.
    headings : sequence of int
        Rows without a mark, which on a phone stand nearer to the row below than to that above.
    """
    if edition.size == "phone":
        ax.set_yticks([])
        for place, (words, weight) in enumerate(names):
            line = words.replace("\n", " ")
            down = LOWER if place in headings else 0.0
            _write(ax, (0, place + down), (0, above), line, "left", weight, INK["main"])
        ax.set_ylim(len(names) - 0.6, -0.9)
        return
    ax.set_yticks(range(len(names)), [words for words, _ in names])
    for (_, weight), text in zip(names, ax.get_yticklabels(), strict=True):
        text.set_fontweight(weight)
    ax.set_ylim(len(names) - 0.4, -0.6)


def write_aside(
    ax: Axes,
    place: float,
    words: str,
    edition: Edition,
    *,
    weight: str = "normal",
    colour: str = INK["main"],
    above: float = ABOVE,
) -> None:
    """Write beside a row, or on a phone above its right end.

    Parameters
    ----------
    ax : Axes
        Changed in place.
    place : float
        Row, counted from 0 at the top.
    words : str
        What to write.
    edition : Edition
        Its size is used.
    weight, colour : str
        Of the words.
    above : float
        Points from the row up to them on a phone.
    """
    if edition.size == "phone":
        _write(ax, (1, place), (0, above), words, "right", weight, colour)
    else:
        _write(ax, (1, place), (ASIDE, 0), words, "left", weight, colour)


def _write(
    ax: Axes,
    at: tuple[float, float],
    off: tuple[float, float],
    words: str,
    side: Literal["left", "right"],
    weight: str,
    colour: str,
) -> None:
    """Write at an edge of the axes; `off` in points."""
    text = ax.annotate(
        words,
        at,
        xycoords=("axes fraction", "data"),
        xytext=off,
        textcoords="offset points",
        ha=side,
        va="bottom" if off[1] else "center_baseline",
        size=8,
        color=colour,
        annotation_clip=False,
    )
    text.set_fontweight(weight)
    if off[1]:  # grid lines pass behind the words, and marks before them
        text.set(zorder=BEHIND_MARKS, bbox={"facecolor": "white", "linewidth": 0, "pad": 0.5})


def _label_values(ax: Axes, rows: Sequence[Row], edition: Edition, line: float, unit: str) -> None:
    ends = np.array([[row.lower, row.upper] for row in rows if np.isfinite(row.mean)])
    low, high = min(line, ends.min()), max(line, ends.max())
    space = 0.04 * (high - low)
    wide = root_figure(ax).bbox.width / root_figure(ax).dpi > 7
    ticks = MaxNLocator(7 if wide else 5, steps=[1, 2, 5, 10]).tick_values(low, high)
    ticks = ticks[(ticks >= low - space) & (ticks <= high + space)]
    if unit == "percent":
        names = [format_percent(tick / 100, locale=edition.locale) for tick in ticks]
    else:
        names = [show_number(tick, edition, with_sign=True) for tick in ticks]
    ax.set_xlim(low - space, high + space)
    ax.set_xticks(ticks, names)
    # Values run along here, so the grid stands upright.
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
