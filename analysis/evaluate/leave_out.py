"""Leave one house out: is it predicted by the others, and how much of the result hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.columns import read_text
from analysis.evaluate._targets import COLUMNS as TOLD
from analysis.evaluate._targets import Targets, find_targets
from analysis.evaluate.backtest import published_model
from analysis.evaluate.comparison import LEVELS
from analysis.evaluate.runner import Runner
from analysis.evaluate.scores import is_inside, score
from analysis.observations.frame import CURES, prepare_observations
from analysis.trend import predict_polls

ALL_POLLS = ""
COLUMNS = (
    "house_id",
    "sector",
    "n_polls",
    "seen",
    "predicted",
    "difference",
    "sd",
    *(f"covered_{level}_pct" for level in LEVELS),
    "crps",
    *TOLD,
    "change_moved",
    "gap_moved",
    "note",
)


@dataclass(frozen=True, eq=False)
class _Task:
    """Polls, and the house whose polls are hidden from the fit; none for the whole."""

    obs: pd.DataFrame
    house: str
    targets: Targets


def leave_house_out(obs: pd.DataFrame, *, runner: Runner | None = None) -> pd.DataFrame:
    """Fit without each house in turn: predict its polls, and tell the headline again.

    Parameters
    ----------
    obs : DataFrame
        Polls as :class:`~analysis.trend.model.PollTrend` takes them.
    runner : Runner, optional
        Where the fits run.

    Returns
    -------
    DataFrame
        First a row of all polls, whose house_id is empty, then one for each house: sector,
        n_polls; seen and predicted (means over its polls, percent), difference (predicted less
        seen, points), sd (of the prediction of one poll, on average), covered_50_pct to
        covered_95_pct (its polls inside the central predictive intervals), crps (points, mean);
        change, change_lower, change_upper, prob_negative (of the headline, estimated without
        the house), gap, gap_lower, gap_upper (of state-run minus independent houses), how far
        both moved from the estimate of all polls (change_moved, gap_moved), and note: why
        something is missing.

    Raises
    ------
    PollInputError
        For polls that cannot be used.

    Notes
    -----
    A house left out is a new house to the others: its polls are predicted from their level and
    the spread of houses, so the intervals are wide, and those of its polls share one unknown
    effect.  They are one trial, not as many as it has polls.  The change is that between the
    windows of :func:`analysis.claims.windows.main_windows` for the panel without the house; for
    polls that do not span them, from the first day to the last, for the mean of all houses.

    See Also
    --------
    analysis.evaluate.backtest.backtest : predict the next poll of houses that are known.

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "sample_size": 1000, "share_pct": [70, 62, 72, 65],
    ... })
    >>> leave_house_out(obs)[["house_id", "n_polls", "seen"]].to_records(index=False).tolist()
    [('', 4, 67.25), ('a', 2, 71.0), ('b', 2, 63.5)]
    """
    observations = prepare_observations(obs)
    targets = find_targets(observations)
    names = [ALL_POLLS, *observations.houses]
    tasks = [_Task(obs, name, targets) for name in names]
    rows = (runner or Runner()).run(leave_out, tasks, "fits without a house")
    table = pd.DataFrame(rows)
    polls = observations.polls
    sector = dict(zip(observations.houses, observations.house_sector, strict=True))
    table["sector"] = table["house_id"].map(sector).fillna("")
    shares = {name: polls.loc[polls["house_id"] == name, "share_pct"] for name in sector}
    shares[ALL_POLLS] = polls["share_pct"]
    table["n_polls"] = [len(shares[name]) for name in table["house_id"]]
    table["seen"] = [shares[name].mean() for name in table["house_id"]]
    table["difference"] = table["predicted"] - table["seen"]
    for name in ("change", "gap"):
        table[f"{name}_moved"] = table[name] - table[name].iloc[0]
    return table[list(COLUMNS)]


def describe_targets(obs: pd.DataFrame) -> str:
    """Say of which houses and days the change is that is told without each house."""
    return find_targets(prepare_observations(obs)).describe()


def leave_out(task: _Task) -> dict[str, Any]:
    """Predict the polls of one house from all others, and tell the headline without it."""
    row: dict[str, Any] = {"house_id": task.house, "note": ""}
    numbers = ["predicted", "sd", *(f"covered_{level}_pct" for level in LEVELS), "crps", *TOLD]
    row |= dict.fromkeys(numbers, np.nan)
    if task.house == ALL_POLLS:
        return row | task.targets.tell(published_model(task.obs).fit())
    own = read_text(task.obs, "house_id", CURES["house_id"]) == task.house
    if own.all():
        return row | {"note": "no other house has polls"}
    results = published_model(task.obs[~own]).fit()
    hidden = task.obs[own]
    _, shares = predict_polls(hidden, results.fitted)
    scored = score(shares, hidden["share_pct"].to_numpy(dtype=float))
    row |= {"predicted": scored["mean"].mean(), "sd": scored["sd"].mean()}
    row["crps"] = scored["crps"].mean()
    for level in LEVELS:
        row[f"covered_{level}_pct"] = 100.0 * is_inside(scored["pit"], level).mean()
    told = task.targets.without(task.house).tell(results)
    return row | told | {"note": _explain(told)}


def _explain(told: dict[str, float]) -> str:
    """Why a number is missing."""
    missing = {
        "change": "no other house polled in both windows",
        "gap": "no state-run or no independent house is left",
    }
    return "; ".join(words for name, words in missing.items() if np.isnan(told[name]))
