"""Plain-text summary, diagnostics and the JSON record of a fitted trend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.base.errors import MAX_ROWS_NAMED
from analysis.base.intervals import Bounded, interval_row
from analysis.base.names import find_alike, tell_apart
from analysis.base.sampling import NEAR_EDGE, common_error_sd
from analysis.base.text import WIDTH, field, plain, show_interval, show_table
from analysis.observations.references import Reference, describe_reference
from analysis.trend.budget import split_variance
from analysis.trend.effects import (
    GAP_ESTIMANDS,
    confounding,
    covariate_table,
    event_table,
    house_effect_table,
    sector_gap_row,
    tell_confounded,
)
from analysis.trend.fitted import FittedTrend
from analysis.trend.level import change_row, level_table, residual_table
from analysis.trend.solver.logit import slope_at

if TYPE_CHECKING:
    from analysis.present.summary import ResultsSummary

BAND = (
    "uncertainty of {estimand}{hyperparameters}; without {left_out}an error that all houses share"
)
# Median absolute deviation of a normal distribution to its standard deviation.
MEDIAN_TO_SD = 1.4826
# One normal error in sixteen thousand lies beyond.
FAR_AWAY = 4.0
UNUSUAL = 2.0
# Where errors have Student's t: share of the weight of a usual poll.
LITTLE_WEIGHT = 0.25
# National polls of one house scatter by one to three points on top of their samples; more than
# this (at 50 percent), and so many times the error of a sample, is no scatter of polls.
MUCH_EXCESS, OUT_OF_PROPORTION = 5.0, 2.5
PARAMS_TITLE = {
    "full": "Scales (posterior; mode of the logarithm)",
    "map": "Scales (mean, sd and interval: Laplace approximation)",
    "given": "Scales (given)",
}
HOUSES_TITLE = "House effects, points from the estimand"
DRIFTING = ", each averaged over the dates of its polls"


def collect_diagnostics(fitted: FittedTrend) -> dict[str, Any]:
    """Collect convergence, size and fit as plain values."""
    obs, fit = fitted.observations, fitted.fit
    standardised = residual_table(fitted)["standardised"].to_numpy(dtype=float)
    return {
        "method": describe_method(fitted),
        "is_converged": fit.is_converged,
        **fit.details,
        "log_likelihood": fit.llf,
        "log_posterior": fit.log_posterior,
        "n_polls": len(obs.polls),
        "n_houses": len(obs.houses),
        "n_sectors": len(obs.sectors),
        "first_date": str(obs.first_date),
        "last_date": str(obs.last_date),
        "n_days": int(obs.days_of(obs.last_date)[0]) + 1,
        "rms_standardised_residual": float(np.sqrt(np.mean(standardised**2))),
        "largest_standardised_residual": float(np.abs(standardised).max()),
        "warnings": [
            *obs.notes,
            *fitted.model.anchors.notes,
            *fitted.model.anchors.tell_far(obs, fitted.model.options.common_error),
            *fitted.model.covariates.notes,
            *_alike_events(fitted),
            *tell_confounded(fitted),
            *_far_from_their_houses(fitted),
            *_scattered(fitted),
            *fit.warnings,
        ],
    }


def _alike_events(fitted: FittedTrend) -> list[str]:
    """Events whose names look the same: one that stands there twice, perhaps on two days."""
    return [
        f"events that look alike count as different: {' and '.join(map(repr, names))} (they differ "
        f"in {tell_apart(names)}); leave one out, or name them apart"
        for names in find_alike(fitted.model.events)
    ]


def _far_from_their_houses(fitted: FittedTrend) -> list[str]:
    """Polls whose distance from their house is beyond all that the others keep.

    A slip widens the error that the model gives to all polls, and so hides itself among the
    standardised residuals.  The distance is therefore measured by the median one too.
    """
    table, obs = residual_table(fitted), fitted.observations
    residual = table["residual"].to_numpy(dtype=float)
    usual = MEDIAN_TO_SD * np.median(np.abs(residual))
    spread = np.maximum(usual, np.sqrt(obs.known_variance))
    is_student = fitted.model.options.errors == "student"
    # A house that is known to err more than others may; Student's errors forgive a slip.
    standardised = np.abs(table["standardised"].to_numpy(dtype=float))
    told = table["weight"] < LITTLE_WEIGHT if is_student else standardised > UNUSUAL
    return [
        f"{obs.rows[i]}: {obs.share_pct[i]:g} percent where its house is at "
        f"{table['fitted'].iloc[i]:.1f} by the fit, standardised residual "
        f"{table['standardised'].iloc[i]:.1f}, {abs(residual[i]) / spread[i]:.1f} times the usual "
        "distance; look for a slipped point or swapped digits"
        + (f" (it weighs {table['weight'].iloc[i]:.2f} of a usual poll)" if is_student else "")
        for i in np.flatnonzero((np.abs(residual) > FAR_AWAY * spread) & told)
    ]


def _scattered(fitted: FittedTrend) -> list[str]:
    """Excess errors out of all proportion, with the polls that lie farthest from their houses."""
    obs, params = fitted.observations, fitted.params
    table = residual_table(fitted)
    residual, house = np.abs(table["residual"].to_numpy(dtype=float)), obs.polls["house_id"]
    is_by_house = fitted.model.options.house_variance == "by_house"
    is_student = fitted.model.options.errors == "student"
    groups = {f"omega:{name}": (house == name).to_numpy() for name in obs.houses}
    texts = []
    for name, mine in (groups if is_by_house else {"omega": np.ones(len(house), bool)}).items():
        share = obs.share_pct[mine].mean(keepdims=True).clip(NEAR_EDGE, 100.0 - NEAR_EDGE)
        slope = float(slope_at(share)[0]) if fitted.model.options.is_logit else 1.0
        excess, sampling = params[name] / slope, np.sqrt(np.median(obs.known_variance[mine]))
        limit = max(OUT_OF_PROPORTION * sampling, float(common_error_sd(share, MUCH_EXCESS)[0]))
        if excess > limit:
            rows = np.flatnonzero(mine)
            farthest = rows[np.argsort(-residual[rows], kind="stable")[:MAX_ROWS_NAMED]]
            whose = f"polls of house {name.removeprefix('omega:')}" if is_by_house else "polls"
            texts.append(
                f"{whose} scatter by {excess:.1f} points on top of their samples, whose own error "
                f"is {sampling:.1f}: look for subgroups, other questions or slips among them "
                f"(farthest from their houses: {', '.join(obs.rows[i] for i in farthest)})"
                + ("" if is_student else ", or fit with errors='student'")
            )
    return texts


def describe_method(fitted: FittedTrend) -> str:
    """Say what stands still or drifts, and what was done with the hyperparameters."""
    houses = "drifting" if fitted.model.design.drift else "static"
    options = fitted.model.options
    days = "days that are estimated"
    if isinstance(options.calm_days, float):
        days = f"{options.calm_days:g} days"
    calms = f"a walk that calms from {options.calm_from} on, by e in {days}; "
    walk = calms if options.walk == "calming" else ""
    if options.drift_days is not None:
        houses += f" (drawn back by e in {options.drift_days:g} days)"
    scale = "; on logits, shown in percent" if options.is_logit else ""
    return f"{houses} house effects; {walk}{fitted.fit.description}{scale}"


def describe_band(fitted: FittedTrend, reference: Reference) -> str:
    """Say what a band covers and what it leaves out."""
    full = fitted.fit.method == "full"
    left_out = [] if full else ["the uncertainty of the scales"]
    left_out += [] if fitted.model.design.drift else ["drift of houses"]
    return BAND.format(
        estimand=describe_reference(fitted.observations, reference),
        hyperparameters=" and of the scales" if full else " given the scales",
        left_out=", ".join(left_out) + (", or " if left_out else ""),
    )


def sector_gaps(fitted: FittedTrend, alpha: float) -> pd.DataFrame:
    """State against independent under both estimands; empty when either has no polls."""
    if not {"state", "independent"} <= set(fitted.observations.sectors):
        return pd.DataFrame()
    rows = [sector_gap_row(fitted, "state", "independent", name, alpha) for name in GAP_ESTIMANDS]
    return pd.DataFrame(rows).reset_index(drop=True)


def hyperparameter_table(fitted: FittedTrend, alpha: float) -> pd.DataFrame:
    """Hyperparameters in the units of the model.

    Returns
    -------
    DataFrame
        See :meth:`analysis.trend.results.PollTrendResults.hyperparameters`.
    """
    table = fitted.fit.param_table(alpha)
    if fitted.model.options.is_logit:
        table["unit"] = table["unit"].str.replace("points", "logits")
    return table


def as_record(
    fitted: FittedTrend, reference: Reference | None = None, alpha: float = 0.05
) -> dict[str, Any]:
    """Everything a program wants to know, as plain values for JSON.

    Returns
    -------
    dict
        Keys: estimand, reference, band, alpha, level (at the last day),
        common_error (its sd, and that level with it), change (first to last
        day), hyperparameters, houses, sector_gap, events, covariates,
        variance_budget, diagnostics; with covariates also confounding.
    """
    reference = reference or fitted.default_reference
    obs = fitted.observations
    first_date, last_date = str(obs.first_date), str(obs.last_date)
    last = level_table(fitted, reference, alpha, dates=[last_date]).iloc[-1]
    change = change_row(fitted, first_date, last_date, alpha, reference).to_dict()
    effects = effect_records(fitted, alpha)
    record = {
        "estimand": describe_reference(obs, reference),
        "reference": reference,
        "band": describe_band(fitted, reference),
        "alpha": alpha,
        "level": {
            "date": last_date,
            **{k: float(last[k]) for k in ("mean", "sd", "lower", "upper")},
        },
        "common_error": common_error(fitted, reference, alpha),
        "change": {"from": first_date, "to": last_date, **change},
        "hyperparameters": hyperparameter_table(fitted, alpha).to_dict("records"),
        "houses": house_effect_table(fitted, reference, alpha).to_dict("records"),
        "sector_gap": sector_gaps(fitted, alpha).to_dict("records"),
        "events": effects.pop("events", []),
        "covariates": effects.pop("covariates", []),
        "variance_budget": split_variance(fitted).to_dict("records"),
        "diagnostics": collect_diagnostics(fitted),
        **effects,
    }
    return {key: plain(value) for key, value in record.items()}


def make_summary(fitted: FittedTrend, reference: Reference | None, alpha: float) -> ResultsSummary:
    """Make the summary: text, and the same tables for HTML and LaTeX."""
    # Here and not above: statsmodels takes a second to import, and a fit does not need it.
    from analysis.present.summary import ResultsSummary, SummaryTable

    reference = reference or fitted.default_reference
    obs = fitted.observations
    percent = f"{100 * (1 - alpha):g}%"
    ends = (str(obs.first_date), str(obs.last_date))
    trend = level_table(fitted, reference, alpha, dates=ends)
    change = change_row(fitted, *ends, alpha, reference)
    fields = [
        ("Method", describe_method(fitted)),
        ("Polls", f"{len(obs.polls)} of {len(obs.houses)} houses, {ends[0]} to {ends[1]}"),
        ("Estimand", f"{describe_reference(obs, reference)} (reference {reference!r})"),
        ("Band", f"{percent}: {describe_band(fitted, reference)}"),
    ]
    opinion = ("Opinion", _say_common_error(common_error(fitted, reference, alpha)))
    levels = [
        *((f"Level  {date}", trend.iloc[k], "percent") for k, date in enumerate(ends)),
        ("Change in between", change, f"points; P(fall) {change['prob_negative']:.3f}"),
    ]
    tables = [SummaryTable(*table) for table in _summary_tables(fitted, reference, alpha)]
    found = collect_diagnostics(fitted)
    converged = f"Log likelihood {found['log_likelihood']:.3f}; converged: {found['is_converged']}"
    lines = [
        "PollTrend".center(WIDTH).rstrip(),
        "=" * WIDTH,
        *(field(*pair) for pair in fields),
        "-" * WIDTH,
        *(f"{name}  {show_interval(row)}  {unit}" for name, row, unit in levels),
        field(*opinion),
    ]
    for table in tables:
        lines += ["", table.title, show_table(table.frame, table.digits)]
    lines += ["-" * WIDTH, converged]
    lines += [field("Warning", text) for text in found["warnings"]]
    fields += [(name, f"{show_interval(row)} {unit}") for name, row, unit in levels]
    fields += [opinion, ("Fit", converged)]
    return ResultsSummary("PollTrend", "\n".join(lines), fields, tables, found["warnings"])


def _summary_tables(
    fitted: FittedTrend, reference: Reference, alpha: float
) -> list[tuple[str, pd.DataFrame, int]]:
    """Title, table and decimals of each table of the summary."""
    tables = [
        (PARAMS_TITLE[fitted.fit.method], hyperparameter_table(fitted, alpha), 3),
        (
            HOUSES_TITLE + (DRIFTING if fitted.model.design.drift else ""),
            house_effect_table(fitted, reference, alpha),
            2,
        ),
    ]
    gaps = sector_gaps(fitted, alpha)
    if len(gaps):
        tables.append(("Sector gap, state minus independent, points", gaps, 2))
    if fitted.model.events:
        tables.append(("Events: level shifts, points", event_table(fitted, alpha), 2))
    if fitted.model.covariates.names:
        tables.append(("Covariates, points", covariate_table(fitted, alpha), 2))
    return [*tables, ("Variance budget of a poll", split_variance(fitted), 2)]


def common_error(fitted: FittedTrend, reference: Reference, alpha: float) -> dict[str, Any]:
    """Last level with the error that all houses share, which polls never identify."""
    obs = fitted.observations
    days, weights = obs.days_of(obs.last_date), fitted.weights_of(reference)
    row = interval_row(Bounded(fitted.queries.level(days, weights, common=True)), alpha)
    # The level that anchors measure has none.
    sd = fitted.model.options.common_error if weights.any() else 0.0
    return {"sd_points": sd, "date": str(obs.last_date), **row}


def _say_common_error(found: dict[str, Any]) -> str:
    """Words for the band of opinion."""
    error = (
        f"with an error that all houses share (sd {found['sd_points']:g} points at 50 percent, an "
        "input that polls never identify)"
    )
    if not found["sd_points"]:
        error = "without an error that all houses share"
    interval = f"[{found['lower']:.1f}, {found['upper']:.1f}]"
    return f"{error} the level on {found['date']} lies in {interval}"


def effect_tables(fitted: FittedTrend, alpha: float = 0.05) -> dict[str, pd.DataFrame]:
    """Tables of what the model holds beside level and houses, by name; empty where it has none.

    Returns
    -------
    dict
        ``events`` (with the log Bayes factor of a shift), ``covariates`` and
        ``confounding``, each only where the model has it.
    """
    tables = {}
    if fitted.model.events:
        tables["events"] = event_table(fitted, alpha)
    if fitted.model.covariates.names:
        tables["covariates"] = covariate_table(fitted, alpha)
        tables["confounding"] = confounding(fitted.observations, fitted.model.covariates)
    return tables


def effect_records(fitted: FittedTrend, alpha: float = 0.05) -> dict[str, list[Any]]:
    """Give the same tables as records for JSON."""
    tables = effect_tables(fitted, alpha)
    return {name: table.to_dict("records") for name, table in tables.items()}
