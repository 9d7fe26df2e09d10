"""Days among the days with polls: what interpolation and the random walk need."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.bank import Functionals, Nodes
from analysis.design import Days, Design
from analysis.sampling import Array


class Places:
    """Where days lie among the knots, the days with polls.

    Parameters
    ----------
    poll_days : ndarray of int, shape (n,)
        Increasing.
    days : ndarray of int, shape (n_days,)
        Any days: between knots the Brownian bridge is exact, outside them the
        random walk goes on.

    Attributes
    ----------
    left_day : ndarray of int, shape (n_days,)
        Last knot at or before each day; the first knot for earlier days.
    bridge : ndarray, shape (n_days,)
        Days of random walk that the knots leave free.
    """

    def __init__(self, poll_days: Days, days: Days) -> None:
        knots = np.unique(poll_days)
        index = np.searchsorted(knots, days, side="right") - 1
        self.day = days
        self._left = np.clip(index, 0, len(knots) - 1)
        inside = (index >= 0) & (index < len(knots) - 1)
        self._right = np.where(inside, self._left + 1, self._left)
        self.left_day = knots[self._left]
        gap = np.where(inside, knots[self._right] - self.left_day, 1)
        done = np.where(inside, days - self.left_day, 0)
        self._share = done / gap
        outside = np.where(inside, 0, np.abs(days - self.left_day))
        self.bridge = done * (gap - done) / gap + outside

    def between(self, at_knots: Array) -> Array:
        """Interpolate along the first axis, linear in time."""
        share = self._share.reshape((-1,) + (1,) * (at_knots.ndim - 1))
        return np.asarray((1 - share) * at_knots[self._left] + share * at_knots[self._right])

    def variance(self, var: Array, lag_cov: Array) -> Array:
        """Variance of the interpolated value; the bridge is not in it."""
        left, right = 1 - self._share, self._share
        lag = np.append(lag_cov, 0.0)[self._left]
        return np.asarray(
            left**2 * var[self._left] + right**2 * var[self._right] + 2 * left * right * lag
        )


def clip_days(design: Design, terms: Functionals) -> Functionals:
    """Move days outside the polls to the nearest poll day."""
    day = np.clip(terms.day, int(design.day[0]), int(design.day[-1]))
    return Functionals(terms.row, day, terms.weights, terms.n_rows)


def outside_cov(design: Design, nodes: Nodes, terms: Functionals) -> Array:
    """Covariance that the walks add outside the polls, shape (n_nodes, n_rows, n_rows).

    After the last poll all walks go on, before the first only the level does.
    """
    first, last = int(design.day[0]), int(design.day[-1])
    after, before = np.maximum(terms.day - last, 0), np.maximum(first - terms.day, 0)
    cov = np.zeros((len(nodes), terms.n_rows, terms.n_rows))
    for k, m in np.argwhere((after[:, None] * after > 0) | (before[:, None] * before > 0)):
        weights: Any = terms.weights[k] * terms.weights[m]
        common = min(after[k], after[m]) + min(before[k], before[m])
        own = weights[0] * nodes.tau**2
        if after[k]:
            own = own + weights[1:].sum() * nodes.kappa**2
        cov[:, terms.row[k], terms.row[m]] += common * own
    return cov
