"""How much of the result hangs on the priors: each of them halved and doubled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.base.priors import Priors
from analysis.evaluate._targets import COLUMNS as TOLD
from analysis.evaluate._targets import Targets, find_targets
from analysis.evaluate.backtest import published_model
from analysis.evaluate.runner import Runner

FACTORS = (0.5, 2.0)
AS_PUBLISHED = "none"
# A prior that the model does not have moves nothing, and is left out.
SCALES = ("tau", "omega", "sigma_h", "kappa", "shock", "omega_spread", "sector_sd", "level_sd")
COLUMNS = ("prior", "value", *TOLD, "change_moved_sds", "gap_moved_sds")
# A central 95% interval of a normal is so many standard deviations wide.
SDS_OF_INTERVAL = 2 * float(ndtri(0.975))


@dataclass(frozen=True, eq=False)
class _Task:
    """Polls, and one prior with its value."""

    obs: pd.DataFrame
    prior: str
    value: float
    targets: Targets


def prior_sensitivity(obs: pd.DataFrame, *, runner: Runner | None = None) -> pd.DataFrame:
    """Fit the published model with each prior scale halved and doubled.

    Parameters
    ----------
    obs : DataFrame
        Polls as :class:`~analysis.trend.model.PollTrend` takes them.
    runner : Runner, optional
        Where the fits run.

    Returns
    -------
    DataFrame
        First a row of the published priors (prior "none"), then two for each scale of
        :class:`~analysis.base.priors.Priors` that the model has: prior, value (points), change,
        change_lower, change_upper, prob_negative, gap, gap_lower, gap_upper (as
        :func:`analysis.evaluate.leave_out.leave_house_out` tells them), change_moved_sds and
        gap_moved_sds: how far they moved, in standard deviations of the published estimate.

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "sample_size": 1000, "share_pct": [70, 62, 72, 65],
    ... })
    >>> table = prior_sensitivity(obs)
    >>> table.loc[table["prior"] == "tau", "value"].tolist()
    [0.25, 1.0]
    """
    model = published_model(obs)
    targets, usual = find_targets(model.observations), Priors()
    tasks = [_Task(obs, AS_PUBLISHED, np.nan, targets)]
    there = {*model.param_names, "level_sd"}
    there |= {"sector_sd"} if len(model.observations.sectors) > 1 else set()
    for name in SCALES:
        if name in there:
            values = [factor * float(getattr(usual, name)) for factor in FACTORS]
            tasks += [_Task(obs, name, value, targets) for value in values]
    rows = (runner or Runner()).run(fit_prior, tasks, "priors")
    table = pd.DataFrame(rows)
    first = table.iloc[0]
    for name in ("change", "gap"):
        sd = (first[f"{name}_upper"] - first[f"{name}_lower"]) / SDS_OF_INTERVAL
        table[f"{name}_moved_sds"] = (table[name] - first[name]) / sd
    return table[list(COLUMNS)]


def fit_prior(task: _Task) -> dict[str, Any]:
    """Tell change and gap under one prior."""
    priors = Priors()
    if task.prior != AS_PUBLISHED:
        priors = replace(priors, **{task.prior: task.value})
    told = task.targets.tell(published_model(task.obs, priors=priors).fit())
    return {"prior": task.prior, "value": task.value, **told}
