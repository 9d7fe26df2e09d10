"""Days among the days with polls: what interpolation and the random walk need."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack

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
    used : ndarray of int, shape (n_used,)
        Knots that the days lie at or between, increasing.
    left_day : ndarray of int, shape (n_days,)
        Last knot at or before each day; the first knot for earlier days.
    bridge : ndarray, shape (n_days,)
        Days of random walk that the knots leave free.
    between : sparse array, shape (n_days, n_used)
        Carries values at the used knots to the days, linear in time.
    between_squared : sparse array, shape (n_days, 2 * n_used)
        Carries variances at the used knots, followed by the covariance of each
        with the next, to the variances of the interpolated values.
    """

    def __init__(self, poll_days: Days, days: Days) -> None:
        knots = np.unique(poll_days)
        index = np.searchsorted(knots, days, side="right") - 1
        self.day = days
        left = np.clip(index, 0, len(knots) - 1)
        inside = (index >= 0) & (index < len(knots) - 1)
        right = np.where(inside, left + 1, left)
        self.used = np.union1d(left, right)
        self.left_day = knots[left]
        gap = np.where(inside, knots[right] - self.left_day, 1)
        done = np.where(inside, days - self.left_day, 0)
        outside = np.where(inside, 0, np.abs(days - self.left_day))
        self.bridge = done * (gap - done) / gap + outside
        rows = np.arange(len(days))
        left, right, share = (*np.searchsorted(self.used, [left, right]), done / gap)
        size = (len(days), len(self.used))
        pairs = np.concatenate([rows, rows]), np.concatenate([left, right])
        self.between = csr_array((np.concatenate([1 - share, share]), pairs), shape=size)
        squares = csr_array((np.concatenate([(1 - share) ** 2, share**2]), pairs), shape=size)
        lags = csr_array((2 * share * (1 - share), (rows, left)), shape=size)
        self.between_squared = hstack([squares, lags], format="csr")


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
