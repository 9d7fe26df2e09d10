"""What a fitted composition can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.composition import report
from analysis.composition._draws import CompositionDraws, draw_composition
from analysis.composition._measures import (
    Inside,
    house_spread,
    inside_simplex,
    measure_of,
    summarise,
)
from analysis.composition._scales import CompositionFit
from analysis.composition.inputs import DERIVED, REST, Composition
from analysis.composition.references import complete_weights


class HouseAnswers:
    """Part of :class:`~analysis.composition.results.CompositionResults`: houses, and the draws."""

    def __init__(self, composition: Composition, fit: CompositionFit) -> None:
        self.composition = composition
        self.observations = composition.observations
        self.fit_info = fit
        self.answers = composition.answers
        self.measures = (*composition.answers, *DERIVED)
        self._drawn: dict[str, CompositionDraws] = {}

    def house_effects(
        self, part: str | None = None, reference: str = "houses", alpha: float = 0.05
    ) -> pd.DataFrame:
        """House effects on one part, as differences from a reference.

        Parameters
        ----------
        part : str, optional
            One of the answers or ``"undecided"``; the first answer by default.
        reference : str
            As in :meth:`trend`.
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        DataFrame
            house_id, sector, n_polls (that printed the part; for ``"undecided"``
            the answer printed less often), mean, sd, lower, upper (points), for
            the houses that printed it.  A drifting effect is averaged over the dates of
            the house's polls.
        """
        name = self.answers[0] if part is None else part
        if name not in (*self.answers, REST):
            cure = f"use one of {', '.join((*self.answers, REST))}"
            raise PollInputError(f"part {name!r} has no house effects", cure)
        houses = self._draws(reference).houses
        effects = houses.reshape(*houses.shape[:2], -1)
        signs = {REST: -effects.sum(axis=1)}
        signs |= {answer: effects[:, k] for k, answer in enumerate(self.composition.parts)}
        counts = report.count_polls(self.composition)[name]
        values = signs[name]
        frame = summarise(values, np.ones(values.shape, dtype=bool), alpha)
        return report.name_houses(self.observations, frame, counts)

    def house_levels(
        self,
        measure: str | None = None,
        date: object = None,
        reference: str = "houses",
        alpha: float = 0.05,
    ) -> pd.DataFrame:
        """Each house's own measure: the level under a reference plus the house's effects.

        Parameters
        ----------
        measure : str, optional
            One of ``measures``; the first answer by default.
        date : str, date or Timestamp, optional
            Day of the level that all houses have in common; by default the
            mean over the days with polls.
        reference : str
            Of the effects; only with drift does it matter.
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        DataFrame
            house_id, sector, n_polls (that printed the answer printed less
            often), mean, sd, lower, upper (percent) for the houses that print both.
        """
        name = self._measure(self.answers[0] if measure is None else measure)
        levels = self._house_levels(date, reference)
        values = measure_of(self.composition, name, levels)
        complete = self.composition.is_complete_house
        frame = summarise(values[complete], inside_simplex(levels[complete]), alpha)
        full = frame.set_axis(np.flatnonzero(complete), axis=0).reindex(range(len(complete)))
        counts = report.count_polls(self.composition)[REST]
        return report.name_houses(self.observations, full, counts)

    def house_difference(
        self,
        house: str,
        other: str,
        measure: str | None = None,
        date: object = None,
        alpha: float = 0.05,
    ) -> pd.Series[Any]:
        """How much higher one house measures than another.

        Parameters
        ----------
        house, other : str
            Houses that print both answers.
        measure : str, optional
            One of ``measures``; the first answer by default.
        date : str, date or Timestamp, optional
            As in :meth:`house_levels`.
        alpha : float
            0.05 gives a 95% interval.

        Returns
        -------
        Series
            mean, sd, lower, upper (points), prob_positive.
        """
        name = self._measure(self.answers[0] if measure is None else measure)
        for one in (house, other):
            if one not in self.observations.houses:
                known = ", ".join(self.observations.houses)
                raise PollInputError(f"house {one!r} has no polls", f"houses there: {known}")
            complete_weights(self.composition, one)  # raises when it never prints a part
        chosen = [self.observations.houses.index(one) for one in (house, other)]
        levels = self._house_levels(date, "houses")[chosen]
        values = measure_of(self.composition, name, levels)
        kept = np.asarray(inside_simplex(levels).all(axis=0))
        difference = (values[0] - values[1])[None, :]
        row = summarise(difference, kept[None, :], alpha).iloc[0]
        positive = float((difference[0, kept] > 0).mean())
        return pd.Series({**row.to_dict(), "prob_positive": positive}, name="house_difference")

    def house_spread(
        self, date: object = None, alpha: float = 0.05, *, min_polls: int = 1
    ) -> pd.DataFrame:
        """How far houses lie apart: the first answer among all, and among those with an opinion.

        The standard deviation over the houses that print both answers of the
        logit of each house's share, for the share of all and for the share of
        those with an opinion, and the ratio of the two: logits, since a share
        that is larger moves by fewer points for the same difference in odds.

        Parameters
        ----------
        date : str, date or Timestamp, optional
            As in :meth:`house_levels`.
        alpha : float
            0.05 gives 95% intervals.
        min_polls : int
            Houses that print one of the answers in fewer polls are left out: a
            single poll says little of its house, and counts like all others.

        Returns
        -------
        DataFrame
            measure (``of_all``, ``of_opinion_holders``, ``ratio``), n_houses,
            mean, sd, lower, upper (logits; the ratio is a number).

        Raises
        ------
        PollInputError
            When fewer than two houses print both answers so often.
        """
        counts = report.count_polls(self.composition)[REST]
        levels = self._house_levels(date, "houses")[counts >= max(min_polls, 1)]
        return house_spread(self.composition, levels, alpha)

    def _measure(self, name: str) -> str:
        if name not in self.measures:
            cure = f"use one of {', '.join(self.measures)}"
            raise PollInputError(f"part {name!r} is not known", cure)
        return name

    def _draws(self, reference: str) -> CompositionDraws:
        """Draws under a reference, kept for the last one asked for."""
        if reference not in self._drawn:
            weights = complete_weights(self.composition, reference)
            self._drawn = {reference: draw_composition(self.fit_info, weights)}
        return self._drawn[reference]

    def _house_levels(self, date: object, reference: str) -> Array:
        """Both parts of each house, shape (n_houses, 2, n_draws)."""
        draws = self._draws(reference)
        if date is None:
            common = draws.levels.mean(axis=0)
        else:
            days = self.observations.days_of(one_date(date))
            common = np.concatenate([part for _, part in draws.on_days(days)])[0]
        effects = draws.houses.reshape(*draws.houses.shape[:2], -1)
        return np.asarray(common.reshape(2, -1) + effects)


class CompositionResults(HouseAnswers):
    """Posterior of a :class:`~analysis.composition.model.CompositionTrend`, made by its ``fit``.

    Every number comes from one set of posterior draws, the same on every run.
    A draw outside 0 to 100 (a negative part, or parts adding up to more than
    100) is left out of the day, the change or the house it belongs to.

    Measures are named: each of the two answers; ``"undecided"``, what they leave
    of 100; ``"opinion_share"``, the first answer as a percentage of both;
    ``"net"``, the first less the second.

    Attributes
    ----------
    composition : Composition
    observations : Observations
    fit_info : CompositionFit
    answers : tuple of str
        In the order the caller named them.
    measures : tuple of str
        All that can be asked for.
    """

    def trend(
        self, reference: str = "houses", part: str | None = None, alpha: float = 0.05
    ) -> pd.DataFrame:
        """Daily composition under a reference.

        Parameters
        ----------
        reference : str
            ``"houses"`` (the mean of the houses that print both answers; the
            default), ``"sectors"``, a house id or ``"sector:NAME"``.  All parts
            are those of the same houses: one that never prints an answer is in
            no reference, though its polls count.
        part : str, optional
            One of ``measures``.  Without it both answers and the rest, which
            add up to 100 on each day.
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        DataFrame
            date, part (unless one was asked for), mean, sd, lower, upper
            (percent; points for ``"net"``): one row a day, and part, from the
            first to the last mid-field date.

        Raises
        ------
        PollInputError
            When reference or part is unknown.
        """
        wanted = (*self.answers, REST) if part is None else (self._measure(part),)
        dates = self._dates()
        tables = self._tables(reference, self.observations.days_of(dates), wanted, alpha)
        frames = []
        for name in wanted:
            frame = tables[name]
            frame.insert(0, "date", dates.astype("datetime64[s]"))
            if part is None:
                frame.insert(1, "part", name)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def change(
        self,
        start: object,
        end: object,
        of: str | None = None,
        alpha: float = 0.05,
        reference: str = "houses",
    ) -> pd.Series[Any]:
        """Change of a measure from one date to another.

        Parameters
        ----------
        start, end : str, date or Timestamp
            Text as YYYY-MM-DD; dates outside the polls are allowed.
        of : str, optional
            One of ``measures``; the first answer by default.
        alpha : float
            0.05 gives a 95% interval.
        reference : str
            As in :meth:`trend`.

        Returns
        -------
        Series
            mean, sd, lower, upper (points), prob_negative.
        """
        name = self._measure(self.answers[0] if of is None else of)
        days = self.observations.days_of(np.array([one_date(start, "start"), one_date(end, "end")]))
        order = np.argsort(days, kind="stable")
        levels = np.concatenate([part for _, part in self._draws(reference).on_days(days[order])])
        levels = levels[np.argsort(order)]
        kept = np.asarray(inside_simplex(levels).all(axis=0))
        values = measure_of(self.composition, name, levels)
        difference = (values[1] - values[0])[None, :]
        row = summarise(difference, kept[None, :], alpha).iloc[0]
        negative = float((difference[0, kept] < 0).mean())
        return pd.Series({**row.to_dict(), "prob_negative": negative}, name="change")

    def hyperparameters(self, alpha: float = 0.05) -> pd.DataFrame:
        """Posterior of scales and correlations.

        Returns
        -------
        DataFrame
            parameter, part (empty for correlations), mean, sd, lower, upper, unit.
        """
        return report.scale_table(self.composition, self.fit_info, alpha)

    def tables_on(
        self, dates: Sequence[object], reference: str = "houses", alpha: float = 0.05
    ) -> dict[str, pd.DataFrame]:
        """All measures on a few dates.

        Parameters
        ----------
        dates : sequence of str, date or Timestamp
            In order of time.
        reference : str
            As in :meth:`trend`.
        alpha : float
            0.05 gives 95% intervals.

        Returns
        -------
        dict of DataFrame
            By measure: mean, sd, lower, upper, one row a date.
        """
        days = self.observations.days_of(np.array([one_date(date) for date in dates]))
        return self._tables(reference, days, self.measures, alpha)

    def diagnostics(self) -> dict[str, Any]:
        """Report how the fit went; ``warnings`` lists what must not go unread."""
        return report.diagnostics(self)

    def summary(self, reference: str = "houses", alpha: float = 0.05) -> str:
        """Plain text that names estimand, parts and method; the same on every run."""
        return report.summary(self, reference, alpha)

    @property
    def n_draws(self) -> int:
        """Posterior draws behind every number."""
        return self._draws("houses").n_draws

    @cached_property
    def mass_outside(self) -> Inside:
        """Share of the draws outside the simplex, day by day, under the default reference."""
        draws = self._draws("houses")
        days = self.observations.days_of(self._dates())
        parts = [1 - inside_simplex(levels).mean(axis=1) for _, levels in draws.on_days(days)]
        return Inside(np.concatenate(parts))

    def _dates(self) -> np.ndarray[Any, np.dtype[np.datetime64]]:
        """All days from the first to the last mid-field date."""
        first, last = self.observations.first_date, self.observations.last_date
        return np.arange(first, last + np.timedelta64(1, "D"))

    def _tables(
        self, reference: str, days: Any, wanted: tuple[str, ...], alpha: float
    ) -> dict[str, pd.DataFrame]:
        """Table of each measure on each day."""
        found: dict[str, list[pd.DataFrame]] = {name: [] for name in wanted}
        for _, levels in self._draws(reference).on_days(days):
            kept = inside_simplex(levels)
            for name in wanted:
                values = measure_of(self.composition, name, levels)
                found[name].append(summarise(values, kept, alpha))
        return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}
