"""Respondents of a list experiment, read strictly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype

from analysis.base.arrays import Array
from analysis.base.columns import is_blank, read_numbers
from analysis.base.errors import PollInputError, row_error
from analysis.observations import find_code, name_rows, tell_alike

MISSING = ("raise", "drop")
# An estimate per arm needs a variance, and a variance two respondents.
FEWEST = 2
# So many respondents in a row do not agree with so many others by chance.
FEWEST_REPEATED = 10
# Nobody keeps so many items of a list in mind.
MOST_ITEMS = 50
# Texts of so many kinds are numbers written otherwise, or names of respondents.
MOST_LEVELS = 50
# A respondent with a larger share of the weights speaks for too many, where there are others.
LARGE_SHARE, FEWEST_WEIGHED = 0.1, 50
# Of so many respondents some name more than a part of a list like this.
LONG_LIST = 2.0


@dataclass(frozen=True, eq=False)
class ListData:
    """Respondents of a list experiment, checked.

    Parameters
    ----------
    count : ndarray, shape (n,)
        How many items of the list apply.
    treated : ndarray of bool, shape (n,)
        Was the sensitive item on the list.
    n_items : int
        Items of the control list, J.
    weights : ndarray, shape (n,)
        Sampling weights; ones where none were given.
    is_weighted : bool
    direct : ndarray, shape (n,), or None
        Answers to the direct question: 1 yes, 0 no.
    design : ndarray, shape (n, k)
        Covariates behind a column of ones.
    names : tuple of str
        Names of the columns of `design`.
    n_dropped : int
        Rows left out because a value was missing.
    """

    count: Array
    treated: np.ndarray[Any, np.dtype[np.bool_]]
    n_items: int
    weights: Array
    is_weighted: bool
    direct: Array | None
    design: Array
    names: tuple[str, ...]
    n_dropped: int = 0

    @property
    def n(self) -> int:
        """Respondents."""
        return len(self.count)


def read_list(
    frame: pd.DataFrame,
    n_items: int,
    *,
    count: str = "count",
    treatment: str = "treatment",
    direct: str | None = None,
    covariates: Sequence[str] = (),
    weights: str | None = None,
    missing: str = "raise",
) -> ListData:
    """Check a frame of respondents.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    n_items : int
        Items of the control list, J; the list of the treated has one more.
    count : str
        Column of counts: 0 to J in the control group, 0 to J + 1 in the treated.
    treatment : str
        Column of 0 (control) and 1 (the sensitive item was on the list).
    direct : str, optional
        Column of direct answers: 1 yes, 0 anything else.
    covariates : sequence of str
        Numbers enter as they are, text as indicators of its levels but the first; text among
        numbers is an error.
    weights : str, optional
        Column of sampling weights, above 0.
    missing : {"raise", "drop"}
        What to do with rows where a value is missing.

    Returns
    -------
    ListData

    Raises
    ------
    PollInputError
        For a count beyond the list, a negative or broken one, an arm without
        respondents, a missing value or column, a covariate that is the treatment: naming row,
        column and cure.

    Examples
    --------
    >>> answers = pd.DataFrame({"count": [1, 2, 0, 3], "treatment": [0, 1, 0, 1]})
    >>> int(read_list(answers, 3).treated.sum())
    2
    >>> read_list(answers, 1)
    Traceback (most recent call last):
    ...
    analysis.base.errors.PollInputError: row 3, column count: 3 items in the treated group, \
whose list has 2; correct the count or the group, or give the number of items of the control list
    """
    n_items = _check_items(n_items)
    if isinstance(covariates, str):
        found, cure = f"covariates is {covariates!r}", "give a list of columns"
        raise PollInputError(found, cure)
    named = [count, treatment, *([direct] if direct else []), *covariates]
    named += [weights] if weights else []
    _check_columns(frame, named)
    kept = _without_gaps(frame, named, missing)
    cure = "write 0 for the control group and 1 where the sensitive item was on the list"
    treated = _read_flag(kept, treatment, cure)
    counts = read_numbers(
        kept, count, low=0, whole=True, cure="write how many items apply, 0 or more"
    )
    _check_counts(kept, count, counts, treated, n_items)
    _check_arms(treated, treatment)
    size = (
        read_numbers(kept, weights, low=0, low_open=True, cure="give a weight above 0")
        if weights
        else np.ones(len(kept))
    )
    answers = None
    if direct:
        answers = _read_flag(kept, direct, "write 1 for yes and 0 for any other answer")
    design, names = _code(kept, covariates)
    _check_not_arms(kept, covariates, treated, treatment)
    return ListData(
        counts,
        treated,
        n_items,
        size,
        weights is not None,
        None if answers is None else answers.astype(float),
        design,
        names,
        len(frame) - len(kept),
    )


def find_list_suspicions(
    frame: pd.DataFrame, covariates: Sequence[str] = (), weights: str | None = None
) -> tuple[str, ...]:
    """Collect what is allowed in a frame of respondents and yet deserves a look.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, as the functions of this folder take it.
    covariates : sequence of str
    weights : str, optional

    Returns
    -------
    tuple of str
        Each names rows and cure.

    Examples
    --------
    >>> answers = pd.DataFrame({"age": [18, 999, 44, 79, 31, 62]})
    >>> find_list_suspicions(answers, ["age"])[0].partition(":")[0]
    'age is 999 in row 1, far from all others (18 to 79)'
    """
    notes = [*_repeated(frame), *_named_twice(frame)]
    notes += _heavy(frame, weights) if weights else ()
    for name in (*covariates, *([weights] if weights else ())):
        numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
        known = np.flatnonzero(np.isfinite(numbers))
        if not len(known):
            there = frame[~is_blank(frame[name])]
            levels = there[name].astype(str).to_numpy(object)
            notes += tell_alike(there, levels, f"levels of {name}")
            continue
        codes = known[find_code(numbers[known])]
        if len(codes):
            rest = np.delete(numbers, codes)
            others = f"{np.nanmin(rest):.12g} to {np.nanmax(rest):.12g}"
            notes.append(
                f"{name} is {numbers[codes[0]]:.12g} in {name_rows(frame, codes)}, far from all "
                f"others ({others}): leave the cell empty if it stands for no answer, or correct it"
            )
    return tuple(notes)


def _repeated(frame: pd.DataFrame) -> Iterator[str]:
    """A file that stands there twice, as a whole or row by row; two people may well agree."""
    half = len(frame) // 2
    if len(frame) % 2 or half < FEWEST_REPEATED:
        return
    orders = (frame.iloc[:half], frame.iloc[half:]), (frame.iloc[::2], frame.iloc[1::2])
    if any(a.reset_index(drop=True).equals(b.reset_index(drop=True)) for a, b in orders):
        yield (
            f"the {len(frame)} rows are {half} rows twice, and each counts as a respondent; keep "
            "them once"
        )


def _named_twice(frame: pd.DataFrame) -> Iterator[str]:
    """Rows that repeat another one, the name of the respondent and all."""
    copies = np.flatnonzero(frame.astype(str).duplicated())
    n_kinds = len(frame) - len(copies)
    # A column that tells all other rows apart holds names or numbers of respondents.
    names = [name for name in frame.columns if frame[name].nunique() == n_kinds]
    if len(copies) and n_kinds >= FEWEST_WEIGHED and names and 2 * n_kinds != len(frame):
        yield (
            f"{len(copies)} rows repeat another row, column {names[0]} and all, and count twice "
            f"({name_rows(frame, copies)}); keep one of each"
        )


def _heavy(frame: pd.DataFrame, column: str) -> Iterator[str]:
    """A respondent who weighs as much as a tenth of all."""
    weights = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float)
    share = weights / np.nansum(weights)
    heavy = np.flatnonzero(share > LARGE_SHARE)
    if len(heavy) and len(frame) >= FEWEST_WEIGHED:
        yield (
            f"{column} is {weights[heavy[0]]:g} in {name_rows(frame, heavy)}, "
            f"{100 * share[heavy[0]]:.0f} percent of the weight of all {len(frame)} respondents; "
            "correct it, or trim the weights"
        )


def _check_items(n_items: object) -> int:
    if isinstance(n_items, bool) or not isinstance(n_items, int | np.integer) or n_items < 1:
        cure = "give the number of items on the control list, a whole number of 1 or more"
        raise PollInputError(f"{n_items!r}", cure, "number of items")
    if n_items > MOST_ITEMS:
        cure = f"give the number of items on the control list, {MOST_ITEMS} at most"
        raise PollInputError(f"{n_items!r}", cure, "number of items")
    return int(n_items)


def _check_columns(frame: object, named: Sequence[str]) -> None:
    if not isinstance(frame, pd.DataFrame):
        cure = "pass a pandas DataFrame, one row per respondent"
        raise PollInputError(f"answers came as {type(frame).__name__}", cure)
    for name in named:
        if name not in frame.columns:
            there = ", ".join(map(str, frame.columns)) or "none"
            raise PollInputError(f"column {name} is missing", f"columns there: {there}")
        if named.count(name) > 1:
            raise PollInputError(f"column {name} is named twice", "give each role its own column")
    if frame.empty:
        raise PollInputError("there are no respondents", "give one row per respondent")


def _without_gaps(frame: pd.DataFrame, named: Sequence[str], missing: str) -> pd.DataFrame:
    """Drop rows with a missing value, or raise for the first."""
    if missing not in MISSING:
        raise PollInputError(f"missing={missing!r}", "use 'raise' or 'drop'")
    gaps = np.column_stack([is_blank(frame[name]) for name in named])
    if missing == "raise" and gaps.any():
        column = int(np.flatnonzero(gaps.any(axis=0))[0])
        rows = [int(i) for i in np.flatnonzero(gaps[:, column])]
        cure = "complete it, or leave incomplete rows out (missing='drop', --drop-missing)"
        raise row_error(frame, rows, named[column], "no value", cure)
    return frame.iloc[np.flatnonzero(~gaps.any(axis=1))]


def _read_flag(frame: pd.DataFrame, column: str, cure: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Read a column of 0 and 1."""
    if is_bool_dtype(frame[column]):
        frame = frame.assign(**{column: frame[column].astype(int)})
    values = read_numbers(frame, column, low=0, high=1, whole=True, cure=cure)
    return np.asarray(values == 1.0)


def _check_counts(
    frame: pd.DataFrame,
    column: str,
    counts: Array,
    treated: np.ndarray[Any, np.dtype[np.bool_]],
    n_items: int,
) -> None:
    """Refuse counts that the list of their arm cannot give."""
    longest = n_items + treated
    rows = [int(i) for i in np.flatnonzero(counts > longest)]
    if not rows:
        return
    arm = "treated" if treated[rows[0]] else "control"
    found = f"{counts[rows[0]]:g} items in the {arm} group, whose list has {longest[rows[0]]:g}"
    cure = "correct the count or the group, or give the number of items of the control list"
    raise row_error(frame, rows, column, found, cure)


def tell_counts(counts: Array, n_items: int) -> Iterator[str]:
    """Counts that are all one, or that end far below the length of the list.

    Parameters
    ----------
    counts : ndarray, shape (n,)
    n_items : int
        Of the control list.

    Examples
    --------
    >>> for found in tell_counts(np.tile([0.0, 1, 2, 3], 20), 12):
    ...     print(found)
    nobody of 80 counts more than 3 items, and the control list is said to have 12: look at --items
    """
    if len(counts) < FEWEST_WEIGHED:
        return
    if np.ptp(counts) == 0:
        yield (
            f"all {len(counts)} respondents count {counts[0]:g}: these are no answers to a list, "
            "and an interval without width says nothing; look at the column of the counts"
        )
    elif LONG_LIST * counts.max() < n_items:
        yield (
            f"nobody of {len(counts)} counts more than {counts.max():g} items, and the control "
            f"list is said to have {n_items}: look at --items"
        )


def _check_arms(treated: np.ndarray[Any, np.dtype[np.bool_]], column: str) -> None:
    for value, name in ((0, "control group"), (1, "treated")):
        n = int((treated == bool(value)).sum())
        if n < FEWEST:
            found = f"{n or 'no'} respondent{'' if n == 1 else 's'} with {value} (the {name})"
            cure = f"the estimate compares two groups: give at least {FEWEST} of each"
            raise PollInputError(found, cure, f"column {column}")


def _check_not_arms(
    frame: pd.DataFrame,
    covariates: Sequence[str],
    treated: np.ndarray[Any, np.dtype[np.bool_]],
    treatment: str,
) -> None:
    """Refuse a covariate that says no more than which list a respondent had."""
    for name in covariates:
        values = frame[name].astype(str).to_numpy(object)
        if len(set(values[treated])) == len(set(values[~treated])) == 1:
            found = f"the same as column {treatment}: one value in each of the two groups"
            raise PollInputError(found, "leave this covariate out", f"column {name}")


def _code(frame: pd.DataFrame, covariates: Sequence[str]) -> tuple[Array, tuple[str, ...]]:
    """Covariates as columns of numbers behind a column of ones."""
    ones = np.ones(len(frame))
    columns, names = [ones], ["(intercept)"]
    for covariate in covariates:
        numbers = pd.to_numeric(frame[covariate], errors="coerce").to_numpy(dtype=float)
        if np.isfinite(numbers).all():
            levels, parts = [covariate], [numbers]
        else:
            _check_numbers(frame, covariate, numbers)
            text = frame[covariate].astype(str)
            kinds = sorted(set(text))[1:]
            if len(kinds) >= MOST_LEVELS:
                found = f"{len(kinds) + 1} different texts, such as {kinds[0]!r}"
                cure = "write numbers with a decimal point, or put the texts into groups"
                raise PollInputError(found, cure, f"column {covariate}")
            levels = [f"{covariate}={kind}" for kind in kinds]
            parts = [(text == kind).to_numpy(dtype=float) for kind in kinds]
        if not parts or any(np.ptp(part) == 0 for part in parts):
            found, cure = "all respondents have one value", "leave this covariate out"
            raise PollInputError(found, cure, f"column {covariate}")
        names += levels
        columns += parts
    design = np.column_stack(columns)
    # Of days such as 20220301 a column of ones and the spread are no rounding of each other.
    apart = [column - column.mean() for column in columns[1:]]
    scaled = np.column_stack([ones, *(column / np.abs(column).max() for column in apart)])
    if np.linalg.matrix_rank(scaled) < design.shape[1]:
        cure = "leave one of them out"
        raise PollInputError("covariates repeat each other", cure, ", ".join(names[1:]))
    return design, tuple(names)


def _check_numbers(frame: pd.DataFrame, covariate: str, numbers: Array) -> None:
    """Refuse numbers with a few words among them, which would make each number a category."""
    odd = np.flatnonzero(~np.isfinite(numbers))
    if 0 < 2 * len(odd) < len(numbers):
        found = f"{frame[covariate].iloc[odd[0]]!r} among numbers"
        cure = "write a number, or leave the cell empty (missing='drop', --drop-missing)"
        raise row_error(frame, [int(i) for i in odd], covariate, found, cure)
