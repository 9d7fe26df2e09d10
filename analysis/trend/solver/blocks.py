"""Filter and smoother of drifting houses, which take the polls in block by block.

A filter that takes one poll after the other changes the covariance of all states with each of
them.  Here the polls of some days enter together: a block is one Gaussian vector, and taking it in
is one elimination with products of matrices, the same numbers at a fraction of the time (a block
Cholesky factorisation; Golub and Van Loan 2013, Matrix Computations, 4th edition, section 4.2.9).
The smoother goes back block by block too (Durbin and Koopman 2012, Time Series Analysis by State
Space Methods, section 4.4, with a vector of observations at a time).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from scipy.linalg.blas import dtrsm

from analysis.base.arrays import Array, Days
from analysis.trend.solver.design import Design, Functionals, Nodes, level_steps

# Polls of a block: about as many as there are states make the best use of a product of matrices,
# and with more of them the elimination inside the block takes over.
FEWEST_POLLS, MOST_POLLS = 24, 32


@dataclass(frozen=True, eq=False)
class Looks:
    """Sums of combinations of the walks on days of a block.

    Parameters
    ----------
    block : Block
    day : ndarray of int, shape (n_terms,)
    weights : ndarray, shape (n_terms, n_walks)
        In the clocks of the walks.
    share : ndarray, shape (k, n_terms)
        How the terms add up.
    """

    block: Block
    day: Days
    weights: Array
    share: Array

    @cached_property
    def total(self) -> Array:
        """Weights of the walks as they were when the block began, shape (k, n_walks)."""
        return self.share @ self.weights

    @cached_property
    def to_end(self) -> Array:
        """Covariances with the walks later in the block, (2, k, n_walks), as of :class:`Pair`."""
        gap, drifted = self.block.pass_days(self.day)
        found = np.zeros((2, *self.total.shape))
        found[0, :, 0] = self.share @ (self.weights[:, 0] * gap)
        found[1, :, 1:] = self.share @ (self.weights[:, 1:] * drifted)
        return found

    def after(self, days: Days) -> Array:
        """Weights of the steps of the walks up to each of some days, (k, n_days, n_walks)."""
        found = np.zeros((len(self.share), len(days), self.weights.shape[1]))
        each = self.share[:, :, None] * self.weights
        np.add.at(found.swapaxes(0, 1), np.searchsorted(days, self.day), each.swapaxes(0, 1))
        # A step is in all that lies on its last day or later.
        return np.asarray(np.cumsum(found[:, ::-1], axis=1)[:, ::-1])


class Pair:
    """Looks and others: what they have in common of the steps since a block began.

    Parameters
    ----------
    one, other : Looks
        k of the one, m of the other.

    Attributes
    ----------
    parts : ndarray, shape (2, k, m)
        Covariances over ``tau ** 2`` (of the level) and over ``kappa ** 2`` (of the drifts).
    days : ndarray of int, shape (n_days,)
        Of both.
    level, other_level : ndarray, shape (k, n_days) and (m, n_days)
        Weights of the steps of the level up to each of these days.
    """

    def __init__(self, one: Looks, other: Looks) -> None:
        self.days = np.union1d(one.day, other.day)
        gap, drifted = one.block.pass_days(self.days)
        walked = np.diff(np.column_stack([gap, drifted]), axis=0, prepend=0.0)
        these = one.after(self.days)
        those = these if other is one else other.after(self.days)
        # Copies: a view of the level would keep what belongs to all houses.
        self.level, self.other_level = these[:, :, 0].copy(), those[:, :, 0].copy()
        steps = (these * walked).reshape(len(these), *walked.shape)
        drifts = steps[:, :, 1:].reshape(len(these), -1) @ those[:, :, 1:].reshape(len(those), -1).T
        self.parts = np.array([steps[:, :, 0] @ self.other_level.T, drifts])


class Block:
    """Some polls that follow each other, and how the walks go on from the last block to them.

    Parameters
    ----------
    design : Design
    polls : slice
    start : int
        Day of the last poll before.

    Attributes
    ----------
    end : int
        Day of the last poll.
    looks : Looks
        What the polls see of the walks.
    place, loading : ndarray, shape (n,)
        Walk that a poll sees beside the level, and how; of an anchor the level, by 0.
    earlier : ndarray of int, shape (n, n)
        Of two polls the earlier one: they share the steps of the level up to it.
    drifted : ndarray, shape (n,)
        Covariance of a poll with the walk of its house at the end, over ``kappa ** 2``.
    shared : ndarray, shape (n, n)
        Of polls with each other, by the drift of their house.
    """

    def __init__(self, design: Design, polls: slice, start: int) -> None:
        self.design, self.polls, self.start = design, polls, start
        days, house = design.day[polls], design.house[polls]
        self.end = int(days[-1])
        self.looks = self.look(days, design.own_walks[polls])
        # A poll sees the level and the walk of its house, an anchor the level alone.
        drifts = design.drift & (house >= 0)
        self.place = np.where(drifts, 1 + house, 0)
        self.loading = np.where(drifts, design.drift_loading[polls], 0.0)
        self._is_whole = bool((self.loading == 1.0).all())
        self.numbers = np.arange(len(days))
        self.earlier = np.minimum.outer(self.numbers, self.numbers)
        walked = np.column_stack(self.pass_days(days))[self.numbers, self.place]
        self.drifted = self.loading * walked
        is_same = self.place[:, None] == self.place
        loadings = np.outer(self.loading, self.loading)
        self.shared = np.where(is_same, loadings * walked[self.earlier], 0.0)

    def look(self, day: Days, weights: Array) -> Looks:
        """Look at combinations of the walks on days of the block, each by itself."""
        return Looks(self, day, weights, np.eye(len(day)))

    def pass_days(self, day: Days) -> tuple[Array, Array]:
        """Time of the level and of each drift since the block, or the house, began.

        Returns
        -------
        gap : ndarray, shape (n_days,)
        drifted : ndarray, shape (n_days, n_houses)
            No houses when they do not drift.
        """
        gap = (day - self.start).astype(float)
        if not self.design.drift:
            return gap, np.zeros((len(day), 0))
        begun = np.maximum(self.design.first_day, self.start)
        clock = self.design.reversion.clock
        return gap, np.asarray(clock(np.maximum(day[:, None], begun)) - clock(begun))

    @cached_property
    def walked(self) -> Array:
        """What the drifts gain up to the end, over ``kappa ** 2``, shape (n_houses,) or none."""
        return np.asarray(self.pass_days(np.array([self.end]))[1][0])

    def see(self, states: Array, axis: int) -> Array:
        """What the polls see of states, which lie along an axis of three."""
        seen = np.take(states, self.place, axis=axis)
        if not self._is_whole:
            seen *= self.loading if axis == 2 else self.loading[:, None]
        seen += states[:, :, :1] if axis == 2 else states[:, :1]
        return seen


@lru_cache(maxsize=2)
def cut_blocks(design: Design) -> tuple[Block, ...]:
    """Cut the polls of a design into blocks; those of the designs asked for last are kept."""
    n, size = len(design.day), int(np.clip(design.n_walks, FEWEST_POLLS, MOST_POLLS))
    edges = np.rint(np.linspace(0, n, -(-n // size) + 1)).astype(int).tolist()
    start, blocks = int(design.day[0]), []
    for first, last in pairwise(edges):
        blocks.append(Block(design, slice(first, last), start))
        start = blocks[-1].end
    return tuple(blocks)


def begin_blocks(design: Design) -> Days:
    """Days on which the blocks of the observations begin, shape (n,)."""
    return np.concatenate([np.full(len(b.numbers), b.start) for b in cut_blocks(design)])


class Rates:
    """Variances that the walks gain, at nodes.

    Parameters
    ----------
    design : Design
    nodes : Nodes
    """

    def __init__(self, design: Design, nodes: Nodes) -> None:
        self.nodes, self.calming = nodes, design.calming
        self._drift = (nodes.kappa**2)[:, None]
        # Of the level up to each poll, since its block began.
        self._level = level_steps(design, nodes, begin_blocks(design), design.day).T.copy()
        self._each = np.column_stack([nodes.tau**2, nodes.kappa**2])
        self._shock = (nodes.shock**2)[:, None]

    def polls(self, block: Block) -> Array:
        """Covariances of the polls of a block with each other, shape (n_nodes, n, n)."""
        found = np.take(self._level[:, block.polls], block.earlier, axis=1)
        found += self._drift[:, :, None] * block.shared
        return found

    def go_on(self, block: Block, rows: Array) -> None:
        """Add covariances of the polls of a block with the walks at its end to rows, in place."""
        rows[:, :, 0] += self._level[:, block.polls]
        rows[:, block.numbers, block.place] += self._drift * block.drifted

    def walk(self, block: Block, states: Array) -> None:
        """Add what the walks gain up to the end of a block to their variances, in place."""
        states[:, 0, 0] += self._level[:, block.polls.stop - 1]
        diagonal = np.einsum("nii->ni", states[:, :, : states.shape[1]])
        diagonal[:, 1 : 1 + len(block.walked)] += self._drift * block.walked

    def between(self, block: Block, pair: Pair) -> Array:
        """Covariances of looks with others, shape (n_nodes, k, m)."""
        found = self._of(pair.parts)
        if self.calming is not None:
            steps = np.diff(self._shocks(block, pair.days), axis=1, prepend=0.0)
            found += (steps[:, None] * pair.level) @ pair.other_level.T
        return found

    def to_end(self, block: Block, looks: Looks) -> Array:
        """Covariances of looks with the walks at the end of a block, (n_nodes, k, n_walks)."""
        found = self._of(looks.to_end)
        if self.calming is not None:
            found[:, :, 0] += self._shocks(block, looks.day) @ (looks.share * looks.weights[:, 0]).T
        return found

    def _of(self, parts: Array) -> Array:
        """Add parts up, each times its rate."""
        return (self._each @ parts.reshape(2, -1)).reshape(-1, *parts.shape[1:])

    def _shocks(self, block: Block, day: Days) -> Array:
        """Variance that a shock has added to the level since a block began, (n_nodes, k)."""
        assert self.calming is not None
        clock, calm = self.calming.clock, self.nodes.calm
        passed = clock(day[:, None], calm) - clock(block.start, calm)
        return np.asarray(np.broadcast_to(passed, (len(day), len(self.nodes))).T * self._shock)


@dataclass(frozen=True, eq=False)
class Terms:
    """What functionals gain in a block.

    Parameters
    ----------
    looks : Looks
        One for each functional.
    own, of_polls : Pair
        They with each other, and the polls of the block with them.
    """

    looks: Looks
    own: Pair
    of_polls: Pair


def place_terms(design: Design, functionals: Functionals) -> list[Terms | None]:
    """Terms of functionals by block; their days from the first poll's to the last one's."""
    blocks = cut_blocks(design)
    place = np.searchsorted([block.end for block in blocks], functionals.day)
    found: list[Terms | None] = [None] * len(blocks)
    for k in np.unique(place).tolist():
        mine, block = np.flatnonzero(place == k), blocks[k]
        share = np.zeros((functionals.n_rows, len(mine)))
        share[functionals.row[mine], np.arange(len(mine))] = 1.0
        looks = Looks(block, functionals.day[mine], functionals.weights[mine], share)
        found[k] = Terms(looks, Pair(looks, looks), Pair(block.looks, looks))
    return found


@dataclass(frozen=True, eq=False)
class TakenIn:
    """A block that was taken in, at nodes.

    Parameters
    ----------
    root : ndarray, shape (n_nodes, n, n)
        Cholesky root of the covariance of its polls given all before.
    states : ndarray, shape (n_nodes, n, n_states)
        The inverse root times the covariance of the polls with the states at the end.
    columns : ndarray, shape (n_nodes, n, n_columns)
        The inverse root times the innovations of the columns.
    """

    root: Array
    states: Array
    columns: Array

    @property
    def log_det(self) -> Array:
        """Log determinant of that covariance, shape (n_nodes,)."""
        return np.asarray(2 * np.log(np.diagonal(self.root, axis1=1, axis2=2)).sum(axis=1))


class Joint:
    """States while polls are taken in.

    Parameters
    ----------
    design : Design
    nodes : Nodes
    columns : ndarray, shape (n, n_columns) or (n_nodes, n, n_columns)
        What is filtered: responses, and the columns of effects.
    n_rows : int
        Functionals that are carried along as further states.

    Attributes
    ----------
    numbers : ndarray, shape (n_nodes, n_states, n_states + n_columns)
        Covariances of the states (walks, then functionals), and beside them their means, times
        -1, of each column: a block changes both alike.
    """

    def __init__(self, design: Design, nodes: Nodes, columns: Array, n_rows: int = 0) -> None:
        self.nodes, self.columns, self.rates = nodes, columns, Rates(design, nodes)
        self.n_walks, self.n_states = design.n_walks, design.n_walks + n_rows
        size = self.n_states + columns.shape[-1]
        self.numbers = np.zeros((len(nodes), self.n_states, size))
        self.numbers[:, 0, 0] = design.level_sd**2

    def take_in(self, block: Block, terms: Terms | None = None) -> TakenIn:
        """Let the walks go on to the end of a block, whose polls are observed."""
        states = slice(0, self.n_states)
        rows = block.see(self.numbers, 1)
        own = block.see(rows, 2)
        own += self.rates.polls(block)
        np.einsum("nii->ni", own)[...] += self.nodes.noise[block.polls].T
        if terms is not None:
            self._carry_on(block, terms, rows)
        self.rates.go_on(block, rows)
        rows[:, :, self.n_states :] += self.columns[..., block.polls, :]
        root = np.asarray(np.linalg.cholesky(own), dtype=np.float64)
        solve_lower(root, rows)
        self.numbers -= rows[:, :, states].transpose(0, 2, 1) @ rows
        self.rates.walk(block, self.numbers)
        return TakenIn(root, rows[:, :, states], rows[:, :, self.n_states :])

    def _carry_on(self, block: Block, terms: Terms, rows: Array) -> None:
        """Add terms to functionals; ``rows`` are covariances of the polls with all states."""
        walks, carried = slice(0, self.n_walks), slice(self.n_walks, self.n_states)
        weights = terms.looks.total
        added = weights @ self.numbers[:, walks]
        own = added[:, :, walks] @ weights.T + self.rates.between(block, terms.own)
        of_polls = rows[:, :, walks] @ weights.T + self.rates.between(block, terms.of_polls)
        rows[:, :, carried] += of_polls
        added[:, :, walks] += self.rates.to_end(block, terms.looks)
        cross = added[:, :, carried]
        added[:, :, carried] = cross + cross.transpose(0, 2, 1) + own
        self.numbers[:, carried] += added
        self.numbers[:, walks, carried] += added[:, :, walks].transpose(0, 2, 1)


class Smoother:
    """Smooths combinations of the walks on days, to each its own.

    Parameters
    ----------
    design : Design
    days : ndarray of int, shape (n,)
        Not decreasing: all days with observations and no others, once or several times.
    rows : ndarray, shape (n, n_rows, n_walks)
        Weights of the walks in each combination on each day.
    """

    def __init__(self, design: Design, days: Days, rows: Array) -> None:
        self.design, self.shape = design, rows.shape[:2]
        self._places = []
        first = 0
        for block in cut_blocks(design):
            last = int(np.searchsorted(days, block.end, side="right"))
            # The last look before the block is one more: neighbours have a covariance.
            chosen = slice(max(first - 1, 0), last)
            day = np.repeat(np.maximum(days[chosen], block.start), self.shape[1])
            looks = block.look(day, rows[chosen].reshape(len(day), -1))
            pairs = Pair(looks, looks), Pair(block.looks, looks)
            self._places.append(_Place(block, first, chosen, looks, *pairs))
            first = last

    def smooth(self, nodes: Nodes) -> tuple[Array, Array, Array]:
        """Smooth at nodes.

        Returns
        -------
        seen : ndarray, shape (n_nodes, n, n_rows, 1 + n_effects)
            Smoothed means: of the response, and of each column.
        cov : ndarray, shape (n_nodes, n, n_rows, n_rows)
            Covariances given the effects.
        lag_cov : ndarray, shape (n_nodes, n, n_rows, n_rows)
            Of each, by row, with those on the next day; of the last 0.
        """
        joint = Joint(self.design, nodes, self.design.centred)
        before, taken = [], []
        for place in self._places:
            before.append(joint.numbers.copy())
            taken.append(joint.take_in(place.block))
        n_columns, n_rows = joint.columns.shape[1], self.shape[1]
        seen = np.zeros((len(nodes), *self.shape, n_columns))
        cov, lag_cov = np.zeros((2, len(nodes), *self.shape, n_rows))
        back = _Back(joint.rates, self.design.n_walks, n_columns)
        for place in reversed(self._places):
            mean, own = back.go(place, before.pop(), taken.pop())
            chosen, mine = place.chosen, slice(place.first, place.chosen.stop)
            n = chosen.stop - chosen.start
            mean, own = (
                mean.reshape(len(nodes), n, n_rows, -1),
                own.reshape(-1, n, n_rows, n, n_rows),
            )
            new, pairs = np.arange(place.first - chosen.start, n), np.arange(n - 1)
            seen[:, mine] = mean[:, new]
            cov[:, mine] = own[:, new, :, new].transpose(1, 0, 2, 3)
            lags = own[:, pairs, :, pairs + 1].transpose(1, 0, 2, 3)
            lag_cov[:, chosen.start : chosen.stop - 1] = lags
        return seen, cov, lag_cov


@dataclass(frozen=True, eq=False)
class _Place:
    """Looks that are smoothed with a block.

    Parameters
    ----------
    block : Block
    first : int
        Of the days, the first in the block.
    chosen : slice
        Of the days: those in the block, and the one before.
    looks : Looks
        All rows of the first of them, then of the next.
    own, of_polls : Pair
        The looks with each other, and the polls of the block with them.
    """

    block: Block
    first: int
    chosen: slice
    looks: Looks
    own: Pair
    of_polls: Pair


class _Back:
    """What later polls say, while the smoother goes back.

    The smoothed mean of a state is its mean and its covariance with the walks at the end of a block
    times ``r``; its variance falls by the squared covariance, weighted by ``n``.
    """

    def __init__(self, rates: Rates, n_walks: int, n_columns: int) -> None:
        self.rates = rates
        self.r = np.zeros((len(rates.nodes), n_walks, n_columns))
        self.n = np.zeros((len(rates.nodes), n_walks, n_walks))

    def go(self, place: _Place, state: Array, found: TakenIn) -> tuple[Array, Array]:
        """Go back over a block whose beginning had this state.

        Returns
        -------
        mean : ndarray, shape (n_nodes, n_looks, n_columns)
        cov : ndarray, shape (n_nodes, n_looks, n_looks)
        """
        block, looks = place.block, place.looks
        (n_nodes, n_walks), n_looks = state.shape[:2], len(looks.day)
        walks = slice(0, n_walks)
        known = looks.weights @ state
        own = known[:, :, walks] @ looks.weights.T + self.rates.between(block, place.own)
        seen = np.empty((n_nodes, found.root.shape[1], n_looks + n_walks))
        of_looks, of_walks = seen[:, :, :n_looks], seen[:, :, n_looks:]
        of_looks[...] = block.see(known[:, :, walks], 2).transpose(0, 2, 1)
        of_looks += self.rates.between(block, place.of_polls)
        of_walks[...] = block.looks.weights
        solve_lower(found.root, seen)
        known[:, :, walks] += self.rates.to_end(block, looks)
        ahead, mean = known[:, :, walks], known[:, :, n_walks:]
        back = of_looks.transpose(0, 2, 1)
        ahead -= back @ found.states
        mean -= back @ found.columns + ahead @ self.r
        own -= back @ of_looks + ahead @ self.n @ ahead.transpose(0, 2, 1)
        back = of_walks.transpose(0, 2, 1)
        left = np.eye(n_walks) - back @ found.states
        self.r = left @ self.r + back @ found.columns
        self.n = left @ self.n @ left.transpose(0, 2, 1) + back @ of_walks
        return -mean, own


def smooth_errors(design: Design, nodes: Nodes, response: Array) -> Array:
    """Smooth the errors of the observations.

    Parameters
    ----------
    design : Design
    nodes : Nodes
    response : ndarray, shape (n, n_nodes)
        At each node its own, without effects and the prior mean of the level.

    Returns
    -------
    ndarray, shape (n, n_nodes)

    Notes
    -----
    Disturbance smoothing (Durbin and Koopman 2012, section 4.5) needs no covariance.
    """
    joint, blocks = Joint(design, nodes, response.T[:, :, None]), cut_blocks(design)
    taken = [joint.take_in(block) for block in blocks]
    errors = np.empty_like(nodes.noise)
    r = np.zeros((len(nodes), design.n_walks, 1))
    for block in reversed(blocks):
        found = taken.pop()
        left = found.columns - found.states @ r
        solve_lower(found.root, left, transposed=True)
        r += block.looks.weights.T @ left
        errors[block.polls] = nodes.noise[block.polls] * left[:, :, 0].T
    return errors


def solve_lower(root: Array, right: Array, *, transposed: bool = False) -> None:
    """Solve triangular systems, one a node, in place of their right sides.

    Parameters
    ----------
    root : ndarray, shape (n_nodes, n, n)
        Lower triangular.
    right : ndarray, shape (n_nodes, n, m)
        Contiguous.
    transposed : bool
        Solve with the transposed roots.
    """
    assert root.flags.c_contiguous
    assert right.flags.c_contiguous
    for lower, side in zip(root, right, strict=True):
        # In the order of BLAS both are transposed, and nothing is copied.
        dtrsm(1.0, lower.T, side.T, side=1, trans_a=transposed, overwrite_b=1)
