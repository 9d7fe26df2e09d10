"""Response ratios that fitted trends need to be overturned, by day, level and house."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.claims.levels import list_levels
from analysis.sensitivity.bounds import response_ratio
from analysis.trend.results import PollTrendResults


def ratio_trend(
    results: PollTrendResults,
    *,
    reference: str | None = None,
    threshold: float = 50.0,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Response ratio needed on every day, with its posterior.

    Parameters
    ----------
    results : PollTrendResults
    reference, alpha
        As in :meth:`analysis.trend.results.PollTrendResults.trend`; a house id gives the ratio as
        that house measures.
    threshold : float
        Percent.

    Returns
    -------
    DataFrame
        date, median, lower, upper, prob_above_one (that more than none is needed).

    Notes
    -----
    The ratio rises with the share: its quantiles are those of the share, transformed.
    """
    alpha = check_alpha(alpha)
    obs = results.observations
    dates = np.arange(obs.first_date, obs.last_date + np.timedelta64(1, "D"))
    level = results.queries.level(obs.days_of(dates), results.weights_of(reference))
    ends = {"median": 0.5, "lower": alpha / 2, "upper": 1 - alpha / 2}
    columns = {
        name: response_ratio(np.clip(level.quantile(at), 0, 100), threshold)
        for name, at in ends.items()
    }
    frame = pd.DataFrame({"date": dates.astype("datetime64[s]"), **columns})
    return frame.assign(prob_above_one=level.probability_above(threshold))


def ratio_table(
    results: PollTrendResults,
    dates: Sequence[object],
    *,
    threshold: float = 50.0,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Response ratio needed by every level on some days: the mean of houses, sectors, houses.

    Parameters
    ----------
    results : PollTrendResults
    dates : sequence of dates
    threshold, alpha
        As in :func:`ratio_trend`.

    Returns
    -------
    DataFrame
        date, estimand, reference, label, share_median (percent), median, lower, upper.

    Examples
    --------
    >>> polls = pd.DataFrame({
    ...     "house_id": ["a", "b"], "start_date": "2022-03-01", "end_date": "2022-03-03",
    ...     "sample_size": 1600, "share_pct": [80, 60],
    ... })
    >>> from analysis.trend.model import PollTrend
    >>> ratio_table(PollTrend(polls).fit("map"), ["2022-03-02"])["reference"].tolist()
    ['houses', 'a', 'b']
    """
    alpha = check_alpha(alpha)
    ends = {"median": 0.5, "lower": alpha / 2, "upper": 1 - alpha / 2}
    rows = []
    for date in dates:
        day = one_date(date)
        for level in list_levels(results, day):
            if not level.houses:
                continue
            spread = level.spread.percent
            share = {name: np.clip(spread.quantile(at), 0, 100) for name, at in ends.items()}
            ratio = {name: float(response_ratio(v, threshold)[0]) for name, v in share.items()}
            rows.append(
                {
                    "date": pd.Timestamp(day),
                    "estimand": level.estimand,
                    "reference": level.reference,
                    "label": level.label,
                    "share_median": float(share["median"][0]),
                    **ratio,
                }
            )
    return pd.DataFrame(rows)


def house_ratios(
    results: PollTrendResults,
    *,
    least_polls: int = 1,
    threshold: float = 50.0,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Response ratio needed at each house, on the day of its own last poll.

    Parameters
    ----------
    results : PollTrendResults
    least_polls : int
        Leave out houses with fewer polls.
    threshold, alpha
        As in :func:`ratio_trend`.

    Returns
    -------
    DataFrame
        house_id, sector, n_polls, date, share_median, share_lower, share_upper (percent, as
        the house measures), median, lower, upper (ratio); highest ratio first.

    Raises
    ------
    PollInputError
        When no house has so many polls.

    Examples
    --------
    >>> polls = pd.DataFrame({
    ...     "house_id": ["a", "b"], "start_date": ["2022-03-01", "2022-05-01"],
    ...     "end_date": ["2022-03-03", "2022-05-03"], "sample_size": 1600, "share_pct": [80, 60],
    ... })
    >>> from analysis.trend.model import PollTrend
    >>> found = house_ratios(PollTrend(polls).fit("map"))
    >>> found[["house_id", "n_polls"]].values.tolist()
    [['a', 1], ['b', 1]]
    """
    alpha = check_alpha(alpha)
    obs = results.observations
    ends = {"median": 0.5, "lower": alpha / 2, "upper": 1 - alpha / 2}
    rows = []
    for house, sector in zip(obs.houses, obs.house_sector, strict=True):
        mine = obs.polls[obs.polls["house_id"] == house]
        if len(mine) < least_polls:
            continue
        last = mine["mid_date"].max()
        level = results.queries.level(obs.days_of(one_date(last)), results.weights_of(house))
        share = {name: np.clip(level.quantile(at), 0, 100) for name, at in ends.items()}
        rows.append(
            {
                "house_id": house,
                "sector": sector,
                "n_polls": len(mine),
                "date": pd.Timestamp(last),
                **{f"share_{name}": float(value[0]) for name, value in share.items()},
                **{n: float(response_ratio(v, threshold)[0]) for n, v in share.items()},
            }
        )
    if not rows:
        raise PollInputError(f"no house has {least_polls} polls", "ask for fewer", "least polls")
    table = pd.DataFrame(rows).sort_values(["median", "house_id"], ascending=[False, True])
    return table.reset_index(drop=True)
