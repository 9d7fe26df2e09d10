"""What a fit of several parts can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days
from analysis.base.columns import days_ahead, one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha, check_common_error, check_threshold
from analysis.base.weighted import weighted_moments, weighted_quantiles
from analysis.observations.frame import Observations
from analysis.observations.references import Reference, describe_reference, reference_weights
from analysis.parties.draws import (
    SEED,
    PartiesPosterior,
    PartyDraws,
    as_drawn,
    draw_parties,
)
from analysis.parties.gaussian import PARAM_NAMES
from analysis.parties.inputs import REST
from analysis.present import PartsResults, PredictionResults, choose_draws, parts_table

if TYPE_CHECKING:
    from analysis.present.summary import ResultsSummary

MAJORITY = 50.0
METHODS = {
    "full": "static house effects; scales integrated out (importance sampling)",
    "given": "static house effects; scales given by the caller, not estimated",
}


class PartiesResults(PartsResults):
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

    @property
    def observations(self) -> Observations:
        """Houses, sectors and days of the checked polls."""
        return self.posterior.design.polls.observations

    @property
    def answers(self) -> tuple[str, ...]:
        """The parts in the order the caller named them."""
        return self.posterior.design.polls.answers

    @property
    def parts(self) -> tuple[str, ...]:
        """The answers and the rest."""
        return (*self.answers, REST)

    @property
    def _printed(self) -> Array:
        return self.posterior.design.polls.shares

    def _named_params(self, alpha: float) -> pd.DataFrame:
        return self.hyperparameters(alpha).set_index("parameter").rename_axis(None)

    def _joint(self, n: int, rng: np.random.Generator | None) -> _JointDraws:
        chosen = choose_draws(n, len(self._draws.levels), rng)
        return _JointDraws(self._draws.take(chosen), self.parts)

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
    def _draws(self) -> PartyDraws:
        """Draws behind every number."""
        return draw_parties(self.posterior)

    def _shares(self, dates: Sequence[object], reference: Reference) -> Array:
        """Draws of all parts on some dates, shape (n_draws, n_dates, k + 1)."""
        return self._draws.on_days(_days_since(self.observations, dates), reference, rest=True)

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
        parts, shares = self.parts, self._shares(dates, reference)
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
        shares, at = self._shares([start, end], reference), self.parts.index(part)
        moved = shares[:, 1, at] - shares[:, 0, at]
        row = _summarise(moved[:, None], alpha).iloc[0]
        return pd.Series({**row, "prob_negative": float((moved < 0).mean())}, name="change")

    def prob_above(
        self, threshold: float, date: object, part: str, reference: Reference = "houses"
    ) -> float:
        """Probability that a part is above a threshold on a date."""
        self._check(part)
        least = check_threshold(threshold)
        shares = self._shares([date], reference)
        return float((shares[:, 0, self.parts.index(part)] > least).mean())

    def house_effects(
        self, part: str, reference: Reference = "houses", alpha: float = 0.05
    ) -> pd.DataFrame:
        """House effects on a part: house_id, sector, n_polls, mean, sd, lower, upper (points)."""
        self._check(part)
        obs = self.observations
        own = _whole(self._draws.houses)[:, :, self.parts.index(part)]
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
            When a coalition names a part that there is not, or one twice, or goes by the name of
            a part; when the threshold is no percentage or the common error no length.
        """
        threshold, common_error = check_threshold(threshold), check_common_error(common_error)
        groups = {name: [name] for name in self.answers} | {
            str(name): list(members) for name, members in (coalitions or {}).items()
        }
        for name, members in groups.items():
            if not members or set(members) - set(self.answers):
                cure = f"name some of {', '.join(self.answers)}"
                raise PollInputError(f"coalition {name!r} has {', '.join(members) or 'none'}", cure)
            if len(set(members)) < len(members):
                found = f"coalition {name!r} has {', '.join(members)}"
                raise PollInputError(found, "name each part once")
            if name in self.answers and members != [name]:
                cure = "give the coalition a name of its own"
                raise PollInputError(f"{name!r} is a part and a coalition", cure)
        shares = self._shares([date], reference)[:, 0, :-1]
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

    def get_prediction(
        self, new_polls: pd.DataFrame | None = None, part: str | None = None, alpha: float = 0.05
    ) -> PredictionResults:
        """Predictive distribution of polls not yet seen, of all parts at once.

        Parameters
        ----------
        new_polls : DataFrame, optional
            house_id, start_date, end_date, sample_size; a house without polls needs its sector
            when the model has sectors.  Without it another poll like each of those fitted.
        part : str, optional
            One of ``parts``; all by default.
        alpha : float
            Of the intervals, where none is named later.

        Returns
        -------
        PredictionResults
            ``summary_frame()`` has poll_id (where given), house_id, mid_date, part, mean, sd,
            lower, upper (percent), with the index of ``new_polls``, repeated for each part.
        """
        self._check(part)
        polls = self.observations.polls if new_polls is None else new_polls
        keys, shares = self._draws.predict(polls)
        wanted = self.parts if part is None else (part,)
        at = slice(None) if part is None else [self.parts.index(part)]
        told = keys.loc[keys.index.repeat(len(wanted))].assign(part=list(wanted) * len(keys))
        return PredictionResults(told, as_drawn(shares[:, :, at]), check_alpha(alpha))

    def get_forecast(
        self,
        steps: object = 1,
        reference: Reference = "houses",
        part: str | None = None,
        alpha: float = 0.05,
    ) -> PredictionResults:
        """Level of all parts on the days after the last poll, as the walk goes on.

        Parameters
        ----------
        steps : int or date
            Days after the last mid-field date, or the last day to forecast.
        reference : str or mapping of house_id to weight
        part : str, optional
            One of ``parts``; all by default.
        alpha : float
            Of the intervals, where none is named later.

        Returns
        -------
        PredictionResults
            By date, and part.  With the error that all polls share see :meth:`election`.
        """
        self._check(part)
        dates = days_ahead(self.observations.last_date, steps)
        wanted = self.parts if part is None else (part,)
        at = [self.parts.index(name) for name in wanted]
        shares = self._shares(list(dates), reference)[:, :, at]
        stamps = pd.DatetimeIndex(dates.astype("datetime64[s]").repeat(len(wanted)), name="date")
        keys = pd.DataFrame({"part": list(wanted) * len(dates)}, index=stamps)
        return PredictionResults(keys, as_drawn(shares), check_alpha(alpha))

    def residuals(self) -> pd.DataFrame:
        """Distance of each printed share from the level as its house measures it.

        Returns
        -------
        DataFrame
            poll_id (where given), house_id, mid_date, part, share_pct, fitted (percent), residual
            (points) and standardised (over the sd of the share's error): a row for each part
            that a poll printed.
        """
        data, draws = self.posterior.design.polls, self._draws
        excess = (draws.scales[:, 1] ** 2).mean() * np.diag(data.shape)
        variance = np.diagonal(data.sampling, axis1=1, axis2=2) + data.rounding + excess
        fitted = draws.mean_at_polls()
        polls = self.observations.polls
        named = [name for name in ("poll_id", "house_id", "mid_date") if name in polls]
        frames = [
            polls[named].assign(
                part=name,
                share_pct=data.shares[:, k],
                fitted=fitted[:, k],
                residual=data.shares[:, k] - fitted[:, k],
                standardised=(data.shares[:, k] - fitted[:, k]) / np.sqrt(variance[:, k]),
            )
            for k, name in enumerate(self.answers)
        ]
        table: pd.DataFrame = pd.concat(frames).sort_index(kind="stable")
        return table.dropna(subset="share_pct").reset_index(drop=True)

    def summary(self, reference: Reference = "houses", alpha: float = 0.05) -> ResultsSummary:
        """Summary that names parts, reference and method; the same on every run.

        Returns
        -------
        ResultsSummary
            A ``Summary`` of statsmodels: printed it is text; ``as_html``, ``as_latex`` and
            ``as_csv`` give the same tables.
        """
        # Here and not above: statsmodels takes a second to import, and a fit does not need it.
        from analysis.present.summary import SummaryTable, lay_out

        obs, found = self.observations, self.diagnostics()
        ends = [str(obs.first_date), str(obs.last_date)]
        levels = self._table(ends, reference, alpha)
        counted = (
            f"{found['n_polls']} of {found['n_houses']} houses, {ends[0]} to {ends[1]}; "
            f"{found['n_partial']} lack a part"
        )
        fields = [
            ("Parts", f"{', '.join(self.answers)}, and {REST}: what they leave of 100"),
            ("Method", METHODS[self.posterior.method]),
            ("Polls", counted),
            ("Reference", describe_reference(obs, reference)),
            ("Band", f"{100 * (1 - alpha):g}%; without an error that all houses share"),
        ]
        tables = [
            SummaryTable("Levels, percent", levels, 2),
            SummaryTable("Scales of a part of one half", self.hyperparameters(alpha), 3),
        ]
        for name in self.answers:
            title = f"House effects on {name}, points from the reference"
            tables.append(SummaryTable(title, self.house_effects(name, reference, alpha), 2))
        return lay_out("PartiesTrend", fields, tables, found["warnings"])

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
            "n_draws": len(self._draws.levels),
            **posterior.details,
            "warnings": [*obs.notes, *posterior.warnings],
        }

    def _check(self, part: str | None) -> None:
        """Refuse a part that there is not."""
        if part is not None and part not in self.parts:
            cure = f"use one of {', '.join(self.parts)}"
            raise PollInputError(f"part {part!r} is not known", cure)


@dataclass(frozen=True, eq=False)
class _JointDraws:
    """Some of the draws, as tables."""

    drawn: PartyDraws
    parts: tuple[str, ...]

    def params(self) -> pd.DataFrame:
        return pd.DataFrame(self.drawn.scales, columns=pd.Index(PARAM_NAMES, name="parameter"))

    def level(self, dates: np.ndarray[Any, Any], reference: Reference) -> pd.DataFrame:
        days = _days_since(self.drawn.design.polls.observations, list(dates))
        stamps = pd.DatetimeIndex(dates.astype("datetime64[s]"))
        level = self.drawn.on_days(days, reference, rest=True)
        return parts_table(level, stamps, self.parts, ("date", "part"))

    def house_effects(self, reference: Reference) -> pd.DataFrame:
        obs, whole = self.drawn.design.polls.observations, _whole(self.drawn.houses)
        mean = np.einsum("h,nhk->nk", reference_weights(obs, reference), whole)
        houses = pd.Index(obs.houses)
        return parts_table(whole - mean[:, None], houses, self.parts, ("house_id", "part"))

    def simulate(self, rng: np.random.Generator | None) -> Array:
        return self.drawn.simulate(np.random.default_rng(SEED + 4) if rng is None else rng)

    def log_likelihood(self) -> Array:
        return self.drawn.log_likelihood()


def _days_since(obs: Observations, dates: Sequence[object]) -> Days:
    """Days since the first poll, in order."""
    chosen = np.array([one_date(date, "date") for date in dates], dtype="datetime64[D]")
    days = obs.days_of(chosen)
    if (np.diff(days) < 0).any() or (len(days) and days[0] < 0):
        raise PollInputError(
            "the dates are not in order, or lie before the first poll",
            f"give dates from {obs.first_date} on, in order",
        )
    return days


def _whole(houses: Array) -> Array:
    """House effects on the answers and on the rest, which loses what they gain."""
    return np.concatenate([houses, -houses.sum(axis=-1, keepdims=True)], axis=-1)


def _summarise(draws: Array, alpha: float) -> pd.DataFrame:
    """Columns mean, sd, lower, upper of draws, shape (n_draws, n)."""
    lower, upper = np.quantile(draws, [check_alpha(alpha) / 2, 1 - alpha / 2], axis=0)
    return pd.DataFrame(
        {"mean": draws.mean(axis=0), "sd": draws.std(axis=0), "lower": lower, "upper": upper}
    )
