"""Who holds the sensitive item: regressions for list experiments (Blair and Imai 2012)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import block_diag
from scipy.special import expit, ndtri

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.list_experiments._data import ListData, read_list
from analysis.list_experiments._fits import (
    CONTROLS,
    Fitted,
    fit_least_squares,
    fit_likelihood,
    fit_linear,
)

METHODS = ("linear", "nls", "ml")
# Columns whose mean is so many sds from zero, or whose sd is so large or so small, are centred
# and scaled for the fit.
FAR_OFF, LARGE = 5.0, 100.0
# Logits: with such a coefficient a share goes from 0 to 1 within two standard deviations.
ENDLESS = 10.0


@dataclass(frozen=True, eq=False)
class ListRegression:
    """A fitted regression of a list experiment.

    Attributes
    ----------
    data : ListData
    method, control : str
        What was fitted; `control` is the law of the control items with ``"ml"``.
    coefficients : ndarray, shape (n_parameters,)
        Of the sensitive item, then of the control items, then the overdispersion.
    covariance : ndarray, shape (n_parameters, n_parameters)
    log_likelihood : float
        NaN unless fitted by maximum likelihood.
    placed_covariance : ndarray, shape (n_parameters, n_parameters)
        Of the coefficients of columns that were centred and scaled for the fit.
    back : ndarray, shape (k, k)
        Turns those coefficients of the item into `coefficients`.
    """

    data: ListData
    method: str
    control: str
    coefficients: Array
    covariance: Array
    log_likelihood: float
    placed_covariance: Array
    back: Array

    def table(self, alpha: float = 0.05) -> pd.DataFrame:
        """Coefficients: points for ``"linear"``, logits otherwise.

        Returns
        -------
        DataFrame
            part (item, control or dispersion), name, estimate, se, lower, upper. The
            control part of ``"linear"`` counts items; dispersion is the logit of the
            correlation between two control items of one respondent.
        """
        names = list(self.data.names)
        parts = ["item"] * len(names) + ["control"] * len(names)
        names = names * 2
        if len(self.coefficients) > len(names):
            parts, names = [*parts, "dispersion"], [*names, "logit_rho"]
        se = np.sqrt(np.diag(self.covariance))
        unit = np.ones(len(names))
        if self.method == "linear":
            unit[: len(self.data.names)] = 100.0
        z = float(ndtri(1 - check_alpha(alpha) / 2))
        return pd.DataFrame(
            {
                "part": parts,
                "name": names,
                "estimate": unit * self.coefficients,
                "se": unit * se,
                "lower": unit * (self.coefficients - z * se),
                "upper": unit * (self.coefficients + z * se),
            }
        )

    def share(self, by: str | None = None, alpha: float = 0.05) -> pd.DataFrame:
        """Mean predicted share that holds the item, of all or as a covariate has it.

        Parameters
        ----------
        by : str, optional
            A column of the design that is 0 or 1: the share predicted for everybody with
            0 and with 1 in it, other covariates as they are, and the difference.

        Returns
        -------
        DataFrame
            group, estimate, se, lower, upper (percent and points), by the delta method.

        Raises
        ------
        PollInputError
            When `by` is no such column.
        """
        weights = self.data.weights / self.data.weights.sum()
        rows = {"all": self._mean(self.data.design, weights)}
        if by is not None:
            without, having = self._switched(by)
            low, high = self._mean(without, weights), self._mean(having, weights)
            change = (high[0] - low[0], high[1] - low[1])
            rows = {f"{by}=0": low, f"{by}=1": high, "difference": change}
        z, k = float(ndtri(1 - check_alpha(alpha) / 2)), len(self.data.names)
        # Of columns as given the terms of an error may cancel to the last digit: those of days
        # such as 20220301 are a million times as large as the error itself.
        inner = self.placed_covariance[:k, :k]
        rows = {name: (value, self.back.T @ g) for name, (value, g) in rows.items()}
        table = pd.DataFrame(
            [
                (name, 100 * value, 100 * np.sqrt(g @ inner @ g))
                for name, (value, g) in rows.items()
            ],
            columns=["group", "estimate", "se"],
        )
        table["lower"] = table["estimate"] - z * table["se"]
        return table.assign(upper=table["estimate"] + z * table["se"])

    def _mean(self, design: Array, weights: Array) -> tuple[float, Array]:
        """Mean prediction and its gradient in the coefficients of the item."""
        index = design @ self.coefficients[: design.shape[1]]
        if self.method == "linear":
            return float(weights @ index), weights @ design
        share = expit(index)
        return float(weights @ share), (weights * share * (1 - share)) @ design

    def _switched(self, by: str) -> tuple[Array, Array]:
        names = self.data.names
        column = names.index(by) if by in names[1:] else 0
        if not column or not set(np.unique(self.data.design[:, column])) <= {0.0, 1.0}:
            known = ", ".join(names[1:]) or "none (name covariates)"
            cure = f"name a covariate that is 0 or 1; there are: {known}"
            raise PollInputError(f"{by!r} is no such column", cure, "by")
        without, having = self.data.design.copy(), self.data.design.copy()
        without[:, column], having[:, column] = 0.0, 1.0
        return without, having


def list_regression(
    frame: pd.DataFrame,
    n_items: int,
    covariates: Sequence[str] = (),
    *,
    method: str = "ml",
    control: str = "binomial",
    **columns: Any,
) -> ListRegression:
    """Regress the sensitive item on covariates.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    n_items : int
        Items of the control list, J.
    covariates : sequence of str
        Columns; none gives the share alone.
    method : {"linear", "nls", "ml"}
        Difference in means with covariates (HC3 errors); two-step nonlinear least squares
        with logistic shares; maximum likelihood with a logistic share.
    control : {"binomial", "betabinomial"}
        With ``"ml"``: law of the number of control items, the same whether or not the
        sensitive item applies; beta-binomial allows items that hang together.
    **columns
        As :func:`analysis.list_experiments._data.read_list`.

    Returns
    -------
    ListRegression

    Raises
    ------
    PollInputError
        For bad input, an unknown method, or a likelihood whose maximum is not found.

    See Also
    --------
    analysis.list_experiments.estimates.list_estimates : without covariates and without a model.

    Notes
    -----
    Blair and Imai (2012), section 2: linear (their equation 1 with interactions), nonlinear
    least squares with the errors of the stacked moments (Imai 2011, JASA 106, section 3), and
    the likelihood of equation 5. With weights the errors of ``"ml"`` are those of a
    pseudo-likelihood (sandwich). Maximum likelihood gains precision by its law of the control
    items and errs where that law does: compare it with least squares.

    Examples
    --------
    >>> from analysis.list_experiments.estimates import simulate_list
    >>> answers = simulate_list(4000, 3, 0.6, np.random.default_rng(2))
    >>> fitted = list_regression(answers, 3)
    >>> fitted.share()[["estimate", "se"]].round(0)
       estimate   se
    0      61.0  3.0
    """
    if method not in METHODS:
        raise PollInputError(f"method {method!r}", f"use one of {', '.join(METHODS)}")
    if control not in CONTROLS:
        raise PollInputError(f"control {control!r}", f"use one of {', '.join(CONTROLS)}")
    data = read_list(frame, n_items, covariates=covariates, **columns)
    used = control if method == "ml" else ""
    placed, back = _place(data)
    try:
        # A step of a search may leave the numbers there are; what it ends with is checked.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            coefficients, covariance, height = _fit(placed, method, control)
    except np.linalg.LinAlgError:
        cure = "leave out covariates, or take method='linear'"
        raise PollInputError("the fit found no maximum", cure) from None
    if method != "linear":
        _check_flat(placed, coefficients, covariance)
    rest = np.eye(len(coefficients) - 2 * len(back))
    turn = block_diag(back, back, rest) if len(rest) else block_diag(back, back)
    given = turn @ covariance @ turn.T
    return ListRegression(data, method, used, turn @ coefficients, given, height, covariance, back)


def _fit(data: ListData, method: str, control: str) -> Fitted:
    if method == "linear":
        return fit_linear(data)
    return fit_least_squares(data) if method == "nls" else fit_likelihood(data, control)


def _place(data: ListData) -> tuple[ListData, Array]:
    """Centre and scale columns far from zero, such as years of birth, which no search climbs.

    Returns
    -------
    placed : ListData
        Columns that need it with mean 0 and sd 1, all others as they are.
    back : ndarray, shape (k, k)
        Turns coefficients of these columns into those of the given ones.
    """
    back, design = np.eye(data.design.shape[1]), data.design.copy()
    for k in range(1, len(back)):
        column = design[:, k]
        mean, sd = float(column.mean()), float(column.std())
        if abs(mean) > FAR_OFF * sd or not 1 / LARGE < sd < LARGE:
            design[:, k] = (column - mean) / sd
            back[k, k], back[0, k] = 1 / sd, -mean / sd
    return replace(data, design=design), back


def _check_flat(data: ListData, coefficients: Array, covariance: Array) -> None:
    """Refuse coefficients that the answers leave open, as when a covariate separates them."""
    sd = data.design.std(axis=0)
    sd[0] = 1.0
    size = sd * np.abs(coefficients[: len(sd)])
    error = sd * np.sqrt(np.abs(np.diag(covariance)[: len(sd)]))
    open_ended = np.flatnonzero((size > ENDLESS) | (error > ENDLESS) | ~np.isfinite(error))
    if len(open_ended):
        k = int(open_ended[0])
        found = (
            f"the likelihood is flat in {data.names[k]}: {size[k]:.1f} logits a standard "
            f"deviation, give or take {error[k]:.1f}"
        )
        cure = "a value of it (nearly) settles the answer; leave it out, or take method='linear'"
        raise PollInputError(found, cure)
