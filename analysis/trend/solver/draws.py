"""Draws of level, effects and drift at given hyperparameters, and each poll left out in turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.trend.solver.design import Design

# Numbers that the draws of one pass keep at a time (40 MB).
PART_NUMBERS = 5_000_000


@dataclass(frozen=True, eq=False)
class Given:
    """A design at one set of hyperparameters, as the steps that a filter takes.

    The state holds the level, the constant effects and, if houses drift, what each has drifted.

    Parameters
    ----------
    design : Design
    params : dict of float
        By name.
    noise : ndarray, shape (n,)
        Error variance of each observation.
    """

    design: Design
    params: dict[str, float]
    noise: Array

    @property
    def start(self) -> Array:
        """Prior covariance of the state at the first observation."""
        design = self.design
        effects = design.effects_variance(self.params["sigma_h"])
        drifts = np.zeros(len(design.first_day) if design.drift else 0)
        return np.diag(np.concatenate([[design.level_sd**2], effects, drifts]))

    @property
    def rows(self) -> Array:
        """What each observation sees of the state, shape (n, n_states)."""
        design = self.design
        level = np.ones((len(design.day), 1))
        if not design.drift:
            return np.hstack([level, design.columns])
        own = design.house[:, None] == np.arange(len(design.first_day))
        return np.hstack([level, design.columns, own * design.drift_loading[:, None]])

    def steps(self, days: Days) -> Array:
        """Variance that each state gains up to the next of some days, (n_days - 1, n_states)."""
        design, gaps = self.design, np.diff(days)
        gained = np.zeros((len(gaps), len(self.start)))
        gained[:, 0] = self.params["tau"] ** 2 * gaps
        if design.calming is not None:
            passed = np.diff(design.calming.clock(days, self.params.get("calm")))
            gained[:, 0] += self.params["shock"] ** 2 * passed
        if design.drift:
            begun = design.first_day[None, :] <= days[:-1, None]
            passed = np.diff(design.reversion.clock(days))
            drifted = begun * self.params["kappa"] ** 2 * passed[:, None]
            gained[:, -len(design.first_day) :] = drifted
        return gained


@dataclass(frozen=True, eq=False)
class Paths:
    """Draws on the scale of the model.

    Parameters
    ----------
    level : ndarray, shape (n_days, n_draws)
        On the days asked for, under the weights of houses asked for but for their constant part.
    effects : ndarray, shape (n_effects, n_draws)
    at_polls : ndarray, shape (n, n_draws)
        What each observation sees of level, effects and drift: its value without error.
    reference : ndarray, shape (n, n_draws)
        The level under the same weights at each observation.
    """

    level: Array
    effects: Array
    at_polls: Array
    reference: Array


def draw_prior(given: Given, days: Days, houses: Array, n: int, rng: np.random.Generator) -> Paths:
    """Draw before any poll is known.

    Parameters
    ----------
    given : Given
    days : ndarray of int
        Not decreasing.
    houses : ndarray, shape (n_houses,)
        Weights of a reference.
    n : int
    rng : numpy Generator
    """
    return _draw(given, days, houses, n, rng, None)


def draw_posterior(
    given: Given, days: Days, houses: Array, n: int, rng: np.random.Generator
) -> Paths:
    """Draw given all polls; parameters as of :func:`draw_prior`.

    Notes
    -----
    Mean correction: what the smoother makes of the data less simulated data is added to the
    simulated states (Durbin and Koopman 2002, Biometrika 89(3); fast state smoothing as in
    Durbin and Koopman 2012, section 4.6.2).
    """
    run = _Filter(given)
    size = max(1, PART_NUMBERS // (2 * run.gain.size + len(days)))
    parts = [
        _draw(given, days, houses, min(size, n - first), rng, run) for first in range(0, n, size)
    ]
    return parts[0] if len(parts) == 1 else _join(parts)


def leave_one_out(given: Given) -> tuple[Array, Array]:
    """Mean and variance of each observation given all others: (n,) each.

    Notes
    -----
    With ``u`` the smoothing error and ``D`` its variance it is ``y - u / D`` and ``1 / D`` (de Jong
    1988, Biometrika 75(3)).
    """
    design, run = given.design, _Filter(given)
    centred = design.response - design.level_mean
    k = run.gain.shape[1]
    innovation = run.innovations(centred[:, None])[:, 0]
    r, spread = np.zeros(k), np.zeros((k, k))
    mean, variance = np.zeros(len(centred)), np.zeros(len(centred))
    for i in range(len(centred) - 1, -1, -1):
        z, gain, f = run.rows[i], run.gain[i], run.variance[i]
        left = spread @ gain
        d = 1 / f + gain @ left
        u = innovation[i] / f - gain @ r
        mean[i], variance[i] = design.response[i] - u / d, 1 / d
        r = r + z * u
        spread = spread - np.outer(z, left) - np.outer(left, z) + d * np.outer(z, z)
    return mean, variance


class _Filter:
    """Gains of the Kalman filter, which do not depend on what was observed.

    Attributes
    ----------
    rows : ndarray, shape (n, n_states)
    gain : ndarray, shape (n, n_states)
    variance : ndarray, shape (n,)
        Of the innovations.
    gained : ndarray, shape (n - 1, n_states)
        Variance of the steps between the observations.
    """

    def __init__(self, given: Given) -> None:
        self.start, self.rows = given.start, given.rows
        self.gained = given.steps(given.design.day)
        n, k = self.rows.shape
        self.gain, self.variance = np.zeros((n, k)), np.zeros(n)
        cov, diagonal = self.start.copy(), np.arange(k)
        for i, row in enumerate(self.rows):
            if i:
                cov[diagonal, diagonal] += self.gained[i - 1]
            loaded = cov @ row
            self.variance[i] = loaded @ row + given.noise[i]
            self.gain[i] = loaded / self.variance[i]
            cov -= np.outer(self.gain[i], loaded)

    def innovations(self, values: Array) -> Array:
        """Values less their expectation from earlier ones, shape (n, n_columns)."""
        mean, found = np.zeros((len(self.start), values.shape[1])), np.zeros_like(values)
        for i, row in enumerate(self.rows):
            found[i] = values[i] - row @ mean
            mean += self.gain[i][:, None] * found[i]
        return found

    def smooth(self, values: Array) -> Array:
        """Expected states given all values, at each observation: (n, n_states, n_columns)."""
        found, n = self.innovations(values), len(self.rows)
        r = np.zeros((n + 1, len(self.start), values.shape[1]))
        for i in range(n - 1, -1, -1):
            u = found[i] / self.variance[i] - self.gain[i] @ r[i + 1]
            r[i] = r[i + 1] + self.rows[i][:, None] * u
        first = np.tensordot(self.start, r[0], axes=1)
        moved = self.gained[:, :, None] * r[1:n]
        return np.asarray(first + np.cumsum(np.concatenate([np.zeros_like(r[:1]), moved]), axis=0))


def _draw(
    given: Given,
    days: Days,
    houses: Array,
    n: int,
    rng: np.random.Generator,
    run: _Filter | None,
) -> Paths:
    """Draw states at the observations, then the level on the days between them."""
    design = given.design
    first = np.sqrt(np.diag(given.start))[:, None] * rng.standard_normal((len(given.start), n))
    gained = given.steps(design.day)
    moves = np.sqrt(gained)[:, :, None] * rng.standard_normal((*gained.shape, n))
    states = first + np.cumsum(np.concatenate([np.zeros((1, *first.shape)), moves]), axis=0)
    if run is not None:
        seen = np.einsum("nk,nkd->nd", run.rows, states)
        error = np.sqrt(given.noise)[:, None] * rng.standard_normal(seen.shape)
        centred = (design.response - design.level_mean)[:, None]
        states = states + run.smooth(centred - seen - error)
    at_polls = np.einsum("nk,nkd->nd", given.rows, states) + design.level_mean
    walks = np.zeros(len(given.start))
    walks[0] = 1.0
    if design.drift:
        walks[-len(houses) :] = houses
    if design.drift and (design.calming is not None or design.is_reverting):
        # Level and drifts have clocks of their own, and so bridges of their own.
        own = np.where(np.arange(len(walks)) == 0, walks, 0.0)
        alone = np.einsum("k,nkd->nd", own, states) + design.level_mean
        drifts = np.einsum("k,nkd->nd", walks - own, states)
        reference = alone + design.drift_loading[:, None] * drifts
        level = _on_days(given, days, own, alone, rng)
        loading = design.reversion.loading(days)[:, None]
        level = level + loading * _on_days(given, days, walks - own, drifts, rng)
    else:
        reference = np.einsum("k,nkd->nd", walks, states) + design.level_mean
        level = _on_days(given, days, walks, reference, rng)
    # A copy: a view would keep all states.
    effects = states[0, 1 : 1 + len(design.names)].copy()
    constant = houses @ design.house_map @ effects
    level = level + constant + design.level_columns(days) @ effects
    reference = reference + constant + design.level_columns(design.day) @ effects
    return Paths(level, effects, at_polls, reference)


def _on_days(
    given: Given, days: Days, walks: Array, at_polls: Array, rng: np.random.Generator
) -> Array:
    """Bridges between observations; beyond them the walks go on, before them the level alone."""
    design, n = given.design, at_polls.shape[1]
    knots, place = np.unique(design.day, return_index=True)
    values = at_polls[place]
    level = np.zeros((len(days), n))
    early = np.flatnonzero(days < knots[0])
    at, value = int(knots[0]), values[0]
    for k in early[::-1]:
        step = walks[0] ** 2 * given.steps(np.array([days[k], at]))[0, 0]
        value = value + np.sqrt(step) * rng.standard_normal(n)
        at, level[k] = int(days[k]), value
    at, value = int(knots[0]), values[0]
    for k in range(len(early), len(days)):
        day = int(days[k])
        left = int(np.searchsorted(knots, day, "right")) - 1
        if knots[left] >= at:
            at, value = int(knots[left]), values[left]
        if day > at:
            done = given.steps(np.array([at, day]))[0] @ walks**2
            if left + 1 < len(knots):
                whole = given.steps(np.array([at, knots[left + 1]]))[0] @ walks**2
                share = done / whole if whole > 0 else 0.0
                value = value + share * (values[left + 1] - value)
                done = done * (1 - share)
            at, value = day, value + np.sqrt(done) * rng.standard_normal(n)
        level[k] = value
    return level


def _join(parts: list[Paths]) -> Paths:
    """Draws side by side."""
    return Paths(
        *(
            np.concatenate([getattr(part, name) for part in parts], axis=1)
            for name in ("level", "effects", "at_polls", "reference")
        )
    )
