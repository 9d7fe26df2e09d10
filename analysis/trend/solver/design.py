"""The linear part of the model as plain arrays: what every solver works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from analysis.base.arrays import Array, Days
from analysis.base.priors import PARAM_NAMES, Priors
from analysis.observations.frame import Observations
from analysis.trend.solver.inputs import Anchors, Covariates, read_anchors
from analysis.trend.solver.walk import NEVER_BACK, Calming, Reversion

# The effect that is the distance of all houses from what anchors measure.
BIAS = "bias"
# Before the names of effects that a user adds.
EVENT, COVARIATE = "event:", "covariate:"


@dataclass(frozen=True, eq=False)
class Design:
    """Observations of a random walk with constant effects and, if wanted, drifting houses.

    Observation i at day t_i is, with house j (none for an anchor)::

        y_i = x(t_i) + columns_i @ effects + d_j(t_i) + e_i

    Parameters
    ----------
    day : ndarray of int, shape (n,)
        Days since the first mid-field date, increasing; below 0 for anchors
        before all polls.
    response : ndarray, shape (n,)
        Observed values, percent (or logits).
    known_variance : ndarray, shape (n,)
    has_excess : ndarray, shape (n,)
        1 for polls, whose error has the excess variance too; 0 for anchors.
    house : ndarray of int, shape (n,)
        Position of the house; -1 for anchors.
    columns : ndarray, shape (n, n_effects)
        How each constant effect enters each observation.
    names : tuple of str
        Names of the effects, such as ``"house:levada"``.
    house_map : ndarray, shape (n_houses, n_effects)
        Turns the effects into constant house effects.
    fixed_variance : ndarray, shape (n_effects,)
        Prior variances of all but ``is_house``, which have that of the spread of houses.
    shared : ndarray, shape (n_effects,)
        What enters the polls of any house, also of one not seen yet: with anchors the bias from
        them that all houses share, else nothing.
    is_house : ndarray of bool, shape (n_effects,)
        Effects whose prior variance is ``sigma_h ** 2``.
    starts : ndarray, shape (n_effects,)
        Day from which an effect is part of the level (a shift by an event);
        infinity for all other effects.
    first_day : ndarray of int, shape (n_houses,)
        Day of each house's first poll, where its drift begins.
    drift : bool
        Do houses drift.
    level_mean, level_sd : float
        Prior of the level on the first day of all.
    calming : Calming, optional
        Shock after which the walk of the level calms; None when it is the same on all days.
    reversion : Reversion
        How drifts are drawn back.
    """

    day: Days
    response: Array
    known_variance: Array
    has_excess: Array
    house: Days
    columns: Array
    names: tuple[str, ...]
    house_map: Array
    fixed_variance: Array
    shared: Array
    is_house: np.ndarray[Any, np.dtype[np.bool_]]
    starts: Array
    first_day: Days
    drift: bool
    level_mean: float
    level_sd: float
    calming: Calming | None = None
    reversion: Reversion = NEVER_BACK

    @property
    def n_walks(self) -> int:
        """Random walks: the level, and one for each drifting house."""
        return 1 + (len(self.first_day) if self.drift else 0)

    @property
    def param_names(self) -> tuple[str, ...]:
        """Names of the hyperparameters in the order that users know."""
        kappa = ("kappa",) if self.drift else ()
        shock = () if self.calming is None else ("shock",)
        calm = ("calm",) if self.calming is not None and self.calming.days is None else ()
        return (*PARAM_NAMES, *kappa, *shock, *calm)

    @cached_property
    def drift_loading(self) -> Array:
        """What each observation sees of the walk of its house's drift, shape (n,)."""
        return self.reversion.loading(self.day)

    @cached_property
    def own_walks(self) -> Array:
        """What each observation sees of the walks in their clocks, shape (n, n_walks)."""
        walks = np.zeros((len(self.day), self.n_walks))
        walks[:, 0] = 1.0
        if self.drift:
            mine = np.flatnonzero(self.house >= 0)
            walks[mine, 1 + self.house[mine]] = self.drift_loading[mine]
        return walks

    @property
    def is_reverting(self) -> bool:
        """Do houses drift, and are their drifts drawn back."""
        return self.drift and bool(np.isfinite(self.reversion.days))

    @property
    def is_anchored(self) -> bool:
        """Are there observations of the level itself."""
        return bool((self.house < 0).any())

    @property
    def centred(self) -> Array:
        """Response less the prior mean of the level, beside the columns: (n, 1 + n_effects)."""
        return np.column_stack([self.response - self.level_mean, self.columns])

    def level_columns(self, days: Days) -> Array:
        """Effects that are part of the level on days, shape (n_days, n_effects)."""
        return (np.asarray(days)[:, None] >= self.starts).astype(float)

    def effects_variance(self, sigma_h: float | Array) -> Array:
        """Prior variances of the effects, shape (..., n_effects)."""
        houses = np.asarray(sigma_h, dtype=float)[..., None] ** 2
        return np.where(self.is_house, houses, self.fixed_variance)

    def without_houses(self) -> Design:
        """Leave out what houses have of their own or share, such as sectors."""
        return self.with_effects(np.flatnonzero(~self.house_map.any(axis=0)))

    def with_effects(self, kept: Days) -> Design:
        """Leave out all effects but those at some positions."""
        return replace(
            self,
            columns=self.columns[:, kept],
            names=tuple(self.names[k] for k in kept),
            house_map=self.house_map[:, kept],
            fixed_variance=self.fixed_variance[kept],
            shared=self.shared[kept],
            is_house=self.is_house[kept],
            starts=self.starts[kept],
        )

    def noise(self, omega: float | Array) -> Array:
        """Error variances, shape (n, ...), for excess sds of any shape."""
        omega = np.asarray(omega, dtype=float)
        shape = (-1,) + (1,) * omega.ndim
        return self.known_variance.reshape(shape) + self.has_excess.reshape(shape) * omega**2

    def see_walks(self, walks: Array, day: Days) -> Array:
        """Weights of the walks in their clocks, from weights of level and drifts on days.

        Parameters
        ----------
        walks : ndarray, shape (n_days, n_walks)
        day : ndarray of int, shape (n_days,)
        """
        if not self.is_reverting:
            return walks
        return np.hstack([walks[:, :1], walks[:, 1:] * self.reversion.loading(day)[:, None]])


@dataclass(frozen=True, eq=False)
class Nodes:
    """Sets of hyperparameters, except the spread of houses, which only enters afterwards.

    Parameters
    ----------
    tau, kappa : ndarray, shape (n_nodes,)
        Daily steps of the level and of each house's drift, points per root day.
    noise : ndarray, shape (n, n_nodes)
        Error variance of each observation, squared points.
    shock : ndarray, shape (n_nodes,)
        What a shock adds to the daily step of the level, points per root day; zeros for none.
    calm : ndarray, shape (n_nodes,), optional
        Days by which that calms, where they are no part of the design.
    """

    tau: Array
    kappa: Array
    noise: Array
    shock: Array
    calm: Array | None = None

    def __len__(self) -> int:
        return len(self.tau)

    def part(self, chosen: Days | slice) -> Nodes:
        """Some of the nodes."""
        calm = None if self.calm is None else self.calm[chosen]
        return Nodes(
            self.tau[chosen], self.kappa[chosen], self.noise[:, chosen], self.shock[chosen], calm
        )


def level_steps(design: Design, nodes: Nodes, start: Days, end: Days) -> Array:
    """Variance that the level walks from days to later ones, shape (n_days, n_nodes)."""
    steps = (end - start)[:, None] * nodes.tau**2
    if design.calming is not None:
        clock = design.calming.clock
        passed = clock(end[:, None], nodes.calm) - clock(start[:, None], nodes.calm)
        steps += passed * nodes.shock**2
    return steps


@dataclass(frozen=True, eq=False)
class Functionals:
    """Linear combinations of the walks at days: row r gets ``weights[k] @ walks(day[k])``.

    Parameters
    ----------
    row, day : ndarray of int, shape (n_terms,)
    weights : ndarray, shape (n_terms, n_walks)
    n_rows : int
    """

    row: Days
    day: Days
    weights: Array
    n_rows: int


def build_design(
    observations: Observations,
    priors: Priors,
    *,
    drift: bool = False,
    anchors: Anchors | None = None,
    events: Mapping[str, np.datetime64] | None = None,
    covariates: Covariates | None = None,
    calming: Calming | None = None,
    reversion: Reversion = NEVER_BACK,
    bias_sd: float = 0.0,
) -> Design:
    """Arrange polls, priors and what enters beside them for the solvers.

    Parameters
    ----------
    observations : Observations
    priors : Priors
    drift : bool
    anchors : Anchors, optional
        Observations of the level itself, without house effect or excess.
    events : mapping of label to date, optional
        Level shifts; a poll has the shift when its mid-field date is not before.
    covariates : Covariates, optional
    calming : Calming, optional
        With its day counted from the first mid-field date.
    reversion : Reversion
        How drifts are drawn back; by default they are not.
    bias_sd : float
        With anchors: prior sd of the bias from them that all houses share.

    Returns
    -------
    Design
        Observations in order of days.  The level's prior holds on the first of them.
    """
    anchors = read_anchors(None) if anchors is None else anchors
    shared_sd = bias_sd if len(anchors.date) else None
    effects = _arrange_effects(observations, priors, events or {}, covariates, shared_sd)
    house = observations.house_of_poll
    n_polls, n_anchors = len(house), len(anchors.date)
    day = np.concatenate([observations.day, observations.days_of(anchors.date)])
    columns = np.zeros((len(day), len(effects.names)))
    columns[:n_polls] = effects.house_map[house]
    if covariates is not None and covariates.names:
        columns[:n_polls, -len(covariates.names) :] = covariates.centred
    columns += day[:, None] >= effects.starts
    order = np.argsort(day, kind="stable")
    first_day = [observations.day[house == j].min() for j in range(len(observations.houses))]
    return Design(
        day=day[order],
        response=np.append(observations.share_pct, anchors.value)[order],
        known_variance=np.append(observations.known_variance, anchors.sd**2)[order],
        has_excess=np.repeat([1.0, 0.0], [n_polls, n_anchors])[order],
        house=np.append(house, np.full(n_anchors, -1))[order],
        columns=columns[order],
        names=effects.names,
        house_map=effects.house_map,
        fixed_variance=effects.fixed_variance,
        shared=np.array([float(name == BIAS) for name in effects.names]),
        is_house=effects.is_house,
        starts=effects.starts,
        first_day=np.array(first_day, dtype=np.int64),
        drift=drift,
        level_mean=priors.level_mean,
        level_sd=priors.level_sd,
        calming=calming,
        reversion=reversion,
    )


class _Effects(NamedTuple):
    """The constant effects: what each is called, its prior, and what it belongs to."""

    names: tuple[str, ...]
    house_map: Array
    fixed_variance: Array
    is_house: np.ndarray[Any, np.dtype[np.bool_]]
    starts: Array


def _arrange_effects(
    observations: Observations,
    priors: Priors,
    events: Mapping[str, np.datetime64],
    covariates: Covariates | None,
    shared_sd: float | None,
) -> _Effects:
    """Sectors and houses first, then what houses share, then events, then covariates."""
    extra = () if covariates is None else covariates.names
    shared = () if shared_sd is None else (BIAS,)
    names = (
        *observations.effects,
        *shared,
        *(f"{EVENT}{label}" for label in events),
        *(f"{COVARIATE}{name}" for name in extra),
    )
    n_own, n_events = len(observations.effects), len(events)
    n_first = n_own + len(shared)
    starts = np.full(len(names), np.inf)
    event_days = observations.days_of(np.array(list(events.values()), "datetime64[D]"))
    starts[n_first : n_first + n_events] = event_days
    is_house = np.array([name.startswith("house:") for name in names])
    sds = [priors.sector_sd, shared_sd or 0.0, priors.event_sd, priors.covariate_sd]
    widths = np.repeat(sds, [n_own, len(shared), n_events, len(extra)])
    house_map = np.zeros((len(observations.houses), len(names)))
    house_map[:, :n_own] = observations.house_map
    house_map[:, n_own:n_first] = 1.0
    return _Effects(names, house_map, widths**2, is_house, starts)
