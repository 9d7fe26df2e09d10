"""Modes of a log posterior that can be evaluated at many points at once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.base.arrays import Array

LogDensity = Callable[[Array], Array]
# Log densities at points, shape (n,), and their gradients, shape (n, d).
LogSlopes = Callable[[Array], tuple[Array, Array]]

# The parameters are logarithms and the like: of order one, and no step is longer than this.
LONGEST_STEP = 2.0
GRADIENT_STEP, CURVATURE_STEP = 1e-3, 1e-2
# Second derivative from a point and its neighbours one and two steps away (Abramowitz and Stegun
# 1964, Handbook of Mathematical Functions, 25.3.24): as exact as from three points much nearer,
# whose differences would be the last digits of the density, which hang on the processor.
FIVE_POINTS = np.array([-30.0, 16.0, 16.0, -1.0, -1.0]) / 12
STEP_LENGTHS = 2.0 ** np.arange(1, -11, -1)
MAX_STEPS, MAX_MEASURES = 200, 8
# Expected rise of the log density from a further step: a mode this close is a mode, wherever the
# last digits of another processor led the climb. Where near is enough, the climb ends before.
CLOSE_ENOUGH, NEAR = 1e-9, 1e-2
# Share of the rise that the slope promises with which a step is taken as it is (Armijo).
ENOUGH = 1e-4
# Curvature below this (an sd of 10) bounds nothing: the direction is flat.
FLATTEST = 0.01


def covariance_root(values: Array, vectors: Array) -> Array:
    """Cholesky root of a covariance, from its eigenvalues and eigenvectors, shape (d, d).

    The eigenvectors themselves would do as axes, but their signs, and their turn where values
    are nearly equal (houses of as many polls), hang on the processor; this root does not.
    """
    return np.asarray(np.linalg.cholesky((vectors * values) @ vectors.T))


@dataclass(frozen=True, eq=False)
class Mode:
    """A local maximum of a log posterior.

    Parameters
    ----------
    at : ndarray, shape (d,)
    log_density : float
    curvature : ndarray, shape (d, d)
        Negative Hessian.
    is_converged : bool
        The gradient vanishes and the curvature is that of a maximum.
    n_evaluations : int
    """

    at: Array
    log_density: float
    curvature: Array
    is_converged: bool
    n_evaluations: int

    @property
    def root(self) -> Array:
        """Axes that the curvature gives one sd each: columns of shape (d, d)."""
        values, vectors = np.linalg.eigh(self.curvature)
        return covariance_root(1 / np.maximum(np.abs(values), FLATTEST), vectors)

    def distance(self, point: Array) -> float:
        """Distance of a point in sds of the curvature."""
        return float(np.linalg.norm(np.linalg.solve(self.root, point - self.at)))


@dataclass(frozen=True, eq=False)
class Ask:
    """What a climb asks for.

    Parameters
    ----------
    points : ndarray, shape (n, d)
    with_slopes : bool
        Log densities with their gradients, sent as (n, 1 + d), or alone, sent as (n,).
    """

    points: Array
    with_slopes: bool = False


Climb = Generator[Ask, Array, Mode]


def find_mode(
    log_posterior: LogDensity,
    start: Array,
    slopes: LogSlopes | None = None,
    *,
    polish: bool = True,
) -> Mode:
    """Climb by BFGS, then measure the curvature.

    Parameters
    ----------
    log_posterior : callable
        From points of shape (n, d) to log densities of shape (n,).
    start : ndarray, shape (d,)
        A point of positive density.
    slopes : callable, optional
        From points of shape (n, d) to log densities, (n,), and gradients, (n, d); without it
        gradients and curvature are found by differences.
    polish : bool
        Without it the climb ends about a tenth of an sd from the mode, and of the curvature the
        diagonal alone is known.

    Returns
    -------
    Mode

    Notes
    -----
    All points of a stencil, and all lengths of a line search, are one call.
    Nocedal and Wright (2006), Numerical Optimization, algorithm 6.1 and
    section 3.4 (the absolute curvature, so that a step always climbs).

    Examples
    --------
    >>> mode = find_mode(lambda x: -((x - 3.0) ** 2).sum(axis=1), np.zeros(2))
    >>> mode.at.round(4), mode.is_converged
    (array([3., 3.]), True)
    """
    climb = _climb(np.array(start, dtype=float), (), 0.0, slopes is not None, polish)
    (mode,) = _climb_in_step(log_posterior, slopes, [climb])
    return mode


def find_modes(
    log_posterior: LogDensity,
    starts: Array,
    known: Sequence[Mode] = (),
    slopes: LogSlopes | None = None,
    *,
    near: float = 0.5,
) -> list[Mode]:
    """Climb from several points in step, as :func:`find_mode` does from one.

    What all climbs ask for next is one call of the log posterior.

    Parameters
    ----------
    log_posterior : callable
    starts : ndarray, shape (n, d)
    known : sequence of Mode
        Modes found before; a climb that comes near one of them ends there.
    slopes : callable, optional
    near : float
        How near, in sds of the curvature.

    Returns
    -------
    list of Mode
        One for each start: a new one, or one of the known.
    """
    has_slopes = slopes is not None
    climbs = [_climb(np.array(start, dtype=float), known, near, has_slopes) for start in starts]
    return _climb_in_step(log_posterior, slopes, climbs)


def _climb_in_step(
    log_posterior: LogDensity, slopes: LogSlopes | None, climbs: list[Climb]
) -> list[Mode]:
    """Modes that climbs lead to; what all ask for next is one call, or one with slopes and one."""

    def answer(points: Array, with_slopes: bool) -> Array:
        if not with_slopes:
            return log_posterior(points)
        assert slopes is not None
        return np.column_stack(slopes(points))

    asked = {k: next(climb) for k, climb in enumerate(climbs)}
    found: dict[int, Mode] = {}
    while asked:
        parts: dict[int, Array] = {}
        for kind in (False, True):
            mine = {k: ask.points for k, ask in asked.items() if ask.with_slopes is kind}
            if mine:
                values = answer(np.concatenate(list(mine.values())), kind)
                ends = np.cumsum([len(points) for points in mine.values()])
                parts |= zip(mine, np.split(values, ends[:-1]), strict=True)
        asked = {}
        for k, part in parts.items():
            try:
                asked[k] = climbs[k].send(part)
            except StopIteration as done:
                found[k] = done.value
    return [found[k] for k in range(len(climbs))]


def _climb(
    at: Array, known: Sequence[Mode], near: float, has_slopes: bool, polish: bool = True
) -> Climb:
    climber = _Climber(at, has_slopes)
    yield from climber.begin()
    if known:
        climber.scale_as(min(known, key=lambda mode: mode.distance(at)))
    else:
        bends = yield from climber.measure_axes()
        climber.inverse = np.diag(1 / np.maximum(np.abs(bends), 1.0))
    if not polish:
        yield from climber.follow(NEAR)
        bends = yield from climber.measure_axes()
        return Mode(climber.at, climber.height, np.diag(-bends), False, climber.count)
    for n_measures in range(MAX_MEASURES):
        before = climber.at
        mode = yield from climber.follow(CLOSE_ENOUGH, known, near)
        if mode is not None:
            return mode
        if climber.at is before and n_measures:
            break
        curvature = yield from climber.measure()
        if climber.rise < CLOSE_ENOUGH:
            break
    is_maximum = bool(climber.rise < CLOSE_ENOUGH and np.linalg.eigvalsh(curvature)[0] > 0)
    return Mode(climber.at, climber.height, curvature, is_maximum, climber.count)


class _Climber:
    """Where a climb stands, and what it knows of the density there.

    Parameters
    ----------
    at : ndarray, shape (d,)
    has_slopes : bool
        Are gradients sent with log densities, or found by differences of these.
    """

    def __init__(self, at: Array, has_slopes: bool) -> None:
        self.at, self.height, self.slope = at, -np.inf, np.zeros_like(at)
        self.inverse = np.eye(len(at))
        self.count, self._has_slopes = 0, has_slopes

    def begin(self) -> Generator[Ask, Array, None]:
        """Look at log density and gradient where the climb begins."""
        values = yield from self._look(np.zeros_like(self.at))
        self.height, self.slope = self._differences(self.at, values)

    @property
    def rise(self) -> float:
        """Rise of the log density that the slope promises of the next step."""
        return float(self.slope @ self.inverse @ self.slope)

    def scale_as(self, mode: Mode) -> None:
        """Scale steps by the curvature of a mode, which may be the one ahead."""
        self.inverse = mode.root @ mode.root.T

    def measure_axes(self) -> Generator[Ask, Array, Array]:
        """Second derivatives along the axes; 0 where a neighbour has no density."""
        d, steps = len(self.at), CURVATURE_STEP * np.array([1.0, -1.0, 2.0, -2.0])
        moves = steps[:, None, None] * np.eye(d)
        values = (yield Ask(self.at + moves.reshape(-1, d))).reshape(len(steps), d)
        self.count += values.size
        values = np.vstack([np.full(d, self.height), values])
        bends = FIVE_POINTS @ np.where(np.isfinite(values), values, np.nan)
        return np.nan_to_num(bends / CURVATURE_STEP**2)

    def measure(self) -> Generator[Ask, Array, Array]:
        """Measure the whole curvature, and scale steps by its absolute value."""
        measure = _curvature_from_slopes if self._has_slopes else _curvature
        curvature, n_points = yield from measure(self.at)
        self.count += n_points
        values, vectors = np.linalg.eigh(curvature)
        self.inverse = (vectors / np.maximum(np.abs(values), FLATTEST)) @ vectors.T
        return curvature

    def follow(
        self, enough: float, known: Sequence[Mode] = (), near: float = 0.0
    ) -> Generator[Ask, Array, Mode | None]:
        """Go up until no step is worth taking, or near to a known mode, which is returned."""
        for _ in range(MAX_STEPS):
            if self.rise < enough:
                break
            # Most steps of full length climb: the gradient at their end is asked for at once.
            direction = self.inverse @ self.slope
            step = _shorten(direction)
            values = yield from self._look(step)
            least = self.height + ENOUGH * self.slope @ step
            if not np.isfinite(values).all() or values[0] < least:
                best = yield from self._search_line(direction)
                if best is None:
                    break
                step = best
                values = yield from self._look(step)
            self._go(step, values)
            for mode in known:
                if mode.distance(self.at) < near:
                    return mode
        return None

    def _look(self, step: Array) -> Generator[Ask, Array, Array]:
        """What tells the gradient at the end of a step: it with its value, or values around it."""
        at = self.at + step
        values = yield Ask(at[None, :], True) if self._has_slopes else Ask(_stencil(at))
        self.count += len(values)
        return values.ravel()

    def _differences(self, at: Array, values: Array) -> tuple[float, Array]:
        """Value and gradient from what :meth:`_look` found."""
        if not np.isfinite(values).all():
            raise ValueError(f"the log posterior is not finite at {np.round(at, 3).tolist()}")
        if self._has_slopes:
            return float(values[0]), values[1:]
        up, down = values[1 : len(at) + 1], values[len(at) + 1 :]
        return float(values[0]), (up - down) / (2 * GRADIENT_STEP)

    def _go(self, step: Array, values: Array) -> None:
        """Take a step to where a look found these values."""
        before = self.slope
        self.at = self.at + step
        self.height, self.slope = self._differences(self.at, values)
        self.inverse = _update(self.inverse, step, before - self.slope)

    def _search_line(self, direction: Array) -> Generator[Ask, Array, Array | None]:
        """Best of several lengths along a direction; None when none climbs."""
        steps = STEP_LENGTHS[:, None] * _shorten(direction)
        values = yield Ask(self.at + steps)
        self.count += len(steps)
        values = np.where(np.isnan(values), -np.inf, values)
        best = int(np.argmax(values))
        return steps[best] if values[best] > self.height else None


def _shorten(direction: Array) -> Array:
    """A direction, cut to the longest step."""
    return direction * min(1.0, LONGEST_STEP / max(float(np.abs(direction).max()), 1e-300))


def _update(inverse: Array, step: Array, fall: Array) -> Array:
    """BFGS update of the inverse curvature; left as it is where the density is not concave."""
    product = float(step @ fall)
    if not np.isfinite(product) or product <= 1e-12:
        return inverse
    left = np.eye(len(step)) - np.outer(step, fall) / product
    return np.asarray(left @ inverse @ left.T + np.outer(step, step) / product)


def _stencil(at: Array) -> Array:
    """A point and its neighbours up and down along the axes, shape (2 d + 1, d)."""
    steps = GRADIENT_STEP * np.eye(len(at))
    return np.vstack([at[None, :], at + steps, at - steps])


def _curvature(at: Array) -> Generator[Ask, Array, tuple[Array, int]]:
    """Negative Hessian by central differences, shape (d, d), and how many points it took."""
    d, h = len(at), CURVATURE_STEP
    rows, columns = np.triu_indices(d)
    one, other = h * np.eye(d)[rows], h * np.eye(d)[columns]
    # On the diagonal this is the second difference with step 2 h.
    moves = np.concatenate([one + other, one - other, other - one, -one - other])
    values = (yield Ask(at + moves)).reshape(4, -1)
    second = (values[0] - values[1] - values[2] + values[3]) / (4 * h**2)
    curvature = np.zeros((d, d))
    curvature[rows, columns] = curvature[columns, rows] = -second
    return curvature, len(moves)


def _curvature_from_slopes(at: Array) -> Generator[Ask, Array, tuple[Array, int]]:
    """The same, by differences of gradients."""
    d = len(at)
    steps = CURVATURE_STEP * np.eye(d)
    slopes = (yield Ask(np.vstack([at + steps, at - steps]), True))[:, 1:]
    half = (slopes[d:] - slopes[:d]) / (4 * CURVATURE_STEP)
    return half + half.T, 2 * d
