"""Does the sensitive item change the answers to the others: a test for design effects."""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import nnls
from scipy.special import chdtrc, ndtr, ndtri

from analysis.base.arrays import Array
from analysis.list_experiments._data import ListData, read_list

# 2^12 Sobol points place a probability of up to eight dimensions within about 1e-4.
LOG2_POINTS = 12
CLOSED_FORM = 3


def orthant_probability(cov: Array) -> float:
    """Probability that all components of a centred normal vector are positive.

    Parameters
    ----------
    cov : ndarray, shape (k, k)

    Returns
    -------
    float

    Notes
    -----
    Up to three dimensions in closed form (Sheppard 1899; David 1953), above by Genz's
    separation of variables (1992, J. Comp. Graph. Stat. 1) on Sobol points, always the same.

    Examples
    --------
    >>> orthant_probability(np.eye(2)), round(orthant_probability(np.eye(5)), 5)
    (0.25, 0.03125)
    """
    k = len(cov)
    if k == 0:
        return 1.0
    sd = np.sqrt(np.diag(cov))
    corr = np.clip(cov / np.outer(sd, sd), -1.0, 1.0)
    if k <= CLOSED_FORM:
        angles = np.arcsin(corr[np.triu_indices(k, 1)]).sum()
        return float(0.5**k + angles / (2 * np.pi) * 0.5 ** max(0, k - 2))
    return _genz(corr)


def _genz(corr: Array) -> float:
    """Integrate one variable after the other, each over its tail given those before."""
    # Here and not above: it brings all of scipy.stats, for which every command would wait.
    from scipy.stats.qmc import Sobol

    root = np.linalg.cholesky(corr)
    k = len(corr)
    cube = (Sobol(k - 1, scramble=False).random_base2(LOG2_POINTS) + 0.5**LOG2_POINTS / 2) % 1.0
    points = np.zeros((len(cube), k))
    total = np.full(len(cube), 0.5)
    tail = np.full(len(cube), 0.5)
    for i in range(1, k):
        # A draw of the variable before, from its tail above its bound.
        drawn = 1 - tail * (1 - cube[:, i - 1])
        points[:, i - 1] = ndtri(np.clip(drawn, 1e-16, 1 - 1e-16))
        tail = ndtr(points[:, :i] @ root[i, :i] / root[i, i])
        total = total * tail
    return float(total.mean())


def chi_bar_weights(cov: Array) -> Array:
    """Weights of chi-squares in the distance of a normal vector from the positive orthant.

    Parameters
    ----------
    cov : ndarray, shape (k, k)
        Of the vector, whose mean is zero.

    Returns
    -------
    ndarray, shape (k + 1,)
        Probability that exactly i components of the nearest point of the orthant are zero,
        i = 0 to k: the weight of chi-square with i degrees of freedom.

    Notes
    -----
    Kudo (1963, Biometrika 50), theorem 3.1: sums over the subsets of components of products
    of two orthant probabilities.

    Examples
    --------
    >>> chi_bar_weights(np.eye(2)).tolist()
    [0.25, 0.5, 0.25]
    """
    k = len(cov)
    weights = np.zeros(k + 1)
    everyone = set(range(k))
    for n_zero in range(k + 1):
        for zero in combinations(range(k), n_zero):
            free = sorted(everyone - set(zero))
            # Of no components the inverse has shape (0, 0).
            inner = np.asarray(np.linalg.inv(cov[np.ix_(zero, zero)]), dtype=np.float64)
            cross = cov[np.ix_(free, zero)]
            left = cov[np.ix_(free, free)] - cross @ inner @ cross.T
            weights[n_zero] += orthant_probability(inner) * orthant_probability(left)
    return np.asarray(weights / weights.sum())


def distance_from_orthant(point: Array, cov: Array) -> float:
    """Squared distance of a point from the positive orthant in the metric of a covariance.

    Examples
    --------
    >>> round(distance_from_orthant(np.array([-2.0, 1.0]), np.eye(2)), 6)
    4.0
    """
    if (point >= 0).all():  # inside, where the last digits of a solver would pass for a distance
        return 0.0
    whiten = np.linalg.inv(np.linalg.cholesky(cov))
    return float(nnls(whiten, whiten @ point)[1] ** 2)


def chi_bar_tail(distance: float, weights: Array) -> float:
    """Probability of a squared distance at least as large, under a mean of zero.

    Examples
    --------
    >>> round(chi_bar_tail(2.706, np.array([0.5, 0.5])), 3), chi_bar_tail(0.0, np.array([0.5, 0.5]))
    (0.05, 1.0)
    """
    if distance <= 0:
        return 1.0
    freedom = np.arange(1, len(weights))
    return float(weights[1:] @ chdtrc(freedom, distance))


# Shares whose variance is smaller than this are fixed by the data, not estimated.
NO_VARIANCE = 1e-14
RIDGE = 1e-9


class Shares(NamedTuple):
    """Estimated shares of the types with one answer to the sensitive item."""

    holds_item: bool
    control_count: Array
    share: Array
    cov: Array


def list_type_shares(frame: pd.DataFrame, n_items: int, **columns: Any) -> pd.DataFrame:
    """Share of each type: how many control items apply, and whether the sensitive one does.

    Without a design effect and without liars both arms together identify these shares
    (Blair and Imai 2012, section 3.1, table 1), and none is negative but by chance.

    Parameters
    ----------
    frame, n_items, **columns
        As :func:`analysis.list_experiments._data.read_list`.

    Returns
    -------
    DataFrame
        holds_item, control_count (0 to J), share, se (percent and points).

    Examples
    --------
    >>> answers = pd.DataFrame({"count": [0, 1, 0, 1, 1, 2, 0, 1], "treatment": [0] * 4 + [1] * 4})
    >>> list_type_shares(answers, 1)[["holds_item", "control_count", "share"]]
       holds_item  control_count  share
    0        True              0   25.0
    1        True              1   25.0
    2       False              0   25.0
    3       False              1   25.0
    """
    data = read_list(frame, n_items, **columns)
    rows = []
    for part in estimate_shares(data):
        sd = np.sqrt(np.diag(part.cov))
        for count, share, se in zip(part.control_count, part.share, sd, strict=True):
            rows.append((part.holds_item, int(count), 100 * share, 100 * se))
    return pd.DataFrame(rows, columns=["holds_item", "control_count", "share", "se"])


def design_effect_test(
    frame: pd.DataFrame, n_items: int, *, gms: bool = True, **columns: Any
) -> pd.Series[Any]:
    """Test that no type has a negative share, as it could not without a design effect.

    Parameters
    ----------
    frame, n_items, **columns
        As :func:`analysis.list_experiments._data.read_list`.
    gms : bool
        Leave out shares that lie so far above zero that they cannot matter (generalized
        moment selection): more power.

    Returns
    -------
    Series
        p_value (of both hypotheses together, Bonferroni: twice the smaller, at most 1),
        p_holds, p_not (for the types with and without the item), statistic_holds,
        statistic_not, n_tested_holds, n_tested_not (shares that were not left out),
        lowest_share, lowest_se (percent, points).

    Notes
    -----
    Blair and Imai (2012), section 3.1: the squared distance of the estimated shares from
    the positive orthant is chi-bar-square under shares of zero (Kudo 1963). Selection
    follows Andrews and Soares (2010, Econometrica 78): a share stays unless it exceeds
    sqrt(log n) of its standard errors. The R package ``list`` 9.2.6 compares with the
    spread of the shares in place of their standard errors, and its weights for four shares
    are no probabilities; without selection and up to three shares both agree.
    A high p-value is no proof: the test sees only violations that make a share negative.

    Examples
    --------
    >>> from analysis.list_experiments.estimates import simulate_list
    >>> clean = simulate_list(3000, 3, 0.4, np.random.default_rng(1))
    >>> broken = simulate_list(3000, 3, 0.1, np.random.default_rng(1), design_effect=0.5)
    >>> bool(design_effect_test(clean, 3)["p_value"] > 0.5)
    True
    >>> bool(design_effect_test(broken, 3)["p_value"] < 0.001)
    True
    """
    data = read_list(frame, n_items, **columns)
    parts = estimate_shares(data)
    found = {part.holds_item: _test(part, data.n, gms) for part in parts}
    shares = np.concatenate([part.share for part in parts])
    sd = np.sqrt(np.concatenate([np.diag(part.cov) for part in parts]))
    lowest = int(np.argmin(shares))
    smaller = min(found[True][0], found[False][0])
    return pd.Series(
        {
            "p_value": min(1.0, 2 * smaller),
            "p_holds": found[True][0],
            "p_not": found[False][0],
            "statistic_holds": found[True][1],
            "statistic_not": found[False][1],
            "n_tested_holds": found[True][2],
            "n_tested_not": found[False][2],
            "lowest_share": 100 * float(shares[lowest]),
            "lowest_se": 100 * float(sd[lowest]),
        },
        name="design_effect",
    )


def estimate_shares(data: ListData) -> tuple[Shares, Shares]:
    """Shares of the types with and without the item, with their covariances.

    With F the distribution of counts in an arm, the share with the item and j control
    items is ``F_control(j) - F_treated(j)``, without it ``F_treated(j) - F_control(j - 1)``.

    Parameters
    ----------
    data : ListData

    Returns
    -------
    tuple of Shares
        With the item; without it. Proportions, j from 0 to J.
    """
    counts = np.arange(-1, data.n_items + 1)
    treated, control = (_distribution(data, arm, counts) for arm in (True, False))
    at, before = slice(1, None), slice(None, -1)
    with_item = Shares(
        True,
        counts[at].astype(float),
        control[0][at] - treated[0][at],
        control[1][at, at] + treated[1][at, at],
    )
    without = Shares(
        False,
        counts[at].astype(float),
        treated[0][at] - control[0][before],
        treated[1][at, at] + control[1][before, before],
    )
    return with_item, without


def _distribution(
    data: ListData, treated: bool, counts: np.ndarray[Any, Any]
) -> tuple[Array, Array]:
    """Distribution function of the counts in an arm, and its covariances."""
    arm = data.treated == treated
    weights = data.weights[arm] / data.weights[arm].sum()
    below = (data.count[arm][:, None] <= counts).astype(float)
    share = weights @ below
    spread = weights[:, None] * (below - share)
    return share, spread.T @ spread


def _test(part: Shares, n: int, gms: bool) -> tuple[float, float, int]:
    """P-value, squared distance from the orthant, shares tested."""
    variance = np.diag(part.cov)
    # All J + 1 items, or none, is seen in one arm: such a share is never negative.
    sure = part.control_count.max() if part.holds_item else 0.0
    tested = (variance > NO_VARIANCE) & (part.control_count != sure)
    if gms:
        limit = np.sqrt(np.log(n) * np.maximum(variance, NO_VARIANCE))
        tested &= part.share <= limit
    if not tested.any():
        return 1.0, 0.0, 0
    share, cov = part.share[tested], part.cov[np.ix_(tested, tested)]
    # A count that nobody gave makes two shares move as one.
    cov = cov + RIDGE * np.diag(np.diag(cov))
    distance = distance_from_orthant(share, cov)
    p_value = chi_bar_tail(distance, chi_bar_weights(cov))
    return p_value, distance, int(tested.sum())
