"""Every published figure in one place, in the order in which a reader would ask.

To add a figure, write its module with `ENTRIES` (see `figures.fitted_polls.Entry`) and name the
module here.
"""

import difflib
from dataclasses import replace

from figures.fitted_polls import FittedPolls
from figures.groups import entry as who_entry
from figures.hidden import (
    composition,
    indirect,
    nonresponse_entry,
    opinion_spread,
    tipping,
    wording,
)
from figures.kit.edition import DEFAULT, Edition
from figures.kit.save import Rendering
from figures.questions import entry as questions_entry
from figures.questions import events, talks
from figures.support import claim, sectors, trend_entry, vintages
from figures.support import coverage as coverage_entry
from figures.support import house_effects as houses
from figures.support import sector_gap as gap

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


def draw(slug: str, fitted: FittedPolls, edition: Edition = DEFAULT) -> Rendering:
    """Draw a published figure.

    Parameters
    ----------
    slug : str
        Name of its folder; ``python -m figures list`` shows all.
    fitted : FittedPolls
        Tables and polls, such as ``FittedPolls(polls.load(), polls.series)``.
    edition : Edition
        Language and size; the day of publication is that of `fitted`.

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
    >>> draw("trend-suport", FittedPolls({}, lambda construct: None))
    Traceback (most recent call last):
    ...
    ValueError: There is no figure 'trend-suport'. The nearest is 'trend-support'.
    """
    known = {entry.slug: entry for entry in ENTRIES}
    if slug not in known:
        near = difflib.get_close_matches(slug, known, n=1, cutoff=0.0)
        raise ValueError(f"There is no figure {slug!r}. The nearest is {near[0]!r}.")
    return known[slug].draw(fitted, replace(edition, as_of=fitted.as_of))
