"""How all parts of an answer moved together: for, against and no answer add up to 100."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.errors import PollInputError
from analysis.claims import Window, main_windows, name_base
from analysis.composition import CompositionResults, CompositionTrend
from analysis.findings._rows import as_frame, change_row
from analysis.findings.source import Source
from analysis.trend import PUBLISHED

ANSWERS = ("for", "against")
PARTS = (*ANSWERS, "undecided")
CONSTRUCTS = ("support", "talks")


def part_findings(source: Source) -> pd.DataFrame:
    """Tell how support and talks, what stands against them, and no answer moved together.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`: ``parts.CONSTRUCT.PART``, changes that add up
        to none, of the mean of the houses that print both answers and polled in both windows.
    """
    return as_frame(_tell(source))


def fit_parts(source: Source, construct: str = "support") -> CompositionResults:
    """Fit for and against of a construct jointly, walk and houses as published."""
    polls = source.obs(construct)
    return source.keep(
        ("parts", construct), lambda: CompositionTrend(polls, ANSWERS, options=PUBLISHED).fit()
    )


def find_panel(
    source: Source, construct: str = "support"
) -> tuple[tuple[Window, Window], tuple[str, ...]] | None:
    """Windows of a construct, and the houses of its panel that print both answers.

    Returns
    -------
    tuple or None
        None where no house that prints both polled in both windows.
    """
    found = main_windows(source.obs(construct))
    if found is None:
        return None
    results = fit_parts(source, construct)
    all_houses = np.array(results.observations.houses, dtype=object)
    complete = set(all_houses[results.composition.is_complete_house])
    houses = [house for house in found[2].removeprefix("houses:").split(",") if house in complete]
    return (found[:2], tuple(houses)) if houses else None


def _tell(source: Source) -> Iterator[dict[str, Any]]:
    for construct in CONSTRUCTS:
        try:
            found = find_panel(source, construct)
        except PollInputError:  # nobody has asked it yet, or prints both answers
            continue
        if found is None:
            continue
        spans, houses = found
        results, reference = fit_parts(source, construct), f"houses:{','.join(houses)}"
        base = name_base(spans[0], spans[1].end)
        for part in PARTS:
            change = results.change(*spans, of=part, reference=reference)
            yield change_row(f"parts.{construct}.{part}", change, spans, houses, base=base)
