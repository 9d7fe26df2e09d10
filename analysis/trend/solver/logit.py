"""The model on logits: shares in, percent out.

The level walks on ``log(p / (100 - p))``; all prior scales are divided by 25,
since a point near one half is a 25th of a logit.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.base.arrays import Array, Days
from analysis.base.mixture import JointMixture, Mixture
from analysis.base.priors import Priors
from analysis.base.sampling import common_error_sd, sampling_variance
from analysis.trend.solver.design import Design
from analysis.trend.solver.estimands import levels_at
from analysis.trend.solver.posterior import Posterior

POINTS_PER_LOGIT = 25.0
# Differences of percentages have no closed form: so many draws, always the same ones.
N_DRAWS = 4000
SEED = 1
GAUSS_NODES, GAUSS_WEIGHTS = np.polynomial.hermite_e.hermegauss(15)


def to_logit(share_pct: Array) -> Array:
    """Percent to logits.

    Examples
    --------
    >>> to_logit(np.array([50.0]))
    array([0.])
    """
    return np.asarray(np.log(share_pct / (100.0 - share_pct)))


def from_logit(logit: Array) -> Array:
    """Logits to percent.

    Examples
    --------
    >>> from_logit(np.array([0.0]))
    array([50.])
    """
    return np.asarray(100 * expit(logit))


def logit_priors(priors: Priors) -> Priors:
    """All prior scales over 25; the level's mean from its distance to 50."""
    scaled = {f.name: getattr(priors, f.name) / POINTS_PER_LOGIT for f in fields(priors)}
    scaled["level_mean"] = (priors.level_mean - 50.0) / POINTS_PER_LOGIT
    # Of logarithms, which have no unit, and of days.
    for name in ("omega_spread", "calm", "calm_spread"):
        scaled[name] = getattr(priors, name)
    return Priors(**scaled)


def slope_at(share_pct: Array) -> Array:
    """Logits per point at a share: the delta method's factor.

    Examples
    --------
    >>> slope_at(np.array([50.0]))
    array([0.04])
    """
    return np.asarray(100.0 / (share_pct * (100.0 - share_pct)))


def with_common_error(level: Mixture, at_half: float, *, is_logit: bool) -> Mixture:
    """Levels with an error that all houses share, on the scale of the model.

    Parameters
    ----------
    level : Mixture
        Percent or logits.
    at_half : float
        Standard deviation of the error at 50 percent, points
        (:func:`analysis.base.sampling.common_error_sd`).
    is_logit : bool
    """
    share = PercentLevels(level).centre if is_logit else level.centre
    slope = slope_at(share) if is_logit else 1.0
    return level.plus((common_error_sd(share, at_half) * slope) ** 2)


def pulled_share(share_pct: Array, sample_size: Array) -> Array:
    """Share pulled to one half by a single interview, so that 0 and 100 have a logit.

    A poll whose size is not given counts as 1,000 interviews here.
    """
    size = np.where(np.isnan(sample_size), 1000.0, sample_size)
    return np.asarray((size * share_pct + 50.0) / (size + 1.0))


def on_logits(design: Design, polls: pd.DataFrame) -> Design:
    """Turn observed percentages and their variances into logits (delta method).

    Parameters
    ----------
    design : Design
        In percent, with priors in logits already.
    polls : DataFrame
        Of the observations, in the order of the polls.

    Notes
    -----
    A printed 0 or 100 is corrected for continuity twice, or the delta method would take nearly
    all its weight.  It stands for the shares that round to it, half a unit of the last digit: its
    expectation is their middle and its rounding variance a quarter of that of other shares.
    Then, as for all polls, half an interview is added on either side (Haldane 1956, "The
    estimation and significance of the logarithm of a ratio of frequencies", Annals of Human
    Genetics 20), which :func:`pulled_share` does.
    """
    is_poll = design.house >= 0
    size = np.full(len(design.day), np.nan)
    size[is_poll] = polls["sample_size"].to_numpy(dtype=float)
    response, known = design.response.copy(), design.known_variance.copy()
    response[is_poll], known[is_poll] = _off_the_edge(response[is_poll], known[is_poll], polls)
    share = pulled_share(response, size)
    variance = known * slope_at(share) ** 2
    return replace(design, response=to_logit(share), known_variance=variance)


def _off_the_edge(share: Array, known: Array, polls: pd.DataFrame) -> tuple[Array, Array]:
    """Shares and variances of polls, with those at 0 and 100 corrected for rounding."""
    names = ("sample_size", "design_effect", "sampling_var", "rounding_var")
    size, effect, sampling, rounding = (polls[name].to_numpy(dtype=float) for name in names)
    # A number uniform within half a unit has a mean of a quarter and a variance of a 48th.
    inwards = np.sqrt(12.0 * rounding) / 4.0
    moved = np.where(share == 0.0, inwards, np.where(share == 100.0, 100.0 - inwards, share))
    is_formula = np.isclose(sampling, sampling_variance(share, size, effect), rtol=1e-12, atol=0.0)
    again = np.where(is_formula, sampling_variance(moved, size, effect), sampling)
    return moved, np.where(moved == share, known, again + rounding / 4.0)


@dataclass(frozen=True, eq=False)
class PercentLevels:
    """Levels in percent whose logits are a mixture of normals.

    Parameters
    ----------
    logits : Mixture
    """

    logits: Mixture

    def _moment(self, power: int) -> Array:
        sd = np.sqrt(self.logits.variance)
        total = sum(
            w * (100 * expit(self.logits.mean + z * sd)) ** power
            for z, w in zip(GAUSS_NODES, GAUSS_WEIGHTS, strict=True)
        )
        return np.asarray(self.logits.weights @ np.asarray(total) / GAUSS_WEIGHTS.sum())

    @property
    def centre(self) -> Array:
        """Means, by Gauss-Hermite quadrature."""
        return self._moment(1)

    @property
    def total_variance(self) -> Array:
        """Variances, by Gauss-Hermite quadrature."""
        return np.asarray(np.maximum(self._moment(2) - self._moment(1) ** 2, 0.0))

    def quantile(self, probability: float) -> Array:
        """Quantiles go through the transformation."""
        return np.asarray(100 * expit(self.logits.quantile(probability)))

    def probability_above(self, threshold: float | Array) -> Array:
        """Probabilities go through the transformation too."""
        with np.errstate(divide="ignore"):
            limit = to_logit(np.asarray(np.clip(threshold, 0.0, 100.0)))
        return self.logits.probability_above(limit)

    def log_density(self, values: Array) -> Array:
        """Log density at values strictly between 0 and 100; minus infinity at the ends."""
        inside = np.clip(values, 1e-9, 100 - 1e-9)
        logs = self.logits.log_density(to_logit(inside)) + np.log(slope_at(inside))
        return np.where((values > 0) & (values < 100), logs, -np.inf)


@dataclass(frozen=True, eq=False)
class Draws:
    """Quantities known by draws, shape (n_draws, n)."""

    values: Array

    @property
    def centre(self) -> Array:
        """Means."""
        return np.asarray(self.values.mean(axis=0))

    @property
    def total_variance(self) -> Array:
        """Variances."""
        return np.asarray(self.values.var(axis=0))

    def quantile(self, probability: float) -> Array:
        """Quantiles of the draws."""
        return np.asarray(np.quantile(self.values, probability, axis=0))

    def probability_above(self, threshold: float) -> Array:
        """Shares of the draws."""
        return np.asarray((self.values > threshold).mean(axis=0))


def draw_percent(joint: JointMixture) -> Array:
    """Draw jointly and turn into percent, shape (N_DRAWS, n); the same on every call."""
    rng = np.random.default_rng(SEED)
    # Systematic resampling: each point gets its share of the draws to within one.
    ticks = (np.arange(N_DRAWS) + 0.5) / N_DRAWS
    point = np.searchsorted(np.cumsum(joint.weights), ticks).clip(max=len(joint.weights) - 1)
    values, vectors = np.linalg.eigh(joint.cov)
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    noise = rng.standard_normal((N_DRAWS, joint.mean.shape[1]))
    logits = joint.mean[point] + np.einsum("dij,dj->di", root[point], noise)
    return np.asarray(100 * expit(logits))


# Percent is not linear in logits, so a window is averaged draw by draw: over one day a week,
# since a level hardly moves within one.
DAYS_APART = 7


def percent_change(posterior: Posterior, start: Days, end: Days, houses: Array) -> Draws:
    """Mean level of a reference over some days less that over others, points."""
    windows = [_one_day_a_week(start), _one_day_a_week(end)]
    days = np.concatenate(windows)
    levels = draw_percent(levels_at(posterior, days, np.tile(houses, (len(days), 1))))
    split = len(windows[0])
    change = levels[:, split:].mean(axis=1) - levels[:, :split].mean(axis=1)
    return Draws(change[:, None])


def _one_day_a_week(days: Days) -> Days:
    """The middle day of each week of a window, of the last part of a week too."""
    weeks = [days[k : k + DAYS_APART] for k in range(0, len(days), DAYS_APART)]
    return np.array([week[len(week) // 2] for week in weeks])


def percent_effects(posterior: Posterior, reference: Array) -> Draws:
    """Effect of each house in points, on the day of its middle poll."""
    design, n = posterior.design, len(reference)
    days = np.array(
        [np.sort(design.day[design.house == j])[(design.house == j).sum() // 2] for j in range(n)]
    )
    weights = np.vstack([np.eye(n), np.tile(reference, (n, 1))])
    levels = draw_percent(levels_at(posterior, np.concatenate([days, days]), weights))
    return Draws(levels[:, :n] - levels[:, n:])


def percent_contrasts(posterior: Posterior, rows: Array) -> Draws:
    """Contrasts between what houses measure on the day of the middle poll, points."""
    design, n = posterior.design, rows.shape[1]
    polls = design.day[design.house >= 0]
    days = np.full(n, polls[len(polls) // 2])
    return Draws(draw_percent(levels_at(posterior, days, np.eye(n))) @ rows.T)
