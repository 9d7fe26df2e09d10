"""Item-count (list) experiments: what share holds an item that nobody has to name.

The control group says how many of J items apply, the treated how many of J + 1. The
difference of the means is the share to whom the added item applies if treatment was random,
if nobody misreports the count (no liars) and if the added item does not change the answers to
the others (no design effect; Blair and Imai 2012, Political Analysis 20(1), section 2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha, check_rng
from analysis.list_experiments._data import ListData, read_list
from analysis.list_experiments._means import Group, Statistic, difference, draw, group_mean

TRUTHFUL = ("yes", "no")


def list_estimates(
    frame: pd.DataFrame,
    n_items: int,
    *,
    truthful_answer: str = "yes",
    alpha: float = 0.05,
    rng: np.random.Generator | None = None,
    n_draws: int = 2000,
    **columns: Any,
) -> pd.DataFrame:
    """Share that holds the sensitive item: by list, by direct question, by both combined.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent: columns count and treatment; optionally others.
    n_items : int
        Items of the control list, J.
    truthful_answer : {"yes", "no"}
        Which direct answer the combined estimate takes at its word. ``"yes"``, the
        assumption of Aronow et al., says that nobody claims the item falsely; ``"no"``,
        that nobody denies it falsely: the one to take where fear makes people claim
        it, as with support for a war.
    alpha : float
        0.05 gives 95% intervals.
    rng : Generator, optional
        With it errors and intervals come from the bootstrap (percentiles), without it from
        the formulas.
    n_draws : int
        Draws of the bootstrap.
    **columns
        count, treatment, direct, weights, missing of
        :func:`analysis.list_experiments._data.read_list`.

    Returns
    -------
    DataFrame
        quantity, estimate, se, lower, upper (percent and points), n (respondents behind
        it), errors ("analytic" or "bootstrap"). Quantities: list; with direct answers also
        direct, gap (direct less list) and combined.

    Raises
    ------
    PollInputError
        As :func:`analysis.list_experiments._data.read_list`; for the combined estimate also where a
        group that it compares has fewer than two respondents.

    See Also
    --------
    list_placebos : can the assumption of the combined estimate be kept.
    analysis.list_experiments.design_effect.design_effect_test :
        does the added item change the other answers.

    Notes
    -----
    Combined (Aronow, Coppock, Crawford and Green 2015, JSSAM 3(1), section 3): with d the
    share that says yes and t_no the difference in means among those who say no,
    ``d + (1 - d) t_no``. With "no" truthful the same argument gives ``d t_yes``. A variance
    is the sum of squared influence values, so that of the gap knows that both answers
    come from the same people.

    Examples
    --------
    >>> answers = pd.DataFrame({
    ...     "count": [1, 2, 1, 2, 2, 3, 2, 2], "treatment": [0, 0, 0, 0, 1, 1, 1, 1],
    ...     "direct": [1, 0, 1, 0, 1, 1, 0, 0],
    ... })
    >>> found = list_estimates(answers, 3, direct="direct", truthful_answer="no")
    >>> found[["quantity", "estimate", "se", "n"]].round(1)
       quantity  estimate    se  n
    0      list      75.0  38.2  8
    1    direct      50.0  18.9  8
    2       gap     -25.0  25.7  8
    3  combined      75.0  37.8  8
    """
    data = read_list(frame, n_items, **columns)
    check_alpha(alpha)
    parts = {"list": difference(data)}
    if data.direct is not None:
        parts |= _with_direct(data, data.direct, truthful_answer)
    rows = [
        {"quantity": name, **_row(data, part, alpha, rng, n_draws), "n": data.n}
        for name, part in parts.items()
    ]
    return pd.DataFrame(rows).assign(errors="analytic" if rng is None else "bootstrap")


def list_placebos(
    frame: pd.DataFrame,
    n_items: int,
    *,
    truthful_answer: str = "yes",
    alpha: float = 0.05,
    rng: np.random.Generator | None = None,
    n_draws: int = 2000,
    **columns: Any,
) -> pd.DataFrame:
    """Test what the combined estimate takes for granted.

    Placebo I: among those whose direct answer is taken at its word the list must find what
    they said, a difference in means of 1 among the truthful "yes" (0 among the truthful
    "no"). It also fails with a design effect or with liars. Placebo II: the list must not
    change the direct answer, a difference of 0 in the share of yes between the arms.

    Parameters
    ----------
    frame, n_items, truthful_answer, alpha, rng, n_draws, **columns
        As in :func:`list_estimates`; `direct` is needed.

    Returns
    -------
    DataFrame
        test, group, expected, estimate, se, lower, upper (percent and points), p_value
        (two-sided, normal), n.

    Raises
    ------
    PollInputError
        As :func:`list_estimates`, and without direct answers.

    Notes
    -----
    Aronow, Coppock, Crawford and Green (2015), section 4, there for a truthful "yes".

    Examples
    --------
    >>> rng = np.random.default_rng(5)
    >>> answers = simulate_list(4000, 3, 0.6, rng, false_yes=0.3)
    >>> tests = list_placebos(answers, 3, direct="direct", truthful_answer="no")
    >>> tests["expected"].tolist()
    [0.0, 0.0]
    >>> bool((tests["p_value"] > 0.05).all())
    True
    """
    data = read_list(frame, n_items, **columns)
    check_alpha(alpha)
    if data.direct is None:
        cure = "name the column of direct answers (direct=, --direct)"
        raise PollInputError("placebo tests need direct answers", cure)
    is_yes = _check_truthful(truthful_answer) == "yes"
    group = (data.direct == 1.0) == is_yes
    first = difference(data, group, f" and say {truthful_answer}")
    arms = [
        group_mean(data.direct, arm, data.weights, "are in one arm")
        for arm in (data.treated, ~data.treated)
    ]
    tests = (
        ("I", truthful_answer, 100.0 * is_yes, first, int(group.sum())),
        ("II", "all", 0.0, arms[0].minus(arms[1]), data.n),
    )
    rows = []
    for name, who, expected, part, n in tests:
        row = _row(data, part, alpha, rng, n_draws)
        distance = abs(row["estimate"] - expected)
        p_value = _two_sided(distance, row["se"])
        rows.append(
            {"test": name, "group": who, "expected": expected, **row, "p_value": p_value, "n": n}
        )
    return pd.DataFrame(rows)


def simulate_list(
    n: int,
    n_items: int,
    share: float,
    rng: np.random.Generator,
    *,
    false_yes: float = 0.0,
    false_no: float = 0.0,
    item_share: float = 0.4,
    design_effect: float = 0.0,
) -> pd.DataFrame:
    """Invent respondents of a list experiment whose truth is known.

    Parameters
    ----------
    n : int
        Respondents; every second one is treated.
    n_items : int
        Items of the control list, J.
    share : float
        Share that holds the sensitive item, 0 to 1.
    rng : Generator
    false_yes, false_no : float
        Share of those without the item who claim it when asked directly, and of those with
        it who deny it.
    item_share : float
        Probability of each control item.
    design_effect : float
        Share of the treated who answer one control item less because of the sensitive one.

    Returns
    -------
    DataFrame
        count, treatment, direct, truth.

    Examples
    --------
    >>> simulate_list(3, 4, 0.5, np.random.default_rng(1)).columns.tolist()
    ['count', 'treatment', 'direct', 'truth']
    """
    shares = {"share": share, "false_yes": false_yes, "false_no": false_no}
    shares |= {"item_share": item_share, "design_effect": design_effect}
    for name, value in shares.items():
        if not np.all((np.asarray(value) >= 0) & (np.asarray(value) <= 1)):
            raise PollInputError(f"{name} is {value!r}", "give a share from 0 to 1")
    given: object = n
    if not isinstance(given, int | np.integer) or given < 0:
        raise PollInputError(f"n is {n!r}", "give a whole number of respondents")
    rng = check_rng(rng)
    truth = rng.random(n) < share
    treated = np.arange(n) % 2 == 1
    control = rng.binomial(n_items, item_share, n)
    shy = treated & (rng.random(n) < design_effect)
    count = np.maximum(control - shy, 0) + (treated & truth)
    lies = rng.random(n) < np.where(truth, false_no, false_yes)
    columns = {"count": count, "treatment": treated, "direct": truth != lies, "truth": truth}
    return pd.DataFrame({name: np.asarray(values, dtype=int) for name, values in columns.items()})


def _with_direct(data: ListData, direct: Array, truthful: str) -> dict[str, Statistic]:
    """Direct share, its distance from the list, and both combined."""
    everybody = np.ones(data.n, dtype=bool)
    said_yes = group_mean(direct, everybody, data.weights, "answered")
    combined = _combine(data, said_yes, direct == 1.0, _check_truthful(truthful))
    return {"direct": said_yes, "gap": said_yes.minus(difference(data)), "combined": combined}


def _combine(data: ListData, said_yes: Statistic, yes: Group, truthful: str) -> Statistic:
    """List among those whose direct answer is in doubt, the direct answer for the others."""
    doubted = "no" if truthful == "yes" else "yes"
    among = difference(data, yes == (doubted == "yes"), f" and say {doubted}")
    once = data.weights[None, :]
    share, gap = float(said_yes.of(once)[0]), float(among.of(once)[0])
    if truthful == "no":
        return Statistic(
            lambda weights: said_yes.of(weights) * among.of(weights),
            gap * said_yes.influence + share * among.influence,
        )
    return Statistic(
        lambda weights: said_yes.of(weights) + (1 - said_yes.of(weights)) * among.of(weights),
        (1 - gap) * said_yes.influence + (1 - share) * among.influence,
    )


def _check_truthful(answer: object) -> str:
    if answer not in TRUTHFUL:
        cure = "name the direct answer that is taken at its word: 'yes' or 'no'"
        raise PollInputError(f"{answer!r}", cure, "truthful answer")
    return str(answer)


def _row(
    data: ListData, part: Statistic, alpha: float, rng: np.random.Generator | None, n_draws: int
) -> dict[str, float]:
    """Estimate, error and interval in percent."""
    value = float(part.of(data.weights[None, :])[0])
    if rng is None:
        se, z = part.se, float(ndtri(1 - alpha / 2))
        lower, upper = value - z * se, value + z * se
    else:
        drawn = draw(data, part, check_rng(rng), n_draws)
        se = float(drawn.std(ddof=1))
        lower, upper = (float(v) for v in np.quantile(drawn, [alpha / 2, 1 - alpha / 2]))
    found = {"estimate": value, "se": se, "lower": lower, "upper": upper}
    return {name: 100 * number for name, number in found.items()}


def _two_sided(distance: float, se: float) -> float:
    """Two-sided p-value; no spread at all leaves certainty."""
    if se == 0:
        return float(distance == 0)
    return float(2 * ndtr(-distance / se))
