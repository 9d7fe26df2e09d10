"""Plain-text summary, diagnostics and the JSON record of a fitted trend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.base.intervals import interval_row
from analysis.base.references import describe_reference
from analysis.base.text import WIDTH, field, plain, show_interval, show_table
from analysis.trend.hyperparameters.by_house import METHODS as BY_HOUSE
from analysis.trend.hyperparameters.inference import METHODS

if TYPE_CHECKING:
    from analysis.trend.results import PollTrendResults

BAND = (
    "uncertainty of {estimand}{hyperparameters}; without {left_out}an error that all houses share"
)
PARAMS_TITLE = {
    "full": "Scales (posterior; mode of the logarithm)",
    "map": "Scales (mean, sd and interval: Laplace approximation)",
    "given": "Scales (given)",
}
HOUSES_TITLE = "House effects, points from the estimand"
DRIFTING = ", each averaged over the dates of its polls"


def diagnostics(results: PollTrendResults) -> dict[str, Any]:
    """Collect convergence, size and fit as plain values."""
    obs, fit = results.observations, results.fit_info
    standardised = results.residuals()["standardised"].to_numpy(dtype=float)
    return {
        "method": describe_method(results),
        "is_converged": fit.is_converged,
        **fit.details,
        "log_likelihood": results.llf,
        "log_posterior": fit.log_posterior,
        "n_polls": len(obs.polls),
        "n_houses": len(obs.houses),
        "n_sectors": len(obs.sectors),
        "first_date": str(obs.first_date),
        "last_date": str(obs.last_date),
        "n_days": int(obs.days_of(obs.last_date)[0]) + 1,
        "rms_standardised_residual": float(np.sqrt(np.mean(standardised**2))),
        "largest_standardised_residual": float(np.abs(standardised).max()),
        "warnings": [*obs.notes, *fit.warnings],
    }


def describe_method(results: PollTrendResults) -> str:
    """Say what stands still or drifts, and what was done with the hyperparameters."""
    houses = "drifting" if results.model.design.drift else "static"
    if results.model.house_variance == "by_house":
        how = BY_HOUSE[results.method]
    else:
        how = METHODS[results.method]
    scale = "; on logits, shown in percent" if results.model.scale == "logit" else ""
    return f"{houses} house effects; {how}{scale}"


def describe_band(results: PollTrendResults, reference: str) -> str:
    """Say what a band covers and what it leaves out."""
    full = results.method == "full"
    left_out = [] if full else ["the uncertainty of the scales"]
    left_out += [] if results.model.design.drift else ["drift of houses"]
    return BAND.format(
        estimand=describe_reference(results.observations, reference),
        hyperparameters=" and of the scales" if full else " given the scales",
        left_out=", ".join(left_out) + (", or " if left_out else ""),
    )


def sector_gaps(results: PollTrendResults, alpha: float) -> pd.DataFrame:
    """State against independent under both estimands; empty when either has no polls."""
    if not {"state", "independent"} <= set(results.observations.sectors):
        return pd.DataFrame()
    rows = [
        results.sector_gap("state", "independent", estimand=name, alpha=alpha)
        for name in ("these_houses", "population")
    ]
    return pd.DataFrame(rows).reset_index(drop=True)


def as_record(
    results: PollTrendResults, reference: str | None = None, alpha: float = 0.05
) -> dict[str, Any]:
    """Everything a program wants to know, as plain values for JSON.

    Returns
    -------
    dict
        Keys: estimand, reference, band, alpha, level (at the last day),
        common_error (its sd, and that level with it), change (first to last
        day), hyperparameters, houses, sector_gap, events, covariates,
        variance_budget, diagnostics.
    """
    reference = reference or results.default_reference
    last = results.trend(reference, alpha).iloc[-1]
    obs = results.observations
    first_date, last_date = str(obs.first_date), str(obs.last_date)
    change = results.change(first_date, last_date, alpha).to_dict()
    record = {
        "estimand": describe_reference(obs, reference),
        "reference": reference,
        "band": describe_band(results, reference),
        "alpha": alpha,
        "level": {
            "date": last_date,
            **{k: float(last[k]) for k in ("mean", "sd", "lower", "upper")},
        },
        "common_error": common_error(results, reference, alpha),
        "change": {"from": first_date, "to": last_date, **change},
        "hyperparameters": results.hyperparameters(alpha).to_dict("records"),
        "houses": results.house_effects(reference, alpha).to_dict("records"),
        "sector_gap": sector_gaps(results, alpha).to_dict("records"),
        "events": event_records(results, alpha),
        "covariates": covariate_records(results, alpha),
        "variance_budget": results.variance_budget().to_dict("records"),
        "diagnostics": diagnostics(results),
    }
    return {key: plain(value) for key, value in record.items()}


def summary(results: PollTrendResults, reference: str | None, alpha: float) -> str:
    """Write the summary; no clock, no address, fixed rounding."""
    reference = reference or results.default_reference
    obs = results.observations
    percent = f"{100 * (1 - alpha):g}%"
    trend = results.trend(reference, alpha)
    ends = (str(obs.first_date), str(obs.last_date))
    change = results.change(ends[0], ends[1], alpha)
    lines = [
        "PollTrend".center(WIDTH).rstrip(),
        "=" * WIDTH,
        field("Method", describe_method(results)),
        field("Polls", f"{len(obs.polls)} of {len(obs.houses)} houses, {ends[0]} to {ends[1]}"),
        field("Estimand", f"{describe_reference(obs, reference)} (reference {reference!r})"),
        field("Band", f"{percent}: {describe_band(results, reference)}"),
        "-" * WIDTH,
        f"Level  {ends[0]}  {show_interval(trend.iloc[0])}  percent",
        f"Level  {ends[1]}  {show_interval(trend.iloc[-1])}  percent",
        (
            f"Change in between  {show_interval(change)}  points; "
            f"P(fall) {change['prob_negative']:.3f}"
        ),
        field("Opinion", _say_common_error(common_error(results, reference, alpha))),
        "",
        PARAMS_TITLE[results.method],
        show_table(results.hyperparameters(alpha), 3),
        "",
        HOUSES_TITLE + (DRIFTING if results.model.design.drift else ""),
        show_table(results.house_effects(reference, alpha), 2),
    ]
    gaps = sector_gaps(results, alpha)
    if len(gaps):
        lines += ["", "Sector gap, state minus independent, points", show_table(gaps, 2)]
    if results.model.events:
        lines += ["", "Events: level shifts, points", show_table(results.events(alpha), 2)]
    if results.model.covariates.names:
        lines += ["", "Covariates, points", show_table(results.covariates(alpha), 2)]
    lines += [
        "",
        "Variance budget of a poll",
        show_table(results.variance_budget(), 2),
        "-" * WIDTH,
    ]
    found = diagnostics(results)
    lines.append(
        f"Log likelihood {found['log_likelihood']:.3f}; converged: {found['is_converged']}"
    )
    lines += [field("Warning", text) for text in found["warnings"]]
    return "\n".join(lines)


def common_error(results: PollTrendResults, reference: str, alpha: float) -> dict[str, Any]:
    """Last level with the error that all houses share, which polls never identify."""
    obs = results.observations
    days, weights = obs.days_of(obs.last_date), results.weights_of(reference)
    row = interval_row(results.queries.level(days, weights, common=True), alpha)
    return {"sd_points": results.model.common_error, "date": str(obs.last_date), **row}


def _say_common_error(found: dict[str, Any]) -> str:
    """Words for the band of opinion."""
    return (
        f"with an error that all houses share (sd {found['sd_points']:g} points, an input that "
        f"polls never identify) the level on {found['date']} lies in "
        f"[{found['lower']:.1f}, {found['upper']:.1f}]"
    )


def event_records(results: PollTrendResults, alpha: float) -> list[Any]:
    """Events for JSON; empty when the model has none."""
    if not results.model.events:
        return []
    frame = results.events(alpha)
    return frame.assign(date=frame["date"].astype(str)).to_dict("records")


def covariate_records(results: PollTrendResults, alpha: float) -> list[Any]:
    """Covariates for JSON; empty when the model has none."""
    if not results.model.covariates.names:
        return []
    return results.covariates(alpha).to_dict("records")
