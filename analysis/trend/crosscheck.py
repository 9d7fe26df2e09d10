"""The plain cross-check: weighted least squares and a mixed model beside PollTrend."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.interpolate import BSpline

from analysis.base.arrays import Array
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.observations import Observations
from analysis.base.text import WIDTH

if TYPE_CHECKING:
    from analysis.trend.results import PollTrendResults

# One knot inside for each half a year, and for no fewer than eight polls.
KNOT_DAYS, POLLS_PER_KNOT = 180, 8
DEGREE = 3
# A house variance below this share of the residual variance is a zero of the search.
NO_VARIANCE = 1e-4


@dataclass(frozen=True, eq=False)
class PlainFit:
    """Estimates of one plain model.

    Parameters
    ----------
    estimate, se : ndarray, shape (n_rows,)
    facts : dict
        Numbers for the explanation.
    notes : tuple of str
    """

    estimate: Array
    se: Array
    facts: dict[str, float]
    notes: tuple[str, ...]


def place_knots(obs: Observations, knot_days: float) -> Array:
    """Knots of the spline, the ends repeated; on one day only, a day on each side."""
    day = obs.day.astype(float)
    n_inside = int(min(day[-1] / knot_days, len(day) / POLLS_PER_KNOT))
    shares = np.arange(1, n_inside + 1) / (n_inside + 1)
    inside = np.unique(np.quantile(day, shares)) if n_inside else np.zeros(0)
    first, last = (day[0], day[-1]) if day[-1] > day[0] else (day[0] - 1, day[-1] + 1)
    inside = inside[(inside > first) & (inside < last)]
    return np.concatenate([np.repeat(first, DEGREE + 1), inside, np.repeat(last, DEGREE + 1)])


def spline_columns(days: Array, knots: Array) -> Array:
    """Cubic B-splines on days, shape (n_days, n_splines); each row adds up to one."""
    return np.asarray(BSpline.design_matrix(days, knots, DEGREE).toarray())


def compared_rows(obs: Observations, days: Array, knots: Array) -> Array:
    """What is compared, as combinations of splines and house effects around their mean."""
    n_houses = len(obs.houses)
    level = spline_columns(days, knots)
    effects = np.hstack([np.zeros((n_houses, level.shape[1])), np.eye(n_houses) - 1 / n_houses])
    # The mean of these houses: the spline and the plain mean of their effects.
    levels = np.hstack([level, np.full((len(days), n_houses), 1 / n_houses)])
    return np.vstack([effects, levels, levels[-1] - levels[0]])


def fit_wls(obs: Observations, knots: Array, rows: Array) -> PlainFit:
    """Spline and sum-coded houses by weighted least squares.

    Parameters
    ----------
    obs : Observations
    knots : ndarray
    rows : ndarray, shape (n_rows, n_splines + n_houses)
        Combinations to be estimated.

    Returns
    -------
    PlainFit
    """
    from statsmodels.regression.linear_model import WLS

    n_houses = len(obs.houses)
    coding = np.vstack([np.eye(n_houses - 1), -np.ones((1, n_houses - 1))])
    exog = np.hstack([spline_columns(obs.day.astype(float), knots), coding[obs.house_of_poll]])
    n_splines = len(knots) - DEGREE - 1
    contrasts = np.hstack([rows[:, :n_splines], rows[:, n_splines:] @ coding])
    rank = int(np.linalg.matrix_rank(exog))
    if rank < exog.shape[1] or rank >= len(exog):
        text = f"WLS: {len(exog)} polls do not identify {exog.shape[1]} coefficients"
        return _nothing(len(rows), {"wls_factor": np.nan}, text)
    fit = WLS(obs.share_pct, exog, weights=1 / obs.known_variance).fit()
    variance = np.einsum("ri,ij,rj->r", contrasts, fit.cov_params(), contrasts)
    return PlainFit(
        contrasts @ fit.params, np.sqrt(np.maximum(variance, 0)), {"wls_factor": fit.scale}, ()
    )


def fit_mixed(obs: Observations, knots: Array, rows: Array) -> PlainFit:
    """Spline and random houses by restricted maximum likelihood.

    What statsmodels warns of becomes a note.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM

    exog = spline_columns(obs.day.astype(float), knots)
    missing = {"house_sd": np.nan, "residual_sd": np.nan}
    if len(obs.houses) < 2:
        return _nothing(len(rows), missing, "MixedLM: one house has no spread of houses")
    rank = int(np.linalg.matrix_rank(exog))
    if rank < exog.shape[1] or rank + 2 > len(exog):
        text = f"MixedLM: {len(exog)} polls do not identify {exog.shape[1]} splines"
        return _nothing(len(rows), missing, text)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            fit = MixedLM(obs.share_pct, exog, groups=obs.house_of_poll).fit(reml=True)
        except (np.linalg.LinAlgError, ValueError) as error:
            return _nothing(len(rows), missing, f"MixedLM: no fit ({error})")
    said = {" ".join(str(w.message).split()) for w in caught}
    notes = tuple(f"MixedLM warns: {text}" for text in sorted(said))
    houses, residual = float(np.asarray(fit.cov_re)[0, 0]), float(fit.scale)
    if houses < NO_VARIANCE * residual:
        return _nothing(
            len(rows), missing, *notes, "MixedLM: the variance of houses is estimated as zero"
        )
    estimate, cov = solve_mixed(exog, obs.house_of_poll, obs.share_pct, houses, residual)
    variance = np.einsum("ri,ij,rj->r", rows, cov, rows)
    facts = {"house_sd": houses**0.5, "residual_sd": residual**0.5}
    return PlainFit(rows @ estimate, np.sqrt(np.maximum(variance, 0)), facts, notes)


def solve_mixed(
    exog: Array, house: np.ndarray[Any, Any], share: Array, houses: float, residual: float
) -> tuple[Array, Array]:
    """Solve the mixed model equations at given variances.

    Parameters
    ----------
    exog : ndarray, shape (n, n_splines)
    house : ndarray of int, shape (n,)
    share : ndarray, shape (n,)
    houses, residual : float
        Variances of houses and of the residual, squared points.

    Returns
    -------
    estimate : ndarray, shape (n_splines + n_houses,)
        Fixed effects, then best linear unbiased predictions of the houses.
    cov : ndarray
        Of the errors of both together.
    """
    both = np.hstack([exog, np.eye(int(house.max()) + 1)[house]])
    penalty = np.zeros(both.shape[1])
    penalty[exog.shape[1] :] = residual / houses
    inverse = np.linalg.inv(both.T @ both + np.diag(penalty))
    return inverse @ both.T @ share, residual * inverse


def _nothing(n_rows: int, facts: dict[str, float], *notes: str) -> PlainFit:
    """No estimates, and why."""
    return PlainFit(np.full(n_rows, np.nan), np.full(n_rows, np.nan), facts, notes)


N_DATES = 5


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
        "unit": "points" if not results.model.options.is_logit else "logits",
        "is_drifting": results.model.design.drift,
    }
    facts.update(wls.facts)
    facts.update(mixed.facts)
    facts.update({name: results.params[name] for name in ("tau", "omega", "sigma_h")})
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
