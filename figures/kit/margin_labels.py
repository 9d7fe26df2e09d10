"""Direct labels in the right margin, instead of a legend."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import (
    BboxTransformTo,
    ScaledTranslation,
    Transform,
    blended_transform_factory,
)

from figures.kit.layout import (
    lead_evenly,
    root_figure,
    settle,
    shorten_text,
    spread_apart,
    wrap_text,
)
from figures.kit.style import FAINT, marker_size

# Inches from the right edge of the axes to the bends of a leader, the mark and the text, and of
# these what a narrow figure has room for.
BENDS = (2 / 72, 9 / 72)
MARK = 15 / 72
TEXT = 22 / 72
NARROW, TIGHT = 5.0, 0.6
TEXT_OF_NARROW = 16 / 72
LINE = 12 / 72  # height of a line of labels
# A label may take this share of the figure's width before it is cut.
WIDEST, WIDEST_OF_NARROW = 0.3, 0.38


class MarginLabel(NamedTuple):
    """A label: where it belongs on the y axis, its words, and the mark before them.

    The mark is a marker in matplotlib's notation, or "-" for a line.
    """

    level: float
    words: str
    colour: str
    mark: str
    weight: str = "normal"


class Margin:
    """Labels in the right margin of an axes, as near to their levels as they keep apart.

    Parameters
    ----------
    ax : Axes
        Its y limits are final.
    labels : sequence of MarginLabel
        What to write.
    """

    def __init__(self, ax: Axes, labels: Sequence[MarginLabel]) -> None:
        self.ax = ax
        self.labels = labels
        self._drawn: list[Artist] = []
        self._is_narrow = root_figure(ax).get_figwidth() < NARROW
        self._tight = TIGHT if self._is_narrow else 1.0
        self._text = TEXT_OF_NARROW if self._is_narrow else TEXT

    def draw(self) -> None:
        """Draw the labels; call it again when the height of the axes has changed."""
        for artist in self._drawn:
            artist.remove()
        self._drawn = []
        room = self.ax.bbox.height / self.ax.figure.dpi
        wanted = [_height_in_inches(self.ax, label.level) for label in self.labels]
        texts = [self._write(label) for label in self.labels]
        deepest = max((text.get_text().count("\n") + 1 for text in texts), default=1)
        places = spread_apart(wanted, LINE * deepest, 0, room)
        for label, text, height in zip(self.labels, texts, places, strict=True):
            self._draw_label(label, text, float(height))

    def _write(self, label: MarginLabel) -> Text:
        """Write a label, in a narrow figure in two lines where one is too long."""
        text = self.ax.text(self._text, 0, label.words, va="center", linespacing=1.1)
        text.set_fontweight(label.weight)
        widest = WIDEST_OF_NARROW if self._is_narrow else WIDEST
        width = widest * self.ax.figure.bbox.width
        if self._is_narrow:
            wrap_text(text, width)
            if "\n" in text.get_text():
                lead_evenly(text)
        shorten_text(text, width)
        self._drawn.append(text)
        return text

    def _draw_label(self, label: MarginLabel, text: Text, height: float) -> None:
        beside = _right_of(self.ax, self.ax.transData)
        pixels = settle(self.ax.bbox.y0 + height * self.ax.figure.dpi)
        y = float(self.ax.transData.inverted().transform((0, pixels))[1])
        bends = [self._tight * bend for bend in BENDS]
        leader = Line2D([0, *bends], [label.level, label.level, y], color=FAINT, linewidth=0.6)
        for line in (leader, _make_mark(label, self._tight * MARK, y)):
            line.set(transform=beside, clip_on=False)
            self._drawn.append(self.ax.add_artist(line))
        text.set(y=y, transform=beside)


def _right_of(ax: Axes, vertical: Transform) -> Transform:
    """Transform of (inches right of the axes, y of `vertical`)."""
    edge = ScaledTranslation(1, 0, BboxTransformTo(ax.bbox))
    across = ax.figure.dpi_scale_trans + edge
    return blended_transform_factory(across, vertical)


def _height_in_inches(ax: Axes, level: float) -> float:
    return float(ax.transData.transform((0, level))[1] - ax.bbox.y0) / ax.figure.dpi


def _make_mark(label: MarginLabel, x: float, y: float) -> Line2D:
    if label.mark == "-":
        half = 4 / 72
        return Line2D([x - half, x + half], [y, y], color=label.colour)
    return Line2D(
        [x],
        [y],
        color=label.colour,
        linestyle="none",
        marker=label.mark,
        markersize=marker_size(label.mark),
        markeredgewidth=0,
    )
