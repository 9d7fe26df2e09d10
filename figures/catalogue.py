"""Every published figure in one place, in the order in which a reader would ask.

To add a figure, write its module with `ENTRIES` (see `figures.fitted_polls.Entry`) and name the
module here.
"""

import difflib

from figures.fitted_polls import FittedPolls
from figures.groups import entries as groups
from figures.hidden import (
    composition,
    indirect,
    nonresponse,
    opinion_spread,
    participation,
    tipping,
    wording,
)
from figures.kit.edition import DEFAULT, Edition
from figures.kit.save import Rendering
from figures.questions import events, side_by_side, talks
from figures.support import (
    by_pollster,
    claim,
    coverage,
    house_effects,
    multiverse,
    sector_gap,
    sectors,
    trend,
    two_pollsters,
    vintages,
)

ENTRIES = (
    *trend.ENTRIES,
    *two_pollsters.ENTRIES,
    *by_pollster.ENTRIES,
    *sectors.ENTRIES,
    *house_effects.ENTRIES,
    *sector_gap.ENTRIES,
    *claim.ENTRIES,
    *vintages.ENTRIES,
    *multiverse.ENTRIES,
    *talks.ENTRIES,
    *side_by_side.ENTRIES,
    *composition.ENTRIES,
    *opinion_spread.ENTRIES,
    *wording.ENTRIES,
    *events.ENTRIES,
    *indirect.ENTRIES,
    *tipping.ENTRIES,
    *nonresponse.ENTRIES,
    *participation.ENTRIES,
    *groups.ENTRIES,
    *coverage.ENTRIES,
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
        Language and size; day of publication and version of the tables are those of `fitted`.

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
    return known[slug].render(fitted, edition)
