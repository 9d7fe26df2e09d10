"""From a frame of polls to the arrays of the model, checked row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import check_lost_zone, is_blank, read_dates, read_numbers, read_text
from analysis.base.errors import PollInputError, name_each_row, row_error
from analysis.base.names import find_alike, tell_apart
from analysis.base.sampling import (
    MAX_DECIMALS,
    guess_decimals,
    rounding_variance,
    sampling_variance,
)
from analysis.observations._polls import find_suspicions
from analysis.observations._same_poll import keep_apart
from analysis.observations._shares import find_exchanged_parts, tell_far, tell_other_house

# More than people on earth is a slip, and the products of the largest floats overflow.
MOST_INTERVIEWS = 1e10
REQUIRED = ("house_id", "start_date", "end_date", "sample_size", "share_pct")
# What the model has its own place for cannot be a covariate too.
MODELLED = (*REQUIRED, "sector", "mid_date", "poll_id", "sampling_var", "design_effect")
UNKNOWN = "not known"
# A house with one of these names, or beginnings, could not be told from a reference.
FORMS = ("sector:", "houses:")
RESERVED = ("houses", "sectors", "anchor")

CURES = {
    "house_id": "name the polling organisation",
    "sector": "give every house its sector, or leave the column out",
    "sample_size": "give the number of interviews behind the share, 1 or more, or the "
    "variance of the share in sampling_var (squared points)",
    "share_pct": "give the share in percent of all respondents, 0 to 100, with a decimal point",
    "decimals": "give the decimals that were printed (0 for whole percentages), or leave it empty",
    "n_parts": "give how many rounded percentages were added up, or leave it empty",
    "design_effect": "give the variance relative to simple random sampling, or leave it empty",
    "sampling_var": "give the variance in squared points, or leave it empty",
}


Columns = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, eq=False)
class Observations:
    """Polls in the order of their mid-field dates, as arrays.

    Parameters
    ----------
    polls : DataFrame
        One row per poll, sorted: house_id, sector, start_date, end_date,
        mid_date, sample_size, share_pct, sampling_var, rounding_var, decimals,
        n_parts and, where given, poll_id.
    houses : tuple of str
        Distinct house_id in alphabetical order.
    house_sector : tuple of str
        Sector of each house; empty text where no sectors were given.
    sectors : tuple of str
        Distinct sectors in alphabetical order; empty where none were given.
    notes : tuple of str
        What a reader should know of the input: duplicates, suspected fractions.
    rows : tuple of str
        How messages name each poll, in the order of ``polls``.
    """

    polls: pd.DataFrame
    houses: tuple[str, ...]
    house_sector: tuple[str, ...]
    sectors: tuple[str, ...]
    notes: tuple[str, ...]
    rows: tuple[str, ...]

    @property
    def first_date(self) -> np.datetime64:
        """First mid-field date: day 0 of the model."""
        return np.datetime64(self.polls["mid_date"].iloc[0], "D")

    @property
    def last_date(self) -> np.datetime64:
        """Last mid-field date."""
        return np.datetime64(self.polls["mid_date"].iloc[-1], "D")

    @property
    def day(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Days from the first mid-field date to each poll's, shape (n_polls,)."""
        return self.days_of(self.polls["mid_date"].to_numpy())

    def days_of(self, dates: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Turn dates into days since the first mid-field date."""
        given = np.atleast_1d(np.asarray(dates)).astype("datetime64[D]")
        days: np.ndarray[Any, np.dtype[np.timedelta64]] = given - self.first_date
        return days.astype(np.int64)

    @property
    def share_pct(self) -> Array:
        """Published shares, percent, shape (n_polls,)."""
        return self.polls["share_pct"].to_numpy(dtype=float)

    @property
    def known_variance(self) -> Array:
        """Sampling plus rounding variance, squared points, shape (n_polls,)."""
        both = self.polls["sampling_var"] + self.polls["rounding_var"]
        return both.to_numpy(dtype=float)

    @property
    def house_of_poll(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Position in ``houses`` of each poll, shape (n_polls,)."""
        return np.searchsorted(
            np.array(self.houses, dtype=object), self.polls["house_id"].to_numpy(object)
        )

    def with_far_parts(
        self, parts: Sequence[str], shares: Array, sampling_var: Array
    ) -> Observations:
        """Give the same polls, with a note of each poll, and house, that stands far off in a part.

        Parameters
        ----------
        parts : sequence of str
        shares, sampling_var : ndarray, shape (n_polls, n_parts)
            Percent, and squared points; NaN where a part was not printed.
        """
        house = self.polls["house_id"].to_numpy(dtype=object)
        exchanged = find_exchanged_parts(house, shares, parts)
        told = list(exchanged.values())
        for part, share, variance in zip(parts, shares.T, sampling_var.T, strict=True):
            told += tell_far(house, share, np.sqrt(variance), self.rows, part)
            if part:
                is_told = [name for name, *both in exchanged if part in both]
                others = ~np.isin(house, is_told)
                told += tell_other_house(house[others], share[others], part)
        return replace(self, notes=(*self.notes, *told))

    @property
    def effects(self) -> tuple[str, ...]:
        """Names of the constant states: sector effects, then houses within sectors."""
        groups = self.sectors if len(self.sectors) > 1 else ()
        return tuple(f"sector:{s}" for s in groups) + tuple(f"house:{h}" for h in self.houses)

    @property
    def house_map(self) -> Array:
        """Matrix that turns the constant states into house effects, (n_houses, n_effects)."""
        n_houses = len(self.houses)
        within = np.eye(n_houses)
        if len(self.sectors) <= 1:
            return within
        member = [[float(sector == s) for s in self.sectors] for sector in self.house_sector]
        return np.hstack([np.array(member), within])


def prepare_observations(
    obs: pd.DataFrame,
    covariates: Sequence[str] = (),
    *,
    carried: Sequence[str] = (),
    is_thinned: bool | None = None,
) -> Observations:
    """Check a frame of polls and turn it into :class:`Observations`.

    Parameters
    ----------
    obs : DataFrame
        One row per poll with ``house_id``, ``start_date``, ``end_date``,
        ``sample_size``, ``share_pct`` (percent) and optionally ``sector``,
        ``decimals``, ``n_parts``, ``design_effect``, ``sampling_var``
        (squared points, in place of the formula; such a row needs no sample
        size) and ``poll_id``.  Never changed; the order of rows is irrelevant.
    covariates : sequence of str
        Columns whose levels shift a poll, as categories.
    carried : sequence of str
        Further columns to bring into the order of the polls, as text; nothing is made of them.
    is_thinned : bool, optional
        Leave polls out that share interviews with others of a tracking poll; None where the model
        has no such option.

    Returns
    -------
    Observations

    Raises
    ------
    PollInputError
        For the first fault, with row, column, value and cure.
    """
    _check_columns(obs)
    house = read_text(obs, "house_id", CURES["house_id"])
    _check_reserved(obs, house)
    start, end, mid = read_field_dates(obs)
    share = read_numbers(obs, "share_pct", low=0, high=100, cure=CURES["share_pct"])
    columns: Columns = {"house_id": house, "sector": _read_sectors(obs, house)}
    columns |= {"start_date": start, "end_date": end, "mid_date": mid, "share_pct": share}
    columns |= _read_variances(obs, share, house)
    if "poll_id" in obs.columns:
        named = zip(obs["poll_id"], is_blank(obs["poll_id"]), strict=True)
        columns["poll_id"] = np.array(["" if no else str(v) for v, no in named], dtype=object)
    _check_covariates(obs, covariates)
    columns |= {name: read_category(obs, name) for name in (*covariates, *carried)}
    notes = find_suspicions(obs, columns, covariates, is_thinned=is_thinned)
    if not carried:  # else the share is of whichever answer a poll printed
        notes += tuple(tell_other_house(house, share))
    kept = np.flatnonzero(keep_apart(columns)) if is_thinned else np.arange(len(obs))
    columns = {name: values[kept] for name, values in columns.items()}
    return _arrange(columns, notes, name_each_row(obs.iloc[kept]))


def read_category(obs: pd.DataFrame, name: str) -> np.ndarray[Any, Any]:
    """Read a covariate as text; what is not known is a category of its own."""
    pairs = zip(obs[name], is_blank(obs[name]), strict=True)
    return np.array([UNKNOWN if blank else str(value) for value, blank in pairs], dtype=object)


def _check_covariates(obs: pd.DataFrame, covariates: Sequence[str]) -> None:
    """Refuse covariates that are no column, named twice, or that the model holds already."""
    for name in covariates:
        if list(covariates).count(name) > 1:
            raise PollInputError(f"covariate {name!r} is named twice", "name it once")
        if name not in obs.columns or name in MODELLED:
            there = ", ".join(str(c) for c in obs.columns if c not in MODELLED) or "none"
            found = "is part of the model already" if name in MODELLED else "is no column"
            raise PollInputError(f"covariate {name!r} {found}", f"columns to choose from: {there}")


def tell_missing(obs: pd.DataFrame, needed: Sequence[str] | None = None) -> str | None:
    """Which columns are not there, in words; None when all are.

    Parameters
    ----------
    obs : DataFrame
    needed : sequence of str, optional
        Without it those that polls of one share need.
    """
    if needed is None:
        needed = [c for c in REQUIRED if c != "sample_size" or "sampling_var" not in obs.columns]
    missing = [c for c in needed if c not in obs.columns]
    if not missing:
        return None
    there = ", ".join(map(str, obs.columns)) or "none"
    named = f"column {missing[0]} is" if len(missing) == 1 else f"columns {', '.join(missing)} are"
    alike = [pair for pair in find_alike([*missing, *map(str, obs.columns)]) if pair[0] != pair[1]]
    told = [f"{' and '.join(map(repr, pair))} differ in {tell_apart(pair)}" for pair in alike]
    return f"{named} missing (columns found: {there}{''.join(f'; {text}' for text in told)})"


def _check_columns(obs: pd.DataFrame) -> None:
    """Refuse a frame without rows, without a needed column or with one twice."""
    if not isinstance(obs, pd.DataFrame):
        raise PollInputError(f"polls came as {type(obs).__name__}", "pass a pandas DataFrame")
    if obs.columns.nlevels > 1:
        found = f"columns have {obs.columns.nlevels} levels (the first: {obs.columns[0]})"
        raise PollInputError(found, "give each column one name, as by .droplevel(axis=1)")
    missing = tell_missing(obs)
    if missing is not None:
        raise PollInputError(
            missing, f"polls need the columns {', '.join(REQUIRED)}; rename or add it"
        )
    twice = obs.columns[obs.columns.duplicated()]
    if len(twice):
        raise PollInputError(f"column {twice[0]} stands there twice", "keep one of them")
    if obs.empty:
        raise PollInputError("there are no polls", "give at least one row")


def _check_reserved(obs: pd.DataFrame, house: np.ndarray[Any, Any]) -> None:
    """Refuse house names that would read as a reference."""
    bad = [i for i, name in enumerate(house) if name in RESERVED or name.startswith(FORMS)]
    if bad:
        found = f"{house[bad[0]]!r} is the name of a reference"
        raise row_error(obs, bad, "house_id", found, "rename the house")


def _read_sectors(obs: pd.DataFrame, house: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Read the sector of each poll; empty text when there is no such column."""
    if "sector" not in obs.columns or is_blank(obs["sector"]).all():
        return np.full(len(obs), "", dtype=object)
    sector = read_text(obs, "sector", CURES["sector"])
    seen: dict[str, str] = {}
    first = [seen.setdefault(h, s) for h, s in zip(house, sector, strict=True)]
    bad = np.flatnonzero(sector != np.array(first, dtype=object))
    if len(bad):
        i = int(bad[0])
        found = f"house {house[i]} is {sector[i]!r} here and {first[i]!r} elsewhere"
        raise row_error(obs, [int(b) for b in bad], "sector", found, "give each house one sector")
    return sector


def read_field_dates(obs: pd.DataFrame) -> tuple[Any, Any, Any]:
    """Read start and end of fieldwork and the middle day (the earlier one of two)."""
    start, end = read_dates(obs, "start_date"), read_dates(obs, "end_date")
    check_lost_zone(obs, ("start_date", "end_date"))
    bad = np.flatnonzero(end < start)
    if len(bad):
        found = f"fieldwork ends {end[bad[0]]}, before it starts {start[bad[0]]}"
        raise row_error(
            obs, [int(i) for i in bad], "end_date", found, "exchange or correct the dates"
        )
    mid = start + (end - start) // 2
    unit = "datetime64[s]"
    return start.astype(unit), end.astype(unit), mid.astype(unit)


def read_decimals(obs: pd.DataFrame, guess: Array) -> Array:
    """Read the printed decimals, with a guess where they are not given."""
    if "decimals" not in obs.columns:
        return guess
    given = read_numbers(
        obs,
        "decimals",
        low=0,
        high=MAX_DECIMALS,
        whole=True,
        required=False,
        cure=CURES["decimals"],
    )
    return np.where(np.isnan(given), guess, given)


def read_optional(
    obs: pd.DataFrame, column: str, default: float, low: float, low_open: bool
) -> Array:
    """Read a column of numbers that may be absent or empty."""
    if column not in obs.columns:
        return np.full(len(obs), default)
    values = read_numbers(
        obs, column, low=low, low_open=low_open, required=False, cure=CURES[column]
    )
    return np.where(np.isnan(values), default, values)


def read_sizes(obs: pd.DataFrame) -> tuple[Array, Array]:
    """Read sample sizes and given sampling variances; each row needs one of them."""
    given = read_optional(obs, "sampling_var", np.nan, 0.0, False)
    size = np.full(len(obs), np.nan)
    cure = CURES["sample_size"]
    if "sample_size" in obs.columns:
        size = read_numbers(obs, "sample_size", low=0, low_open=True, required=False, cure=cure)
        odd = np.flatnonzero((size < 1) | (size > MOST_INTERVIEWS))
        if len(odd):
            what = "no number of interviews"
            raise row_error(obs, [int(i) for i in odd], "sample_size", what, cure)
    bad = np.flatnonzero(np.isnan(size) & np.isnan(given))
    if len(bad):
        raise row_error(obs, [int(i) for i in bad], "sample_size", "no value", cure)
    return size, given


def sector_of_new_house(new_polls: pd.DataFrame, i: int, observations: Observations) -> str:
    """Sector of the house of row i, which has no polls; a sector not seen before is allowed.

    Raises
    ------
    PollInputError
        When it has none.
    """
    known = ", ".join(observations.sectors)
    cure = f"a house without polls needs its sector ({known}, or a new one)"
    if "sector" not in new_polls.columns:
        raise row_error(new_polls, [i], "sector", "the column is missing", cure)
    if is_blank(new_polls["sector"])[i]:
        raise row_error(new_polls, [i], "sector", "no value", cure)
    return str(new_polls["sector"].iloc[i])


def usual_decimals(house: np.ndarray[Any, Any], observations: Observations) -> Array:
    """Decimals that houses go on printing; a new house prints whole percentages."""
    usual = observations.polls.groupby("house_id")["decimals"].median()
    return np.array([float(usual.get(name, 0.0)) for name in house])


def _read_variances(obs: pd.DataFrame, share: Array, house: np.ndarray[Any, Any]) -> Columns:
    """Read what the variance of each poll is made of, and compute it."""
    size, given = read_sizes(obs)
    deff = read_optional(obs, "design_effect", 1.0, 0.0, True)
    decimals = read_decimals(obs, guess_decimals(share, house))
    parts = read_optional(obs, "n_parts", 1.0, 1.0, False)
    return {
        "sample_size": size,
        "design_effect": deff,
        "sampling_var": np.where(np.isnan(given), sampling_variance(share, size, deff), given),
        "decimals": decimals,
        "n_parts": parts,
        "rounding_var": rounding_variance(decimals, parts),
    }


def _arrange(columns: Columns, notes: tuple[str, ...], rows: Sequence[str]) -> Observations:
    """Sort by everything that enters the model, so that the order of rows is irrelevant."""
    keys = ["mid_date", "house_id", "start_date", "share_pct", "sampling_var", "rounding_var"]
    keys += [name for name in columns if name not in keys]
    order = np.lexsort([columns[name] for name in reversed(keys)])
    ordered = {name: values[order] for name, values in columns.items()}
    sector_of = dict(zip(columns["house_id"], columns["sector"], strict=True))
    houses = tuple(sorted(sector_of))
    sectors = tuple(sorted({sector for sector in sector_of.values() if sector}))
    house_sector = tuple(sector_of[house] for house in houses)
    names = tuple(rows[i] for i in order)
    return Observations(pd.DataFrame(ordered), houses, house_sector, sectors, notes, names)
