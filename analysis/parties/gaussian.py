"""Levels and house effects of several parts, exact given the hyperparameters.

Levels on days with polls are a random walk of vectors, so their precision matrix is banded; house
effects are few.  Both together cost time and memory that grow with the polls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.linalg import cho_solve, cholesky, cholesky_banded, solve_triangular
from scipy.linalg.lapack import dtbtrs

from analysis.base.arrays import Array, Days
from analysis.parties.inputs import PartyPolls

PARAM_NAMES = ("tau", "omega", "sigma_h")
# Below this a scale is as good as zero (a walk of 0.006 points in ten years), and above it no
# precision is so large that differences of such lose all their digits.
SMALLEST = 1e-4


@dataclass(frozen=True, eq=False)
class PartiesDesign:
    """Polls of several parts as arrays.

    Parameters
    ----------
    polls : PartyPolls
    level_sd, sector_sd : float
        Prior standard deviations, points: of each part on the first day, and of a sector's
        effect on a part of one half.
    """

    polls: PartyPolls
    level_sd: float
    sector_sd: float

    @cached_property
    def day(self) -> Days:
        """Days from the first mid-field date, shape (n,)."""
        return self.polls.observations.day

    @cached_property
    def knots(self) -> Days:
        """Days with polls, each once."""
        return np.unique(self.day)

    @cached_property
    def shape(self) -> Array:
        """Covariance in which parts move, shape (k, k), 1 at one half."""
        return self.polls.shape

    @property
    def n_parts(self) -> int:
        """Number of parts, without the rest."""
        return len(self.polls.answers)

    @property
    def level_mean(self) -> float:
        """Prior mean of each part: all alike, and the rest too."""
        return 100.0 / (self.n_parts + 1)

    @cached_property
    def together(self) -> Array:
        """Houses of one sector, shape (n_houses, n_houses): 1 where alike; zeros for one sector."""
        obs = self.polls.observations
        sector = np.array(obs.house_sector, dtype=object)
        same = sector[:, None] == sector[None, :]
        return same.astype(float) if len(obs.sectors) > 1 else np.zeros(same.shape)

    @cached_property
    def centred(self) -> Array:
        """Shares less their prior mean, 0 where not printed, shape (n, k)."""
        return np.nan_to_num(self.polls.shares - self.level_mean)

    @cached_property
    def patterns(self) -> list[tuple[Days, Days]]:
        """Polls that print the same parts: positions of the polls, and of the parts."""
        printed = ~np.isnan(self.polls.shares)
        kinds, which = np.unique(printed, axis=0, return_inverse=True)
        return [
            (np.flatnonzero(which.ravel() == i), np.flatnonzero(kind))
            for i, kind in enumerate(kinds)
        ]


class Given:
    """Posterior at one set of hyperparameters.

    Parameters
    ----------
    design : PartiesDesign
    params : ndarray, shape (3,)
        tau (points per root day), omega, sigma_h (points), each of a part of one half.

    Attributes
    ----------
    loglike : float
        Levels and effects integrated out.
    effects : ndarray, shape (n_houses * k,)
        Posterior mean of the house effects, house by house.

    Notes
    -----
    With A the precision of the levels given the effects, B what couples both and C the precision
    of the effects, the densities follow from banded and small Cholesky factors (Rue and Held
    2005, Gaussian Markov Random Fields, section 2.3).
    """

    def __init__(self, design: PartiesDesign, params: Array) -> None:
        self.design = design
        tau, omega, sigma_h = (max(float(value), SMALLEST) for value in params)
        k, knots = design.n_parts, design.knots
        n_levels, house = len(knots) * k, design.polls.observations.house_of_poll
        n_houses = len(design.polls.observations.houses)
        inverse, log_det = self._invert_errors(omega)
        weighted = np.einsum("nij,nj->ni", inverse, design.centred)
        at = np.searchsorted(knots, design.day)
        shape_inverse = np.linalg.inv(design.shape)
        shape_log_det = float(np.linalg.slogdet(design.shape)[1])
        gaps = np.diff(knots).astype(float)
        # Precision of the levels: blocks on the diagonal, and those that join neighbours.
        blocks = np.zeros((len(knots), k, k))
        np.add.at(blocks, at, inverse)
        blocks[0] += np.eye(k) / design.level_sd**2
        steps = shape_inverse[None] / (tau**2 * gaps)[:, None, None]
        blocks[:-1] += steps
        blocks[1:] += steps
        self._factor = cholesky_banded(_to_bands(blocks, -steps), lower=True, check_finite=False)
        right = np.zeros((len(knots), k))
        np.add.at(right, at, weighted)
        coupling = np.zeros((len(knots), k, n_houses, k))
        for i in range(len(at)):
            coupling[at[i], :, house[i]] += inverse[i]
        self._coupling = coupling.reshape(n_levels, -1)
        columns = np.column_stack([right.reshape(-1), self._coupling])
        self._half = self._forward(columns)
        first, rest = self._half[:, 0], self._half[:, 1:]
        own = np.zeros((n_houses, k, k))
        np.add.at(own, house, inverse)
        spread = sigma_h**2 * np.eye(n_houses) + design.sector_sd**2 * design.together
        prior = np.kron(np.linalg.inv(spread), shape_inverse)
        precision = prior - rest.T @ rest
        for j in range(n_houses):
            precision[j * k : (j + 1) * k, j * k : (j + 1) * k] += own[j]
        sums = np.zeros((n_houses, k))
        np.add.at(sums, house, weighted)
        seen = sums.reshape(-1) - rest.T @ first
        self._root = cholesky(precision, lower=True, check_finite=False)
        self.effects = cho_solve((self._root, True), seen)
        n_steps = len(gaps)
        prior_log_det = k * np.log(design.level_sd**2) + n_steps * shape_log_det
        prior_log_det += k * np.log(tau**2 * gaps).sum() if n_steps else 0.0
        prior_log_det += k * np.linalg.slogdet(spread)[1] + n_houses * shape_log_det
        posterior_log_det = (
            2 * np.log(self._factor[0]).sum() + 2 * np.log(np.diag(self._root)).sum()
        )
        quadratic = (design.centred * weighted).sum() - first @ first - seen @ self.effects
        n_printed = int((~np.isnan(design.polls.shares)).sum())
        self.loglike = -0.5 * float(
            n_printed * np.log(2 * np.pi) + log_det + prior_log_det + posterior_log_det + quadratic
        )

    def draw(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw levels (n, n_knots, k), percent, and house effects (n, n_houses, k), points."""
        k = self.design.n_parts
        noise = rng.standard_normal((len(self.effects), n))
        effects = self.effects[:, None] + solve_triangular(self._root.T, noise, lower=False)
        return self._levels(effects, rng.standard_normal((len(self._half), n)), k)

    def mean(self) -> tuple[Array, Array]:
        """Posterior means, as one draw without noise: (1, n_knots, k) and (1, n_houses, k)."""
        return self._levels(
            self.effects[:, None], np.zeros((len(self._half), 1)), self.design.n_parts
        )

    def _levels(self, effects: Array, noise: Array, k: int) -> tuple[Array, Array]:
        """Levels given effects and normal numbers."""
        half = self._half[:, :1] - self._half[:, 1:] @ effects + noise
        levels, _ = dtbtrs(self._factor, half, uplo="L", trans="T")
        levels = levels.T.reshape(effects.shape[1], -1, k) + self.design.level_mean
        return levels, effects.T.reshape(effects.shape[1], -1, k)

    def _forward(self, columns: Array) -> Array:
        """Solve by the lower factor, block by block: LAPACK goes column by column, much slower."""
        k = self.design.n_parts
        own, below = _take_blocks(self._factor, k)
        inverse = np.linalg.inv(own)
        found = columns.reshape(len(own), k, -1).copy()
        found[0] = inverse[0] @ found[0]
        for t in range(1, len(own)):
            found[t] = inverse[t] @ (found[t] - below[t - 1] @ found[t - 1])
        return found.reshape(columns.shape)

    def _invert_errors(self, omega: float) -> tuple[Array, float]:
        """Precision of each poll's errors, 0 for parts not printed, and their log determinant."""
        design = self.design
        diagonal = design.polls.rounding[:, :, None] * np.eye(design.n_parts)
        whole = design.polls.sampling + diagonal + omega**2 * design.shape
        inverse, log_det = np.zeros_like(whole), 0.0
        for polls, parts in design.patterns:
            picked: Any = np.ix_(polls, parts, parts)
            inverse[picked] = np.linalg.inv(whole[picked])
            log_det += float(np.linalg.slogdet(whole[picked])[1].sum())
        return inverse, log_det


def _take_blocks(bands: Array, k: int) -> tuple[Array, Array]:
    """Blocks (n, k, k) on the diagonal of a lower factor, and those below them."""
    columns = bands.reshape(2 * k, -1, k)
    own, below = (np.zeros((columns.shape[1], k, k)) for _ in range(2))
    for column in range(k):
        own[:, column:, column] = columns[: k - column, :, column].T
        below[:, :, column] = columns[k - column : 2 * k - column, :, column].T
    return own, below


def _to_bands(blocks: Array, joins: Array) -> Array:
    """Lower bands of a matrix of blocks on the diagonal and between neighbours.

    Parameters
    ----------
    blocks : ndarray, shape (n, k, k)
    joins : ndarray, shape (n - 1, k, k)
        Symmetric.
    """
    n, k, _ = blocks.shape
    bands = np.zeros((2 * k, n, k))
    for column in range(k):
        bands[: k - column, :, column] = blocks[:, column:, column].T
        bands[k - column : 2 * k - column, :-1, column] = joins[:, :, column].T
    return bands.reshape(2 * k, n * k)
