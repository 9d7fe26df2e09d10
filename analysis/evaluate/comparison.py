"""Averages of scores by model, and whether a difference between two models is more than luck.

The rule that chooses a model, written down before any table was made: the lowest mean CRPS of the
next poll, the polls of all series pooled; of two models whose paired difference is within one
standard error of it the simpler one is taken (:func:`choose_model`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr

from analysis.evaluate.scores import is_inside
from analysis.trend import PollTrendResults
from analysis.trend.hyperparameters import excess_variance

KEY = ["series", "horizon", "poll"]
LEVELS = (50, 80, 95)
N_BINS = 10


def average_scores(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Average the scores of groups of rows.

    Parameters
    ----------
    rows : DataFrame
        As :func:`analysis.evaluate.backtest.backtest` gives them.
    by : sequence of str
        Columns that make the groups, such as model and horizon; they keep the order of the rows.

    Returns
    -------
    DataFrame
        The columns of ``by``, then n, crps, log_score, mae (mean absolute distance from the
        predictive mean), bias (predictive mean less observed; points), covered_50_pct,
        covered_80_pct and covered_95_pct: how many central intervals held what was observed.

    Examples
    --------
    >>> rows = pd.DataFrame({"model": ["m", "m"], "observed": [70.0, 71.0], "mean": [69.0, 73.0],
    ...                      "crps": [1.0, 2.0], "log_score": [-2.0, -3.0], "pit": [0.6, 0.01]})
    >>> average_scores(rows, ["model"]).drop(columns="log_score")
      model  n  crps  mae  bias  covered_50_pct  covered_80_pct  covered_95_pct
    0     m  2   1.5  1.5   0.5            50.0            50.0            50.0
    """
    error = rows["mean"] - rows["observed"]
    each = rows.assign(n=1, mae=error.abs(), bias=error)
    for level in LEVELS:
        inside = is_inside(rows["pit"], level)
        each[f"covered_{level}_pct"] = 100.0 * inside
    columns = ["crps", "log_score", "mae", "bias", *(f"covered_{v}_pct" for v in LEVELS)]
    grouped = each.groupby(list(by), sort=False)
    return grouped["n"].sum().to_frame().join(grouped[columns].mean()).reset_index()


def compare_models(rows: pd.DataFrame, to: str) -> pd.DataFrame:
    """Average the scores by horizon and model, beside the difference in CRPS to one model.

    Parameters
    ----------
    rows : DataFrame
        As of :func:`analysis.evaluate.backtest.backtest`; with a column series when several
        sets of polls are pooled.
    to : str
        The model that the others are compared to.

    Returns
    -------
    DataFrame
        horizon, model, those of :func:`average_scores`, difference (mean CRPS less that of
        ``to``, over the polls that both predicted; positive is worse) and difference_se (its
        standard error, from the spread of the paired differences; NaN for fewer than two).
    """
    table = average_scores(rows, ["horizon", "model"])
    wide = _by_model(rows)
    differences = []
    for horizon, model in zip(table["horizon"], table["model"], strict=True):
        part = wide.xs(horizon, level="horizon")
        differences.append(paired_difference(part[model] - part.get(to, np.nan)))
    table[["difference", "difference_se"]] = np.reshape(differences, (-1, 2))
    return table


def _by_model(rows: pd.DataFrame) -> pd.DataFrame:
    """CRPS of each poll and horizon, one column a model."""
    key = [name for name in KEY if name in rows]
    return rows.pivot_table(index=key, columns="model", values="crps")


def paired_difference(differences: pd.Series[float]) -> tuple[float, float]:
    """Mean and standard error of paired differences; those that are NaN do not count."""
    told = differences.dropna().to_numpy(dtype=float)
    if len(told) < 2:
        return (float(told.mean()) if len(told) else np.nan), np.nan
    return float(told.mean()), float(told.std(ddof=1) / np.sqrt(len(told)))


def find_floor(results: PollTrendResults) -> pd.DataFrame:
    """CRPS that one would have on average who knew more than anybody can in advance.

    Parameters
    ----------
    results : PollTrendResults
        Of all polls.

    Returns
    -------
    DataFrame
        One row per poll, in their order: poll_id (where the polls have one), house_id and, in
        points, sampling: who knew what the house would find if it asked everybody; excess: who
        knew the level and the house's lean, but not the excess error of its polls, as large as
        all polls say it is; hindsight: the CRPS, of this very poll, of its prediction from all
        other polls, earlier and later, taken as normal.

    Notes
    -----
    A normal prediction whose sd s is right has an expected CRPS of ``s / sqrt(pi)`` (Gneiting and
    Raftery 2007, "Strictly proper scoring rules, prediction, and estimation", Journal of the
    American Statistical Association 102(477), section 4.2).

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "sample_size": 1000, "share_pct": [70, 62, 72, 65],
    ... })
    >>> from analysis import PollTrend
    >>> floor = find_floor(PollTrend(obs).fit())
    >>> bool((floor["sampling"] < floor["excess"]).all())
    True
    """
    polls = results.observations.polls
    known = (polls["sampling_var"] + polls["rounding_var"]).to_numpy(dtype=float)
    posterior = results.fitted.posterior
    excess = posterior.weights @ excess_variance(posterior.params, polls["house_id"])
    others = results.loo()
    sd = others["sd"].to_numpy(dtype=float)
    z = (others["share_pct"] - others["mean"]).to_numpy(dtype=float) / sd
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    named = [name for name in ("poll_id", "house_id") if name in polls]
    return polls[named].assign(
        sampling=np.sqrt(known / np.pi),
        excess=np.sqrt((known + excess) / np.pi),
        hindsight=sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi)),
    )


def count_pit(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the PIT values of each model in ten bins of equal width: flat when calibrated.

    Returns
    -------
    DataFrame
        horizon, model, from_0 to from_90 (percent).
    """
    tenth = np.minimum((rows["pit"] * N_BINS).astype(int), N_BINS - 1)
    bins = {f"from_{100 // N_BINS * k}": (tenth == k).astype(int) for k in range(N_BINS)}
    grouped = rows.assign(**bins).groupby(["horizon", "model"], sort=False)
    return grouped[list(bins)].sum().reset_index()


def choose_model(rows: pd.DataFrame, simplest_first: Sequence[str]) -> str:
    """Choose by the rule of this module.

    Parameters
    ----------
    rows : DataFrame
        Scores of all series, with a column series; only the next poll of known houses counts.
    simplest_first : sequence of str
        The models that stand for choice, in the order of their simplicity.

    Returns
    -------
    str
        The first of them whose mean CRPS is within one standard error, of the paired
        difference, of the lowest.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "series": "s", "horizon": "next", "is_new": False, "poll": [0, 1, 2] * 2,
    ...     "model": ["plain"] * 3 + ["rich"] * 3, "crps": [1.0, 2.0, 3.0, 1.1, 1.2, 3.3],
    ... })
    >>> choose_model(rows, ["plain", "rich"])
    'plain'
    """
    counted = rows[(rows["horizon"] == "next") & ~rows["is_new"]]
    wide = _by_model(counted)[list(simplest_first)].dropna()
    best = str(wide.mean().idxmin())
    for name in simplest_first:
        mean, se = paired_difference(wide[name] - wide[best])
        if name == best or mean <= se:
            return name
    return best
