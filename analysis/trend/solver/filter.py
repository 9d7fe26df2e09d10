"""Kalman filters at many sets of hyperparameters at once, and the smoother of the level alone.

Given the constant effects the level (and the drift of each house) is a random
walk seen with noise.  The filter runs over the polls and beside them over the
column of each effect; what is left of the columns are the normal equations of
the effects (the augmented filter of de Jong 1991, "The diffuse Kalman filter",
Annals of Statistics 19(2); Durbin and Koopman 2012, section 5.7).  All nodes,
that is sets of hyperparameters, advance together: one pass in time serves hundreds.

There are two filters with the same numbers, and :func:`run_filter` chooses:

- :mod:`analysis.trend.solver.blocks` takes all walks, drifting houses among them, and carries
  combinations of them along as further states; it has a smoother too.
- :func:`filter_level`, with the smoother :func:`smooth_level`, is the short way
  when only the level walks: variances are scalars then and run ahead of the means.  With many
  houses it takes no columns but sums over pairs of polls.

The likelihood alone, of drifting houses, has shorter ways: :mod:`analysis.trend.solver.front` and
the blocks of :mod:`analysis.trend.hyperparameters.score`, which tells its slopes too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from analysis.base.arrays import Array, Days
from analysis.trend.solver.blocks import Joint, Terms, cut_blocks, place_terms
from analysis.trend.solver.design import Design, Functionals, Nodes, level_steps

# Innovations are turned into normal equations after so many numbers: large enough for the
# matrix product, small enough for the processor's cache (1 MB).
BLOCK_NUMBERS = 131_072
FEWEST_ROWS = 64
# Fewer nodes at a time than this do not pay, whatever the cache holds: it is the steps that take
# time then.
FEWEST_NODES = 8
# From so many houses on sums over pairs of polls are quicker than a column for each house; so many
# nodes at a time at most, whose sums hold so many numbers (8 MB).
MANY_HOUSES, MOST_NODES, PAIR_NUMBERS = 24, 512, 1_000_000


def filter_variances(design: Design, nodes: Nodes) -> tuple[Array, Array, Array]:
    """Gains, innovation variances and filtered variances, each of shape (n, n_nodes)."""
    noise, n_nodes = nodes.noise, len(nodes)
    gain, variance, filtered = (np.empty_like(noise) for _ in range(3))
    steps = level_steps(design, nodes, np.append(design.day[:1], design.day[:-1]), design.day)
    var, seen = np.full(n_nodes, design.level_sd**2), np.empty(n_nodes)
    for step, error, total, share, left in zip(steps, noise, variance, gain, filtered, strict=True):
        np.add(var, step, out=seen)
        np.add(seen, error, out=total)
        np.divide(seen, total, out=share)
        var = np.multiply(share, error, out=left)
    return gain, variance, filtered


def filter_level(design: Design, nodes: Nodes) -> tuple[Array, Array, Array, Array]:
    """Normal equations, log determinant, last mean and last variance of the level.

    Parameters
    ----------
    design : Design
    nodes : Nodes

    Returns
    -------
    normal : ndarray, shape (n_nodes, 1 + n_effects, 1 + n_effects)
    log_det : ndarray, shape (n_nodes,)
    mean : ndarray, shape (1 + n_effects, n_nodes)
    var : ndarray, shape (n_nodes,)
    """
    if np.count_nonzero(design.is_house) >= MANY_HOUSES:
        return _filter_many_houses(design, nodes)
    gain, variance, filtered = filter_variances(design, nodes)
    columns, precision = design.centred[:, :, None], 1 / np.sqrt(variance)
    n_columns, n_nodes = columns.shape[1], len(nodes)
    normal, mean = np.empty((n_nodes, n_columns, n_columns)), np.empty((n_columns, n_nodes))
    # With many columns a few nodes at a time, so that a block holds as many rows as a product of
    # matrices needs to be quick.
    size = max(1, BLOCK_NUMBERS // (n_columns * FEWEST_ROWS))
    for first in range(0, n_nodes, size):
        part = slice(first, min(first + size, n_nodes))
        normal[part], mean[:, part] = _filter_columns(columns, gain[:, part], precision[:, part])
    return normal, np.log(variance).sum(axis=0), mean, filtered[-1]


def _filter_columns(columns: Array, gain: Array, precision: Array) -> tuple[Array, Array]:
    """Normal equations and last means of response and columns, of some nodes."""
    n, n_columns, n_nodes = len(columns), columns.shape[1], gain.shape[1]
    size = int(np.clip(BLOCK_NUMBERS // (n_columns * n_nodes), 1, n))
    block, scaled = np.empty((size, n_columns, n_nodes)), np.empty((n_nodes, size, n_columns))
    mean, moved = np.zeros((n_columns, n_nodes)), np.empty((n_columns, n_nodes))
    normal = np.zeros((n_nodes, n_columns, n_columns))
    for start in range(0, n, size):
        part = slice(start, min(start + size, n))
        filled = part.stop - start
        for column, share, innovation in zip(columns[part], gain[part], block, strict=False):
            np.subtract(column, mean, out=innovation)
            np.multiply(innovation, share, out=moved)
            np.add(mean, moved, out=mean)
        rows = scaled[:, :filled]
        np.multiply(block[:filled].transpose(2, 0, 1), precision[part].T[:, :, None], out=rows)
        normal += rows.transpose(0, 2, 1) @ rows
    return normal, mean


def _filter_many_houses(design: Design, nodes: Nodes) -> tuple[Array, Array, Array, Array]:
    """What :func:`filter_level` finds, in a time that grows with polls times houses.

    Notes
    -----
    With C the columns, W the precisions of the errors and G the smoothed covariance of the level
    at the polls, the normal equations are ``C' W C - C' W G W C``.  The covariance at two polls is
    the variance at the later one times a product over the steps between them, so that one pass
    sums over all pairs of polls; and a poll is of one house.
    """
    own, others = np.flatnonzero(design.is_house), np.flatnonzero(~design.is_house)
    dense = design.centred[:, np.append(0, 1 + others)]
    polls, house = np.nonzero(design.columns[:, own])
    value = design.columns[polls, own[house]][:, None]
    sums = csr_array((np.ones(len(polls)), (house, np.arange(len(polls)))), (len(own), len(polls)))
    at, of_dense = 1 + own, np.append(0, 1 + others)
    n_columns, n_nodes = 1 + len(design.names), len(nodes)
    normal, mean = np.empty((n_nodes, n_columns, n_columns)), np.empty((n_columns, n_nodes))
    log_det, last = np.empty(n_nodes), np.empty(n_nodes)
    size = int(np.clip(PAIR_NUMBERS // n_columns**2, FEWEST_NODES, MOST_NODES))
    for first in range(0, n_nodes, size):
        chosen = slice(first, min(first + size, n_nodes))
        part = nodes.part(np.arange(chosen.start, chosen.stop))
        gain, variance, filtered = filter_variances(design, part)
        log_det[chosen], last[chosen] = np.log(variance).sum(axis=0), filtered[-1]
        back, smoothed = _smooth_variances(design, part, filtered)
        weight = 1 / part.noise
        left, mean[of_dense, chosen] = _smooth_columns(dense, gain, back)
        left *= weight[:, None]
        flat = left.reshape(len(left), -1)
        shape = (-1, dense.shape[1], len(part))
        both = (dense.T @ flat).reshape(shape).transpose(2, 0, 1)
        crossed = (sums @ (value * flat[polls])).reshape(shape).transpose(2, 0, 1)
        scaled = np.zeros_like(weight)
        scaled[polls] = value * weight[polls]
        pairs, known = _sum_pairs(polls, house, scaled, smoothed, back)
        mean[at, chosen] = known * filtered[-1]
        alone = value * scaled[polls] * (1 - weight[polls] * smoothed[polls])
        part_of_all = normal[chosen]
        part_of_all[:, of_dense[:, None], of_dense] = both
        part_of_all[:, at[:, None], of_dense] = crossed
        part_of_all[:, of_dense[:, None], at] = crossed.transpose(0, 2, 1)
        # Effects of houses stand side by side.
        of_houses = part_of_all[:, at[0] : at[-1] + 1, at[0] : at[-1] + 1]
        of_houses[...] = -(pairs + pairs.transpose(1, 0, 2)).transpose(2, 0, 1)
        np.einsum("nii->ni", of_houses)[...] += (sums @ alone).T
    return normal, log_det, mean, last


def _smooth_variances(design: Design, nodes: Nodes, filtered: Array) -> tuple[Array, Array]:
    """Shares of what is known later that go back to each poll, and smoothed variances.

    Both of shape (n, n_nodes); of the last poll the share is 0.
    """
    steps = level_steps(design, nodes, design.day[:-1], design.day[1:])
    back = np.zeros_like(filtered)
    back[:-1] = filtered[:-1] / (filtered[:-1] + steps)
    smoothed = filtered.copy()
    own = back[:-1] * steps
    for i in range(len(filtered) - 2, -1, -1):
        np.multiply(back[i], smoothed[i + 1], out=smoothed[i])
        smoothed[i] *= back[i]
        smoothed[i] += own[i]
    return back, smoothed


def _smooth_columns(columns: Array, gain: Array, back: Array) -> tuple[Array, Array]:
    """Columns less what the smoother makes of them, (n, n_columns, n_nodes), and last means."""
    mean = np.empty((*columns.shape, gain.shape[1]))
    current = np.zeros(mean.shape[1:])
    moved = np.empty_like(current)
    for i, (column, share) in enumerate(zip(columns[:, :, None], gain, strict=True)):
        np.subtract(column, current, out=moved)
        np.multiply(moved, share, out=moved)
        current = np.add(current, moved, out=mean[i])
    last = mean[-1].copy()
    for i in range(len(mean) - 2, -1, -1):
        np.subtract(mean[i + 1], mean[i], out=moved)
        moved *= back[i]
        mean[i] += moved
    return columns[:, :, None] - mean, last


def _sum_pairs(
    polls: Days, house: Days, scaled: Array, smoothed: Array, back: Array
) -> tuple[Array, Array]:
    """Weighted covariances of the level at two polls, summed by the houses of both.

    Parameters
    ----------
    polls, house : ndarray of int, shape (n_polls,)
        Observations that are polls, in order, and the position of the house of each.
    scaled, smoothed, back : ndarray, shape (n, n_nodes)
        Weights of the observations, and as from :func:`_smooth_variances`.

    Returns
    -------
    pairs : ndarray, shape (n_houses, n_houses, n_nodes)
        Of the first house is the later poll.
    known : ndarray, shape (n_houses, n_nodes)
        Weights of each house, carried to the last observation.
    """
    n_houses, n_nodes = 1 + int(house.max()), scaled.shape[1]
    pairs = np.zeros((n_houses, n_houses, n_nodes))
    known, added = np.zeros((2, n_houses, n_nodes))
    later = scaled * smoothed
    of_poll = np.full(len(scaled), -1)
    of_poll[polls] = house
    for i, of in enumerate(of_poll.tolist()):
        if of >= 0:
            np.multiply(known, later[i], out=added)
            pairs[of] += added
            known[of] += scaled[i]
        if i + 1 < len(scaled):
            known *= back[i]
    return pairs, known


def smooth_level(design: Design, nodes: Nodes, columns: Array) -> tuple[Array, Array, Array]:
    """Smoothed level on each day with observations, of responses and columns of effects.

    Parameters
    ----------
    design : Design
    nodes : Nodes
    columns : ndarray, shape (n, n_columns, 1) or (n, n_columns, n_nodes)

    Returns
    -------
    mean : ndarray, shape (n_days, n_columns, n_nodes)
    var : ndarray, shape (n_days, n_nodes)
    lag_cov : ndarray, shape (n_days - 1, n_nodes)
        Covariance of each with the next.

    Notes
    -----
    Rauch-Tung-Striebel (Durbin and Koopman 2012, section 4.4); variances are
    written without a difference of large numbers.  Within a day the level
    stands still, so the backward pass only needs what was known at its end.
    """
    gain, _, filtered = filter_variances(design, nodes)
    ends = np.flatnonzero(np.diff(design.day, append=design.day[-1] + 1))
    mean = np.empty((len(ends), columns.shape[1], len(nodes)))
    current, moved = np.zeros(mean.shape[1:]), np.empty(mean.shape[1:])
    begin = 0
    for k, end in enumerate(ends):
        for column, share in zip(columns[begin : end + 1], gain[begin : end + 1], strict=True):
            np.subtract(column, current, out=moved)
            np.multiply(moved, share, out=moved)
            np.add(current, moved, out=current)
        mean[k], begin = current, int(end) + 1
    var = filtered[ends]
    steps = level_steps(design, nodes, design.day[ends[:-1]], design.day[ends[1:]])
    back = var[:-1] / (var[:-1] + steps)
    lag_cov = np.empty_like(back)
    own = back * steps
    for i in range(len(ends) - 2, -1, -1):
        np.multiply(back[i], var[i + 1], out=lag_cov[i])
        var[i] = own[i] + back[i] * lag_cov[i]
        np.subtract(mean[i + 1], mean[i], out=moved)
        moved *= back[i]
        mean[i] += moved
    return mean, var, lag_cov


@dataclass(frozen=True, eq=False)
class Filtered:
    """What a pass through the polls leaves, per node.

    Parameters
    ----------
    normal : ndarray, shape (n_nodes, 1 + n_effects, 1 + n_effects)
        Normal equations: innovations of response and columns, weighted.
    log_det : ndarray, shape (n_nodes,)
        Sum of the log variances of the innovations.
    mean : ndarray, shape (n_nodes, n_rows, 1 + n_effects)
        Functionals, or without them the walks, after the last observation: of the response, and
        of each column.
    cov : ndarray, shape (n_nodes, n_rows, n_rows)
    """

    normal: Array
    log_det: Array
    mean: Array
    cov: Array

    def part(self, nodes: slice) -> Filtered:
        """What is found at some nodes, as views."""
        return Filtered(self.normal[nodes], self.log_det[nodes], self.mean[nodes], self.cov[nodes])


def run_filter(design: Design, nodes: Nodes, functionals: Functionals | None = None) -> Filtered:
    """Filter all observations at all nodes.

    Parameters
    ----------
    design : Design
    nodes : Nodes
    functionals : Functionals, optional
        Days from the first observation's to the last one's.

    Returns
    -------
    Filtered
    """
    if design.n_walks == 1 and functionals is None:
        normal, log_det, mean, var = filter_level(design, nodes)
        return Filtered(normal, log_det, mean.T[:, None], var[:, None, None])
    n_rows = functionals.n_rows if functionals else 0
    terms = place_terms(design, functionals) if functionals else None
    size, n_nodes = nodes_at_once(design, n_rows), len(nodes)
    n_columns, n_rows = 1 + design.columns.shape[1], n_rows or design.n_walks
    # With many houses parts side by side and then joined would be twice the memory.
    shapes = (n_columns, n_columns), (), (n_rows, n_columns), (n_rows, n_rows)
    found = Filtered(*(np.empty((n_nodes, *shape)) for shape in shapes))
    for first in range(0, n_nodes, size):
        part = slice(first, first + size)
        _filter_blocks(design, nodes.part(part), terms, found.part(part))
    return found


def nodes_at_once(design: Design, n_rows: int = 0) -> int:
    """Nodes whose states, with some functionals, the processor's cache holds."""
    n_states = design.n_walks + n_rows
    numbers = n_states * (n_states + 1 + design.columns.shape[1])
    return max(int(BLOCK_NUMBERS // numbers), FEWEST_NODES)


def _filter_blocks(
    design: Design, nodes: Nodes, terms: list[Terms | None] | None, found: Filtered
) -> None:
    """Filter some nodes together, and put what is found in its place."""
    n_rows = found.cov.shape[1] if terms else 0
    joint, blocks = Joint(design, nodes, design.centred, n_rows), cut_blocks(design)
    found.normal[...], found.log_det[...] = 0.0, 0.0
    for block, some in zip(blocks, terms or [None] * len(blocks), strict=True):
        taken = joint.take_in(block, some)
        found.normal[...] += taken.columns.transpose(0, 2, 1) @ taken.columns
        found.log_det[...] += taken.log_det
    kept = slice(joint.n_walks if terms else 0, joint.n_states)
    found.cov[...] = joint.numbers[:, kept, kept]
    np.negative(joint.numbers[:, kept, joint.n_states :], out=found.mean)
