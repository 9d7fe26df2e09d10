"""Shares of groups at each wave, gaps between groups, and how both changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.intervals import interval_frame, interval_row
from analysis.groups._domains import WeightedDraws
from analysis.groups._laplace import Index
from analysis.groups.fitted import FittedWho
from analysis.groups.terms import check_factors


def share(
    fitted: FittedWho, by: str | None, alpha: float, *, standardised: bool = False
) -> pd.DataFrame:
    """Share of the outcome in each group at each wave."""
    rows, draws = fitted.draw(by, standardised=standardised)
    return pd.concat([_describe(fitted, rows), interval_frame(draws, alpha)], axis=1)


def poststratified(fitted: FittedWho, alpha: float) -> pd.DataFrame:
    """Share in the whole population at each wave."""
    return share(fitted, None, alpha).drop(columns="group")


def gap(
    fitted: FittedWho, by: str, a: str, b: str, alpha: float, *, standardised: bool
) -> pd.DataFrame:
    """Share in group a minus share in group b at each wave."""
    rows, draws, pairs = _pair(fitted, by, a, b, standardised)
    first = rows.loc[pairs[:, 0]].reset_index(drop=True)
    n = first["n"] + rows["n"].to_numpy()[pairs[:, 1]]
    frame = _describe(fitted, first.assign(n=n)).drop(columns="group")
    difference = draws.combine(_contrast(pairs, len(rows)))
    frame = pd.concat([frame, interval_frame(difference, alpha)], axis=1)
    return frame.assign(prob_positive=difference.probability_above(0.0))


def change(
    fitted: FittedWho,
    start: str | None = None,
    end: str | None = None,
    *,
    by: str | None = None,
    a: str | None = None,
    b: str | None = None,
    alpha: float,
    standardised: bool = False,
) -> pd.Series[Any]:
    """Change between two waves: of everybody, of a group, or of the gap of two groups."""
    if (by is None) != (a is None):
        raise PollInputError("by and a go together", "name a factor and one of its groups")
    if b is not None and a is not None and by is not None:
        rows, draws, pairs = _pair(fitted, by, a, b, standardised)
        contrast = _contrast(pairs, len(rows))
        rows = rows.loc[pairs[:, 0]].reset_index(drop=True)
    else:
        rows, draws = fitted.draw(by, standardised=standardised)
        kept = np.flatnonzero(rows["group"] == _check_group(fitted, by, a))
        contrast, rows = np.eye(len(rows))[kept], rows.loc[kept].reset_index(drop=True)
    first, last = _ends(fitted, rows, start, end)
    moved = draws.combine((contrast[last] - contrast[first])[None, :])
    waves = {"start": rows["wave"][first], "end": rows["wave"][last]}
    below = 1.0 - float(moved.probability_above(0.0)[0])
    row = {**waves, **interval_row(moved, alpha), "prob_negative": below}
    return pd.Series(row, name="change")


def _describe(fitted: FittedWho, rows: pd.DataFrame) -> pd.DataFrame:
    """Columns before the numbers."""
    comparable = rows["wording_variant"] == fitted.cells.base_wording
    columns = ["wave", "wording_variant", "date", "is_comparable", "group", "n"]
    return rows.assign(is_comparable=comparable)[columns]


def _check_group(fitted: FittedWho, by: str | None, group: str | None) -> str:
    """Return a group of a factor; the empty one is everybody."""
    levels = [""] if check_factors(by) is None or by is None else fitted.cells.levels(by)
    if (group or "") not in levels:
        raise PollInputError(f"{by} has no group {group!r}", f"use one of {', '.join(levels)}")
    return group or ""


def _pair(
    fitted: FittedWho, by: str, a: str, b: str, standardised: bool
) -> tuple[pd.DataFrame, WeightedDraws, Index]:
    """Rows of two groups, wave by wave: positions of shape (n_waves, 2)."""
    rows, draws = fitted.draw(by, standardised=standardised)
    each = [np.flatnonzero(rows["group"] == _check_group(fitted, by, group)) for group in (a, b)]
    return rows, draws, np.column_stack(each)


def _ends(
    fitted: FittedWho, rows: pd.DataFrame, start: str | None, end: str | None
) -> tuple[int, int]:
    """Positions of the two waves of a change."""
    base = np.flatnonzero(rows["wording_variant"] == fitted.cells.base_wording)
    found = []
    for wave, place in ((start, 0), (end, -1)):
        if wave is None and len(base):
            found.append(int(base[place]))
            continue
        here = np.flatnonzero(rows["wave"] == wave)
        if not len(here):
            known = ", ".join(dict.fromkeys(rows["wave"]))
            raise PollInputError(f"there is no wave {wave!r}", f"use one of {known}")
        both = np.intersect1d(here, base)
        found.append(int(both[0] if len(both) else here[-1]))
    return found[0], found[1]


def _contrast(pairs: Index, n: int) -> Array:
    """First minus second of each pair, as rows over n quantities."""
    return np.asarray(np.eye(n)[pairs[:, 0]] - np.eye(n)[pairs[:, 1]])
