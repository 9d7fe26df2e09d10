"""House style: what a colour, a marker and a size mean, in every figure the same.

Areas, lines and markers use the eight colours of Okabe and Ito (2008), which stay apart
for colour-blind readers, and two greys. Text is set in `INK` only: most of the eight are
too pale to read on white.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from figures.kit.axes import DatedFigure
from figures.kit.edition import DEFAULT, SIZES, Edition
from figures.kit.fonts import pin_fonts

STYLE_SHEET = Path(__file__).with_name("style.mplstyle")

# What is drawn for all houses together is black; a colour is a sector or an answer.
ESTIMATE = "#000000"
SECTOR_COLOURS: Mapping[str, str] = {
    "state": "#D55E00",
    "independent": "#0072B2",
    "leaked": "#CC79A7",
    "foreign": "#009E73",
    "academic": "#009E73",
    "partisan": "#4D4D4D",
}
# A sector is told without its colour too: by the shape of its marks, or by words beside them.
SECTOR_MARKERS: Mapping[str, str] = {
    "state": "^",
    "independent": "o",
    "leaked": "*",
    "foreign": "X",
    "academic": "X",
    "partisan": "s",
}
# One colour an answer: to support and to fight on, to oppose and to talk, and none. They are
# shades of two of the eight, dark enough for lines, and apart without colour too: support from
# opposition by 3 to 1, as an area is from its ground.
ANSWER_COLOURS: Mapping[str, str] = {
    "for": "#531A00",
    "against": "#2C7AB7",
    "undecided": "#949494",
    "refused": "#6E6E6E",
}
ANSWER_LINES: Mapping[str, str | tuple[int, tuple[int, ...]]] = {
    "for": "-",
    "against": (0, (6, 2)),
    "undecided": (0, (2, 1)),
}
# Of polls, where answers of one poll stand in one picture.
ANSWER_MARKERS: Mapping[str, str] = {"for": "o", "against": "D", "undecided": "X"}
# Text: all of it, what matters less, and links or highlights.
INK: Mapping[str, str] = {"main": "#1a1a1a", "quiet": "#595959", "accent": "#0072B2"}
# Polls of those who are not told apart.
OTHER = "#8c8c8c"
# Never text, never data: leaders of labels, and grounds.
FAINT = "#bfbfbf"
SHADE = "#e8e8e8"

# Where two houses of a sector stand in one picture. Those with most polls have the plainest marks;
# others take what is left, in order.
HOUSE_MARKERS: Mapping[str, str] = {
    "levada": "o",
    "chronicles": "s",
    "vciom": "^",
    "russian_field": "D",
    "fom": "v",
    "extremescan": "h",
    "propa": "P",
    "lord_ashcroft": "X",
    "norc": "<",
    "vciom_closed": "*",
    "pollytix_moweb": ">",
    "chapkovski_schaub": "d",
    "russia_watcher": "p",
    "anon_consortium": "H",
}
SPARE_MARKERS = ("8", "o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "d", "p", "h", "H")

# At one size these look smaller or larger than a circle.
MARKER_SCALE: Mapping[str, float] = {"*": 1.5, "P": 1.25, "X": 1.25, "p": 1.15, "D": 0.85}

CSS_PIXELS = 96  # per inch


def house_style() -> AbstractContextManager[None]:
    """Context in which matplotlib draws and saves in the house style, whatever its settings are.

    What a user has set (matplotlibrc, rcParams, a style) has no part in it, and is as it was
    afterwards.

    Examples
    --------
    >>> import matplotlib
    >>> with house_style():
    ...     matplotlib.rcParams["svg.fonttype"]
    'none'
    """
    pin_fonts()
    return style.context(STYLE_SHEET, after_reset=True)


def new_figure(edition: Edition = DEFAULT) -> tuple[Figure, Axes]:
    """Make an empty figure of the size of an edition; call it inside `house_style`.

    Parameters
    ----------
    edition : Edition
        Its size is used.

    Returns
    -------
    (Figure, Axes)
        Unknown to pyplot, so nothing has to be closed.

    Examples
    --------
    >>> fig, ax = new_figure()
    >>> fig.bbox.size.round().tolist()
    [640.0, 450.0]
    """
    width, height, scale = SIZES[edition.size]
    dpi = CSS_PIXELS * scale
    fig = DatedFigure(figsize=(width / dpi, height / dpi), dpi=dpi)
    FigureCanvasAgg(fig)  # measures text without a detour through a trial print
    return fig, fig.add_subplot()


def house_markers(house_ids: Iterable[str]) -> dict[str, str]:
    """Marker of each house: its own where it has one, else one that no house here uses.

    Parameters
    ----------
    house_ids : iterable of str
        Houses of one figure, the most important first.

    Returns
    -------
    dict of str to str
        Matplotlib marker by house_id, in the order given.

    Examples
    --------
    >>> house_markers(["levada", "gallup"])
    {'levada': 'o', 'gallup': '8'}
    """
    houses = list(dict.fromkeys(house_ids))
    taken = {HOUSE_MARKERS[house] for house in houses if house in HOUSE_MARKERS}
    spare = [marker for marker in SPARE_MARKERS if marker not in taken] or list(SPARE_MARKERS)
    strangers = (house for house in houses if house not in HOUSE_MARKERS)
    others = {house: spare[i % len(spare)] for i, house in enumerate(strangers)}
    return {house: HOUSE_MARKERS.get(house) or others[house] for house in houses}


def marker_size(marker: str, size: float = 5.0) -> float:
    """Size in points at which a marker looks as large as a circle of `size`.

    Examples
    --------
    >>> marker_size("o"), marker_size("*")
    (5.0, 7.5)
    """
    return size * MARKER_SCALE.get(marker, 1.0)


def contrast(colour: str, ground: str = "#ffffff") -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").

    Parameters
    ----------
    colour, ground : str
        Any colour that matplotlib understands.

    Returns
    -------
    float
        Text of ordinary size needs 4.5.

    Examples
    --------
    >>> round(contrast("black"), 1)
    21.0
    """
    light, dark = sorted((_luminance(colour), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
