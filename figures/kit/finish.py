"""The one finisher: title, subtitle, key, foot, and the room between them for the axes."""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from figures.kit.axes import keep_years_apart
from figures.kit.edition import DEFAULT, RELEASE, Edition
from figures.kit.labels import NO_BREAK, label, show_date
from figures.kit.layout import lead_evenly, root_figure, settle, wrap_text
from figures.kit.style import INK, house_style, marker_size, new_figure

# Distances in points.
SIDE = 12.0
TOP = 11.0
BOTTOM = 9.0
GAP = 6.0
BETWEEN = 4.0
KEY_SPACE = 12.0
LEADING = 1.35
# Height of a capital letter, of the size of its type.
CAPITAL = 0.73
# Of a row that is named above its mark.
ROW = 18.0
# Lines of a title.
MOST_LINES = 2
# What the names of two rows keep apart, lines of type within a name less.
APART = 2.0
SHORT_DAY = {"en": "d MMM y", "ru": "dd.MM.y", "uk": "dd.MM.y"}
# Of a digest of the tables as many digits as tell two versions apart at sight.
DIGEST = 8


class KeyEntry(NamedTuple):
    """A mark and what it means; marker "" leaves words alone, such as a heading."""

    marker: str
    colour: str
    words: str


def finish(
    fig: Figure,
    title: str,
    subtitle: str,
    source: str,
    data_to: date | pd.Timestamp,
    *,
    note: str = "",
    key: Sequence[KeyEntry] = (),
    foot_key: Sequence[KeyEntry] = (),
    rows: int = 0,
    edition: Edition = DEFAULT,
) -> Figure:
    """Give a figure its words, and its axes the room that is left.

    Parameters
    ----------
    fig : Figure
        Figure with its axes drawn; changed in place. What hangs out of the axes (tick
        labels, labels in the margin) is measured and kept inside the figure.
    title : str
        The finding, in a sentence without a stop.
    subtitle : str
        What is measured, by which question, in which unit.
    source : str
        Who made the numbers; compulsory.
    data_to : date
        Last day of the data.
    note : str
        What a reader has to know about the estimate; a line above the source.
    key, foot_key : sequence of KeyEntry
        What colours and marks mean where direct labels cannot say it, in rows under the
        subtitle and under the axes.
    rows : int
        Rows that are named above their marks, or lines of type that panels are as high as: on
        a phone the figure grows until there is room for them, since pages there are scrolled.
        All but a card grow where names of rows, beside them, would run into each other.
    edition : Edition
        Language and last day of publication, as the foot names them.

    Returns
    -------
    Figure
        The same figure. Its title is `fig.get_suptitle()`.

    Raises
    ------
    ValueError
        Title, subtitle or source is empty, or the words leave no room for the axes.

    See Also
    --------
    figures.kit.save.save : writes a finished figure.

    Examples
    --------
    >>> from figures.kit.style import house_style, new_figure
    >>> with house_style():
    ...     fig, ax = new_figure()
    >>> fig = finish(fig, "Nothing changed", "Percent", "Made up", date(2022, 4, 18))
    >>> fig.texts[-1].get_text().replace(NO_BREAK, " ").split(" · ")[0]
    'Source: Made up, to 18 Apr 2022'
    """
    for name, words in (("title", title), ("subtitle", subtitle), ("source", source)):
        if not words.strip():
            raise ValueError(f"A finished figure needs a {name}; it is empty.")
    is_small = edition.size == "phone" and bool(edition.short)
    with house_style():
        head: list[_Words] = [_Words(edition.short if is_small else title, 0)]
        if is_small:  # a short title asks, the finding answers
            head.append(_Words(title, 9))
        head.append(_Words(subtitle, 8 if is_small else 9, "quiet" if is_small else "main"))
        foot = [_Words(foot_line(source, data_to, edition), 7.5, "quiet", "foot")]
        if note:
            foot.append(_Words(note, 7.5, "quiet", "note"))
        done, low, high = _set_words(fig, head, foot, key, foot_key)
        lack = points(fig, rows * ROW + ROW) - (high - low)
        if edition.size == "phone" and lack > 0:
            done, low, high = _grow(fig, lack, done, head, foot, key, foot_key)
        fit_axes(fig, low, high)
        lack = max((_lack_of_rows(ax) for ax in fig.axes), default=0)
        if edition.size != "card" and lack > 0:
            done, low, high = _grow(fig, lack, done, head, foot, key, foot_key)
            fit_axes(fig, low, high)
        # What is as high as it is wide leaves room that a page, where one scrolls, has no need of.
        spare = high - low - _axes_height(fig)
        if edition.size == "phone" and spare > points(fig, ROW):
            _, low, high = _grow(fig, -spare, done, head, foot, key, foot_key)
            fit_axes(fig, low, high)
        for ax in fig.axes:
            keep_years_apart(ax)
    return fig


def foot_line(source: str, data_to: date | pd.Timestamp, edition: Edition = DEFAULT) -> str:
    """Sources, last day of the data and whose work a figure is, in one line.

    Parameters
    ----------
    source, data_to, edition
        As for `finish`.

    Examples
    --------
    >>> edition = Edition(data=("2022-04-18", "a1b2c3d4e5"), as_of=date(2022, 4, 18))
    >>> line = foot_line("Made up", date(2022, 4, 15), edition).replace(NO_BREAK, " ")
    >>> line.split(" · ")[0]
    'Source: Made up, to 15 Apr 2022, published by 18 Apr 2022'
    >>> line.endswith(" (a1b2c3d4), CC BY 4.0")
    True
    """
    values = {"source": source, "date": _show_short(data_to, edition)}
    key = "foot.line"
    if edition.as_of is not None:
        key, values["as_of"] = "foot.line_as_of", _show_short(edition.as_of, edition)
    credit = credit_line(edition)
    if not edition.credit:  # a line of its own, where there is no room: a part alone says nothing
        credit = credit.replace(" ", NO_BREAK)
    return f"{label(key, edition, **values)}{NO_BREAK}· {credit}"


def credit_line(edition: Edition = DEFAULT) -> str:
    """Whose work a figure is, in which version and under which licence.

    Examples
    --------
    >>> credit_line(Edition(credit="The Daily"))
    'The Daily'
    """
    if edition.credit:
        return edition.credit
    if edition.data is None:
        return label("foot.credit", edition, release=RELEASE)
    digest = edition.data[1][:DIGEST]
    return label("foot.credit_data", edition, release=RELEASE, data=digest)


def _show_short(day: date | pd.Timestamp, edition: Edition) -> str:
    return show_date(day, edition, SHORT_DAY[edition.lang]).replace(" ", NO_BREAK)


def source_line(
    source: str,
    data_to: date | pd.Timestamp,
    edition: Edition = DEFAULT,
) -> str:
    """Sources, last day of the data and whose work a figure is, for the caption.

    Parameters
    ----------
    source, data_to, edition
        As for `finish`.

    Examples
    --------
    >>> line = source_line("Made up", date(2022, 4, 15), Edition(as_of=date(2022, 4, 18)))
    >>> line.replace(NO_BREAK, " ").split(" Russian")[0]
    'Source: Made up. Data to 15 April 2022, of the polls published by 18 April 2022.'
    """
    day = show_date(data_to, edition).replace(" ", NO_BREAK)
    if edition.as_of is None:
        words = label("foot.source", edition, source=source, date=day)
    else:
        by = show_date(edition.as_of, edition).replace(" ", NO_BREAK)
        words = label("foot.source_as_of", edition, source=source, date=day, as_of=by)
    words = f"{words} {credit_line(edition)}."
    if edition.data is None:
        return words
    newest = show_date(date.fromisoformat(edition.data[0]), edition).replace(" ", NO_BREAK)
    return f"{words} {label('foot.data', edition, date=newest, digest=edition.data[1][:DIGEST])}"


def fit_axes(fig: Figure, low: float, high: float) -> None:
    """Fit all axes of a figure, with what hangs out of them, between two heights.

    Parameters
    ----------
    fig : Figure
        Changed in place.
    low, high : float
        Pixels from the lower edge of the figure.

    Raises
    ------
    ValueError
        There is no room left.
    """
    side = points(fig, SIDE)
    edges = (side, low, fig.bbox.width - side, high)
    room = Bbox.from_extents(*(settle(edge) for edge in edges))
    inner = room
    # Tick labels change with the size of the axes, so once is not always enough.
    for _ in range(3):
        if inner.x1 <= inner.x0 or inner.y1 <= inner.y0:
            raise ValueError(
                "The words leave no room for the picture. Shorten them or take a larger size."
            )
        fig.subplots_adjust(
            left=inner.x0 / fig.bbox.width,
            right=inner.x1 / fig.bbox.width,
            bottom=inner.y0 / fig.bbox.height,
            top=inner.y1 / fig.bbox.height,
        )
        boxes = [box for ax in fig.axes if (box := ax.get_tightbbox()) is not None]
        used = Bbox.union(boxes)
        if np.allclose(used.get_points(), room.get_points(), atol=0.5):
            return
        wanted = inner.get_points() + room.get_points() - used.get_points()
        inner = Bbox.from_extents(*(settle(float(edge)) for edge in wanted.ravel()))


def points(fig: Figure, size: float) -> float:
    """Pixels of a distance in points.

    Examples
    --------
    >>> points(Figure(dpi=96), 12)
    16.0
    """
    return size * fig.dpi / 72


def first_that_fits(titles: Sequence[str], edition: Edition = DEFAULT) -> str:
    """Choose the fullest title of two lines in an article, which is the narrowest that has it.

    Parameters
    ----------
    titles : sequence of str
        From the fullest to the shortest, which is taken if none fits.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> first_that_fits(["A long name " * 20, "A name"])
    'A name'
    """
    with house_style():
        fig, _ = new_figure(Edition(edition.lang))
        for title in titles[:-1]:
            text = fig.suptitle(title)
            wrap_text(text, fig.bbox.width - 2 * points(fig, SIDE))
            if len(text.get_text().splitlines()) <= MOST_LINES:
                return title
    return titles[-1]


class _Words(NamedTuple):
    """Words of a figure outside its axes; of no size is the title."""

    words: str
    size: float
    ink: str = "main"
    gid: str = ""


def _set_words(
    fig: Figure,
    head: Sequence[_Words],
    foot: Sequence[_Words],
    key: Sequence[KeyEntry],
    foot_key: Sequence[KeyEntry],
) -> tuple[list[Artist], float, float]:
    """Set words down from the top and up from the foot; return them, and the room between."""
    gap = points(fig, GAP)
    there: set[Artist | None] = set(fig.get_children())
    title: Text | None = None
    high = fig.bbox.height - points(fig, TOP)
    for one in head:
        if one.size:
            text = fig.text(0, 0, one.words, size=one.size)
        else:  # the figure keeps its title, and sets it anew
            text = title = fig.suptitle(one.words)
        text.set_color(INK[one.ink])
        high = _set_text(text, high, "top") - gap
    high = _add_key(fig, key, high, "top", size=8.5) - gap
    low = points(fig, BOTTOM)
    for one in foot:
        text = fig.text(0, 0, one.words, size=one.size, color=INK[one.ink], gid=one.gid)
        text.set_label(one.words)  # in one line, for a card
        low = _set_text(text, low, "bottom") + points(fig, BETWEEN)
        # Where its parts stand in lines of their own, nothing has to part them.
        text.set_text("\n".join(line.removesuffix(f"{NO_BREAK}·") for line in _lines(text)))
    low += gap - points(fig, BETWEEN)
    low = _add_key(fig, foot_key, low, "bottom", size=8) + gap
    there.add(title)
    return [artist for artist in fig.get_children() if artist not in there], low, high


def _grow(
    fig: Figure,
    pixels: float,
    done: Sequence[Artist],
    head: Sequence[_Words],
    foot: Sequence[_Words],
    key: Sequence[KeyEntry],
    foot_key: Sequence[KeyEntry],
) -> tuple[list[Artist], float, float]:
    """Make a figure higher, or lower, and set its words anew."""
    for artist in done:
        artist.remove()
    fig.set_figheight(math.ceil(fig.bbox.height + pixels) / fig.dpi)
    return _set_words(fig, head, foot, key, foot_key)


def _lack_of_rows(ax: Axes) -> float:
    """Pixels by which axes are too low for the names of their rows to keep apart."""
    gap = points(root_figure(ax), APART)
    names = [text for text in ax.get_yticklabels() if text.get_visible() and text.get_text()]
    boxes = sorted((text.get_window_extent() for text in names), key=lambda box: float(box.y0))
    needed = 1.0
    for below, above in pairwise(boxes):
        apart = (above.y0 + above.y1 - below.y0 - below.y1) / 2
        high = (above.height + below.height) / 2 + gap
        # Ticks in one place have nothing to keep apart.
        if apart > 0:
            needed = max(needed, high / apart)
    return float(ax.bbox.height * (needed - 1))


def _axes_height(fig: Figure) -> float:
    """Pixels from the lowest to the highest that axes and what hangs out of them reach."""
    boxes = [box for ax in fig.axes if (box := ax.get_tightbbox()) is not None]
    return float(Bbox.union(boxes).height) if boxes else math.inf


def _lines(text: Text) -> list[str]:
    return text.get_text().split("\n")


def _set_text(text: Text, at: float, side: Literal["top", "bottom"]) -> float:
    """Set text down from its top or up from its bottom; return its other edge in pixels."""
    fig = root_figure(text)
    left = points(fig, SIDE)
    text.set_position((settle(left) / fig.bbox.width, settle(at) / fig.bbox.height))
    text.set(ha="left", va=side)
    lead_evenly(text)
    # The line of the source breaks between its parts, however short the last is.
    wrap_text(text, fig.bbox.width - 2 * left, even=text.get_gid() != "foot")
    box = text.get_window_extent()
    return float(box.y0 if side == "top" else box.y1)


def _add_key(
    fig: Figure,
    key: Sequence[KeyEntry],
    at: float,
    side: Literal["top", "bottom"],
    *,
    size: float,
) -> float:
    """Set marks and words in as few rows as fit; return the other edge in pixels."""
    left, right = points(fig, SIDE), fig.bbox.width - points(fig, SIDE)
    line = points(fig, size * LEADING * 1.1)
    texts = [fig.text(0, 0, entry.words, ha="left", va="baseline", size=size) for entry in key]
    places: list[tuple[float, int]] = []
    across, row, depth = left, 0, 0
    for entry, text in zip(key, texts, strict=True):
        text.set_linespacing(LEADING)
        wrap_text(text, right - left - _indent(fig, entry, size), even=True)
        width = _indent(fig, entry, size) + text.get_window_extent().width
        if across > left and across + width > right:
            across, row = left, depth
        places.append((across, row))
        across += width + points(fig, KEY_SPACE)
        depth = max(depth, row + len(_lines(text)))
    top = at if side == "top" else at + depth * line
    for entry, text, (across, row) in zip(key, texts, places, strict=True):
        middle = top - (row + 0.5) * line
        x = settle(across + _indent(fig, entry, size)) / fig.bbox.width
        # Words of a row stand on one line, whichever of them have letters that hang below it.
        rest = (len(_lines(text)) - 1) * text.get_window_extent().height / len(_lines(text))
        foot = middle - points(fig, size * CAPITAL / 2) - rest
        text.set_position((x, settle(foot) / fig.bbox.height))
        if entry.marker:
            x = settle(across + points(fig, size * 0.4)) / fig.bbox.width
            fig.add_artist(_make_mark(entry, x, settle(middle) / fig.bbox.height, size))
    return top - depth * line if side == "top" else top


def _indent(fig: Figure, entry: KeyEntry, size: float) -> float:
    return points(fig, size * 1.1) if entry.marker else 0.0


def _make_mark(entry: KeyEntry, x: float, y: float, size: float) -> Line2D:
    return Line2D(
        [x],
        [y],
        color=entry.colour,
        linestyle="none",
        marker=entry.marker,
        markersize=marker_size(entry.marker, size * 0.7),
        markeredgewidth=0,
    )
