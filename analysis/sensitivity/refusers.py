"""Respondents who refused a question, imputed from those like them: a sensitivity band.

The cells of the open microdata hold sex, age group, settlement and whether television is a
source of news, and no other answers; so a refuser is predicted from the answerers of the same
cell, shifted by an amount on the logit that no data tell: a pattern mixture (Little 1993, JASA
88; Rubin 1977). At delta 0 refusers differ from answerers only in who they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from analysis.base.arrays import Array
from analysis.base.columns import read_numbers
from analysis.base.errors import PollInputError, row_error
from analysis.base.intervals import check_alpha

FACTORS = ("sex", "age_group", "settlement", "tv_source")
SILENT = ("refused", "undecided")
# Three logits either way: from 95 in 100 to 5 in 100 for answerers at one half.
DELTAS = tuple(np.arange(-3.0, 3.01, 0.5).tolist())
# Prior sds, in logits: of a level of a factor, and of what a cell has of its own.
FACTOR_SD, CELL_SD = 1.0, 0.3
# Beyond these numbers say no more: none differ, or nothing is known of any.
LEAST_SD, MOST_SD = 1e-6, 1e3
MAX_STEPS = 100
# Twice the rise of the log density that a step promises, below which it is taken as it is.
NEAR = 1e-6


def refuser_band(
    cells: pd.DataFrame,
    deltas: Sequence[float] = DELTAS,
    *,
    impute: Sequence[str] = ("refused",),
    factor_sd: float = FACTOR_SD,
    cell_sd: float = CELL_SD,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Support with the silent imputed, for a range of deltas, wave by wave.

    Parameters
    ----------
    cells : DataFrame
        Interviews of a wave counted by cell: wave, wording_variant, sex, age_group,
        settlement, tv_source, n, n_for, n_against, n_undecided, n_refused (missing where it
        was not offered), weight_sum.
    deltas : sequence of float
        How much less (below 0) or more the silent support than answerers of their cell, in
        logits: an assumption.
    impute : sequence of {"refused", "undecided"}
        Whom to impute; the others stay without an answer.
    factor_sd, cell_sd : float
        Prior standard deviations, logits, of a level of a factor and of a cell: 0.000001 to 1,000.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        wave, wording_variant, delta, silent_pct (imputed respondents, percent of all),
        silent_support_pct (how many of them are taken to support), stated_pct, support_pct
        (stated plus imputed), se, lower, upper (percent and points, at this delta); waves
        that offered such an answer. The weight of a cell is shared evenly by its
        interviews, so stated_pct may miss the published share by some tenths of a point.

    Raises
    ------
    PollInputError
        For counts below 0, parts of a cell that exceed it, or a wave whose answerers are all
        on one side: naming row, column and cure; for a delta or a scale that is no number.

    Notes
    -----
    Support among answerers is a logistic model with normal priors of factor levels and
    cells, at its mode with the normal approximation; cells are weighted by `weight_sum`. The
    error joins sampling (with weights, cells as strata of random size) and that model; it
    holds at a given delta and leaves delta itself to the band.

    Examples
    --------
    >>> cells = pd.DataFrame({
    ...     "wave": "1", "wording_variant": "w", "sex": ["m", "f"], "age_group": "18+",
    ...     "settlement": "all", "tv_source": "any", "n": 500, "n_for": [300, 250],
    ...     "n_against": [100, 150], "n_undecided": 0, "n_refused": 100, "weight_sum": 500.0,
    ... })
    >>> refuser_band(cells, [-1, 0, 1])[["stated_pct", "support_pct"]].round(0).values.tolist()
    [[55.0, 64.0], [55.0, 69.0], [55.0, 72.0]]
    """
    z = float(ndtri(1 - check_alpha(alpha) / 2))
    shifts = [_check_delta(delta) for delta in deltas]
    for name, sd in (("factor_sd", factor_sd), ("cell_sd", cell_sd)):
        if not _is_number(sd) or not LEAST_SD <= sd <= MOST_SD:
            cure = f"give a standard deviation of {LEAST_SD:f} to {MOST_SD:,.0f} logits"
            raise PollInputError(f"{sd!r}", cure, name)
    rows = []
    for (wave, variant), mine in _waves(cells, impute):
        model = _Wave.fit(mine, impute, factor_sd, cell_sd)
        for delta in shifts:
            support, se, silent = model.at(delta)
            rows.append(
                {
                    "wave": wave,
                    "wording_variant": variant,
                    "delta": delta,
                    "silent_pct": 100 * model.silent_share,
                    "silent_support_pct": 100 * silent,
                    "stated_pct": 100 * model.stated,
                    "support_pct": 100 * support,
                    "se": 100 * se,
                    "lower": 100 * (support - z * se),
                    "upper": 100 * (support + z * se),
                }
            )
    return pd.DataFrame(rows)


@dataclass(frozen=True, eq=False)
class _Wave:
    """Fitted support among the answerers of one wave, and who is to be imputed."""

    design: Array
    mode: Array
    covariance: Array
    weight: Array  # of one interview of a cell; all interviews together weigh 1
    size: Array
    favour: Array
    silent: Array

    @classmethod
    def fit(
        cls, cells: pd.DataFrame, impute: Sequence[str], factor_sd: float, cell_sd: float
    ) -> _Wave:
        """Fit the penalised logistic model to for against against."""
        counts = _counts(cells, impute)
        size, favour, against, silent, weight_sum = counts
        answered = favour + against
        share = favour.sum() / answered.sum() if answered.sum() else np.nan
        if not 0 < share < 1:
            wave = cells["wave"].iloc[0]
            cure = "leave this wave out: nothing tells supporters from opponents there"
            raise PollInputError("all who answered are on one side", cure, f"wave {wave}")
        design, precision = _design(cells, factor_sd, cell_sd)
        mode, covariance = _mode(design, precision, favour, answered)
        each = np.divide(weight_sum, size, out=np.zeros_like(size), where=size > 0)
        weight = each / weight_sum.sum()
        return cls(design, mode, covariance, weight, size, favour, silent)

    @property
    def stated(self) -> float:
        """Weighted share that says it supports."""
        return float(self.weight @ self.favour)

    @property
    def silent_share(self) -> float:
        """Weighted share that is imputed."""
        return float(self.weight @ self.silent)

    def at(self, delta: float) -> tuple[float, float, float]:
        """Support with the silent imputed, its error, and support among the silent."""
        share = expit(self.design @ self.mode + delta)
        added = self.weight * self.silent
        support = self.stated + float(added @ share)
        others = self.size - self.favour - self.silent
        spread = (
            self.favour * (1 - support) ** 2
            + self.silent * (share - support) ** 2
            + others * support**2
        )
        gradient = (added * share * (1 - share)) @ self.design
        variance = float(self.weight**2 @ spread + gradient @ self.covariance @ gradient)
        among = float(added @ share / added.sum()) if added.sum() else np.nan
        return support, float(np.sqrt(variance)), among


def _check_delta(delta: object) -> float:
    """Return a shift in logits, or say what it must be."""
    if not isinstance(delta, float | int | np.number) or not np.isfinite(delta):
        raise PollInputError(f"{delta!r}", "give numbers of logits, such as -1", "deltas")
    return float(delta)


def _is_number(value: object) -> bool:
    """Is a value a real number, which True is not."""
    return isinstance(value, float | int | np.number) and not isinstance(value, bool)


def _waves(cells: pd.DataFrame, impute: Sequence[str]) -> list[tuple[Any, pd.DataFrame]]:
    """Cells by wave and wording, where the answers to be imputed were offered."""
    needed = ("wave", "wording_variant", *FACTORS, "n", "n_for", "n_against", "weight_sum")
    missing = [name for name in needed if name not in cells.columns]
    if missing:
        raise PollInputError(f"column {missing[0]} is missing", "pass the table cells")
    wrong = [name for name in impute if name not in SILENT]
    if wrong or not impute:
        found = repr(wrong[0]) if wrong else "nobody"
        raise PollInputError(found, f"use one or both of {', '.join(SILENT)}", "impute")
    named = [f"n_{name}" for name in impute]
    groups = cells.groupby(["wave", "wording_variant"], sort=True)
    offered = [(key, mine) for key, mine in groups if mine[named].notna().any(axis=None)]
    if not offered:
        raise PollInputError("no wave offered such an answer", "impute another one", "cells")
    return offered


def _counts(cells: pd.DataFrame, impute: Sequence[str]) -> tuple[Array, ...]:
    """Interviews, for, against, those to impute, and weights; checked."""
    cure = "give a number of interviews, 0 or more"
    size, favour, against = (
        read_numbers(cells, name, low=0, whole=True, cure=cure)
        for name in ("n", "n_for", "n_against")
    )
    silent = np.zeros(len(cells))
    for name in impute:
        part = read_numbers(cells, f"n_{name}", low=0, whole=True, required=False, cure=cure)
        silent = silent + np.nan_to_num(part)
    weights = read_numbers(cells, "weight_sum", low=0, cure="give the sum of weights, 0 or more")
    bad = [int(i) for i in np.flatnonzero(favour + against + silent > size)]
    if bad:
        found = f"{size[bad[0]]:g} interviews, and {(favour + against + silent)[bad[0]]:g} answers"
        raise row_error(cells, bad, "n", found, "correct the counts of this cell")
    return size, favour, against, silent, weights


def _design(cells: pd.DataFrame, factor_sd: float, cell_sd: float) -> tuple[Array, Array]:
    """Columns of the intercept, each level of each factor and each cell; prior precisions."""
    columns, precision = [np.ones(len(cells))], [0.0]
    for factor in FACTORS:
        of_cell = [str(level) for level in cells[factor]]
        levels = sorted(set(of_cell))
        columns += [np.array([float(own == level) for own in of_cell]) for level in levels]
        precision += [factor_sd**-2] * len(levels)
    columns += list(np.eye(len(cells)))
    precision += [cell_sd**-2] * len(cells)
    return np.column_stack(columns), np.array(precision)


def _mode(design: Array, precision: Array, favour: Array, answered: Array) -> tuple[Array, Array]:
    """Newton's steps to the mode of the posterior, and the inverse of its curvature."""

    def height(beta: Array) -> float:
        """Log posterior density, but for a constant."""
        logit = design @ beta
        fit = favour @ logit - answered @ np.logaddexp(0.0, logit)
        return float(fit - precision @ beta**2 / 2)

    beta = np.zeros(design.shape[1])
    for _ in range(MAX_STEPS):
        share = expit(design @ beta)
        slope = design.T @ (favour - answered * share) - precision * beta
        curve = answered * share * (1 - share)
        bend = design.T @ (curve[:, None] * design) + np.diag(precision)
        step = np.linalg.solve(bend, slope)
        # A whole step may lead beyond the mode and further down on its other side. Near the mode
        # heights differ by their last digits only, and it is as good as there.
        is_near = slope @ step < NEAR
        while not is_near and height(beta + step) < height(beta):
            step = step / 2
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return beta, np.asarray(np.linalg.inv(bend))
