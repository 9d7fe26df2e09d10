"""Kalman filter of the composition, at many sets of hyperparameters at once.

The state holds both parts of the level and of each house: effect plus, if houses
drift, what it has drifted since its first poll.  All sets of hyperparameters (nodes)
advance together, as in :mod:`analysis.trend.solver.filter`; here effects are states too, since
drift makes states of them anyway and one recursion serves both models.
"""

from __future__ import annotations

import numpy as np

from analysis.base.arrays import Array
from analysis.composition._design import (
    CompositionDesign,
    PartParams,
    Row,
    add_to_houses,
    list_rows,
    start_covariance,
)

# Numbers in the covariances of the nodes that advance together: three megabytes, which stay in the
# processor's cache.
BLOCK_NUMBERS = 400_000


def loglike(design: CompositionDesign, params: PartParams) -> Array:
    """Log likelihood at each set of params, the states integrated out, shape (n_nodes,)."""
    return np.concatenate(
        [Pass(design, params.part(block), keep=False).loglike for block in blocks(design, params)]
    )


def blocks(design: CompositionDesign, params: PartParams) -> list[slice]:
    """Nodes in blocks that fit the cache."""
    size = max(1, BLOCK_NUMBERS // design.n_states**2)
    return [slice(k, min(k + size, len(params))) for k in range(0, len(params), size)]


class Pass:
    """One pass of the covariances through the polls, and of the polls' own innovations.

    Attributes
    ----------
    rows : list of Row
    start : ndarray, shape (n_states, n_states, n_nodes)
        Prior covariance.
    response : ndarray, shape (n_rows, n_nodes)
    loglike : ndarray, shape (n_nodes,)
    gains : ndarray, shape (n_rows, n_states, n_nodes)
        Of the rows; empty unless they are kept.
    variances : ndarray, shape (n_rows, n_nodes)
        Of the innovations.
    """

    def __init__(self, design: CompositionDesign, params: PartParams, *, keep: bool) -> None:
        self.design = design
        self.params = params
        self.rows = list_rows(design, params)
        self.start = start_covariance(design, params)
        self.response = response_rows(design, self.rows)
        n_rows, n_nodes = len(self.rows), len(params)
        self.gains = np.zeros((n_rows if keep else 0, design.n_states, n_nodes))
        self.variances = np.zeros((n_rows, n_nodes))
        self.loglike = np.zeros(n_nodes)
        self._drift_rate = params.drift_rate()
        self._run(keep)

    def _run(self, keep: bool) -> None:
        design, cov = self.design, self.start.copy()
        mean = np.zeros((design.n_states, len(self.params)))
        day, needed = int(design.day[0]), self._count_needed(keep)
        for k, row in enumerate(self.rows):
            if needed[k] < len(cov):
                cov, mean = cov[: needed[k], : needed[k]].copy(), mean[: needed[k]]
            if design.day[row.poll] > day:
                self._advance(cov, day, int(design.day[row.poll]))
                day = int(design.day[row.poll])
            house = int(design.place[design.house[row.poll]])
            loaded = see(row, cov, house)
            variance = see(row, loaded, house) + row.noise
            innovation = self.response[k] - see(row, mean, house)
            gain = loaded / variance
            mean += gain * innovation
            cov -= gain[:, None] * loaded
            self.loglike -= 0.5 * (np.log(2 * np.pi * variance) + innovation**2 / variance)
            self.variances[k] = variance
            if keep:
                self.gains[k] = gain

    def _count_needed(self, keep: bool) -> list[int]:
        """States that the rows from each one on still see; all of them if gains are kept."""
        places = [int(self.design.place[self.design.house[row.poll]]) + 2 for row in self.rows]
        if keep:
            return [self.design.n_states] * len(places)
        return [int(k) for k in np.maximum.accumulate(places[::-1])[::-1]]

    def _advance(self, cov: Array, day: int, to: int) -> None:
        """Let the level, and the drift of houses that have begun, walk on."""
        cov[:2, :2] += self.design.level_step(self.params, day, to)
        if self.design.drift:
            begun = self.design.place[self.design.first_day <= day]
            add_to_houses(cov, begun[begun < len(cov)], self._drift_rate * (to - day))


def see(row: Row, states: Array, house: int) -> Array:
    """What a row shows of states, shape (n_states, ..., n_nodes), of the level and of a house."""
    first, second = states[0] + states[house], states[1] + states[house + 1]
    return np.asarray(row.weights[0] * first + row.weights[1] * second)


def response_rows(design: CompositionDesign, rows: list[Row]) -> Array:
    """Printed shares less the prior mean of the level, as rows see them: (n_rows, n_nodes)."""
    centred = np.nan_to_num(design.shares - design.priors.level_mean)
    return np.array([centred[row.poll] @ row.weights for row in rows])
