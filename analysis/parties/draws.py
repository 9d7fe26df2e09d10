"""Draws of levels and house effects of several parts, and polls simulated from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days, on_one_thread
from analysis.base.columns import read_text
from analysis.base.errors import PollInputError
from analysis.base.intervals import Drawn
from analysis.base.sampling import rounding_variance
from analysis.observations.frame import (
    CURES,
    read_decimals,
    read_field_dates,
    read_optional,
    read_sizes,
    sector_of_new_house,
    usual_decimals,
)
from analysis.observations.references import Reference, reference_weights
from analysis.parties.gaussian import Given, PartiesDesign
from analysis.parties.inputs import LEAST_REST, multinomial

SEED = 20220226
# Draws of levels: as many as leave an sd within a few percent, and with many polls and parts as
# few as fit the memory.
MOST_DRAWS, FEWEST_DRAWS, LEVELS_BYTES = 4096, 1024, 100e6
# Draws from one set of scales at a time, and polls whose errors are in memory at a time.
AT_A_TIME = 256
CHUNK = 256
NEEDED = ("house_id", "start_date", "end_date", "sample_size")


@dataclass(frozen=True, eq=False)
class PartiesPosterior:
    """Weighted sets of scales, and those that are drawn from.

    Parameters
    ----------
    design : PartiesDesign
    sets : ndarray, shape (n, 3)
    weights : ndarray, shape (n,)
    drawn : ndarray, shape (m, 3)
    counts : ndarray of int, shape (m,)
        How often each of these counts.
    method : str
        ``"full"`` or ``"given"``.
    details : dict
        How the sampling of the scales went.
    warnings : tuple of str
    """

    design: PartiesDesign
    sets: Array
    weights: Array
    drawn: Array
    counts: Days
    method: str
    details: Mapping[str, float]
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class PartyDraws:
    """Draws of everything on the days with polls.

    Parameters
    ----------
    design : PartiesDesign
    levels : ndarray, shape (n, n_knots, k)
        Percent.
    houses : ndarray, shape (n, n_houses, k)
        Points.
    scales : ndarray, shape (n, 3)
        tau, omega, sigma_h.
    """

    design: PartiesDesign
    levels: Array
    houses: Array
    scales: Array

    @property
    def root(self) -> Array:
        """Lower factor of the covariance in which parts move, (k, k)."""
        return np.asarray(np.linalg.cholesky(self.design.shape))

    def take(self, chosen: Days) -> PartyDraws:
        """Some of the draws."""
        parts = (self.levels[chosen], self.houses[chosen], self.scales[chosen])
        return PartyDraws(self.design, *parts)

    def on_days(self, days: Days, reference: Reference | None, *, rest: bool = False) -> Array:
        """Levels of the answers on days, (n, n_days, k): bridges, and walks beyond.

        Parameters
        ----------
        days : ndarray of int
            Not decreasing, from the first day with polls on.
        reference : str or mapping of house_id to weight, optional
            Without it the level itself, without houses.
        rest : bool
            With what the answers leave of 100 as one part more, the last.
        """
        n_answers = self.design.n_parts
        found = np.zeros((len(self.levels), len(days), n_answers + rest))
        answers = found[:, :, :n_answers]
        for i, value in enumerate(self._walk(days)):
            answers[:, i] = value
        if reference is not None:
            weights = reference_weights(self.design.polls.observations, reference)
            answers += np.einsum("h,nhk->nk", weights, self.houses)[:, None, :]
        if rest:
            found[:, :, -1] = 100 - answers.sum(axis=-1)
        return found

    def _walk(self, days: Days) -> Iterator[Array]:
        """Levels of the answers on one day after the other, (n, k)."""
        levels, tau, knots, root = self.levels, self.scales[:, 0], self.design.knots, self.root
        rng = np.random.default_rng(SEED + 1)
        at, value = int(knots[0]), levels[:, 0]
        for day in days:
            left = int(np.searchsorted(knots, day, "right")) - 1
            if knots[left] >= at:
                at, value = int(knots[left]), levels[:, left]
            if day > at:
                done = float(day - at)
                if left + 1 < len(knots):
                    gap = float(knots[left + 1] - at)
                    value = value + done / gap * (levels[:, left + 1] - value)
                    done *= (gap - done) / gap
                step = rng.standard_normal(value.shape) @ root.T
                value = value + (np.sqrt(done) * tau)[:, None] * step
                at = int(day)
            yield value

    def at_polls(self, polls: slice = slice(None)) -> Array:
        """What the house of each poll measures on its day, without error: (n, n_polls, k)."""
        design = self.design
        at = np.searchsorted(design.knots, design.day[polls])
        house = design.polls.observations.house_of_poll[polls]
        return np.asarray(self.levels[:, at] + self.houses[:, house])

    def mean_at_polls(self) -> Array:
        """Posterior means of what the houses measure, without all draws at a time: (n_polls, k)."""
        return np.concatenate([self.at_polls(part).mean(axis=0) for part in self._chunks()])

    def _chunks(self) -> Iterator[slice]:
        n_polls = len(self.design.day)
        return (slice(i, min(i + CHUNK, n_polls)) for i in range(0, n_polls, CHUNK))

    @on_one_thread
    def simulate(self, rng: np.random.Generator) -> Array:
        """Shares that the polls might have printed, (n, n_polls, k); no number where they did not.

        Parameters
        ----------
        rng : numpy Generator
        """
        data = self.design.polls
        found = np.empty((len(self.levels), *data.shares.shape))
        for part in self._chunks():
            known = data.sampling[part] + data.rounding[part][:, :, None] * np.eye(found.shape[2])
            shares = self.at_polls(part)
            noise = rng.standard_normal(shares.shape)
            shares += np.einsum("pij,npj->npi", np.linalg.cholesky(known), noise)
            excess = rng.standard_normal(shares.shape) @ self.root.T
            shares += self.scales[:, 1][:, None, None] * excess
            shares[:, np.isnan(data.shares[part])] = np.nan
            found[:, part] = shares
        return found

    @on_one_thread
    def log_likelihood(self) -> Array:
        """Log density of what each poll printed, given the draw: (n, n_polls)."""
        data, design = self.design.polls, self.design
        found = np.zeros((len(self.levels), len(data.shares)))
        omegas, set_of = np.unique(self.scales[:, 1], return_inverse=True)
        for part in self._chunks():
            distance = data.shares[part] - self.at_polls(part)
            for polls, parts in design.patterns:
                rows = polls[(polls >= part.start) & (polls < part.stop)]
                known = data.sampling[np.ix_(rows, parts, parts)]
                known = known + data.rounding[np.ix_(rows, parts)][:, :, None] * np.eye(len(parts))
                for k, omega in enumerate(omegas):
                    cov = known + omega**2 * design.shape[np.ix_(parts, parts)]
                    apart = distance[np.ix_(np.flatnonzero(set_of.ravel() == k),
                                            rows - part.start, parts)]  # fmt: skip
                    square = np.einsum("npi,pij,npj->np", apart, np.linalg.inv(cov), apart)
                    log_det = np.linalg.slogdet(2 * np.pi * cov)[1]
                    found[np.ix_(set_of.ravel() == k, rows)] = -0.5 * (square + log_det)
        return found

    def predict(self, new_polls: pd.DataFrame) -> tuple[pd.DataFrame, Array]:
        """Shares that polls not seen will print.

        Parameters
        ----------
        new_polls : DataFrame
            house_id, start_date, end_date, sample_size; optionally sector (needed of a house
            without polls where there are sectors), design_effect, decimals, poll_id.

        Returns
        -------
        keys : DataFrame
            poll_id (where given), house_id, mid_date: one row a poll.
        shares : ndarray, shape (n, n_polls, k + 1)
            Of the answers and, last, of the rest.
        """
        obs, design = self.design.polls.observations, self.design
        _check_new(new_polls)
        house = read_text(new_polls, "house_id", CURES["house_id"])
        mid = read_field_dates(new_polls)[2]
        day = obs.days_of(mid)
        early = np.flatnonzero(day < design.knots[0])
        if len(early):
            found = f"a poll of {mid[early[0]].astype('datetime64[D]')} lies before all others"
            raise PollInputError(found, f"give polls from {obs.first_date} on")
        size = read_sizes(new_polls)[0]
        size = size / read_optional(new_polls, "design_effect", 1.0, 0.0, True)
        decimals = read_decimals(new_polls, usual_decimals(house, obs))
        rounding = rounding_variance(decimals, np.ones(len(house)))
        # With many polls these are most of the memory; draws come last, as tables go along them.
        drawn = np.empty((len(house), design.n_parts + 1, len(self.levels)))
        whole = drawn.transpose(2, 0, 1)
        shares = whole[:, :, :-1]
        days = np.unique(day)
        for one, value in zip(days, self._walk(days), strict=True):
            shares[:, day == one] = value[:, None]
        rng = np.random.default_rng(SEED + 3)
        new: dict[str, Array] = {}
        for i, name in enumerate(house):
            if name in obs.houses:
                shares[:, i] += self.houses[:, obs.houses.index(name)]
                continue
            if name not in new:
                new[name] = self._draw_new_house(new_polls, i, rng)
            shares[:, i] += new[name]
        for i in range(len(house)):
            usual = np.maximum(shares[:, i].mean(axis=0), 0.1)
            usual = usual * min(1.0, (100 - LEAST_REST) / usual.sum())
            known = multinomial(usual) / size[i] + rounding[i] * np.eye(len(usual))
            noise = rng.standard_normal((2, *shares[:, i].shape))
            excess = self.scales[:, 1][:, None] * (noise[1] @ self.root.T)
            shares[:, i] += noise[0] @ np.linalg.cholesky(known).T + excess
            whole[:, i, -1] = 100 - shares[:, i].sum(axis=-1)
        keys = pd.DataFrame({"house_id": house, "mid_date": mid}, index=new_polls.index)
        if "poll_id" in new_polls.columns:
            keys.insert(0, "poll_id", new_polls["poll_id"])
        return keys, whole

    def _draw_new_house(self, new_polls: pd.DataFrame, i: int, rng: np.random.Generator) -> Array:
        """Effects of a house without polls, (n, k), with what its sector's houses tell."""
        obs = self.design.polls.observations
        spread = self.scales[:, 2] ** 2
        mean: Array = np.zeros_like(self.houses[:, 0])
        if len(obs.sectors) > 1:
            sector, prior = sector_of_new_house(new_polls, i, obs), self.design.sector_sd**2
            own = np.array([name == sector for name in obs.house_sector])
            gain = prior / (prior + spread / own.sum()) if own.any() else np.zeros(len(spread))
            if own.any():
                mean = gain[:, None] * self.houses[:, own].mean(axis=1)
            spread = spread + prior * (1 - gain)
        noise = rng.standard_normal(mean.shape) @ self.root.T
        return np.asarray(mean + np.sqrt(spread)[:, None] * noise)


@on_one_thread
def draw_parties(posterior: PartiesPosterior) -> PartyDraws:
    """Draw from a posterior, the same on every call."""
    rng, design = np.random.default_rng(SEED), posterior.design
    n_knots, k = len(design.knots), design.n_parts
    room = LEVELS_BYTES / (n_knots * k * np.dtype(float).itemsize)
    n_asked = int(np.clip(room, FEWEST_DRAWS, MOST_DRAWS))
    # Each set of scales as often as its share of the sets.
    counts = posterior.counts * (n_asked // int(posterior.counts.sum()))
    n = int(counts.sum())
    # Filled in place, some draws at a time: with many polls levels are most of the memory.
    levels = np.empty((n, n_knots, k))
    houses = np.empty((n, len(design.polls.observations.houses), k))
    done = 0
    for params, count in zip(posterior.drawn, counts, strict=True):
        given = Given(design, params)
        for first in range(0, int(count), AT_A_TIME):
            rows = slice(done, done + min(AT_A_TIME, int(count) - first))
            levels[rows], houses[rows] = given.draw(rows.stop - rows.start, rng)
            done = rows.stop
    return PartyDraws(design, levels, houses, np.repeat(posterior.drawn, counts, axis=0))


def as_drawn(shares: Array) -> Drawn:
    """Quantities, one after the other, of draws (n, ...)."""
    return Drawn(shares.reshape(len(shares), -1).T)


def _check_new(new_polls: object) -> None:
    """Refuse what is no frame, has no row or lacks a column."""
    if not isinstance(new_polls, pd.DataFrame):
        raise PollInputError(f"polls came as {type(new_polls).__name__}", "pass a pandas DataFrame")
    missing = [name for name in NEEDED if name not in new_polls.columns]
    if missing:
        found = f"missing: {', '.join(missing)}"
        raise PollInputError(found, f"new polls need {', '.join(NEEDED)}")
    if new_polls.empty:
        raise PollInputError("there are no polls", "give at least one row")
