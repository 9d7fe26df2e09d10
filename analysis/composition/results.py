"""What a fitted composition can be asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import days_ahead
from analysis.base.intervals import check_alpha
from analysis.composition import _budget, _measures, _prediction, report
from analysis.composition.fitted import FittedComposition
from analysis.composition.inputs import Composition
from analysis.observations.frame import Observations
from analysis.present import PartsResults, PredictionResults

if TYPE_CHECKING:
    from analysis.present.summary import ResultsSummary


class CompositionResults(PartsResults):
    """Posterior of a :class:`~analysis.composition.model.CompositionTrend`, made by its ``fit``.

    Every number comes from one set of posterior draws, the same on every run.
    A draw outside 0 to 100 (a negative part, or parts adding up to more than
    100) is left out of the day, the change or the house it belongs to.

    Measures are named: each of the two answers; ``"undecided"``, what they leave
    of 100; ``"opinion_share"``, the first answer as a percentage of both;
    ``"net"``, the first less the second.

    Attributes
    ----------
    fitted : FittedComposition
        What the fit holds: the polls, the hyperparameters and draws.
    composition : Composition
        The checked polls.
    observations : Observations
    answers : tuple of str
        In the order the caller named them.
    measures : tuple of str
        All that can be asked for.

    Notes
    -----
    Tables have the columns of :class:`~analysis.trend.results.PollTrendResults`.  What
    the model does not hold is not here: events, covariates, anchors, and an error that all
    houses share; nor are contrasts of any houses and the cross-check by regressions.

    See Also
    --------
    analysis.trend.results.PollTrendResults : the results of one share.

    Examples
    --------
    >>> from analysis import CompositionTrend
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"], "sector": ["state", "other", "state", "other"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "sample_size": 1600, "for_pct": [70, 52, 72, 55], "against_pct": [20, 28, 19, 27],
    ... })
    >>> results = CompositionTrend(obs, ("for", "against")).fit()
    >>> results.prob_above(50, "2022-03-15", "for", reference="a") > 0.99
    True
    >>> results.sector_gap("state", "other", "undecided").index.tolist()
    ['estimand', 'mean', 'sd', 'lower', 'upper', 'prob_positive']
    >>> coming = obs.drop(columns=["for_pct", "against_pct"]).tail(1)
    >>> results.get_prediction(coming).summary_frame()["part"].tolist()
    ['for', 'against', 'undecided']
    >>> results.variance_budget("against")["component"].tolist()
    ['sampling', 'rounding', 'excess', 'houses within sectors', 'between sectors']
    """

    def __init__(self, fitted: FittedComposition) -> None:
        self.fitted = fitted

    @property
    def composition(self) -> Composition:
        """The checked polls."""
        return self.fitted.composition

    @property
    def observations(self) -> Observations:
        """Houses, sectors and days of the checked polls."""
        return self.fitted.observations

    @property
    def answers(self) -> tuple[str, str]:
        """The two parts in the order the caller named them."""
        return self.fitted.answers

    @property
    def measures(self) -> tuple[str, ...]:
        """All that can be asked for: the answers, and what is derived from them."""
        return self.fitted.measures

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
        return _measures.trend(self.fitted, reference, part, alpha)

    def change(
        self,
        start: object,
        end: object,
        of: str | None = None,
        alpha: float = 0.05,
        reference: str = "houses",
    ) -> pd.Series[Any]:
        """Change of a measure from one date, or window of dates, to another.

        Parameters
        ----------
        start, end : str, date or Timestamp, or a pair of them
            Text as YYYY-MM-DD; dates outside the polls are allowed.  A pair is a window,
            first and last day included: the change is that of the mean over all its days.
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
        return _measures.change(self.fitted, start, end, of, reference, alpha)

    def prob_above(
        self, threshold: float, date: object, part: str | None = None, reference: str = "houses"
    ) -> float:
        """Probability that a measure of a reference was above a threshold on a date.

        Parameters
        ----------
        threshold : float
            Percent; points for ``"net"``.
        date : str, date or Timestamp
            Text as YYYY-MM-DD; a date outside the polls is allowed.
        part : str, optional
            One of ``measures``; the first answer by default.
        reference : str
            As in :meth:`trend`.

        Returns
        -------
        float
            Share of the draws, known to about 0.01 at one half.

        Raises
        ------
        PollInputError
            When date, part or reference is unknown.
        """
        return _measures.prob_above(self.fitted, threshold, date, part, reference)

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
        return _measures.house_effects(self.fitted, part, reference, alpha)

    def house_levels(
        self,
        measure: str | None = None,
        date: object = None,
        reference: str = "houses",
        alpha: float = 0.05,
        houses: Collection[str] | None = None,
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
        houses : collection of str, optional
            Houses to tell; all by default. One that polled while all stood elsewhere may leave
            no room between 0 and 100 percent on the days of the others.

        Returns
        -------
        DataFrame
            house_id, sector, n_polls (that printed the answer printed less
            often), mean, sd, lower, upper (percent) for the houses that print both.
        """
        return _measures.house_levels(self.fitted, measure, date, reference, alpha, houses)

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
        return _measures.house_difference(self.fitted, house, other, measure, date, alpha)

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
        return _measures.house_spread(self.fitted, date, alpha, min_polls)

    def sector_gap(
        self,
        sector: str = "state",
        other: str = "independent",
        part: str | None = None,
        estimand: str = "these_houses",
        alpha: float = 0.05,
    ) -> pd.Series[Any]:
        """How much higher one sector's houses measure a part than another's.

        Parameters
        ----------
        sector, other : str
            Names of two sectors with houses that print both answers.
        part : str, optional
            One of the answers or ``"undecided"``; the first answer by default.
        estimand : str
            ``"these_houses"``: difference of the plain means of the observed
            houses that print both answers.  ``"population"``: difference of the
            sector effects, for houses of those sectors at large; much less certain.
        alpha : float
            0.05 gives a 95% interval.

        Returns
        -------
        Series
            estimand, mean, sd, lower, upper (points), prob_positive.  A drifting
            effect is averaged over the dates of the house's polls.

        Raises
        ------
        PollInputError
            When part or estimand is unknown, or a sector has no house that
            prints both answers.
        """
        return _measures.sector_gap(self.fitted, sector, other, part, estimand, alpha)

    def residuals(self) -> pd.DataFrame:
        """Distance of each printed share from the level as its house measures it.

        Returns
        -------
        DataFrame
            One row for each poll and part that it printed: part, the poll with
            share_pct, sampling_var and rounding_var of that part, fitted
            (percent), residual (points) and standardised (residual over the sd
            of the share's error), in the order of their mid-field dates.  All
            draws count, also those outside 0 to 100.
        """
        return _prediction.residuals(self.fitted)

    def get_prediction(
        self, new_polls: pd.DataFrame, part: str | None = None, alpha: float = 0.05
    ) -> PredictionResults:
        """Predictive distribution of polls not yet seen, of all parts at once.

        Parameters
        ----------
        new_polls : DataFrame
            house_id, start_date, end_date, sample_size; a house without polls
            needs its sector when the model has sectors.  Optionally
            design_effect, decimals and n_parts (of both parts, or
            ``<answer>_decimals`` and ``<answer>_n_parts`` of one), poll_id.
            Columns of shares are not looked at.
        part : str, optional
            One of ``measures``.  Without it both answers and the rest, which add
            up to 100 in each poll.
        alpha : float
            Of the intervals, where none is named later.

        Returns
        -------
        PredictionResults
            ``summary_frame()`` has poll_id (where given), house_id, mid_date, part (unless
            one was asked for), mean, sd, lower, upper of the share to be printed
            (percent; points for ``"net"``), with the index of ``new_polls``,
            repeated for each part.  Draws whose level or printed share lies
            outside 0 to 100 are left out.

        Raises
        ------
        PollInputError
            Naming the row, what was found and the cure.
        """
        keys, shares = _prediction.predict_polls(self.fitted, new_polls, part)
        return PredictionResults(keys, shares, check_alpha(alpha))

    def get_forecast(
        self,
        steps: object = 1,
        reference: str = "houses",
        part: str | None = None,
        alpha: float = 0.05,
    ) -> PredictionResults:
        """Levels on the days after the last poll, as the walk goes on.

        Parameters
        ----------
        steps : int or date
            Days after the last mid-field date, or the last day to forecast.
        reference : str
            As in :meth:`trend`.
        part : str, optional
            One of ``measures``.  Without it both answers and the rest.
        alpha : float
            Of the intervals, where none is named later.

        Returns
        -------
        PredictionResults
            By date, and part.
        """
        dates = days_ahead(self.observations.last_date, steps)
        keys, levels = _measures.ahead(self.fitted, dates, reference, part)
        return PredictionResults(keys, levels, check_alpha(alpha))

    @property
    def _printed(self) -> Array:
        at = [self.composition.parts.index(answer) for answer in self.answers]
        return self.composition.shares[:, at]

    def _joint(self, n: int, rng: np.random.Generator | None) -> _prediction.JointDraws:
        return _prediction.JointDraws(self.fitted, n, rng)

    def _named_params(self, alpha: float) -> pd.DataFrame:
        table = self.hyperparameters(alpha)
        pairs = zip(table["parameter"], table["part"], strict=True)
        return table.set_axis([f"{name}:{part}" if part else name for name, part in pairs], axis=0)

    def variance_budget(self, part: str | None = None) -> pd.DataFrame:
        """Where the distance of a printed share from the mean of the houses comes from.

        Of the houses that print both answers, as in ``reference="houses"``.

        Parameters
        ----------
        part : str, optional
            One of the answers or ``"undecided"``; the first answer by default.

        Returns
        -------
        DataFrame
            component (sampling, rounding, excess, houses within sectors, between
            sectors or, without sectors, houses, and with drift house drift),
            variance (squared points), sd (points), share_pct of the total.

        Raises
        ------
        PollInputError
            When the part is unknown.

        See Also
        --------
        analysis.trend.budget.split_variance : the same of one share.
        """
        return _budget.variance_budget(self.fitted, part)

    def hyperparameters(self, alpha: float = 0.05) -> pd.DataFrame:
        """Posterior of the hyperparameters: standard deviations and correlations.

        Returns
        -------
        DataFrame
            parameter, part (empty for correlations), mean, sd, lower, upper, unit.
        """
        return report.hyperparameter_table(self.fitted, alpha)

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
        days = self.fitted.days_of(dates)
        return _measures.tables_on(self.fitted, reference, days, self.measures, alpha)

    def diagnostics(self) -> dict[str, Any]:
        """Report how the fit went; ``warnings`` lists what must not go unread."""
        return report.diagnostics(self.fitted)

    def summary(self, reference: str = "houses", alpha: float = 0.05) -> ResultsSummary:
        """Summary that names estimand, parts and method; the same on every run.

        Returns
        -------
        ResultsSummary
            A ``Summary`` of statsmodels: printed it is text; ``as_html``, ``as_latex`` and
            ``as_csv`` give the same tables.
        """
        return report.summary(self.fitted, reference, alpha)
