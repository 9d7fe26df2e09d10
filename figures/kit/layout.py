"""Where text goes: lines that fit a width, labels that keep clear of each other."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression


def root_figure(artist: Artist) -> Figure:
    """Figure that an artist is drawn on.

    Raises
    ------
    ValueError
        It is on none.

    Examples
    --------
    >>> fig = Figure()
    >>> root_figure(fig.add_subplot()) is fig
    True
    """
    fig = artist.get_figure(root=True)
    if fig is None:
        raise ValueError("The axes belong to no figure. Take those of a figure.")
    return fig


# From line to line, of the size of type: what the font itself asks for.
LEADING = 1.2
# Widths are sums of letters: one that fits exactly fits on every processor.
SLACK = 0.01


def settle(pixels: float) -> float:
    """Round a position to where no processor's last digit is seen.

    Widths of text come in 64ths of a pixel, so that what is placed by them lies on ties: of
    pixels, and of the decimals that a file holds. The nearest hundredth and three thousandths
    is none, on one side and on the other.

    Parameters
    ----------
    pixels : float
        Position in a figure.

    Examples
    --------
    >>> round(settle(439.8515625), 6), settle(12.5 - 1e-12) == settle(12.5 + 1e-12)
    (439.853, True)
    """
    return (math.floor(pixels * 100 + 0.5123) + 0.3) / 100


def lead_evenly(artist: Text) -> None:
    """Set the lines of a text at even distances.

    From 3.11 on matplotlib centres what is drawn of each line between its neighbours, where the
    distance is a number, so that lines without high or low letters stand nearer to one side.

    Parameters
    ----------
    artist : Text
        Changed in place.
    """
    is_new = mpl.__version_info__ >= (3, 11)
    artist.set_linespacing("normal" if is_new else LEADING)


# Of the line above, how long a last line of more than a word has to be to stand as it fell.
STUB = 1 / 3


def wrap_text(artist: Text, width: float, *, even: bool = False) -> None:
    """Break the lines of a text so that it fits a width.

    Breaks at ordinary spaces only; a no-break space keeps a number with its unit. A word
    wider than the whole width stays whole.

    Parameters
    ----------
    artist : Text
        Text of a figure; changed in place.
    width : float
        Pixels of the figure.
    even : bool
        Whether the lines get even where the last is a stub: a word alone under a full line is
        read as a slip.
    """
    width += SLACK
    whole = artist.get_window_extent().width
    if whole <= width:
        return

    def measure(words: Sequence[str]) -> float:
        artist.set_text(" ".join(words))
        return artist.get_window_extent().width

    # Measuring takes longer than drawing: a line is first guessed, from the letters on a pixel.
    letters = max(map(len, artist.get_text().split("\n"))) / whole

    def fill(words: Sequence[str], width: float) -> list[str]:
        lines: list[str] = []
        while words:
            ends = accumulate(len(word) + 1 for word in words)
            count = max(sum(end <= letters * width + 1 for end in ends), 1)
            while count < len(words) and measure(words[: count + 1]) <= width:
                count += 1
            while count > 1 and measure(words[:count]) > width:
                count -= 1
            lines.append(" ".join(words[:count]))
            words = words[count:]
        return lines

    def is_stub(above: str, last: str) -> bool:
        return len(last.split()) == 1 or measure([last]) < STUB * measure([above])

    lines: list[str] = []
    for paragraph in artist.get_text().split("\n"):
        words = paragraph.split(" ")
        filled = fill(words, width)
        if even and filled[1:] and is_stub(*filled[-2:]):
            # The narrowest that takes no more lines.
            widths = [*(pixels + SLACK for pixels in range(math.floor(width))), width]
            most = len(filled)
            least = bisect_left(widths, True, key=lambda pixels: len(fill(words, pixels)) <= most)
            filled = fill(words, widths[least])
        lines += filled
    artist.set_text("\n".join(lines))


def shorten_text(artist: Text, width: float) -> None:
    """Cut a one-line text, with an ellipsis, so that it fits a width.

    Parameters
    ----------
    artist : Text
        Text of a figure; changed in place.
    width : float
        Pixels of the figure.
    """
    whole = artist.get_text()
    for length in range(len(whole) - 1, 0, -1):
        if artist.get_window_extent().width <= width:
            return
        artist.set_text(whole[:length].rstrip() + "\N{HORIZONTAL ELLIPSIS}")


def spread_apart(
    wanted: Sequence[float], gap: float, low: float, high: float
) -> NDArray[np.float64]:
    """Move positions as little as possible so that neighbours keep a gap.

    Minimises the sum of squared moves. With the gaps taken off, that is an isotonic
    regression, and bounds only clip its solution (Barlow and Brunk 1972, section 2).

    Parameters
    ----------
    wanted : sequence of float, shape (k,)
        Where the labels would like to be, in any order.
    gap : float
        Least distance between neighbours. Where there is no room for it, the labels
        share the room evenly.
    low, high : float
        Bounds of the positions.

    Returns
    -------
    ndarray, shape (k,)
        Where they go, in the order of `wanted`; ties keep their order.

    Examples
    --------
    >>> spread_apart([10, 10, 50], gap=4, low=0, high=100).tolist()
    [8.0, 12.0, 50.0]
    """
    values = np.asarray(wanted, dtype=float)
    if values.size < 2:
        return values.clip(low, high)
    step = min(gap, (high - low) / (values.size - 1))
    order = np.argsort(values, kind="stable")
    taken = step * np.arange(values.size)
    flat = isotonic_regression(values[order] - taken).x
    placed: NDArray[np.float64] = np.empty_like(values)
    placed[order] = np.clip(flat, low, high - taken[-1]) + taken
    return placed
