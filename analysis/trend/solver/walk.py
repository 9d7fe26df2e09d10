"""How fast the level walks: at one speed, or faster after a shock that calms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array, Days


@dataclass(frozen=True)
class Calming:
    """A shock on a day, after which the level walks faster and calms.

    The variance a day is ``tau ** 2 + shock ** 2 * exp(-(t - start) / days)`` from ``start`` on
    and ``tau ** 2`` before.

    Parameters
    ----------
    start : int
        Day of the shock, counted from the first mid-field date.
    days : float
        After so many days the variance that the shock adds has fallen by a factor e.

    Examples
    --------
    All a shock ever adds is as much as its first day would in 60 days:

    >>> Calming(start=0, days=60.0).clock(np.array([-10, 0, 100_000]))
    array([ 0.,  0., 60.])
    """

    start: int
    days: float

    def clock(self, day: Days | int) -> Array:
        """Integral of ``exp(-(t - start) / days)`` up to a day: what ``shock ** 2`` is times."""
        since = np.maximum(np.asarray(day) - self.start, 0)
        return np.asarray(-self.days * np.expm1(since / -self.days))
