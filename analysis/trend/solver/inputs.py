"""What may enter beside the polls: anchors, events and covariates, checked like the polls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.columns import one_date, read_dates, read_numbers
from analysis.base.errors import PollInputError, row_error
from analysis.observations import (
    EXCHANGED_APART,
    HOUSE_APART,
    NEARLY,
    YEAR,
    look_like_fractions,
)
from analysis.observations.frame import UNKNOWN, Observations, read_category

# Standard deviations beyond which two measurements of one day are not taken to agree.
FAR = 3.0
# Within a month opinion is taken to move by a point a day at most.
NEAR_DAYS, MOST_PER_DAY = 31, 1.0
# Between two elections.
MOST_YEARS = 5
# Points: an anchor with a larger one says next to nothing; nobody measures opinion to less than
# the smaller, and an sd of some points is that as a fraction.
LARGE_SD, SMALL_SD = 10.0, 0.05
# Two or three numbers may be codes; more of them are measurements.
MANY_NUMBERS = 4
ANCHOR_COLUMNS = ("date", "value", "sd")
Dates = np.ndarray[Any, np.dtype[np.datetime64]]


@dataclass(frozen=True, eq=False)
class Anchors:
    """Observations of the level itself: an election, a list experiment.

    Parameters
    ----------
    date : ndarray of datetime64, shape (n_anchors,)
    value, sd : ndarray, shape (n_anchors,)
        Percent and points.
    """

    date: Dates
    value: Array
    sd: Array

    @property
    def notes(self) -> tuple[str, ...]:
        """What is allowed and yet deserves a look."""
        notes = []
        value, sd = self.value, self.sd
        if len(value) and value.max() <= 1 and ((value > 0) & (value < 1)).any():
            found = f"no anchor is above 1 (the first: {value[0]:g} on {self.date[0]})"
            notes.append(f"{found}: are these fractions rather than percent?")
        elif len(value):
            notes += [
                f"the anchor of {self.date[i]} is {value[i]:g}, where others are up to "
                f"{value.max():g}: is it a fraction? Give all in percent"
                for i in np.flatnonzero(look_like_fractions(value, value.max()))
            ]
        late = np.flatnonzero(self.date > np.datetime64("today") + np.timedelta64(1, "D"))
        notes += [f"the anchor of {self.date[i]} has not come yet; correct the year" for i in late]
        notes += [
            f"the anchor of {self.date[i]} is {value[i]:g} with an sd of {sd[i]:g}: are value and "
            "sd exchanged?"
            for i in np.flatnonzero((sd > value) & (sd > LARGE_SD))
        ]
        notes += [
            f"the anchor of {self.date[i]} is {value[i]:g} with an sd of {sd[i]:g} points, and all "
            "polls give way to it: is the sd a fraction? Give points; an official count has 0.05"
            for i in np.flatnonzero((sd < SMALL_SD) & (value.max(initial=0.0) > 1))
        ]
        for i, j in combinations(range(len(value)), 2):
            apart = abs(value[i] - value[j])
            days = float((self.date[j] - self.date[i]) / np.timedelta64(1, "D"))
            moved = days * MOST_PER_DAY
            if days <= NEAR_DAYS and apart > FAR * np.hypot(sd[i], sd[j]) + moved:
                both = f"{self.date[i]} and {self.date[j]}" if days else f"{self.date[i]}"
                notes.append(
                    f"anchors of {both} contradict each other: {value[i]:g} (sd "
                    f"{sd[i]:g}) and {value[j]:g} (sd {sd[j]:g}); correct one, or widen their sd"
                )
            elif (self.date[i], value[i], sd[i]) == (self.date[j], value[j], sd[j]):
                notes.append(
                    f"the anchor of {self.date[i]}, {value[i]:g} (sd {sd[i]:g}), stands there "
                    "twice and counts twice; keep one of them"
                )
        return tuple(notes)

    def tell_far(self, observations: Observations, common_error: float) -> list[str]:
        """Anchors far from all polls within a month, or from all polls if there are none.

        Parameters
        ----------
        observations : Observations
        common_error : float
            Standard deviation of the error that all houses share, points.
        """
        if not len(self.date):
            return []
        share = observations.share_pct
        days = np.abs(observations.day[:, None] - observations.days_of(self.date))
        texts = [
            f"the anchor of {self.date[i]} lies {days[:, i].min() / YEAR:.0f} years from the "
            "nearest poll, so that it tells next to nothing; correct the year, or leave it out"
            for i in np.flatnonzero(days.min(axis=0) > MOST_YEARS * YEAR)
        ]
        for i, (value, sd) in enumerate(zip(self.value, self.sd, strict=True)):
            near = days[:, i] <= NEAR_DAYS
            of_then = share[near] if near.any() else share
            low, high = of_then.min(), of_then.max()
            apart = max(low - value, value - high)
            lacking = max(low - (100 - value), (100 - value) - high)
            least = EXCHANGED_APART if lacking <= NEARLY else HOUSE_APART
            if apart > max(least, FAR * np.hypot(sd, common_error)):
                when = f"within {NEAR_DAYS} days" if near.any() else "of any day"
                texts.append(
                    f"the anchor of {self.date[i]}, {value:g} (sd {sd:g}), lies {apart:g} points "
                    f"from all polls {when}, which have {low:g} to {high:g}, and the common error "
                    f"has an sd of {common_error:g}: look for another question, another answer or "
                    "a slip, or widen its sd"
                )
        return texts


def read_anchors(anchors: pd.DataFrame | None) -> Anchors:
    """Check a frame of anchors: date, value (percent), sd (points).

    Raises
    ------
    PollInputError
        Naming row, column, what was found and the cure.
    """
    if anchors is None:
        nothing = np.zeros(0)
        return Anchors(np.zeros(0, dtype="datetime64[D]"), nothing, nothing)
    if not isinstance(anchors, pd.DataFrame):
        raise PollInputError(f"anchors came as {type(anchors).__name__}", "pass a pandas DataFrame")
    missing = [name for name in ANCHOR_COLUMNS if name not in anchors.columns]
    if missing:
        need = ", ".join(ANCHOR_COLUMNS)
        raise PollInputError(f"anchors: column {missing[0]} is missing", f"anchors need {need}")
    try:
        date = read_dates(anchors, "date")
        cure = "give the level in percent, 0 to 100"
        value = read_numbers(anchors, "value", low=0, high=100, cure=cure)
        cure = "give the standard deviation of the value in points, above 0 and at most 100"
        sd = read_numbers(anchors, "sd", low=0, high=100, low_open=True, cure=cure)
    except PollInputError as error:
        raise error.located_in("anchors") from None
    order = np.lexsort([sd, value, date])
    return Anchors(date[order], value[order], sd[order])


def read_events(events: object, observations: Observations) -> dict[str, np.datetime64]:
    """Check events: dates, a mapping from label to date, or a frame with date and label.

    Parameters
    ----------
    events : sequence of dates, mapping, DataFrame or None
        A frame may name its events in ``event_id``, ``label`` or ``label_en``.
    observations : Observations
        An event must lie between two polls, or no poll could tell of it.

    Returns
    -------
    dict
        Label to date, in order of dates.
    """
    found = {label: one_date(date, f"event {label}") for label, date in _event_pairs(events)}
    first, last = observations.first_date, observations.last_date
    for label, date in found.items():
        if not first < date <= last:
            raise PollInputError(
                f"{date} has no polls on both sides",
                f"choose a date after {first} and not after {last}",
                f"event {label}",
            )
    return dict(sorted(found.items(), key=lambda pair: (pair[1], pair[0])))


def _event_pairs(events: object) -> list[tuple[str, object]]:
    """Labels and dates of events given in any of the ways allowed."""
    if events is None:
        return []
    if isinstance(events, pd.DataFrame):
        if "date" not in events.columns:
            raise PollInputError("events: column date is missing", "events need a date")
        names = [n for n in ("event_id", "label", "label_en") if n in events.columns]
        labels = events[names[0]] if names else events["date"]
        pairs = [(str(a), b) for a, b in zip(labels, events["date"], strict=True)]
    elif isinstance(events, Mapping):
        pairs = [(str(label), date) for label, date in events.items()]
    elif isinstance(events, Sequence) and not isinstance(events, str):
        pairs = [(str(one_date(date, "event")), date) for date in events]
    else:
        cure = "pass a list of dates, a dict of label and date, or a DataFrame"
        raise PollInputError(f"events came as {type(events).__name__}", cure)
    labels_seen = [label for label, _ in pairs]
    twice = [label for label in labels_seen if labels_seen.count(label) > 1]
    if twice:
        raise PollInputError(f"event {twice[0]!r} is there twice", "give each event one label")
    return pairs


@dataclass(frozen=True, eq=False)
class Covariates:
    """Categories of the polls as centred columns, one for each level but the commonest.

    Parameters
    ----------
    names : tuple of str
        Such as ``"mode=phone"``.
    baseline : dict
        Commonest level of each covariate.
    indicators : ndarray, shape (n_polls, n_columns)
        1 where the poll has the level, else 0.
    """

    names: tuple[str, ...]
    baseline: dict[str, str]
    indicators: Array

    @property
    def notes(self) -> tuple[str, ...]:
        """Columns of numbers whose every number is a category of its own."""
        texts = []
        for covariate, commonest in self.baseline.items():
            own = [name for name in self.names if name.startswith(f"{covariate}=")]
            levels = [commonest, *(name.removeprefix(f"{covariate}=") for name in own)]
            if len(levels) >= MANY_NUMBERS and all(map(_is_number, levels)):
                texts.append(
                    f"covariate {covariate} holds {len(levels)} different numbers, each taken as "
                    f"a category of its own; to take it as a number name it as '~ "
                    f"scale({covariate})'"
                )
        return tuple(texts)

    @property
    def mean(self) -> Array:
        """Share of polls with each level, shape (n_columns,)."""
        return np.asarray(self.indicators.mean(axis=0))

    @property
    def centred(self) -> Array:
        """The columns of the model: the level then is that of the average poll."""
        return np.asarray(self.indicators - self.mean)

    def code(self, new_polls: pd.DataFrame) -> Array:
        """Columns of polls not yet seen, shape (n_new, n_columns).

        Raises
        ------
        PollInputError
            When a covariate is missing or has a level that no poll had.
        """
        coded = np.zeros((len(new_polls), len(self.names)))
        for covariate in self.baseline:
            if covariate not in new_polls.columns:
                cure = "the model has this covariate: add the column"
                raise PollInputError(f"column {covariate} is missing", cure)
            values = np.array(read_category(new_polls, covariate))
            own = [k for k, name in enumerate(self.names) if name.startswith(f"{covariate}=")]
            levels = [self.names[k].removeprefix(f"{covariate}=") for k in own]
            known = [self.baseline[covariate], *levels]
            bad = [i for i, value in enumerate(values) if value not in known]
            if bad:
                found = f"no poll had {values[bad[0]]!r}"
                raise row_error(new_polls, bad, covariate, found, f"known are {', '.join(known)}")
            coded[:, own] = values[:, None] == np.array(levels, dtype=object)
        return coded - self.mean


def _is_number(level: str) -> bool:
    """Can a level be read as a number; what is not known has no say."""
    try:
        float(level)
    except ValueError:
        return level == UNKNOWN
    return True


def code_covariates(observations: Observations, covariates: Sequence[str]) -> Covariates:
    """Turn categorical columns of the polls into centred columns."""
    names: list[str] = []
    baseline: dict[str, str] = {}
    columns: list[Array] = []
    for covariate in covariates:
        values = observations.polls[covariate].to_numpy(object)
        levels, counts = np.unique(values.astype(str), return_counts=True)
        baseline[covariate] = str(levels[np.argmax(counts)])
        for level in levels:
            if level != baseline[covariate]:
                names.append(f"{covariate}={level}")
                columns.append((values == level).astype(float))
    shape = (len(observations.polls), 0)
    indicators = np.column_stack(columns) if columns else np.zeros(shape)
    return Covariates(tuple(names), baseline, indicators)
