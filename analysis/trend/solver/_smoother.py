"""A combination of the random walks, such as the level, at every poll day given the effects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack

from analysis.base.arrays import Array, Days
from analysis.trend.solver.design import Design
from analysis.trend.solver.filter import (
    Functionals,
    KalmanFilter,
    Nodes,
    level_steps,
    nodes_at_once,
    smooth_level,
)


class BrownianBridge:
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
    left, left_day : ndarray of int, shape (n_days,)
        Last knot at or before each day, by its position among the used and by its day; the
        first knot for earlier days.
    right_day : ndarray of int, shape (n_days,)
        First knot after each day; that of ``left_day`` outside the knots.
    share : ndarray, shape (n_days,)
        Of the time from the one to the other that has passed; 0 outside the knots.
    free_days : ndarray, shape (n_days,)
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
        self.left_day, self.right_day = knots[left], knots[right]
        gap = np.where(inside, knots[right] - self.left_day, 1)
        done = np.where(inside, days - self.left_day, 0)
        outside = np.where(inside, 0, np.abs(days - self.left_day))
        self.free_days = done * (gap - done) / gap + outside
        rows = np.arange(len(days))
        left, right, share = (*np.searchsorted(self.used, [left, right]), done / gap)
        self.left, self.share = left, share
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
    outside = [np.flatnonzero(after), np.flatnonzero(before)]
    for k, m in [pair for side in outside for pair in product(side, side)]:
        weights: Any = terms.weights[k] * terms.weights[m]
        common = min(after[k], after[m]) + min(before[k], before[m])
        if not common:
            continue
        # As far as both days lie on one side of the polls.
        one, two = sorted((int(terms.day[k]), int(terms.day[m])))
        days = np.array([last, one] if after[k] else [two, first])
        own = weights[0] * level_steps(design, nodes, days[:1], days[1:])[0]
        if after[k]:
            drifted = np.diff(design.reversion.clock(days))[0]
            own = own + drifted * weights[1:].sum() * nodes.kappa**2
        cov[:, terms.row[k], terms.row[m]] += own
    return cov


# Nodes are smoothed in parts whose working arrays stay below this many numbers (256 MB): with
# drifting houses a node and poll take 52 microseconds four nodes at a time, 18 with twenty.
PART_NUMBERS = 32_000_000


@dataclass(frozen=True, eq=False)
class Steps:
    """Smoothed steps of the level from each knot to the next, given the effects.

    Parameters
    ----------
    mean : ndarray, shape (n_knots - 1, n_nodes)
        When all effects are zero.
    loading : ndarray, shape (n_knots - 1, n_effects, n_nodes)
        How they answer to each effect.
    var : ndarray, shape (n_knots - 1, n_nodes)
    with_left, with_right : ndarray, shape (n_knots - 1, n_nodes)
        Covariances with the combination that is smoothed, at either knot.
    """

    mean: Array
    loading: Array
    var: Array
    with_left: Array
    with_right: Array


@dataclass(frozen=True, eq=False)
class Chain:
    """Smoothed combination of the walks given the effects, at the days with polls (knots).

    Parameters
    ----------
    days : ndarray of int, shape (n_knots,)
    mean : ndarray, shape (n_knots, n_nodes)
        When all effects are zero; without the prior mean of the level.
    loading : ndarray, shape (n_knots, n_effects, n_nodes)
        How it answers to each effect.
    var : ndarray, shape (n_knots, n_nodes)
        Its variance, the same for any effects.
    lag_cov : ndarray, shape (n_knots - 1, n_nodes)
        Covariance of each knot with the next.
    steps : Steps, optional
        Steps of the level, where it keeps a clock of its own between knots.
    error : ndarray, shape (n, 1 + n_effects, n_nodes)
        Smoothed error of each observation over its variance (Durbin and
        Koopman 2012, section 4.5), of the response and of each column; no
        observations when it was not asked for.
    """

    days: Days
    mean: Array
    loading: Array
    var: Array
    lag_cov: Array
    error: Array
    steps: Steps | None = None


def smooth_in_parts(
    design: Design, nodes: Nodes, walks: Array, *, errors: bool = False
) -> Iterator[tuple[slice, Chain]]:
    """Smooth some nodes at a time, so that memory does not grow with their number."""
    n, n_columns = len(design.day), 1 + design.columns.shape[1]
    n_days = len(np.unique(design.day)) if design.n_walks == 1 else n
    numbers = 2 * n_days * n_columns + n * (4 + 2 * design.n_walks)
    numbers += n * n_columns if errors else 0
    # A calming level is smoothed beside the combination.
    numbers += 0 if design.calming is None else 2 * n_days * (n_columns + design.n_walks)
    for part, some in in_parts(nodes, numbers, nodes_at_once(design)):
        yield part, smooth_walks(design, some, walks, errors=errors)


def in_parts(nodes: Nodes, numbers: int, most: int) -> Iterator[tuple[slice, Nodes]]:
    """Cut nodes into parts, when each needs so many numbers of working memory; so many at most."""
    size = max(1, min(PART_NUMBERS // numbers, most))
    for start in range(0, len(nodes), size):
        part = slice(start, min(start + size, len(nodes)))
        yield part, nodes.part(np.arange(part.start, part.stop))


def smooth_walks(design: Design, nodes: Nodes, walks: Array, *, errors: bool = False) -> Chain:
    """Smooth one combination of the walks at all poll days.

    Parameters
    ----------
    design : Design
    nodes : Nodes
    walks : ndarray, shape (n_walks,)
        Weights of the level and of each house's drift.
    errors : bool
        Are the errors of the observations wanted too.

    Returns
    -------
    Chain

    Notes
    -----
    Backward recursions for r and N (Durbin and Koopman 2012, section 4.4) and
    the covariance of neighbouring states (their section 4.7).
    """
    if design.n_walks == 1:
        return _smooth_level_alone(design, nodes, float(walks[0]), errors)
    # A calming level is smoothed beside the combination.
    rows = design.see_walks(np.tile(walks, (len(design.day), 1)), design.day)[:, None]
    if design.calming is not None:
        level = np.tile(np.eye(design.n_walks)[0], (len(design.day), 1, 1))
        rows = np.concatenate([rows, level], axis=1)
    at_polls = smooth_at_polls(design, nodes, rows)
    seen, cov, lag_cov, error = at_polls
    # Of a day one of the polls is kept; between days the last of one and the first of the next.
    knots, first = np.unique(design.day, return_index=True)
    seen, cov, lag_cov = seen[first], cov[first], lag_cov[first[1:] - 1]
    return Chain(
        days=knots,
        mean=seen[:, 0, 0],
        loading=-seen[:, 0, 1:],
        var=np.maximum(cov[:, 0, 0], 0.0),
        lag_cov=lag_cov[:, 0, 0],
        error=error if errors else error[:0],
        steps=None if design.calming is None else _take_steps(seen[:, 1], cov[:, :, 1], lag_cov),
    )


def smooth_at_polls(design: Design, nodes: Nodes, rows: Array) -> tuple[Array, Array, Array, Array]:
    """Smooth combinations of the walks at each observation, to each its own.

    Parameters
    ----------
    design : Design
        With more walks than the level.
    nodes : Nodes
    rows : ndarray, shape (n, n_rows, n_walks)
        Weights of the walks in each combination at each observation.

    Returns
    -------
    seen : ndarray, shape (n, n_rows, 1 + n_effects, n_nodes)
        Smoothed means: of the response, and of each column.
    cov : ndarray, shape (n, n_rows, n_rows, n_nodes)
        Covariances given the effects.
    lag_cov : ndarray, shape (n, n_rows, n_rows, n_nodes)
        Of each, by row, with those at the next observation; of the last 0.
    error : ndarray, shape (n, 1 + n_effects, n_nodes)
        As in :class:`Chain`.
    """
    n, n_columns, n_nodes = len(design.day), 1 + design.columns.shape[1], len(nodes)
    kalman = KalmanFilter(design, nodes)
    innovation = np.zeros((n, n_columns, n_nodes))
    variance = np.zeros((n, n_nodes))
    loaded = np.zeros((n, design.n_walks, n_nodes))
    seen = np.zeros((n, rows.shape[1], n_columns, n_nodes))
    spread = np.zeros((n, *rows.shape[1:], n_nodes))
    for i in range(n):
        kalman.advance(int(design.day[i]))
        minus_mean, spread[i] = kalman.combine(rows[i])
        np.negative(minus_mean, out=seen[i])
        innovation[i], variance[i], loaded[i] = kalman.observe(i)
    r = np.zeros((design.n_walks, n_columns, n_nodes))
    big_n = np.zeros((design.n_walks, design.n_walks, n_nodes))
    cov, lag_cov = np.zeros((2, n, rows.shape[1], rows.shape[1], n_nodes))
    following = np.zeros((*rows.shape[1:], n_nodes))
    for i in range(n - 1, -1, -1):
        back = np.array([_carry_back(design, i, u, loaded[i], variance[i]) for u in following])
        lag_cov[i] = np.einsum("kwb,mwb->kmb", spread[i], back)
        # From here on the innovation's place holds the smoothed error.
        innovation[i] = _update(design, i, r, big_n, innovation[i], variance[i], loaded[i])
        seen[i] += np.einsum("kwb,wcb->kcb", spread[i], r)
        following = rows[i, :, :, None] - np.einsum("wvb,kvb->kwb", big_n, spread[i])
        cov[i] = np.einsum("kwb,mwb->kmb", spread[i], following)
    return seen, cov, lag_cov, innovation


def _take_steps(level: Array, cov: Array, lag_cov: Array) -> Steps:
    """Steps of a level that was smoothed beside a combination.

    Parameters
    ----------
    level : ndarray, shape (n_knots, 1 + n_effects, n_nodes)
    cov : ndarray, shape (n_knots, 2, n_nodes)
        Of the combination, and of the level, with the level.
    lag_cov : ndarray, shape (n_knots - 1, 2, 2, n_nodes)
        Of both with both at the next knot.
    """
    step = np.diff(level, axis=0)
    left, right = cov[:-1], cov[1:]
    return Steps(
        mean=step[:, 0],
        loading=-step[:, 1:],
        var=np.maximum(left[:, 1] + right[:, 1] - 2 * lag_cov[:, 1, 1], 0.0),
        with_left=lag_cov[:, 0, 1] - left[:, 0],
        with_right=right[:, 0] - lag_cov[:, 1, 0],
    )


def _smooth_level_alone(design: Design, nodes: Nodes, weight: float, errors: bool) -> Chain:
    """Smooth the level when nothing else walks."""
    mean, var, lag_cov = smooth_level(design, nodes)
    knots, which = np.unique(design.day, return_inverse=True)
    if errors:
        error = (design.centred[:, :, None] - mean[which]) / nodes.noise[:, None]
    else:
        error = np.zeros((0, *mean.shape[1:]))
    steps = None
    if design.calming is not None:
        both = np.array([weight, 1.0])
        lags = lag_cov[:, None, None] * np.outer(both, both)[:, :, None]
        steps = _take_steps(mean, var[:, None] * both[:, None], lags)
    mean *= weight
    loading = np.negative(mean[:, 1:], out=mean[:, 1:])
    return Chain(knots, mean[:, 0], loading, weight**2 * var, weight**2 * lag_cov, error, steps)


def _seen_walks(design: Design, i: int) -> list[tuple[int, float]]:
    """Walks that observation i shows, and what it sees of each."""
    drifts = design.drift and design.house[i] >= 0
    own = [(1 + int(design.house[i]), float(design.drift_loading[i]))] if drifts else []
    return [(0, 1.0), *own]


def _carry_back(design: Design, i: int, u: Array, loaded: Array, variance: Array) -> Array:
    """``L' u`` with ``L = I - loaded z' / variance``."""
    u = u.copy()
    moved = (loaded * u).sum(axis=0) / variance
    for k, share in _seen_walks(design, i):
        u[k] -= share * moved
    return u


def _update(
    design: Design,
    i: int,
    r: Array,
    big_n: Array,
    innovation: Array,
    variance: Array,
    loaded: Array,
) -> Array:
    """``r = z v / F + L' r`` and ``N = z z' / F + L' N L``, in place; returns ``v / F - K' r``."""
    gain = loaded / variance
    z = _seen_walks(design, i)
    error = innovation / variance - np.einsum("wb,wcb->cb", gain, r)
    for k, share in z:
        r[k] += share * error
    left = np.einsum("wb,wvb->vb", gain, big_n)
    both = (left * gain).sum(axis=0) + 1 / variance
    for k, share in z:
        big_n[k] -= share * left
    for k, share in z:
        big_n[:, k] -= share * left
    for k, share in z:
        for m, other in z:
            big_n[k, m] += share * other * both
    return np.asarray(error)
