"""Do a house's polls scatter more than chance, or less: the ratio to their sampling variance.

Less than chance is as telling as more: weighting to past answers, smoothing or selection can make
polls more alike than samples of their size can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.evaluate.backtest import published_model
from analysis.evaluate.runner import Runner
from analysis.evaluate.simulation import simulate_polls
from analysis.trend import PollTrend

# Of so many polls a house's scatter is told; fewer say nothing.
FEWEST_POLLS = 4
# True ratios at which the power is told.
UNDER, OVER = 0.25, 4.0
ALPHA = 0.05
# Draws behind each probability, and the true ratios among which the interval is sought.
N_DRAWS, SEED = 4000, 20220224
RATIOS = np.array([0.0, *np.geomspace(0.01, 10_000.0, 301)])
FEW = f"fewer than {FEWEST_POLLS} polls"
# The level and the other houses alone move residuals, and so much at least was to be seen.
STILL = "no ratio explains them: polls without any error would be less alike"
COLUMNS = (
    "house_id",
    "sector",
    "n_polls",
    "ratio",
    "ratio_lower",
    "ratio_upper",
    "p_under",
    "p_over",
    "power_under_pct",
    "power_over_pct",
    "note",
)


@dataclass(frozen=True, eq=False)
class _House:
    """The residuals of one house, and what they are made of.

    Parameters
    ----------
    residual : ndarray, shape (n_own,)
    known : ndarray, shape (n_own,)
        Variance of each poll by sampling and rounding.
    own : ndarray, shape (n_own, n_own)
        Residuals by errors of the house itself: ``own @ errors``.
    rest : ndarray, shape (n_own, n_own)
        Covariance of what the level, the houses and the errors of others add.
    """

    residual: Array
    known: Array
    own: Array
    rest: Array

    @cached_property
    def draws(self) -> tuple[Array, Array]:
        """Both parts drawn, shape (n_own, N_DRAWS) each, that of its own errors at ratio 1."""
        rng = np.random.default_rng(SEED)
        values, vectors = np.linalg.eigh(self.rest)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        shape = (len(self.known), N_DRAWS)
        errors = np.sqrt(self.known)[:, None] * rng.standard_normal(shape)
        return root @ rng.standard_normal(shape), self.own @ errors

    def statistic(self, residuals: Array) -> Array:
        """Mean square over the sampling variance; one for each column."""
        return np.asarray((residuals**2 / self.known[:, None]).mean(axis=0))

    def simulate(self, ratio: float) -> Array:
        """The statistic where the variance is so many times that of sampling, (N_DRAWS,)."""
        rest, own = self.draws
        return self.statistic(rest + np.sqrt(ratio) * own)

    @property
    def seen(self) -> float:
        """The statistic of the polls themselves."""
        return float(self.statistic(self.residual[:, None])[0])

    def test(self) -> dict[str, float]:
        """Ratio by moments, its interval, both p values, and the power of the test."""
        rest = float((self.rest.diagonal() / self.known).mean())
        mine = float(((self.own**2 @ self.known) / self.known).mean())
        chance = self.simulate(1.0)
        low, high = np.quantile(chance, [ALPHA / 2, 1 - ALPHA / 2])
        held = [r for r in RATIOS if self._holds(r)]
        return {
            "ratio": max(0.0, (self.seen - rest) / mine),
            "ratio_lower": float(held[0]) if held else np.nan,
            "ratio_upper": float(held[-1]) if held else np.nan,
            "p_under": float((chance <= self.seen).mean()),
            "p_over": float((chance >= self.seen).mean()),
            "power_under_pct": 100 * float((self.simulate(UNDER) < low).mean()),
            "power_over_pct": 100 * float((self.simulate(OVER) > high).mean()),
        }

    def _holds(self, ratio: float) -> bool:
        """Is what was seen among the central draws at this ratio."""
        low, high = np.quantile(self.simulate(ratio), [ALPHA / 2, 1 - ALPHA / 2])
        return bool(low <= self.seen <= high)


def dispersion_by_house(obs: pd.DataFrame) -> pd.DataFrame:
    """Compare the scatter of each house's polls with that of samples of their size.

    Parameters
    ----------
    obs : DataFrame
        Polls as :class:`~analysis.trend.model.PollTrend` takes them, with design effects where
        they are known: without, samples are taken as simple random ones.

    Returns
    -------
    DataFrame
        One row per house: house_id, sector, n_polls, ratio (variance of its polls around the
        level as it measures it, over that of sampling and rounding; below 1 is less than
        chance), ratio_lower and ratio_upper (95% interval; NaN, with a note, where the polls are
        more alike than any ratio makes them), p_under and p_over (probability of so
        little or so much scatter at a ratio of 1), power_under_pct and power_over_pct (how
        often a true ratio of 0.25, or of 4, would be found at 5%, both sides together), note.

    Raises
    ------
    PollInputError
        For polls that cannot be used.

    Notes
    -----
    The published model is fitted to all polls, and its hyperparameters are plugged in.  The
    residuals are linear in the polls, so what sampling, the level, the drift and the errors of
    other houses make of them is exact: for covariance K of the polls and V of their errors they
    are ``V K^-1 (y - mean)``.  A ratio is the method of moments, interval and p values come from
    draws.  A drift faster than the model's, or a design effect that is not known, counts as
    scatter.

    See Also
    --------
    check_dispersion : how often the test errs when the hyperparameters are estimated.

    Examples
    --------
    >>> days = pd.date_range("2022-03-01", periods=8, freq="MS")
    >>> obs = pd.DataFrame({
    ...     "house_id": "a", "start_date": days, "end_date": days, "sample_size": 400,
    ...     "share_pct": 60.0, "decimals": 1,
    ... })
    >>> bool(dispersion_by_house(obs)["p_under"].iloc[0] < 0.025)  # eight times the same
    True
    """
    model = published_model(obs)
    observations, params = model.observations, plug_in(model)
    rows: list[dict[str, Any]] = []
    for k, (house, sector) in enumerate(
        zip(observations.houses, observations.house_sector, strict=True)
    ):
        n_polls = int((observations.house_of_poll == k).sum())
        row = {"house_id": house, "sector": sector, "n_polls": n_polls, "note": FEW}
        if n_polls >= FEWEST_POLLS:
            told = take_house(model, params, k).test()
            row |= {**told, "note": STILL if np.isnan(told["ratio_lower"]) else ""}
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def plug_in(model: PollTrend) -> list[float]:
    """Posterior means of the hyperparameters, in the order of their names."""
    params = model.fit().params
    return [params[name] for name in model.param_names]


def take_house(model: PollTrend, params: list[float], house: int) -> _House:
    """Residuals of a house at given hyperparameters, from the answer to a unit in each poll."""
    error, total = model.smooth(params).fitted.errors
    own = np.flatnonzero(model.design.house == house)
    response = model.design.response
    # Columns of V K^-1; K^-1 is symmetric, so they give the rows of the house too.
    columns = np.zeros((len(response), len(own)))
    for j, poll in enumerate(own):
        moved = response.copy()
        moved[poll] += 1.0
        columns[:, j] = model.with_response(moved).smooth(params).fitted.errors[0] - error
    rows = (columns / total[:, None]).T * total[own, None]
    whole = rows[:, own] * total[own]  # covariance of the residuals, by the model
    mine = (rows[:, own] * total[own]) @ rows[:, own].T
    known = model.design.known_variance[own]
    return _House(error[own], known, rows[:, own], whole - mine)


@dataclass(frozen=True, eq=False)
class _Task:
    """A set of polls to be drawn, in which one house has no excess error."""

    model: PollTrend
    params: list[float]
    house: int
    seed: tuple[int, int]


def check_dispersion(
    obs: pd.DataFrame, n_sets: int = 100, seed: int = SEED, *, runner: Runner | None = None
) -> pd.DataFrame:
    """Count false alarms: polls of a house that scatter as samples do, all fitted anew.

    Parameters
    ----------
    obs : DataFrame
        Their days, houses and sizes are kept; shares are drawn from the published model, at the
        hyperparameters fitted to them.
    n_sets : int
        Sets of polls for each house.
    seed : int
    runner : Runner, optional
        Where the fits run; results hang on the seed alone.

    Returns
    -------
    DataFrame
        house_id, n_sets, false_under_pct, false_over_pct: how often the test of
        :func:`dispersion_by_house` found less, or more, scatter than by chance where there was
        neither; 2.5 each when it is honest.

    Raises
    ------
    PollInputError
        When no house has enough polls.
    """
    model = published_model(obs)
    counts = np.bincount(model.observations.house_of_poll)
    houses = np.flatnonzero(counts >= FEWEST_POLLS)
    if not len(houses):
        cure = f"give at least {FEWEST_POLLS} polls of a house"
        raise PollInputError(f"each house has {FEW}", cure)
    params = plug_in(model)
    pairs = [(int(house), k) for house in houses for k in range(n_sets)]
    tasks = [_Task(model, params, house, (seed + house, k)) for house, k in pairs]
    found = (runner or Runner()).run(draw_and_test, tasks, "simulated sets of polls")
    names = np.array(model.observations.houses, dtype=object)
    table = pd.DataFrame(found, columns=["p_under", "p_over"])
    table["house_id"] = [names[task.house] for task in tasks]
    rows = []
    for house, own in table.groupby("house_id", sort=True):
        rates = {s: 100 * float((own[f"p_{s}"] < ALPHA / 2).mean()) for s in ("under", "over")}
        false = {f"false_{side}_pct": rate for side, rate in rates.items()}
        rows.append({"house_id": house, "n_sets": n_sets, **false})
    return pd.DataFrame(rows)


def draw_and_test(task: _Task) -> tuple[float, float]:
    """Draw a set of polls, fit it, and test the house whose polls have no excess error."""
    model = task.model
    params = dict(zip(model.param_names, task.params, strict=True))
    rng = np.random.default_rng(task.seed)
    drawn = simulate_polls(model, rng, params)
    own = model.design.house == task.house
    known = model.design.known_variance[own]
    # Its errors, drawn with the excess of the model, shrink to those of sampling alone.
    shrink = np.sqrt(known / model.error_variance(params)[own])
    response = drawn.response.copy()
    response[own] -= (1 - shrink) * (drawn.response - drawn.expected)[own]
    again = model.with_response(response)
    tested = take_house(again, plug_in(again), task.house).test()
    return tested["p_under"], tested["p_over"]
