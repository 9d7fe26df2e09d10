"""Draws of the composition from its posterior, all hyperparameters included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array, Days, on_one_thread
from analysis.composition._design import CompositionDesign, Flags, PartParams
from analysis.composition._filter import blocks
from analysis.composition._hyperparameters import ParamPosterior
from analysis.composition._smoother import Paths, Smoother, correlate

SEED = 20220225
# What is drawn beside levels and house effects has streams of numbers of its own.
DAYS_SEED, SECTOR_SEED, POLL_SEED = SEED + 1, SEED + 2, SEED + 3
# Draws, and sets of params among them; each set of normal numbers serves a draw and its mirror
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
    params : PartParams
        Of each node.
    reference : ndarray, shape (n_houses,)
        Weights of the houses: adding up to one, or all zero for the level itself and
        house effects as they are.
    levels : ndarray, shape (n_knots, 2, n_columns, n_nodes)
        Both parts, percent.  Columns k and k + n_columns / 2 mirror each other.
    houses : ndarray, shape (n_houses, 2, n_columns, n_nodes)
        Effects from the reference, points, averaged over the days of each house's polls.
    drifted : ndarray, shape (n_polls, 2, n_columns, n_nodes)
        The same on the day of each poll; no rows unless houses drift.
    """

    design: CompositionDesign
    params: PartParams
    reference: Array
    levels: Array
    houses: Array
    drifted: Array

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return int(np.prod(self.levels.shape[2:]))

    def on_polls(self) -> Array:
        """Effect of each poll's house on its day, shape (n_polls, 2, n_columns, n_nodes)."""
        return self.drifted if self.design.drift else self.houses[self.design.house]

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
        rng = np.random.default_rng(DAYS_SEED)
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
        rate = self.params.walk_rate() + share * self.params.drift_rate()
        return self.noise(length * rate, rng)

    def noise(self, cov: Array, rng: np.random.Generator) -> Array:
        """Normal pairs with covariances (2, 2, n_nodes), mirrored: (2, n_columns, n_nodes)."""
        n_columns, n_nodes = self.levels.shape[2:]
        half = correlate(cov, rng.standard_normal((2, n_columns // 2, n_nodes)))
        return np.concatenate([half, -half], axis=1)

    def sector_effects(self) -> Array:
        """Effects of the sectors given those of their houses, for a reference of all zeros.

        Returns
        -------
        ndarray, shape (n_sectors, 2, n_columns, n_nodes)
            Points; no rows when there is one sector.

        Notes
        -----
        The houses of a sector are a sample from ``N(g, S)`` with ``g ~ N(0, P)``: given the
        mean ``m`` of n of them g is normal with mean ``K m`` and covariance ``P - K P``,
        ``K = P (P + S / n)^-1``.  A house that drifts counts as it was at its first poll.
        """
        rng = np.random.default_rng(SECTOR_SEED)
        first = [int(np.argmax(self.design.house == j)) for j in range(len(self.reference))]
        starts = self.on_polls()[first]
        spread = np.moveaxis(self.params.house_spread(), -1, 0)
        prior = self.design.priors.sector_sd**2 * np.eye(2)
        found = np.zeros((int(self.design.house_sector.max()) + 1, *starts.shape[1:]))
        for sector in range(len(found)):
            own = self.design.house_sector == sector
            gain = prior @ np.linalg.inv(prior + spread / own.sum())
            cov = np.moveaxis(prior - gain @ prior, 0, -1)
            found[sector] = np.einsum("npq,qmn->pmn", gain, starts[own].mean(axis=0))
            found[sector] += self.noise(cov, rng)
        return found


@on_one_thread
def draw_composition(posterior: ParamPosterior, reference: Array) -> CompositionDraws:
    """Draw levels under a reference and house effects.

    Parameters
    ----------
    posterior : ParamPosterior
    reference : ndarray, shape (n_houses,)
        As of :class:`CompositionDraws`.

    Returns
    -------
    CompositionDraws
        The same numbers on every call.
    """
    design, chosen = posterior.space.design, posterior.choose(N_NODES)
    params = posterior.space.arrange(posterior.sets[chosen])
    n_pairs = N_DRAWS // (2 * len(chosen))
    rng = np.random.default_rng(SEED)
    parts: list[Paths] = []
    for block in blocks(design, params):
        smoother = Smoother(design, params.part(block), reference)
        shape = (smoother.n_normals, n_pairs, block.stop - block.start)
        mean, deviation = smoother.mean(), smoother.deviations(rng.standard_normal(shape))
        parts.append(
            Paths(
                _mirror(mean.levels, deviation.levels) + design.priors.level_mean,
                _mirror(mean.houses, deviation.houses),
                _mirror(mean.drifted, deviation.drifted),
            )
        )
    return CompositionDraws(
        design,
        params,
        reference,
        levels=np.concatenate([part.levels for part in parts], axis=-1),
        houses=np.concatenate([part.houses for part in parts], axis=-1),
        drifted=np.concatenate([part.drifted for part in parts], axis=-1),
    )


def inside_simplex(levels: Array) -> Flags:
    """Tell draws of which neither part nor the rest is negative.

    Parameters
    ----------
    levels : ndarray, shape (..., 2, n_draws)
        Both parts, percent.

    Returns
    -------
    ndarray of bool, shape (..., n_draws)
    """
    possible: Flags = (levels >= 0).all(axis=-2) & (levels.sum(axis=-2) <= 100)
    return possible


def _mirror(mean: Array, deviation: Array) -> Array:
    """Mean plus and minus deviations, along the axis of columns."""
    return np.concatenate([mean + deviation, mean - deviation], axis=2)
