"""Support among those who give an opinion: how far two pollsters lie apart, then and now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.claims import Window, main_windows, name_base
from analysis.findings._rows import as_frame, number_row
from analysis.findings.source import Source

SIDES = ("of_all", "of_opinion")


def opinion_findings(source: Source) -> pd.DataFrame:
    """Tell how far two busy pollsters lie apart, of all and of those with an opinion.

    Parameters
    ----------
    source : Source

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`: ``opinion.of_all.base``, ``.last`` and
        ``opinion.of_opinion.base``, ``.last``, the first pollster less the second, with both as
        panel.
    """
    return as_frame(_tell(source))


def opinion_polls(obs: pd.DataFrame) -> pd.DataFrame:
    """Polls that print both sides, with the share of yes among those who said yes or no.

    Parameters
    ----------
    obs : DataFrame
        As from ``polls.series``: for_pct, against_pct, sample_size, design_effect.

    Returns
    -------
    DataFrame
        With of_all, of_opinion (percent), and the sampling variance of each (points squared):
        var_of_all, var_of_opinion.

    Examples
    --------
    >>> obs = pd.DataFrame({"for_pct": [60.0], "against_pct": [20.0], "sample_size": [1600],
    ...                     "design_effect": [1.0]})
    >>> opinion_polls(obs)["of_opinion"].tolist()
    [75.0]
    """
    both = obs[obs["for_pct"].notna() & obs["against_pct"].notna()].copy()
    given = both["for_pct"] + both["against_pct"]
    both["of_all"] = both["for_pct"]
    both["of_opinion"] = 100 * both["for_pct"] / given
    size = both["sample_size"].astype(float) / both["design_effect"].astype(float).fillna(1.0)
    for side, n in (("of_all", size), ("of_opinion", size * given / 100)):
        both[f"var_{side}"] = both[side] * (100 - both[side]) / n
    return both


def two_pollsters(source: Source) -> tuple[pd.DataFrame, list[str], tuple[Window, Window]] | None:
    """Polls that print both sides, the two busiest houses of one sector, and the windows.

    Of one sector, so that the two are not state-run against independent. The last window is the
    last in which both polled: a wave of another house alone moves it, one of them alone does not.
    """
    polls = opinion_polls(source.obs("support"))
    found = main_windows(polls)
    if found is None:
        return None
    early = polls.loc[polls["mid_date"].between(*found[0]), "house_id"]
    rows = polls[polls["house_id"].isin(early)]
    counts = rows["house_id"].value_counts()
    busiest = sorted(counts.index, key=lambda house: (-int(counts[house]), house))
    sectors = rows.drop_duplicates("house_id").set_index("house_id")["sector"]
    most = [house for house in busiest if sectors[house] == sectors[busiest[0]]][:2]
    spans = main_windows(polls, most)
    return None if len(most) < 2 or spans is None else (polls, most, spans[:2])


def window_means(
    polls: pd.DataFrame, houses: list[str], spans: tuple[Window, Window]
) -> pd.DataFrame:
    """Plain means of the polls of some houses within windows, with their sampling error.

    Returns
    -------
    DataFrame
        window (0 or 1), house_id, side, n_polls, mean (percent), se (points).
    """
    rows = []
    for number, window in enumerate(spans):
        inside = polls[polls["mid_date"].between(*window)]
        for house in houses:
            mine = inside[inside["house_id"] == house]
            rows += [
                {
                    "window": number,
                    "house_id": house,
                    "side": side,
                    "n_polls": len(mine),
                    "mean": float(mine[side].mean()),
                    "se": float(np.sqrt(mine[f"var_{side}"].sum()) / len(mine)),
                }
                for side in SIDES
            ]
    return pd.DataFrame(rows)


def _tell(source: Source) -> Iterator[dict[str, Any]]:
    found = two_pollsters(source)
    if found is None:
        return
    polls, houses, spans = found
    means = {
        (row["window"], row["side"], row["house_id"]): row
        for row in window_means(polls, houses, spans).to_dict("records")
    }
    reach = float(ndtri(0.975))
    names = (name_base(spans[0], spans[1].end), "last")
    for side in SIDES:
        for number, name in enumerate(names):
            one, two = (means[number, side, house] for house in houses)
            gap, se = one["mean"] - two["mean"], float(np.hypot(one["se"], two["se"]))
            ends = (gap - reach * se, gap + reach * se)
            row = number_row(f"opinion.{side}.{name}", gap, *ends, unit="points",
                             interval="95% of sampling")  # fmt: skip
            yield {
                **row,
                "base": name,
                "start": spans[number].start,
                "start_until": spans[number].end,
                "panel": ",".join(houses),
                "n_houses": len(houses),
            }
