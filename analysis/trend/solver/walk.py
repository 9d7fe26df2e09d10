"""How level and houses walk: at one speed, faster after a shock that calms, or drawn back."""

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
    days : float, optional
        After so many days the variance that the shock adds has fallen by a factor e; None where
        that is a hyperparameter (calm).

    Examples
    --------
    All a shock ever adds is as much as its first day would in 60 days:

    >>> Calming(start=0, days=60.0).clock(np.array([-10, 0, 100_000]))
    array([ 0.,  0., 60.])
    """

    start: int
    days: float | None

    def clock(self, day: Days | int, days: float | Array | None = None) -> Array:
        """Integral of ``exp(-(t - start) / days)`` up to a day: what ``shock ** 2`` is times.

        Parameters
        ----------
        day : int or ndarray of int
        days : float or ndarray, optional
            In place of those of the shock, which may be unknown; the result has the shape of both.
        """
        days = self.days if days is None else days
        if days is None:
            raise ValueError("the days by which the shock calms are a hyperparameter: give them")
        since = np.maximum(np.asarray(day) - self.start, 0)
        return np.asarray(-days * np.expm1(since / -days))

    def slope(self, day: Days | int, days: Array) -> Array:
        """Derivative of :meth:`clock` by its days."""
        since = np.maximum(np.asarray(day) - self.start, 0) / days
        return np.asarray(-np.expm1(-since) - since * np.exp(-since))


@dataclass(frozen=True)
class Reversion:
    """How a drift is drawn back to where its house began.

    Parameters
    ----------
    days : float
        After so many days a factor e less is left of a drift; infinity for a random walk, which
        is never drawn back.

    Notes
    -----
    A mean-reverting drift ``d`` with ``dd = -d / days dt + kappa dB`` and ``d = 0`` on its first
    day is a random walk in a clock of its own, seen through a loading that falls (Doob 1942, "The
    Brownian movement and stochastic equations", Annals of Mathematics 43(2))::

        d(t) = loading(t) * W(clock(t))    loading(t) = exp(-t / days)
                                           clock(t) = days / 2 * expm1(2 t / days)

    So filters and smoothers of random walks serve it as they are.

    Examples
    --------
    >>> Reversion(365.0).loading(np.array([0, 365])).round(3)
    array([1.   , 0.368])
    >>> Reversion().clock(np.array([0, 365]))
    array([  0., 365.])
    """

    days: float = float("inf")

    def loading(self, day: Days | int) -> Array:
        """What is seen on a day of the walk in its clock."""
        return np.asarray(np.exp(-np.asarray(day) / self.days))

    def clock(self, day: Days | int) -> Array:
        """Time of the walk on a day; ``kappa ** 2`` times what passes is its variance."""
        passed: Array = np.asarray(day, dtype=np.float64)
        if np.isinf(self.days):
            return passed
        return np.asarray(0.5 * self.days * np.expm1(2 * passed / self.days))

    def half_variance(self, gaps: Array) -> Array:
        """Half the variance over ``kappa ** 2`` of a change over days, long after the beginning."""
        return np.asarray(-0.5 * self.days * np.expm1(-gaps / self.days))


# A random walk.
NEVER_BACK = Reversion()
