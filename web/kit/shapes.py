"""Shapes of sectors: those of the figures, as the chart of the pages and their keys draw them."""

from typing import NamedTuple

from figures.kit.style import SECTOR_MARKERS


class Shape(NamedTuple):
    """A shape in the words of Vega, and as what is cut out of a square in CSS; "" is a disc."""

    vega: str
    clip: str


MARKS = {
    "o": Shape("circle", ""),
    "^": Shape("triangle-up", "polygon(50% 0, 100% 100%, 0 100%)"),
    "*": Shape("diamond", "polygon(50% 0, 100% 50%, 50% 100%, 0 50%)"),
    "X": Shape(
        "cross",
        "polygon(35% 0, 65% 0, 65% 35%, 100% 35%, 100% 65%, 65% 65%, 65% 100%, 35% 100%, 35% 65%, "
        "0 65%, 0 35%, 35% 35%)",
    ),
    "s": Shape("square", "none"),
}
# Who does not tell colours apart tells shapes.
SECTOR_SHAPES = {name: MARKS[marker] for name, marker in SECTOR_MARKERS.items()}
