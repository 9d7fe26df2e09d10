"""Kalman filters at many sets of hyperparameters at once, and the smoother of the level alone.

Given the constant effects the level (and the drift of each house) is a random
walk seen with noise.  The filter runs over the polls and beside them over the
column of each effect; what is left of the columns are the normal equations of
the effects (the augmented filter of de Jong 1991, "The diffuse Kalman filter",
Annals of Statistics 19(2); Durbin and Koopman 2012, section 5.7).  All nodes,
that is sets of hyperparameters, advance together: one pass in time serves hundreds.

There are two filters with the same numbers, and :func:`run_filter` chooses:

- :class:`KalmanFilter` takes all walks, drifting houses among them, and carries
  combinations of them along as further states; its smoother is
  :func:`analysis.trend.solver._smoother.smooth_walks`.
- :func:`filter_level`, with the smoother :func:`smooth_level`, is the short way
  when only the level walks: variances are scalars then and run ahead of the means.

The likelihood alone, of drifting houses, has a shorter way: :mod:`analysis.trend.solver.front`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.trend.solver.design import Design

# Innovations are turned into normal equations after so many numbers: large enough for the
# matrix product, small enough for the processor's cache (1 MB).
BLOCK_NUMBERS = 131_072
FEWEST_ROWS = 64
# Fewer nodes at a time than this do not pay, whatever the cache holds: it is the steps that take
# time then.
FEWEST_NODES = 24


def level_steps(design: Design, nodes: Nodes, start: Days, end: Days) -> Array:
    """Variance that the level walks from days to later ones, shape (n_days, n_nodes)."""
    steps = (end - start)[:, None] * nodes.tau**2
    if design.calming is not None:
        clock = design.calming.clock
        passed = clock(end[:, None], nodes.calm) - clock(start[:, None], nodes.calm)
        steps = steps + passed * nodes.shock**2
    return steps


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


def smooth_level(design: Design, nodes: Nodes) -> tuple[Array, Array, Array]:
    """Smoothed level on each day with observations, of the response and of each column.

    Returns
    -------
    mean : ndarray, shape (n_days, 1 + n_effects, n_nodes)
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
    columns = design.centred[:, :, None]
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
class Nodes:
    """Sets of hyperparameters, except the spread of houses, which only enters afterwards.

    Parameters
    ----------
    tau, kappa : ndarray, shape (n_nodes,)
        Daily steps of the level and of each house's drift, points per root day.
    noise : ndarray, shape (n, n_nodes)
        Error variance of each observation, squared points.
    shock : ndarray, shape (n_nodes,)
        What a shock adds to the daily step of the level, points per root day; zeros for none.
    calm : ndarray, shape (n_nodes,), optional
        Days by which that calms, where they are no part of the design.
    """

    tau: Array
    kappa: Array
    noise: Array
    shock: Array
    calm: Array | None = None

    def __len__(self) -> int:
        return len(self.tau)

    def part(self, chosen: Days) -> Nodes:
        """Some of the nodes."""
        calm = None if self.calm is None else self.calm[chosen]
        return Nodes(
            self.tau[chosen], self.kappa[chosen], self.noise[:, chosen], self.shock[chosen], calm
        )


@dataclass(frozen=True, eq=False)
class Functionals:
    """Linear combinations of the walks at days: row r gets ``weights[k] @ walks(day[k])``.

    Parameters
    ----------
    row, day : ndarray of int, shape (n_terms,)
    weights : ndarray, shape (n_terms, n_walks)
    n_rows : int
    """

    row: Days
    day: Days
    weights: Array
    n_rows: int


@dataclass(frozen=True, eq=False)
class Filtered:
    """What a pass through the polls leaves, per node.

    Parameters
    ----------
    normal : ndarray, shape (n_nodes, 1 + n_effects, 1 + n_effects)
        Normal equations: innovations of response and columns, weighted.
    log_det : ndarray, shape (n_nodes,)
        Sum of the log variances of the innovations.
    mean : ndarray, shape (n_states, 1 + n_effects, n_nodes)
        Walks and functionals after the last observation: of the response, and
        of each column.
    cov : ndarray, shape (n_states, n_states, n_nodes)
    """

    normal: Array
    log_det: Array
    mean: Array
    cov: Array


class KalmanFilter:
    """State of the filters while they advance.

    Parameters
    ----------
    design : Design
    nodes : Nodes
    n_rows : int
        Functionals that are carried along as further states.

    Attributes
    ----------
    minus_mean : ndarray, shape (n_states, 1 + n_effects, n_nodes)
        Means of the states, times -1: what is added to an observation to get its innovation.
    cov : ndarray, shape (n_states, n_states, n_nodes)

    Notes
    -----
    An observation changes means and covariances by the same gain, so both are parts of one
    array: with few nodes it is the number of steps that takes time.
    """

    def __init__(self, design: Design, nodes: Nodes, n_rows: int = 0) -> None:
        n_states, n_columns = design.n_walks + n_rows, 1 + design.columns.shape[1]
        self.design = design
        self.nodes = nodes
        self._state = np.zeros((n_states, n_columns + n_states, len(nodes)))
        self.minus_mean, self.cov = self._state[:, :n_columns], self._state[:, n_columns:]
        self.cov[0, 0] = design.level_sd**2
        self.day = int(design.day[0])
        self._passed = np.zeros(1) if design.calming is None else self._clock(self.day)
        self._change = np.empty_like(self._state)
        self._centred, self._loading = design.centred[:, :, None], design.drift_loading
        # Variances of the walks, a view.
        flat = self._state.reshape(-1, len(nodes))
        self._variances = flat[n_columns :: n_columns + n_states + 1][: design.n_walks]
        self._n_begun = -1
        self._rates = np.zeros((0, 0))

    def advance(self, day: int) -> None:
        """Let the walks go on to a day."""
        if day > self.day:
            n_begun = int((self.design.first_day <= self.day).sum())
            if n_begun != self._n_begun:
                self._n_begun = n_begun
                self._rates = self.design.walk_rates(self.nodes.tau, self.nodes.kappa, self.day)
            gaps = np.full((len(self._rates), 1), float(day - self.day))
            if self.design.is_reverting:
                gaps[1:] = np.diff(self.design.reversion.clock(np.array([self.day, day])))
            self._variances += self._rates * gaps
            if self.design.calming is not None:
                passed = self._clock(day)
                self._variances[0] += self.nodes.shock**2 * (passed - self._passed)
                self._passed = passed
            self.day = day

    def _clock(self, day: int) -> Array:
        """Clock of the shock on a day, at each node."""
        assert self.design.calming is not None
        return self.design.calming.clock(day, self.nodes.calm)

    def add(self, row: int, weights: Array) -> None:
        """Add a combination of the walks to a functional."""
        n_walks, state = self.design.n_walks, self.design.n_walks + row
        self._state[state] += np.einsum("w,wcb->cb", weights, self._state[:n_walks])
        self.cov[:, state] += np.einsum("w,swb->sb", weights, self.cov[:, :n_walks])

    def combine(self, rows: Array) -> tuple[Array, Array]:
        """Means, times -1, of combinations of the walks, and their covariance with the walks.

        Parameters
        ----------
        rows : ndarray, shape (n_rows, n_walks)
        """
        n_columns, n_walks = self.minus_mean.shape[1], self.design.n_walks
        combined = np.tensordot(rows, self._state[:n_walks], axes=1)
        return combined[:, :n_columns], combined[:, n_columns : n_columns + n_walks]

    def observe(self, i: int) -> tuple[Array, Array, Array]:
        """Take in observation i; returns innovations, their variance and the loaded covariance."""
        n_columns, house = self.minus_mean.shape[1], int(self.design.house[i])
        if self.design.drift and house >= 0:
            loading = self._loading[i]
            seen = self._state[0] + loading * self._state[1 + house]
            variance = seen[n_columns] + loading * seen[n_columns + 1 + house]
            variance += self.nodes.noise[i]
        else:
            seen = self._state[0].copy()
            variance = seen[n_columns] + self.nodes.noise[i]
        innovation, loaded = seen[:n_columns], seen[n_columns:]
        innovation += self._centred[i]
        gain = loaded / variance
        np.multiply(gain[:, None], seen, out=self._change)
        self._state -= self._change
        return innovation, variance, loaded


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
        return Filtered(normal, log_det, mean[None], var[None, None])
    size = nodes_at_once(design, functionals.n_rows if functionals else 0)
    parts = [
        _run_kalman(
            design, nodes.part(np.arange(first, min(first + size, len(nodes)))), functionals
        )
        for first in range(0, len(nodes), size)
    ]
    return Filtered(
        np.concatenate([part.normal for part in parts]),
        np.concatenate([part.log_det for part in parts]),
        np.concatenate([part.mean for part in parts], axis=-1),
        np.concatenate([part.cov for part in parts], axis=-1),
    )


def nodes_at_once(design: Design, n_rows: int = 0) -> int:
    """Nodes whose states, with some functionals, the processor's cache holds."""
    n_states = design.n_walks + n_rows
    numbers = n_states * (n_states + 1 + design.columns.shape[1])
    return max(int(BLOCK_NUMBERS // numbers), FEWEST_NODES)


def _run_kalman(design: Design, nodes: Nodes, functionals: Functionals | None) -> Filtered:
    """Filter some nodes together."""
    n, n_columns = len(design.day), 1 + design.columns.shape[1]
    kalman = KalmanFilter(design, nodes, functionals.n_rows if functionals else 0)
    size = int(np.clip(BLOCK_NUMBERS // (n_columns * len(nodes)), 1, n))
    block, variances = np.empty((size, n_columns, len(nodes))), np.empty((size, len(nodes)))
    normal = np.zeros((len(nodes), n_columns, n_columns))
    log_det = np.zeros(len(nodes))
    terms = _terms_by_step(design, functionals)
    for i in range(n):
        for day, row, weights in terms.get(i, ()):
            kalman.advance(day)
            kalman.add(row, weights)
        kalman.advance(int(design.day[i]))
        filled = i % size + 1
        block[filled - 1], variances[filled - 1], _ = kalman.observe(i)
        if filled == size or i == n - 1:
            scaled = block[:filled] / np.sqrt(variances[:filled, None])
            rows = np.ascontiguousarray(scaled.transpose(2, 0, 1))
            normal += rows.transpose(0, 2, 1) @ rows
            log_det += np.log(variances[:filled]).sum(axis=0)
    for day, row, weights in terms.get(n, ()):
        kalman.advance(day)
        kalman.add(row, weights)
    return Filtered(normal, log_det, -kalman.minus_mean, kalman.cov)


def _terms_by_step(
    design: Design, functionals: Functionals | None
) -> dict[int, list[tuple[int, int, Array]]]:
    """Terms of functionals before each observation (n for after the last), in order of days."""
    terms: dict[int, list[tuple[int, int, Array]]] = {}
    if functionals is not None:
        order = np.argsort(functionals.day, kind="stable")
        step = np.searchsorted(design.day, functionals.day)
        for k in order:
            term = (int(functionals.day[k]), int(functionals.row[k]), functionals.weights[k])
            terms.setdefault(int(step[k]), []).append(term)
    return terms
