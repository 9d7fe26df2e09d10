"""From shares of the finest cells to shares of groups of the population."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit

from analysis.base.arrays import Array
from analysis.groups._hyperparameters import DRAWS_PER_POINT, PosteriorDraws
from analysis.groups._laplace import CountModel
from analysis.groups._mixing import Television, population_weights
from analysis.groups.cells import TARGET_FACTORS, TV_FACTOR, TV_LEVELS, WhoCells


@dataclass(frozen=True, eq=False)
class WeightedDraws:
    """Weighted draws of n quantities; what :mod:`analysis.base.intervals` makes tables of.

    Parameters
    ----------
    values : ndarray, shape (n_draws, n)
    weights : ndarray, shape (n_draws,)
        Summing to one.

    Examples
    --------
    >>> draws = WeightedDraws(np.array([[1.0], [2.0], [9.0]]), np.array([0.5, 0.5, 0.0]))
    >>> draws.centre, draws.probability_above(1.5), draws.quantile(0.5)
    (array([1.5]), array([0.5]), array([1.5]))
    """

    values: Array
    weights: Array

    @property
    def centre(self) -> Array:
        """Means, shape (n,)."""
        return np.asarray(self.weights @ self.values)

    @property
    def total_variance(self) -> Array:
        """Variances, shape (n,)."""
        return np.asarray(self.weights @ (self.values - self.centre) ** 2)

    @cached_property
    def _sorted(self) -> tuple[Array, Array]:
        """Values in order, and the mass below the middle of each."""
        order = np.argsort(self.values, axis=0, kind="stable")
        mass = self.weights[order]
        return np.take_along_axis(self.values, order, axis=0), np.cumsum(mass, axis=0) - mass / 2

    def quantile(self, probability: float) -> Array:
        """Quantiles, shape (n,), linear between the middles of neighbouring draws."""
        values, mass = self._sorted
        each = range(values.shape[1])
        return np.array([np.interp(probability, mass[:, k], values[:, k]) for k in each])

    def probability_above(self, threshold: float) -> Array:
        """Probabilities of exceeding a threshold, shape (n,)."""
        return np.clip(self.weights @ (self.values > threshold), 0.0, 1.0)

    def combine(self, rows: Array) -> WeightedDraws:
        """Linear combinations of the quantities, rows of shape (n_rows, n)."""
        return WeightedDraws(self.values @ rows.T, self.weights)


@dataclass(frozen=True, eq=False)
class FittedCounts:
    """A model of counts with its posterior draws.

    Parameters
    ----------
    model : CountModel
    draws : PosteriorDraws
    """

    model: CountModel
    draws: PosteriorDraws

    @cached_property
    def shares(self) -> Array:
        """Shares of the finest cells, 0 to 1, shape (n_draws, n_fine)."""
        return np.asarray(expit(self.model.matrix @ self.draws.coefficients.T).T)

    def paired(self, n: int, seed: int) -> Array:
        """Shares in n equally weighted draws, in an order that nothing else knows."""
        edges = np.cumsum(self.draws.draw_weights)
        at = (np.arange(n) + 0.5) / n * edges[-1]
        chosen = np.minimum(np.searchsorted(edges, at), len(edges) - 1)
        return self.shares[np.random.default_rng(seed).permutation(chosen)]


def joint_shares(
    main: FittedCounts, holding: FittedCounts | None, seed: int
) -> tuple[Array, Array, Array]:
    """Draws of the shares of the finest cells, how many people each speaks for, and weights.

    Parameters
    ----------
    main : FittedCounts
    holding : FittedCounts, optional
        Model of who belongs to those the share is of, such as those with an opinion.
        Given the cell, who has an opinion and which one are independent in the likelihood
        (a multinomial is a chain of binomials), so their posteriors are too.
    seed : int

    Returns
    -------
    shares, sizes : ndarray, shape (n_draws, n_fine)
        Sizes are 1, or the share of those with an opinion.
    weights : ndarray, shape (n_draws,)
    """
    if holding is None:
        return main.shares, np.ones((1, main.shares.shape[1])), main.draws.draw_weights
    n = len(main.draws.weights) * DRAWS_PER_POINT
    return main.paired(n, seed), holding.paired(n, seed + 1), np.full(n, 1 / n)


def domains(
    cells: WhoCells, television: Television, by: str | None, *, standardised: bool
) -> tuple[pd.DataFrame, sparse.csr_matrix]:
    """Groups for which results are wanted, and the people in them.

    Parameters
    ----------
    cells : WhoCells
    television : Television
    by : str or None
        sex, age_group, settlement, tv_source, or everybody.
    standardised : bool
        Give each group the composition, in all other respects, of everybody.

    Returns
    -------
    DataFrame
        occasion, wave, wording_variant, date, group, n (interviews in cells of this group
        alone); occasions by date, groups in the order of the population.  By television
        only occasions in which the question was put.
    csr_matrix, shape (n_rows, n_fine)
        Sizes of the finest cells, as shares of the population.
    """
    sizes = population_weights(cells, television)
    levels = [""] if by is None else cells.levels(by)
    labels = _label_fine(cells, by)
    rows, parts = [], []
    for k, occasion in enumerate(cells.occasions.to_dict("records")):
        if by == TV_FACTOR and not television.asked[k]:
            continue
        for level in levels:
            size = sizes[k] * (labels == level)
            if standardised and by is not None:
                size = _standardise(cells, sizes[k], by, level)
            here = cells.occasion == k
            if by is not None:
                here = here & (cells.table[by] == level).to_numpy()
            n = int(cells.table["n"].to_numpy()[here].sum())
            keep = ("wave", "wording_variant", "date")
            rows.append({"occasion": k, **{c: occasion[c] for c in keep}, "group": level, "n": n})
            parts.append((k, size))
    width = sizes.shape[1]
    weights = sparse.lil_matrix((len(parts), width * len(cells.occasions)))
    for row, (k, size) in enumerate(parts):
        weights[row, k * width : (k + 1) * width] = size
    return pd.DataFrame(rows), weights.tocsr()


def _label_fine(cells: WhoCells, by: str | None) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Group of each finest cell of one occasion."""
    n_groups = len(cells.target)
    if by is None:
        return np.full(n_groups * len(TV_LEVELS), "", dtype=object)
    if by == TV_FACTOR:
        return np.tile(np.array(TV_LEVELS, dtype=object), n_groups)
    return np.repeat(cells.target[by].to_numpy(dtype=object), len(TV_LEVELS))


def _standardise(cells: WhoCells, size: Array, by: str, level: str) -> Array:
    """Sizes of the finest cells of a group if it were composed like everybody."""
    others = [factor for factor in (*TARGET_FACTORS, TV_FACTOR) if factor != by]
    frame = pd.DataFrame({f: _label_fine(cells, f) for f in (*others, by)})
    total = frame.assign(size=size).groupby(others)["size"].transform("sum").to_numpy()
    return np.where(frame[by] == level, total, 0.0)


def domain_draws(
    shares: Array, sizes: Array, weights: Array, held: sparse.csr_matrix
) -> WeightedDraws:
    """Draws of the shares of domains, percent.

    Parameters
    ----------
    shares, sizes : ndarray, shape (n_draws or 1, n_fine)
        As of :func:`joint_shares`.
    weights : ndarray, shape (n_draws,)
    held : csr_matrix, shape (n_domains, n_fine)
    """
    inside = held @ (shares * sizes).T
    whole = held @ sizes.T
    return WeightedDraws(100 * np.asarray(inside / whole).T, weights)
