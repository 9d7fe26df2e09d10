"""Every figure can be drawn as of a day of the first months, or says why there is none."""

import re

import pandas as pd
import pytest

import figures.__main__ as door
from figures.catalogue import ENTRIES
from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import Edition

DAY = pd.Timestamp("2022-05-10")
# Questions that had not been asked, waves that were too few, and what is stored for all polls.
REASONS = "published by|three waves|both answers|stored for all polls"


@pytest.fixture(scope="module")
def fitted() -> FittedPolls:
    """The polls that were known then."""
    return door._load_polls(DAY)


@pytest.mark.long("each figure is drawn of the polls of an early day", quick=1)
@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.slug for entry in ENTRIES])
def test_a_figure_is_drawn_or_left_out_for_a_reason(entry: Entry, fitted: FittedPolls) -> None:
    reason, words = "", ""
    try:
        drawn = entry.render(fitted, Edition(as_of=DAY))
        words = " ".join([drawn.fig.get_suptitle(), drawn.alt, drawn.caption])
    except ValueError as error:
        reason = str(error)
    assert re.search(REASONS, reason) if reason else words
    assert "{" not in words


def test_both_sectors_are_told_from_their_first_polls_to_their_last(fitted: FittedPolls) -> None:
    (entry,) = (entry for entry in ENTRIES if entry.slug == "sectors-support")
    alt = entry.render(fitted, Edition(as_of=DAY)).alt
    results, last = fitted.results(), {}
    for sector in ("state", "independent"):
        polls = fitted.obs()
        mine = polls[polls["sector"] == sector]
        day = mine["mid_date"].max()
        level = results.trend(dates=[day], reference=f"sector:{sector}")
        last[sector] = round(float(level["mean"].iloc[0]))
    assert f"to {last['state']} percent, that of independent pollsters" in alt
    assert alt.endswith(f" to {last['independent']}.")
