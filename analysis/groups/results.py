"""What a fit of who supports can be asked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.base.errors import PollInputError
from analysis.groups import _shares, report
from analysis.groups._mixing import Television
from analysis.groups.cells import WhoCells
from analysis.groups.fitted import FittedWho
from analysis.groups.terms import check_factors


class WhoResults:
    """Posterior shares of groups of the population, made by :func:`analysis.groups.fit.fit_who`.

    Attributes
    ----------
    fitted : FittedWho
        What the fit holds: interviews, population, models and draws.
    outcome : str
    cells : WhoCells
        The interviews, the waves (``cells.occasions``) and the population (``cells.target``).
    television : Television
        Estimated use of television.
    """

    def __init__(self, fitted: FittedWho) -> None:
        self.fitted = fitted

    @property
    def outcome(self) -> str:
        """What was counted."""
        return self.fitted.outcome

    @property
    def cells(self) -> WhoCells:
        """The interviews, the waves and the population."""
        return self.fitted.cells

    @property
    def television(self) -> Television:
        """Estimated use of television."""
        return self.fitted.television

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
        return _shares.share(self.fitted, by, alpha, standardised=standardised)

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
        return _shares.poststratified(self.fitted, alpha)

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
        return _shares.gap(self.fitted, by, a, b, alpha, standardised=standardised)

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
        return _shares.change(
            self.fitted, start, end, by=by, a=a, b=b, alpha=alpha, standardised=standardised
        )

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
        return report.compare_weighted(self.fitted, check_factors(by))

    def hyperparameters(self, alpha: float = 0.05) -> pd.DataFrame:
        """Standard deviations of the terms.

        Returns
        -------
        DataFrame
            term, over_time, mode, mean, sd, lower, upper (logits; walks: logits per root year).
        """
        return report.hyperparameter_table(self.fitted, alpha)

    def diagnostics(self) -> dict[str, Any]:
        """Report how the fit went; ``warnings`` lists what must not go unread."""
        return report.diagnostics(self.fitted)

    def summary(self, alpha: float = 0.05) -> str:
        """Plain text that names estimand, population and method; the same on every run."""
        return report.summary(self.fitted, alpha)
