"""The plane of a and b: insincere supporters along, supporting silent people up.

On one side of its border the majority is true, on the other it is not
(:mod:`analysis.sensitivity.tipping`); experiments lie at the a that they found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.sensitivity.tipping import Silent, check_percentages
from analysis.trend.results import PollTrendResults


def needed_of_silent(
    insincere_pct: Array, share_pct: float, silent_pct: float, threshold: float = 50.0
) -> Array:
    """Share of the silent who must support for a majority: the border of the a-b plane.

    Parameters
    ----------
    insincere_pct : ndarray
        a, percent of stated supporters.
    share_pct, silent_pct : float
        p and q, percent of all respondents.
    threshold : float
        c, percent.

    Returns
    -------
    ndarray
        ``b = (c - p (1 - a)) / q`` in percent; below 0 the majority needs nobody of the silent,
        above 100 all of them are not enough.

    Raises
    ------
    PollInputError
        For a percentage outside 0 to 100, or nobody silent.

    Examples
    --------
    >>> needed_of_silent(np.array([0.0, 20.0]), share_pct=50, silent_pct=25).tolist()
    [0.0, 40.0]
    """
    check_percentages(share_pct, threshold, Silent(silent_pct))
    if silent_pct <= 0:
        cure = "give the share without an answer, above 0; without one only a matters"
        raise PollInputError(f"{silent_pct!r}", cure, "share of the silent")
    insincere = np.asarray(insincere_pct, dtype=float)
    return np.asarray(100 * (threshold - share_pct * (1 - insincere / 100)) / silent_pct)


def tipping_border(
    results: PollTrendResults,
    silent_pct: Mapping[str, float],
    threshold: float = 50.0,
    date: object = None,
    *,
    insincere_pct: Sequence[float] = tuple(range(101)),
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Border between a true and a false majority, for some references on one day.

    Parameters
    ----------
    results : PollTrendResults
    silent_pct : mapping of str to float
        Share without an answer, q, percent, by reference ("houses", a house id, ...).
    threshold : float
        c, percent.
    date : str, date or Timestamp, optional
        The last mid-field date where it is left out.
    insincere_pct : sequence of float
        Values of a, percent of stated supporters.
    alpha : float
        0.05 gives a 95% band.

    Returns
    -------
    DataFrame
        reference, share_pct (posterior median of p), silent_pct, insincere_pct,
        needed_pct (b on the border, percent of the silent, at the median of p), lower,
        upper (its band from the posterior of p); not cut off at 0 and 100.

    Examples
    --------
    >>> polls = pd.DataFrame({
    ...     "house_id": "a", "start_date": ["2022-03-01", "2022-03-05"],
    ...     "end_date": ["2022-03-03", "2022-03-07"], "sample_size": 100000, "share_pct": 60,
    ... })
    >>> from analysis.trend.model import PollTrend
    >>> border = tipping_border(PollTrend(polls).fit("map"), {"a": 20}, insincere_pct=[0, 25])
    >>> border["needed_pct"].round().tolist()
    [-50.0, 25.0]
    """
    alpha = check_alpha(alpha)
    obs = results.observations
    days = obs.days_of(obs.last_date if date is None else one_date(date))
    insincere = np.asarray(insincere_pct, dtype=float)
    parts = []
    for reference, silent in silent_pct.items():
        level = results.queries.level(days, results.weights_of(reference))
        # The more support is stated, the fewer of the silent are needed.
        share = {
            name: float(np.clip(level.quantile(at)[0], 0, 100))
            for name, at in (("needed_pct", 0.5), ("lower", 1 - alpha / 2), ("upper", alpha / 2))
        }
        borders = {
            name: needed_of_silent(insincere, value, silent, threshold)
            for name, value in share.items()
        }
        parts.append(
            pd.DataFrame({"insincere_pct": insincere, **borders}).assign(
                reference=reference, share_pct=share["needed_pct"], silent_pct=float(silent)
            )
        )
    if not parts:
        cure = "name at least one reference with its share of the silent"
        raise PollInputError("no reference", cure)
    columns = ["reference", "share_pct", "silent_pct", "insincere_pct", "needed_pct"]
    return pd.concat(parts, ignore_index=True)[[*columns, "lower", "upper"]]


def silent_share(
    obs: pd.DataFrame, date: object = None, *, houses: Sequence[str] | None = None
) -> pd.DataFrame:
    """Share without an answer in the last poll of each house that printed both sides.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, for_pct, against_pct; poll_id where there is one.
    date : str, date or Timestamp, optional
        Only polls until this day.
    houses : sequence of str, optional
        Only these houses.

    Returns
    -------
    DataFrame
        house_id, poll_id, mid_date, for_pct, against_pct, silent_pct (100 less both:
        undecided, refused and other), sorted by house.

    Raises
    ------
    PollInputError
        When there is no such poll.

    Examples
    --------
    >>> polls = pd.DataFrame({
    ...     "house_id": ["a", "a"], "mid_date": pd.to_datetime(["2022-03-01", "2022-05-01"]),
    ...     "for_pct": [60.0, 55.0], "against_pct": [20.0, None],
    ... })
    >>> silent_share(polls)["silent_pct"].tolist()
    [20.0]
    """
    kept = obs.dropna(subset=["for_pct", "against_pct"])
    if date is not None:
        kept = kept[kept["mid_date"] <= pd.Timestamp(one_date(date).astype("datetime64[s]"))]
    if houses is not None:
        kept = kept[kept["house_id"].isin(list(houses))]
    if kept.empty:
        cure = "choose a later date or another house, or give the share yourself"
        raise PollInputError("no poll printed both for and against", cure)
    last = kept.sort_values("mid_date").groupby("house_id").tail(1).sort_values("house_id")
    silent = 100.0 - last["for_pct"].astype(float) - last["against_pct"].astype(float)
    columns = ["house_id", "poll_id", "mid_date", "for_pct", "against_pct"]
    return last.reindex(columns=columns).assign(silent_pct=silent).reset_index(drop=True)
