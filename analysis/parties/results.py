"""What a fit of several parts can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days
from analysis.base.columns import days_ahead, one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.base.references import Reference, describe_reference, reference_weights
from analysis.base.weighted import weighted_moments, weighted_quantiles
from analysis.parties.draws import (
    N_DRAWS,
    SEED,
    PartiesPosterior,
    PartyDraws,
    as_drawn,
    draw_parties,
    with_rest,
)
from analysis.parties.gaussian import PARAM_NAMES
from analysis.parties.inputs import REST
from analysis.present import (
    PartsDraws,
    PredictionResults,
    make_inference_data,
    plots,
    refuse_door,
)

if TYPE_CHECKING:
    from analysis.present.plots import Axes
    from analysis.present.summary import ResultsSummary

MAJORITY = 50.0
METHODS = {
    "full": "static house effects; scales integrated out (importance sampling)",
    "given": "static house effects; scales given by the caller, not estimated",
}


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
    def _draws(self) -> PartyDraws:
        """Draws behind every number."""
        return draw_parties(self.posterior)

    def draws(
        self,
        n: int = N_DRAWS,
        rng: np.random.Generator | None = None,
        reference: Reference = "houses",
        dates: Sequence[object] | None = None,
    ) -> PartsDraws:
        """Joint draws of scales, levels and house effects.

        Parameters
        ----------
        n : int
            At most 1024, those behind every table.
        rng : numpy Generator, optional
            Chooses which of them; without it the first.
        reference : str or mapping of house_id to weight
            As in :meth:`analysis.trend.results.PollTrendResults.trend`.
        dates : sequence of dates, optional
            Days of the level, in order of time, not before the first mid-field date; daily by
            default.

        Returns
        -------
        PartsDraws
            Percent; small parts may lie below 0 by the error of a normal distribution.

        Examples
        --------
        How likely did red lead blue all the time:

        >>> from analysis.parties import PartiesTrend
        >>> obs = pd.DataFrame({
        ...     "house_id": ["a", "b", "a", "b"], "sample_size": 1600,
        ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
        ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
        ...     "red_pct": [40, 42, 41, 44], "blue_pct": [30, 29, 31, 27],
        ...     "green_pct": [9, 8, None, 9],
        ... })
        >>> level = PartiesTrend(obs, ("red", "blue", "green")).fit().draws(256).level
        >>> lead = level.xs("red", axis=1, level="part") > level.xs("blue", axis=1, level="part")
        >>> bool(lead.all(axis=1).mean() > 0.5)
        True
        """
        draws = self._choose(n, rng)
        obs = self.observations
        if dates is None:
            dates = list(np.arange(obs.first_date, obs.last_date + np.timedelta64(1, "D")))
        days = self._days(dates)
        stamps = pd.DatetimeIndex((obs.first_date + days).astype("datetime64[s]"))
        level = with_rest(draws.on_days(days, reference))
        whole = _whole(draws.houses)
        away = whole - np.einsum("h,nhk->nk", reference_weights(obs, reference), whole)[:, None]
        return PartsDraws(
            pd.DataFrame(draws.scales, columns=pd.Index(PARAM_NAMES, name="parameter")),
            self._frame(level, stamps, "date"),
            self._frame(away, pd.Index(obs.houses), "house_id"),
        )

    def _choose(self, n: int, rng: np.random.Generator | None) -> PartyDraws:
        """Some of the draws."""
        most = len(self._draws.levels)
        if not 1 <= n <= most or int(n) != n:
            raise PollInputError(f"n is {n!r}", f"give a whole number of draws, 1 to {most}")
        if n == most:
            return self._draws
        # Draws of one set of scales stand side by side: every so many of them.
        order = np.arange(most) if rng is None else rng.permutation(most)
        return self._draws.take(order[np.arange(n) * most // n])

    def _frame(self, values: Array, first: pd.Index[Any], name: str) -> pd.DataFrame:
        """Draws (n, n_first, n_parts) as a table with two levels of columns."""
        columns = pd.MultiIndex.from_product([first, self.parts], names=[name, "part"])
        return pd.DataFrame(values.reshape(len(values), -1), columns=columns).rename_axis("draw")

    def simulate(self, n: int = 500, rng: np.random.Generator | None = None) -> pd.DataFrame:
        """Shares that the same polls might have printed: the posterior predictive.

        Parameters
        ----------
        n : int
            At most 1024.
        rng : numpy Generator, optional
            Without it the same polls on every call.

        Returns
        -------
        DataFrame, shape (n, n_polls * n_answers)
            Percent, by poll and answer; empty where the poll did not print it.
        """
        rng = np.random.default_rng(SEED + 4) if rng is None else rng
        values = self._choose(n, rng).simulate(rng)
        columns = pd.MultiIndex.from_product(
            [self._poll_names(), self.answers], names=["poll", "answer"]
        )
        return pd.DataFrame(values.reshape(n, -1), columns=columns).rename_axis("draw")

    def _poll_names(self) -> pd.Index[Any]:
        polls = self.observations.polls
        names: pd.Index[Any] = pd.Index(polls.get("poll_id", polls.index), name="poll")
        return names

    def to_inference_data(self, n: int = 500, rng: np.random.Generator | None = None) -> Any:
        """Draws as ArviZ knows them; needs the library arviz.

        Parameters
        ----------
        n, rng
            As in :meth:`simulate`.

        Returns
        -------
        arviz.InferenceData
            posterior (scales, level by date and part, house_effect by house_id and part),
            posterior_predictive and observed_data (share_pct by poll and answer), log_likelihood
            (poll_density: of all that a poll printed).

        Raises
        ------
        ImportError
            Without arviz, saying how to install it.
        """
        rng = np.random.default_rng(SEED + 4) if rng is None else rng
        state = rng.bit_generator.state
        drawn = self.draws(n, rng)
        rng.bit_generator.state = state
        replicates = self.simulate(n, rng)
        rng.bit_generator.state = state
        density = pd.DataFrame(self._choose(n, rng).log_likelihood(), columns=self._poll_names())
        return make_inference_data(
            params=drawn.params,
            posterior={"level": drawn.level, "house_effect": drawn.house_effects},
            replicates=replicates,
            log_likelihood=density,
            observed=self.posterior.design.polls.shares,
        )

    def _days(self, dates: Sequence[object]) -> Days:
        """Days since the first poll, in order."""
        chosen = np.array([one_date(date, "date") for date in dates], dtype="datetime64[D]")
        days = self.observations.days_of(chosen)
        if (np.diff(days) < 0).any() or (len(days) and days[0] < 0):
            raise PollInputError(
                "the dates are not in order, or lie before the first poll",
                f"give dates from {self.observations.first_date} on, in order",
            )
        return days

    def _shares(self, dates: Sequence[object], reference: Reference) -> Array:
        """Draws of all parts on some dates, shape (n_draws, n_dates, k + 1)."""
        return with_rest(self._draws.on_days(self._days(dates), reference))

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
        shares = self._shares([date], reference)
        return float((shares[:, 0, self.parts.index(part)] > threshold).mean())

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
            When a coalition names a part that there is not.
        """
        groups = {name: [name] for name in self.answers} | {
            str(name): list(members) for name, members in (coalitions or {}).items()
        }
        for name, members in groups.items():
            if not members or set(members) - set(self.answers):
                cure = f"name some of {', '.join(self.answers)}"
                raise PollInputError(f"coalition {name!r} has {', '.join(members) or 'none'}", cure)
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
        at = [self.parts.index(name) for name in wanted]
        told = keys.loc[keys.index.repeat(len(wanted))].assign(part=list(wanted) * len(keys))
        quantities = as_drawn(with_rest(shares)[:, :, at])
        return PredictionResults(told, quantities, check_alpha(alpha))

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

    def forecast(self, steps: object = 1, reference: Reference = "houses") -> pd.DataFrame:
        """Expected shares on the days after the last poll, percent: by date, a column a part."""
        found = self.get_forecast(steps, reference).predicted_mean
        dates = found.index[:: len(self.parts)]
        values = found.to_numpy().reshape(len(dates), -1)
        return pd.DataFrame(values, index=dates, columns=list(self.parts))

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

    def plot_trend(
        self,
        part: str | None = None,
        reference: Reference = "houses",
        ax: Axes | None = None,
        **style: Any,
    ) -> Axes:
        """Draw polls, estimates and 95% bands: of all answers, or of one part alone.

        Parameters
        ----------
        part : str, optional
        reference : str or mapping of house_id to weight
        ax : matplotlib Axes, optional
        **style
            title, ylabel, palette and credit of :func:`analysis.present.plots.plot_parts`; of one
            part those of :func:`analysis.present.plots.plot_trend`.
        """
        trend, polls = self.trend(part, reference), self.residuals()
        if part is not None:
            return plots.plot_trend(trend, polls[polls["part"] == part], ax, **style)
        return plots.plot_parts(trend[trend["part"].isin(self.answers)], polls, ax, **style)

    def plot_houses(
        self, part: str, reference: Reference = "houses", ax: Axes | None = None, **style: Any
    ) -> Axes:
        """Draw house effects on a part; see :func:`analysis.present.plots.plot_houses`."""
        return plots.plot_houses(self.house_effects(part, reference), ax, **style)

    def plot_residuals(self, part: str | None = None, ax: Axes | None = None, **style: Any) -> Axes:
        """Draw residuals of all parts, or of one; see :func:`analysis.present.plots`."""
        table = self.residuals()
        chosen = table if part is None else table[table["part"] == part]
        return plots.plot_residuals(chosen.reset_index(drop=True), ax, **style)

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

    def __getattr__(self, name: str) -> Any:
        """Name what can be asked for where something cannot."""
        raise refuse_door(self, name)

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


def _whole(houses: Array) -> Array:
    """House effects on the answers and on the rest, which loses what they gain."""
    return np.concatenate([houses, -houses.sum(axis=-1, keepdims=True)], axis=-1)


def _summarise(draws: Array, alpha: float) -> pd.DataFrame:
    """Columns mean, sd, lower, upper of draws, shape (n_draws, n)."""
    lower, upper = np.quantile(draws, [check_alpha(alpha) / 2, 1 - alpha / 2], axis=0)
    return pd.DataFrame(
        {"mean": draws.mean(axis=0), "sd": draws.std(axis=0), "lower": lower, "upper": upper}
    )
