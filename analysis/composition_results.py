"""What a fitted composition can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis import composition_report as report
from analysis.columns import one_date
from analysis.composition_houses import HouseAnswers
from analysis.composition_input import REST
from analysis.composition_measures import (
    Inside,
    inside_simplex,
    measure_of,
    summarise,
)


class CompositionResults(HouseAnswers):
    """Posterior of a :class:`~analysis.composition.CompositionTrend`, made by its ``fit``.

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
