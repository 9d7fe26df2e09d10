"""Who answers how: the gaps by age and by television, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.base.errors import PollInputError
from analysis.findings._rows import as_frame, number_row
from analysis.findings.source import Source
from analysis.groups import WhoResults, fit_who, published_cells


class Told(NamedTuple):
    """Two groups whose distance is told: the first less the second, since a wave."""

    a: str
    b: str
    since: str | None


# In the second wave people named their sources of news unprompted, so its viewers are others.
TOLD = {"age_group": Told("60+", "18-29", None), "tv_source": Told("yes", "no", "05")}


def group_findings(source: Source) -> pd.DataFrame:
    """Tell how far support differs by age and by television, and whether the gaps have narrowed.

    Parameters
    ----------
    source : Source
        Its tables must hold cells, population and polls.

    Returns
    -------
    DataFrame
        As :func:`analysis.findings.table.findings`: ``groups.FACTOR.start`` and ``.end``, the gap
        on the line through all comparable waves, and ``groups.FACTOR.change`` between both.
    """
    return as_frame(_tell(source))


def fit_groups(source: Source) -> WhoResults:
    """Fit the interviews of the Chronicles, as of the day of the polls.

    Raises
    ------
    PollInputError
        A ValueError: no wave was published by then.
    """

    def fit() -> WhoResults:
        polls, cells = source.tables["polls"], source.tables["cells"]
        if source.as_of is not None:
            cells = published_cells(cells, polls, source.as_of)
        return fit_who(cells, source.tables["population"], polls)

    return source.keep("who.results", fit)


def told_waves(results: WhoResults, by: str) -> pd.DataFrame:
    """Weighted gap of the two groups that are told, in the waves that asked alike.

    Returns
    -------
    DataFrame
        wave, date, gap (points, raked weights), variance (of sampling, points squared).

    Raises
    ------
    PollInputError
        There are fewer than three such waves.
    """
    told = TOLD[by]
    shares = results.share(by)
    same = shares.loc[shares["is_comparable"], ["wave", "wording_variant"]].drop_duplicates()
    weighted = results.compare_weighted(by).merge(same, on=["wave", "wording_variant"])
    rows = []
    for (wave, day), mine in weighted.groupby(["wave", "date"]):
        at = mine.set_index("group")
        if (told.since is not None and str(wave) < told.since) or not {told.a, told.b} <= set(
            at.index
        ):
            continue
        share, n = at["weighted_pct"].astype(float), at["n"].astype(float)
        variance = share * (100 - share) / n
        rows.append(
            {
                "wave": wave,
                "date": day,
                "gap": share[told.a] - share[told.b],
                "variance": variance[told.a] + variance[told.b],
            }
        )
    if len(rows) < 3:
        raise PollInputError("fewer than three waves asked alike", "take a later --as-of")
    return pd.DataFrame(rows).sort_values("date", ignore_index=True)


def gap_line(waves: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """Put a straight line through the gaps of all waves, and read it at both ends.

    A change between two single waves hangs on the few young people of each of them; the line
    uses all.

    Parameters
    ----------
    waves : DataFrame
        date, gap (points), variance.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        Index "start", "end" and "change": date (of the ends), mean, sd, lower, upper (points),
        prob_negative.

    Notes
    -----
    Weighted least squares; where the waves scatter more than sampling allows, all errors are
    widened by the root of chi squared over its degrees of freedom (Birge 1932, Physical Review 40).

    Examples
    --------
    >>> days = pd.date_range("2022-03-01", periods=4, freq="365D")
    >>> waves = pd.DataFrame({"date": days, "gap": [40.0, 36.0, 32.0, 28.0], "variance": 4.0})
    >>> gap_line(waves)["mean"].round(1).to_dict()
    {'start': 40.0, 'end': 28.0, 'change': -12.0}
    """
    days = (waves["date"] - waves["date"].iloc[0]).dt.days.to_numpy(dtype=float)
    columns = np.column_stack([np.ones(len(days)), days])
    weight = 1 / waves["variance"].to_numpy(dtype=float)
    gap = waves["gap"].to_numpy(dtype=float)
    covariance = np.linalg.inv(columns.T @ (weight[:, None] * columns))
    line = covariance @ (columns.T @ (weight * gap))
    chi = float(weight @ (gap - columns @ line) ** 2) / (len(days) - 2)
    covariance = covariance * max(1.0, chi)
    reach = float(ndtri(1 - alpha / 2))
    at = {"start": [1.0, 0.0], "end": [1.0, days[-1]], "change": [0.0, days[-1]]}
    rows = {}
    for name, where in at.items():
        mean = float(np.asarray(where) @ line)
        sd = float(np.sqrt(np.asarray(where) @ covariance @ np.asarray(where)))
        rows[name] = {
            "date": waves["date"].iloc[0 if name == "start" else -1],
            "mean": mean,
            "sd": sd,
            "lower": mean - reach * sd,
            "upper": mean + reach * sd,
            "prob_negative": float(ndtr(-mean / sd)),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _tell(source: Source) -> Iterator[dict[str, Any]]:
    results = fit_groups(source)
    for by in TOLD:
        line = gap_line(told_waves(results, by))
        for name, row in zip(line.index.astype(str), line.to_dict("records"), strict=True):
            made = number_row(
                f"groups.{by}.{name}", row["mean"], row["lower"], row["upper"], unit="points",
                interval="95% of a line through all comparable waves", house_id="chronicles",
            )  # fmt: skip
            start = line["date"]["start" if name == "change" else name]
            direction = {"lower": "fallen", "higher": "risen"}
            if name == "change":
                found = str(made["direction"])
                made["direction"] = direction.get(found, found)
            yield {
                **made,
                "start": start,
                "start_until": start,
                **({"end": row["date"], "end_until": row["date"]} if name == "change" else {}),
                "prob_negative": row["prob_negative"],
            }
