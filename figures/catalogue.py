"""Every published figure in one place, in the order in which a reader would ask.

To add a figure, write its module with `ENTRIES` (see `figures.material.Entry`) and name the
module here.
"""

import difflib

from figures import (
    claim,
    composition,
    coverage_entry,
    events,
    gap,
    houses,
    indirect,
    nonresponse_entry,
    opinion_spread,
    questions_entry,
    sectors,
    talks,
    tipping,
    trend_entry,
    vintages,
    who_entry,
    wording,
)
from figures.material import Material
from figures.save import Rendering

ENTRIES = (
    *trend_entry.ENTRIES,
    *sectors.ENTRIES,
    *houses.ENTRIES,
    *gap.ENTRIES,
    *claim.ENTRIES,
    *vintages.ENTRIES,
    *talks.ENTRIES,
    *questions_entry.ENTRIES,
    *composition.ENTRIES,
    *opinion_spread.ENTRIES,
    *wording.ENTRIES,
    *events.ENTRIES,
    *indirect.ENTRIES,
    *tipping.ENTRIES,
    *nonresponse_entry.ENTRIES,
    *who_entry.ENTRIES,
    *coverage_entry.ENTRIES,
)


def draw(slug: str, material: Material, lang: str = "en", size: str = "article") -> Rendering:
    """Draw a published figure.

    Parameters
    ----------
    slug : str
        Name of its folder; ``python -m figures list`` shows all.
    material : Material
        Tables and polls, such as ``Material(polls.load(), polls.series)``.
    lang : {"en", "ru", "uk"}
        Language.
    size : {"article", "wide", "square"}
        Size of the figure.

    Returns
    -------
    Rendering
        The finished figure with its alt text and caption.

    Raises
    ------
    ValueError
        There is no such figure; the message names the nearest.

    Examples
    --------
    >>> draw("trend-suport", Material({}, lambda construct: None))
    Traceback (most recent call last):
    ...
    ValueError: There is no figure 'trend-suport'. The nearest is 'trend-support'.
    """
    known = {entry.slug: entry for entry in ENTRIES}
    if slug not in known:
        near = difflib.get_close_matches(slug, known, n=1, cutoff=0.0)
        raise ValueError(f"There is no figure {slug!r}. The nearest is {near[0]!r}.")
    return known[slug].draw(material, lang, size)
