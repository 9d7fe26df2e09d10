"""What a fit of several parts can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days, on_one_thread
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.base.references import Reference, reference_weights
from analysis.base.weighted import weighted_moments, weighted_quantiles
from analysis.parties.gaussian import PARAM_NAMES, Given, PartiesDesign
from analysis.parties.inputs import REST

SEED = 20220226
# Draws of levels: a multiple of the sets of scales.
N_DRAWS = 1024
MAJORITY = 50.0


@dataclass(frozen=True, eq=False)
class PartiesPosterior:
    """Weighted sets of scales, and those that are drawn from.

    Parameters
    ----------
    design : PartiesDesign
    sets : ndarray, shape (n, 3)
    weights : ndarray, shape (n,)
    drawn : ndarray, shape (m, 3)
    counts : ndarray of int, shape (m,)
        How often each of these counts.
    method : str
        ``"full"`` or ``"given"``.
    details : dict
        How the sampling of the scales went.
    warnings : tuple of str
    """

    design: PartiesDesign
    sets: Array
    weights: Array
    drawn: Array
    counts: Days
    method: str
    details: Mapping[str, float]
    warnings: tuple[str, ...]


class PartiesResults:
    """Posterior of a :class:`~analysis.parties.model.PartiesTrend`, made by its ``fit``.

    Numbers come from one set of draws, the same on every run.

    Attributes
    ----------
    posterior : PartiesPosterior
    observations : Observations
    answers : tuple of str
    parts : tuple of str
        The answers and the rest.
    """

    def __init__(self, posterior: PartiesPosterior) -> None:
        self.posterior = posterior
        self.observations = posterior.design.polls.observations
        self.answers = posterior.design.polls.answers
        self.parts = (*self.answers, REST)

    @property
    def params(self) -> pd.Series[float]:
        """Posterior means of the scales, or those given, of a part of one half."""
        table = self.hyperparameters().set_index("parameter")["mean"]
        return table.rename_axis(None).rename("params")

    @property
    def bse(self) -> pd.Series[float]:
        """Posterior standard deviations of the scales."""
        table = self.hyperparameters().set_index("parameter")["sd"]
        return table.rename_axis(None).rename("bse")

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Intervals of the scales: lower, upper."""
        table = self.hyperparameters(alpha).set_index("parameter").rename_axis(None)
        return table[["lower", "upper"]]

    def hyperparameters(self, alpha: float = 0.05) -> pd.DataFrame:
        """Posterior of the scales: parameter, mean, sd, lower, upper, unit."""
        ends = [check_alpha(alpha) / 2, 1 - alpha / 2]
        rows = []
        for name, values in zip(PARAM_NAMES, self.posterior.sets.T, strict=True):
            mean, sd = weighted_moments(values, self.posterior.weights)
            lower, upper = weighted_quantiles(values, self.posterior.weights, ends)
            unit = "points per root day" if name == "tau" else "points"
            rows.append((name, mean, sd, float(lower), float(upper), unit))
        return pd.DataFrame(rows, columns=["parameter", "mean", "sd", "lower", "upper", "unit"])

    @cached_property
    def _draws(self) -> tuple[Array, Array, Array]:
        """Levels (n, n_knots, k), house effects (n, n_houses, k), and tau (n,)."""
        return self._draw()

    @on_one_thread
    def _draw(self) -> tuple[Array, Array, Array]:
        posterior, rng = self.posterior, np.random.default_rng(SEED)
        each = N_DRAWS // int(posterior.counts.sum())
        levels, houses = [], []
        for params, count in zip(posterior.drawn, posterior.counts, strict=True):
            drawn = Given(posterior.design, params).draw(int(count) * each, rng)
            levels.append(drawn[0])
            houses.append(drawn[1])
        tau = np.repeat(posterior.drawn[:, 0], posterior.counts * each)
        return np.concatenate(levels), np.concatenate(houses), tau

    def draws(
        self, dates: Sequence[object], reference: Reference = "houses"
    ) -> tuple[pd.Index[Any], Array]:
        """Draws of all parts on some dates.

        Parameters
        ----------
        dates : sequence of dates
            In order of time, not before the first mid-field date.
        reference : str or mapping of house_id to weight
            As in :meth:`analysis.trend.results.PollTrendResults.trend`.

        Returns
        -------
        parts : Index
            The answers and the rest.
        shares : ndarray, shape (n_draws, n_dates, k + 1)
            Percent; small parts may lie below 0 by the error of a normal distribution.
        """
        chosen = np.array([one_date(date, "date") for date in dates], dtype="datetime64[D]")
        days = self.observations.days_of(chosen)
        if (np.diff(days) < 0).any() or (len(days) and days[0] < 0):
            raise PollInputError(
                "the dates are not in order, or lie before the first poll",
                f"give dates from {self.observations.first_date} on, in order",
            )
        shares = self._on_days(days, reference)
        rest = 100 - shares.sum(axis=-1, keepdims=True)
        return pd.Index(self.parts, name="part"), np.concatenate([shares, rest], axis=-1)

    def _on_days(self, days: Days, reference: Reference) -> Array:
        """Levels of the answers on days, (n_draws, n_days, k): bridges, and walks beyond."""
        levels, houses, tau = self._draws
        design = self.posterior.design
        weights = reference_weights(self.observations, reference)
        knots, root = design.knots, np.linalg.cholesky(design.shape)
        rng = np.random.default_rng(SEED + 1)
        found = np.zeros((len(levels), len(days), design.n_parts))
        at, value = int(knots[0]), levels[:, 0]
        for i, day in enumerate(days):
            left = int(np.searchsorted(knots, day, "right")) - 1
            if knots[left] >= at:
                at, value = int(knots[left]), levels[:, left]
            if day > at:
                done = float(day - at)
                if left + 1 < len(knots):
                    gap = float(knots[left + 1] - at)
                    value = value + done / gap * (levels[:, left + 1] - value)
                    done *= (gap - done) / gap
                step = rng.standard_normal(value.shape) @ root.T
                value = value + (np.sqrt(done) * tau)[:, None] * step
                at = int(day)
            found[:, i] = value
        return np.asarray(found + np.einsum("h,nhk->nk", weights, houses)[:, None, :])

    def trend(
        self, part: str | None = None, reference: Reference = "houses", alpha: float = 0.05
    ) -> pd.DataFrame:
        """Daily shares.

        Parameters
        ----------
        part : str, optional
            One of ``parts``; all by default.
        reference : str or mapping of house_id to weight
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        DataFrame
            date, part, mean, sd, lower, upper (percent); on each day the means add up to 100.
        """
        self._check(part)
        obs = self.observations
        dates = np.arange(obs.first_date, obs.last_date + np.timedelta64(1, "D"))
        tables = []
        for start in range(0, len(dates), 256):
            some = dates[start : start + 256]
            tables.append(self._table(list(some), reference, alpha))
        table = pd.concat(tables, ignore_index=True)
        return table if part is None else table[table["part"] == part].reset_index(drop=True)

    def _table(self, dates: list[Any], reference: Reference, alpha: float) -> pd.DataFrame:
        parts, shares = self.draws(dates, reference)
        stamps = np.repeat(np.array(dates, dtype="datetime64[s]"), len(parts))
        frame = _summarise(shares.reshape(len(shares), -1), alpha)
        frame.insert(0, "date", stamps)
        frame.insert(1, "part", list(parts) * len(dates))
        return frame

    def change(
        self,
        start: object,
        end: object,
        part: str,
        alpha: float = 0.05,
        reference: Reference = "houses",
    ) -> pd.Series[Any]:
        """Change of a part between two dates: mean, sd, lower, upper (points), prob_negative."""
        self._check(part)
        parts, shares = self.draws([start, end], reference)
        moved = shares[:, 1, parts.get_loc(part)] - shares[:, 0, parts.get_loc(part)]
        row = _summarise(moved[:, None], alpha).iloc[0]
        return pd.Series({**row, "prob_negative": float((moved < 0).mean())}, name="change")

    def prob_above(
        self, threshold: float, date: object, part: str, reference: Reference = "houses"
    ) -> float:
        """Probability that a part is above a threshold on a date."""
        self._check(part)
        parts, shares = self.draws([date], reference)
        return float((shares[:, 0, parts.get_loc(part)] > threshold).mean())

    def house_effects(
        self, part: str, reference: Reference = "houses", alpha: float = 0.05
    ) -> pd.DataFrame:
        """House effects on a part: house_id, sector, n_polls, mean, sd, lower, upper (points)."""
        self._check(part)
        obs, houses = self.observations, self._draws[1]
        whole = np.concatenate([houses, -houses.sum(axis=-1, keepdims=True)], axis=-1)
        own = whole[:, :, self.parts.index(part)]
        frame = _summarise(own - (own @ reference_weights(obs, reference))[:, None], alpha)
        frame.insert(0, "house_id", list(obs.houses))
        frame.insert(1, "sector", list(obs.house_sector))
        counts = np.bincount(obs.house_of_poll, minlength=len(obs.houses))
        frame.insert(2, "n_polls", counts)
        return frame

    def election(
        self,
        date: object,
        *,
        threshold: float = 0.0,
        coalitions: Mapping[str, Sequence[str]] | None = None,
        reference: Reference = "houses",
        common_error: float = 2.4,
        alpha: float = 0.05,
    ) -> pd.DataFrame:
        """Forecast an election.

        Parameters
        ----------
        date : date
            Election day; the walk goes on until then.
        threshold : float
            Share of the vote, percent, below which a part has no seats; the rest never has.
        coalitions : mapping of str to sequence of parts, optional
            Each part is one of its own, too.
        reference : str or mapping of house_id to weight
        common_error : float
            Standard deviation, at one half, of an error that all polls share (points), in
            proportion to ``sqrt(p (100 - p))``; polls never identify it.
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        DataFrame
            name, mean, sd, lower, upper (percent of votes), prob_in (that all its parts pass the
            threshold) and prob_majority: that its parts above the threshold have more than half
            of the votes of all parts above it.

        Raises
        ------
        PollInputError
            When a coalition names a part that there is not.
        """
        groups = {name: [name] for name in self.answers} | {
            str(name): list(members) for name, members in (coalitions or {}).items()
        }
        for name, members in groups.items():
            if not members or set(members) - set(self.answers):
                cure = f"name some of {', '.join(self.answers)}"
                raise PollInputError(f"coalition {name!r} has {', '.join(members) or 'none'}", cure)
        shares = self.draws([date], reference)[1][:, 0, :-1]
        rng = np.random.default_rng(SEED + 2)
        root = np.linalg.cholesky(self.posterior.design.shape)
        shares = shares + common_error * rng.standard_normal(shares.shape) @ root.T
        shares = np.clip(shares, 0.0, 100.0)
        seated = np.where(shares >= threshold, shares, 0.0)
        total = seated.sum(axis=1)
        rows = []
        for name, members in groups.items():
            own = [self.answers.index(member) for member in members]
            row = _summarise(shares[:, own].sum(axis=1)[:, None], alpha).iloc[0]
            majority = seated[:, own].sum(axis=1) > MAJORITY / 100 * total
            passed = (shares[:, own] >= threshold).all(axis=1)
            rows.append(
                {
                    "name": name,
                    **row,
                    "prob_in": float(passed.mean()),
                    "prob_majority": float(majority.mean()),
                }
            )
        return pd.DataFrame(rows)

    def diagnostics(self) -> dict[str, Any]:
        """Report how the fit went; ``warnings`` lists what must not go unread."""
        obs, posterior = self.observations, self.posterior
        printed = ~np.isnan(posterior.design.polls.shares)
        return {
            "method": posterior.method,
            "is_converged": not posterior.warnings,
            "n_polls": len(printed),
            "n_partial": int((~printed.all(axis=1)).sum()),
            "n_houses": len(obs.houses),
            **posterior.details,
            "warnings": [*obs.notes, *posterior.warnings],
        }

    def _check(self, part: str | None) -> None:
        """Refuse a part that there is not."""
        if part is not None and part not in self.parts:
            cure = f"use one of {', '.join(self.parts)}"
            raise PollInputError(f"part {part!r} is not known", cure)


def _summarise(draws: Array, alpha: float) -> pd.DataFrame:
    """Columns mean, sd, lower, upper of draws, shape (n_draws, n)."""
    lower, upper = np.quantile(draws, [check_alpha(alpha) / 2, 1 - alpha / 2], axis=0)
    return pd.DataFrame(
        {"mean": draws.mean(axis=0), "sd": draws.std(axis=0), "lower": lower, "upper": upper}
    )
