"""Did an event move opinion: level shifts, their evidence, and placebo dates beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array, Days
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.base.mixture import Mixture
from analysis.trend.effects import event_table
from analysis.trend.fitted import fit_model
from analysis.trend.results import PollTrendResults
from analysis.trend.solver.design import Design
from analysis.trend.solver.filter import run_filter
from analysis.trend.solver.inputs import Dates, read_events
from analysis.trend.solver.posterior import Posterior

# So many numbers of normal equations are held at a time (40 MB).
BLOCK_NUMBERS = 5_000_000


@dataclass(frozen=True, eq=False)
class Shifts:
    """Posterior of a level shift before each observation but the first, one at a time.

    Parameters
    ----------
    weights : ndarray, shape (n_points, n_shifts)
        Posterior weights of the points of the scales in the model with that shift.
    mean, variance : ndarray, shape (n_points, n_shifts)
        Of the shift given the scales, points and squared points.
    log_bayes_factor : ndarray, shape (n_shifts,)
        Log evidence for the shift with its prior against none.
    """

    weights: Array
    mean: Array
    variance: Array
    log_bayes_factor: Array

    def one(self, k: int) -> Mixture:
        """Posterior of one shift."""
        part = slice(k, k + 1)
        return Mixture(self.weights[:, k], self.mean[:, part], self.variance[:, part])

    @property
    def centre(self) -> Array:
        """Posterior means, shape (n_shifts,)."""
        return np.asarray((self.weights * self.mean).sum(axis=0))

    @property
    def sd(self) -> Array:
        """Posterior standard deviations, shape (n_shifts,)."""
        spread = self.variance + (self.mean - self.centre) ** 2
        return np.asarray(np.sqrt((self.weights * spread).sum(axis=0)))


def shift_everywhere(results: PollTrendResults) -> Shifts:
    """Add a level shift before each observation in turn, without fitting again.

    Parameters
    ----------
    results : PollTrendResults
        Of a model in percent without events.

    Returns
    -------
    Shifts
        Shift k begins with observation k + 1 in order of days.

    Notes
    -----
    Given the scales a shift is one more column of a linear Gaussian model, so its
    posterior follows from the normal equations by a Schur complement.  The scales
    have other weights once the shift is in; those are the weights without it times
    the Bayes factor given the scales, which is exact on the lattice of the fit.  A jump
    of many points moves the scales to where that lattice is thin: on simulated jumps of
    8 points the mean was drawn to zero by a quarter of its sd, on the series of this
    project it was within 0.003 sd of a fit with the shift.

    See Also
    --------
    analysis.trend.model.PollTrend : with ``events=`` fits again, several events at once.
    """
    design, posterior = results.model.design, results.queries.posterior
    prior = results.model.model_priors.event_sd**2
    starts = np.arange(1, len(design.day))
    # Dates between two observations of one day do not exist: the shift holds from the first.
    columns = (design.day[:, None] >= design.day[starts]).astype(float)
    score, information = _reduce(posterior, _extend(design, columns))
    precision = information + 1 / prior
    mean, variance = score / precision, 1 / precision
    log_factor = 0.5 * (score * mean - np.log1p(prior * information))
    top = log_factor.max(axis=0)
    weights = posterior.weights[:, None] * np.exp(log_factor - top)
    total = weights.sum(axis=0)
    return Shifts(weights / total, mean, variance, top + np.log(total))


def _extend(design: Design, columns: Array) -> Design:
    """Design with further columns, which are solved apart from its own."""
    return replace(design, columns=np.hstack([design.columns, columns]))


def _reduce(posterior: Posterior, extended: Design) -> tuple[Array, Array]:
    """Score and information of each further column, everything else integrated out.

    Returns
    -------
    score, information : ndarray, shape (n_points, n_shifts)
    """
    n_own = 1 + len(posterior.design.names)
    n_points, n_shifts = len(posterior.weights), extended.columns.shape[1] - n_own + 1
    score, information = np.empty((n_points, n_shifts)), np.empty((n_points, n_shifts))
    size = max(1, BLOCK_NUMBERS // (n_own + n_shifts) ** 2)
    own = posterior.effects_posterior
    for first in range(0, len(posterior.nodes), size):
        block = np.arange(first, min(first + size, len(posterior.nodes)))
        normal = run_filter(extended, posterior.nodes.part(block)).normal
        for node in block:
            mine = np.flatnonzero(posterior.node_of == node)
            found = normal[node - first]
            cross = found[1:n_own, n_own:]
            score[mine] = found[n_own:, 0] - own.mean[mine] @ cross
            taken = (np.swapaxes(own.root[mine], -1, -2) @ cross) ** 2
            information[mine] = np.diagonal(found)[n_own:] - taken.sum(axis=1)
    return score, np.maximum(information, 0.0)


N_PLACEBO = 500
KEEP_AWAY_DAYS = 30


@dataclass(frozen=True, eq=False)
class EventsCheck:
    """Events beside placebo dates.

    Parameters
    ----------
    events : DataFrame
        event, date, mean, sd, lower, upper (points), prob_positive, log_bayes_factor (a
        shift with its prior against none), all of a fit with that one event in it;
        statistic (absolute mean over sd, reckoned like those of the placebo dates:
        see :func:`analysis.questions.events.shift_everywhere`), refit_moved_sd (how far the
        fit moved the mean from there, in sds), p_value (against placebo dates),
        p_distinct (against their different statistics, each counted once: all that so
        few can say), p_max (against the largest of as many placebo dates as there are
        events), last_poll_before, first_poll_after (mid-field dates between which the
        event falls: the polls cannot tell it from anything else between them).
    placebo : DataFrame
        date, mean, sd, statistic of each placebo date.
    n_distinct : int
        Different statistics among the placebo dates: dates between the same two polls
        share one.
    autocorrelation_days : int
        Days after which the correlation of the signed statistic (mean / sd) with
        itself has fallen to 1/e: placebo dates nearer than that are not independent.
    """

    events: pd.DataFrame
    placebo: pd.DataFrame
    n_distinct: int
    autocorrelation_days: int


def check_events(
    results: PollTrendResults,
    events: object,
    *,
    n_placebo: int = N_PLACEBO,
    keep_away_days: int = KEEP_AWAY_DAYS,
    rng: np.random.Generator | int = 0,
    alpha: float = 0.05,
) -> EventsCheck:
    """Level shift of each event, one at a time, held against random dates.

    Parameters
    ----------
    results : PollTrendResults
        Of a model in percent without events, such as ``PollTrend(obs, drift=True).fit()``.
    events : sequence of dates, mapping or DataFrame
        As for :class:`~analysis.trend.model.PollTrend`.
    n_placebo : int
        Random dates.
    keep_away_days : int
        Least distance of a placebo date from the first and the last poll and from
        every event.
    rng : Generator or int
        Chance, or its seed.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    EventsCheck

    Raises
    ------
    PollInputError
        When the model is not in percent or has events already, when an event lies
        outside the polls, or when no day is far enough from all events.

    Notes
    -----
    ``p = (1 + k) / (n + 1)`` with k placebo dates whose statistic is as large (Phipson
    and Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9(1)).
    p_max compares with the maximum over as many random dates as there are events
    (single-step maxT, Westfall and Young 1993, Resampling-Based Multiple Testing).
    Neighbouring placebo dates share polls, so the n dates are worth fewer: see
    ``n_distinct`` and ``autocorrelation_days``.

    Examples
    --------
    >>> from analysis import PollTrend
    >>> days = pd.date_range("2022-01-01", periods=40, freq="10D")
    >>> share = np.where(days < "2022-08-01", 70.0, 60.0)
    >>> obs = pd.DataFrame({"house_id": "a", "start_date": days, "end_date": days,
    ...                     "sample_size": 1600, "share_pct": share})
    >>> found = check_events(PollTrend(obs).fit(), {"news": "2022-08-01"}, n_placebo=99)
    >>> float(found.events["p_value"].iloc[0])
    0.01
    """
    _check_model(results)
    alpha, rng = check_alpha(alpha), np.random.default_rng(rng)
    named = read_events(events, results.observations)
    if not named:
        raise PollInputError("there are no events", "give at least one")
    dates = np.array(list(named.values()), dtype="datetime64[D]")
    shifts = shift_everywhere(results)
    statistic = np.abs(shifts.centre) / shifts.sd
    allowed = _allowed_days(results, dates, keep_away_days)
    chosen = rng.choice(allowed, n_placebo, replace=len(allowed) < n_placebo)
    sets = rng.choice(allowed, (n_placebo, len(dates)))
    place = _place(results, chosen)
    placebo = pd.DataFrame(
        {
            "date": chosen.astype("datetime64[s]"),
            "mean": shifts.centre[place],
            "sd": shifts.sd[place],
            "statistic": statistic[place],
        }
    )
    frame = _refit(results, named, alpha)
    mine = _place(results, dates)
    frame["statistic"] = statistic[mine]
    frame["refit_moved_sd"] = (frame["mean"] - shifts.centre[mine]) / frame["sd"]
    frame["p_value"] = _rank(frame["statistic"], statistic[place])
    frame["p_distinct"] = _rank(frame["statistic"], statistic[np.unique(place)])
    frame["p_max"] = _rank(frame["statistic"], statistic[_place(results, sets)].max(axis=1))
    return EventsCheck(
        events=frame.assign(**_nearest_polls(results, dates)),
        placebo=placebo.sort_values("date", ignore_index=True),
        n_distinct=len(np.unique(place)),
        autocorrelation_days=_correlated_days(results, shifts),
    )


def _check_model(results: PollTrendResults) -> None:
    if results.queries.is_logit:
        raise PollInputError("the model is on logits", "fit it on the percent scale")
    if results.model.events:
        raise PollInputError("the model has events already", "fit it without events=")
    if len(np.unique(results.model.design.day)) < 2:
        raise PollInputError("all polls are of one day", "give polls of several days")


def _place(results: PollTrendResults, dates: Dates) -> Days:
    """Shift that a date stands for: the one that begins with the next observation."""
    days = results.observations.days_of(dates.ravel()).reshape(dates.shape)
    return np.asarray(np.searchsorted(results.model.design.day, days) - 1)


def _allowed_days(results: PollTrendResults, dates: Dates, keep_away_days: int) -> Dates:
    """Days far enough from both ends and from all events."""
    obs, away = results.observations, np.timedelta64(keep_away_days, "D")
    days = np.arange(obs.first_date + away, obs.last_date - away + np.timedelta64(1, "D"))
    far = (np.abs(days[:, None] - dates) >= away).all(axis=1) & (days > obs.first_date)
    if not far.any():
        found = f"no day is {keep_away_days} days from both ends and from all events"
        raise PollInputError(found, "give fewer events, or a smaller keep_away_days")
    return np.asarray(days[far])


def _refit(
    results: PollTrendResults, named: dict[str, np.datetime64], alpha: float
) -> pd.DataFrame:
    """Fit again with each event in turn: scales may lie where the first fit had no need to look."""
    tables = []
    for name, date in named.items():
        refitted = fit_model(results.model.variant(events={name: date}), results.method)
        tables.append(event_table(refitted, alpha))
    table = pd.concat(tables, ignore_index=True)
    return table.assign(date=table["date"].to_numpy().astype("datetime64[s]"))


def _rank(statistics: pd.Series[float], placebo: Array) -> Array:
    """Share of placebo statistics that are as large, the event itself counted among them."""
    larger = (placebo[None, :] >= statistics.to_numpy()[:, None]).sum(axis=1)
    return np.asarray((1 + larger) / (len(placebo) + 1))


def _nearest_polls(results: PollTrendResults, dates: Dates) -> dict[str, Any]:
    """Days of the last poll before each date and of the first one not before it."""
    obs, day = results.observations, np.unique(results.model.design.day)
    after = np.searchsorted(day, obs.days_of(dates))
    found = {"last_poll_before": day[after - 1], "first_poll_after": day[after]}
    return {
        name: (obs.first_date + days.astype("timedelta64[D]")).astype("datetime64[s]")
        for name, days in found.items()
    }


def _correlated_days(results: PollTrendResults, shifts: Shifts) -> int:
    """Days after which the statistic of neighbouring dates has lost its correlation."""
    obs = results.observations
    days = np.arange(obs.first_date + np.timedelta64(1, "D"), obs.last_date)
    if len(days) == 0:
        return 0
    signed = (shifts.centre / shifts.sd)[_place(results, days)]
    if signed.min() == signed.max():  # between polls of two days alone
        return len(signed)
    signed = signed - signed.mean()
    power = float(signed @ signed)
    for lag in range(1, len(signed)):
        if signed[lag:] @ signed[:-lag] <= power / math.e:
            return lag
    return len(signed)
