"""Integrals over a posterior of a few to some dozens of dimensions, guided by its modes.

Written for scales of variances and correlations: vectors of logarithms, inverse
hyperbolic tangents and the like, whose posterior has one mode or a few, bends
moderately and may have long tails.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import erfinv, log_ndtr, logsumexp, ndtr, ndtri_exp

from analysis.base.arrays import Array, on_one_thread
from analysis.integrate._modes import LogDensity, LogSlopes, Mode, find_modes
from analysis.integrate._proposal import (
    SplitT,
    SplitTMixture,
    around_mode,
    around_point,
    around_sample,
    change_by_sample,
)
from analysis.integrate._weights import SmoothedWeights, smooth_weights


class Counted:
    """The log posterior in batches, with NaN as no density, counted."""

    def __init__(
        self, log_posterior: LogDensity, batch: int, slopes: LogSlopes | None = None
    ) -> None:
        self._inner, self._slopes = log_posterior, slopes
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

    @property
    def slopes(self) -> LogSlopes | None:
        """Log densities with their gradients, counted too; None where there are none."""
        inner = self._slopes
        if inner is None:
            return None

        def counted(points: Array) -> tuple[Array, Array]:
            self.count += len(points)
            return inner(points)

        return counted


class Trial:
    """Trial points and the proposals they came from, each with its number of points.

    Parameters
    ----------
    proposal : SplitTMixture
        Where the first points come from.
    n : int
        How many.
    density : Counted
    rng : Generator
    """

    def __init__(
        self, proposal: SplitTMixture, n: int, density: Counted, rng: np.random.Generator
    ) -> None:
        self.parts: list[SplitT] = list(proposal.parts)
        self.points = proposal.draw(n, rng)
        self._counts: list[float] = [float(share * n) for share in proposal.shares]
        self._values = density(self.points)
        # Log density of each part at each point.
        self._logs = np.array([part.log_density(self.points) for part in self.parts])

    def add(self, part: SplitT, n: int, density: Counted, rng: np.random.Generator) -> None:
        """Draw n points from one more proposal."""
        drawn = SplitTMixture([part], np.ones(1)).draw(n, rng)
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


SEED = 20220224
# Degrees of freedom of the proposals. Around the modes they must catch what is not yet known; once
# the shape is learned, each degree less costs points where there are many dimensions.
MODE_DEGREES, SHAPE_DEGREES = 6.0, 10.0
# From so many dimensions on the shape is learned by changes to what the modes told, with as many
# degrees of freedom as there are dimensions; the trial from which the first changes come is half a
# round.  In 54 dimensions 2,048 effective points so took 6,144 points; with all that each sample
# told of correlations 32,768 had been worth 670.  In 32 it took 6,144 in place of 8,704, and means
# of scales were as close to a long run.  Of fewer dimensions a trial tells all: in 18 shrinking led
# means astray by .02 sd.
MANY_DIMENSIONS = 24
# Trials from which the proposal learns the shape of the posterior, each half as large as the
# sample; the share of points that stay with the modes' own proposals, whatever was learned.
ROUNDS, DEFENCE = 2, 0.1
BATCH = 512
# Modes closer than this (in sds of the curvature) are one, a climb that comes so near to one leads
# there, and a mode this far below the highest (in log density) has no weight.
SAME_MODE, NEAR_MODE, NEGLIGIBLE = 0.5, 1.0, 12.0
# Points of most weight from which a mode not yet known is looked for, and how far out they lie.
N_LOOKS, FAR_OUT = 3, 4.0
SMALLEST_ESS = 400.0


@dataclass(frozen=True, eq=False)
class ImportanceSample:
    """Weighted points that stand for a posterior.

    Parameters
    ----------
    points : ndarray, shape (n, d)
    weights : ndarray, shape (n,)
        Pareto-smoothed, summing to one.
    log_posterior : ndarray, shape (n,)
        As the caller's function gave it.
    modes : tuple of Mode
        Highest first.
    log_evidence : float
        Logarithm of the integral of ``exp(log_posterior)``.
    ess : float
        Effective sample size, ``1 / sum(weights ** 2)``.
    pareto_k : float
        Shape of the tail of the weights: below 0.7 averages can be trusted.
    n_evaluations : int
        Of the log posterior, all searches included.
    warnings : tuple of str
        What must not go unread; empty when all went well.
    """

    points: Array
    weights: Array
    log_posterior: Array
    modes: tuple[Mode, ...]
    log_evidence: float
    ess: float
    pareto_k: float
    n_evaluations: int
    warnings: tuple[str, ...]

    @property
    def mode(self) -> Array:
        """The highest mode, shape (d,)."""
        return self.modes[0].at

    @property
    def log_evidence_error(self) -> float:
        """Standard error of the log evidence, as for independent draws (Sobol points do better)."""
        return float(np.sqrt(max(1 / self.ess - 1 / len(self.weights), 0.0)))

    def mean(self, values: Array) -> Array:
        """Posterior mean of values at the points, shape (n, ...) to (...)."""
        return np.asarray(np.tensordot(self.weights, values, axes=1))

    def resample(self, n: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Positions of n equally weighted points (systematic resampling, no chance in it)."""
        edges = np.cumsum(self.weights)
        at = (np.arange(n) + 0.5) / n
        return np.minimum(np.searchsorted(edges, at), len(edges) - 1)


@on_one_thread
def sample_posterior(
    log_posterior: LogDensity,
    start: Array,
    slopes: LogSlopes | None = None,
    *,
    n_points: int = 2048,
    enough: float = 0.0,
    most_points: int = 0,
    n_patches: int = 0,
    batch: int = BATCH,
    seed: int = SEED,
) -> ImportanceSample:
    """Weighted points from a posterior over an unconstrained vector.

    Parameters
    ----------
    log_posterior : callable
        From points of shape (n, d) to log densities of shape (n,), up to a
        constant, Jacobians included; ``-inf`` (or NaN) where there is none.
    start : ndarray, shape (d,) or (n_starts, d)
        Where the search for modes begins; several starts look for several modes.
    slopes : callable, optional
        From points of shape (n, d) to log densities of shape (n,) and their gradients, (n, d):
        without it modes and curvatures are found by differences.
    n_points : int
        A power of two, at least 64.
    enough : float
        Effective points that are wanted: ``n_points`` are drawn again and again, each time from
        what those before told, until all together are worth so many. 0 draws once.
    most_points : int
        Where that ends, whatever they are worth.
    n_patches : int
        Patches put, one after the other, where trial points are too few for
        their weight, such as on a shelf or around a bend; each costs a
        sixteenth of ``n_points``.
    batch : int
        Points handed to ``log_posterior`` at a time.
    seed : int
        Of the scrambling of the Sobol points: the same seed, the same points.

    Returns
    -------
    ImportanceSample

    Raises
    ------
    ValueError
        When ``n_points`` is no power of two, or the density is not finite at a start.

    Notes
    -----
    Modes are climbed to and their curvature measured; trial points around them,
    drawn from split t distributions (Geweke 1989), tell the axes and widths of
    the posterior, and patches are added where they are too few (incremental
    mixture importance sampling, Raftery and Bao 2010, Biometrics 66(4)).  The
    sample then consists of fresh scrambled Sobol points through a mixture of
    what the trials told and, as a defence, of what the modes told (Owen and
    Zhou 2000, "Safe and effective importance sampling", JASA 95).  Its weights
    are Pareto-smoothed (Vehtari et al. 2024, JMLR 25(72)).  Where ``enough``
    is asked for, such samples are drawn until they are, each from a proposal
    that learned from all before (population Monte Carlo, Cappe, Guillin, Marin
    and Robert 2004, JCGS 13(4)).

    The fewer directions in which the posterior is far from normal, the fewer
    points it takes.  A scale that the data hardly know has a long tail on the
    left of its logarithm; written as :func:`half_normal` of a standard normal
    coordinate it has none.  For effects with a spread of their own give the
    standardised effects, not the effects: their spread would be a funnel.

    Examples
    --------
    The integral of exp(-x^2 / 2) over five dimensions is (2 pi)^(5/2):

    >>> found = sample_posterior(lambda x: -0.5 * (x**2).sum(axis=1), np.ones(5))
    >>> ratio = np.exp(found.log_evidence) / (2 * np.pi) ** 2.5
    >>> bool(abs(ratio - 1) < 0.01)
    True
    >>> found.warnings
    ()
    """
    if n_points < 64 or n_points & (n_points - 1):
        raise ValueError(f"n_points is {n_points}; give a power of two, at least 64")
    density = Counted(log_posterior, batch, slopes)
    rng = np.random.default_rng(seed)
    started = _find_modes(density, np.atleast_2d(np.asarray(start, dtype=float)), ())
    if enough:
        modes, drawn = _draw_in_rounds(density, started, n_points, most_points, enough, rng)
    else:
        modes, _, proposal = _adapt(density, started, n_points // 2, n_patches, rng)
        drawn = Drawn.from_proposal(density, proposal, n_points, rng)
    found = drawn.weights
    return ImportanceSample(
        points=drawn.points,
        weights=found.weights,
        log_posterior=drawn.log_posterior,
        modes=modes,
        log_evidence=found.log_mean,
        ess=found.ess,
        pareto_k=found.pareto_k,
        n_evaluations=density.count,
        warnings=_warn(found, modes, len(started), density.n_missing),
    )


def half_normal(z: Array, scale: float) -> Array:
    """Half-normal quantile of the probability of a standard normal.

    If z is standard normal, the result is half-normal: a coordinate in which
    the prior of a scale is ``exp(-z ** 2 / 2)`` and what data leave open stays
    normal.

    Parameters
    ----------
    z : ndarray, any shape
    scale : float
        Of the half-normal, density proportional to ``exp(-x ** 2 / (2 scale ** 2))``.

    Returns
    -------
    ndarray, same shape
        Not negative, increasing in z.

    Examples
    --------
    >>> half_normal(np.array([0.0]), 10.0).round(3)  # its median
    array([6.745])
    """
    z = np.asarray(z, dtype=float)
    # Each formula keeps its digits on its own side.
    low = np.sqrt(2) * erfinv(ndtr(np.minimum(z, 0.0)))
    # By logarithms, since beyond 38 sds a tail is no number, and a trial point may lie there.
    high = -ndtri_exp(log_ndtr(-np.maximum(z, 0.0)) - np.log(2))
    return np.asarray(scale * np.where(z < 0, low, high))


@dataclass(frozen=True, eq=False)
class Drawn:
    """Points with their log posterior density, and what they weigh."""

    points: Array
    log_posterior: Array
    weights: SmoothedWeights

    @classmethod
    def from_proposal(
        cls, density: Counted, proposal: SplitTMixture, n: int, rng: np.random.Generator
    ) -> Drawn:
        """Draw n points."""
        points = proposal.draw(n, rng)
        values = density(points)
        return cls(points, values, smooth_weights(values - proposal.log_density(points)))


def _join(rounds: list[Drawn]) -> Drawn:
    """Rounds side by side, each with the share that its effective points have of all.

    Each round by itself is a sample from a proposal that was there before it was drawn, so that
    none of their means or evidences is led by points to which its proposal was fitted.
    """
    each = [drawn.weights for drawn in rounds]
    shares = np.array([found.ess for found in each]) / sum(found.ess for found in each)
    with np.errstate(divide="ignore"):
        logs = [np.log(share * found.weights) for share, found in zip(shares, each, strict=True)]
    joined = smooth_weights(np.concatenate(logs))
    log_mean = float(logsumexp([found.log_mean for found in each], b=shares))
    return Drawn(
        np.concatenate([drawn.points for drawn in rounds]),
        np.concatenate([drawn.log_posterior for drawn in rounds]),
        SmoothedWeights(joined.weights, log_mean, joined.pareto_k),
    )


def _draw_in_rounds(
    density: Counted,
    modes: tuple[Mode, ...],
    n: int,
    most: int,
    enough: float,
    rng: np.random.Generator,
) -> tuple[tuple[Mode, ...], Drawn]:
    """Draw n points at a time, each time from what those before told, until they are enough.

    The first ones, drawn from what the modes told, are a trial: few of them weigh anything where
    the posterior is not normal, and what they miss there they miss without a sign.
    """
    is_large = len(modes[0].at) >= MANY_DIMENSIONS
    n_trial = n // 2 if is_large else n
    for _ in range(ROUNDS):
        around = _around_modes(density, modes)
        proposal = SplitTMixture(around, np.full(len(around), 1 / len(around)))
        drawn = Drawn.from_proposal(density, proposal, n_trial, rng)
        more = _find_modes(density, _look_elsewhere(drawn.points, drawn.weights, modes), modes)
        if len(more) == len(modes):
            break
        modes = more
    else:
        around = _around_modes(density, modes)
    rounds, told, found = list[Drawn](), drawn, None
    while found is None or (len(found.points) < most and not found.weights.is_even(enough)):
        proposal = _learn(told.points, told.weights, modes, around)
        rounds.append(Drawn.from_proposal(density, proposal, n, rng))
        found = _join(rounds)
        # Of many dimensions the trial goes on to teach, where a round tells no more than it.
        told = _join([drawn, *rounds]) if is_large else found
    return modes, found


def _adapt(
    density: Counted,
    modes: tuple[Mode, ...],
    n: int,
    n_patches: int,
    rng: np.random.Generator,
) -> tuple[tuple[Mode, ...], list[SplitT], SplitTMixture]:
    """Learn the shape of the posterior from trial points, which are then thrown away.

    Points weighted against a proposal that was fitted to them would make the
    evidence too small, the more so the more dimensions there are.
    """
    around = _around_modes(density, modes)
    proposal = SplitTMixture(around, np.full(len(around), 1 / len(around)))
    for _ in range(ROUNDS):
        points = proposal.draw(n, rng)
        found = smooth_weights(density(points) - proposal.log_density(points))
        more = _find_modes(density, _look_elsewhere(points, found, modes), modes)
        if len(more) > len(modes):
            modes, around = more, _around_modes(density, more)
            proposal = SplitTMixture(around, np.full(len(around), 1 / len(around)))
            continue
        proposal = _learn(points, found, modes, around)
    if not n_patches:
        return modes, around, proposal
    trial = Trial(proposal, n, density, rng)
    for _ in range(n_patches):
        weights = trial.weigh().weights
        patch = around_point(trial.points, weights, int(np.argmax(weights)), n // 8)
        trial.add(patch, n // 8, density, rng)
    return modes, around, SplitTMixture(trial.parts, trial.shares())


def _learn(
    points: Array, found: SmoothedWeights, modes: tuple[Mode, ...], around: list[SplitT]
) -> SplitTMixture:
    """What a trial tells of the posterior and, as a defence, what the modes told."""
    fitted, masses = _fit(points, found, modes, around)
    kept = np.full(len(around), DEFENCE / len(around))
    return SplitTMixture([*fitted, *around], np.append((1 - DEFENCE) * masses, kept))


def _find_modes(density: Counted, starts: Array, known: tuple[Mode, ...]) -> tuple[Mode, ...]:
    """Distinct modes that weigh, highest first, from the known ones and from each start."""
    modes = list(known)
    for mode in find_modes(density, starts, known, density.slopes, near=NEAR_MODE):
        if all(other.distance(mode.at) > SAME_MODE for other in modes):
            modes.append(mode)
    modes.sort(key=lambda mode: -mode.log_density)
    return tuple(m for m in modes if m.log_density > modes[0].log_density - NEGLIGIBLE)


def _around_modes(density: LogDensity, modes: tuple[Mode, ...]) -> list[SplitT]:
    """A split t around each mode."""
    return [around_mode(density, m.at, m.log_density, m.root, MODE_DEGREES) for m in modes]


def _fit(
    points: Array, found: SmoothedWeights, modes: tuple[Mode, ...], around: list[SplitT]
) -> tuple[list[SplitT], Array]:
    """A split t for the points nearest to each mode, where these can tell its shape; masses."""
    d = points.shape[1]

    def fit(weights: Array, known: SplitT) -> SplitT:
        if d < MANY_DIMENSIONS:
            return around_sample(points, weights, SHAPE_DEGREES)
        return change_by_sample(known, points, weights, float(d))

    nearest = np.argmin([_distances(points, mode) for mode in modes], axis=0)
    parts, masses = [], []
    for k in range(len(modes)):
        weights = np.where(nearest == k, found.weights, 0.0)
        mass = float(weights.sum())
        if mass > 0 and mass**2 / (weights**2).sum() > 2 * d:
            parts.append(fit(weights / mass, around[k]))
            masses.append(mass)
    if not parts:
        return [fit(found.weights, around[0])], np.ones(1)
    return parts, np.array(masses) / sum(masses)


def _distances(points: Array, mode: Mode) -> Array:
    """Distance of points from a mode in sds of its curvature, shape (n,)."""
    return np.asarray(np.linalg.norm(np.linalg.solve(mode.root, (points - mode.at).T), axis=0))


def _look_elsewhere(points: Array, found: SmoothedWeights, modes: tuple[Mode, ...]) -> Array:
    """Points of most weight far from all known modes: one of them may lead to another."""
    far = np.min([_distances(points, mode) for mode in modes], axis=0) > FAR_OUT
    candidates = np.flatnonzero(far & (found.weights > 0))
    return points[candidates[np.argsort(-found.weights[candidates], kind="stable")][:N_LOOKS]]


def _warn(
    found: SmoothedWeights, modes: tuple[Mode, ...], n_started: int, n_missing: int
) -> tuple[str, ...]:
    """What must not go unread."""
    texts = []
    if not modes[0].is_converged:
        texts.append("no best fit was found to start from: add data, or give narrower priors")
    if found.pareto_k > found.highest_k:
        texts.append(
            "a few points carry the results, which cannot be trusted (Pareto k of the importance "
            f"weights is {found.pareto_k:.2f}, above {found.highest_k:.2f}): look for slips among "
            "the data, or give narrower priors"
        )
    if found.ess < SMALLEST_ESS:
        texts.append(
            f"results rest on {found.ess:.0f} effective points (fewer than {SMALLEST_ESS:.0f}), so "
            "that their last digits are chance: add data, or give narrower priors"
        )
    if len(modes) > 1:
        odds = np.exp(modes[0].log_density - modes[1].log_density)
        late = ", of which not all were found at first" if len(modes) > n_started else ""
        texts.append(
            f"the data allow {len(modes)} explanations{late}; the best is at its peak {odds:.3g} "
            "times as likely as the next, and intervals hold all: look for slips among the data, "
            "or give the priors that you mean"
        )
    if n_missing:
        texts.append(
            f"{n_missing} points gave no number and count as impossible: look for values out of "
            "all proportion among the data"
        )
    return tuple(texts)
