"""Estimates of groups beside plain and weighted shares, with the difference taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.sampling import Array

if TYPE_CHECKING:
    from analysis.who_results import WhoResults

KEYS = ["wave", "wording_variant", "date", "group"]


def compare_weighted(results: WhoResults, by: str | None) -> pd.DataFrame:
    """Set the estimates beside the shares that a house would print.

    The difference between estimate and weighted share has two parts that add up to it:

    - pooling: what the model takes from other waves and groups, the fitted minus the
      observed shares of the same cells under the same weights;
    - composition: the population's mix of groups instead of the weights', and for
      television the people in merged cells.

    Parameters
    ----------
    results : WhoResults
    by : str or None

    Returns
    -------
    DataFrame
        wave, wording_variant, date, group, n, unweighted_pct, weighted_pct (by the sum of
        the cell's weights where the cells have a column weight_sum, else unweighted),
        mean, difference, pooling, composition (points).  Missing where no interview is in
        a cell of that group alone.
    """
    sums = _sum_rows(results, by)
    frame = results.share(by)[[*KEYS, "n", "mean"]].merge(sums, on=KEYS, how="left")
    frame["difference"] = frame["mean"] - frame["weighted_pct"]
    frame["pooling"] = frame["fitted_pct"] - frame["weighted_pct"]
    frame["composition"] = frame["mean"] - frame["fitted_pct"]
    shown = ["n", "unweighted_pct", "weighted_pct", "mean", "difference", "pooling", "composition"]
    return frame[[*KEYS, *shown]]


def _sum_rows(results: WhoResults, by: str | None) -> pd.DataFrame:
    """Plain, weighted and fitted shares of the rows of each wave and group, percent."""
    table, model = results.cells.table, results.fitted.model
    n = table["n"].to_numpy(dtype=float)
    weight = table["weight_sum"].to_numpy(dtype=float) if "weight_sum" in table else n
    keys = table[["wave", "wording_variant"]].merge(results.cells.occasions, how="left")
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
            "wf": weight * model.trials / n * fitted_rows(results),
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


def fitted_rows(results: WhoResults) -> Array:
    """Posterior mean share of each row of counts, 0 to 1."""
    fitted = results.fitted
    return np.asarray(fitted.model.mix @ (fitted.draws.draw_weights @ fitted.shares))
