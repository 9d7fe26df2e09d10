"""What was known on a day: the polls published by then, and the estimate they gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import pandas as pd

from analysis.base.columns import one_date, read_dates
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha, interval_row
from analysis.base.priors import Priors
from analysis.observations.frame import prepare_observations
from analysis.observations.references import reference_weights
from analysis.trend import PollTrend, PollTrendResults
from analysis.trend.options import OptionValues, TrendOptions
from analysis.trend.specification import TrendSpecification

# Days that as_of_history can look at besides a date of the caller's.
TARGETS = ("last_poll", "as_of")
NO_POLLS = "no poll was published by then"
NO_REFERENCE = "the reference had no polls by then"


def published_by(obs: pd.DataFrame, date: object) -> tuple[pd.DataFrame, int]:
    """Keep the polls that were published by a date.

    Parameters
    ----------
    obs : DataFrame
        Polls with ``end_date`` and, where known, ``available_from`` or ``published``;
        the first of these columns that has a date in a row counts.
    date : str, date or Timestamp
        The day as of which one looks, included.

    Returns
    -------
    known : DataFrame
        Rows of ``obs`` published by ``date``.
    n_undated : int
        How many of them have no publication date and were taken as published
        on the last day of fieldwork, which is early.

    Raises
    ------
    PollInputError
        When no poll was published by then.

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "end_date": ["2022-03-03", "2022-04-03"], "published": ["2022-03-09", None],
    ... })
    >>> known, n_undated = published_by(obs, "2022-04-01")
    >>> len(known), n_undated
    (1, 0)
    """
    day = one_date(date, "as of")
    shown, undated = publication_days(obs)
    keep = shown <= day
    if not keep.any():
        first = shown.min() if len(shown) else "never"
        raise PollInputError(
            f"no poll was published by {day} (the first: {first})", "choose a later date"
        )
    return obs.loc[keep].copy(), int((keep & undated).sum())


def publication_days(obs: pd.DataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Day on which each poll became known, and whether that is only its last day of fieldwork.

    Returns
    -------
    shown : ndarray of datetime64[D], shape (n_polls,)
    undated : ndarray of bool, shape (n_polls,)
    """
    if "end_date" not in obs.columns:
        raise PollInputError("column end_date is missing", "add the last day of fieldwork")
    shown = np.full(len(obs), np.datetime64("NaT", "D"))
    for column in ("available_from", "published"):
        if column in obs.columns:
            dates = read_dates(obs, column, required=False)
            shown = np.where(np.isnat(shown), dates, shown)
    undated = np.isnat(shown)
    return np.where(undated, read_dates(obs, "end_date"), shown), undated


def anchors_by(anchors: pd.DataFrame, as_of: object) -> pd.DataFrame:
    """Keep the anchors dated by a day: what came later nobody knew.

    Raises
    ------
    PollInputError
        When a date cannot be read.
    """
    if "date" not in anchors.columns:
        return anchors  # the model names all that is missing
    return anchors[read_dates(anchors, "date") <= one_date(as_of, "as of")]


def as_of_history(
    obs: pd.DataFrame,
    dates: Iterable[object],
    *,
    reference: str = "houses",
    target: object = "last_poll",
    alpha: float = 0.05,
    method: str = "full",
    priors: Priors | None = None,
    anchors: pd.DataFrame | None = None,
    events: object = None,
    options: TrendOptions | None = None,
    **changes: Unpack[OptionValues],
) -> pd.DataFrame:
    """Estimate the level again as of each date, with only the polls published by then.

    Parameters
    ----------
    obs : DataFrame
        Polls as :class:`~analysis.trend.model.PollTrend` takes them, with ``available_from``
        or ``published`` where known.
    dates : sequence of dates
        Days as of which one looks, in any order.
    reference : str
        As in :meth:`~analysis.trend.results.PollTrendResults.trend`.  ``"houses"`` is the mean of
        the houses that had polls by then, so that it moves when a house joins;
        ``"houses:ID,ID"`` keeps one set of houses, and so does a house id.
    target : str or date
        The day whose level is estimated: ``"last_poll"``, the last mid-field date known;
        ``"as_of"``, the day itself; or one date for all rows, which shows how the estimate
        for that date was revised.  A row earlier than that date is a forecast.
    alpha : float
        0.05 gives 95% intervals.
    method : str
        As in :meth:`~analysis.trend.model.PollTrend.fit`.
    priors : Priors, optional
    anchors : DataFrame, optional
        They count from their date on.
    events : sequence of dates, mapping or DataFrame, optional
        They count once there are polls on both sides.
    options : TrendOptions, optional
        All options of the model as one value, such as those of the published one.
    **changes
        Options of :class:`~analysis.trend.model.PollTrend` in place of those, such as
        ``drift=True``.

    Returns
    -------
    DataFrame
        as_of, date (of the level), n_polls, n_houses, mean, sd, lower, upper (percent and
        points), one row for each of ``dates`` in their order.  Dates by which no poll was
        published, or none that the reference needs, have no row:
        ``attrs["left_out"]`` maps each of them to the reason.

    Raises
    ------
    PollInputError
        For polls that cannot be used, dates that cannot be read, a reference that no polls
        ever had, or when no row is left.

    See Also
    --------
    published_by : the polls known by one day.
    analysis.claims.threshold.claim : one day, every level.

    Notes
    -----
    Between two dates without a new poll, anchor or event nothing is fitted again.  A row
    equals a fit to :func:`published_by` of its date; hyperparameters, guessed decimals and
    references then know nothing of later polls.

    Examples
    --------
    >>> polls = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "sample_size": [1600, 1000, 1600, 1000],
    ...     "share_pct": [70, 62, 72, 65],
    ... })
    >>> history = as_of_history(polls, ["2022-03-01", "2022-03-20", "2022-04-20"])
    >>> history[["n_polls", "n_houses"]].to_numpy().tolist()
    [[2, 2], [4, 2]]
    >>> history.attrs["left_out"]
    {'2022-03-01': 'no poll was published by then'}
    """
    check_alpha(alpha)
    days = _read_days(dates)
    goal = target if target in TARGETS else one_date(target, "target")
    # Faults of the input and of the reference come before all fits.
    whole = PollTrend(
        obs, priors=priors, anchors=anchors, events=events, options=options, **changes
    )
    reference_weights(whole.observations, reference, anchored=whole.design.is_anchored)
    found: dict[str, dict[str, Any]] = {}
    left_out: dict[str, str] = {}
    for vintage in _vintages(obs, anchors, whole.model, sorted(set(days))):
        results = vintage.fit(whole, reference, method)
        if isinstance(results, str):
            left_out |= dict.fromkeys(map(str, vintage.days), results)
            continue
        for day in vintage.days:
            found[str(day)] = _row(results, day, goal, reference, alpha)
    kept = [found[str(day)] for day in days if str(day) in found]
    if not kept:
        reason = next(iter(left_out.values()))
        raise PollInputError(f"{reason}, on any of {len(days)} dates", "choose later dates")
    frame = pd.DataFrame(kept)
    frame.attrs["left_out"] = left_out
    return frame


def _read_days(dates: Iterable[object]) -> list[np.datetime64]:
    """Read the dates of a caller, who may not mean the letters of a text."""
    if isinstance(dates, str) or not isinstance(dates, Iterable):
        cure = "pass a list of dates, such as ['2022-04-18']"
        raise PollInputError(f"{dates!r} is no list of dates", cure, "dates")
    days = [one_date(date, "as of") for date in dates]
    if not days:
        raise PollInputError("there are no dates", "name at least one day", "dates")
    return days


@dataclass(frozen=True, eq=False)
class _Vintage:
    """Polls, anchors and events known on some days, the same on all of them."""

    polls: pd.DataFrame
    anchors: pd.DataFrame | None
    events: dict[str, np.datetime64]
    days: list[np.datetime64]

    def fit(self, whole: PollTrend, reference: str, method: str) -> PollTrendResults | str:
        """Fit as the whole of the polls would be, or say why there is nothing to fit."""
        if self.polls.empty:
            return NO_POLLS
        model = PollTrend(
            self.polls,
            priors=whole.model.priors,
            anchors=self.anchors,
            events=self.events,
            options=whole.options,
        )
        try:
            reference_weights(model.observations, reference, anchored=model.design.is_anchored)
        except PollInputError:
            return NO_REFERENCE  # known later on, as the whole of the polls has it
        return model.fit(method)


def _vintages(
    obs: pd.DataFrame,
    anchors: pd.DataFrame | None,
    whole: TrendSpecification,
    days: list[np.datetime64],
) -> Iterator[_Vintage]:
    """Group days between which nothing new came; ``days`` increase."""
    shown, _ = publication_days(obs)
    groups: dict[tuple[int, int], list[np.datetime64]] = {}
    for day in days:
        key = int((shown <= day).sum()), int((whole.anchors.date <= day).sum())
        groups.setdefault(key, []).append(day)
    for (n_polls, _), same in groups.items():
        known = obs.loc[shown <= same[0]]
        told = _events_told(known, whole) if whole.events and n_polls else {}
        yield _Vintage(known, None if anchors is None else anchors_by(anchors, same[0]), told, same)


def _events_told(known: pd.DataFrame, whole: TrendSpecification) -> dict[str, np.datetime64]:
    """Events with known polls on both sides; others nothing can be told of yet."""
    polls = prepare_observations(known)
    return {k: d for k, d in whole.events.items() if polls.first_date < d <= polls.last_date}


def _row(
    results: PollTrendResults, day: np.datetime64, goal: object, reference: str, alpha: float
) -> dict[str, Any]:
    """Level of a reference on the day that is looked at."""
    polls = results.observations
    date = day if goal == "as_of" else polls.last_date if goal == "last_poll" else goal
    level = results.queries.level(polls.days_of(date), results.weights_of(reference))
    return {
        "as_of": pd.Timestamp(day),
        "date": pd.Timestamp(str(date)),
        "n_polls": len(polls.polls),
        "n_houses": len(polls.houses),
        **interval_row(level, alpha),
    }
