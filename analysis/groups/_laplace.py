"""Laplace approximation of a multilevel binomial model, given its standard deviations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import linalg, sparse
from scipy.special import expit, gammaln

from analysis.base.arrays import Array
from analysis.groups.terms import Block

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
    count = np.bincount(row)
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


# The intercept may be anywhere between 1 and 99 percent, a wording move it by e^2.
INTERCEPT_SD, WORDING_SD = 2.5, 1.0
# The search ends with the first step that moves no logit by more than this; convergence is
# quadratic, so what is left is of the order of its square.
CLOSE_ENOUGH = 1e-3
MAX_STEPS, MAX_HALVINGS = 60, 12
SMALLEST_SHARE = 1e-10


@dataclass(frozen=True, eq=False)
class Inner:
    """Mode of the coefficients given the standard deviations.

    Parameters
    ----------
    mode : ndarray, shape (n_coefficients,)
    factor : ndarray, shape (n_coefficients, n_coefficients)
        Lower Cholesky factor of the precision at the mode; above the diagonal nothing is
        to be read.
    log_marginal : float
        Laplace approximation of the log of the likelihood with the coefficients integrated out.
    converged : bool
    """

    mode: Array
    factor: Array
    log_marginal: float
    converged: bool

    @cached_property
    def covariance(self) -> Array:
        """Posterior covariance of the coefficients, given the standard deviations."""
        inverse, _ = linalg.lapack.dpotri(self.factor, lower=1)
        return np.asarray(np.tril(inverse) + np.tril(inverse, -1).T)

    def draw(self, noise: Array) -> Array:
        """Send standard normal noise, shape (n_coefficients, n), to deviations from the mode."""
        away = linalg.solve_triangular(
            self.factor, noise, lower=True, trans="T", check_finite=False
        )
        return np.asarray(away.T)


@dataclass(frozen=True, eq=False)
class Start:
    """Coefficients to search from, with what many searches from there have in common.

    Parameters
    ----------
    coefficients : ndarray, shape (n_coefficients,)
    log_likelihood : float
    slope : ndarray, shape (n_coefficients,)
        Gradient of the log likelihood.
    information : ndarray, shape (n_coefficients, n_coefficients)
        Its lower triangle.
    """

    coefficients: Array
    log_likelihood: float
    slope: Array
    information: Array


@dataclass(frozen=True, eq=False)
class CountModel:
    """Binomial counts whose share is an average of the shares of finest cells.

    A row may hold people of several finest cells (merged cells): its share is the average
    of theirs, with known weights, so no row has to be left out and no effect averaged.

    Parameters
    ----------
    successes, trials : ndarray, shape (n_rows,)
    mix : csr_matrix, shape (n_rows, n_fine)
        Weights of the finest cells in each row; rows sum to one.
    matrix : csr_matrix, shape (n_fine, n_coefficients)
    blocks : tuple of Block
    n_fixed : int
        Coefficients before the blocks: the intercept and the wordings.
    """

    successes: Array
    trials: Array
    mix: sparse.csr_matrix
    matrix: sparse.csr_matrix
    blocks: tuple[Block, ...]
    n_fixed: int

    @cached_property
    def _constant(self) -> float:
        """Log binomial coefficients, and the determinants of the unit precisions."""
        k, n = self.successes, self.trials
        coefficients = (gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)).sum()
        dets = [np.linalg.slogdet(block.precision)[1] for block in self.blocks]
        fixed = -2 * np.log(self._fixed_sd).sum()
        return float(coefficients + 0.5 * (sum(dets) + fixed))

    @property
    def _fixed_sd(self) -> Array:
        return np.append(INTERCEPT_SD, np.full(self.n_fixed - 1, WORDING_SD))

    def prior_precision(self, log_sd: Array) -> Array:
        """Prior precision of the coefficients, shape (n_coefficients, n_coefficients)."""
        size = self.matrix.shape[1]
        precision = np.zeros((size, size))
        fixed = np.arange(self.n_fixed)
        precision[fixed, fixed] = self._fixed_sd**-2.0
        for block, value in zip(self.blocks, log_sd, strict=True):
            precision[block.columns, block.columns] = block.precision * np.exp(-2 * value)
        return precision

    def shares(self, coefficients: Array) -> tuple[Array, Array]:
        """Shares of the finest cells and of the rows."""
        fine = expit(self.matrix @ coefficients)
        rows = np.clip(self.mix @ fine, SMALLEST_SHARE, 1 - SMALLEST_SHARE)
        return fine, rows

    def log_likelihood(self, rows: Array) -> float:
        """Without the binomial coefficients."""
        k, n = self.successes, self.trials
        return float((k * np.log(rows) + (n - k) * np.log1p(-rows)).sum())

    @cached_property
    def _pattern(self) -> SlopePattern:
        return find_pattern(self.mix, self.matrix)

    def derivatives(self, fine: Array, rows: Array) -> tuple[Array, Array]:
        """Gradient of the log likelihood, and the lower triangle of its information.

        The information is the expected negative Hessian (Fisher).
        """
        slopes = self._pattern.slopes(fine * (1 - fine))
        variance = rows * (1 - rows)
        residual = (self.successes - self.trials * rows) / variance
        information = self._pattern.information(slopes, self.trials / variance)
        return self._pattern.gradient(slopes, residual), information

    def start_at(self, coefficients: Array) -> Start:
        """Prepare searches that begin at these coefficients."""
        fine, rows = self.shares(coefficients)
        slope, information = self.derivatives(fine, rows)
        return Start(coefficients, self.log_likelihood(rows), slope, information)

    def solve(self, log_sd: Array, start: Start | None = None) -> Inner:
        """Find the mode by Fisher scoring and integrate the coefficients out around it.

        Parameters
        ----------
        log_sd : ndarray, shape (n_blocks,)
            Logarithms of the standard deviations.
        start : Start, optional
            Where to start from; all coefficients zero by default.

        Returns
        -------
        Inner

        Notes
        -----
        Laplace's method for the marginal likelihood (Tierney and Kadane 1986, JASA 81,
        section 2), with the expected in place of the observed information: the two are one
        for rows of a single finest cell.
        """
        prior = self.prior_precision(log_sd)
        start = start or self.start_at(np.zeros(self.matrix.shape[1]))
        b, slope, information = start.coefficients, start.slope, start.information
        height = start.log_likelihood - 0.5 * float(b @ prior @ b)
        converged = False
        for _ in range(MAX_STEPS):
            factor = linalg.cholesky(information + prior, lower=True, check_finite=False)
            step = linalg.cho_solve((factor, True), slope - prior @ b, check_finite=False)
            b, fine, rows, height = self._climb(b, step, prior, height)
            if np.abs(self.matrix @ step).max() < CLOSE_ENOUGH:
                converged = True
                break
            slope, information = self.derivatives(fine, rows)
        logdet_prior = -2.0 * sum(
            block.size * value for block, value in zip(self.blocks, log_sd, strict=True)
        )
        logdet = 2 * np.log(np.diag(factor)).sum()
        marginal = height + self._constant + 0.5 * (logdet_prior - logdet)
        return Inner(b, factor, float(marginal), converged)

    def _climb(
        self, b: Array, step: Array, prior: Array, height: float
    ) -> tuple[Array, Array, Array, float]:
        """Take a step, halved until the log posterior does not fall."""
        for _ in range(MAX_HALVINGS):
            trial = b + step
            fine, rows = self.shares(trial)
            reached = self.log_likelihood(rows) - 0.5 * float(trial @ prior @ trial)
            if reached >= height - 1e-9:
                break
            step = step / 2
        return trial, fine, rows, reached

    def score(self, log_sd: Array, inner: Inner) -> Array:
        """Gradient of the log marginal likelihood, the third derivatives left out.

        Near enough to find the mode: what is left out is of the order of one over the
        counts behind an effect.

        Returns
        -------
        ndarray, shape (n_blocks,)
        """
        covariance, slopes = inner.covariance, []
        for block, value in zip(self.blocks, log_sd, strict=True):
            b, part = inner.mode[block.columns], covariance[block.columns, block.columns]
            spread = b @ block.precision @ b + np.sum(block.precision * part)
            slopes.append(spread * np.exp(-2 * value) - block.size)
        return np.array(slopes)
