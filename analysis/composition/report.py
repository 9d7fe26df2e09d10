"""Tables of scales, diagnostics and summary of a fitted composition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.intervals import check_alpha
from analysis.base.observations import Observations
from analysis.base.priors import SCALE_UNITS
from analysis.base.text import WIDTH, field, show_interval, show_table
from analysis.base.weighted import weighted_moments, weighted_quantiles
from analysis.composition._scales import CompositionFit
from analysis.composition.inputs import REST, Composition
from analysis.composition.references import describe_complete

if TYPE_CHECKING:
    from analysis.composition.results import CompositionResults

# A share of draws outside the simplex above which the percent scale is strained.
LARGEST_MASS = 0.05
METHODS = {
    "full": "scales and correlations integrated out (Laplace-guided importance sampling)",
    "given": "scales and correlations given by the caller, not estimated",
}


def count_polls(composition: Composition) -> dict[str, Array]:
    """Polls of each house that print each answer; for the rest, of the one printed less often."""
    counts = composition.count_polls()
    return {**dict(zip(composition.parts, counts.T, strict=True)), REST: counts.min(axis=1)}


def name_houses(obs: Observations, frame: pd.DataFrame, counts: Array) -> pd.DataFrame:
    """Put houses before their numbers; houses without polls of the kind are left out."""
    named = frame.copy()
    named.insert(0, "house_id", list(obs.houses))
    named.insert(1, "sector", list(obs.house_sector))
    named.insert(2, "n_polls", counts)
    return named[counts > 0].reset_index(drop=True)


def scale_table(composition: Composition, fit: CompositionFit, alpha: float) -> pd.DataFrame:
    """Posterior of scales and correlations, one row each."""
    ends = [check_alpha(alpha) / 2, 1 - alpha / 2]
    rows = []
    for (name, part), values in zip(fit.space.names, fit.sets.T, strict=True):
        mean, sd = weighted_moments(values, fit.weights)
        lower, upper = weighted_quantiles(values, fit.weights, ends)
        rows.append(
            {
                "parameter": name,
                "part": composition.parts[part] if part >= 0 else "",
                "mean": mean,
                "sd": sd,
                "lower": float(lower),
                "upper": float(upper),
                "unit": SCALE_UNITS.get(name, ""),
            }
        )
    order_of = {"": 2} | {answer: k for k, answer in enumerate(composition.answers)}
    names = list(dict.fromkeys(name for name, _ in fit.space.names))
    rows.sort(key=lambda row: (names.index(str(row["parameter"])), order_of[str(row["part"])]))
    return pd.DataFrame(rows)


def diagnostics(results: CompositionResults) -> dict[str, Any]:
    """Collect convergence, counts and rejected mass as plain values."""
    composition, fit, obs = results.composition, results.fit_info, results.observations
    printed = ~np.isnan(composition.shares)
    left = composition.left_out["reason"].value_counts().to_dict()
    outside = results.mass_outside
    sample = fit.sample
    found: dict[str, Any] = {
        "method": describe_method(results),
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
        "n_draws": results.n_draws,
        "mass_outside_mean": outside.mean,
        "mass_outside_largest": outside.largest,
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
    if outside.largest > LARGEST_MASS:
        warnings.append(
            f"up to {outside.largest:.0%} of the draws of a day lie outside 0 to 100 and are "
            "left out: the percent scale is strained"
        )
    return {**found, "warnings": warnings}


def describe_method(results: CompositionResults) -> str:
    """Say what stands still or drifts, and what was done with the scales."""
    houses = "drifting" if results.fit_info.space.design.drift else "static"
    return f"{houses} house effects; {METHODS[results.fit_info.method]}"


def summary(results: CompositionResults, reference: str, alpha: float) -> str:
    """Write the summary; no clock, no address, fixed rounding."""
    obs, found = results.observations, results.diagnostics()
    described = describe_complete(results.composition, reference)
    ends = (str(obs.first_date), str(obs.last_date))
    first, second = results.answers
    parts = f"{first}, {second} and {REST}, which is what they leave of 100"
    lines = [
        "Composition".center(WIDTH).rstrip(),
        "=" * WIDTH,
        field("Parts", parts),
        field("Method", found["method"]),
        field("Polls", _count(found, results)),
        field("Estimand", f"{described} (reference {reference!r})"),
        field("Band", f"{100 * (1 - alpha):g}%; without an error that all houses share"),
        "-" * WIDTH,
    ]
    for name, table in results.tables_on(ends, reference, alpha).items():
        unit = "points" if name == "net" else "percent"
        lines += [
            f"{name:<14}{date}  {show_interval(row)}  {unit}"
            for date, (_, row) in zip(ends, table.iterrows(), strict=True)
        ]
    lines += ["", "Change in between, points"]
    for name in results.measures:
        change = results.change(*ends, of=name, alpha=alpha, reference=reference)
        lines.append(f"{name:<14}{show_interval(change)}  P(fall) {change['prob_negative']:.3f}")
    lines += [
        "",
        "Scales and correlations (posterior)",
        show_table(results.hyperparameters(alpha), 3),
    ]
    for name in results.answers:
        effects = results.house_effects(name, reference, alpha)
        lines += ["", f"House effects on {name}, points from the estimand", show_table(effects, 2)]
    if found["n_complete_houses"] > 1:
        spread = results.house_spread(alpha=alpha)
        lines += ["", f"Spread of houses, logits of {first}", show_table(spread, 3)]
    lines += ["-" * WIDTH, field("Sampling", _say_sampling(found))]
    lines += [field("Warning", text) for text in found["warnings"]]
    return "\n".join(lines)


def _count(found: dict[str, Any], results: CompositionResults) -> str:
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
