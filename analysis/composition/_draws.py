"""Draws of the composition from its posterior, all hyperparameters included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

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


class _Path(NamedTuple):
    """A part of the level that walks: its draws on the days with polls, and its clock.

    Parameters
    ----------
    draws : ndarray, shape (n_knots, 2, n_columns, n_nodes)
    step : callable
        From two days to the covariance of what it walks between them, (2, 2, n_nodes).
    is_even : bool
        Does it walk as fast on all days between two polls.
    """

    draws: Array
    step: Callable[[int, int], Array]
    is_even: bool

    def split(self, since: int, day: int, until: int) -> tuple[Array, Array]:
        """Share of the step to a later day that is done by a day, and the covariance it leaves.

        Returns
        -------
        share, left : ndarray, shape (2, 2, n_nodes)
        """
        done = self.step(since, day)
        if self.is_even:
            part = (day - since) / (until - since)
            return np.tile((part * np.eye(2))[:, :, None], done.shape[2]), (1 - part) * done
        # What is done by day is part of the whole step, so their covariance is that of the former.
        mine, whole = (np.moveaxis(cov, -1, 0) for cov in (done, self.step(since, until)))
        share = mine @ np.linalg.inv(whole)
        return np.moveaxis(share, 0, -1), np.moveaxis(mine - share @ mine, 0, -1)


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
    walks : ndarray, shape (n_knots, 2, n_columns, n_nodes)
        Parts of the level without any houses; no rows unless it calms while houses drift.
    """

    design: CompositionDesign
    params: PartParams
    reference: Array
    levels: Array
    houses: Array
    drifted: Array
    walks: Array

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
        paths = self._list_paths()
        early = self._before_polls(paths, days[days < self.design.knots[0]], rng)
        since, at = int(self.design.knots[0]), [path.draws[0] for path in paths]
        for start in range(0, len(days), CHUNK):
            part = slice(start, min(start + CHUNK, len(days)))
            out = np.zeros((part.stop - part.start, *self.levels.shape[1:]))
            for k in range(part.start, part.stop):
                if k < len(early):
                    out[k - start] = early[k]
                    continue
                at = self._go_on(paths, since, at, int(days[k]), rng)
                since = int(days[k])
                out[k - start] = sum(at)
            yield part, out.reshape(len(out), 2, -1)

    def _list_paths(self) -> list[_Path]:
        """What the level consists of: parts that walk by clocks of their own."""
        design, params = self.design, self.params

        def drift(start: int, end: int) -> Array:
            share = float((self.reference[design.first_day <= start] ** 2).sum())
            return (end - start) * (share * params.drift_rate())

        def level(start: int, end: int) -> Array:
            return design.level_step(params, start, end)

        if design.calming is None:
            return [
                _Path(self.levels, lambda start, end: level(start, end) + drift(start, end), True)
            ]
        if not len(self.walks):
            return [_Path(self.levels, level, False)]
        return [_Path(self.walks, level, False), _Path(self.levels - self.walks, drift, True)]

    def _before_polls(
        self, paths: list[_Path], days: Days, rng: np.random.Generator
    ) -> list[Array]:
        """Draws of days before all polls, walking back from the first."""
        day, level, found = int(self.design.knots[0]), self.levels[0], []
        for earlier in days[::-1]:
            for path in paths:
                level = level + self.noise(path.step(int(earlier), day), rng)
            day = int(earlier)
            found.append(level)
        return found[::-1]

    def _go_on(
        self,
        paths: list[_Path],
        since: int,
        at: list[Array],
        day: int,
        rng: np.random.Generator,
    ) -> list[Array]:
        """Draws of a day given those of an earlier one, and of the next day with polls."""
        knots = self.design.knots
        k = int(np.searchsorted(knots, day, "right")) - 1
        if knots[k] >= since:
            since, at = int(knots[k]), [path.draws[k] for path in paths]
        if day == since:
            return at
        if k + 1 == len(knots):
            steps = [path.step(since, day) for path in paths]
            return [one + self.noise(step, rng) for one, step in zip(at, steps, strict=True)]
        found = []
        for one, path in zip(at, paths, strict=True):
            share, left = path.split(since, day, int(knots[k + 1]))
            towards = np.einsum("pqn,qmn->pmn", share, path.draws[k + 1] - one)
            found.append(one + towards + self.noise(left, rng))
        return found

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
                _mirror(mean.walks, deviation.walks) + design.priors.level_mean,
            )
        )
    return CompositionDraws(
        design,
        params,
        reference,
        levels=np.concatenate([part.levels for part in parts], axis=-1),
        houses=np.concatenate([part.houses for part in parts], axis=-1),
        drifted=np.concatenate([part.drifted for part in parts], axis=-1),
        walks=np.concatenate([part.walks for part in parts], axis=-1),
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
