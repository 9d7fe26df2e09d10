"""Questions to a posterior, answered in percent and points on either scale of the model."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.base.intervals import Distribution
from analysis.base.mixture import Mixture
from analysis.trend.solver.design import Functionals
from analysis.trend.solver.estimands import (
    change_of,
    house_contrasts,
    house_effects,
    level_of,
    walk_between,
    walk_weights,
)
from analysis.trend.solver.logit import (
    Draws,
    PercentLevels,
    draw_percent,
    percent_change,
    percent_contrasts,
    percent_effects,
    with_common_error,
)
from analysis.trend.solver.posterior import Posterior


@dataclass(frozen=True, eq=False)
class Queries:
    """One door to levels, changes, effects and contrasts.

    Parameters
    ----------
    posterior : Posterior
    is_logit : bool
        Does the model walk on logits.
    common_sd : float
        Standard deviation at 50 percent of an error that all houses share, in points.
    """

    posterior: Posterior
    is_logit: bool
    common_sd: float
    # Tables, titles and intervals of several widths ask for the same change again and again.
    _changes: dict[tuple[bytes, ...], Distribution] = field(
        default_factory=dict, init=False, repr=False
    )
    # A chart asks for each level twice: with the error that all houses share, and without; and
    # who has asked for all days asks for some of them.
    _last_levels: dict[bytes, tuple[Days, Mixture]] = field(
        default_factory=dict, init=False, repr=False
    )

    def level(self, days: Days, houses: Array, *, common: bool = False) -> Distribution:
        """Level on any days, percent; with the error that all houses share if wanted.

        The level that anchors measure has no such error: theirs from it is part of the model.
        """
        levels = self._level(days, houses)
        if common and houses.any():
            levels = with_common_error(levels, self.common_sd, is_logit=self.is_logit)
        return PercentLevels(levels) if self.is_logit else levels

    def _level(self, days: Days, houses: Array) -> Mixture:
        key = houses.tobytes()
        known, levels = self._last_levels.get(key, (days[:0], None))
        if levels is None or not np.isin(days, known).all():
            known, levels = days, level_of(self.posterior, days, houses)
            self._last_levels.clear()
            self._last_levels[key] = known, levels
        if np.array_equal(known, days):
            return levels
        order = np.argsort(known, kind="stable")
        place = order[np.searchsorted(known[order], days)]
        return Mixture(levels.weights, levels.mean[:, place], levels.variance[:, place])

    def change(self, start: Days, end: Days, houses: Array) -> Distribution:
        """Change of the mean level of a reference from some days to others, points."""
        key = (start.tobytes(), end.tobytes(), houses.tobytes())
        if key not in self._changes:
            between = percent_change if self.is_logit else change_of
            self._changes[key] = between(self.posterior, start, end, houses)
        return self._changes[key]

    def typical_change(self, start: Days, end: Days) -> Mixture:
        """Change that a house measures which drifts like these and is none of them, points."""
        design = self.posterior.design
        level = change_of(self.posterior, start, end, np.zeros(len(design.first_day)))
        if not design.drift:
            return level
        apart = walk_between(start, end, design.reversion)
        drift = self.posterior.params["kappa"] ** 2 * apart
        return Mixture(level.weights, level.mean, level.variance + drift[:, None])

    def house_effects(self, reference: Array) -> Distribution:
        """Effect of each house from a reference, points."""
        if self.is_logit:
            return percent_effects(self.posterior, reference)
        return house_effects(self.posterior, reference)

    def contrasts(self, rows: Array) -> Distribution:
        """Contrasts between houses, points; rows of shape (n_rows, n_houses)."""
        if self.is_logit:
            return percent_contrasts(self.posterior, rows)
        return house_contrasts(self.posterior, rows)

    def shifts(self, rows: Array, days: Days) -> Distribution:
        """Combinations of constant effects, points; on logits as seen on a day each.

        Parameters
        ----------
        rows : ndarray, shape (n_rows, n_effects)
        days : ndarray of int, shape (n_rows,)
        """
        if not self.is_logit:
            return self.posterior.effects(rows)
        design, n = self.posterior.design, len(rows)
        mean = np.full(len(design.first_day), 1 / len(design.first_day))
        walks = np.tile(walk_weights(design, 1.0, mean), (2 * n, 1))
        base = mean @ design.house_map + design.level_columns(days)
        # An event that holds on its day is in the base already.
        base = np.where((rows != 0) & np.isfinite(design.starts), 0.0, base)
        terms = Functionals(np.arange(2 * n), np.concatenate([days, days]), walks, 2 * n)
        joint = self.posterior.functionals(terms, np.vstack([base + rows, base]), np.ones(2 * n))
        levels = draw_percent(joint)
        return Draws(levels[:, :n] - levels[:, n:])
