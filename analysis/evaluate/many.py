"""Many series at once, such as one question in many countries: one row of results each."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.columns import read_text
from analysis.base.errors import PollInputError
from analysis.base.names import find_alike
from analysis.evaluate.runner import Runner
from analysis.observations import tell_alike
from analysis.observations.frame import tell_missing
from analysis.trend import PollTrend, TrendOptions

SERIES = "series_id"
# Below these there is no trend to speak of, and a row says so.
FEWEST_POLLS, FEWEST_HOUSES = 3, 2
FIT_COLUMNS = (
    SERIES,
    "n_polls",
    "n_houses",
    "first_date",
    "last_date",
    "level",
    "level_sd",
    "level_lower",
    "level_upper",
    "change",
    "change_lower",
    "change_upper",
    "prob_negative",
    "tau",
    "omega",
    "sigma_h",
    "note",
)


@dataclass(frozen=True, eq=False)
class _Series:
    """The polls of one series, and how they are fitted."""

    name: str
    obs: pd.DataFrame
    options: TrendOptions
    method: str
    note: str | None = None


@dataclass(frozen=True, eq=False)
class SeriesTable:
    """A table of many series that is read in parts, as often as it is gone through.

    Parameters
    ----------
    read : callable
        Gives the parts of the table, one after another, each a frame with series_id; the rows of a
        series stand together.
    options : TrendOptions
        Of the model of each series.
    method : str
        As in :meth:`analysis.trend.model.PollTrend.fit`.

    Raises
    ------
    PollInputError
        When there are no rows, series_id is missing or empty, or the rows of a series stand apart.
    """

    read: Callable[[], Iterable[pd.DataFrame]]
    options: TrendOptions = field(default_factory=TrendOptions)
    method: str = "full"
    names: tuple[str, ...] = field(init=False)
    notes: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Read once, to count the series and to see that each stands together under one name."""
        first: dict[str, Any] = {}
        called = None
        for name, rows in self._split(lambda part: part[[SERIES]]):
            if name in first:
                cure = f"sort the table by {SERIES}"
                raise PollInputError(f"the rows of {name!r} stand apart", cure)
            first[name], called = rows.index[0], rows.index.name
        if not first:
            raise PollInputError("there are no polls", "give at least one row")
        notes: dict[str, str] = {}
        for alike in find_alike(first):
            at = pd.Index([first[name] for name in alike], name=called)
            named = np.array(alike, dtype=object)
            (note,) = tell_alike(pd.DataFrame(index=at), named, "series")
            notes |= dict.fromkeys(alike, note)
        # A frozen value is set this way while it is made.
        object.__setattr__(self, "names", tuple(first))
        object.__setattr__(self, "notes", notes)

    def __len__(self) -> int:
        """Count the series."""
        return len(self.names)

    def __iter__(self) -> Iterator[_Series]:
        """Give the series in their order; those at hand are of one part of the table."""
        for name, obs in self._split(lambda part: part):
            own = obs.drop(columns=SERIES)
            yield _Series(name, own, self.options, self.method, self.notes.get(name))

    def _split(
        self, take: Callable[[pd.DataFrame], pd.DataFrame]
    ) -> Iterator[tuple[str, pd.DataFrame]]:
        """Cut the parts into series; one that goes on in the next part waits for its end."""
        pieces = itertools.chain.from_iterable(_cut(take(_check(part))) for part in self.read())
        for name, same in itertools.groupby(pieces, key=lambda piece: piece[0]):
            frames = [frame for _, frame in same]
            yield name, frames[0] if len(frames) == 1 else pd.concat(frames)


def _check(part: pd.DataFrame) -> pd.DataFrame:
    """Refuse a part without names of its series; they are text from here on."""
    if SERIES not in part:
        raise PollInputError(str(tell_missing(part, [SERIES])), "name the series of each poll")
    if list(part.columns).count(SERIES) > 1:
        raise PollInputError(f"column {SERIES} stands there twice", "keep one of them")
    return part.assign(**{SERIES: read_text(part, SERIES, "name the series of each poll")})


def _cut(part: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Runs of rows with one name."""
    names = part[SERIES].to_numpy(dtype=object)
    is_first = np.r_[True, names[1:] != names[:-1]][: len(names)]
    for start, end in itertools.pairwise([*np.flatnonzero(is_first), len(names)]):
        yield str(names[start]), part.iloc[start:end]


def fit_many(table: SeriesTable, *, runner: Runner | None = None) -> pd.DataFrame:
    """Fit each series of a table; a fault in one is a row, and the others go on.

    Parameters
    ----------
    table : SeriesTable
    runner : Runner, optional
        Where the fits run.  Series are read as they are needed, a few for each process.

    Returns
    -------
    DataFrame
        The columns ``FIT_COLUMNS``, one row a series in the order of the table: n_polls and
        n_houses; first_date and last_date (mid-field); level on the last of them with its sd and
        95% interval (mean of these houses, percent), change from the first with its interval
        (points) and prob_negative; posterior means of tau (points per root day), omega and sigma_h
        (points); and note: that another series has nearly its name; then why there is nothing,
        such as too few polls, or the first fault of the input, or else the warnings of the fit.

    Examples
    --------
    >>> days = pd.date_range("2022-03-01", periods=6, freq="MS")
    >>> obs = pd.DataFrame({
    ...     "series_id": ["here"] * 4 + ["there"] * 2, "house_id": list("ababaa"),
    ...     "start_date": days, "end_date": days, "sample_size": 1000,
    ...     "share_pct": [60, 66, 61, 67, 40, 41],
    ... })
    >>> fit_many(SeriesTable(lambda: [obs]))[["series_id", "n_polls", "note"]].to_numpy().tolist()
    [['here', 4, ''], ['there', 2, '2 polls; a trend needs 3']]
    """
    rows = (runner or Runner()).run(fit_series, table, "series")
    return pd.DataFrame(rows, columns=list(FIT_COLUMNS))


def fit_series(task: _Series) -> dict[str, Any]:
    """Fit one series, or say why not."""
    row: dict[str, Any] = {SERIES: task.name, "n_polls": len(task.obs)}
    told = [task.note] if task.note else []
    if len(task.obs) < FEWEST_POLLS:
        told.append(f"{len(task.obs)} polls; a trend needs {FEWEST_POLLS}")
        return row | {"note": "; ".join(told)}
    try:
        model = PollTrend(task.obs, options=task.options)
        observations = model.observations
        first, last = str(observations.first_date), str(observations.last_date)
        row |= {"n_houses": len(observations.houses), "first_date": first, "last_date": last}
        results = model.fit(task.method)
        level = results.trend(dates=[last]).iloc[0]
        change = results.change(first, last)
    except PollInputError as error:
        return row | {"note": "; ".join([*told, str(error)])}
    told += results.diagnostics()["warnings"]
    if row["n_houses"] < FEWEST_HOUSES:
        told.append("one house: its lean and opinion are one")
    row |= {"note": "; ".join(told)}
    row |= {"level": level["mean"], "level_sd": level["sd"]}
    row |= {f"level_{side}": level[side] for side in ("lower", "upper")}
    row |= {"change": change["mean"], "prob_negative": change["prob_negative"]}
    row |= {f"change_{side}": change[side] for side in ("lower", "upper")}
    return row | {name: results.params[name] for name in ("tau", "omega", "sigma_h")}
