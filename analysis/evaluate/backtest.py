"""Predict each poll from those that were known before its fieldwork began, and score that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days
from analysis.base.columns import read_dates, read_text
from analysis.base.errors import PollInputError
from analysis.base.mixture import Mixture
from analysis.claims import publication_days
from analysis.evaluate.baselines import BASELINES, Known, predict_points
from analysis.evaluate.runner import Runner
from analysis.evaluate.scores import score
from analysis.observations.frame import CURES, prepare_observations, read_field_dates
from analysis.trend import PUBLISHED, PollTrend, TrendOptions, predict_polls
from analysis.trend.options import ESTIMATED, OptionValues

# Months that a poll is predicted ahead of the day before its fieldwork; "next" is none.
HORIZONS = {"next": 0, "3m": 3, "6m": 6, "12m": 12}
# Fewer errors of the past make no standard deviation: scores begin after so many polls.
FEWEST_ERRORS = 3
ROW_COLUMNS = (
    "model",
    "poll_id",
    "house_id",
    "horizon",
    "observed",
    "mean",
    "sd",
    "crps",
    "log_score",
    "pit",
)


@dataclass(frozen=True)
class TrendModel:
    """A trend model as it enters a back-test.

    Parameters
    ----------
    options : TrendOptions
    method : str
        As in :meth:`analysis.trend.model.PollTrend.fit`.
    """

    options: TrendOptions = field(default_factory=TrendOptions)
    method: str = "full"


# Excess errors of single houses cannot be plugged in.
PLUG_IN = TrendModel(replace(PUBLISHED, house_variance="common"), "map")
# Days by which a drift falls by e where it is drawn back: a year, in which houses come and go.
DRIFT_DAYS = 365.0
# What stands for choice: the walk of the level, the drift of houses, and their excess errors; each
# with the number of hyperparameters that it adds.
WALKS: dict[str, tuple[int, OptionValues]] = {
    "": (0, {}),
    "calming": (1, {"walk": "calming"}),
    "calming_estimated": (2, {"walk": "calming", "calm_days": ESTIMATED}),
}
DRIFTS: dict[str, tuple[int, OptionValues]] = {
    "": (0, {}),
    "drift": (1, {"drift": True}),
    "reverting": (1, {"drift": True, "drift_days": DRIFT_DAYS}),
}
EXCESSES: dict[str, OptionValues] = {
    "": {},
    "student": {"errors": "student"},
    "by_house": {"house_variance": "by_house"},
}


def _cross_choices() -> dict[str, TrendModel]:
    """All candidates by name, the simplest first.

    One excess error for all comes before one for each poll (Student's) and one for each house; of
    those alike the model of fewer hyperparameters.
    """
    models: dict[str, TrendModel] = {}
    for excess, errors in EXCESSES.items():
        for walk, drift in sorted(product(WALKS, DRIFTS), key=_count_added):
            named = [part for part in (walk, drift) if part] or ["static"]
            name = "_".join([*named, excess] if excess else named)
            chosen: OptionValues = {**WALKS[walk][1], **DRIFTS[drift][1], **errors}
            models[name] = TrendModel(TrendOptions(**chosen))
    return models


def _count_added(walk_and_drift: tuple[str, str]) -> int:
    """Hyperparameters that a walk and a drift add."""
    walk, drift = walk_and_drift
    return WALKS[walk][0] + DRIFTS[drift][0]


CANDIDATES = _cross_choices()
TREND_MODELS: dict[str, TrendModel] = {
    "published": TrendModel(PUBLISHED),
    "plug_in": PLUG_IN,
    **CANDIDATES,
}
MODELS = (*TREND_MODELS, *BASELINES)
# What is run when nobody names models: the published one and all that it must beat.
USUAL_MODELS = ("published", "plug_in", *BASELINES)


def published_model(obs: pd.DataFrame, **changes: Any) -> PollTrend:
    """Build the published model on some polls.

    Parameters
    ----------
    obs : DataFrame
        As :class:`~analysis.trend.model.PollTrend` takes them.
    **changes
        Priors, anchors or options in place of the published ones.

    Examples
    --------
    >>> obs = pd.DataFrame({
    ...     "house_id": "a", "start_date": ["2022-03-01"], "end_date": ["2022-03-03"],
    ...     "sample_size": 1000, "share_pct": [70],
    ... })
    >>> published_model(obs).options == PUBLISHED
    True
    """
    return PollTrend(obs, options=PUBLISHED, **changes)


def name_options() -> str:
    """Name the published model by its options that are not the defaults of the model."""
    told, usual = asdict(PUBLISHED), asdict(TrendOptions())
    named = [f"{name}={value}" for name, value in told.items() if value != usual[name]]
    return "; ".join(named) or "defaults"


def backtest(
    obs: pd.DataFrame,
    models: Sequence[str] = USUAL_MODELS,
    *,
    candidates: Mapping[str, TrendModel] | None = None,
    runner: Runner | None = None,
) -> pd.DataFrame:
    """Predict every poll from those published before its fieldwork began (rolling origin).

    Parameters
    ----------
    obs : DataFrame
        Polls as :class:`~analysis.trend.model.PollTrend` takes them, with ``available_from`` or
        ``published`` where known; a poll without either counts as published as late after its
        last day as its house is in the median, or on that day if nothing is known of the house.
    models : sequence of str
        Of ``MODELS`` and of the names of ``candidates``.
    candidates : mapping of str to TrendModel, optional
        Further models.
    runner : Runner, optional
        Where the fits run; the results do not depend on it.

    Returns
    -------
    DataFrame
        One row per model, poll and horizon, in the order of models, horizons and polls: the
        columns ``ROW_COLUMNS`` (percent and points; scores as in
        :func:`analysis.evaluate.scores.score`), poll (position in ``obs``), year (of the last
        day of fieldwork) and is_new (the house had no poll by then: scored apart).

    Raises
    ------
    PollInputError
        For polls that cannot be used, an unknown model, or when no poll can be scored.

    Notes
    -----
    A poll is predicted at a horizon of h months from the polls published before the day h months
    ahead of its fieldwork.  House effect, sampling, rounding and excess error are part of the
    prediction.  A baseline is a number; it gets a normal distribution whose sd is the root mean
    square of its own errors, at the same horizon, of the polls published by then.  So scores
    begin, for all models alike, with the poll before which three such errors are known.  A
    baseline that was never wrong so far has no such distribution, and no row.

    No share published later enters a prediction.

    See Also
    --------
    analysis.evaluate.comparison.compare_models : averages, and differences with their errors.

    Examples
    --------
    >>> months = pd.date_range("2022-03-01", periods=8, freq="MS")
    >>> obs = pd.DataFrame({
    ...     "house_id": "a", "start_date": months, "end_date": months + pd.Timedelta(days=3),
    ...     "sample_size": 1000, "share_pct": [70, 71, 69, 70, 72, 71, 70, 73],
    ... })
    >>> rows = backtest(obs, ["published", "last_of_house"])
    >>> rows[rows["horizon"] == "next"].groupby("model").size().to_dict()
    {'last_of_house': 4, 'published': 4}
    """
    chosen = TREND_MODELS | dict(candidates or {})
    unknown = [name for name in models if name not in chosen and name not in BASELINES]
    if unknown:
        there = ", ".join([*chosen, *BASELINES])
        raise PollInputError(f"model {unknown[0]!r} is not known", f"use some of {there}")
    prepare_observations(obs)  # faults of the input come before all fits
    targets = _list_targets(obs)
    if targets.empty:
        raise PollInputError(
            f"no poll can be scored: {len(obs)} polls, and none has {FEWEST_ERRORS} polls of its "
            "kind before it that could be predicted too",
            "give more polls, over a longer time",
        )
    tasks = list(_make_tasks(obs, targets, models, chosen))
    parts = (runner or Runner()).run(run_task, tasks, "fits of the back-test")
    rows = pd.concat(parts, ignore_index=True)
    points = rows["model"].isin(list(BASELINES))
    scored = pd.concat([rows[~points], _score_points(rows[points])], ignore_index=True)
    return _arrange(obs, targets, scored[scored["scored"] & scored["mean"].notna()], models)


@dataclass(frozen=True, eq=False)
class _Task:
    """One model, or all baselines, on the polls known at one time."""

    names: tuple[str, ...]
    model: TrendModel | None
    known: pd.DataFrame
    coming: pd.DataFrame
    targets: pd.DataFrame


def _list_targets(obs: pd.DataFrame) -> pd.DataFrame:
    """Polls and horizons that can be predicted, and which of them are scored.

    Returns
    -------
    DataFrame
        poll (position in ``obs``), horizon, origin (first day that is not known), n_known,
        shown (day of publication), is_new, scored.
    """
    shown, house = _known_from(obs), _houses(obs)
    start = read_field_dates(obs)[0].astype("datetime64[D]")
    rows = []
    for name, months in HORIZONS.items():
        origin = _months_before(start, months)
        for i in range(len(obs)):
            known = shown < origin[i]
            if known.any():
                is_new = not (house[known] == house[i]).any()
                rows.append((i, name, origin[i], int(known.sum()), shown[i], is_new))
    columns = ["poll", "horizon", "origin", "n_known", "shown", "is_new"]
    targets = pd.DataFrame(rows, columns=columns)
    targets["scored"] = False
    for _, kind in targets.groupby(["horizon", "is_new"]):
        told = kind["shown"].to_numpy()[None, :] < kind["origin"].to_numpy()[:, None]
        targets.loc[kind.index, "scored"] = told.sum(axis=1) >= FEWEST_ERRORS
    return targets if targets["scored"].any() else targets.iloc[:0]


def _known_from(obs: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Day from which each poll is known: its publication, or as late as its house usually is."""
    shown, undated = publication_days(obs)
    end, house = read_dates(obs, "end_date"), pd.Series(_houses(obs))
    delay = pd.Series(np.where(undated, np.nan, (shown - end).astype(float)))
    usual = delay.groupby(house).transform("median").fillna(0.0).to_numpy().round()
    shown = np.where(undated, end + usual.astype("timedelta64[D]"), shown)
    # Nobody knows a poll before its fieldwork, whatever a slip in a date says.
    start = read_field_dates(obs)[0].astype("datetime64[D]")
    return np.asarray(np.maximum(shown, start))


def _houses(obs: pd.DataFrame) -> np.ndarray[Any, Any]:
    """House of each poll, as the models read it."""
    return read_text(obs, "house_id", CURES["house_id"])


def _months_before(days: np.ndarray[Any, Any], months: int) -> np.ndarray[Any, Any]:
    """The same day so many calendar months earlier (the last of the month if there is none)."""
    earlier = pd.DatetimeIndex(days) - pd.DateOffset(months=months)
    return np.asarray(earlier.to_numpy().astype("datetime64[D]"))


def _make_tasks(
    obs: pd.DataFrame,
    targets: pd.DataFrame,
    models: Sequence[str],
    chosen: Mapping[str, TrendModel],
) -> Iterator[_Task]:
    """Group what one fit can predict: the polls known only grow with time."""
    shown = _known_from(obs)
    points = tuple(name for name in models if name in BASELINES)
    for _, same in targets.groupby("n_known", sort=True):
        known = obs.loc[shown < same["origin"].iloc[0]]
        for name in models:
            scored = same[same["scored"]]
            if name in chosen and len(scored):
                coming = obs.iloc[scored["poll"].to_numpy()]
                yield _Task((name,), chosen[name], known, coming, scored)
        if points:  # their errors before the first score are needed too
            yield _Task(points, None, known, obs.iloc[same["poll"].to_numpy()], same)


def run_task(task: _Task) -> pd.DataFrame:
    """Predict; trend models are scored at once, numbers of baselines when all are there."""
    observed = task.coming["share_pct"].to_numpy(dtype=float)
    if task.model is not None:
        fit = PollTrend(task.known, options=task.model.options).fit(task.model.method)
        _, shares = predict_polls(task.coming, fit.fitted)
        return _label(task, task.names[0], observed, score(shares, observed))
    polls = prepare_observations(task.known)
    house = polls.polls["house_id"].to_numpy(dtype=object)
    known = Known(polls.day, polls.share_pct, house)
    coming = _houses(task.coming).tolist()
    frames = []
    for name in task.names:
        points = pd.DataFrame({"mean": predict_points(name, known, coming)})
        frames.append(_label(task, name, observed, points))
    return pd.concat(frames, ignore_index=True)


def _label(task: _Task, model: str, observed: Array, found: pd.DataFrame) -> pd.DataFrame:
    """Put what was found beside what it is about."""
    about = task.targets.reset_index(drop=True).assign(model=model, observed=observed)
    return pd.concat([about, found], axis=1)


def _score_points(rows: pd.DataFrame) -> pd.DataFrame:
    """Give numbers a normal distribution from their own past errors, and score it."""
    parts = []
    for _, kind in rows.dropna(subset=["mean"]).groupby(["model", "horizon", "is_new"]):
        spread = _past_spread(kind)
        kept = kind[spread > 0]
        mean, variance = kept["mean"].to_numpy(), spread[spread > 0] ** 2
        shares = Mixture(np.ones(1), mean[None, :], variance[None, :])
        found = score(shares, kept["observed"].to_numpy()).set_axis(kept.index, axis=0)
        parts.append(kept.drop(columns=[c for c in found if c in kept]).join(found))
    return pd.concat(parts) if parts else rows


def _past_spread(kind: pd.DataFrame) -> Array:
    """Root mean square of the errors known at each origin; NaN for too few of them."""
    error = kind["observed"].to_numpy() - kind["mean"].to_numpy()
    told = kind["shown"].to_numpy()[None, :] < kind["origin"].to_numpy()[:, None]
    count = told.sum(axis=1)
    square = (told * error**2).sum(axis=1) / np.maximum(count, 1)
    return np.where(count >= FEWEST_ERRORS, np.sqrt(square), np.nan)


def _arrange(
    obs: pd.DataFrame, targets: pd.DataFrame, rows: pd.DataFrame, models: Sequence[str]
) -> pd.DataFrame:
    """Name polls and put rows in the order of models, horizons and polls."""
    end = read_field_dates(obs)[1].astype("datetime64[D]")
    house = _houses(obs)
    named = pd.Series([f"{h}-{day}" for h, day in zip(house, end, strict=True)], dtype=object)
    if "poll_id" in obs.columns:
        given = obs["poll_id"].reset_index(drop=True)
        named = given.where(given.notna() & (given != ""), named)
    at: Days = rows["poll"].to_numpy(dtype=np.int64)
    rows = rows.assign(
        poll_id=named.to_numpy(dtype=object)[at],
        house_id=house[at],
        year=pd.DatetimeIndex(end[at]).year,
    )
    places = {"horizon": list(HORIZONS), "model": list(models)}
    keys = [at, rows["origin"].to_numpy()]
    for of, place in places.items():
        keys.append(rows[of].map({name: k for k, name in enumerate(place)}).to_numpy(dtype=int))
    order = np.lexsort(keys)
    columns = [*ROW_COLUMNS, "poll", "year", "is_new"]
    return rows.iloc[order][columns].reset_index(drop=True)
