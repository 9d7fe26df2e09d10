"""Covariates as a formula, such as ``"~ C(mode) + online"``, read by formulaic."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.observations.frame import UNKNOWN, Observations, read_category
from analysis.trend.solver.inputs import Covariates, code_covariates

TILDE = "~"
# Of a number that a spreadsheet wrote elsewhere.
COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
CURE = 'write a formula of columns, such as "~ C(mode) + online"'


@dataclass(frozen=True, eq=False)
class FormulaCovariates(Covariates):
    """Columns that a formula makes of the polls; the intercept is left out, as the level is one.

    Parameters
    ----------
    spec : ModelSpec
        Of formulaic: what makes the same columns of other polls.
    variables : tuple of str
        Columns of the polls that the formula names.
    """

    spec: Any
    variables: tuple[str, ...]

    def code(self, new_polls: pd.DataFrame) -> Array:
        """Columns of polls not yet seen, shape (n_new, n_columns).

        Raises
        ------
        PollInputError
            When a variable is missing or has a level that no poll had.
        """
        missing = [name for name in self.variables if name not in new_polls.columns]
        if missing:
            cure = "the model has this covariate: add the column"
            raise PollInputError(f"column {missing[0]} is missing", cure)
        frame = _read_variables(
            pd.DataFrame({name: read_category(new_polls, name) for name in self.variables})
        )
        return _drop_intercept(_evaluate(self.spec, frame))[1] - self.mean


def name_columns(covariates: Sequence[str]) -> tuple[str, ...]:
    """Columns of the polls that covariates need: themselves, or the variables of a formula.

    Examples
    --------
    >>> name_columns(["~ C(mode) + online"])
    ('mode', 'online')
    """
    if not any(name.lstrip().startswith(TILDE) for name in covariates):
        return tuple(covariates)
    if len(covariates) > 1:
        raise PollInputError("covariates hold a formula and more", "give one formula alone")
    from formulaic import Formula

    try:
        formula = Formula(covariates[0])
        named = set(map(str, formula.required_variables))
        factors = {factor.expr for term in formula for factor in term.factors}
        return tuple(sorted(named.union(*map(_names_in, factors))))
    except Exception as error:  # formulaic has no error of its own that covers all
        raise PollInputError(f"formula {covariates[0]!r} cannot be read ({error})", CURE) from None


def _names_in(expression: str) -> set[str]:
    """Columns that a factor names; formulaic leaves out what scale() and center() are of."""
    if expression.startswith("`"):  # a name in quotes, which formulaic knows
        return set()
    nodes = list(ast.walk(ast.parse(expression, mode="eval")))
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    called = {function.id for function in calls if isinstance(function, ast.Name)}
    return {node.id for node in nodes if isinstance(node, ast.Name)} - called


def read_covariates(observations: Observations, covariates: Sequence[str]) -> Covariates:
    """Covariates of the polls, whether named one by one or by a formula.

    Parameters
    ----------
    observations : Observations
        With the columns of :func:`name_columns`.
    covariates : sequence of str

    Raises
    ------
    PollInputError
        When a formula cannot be evaluated, or makes no column.
    """
    variables = name_columns(covariates)
    if variables == tuple(covariates):
        return code_covariates(observations, covariates)
    _check_numbers(observations, covariates[0], variables)
    frame = _read_variables(observations.polls[list(variables)])
    matrix = _evaluate(covariates[0], frame)
    names, columns = _drop_intercept(matrix)
    if not names:
        raise PollInputError(f"formula {covariates[0]!r} makes no column", CURE)
    return FormulaCovariates(tuple(names), {}, columns, matrix.model_spec, variables)


def _check_numbers(observations: Observations, formula: str, variables: Sequence[str]) -> None:
    """Refuse words among numbers, each of which would become a category, where none are meant."""
    for name in variables:
        values = observations.polls[name].to_numpy(object)
        numbers = pd.to_numeric(pd.Series(values), errors="coerce")
        odd = np.flatnonzero(numbers.isna() & (values != UNKNOWN))
        if not len(odd) or _asks_for_words(formula, name):
            continue
        first = values[odd[0]]
        where = f"{observations.rows[odd[0]]}, column {name}"
        if all(COMMA.fullmatch(str(values[i])) for i in odd):
            raise PollInputError(f"{first!r} is no number", "write decimals with a point", where)
        if 2 * len(odd) < len(values):
            cure = f"write a number, or take C({name}) if all are categories"
            raise PollInputError(f"{first!r} among numbers", cure, where)


def _asks_for_words(formula: str, name: str) -> bool:
    """Does a formula take a column as categories, or compare it with words.

    Examples
    --------
    >>> [_asks_for_words(f"~ {term}", "x") for term in ("C(x)", "x == 'n'", "x.isin(['n'])", "x")]
    [True, True, True, False]
    """
    column = rf"`?(?<!\w){re.escape(name)}(?!\w)`?\s*"
    asks = (
        rf"\b(?:C|hashed)\(\s*{column}[,)]",
        rf"{column}\.\s*(?:isin|str|map)\b",
        rf"{column}[!=]=\s*['\"]",
        rf"['\"]\s*[!=]=\s*{column}",
    )
    return any(re.search(pattern, formula) for pattern in asks)


def _read_variables(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns whose values are all numbers as numbers, the others as text."""
    found = {}
    for name in frame.columns:
        numbers = pd.to_numeric(frame[name], errors="coerce")
        # As objects: formulaic before 1.2 takes the strings of pandas 3 for numbers.
        text = frame[name].astype(str).astype(object)
        found[name] = text if numbers.isna().any() else numbers.astype(float)
        known = frame[name] != UNKNOWN
        if known.any() and not known.all() and numbers[known].notna().all():
            i = int(np.flatnonzero(~known)[0])
            cure = "fill it, or take C() of a column in which it is a category of its own"
            raise PollInputError(f"no value in row {frame.index[i]}", cure, f"column {name}")
    return pd.DataFrame(found)


def _evaluate(formula: Any, frame: pd.DataFrame) -> Any:
    """Model matrix of a formula or of a spec."""
    from formulaic import model_matrix

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a level that no poll had is only warned of
            return model_matrix(formula, frame, context={}, na_action="raise")
    except Exception as error:  # formulaic has no error of its own that covers all
        raise PollInputError(f"the formula cannot be evaluated ({error})", CURE) from None


def _drop_intercept(matrix: Any) -> tuple[list[str], Array]:
    """Names and columns but for the intercept."""
    names = [str(name) for name in matrix.columns if name != "Intercept"]
    return names, np.asarray(matrix[names], dtype=float)
