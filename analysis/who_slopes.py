"""Derivatives of the shares of rows by the coefficients, where most entries are zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from analysis.sampling import Array

Index = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, eq=False)
class SlopePattern:
    """Where the derivatives of the shares of rows are not zero.

    The pattern is the same at every step of a search, so it is laid out once: general
    sparse products would spend most of a fit on finding it again.

    Parameters
    ----------
    row, column : ndarray of int, shape (n_entries,)
        Of each derivative that may not be zero.
    entry, fine : ndarray of int, shape (n_parts,)
        Each finest cell of a row adds to an entry what it contributes, ...
    weight : ndarray, shape (n_parts,)
        ... its weight in the row times its design.
    left, right, place : ndarray of int, shape (n_pairs,)
        Entries of one row whose product adds to the information, and where; the column of
        left is at least that of right, so that only the lower triangle is filled.
    shape : tuple of int
        Rows and coefficients.
    """

    row: Index
    column: Index
    entry: Index
    fine: Index
    weight: Array
    left: Index
    right: Index
    place: Index
    shape: tuple[int, int]

    def slopes(self, curvature: Array) -> Array:
        """Derivatives of the shares of rows, shape (n_entries,).

        Parameters
        ----------
        curvature : ndarray, shape (n_fine,)
            Derivative of the share of each finest cell by its logit, p (1 - p).
        """
        parts = self.weight * curvature[self.fine]
        return np.asarray(np.bincount(self.entry, parts, len(self.row)), dtype=float)

    def gradient(self, slopes: Array, residual: Array) -> Array:
        """Sum over rows of slope times residual, shape (n_coefficients,)."""
        parts = slopes * residual[self.row]
        return np.asarray(np.bincount(self.column, parts, self.shape[1]), dtype=float)

    def information(self, slopes: Array, precision: Array) -> Array:
        """Sum over rows of slope times slope times precision: the lower triangle."""
        scaled = slopes * np.sqrt(precision)[self.row]
        size = self.shape[1]
        flat = np.bincount(self.place, scaled[self.left] * scaled[self.right], size * size)
        return np.asarray(flat.reshape(size, size), dtype=float)


def find_pattern(mix: sparse.csr_matrix, matrix: sparse.csr_matrix) -> SlopePattern:
    """Lay out the derivatives of ``mix @ expit(matrix @ b)``.

    Parameters
    ----------
    mix : csr_matrix, shape (n_rows, n_fine)
    matrix : csr_matrix, shape (n_fine, n_coefficients)

    Returns
    -------
    SlopePattern

    Examples
    --------
    >>> one = sparse.csr_matrix(np.array([[0.5, 0.5]]))
    >>> two = sparse.csr_matrix(np.array([[1.0, 0.0], [1.0, 1.0]]))
    >>> pattern = find_pattern(one, two)
    >>> slopes = pattern.slopes(np.array([0.2, 0.1]))
    >>> pattern.gradient(slopes, np.ones(1)).round(3)
    array([0.15, 0.05])
    """
    held = mix.tocoo()
    width = np.diff(matrix.indptr)[held.col]
    part = np.repeat(np.arange(len(held.col)), width)
    inside = np.arange(len(part)) - np.repeat(np.cumsum(width) - width, width)
    at = matrix.indptr[held.col][part] + inside
    shape = (mix.shape[0], matrix.shape[1])
    keys = held.row[part].astype(np.int64) * shape[1] + matrix.indices[at]
    entries, entry = np.unique(keys, return_inverse=True)
    row, column = np.divmod(entries, shape[1])
    # Entries are sorted by row, then column: pairs of one row with left not before right.
    count = np.bincount(row, minlength=shape[0])
    start = np.repeat(np.cumsum(count) - count, count)
    before = np.arange(len(row)) - start + 1
    left = np.repeat(np.arange(len(row)), before)
    right = np.arange(len(left)) - np.repeat(np.cumsum(before) - before, before) + start[left]
    return SlopePattern(
        row=row,
        column=column,
        entry=entry.ravel(),
        fine=held.col[part].astype(np.int64),
        weight=held.data[part] * matrix.data[at],
        left=left,
        right=right,
        place=column[left] * shape[1] + column[right],
        shape=shape,
    )
