"""What a change hangs on: where one begins, which house is in, whether houses drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.observations.frame import prepare_observations
from analysis.observations.references import Reference
from analysis.trend.fitted import FittedTrend, fit_model
from analysis.trend.level import change_row
from analysis.trend.solver.formula import name_columns
from analysis.trend.specification import specify

COLUMNS = ["varied", "choice", "mean", "sd", "lower", "upper", "prob_negative"]


def sensitivity_table(
    fitted: FittedTrend,
    start: object,
    end: object,
    *,
    reference: Reference | None,
    bases: Mapping[str, object],
    alpha: float,
) -> pd.DataFrame:
    """Change under other choices: see :meth:`analysis.trend.results.PollTrendResults.sensitivity`.

    Returns
    -------
    DataFrame
    """

    def row(varied: str, choice: str, change: pd.Series[Any]) -> dict[str, Any]:
        numbers = {str(name): float(value) for name, value in change.items()}
        return {"varied": varied, "choice": choice, **numbers}

    rows = [row("as fitted", "", change_row(fitted, start, end, alpha, reference))]
    for name, window in bases.items():
        rows.append(row("base", name, change_row(fitted, window, end, alpha, reference)))
    for house, other, rest in _without_each(fitted, reference):
        rows.append(row("without", house, change_row(other, start, end, alpha, rest)))
    drift = fitted.model.options.drift
    turned = fit_model(fitted.model.variant(drift=not drift), fitted.fit.method)
    words = "stand still" if drift else "may drift"
    rows.append(row("house effects", words, change_row(turned, start, end, alpha, reference)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _without_each(
    fitted: FittedTrend, reference: Reference | None
) -> Iterator[tuple[str, FittedTrend, Reference]]:
    """Yield each house of a reference, the fit without its polls, and the mean of the rest."""
    obs, model = fitted.observations, fitted.model
    weights = np.asarray(fitted.weights_of(reference))
    among = [house for house, weight in zip(obs.houses, weights, strict=True) if weight > 0]
    if len(among) < 2:
        return
    for house in among:
        polls = obs.polls[obs.polls["house_id"] != house]
        fewer = prepare_observations(polls, name_columns(model.options.covariates))
        other = specify(fewer, model.anchors, model.events, model.priors, model.options)
        rest = [name for name in among if name != house]
        yield house, fit_model(other, fitted.fit.method), f"houses:{','.join(rest)}"
