"""From a frame of polls with two printed parts to checked observations and a design."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import is_blank, read_numbers, read_text
from analysis.base.errors import PollInputError, row_error
from analysis.base.priors import Priors
from analysis.base.sampling import guess_decimals, rounding_variance, sampling_variance
from analysis.composition._design import CompositionDesign, multinomial_correlation
from analysis.observations.frame import (
    CURES,
    REQUIRED,
    UNKNOWN,
    Observations,
    prepare_observations,
    read_decimals,
    read_optional,
)
from analysis.trend.solver.walk import Calming

REST = "undecided"
# What can be asked beside the parts; a part with one of these names could not be told from it.
DERIVED = (REST, "opinion_share", "net")
# Least value of what is said of the print of a share, and what holds where nothing is said.
DEFAULTS = {"decimals": 0.0, "n_parts": 1.0}
# Points: what rounding leaves of 100, and what only those without an answer do.
NO_REST, SOME_REST = 1.0, 4.0
OF_ALL, OF_HOLDERS = "all", "opinion_holders"
REASONS = {
    OF_HOLDERS: "prints only shares of those with an opinion",
    "nothing": "prints neither part",
}


@dataclass(frozen=True, eq=False)
class Composition:
    """Checked polls of two parts.

    Parameters
    ----------
    answers : tuple of str
        The two parts in the order the caller named them.
    parts : tuple of str
        The same in alphabetical order, which is that of all arrays.
    observations : Observations
        Houses, sectors and days.
    shares : ndarray, shape (n, 2)
        Percent by part; NaN where not printed.
    sampling, rounding : ndarray, shape (n, 2)
        Variances, squared points.
    left_out : DataFrame
        Rows of the input that cannot enter: row (its label), poll_id where given, house_id, reason.
    """

    answers: tuple[str, str]
    parts: tuple[str, str]
    observations: Observations
    shares: Array
    sampling: Array
    rounding: Array
    left_out: pd.DataFrame

    @property
    def is_complete_house(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Houses that printed both parts, if not always together, shape (n_houses,)."""
        return np.asarray((self.count_polls() > 0).all(axis=1))

    def count_polls(self) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        """Polls of each house that printed each part, shape (n_houses, 2)."""
        house, n_houses = self.observations.house_of_poll, len(self.observations.houses)
        printed = ~np.isnan(self.shares)
        counts = [np.bincount(house[printed[:, k]], minlength=n_houses) for k in (0, 1)]
        return np.column_stack(counts)

    def design(
        self, priors: Priors, *, drift: bool, calming: Calming | None = None
    ) -> CompositionDesign:
        """Arrange the polls for the filter."""
        obs = self.observations
        house = obs.house_of_poll
        sectors = obs.sectors if len(obs.sectors) > 1 else ()
        sizes = obs.polls["sample_size"].to_numpy(dtype=float)
        return CompositionDesign(
            day=obs.day,
            house=house,
            shares=self.shares,
            sampling=self.sampling,
            rounding=self.rounding,
            correlation=multinomial_correlation(self.shares, sizes),
            house_sector=np.array(
                [sectors.index(s) if s in sectors else -1 for s in obs.house_sector], dtype=np.int64
            ),
            first_day=np.array([obs.day[house == j].min() for j in range(len(obs.houses))]),
            drift=drift,
            priors=priors,
            calming=calming,
        )


def read_composition(obs: pd.DataFrame, answers: Sequence[str]) -> Composition:
    """Check a frame of polls that print two parts.

    Parameters
    ----------
    obs : DataFrame
        One row per poll: house_id, start_date, end_date, sample_size and for
        each answer ``<answer>_pct`` (percent of all respondents, empty where it
        was not printed); optionally sector, design_effect, poll_id, base
        ("all" or "opinion_holders"), decimals and n_parts (of both parts, or
        ``<answer>_decimals`` and ``<answer>_n_parts`` of one).
    answers : sequence of two str
        Names of the parts; what is left of 100 is called ``undecided``.

    Returns
    -------
    Composition

    Raises
    ------
    PollInputError
        For the first fault, with row, column, value and cure.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "house_id": ["a", "b"], "start_date": "2022-03-01", "end_date": "2022-03-03",
    ...     "sample_size": 1600, "for_pct": [70, 60], "against_pct": [20, None],
    ... })
    >>> read_composition(frame, ("for", "against")).shares
    array([[20., 70.],
           [nan, 60.]])
    """
    named = _check_answers(answers)
    _check_frame(obs, named)
    low, high = sorted(named)
    both = np.column_stack([_read_part(obs, part) for part in (low, high)])
    reason = _find_reason(obs, both)
    entering = obs.loc[[not text for text in reason]]
    both = both[[not text for text in reason]]
    _check_printed(entering, both, (low, high))
    frame = _complete(entering, both, (low, high))
    carried = [f"{part}{end}" for part in (low, high) for end in ("_pct", "_rounding")]
    observations = prepare_observations(frame, carried=carried)
    polls = observations.polls
    numbers = {name: _to_numbers(polls[name]) for name in carried}
    shares = np.column_stack([numbers[f"{part}_pct"] for part in (low, high)])
    size, deff = (polls[name].to_numpy(dtype=float) for name in ("sample_size", "design_effect"))
    sampling = np.column_stack([sampling_variance(y, size, deff) for y in shares.T])
    observations = observations.with_far_parts((low, high), shares, sampling)
    told = tell_no_rest(polls["house_id"].to_numpy(object), 100 - shares.sum(axis=1))
    return Composition(
        answers=named,
        parts=(low, high),
        observations=replace(observations, notes=(*observations.notes, *told)),
        shares=shares,
        sampling=sampling,
        rounding=np.column_stack([numbers[f"{part}_rounding"] for part in (low, high)]),
        left_out=_list_left_out(obs, reason),
    )


def tell_no_rest(house: np.ndarray[Any, Any], rest: Array) -> Iterator[str]:
    """Houses that leave no rest where all others do: shares of those who hold an opinion.

    Parameters
    ----------
    house : ndarray of str, shape (n_polls,)
    rest : ndarray, shape (n_polls,)
        What both parts leave of 100; NaN where one was not printed.

    Examples
    --------
    >>> house = np.array(["a", "b", "a", "b"], dtype=object)
    >>> for found in tell_no_rest(house, np.array([0.0, 14.0, 0.5, 15.0])):
    ...     print(found.partition(";")[0])
    both parts of house a add up to 100 percent, where others leave 14 or more
    """
    known = ~np.isnan(rest)
    most = {name: rest[known & (house == name)].max() for name in sorted(set(house[known]))}
    bare = [name for name, value in most.items() if value <= NO_REST]
    others = known & ~np.isin(house, bare)
    if others.any() and rest[others].min() > SOME_REST:
        for name in bare:
            yield (
                f"both parts of house {name} add up to 100 percent, where others leave "
                f"{rest[others].min():g} or more; give shares of all respondents, or "
                f"{OF_HOLDERS!r} in a column base"
            )


def _check_answers(answers: Sequence[str]) -> tuple[str, str]:
    """Two different names that are no derived quantity."""
    cure = 'name two parts, such as answers=("for", "against")'
    if isinstance(answers, str) or not isinstance(answers, Sequence):
        raise PollInputError(f"answers is {answers!r}", cure)
    names = [str(name) for name in answers]
    if len(names) != 2 or names[0] == names[1]:
        raise PollInputError(f"answers names {', '.join(names) or 'nothing'}", cure)
    taken = [name for name in names if name in DERIVED]
    if taken:
        found = f"{taken[0]!r} is what is derived from the two parts"
        raise PollInputError(found, "name the other two answers")
    return names[0], names[1]


def _check_frame(obs: pd.DataFrame, answers: tuple[str, str]) -> None:
    """Refuse a frame without a needed column, or with one that says something else."""
    if not isinstance(obs, pd.DataFrame):
        raise PollInputError(f"polls came as {type(obs).__name__}", "pass a pandas DataFrame")
    needed = [*(c for c in REQUIRED if c != "share_pct"), *(f"{name}_pct" for name in answers)]
    if obs.empty and len(obs.columns):
        raise PollInputError("there are no polls", "give at least one row")
    missing = [column for column in needed if column not in obs.columns]
    if missing:
        there = ", ".join(map(str, obs.columns)) or "none"
        raise PollInputError(
            f"column {missing[0]} is missing (columns found: {there})",
            f"the composition of {' and '.join(answers)} needs the columns {', '.join(needed)}",
        )
    check_no_sampling_var(obs)


def check_no_sampling_var(obs: pd.DataFrame) -> None:
    """Refuse a variance that is given for one share.

    Raises
    ------
    PollInputError
        When the column sampling_var holds a value.
    """
    if "sampling_var" in obs.columns and not is_blank(obs["sampling_var"]).all():
        raise PollInputError(
            "column sampling_var gives the variance of one share, and a composition has two",
            "leave it out and give design_effect, the variance relative to simple random sampling",
        )


def _read_part(obs: pd.DataFrame, part: str) -> Array:
    """Percentages of one part; NaN where it was not printed."""
    cure = f"give the share of {part} in percent of all respondents, 0 to 100, or leave it empty"
    return read_numbers(obs, f"{part}_pct", low=0, high=100, required=False, cure=cure)


def _find_reason(obs: pd.DataFrame, both: Array) -> list[str]:
    """Why each row is left out; empty text for those that enter."""
    reason = np.where(np.isnan(both).all(axis=1), REASONS["nothing"], "").astype(object)
    if "base" in obs.columns:
        given = ~is_blank(obs["base"])
        base = np.full(len(obs), OF_ALL, dtype=object)
        base[given] = read_text(obs.loc[given], "base", "say whose shares these are")
        bad = [int(i) for i in np.flatnonzero(~np.isin(base, [OF_ALL, OF_HOLDERS]))]
        if bad:
            cure = f"write {OF_ALL} or {OF_HOLDERS}, or leave it empty"
            raise row_error(obs, bad, "base", f"{base[bad[0]]!r} is not known", cure)
        reason[base == OF_HOLDERS] = REASONS[OF_HOLDERS]
    return [str(text) for text in reason]


def _check_printed(obs: pd.DataFrame, both: Array, parts: tuple[str, str]) -> None:
    """Each part must be printed at least once, and no poll may add up to more than 100."""
    for k, part in enumerate(parts):
        if np.isnan(both[:, k]).all():
            raise PollInputError(
                f"no poll that can enter prints {part}",
                f"give {part}_pct, or fit the share of {parts[1 - k]} alone",
                f"column {part}_pct",
            )
    # Each rounded figure may lie half a unit above what it stands for.
    units = np.column_stack([10.0 ** -guess_decimals(y, np.arange(len(y))) for y in both.T])
    pieces = np.column_stack([read_part_option(obs, part, "n_parts") for part in parts])
    with np.errstate(invalid="ignore"):
        over = both.sum(axis=1) - (units * pieces).sum(axis=1) / 2 > 100 + 1e-9
    bad = [int(i) for i in np.flatnonzero(over)]
    if bad:
        found = f"{parts[0]} and {parts[1]} add up to {both[bad[0]].sum():g} percent"
        cure = "give both in percent of all respondents, from one question"
        raise row_error(obs, bad, f"{parts[0]}_pct", found, cure)


def read_part_option(obs: pd.DataFrame, part: str, name: str) -> Array:
    """Decimals or n_parts: a column of the part's own, else that of both, else the default."""
    both = read_optional(obs, name, DEFAULTS[name], DEFAULTS[name], False)
    own = f"{part}_{name}"
    if own not in obs.columns:
        return both
    given = read_numbers(obs, own, low=DEFAULTS[name], whole=True, required=False, cure=CURES[name])
    return np.where(np.isnan(given), both, given)


def _complete(obs: pd.DataFrame, both: Array, parts: tuple[str, str]) -> pd.DataFrame:
    """Columns of one share for the checks that all polls pass, and what is known of each part."""
    house = obs["house_id"].to_numpy()
    # The digits that a house needs for either part; a blank must not look like a share.
    digits = [guess_decimals(np.where(np.isnan(y), 0.0, y), house) for y in both.T]
    guess = np.maximum(*digits)
    extra = {"share_pct": np.where(np.isnan(both[:, 0]), both[:, 1], both[:, 0])}
    frame = obs.assign(**extra, decimals=read_decimals(obs, guess))
    for k, part in enumerate(parts):
        decimals = read_part_option(frame, part, "decimals")
        pieces = read_part_option(frame, part, "n_parts")
        frame[f"{part}_pct"] = both[:, k]
        frame[f"{part}_rounding"] = rounding_variance(decimals, pieces)
    return frame


def _to_numbers(values: pd.Series) -> Array:
    """Turn the carried text back into numbers; what was not printed is NaN."""
    return np.array([np.nan if text == UNKNOWN else float(text) for text in values])


def _list_left_out(obs: pd.DataFrame, reason: list[str]) -> pd.DataFrame:
    """Rows that cannot enter, with the reason."""
    columns = [name for name in ("poll_id", "house_id") if name in obs.columns]
    frame = obs[columns].assign(reason=reason)
    frame.insert(0, "row", [str(label) for label in obs.index])
    return frame[frame["reason"] != ""].reset_index(drop=True)
