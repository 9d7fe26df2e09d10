"""How declared support moved: within the panel, house by house, and from other bases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.claims import main_windows, panel, windows
from analysis.findings._rows import as_frame, change_row
from analysis.findings.source import Source

# Other windows to begin with: the rally of March 2022 came between, and the base decides the sign.
OTHER_BASES = ("first_weeks", "autumn")


def support_findings(source: Source) -> pd.DataFrame:
    """Tell how declared support moved between the windows that all texts share.

    The last window ends with the month of the last poll of a house that also polled in the base.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`; of its rows ``support.panel`` is the headline:
        the mean of the houses that polled in both windows. ``support.static`` is the same with
        house effects that stand still, ``support.typical`` another house like these,
        ``support.first_weeks`` and ``support.autumn`` the panel from other bases,
        ``support.house.ID`` one house of it, ``support.without.ID`` the panel without one, the
        model fitted without its polls.

    Raises
    ------
    PollInputError
        When no house polled in both windows, or the data end too early.
    """
    return as_frame(_tell(source))


def _tell(source: Source) -> Iterator[dict[str, Any]]:
    obs = source.obs("support")
    found = main_windows(obs)
    if found is None:
        raise PollInputError("no house polled in both windows", "take polls to November 2023")
    spans = found[:2]
    houses = panel(obs, *spans)
    results, still = source.results("support"), source.results("support", drift=False)

    def tell(name: str, change: Any, at: Any = spans, base: str = "base") -> dict[str, Any]:
        return change_row(f"support.{name}", change, at, houses, base=base)

    reference = f"houses:{','.join(houses)}"
    yield tell("panel", results.change(*spans, reference=reference))
    yield tell("static", still.change(*spans, reference=reference))
    yield tell("typical", results.typical_change(*spans))
    for name in OTHER_BASES:
        at = (windows(spans[1].end)[name], spans[1])
        yield tell(name, results.change(*at, reference=reference), at, name)
    for house in houses:
        change = results.change(*spans, reference=house)
        yield change_row(f"support.house.{house}", change, spans, [house], base="base")
