"""Robust errors: the excess error of a poll has Student's t, so that a slip does not move all.

The excess of poll i is normal with variance ``omega ** 2 * stretch_i``, and ``1 / stretch_i`` has
a gamma distribution of mean 1: together that is ``omega`` times Student's t.  Given the stretches
the model is that of normal errors; they are drawn together with the hyperparameters, by many
Markov chains that pass the polls side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import erf, ndtri

from analysis.base.arrays import Array
from analysis.trend.hyperparameters._mode import find_posterior_mode
from analysis.trend.hyperparameters.by_house import weighted_table
from analysis.trend.hyperparameters.inference import Fit
from analysis.trend.hyperparameters.space import (
    FREEDOM,
    NEW_POLL,
    PRECISIONS,
    PRIOR,
    SMALLEST,
    HyperparameterSpace,
    StudentSpace,
)
from analysis.trend.solver.filter import run_filter
from analysis.trend.solver.likelihood import solve_effects
from analysis.trend.solver.posterior import Posterior

# Chains side by side, sweeps until they have forgotten where they began, sweeps between two times
# at which they are kept, and how often.
N_CHAINS, N_FIRST, N_APART, N_KEPT = 256, 160, 40, 4
# Rounds of the search for where the stretches lie; this share of a proposal is the prior.
N_ROUNDS, FROM_PRIOR = 12, 0.05
# A step along the difference of two chains, by the number of coordinates (ter Braak 2006, "A
# Markov chain Monte Carlo version of the genetic algorithm differential evolution", Statistics
# and Computing 16(3)), and the width of what blurs it.
LEAP, BLUR = 2.38, 1e-3
# Means of the chains at different times that lie so many standard errors apart have not settled.
UNSETTLED = 5.0
SEED = 20220224


def fit_student(space: StudentSpace, params: Mapping[str, float] | None = None) -> Fit:
    """Draw the stretches of all polls, and the hyperparameters unless they are given.

    Parameters
    ----------
    space : StudentSpace
    params : mapping of str to float, optional
        Hyperparameters by name.

    Returns
    -------
    Fit
        Of equally weighted points, each with stretches of its own.
    """
    rng = np.random.default_rng(SEED)
    start = _find_start(space, params)
    chains = _Chains(space, start, rng, moves=params is None)
    n_sweeps = N_FIRST + N_APART * (N_KEPT - 1)
    kept = []
    for sweep in range(1, n_sweeps + 1):
        chains.sweep()
        if sweep >= N_FIRST and (sweep - N_FIRST) % N_APART == 0:
            kept.append((chains.z.copy(), chains.which.copy(), chains.density.copy()))
    z, which = (np.concatenate([part[k] for part in kept]) for k in (0, 1))
    density = np.concatenate([part[2] for part in kept])
    values, stretch = space.values(z), 1 / PRECISIONS[which]
    posterior = _posterior(space, values, stretch, rng)
    best = int(np.argmax(density))
    mode = {name: float(value[best]) for name, value in values.items()}
    weights = posterior.weights
    warnings = _warnings(np.stack([part[0] for part in kept])) if params is None else ()
    return Fit(
        method="full" if params is None else "given",
        description=f"errors with Student's t of {FREEDOM:g} degrees of freedom; "
        + ("scales drawn with them" if params is None else "scales given by the caller")
        + f" ({N_CHAINS} chains)",
        posterior=posterior,
        param_table=lambda alpha: weighted_table(values, weights, alpha),
        llf=float(chains.loglike(z[best : best + 1], which[best : best + 1])[0]),
        log_posterior=float(density[best]),
        mode=mode,
        is_converged=not warnings,
        details={
            "n_evaluations": chains.n_evaluations,
            "n_points": len(weights),
            "accepted_scales": float(chains.share_accepted[0]),
            "accepted_stretches": float(chains.share_accepted[1]),
        },
        warnings=warnings,
        param_cdf=lambda name, at: float((values[name] < at).mean()),
    )


@dataclass(frozen=True, eq=False)
class _Start:
    """Where chains begin, and what they propose.

    Parameters
    ----------
    z : ndarray, shape (n_chains, n_params)
        Normal scores of the hyperparameters.
    proposal : ndarray, shape (n, n_precisions)
        Probabilities of the precisions of each observation.
    """

    z: Array
    proposal: Array


def _find_start(space: StudentSpace, params: Mapping[str, float] | None) -> _Start:
    """Reweight the polls and fit them in turns, until the weights settle.

    Each poll is judged by what all others say of it; a poll that lies far off gets little weight,
    whereupon the others are fitted more closely.
    """
    design, priors = space.design, space.priors
    weight = np.ones(len(design.day))
    scale = np.array([priors.prior_sd_of(name) for name in space.names])
    proposal = np.tile(PRIOR, (len(weight), 1))
    logs = np.log([params[name] for name in space.names]) if params else np.log(0.2 * scale)
    log_cov = np.zeros((len(scale), len(scale)))
    for _ in range(N_ROUNDS):
        given = HyperparameterSpace(replace(design, has_excess=design.has_excess / weight), priors)
        if params is None:
            mode = find_posterior_mode(given, 1e-2)
            logs, log_cov = mode.at, np.nan_to_num(mode.log_cov)
        omega = np.exp(logs[space.names.index("omega")])
        distance, variance = _by_the_others(given, logs)
        total = variance[:, None] + design.known_variance[:, None] + omega**2 / PRECISIONS
        log_odds = np.log(PRIOR) - 0.5 * (np.log(total) + distance[:, None] ** 2 / total)
        proposal = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))
        proposal /= proposal.sum(axis=1, keepdims=True)
        before, weight = weight, 1 / (proposal @ (1 / PRECISIONS)).clip(1 / PRECISIONS[-1])
        if np.abs(np.log(weight / before)).max() < 0.05:
            break
    rng = np.random.default_rng(SEED)
    values, vectors = np.linalg.eigh(log_cov)
    noise = rng.standard_normal((N_CHAINS, len(scale))) * np.sqrt(np.maximum(values, 0.0))
    points = np.exp(logs + (noise @ vectors.T).clip(-3.0, 3.0))
    z = ndtri(erf(points / scale / np.sqrt(2)).clip(1e-12, 1 - 1e-12))
    return _Start(z, (1 - FROM_PRIOR) * proposal + FROM_PRIOR * PRIOR)


def _by_the_others(space: HyperparameterSpace, logs: Array) -> tuple[Array, Array]:
    """Distance of each observation from what the others say of it, and the variance of that.

    From the diagonal of the inverse covariance of all observations (Rasmussen and Williams 2006,
    Gaussian Processes for Machine Learning, section 5.4.2), block by block of the smoothed
    errors.
    """
    design = space.design
    nodes = space.nodes(logs[None, :-1])
    found = run_filter(design, nodes)
    effects = solve_effects(design, found.normal, found.log_det, np.exp(logs[-1:]))
    posterior = Posterior(design, nodes, np.zeros(1, dtype=np.int64), {}, np.ones(1), effects)
    mean, variance = (np.zeros(len(design.day)) for _ in range(2))
    # Observations of one house share a combination of the walks.
    for house in np.unique(design.house) if design.drift else [None]:
        rows = np.flatnonzero(design.house == house) if design.drift else np.arange(len(mean))
        walks = np.eye(design.n_walks)[0]
        if house is not None and house >= 0:
            walks[1 + house] = 1.0
        found_there = posterior.level(design.day[rows], design.columns[rows], walks)
        mean[rows], variance[rows] = found_there.mean[0], found_there.variance[0]
    noise = nodes.noise[:, 0]
    # Taking an observation's own information out of what is known of its expectation.
    left = np.maximum(1 / variance - 1 / noise, 1e-12)
    others = (mean / variance - design.response / noise) / left
    return design.response - others, 1 / left


class _Chains:
    """Markov chains side by side, each with hyperparameters and the precisions of all polls."""

    def __init__(
        self, space: StudentSpace, start: _Start, rng: np.random.Generator, *, moves: bool
    ) -> None:
        self.space, self.rng, self.moves = space, rng, moves
        self.is_poll = space.design.has_excess > 0
        self.cumulative = np.cumsum(start.proposal, axis=1)
        # A precision drawn from the proposal counts by prior over proposal.
        self.log_ratio = np.log(PRIOR) - np.log(start.proposal)
        self.z = start.z
        self.which = self._propose(len(start.z))
        self.n_evaluations = 0
        self.accepted = np.zeros((2, 2))
        self.log_like = self.loglike(self.z, self.which)

    @property
    def density(self) -> Array:
        """Log posterior density of hyperparameters given the precisions, shape (n_chains,)."""
        return np.asarray(self.log_like - 0.5 * (self.z**2).sum(axis=1))

    @property
    def share_accepted(self) -> Array:
        """Shares of the steps that were taken: of hyperparameters, of precisions."""
        return np.asarray(self.accepted[:, 0] / np.maximum(self.accepted[:, 1], 1))

    def loglike(self, z: Array, which: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Array:
        """Log likelihood, level and effects integrated out."""
        values = self.space.values(z)
        self.n_evaluations += len(z)
        nodes = self.space.nodes_of(values, 1 / PRECISIONS[which])
        return self.space.loglike_at(nodes, values["sigma_h"])

    def sweep(self) -> None:
        """Move the hyperparameters of either half by the other's, then some of the precisions."""
        if self.moves:
            half = len(self.z) // 2
            order = self.rng.permutation(len(self.z))
            self._leap(order[:half], order[half:])
            self._leap(order[half:], order[:half])
        self._redraw()

    def _leap(
        self,
        movers: np.ndarray[tuple[int], np.dtype[np.int64]],
        others: np.ndarray[tuple[int], np.dtype[np.int64]],
    ) -> None:
        """Propose steps along differences of chains that stand still meanwhile."""
        n_params = self.z.shape[1]
        first = self.rng.integers(0, len(others), len(movers))
        second = (first + self.rng.integers(1, len(others), len(movers))) % len(others)
        # Now and then as far as from one chain to the other, across what lies between peaks.
        far = self.rng.random(len(movers)) < 0.1
        gamma = np.where(far, 1.0, LEAP / np.sqrt(2 * n_params))[:, None]
        step = gamma * (self.z[others[first]] - self.z[others[second]])
        new = self.z[movers] + step + BLUR * self.rng.standard_normal(step.shape)
        log_like = self.loglike(new, self.which[movers])
        gain = log_like - self.log_like[movers]
        gain += 0.5 * ((self.z[movers] ** 2) - new**2).sum(axis=1)
        taken = np.log(self.rng.random(len(movers))) < gain
        at = movers[taken]
        self.z[at], self.log_like[at] = new[taken], log_like[taken]
        self.accepted[0] += taken.sum(), len(taken)

    def _redraw(self) -> None:
        """Propose new precisions for a random part of the polls, few or many."""
        n_chains, n = self.which.shape
        share = 2.0 ** -self.rng.integers(1, 7, n_chains)
        moved = self.rng.random((n_chains, n)) < np.maximum(share, 1.0 / n)[:, None]
        new = np.where(moved, self._propose(n_chains), self.which)
        rows = np.arange(n)
        log_like = self.loglike(self.z, new)
        gain = log_like - self.log_like
        gain += (self.log_ratio[rows, new] - self.log_ratio[rows, self.which]).sum(axis=1)
        taken = np.log(self.rng.random(n_chains)) < gain
        self.which[taken], self.log_like[taken] = new[taken], log_like[taken]
        self.accepted[1] += taken.sum(), n_chains

    def _propose(self, n_chains: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """Positions of precisions from the proposals, shape (n_chains, n)."""
        ticks = self.rng.random((n_chains, len(self.cumulative)))
        drawn = (ticks[:, :, None] > self.cumulative[None]).sum(axis=2)
        return np.asarray(np.minimum(drawn, len(PRECISIONS) - 1))


def _posterior(
    space: StudentSpace, values: dict[str, Array], stretch: Array, rng: np.random.Generator
) -> Posterior:
    """Points of equal weight, each of which gets one pass through the polls."""
    n_points = len(stretch)
    nodes = space.nodes_of(values, stretch)
    found = run_filter(space.design, nodes)
    # Excess sds of a poll not seen yet: stretches evenly spread over their prior.
    ticks = (rng.permutation(n_points) + 0.5) / n_points
    at = np.searchsorted(np.cumsum(PRIOR), ticks).clip(max=len(PRIOR) - 1)
    new_poll = values["omega"] / np.sqrt(PRECISIONS[at])
    effects = solve_effects(space.design, found.normal, found.log_det, values["sigma_h"])
    return Posterior(
        design=space.design,
        nodes=nodes,
        node_of=np.arange(n_points),
        params=values | {NEW_POLL: new_poll},
        weights=np.full(n_points, 1 / n_points),
        effects_posterior=effects,
    )


def _warnings(z: Array) -> tuple[str, ...]:
    """Say where chains had not settled; scores of shape (n_times, n_chains, n_params)."""
    means, error = z.mean(axis=1), z.std(axis=(0, 1)) * np.sqrt(2 / z.shape[1])
    apart = float((np.ptp(means, axis=0) / np.maximum(error, SMALLEST)).max())
    if apart < UNSETTLED:
        return ()
    text = f"the chains of the scales have not settled (means {apart:.1f} standard errors apart): "
    return (text + "look for slips among the polls, or fit with errors='normal'",)
