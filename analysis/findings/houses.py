"""How far pollsters lie apart in the same weeks, and state-run from independent ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.findings._rows import POSTERIOR, as_frame, number_row
from analysis.findings.source import Source

# Houses with fewer polls have an effect, but no finding rests on one of them.
SEVERAL = 4
SECTORS = ("state", "independent")


def house_findings(source: Source) -> pd.DataFrame:
    """Tell how far the ends of the pollsters lie apart, and the sectors, however one counts.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`: ``houses.apart``, the highest less the lowest
        house with several polls, both as panel; ``houses.gap.CHOICE``, state-run minus independent
        houses, by each way of counting. Empty where there is one house, or one sector.
    """
    return as_frame(_tell(source))


def find_extremes(obs: pd.DataFrame, effects: pd.DataFrame) -> tuple[str, str]:
    """Highest and lowest house among those with several polls, or among all if one has.

    Parameters
    ----------
    obs : DataFrame
        house_id; one row per poll.
    effects : DataFrame
        house_id, mean (points).

    Raises
    ------
    ValueError
        All polls are of one house.

    Examples
    --------
    >>> obs = pd.DataFrame({"house_id": list("aaaabbbbc")})
    >>> find_extremes(obs, pd.DataFrame({"house_id": list("abc"), "mean": [3, -2, -9]}))
    ('a', 'b')
    """
    counts = obs["house_id"].value_counts()
    known = effects[effects["house_id"].map(counts) >= SEVERAL]
    known = effects if len(known) < 2 else known
    if len(known) < 2:
        raise ValueError("All polls are of one house, so there is no difference to show.")
    in_order = known.sort_values("mean")["house_id"]
    return str(in_order.iloc[-1]), str(in_order.iloc[0])


def state_gaps(source: Source) -> pd.DataFrame:
    """State-run minus independent houses, by each way of counting.

    Returns
    -------
    DataFrame
        choice, meaning, mean, sd, lower, upper (points), prob_positive; empty where a sector has
        no polls.
    """
    there = set(source.obs("support")["sector"])
    if not set(SECTORS) <= there:
        return pd.DataFrame()
    return source.keep("houses.gaps", lambda: source.results("support").sector_gaps(*SECTORS))


def _tell(source: Source) -> Iterator[dict[str, Any]]:
    obs, results = source.obs("support"), source.results("support")
    if len(set(obs["house_id"])) > 1:
        pair = find_extremes(obs, results.house_effects())
        apart = results.contrast(dict(zip(pair, (1, -1), strict=True)))
        row = number_row("houses.apart", apart["mean"], apart["lower"], apart["upper"],
                         unit="points", interval=POSTERIOR)  # fmt: skip
        yield {**row, "panel": ",".join(pair), "n_houses": 2}
    for gap in state_gaps(source).to_dict("records"):
        row = number_row(f"houses.gap.{gap['choice']}", gap["mean"], gap["lower"], gap["upper"],
                         unit="points", interval=POSTERIOR)  # fmt: skip
        yield {**row, "prob_negative": 1 - float(gap["prob_positive"])}
