"""How the other questions moved, and how differently from support in the same interviews."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.claims import Window, main_windows, name_base, panel
from analysis.findings._rows import as_frame, change_row
from analysis.findings.source import Source, fit_pole, take_polls
from analysis.questions import paired_change

# Questions beside support, each with its construct and pole; going on with the fighting is the
# other answer to the question on talks.
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "fight_on": ("talks", "against"),
    "talks": ("talks", "for"),
    "success": ("success", "for"),
    "undo": ("undo", "for"),
    "peace_deal": ("peace_deal", "for"),
    "peace_deal_territory": ("peace_deal_territory", "for"),
    "withdraw": ("withdraw", "for"),
}
SCATTER = "95% from the scatter of waves"


def question_findings(source: Source) -> pd.DataFrame:
    """Tell how the other questions moved, and the wish to fight on beside support.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`. ``fight_on.panel``, ``talks.panel`` and so on
        are the means of the houses that asked in both windows; a question that no house asked in
        both has ``NAME.whole``, from its first to its last poll (base "first_poll").
        ``fight_on.support`` is the change of support in the houses and windows of fighting on, and
        ``fight_on.paired`` fighting on less support, wave by wave of the same house, so that
        what one wave errs in both cancels. ``fight_on.whole`` is the change of the mean of all
        houses, which begins with a leaked poll.
    """
    return as_frame(_tell(source))


def _tell(source: Source) -> Iterator[dict[str, Any]]:
    for name, asked in QUESTIONS.items():
        try:
            polls = take_polls(source, *asked)
        except PollInputError:  # nobody has asked it yet
            continue
        found = main_windows(polls)
        if found is None or name == "fight_on":
            yield from _tell_whole(source, name, polls)
        if found is None:
            continue
        spans = found[:2]
        base = name_base(spans[0], spans[1].end)
        houses = panel(polls, *spans)
        (results,) = fit_pole(source, *asked).values()
        change = results.change(*spans, reference=found[2])
        yield change_row(f"{name}.panel", change, spans, houses, base=base)
        if name == "fight_on":
            yield from _beside_support(source, polls, spans, houses, base)


def _tell_whole(source: Source, name: str, polls: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Change of the mean of all houses that ask, from the first poll to the last."""
    (results,) = fit_pole(source, *QUESTIONS[name]).values()
    first, last = polls["mid_date"].min(), polls["mid_date"].max()
    if first == last:
        return
    spans = (Window(first, first), Window(last, last))
    change = results.change(first, last, reference="houses")
    houses = sorted(set(polls["house_id"]))
    yield change_row(f"{name}.whole", change, spans, houses, base="first_poll")


def _beside_support(
    source: Source,
    polls: pd.DataFrame,
    spans: tuple[Window, Window],
    houses: tuple[str, ...],
    base: str,
) -> Iterator[dict[str, Any]]:
    """Change of support in the same houses and windows, and the difference wave by wave."""
    support = source.obs("support")
    if not set(houses) <= set(support["house_id"]):
        return
    reference = f"houses:{','.join(houses)}"
    change = source.results("support").change(*spans, reference=reference)
    yield change_row("fight_on.support", change, spans, houses, base=base)
    try:
        paired = paired_change(polls, support, *spans)
    except PollInputError:  # a new panel need not have asked both in several waves
        return
    asked = str(paired["house_ids"]).split(",")
    yield change_row("fight_on.paired", paired, spans, asked, base=base, interval=SCATTER)
