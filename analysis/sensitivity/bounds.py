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

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError


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
