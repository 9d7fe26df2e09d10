"""Draws of the composition from its posterior, all scales that weigh included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.composition._design import CompositionDesign, PartScales
from analysis.composition._filter import blocks
from analysis.composition._scales import CompositionFit
from analysis.composition._smoother import Smoother, correlate

SEED = 20220225
# Draws, and sets of scales among them; each set of normal numbers serves a draw and its mirror
# image, so that means of linear quantities carry no error of the normal numbers.
N_DRAWS, N_NODES = 4096, 1024
# Days of which all draws are in memory at a time.
CHUNK = 64


@dataclass(frozen=True, eq=False)
class CompositionDraws:
    """Draws under one reference, on the days with polls.

    Parameters
    ----------
    design : CompositionDesign
    scales : PartScales
        Of each node.
    reference : ndarray, shape (n_houses,)
    levels : ndarray, shape (n_knots, 2, n_columns, n_nodes)
        Both parts, percent.  Columns k and k + n_columns / 2 mirror each other.
    houses : ndarray, shape (n_houses, 2, n_columns, n_nodes)
        Effects from the reference, points, averaged over the days of each house's polls.
    """

    design: CompositionDesign
    scales: PartScales
    reference: Array
    levels: Array
    houses: Array

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return int(np.prod(self.levels.shape[2:]))

    def on_days(self, days: Days) -> Iterator[tuple[slice, Array]]:
        """Both parts on days, some of the days at a time.

        Parameters
        ----------
        days : ndarray of int, shape (n_days,)
            Not decreasing.  Between polls the Brownian bridge is exact, outside
            them the random walk goes on; the same days give the same draws.

        Yields
        ------
        slice, ndarray of shape (n_days_of_slice, 2, n_draws)
        """
        rng = np.random.default_rng(SEED + 1)
        early = self._before_polls(days[days < self.design.knots[0]], rng)
        since, level = int(self.design.knots[0]), self.levels[0]
        for start in range(0, len(days), CHUNK):
            part = slice(start, min(start + CHUNK, len(days)))
            out = np.zeros((part.stop - part.start, *self.levels.shape[1:]))
            for k in range(part.start, part.stop):
                if k < len(early):
                    out[k - start] = early[k]
                    continue
                since, level = self._go_on(since, level, int(days[k]), rng)
                out[k - start] = level
            yield part, out.reshape(len(out), 2, -1)

    def _before_polls(self, days: Days, rng: np.random.Generator) -> list[Array]:
        """Draws of days before all polls, walking back from the first."""
        day, level, found = int(self.design.knots[0]), self.levels[0], []
        for earlier in days[::-1]:
            level = level + self._noise(day - int(earlier), int(earlier), rng)
            day = int(earlier)
            found.append(level)
        return found[::-1]

    def _go_on(
        self, since: int, level: Array, day: int, rng: np.random.Generator
    ) -> tuple[int, Array]:
        """Draws of a day given those of an earlier one, and of the next day with polls."""
        knots = self.design.knots
        k = int(np.searchsorted(knots, day, "right")) - 1
        if knots[k] >= since:
            since, level = int(knots[k]), self.levels[k]
        done = day - since
        if done == 0:
            return day, level
        if k + 1 == len(knots):
            return day, level + self._noise(done, since, rng)
        gap = int(knots[k + 1]) - since
        towards = done / gap * (self.levels[k + 1] - level)
        return day, level + towards + self._noise(done * (gap - done) / gap, since, rng)

    def _noise(self, length: float, day: int, rng: np.random.Generator) -> Array:
        """Mirrored steps of the reference over a length of time, (2, n_columns, n_nodes)."""
        begun = self.design.first_day <= day
        share = float((self.reference[begun] ** 2).sum())
        rate = self.scales.walk_rate() + share * self.scales.drift_rate()
        n_columns, n_nodes = self.levels.shape[2:]
        half = correlate(length * rate, rng.standard_normal((2, n_columns // 2, n_nodes)))
        return np.concatenate([half, -half], axis=1)


def draw_composition(fit: CompositionFit, reference: Array) -> CompositionDraws:
    """Draw levels under a reference and house effects.

    Parameters
    ----------
    fit : CompositionFit
    reference : ndarray, shape (n_houses,)
        Weights of the houses, adding up to one.

    Returns
    -------
    CompositionDraws
        The same numbers on every call.
    """
    design, chosen = fit.space.design, fit.choose(N_NODES)
    scales = fit.space.arrange(fit.sets[chosen])
    n_pairs = N_DRAWS // (2 * len(chosen))
    rng = np.random.default_rng(SEED)
    levels, houses = [], []
    for block in blocks(design, scales):
        smoother = Smoother(design, scales.part(block), reference)
        shape = (smoother.n_normals, n_pairs, block.stop - block.start)
        mean, deviation = smoother.mean(), smoother.deviations(rng.standard_normal(shape))
        levels.append(_mirror(mean.levels, deviation.levels) + design.priors.level_mean)
        houses.append(_mirror(mean.houses, deviation.houses))
    return CompositionDraws(
        design, scales, reference, np.concatenate(levels, axis=-1), np.concatenate(houses, axis=-1)
    )


def _mirror(mean: Array, deviation: Array) -> Array:
    """Mean plus and minus deviations, along the axis of columns."""
    return np.concatenate([mean + deviation, mean - deviation], axis=2)
