"""What those who did not answer could change: bounds, and the response ratio that they need.

Unit nonresponse is a person without an interview, item nonresponse a respondent without an
answer to this question. Bounds (Manski 1989, J. Human Resources 24; 2003, chapter 1; Horowitz
and Manski 1998, J. Econometrics 84) assume nothing of either: at a response rate of 15%, a
share of 70% says only that support lies between 10.5 and 95.5 percent. The response ratio
turns the question round: how many times less likely to answer must opponents be for the
stated majority to vanish.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import read_numbers
from analysis.base.errors import PollInputError, row_error

BASES = ("all", "opinion_holders")


def manski_bounds(
    share_pct: float | Array, response_pct: float | Array, silent_pct: float | Array = 0.0
) -> tuple[Array, Array]:
    """Bounds of a share when nothing is assumed of those who did not answer.

    Parameters
    ----------
    share_pct : float or ndarray
        Percent of respondents who support.
    response_pct : float or ndarray
        Response rate, percent of the eligible; 100 leaves item nonresponse alone.
    silent_pct : float or ndarray
        Percent of respondents without an answer to the question.

    Returns
    -------
    lower, upper : ndarray
        Percent: all who did not answer oppose, all support.

    Raises
    ------
    PollInputError
        For a percentage outside 0 to 100, or shares of more than 100 together.

    Notes
    -----
    Horowitz and Manski (1998), equation 3, for the share of a binary answer:
    ``r p`` to ``r (p + q) + 100 - r`` with r the response rate and q the silent share.

    Examples
    --------
    >>> [float(end) for end in manski_bounds(70, 15)]
    [10.5, 95.5]
    >>> [float(end) for end in manski_bounds(50, 100, silent_pct=35)]
    [50.0, 85.0]
    """
    share = _percent(share_pct, "share")
    rate = _percent(response_pct, "response rate") / 100
    silent = _percent(silent_pct, "share without an answer")
    if (share + silent > 100 + 1e-9).any():
        found = f"{float(np.max(share + silent)):g} percent support or do not answer"
        raise PollInputError(found, "give shares of at most 100 together", "shares")
    return np.asarray(rate * share), np.asarray(rate * (share + silent) + 100 * (1 - rate))


def response_ratio(share_pct: float | Array, threshold: float = 50.0) -> Array:
    """How many times likelier supporters must answer for the true share to be a threshold.

    Parameters
    ----------
    share_pct : float or ndarray
        Share among those who answered, percent.
    threshold : float
        True share at which the claim fails, percent.

    Returns
    -------
    ndarray
        Response rate of supporters over that of all others: at 50 ``p / (100 - p)``, in
        general the odds of the share over the odds of the threshold. Below 1 the
        stated share lies under the threshold already; infinite at 100 percent.

    Raises
    ------
    PollInputError
        For a percentage outside 0 to 100.

    Notes
    -----
    By Bayes' rule, odds among respondents are true odds times the ratio of response rates.

    Examples
    --------
    >>> round(float(response_ratio(70)), 2)
    2.33
    """
    if not 0 < threshold < 100:
        raise PollInputError(f"{threshold!r}", "give a percentage between 0 and 100", "threshold")
    share = _percent(share_pct, "share")
    with np.errstate(divide="ignore"):
        odds = share / (100 - share)
    return np.asarray(odds * (100 - threshold) / threshold)


def poll_ratios(obs: pd.DataFrame, base: str = "all", threshold: float = 50.0) -> pd.DataFrame:
    """Response ratio that each poll needs to be overturned.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, for_pct, against_pct (percent of all respondents); poll_id where
        there is one.
    base : {"all", "opinion_holders"}
        ``"all"``: supporters against everybody else, those without an answer taken as
        opponents. ``"opinion_holders"``: supporters against opponents alone; polls that
        printed no "against" are left out.
    threshold : float
        Percent of the base.

    Returns
    -------
    DataFrame
        poll_id, house_id, mid_date, base, share_pct, ratio.

    Raises
    ------
    PollInputError
        Naming row, column and cure; for an unknown base.

    Examples
    --------
    >>> polls = pd.DataFrame({
    ...     "house_id": ["a"], "mid_date": ["2022-04-01"], "for_pct": [60], "against_pct": [20],
    ... })
    >>> float(poll_ratios(polls)["ratio"].iloc[0])
    1.5
    >>> float(poll_ratios(polls, "opinion_holders")["ratio"].iloc[0])
    3.0
    """
    if base not in BASES:
        raise PollInputError(f"base {base!r}", f"use one of {', '.join(BASES)}")
    favour, against = _poles(obs)
    share = favour if base == "all" else 100 * favour / (favour + against)
    found = obs.reindex(columns=["poll_id", "house_id", "mid_date"])
    found = found.assign(base=base, share_pct=share)[share.notna()]
    ratio = response_ratio(found["share_pct"].to_numpy(), threshold)
    return found.assign(ratio=ratio).reset_index(drop=True)


def _poles(obs: pd.DataFrame) -> tuple[pd.Series[float], pd.Series[float]]:
    """Shares for and against, checked; against may be missing."""
    for column in ("house_id", "mid_date", "for_pct", "against_pct"):
        if column not in obs.columns:
            raise PollInputError(f"column {column} is missing", "pass polls as from series()")
    cure = "give a percentage of all respondents, 0 to 100"
    poles = [
        read_numbers(obs, column, low=0, high=100, required=column == "for_pct", cure=cure)
        for column in ("for_pct", "against_pct")
    ]
    # Printed percentages are rounded: two of them may pass 100 by a point.
    bad = [int(i) for i in np.flatnonzero(poles[0] + poles[1] > 101)]
    if bad:
        found = f"for and against add up to {poles[0][bad[0]] + poles[1][bad[0]]:g}"
        raise row_error(obs, bad, "against_pct", found, "correct one of them")
    favour, against = (pd.Series(pole, index=obs.index) for pole in poles)
    return favour, against.clip(upper=100 - favour)


def _percent(value: float | Array, name: str) -> Array:
    """Numbers from 0 to 100; missing ones stay missing."""
    numbers = np.asarray(value, dtype=float)
    bad = np.atleast_1d((numbers < 0) | (numbers > 100) | np.isinf(numbers))
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        where = f"{name}, row {first}" if numbers.ndim else name
        found = f"{np.atleast_1d(numbers)[first]:g} percent"
        raise PollInputError(found, "give a percentage from 0 to 100", where)
    return numbers
