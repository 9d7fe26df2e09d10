"""The level of a fitted trend: day by day, its change, and what it leaves of each poll."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.columns import one_date, window_dates
from analysis.base.errors import PollInputError
from analysis.base.intervals import Bounded, interval_frame, interval_row
from analysis.observations.references import Reference
from analysis.trend.fitted import FittedTrend
from analysis.trend.solver.logit import from_logit


def level_table(
    fitted: FittedTrend,
    reference: Reference | None,
    alpha: float,
    *,
    include_common_error: bool = False,
    dates: Sequence[object] | None = None,
) -> pd.DataFrame:
    """Level under a reference: see :meth:`analysis.trend.results.PollTrendResults.trend`."""
    obs = fitted.observations
    if dates is None:
        chosen = np.arange(obs.first_date, obs.last_date + np.timedelta64(1, "D"))
    else:
        chosen = np.array([one_date(date, "date") for date in dates], dtype="datetime64[D]")
    days, weights = obs.days_of(chosen), fitted.weights_of(reference)
    level = fitted.queries.level(days, weights, common=include_common_error)
    frame = interval_frame(Bounded(level), alpha)
    frame.insert(0, "date", chosen.astype("datetime64[s]"))
    return frame


def change_row(
    fitted: FittedTrend,
    start: object,
    end: object,
    alpha: float,
    reference: Reference | None = None,
) -> pd.Series[Any]:
    """Change between two dates: see :meth:`analysis.trend.results.PollTrendResults.change`."""
    obs = fitted.observations
    before, after = obs.days_of(window_dates(start, "start")), obs.days_of(window_dates(end, "end"))
    change = fitted.queries.change(before, after, fitted.weights_of(reference))
    moved = not np.array_equal(before, after)
    below = 1.0 - float(change.probability_above(0.0)[0]) if moved else 0.0
    return pd.Series({**interval_row(change, alpha), "prob_negative": below}, name="change")


def typical_change_row(
    fitted: FittedTrend, start: object, end: object, alpha: float
) -> pd.Series[Any]:
    """Change of another house: see :meth:`analysis.trend.results.PollTrendResults.typical_change`.

    Raises
    ------
    PollInputError
        On logits, where a change in points hangs on the house's own level.
    """
    if fitted.model.options.is_logit:
        raise PollInputError(
            "on logits the change of another house hangs on its level", "take scale='percent'"
        )
    obs = fitted.observations
    before, after = obs.days_of(window_dates(start, "start")), obs.days_of(window_dates(end, "end"))
    change = fitted.queries.typical_change(before, after)
    moved = not np.array_equal(before, after)
    below = 1.0 - float(change.probability_above(0.0)[0]) if moved else 0.0
    return pd.Series({**interval_row(change, alpha), "prob_negative": below}, name="change")


def residual_table(fitted: FittedTrend) -> pd.DataFrame:
    """Residuals: see :meth:`analysis.trend.results.PollTrendResults.residuals`."""
    error, variance = fitted.errors
    obs, design = fitted.observations, fitted.model.design
    is_poll = design.house >= 0
    level = obs.share_pct - error[is_poll]
    if fitted.model.options.is_logit:
        level = from_logit(design.response[is_poll] - error[is_poll])
    standardised = error[is_poll] / np.sqrt(variance[is_poll])
    residual = obs.share_pct - level
    table = obs.polls.assign(fitted=level, residual=residual, standardised=standardised)
    if fitted.model.options.errors == "student":
        posterior = fitted.posterior
        usual = design.known_variance[is_poll, None] + posterior.params["omega"] ** 2
        weight = (usual / posterior.nodes.noise[is_poll][:, posterior.node_of]) @ posterior.weights
        table["weight"] = weight
    return table
