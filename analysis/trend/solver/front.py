"""Likelihood of polls whose houses enter the state with their first poll and leave with the last.

A filter that carries all houses from the first day to the last works most of the time on houses
that have no poll yet, or none any more.  Here a state is only carried from where it first counts
to where it last does, as in the frontal solution of sparse equations (Irons 1970, "A frontal
solution program for finite element analysis", International Journal for Numerical Methods in
Engineering 2(1)).  What houses share, such as a sector, is a state of its own until the last of
its houses has come; a house walks to its next poll in one step; a house with one poll is no state
at all.  Nothing is left out: the numbers are those of :mod:`analysis.trend.solver.filter`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array
from analysis.trend.solver.design import Design, Nodes, level_steps
from analysis.trend.solver.likelihood import profile_loglike

# Nodes pass the polls in parts whose states hold so many numbers (4 MB, near enough the
# processor's cache), and whose innovations hold so many (32 MB).
STATE_NUMBERS, INNOVATION_NUMBERS = 500_000, 4_000_000
# With so many nodes the covariances, which are symmetric, change two rows at a time and up to the
# diagonal, half of all numbers; with fewer the steps would cost more than that spares.
MANY_NODES, ROWS = 512, 2


class Front:
    """Passes of many sets of hyperparameters past the polls of a design whose houses drift.

    Parameters
    ----------
    design : Design

    Attributes
    ----------
    width : int
        Most states that are carried at a time.
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self.others = design.without_houses()
        self._steps = _plan(design)
        self.width = max(step.size + len(step.leave) for step in self._steps)

    def loglike(self, nodes: Nodes, sigma_h: Array) -> Array:
        """Log likelihood, level and effects integrated out.

        Parameters
        ----------
        nodes : Nodes
        sigma_h : ndarray, shape (n_nodes,)

        Returns
        -------
        ndarray, shape (n_nodes,)
        """
        n, n_columns = self.others.centred.shape
        size = STATE_NUMBERS // (self.width * (self.width + n_columns))
        size = max(1, min(size, INNOVATION_NUMBERS // (n * n_columns)))
        if len(nodes) <= size:
            return self._loglike(nodes, sigma_h)
        parts = [slice(first, first + size) for first in range(0, len(nodes), size)]
        return np.concatenate([self._loglike(nodes.part(part), sigma_h[part]) for part in parts])

    def _loglike(self, nodes: Nodes, sigma_h: Array) -> Array:
        """Log likelihood of nodes that pass together."""
        design, centred = self.design, self.others.centred[:, :, None]
        n, n_columns = centred.shape[:2]
        spread, drift = sigma_h**2, nodes.kappa**2
        walked = level_steps(design, nodes, np.append(design.day[:1], design.day[:-1]), design.day)
        carried = _Carried(self.width, n_columns, len(nodes), design.level_sd**2)
        innovations, variances = np.empty((n, n_columns, len(nodes))), nodes.noise.copy()
        for i, step in enumerate(self._steps):
            carried.walk_level(walked[i])
            for variance in step.factors:
                carried.add((), variance)
            if step.is_alone:
                variances[i] += spread + step.variance
            elif step.enters:
                carried.add(step.parts, spread + step.variance)
            elif step.days:
                carried.walk(step.seen[1], drift * step.days)
            carried.give_up(step.leave)
            innovations[i] = carried.observe(step.seen, centred[i], variances[i])
            carried.give_up(step.leave_after)
        innovations /= np.sqrt(variances)[:, None]
        rows = innovations.transpose(2, 0, 1)
        normal = rows.transpose(0, 2, 1) @ rows
        return profile_loglike(self.others, normal, np.log(variances).sum(axis=0), sigma_h)


class _Carried:
    """The states that a front carries, at all nodes.

    Parameters
    ----------
    width : int
        Most states at a time.
    n_columns : int
    n_nodes : int
    level_var : float
        Prior variance of the level, the first state.
    """

    def __init__(self, width: int, n_columns: int, n_nodes: int, level_var: float) -> None:
        self.n_columns = n_columns
        self.size = 1
        # Means, times -1, of response and columns, then covariances: a gain changes both alike.
        self.numbers = np.zeros((width, n_columns + width, n_nodes))
        self.numbers[0, n_columns] = level_var
        self._level_var = self.numbers[0, n_columns]
        # All rows change at once, or some after the others up to the diagonal: what stands beyond
        # it is not kept up then.
        self._is_whole = n_nodes < MANY_NODES
        self._n_rows = width if self._is_whole else ROWS
        self._change = np.empty((self._n_rows, n_columns + width, n_nodes))
        self._total = np.empty((n_columns + width, n_nodes))
        self._gain = np.empty((width, n_nodes))
        # Views of these, by the number of states: to take them anew would cost more than the sums.
        self._moves: dict[int, list[tuple[Array, Array, Array, Array]]] = {}

    def walk_level(self, variance: Array) -> None:
        """Add to the variance of the level."""
        np.add(self._level_var, variance, out=self._level_var)

    def walk(self, place: int, variance: Array) -> None:
        """Add to the variance of a state."""
        own = self.numbers[place, self.n_columns + place]
        np.add(own, variance, out=own)

    def add(self, parts: tuple[int, ...], variance: Array | float) -> None:
        """Add a state: the sum of others and of something new."""
        place, of_state = self.size, self.n_columns + self.size
        row = self.numbers[place, : of_state + 1]
        row[...] = 0.0
        for part in parts:
            self._add_row(part, row)
        row[of_state] = variance
        for part in parts:
            row[of_state] += row[self.n_columns + part]
        self.numbers[:place, of_state] = row[self.n_columns : of_state]
        self.size += 1

    def _add_row(self, place: int, total: Array) -> None:
        """Add means and covariances of a state with all states to a total."""
        own, end = self.n_columns + place, self.n_columns + self.size
        if self._is_whole:
            np.add(total[:end], self.numbers[place, :end], out=total[:end])
            return
        known = total[: own + 1]
        np.add(known, self.numbers[place, : own + 1], out=known)
        others = total[own + 1 : end]
        np.add(others, self.numbers[place + 1 : self.size, own], out=others)

    def give_up(self, places: tuple[int, ...]) -> None:
        """Drop states one by one; each time the last one takes the place."""
        for place in places:
            self.size -= 1
            end = self.n_columns + self.size
            row, own = self.numbers[self.size], self.n_columns + place
            self.numbers[place, :end] = row[:end]
            self.numbers[place, own] = row[end]
            self.numbers[: self.size, own] = self.numbers[place, self.n_columns : end]

    def observe(self, seen: tuple[int, ...], centred: Array, variance: Array) -> Array:
        """Take in an observation of a sum of states; returns its innovations.

        Parameters
        ----------
        seen : tuple of int
            The level comes first.
        centred : ndarray, shape (n_columns, 1)
            Response and columns.
        variance : ndarray, shape (n_nodes,)
            Of its error; what it sees is added, in place.
        """
        n_columns, size = self.n_columns, self.size
        total, gain = self._total[: n_columns + size], self._gain[:size]
        innovation, covariance = total[:n_columns], total[n_columns:]
        np.add(self.numbers[0, :n_columns], centred, out=innovation)
        covariance[...] = self.numbers[:size, n_columns]
        for place in seen[1:]:
            self._add_row(place, total)
        for place in seen:
            np.add(variance, covariance[place], out=variance)
        np.divide(covariance, variance, out=gain)
        for rows, of_rows, part, change in self._moves.get(size) or self._place_moves():
            np.multiply(of_rows, part, out=change)
            np.subtract(rows, change, out=rows)
        return innovation

    def _place_moves(self) -> list[tuple[Array, Array, Array, Array]]:
        """Rows that change together: they, their gains, the total, and room for the change."""
        self._moves[self.size] = moves = []
        for first in range(0, self.size, self._n_rows):
            last = min(first + self._n_rows, self.size)
            end = self.n_columns + last
            moves.append(
                (
                    self.numbers[first:last, :end],
                    self._gain[first:last, None],
                    self._total[:end],
                    self._change[: last - first, :end],
                )
            )
        return moves


@dataclass(frozen=True)
class _Step:
    """What an observation does to a front, by the places of its states.

    Parameters
    ----------
    factors : tuple of float
        Prior variances of what houses share and comes in here, at the end of the front.
    enters : bool
        Does the house come in here, after them.
    parts : tuple of int
        States of what the house shares, of which it is the sum.
    variance : float
        Prior variance of the house beside those and ``sigma_h ** 2``.
    days : int
        Since the house's poll before this.
    leave : tuple of int
        States to give up before the observation.
    seen : tuple of int
        States whose sum is observed.
    is_alone : bool
        The house has this poll alone: what would be its state is part of the error.
    leave_after : tuple of int
        States to give up after the observation.
    size : int
        States at the observation.
    """

    factors: tuple[float, ...]
    enters: bool
    parts: tuple[int, ...]
    variance: float
    days: int
    leave: tuple[int, ...]
    seen: tuple[int, ...]
    is_alone: bool
    leave_after: tuple[int, ...]
    size: int


# A state by kind and number: the level, what houses share (a column of the design), a house.
_Label = tuple[str, int]
LEVEL: _Label = ("level", 0)


def _plan(design: Design) -> list[_Step]:
    """Steps of a front past all observations."""
    n_houses = len(design.first_day)
    polls = [np.flatnonzero(design.house == j).tolist() for j in range(n_houses)]
    users = {
        k: np.flatnonzero(design.house_map[:, k]).tolist()
        for k in np.flatnonzero(design.house_map.any(axis=0) & ~design.is_house).tolist()
    }
    front: list[_Label] = [LEVEL]
    last_day: dict[int, int] = {}
    steps = []
    for i, (house, day) in enumerate(zip(design.house.tolist(), design.day.tolist(), strict=True)):
        own = polls[house] if house >= 0 else []
        is_first, is_alone = own[:1] == [i], own == [i]
        # What the house alone has is part of its own variance.
        used = [k for k, houses in users.items() if is_first and house in houses]
        shared: list[_Label] = [("factor", k) for k in used if len(users[k]) > 1]
        new = [state for state in shared if state not in front]
        front += new
        parts = tuple(front.index(state) for state in shared)
        mine: list[_Label] = [("house", house)] if len(own) > 1 else []
        front += mine if is_first else []
        done = [state for state in shared if all(polls[j][0] <= i for j in users[state[1]])]
        leave = () if is_alone else _leave(front, done)
        seen = (0, *(parts if is_alone else (front.index(state) for state in mine)))
        size = len(front)
        ended = done if is_alone else [state for state in mine if own[-1] == i]
        steps.append(
            _Step(
                factors=tuple(float(design.fixed_variance[k]) for _, k in new),
                enters=is_first and not is_alone,
                parts=parts,
                variance=sum(float(design.fixed_variance[k]) for k in used if len(users[k]) == 1),
                days=day - last_day.get(house, day) if mine else 0,
                leave=leave,
                seen=seen,
                is_alone=is_alone,
                leave_after=_leave(front, ended),
                size=size,
            )
        )
        last_day[house] = day
    return steps


def _leave(front: list[_Label], states: list[_Label]) -> tuple[int, ...]:
    """Take states out of a front, in place, as :meth:`_Carried.give_up` does; their places."""
    places = []
    for state in states:
        place = front.index(state)
        places.append(place)
        front[place] = front[-1]
        front.pop()
    return tuple(places)
