"""The levels that a claim can be about, each with its name and its distribution on one day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from analysis.base.arrays import Array
from analysis.base.intervals import Bounded, Distribution
from analysis.base.mixture import Mixture
from analysis.observations.frame import Observations
from analysis.observations.references import describe_reference
from analysis.trend import PollTrendResults
from analysis.trend.solver import PercentLevels, levels_at, walk_weights, with_common_error

# No shared error is larger than the scale itself is long, in points.
LARGEST_ERROR = 100.0


@dataclass(frozen=True, eq=False)
class Spread:
    """Distribution of one level on the scale of the model.

    Parameters
    ----------
    level : Mixture
        Of one quantity: percent, or logits.
    is_logit : bool
    """

    level: Mixture
    is_logit: bool = False

    @property
    def percent(self) -> Distribution:
        """The distribution in percent."""
        return PercentLevels(self.level) if self.is_logit else Bounded(self.level)

    def widened(self, error: float) -> Spread:
        """Add an error that all houses share, of that sd at 50 percent (points)."""
        wider = with_common_error(self.level, error, is_logit=self.is_logit)
        return replace(self, level=wider)

    def prob_above(self, threshold: float) -> float:
        """Probability of a level above a threshold (percent)."""
        return float(self.percent.probability_above(threshold)[0])


@dataclass(frozen=True, eq=False)
class Level:
    """A level with its name.

    Parameters
    ----------
    estimand : str
        Kind of level: these_houses, sectors, anchor, sector, house, new_house or opinion.
    reference : str
        Which one, in the words that ``reference=`` takes; a house that has not polled yet
        is ``new`` or ``new:SECTOR``.
    label : str
        In words.
    houses : tuple of str
        Houses that it is about; empty for a house that has not polled yet.
    spread : Spread
        Its distribution.
    """

    estimand: str
    reference: str
    label: str
    houses: tuple[str, ...]
    spread: Spread


def list_levels(
    results: PollTrendResults, date: np.datetime64, also: Sequence[str] = ()
) -> list[Level]:
    """List every level that the polls speak of, from the mean of all to a house not yet seen.

    Parameters
    ----------
    results : PollTrendResults
    date : datetime64
        May lie outside the polls: the random walk goes on there.
    also : sequence of str
        Further references, such as the mean of a fixed set of houses.

    Returns
    -------
    list of Level
        The mean of these houses; with two or more sectors the mean over sectors; with
        anchors the level that they measure; each sector; each house; a new house, by sector
        and drawn from all sectors in proportion to their houses.  What ``also`` names comes
        before the new houses.
    """
    obs = results.observations
    names = ["houses"] + (["sectors"] if len(obs.sectors) > 1 else [])
    names += ["anchor"] if results.model.design.is_anchored else []
    names += [f"sector:{sector}" for sector in obs.sectors] + list(obs.houses)
    names += [name for name in also if name not in names]
    weights = np.array([results.weights_of(name) for name in names])
    days = np.repeat(obs.days_of(date), len(names))
    found = levels_at(results.posterior, days, weights).each
    spreads = [Spread(_one(found, i), results.queries.is_logit) for i in range(len(names))]
    levels = [
        _name_level(obs, name, row, spread)
        for name, row, spread in zip(names, weights, spreads, strict=True)
    ]
    return levels + list(_new_houses(results, date))


def find_error(spread: Spread, threshold: float, probability: float) -> float:
    """Find the sd of a shared error at which the probability of an excess falls to a value.

    Parameters
    ----------
    spread : Spread
    threshold : float
        Percent.
    probability : float
        Above one half.

    Returns
    -------
    float
        Points at 50 percent; infinite where no error does it, NaN where the probability is
        lower already without such an error.

    Examples
    --------
    Ten points above with an sd of 4: the error may have an sd of 4.58 at 60 percent, which is
    4.67 at 50, until 95% are lost.

    >>> one = np.ones((1, 1))
    >>> round(find_error(Spread(Mixture(np.ones(1), 60 * one, 16 * one)), 50, 0.95), 2)
    4.67
    """

    def excess(error: float) -> float:
        return spread.widened(error).prob_above(threshold) - probability

    if excess(0.0) < 0:
        return float("nan")
    # At 0 and 100 percent there is no room for an error.
    return float(brentq(excess, 0.0, LARGEST_ERROR)) if excess(LARGEST_ERROR) < 0 else np.inf


def _name_level(obs: Observations, reference: str, weights: Array, spread: Spread) -> Level:
    houses = tuple(h for h, w in zip(obs.houses, weights, strict=True) if w > 0)
    kinds = {"houses": "these_houses", "sectors": "sectors", "anchor": "anchor"}
    one = "house" if reference in obs.houses else "these_houses"
    kind = kinds.get(reference, "sector" if reference.startswith("sector:") else one)
    label = describe_reference(obs, reference)
    if kind == "sector" and len(houses) == 1:
        label = f"the one house of sector {reference.removeprefix('sector:')}, {houses[0]}"
    return Level(kind, reference, label, houses, spread)


def _new_houses(results: PollTrendResults, date: np.datetime64) -> Iterator[Level]:
    """Yield the level as a house measures it that has not polled yet."""
    obs, posterior = results.observations, results.posterior
    design, days = posterior.design, obs.days_of(date)
    walks = walk_weights(design, 1.0, np.zeros(len(obs.houses)))
    among = posterior.params["sigma_h"][:, None] ** 2
    label = "a house that has not polled yet"
    level, is_logit = design.level_columns(days) + design.shared, results.queries.is_logit
    if len(obs.sectors) < 2:
        spread = Spread(posterior.level(days, level, walks).plus(among), is_logit)
        yield Level("new_house", "new", label, (), spread)
        return
    parts = []
    for sector in obs.sectors:
        own = np.array([name == f"sector:{sector}" for name in design.names], dtype=float)
        parts.append(posterior.level(days, level + own, walks).plus(among))
        spread = Spread(parts[-1], is_logit)
        yield Level("new_house", f"new:{sector}", f"{label}, of sector {sector}", (), spread)
    label += ", its sector drawn in proportion to the houses of each sector"
    yield Level("new_house", "new", label, (), Spread(_draw(parts, obs), is_logit))


def _draw(parts: list[Mixture], obs: Observations) -> Mixture:
    """Draw a sector in proportion to its houses, then a house of it."""
    shares = [obs.house_sector.count(sector) / len(obs.houses) for sector in obs.sectors]
    return Mixture(
        np.concatenate([s * part.weights for s, part in zip(shares, parts, strict=True)]),
        np.concatenate([part.mean for part in parts]),
        np.concatenate([part.variance for part in parts]),
    )


def _one(found: Mixture, i: int) -> Mixture:
    return Mixture(found.weights, found.mean[:, [i]], found.variance[:, [i]])
