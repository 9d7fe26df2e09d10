"""Sizes, design effects and variances as no poll has them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import is_blank
from analysis.base.errors import name_row
from analysis.observations._rows import Text, name_rows, usual_of_others

# Published national polls have some hundred to some ten thousand interviews. Fewer than the
# first are no poll, as thousands written as 1.6; more than the second are a census, an election
# or a slip.
FEW_INTERVIEWS, MANY_INTERVIEWS = 30, 1_000_000
# Sizes that differ eightfold have a digit too many or too few.
ODD_SIZE_RATIO = 8.0
# Complex samples have the variance of simple ones times 0.7 to 5.
LARGE_EFFECT = 10.0


def tell_sizes(obs: pd.DataFrame, size: Array) -> Iterator[str]:
    few = np.flatnonzero(size < FEW_INTERVIEWS)
    if len(few):
        yield (
            f"{size[few[0]]:g} interviews in {name_rows(obs, few)}: are these thousands? Give "
            "sample_size as a number of interviews"
        )
    many = np.flatnonzero(size > MANY_INTERVIEWS)
    if len(many):
        yield (
            f"{size[many[0]]:.0f} interviews in {name_rows(obs, many)}: no poll has so many; "
            "correct sample_size, and give an election as an anchor"
        )


def tell_odd_sizes(obs: pd.DataFrame, columns: dict[str, Text]) -> Iterator[str]:
    """Sizes far from those of the house's other polls."""
    size = columns["sample_size"].astype("float64")
    house = columns["house_id"]
    yield from tell_unusual_sizes(obs, house, size, usual_of_others(house, size))


def tell_unusual_sizes(obs: pd.DataFrame, house: Text, size: Array, usual: Array) -> Iterator[str]:
    """Sizes with a digit more or less than what their houses usually have."""
    for i in np.flatnonzero(
        is_odd_size(size, usual) & (size >= FEW_INTERVIEWS) & (size <= MANY_INTERVIEWS)
    ):
        yield (
            f"{size[i]:.7g} interviews in {name_row(obs, int(i))}, where house "
            f"{house[i]} usually has {usual[i]:g}; correct sample_size"
        )


def is_odd_size(size: Array, usual: Array) -> Text:
    """Which sizes have a digit more or less than what is usual, where that is known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.maximum(size / usual, usual / size) > ODD_SIZE_RATIO)


def tell_odd_variances(obs: pd.DataFrame, columns: dict[str, Text]) -> Iterator[str]:
    """Variances that are given, and no poll has; design effects as no sample has them."""
    if "design_effect" in obs.columns:
        effect = columns["design_effect"].astype("float64")
        rows = np.flatnonzero((effect > LARGE_EFFECT) | (effect < 1 / LARGE_EFFECT))
        if len(rows):
            yield (
                f"a design effect of {effect[rows[0]]:g} in {name_rows(obs, rows)}: complex "
                "samples have 0.7 to 5; give the variance relative to simple random sampling"
            )
    if "sampling_var" not in obs.columns:
        return
    given = ~is_blank(obs["sampling_var"])
    share, variance = (columns[name].astype("float64") for name in ("share_pct", "sampling_var"))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = share * (100 - share) / variance  # 0 / 0 at the edges says nothing
        few, many = size < FEW_INTERVIEWS, size > MANY_INTERVIEWS
    rows = np.flatnonzero(given & (share > 0) & (share < 100) & (few | many))
    if len(rows):
        yield (
            f"a sampling variance of {variance[rows[0]]:g} in {name_rows(obs, rows)} is that of "
            f"{size[rows[0]]:.3g} interviews; give it in squared points"
        )
