"""What every page is made with: words in three languages, links, templates, small drawings.

``words`` reads the labels of the pages and, beyond them, those of the figures; ``view`` is a page
as one reader sees it; ``site`` writes the pages, all or none; ``svg`` draws bars, sparklines and
dots into a page, in the colours of light and dark; ``shapes`` are those of sectors.
"""

from web.kit.shapes import SECTOR_SHAPES
from web.kit.site import Page, Site
from web.kit.svg import Dots, draw_bar, draw_dot_plot, draw_series, draw_sparkline
from web.kit.view import View
from web.kit.words import LABELS, LANGUAGE_NAMES, LANGUAGES, STAR, Words, let_break

__all__ = [
    "LABELS",
    "LANGUAGES",
    "LANGUAGE_NAMES",
    "SECTOR_SHAPES",
    "STAR",
    "Dots",
    "Page",
    "Site",
    "View",
    "Words",
    "draw_bar",
    "draw_dot_plot",
    "draw_series",
    "draw_sparkline",
    "let_break",
]
