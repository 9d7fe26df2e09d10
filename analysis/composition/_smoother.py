"""Posterior means and draws of the composition, at many sets of hyperparameters at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array
from analysis.composition._design import CompositionDesign, PartParams
from analysis.composition._filter import Pass, see


@dataclass(frozen=True, eq=False)
class Paths:
    """Levels under references and mean house effects: posterior means, or draws.

    Parameters
    ----------
    levels : ndarray, shape (n_knots, 2, n_columns, n_nodes)
        Parts of the level plus the weighted mean of the house effects, on the
        days with polls; without the prior mean of the level.
    houses : ndarray, shape (n_houses, 2, n_columns, n_nodes)
        Effect of each house less that weighted mean, averaged over the days of
        the house's polls.
    drifted : ndarray, shape (n_polls, 2, n_columns, n_nodes)
        The same on the day of each poll; no rows unless houses drift.
    walks : ndarray, shape (n_knots, 2, n_columns, n_nodes)
        Parts of the level without any houses; no rows unless its walk calms while houses drift,
        so that both run by different clocks.
    """

    levels: Array
    houses: Array
    drifted: Array
    walks: Array


class Smoother:
    """Posterior of the states at some sets of hyperparameters.

    Parameters
    ----------
    design : CompositionDesign
    params : PartParams
        Not more than :func:`analysis.composition._filter.blocks` takes at a time.
    reference : ndarray, shape (n_houses,)
        Weights of the houses in the level that is wanted.

    Notes
    -----
    A draw is the posterior mean plus a simulated path less the mean that the
    simulated polls alone would give (Durbin and Koopman 2002, "A simple and
    efficient simulation smoother for state space time series analysis",
    Biometrika 89(3)).  Means come from the fast state smoother (Koopman 1993,
    "Disturbance smoother for state space models", Biometrika 80(1)).
    """

    def __init__(self, design: CompositionDesign, params: PartParams, reference: Array) -> None:
        self.design = design
        self.params = params
        self.knots = design.knots
        self._pass = Pass(design, params, keep=True)
        self._drift_rate = params.drift_rate()
        self._knot_of = np.searchsorted(self.knots, design.day)
        self._reference = reference
        self._polls = np.bincount(design.house, minlength=len(design.first_day))

    @property
    def n_normals(self) -> int:
        """Standard normal numbers behind one simulated path with its polls."""
        n_walks = self.design.n_states if self.design.drift else 2
        n_sectors = int(self.design.house_sector.max()) + 1
        n_start = self.design.n_states + 2 * n_sectors
        return n_start + (len(self.knots) - 1) * n_walks + len(self._pass.rows)

    def mean(self) -> Paths:
        """Posterior means, with one column."""
        return self._smooth(self._pass.response[:, None, :])

    def deviations(self, normals: Array) -> Paths:
        """Deviations from the posterior mean, linear in standard normal numbers.

        Parameters
        ----------
        normals : ndarray, shape (n_normals, n_columns, n_nodes)
        """
        simulated, polls = self._simulate(normals)
        mean = self._smooth(polls)
        return Paths(
            simulated.levels - mean.levels,
            simulated.houses - mean.houses,
            simulated.drifted - mean.drifted,
            simulated.walks - mean.walks,
        )

    def _empty(self, n_columns: int) -> Paths:
        shape = (2, n_columns, len(self.params))
        n_polls = len(self.design.day) if self.design.drift else 0
        n_walks = len(self.knots) if has_two_clocks(self.design) else 0
        sizes = (len(self.knots), len(self.design.first_day), n_polls, n_walks)
        return Paths(*(np.zeros((size, *shape)) for size in sizes))

    def _record(self, out: Paths, knot: int, state: Array) -> None:
        """Keep what is wanted of the states on a day with polls."""
        place = self.design.place
        houses = np.stack([state[place], state[place + 1]], axis=1)
        mean = np.tensordot(self._reference, houses, axes=1)
        out.levels[knot] = state[:2] + mean
        if len(out.walks):
            out.walks[knot] = state[:2]
        for i in np.flatnonzero(self._knot_of == knot):
            j = self.design.house[i]
            out.houses[j] += (houses[j] - mean) / self._polls[j]
            if self.design.drift:
                out.drifted[i] = houses[j] - mean

    def _smooth(self, response: Array) -> Paths:
        """Posterior means given rows of shape (n_rows, n_columns, n_nodes)."""
        pushes = self._backward(self._forward(response))
        out = self._empty(response.shape[1])
        state = np.einsum("stb,tmb->smb", self._pass.start, pushes[0])
        self._record(out, 0, state)
        for knot in range(1, len(self.knots)):
            day = int(self.knots[knot - 1])
            self._step(state, pushes[knot], day, int(self.knots[knot]))
            self._record(out, knot, state)
        return out

    def _forward(self, response: Array) -> Array:
        """Innovations over their variances, shape (n_rows, n_columns, n_nodes)."""
        state = np.zeros((self.design.n_states, *response.shape[1:]))
        scaled = np.zeros_like(response)
        for k, row in enumerate(self._pass.rows):
            innovation = response[k] - see(row, state, self._house(row.poll))
            state += self._pass.gains[k][:, None] * innovation
            scaled[k] = innovation / self._pass.variances[k]
        return scaled

    def _house(self, poll: int) -> int:
        return int(self.design.place[self.design.house[poll]])

    def _backward(self, scaled: Array) -> Array:
        """Smoothing vectors before the polls of each knot: (n_knots, n_states, columns, nodes)."""
        rows = self._pass.rows
        vector = np.zeros((self.design.n_states, *scaled.shape[1:]))
        kept = np.zeros((len(self.knots), *vector.shape))
        for k in range(len(rows) - 1, -1, -1):
            row, house = rows[k], self._house(rows[k].poll)
            push = scaled[k] - np.einsum("sb,smb->mb", self._pass.gains[k], vector)
            for part in (0, 1):
                vector[[part, house + part]] += row.weights[part] * push
            knot = self._knot_of[row.poll]
            if k == 0 or self._knot_of[rows[k - 1].poll] != knot:
                kept[knot] = vector
        return kept

    def _step(self, state: Array, push: Array, day: int, to: int) -> None:
        """Add to the states what smoothing says they walked from a day to another."""
        level, drift = self.design.level_step(self.params, day, to), self._drift_rate
        state[:2] += np.einsum("pqb,qmb->pmb", level, push[:2])
        if self.design.drift:
            for house in self.design.place[self.design.first_day <= day]:
                own = slice(house, house + 2)
                state[own] += (to - day) * np.einsum("pqb,qmb->pmb", drift, push[own])

    def _simulate(self, normals: Array) -> tuple[Paths, Array]:
        """Paths from the prior, and rows of polls seen on them."""
        source = _Source(normals)
        out = self._empty(normals.shape[1])
        polls = np.zeros((len(self._pass.rows), *normals.shape[1:]))
        state, knot = self._simulate_start(source), 0
        self._record(out, 0, state)
        for k, row in enumerate(self._pass.rows):
            if self._knot_of[row.poll] > knot:
                self._walk(state, source, int(self.knots[knot]), int(self.knots[knot + 1]))
                knot += 1
                self._record(out, knot, state)
            error = np.sqrt(row.noise) * source.take(1)[0]
            polls[k] = see(row, state, self._house(row.poll)) + error
        return out, polls

    def _simulate_start(self, source: _Source) -> Array:
        """States on the first day."""
        design = self.design
        state = source.take(design.n_states).copy()
        state[:2] *= design.priors.level_sd
        for house in design.place:
            own = slice(house, house + 2)
            state[own] = correlate(self.params.house_spread(), state[own])
        for sector in range(int(design.house_sector.max()) + 1):
            effect = design.priors.sector_sd * source.take(2)
            for house in design.place[design.house_sector == sector]:
                state[house : house + 2] += effect
        return state

    def _walk(self, state: Array, source: _Source, day: int, to: int) -> None:
        """Let simulated states walk from a day to another."""
        drift = (to - day) * self._drift_rate
        state[:2] += correlate(self.design.level_step(self.params, day, to), source.take(2))
        if self.design.drift:
            steps = source.take(self.design.n_states - 2)
            for house in self.design.place[self.design.first_day <= day]:
                own = steps[house - 2 : house]
                state[house : house + 2] += correlate(drift, own)


def has_two_clocks(design: CompositionDesign) -> bool:
    """Do the level and the houses walk by different clocks."""
    return design.drift and design.calming is not None


class _Source:
    """Standard normal numbers, taken one after the other."""

    def __init__(self, normals: Array) -> None:
        self._normals = normals
        self._next = 0

    def take(self, n: int) -> Array:
        """The next n, shape (n, n_columns, n_nodes)."""
        self._next += n
        return self._normals[self._next - n : self._next]


def correlate(cov: Array, normals: Array) -> Array:
    """Pairs with covariances (2, 2, n_nodes) from standard normal pairs (2, ..., n_nodes)."""
    first = np.sqrt(cov[0, 0])
    slope = np.divide(cov[0, 1], first, out=np.zeros_like(first), where=first > 0)
    rest = np.sqrt(np.maximum(cov[1, 1] - slope**2, 0.0))
    return np.array([first * normals[0], slope * normals[0] + rest * normals[1]])
