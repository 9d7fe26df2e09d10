"""What is asked of the posterior: levels, effects, contrasts and changes as mixtures."""

from __future__ import annotations

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.base.mixture import JointMixture, Mixture
from analysis.trend.solver.design import Design, Functionals
from analysis.trend.solver.posterior import Posterior
from analysis.trend.solver.walk import NEVER_BACK, Reversion


def walk_weights(design: Design, level: float, houses: Array) -> Array:
    """Weights of the walks: the level, and the drifts of the houses if they drift.

    Parameters
    ----------
    design : Design
    level : float
    houses : ndarray, shape (..., n_houses)
    """
    first = np.full((*houses.shape[:-1], 1), level)
    return np.concatenate([first, houses], axis=-1) if design.drift else first


def level_of(posterior: Posterior, days: Days, houses: Array) -> Mixture:
    """Level plus a weighted mean of house effects, each on its day.

    Parameters
    ----------
    posterior : Posterior
    days : ndarray of int, shape (n_days,)
    houses : ndarray, shape (n_houses,)
        Weights of the reference.
    """
    design = posterior.design
    effects = houses @ design.house_map + design.level_columns(days)
    return posterior.level(days, effects, walk_weights(design, 1.0, houses))


def levels_at(posterior: Posterior, days: Days, houses: Array) -> JointMixture:
    """Levels on a few days, each with its own weights of the houses, and their covariances.

    Parameters
    ----------
    posterior : Posterior
    days : ndarray of int, shape (n_rows,)
    houses : ndarray, shape (n_rows, n_houses)
    """
    design, n_rows = posterior.design, len(days)
    terms = Functionals(np.arange(n_rows), days, walk_weights(design, 1.0, houses), n_rows)
    effects = houses @ design.house_map + design.level_columns(days)
    return posterior.functionals(terms, effects, np.ones(n_rows))


def change_of(posterior: Posterior, start: Days, end: Days, houses: Array) -> Mixture:
    """Mean level of a reference over some days less that over others.

    Parameters
    ----------
    posterior : Posterior
    start, end : ndarray of int
        Days of both windows; a single day each for a change from day to day.
    houses : ndarray, shape (n_houses,)
        Weights of the reference, summing to one; zeros for the level alone, which is what
        houses measure that drift neither way in the mean.
    """
    design, days = posterior.design, np.concatenate([start, end])
    share = np.concatenate([np.full(len(start), -1 / len(start)), np.full(len(end), 1 / len(end))])
    weights = share[:, None] * walk_weights(design, 1.0, np.tile(houses, (len(days), 1)))
    terms = Functionals(np.zeros(len(days), dtype=np.int64), days, weights, 1)
    effects = (share @ design.level_columns(days))[None, :]
    return posterior.functionals(terms, effects, np.zeros(1)).each


def walk_between(start: Days, end: Days, reversion: Reversion = NEVER_BACK) -> float:
    """Days over which a random walk moves between the means of two windows.

    The variance of the mean of a walk over the days of one window less that over another is its
    variance a day times this number; `start` lies before `end`.  Of a walk that is drawn back it
    is so long after its beginning.

    Examples
    --------
    >>> walk_between(np.array([0]), np.array([10]))
    10.0
    """
    if np.isfinite(reversion.days):
        apart = [
            reversion.half_variance(np.abs(np.subtract.outer(one, two))).mean()
            for one, two in ((start, start), (end, end), (start, end))
        ]
        return float(2 * apart[2] - apart[0] - apart[1])
    early, late = np.minimum.outer(start, start), np.minimum.outer(end, end)
    both = np.minimum.outer(start, end)
    return float(early.mean() + late.mean() - 2 * both.mean())


def house_contrasts(posterior: Posterior, rows: Array) -> Mixture:
    """Contrasts between houses, each house's effect averaged over the dates of its polls.

    Parameters
    ----------
    posterior : Posterior
    rows : ndarray, shape (n_rows, n_houses)
    """
    design = posterior.design
    if not design.drift:
        return posterior.effects(rows @ design.house_map)
    return posterior.own_effects.combine(rows)


def house_effects(posterior: Posterior, reference: Array) -> Mixture:
    """Effect of each house from a reference, averaged over the dates of the house's polls.

    Parameters
    ----------
    posterior : Posterior
    reference : ndarray, shape (n_houses,)
        Weights of the reference; they apply on each of these dates.
    """
    design = posterior.design
    rows = np.eye(len(design.first_day)) - reference
    if not design.drift:
        return posterior.effects(rows @ design.house_map)
    return posterior.own_averages(rows, rows @ design.house_map).each
