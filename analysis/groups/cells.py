"""Cells of interviews, checked and taken apart: which groups of people each cell may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.base.arrays import Array
from analysis.base.columns import one_date, read_dates, read_numbers, read_text
from analysis.base.errors import PollInputError, name_row, row_error
from analysis.claims.as_of import published_by
from analysis.observations import (
    EXCHANGED_APART,
    FEWEST_OTHERS,
    LONG_DAYS,
    NEARLY,
    is_odd_size,
    tell_alike,
    tell_other_year,
    tell_to_come,
    usual_of_others,
)

TARGET_FACTORS = ("sex", "age_group", "settlement")
TV_FACTOR, TV_LEVELS = "tv_source", ("no", "yes")
COUNTS = ("n", "n_for", "n_against", "n_undecided", "n_refused")
# Labels of merged cells (see polls.microdata.cells): any level of the factor may be inside.
ANY_LEVEL = {"any", "unknown", "not_asked"}
AGE_RANGE = re.compile(r"(\d+)(?:-(\d+)|\+)")
OLDEST = 200
# A group of fewer interviews may well have several times as many as in other waves.
LARGE_CELL = 50


@dataclass(frozen=True, eq=False)
class WhoCells:
    """Interviews counted in cells, beside the finest cells that they are made of.

    Parameters
    ----------
    table : DataFrame, shape (n_rows, ...)
        The cells that hold interviews, checked: n and the counts of answers are floats,
        n_refused 0 where refusal was not offered.
    occasions : DataFrame
        wave, wording_variant, date, n; one row for each wording asked in a wave, by date.
    target : DataFrame, shape (n_groups, 4)
        sex, age_group, settlement, share_pct of the population; sums to 100.
    occasion : ndarray of int, shape (n_rows,)
        Occasion of each row.
    may_hold : csr_matrix, shape (n_rows, n_groups * 2)
        1 where a row may hold people of that group (of ``target``) and use of television
        (no, yes, fastest index).
    """

    table: pd.DataFrame
    occasions: pd.DataFrame
    target: pd.DataFrame
    occasion: np.ndarray[tuple[int], np.dtype[np.int64]]
    may_hold: sparse.csr_matrix

    @property
    def base_wording(self) -> str:
        """The wording under which most interviews were made."""
        return str(self.table.groupby("wording_variant")["n"].sum().idxmax())

    def levels(self, factor: str) -> list[str]:
        """Levels of a factor, in the order of the population."""
        if factor == TV_FACTOR:
            return list(TV_LEVELS)
        return list(dict.fromkeys(self.target[factor]))


def read_cells(
    cells: pd.DataFrame, target: pd.DataFrame, polls: pd.DataFrame | None = None
) -> WhoCells:
    """Check cells of interviews and relate them to the groups of the population.

    Parameters
    ----------
    cells : DataFrame
        The table ``cells``: wave, wording_variant, sex, age_group, settlement, tv_source,
        n, n_for, n_against, n_undecided, n_refused (may be missing: not offered); poll_id,
        or a column ``date``. Other columns, such as weight_sum, are kept.
    target : DataFrame
        sex, age_group, settlement, share_pct of the population, as of
        :func:`analysis.groups.population.target_population`.
    polls : DataFrame, optional
        poll_id, field_start, field_end: the table ``polls``, needed where cells have no date.

    Returns
    -------
    WhoCells

    Raises
    ------
    PollInputError
        Naming the row, what was found and the cure: a negative count, answers that do not
        add up to n, a group that the population does not have.
    """
    needed = ("wave", "wording_variant", *TARGET_FACTORS, TV_FACTOR, *COUNTS)
    _require(cells, needed, "cells")
    if cells.empty:
        raise PollInputError("there are no cells", "give the table `cells`")
    table = cells.assign(**_read_counts(cells), date=_read_days(cells, polls))
    for name in ("wave", "wording_variant", *TARGET_FACTORS, TV_FACTOR):
        table[name] = read_text(cells, name, f"name the {name}")
    _check_twice(table)
    _check_waves(table)
    table = table[table["n"] > 0]
    keys = ["wave", "wording_variant"]
    grouped = table.groupby(keys, as_index=False, sort=False)
    occasions = grouped.agg(date=("date", "min"), n=("n", "sum"))
    occasions = occasions.sort_values(["date", *keys], ignore_index=True)
    number = {(row.wave, row.wording_variant): i for i, row in enumerate(occasions.itertuples())}
    occasion = np.array([number[key] for key in zip(*(table[k] for k in keys), strict=True)])
    return WhoCells(table, occasions, target, occasion, _find_groups(table, target))


def tell_waves(cells: WhoCells) -> Iterator[str]:
    """Waves and wordings under two names, and waves whose days lie far apart.

    Parameters
    ----------
    cells : WhoCells
    """
    table = cells.table
    for name, what in (("wave", "waves"), ("wording_variant", "wordings")):
        yield from tell_alike(table, table[name].to_numpy(object), what)
    for wave, days in table.groupby("wave")["date"]:
        if days.max() - days.min() > pd.Timedelta(days=LONG_DAYS):
            yield (
                f"wave {wave} has days from {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}; "
                "correct one of them, or part the wave"
            )
    first = table.drop_duplicates("wave")
    begun = np.asarray(first["date"], dtype="datetime64[D]")
    yield from tell_to_come(first, begun, "the wave")
    yield from tell_other_year(first, begun, "the wave")
    yield from _tell_counts(table)
    yield from _tell_exchanged(table)
    yield from _tell_unheard(cells)


def _tell_counts(table: pd.DataFrame) -> Iterator[str]:
    """Counts that are percentages, stand there in two waves, or have a digit too many."""
    if len(table) > FEWEST_OTHERS and (table["n"] == 100).all():
        yield "each cell has 100 interviews: are these percentages? Give counts of interviews"
    names = [*TARGET_FACTORS, TV_FACTOR]
    seen: dict[tuple[object, ...], str] = {}
    for wave, rows in table.groupby("wave", sort=False):
        counts = rows.sort_values(names)[[*names, *COUNTS]]
        other = seen.setdefault(tuple(counts.to_numpy(object).ravel()), str(wave))
        if other != wave and len(rows) > 1:
            yield f"waves {other} and {wave} have the same counts in all cells; keep one of them"
    group = table[names].agg("|".join, axis=1).to_numpy(object)
    size = table["n"].to_numpy(dtype=float)
    usual = usual_of_others(group, size)
    # A small group may be empty but for a few; a large one has no digit more for nothing.
    for i in np.flatnonzero(is_odd_size(size, usual) & (size > usual) & (size > LARGE_CELL)):
        yield (
            f"{size[i]:g} interviews in {name_row(table, int(i))}, where this group has "
            f"{usual[i]:g} in other waves; correct the counts"
        )


def _tell_exchanged(table: pd.DataFrame) -> Iterator[str]:
    """Waves with as many for as others have against, and the other way round."""
    shares = table.groupby("wave", sort=False)[[*COUNTS]].sum()
    shares = 100 * shares[["n_for", "n_against"]].div(shares["n"], axis=0)
    for wave, row in shares.iterrows():
        others = shares.drop(wave).median()
        apart = row - others.to_numpy()[::-1]
        gap = abs(row["n_for"] - others["n_for"])
        if len(shares) >= FEWEST_OTHERS and apart.abs().max() <= NEARLY and gap > EXCHANGED_APART:
            yield (
                f"wave {wave} has {row['n_for']:.0f} percent for and {row['n_against']:.0f} "
                f"against, where others have {others['n_for']:.0f} and {others['n_against']:.0f}: "
                "look for exchanged columns"
            )


def _tell_unheard(cells: WhoCells) -> Iterator[str]:
    """Groups of the population of whom nobody was interviewed."""
    held = cells.may_hold.sum(axis=0).reshape(len(cells.target), -1).sum(axis=1) > 0
    heard = cells.target[np.asarray(held).ravel()]
    for factor in TARGET_FACTORS:
        for level in cells.levels(factor):
            if level not in set(heard[factor]):
                part = cells.target.loc[cells.target[factor] == level, "share_pct"].sum()
                yield (
                    f"no interview is of {factor} {level}, {part:.0f} percent of the population: "
                    "its share, and so much of everybody's, is what the priors make of it; give "
                    "its interviews, or a population without it"
                )


def _check_twice(table: pd.DataFrame) -> None:
    """Refuse a cell in two rows: its interviews would count twice, or be two that differ."""
    names = ["wave", "wording_variant", *TARGET_FACTORS, TV_FACTOR]
    names += ["poll_id"] if "poll_id" in table.columns else []
    twice = np.flatnonzero(table.duplicated(names))
    if len(twice):
        i = int(twice[0])
        same = (table[names] == table[names].iloc[i]).all(axis=1)
        found = f"the same cell as {name_row(table, int(np.flatnonzero(same)[0]))}"
        cure = "add the interviews of a cell up in one row"
        raise row_error(table, [int(k) for k in twice], "wave", found, cure)


def _check_waves(table: pd.DataFrame) -> None:
    """Refuse a wave without interviews; it would vanish without a word."""
    total = table.groupby(["wave"])["n"].transform("sum").to_numpy()
    empty = np.flatnonzero(total == 0)
    if len(empty):
        found = f"wave {table['wave'].iloc[empty[0]]} has no interviews"
        cure = "give its interviews, or leave the wave out"
        raise row_error(table, [int(k) for k in empty], "n", found, cure)


def published_cells(cells: pd.DataFrame, polls: pd.DataFrame, date: object) -> pd.DataFrame:
    """Cells of the waves that were published by a date.

    Parameters
    ----------
    cells : DataFrame
        The table ``cells``, with poll_id.
    polls : DataFrame
        The table ``polls``: poll_id, field_end, published.
    date : str, date or Timestamp
        The day as of which one looks, included.

    Returns
    -------
    DataFrame
        Rows of ``cells``.

    Raises
    ------
    PollInputError
        When no wave was published by then.

    See Also
    --------
    analysis.claims.as_of.published_by : the same for polls.
    """
    used = polls[polls["poll_id"].isin(cells["poll_id"])]
    known, _ = published_by(used.assign(end_date=used["field_end"]), date)
    return cells[cells["poll_id"].isin(known["poll_id"])]


def _require(frame: pd.DataFrame, names: tuple[str, ...], what: str) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise PollInputError(f"{what} came as {type(frame).__name__}", "pass a pandas DataFrame")
    missing = [name for name in names if name not in frame.columns]
    if missing:
        cure = f"{what} need {', '.join(names)}"
        raise PollInputError(f"{what}: column {missing[0]} is missing", cure)


def _read_counts(cells: pd.DataFrame) -> dict[str, Array]:
    """Counts as floats; the answers of a row add up to its interviews."""
    cure = "give whole numbers of interviews, 0 or more"
    counts = {
        name: read_numbers(cells, name, low=0, whole=True, required=name != "n_refused", cure=cure)
        for name in COUNTS
    }
    counts["n_refused"] = np.nan_to_num(counts["n_refused"])
    total = sum((counts[name] for name in COUNTS[1:]), np.zeros(len(cells)))
    wrong = np.flatnonzero(total != counts["n"])
    if len(wrong):
        i = int(wrong[0])
        found = f"{total[i]:.0f} answers (n_for to n_refused) of {counts['n'][i]:.0f} interviews"
        cure = "each interview has one answer: correct n or the counts of answers"
        raise row_error(cells, [int(k) for k in wrong], "n", found, cure)
    return counts


def _read_days(
    cells: pd.DataFrame, polls: pd.DataFrame | None
) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Day of each cell: its date, else the middle of the fieldwork of its poll."""
    if "date" in cells.columns:
        return read_dates(cells, "date")
    if polls is None or "poll_id" not in cells.columns:
        cure = "give the table `polls`, or add a column date"
        raise PollInputError("the cells have no date", cure)
    _require(polls, ("poll_id", "field_start", "field_end"), "polls")
    dated = polls.dropna(subset=["field_start", "field_end"]).set_index("poll_id")
    poll_id = read_text(cells, "poll_id", "name the poll of each cell")
    strange = [i for i, name in enumerate(poll_id) if name not in dated.index]
    if strange:
        found = f"{poll_id[strange[0]]!r} has no fieldwork dates in polls"
        raise row_error(cells, strange, "poll_id", found, "add the poll with its dates")
    ends = [
        {name: one_date(value, column) for name, value in dated[column].items()}
        for column in ("field_start", "field_end")
    ]
    middle = {name: start + (ends[1][name] - start) // 2 for name, start in ends[0].items()}
    return np.array([middle[name] for name in poll_id], dtype="datetime64[D]")


def _find_groups(table: pd.DataFrame, target: pd.DataFrame) -> sparse.csr_matrix:
    """Groups and uses of television that each row may hold."""
    masks = np.ones((len(table), len(target)), dtype=bool)
    for factor in TARGET_FACTORS:
        levels = list(dict.fromkeys(target[factor]))
        held = {label: held_levels(label, levels) for label in table[factor].unique()}
        strange = [i for i, label in enumerate(table[factor]) if not held[label]]
        if strange:
            found = f"the population has no group for {table[factor].iloc[strange[0]]!r}"
            cure = f"add it to the population ({factor}: {', '.join(levels)}) or mend the cell"
            raise row_error(table, strange, factor, found, cure)
        of_group = target[factor].to_numpy()
        masks &= np.array([np.isin(of_group, held[label]) for label in table[factor]])
    nobody = np.flatnonzero(~masks.any(axis=1))
    if len(nobody):
        labels = ", ".join(str(table[f].iloc[nobody[0]]) for f in TARGET_FACTORS)
        cure = "add this combination to the population"
        rows = [int(i) for i in nobody]
        raise row_error(table, rows, "sex", f"the population has no {labels}", cure)
    return sparse.csr_matrix(
        (masks[:, :, None] & _find_tv(table)[:, None, :]).reshape(len(table), -1).astype(float)
    )


def _find_tv(table: pd.DataFrame) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    held = {label: held_levels(label, list(TV_LEVELS)) for label in table[TV_FACTOR].unique()}
    strange = [i for i, label in enumerate(table[TV_FACTOR]) if not held[label]]
    if strange:
        found = f"{table[TV_FACTOR].iloc[strange[0]]!r} is not known"
        raise row_error(table, strange, TV_FACTOR, found, "use yes, no, any or not_asked")
    return np.array([np.isin(TV_LEVELS, held[label]) for label in table[TV_FACTOR]])


def held_levels(label: str, levels: list[str]) -> list[str]:
    """Levels that a label of a cell may stand for; empty where none fits.

    Examples
    --------
    >>> ages = ["18-29", "30-39", "40-49", "50-59", "60+"]
    >>> held_levels("30-49", ages), held_levels("50+", ages)
    (['30-39', '40-49'], ['50-59', '60+'])
    >>> held_levels("no+not_asked", ["no", "yes"])
    ['no', 'yes']
    >>> held_levels("15-17", ages)
    []
    """
    if label in levels:
        return [label]
    if ANY_LEVEL & set(label.split("+")):
        return levels
    outer = age_bounds(label)
    if outer is None:
        return []
    inner = {level: age_bounds(level) for level in levels}
    return [
        level
        for level, bounds in inner.items()
        if bounds and outer[0] <= bounds[0] and bounds[1] <= outer[1]
    ]


def age_bounds(label: str) -> tuple[int, int] | None:
    """First and last year of an age group; None for what is no age group.

    Examples
    --------
    >>> age_bounds("18-29"), age_bounds("60+"), age_bounds("urban")
    ((18, 29), (60, 200), None)
    """
    found = AGE_RANGE.fullmatch(label)
    if found is None:
        return None
    return int(found[1]), int(found[2]) if found[2] else OLDEST
