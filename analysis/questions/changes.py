"""Several questions side by side: how each moved, and how differently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import norm
from scipy.stats import t as student

from analysis.base.arrays import Array
from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha
from analysis.base.mixture import Mixture
from analysis.base.observations import prepare_observations
from analysis.claims import Window
from analysis.trend.model import PollTrend
from analysis.trend.options import PUBLISHED
from analysis.trend.results import PollTrendResults
from analysis.trend.solver.estimands import change_of

# With fewer polls, or of one house, drift is told by its prior alone.
POLLS_FOR_DRIFT = 12
HOUSES_FOR_DRIFT = 2
# Quantiles by which a change is represented when it is taken from another, and the values
# at which the distribution of the other is computed, which lie so many sds to both sides:
# twice as many of both move no end of an interval by a hundredth of a point.
QUANTILES = (np.arange(2000) + 0.5) / 2000
N_VALUES = 401
REACH_SDS = 10.0

Fits = Mapping[str, Mapping[str, PollTrendResults]]


def fit_questions(
    series: Mapping[str, pd.DataFrame], *, polls_for_drift: int = POLLS_FOR_DRIFT
) -> dict[str, dict[str, PollTrendResults]]:
    """Fit a trend to each question: with static houses, and with drifting ones where polls allow.

    All else is as in the published model.

    Parameters
    ----------
    series : mapping of name to DataFrame
        Polls as for :class:`~analysis.trend.model.PollTrend`; for the share against see
        :func:`analysis.questions.poles.take_pole`.
    polls_for_drift : int
        Least number of polls, of at least two houses, for drifting houses.

    Returns
    -------
    dict of dict
        By question, then "drift" (where fitted) and "static".

    Examples
    --------
    >>> days = pd.date_range("2022-03-01", periods=4, freq="90D")
    >>> obs = pd.DataFrame({"house_id": "a", "start_date": days, "end_date": days,
    ...                     "sample_size": 1600, "share_pct": [50, 48, 45, 41]})
    >>> list(fit_questions({"talks": obs})["talks"])
    ['static']
    """
    if not series:
        raise PollInputError("there are no questions", "give at least one")
    fits: dict[str, dict[str, PollTrendResults]] = {}
    for name, obs in series.items():
        fits[name] = {}
        try:
            static = PollTrend(obs, options=PUBLISHED, drift=False)
            if choose_model(obs, polls_for_drift=polls_for_drift) == "drift":
                fits[name]["drift"] = static.variant(drift=True).fit()
            fits[name]["static"] = static.fit()
        except PollInputError as error:
            raise error.located_in(f"question {name}") from None
    return fits


def choose_model(obs: pd.DataFrame, *, polls_for_drift: int = POLLS_FOR_DRIFT) -> str:
    """Say which model the polls of a question allow.

    Parameters
    ----------
    obs : DataFrame
        house_id; one row per poll.
    polls_for_drift : int
        Least number of polls, of at least two houses, for drifting houses.

    Returns
    -------
    {"drift", "static"}

    Examples
    --------
    >>> choose_model(pd.DataFrame({"house_id": ["a", "b"] * 6}))
    'drift'
    """
    enough = len(obs) >= polls_for_drift and obs["house_id"].nunique() >= HOUSES_FOR_DRIFT
    return "drift" if enough else "static"


def question_changes(
    fits: Fits, reference: str = "support", *, start: object = None, alpha: float = 0.05
) -> pd.DataFrame:
    """How far each question moved, beside the reference question over the same dates.

    Parameters
    ----------
    fits : mapping
        As from :func:`fit_questions`, the reference question among them.
    reference : str
        The question that all others are held against.
    start : date, optional
        Changes count from here, or from the first day that both questions reach where
        that is later.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        question, model, start, end (first and last mid-field dates that both
        questions reach), n_polls, n_houses (of the question), mean, sd, lower, upper,
        prob_negative (its change, points), reference_mean, reference_lower,
        reference_upper (change of the reference question by the same kind of model
        where there is one), contrast_mean, contrast_sd, contrast_lower,
        contrast_upper (change less that of the reference), contrast_prob_negative.
        The contrast is empty for the reference itself, and all changes are where
        the two questions have no two days in common.

    See Also
    --------
    contrast_changes : what is assumed of the two.
    """
    if reference not in fits:
        known = ", ".join(fits)
        raise PollInputError(f"there is no question {reference!r}", f"questions: {known}")
    rows = []
    for name, models in fits.items():
        for model, results in models.items():
            other = fits[reference].get(model, next(iter(fits[reference].values())))
            first, last = _common_dates(results, other, start)
            obs = results.observations
            row: dict[str, Any] = {"question": name, "model": model}
            row |= {"start": pd.Timestamp(first), "end": pd.Timestamp(last)}
            row |= {"n_polls": len(obs.polls), "n_houses": len(obs.houses)}
            if first < last:
                found = results.change(first, last, alpha)
                row |= {str(key): value for key, value in found.items()}
                beside = other.change(first, last, alpha)
                row |= {f"reference_{key}": beside[key] for key in ("mean", "lower", "upper")}
                if name != reference:
                    found = contrast_changes(results, other, first, last, alpha=alpha)
                    row |= {f"contrast_{key}": value for key, value in found.items()}
            rows.append(row)
    return pd.DataFrame(rows)


def contrast_changes(
    results: PollTrendResults,
    other: PollTrendResults,
    start: object,
    end: object,
    *,
    alpha: float = 0.05,
) -> pd.Series[Any]:
    """Change of one question less the change of another, between the same two dates.

    Parameters
    ----------
    results, other : PollTrendResults
        Fitted one by one.
    start, end : date
    alpha : float
        0.05 gives a 95% interval.

    Returns
    -------
    Series
        mean, sd, lower, upper (points), prob_negative.

    Notes
    -----
    The two posteriors are taken as independent.  Where one house asks both questions
    of the same people their sampling errors go together; between answers that are
    often given together, such as support and fighting on, that makes the difference
    surer than is shown here.

    Examples
    --------
    >>> days = pd.date_range("2022-03-01", periods=4, freq="90D")
    >>> obs = pd.DataFrame({"house_id": "a", "start_date": days, "end_date": days,
    ...                     "sample_size": 1600, "share_pct": [50, 48, 45, 41]})
    >>> falls = PollTrend(obs).fit()
    >>> stays = PollTrend(obs.assign(share_pct=50)).fit()
    >>> bool(contrast_changes(falls, stays, days[0], days[-1])["mean"] < -4)
    True
    """
    alpha = check_alpha(alpha)
    if results.queries.is_logit or other.queries.is_logit:
        raise PollInputError("a model is on logits", "fit both on the percent scale")
    one, two = (_change(fit, start, end) for fit in (results, other))
    mean = float(one.centre[0] - two.centre[0])
    sd = float(np.sqrt(one.total_variance[0] + two.total_variance[0]))
    values, below_one = _tabulate(one)
    spread, below_two = _tabulate(two)
    spots = np.interp(QUANTILES, below_two, spread)

    def below(value: float) -> float:
        return float(np.interp(value + spots, values, below_one).mean())

    low, high = mean - REACH_SDS * sd, mean + REACH_SDS * sd
    ends = [
        float(brentq(lambda value, p=p: below(value) - p, low, high, xtol=1e-6))
        for p in (alpha / 2, 1 - alpha / 2)
    ]
    numbers = {"mean": mean, "sd": sd, "lower": ends[0], "upper": ends[1]}
    return pd.Series({**numbers, "prob_negative": below(0.0)}, name="contrast")


def within_house_changes(obs: pd.DataFrame, *, alpha: float = 0.05) -> pd.DataFrame:
    """Change from the first to the last poll of each house, by its own polls alone.

    Parameters
    ----------
    obs : DataFrame
        Polls as for :class:`~analysis.trend.model.PollTrend`.
    alpha : float
        0.05 gives 95% intervals.

    Returns
    -------
    DataFrame
        house_id, n_polls, start, end (mid-field dates), first_pct, last_pct, change,
        se (points, from sampling and rounding alone), lower, upper; houses with two
        polls of different days or more, most polls first.

    Examples
    --------
    >>> days = pd.date_range("2022-03-01", periods=4, freq="90D")
    >>> obs = pd.DataFrame({"house_id": "a", "start_date": days, "end_date": days,
    ...                     "sample_size": 1600, "share_pct": [50, 48, 45, 41]})
    >>> within_house_changes(obs)[["n_polls", "change"]].to_numpy().tolist()
    [[4.0, -9.0]]
    """
    reach = norm.ppf(1 - check_alpha(alpha) / 2)
    polls = prepare_observations(obs).polls
    polls["variance"] = polls["sampling_var"] + polls["rounding_var"]
    rows = []
    for house, mine in polls.groupby("house_id"):
        first, last = mine.iloc[0], mine.iloc[-1]
        if first["mid_date"] == last["mid_date"]:
            continue
        change = float(last["share_pct"] - first["share_pct"])
        se = float(first["variance"] + last["variance"]) ** 0.5
        rows.append(
            {
                "house_id": house,
                "n_polls": len(mine),
                "start": first["mid_date"],
                "end": last["mid_date"],
                "first_pct": float(first["share_pct"]),
                "last_pct": float(last["share_pct"]),
                "change": change,
                "se": se,
                "lower": change - reach * se,
                "upper": change + reach * se,
            }
        )
    columns = ["house_id", "n_polls", "start", "end", "first_pct", "last_pct"]
    table = pd.DataFrame(rows, columns=[*columns, "change", "se", "lower", "upper"])
    return table.sort_values(["n_polls", "house_id"], ascending=[False, True], ignore_index=True)


def paired_change(
    one: pd.DataFrame, other: pd.DataFrame, start: Window, end: Window, *, alpha: float = 0.05
) -> pd.Series[Any]:
    """Change of one answer less that of another, wave by wave within houses.

    Most waves ask several questions of the same people, so that two trends of two questions
    share most of their polls and are not independent. Here the difference of both answers is
    taken in each wave that printed both, and what a wave errs alike in both cancels.

    Parameters
    ----------
    one, other : DataFrame
        poll_id, house_id, mid_date, share_pct; one row per poll.
    start, end : Window
        First and last days.
    alpha : float
        0.05 gives a 95% interval.

    Returns
    -------
    Series
        mean, sd (of the estimate), lower, upper (points), prob_negative, n_start, n_end (waves
        in both windows), house_ids (comma between): the plain mean of the changes of the
        houses with waves in both windows.

    Raises
    ------
    PollInputError
        When no house has waves in both windows that printed both answers, or there are too
        few of them to see how they scatter.

    Notes
    -----
    The error is that of the scatter of a house's differences within the windows, pooled over
    houses and windows, with the t distribution of their degrees of freedom.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-08-10", "2022-09-10", "2025-08-10", "2025-09-10"])
    >>> polls = pd.DataFrame({"poll_id": list("abcd"), "house_id": "h", "mid_date": days})
    >>> fight_on = polls.assign(share_pct=[48.0, 44.0, 29.0, 27.0])
    >>> support = polls.assign(share_pct=[76.0, 74.0, 77.0, 75.0])
    >>> start, end = Window(days[0], days[1]), Window(days[2], days[3])
    >>> paired_change(fight_on, support, start, end)[["mean", "n_start", "n_end"]].tolist()
    [-19.0, 2, 2]
    """
    alpha = check_alpha(alpha)
    both = one[["poll_id", "house_id", "mid_date", "share_pct"]].merge(
        other[["poll_id", "share_pct"]], on="poll_id", suffixes=("", "_other")
    )
    both["gap"] = both["share_pct"] - both["share_pct_other"]
    both["window"] = np.select([both["mid_date"].between(*at) for at in (start, end)], [0, 1], -1)
    inside = both[both["window"] >= 0]
    spans_both = inside.groupby("house_id")["window"].transform("nunique") == 2
    kept = inside[spans_both]
    cells = kept.groupby(["house_id", "window"])["gap"]
    places = ("gap", "house_id", "window")
    means = kept.pivot_table(*places, aggfunc="mean")
    counts = kept.pivot_table(*places, aggfunc="count")
    freedom = int(counts.to_numpy().sum() - counts.size)
    if means.empty or freedom < 1:
        raise PollInputError(
            "too few waves printed both answers in both windows", "take wider windows"
        )
    variance = float((kept["gap"] - cells.transform("mean")).pow(2).sum() / freedom)
    mean = float((means[1] - means[0]).mean())
    sd = float(np.sqrt(variance * (1 / counts).to_numpy().sum())) / len(means)
    reach = float(student.ppf(1 - alpha / 2, freedom)) * sd
    below = float(student.cdf(-mean / sd, freedom)) if sd > 0 else float(mean < 0)
    return pd.Series(
        {
            "mean": mean,
            "sd": sd,
            "lower": mean - reach,
            "upper": mean + reach,
            "prob_negative": below,
            "n_start": int(counts[0].sum()),
            "n_end": int(counts[1].sum()),
            "house_ids": ",".join(map(str, means.index)),
        },
        name="paired",
    )


def _common_dates(
    results: PollTrendResults, other: PollTrendResults, start: object
) -> tuple[np.datetime64, np.datetime64]:
    """First and last day within the polls of both, the first not before ``start``."""
    one, two = results.observations, other.observations
    first = max(one.first_date, two.first_date)
    if start is not None:
        first = max(first, one_date(start, "start"))
    return first, min(one.last_date, two.last_date)


def _change(results: PollTrendResults, start: object, end: object) -> Mixture:
    """Posterior of the change of the mean of the houses."""
    obs = results.observations
    days = obs.days_of(np.array([one_date(start, "start"), one_date(end, "end")]))
    houses = results.weights_of(None)
    return change_of(results.queries.posterior, days[:1], days[1:], houses)


def _tabulate(quantity: Mixture) -> tuple[Array, Array]:
    """Values of a quantity, and the probability of falling below each."""
    reach = REACH_SDS * float(quantity.total_variance[0]) ** 0.5
    values = quantity.centre[0] + reach * np.linspace(-1.0, 1.0, N_VALUES)
    each = ndtr((values - quantity.mean) / np.sqrt(quantity.variance))
    return values, np.asarray(quantity.weights @ each)
