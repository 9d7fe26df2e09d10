"""The two numbers that are looked at again when something is changed: the headline, and the gap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.claims import main_windows
from analysis.observations.frame import Observations
from analysis.trend import PollTrendResults

GAP_SECTORS = ("state", "independent")
COLUMNS = (
    "change",
    "change_lower",
    "change_upper",
    "prob_negative",
    "gap",
    "gap_lower",
    "gap_upper",
)


@dataclass(frozen=True)
class Targets:
    """What is told of each fit.

    Parameters
    ----------
    start, end : date or pair of dates
        Between them the change is told.
    houses : tuple of str
        Its mean is told: the houses of the panel. Where none polled in both windows, these are the
        first and the last day, and the houses all there are.
    """

    start: Any
    end: Any
    houses: tuple[str, ...]

    def without(self, house: str) -> Targets:
        """Return the same without one house."""
        return replace(self, houses=tuple(name for name in self.houses if name != house))

    def tell(self, results: PollTrendResults) -> dict[str, float]:
        """Change between the windows and gap of the sectors, with their 95% intervals.

        NaN where no house is left for the one or a sector for the other.
        """
        told = dict.fromkeys(COLUMNS, np.nan)
        if self.houses:
            reference = f"houses:{','.join(self.houses)}"
            change = results.change(self.start, self.end, reference=reference)
            told |= {"change": change["mean"], "prob_negative": change["prob_negative"]}
            told |= {f"change_{side}": change[side] for side in ("lower", "upper")}
        if set(GAP_SECTORS) <= set(results.observations.sectors):
            gap = results.sector_gap(*GAP_SECTORS)
            told |= {"gap": gap["mean"], "gap_lower": gap["lower"], "gap_upper": gap["upper"]}
        return told

    def describe(self) -> str:
        """Say in words what the change is of."""
        days = [day if isinstance(day, tuple) else (day, day) for day in (self.start, self.end)]
        spans = [" to ".join(dict.fromkeys(f"{pd.Timestamp(d):%Y-%m-%d}" for d in s)) for s in days]
        names = ", ".join(self.houses)
        return f"change of the mean of {names} from {spans[0]} to {spans[1]}"


def find_targets(observations: Observations) -> Targets:
    """Windows and panel of the headline, or the first and last day where there are none.

    Parameters
    ----------
    observations : Observations
        All polls, before anything is changed.
    """
    found = main_windows(observations.polls)
    if found is None:
        first, last = str(observations.first_date), str(observations.last_date)
        return Targets(first, last, observations.houses)
    start, end, reference = found
    return Targets(start, end, tuple(reference.removeprefix("houses:").split(",")))
