"""Forecasts written down before a wave, and scored after it: the test that cannot be tuned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.base.columns import one_date, read_dates, read_numbers, read_text
from analysis.base.errors import PollInputError, row_error
from analysis.base.mixture import Mixture
from analysis.claims import published_by
from analysis.evaluate.backtest import name_options, published_model
from analysis.evaluate.comparison import LEVELS
from analysis.evaluate.multiverse import digest_polls
from analysis.evaluate.scores import is_inside, score
from analysis.observations import DAY
from analysis.observations.frame import prepare_observations
from analysis.trend import predict_polls

# Waves of a house that are foreseen, one after another.
N_WAVES = 3
# A house that was silent for longer has no next wave to be foreseen.
ACTIVE_DAYS = 365
# Of so many last gaps between its waves the median is the next one.
LAST_GAPS = 6
KEY = ["construct", "registered", "as_of", "house_id", "wave"]
# What makes a forecast the same one; it is never written twice, nor changed.
SAME = [*KEY, "polls", "model"]
FORECAST_COLUMNS = (
    "construct",
    "registered",
    "as_of",
    "polls",
    "n_polls",
    "model",
    "house_id",
    "wave",
    "start_date",
    "end_date",
    "sample_size",
    "mean",
    "sd",
    *(f"{side}_{level}" for level in LEVELS for side in ("lower", "upper")),
)
SCORE_COLUMNS = (
    *KEY,
    "kind",
    "poll_id",
    "seen",
    "mean",
    "sd",
    "crps",
    "log_score",
    "pit",
    *(f"is_inside_{level}" for level in LEVELS),
)
# What is registered has two decimals, and so its intervals differ by no more.
ROUNDED = 0.011
AS_WRITTEN = "put back what was registered: no row is ever changed"
# Written before the wave, or later from what was known then.
WRITTEN, RETOLD = "registered", "as of"


def make_forecasts(
    obs: pd.DataFrame, construct: str, registered: object, as_of: object = None
) -> pd.DataFrame:
    """Forecast the next waves of each house that still polls.

    Parameters
    ----------
    obs : DataFrame
        Polls as :class:`~analysis.trend.model.PollTrend` takes them.
    construct : str
        What the shares are of.
    registered : str or date
        The day on which this is done.
    as_of : str or date, optional
        Only polls published by this day count; the day of registration where it is left out.

    Returns
    -------
    DataFrame
        The columns ``FORECAST_COLUMNS``, one row a house and wave: construct, registered and as_of
        (days), polls (digest of the polls known) and n_polls, model (its options), house_id, wave
        (1 is the next after ``as_of``), start_date, end_date and sample_size (foreseen), mean and
        sd of the share that will be published (percent and points), lower_50 to upper_95: central
        intervals.

    Raises
    ------
    PollInputError
        For polls that cannot be used, or when no house still polls.

    Notes
    -----
    What is registered is the normal distribution with the mean and sd of the published model's
    predictive distribution, intervals and scores are its own.  The days of a wave are those after
    the median of its house's last six gaps; it counts as foreseen on whatever days it comes.

    Examples
    --------
    >>> months = pd.date_range("2022-03-01", periods=8, freq="MS")
    >>> obs = pd.DataFrame({
    ...     "house_id": "a", "start_date": months, "end_date": months + pd.Timedelta(days=3),
    ...     "sample_size": 1000, "share_pct": [70, 71, 69, 70, 72, 71, 70, 73],
    ... })
    >>> make_forecasts(obs, "support", "2022-10-10")["start_date"].tolist()
    ['2022-10-31', '2022-11-30', '2022-12-30']
    """
    today = one_date(registered, "day of registration")
    day = today if as_of is None else one_date(as_of, "as of")
    if day > today:
        raise PollInputError(f"as of {day} is after {today}", "name a day that is over")
    known, _ = published_by(obs, day)
    coming = pd.DataFrame(_list_next(known, day))
    if coming.empty:
        cure = "add its newest polls, or choose an earlier day"
        raise PollInputError(f"no house has two polls, one in the year before {day}", cure)
    _, shares = predict_polls(coming, published_model(known).fit().fitted)
    coming["mean"] = np.round(shares.centre, 2)
    coming["sd"] = np.round(np.sqrt(shares.total_variance), 2)
    for level in LEVELS:
        half = float(ndtri(0.5 + level / 200)) * coming["sd"]
        coming[f"lower_{level}"] = (coming["mean"] - half).round(2)
        coming[f"upper_{level}"] = (coming["mean"] + half).round(2)
    named = coming.assign(construct=construct, registered=str(today), as_of=str(day))
    version = {"polls": digest_polls(known), "model": name_options()}
    return named.assign(n_polls=len(known), **version)[list(FORECAST_COLUMNS)]


def _list_next(known: pd.DataFrame, day: np.datetime64) -> Iterator[dict[str, Any]]:
    """Next waves of the houses that still poll."""
    polls = prepare_observations(known).polls
    for house, own in polls.groupby("house_id", sort=True):
        mid = own["mid_date"].to_numpy().astype("datetime64[D]")
        if len(own) < 2 or (day - mid[-1]).astype(int) > ACTIVE_DAYS:
            continue
        days = max(1, round(float(np.median(np.diff(mid[-LAST_GAPS - 1 :]).astype(int)))))
        gap = np.timedelta64(days, "D")
        spent = (own["end_date"] - own["start_date"]).dt.days.median()
        length = np.timedelta64(round(float(spent)), "D")
        due = own["start_date"].iloc[-1].to_numpy().astype("datetime64[D]") + gap
        start = max(due, day + np.timedelta64(1, "D"))  # overdue: from tomorrow on
        for wave in range(1, N_WAVES + 1):
            yield {
                "house_id": house,
                "sector": own["sector"].iloc[-1],
                "wave": wave,
                "start_date": str(start),
                "end_date": str(start + length),
                "sample_size": int(own["sample_size"].iloc[-1]),
                "design_effect": own["design_effect"].iloc[-1],
            }
            start = start + gap


def add_forecasts(registry: pd.DataFrame | None, new: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Put new forecasts under those that stand; none of those is ever changed.

    Parameters
    ----------
    registry : DataFrame of str, or None
        What stands, as it was read; None for nothing yet.
    new : DataFrame
        As of :func:`make_forecasts`.

    Returns
    -------
    both : DataFrame of str
    n_new : int
        How many were not there yet.

    Raises
    ------
    PollInputError
        When the registry has other columns.
    """
    written = new.astype(str)
    if registry is None:
        return written, len(written)
    check_registry(registry)
    stands = set(registry[SAME].astype(str).itertuples(index=False, name=None))
    keys = written[SAME].itertuples(index=False, name=None)
    fresh = written[[key not in stands for key in keys]]
    return pd.concat([registry.astype(str), fresh], ignore_index=True), len(fresh)


def check_registry(registry: pd.DataFrame) -> None:
    """Refuse a table that is no registry of forecasts, or one that was changed.

    Raises
    ------
    PollInputError
        For a column that is missing; for a row that cannot be read, that stands there twice, was
        made from polls of a later day or registered on one to come, or has intervals of another
        mean and sd.
    """
    missing = [name for name in FORECAST_COLUMNS if name not in registry]
    if missing:
        cure = f"give a registry of forecasts: {', '.join(FORECAST_COLUMNS)}"
        raise PollInputError(f"column {missing[0]} is missing", cure)
    for name in ("construct", "house_id"):
        read_text(registry, name, AS_WRITTEN)
    for name in ("start_date", "end_date"):
        read_dates(registry, name)
    as_of, registered = (read_dates(registry, name) for name in ("as_of", "registered"))
    _refuse(registry, as_of > registered, "as_of", "after the day of registration")
    is_to_come = registered > np.datetime64("today") + DAY
    _refuse(registry, is_to_come, "registered", "a day that has not come yet")
    read_numbers(registry, "wave", low=1, whole=True, cure=AS_WRITTEN)
    mean = read_numbers(registry, "mean", low=-np.inf, cure=AS_WRITTEN)
    sd = read_numbers(registry, "sd", low=0, low_open=True, cure=AS_WRITTEN)
    for level in LEVELS:
        half = float(ndtri(0.5 + level / 200)) * sd
        for side, end in (("lower", mean - half), ("upper", mean + half)):
            name = f"{side}_{level}"
            given = read_numbers(registry, name, low=-np.inf, cure=AS_WRITTEN)
            _refuse(registry, np.abs(given - end) > ROUNDED, name, "no end of mean and sd")
    _refuse(
        registry,
        registry[SAME].astype(str).duplicated().to_numpy(),
        "wave",
        "the same forecast as above",
    )


def _refuse(registry: pd.DataFrame, is_bad: Any, column: str, found: str) -> None:
    bad = [int(k) for k in np.flatnonzero(is_bad)]
    if bad:
        told = f"{str(registry[column].iloc[bad[0]])!r} is {found}"
        raise row_error(registry, bad, column, told, AS_WRITTEN)


def score_forecasts(registry: pd.DataFrame, series: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Score the forecasts whose wave has come in.

    Parameters
    ----------
    registry : DataFrame
        As of :func:`add_forecasts`.
    series : callable
        Gives the polls of a construct.

    Returns
    -------
    DataFrame
        The columns ``SCORE_COLUMNS``, one row for each such forecast: its key, kind ("registered"
        when it was written down on the day whose polls it knows, "as of" when it was made later
        from what was published by then), poll_id and seen (of the house's wave of that number
        whose fieldwork began after as_of), mean, sd, crps, log_score, pit and is_inside_50 to
        is_inside_95.

    Raises
    ------
    PollInputError
        When the registry cannot be read.
    """
    check_registry(registry)
    parts = []
    for construct, rows in registry.groupby("construct", sort=False):
        obs = series(str(construct))
        if obs.empty:  # none of its waves has come in
            continue
        polls = prepare_observations(obs).polls
        names = obs["poll_id"] if "poll_id" in obs else pd.Series("", index=obs.index)
        polls = polls.assign(poll_id=polls["poll_id"] if "poll_id" in polls else names.to_numpy())
        parts += [_find_wave(row, polls) for _, row in rows.iterrows()]
    found = pd.DataFrame([part for part in parts if part])
    if found.empty:
        return pd.DataFrame(columns=list(SCORE_COLUMNS))
    mean, sd = (found[name].to_numpy(dtype=float) for name in ("mean", "sd"))
    shares = Mixture(np.ones(1), mean[None, :], sd[None, :] ** 2)
    scored = score(shares, found["seen"].to_numpy(dtype=float)).drop(columns=["mean", "sd"])
    found = pd.concat([found, scored], axis=1)
    for level in LEVELS:
        found[f"is_inside_{level}"] = is_inside(found["pit"], level)
    return found[list(SCORE_COLUMNS)]


def _find_wave(row: pd.Series[Any], polls: pd.DataFrame) -> dict[str, Any] | None:
    """The wave that a forecast is of; None while it has not come in."""
    own = polls[polls["house_id"] == row["house_id"]]
    later = own[own["start_date"] > pd.Timestamp(str(row["as_of"]))].sort_values("start_date")
    number = int(row["wave"])
    if len(later) < number:
        return None
    poll = later.iloc[number - 1]
    kind = WRITTEN if row["registered"] == row["as_of"] else RETOLD
    told = {"kind": kind, "poll_id": poll["poll_id"], "seen": float(poll["share_pct"])}
    numbers = {name: float(row[name]) for name in ("mean", "sd")}
    return {**{name: row[name] for name in KEY}, **told, **numbers}
