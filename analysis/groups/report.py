"""Plain-text summary, diagnostics and the JSON record of a fit of who supports."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.base.intervals import check_alpha, interval_frame
from analysis.base.text import WIDTH, field, show_table
from analysis.groups._domains import WeightedDraws
from analysis.groups._shares import change, poststratified, share
from analysis.groups.cells import TARGET_FACTORS, TV_FACTOR, tell_waves
from analysis.groups.fitted import FittedWho

KEYS = ["wave", "wording_variant", "date", "group"]


def compare_weighted(fitted: FittedWho, by: str | None) -> pd.DataFrame:
    """Set the estimates beside the shares that a house would print.

    The difference between estimate and weighted share has two parts that add up to it:

    - pooling: what the model takes from other waves and groups, the fitted minus the
      observed shares of the same cells under the same weights;
    - composition: the population's mix of groups instead of the weights', and for
      television the people in merged cells.

    Parameters
    ----------
    fitted : FittedWho
    by : str or None

    Returns
    -------
    DataFrame
        wave, wording_variant, date, group, n, unweighted_pct, weighted_pct (by the sum of
        the cell's weights where the cells have a column weight_sum, else unweighted),
        mean, difference, pooling, composition (points).  Missing where no interview is in
        a cell of that group alone.
    """
    sums = _sum_rows(fitted, by)
    rows, draws = fitted.draw(by, standardised=False)
    frame = rows[[*KEYS, "n"]].assign(mean=draws.centre).merge(sums, on=KEYS, how="left")
    frame["difference"] = frame["mean"] - frame["weighted_pct"]
    frame["pooling"] = frame["fitted_pct"] - frame["weighted_pct"]
    frame["composition"] = frame["mean"] - frame["fitted_pct"]
    shown = ["n", "unweighted_pct", "weighted_pct", "mean", "difference", "pooling", "composition"]
    return frame[[*KEYS, *shown]]


def _sum_rows(fitted: FittedWho, by: str | None) -> pd.DataFrame:
    """Plain, weighted and fitted shares of the rows of each wave and group, percent."""
    table, model = fitted.cells.table, fitted.counts.model
    n = table["n"].to_numpy(dtype=float)
    weight = table["weight_sum"].to_numpy(dtype=float) if "weight_sum" in table else n
    keys = table[["wave", "wording_variant"]].merge(fitted.cells.occasions, how="left")
    # Weights are those of interviews; of them, trials / n belong to the base of the share.
    parts = pd.DataFrame(
        {
            "wave": keys["wave"],
            "wording_variant": keys["wording_variant"],
            "date": keys["date"],
            "group": "" if by is None else table[by].to_numpy(),
            "k": model.successes,
            "t": model.trials,
            "wk": weight * model.successes / n,
            "wt": weight * model.trials / n,
            "wf": weight * model.trials / n * fitted.fitted_rows,
        }
    )
    sums = parts.groupby(KEYS)[["k", "t", "wk", "wt", "wf"]].sum()
    sums = sums[sums["t"] > 0]
    return pd.DataFrame(
        {
            "unweighted_pct": 100 * sums["k"] / sums["t"],
            "weighted_pct": 100 * sums["wk"] / sums["wt"],
            "fitted_pct": 100 * sums["wf"] / sums["wt"],
        }
    ).reset_index()


# Counts this much more scattered than binomial would make the intervals too narrow.
LARGEST_DISPERSION = 1.5
NOTES = (
    "post-stratified by sex, age and settlement; district and education are not corrected",
    "television has no margin in the population: its users are a modelled domain",
    "each wave is shown in its own wording; waves marked as not comparable say nothing of change",
    "intervals leave out an error that all interviews share, such as who answers at all",
)
OF = {
    "support": "support, of all",
    "opposition": "opposition, of all",
    "opinion_holders": "support, of those who name a side",
    "no_answer": "hard to say or refusal, of all",
    "undecided": "hard to say, of all",
    "refused": "refusal, of all",
}


def hyperparameter_table(fitted: FittedWho, alpha: float) -> pd.DataFrame:
    """Posterior of the standard deviations, logits (walks: logits per root year)."""
    draws = fitted.counts.draws
    blocks = [block for block in fitted.counts.model.blocks if not block.term.fixed]
    frame = pd.DataFrame(
        {
            "term": [block.term.name for block in blocks],
            "over_time": [block.term.over_time for block in blocks],
            "mode": draws.mode,
        }
    )
    return pd.concat(
        [frame, interval_frame(WeightedDraws(draws.sds, draws.weights), alpha)], axis=1
    )


def diagnostics(fitted: FittedWho) -> dict[str, Any]:
    """Collect size, convergence and fit as plain values."""
    cells, draws = fitted.cells, fitted.counts.draws
    dispersion, effective = _dispersion(fitted)
    warnings = [*draws.warnings, *tell_waves(cells)]
    if dispersion > LARGEST_DISPERSION:
        warnings.append(f"counts scatter {dispersion:.2f} times as much as binomial ones")
    merged = np.diff(cells.may_hold.indptr) > 1
    n = cells.table["n"].to_numpy(dtype=float)
    return {
        "method": "multilevel binomial model; Laplace approximations averaged over the standard "
        "deviations; post-stratified",
        "is_converged": not draws.warnings,
        "n_interviews": int(n.sum()),
        "n_cells": len(cells.table),
        "merged_pct": float(100 * n[merged].sum() / n.sum()),
        "n_waves": int(cells.occasions["wave"].nunique()),
        "n_occasions": len(cells.occasions),
        "n_coefficients": int(fitted.counts.model.matrix.shape[1]),
        "effective_coefficients": effective,
        "dispersion": dispersion,
        "n_points": len(draws.weights),
        "effective_points": draws.ess,
        "pareto_k": draws.pareto_k,
        "n_solved": draws.n_solved,
        "log_evidence": draws.log_evidence,
        "base_wording": cells.base_wording,
        "notes": list(NOTES),
        "warnings": warnings,
    }


def _dispersion(fitted: FittedWho) -> tuple[float, float]:
    """Pearson statistic over its degrees of freedom, and the effective number of coefficients."""
    model, inner = fitted.counts.model, fitted.counts.draws.at_mode
    fine, rows = model.shares(inner.mode)
    _, information = model.derivatives(fine, rows)
    # The information comes as a lower triangle.
    whole = information + np.tril(information, -1).T
    effective = float(np.sum(inner.covariance * whole))
    used = model.trials > 0
    k, n, p = model.successes[used], model.trials[used], fitted.fitted_rows[used]
    pearson = float(np.sum((k - n * p) ** 2 / (n * p * (1 - p))))
    return pearson / max(float(used.sum()) - effective, 1.0), effective


def as_record(fitted: FittedWho, by: str | None = None, alpha: float = 0.05) -> dict[str, Any]:
    """Everything a program wants to know, as plain values for JSON.

    Parameters
    ----------
    fitted : FittedWho
    by : str, optional
        Groups of this factor; of every factor by default.
    alpha : float

    Returns
    -------
    dict
        Keys: outcome, share_of, alpha, notes, population, waves (shares of everybody),
        groups (by factor), change (of everybody), scales, diagnostics.
    """
    factors = [*TARGET_FACTORS, TV_FACTOR] if by is None else [by]
    factors = [name for name in factors if fitted.is_asked(name)]
    return {
        "outcome": fitted.outcome,
        "share_of": OF[fitted.outcome],
        "alpha": check_alpha(alpha),
        "notes": list(NOTES),
        "population": fitted.cells.target.to_dict("records"),
        "waves": poststratified(fitted, alpha).to_dict("records"),
        "groups": {name: share(fitted, name, alpha).to_dict("records") for name in factors},
        "change": change(fitted, alpha=alpha).to_dict(),
        "scales": hyperparameter_table(fitted, alpha).to_dict("records"),
        "diagnostics": diagnostics(fitted),
    }


def summary(fitted: FittedWho, alpha: float) -> str:
    """Write the summary; no clock, no address, fixed rounding."""
    found = diagnostics(fitted)
    percent = f"{100 * (1 - check_alpha(alpha)):g}%"
    size = f"{found['n_interviews']} interviews in {found['n_cells']} cells"
    waves = fitted.cells.occasions["date"].dt.strftime("%Y-%m-%d")
    lines = [
        f"Who: {OF[fitted.outcome]}".center(WIDTH).rstrip(),
        "=" * WIDTH,
        field("Data", f"{size}, {found['n_waves']} waves, {waves.iloc[0]} to {waves.iloc[-1]}"),
        field("Method", found["method"]),
        *(field("Note", note) for note in NOTES),
        "-" * WIDTH,
        f"Everybody, percent ({percent} intervals)",
        show(poststratified(fitted, alpha)),
    ]
    for factor in (*TARGET_FACTORS, TV_FACTOR):
        if fitted.is_asked(factor):
            shown = show(_ends_only(share(fitted, factor, alpha)))
            lines += ["", f"By {factor}, percent: first and last wave of each wording", shown]
    scales = hyperparameter_table(fitted, alpha)
    if len(scales):
        title = "Standard deviations of the terms, logits (walks: per root year)"
        lines += ["", title, show_table(scales, 3)]
    lines += [
        "-" * WIDTH,
        field("Fit", _say_fit(found)),
        *(f"Warning: {text}" for text in found["warnings"]),
    ]
    return "\n".join(lines)


def _ends_only(frame: pd.DataFrame) -> pd.DataFrame:
    """First and last wave of each wording."""
    ends = frame.groupby("wording_variant")["date"].agg(["min", "max"])
    dates = ends.loc[frame["wording_variant"]].to_numpy()
    kept: pd.DataFrame = frame[(frame[["date"]].to_numpy() == dates).any(axis=1)]
    return kept


def show(frame: pd.DataFrame) -> str:
    """Print shares of groups, one line a row."""
    shown = frame.assign(
        date=frame["date"].dt.strftime("%Y-%m-%d"),
        comparable=frame["is_comparable"].map({True: "", False: "no"}),
        sd=frame["sd"].map("{:.2f}".format),
    )
    for name in ("mean", "lower", "upper"):
        shown[name] = frame[name].map("{:.1f}".format)
    order = ["wave", "date", "wording_variant", "comparable", "group", "n"]
    order += ["mean", "sd", "lower", "upper"]
    return shown[[name for name in order if name in shown]].to_string(index=False)


def _say_fit(found: dict[str, Any]) -> str:
    weights = (
        f"effective points {found['effective_points']:.0f} of {found['n_points']}; Pareto k "
        f"{found['pareto_k']:.2f}"
    )
    if found["pareto_k"] == -np.inf:  # all weights are the same
        weights = "no standard deviation to average over"
    return f"{weights}; dispersion {found['dispersion']:.2f}; converged: {found['is_converged']}"
