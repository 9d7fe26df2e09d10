"""Proposals for importance sampling: mixtures of t, wider on one side than on the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri, gammaln, logsumexp, ndtri

from analysis.base.arrays import Array
from analysis.integrate._modes import covariance_root

# Sobol points at the very edges of the cube would be sent to infinity.
EDGE = 2.0**-40
# Distances at which the fall of the log density sets the widths, in sds of the curvature.
PROBES = np.array([1.0, 2.0, 3.0])
# No side is taken to be narrower or wider than this many times what the curvature says.
NARROWEST, WIDEST = 0.3, 4.0
PATCH_DEGREES = 8.0
# Keeps what is divided by, or has a logarithm, away from 0 where a sample is one point.
TINY = 1e-12
# Correlations that are less than all chance are drawn to none by a power of the share that is: a
# proposal that is too narrow in a slant loses more than one that is too wide.  On 26 houses with
# very few polls or many, means of scales so had a bias of .009 in place of .012 sd.
KEPT_POWER = 3
# A proposal need not be exact, and its last digits hang on the processor: rounded, it sends every
# processor to the same points, so that what counts points of a sample counts the same ones.
DIGITS = 2


@dataclass(frozen=True, eq=False)
class SplitT:
    """Multivariate t around a centre, stretched by its own factor on each side of each axis.

    Parameters
    ----------
    centre : ndarray, shape (d,)
        Half of the mass lies on each side of it, along each axis.
    root : ndarray, shape (d, d)
        Columns are the axes.
    down, up : ndarray, shape (d,)
        Widths below and above the centre, in lengths of the axes.
    df : float
        Degrees of freedom.

    Notes
    -----
    The split-t of Geweke (1989), "Bayesian inference in econometric models using
    Monte Carlo integration", Econometrica 57(6), section 4.
    """

    centre: Array
    root: Array
    down: Array
    up: Array
    df: float

    @classmethod
    def settled(cls, centre: Array, root: Array, down: Array, up: Array, df: float) -> SplitT:
        """A proposal whose numbers are rounded, of each coordinate against its own spread."""
        row, own = np.abs(root).max(axis=1), np.diag(root)
        rounded = _round_against(row[:, None], root)
        # What an axis adds to those before it may be small, and must not vanish.
        np.fill_diagonal(rounded, _round_against(np.abs(own), own))
        down, up = np.round(down, DIGITS), np.round(up, DIGITS)
        return cls(_round_against(row, centre), rounded, down, up, df)

    def place(self, cube: Array) -> Array:
        """Send points of the unit cube, shape (n, d + 1), through the distribution, to (n, d)."""
        d = len(self.centre)
        cube = np.clip(cube, EDGE, 1 - EDGE)
        # chdtri counts from above; the chi-square is the mixing variable of the t.
        stretch = np.sqrt(self.df / chdtri(self.df, cube[:, d]))
        axes = ndtri(cube[:, :d]) * stretch[:, None]
        return np.asarray(self.centre + np.where(axes < 0, self.down, self.up) * axes @ self.root.T)

    def log_density(self, points: Array) -> Array:
        """Log density, normalised, at points of shape (n, d)."""
        d, df = len(self.centre), self.df
        axes = np.linalg.solve(self.root, (points - self.centre).T).T
        width = np.where(axes < 0, self.down, self.up)
        square = ((axes / width) ** 2).sum(axis=1)
        constant = gammaln((df + d) / 2) - gammaln(df / 2) - d / 2 * np.log(df * np.pi)
        volume = np.linalg.slogdet(self.root)[1] + np.log(width).sum(axis=1)
        return np.asarray(constant - volume - (df + d) / 2 * np.log1p(square / df))


@dataclass(frozen=True, eq=False)
class SplitTMixture:
    """Proposals of which each point takes one.

    Parameters
    ----------
    parts : sequence of SplitT
    shares : ndarray, shape (n_parts,)
        Summing to one.
    """

    parts: Sequence[SplitT]
    shares: Array

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Scrambled Sobol points (Owen 1998), best a power of two of them, shape (n, d).

        One coordinate of the cube chooses the part, so that each has its share
        of the points almost exactly.
        """
        # Here and not above: it brings all of scipy.stats, a third of what `import analysis` took.
        from scipy.stats import qmc

        d = len(self.parts[0].centre)
        cube = qmc.Sobol(d + 2, seed=rng).random_base2(int(np.ceil(np.log2(n))))[:n]
        chosen = np.searchsorted(np.cumsum(self.shares)[:-1], cube[:, d + 1], side="right")
        points = np.zeros((n, d))
        for k, part in enumerate(self.parts):
            points[chosen == k] = part.place(cube[chosen == k, : d + 1])
        return points

    def log_density(self, points: Array) -> Array:
        """Log density of the mixture, normalised, at points of shape (n, d)."""
        each = [part.log_density(points) for part in self.parts]
        return np.asarray(logsumexp(each, axis=0, b=self.shares[:, None]))


def _round_against(scale: Array, values: Array) -> Array:
    """Round values to some digits of a scale."""
    unit = 10.0 ** (np.floor(np.log10(scale)) - DIGITS)
    return np.asarray(np.round(values / unit) * unit)


def around_mode(
    log_posterior: Callable[[Array], Array], at: Array, height: float, root: Array, df: float
) -> SplitT:
    """Proposal from a mode: widths from how far the log density falls along each axis.

    Parameters
    ----------
    log_posterior : callable
        From points of shape (n, d) to log densities.
    at : ndarray, shape (d,)
        The mode.
    height : float
        Log density there.
    root : ndarray, shape (d, d)
        Columns span one sd of the curvature each.
    df : float
    """
    d, n_probes = len(at), len(PROBES)
    steps = np.concatenate([-PROBES, PROBES])
    points = at + steps[None, :, None] * root.T[:, None, :]
    values = log_posterior(points.reshape(-1, d)).reshape(d, 2 * n_probes)
    fall = np.maximum(height - values, 1e-12)
    # A normal of width w falls by (step / w)^2 / 2; the widest of the probes keeps the tails in.
    width = np.clip(np.abs(steps) / np.sqrt(2 * fall), NARROWEST, WIDEST)
    return SplitT.settled(
        at, root, width[:, :n_probes].max(axis=1), width[:, n_probes:].max(axis=1), df
    )


def around_sample(points: Array, weights: Array, df: float) -> SplitT:
    """Proposal from a weighted sample: its axes, medians and two-sided widths.

    Parameters
    ----------
    points : ndarray, shape (n, d)
    weights : ndarray, shape (n,)
        Summing to one.
    df : float
    """
    mean = weights @ points
    deviation = points - mean
    values, vectors = np.linalg.eigh(deviation.T @ (weights[:, None] * deviation))
    root = covariance_root(np.maximum(values, values[-1] * 1e-12), vectors)
    axes = np.linalg.solve(root, deviation.T).T
    middle = np.array([_weighted_median(axis, weights) for axis in axes.T])
    axes -= middle
    below, above = weights @ np.minimum(axes, 0) ** 2, weights @ np.maximum(axes, 0) ** 2
    # Each side holds half of the weight.
    down, up = (np.clip(np.sqrt(2 * side), NARROWEST, WIDEST) for side in (below, above))
    return SplitT.settled(mean + root @ middle, root, down, up, df)


def change_by_sample(known: SplitT, points: Array, weights: Array, df: float) -> SplitT:
    """Proposal from one that is known, changed where a weighted sample clearly tells otherwise.

    A hundred effective points in 54 dimensions tell no covariance, and each of a hundred widths by
    a seventh: proposals that believed it all were worth less than those they had learned from.

    Parameters
    ----------
    known : SplitT
    points : ndarray, shape (n, d)
    weights : ndarray, shape (n,)
        Summing to one.
    df : float

    Notes
    -----
    Correlations are drawn to none as a whole, and centres and widths each to the known one, by as
    much as they may be chance: ``1 - variance / square``, and never below 0 (the positive part of
    James and Stein's estimator for one mean alone, the garrote of Breiman 1995, "Better subset
    regression using the nonnegative garrote", Technometrics 37(4)).
    """
    worth = float(1 / (weights**2).sum())
    along = np.linalg.solve(known.root, (points - known.centre).T).T
    covariance = _shrunk_covariance(np.asarray(along - weights @ along), weights)
    own, sd = np.linalg.cholesky(covariance), np.sqrt(np.diag(covariance))
    middle = np.array([_weighted_median(axis, weights) for axis in along.T])
    # Half of the weight lies on each side, and a median has pi / 2 times the variance of a mean.
    middle = _keep_clear(middle, np.pi / 2 * sd**2 / worth)
    axes = np.linalg.solve(own, (along - middle).T).T
    below, above = weights @ np.minimum(axes, 0) ** 2, weights @ np.maximum(axes, 0) ** 2
    down, up = (
        before * np.exp(_keep_clear(np.log(np.sqrt(2 * side + TINY) / before), 1 / worth))
        for side, before in ((below, known.down / np.diag(own)), (above, known.up / np.diag(own)))
    )
    return SplitT.settled(
        known.centre + known.root @ middle,
        known.root @ own,
        np.clip(down, NARROWEST, WIDEST),
        np.clip(up, NARROWEST, WIDEST),
        df,
    )


def _keep_clear(found: Array, variance: Array | float) -> Array:
    """Draw estimates to 0 by as much as they may be chance."""
    return np.asarray(found * np.maximum(1 - variance / (found**2 + TINY), 0.0))


def _shrunk_covariance(deviation: Array, weights: Array) -> Array:
    """Covariance of a weighted sample, its correlations drawn to zero as far as they are chance.

    Notes
    -----
    Schaefer and Strimmer (2005), "A shrinkage approach to large-scale covariance matrix estimation
    and implications for functional genomics", Statistical Applications in Genetics and Molecular
    Biology 4(1), target D: by the share of the summed squares of the correlations that their
    errors of sampling explain, here its third power; these are those of weights that belong to the
    points.
    """
    sd = np.sqrt(weights @ deviation**2 + TINY)
    scores = deviation / sd
    correlation = scores.T @ (weights[:, None] * scores)
    squares = weights[:, None] ** 2 * scores
    error = (scores**2).T @ (squares * scores) - 2 * correlation * (scores.T @ squares)
    error += correlation**2 * (weights**2).sum()
    others = ~np.eye(len(sd), dtype=bool)
    total = float((correlation[others] ** 2).sum())
    # Never nothing: a sample of two points is a line.
    chance = max(float(error[others].sum()) / (total + TINY), float((weights**2).sum()))
    chance = min(chance, 1.0) ** KEPT_POWER
    return np.asarray(np.where(others, (1 - chance) * correlation, 1.0) * np.outer(sd, sd))


def around_point(points: Array, weights: Array, centre: int, n: int) -> SplitT:
    """Proposal for a place where points are too few: around one of them, as wide as its neighbours.

    Parameters
    ----------
    points : ndarray, shape (n_points, d)
    weights : ndarray, shape (n_points,)
        Summing to one.
    centre : int
        Position of the point, such as that of the largest weight.
    n : int
        Neighbours that tell the width.

    Notes
    -----
    The step of incremental mixture importance sampling (Raftery and Bao 2010,
    "Estimating and projecting trends in HIV/AIDS generalized epidemics using
    incremental mixture importance sampling", Biometrics 66(4)).
    """
    d = points.shape[1]
    # Half by weight and half alike, so that a few heavy points cannot make it flat.
    mixed = (weights + 1 / len(points)) / 2
    mean = mixed @ points
    spread = (points - mean).T @ (mixed[:, None] * (points - mean))
    spread += 1e-9 * np.trace(spread) / d * np.eye(d)
    deviation = points - points[centre]
    distance = np.einsum("nd,dn->n", deviation, np.linalg.solve(spread, deviation.T))
    near = np.argsort(distance, kind="stable")[:n]
    own = mixed[near] / mixed[near].sum()
    cov = deviation[near].T @ (own[:, None] * deviation[near])
    # As if d further neighbours were spread like all points: few alone could not tell a width.
    cov = (len(near) * cov + d * spread) / (len(near) + d)
    one = np.ones(d)
    return SplitT.settled(points[centre], np.linalg.cholesky(cov), one, one, PATCH_DEGREES)


def _weighted_median(values: Array, weights: Array) -> float:
    """Median, linear between the ends of the points' weights, not between their middles.

    Half a weight aside from :func:`analysis.base.weighted.weighted_quantiles`: as the centre of a
    proposal either serves, but it decides where the points of the sample lie.
    """
    order = np.argsort(values, kind="stable")
    return float(np.interp(0.5, np.cumsum(weights[order]), values[order]))
