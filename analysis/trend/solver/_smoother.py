"""A combination of the random walks, such as the level, at every poll day given the effects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack

from analysis.base.arrays import Array, Days
from analysis.trend.solver.blocks import MOST_POLLS, Smoother, smooth_errors
from analysis.trend.solver.design import Design, Functionals, Nodes, level_steps
from analysis.trend.solver.filter import nodes_at_once, smooth_level


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


# Nodes are smoothed in parts whose working arrays stay below this many numbers (256 MB).
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
    """

    days: Days
    mean: Array
    loading: Array
    var: Array
    lag_cov: Array
    steps: Steps | None = None


def smooth_in_parts(design: Design, nodes: Nodes, walks: Array) -> Iterator[tuple[slice, Chain]]:
    """Smooth one combination of the walks at all poll days, some nodes at a time.

    Parameters
    ----------
    design : Design
    nodes : Nodes
    walks : ndarray, shape (n_walks,)
        Weights of the level and of each house's drift.

    Yields
    ------
    part : slice
        Of the nodes.
    chain : Chain
    """
    knots, n_columns = np.unique(design.day), 1 + design.columns.shape[1]
    if design.n_walks == 1:
        numbers = (2 if design.calming is None else 4) * len(knots) * n_columns
        numbers += 4 * len(design.day)
        for part, some in in_parts(nodes, numbers, nodes_at_once(design)):
            yield part, _smooth_level_alone(design, some, float(walks[0]))
        return
    rows = design.see_walks(np.tile(walks, (len(knots), 1)), knots)[:, None]
    # A calming level is smoothed beside the combination.
    if design.calming is not None:
        level = np.tile(np.eye(design.n_walks)[0], (len(knots), 1, 1))
        rows = np.concatenate([rows, level], axis=1)
    for part, *smoothed in smooth_rows(design, nodes, knots, rows):
        seen, cov, lag_cov = (np.moveaxis(each, 0, -1) for each in smoothed)
        lag_cov = lag_cov[:-1]
        calms = design.calming is not None
        yield (
            part,
            Chain(
                days=knots,
                mean=seen[:, 0, 0],
                loading=-seen[:, 0, 1:],
                var=np.maximum(cov[:, 0, 0], 0.0),
                lag_cov=lag_cov[:, 0, 0],
                steps=_take_steps(seen[:, 1], cov[:, :, 1], lag_cov) if calms else None,
            ),
        )


def smooth_rows(
    design: Design, nodes: Nodes, days: Days, rows: Array
) -> Iterator[tuple[slice, Array, Array, Array]]:
    """Smooth combinations of the walks, some nodes at a time.

    Parameters
    ----------
    design : Design
    nodes : Nodes
    days, rows : ndarray
        As of :class:`analysis.trend.solver.blocks.Smoother`.

    Yields
    ------
    part : slice
        Of the nodes.
    seen, cov, lag_cov : ndarray
        As from the smoother.
    """
    smoother = Smoother(design, days, rows)
    numbers = 2 * rows.shape[0] * rows.shape[1] * (1 + design.columns.shape[1]) + _kept(design)
    for part, some in in_parts(nodes, numbers, nodes_at_once(design)):
        yield part, *smoother.smooth(some)


def smooth_own_errors(design: Design, nodes: Nodes, response: Array) -> Array:
    """Smoothed errors of the observations at nodes with a response each.

    Parameters
    ----------
    design : Design
    nodes : Nodes
    response : ndarray, shape (n, n_nodes)
        Without effects and the prior mean of the level.

    Returns
    -------
    ndarray, shape (n, n_nodes)
    """
    if design.drift:
        numbers = len(design.day) * (design.n_walks + MOST_POLLS)
        return np.hstack(
            [
                smooth_errors(design, some, response[:, part])
                for part, some in in_parts(nodes, numbers, nodes_at_once(design))
            ]
        )
    which = np.unique(design.day, return_inverse=True)[1]
    level, _, _ = smooth_level(design, nodes, response[:, None])
    return np.asarray(response - level[which, 0])


def _kept(design: Design) -> int:
    """Numbers that the smoother of blocks keeps on its way, for a node."""
    n_columns, n_walks = 1 + design.columns.shape[1], design.n_walks
    return len(design.day) * int(2 * (n_walks + n_columns) + min(n_walks, MOST_POLLS))


def in_parts(nodes: Nodes, numbers: int, most: int) -> Iterator[tuple[slice, Nodes]]:
    """Cut nodes into parts, when each needs so many numbers of working memory; so many at most."""
    size = max(1, min(PART_NUMBERS // numbers, most))
    for start in range(0, len(nodes), size):
        part = slice(start, min(start + size, len(nodes)))
        yield part, nodes.part(np.arange(part.start, part.stop))


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


def _smooth_level_alone(design: Design, nodes: Nodes, weight: float) -> Chain:
    """Smooth the level when nothing else walks."""
    mean, var, lag_cov = smooth_level(design, nodes, design.centred[:, :, None])
    steps = None
    if design.calming is not None:
        both = np.array([weight, 1.0])
        lags = lag_cov[:, None, None] * np.outer(both, both)[:, :, None]
        steps = _take_steps(mean, var[:, None] * both[:, None], lags)
    mean *= weight
    loading = np.negative(mean[:, 1:], out=mean[:, 1:])
    knots = np.unique(design.day)
    return Chain(knots, mean[:, 0], loading, weight**2 * var, weight**2 * lag_cov, steps)
