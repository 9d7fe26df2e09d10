"""Points on log hyperparameters around the mode, filled outwards until the density has fallen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import logsumexp

from analysis.base.arrays import Array, Days
from analysis.trend.hyperparameters.space import PART_NUMBERS, HyperparameterSpace
from analysis.trend.solver.likelihood import (
    MANY_EFFECTS,
    Effects,
    Spectrum,
    Tridiagonal,
    find_spectrum,
    join_effects,
    solve_effects,
)

# The lattice ends where the log density has fallen by this much, to a thousandth of the mode.
REACH = 7.0
# More points than this leave the posterior undecided; the results then carry a warning.  So do
# points whose normal equations would hold more numbers than that, with many houses.
MAX_OUTER = 20_000
MAX_SIGMA = 80
MAX_NUMBERS = 125_000_000
# Points that together weigh less than this are dropped from the mixture: without them no mean,
# sd or end of a 95% interval moves by a hundredth of an sd.
DROPPED_WEIGHT = 3e-4
# With many houses fewer points stand for all: so many that the covariances of their effects hold
# this many numbers (160 MB), and at least so many.
MOST_NUMBERS, FEWEST_POINTS = 20_000_000, 12

Coordinate = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Points:
    """Weighted points of the posterior of the hyperparameters.

    Parameters
    ----------
    outer : ndarray, shape (n_outer, n_params - 1)
        Logarithms of the outer hyperparameters: those that need a pass through the polls.
    sigma : ndarray, shape (n_points,)
        Logarithm of sigma_h of each point.
    outer_of : ndarray of int, shape (n_points,)
        Row of ``outer`` of each point.
    log_density : ndarray, shape (n_points,)
    effects : Effects
        At each point.
    last_mean : ndarray, shape (n_outer, 1 + n_effects)
    last_var : ndarray, shape (n_outer,)
        Last level (with the mean drift) given the effects.
    """

    outer: Array
    sigma: Array
    outer_of: Days
    log_density: Array
    effects: Effects
    last_mean: Array
    last_var: Array

    @property
    def weights(self) -> Array:
        """Posterior weights, summing to one."""
        weights = np.exp(self.log_density - self.log_density.max())
        return np.asarray(weights / weights.sum())

    def thinned(self, n: int) -> Points:
        """So many points of about the same mixture, by :func:`thin_weights`; these if not more."""
        if len(self.sigma) <= n:
            return self
        kept, weights = thin_weights(self.weights, n)
        rows, outer_of = np.unique(self.outer_of[kept], return_inverse=True)
        effects = self.effects
        return Points(
            self.outer[rows],
            self.sigma[kept],
            outer_of,
            np.log(weights),
            Effects(effects.loglike[kept], effects.mean[kept], effects.root[kept]),
            self.last_mean[rows],
            self.last_var[rows],
        )

    def with_more(self, other: Points) -> Points:
        """Points of this lattice and of another."""
        return Points(
            np.concatenate([self.outer, other.outer]),
            np.concatenate([self.sigma, other.sigma]),
            np.concatenate([self.outer_of, len(self.outer) + other.outer_of]),
            np.concatenate([self.log_density, other.log_density]),
            join_effects([self.effects, other.effects]),
            np.concatenate([self.last_mean, other.last_mean]),
            np.concatenate([self.last_var, other.last_var]),
        )


def thin_weights(weights: Array, n: int) -> tuple[Days, Array]:
    """Keep n weights of many: large ones as they are, and of small ones some for all.

    Parameters
    ----------
    weights : ndarray, shape (n_points,)
        Positive, summing to one, more than n of them.
    n : int

    Returns
    -------
    kept : ndarray of int, shape (n,)
        Their positions, increasing.
    weights : ndarray, shape (n,)
        Summing to one; those that were below a threshold now have its weight.

    Notes
    -----
    The threshold c solves ``sum(min(w / c, 1)) = n``: of all unbiased ways to keep n points it
    moves the weights least (Fearnhead and Clifford 2003, "On-line inference for hidden Markov
    models via particle filters", Journal of the Royal Statistical Society B 65(4), theorem 1).
    Those below the threshold are taken at equal steps of their summed weights, so that neighbours
    stand for each other, and nothing is left to chance.

    Examples
    --------
    >>> kept, weights = thin_weights(np.array([0.6, 0.1, 0.1, 0.1, 0.1]), 3)
    >>> kept, weights.round(3)
    (array([0, 1, 3]), array([0.6, 0.2, 0.2]))
    """
    up = np.sort(weights)
    down = up[::-1]
    # With the k largest kept as they are, all others share the n - k points that are left.
    thresholds = np.cumsum(up)[::-1][:n] / (n - np.arange(n))
    n_large = int(np.argmax(down[:n] <= thresholds))
    threshold = thresholds[n_large]
    small = np.flatnonzero(weights <= down[n_large])
    ticks = np.cumsum(weights[small]) / threshold
    ticks *= (n - n_large) / ticks[-1]
    taken = small[np.searchsorted(ticks, np.arange(n - n_large) + 0.5)]
    thinned = weights.copy()
    thinned[taken] = threshold
    kept = np.sort(np.append(np.flatnonzero(weights > down[n_large]), taken))
    return kept, thinned[kept] / thinned[kept].sum()


class Lattice:
    """Points ``origin + spacing * coordinate``, filled from seeds.

    Parameters
    ----------
    space : HyperparameterSpace
    origin, spacing : ndarray, shape (n_params,)
        Logarithms; sigma_h comes last.
    seeds : ndarray, shape (n_seeds, n_params - 1)
        Logarithms of outer hyperparameters to begin at.
    """

    def __init__(
        self, space: HyperparameterSpace, origin: Array, spacing: Array, seeds: Array
    ) -> None:
        self.space = space
        self.origin = origin
        self.spacing = spacing
        n_columns = 1 + space.design.columns.shape[1]
        self.coordinates: list[Coordinate] = []
        # With many houses the few points that stand for all pass through the polls once more
        # sooner than the normal equations of each point would find room.
        self.is_kept = n_columns <= MANY_EFFECTS
        self.normal: list[Array] = []
        self.log_det = np.zeros(0)
        self.spectra: list[Spectrum | Tridiagonal] = []
        self.last_mean = np.zeros((0, n_columns))
        self.last_var = np.zeros(0)
        self.sigma = np.arange(-4, 5)
        self.log_density = np.zeros((0, len(self.sigma)))
        self.most_outer = min(MAX_OUTER, max(FEWEST_POINTS, MAX_NUMBERS // n_columns**2))
        self.most_points = max(FEWEST_POINTS, MOST_NUMBERS // n_columns**2)
        nearest = np.unique(np.rint((seeds - origin[:-1]) / spacing[:-1]).astype(int), axis=0)
        self._fill({tuple(row) for row in nearest.tolist()})
        self.is_complete = len(self.coordinates) < self.most_outer and self._widen_sigma()

    @property
    def outer(self) -> Array:
        """Logarithms of the outer hyperparameters, shape (n_outer, n_params - 1)."""
        return np.asarray(self.origin[:-1] + self.spacing[:-1] * np.array(self.coordinates))

    @property
    def log_sigma(self) -> Array:
        """Logarithms of sigma_h on its axis."""
        return np.asarray(self.origin[-1] + self.spacing[-1] * self.sigma)

    @property
    def high(self) -> Days:
        """Positions of the outer points that the lattice is for."""
        marginal = self.log_density.max(axis=1)
        return np.flatnonzero(marginal > marginal.max() - REACH)

    def _fill(self, front: set[Coordinate]) -> None:
        """Add waves of neighbours while the density is worth it."""
        known: set[Coordinate] = set()
        while front and len(self.coordinates) < self.most_outer:
            n_old = len(self.coordinates)
            self._add(sorted(front))
            known |= front
            # Those of the earlier ones that are high have their neighbours already.
            new = [i for i in self.high if i >= n_old]
            front = {n for i in new for n in _neighbours(self.coordinates[i])} - known

    def _add(self, new: list[Coordinate]) -> None:
        """Pass through the polls at new points."""
        self.coordinates += new
        outer = self.origin[:-1] + self.spacing[:-1] * np.array(new)
        walks = np.ones(self.space.design.n_walks)
        walks[1:] /= max(len(walks) - 1, 1)
        last = self.space.design.day[-1:]
        walks = self.space.design.see_walks(walks[None], last)[0]
        n_old = len(self.spectra)
        for found in self.space.filter_in_parts(outer):
            last_mean = walks @ found.mean
            last_var = walks @ found.cov @ walks
            self.spectra.append(find_spectrum(self.space.design, found.normal, found.log_det))
            if self.is_kept:
                self.normal += list(found.normal)
            self.log_det = np.concatenate([self.log_det, found.log_det])
            self.last_mean = np.concatenate([self.last_mean, last_mean])
            self.last_var = np.concatenate([self.last_var, last_var])
        density = self._density(outer, self.spectra[n_old:], self.sigma)
        self.log_density = np.concatenate([self.log_density, density])

    def _density(self, outer: Array, spectra: list[Spectrum | Tridiagonal], sigma: Days) -> Array:
        """Log posterior density at all pairs of outer points and coordinates of sigma_h."""
        logs = self.origin[-1] + self.spacing[-1] * sigma
        loglike = np.concatenate([spectrum.loglike(np.exp(logs)) for spectrum in spectra])
        return np.asarray(loglike + self.space.log_prior(outer, logs))

    def _widen_sigma(self) -> bool:
        """Extend the axis of sigma_h until the density has fallen at both ends."""
        while len(self.sigma) < MAX_SIGMA:
            marginal = self.log_density.max(axis=0)
            marginal = marginal - marginal.max()
            n_down = 4 if marginal[0] > -REACH else 0
            n_up = 4 if marginal[-1] > -REACH else 0
            down = np.arange(self.sigma[0] - n_down, self.sigma[0])
            up = np.arange(self.sigma[-1] + 1, self.sigma[-1] + 1 + n_up)
            new = np.concatenate([down, up])
            if not len(new):
                return True
            density = self._density(self.outer, self.spectra, new)
            self.sigma = np.concatenate([down, self.sigma, up])
            below, above = density[:, :n_down], density[:, n_down:]
            self.log_density = np.hstack([below, self.log_density, above])
        return False

    def points(self) -> Points:
        """Keep the points that weigh, and solve for the effects there."""
        density = self.log_density.ravel()
        weights = np.exp(density - density.max())
        order = np.argsort(weights, kind="stable")[::-1]
        share = np.cumsum(weights[order]) / weights.sum()
        kept = np.sort(order[: int(np.searchsorted(share, 1 - DROPPED_WEIGHT)) + 1])
        log_density = density[kept]
        if len(kept) > self.most_points:
            # From one end of the lattice to the other, not in the order in which it grew.
            outer, column = np.unravel_index(kept, self.log_density.shape)
            along = np.lexsort([column, *np.array(self.coordinates)[outer].T])
            kept, log_density = kept[along], log_density[along]
            total = logsumexp(log_density)
            chosen, thinned = thin_weights(np.exp(log_density - total), self.most_points)
            kept, log_density = kept[chosen], np.log(thinned) + total
        row, column = np.unravel_index(kept, self.log_density.shape)
        rows, outer_of = np.unique(row, return_inverse=True)
        sigma = self.log_sigma[column]
        effects = self._solve(row, np.exp(sigma))
        return Points(
            self.outer[rows],
            sigma,
            outer_of,
            log_density,
            effects,
            self.last_mean[rows],
            self.last_var[rows],
        )

    def _solve(self, row: Days, sigma: Array) -> Effects:
        """Posterior of the effects at outer points, with many houses some points at a time."""
        size = max(1, PART_NUMBERS // self.last_mean.shape[1] ** 2)
        parts = []
        for first in range(0, len(row), size):
            part = slice(first, first + size)
            if self.is_kept:
                normal = np.array([self.normal[i] for i in row[part]])
            else:
                normal = self.space.filter(self.outer[row[part]]).normal
            log_det = self.log_det[row[part]]
            parts.append(solve_effects(self.space.design, normal, log_det, sigma[part]))
        return join_effects(parts)


def _neighbours(at: Coordinate) -> list[Coordinate]:
    """Points one step away along each axis."""
    moves = product(range(len(at)), (-1, 1))
    return [(*at[:k], at[k] + step, *at[k + 1 :]) for k, step in moves]
