"""What a cell of interviews is made of: weights of the finest cells in each row of counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import expit

from analysis.base.arrays import Array
from analysis.groups._hyperparameters import HyperparameterSearch
from analysis.groups._laplace import CountModel, Index
from analysis.groups.cells import TV_FACTOR, TV_LEVELS, WhoCells
from analysis.groups.terms import TV_TERMS, build_who_design


@dataclass(frozen=True, eq=False)
class Television:
    """Who names television as a source of news.

    Parameters
    ----------
    share : ndarray, shape (n_occasions, n_groups)
        Estimated share of each group, 0 to 1.
    asked : ndarray of bool, shape (n_occasions,)
        Was the question put to anybody then; elsewhere the share is carried over in time.
    """

    share: Array
    asked: np.ndarray[tuple[int], np.dtype[np.bool_]]


def estimate_television(cells: WhoCells) -> Television:
    """Share of each group that names television, from the interviews themselves.

    There is no count of viewers in the population.  A multilevel model of those who were
    asked (sex, age, settlement, time and how they go together) fills groups and waves with
    few or no answers, at the mode of its standard deviations.  A first model of who uses
    what, used to post-stratify a second one, is the way of Kastellec, Lax, Malecki and
    Phillips (2015), "Polarizing the electoral connection", Journal of Politics 77(3).

    Parameters
    ----------
    cells : WhoCells

    Returns
    -------
    Television
        One half everywhere when nobody was asked.
    """
    shape = (len(cells.occasions), len(cells.target))
    clean = np.flatnonzero(cells.table[TV_FACTOR].isin(TV_LEVELS))
    asked = np.zeros(shape[0], dtype=bool)
    asked[cells.occasion[clean]] = True
    if not len(clean):
        return Television(np.full(shape, 0.5), asked)
    n = cells.table["n"].to_numpy(dtype=float)[clean]
    yes = (cells.table[TV_FACTOR] == "yes").to_numpy()[clean]
    groups = _of_groups(cells)[clean]
    weights = _weigh(groups, cells.target["share_pct"].to_numpy(dtype=float))
    design = build_who_design(cells, TV_TERMS)
    model = CountModel(
        successes=np.where(yes, n, 0.0),
        trials=n,
        mix=_place(weights, cells.occasion[clean], shape[0]),
        # Both uses of television have one and the same row here: every other one will do.
        matrix=design.matrix[::2],
        blocks=design.blocks,
        n_fixed=design.n_fixed,
    )
    search = HyperparameterSearch(model)
    mode, _ = search.find_mode()
    share = expit(model.matrix @ search.solve(mode).mode)
    return Television(share.reshape(shape), asked)


def mix_rows(cells: WhoCells, television: Television) -> sparse.csr_matrix:
    """Weights of the finest cells in each row, shape (n_rows, n_occasions * n_groups * 2).

    A row that may hold several groups holds them as the population does, and television as
    :func:`estimate_television` says.
    """
    size = population_weights(cells, television)
    held = cells.may_hold.multiply(size[cells.occasion])
    return _place(_scale_rows(held.tocsr()), cells.occasion, len(cells.occasions))


def population_weights(cells: WhoCells, television: Television) -> Array:
    """Share of each group and use of television in the population, by occasion.

    Returns
    -------
    ndarray, shape (n_occasions, n_groups * 2)
        Rows sum to one; television (no, yes) fastest.
    """
    group = cells.target["share_pct"].to_numpy(dtype=float) / 100
    uses = np.stack([1 - television.share, television.share], axis=-1)
    return np.asarray((group[None, :, None] * uses).reshape(len(uses), -1))


def _of_groups(cells: WhoCells) -> sparse.csr_matrix:
    """1 where a row may hold people of a group."""
    n_groups = len(cells.target)
    dense = cells.may_hold.toarray().reshape(-1, n_groups, len(TV_LEVELS))
    return sparse.csr_matrix(dense.max(axis=2))


def _weigh(held: sparse.csr_matrix, size: Array) -> sparse.csr_matrix:
    return _scale_rows(held.multiply(size).tocsr())


def _scale_rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    total = np.asarray(matrix.sum(axis=1)).ravel()
    return sparse.csr_matrix(sparse.diags_array(1 / total) @ matrix)


def _place(weights: sparse.csr_matrix, occasion: Index, n_occasions: int) -> sparse.csr_matrix:
    """Move the weights of each row to the columns of its occasion."""
    found = weights.tocoo()
    width = weights.shape[1]
    column = occasion[found.row] * width + found.col
    shape = (weights.shape[0], n_occasions * width)
    return sparse.csr_matrix((found.data, (found.row, column)), shape=shape)
