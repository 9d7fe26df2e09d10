"""Hyperparameters, diagnostics and summary of a fitted composition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.base.intervals import check_alpha
from analysis.base.priors import PARAM_UNITS
from analysis.base.text import WIDTH, field, show_interval, show_table
from analysis.base.weighted import weighted_moments, weighted_quantiles
from analysis.composition._measures import change, house_effects, house_spread, tables_on
from analysis.composition.fitted import FittedComposition
from analysis.composition.inputs import REST
from analysis.composition.references import describe_complete

if TYPE_CHECKING:
    from analysis.present.summary import ResultsSummary

# A share of draws outside the simplex above which the percent scale is strained.
LARGEST_MASS = 0.05
METHOD_WORDS = {
    "full": "scales and correlations integrated out (Laplace-guided importance sampling)",
    "given": "scales and correlations given by the caller, not estimated",
}


def hyperparameter_table(fitted: FittedComposition, alpha: float) -> pd.DataFrame:
    """Posterior of the hyperparameters, one row each."""
    composition, posterior = fitted.composition, fitted.posterior
    ends = [check_alpha(alpha) / 2, 1 - alpha / 2]
    rows = []
    for (name, part), values in zip(posterior.space.param_names, posterior.sets.T, strict=True):
        mean, sd = weighted_moments(values, posterior.weights)
        lower, upper = weighted_quantiles(values, posterior.weights, ends)
        rows.append(
            {
                "parameter": name,
                "part": composition.parts[part] if part >= 0 else "",
                "mean": mean,
                "sd": sd,
                "lower": float(lower),
                "upper": float(upper),
                "unit": PARAM_UNITS.get(name, ""),
            }
        )
    order_of = {"": 2} | {answer: k for k, answer in enumerate(composition.answers)}
    names = list(dict.fromkeys(name for name, _ in posterior.space.param_names))
    rows.sort(key=lambda row: (names.index(str(row["parameter"])), order_of[str(row["part"])]))
    return pd.DataFrame(rows)


def diagnostics(fitted: FittedComposition) -> dict[str, Any]:
    """Collect convergence, counts and rejected mass as plain values."""
    composition, obs = fitted.composition, fitted.observations
    printed = ~np.isnan(composition.shares)
    left = composition.left_out["reason"].value_counts().to_dict()
    outside, sample = fitted.mass_outside, fitted.posterior.sample
    found: dict[str, Any] = {
        "method": describe_method(fitted),
        "is_converged": sample is None or not sample.warnings,
        "n_polls": len(printed),
        "n_both_parts": int(printed.all(axis=1).sum()),
        "n_one_part": int((~printed.all(axis=1)).sum()),
        "n_left_out": len(composition.left_out),
        "left_out": {str(reason): int(count) for reason, count in left.items()},
        "n_houses": len(obs.houses),
        "n_complete_houses": int(composition.is_complete_house.sum()),
        "first_date": str(obs.first_date),
        "last_date": str(obs.last_date),
        "n_draws": fitted.n_draws,
        "mass_outside_mean": float(outside.mean()),
        "mass_outside_largest": float(outside.max()),
    }
    if sample is not None:
        found |= {
            "n_points": len(sample.weights),
            "ess": sample.ess,
            "pareto_k": sample.pareto_k,
            "log_evidence": sample.log_evidence,
            "n_evaluations": sample.n_evaluations,
        }
    warnings = [*obs.notes, *(sample.warnings if sample is not None else ())]
    if outside.max() > LARGEST_MASS:
        warnings.append(
            f"up to {outside.max():.0%} of the draws of a day lie outside 0 to 100 and are "
            "left out: the percent scale is strained"
        )
    return {**found, "warnings": warnings}


def describe_method(fitted: FittedComposition) -> str:
    """Say what stands still or drifts, and what was done with the hyperparameters."""
    houses = "drifting" if fitted.design.drift else "static"
    calming, walk = fitted.design.calming, ""
    if calming is not None:
        start = fitted.observations.first_date + np.timedelta64(calming.start, "D")
        walk = f"a walk that calms from {start} on, by e in {calming.days:g} days; "
    return f"{houses} house effects; {walk}{METHOD_WORDS[fitted.posterior.method]}"


def summary(fitted: FittedComposition, reference: str, alpha: float) -> ResultsSummary:
    """Write the summary; no clock, no address, fixed rounding."""
    # Here and not above: statsmodels takes a second to import, and a fit does not need it.
    from analysis.present.summary import ResultsSummary, SummaryTable

    obs, found = fitted.observations, diagnostics(fitted)
    described = describe_complete(fitted.composition, reference)
    ends = (str(obs.first_date), str(obs.last_date))
    first, second = fitted.answers
    parts = f"{first}, {second} and {REST}, which is what they leave of 100"
    fields = [
        ("Parts", parts),
        ("Method", found["method"]),
        ("Polls", _count(found)),
        ("Estimand", f"{described} (reference {reference!r})"),
        ("Band", f"{100 * (1 - alpha):g}%; without an error that all houses share"),
    ]
    lines = ["Composition".center(WIDTH).rstrip(), "=" * WIDTH]
    lines += [*(field(*pair) for pair in fields), "-" * WIDTH]
    tables = tables_on(fitted, reference, fitted.days_of(ends), fitted.measures, alpha)
    for name, table in tables.items():
        unit = "points" if name == "net" else "percent"
        lines += [
            f"{name:<14}{date}  {show_interval(row)}  {unit}"
            for date, (_, row) in zip(ends, table.iterrows(), strict=True)
        ]
    lines += ["", "Change in between, points"]
    for name in fitted.measures:
        moved = change(fitted, *ends, name, reference, alpha)
        lines.append(f"{name:<14}{show_interval(moved)}  P(fall) {moved['prob_negative']:.3f}")
    scales = hyperparameter_table(fitted, alpha)
    shown = [SummaryTable("Scales and correlations (posterior)", scales, 3)]
    for name in fitted.answers:
        effects = house_effects(fitted, name, reference, alpha)
        shown.append(SummaryTable(f"House effects on {name}, points from the estimand", effects, 2))
    if found["n_complete_houses"] > 1:
        spread = house_spread(fitted, None, alpha, min_polls=1)
        shown.append(SummaryTable(f"Spread of houses, logits of {first}", spread, 3))
    for one in shown:
        lines += ["", one.title, show_table(one.frame, one.digits)]
    lines += ["-" * WIDTH, field("Sampling", _say_sampling(found))]
    lines += [field("Warning", text) for text in found["warnings"]]
    both = [
        table.assign(measure=name, date=list(ends))[["measure", "date", *table.columns]]
        for name, table in tables.items()
    ]
    levels = SummaryTable("Levels, percent (net: points)", pd.concat(both), 1)
    fields.append(("Sampling", _say_sampling(found)))
    return ResultsSummary(
        "Composition", "\n".join(lines), fields, [levels, *shown], found["warnings"]
    )


def _count(found: dict[str, Any]) -> str:
    """Words for the polls that entered and those left out."""
    text = (
        f"{found['n_polls']} of {found['n_houses']} houses, {found['first_date']} to "
        f"{found['last_date']}; {found['n_one_part']} print one part only"
    )
    left = [f"{count} left out: {reason}" for reason, count in found["left_out"].items()]
    return "; ".join([text, *left])


def _say_sampling(found: dict[str, Any]) -> str:
    """Words for the quality of the draws."""
    text = f"{found['n_draws']} draws, {found['mass_outside_mean']:.2%} outside 0 to 100 left out"
    if "ess" in found:
        text += f"; {found['ess']:.0f} effective sets of scales, Pareto k {found['pareto_k']:.2f}"
    return text
