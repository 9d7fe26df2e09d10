"""Several questions side by side: how each moved, and how differently."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtr, stdtrit

from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.claims import Window
from analysis.observations.frame import prepare_observations

# With fewer polls, or of one house, drift is told by its prior alone.
POLLS_FOR_DRIFT = 12
HOUSES_FOR_DRIFT = 2


def choose_model(obs: pd.DataFrame, *, polls_for_drift: int = POLLS_FOR_DRIFT) -> str:
    """Say which model the polls of a question allow.

    Parameters
    ----------
    obs : DataFrame
        house_id; one row per poll.
    polls_for_drift : int
        Least number of polls, of at least two houses, for drifting houses.

    Returns
    -------
    {"drift", "static"}

    Examples
    --------
    >>> choose_model(pd.DataFrame({"house_id": ["a", "b"] * 6}))
    'drift'
    """
    enough = len(obs) >= polls_for_drift and obs["house_id"].nunique() >= HOUSES_FOR_DRIFT
    return "drift" if enough else "static"


def within_house_changes(obs: pd.DataFrame, *, alpha: float = 0.05) -> pd.DataFrame:
    """Change from the first to the last poll of each house, by its own polls alone.

    Parameters
    ----------
    obs : DataFrame
        Polls as for :class:`~analysis.trend.model.PollTrend`.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        house_id, n_polls, start, end (mid-field dates), first_pct, last_pct, change,
        se (points, from sampling and rounding alone), lower, upper; houses with two
        polls of different days or more, most polls first.

    Examples
    --------
    >>> days = pd.date_range("2022-03-01", periods=4, freq="90D")
    >>> obs = pd.DataFrame({"house_id": "a", "start_date": days, "end_date": days,
    ...                     "sample_size": 1600, "share_pct": [50, 48, 45, 41]})
    >>> within_house_changes(obs)[["n_polls", "change"]].to_numpy().tolist()
    [[4.0, -9.0]]
    """
    reach = ndtri(1 - check_alpha(alpha) / 2)
    polls = prepare_observations(obs).polls
    polls["variance"] = polls["sampling_var"] + polls["rounding_var"]
    rows = []
    for house, mine in polls.groupby("house_id"):
        first, last = mine.iloc[0], mine.iloc[-1]
        if first["mid_date"] == last["mid_date"]:
            continue
        change = float(last["share_pct"] - first["share_pct"])
        se = float(first["variance"] + last["variance"]) ** 0.5
        rows.append(
            {
                "house_id": house,
                "n_polls": len(mine),
                "start": first["mid_date"],
                "end": last["mid_date"],
                "first_pct": float(first["share_pct"]),
                "last_pct": float(last["share_pct"]),
                "change": change,
                "se": se,
                "lower": change - reach * se,
                "upper": change + reach * se,
            }
        )
    columns = ["house_id", "n_polls", "start", "end", "first_pct", "last_pct"]
    table = pd.DataFrame(rows, columns=[*columns, "change", "se", "lower", "upper"])
    return table.sort_values(["n_polls", "house_id"], ascending=[False, True], ignore_index=True)


def paired_change(
    one: pd.DataFrame, other: pd.DataFrame, start: Window, end: Window, *, alpha: float = 0.05
) -> pd.Series[Any]:
    """Change of one answer less that of another, wave by wave within houses.

    Most waves ask several questions of the same people, so that two trends of two questions
    share most of their polls and are not independent. Here the difference of both answers is
    taken in each wave that printed both, and what a wave errs alike in both cancels.

    Parameters
    ----------
    one, other : DataFrame
        poll_id, house_id, mid_date, share_pct; one row per poll.
    start, end : Window
        First and last days.
    alpha : float
        0.05 gives a 95% interval.

    Returns
    -------
    Series
        mean, sd (of the estimate), lower, upper (points), prob_negative, n_start, n_end (waves
        in both windows), house_ids (comma between): the plain mean of the changes of the
        houses with waves in both windows.

    Raises
    ------
    PollInputError
        When no house has waves in both windows that printed both answers, or there are too
        few of them to see how they scatter.

    Notes
    -----
    The error is that of the scatter of a house's differences within the windows, pooled over
    houses and windows, with the t distribution of their degrees of freedom.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-08-10", "2022-09-10", "2025-08-10", "2025-09-10"])
    >>> polls = pd.DataFrame({"poll_id": list("abcd"), "house_id": "h", "mid_date": days})
    >>> fight_on = polls.assign(share_pct=[48.0, 44.0, 29.0, 27.0])
    >>> support = polls.assign(share_pct=[76.0, 74.0, 77.0, 75.0])
    >>> start, end = Window(days[0], days[1]), Window(days[2], days[3])
    >>> paired_change(fight_on, support, start, end)[["mean", "n_start", "n_end"]].tolist()
    [-19.0, 2, 2]
    """
    alpha = check_alpha(alpha)
    both = one[["poll_id", "house_id", "mid_date", "share_pct"]].merge(
        other[["poll_id", "share_pct"]], on="poll_id", suffixes=("", "_other")
    )
    both["gap"] = both["share_pct"] - both["share_pct_other"]
    both["window"] = np.select([both["mid_date"].between(*at) for at in (start, end)], [0, 1], -1)
    inside = both[both["window"] >= 0]
    spans_both = inside.groupby("house_id")["window"].transform("nunique") == 2
    kept = inside[spans_both]
    cells = kept.groupby(["house_id", "window"])["gap"]
    places = ("gap", "house_id", "window")
    means = kept.pivot_table(*places, aggfunc="mean")
    counts = kept.pivot_table(*places, aggfunc="count")
    freedom = int(counts.to_numpy().sum() - counts.size)
    if means.empty or freedom < 1:
        raise PollInputError(
            "too few waves printed both answers in both windows", "take wider windows"
        )
    variance = float((kept["gap"] - cells.transform("mean")).pow(2).sum() / freedom)
    mean = float((means[1] - means[0]).mean())
    sd = float(np.sqrt(variance * (1 / counts).to_numpy().sum())) / len(means)
    reach = float(stdtrit(freedom, 1 - alpha / 2)) * sd
    below = float(stdtr(freedom, -mean / sd)) if sd > 0 else float(mean < 0)
    return pd.Series(
        {
            "mean": mean,
            "sd": sd,
            "lower": mean - reach,
            "upper": mean + reach,
            "prob_negative": below,
            "n_start": int(counts[0].sum()),
            "n_end": int(counts[1].sum()),
            "house_ids": ",".join(map(str, means.index)),
        },
        name="paired",
    )
