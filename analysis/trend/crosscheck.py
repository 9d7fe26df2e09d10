"""The plain cross-check: two formulas of statsmodels beside PollTrend."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.errors import PollInputError
from analysis.base.text import WIDTH
from analysis.observations.frame import Observations

# One knot inside for each half a year, and for no fewer than eight polls.
KNOT_DAYS, POLLS_PER_KNOT = 180, 8
DEGREE = 3
# A house variance below this share of the residual variance is a zero of the search.
NO_VARIANCE = 1e-4
# Why they differ: a reason is given where the numbers that it names are there.
REASONS = (
    (
        "WLS does not draw houses together: one with a poll or two keeps all of its chance "
        "error. PollTrend draws it towards the rest, within its sector where there are several."
    ),
    (
        "Both plain models have a cubic spline of {spline_df} coefficients, fixed before a "
        "share is seen: it follows a sudden turn where polls are many and swings at its ends. "
        "PollTrend lets a random walk take its step from the polls: a rare jump is smoothed "
        "over."
    ),
    (
        "WLS multiplies all known variances by one factor, here {wls_factor:.1f}, so that a "
        "poll twice as large counts twice. PollTrend adds the same excess to each, which evens "
        "large and small polls out."
    ),
    (
        "MixedLM has one residual sd for all polls ({residual_sd:.1f} points), whatever their "
        "size, and draws all houses to one mean (sd {house_sd:.1f} points), whatever their "
        "sector. Both sds are plugged in, and what it predicts of houses comes without errors."
    ),
    (
        "House effects of the plain models stand still, and they know nothing of anchors, "
        "events or covariates. Where PollTrend’s effects drift, they are means over the dates "
        "of each house’s polls."
    ),
)


def cross_check(
    obs: Observations,
    effects: pd.DataFrame,
    trend: pd.DataFrame,
    change: pd.Series[Any],
    *,
    knot_days: float = KNOT_DAYS,
) -> pd.DataFrame:
    """House effects, levels and change beside what two plain models say.

    WLS has a cubic spline for the trend and sum-coded houses, weighted by the known variances
    (sampling and rounding). MixedLM has the same spline and random houses, unweighted, by
    restricted maximum likelihood. What is compared are their coefficients: the intercept is the
    level on the first day, the last spline the change from there to the last day.

    Parameters
    ----------
    obs : Observations
    effects : DataFrame
        PollTrend's house effects around the mean of these houses: house_id, n_polls, mean, sd.
    trend : DataFrame
        Its level from the first to the last mid-field date, under the same reference: mean, sd.
    change : Series
        From the first of these days to the last: mean, sd.
    knot_days : float
        Days for each knot of the spline, which lie at quantiles of the poll
        days; at least eight polls for each.

    Returns
    -------
    DataFrame
        quantity (house effect, level, change), name (house or dates), n_polls (of a house), mean,
        sd (PollTrend), wls, wls_se, mixedlm: percent and points, under the mean of these houses.
        Its ``attrs`` hold the notes and numbers of :func:`explain_cross_check`.

    Raises
    ------
    PollInputError
        When ``knot_days`` is not above 0.

    See Also
    --------
    explain_cross_check : the same with the reasons where they differ.
    analysis.trend.results.PollTrendResults.cross_check : for a fitted trend.

    Examples
    --------
    >>> from analysis import PollTrend
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b"] * 8,
    ...     "start_date": pd.date_range("2022-03-01", periods=16, freq="9D"),
    ...     "end_date": pd.date_range("2022-03-03", periods=16, freq="9D"),
    ...     "sample_size": 1000,
    ...     "share_pct": [70, 62, 72, 65, 71, 66, 69, 64] * 2,
    ... })
    >>> table = PollTrend(obs).smooth((0.1, 1.0, 5.0)).cross_check()
    >>> table["quantity"].value_counts().to_dict()
    {'house effect': 2, 'level': 2, 'change': 1}
    >>> bool((table["wls"] - table["mean"]).abs().max() < 2)
    True
    """
    if not knot_days > 0:
        raise PollInputError(f"knot_days is {knot_days!r}", "give days, above 0")
    days = obs.day
    spline_df = DEGREE + int(min(days[-1] / knot_days, len(days) / POLLS_PER_KNOT))
    table = _ours(obs, effects, trend, change)
    columns = ["wls", "wls_se", "mixedlm"]
    table[columns] = np.nan
    table.attrs = {"notes": [], "spline_df": spline_df + 1}
    if not days[-1]:
        table.attrs["notes"] = ["WLS and MixedLM: one day of polls has no trend"]
        return table
    polls = obs.polls.assign(day=days.astype(float), weight=1 / obs.known_variance)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _fit_wls(table, polls, f"bs(day, df={spline_df}, degree={DEGREE})")
        _fit_mixed(table, polls, f"bs(day, df={spline_df}, degree={DEGREE})")
    said = {" ".join(str(warning.message).split()).rstrip(".") for warning in caught}
    table.attrs["notes"] += [f"statsmodels warns: {text}" for text in sorted(said)]
    return table


def _ours(
    obs: Observations, effects: pd.DataFrame, trend: pd.DataFrame, change: pd.Series[Any]
) -> pd.DataFrame:
    """PollTrend's own numbers: houses, level on the first and the last day, change."""
    first, last = str(obs.first_date), str(obs.last_date)
    houses = effects[["house_id", "n_polls", "mean", "sd"]].rename(columns={"house_id": "name"})
    ends = trend[["mean", "sd"]].iloc[[0, -1]].assign(name=[first, last])
    moved = pd.DataFrame(
        [{"name": f"{first} to {last}", "mean": change["mean"], "sd": change["sd"]}]
    )
    parts = {"house effect": houses, "level": ends, "change": moved}
    rows = [part.assign(quantity=quantity) for quantity, part in parts.items()]
    table = pd.concat(rows, ignore_index=True).astype({"n_polls": "Int64"})
    return table[["quantity", "name", "n_polls", "mean", "sd"]]


def _fit_wls(table: pd.DataFrame, polls: pd.DataFrame, spline: str) -> None:
    """Fill in weighted least squares: its coefficients, and sums of them."""
    import statsmodels.formula.api as smf

    houses = table["name"][table["quantity"] == "house effect"]
    coded = " + C(house_id, Sum)" if len(houses) > 1 else ""
    model = smf.wls(f"share_pct ~ {spline}{coded}", polls, weights=polls["weight"])
    if not _identifies(model, table, "WLS"):
        return
    fit = model.fit()
    rows = pd.DataFrame(0.0, index=table.index, columns=fit.params.index)
    own = [name for name in map(str, rows) if name.startswith("C(")]
    # The effects of sum-coded houses add up to zero: the last is minus the others.
    rows.loc[houses.index, own] = np.vstack([np.eye(len(own)), -np.ones(len(own))])
    _read_splines(rows)
    found = fit.t_test(rows.to_numpy())
    table["wls"], table["wls_se"] = found.effect, found.sd
    table.attrs["wls_factor"] = fit.scale


def _fit_mixed(table: pd.DataFrame, polls: pd.DataFrame, spline: str) -> None:
    """Fill in the mixed model: predicted houses around their mean, fixed effects and that mean."""
    import statsmodels.formula.api as smf

    houses = table["name"][table["quantity"] == "house effect"]
    if len(houses) < 2:
        table.attrs["notes"].append("MixedLM: one house has no spread of houses")
        return
    model = smf.mixedlm(f"share_pct ~ {spline}", polls, groups="house_id")
    if not _identifies(model, table, "MixedLM"):
        return
    try:
        fit = model.fit()
        if fit.cov_re.iloc[0, 0] < NO_VARIANCE * fit.scale:
            table.attrs["notes"].append("MixedLM: the variance of houses is estimated as zero")
            return
        predicted = np.array([fit.random_effects[house].iloc[0] for house in houses])
    except (np.linalg.LinAlgError, ValueError) as error:
        table.attrs["notes"].append(f"MixedLM: no fit ({error})")
        return
    rows = pd.DataFrame(0.0, index=table.index, columns=fit.fe_params.index)
    _read_splines(rows)
    levels = rows["Intercept"] * predicted.mean()
    table["mixedlm"] = rows @ fit.fe_params + levels
    table.loc[houses.index, "mixedlm"] = predicted - predicted.mean()
    table.attrs |= {"house_sd": fit.cov_re.iloc[0, 0] ** 0.5, "residual_sd": fit.scale**0.5}


def _identifies(model: Any, table: pd.DataFrame, name: str) -> bool:
    """Whether polls identify the coefficients and an error; else a note says it."""
    n_polls, n_coefficients = model.exog.shape
    enough = np.linalg.matrix_rank(model.exog) == n_coefficients < n_polls - 1
    if not enough:
        text = f"{name}: {n_polls} polls do not identify {n_coefficients} coefficients"
        table.attrs["notes"].append(text)
    return bool(enough)


def _read_splines(rows: pd.DataFrame) -> None:
    """Say which coefficients are the last three rows: level, level at the end, change."""
    # On the first day all splines of the formula are zero, on the last day only its last is one.
    last_spline = [name for name in map(str, rows) if name.startswith("bs(")][-1]
    rows.loc[rows.index[-3:-1], "Intercept"] = 1.0
    rows.loc[rows.index[-2:], last_spline] = 1.0


def explain_cross_check(table: pd.DataFrame) -> str:
    """Table of :func:`cross_check` in words: where the three differ, and why.

    Parameters
    ----------
    table : DataFrame
        As :func:`cross_check` returned it.

    Returns
    -------
    str

    Raises
    ------
    PollInputError
        When the numbers behind the table are lost.
    """
    facts = {str(name): fact for name, fact in table.attrs.items()}
    if "spline_df" not in facts:
        cure = "pass the frame as cross_check returned it"
        raise PollInputError("the table has lost its attrs", cure)
    lines = ["Cross-check under the mean of these houses", "=" * WIDTH]
    lines += [table.to_string(index=False, float_format=lambda v: f"{v:z.2f}", na_rep=""), ""]
    notes = [f"Note: {text}." for text in facts["notes"]]
    for text in (*_agreement(table), *_reasons(facts), *notes):
        lines.append(textwrap.fill(text, WIDTH, initial_indent="- ", subsequent_indent="  "))
    return "\n".join(lines)


def _reasons(facts: dict[str, Any]) -> Iterator[str]:
    """Reasons with the numbers of this data set; none about a model that was not fitted."""
    for text in REASONS:
        with suppress(KeyError):
            yield text.format(**facts)


def _agreement(table: pd.DataFrame) -> list[str]:
    """How far apart the estimates lie: of WLS in combined standard errors too."""
    texts = []
    for name, label in (("wls", "WLS"), ("mixedlm", "MixedLM")):
        known = table.dropna(subset=[name])
        if known.empty:
            continue
        apart = (known[name] - known["mean"]).abs()
        worst = known.iloc[int(np.argmax(apart))]
        polls = "" if pd.isna(worst["n_polls"]) else f" ({worst['n_polls']} polls)"
        close, told = "", "farthest apart"
        if name == "wls":
            n_close = int((apart <= 2 * np.hypot(known["sd"], known["wls_se"])).sum())
            close = (
                f"{n_close} of {len(known)} estimates lie within two combined standard errors of "
                "PollTrend. "
            )
            told = told.capitalize()
        texts.append(
            f"{label}: {close}{told}: {worst['quantity']} {worst['name']}{polls}, "
            f"{worst[name]:.1f} against {worst['mean']:.1f}."
        )
    return texts
