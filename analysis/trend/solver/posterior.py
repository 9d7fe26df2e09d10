"""Joint posterior of level, drift and constant effects, over all hyperparameters that weigh."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from analysis.base.arrays import Array, Days, on_one_thread
from analysis.base.mixture import JointMixture, Mixture
from analysis.trend.solver._smoother import (
    BrownianBridge,
    Chain,
    clip_days,
    outside_cov,
    smooth_in_parts,
    smooth_own_errors,
    smooth_rows,
)
from analysis.trend.solver.design import Design, Functionals, Nodes, level_steps
from analysis.trend.solver.filter import run_filter
from analysis.trend.solver.likelihood import Effects

# Up to so many days are carried along by the filter; for more of them the smoother is quicker.
FEW_DAYS = 8
# Numbers that are worked on at a time, near enough the size of the processor's cache (1 MB).
BLOCK_NUMBERS = 131_072


@dataclass(frozen=True, eq=False)
class Posterior:
    """Gaussian given the hyperparameters, and a mixture over them.

    Given the hyperparameters the level is its mean given the effects plus a Markov
    process that does not depend on them::

        x(t) = mean(t) + loading(t) @ effects + chain(t)

    So a variance is a sum of two positive parts, and the large shared
    uncertainty of level and effects cancels before anything is squared.

    Parameters
    ----------
    design : Design
    nodes : Nodes
        Hyperparameters that need a pass through the polls.
    node_of : ndarray of int, shape (n_points,)
        Node of each point.
    params : dict of ndarray, shape (n_points,)
        Value of each hyperparameter at each point, by name.
    weights : ndarray, shape (n_points,)
        Posterior weights of the points, summing to one.
    effects_posterior : Effects
        At each point.
    """

    design: Design
    nodes: Nodes
    node_of: Days
    params: dict[str, Array]
    weights: Array
    effects_posterior: Effects
    # Tables ask for the same averages again and again: of the walks alone, by weights.
    _averages: dict[bytes, tuple[Array, Array]] = field(
        default_factory=dict, init=False, repr=False
    )

    def expected(self, name: str, power: int = 1) -> float:
        """Posterior mean of a power of a hyperparameter."""
        return float(self.weights @ self.params[name] ** power)

    @on_one_thread
    def effects(self, weights: Array) -> Mixture:
        """Linear combinations of the effects.

        Parameters
        ----------
        weights : ndarray, shape (n_rows, n_effects)
        """
        mean, root = self.effects_posterior.mean, self.effects_posterior.root
        # One after the other: all at once are as many matrices as there are points.
        variance = np.array([((weights @ one) ** 2).sum(axis=-1) for one in root])
        return Mixture(self.weights, mean @ weights.T, variance)

    @on_one_thread
    def level(self, days: Days, effects: Array, walks: Array) -> Mixture:
        """Level plus combinations of effects and drifts, on any days.

        Parameters
        ----------
        days : ndarray of int, shape (n_days,)
            Between polls the Brownian bridge is exact; outside them the random
            walks go on.
        effects : ndarray, shape (n_effects,) or (n_days, n_effects)
            Weights of the constant effects.
        walks : ndarray, shape (n_walks,)
            Weights of the level (1) and of each house's drift.

        Returns
        -------
        Mixture
            Of n_days quantities.
        """
        design, n_effects = self.design, len(self.design.names)
        effects = np.broadcast_to(effects, (len(days), n_effects))
        if len(days) <= FEW_DAYS:
            rows = np.arange(len(days))
            terms = Functionals(rows, days, np.tile(walks, (len(days), 1)), len(days))
            return self.functionals(terms, effects, np.full(len(days), walks[0])).each
        if design.is_reverting:
            mean, variance = _smooth_reverting(self, days, effects, walks)
            return Mixture(self.weights, mean.T + walks[0] * design.level_mean, variance.T)
        kinds, kind_of = np.unique(effects, axis=0, return_inverse=True)
        groups = [np.flatnonzero(kind_of.ravel() == kind) for kind in range(len(kinds))]
        at = [_AtKnots(self, BrownianBridge(design.day, days[group])) for group in groups]
        for part, chain in smooth_in_parts(design, self.nodes, walks):
            for one, weights in zip(at, kinds, strict=True):
                one.take_in(part, chain, weights)
        mean, variance = (np.zeros((len(days), len(self.weights))) for _ in range(2))
        for group, one in zip(groups, at, strict=True):
            mean[group], variance[group] = one.levels(walks)
        return Mixture(self.weights, mean.T + walks[0] * design.level_mean, variance.T)

    @on_one_thread
    def level_at_knots(self, days: Days, effects: Array, walks: Array) -> Mixture:
        """Level plus combinations of effects and drifts on days with polls, in one pass.

        As :meth:`level`, but each day has a combination of drifts of its own.

        Parameters
        ----------
        days : ndarray of int, shape (n_days,)
        effects : ndarray, shape (n_days, n_effects)
        walks : ndarray, shape (n_days, n_walks)

        Returns
        -------
        Mixture
            Of n_days quantities.
        """
        design = self.design
        # The smoother looks at every knot; where nothing is asked for, at nothing.
        others = np.setdiff1d(design.day, days)
        looks = np.concatenate([walks, np.zeros((len(others), design.n_walks))])
        looked = np.concatenate([days, others])
        order = np.argsort(looked, kind="stable")
        asked = np.argsort(order, kind="stable")[: len(days)]
        rows = design.see_walks(looks[order], looked[order])[:, None]
        mean, variance = (np.zeros((len(self.weights), len(days))) for _ in range(2))
        for part, seen, cov, _ in smooth_rows(design, self.nodes, looked[order], rows):
            own, given = seen[:, asked, 0], cov[:, asked, 0, 0]
            for point in np.flatnonzero((self.node_of >= part.start) & (self.node_of < part.stop)):
                node = self.node_of[point] - part.start
                loading = effects - own[node, :, 1:]
                spread = loading @ self.effects_posterior.root[point]
                mean[point] = own[node, :, 0] + loading @ self.effects_posterior.mean[point]
                variance[point] = np.maximum(given[node], 0.0) + (spread**2).sum(axis=1)
        return Mixture(self.weights, mean + walks[:, 0] * design.level_mean, variance)

    @on_one_thread
    def functionals(self, terms: Functionals, effects: Array, constant: Array) -> JointMixture:
        """Several combinations at once, with their covariances.

        Parameters
        ----------
        terms : Functionals
            Weights of the walks at days.
        effects : ndarray, shape (n_rows, n_effects)
            Weights of the constant effects.
        constant : ndarray, shape (n_rows,)
            Sum of the weights of the level: what its prior mean enters with.

        Returns
        -------
        JointMixture
        """
        return self._with_effects(*self._walk(terms), effects, constant)

    def _walk(self, terms: Functionals) -> tuple[Array, Array]:
        """Functionals of the walks, of response and columns (n_nodes, n_rows, 1 + n_effects).

        Their covariance given the effects, (n_nodes, n_rows, n_rows), comes second.
        """
        terms = replace(terms, weights=self.design.see_walks(terms.weights, terms.day))
        found = run_filter(self.design, self.nodes, clip_days(self.design, terms))
        return found.mean, found.cov + outside_cov(self.design, self.nodes, terms)

    def _with_effects(
        self, own: Array, cov: Array, effects: Array, constant: Array
    ) -> JointMixture:
        """Functionals of the walks and of the effects at all points."""
        own, cov = own[self.node_of], cov[self.node_of]
        loading = effects - own[:, :, 1:]
        spread = loading @ self.effects_posterior.root
        mean = own[:, :, 0] + np.einsum("prk,pk->pr", loading, self.effects_posterior.mean)
        mean += constant * self.design.level_mean
        return JointMixture(self.weights, mean, cov + spread @ spread.transpose(0, 2, 1))

    def own_averages(self, rows: Array, effects: Array) -> JointMixture:
        """Drifts, averaged over the dates of the polls of each house, plus effects.

        Parameters
        ----------
        rows : ndarray, shape (n_houses, n_houses)
            What to average over the dates of each house: weights of the drifts.
        effects : ndarray, shape (n_houses, n_effects)
        """
        key = rows.tobytes()
        if key not in self._averages:
            polls = np.flatnonzero(self.design.house >= 0)
            house = self.design.house[polls]
            share = 1.0 / np.bincount(house)[house]
            walks = np.hstack([np.zeros((len(polls), 1)), share[:, None] * rows[house]])
            terms = Functionals(house, self.design.day[polls], walks, len(rows))
            self._averages[key] = self._walk(terms)
        return self._with_effects(*self._averages[key], effects, np.zeros(len(rows)))

    @cached_property
    def own_effects(self) -> JointMixture:
        """Effect of each house that drifts, averaged over the dates of its polls."""
        return self.own_averages(np.eye(len(self.design.first_day)), self.design.house_map)

    @cached_property
    @on_one_thread
    def drift_variance(self) -> float:
        """Posterior expectation of the squared distance of drifting houses from their averages.

        A mean over the polls; the distance is that of the drift of the poll's house, less the mean
        of all houses on that day, from its own average on the dates of the house's polls.

        The squares about the averages are those about zero less those of the averages, and these
        need no covariance of polls with each other: time and memory grow with their number.
        """
        design, n_houses = self.design, len(self.design.first_day)
        rows = np.eye(n_houses) - 1.0 / n_houses
        polls = np.flatnonzero(design.house >= 0)
        walks = np.zeros((len(design.day), design.n_walks))
        walks[polls, 1:] = rows[design.house[polls]]
        walks = design.see_walks(walks, design.day)
        mean, root = self.effects_posterior.mean, self.effects_posterior.root
        squares = 0.0
        for part, seen, cov, _ in smooth_rows(design, self.nodes, design.day, walks[:, None]):
            at_zero, loading = seen[:, :, 0, :1], -seen[:, :, 0, 1:]
            given = (at_zero**2).sum(axis=(1, 2)) + cov.sum(axis=(1, 2, 3))
            cross = (at_zero.transpose(0, 2, 1) @ loading)[:, 0]
            product = loading.transpose(0, 2, 1) @ loading
            for k, node in enumerate(range(part.start, part.stop)):
                points = np.flatnonzero(self.node_of == node)
                effects = mean[points]
                each = given[k] + 2 * effects @ cross[k]
                each += np.einsum("pe,pe->p", effects @ product[k], effects)
                each += np.einsum("pek,pek->p", product[k] @ root[points], root[points])
                squares += float(self.weights[points] @ each)
        average = self.own_averages(rows, np.zeros((n_houses, len(design.names)))).each
        n_polls = np.bincount(design.house[polls])
        squares -= float(n_polls @ average.mean_squares)
        return max(squares, 0.0) / len(polls)

    @on_one_thread
    def errors(self) -> tuple[Array, Array]:
        """Posterior mean of each observation's error, and mean variance it has: (n,) each."""
        shares = np.bincount(self.node_of, self.weights, len(self.nodes))
        effects = np.zeros((len(self.nodes), len(self.design.names)))
        np.add.at(effects, self.node_of, self.weights[:, None] * self.effects_posterior.mean)
        # Linear in the effects, so that at each node their mean stands for all its points.
        centred = self.design.centred
        response = centred[:, :1] - centred[:, 1:] @ (effects / shares[:, None]).T
        mean = smooth_own_errors(self.design, self.nodes, response) @ shares
        return mean, self.nodes.noise @ shares


class _AtKnots:
    """Levels at knots, at all points, for days that share their weights of the effects.

    Between two knots mean and loading are linear in time, so all is computed at
    the knots and only then carried to the days, of which there are many more.

    A level that calms is linear in its own clock, not in time: on the way from one knot to the
    next it is ahead by a share of its whole step.
    """

    def __init__(self, posterior: Posterior, bridge: BrownianBridge) -> None:
        self.posterior, self.bridge = posterior, bridge
        shape = (len(bridge.used), len(posterior.weights))
        self.mean, self.var, self.lag_cov = (np.zeros(shape) for _ in range(3))
        if posterior.design.calming is not None:
            # Of the steps of the level to the next knot: mean, variance, and covariances with
            # the level at either knot.
            self.steps = np.zeros((4, *shape))

    def take_in(self, part: slice, chain: Chain, weights: Array) -> None:
        """Fill in the points of some nodes; ``weights`` are those of the effects."""
        effects, node_of, used = (
            self.posterior.effects_posterior,
            self.posterior.node_of,
            self.bridge.used,
        )
        each = np.moveaxis(chain.loading[used], 2, 0)
        known = chain.mean[used], chain.var[used], _before_next(chain.lag_cov, used)
        steps = chain.steps
        if steps is not None:
            each_step = np.moveaxis(_before_next(steps.loading, used), 2, 0)
            moments = [steps.mean, steps.var, steps.with_left, steps.with_right]
            known_steps = np.array([_before_next(values, used) for values in moments])
        points = np.flatnonzero((node_of >= part.start) & (node_of < part.stop))
        size = max(1, BLOCK_NUMBERS // each[0].size) if each[0].size else len(points)
        for some in np.split(points, range(size, len(points), size)):
            node = node_of[some] - part.start
            loading = each[node] + weights
            root, mean = effects.root[some], effects.mean[some, :, None]
            spread = loading @ root
            self.mean[:, some] = known[0][:, node] + (loading @ mean)[:, :, 0].T
            self.var[:, some] = known[1][:, node] + _dot(spread, spread)
            self.lag_cov[:, some] = known[2][:, node]
            self.lag_cov[:-1, some] += _dot(spread[:, :-1], spread[:, 1:])
            if steps is not None:
                step = each_step[node]
                ahead = step @ root
                self.steps[:, :, some] = known_steps[:, :, node]
                self.steps[0][:, some] += (step @ mean)[:, :, 0].T
                self.steps[1][:, some] += _dot(ahead, ahead)
                self.steps[2][:, some] += _dot(ahead, spread)
                self.steps[3][:-1, some] += _dot(ahead[:, :-1], spread[:, 1:])

    def levels(self, walks: Array) -> tuple[Array, Array]:
        """Mean and variance on the days, (n_days, n_points)."""
        bridge, nodes, design = self.bridge, self.posterior.nodes, self.posterior.design
        node_of = self.posterior.node_of
        mean = bridge.between @ self.mean
        variance = bridge.between_squared @ np.concatenate([self.var, self.lag_cov])
        # What the knots leave free: the level walks on, and so does each house that has begun.
        size = max(1, BLOCK_NUMBERS // max(len(node_of), 1))
        for first in range(0, len(bridge.day), size):
            some = slice(first, first + size)
            if design.calming is None:
                free = np.outer(bridge.free_days[some], nodes.tau**2)
            else:
                free, ahead = _run_clock(design, nodes, bridge, some)
                self._go_ahead(some, mean[some], variance[some], walks[0] * ahead[:, node_of])
            free *= walks[0] ** 2
            if design.drift:
                begun = design.first_day[None, :] <= bridge.left_day[some, None]
                begun = begun & (bridge.day[some] >= design.day[0])[:, None]
                free += np.outer(bridge.free_days[some] * (begun @ walks[1:] ** 2), nodes.kappa**2)
            variance[some] += free[:, node_of]
        return mean, variance

    def _go_ahead(self, some: slice, mean: Array, variance: Array, ahead: Array) -> None:
        """Add, in place, a share of the step of the level to what is linear in time."""
        share, left = self.bridge.share[some, None], self.bridge.left[some]
        step, step_var, with_left, with_right = (values[left] for values in self.steps)
        mean += ahead * step
        variance += ahead * (2 * ((1 - share) * with_left + share * with_right) + ahead * step_var)


def _smooth_reverting(
    posterior: Posterior, days: Days, effects: Array, walks: Array
) -> tuple[Array, Array]:
    """Mean and variance of level plus reverting drifts on any days, (n_days, n_points).

    Between two knots the level is linear in its clock; a drift is so in its own, and what is seen
    of it falls.  So the two are smoothed apart, and put together day by day.
    """
    design, bridge = posterior.design, BrownianBridge(posterior.design.day, days)
    n = len(design.day)
    is_level = np.arange(design.n_walks) == 0
    parts = np.tile([np.where(is_level, walks, 0.0), np.where(is_level, 0.0, walks)], (n, 1, 1))
    parts[:, 1] = design.see_walks(parts[:, 1], design.day)
    knots, first = np.unique(design.day, return_index=True)
    left = np.searchsorted(knots, bridge.left_day)
    right = np.searchsorted(knots, bridge.right_day)
    drift_left, drift_right, drift_free = _carry_drift(design, bridge)
    begun = (design.first_day <= bridge.left_day[:, None]) @ walks[1:] ** 2
    mean, variance = (np.zeros((len(days), len(posterior.weights))) for _ in range(2))
    for part, *smoothed in smooth_rows(design, posterior.nodes, design.day, parts):
        nodes = posterior.nodes.part(np.arange(part.start, part.stop))
        seen, cov, lag_cov = (np.moveaxis(each, 0, -1) for each in smoothed)
        seen, cov = seen[first], cov[first]
        lags = np.concatenate([lag_cov[first[1:] - 1], np.zeros_like(cov[:1])])
        free, ahead = _run_clock(design, nodes, bridge, slice(None))
        share = ahead + bridge.share[:, None]
        one, two = (
            np.array([level, np.broadcast_to(drift[:, None], level.shape)])
            for level, drift in ((1 - share, drift_left), (share, drift_right))
        )
        at_left, at_right = seen[left], seen[right]
        found = np.einsum("kdb,dkcb->dcb", one, at_left) + np.einsum("kdb,dkcb->dcb", two, at_right)
        own = walks[0] ** 2 * free + np.outer(begun * drift_free, nodes.kappa**2)
        own += np.einsum("kdb,dkmb,mdb->db", one, cov[left], one)
        own += np.einsum("kdb,dkmb,mdb->db", two, cov[right], two)
        own += 2 * np.einsum("kdb,dkmb,mdb->db", one, lags[left], two)
        for k, node in enumerate(range(part.start, part.stop)):
            points = np.flatnonzero(posterior.node_of == node)
            loading = effects - found[:, 1:, k]
            spread = loading @ posterior.effects_posterior.root[points]
            mean[:, points] = (
                found[:, 0, k, None] + loading @ posterior.effects_posterior.mean[points].T
            )
            variance[:, points] = own[:, k, None] + (spread**2).sum(axis=-1).T
    return mean, variance


def _carry_drift(design: Design, bridge: BrownianBridge) -> tuple[Array, Array, Array]:
    """Shares that a drift keeps of its values at the knots, and variance that these leave free.

    Returns
    -------
    left, right : ndarray, shape (n_days,)
    free : ndarray, shape (n_days,)
        Over ``kappa ** 2``.
    """
    clock, loading = design.reversion.clock, design.reversion.loading
    done = clock(bridge.day) - clock(bridge.left_day)
    whole = clock(bridge.right_day) - clock(bridge.left_day)
    inside = bridge.right_day > bridge.left_day
    share = np.divide(done, whole, out=np.zeros_like(done), where=inside)
    left = loading(bridge.day - bridge.left_day) * (1 - share)
    right = loading(bridge.day - bridge.right_day) * share
    free = np.where(inside, done * (1 - share), np.maximum(done, 0.0))
    return left, right, free * loading(bridge.day) ** 2


def _before_next(values: Array, used: Days) -> Array:
    """Values between neighbouring knots at the used ones; zeros after the last knot."""
    return np.concatenate([values, np.zeros((1, *values.shape[1:]))])[used]


def _dot(one: Array, other: Array) -> Array:
    """Products of rows, (n_points, n_rows, n) each, as (n_rows, n_points)."""
    return np.asarray(np.einsum("pre,pre->rp", one, other))


def _run_clock(
    design: Design, nodes: Nodes, bridge: BrownianBridge, some: slice
) -> tuple[Array, Array]:
    """Variance of the level that the knots leave free on some days, and how far it is ahead.

    Returns
    -------
    free : ndarray, shape (n_days, n_nodes)
    ahead : ndarray, shape (n_days, n_nodes)
        Share of its step to the next knot that the level has done, less that of time.
    """
    left, right = bridge.left_day[some], bridge.right_day[some]
    done = level_steps(design, nodes, left, bridge.day[some])
    whole = level_steps(design, nodes, left, right)
    inside = (right > left)[:, None]
    share = np.divide(done, whole, out=np.zeros_like(done), where=inside)
    # Before the first knot the clock runs back.
    free = np.where(inside, done * (1 - share), np.abs(done))
    return free, np.where(inside, share - bridge.share[some, None], 0.0)
