"""What a fit of who supports can be asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.intervals import interval_frame, interval_row
from analysis.groups import report as who_compare
from analysis.groups import report as who_report
from analysis.groups._domains import Fitted, WeightedDraws, domain_draws, domains, joint_shares
from analysis.groups._laplace import Index
from analysis.groups._mixing import Television
from analysis.groups.cells import WhoCells
from analysis.groups.terms import check_factors


class WhoResults:
    """Posterior shares of groups of the population, made by :func:`analysis.groups.fit.fit_who`.

    Attributes
    ----------
    outcome : str
    cells : WhoCells
        The interviews, the waves (``cells.occasions``) and the population (``cells.target``).
    television : Television
        Estimated use of television.
    fitted : Fitted
        Model and draws.
    """

    def __init__(
        self,
        outcome: str,
        cells: WhoCells,
        television: Television,
        fitted: Fitted,
        holding: Fitted | None,
        seed: int,
    ) -> None:
        self.outcome = outcome
        self.cells = cells
        self.television = television
        self.fitted = fitted
        self._holding = holding
        self._joint = joint_shares(fitted, holding, seed)

    def share(
        self, by: str | None = None, alpha: float = 0.05, *, standardised: bool = False
    ) -> pd.DataFrame:
        """Share of the outcome in each group at each wave.

        Parameters
        ----------
        by : str, optional
            ``"sex"``, ``"age_group"``, ``"settlement"`` or ``"tv_source"``; everybody without.
        alpha : float
            0.05 gives 95% intervals.
        standardised : bool
            As if each group were, in all other respects, composed like everybody: viewers
            of television are older, so their support owes something to age.

        Returns
        -------
        DataFrame
            wave, wording_variant, date, is_comparable (asked in the wording of most
            interviews), group, n (interviews in cells of that group alone), mean, sd, lower,
            upper (percent).  By television only waves that asked about it.

        Raises
        ------
        PollInputError
            When there is no such factor.
        """
        rows, draws = self._draw(by, standardised)
        return pd.concat([self._describe(rows), interval_frame(draws, alpha)], axis=1)

    def support(
        self, by: str | None = None, alpha: float = 0.05, *, standardised: bool = False
    ) -> pd.DataFrame:
        """:meth:`share` of a fit of support; an error for another outcome."""
        if self.outcome != "support":
            cure = "call share(), or fit_who(..., outcome='support')"
            raise PollInputError(f"the outcome of this fit is {self.outcome!r}", cure)
        return self.share(by, alpha, standardised=standardised)

    def poststratified(self, alpha: float = 0.05) -> pd.DataFrame:
        """Share in the whole population at each wave; :meth:`share` of everybody."""
        return self.share(None, alpha).drop(columns="group")

    def gap(
        self, by: str, a: str, b: str, alpha: float = 0.05, *, standardised: bool = False
    ) -> pd.DataFrame:
        """Share in group a minus share in group b at each wave.

        Parameters
        ----------
        by, alpha, standardised
            As in :meth:`share`.
        a, b : str
            Two levels of ``by``.

        Returns
        -------
        DataFrame
            wave, wording_variant, date, is_comparable, n (interviews in both), mean, sd,
            lower, upper (points), prob_positive.
        """
        rows, draws, pairs = self._pair(by, a, b, standardised)
        first = rows.loc[pairs[:, 0]].reset_index(drop=True)
        n = first["n"] + rows["n"].to_numpy()[pairs[:, 1]]
        frame = self._describe(first.assign(n=n)).drop(columns="group")
        difference = draws.combine(_contrast(pairs, len(rows)))
        frame = pd.concat([frame, interval_frame(difference, alpha)], axis=1)
        return frame.assign(prob_positive=difference.probability_above(0.0))

    def change(
        self,
        start: str | None = None,
        end: str | None = None,
        *,
        by: str | None = None,
        a: str | None = None,
        b: str | None = None,
        alpha: float = 0.05,
        standardised: bool = False,
    ) -> pd.Series[Any]:
        """Change between two waves: of everybody, of a group, or of the gap of two groups.

        Parameters
        ----------
        start, end : str, optional
            Waves; the first and the last asked in the wording of most interviews (and, by
            television, that asked about it).  A wave with several wordings counts in that
            wording.
        by, a, b : str, optional
            A factor, one of its groups (its change), or two (change of a minus b).
        alpha, standardised
            As in :meth:`share`.

        Returns
        -------
        Series
            start, end (waves), mean, sd, lower, upper (points), prob_negative.

        Raises
        ------
        PollInputError
            When a wave or a group is not there, or a factor comes without a group.
        """
        if (by is None) != (a is None):
            raise PollInputError("by and a go together", "name a factor and one of its groups")
        if b is not None and a is not None and by is not None:
            rows, draws, pairs = self._pair(by, a, b, standardised)
            contrast = _contrast(pairs, len(rows))
            rows = rows.loc[pairs[:, 0]].reset_index(drop=True)
        else:
            rows, draws = self._draw(by, standardised)
            kept = np.flatnonzero(rows["group"] == self._check_group(by, a))
            contrast, rows = np.eye(len(rows))[kept], rows.loc[kept].reset_index(drop=True)
        first, last = self._ends(rows, start, end)
        change = draws.combine((contrast[last] - contrast[first])[None, :])
        waves = {"start": rows["wave"][first], "end": rows["wave"][last]}
        below = 1.0 - float(change.probability_above(0.0)[0])
        row = {**waves, **interval_row(change, alpha), "prob_negative": below}
        return pd.Series(row, name="change")

    def compare_weighted(self, by: str | None = None) -> pd.DataFrame:
        """Put the estimates beside plain and weighted shares, and explain the difference.

        Parameters
        ----------
        by : str, optional
            As in :meth:`share`.

        Returns
        -------
        DataFrame
            See :func:`analysis.groups.report.compare_weighted`.
        """
        return who_compare.compare_weighted(self, check_factors(by))

    def scales(self, alpha: float = 0.05) -> pd.DataFrame:
        """Standard deviations of the terms: term, over_time, mode, mean, sd, lower, upper."""
        return who_report.scale_table(self, alpha)

    def diagnostics(self) -> dict[str, Any]:
        """Report how the fit went; ``warnings`` lists what must not go unread."""
        return who_report.diagnostics(self)

    def summary(self, alpha: float = 0.05) -> str:
        """Plain text that names estimand, population and method; the same on every run."""
        return who_report.summary(self, alpha)

    def _draw(self, by: str | None, standardised: bool) -> tuple[pd.DataFrame, WeightedDraws]:
        rows, held = domains(
            self.cells, self.television, check_factors(by), standardised=standardised
        )
        if rows.empty:
            found = "television was asked about in no wave"
            raise PollInputError(found, "choose another factor", "column tv_source")
        return rows, domain_draws(*self._joint, held)

    def _describe(self, rows: pd.DataFrame) -> pd.DataFrame:
        comparable = rows["wording_variant"] == self.cells.base_wording
        columns = ["wave", "wording_variant", "date", "is_comparable", "group", "n"]
        return rows.assign(is_comparable=comparable)[columns]

    def _check_group(self, by: str | None, group: str | None) -> str:
        levels = [""] if check_factors(by) is None or by is None else self.cells.levels(by)
        if (group or "") not in levels:
            raise PollInputError(f"{by} has no group {group!r}", f"use one of {', '.join(levels)}")
        return group or ""

    def _pair(
        self, by: str, a: str, b: str, standardised: bool
    ) -> tuple[pd.DataFrame, WeightedDraws, Index]:
        """Rows of two groups, wave by wave: positions of shape (n_waves, 2)."""
        rows, draws = self._draw(by, standardised)
        each = [np.flatnonzero(rows["group"] == self._check_group(by, group)) for group in (a, b)]
        return rows, draws, np.column_stack(each)

    def _ends(self, rows: pd.DataFrame, start: str | None, end: str | None) -> tuple[int, int]:
        """Positions of the two waves of a change."""
        base = np.flatnonzero(rows["wording_variant"] == self.cells.base_wording)
        found = []
        for wave, place in ((start, 0), (end, -1)):
            if wave is None and len(base):
                found.append(int(base[place]))
                continue
            here = np.flatnonzero(rows["wave"] == wave)
            if not len(here):
                known = ", ".join(dict.fromkeys(rows["wave"]))
                raise PollInputError(f"there is no wave {wave!r}", f"use one of {known}")
            both = np.intersect1d(here, base)
            found.append(int(both[0] if len(both) else here[-1]))
        return found[0], found[1]


def _contrast(pairs: Index, n: int) -> Array:
    """First minus second of each pair, as rows over n quantities."""
    return np.asarray(np.eye(n)[pairs[:, 0]] - np.eye(n)[pairs[:, 1]])
