"""The tipping point: how many stated supporters must be insincere for a majority to vanish.

With p the stated share, a the share of stated supporters who are insincere, q the share that
gives no answer and b the share of these who support, true support is ``p (1 - a) + q b`` if
opponents are honest. It falls to a threshold c at ``a* = max(0, 1 - (c - q b) / p)``; b = 0, the
default, takes every silent person for an opponent. Polls do not identify a or b: both are
assumptions, and every table here says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.claims.levels import list_levels
from analysis.observations.references import describe_reference
from analysis.trend.results import PollTrendResults


@dataclass(frozen=True)
class Silent:
    """What is assumed of those who gave no answer.

    Parameters
    ----------
    share_pct : float
        Their share of all respondents, q, percent.
    supporting_pct : float
        How many of them support, b, percent.
    """

    share_pct: float = 0.0
    supporting_pct: float = 0.0

    @property
    def points(self) -> float:
        """What they add to support, q b, points."""
        return self.share_pct * self.supporting_pct / 100


ALL_OPPOSED = Silent()


def tipping_point(
    share_pct: float | Array, threshold: float = 50.0, silent: Silent = ALL_OPPOSED
) -> Array:
    """Share of stated supporters who must be insincere for support to fall to a threshold.

    Parameters
    ----------
    share_pct : float or ndarray
        Stated support p, percent of all respondents.
    threshold : float
        c, percent.
    silent : Silent
        q and b; all silent people opposed by default.

    Returns
    -------
    ndarray
        a*, percent of the stated supporters; 0 where support lies below the threshold
        already, 100 where the silent alone reach it.

    Raises
    ------
    PollInputError
        For a share, a threshold or an assumption outside 0 to 100.

    Examples
    --------
    Of 70 stated supporters in 100 two in seven:

    >>> round(float(tipping_point(70)), 1)
    28.6
    >>> round(float(tipping_point(50.5, silent=Silent(35.3, 50))), 1)
    35.9
    """
    check_percentages(share_pct, threshold, silent)
    share = np.asarray(share_pct, dtype=float)
    needed = max(threshold - silent.points, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        point = 100 * (1 - needed / share)
    # Nobody to be insincere: support is what the silent make it.
    empty = 100.0 if needed == 0 else 0.0
    return np.asarray(np.clip(np.where(share > 0, point, empty), 0.0, 100.0))


def tipping_table(
    results: PollTrendResults,
    threshold: float = 50.0,
    date: object = None,
    *,
    silent: Silent = ALL_OPPOSED,
    references: Sequence[str] | None = None,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Tipping points on one day, for every level that the polls speak of.

    Parameters
    ----------
    results : PollTrendResults
    threshold : float
        c, percent.
    date : str, date or Timestamp, optional
        The last mid-field date where it is left out; outside the polls the walk goes on.
    silent : Silent
        q and b, the same for every level.
    references : sequence of str, optional
        Levels to show, in this order; all by default, but not houses that have not polled.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        date, estimand, reference, label, share_median, share_lower, share_upper (percent of
        respondents), median, lower, upper (a*, percent of stated supporters), prob_majority.

    Raises
    ------
    PollInputError
        For an unknown reference, or a threshold or assumption outside 0 to 100.

    Examples
    --------
    >>> polls = pd.DataFrame({
    ...     "house_id": ["a", "b"], "start_date": "2022-03-01", "end_date": "2022-03-03",
    ...     "sample_size": 1600, "share_pct": [80, 60],
    ... })
    >>> from analysis.trend.model import PollTrend
    >>> table = tipping_table(PollTrend(polls).fit("map"))
    >>> table["reference"].tolist()
    ['houses', 'a', 'b']
    """
    check_percentages(50.0, threshold, silent)
    alpha = check_alpha(alpha)
    for name in references or ():
        results.weights_of(name)  # raises when there is no such reference
    day = results.observations.last_date if date is None else one_date(date)
    levels = [level for level in list_levels(results, day, references or ()) if level.houses]
    if references is not None:
        by_name = {level.reference: level for level in levels}
        levels = [by_name[name] for name in references if name in by_name]
    rows = []
    for level in levels:
        spread = level.spread.percent
        at = {"median": 0.5, "lower": alpha / 2, "upper": 1 - alpha / 2}
        share = {k: float(np.clip(spread.quantile(v)[0], 0, 100)) for k, v in at.items()}
        rows.append(
            {
                "date": pd.Timestamp(day),
                "estimand": level.estimand,
                "reference": level.reference,
                "label": level.label,
                **{f"share_{name}": value for name, value in share.items()},
                **{k: float(tipping_point(v, threshold, silent)) for k, v in share.items()},
                "prob_majority": level.spread.prob_above(max(threshold - silent.points, 0.0)),
            }
        )
    return pd.DataFrame(rows)


def describe_assumptions(
    results: PollTrendResults, reference: str, threshold: float, silent: Silent
) -> list[str]:
    """Say what a tipping point rests on."""
    label = describe_reference(results.observations, reference)
    b = silent.supporting_pct
    quiet = (
        "all who gave no answer count as opponents (b = 0)"
        if silent.points == 0
        else f"of the {silent.share_pct:g} percent who gave no answer {b:g} percent support (b)"
    )
    return [
        f"Stated support p is {label}; threshold c = {threshold:g} percent.",
        f"Opponents are honest, and {quiet}.",
        "Who refused the whole interview is taken to be like those who answered.",
    ]


def check_percentages(share_pct: float | Array, threshold: float, silent: Silent) -> None:
    """Refuse percentages that are none.

    Raises
    ------
    PollInputError
        Naming what is outside 0 to 100.
    """
    named = {
        "threshold": threshold,
        "share of the silent": silent.share_pct,
        "support among the silent": silent.supporting_pct,
    }
    for name, value in named.items():
        inside = 0 < value < 100 if name == "threshold" else 0 <= value <= 100
        if not inside:
            raise PollInputError(f"{value!r}", "give a percentage between 0 and 100", name)
    shares = np.asarray(share_pct, dtype=float)
    bad = ~((shares >= 0) & (shares <= 100))
    if bad.any():
        found = f"{np.atleast_1d(shares)[np.atleast_1d(bad)][0]:g}"
        raise PollInputError(found, "give a percentage between 0 and 100", "stated share")
