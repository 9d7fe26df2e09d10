"""Trial points from which importance sampling learns the shape of a posterior."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from analysis.importance_modes import LogDensity
from analysis.importance_proposal import Mixture, SplitT
from analysis.importance_weights import SmoothedWeights, smooth_weights
from analysis.sampling import Array


class Counted:
    """The log posterior in batches, with NaN as no density, counted."""

    def __init__(self, log_posterior: LogDensity, batch: int) -> None:
        self._inner = log_posterior
        self._batch = batch
        self.count = 0
        self.n_missing = 0

    def __call__(self, points: Array) -> Array:
        """Log densities at points of shape (n, d); ``-inf`` where they are no numbers."""
        self.count += len(points)
        parts = [
            np.asarray(self._inner(points[k : k + self._batch]), dtype=float)
            for k in range(0, len(points), self._batch)
        ]
        values = np.concatenate(parts) if parts else np.zeros(0)
        missing = np.isnan(values)
        self.n_missing += int(missing.sum())
        return np.where(missing, -np.inf, values)


class Trial:
    """Trial points and the proposals they came from, each with its number of points.

    Parameters
    ----------
    proposal : Mixture
        Where the first points come from.
    n : int
        How many.
    density : Counted
    rng : Generator
    """

    def __init__(
        self, proposal: Mixture, n: int, density: Counted, rng: np.random.Generator
    ) -> None:
        self.parts: list[SplitT] = list(proposal.parts)
        self.points = proposal.draw(n, rng)
        self._counts: list[float] = [float(share * n) for share in proposal.shares]
        self._values = density(self.points)
        # Log density of each part at each point.
        self._logs = np.array([part.log_density(self.points) for part in self.parts])

    def add(self, part: SplitT, n: int, density: Counted, rng: np.random.Generator) -> None:
        """Draw n points from one more proposal."""
        drawn = Mixture([part], np.ones(1)).draw(n, rng)
        self._values = np.append(self._values, density(drawn))
        self.points = np.vstack([self.points, drawn])
        known = np.array([one.log_density(drawn) for one in self.parts])
        logs = np.hstack([self._logs, known])
        self._logs = np.vstack([logs, part.log_density(self.points)])
        self.parts.append(part)
        self._counts.append(float(n))

    def weigh(self) -> SmoothedWeights:
        """Weights against the mixture of all proposals so far."""
        return smooth_weights(self._values - logsumexp(self._joint(), axis=0))

    def shares(self) -> Array:
        """Share of each proposal in the sample to come, shape (n_parts,).

        Half goes by the posterior mass that each answers for (the weights of
        Cappe et al. 2008, Statistics and Computing 18(4)), and half stays as
        it was in the trial, for what its points may have missed.
        """
        joint = self._joint()
        mass = np.exp(joint - logsumexp(joint, axis=0)) @ self.weigh().weights
        counts = np.array(self._counts) / sum(self._counts)
        return np.asarray((mass + counts) / (mass.sum() + 1))

    def _joint(self) -> Array:
        """Log of share times density of each proposal at each point."""
        shares = np.array(self._counts) / sum(self._counts)
        return np.asarray(np.log(shares)[:, None] + self._logs)
