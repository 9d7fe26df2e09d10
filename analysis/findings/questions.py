"""How the other questions moved, and how differently from support in the same interviews."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.claims import main_windows, name_base
from analysis.findings._rows import as_frame, change_row
from analysis.findings.source import Source, fit_pole, take_polls
from analysis.questions import paired_change

# Both answers to one question: start peace talks, or go on with the fighting.
ANSWERS = {"fight_on": ("talks", "against"), "talks": ("talks", "for")}

SCATTER = "95% from the scatter of waves"


def question_findings(source: Source) -> pd.DataFrame:
    """Tell how the wish to fight on and that for talks moved, beside support.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`. ``fight_on.panel`` and ``talks.panel`` are the
        means of the houses that asked in both windows; ``fight_on.support`` is the
        change of support in the same houses and windows, and ``fight_on.paired`` fighting on less
        support, wave by wave of the same house, so that what one wave errs in both cancels.
    """
    return as_frame(_tell(source))


def _tell(source: Source) -> Iterator[dict[str, Any]]:
    for name, asked in ANSWERS.items():
        polls = take_polls(source, *asked)
        found = main_windows(polls)
        if found is None:
            continue
        spans, reference = found[:2], found[2]
        base = name_base(spans[0], spans[1].end)
        houses = reference.removeprefix("houses:").split(",")
        (results,) = fit_pole(source, *asked).values()
        change = results.change(*spans, reference=reference)
        yield change_row(f"{name}.panel", change, spans, houses, base=base)
        if name != "fight_on":
            continue
        support = source.obs("support")
        if not set(houses) <= set(support["house_id"]):
            continue
        change = source.results("support").change(*spans, reference=reference)
        yield change_row("fight_on.support", change, spans, houses, base=base)
        try:
            paired = paired_change(polls, support, *spans)
        except PollInputError:  # a new panel need not have asked both in several waves
            continue
        yield change_row("fight_on.paired", paired, spans, paired["house_ids"].split(","),
                         base=base, interval=SCATTER)  # fmt: skip
