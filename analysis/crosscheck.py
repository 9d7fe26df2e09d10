"""The plain cross-check: weighted least squares and a mixed model beside PollTrend."""

from __future__ import annotations

import textwrap
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.columns import one_date
from analysis.crosscheck_models import (
    DEGREE,
    KNOT_DAYS,
    compared_rows,
    fit_mixed,
    fit_wls,
    place_knots,
)
from analysis.errors import PollInputError
from analysis.observations import Observations
from analysis.sampling import Array

if TYPE_CHECKING:
    from analysis.results import PollTrendResults

N_DATES = 5
WIDTH = 79


def cross_check(
    results: PollTrendResults,
    dates: Sequence[object] | None = None,
    *,
    knot_days: float = KNOT_DAYS,
) -> pd.DataFrame:
    """House effects, levels and change beside what two plain models say.

    WLS has a cubic spline for the trend and sum-coded houses, weighted by the
    known variances (sampling and rounding).  MixedLM has the same spline and
    random houses, unweighted, by restricted maximum likelihood.

    Parameters
    ----------
    results : PollTrendResults
    dates : sequence of dates, optional
        Between the first and the last mid-field date; five evenly spaced ones
        when left out.  The change is from the first to the last of them.
    knot_days : float
        Days for each knot of the spline, which lie at quantiles of the poll
        days; at least eight polls for each.

    Returns
    -------
    DataFrame
        quantity (house effect, level, change), name (house or dates), n_polls
        (of a house), mean, sd (PollTrend), wls, wls_se, mixedlm, mixedlm_se:
        percent and points, under the mean of these houses.  Its ``attrs`` hold
        the notes and numbers of :func:`explain_cross_check`.

    Raises
    ------
    PollInputError
        When a date lies outside the polls or ``knot_days`` is not above 0.

    Notes
    -----
    Standard errors of the mixed model are those of its equations at the
    estimated variances (Henderson 1975, "Best linear unbiased estimation and
    prediction under a selection model", Biometrics 31(2)).

    See Also
    --------
    explain_cross_check : the same with the reasons where they differ.

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
    >>> table = cross_check(PollTrend(obs).smooth((0.1, 1.0, 5.0)))
    >>> table["quantity"].value_counts().to_dict()
    {'level': 5, 'house effect': 2, 'change': 1}
    >>> bool((table["wls"] - table["mean"]).abs().max() < 2)
    True
    """
    obs = results.observations
    if not knot_days > 0:
        raise PollInputError(f"knot_days is {knot_days!r}", "give days, above 0")
    days = _days(obs, dates)
    knots = place_knots(obs, knot_days)
    rows = compared_rows(obs, days, knots)
    wls, mixed = fit_wls(obs, knots, rows), fit_mixed(obs, knots, rows)
    frame = _ours(results, days)
    frame["wls"], frame["wls_se"] = wls.estimate, wls.se
    frame["mixedlm"], frame["mixedlm_se"] = mixed.estimate, mixed.se
    facts: dict[Hashable, Any] = {
        "notes": [*wls.notes, *mixed.notes, *_left_out(results)],
        "spline_df": int(len(knots) - DEGREE - 1),
        "n_sectors": len(obs.sectors),
        "unit": "points" if results.model.scale == "percent" else "logits",
        "is_drifting": results.model.design.drift,
    }
    facts.update(wls.facts)
    facts.update(mixed.facts)
    facts.update({name: results.scales[name] for name in ("tau", "omega", "sigma_h")})
    frame.attrs = facts
    return frame


def _days(obs: Observations, dates: Sequence[object] | None) -> Array:
    """Days of the levels, increasing."""
    last = int(obs.days_of(obs.last_date)[0])
    if dates is None:
        return np.unique(np.linspace(0, last, N_DATES).round())
    days = np.unique(obs.days_of(np.array([one_date(date) for date in dates])))
    if not len(days) or days[0] < 0 or days[-1] > last:
        raise PollInputError(
            "dates lie outside the polls or there are none",
            f"give dates from {obs.first_date} to {obs.last_date}",
        )
    return days.astype(float)


def _ours(results: PollTrendResults, days: Array) -> pd.DataFrame:
    """PollTrend's own numbers for the same rows."""
    obs = results.observations
    dates = [str(obs.first_date + np.timedelta64(int(day), "D")) for day in days]
    effects = results.house_effects("houses")
    frame = effects[["house_id", "n_polls", "mean", "sd"]].rename(columns={"house_id": "name"})
    frame.insert(0, "quantity", "house effect")
    trend = results.trend("houses").iloc[days.astype(int)]
    levels = pd.DataFrame(
        {"quantity": "level", "name": dates, "mean": trend["mean"], "sd": trend["sd"]}
    )
    change = results.change(dates[0], dates[-1], reference="houses")
    last = {
        "quantity": ["change"],
        "name": [f"{dates[0]} to {dates[-1]}"],
        "mean": [change["mean"]],
        "sd": [change["sd"]],
    }
    levels = pd.concat([levels, pd.DataFrame(last)])
    levels["n_polls"] = pd.NA
    frame["n_polls"] = frame["n_polls"].astype("Int64")
    levels["n_polls"] = levels["n_polls"].astype("Int64")
    return pd.concat([frame, levels], ignore_index=True)


def _left_out(results: PollTrendResults) -> list[str]:
    """What PollTrend knows and the plain models do not."""
    model = results.model
    parts = {
        "anchors": model.design.is_anchored,
        "events": bool(model.events),
        "covariates": bool(model.covariates.names),
    }
    return [
        f"the plain models know nothing of the {name}" for name, there in parts.items() if there
    ]


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
    facts = table.attrs
    if "spline_df" not in facts:
        cure = "pass the frame as cross_check returned it"
        raise PollInputError("the table has lost its attrs", cure)
    lines = ["Cross-check under the mean of these houses", "=" * WIDTH]
    lines += [table.to_string(index=False, float_format=lambda v: f"{v:.2f}", na_rep=""), ""]
    lines += [_bullet(text) for text in (*_agreement(table), *_reasons(facts))]
    lines += [_bullet(f"Note: {text}.") for text in facts["notes"]]
    return "\n".join(lines)


def _agreement(table: pd.DataFrame) -> list[str]:
    """How far apart the estimates lie, in combined standard errors."""
    texts = []
    for name, label in (("wls", "WLS"), ("mixedlm", "MixedLM")):
        known = table.dropna(subset=[name])
        if known.empty:
            continue
        apart = (known[name] - known["mean"]).abs()
        combined = np.hypot(known["sd"], known[f"{name}_se"])
        n_close = int((apart < 2 * combined).sum())
        worst = known.iloc[int(np.argmax(apart))]
        polls = "" if pd.isna(worst["n_polls"]) else f" ({worst['n_polls']} polls)"
        texts.append(
            f"{label}: {n_close} of {len(known)} estimates lie within two combined standard "
            f"errors of PollTrend. Farthest apart: {worst['quantity']} {worst['name']}{polls}, "
            f"{worst[name]:.1f} against {worst['mean']:.1f}."
        )
    return texts


def _reasons(facts: Mapping[Any, Any]) -> list[str]:
    """Why they differ, with the numbers of this data set."""
    unit = facts["unit"]
    texts = [
        "WLS does not draw houses together: one with a poll or two keeps all of its chance "
        f"error. PollTrend draws it towards the rest (sigma_h {facts['sigma_h']:.2g} {unit}"
        + (" within its sector)." if facts["n_sectors"] > 1 else ")."),
        (
            f"Both plain models have a cubic spline of {facts['spline_df']} coefficients, fixed "
            "before a share is seen: it follows a sudden turn where polls are many and swings "
            "at its ends. PollTrend lets a random walk take its step from the polls (tau "
            f"{facts['tau']:.2g} {unit} per root day): a rare jump is smoothed over."
        ),
    ]
    if np.isfinite(facts["wls_factor"]):
        texts.append(
            f"WLS multiplies all known variances by one factor, here {facts['wls_factor']:.1f}, "
            "so that a poll twice as large counts twice. PollTrend adds the same excess to each "
            f"(omega {facts['omega']:.2g} {unit}), which evens large and small polls out."
        )
    if np.isfinite(facts["residual_sd"]):
        texts.append(
            f"MixedLM has one residual sd for all polls ({facts['residual_sd']:.1f} points), "
            "whatever their size, and "
            f"draws all houses to one mean (sd {facts['house_sd']:.1f} points), whatever their "
            "sector. Both sds are plugged in: its standard errors leave their uncertainty out."
        )
    if facts["is_drifting"]:
        texts.append(
            "House effects of the plain models stand still. PollTrend lets them drift: its "
            "effects are means over the dates of each house's polls, and a trend of one house "
            "need not be one of the level."
        )
    return texts


def _bullet(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="- ", subsequent_indent="  ")
