"""The population to which interviews are weighted: sex by age by settlement from margins."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import read_numbers, read_text
from analysis.base.errors import PollInputError, row_error
from analysis.groups._laplace import Index
from analysis.groups.cells import TARGET_FACTORS, age_bounds

# One population for all waves, so that a change is one of opinions: the earliest with a
# stated year. The margins of 2024 move no level of the Chronicles by more than 0.4 point.
JOINT = "weights of chapters 1-6 (Rosstat 1 Jan 2021)"
MARGINS = "Rosstat 1 Jan 2022"
# The published margins are rounded to 0.1 and 0.01 point; two of them that describe one
# population cannot be further apart than a population changes in a year or two.
LARGEST_CONFLICT = 1.0
MAX_ROUNDS, CLOSE_ENOUGH = 500, 1e-10


def target_population(
    population: pd.DataFrame, joint: str = JOINT, margins: str = MARGINS
) -> pd.DataFrame:
    """Shares of sex by age group by settlement from a joint table with coarser age groups.

    The joint table (sex, three age groups, settlement) and the margin of five age groups
    have other limits of age. On the seven groups between all limits the shares that meet
    both and assume least (maximum entropy) are found by iterative proportional fitting
    (Deming and Stephan 1940, "On a least squares adjustment of a sampled frequency table",
    Annals of Mathematical Statistics 11(4)), then added up to the five.

    Parameters
    ----------
    population : DataFrame
        The table ``population``: frame, sex, age_group, settlement, share_pct. Without a
        column ``frame`` it is taken as the finished target: one row for each sex, age group
        and settlement.
    joint, margins : str
        Names of the frames: of the joint table, and of the age margin.

    Returns
    -------
    DataFrame
        sex, age_group, settlement, share_pct (sums to 100), sorted.

    Raises
    ------
    PollInputError
        A frame is not there, a share is not a positive number, or the two do not fit.

    Examples
    --------
    >>> rows = [("j", s, a, p, 25.0) for s in ("female", "male") for a in ("18-39", "40+")
    ...         for p in ("urban",)] + [("m", None, a, None, v) for a, v in
    ...         (("18-29", 20.0), ("30-49", 50.0), ("50+", 30.0))]
    >>> table = pd.DataFrame(
    ...     rows, columns=["frame", "sex", "age_group", "settlement", "share_pct"])
    >>> target_population(table, "j", "m").head(3)
          sex age_group settlement  share_pct
    0  female     18-29      urban       10.0
    1  female     30-49      urban       25.0
    2  female       50+      urban       15.0
    """
    if "frame" not in population.columns:
        return check_target(population)
    whole = _pick(population, joint, TARGET_FACTORS)
    ages = _pick(population, margins, ("age_group",))
    atoms = _split_ages([*whole["age_group"], *ages["age_group"]])
    shares = _fit_atoms(whole, ages, atoms, (joint, margins))
    return check_target(shares)


def check_target(target: pd.DataFrame) -> pd.DataFrame:
    """Check the shares of the groups and scale them to 100.

    Raises
    ------
    PollInputError
        Naming the row: a group without a name, a share missing or not positive, or a group that
        stands there twice.
    """
    missing = [name for name in (*TARGET_FACTORS, "share_pct") if name not in target.columns]
    if missing:
        cure = "give sex, age_group, settlement, share_pct"
        raise PollInputError(f"population: column {missing[0]} is missing", cure)
    if target.empty:
        raise PollInputError("population: there are no groups", "give the shares of the groups")
    cure = "give the share of the group in the population, percent"
    share = read_numbers(target, "share_pct", low=0, low_open=True, cure=cure)
    twice = np.flatnonzero(target.duplicated(list(TARGET_FACTORS)))
    if len(twice):
        rows = [int(i) for i in twice]
        raise row_error(target, rows, "share_pct", "the group stands there twice", "keep one row")
    names = {name: read_text(target, name, f"name the {name}") for name in TARGET_FACTORS}
    done = target[list(TARGET_FACTORS)].assign(**names, share_pct=100 * share / share.sum())
    first_age = [(age_bounds(str(a)) or (0, 0))[0] for a in done["age_group"]]
    order = ["sex", "first_age", "settlement"]
    done = done.assign(first_age=first_age).sort_values(order, ignore_index=True)
    return done.drop(columns="first_age")


def check_whole(target: pd.DataFrame) -> None:
    """Refuse shares of a file that do not add up to 100 percent, nor to 1.

    What is more than rounding is a row too many, too few or wrong, which scaling would hide.

    Parameters
    ----------
    target : DataFrame
        share_pct of each group; checked otherwise.

    Raises
    ------
    PollInputError
        Naming what they add up to.
    """
    total = float(pd.to_numeric(target["share_pct"]).sum())
    if not any(abs(total - whole) <= LARGEST_CONFLICT / 100 * whole for whole in (1.0, 100.0)):
        cure = "give shares of the whole population, which add up to 100"
        raise PollInputError(f"population: the shares add up to {total:g} percent", cure)


def _pick(population: pd.DataFrame, frame: str, factors: tuple[str, ...]) -> pd.DataFrame:
    """Rows of a frame that say something of these factors and of nothing else."""
    rows = population[population["frame"] == frame]
    others = [f for f in (*TARGET_FACTORS, "federal_district", "education") if f not in factors]
    others = [name for name in others if name in rows.columns]
    rows = rows[rows[list(factors)].notna().all(axis=1) & rows[others].isna().all(axis=1)]
    if rows.empty:
        known = ", ".join(dict.fromkeys(population["frame"].astype(str)))
        found = f"population: frame {frame!r} has no shares by {', '.join(factors)}"
        raise PollInputError(found, f"name another of: {known}")
    cure = "give the share of the group in the population, percent"
    share = read_numbers(rows, "share_pct", low=0, low_open=True, cure=cure)
    return rows.assign(share_pct=100 * share / share.sum())


def _split_ages(labels: list[str]) -> list[tuple[int, int]]:
    """Age groups between all the limits of several partitions."""
    bounds = {label: age_bounds(str(label)) for label in labels}
    for label, pair in bounds.items():
        if pair is None:
            cure = "write age groups as 18-29 or 60+"
            raise PollInputError(f"population: {label!r} is no age group", cure)
    pairs = [pair for pair in bounds.values() if pair is not None]
    starts = sorted({pair[0] for pair in pairs} | {pair[1] + 1 for pair in pairs})
    return [(first, following - 1) for first, following in pairwise(starts)]


def _fit_atoms(
    whole: pd.DataFrame, ages: pd.DataFrame, atoms: list[tuple[int, int]], names: tuple[str, str]
) -> pd.DataFrame:
    """Maximum-entropy shares on the atoms, added up to the age groups of the margin."""
    kinds = whole[["sex", "settlement"]].drop_duplicates().to_records(index=False).tolist()
    grid = pd.DataFrame(
        [(*kind, *atom) for kind in kinds for atom in atoms],
        columns=["sex", "settlement", "first", "last"],
    )
    of_joint, of_margin = _locate(grid, whole, ("sex", "settlement")), _locate(grid, ages, ())
    known = (of_joint >= 0) & (of_margin >= 0)
    grid, of_joint, of_margin = grid[known].copy(), of_joint[known], of_margin[known]
    shares = np.ones(len(grid))
    wanted = [whole["share_pct"].to_numpy(float), ages["share_pct"].to_numpy(float)]
    for _ in range(MAX_ROUNDS):
        before = shares
        for where, total in zip((of_joint, of_margin), wanted, strict=True):
            shares = shares * _ratio(where, shares, total)
        if np.abs(shares - before).max() < CLOSE_ENOUGH:
            break
    off = np.abs(np.bincount(of_joint, shares, len(whole)) - wanted[0]).max()
    if not off <= LARGEST_CONFLICT:
        found = f"population: the frames {names[0]!r} and {names[1]!r} differ by {off:.1f} points"
        raise PollInputError(found, "name two frames of one population")
    grid["age_group"] = ages["age_group"].to_numpy()[of_margin]
    summed = grid.assign(share_pct=shares).groupby(list(TARGET_FACTORS), as_index=False)
    shares_of_groups: pd.DataFrame = summed[["share_pct"]].sum()
    return shares_of_groups


def _locate(grid: pd.DataFrame, rows: pd.DataFrame, factors: tuple[str, ...]) -> Index:
    """Position of the row that holds each atom; -1 where none does."""
    place = np.full(len(grid), -1)
    for k, row in enumerate(rows.to_dict("records")):
        first, last = age_bounds(str(row["age_group"])) or (0, 0)
        inside = (grid["first"] >= first) & (grid["last"] <= last)
        for factor in factors:
            inside &= grid[factor] == row[factor]
        place[inside.to_numpy()] = k
    return place


def _ratio(where: Index, shares: Array, wanted: Array) -> Array:
    """Factor of each atom that brings the groups to their wanted totals."""
    total = np.bincount(where, shares, len(wanted))
    return np.asarray(wanted[where] / total[where])
