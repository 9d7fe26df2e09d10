"""Response ratios that fitted trends need to be overturned, house by house."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.sensitivity.bounds import response_ratio
from analysis.trend.results import PollTrendResults


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
    threshold : float
        Percent.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        house_id, sector, n_polls, date, share_median, share_lower, share_upper (percent, as
        the house measures), median, lower, upper (ratio); highest ratio first.

    Raises
    ------
    PollInputError
        When no house has so many polls.

    Notes
    -----
    The ratio rises with the share: its quantiles are those of the share, transformed.

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
