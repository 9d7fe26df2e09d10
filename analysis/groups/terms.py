"""Terms of the multilevel model of counts, and the design they make of the finest cells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from scipy import linalg, sparse

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.groups.cells import TARGET_FACTORS, TV_FACTOR, TV_LEVELS, WhoCells

DAYS_PER_YEAR = 365.25
OVER_TIME = ("", "iid", "walk")


@dataclass(frozen=True)
class Term:
    """A batch of effects that share one standard deviation, on the logit scale.

    Parameters
    ----------
    factors : tuple of str
        Effects for each combination of their levels: sex, age_group, settlement, tv_source,
        wording_variant. No factor, with ``over_time``, gives the waves themselves.
    over_time : {"", "iid", "walk"}
        One effect for all waves; one of its own for each wave; or a random walk over the
        days of the waves that starts at zero in the first one.
    prior : float
        Half-normal scale of the standard deviation, logits (walk: logits per root year).
    fixed : bool
        Is ``prior`` the standard deviation itself.  Two levels cannot tell their spread.
    """

    factors: tuple[str, ...]
    over_time: str = ""
    prior: float = 1.0
    fixed: bool = False

    def __post_init__(self) -> None:
        if self.over_time not in OVER_TIME:
            cure = "use one of '', 'iid', 'walk'"
            raise PollInputError(f"over_time is {self.over_time!r}", cure)

    @property
    def name(self) -> str:
        """Name of the standard deviation: ``sex``, ``age_group:wave`` (iid), ``sex:walk``."""
        ending = {"": (), "iid": ("wave",), "walk": ("walk",)}[self.over_time]
        return ":".join((*self.factors, *ending))


# Every main effect; how factors go together; what each of them did over time. Waves are
# independent of each other (opinion jumped with the mobilisation), while groups drift against
# one another, and by age and television also differ from wave to wave.
TERMS = (
    Term(("sex",), fixed=True),
    Term(("age_group",)),
    Term(("settlement",), fixed=True),
    Term((TV_FACTOR,), fixed=True),
    Term((), "iid"),
    Term(("sex", "age_group"), prior=0.5),
    Term(("age_group", TV_FACTOR), prior=0.5),
    Term(("settlement", TV_FACTOR), prior=0.5),
    Term(("sex",), "walk", prior=0.5),
    Term(("age_group",), "walk", prior=0.5),
    Term(("settlement",), "walk", prior=0.5),
    Term((TV_FACTOR,), "walk", prior=0.5),
    Term(("age_group",), "iid", prior=0.5),
    Term((TV_FACTOR,), "iid", prior=0.5),
    Term(("age_group", "wording_variant"), prior=0.5),
)
# Who names television as a source of news, from the same interviews.
TV_TERMS = (
    Term(("sex",), fixed=True),
    Term(("age_group",)),
    Term(("settlement",), fixed=True),
    Term((), "walk"),
    Term(("sex", "age_group"), prior=0.5),
    Term(("age_group",), "walk", prior=0.5),
    Term(("settlement",), "walk", prior=0.5),
)


@dataclass(frozen=True, eq=False)
class Block:
    """Coefficients of one term.

    Parameters
    ----------
    term : Term
    first, last : int
        Their columns in the design.
    precision : ndarray, shape (n, n)
        Prior precision at a standard deviation of one.
    """

    term: Term
    first: int
    last: int
    precision: Array

    @property
    def columns(self) -> slice:
        """Their columns in the design."""
        return slice(self.first, self.last)

    @property
    def size(self) -> int:
        """Number of coefficients, all with a proper prior."""
        return self.last - self.first


@dataclass(frozen=True, eq=False)
class WhoDesign:
    """Design of the finest cells: (occasion, group, television), television fastest.

    Parameters
    ----------
    matrix : csr_matrix, shape (n_fine, n_coefficients)
        Intercept first, then the wordings other than the base, then the blocks.
    blocks : tuple of Block
    wordings : tuple of str
        Wordings with an effect of their own.
    n_fixed : int
        Coefficients without a standard deviation to estimate.
    """

    matrix: sparse.csr_matrix
    blocks: tuple[Block, ...]
    wordings: tuple[str, ...]
    n_fixed: int


def build_who_design(cells: WhoCells, terms: tuple[Term, ...] = TERMS) -> WhoDesign:
    """Write the terms as columns over all finest cells.

    Parameters
    ----------
    cells : WhoCells
    terms : tuple of Term
        Terms of factors with a single level in the data are left out.

    Returns
    -------
    WhoDesign
    """
    grid = fine_grid(cells)
    base = cells.base_wording
    wordings = tuple(sorted(set(cells.occasions["wording_variant"]) - {base}))
    parts = [np.ones((len(grid), 1))]
    parts += [(grid["wording_variant"] == w).to_numpy(float)[:, None] for w in wordings]
    first = len(parts)
    n_fixed, blocks = first, []
    for term in terms:
        made = _columns(term, grid, cells, wordings)
        if made is None:
            continue
        columns, precision = made
        parts.append(columns)
        blocks.append(Block(term, first, first + columns.shape[1], precision))
        first += columns.shape[1]
    matrix = sparse.csr_matrix(np.hstack(parts))
    return WhoDesign(matrix, tuple(blocks), wordings, n_fixed)


def fine_grid(cells: WhoCells) -> pd.DataFrame:
    """One row for each occasion, group and use of television, television fastest.

    Returns
    -------
    DataFrame
        occasion, wave, wording_variant, date, sex, age_group, settlement, share_pct,
        tv_source.
    """
    occasions = cells.occasions[["wave", "wording_variant", "date"]]
    numbered = occasions.rename_axis("occasion").reset_index()
    tv = pd.DataFrame({TV_FACTOR: TV_LEVELS})
    return numbered.merge(cells.target, how="cross").merge(tv, how="cross")


def _columns(
    term: Term, grid: pd.DataFrame, cells: WhoCells, wordings: tuple[str, ...]
) -> tuple[Array, Array] | None:
    """Indicators of a term's effects and their unit precision; None where there are none."""
    choices = []
    for factor in term.factors:
        levels = list(wordings) if factor == "wording_variant" else cells.levels(factor)
        if len(levels) < (1 if factor == "wording_variant" else 2):
            return None
        choices.append(levels)
    combined = [
        np.all([grid[f] == v for f, v in zip(term.factors, combo, strict=True)], axis=0)
        if combo
        else np.ones(len(grid), dtype=bool)
        for combo in product(*choices)
    ]
    levels_part = np.column_stack(combined).astype(float)
    if not term.over_time:
        return levels_part, np.eye(levels_part.shape[1])
    days = np.unique(grid["date"].to_numpy(dtype="datetime64[D]"))
    if len(days) < 2:
        return None
    step = np.searchsorted(days, grid["date"].to_numpy(dtype="datetime64[D]"))
    if term.over_time == "iid":
        times, precision = np.eye(len(days))[step], np.eye(len(days))
    else:
        # The walk starts at zero, so its first day has no column.
        times, precision = np.eye(len(days))[step][:, 1:], walk_precision(days)
    crossed = (levels_part[:, :, None] * times[:, None, :]).reshape(len(grid), -1)
    return crossed, np.asarray(linalg.block_diag(*[precision] * levels_part.shape[1]))


def walk_precision(days: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> Array:
    """Precision of a random walk at all days but the first, where it is zero.

    The step over a gap of g years has variance g.

    Examples
    --------
    >>> days = np.array(["2022-01-01", "2023-01-01", "2025-01-01"], dtype="datetime64[D]")
    >>> walk_precision(days).round(1)
    array([[ 1.5, -0.5],
           [-0.5,  0.5]])
    """
    gap = np.diff(days) / np.timedelta64(1, "D") / DAYS_PER_YEAR
    difference = np.eye(len(gap)) - np.eye(len(gap), k=-1)
    return np.asarray(difference.T @ np.diag(1 / gap) @ difference)


def check_factors(by: str | None) -> str | None:
    """Return the factor by which results are wanted, or say which there are."""
    known = (*TARGET_FACTORS, TV_FACTOR)
    if by is not None and by not in known:
        raise PollInputError(f"by is {by!r}", f"use one of {', '.join(known)}, or None")
    return by
