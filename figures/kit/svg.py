"""SVG that a page can hold in its own text: described, small, and without an effect on the page.

Matplotlib's file has a style for everything on the page, ids that a second figure has too,
no language, and six decimals of a 96th of an inch.
"""

import math
import re
from collections import Counter
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from figures.kit.fonts import OWN_FAMILY

# A hundredth of a point: on a screen of four times the usual resolution a 19th of a pixel.
HUNDREDTHS = 100
# A corner of a long line that lies nearer than this, in hundredths, to its chord is not seen.
SEEN = 4
# Lines with fewer corners are left as they are.
LONG = 40

DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\s*")
PAGE_STYLE = re.compile(r"\s*<defs>\s*<style[^>]*>\*\{([^}]*)\}</style>\s*</defs>")
ID = re.compile(r'(?<= )id="([^"]+)"')
REFERENCE = re.compile(r'(?<=href=")#([^"]+)|(?<=url\()#([^)]+)')
# What matplotlib names by a digest of its coordinates, all digits of them.
DIGEST = re.compile(r"[A-Za-z]+[0-9a-f]{10}")
PLACES = re.compile(r'(?<= )(d|x|y|width|height|transform)="([^"]*)"')
NUMBER = re.compile(r"-?\d+\.\d+")
LINE = re.compile(r"M \S+ \S+ \n(?:L \S+ \S+ \n)+(?:z\n)?")


class Description(NamedTuple):
    """What an SVG says of itself.

    Parameters
    ----------
    name : str
        Begins all ids, and is that of no other figure.
    lang : str
        Language of all words.
    title, alt : str
        What it is called, and what it shows.
    width, height : int
        CSS pixels.
    """

    name: str
    lang: str
    title: str
    alt: str
    width: int
    height: int


def clean_svg(svg: str, about: Description) -> str:
    """Describe an SVG of matplotlib, and take from it what a page must not meet.

    Parameters
    ----------
    svg : str
        As matplotlib writes it, with text as text.
    about : Description
        What it is to say of itself.

    Returns
    -------
    str
        Role, language, title and description at its root; ids that begin with the name; line
        joins on the figure in place of a style for the page; coordinates in hundredths of a
        point, long lines without the corners that nobody sees.

    Examples
    --------
    >>> svg = '<svg width="1pt" height="1pt"><g id="figure_1"><path d="M 0.123456 1"/></g></svg>'
    >>> clean = clean_svg(svg, Description("a", "en", "T", "D", 2, 2))
    >>> '<g id="a-figure_1">' in clean, 'd="M 0.12 1"' in clean, 'lang="en"' in clean
    (True, True, True)
    """
    svg = DOCTYPE.sub("", svg).replace(f"'{OWN_FAMILY}', ", "")
    joins = PAGE_STYLE.search(svg)
    if joins:
        svg = PAGE_STYLE.sub("", svg)
        style = joins[1].strip()
        svg = svg.replace('<g id="figure_1">', f'<g id="figure_1" style="{style}">', 1)
    svg = PLACES.sub(lambda found: f'{found[1]}="{_shorten(found[2])}"', svg)
    return _describe(_rename(svg, about.name), about)


def _rename(svg: str, name: str) -> str:
    """Put a name before all ids, each given once, and number those that are digests."""
    seen: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    first: dict[str, str] = {}

    def choose(old: str) -> str:
        base = old
        if DIGEST.fullmatch(old):
            kind = old[:-10]
            numbers[kind] += 1
            base = f"{kind}-{numbers[kind]}"
        seen[base] += 1
        new = f"{name}-{base}" + (f"-{seen[base]}" if seen[base] > 1 else "")
        first.setdefault(old, new)
        return new

    svg = ID.sub(lambda found: f'id="{choose(found[1])}"', svg)
    return REFERENCE.sub(lambda found: "#" + first[found[1] or found[2]], svg)


def _describe(svg: str, about: Description) -> str:
    """Give an SVG its size in CSS pixels, its role, language, title and description."""
    root = re.search(r"<svg\b[^>]*>", svg)
    assert root is not None  # matplotlib writes one
    size = f'width="{about.width}" height="{about.height}"'
    start = re.sub(r'width="[^"]*" height="[^"]*"', size, root[0])
    name = about.name
    role = f'lang="{about.lang}" xml:lang="{about.lang}" role="img"'
    role += f' aria-labelledby="{name}-title" aria-describedby="{name}-desc"'
    words = f'\n <title id="{name}-title">{escape(about.title)}</title>'
    words += f'\n <desc id="{name}-desc">{escape(about.alt)}</desc>'
    return f"{svg[: root.start()]}{start[:-1]} {role}>{words}{svg[root.end() :]}"


def _shorten(places: str) -> str:
    """Write coordinates in hundredths, and long lines with the corners that are seen."""
    if "scale" in places or "matrix" in places:  # factors, not places
        return places
    return NUMBER.sub(lambda found: _write(_count(found[0])), LINE.sub(_thin, places))


def _count(number: str) -> int:
    """Hundredths of a number, with ties where none of 64ths of a pixel lies."""
    return math.floor(float(number) * HUNDREDTHS + 0.5123)


def _write(hundredths: int) -> str:
    return f"{hundredths / HUNDREDTHS:.2f}".rstrip("0").rstrip(".")


def _thin(found: re.Match[str]) -> str:
    """Leave out corners of a line that lie on the way from one neighbour to the next."""
    corners = found[0].removesuffix("z\n").split("\n")[:-1]
    if len(corners) < LONG:
        return found[0]
    points = np.array([[_count(part) for part in corner.split()[1:]] for corner in corners])
    kept = _find_seen(points)
    lines = [f"{'L' if k else 'M'} {_write(x)} {_write(y)} \n" for k, (x, y) in enumerate(kept)]
    return "".join(lines) + ("z\n" if found[0].endswith("z\n") else "")


def _find_seen(points: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Corners of a line that are seen (Douglas and Peucker 1973), in whole numbers."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    todo = [(0, len(points) - 1)]
    while todo:
        start, end = todo.pop()
        if end - start < 2:
            continue
        from_start = points[start + 1 : end] - points[start]
        chord = points[end] - points[start]
        length = math.isqrt(int(chord @ chord))
        if length:
            # Area of the parallelogram over the chord; by its length, the distance.
            far = np.abs(chord[0] * from_start[:, 1] - chord[1] * from_start[:, 0])
        else:
            far, length = np.abs(from_start).max(axis=1), 1
        place = int(far.argmax())
        if int(far[place]) > SEEN * length:
            middle = start + 1 + place
            keep[middle] = True
            todo += [(start, middle), (middle, end)]
    return [(int(x), int(y)) for x, y in points[keep]]
