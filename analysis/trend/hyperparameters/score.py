"""Log likelihood of the polls by blocks, and its slopes along all hyperparameters in one pass back.

The slopes are those of Koopman and Shephard (1992), "Exact score for time series models in state
space form", Biometrika 79(4): a variance enters the likelihood by the smoothed disturbances it
belongs to, their squares less what is expected of these, so that one smoother tells the slopes
along all variances at once (Durbin and Koopman 2012, section 7.3.3).  Differences would take a
filter or two for each hyperparameter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array
from analysis.trend.solver.blocks import (
    Block,
    Joint,
    TakenIn,
    begin_blocks,
    cut_blocks,
    solve_lower,
)
from analysis.trend.solver.design import Design, Nodes
from analysis.trend.solver.filter import nodes_at_once
from analysis.trend.solver.likelihood import profile_loglike, solve_effects

# Numbers that a pass forth leaves for the pass back, at the nodes that pass together (32 MB).
STORED_NUMBERS = 4_000_000


@dataclass(frozen=True, eq=False)
class Slopes:
    """Log likelihood at nodes, and its derivatives.

    Parameters
    ----------
    loglike : ndarray, shape (n_nodes,)
    outer : dict of ndarray, shape (n_nodes,)
        By the name of a hyperparameter: tau, sigma_h and, where the model has them, kappa, shock
        and calm.
    noise : ndarray, shape (n, n_nodes)
        By the error variance of each observation.
    """

    loglike: Array
    outer: dict[str, Array]
    noise: Array


class BlockLikelihood:
    """Log likelihood of the polls of a design, which are taken in block by block.

    What a house has of its own is part of its drift, if that is a random walk: no column for each
    house is filtered then, as :mod:`analysis.trend.solver.filter` does.

    Parameters
    ----------
    design : Design
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self._is_carried = design.drift and not design.is_reverting
        self.others = design.without_houses() if self._is_carried else design
        self._columns = self.others.centred

    def loglike(self, nodes: Nodes, sigma_h: Array) -> Array:
        """Log likelihood, level and effects integrated out, as a front tells it."""
        found = np.empty(len(nodes))
        size = nodes_at_once(self.others)
        for first in range(0, len(nodes), size):
            part = slice(first, first + size)
            joint = self._start(nodes.part(part), sigma_h[part])
            n_nodes, n_columns = len(joint.nodes), self._columns.shape[1]
            normal, log_det = np.zeros((n_nodes, n_columns, n_columns)), np.zeros(n_nodes)
            for block in cut_blocks(self.others):
                taken = joint.take_in(block)
                normal += taken.columns.transpose(0, 2, 1) @ taken.columns
                log_det += taken.log_det
            found[part] = profile_loglike(self.others, normal, log_det, sigma_h[part])
        return found

    def slopes(self, nodes: Nodes, sigma_h: Array) -> Slopes:
        """Log likelihood and its derivatives, at nodes with a spread of houses each."""
        n, n_columns = self._columns.shape
        n_polls = max(len(block.numbers) for block in cut_blocks(self.others))
        size = STORED_NUMBERS // (n * (n_polls + self.others.n_walks + n_columns))
        size = int(np.clip(size, 1, nodes_at_once(self.others)))
        parts = [slice(first, first + size) for first in range(0, len(nodes), size)]
        found = [self._slopes(nodes.part(part), sigma_h[part]) for part in parts]
        return Slopes(
            np.concatenate([part.loglike for part in found]),
            {k: np.concatenate([part.outer[k] for part in found]) for k in found[0].outer},
            np.concatenate([part.noise for part in found], axis=1),
        )

    def _start(self, nodes: Nodes, sigma_h: Array) -> Joint:
        """States before all polls: houses with all that they have, or with nothing."""
        joint = Joint(self.others, nodes, self._columns)
        if self._is_carried:
            known = self.design.house_map
            variance = self.design.effects_variance(sigma_h)[:, None]
            houses = slice(1, self.design.n_walks)
            joint.numbers[:, houses, houses] = (known * variance) @ known.T
        return joint

    def _slopes(self, nodes: Nodes, sigma_h: Array) -> Slopes:
        """Slopes of nodes that pass together."""
        joint, blocks = self._start(nodes, sigma_h), cut_blocks(self.others)
        taken = [joint.take_in(block) for block in blocks]
        normal = np.sum([one.columns.transpose(0, 2, 1) @ one.columns for one in taken], axis=0)
        log_det = np.sum([one.log_det for one in taken], axis=0)
        effects = solve_effects(self.others, normal, log_det, sigma_h)
        # What is left of the response once its effects are known, and beside it how uncertain
        # effects leave it uncertain.
        turn = np.zeros((len(nodes), *[self._columns.shape[1]] * 2))
        turn[:, 0, 0], turn[:, 1:, 0] = 1.0, -effects.mean
        turn[:, 1:, 1:] = effects.root
        back = _Back(joint, turn)
        for block in reversed(blocks):
            back.go(block, taken.pop())
        outer = self._along_level(nodes, back.level)
        outer["sigma_h"] = 2 * sigma_h * self._along_spread(back, normal, turn)
        if self.design.drift:
            outer["kappa"] = 2 * nodes.kappa * back.drift
        return Slopes(effects.loglike, outer, back.noise)

    def _along_level(self, nodes: Nodes, level: Array) -> dict[str, Array]:
        """Slopes along what makes the level walk, from those along its variances."""
        calming, begun = self.design.calming, begin_blocks(self.others)
        days = self.others.day - begun
        found = {"tau": 2 * nodes.tau * (days @ level)}
        if calming is not None:
            # From the beginning of a block to each poll, as for tau.
            both = self.others.day[:, None], begun[:, None]
            late, early = (calming.clock(day, nodes.calm) for day in both)
            found["shock"] = 2 * nodes.shock * ((late - early) * level).sum(axis=0)
            if calming.days is None and nodes.calm is not None:
                late, early = (calming.slope(day, nodes.calm) for day in both)
                found["calm"] = nodes.shock**2 * ((late - early) * level).sum(axis=0)
        return found

    def _along_spread(self, back: _Back, normal: Array, turn: Array) -> Array:
        """Slope along the variance of houses, shape (n_nodes,)."""
        if self._is_carried:
            own = self.design.house_map[:, self.design.is_house]
            start = back.of_walks()[:, 1:, 1:]
            return np.asarray(0.5 * (start * (own @ own.T)).sum(axis=(1, 2)))
        at = 1 + np.flatnonzero(self.design.is_house)
        squares = ((normal[:, at] @ turn) ** 2).sum(axis=-1) - normal[:, at, at]
        return np.asarray(0.5 * squares.sum(axis=-1))


class _Back:
    """What later polls say of the states, while one goes back over the blocks.

    Twice the slope along a covariance is ``r @ r.T - n``: what was found squared, less what was
    expected.

    Parameters
    ----------
    joint : Joint
    turn : ndarray, shape (n_nodes, n_columns, n_columns)
        Makes of the columns the response less its effects, and how uncertain these are.

    Attributes
    ----------
    noise : ndarray, shape (n, n_nodes)
        Slopes along the error variances.
    level : ndarray, shape (n, n_nodes)
        Slopes along the variance that the level gains from the beginning of a block to each of
        its polls, which is part of no other's.
    drift : ndarray, shape (n_nodes,)
        Slope along ``kappa ** 2``.
    """

    def __init__(self, joint: Joint, turn: Array) -> None:
        n_nodes, n_walks = len(turn), joint.n_walks
        self._turn = turn
        self._r = np.zeros((n_nodes, n_walks, turn.shape[1]))
        self._n = np.zeros((n_nodes, n_walks, n_walks))
        self.noise, self.level = np.empty((2, *joint.nodes.noise.shape))
        self.drift = np.zeros(n_nodes)

    def of_walks(self) -> Array:
        """Twice the slopes along covariances of the walks at this time, (n_nodes, k, k)."""
        return np.asarray(self._r @ self._r.transpose(0, 2, 1) - self._n)

    def go(self, block: Block, found: TakenIn) -> None:
        """Go back over a block."""
        r, n, n_walks = self._r, self._n, self._n.shape[1]
        n_nodes, n_polls = found.root.shape[:2]
        last = n_walks + r.shape[2]
        side = np.zeros((n_nodes, n_polls, last + n_polls))
        side[:, :, :n_walks] = found.states
        side[:, :, n_walks:last] = found.columns @ self._turn - found.states @ r
        side[:, block.numbers, last + block.numbers] = 1.0
        solve_lower(found.root, side, transposed=True)
        gain, left, inverse = np.split(side, [n_walks, last], axis=2)
        ahead = gain @ n
        # Twice the slopes along covariances: of the polls with each other, of them with the walks
        # at the end, and of these.
        expected = inverse @ inverse.transpose(0, 2, 1) + ahead @ gain.transpose(0, 2, 1)
        own = left @ left.transpose(0, 2, 1) - expected
        to_end = left @ r.transpose(0, 2, 1) + ahead
        end = self.of_walks()
        diagonal = np.einsum("nii->in", own)
        self.noise[block.polls] = 0.5 * diagonal
        # A pair of polls shares the level up to the earlier one.
        of_level = 2 * np.triu(own).sum(axis=2).T - diagonal
        of_level += 2 * to_end[:, :, 0].T
        of_level[-1] += end[:, 0, 0]
        self.level[block.polls] = 0.5 * of_level
        if n_walks > 1:
            twice = own.reshape(n_nodes, -1) @ block.shared.ravel()
            twice += 2 * to_end[:, block.numbers, block.place] @ block.drifted
            twice += np.einsum("njj->nj", end)[:, 1:] @ block.walked
            self.drift += 0.5 * twice
        weights = block.looks.weights
        change = weights.T @ (0.5 * (expected @ weights) - ahead)
        self._r = r + weights.T @ left
        self._n = n + change + change.transpose(0, 2, 1)
