"""How sure the polls known by a day make the claim that a share was above a threshold."""

from __future__ import annotations

from typing import Unpack

import numpy as np
import pandas as pd

from analysis.base.columns import one_date
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha, check_common_error, interval_row
from analysis.base.priors import Priors
from analysis.claims.as_of import anchors_by, published_by
from analysis.claims.levels import Level, find_error, list_levels
from analysis.trend import PollTrend, PollTrendResults
from analysis.trend.options import OptionValues, TrendOptions

# From this probability on a claim is called credible.
CREDIBLE = 0.95


def claim(
    obs: pd.DataFrame,
    above: float,
    as_of: object = None,
    *,
    date: object = None,
    reference: str | None = None,
    alpha: float = 0.05,
    method: str = "full",
    priors: Priors | None = None,
    anchors: pd.DataFrame | None = None,
    events: object = None,
    options: TrendOptions | None = None,
    **changes: Unpack[OptionValues],
) -> pd.DataFrame:
    """Probability that a share was above a threshold, for every level that polls speak of.

    Parameters
    ----------
    obs : DataFrame
        Polls as :class:`~analysis.trend.model.PollTrend` takes them, with ``available_from``
        or ``published`` where known.
    above : float
        Threshold, percent.
    as_of : str, date or Timestamp, optional
        Only polls published by this day count; all polls where it is left out.
    date : str, date or Timestamp, optional
        The day that the claim is about: ``as_of``, or the last mid-field date without one.
    reference : str, optional
        The level that a common error is added to: ``"houses"`` (the default), ``"sectors"``,
        a house id, ``"sector:NAME"`` or ``"anchor"`` (the default with anchors).
    alpha : float
        0.05 gives 95% intervals.
    method : str
        As in :meth:`~analysis.trend.model.PollTrend.fit`.
    priors : Priors, optional
    anchors : DataFrame, optional
        Only those dated by ``as_of`` count.
    events : sequence of dates, mapping or DataFrame, optional
    options : TrendOptions, optional
        All options of the model as one value, such as those of the published one.
    **changes
        Options of :class:`~analysis.trend.model.PollTrend` in place of those, such as
        ``drift=True``, and ``common_error``: the standard deviation at 50 percent of an error
        that all houses share, points, proportional to ``sqrt(p (100 - p))``.
        Polls cannot tell it: it is an input.  The default, 2.4, averages 1.9 in absolute
        value, as the shared error of polls does in elections elsewhere.

    Returns
    -------
    DataFrame
        One row per level: as_of, date, above (percent), estimand (these_houses, sectors,
        anchor, sector, house, new_house, opinion), reference, label, n_polls, n_houses and
        last_poll (mid-field date) of the polls behind it, mean, sd, lower, upper (percent
        and points), alpha, prob_above, common_error (points at 50 percent),
        prob_with_common_error,
        common_error_at_95: the sd of the shared error at which the probability falls to
        0.95, NaN where it is lower without one.  Opinion is the reference plus the shared
        error; the level that anchors measure has none.

    Raises
    ------
    PollInputError
        For polls that cannot be used, none published by ``as_of``, a threshold outside
        0 to 100, a negative common error, an unknown reference or date.

    See Also
    --------
    analysis.trend.results.PollTrendResults.prob_above : one level, one day.

    Notes
    -----
    Intervals and probabilities are those of the fitted trend; between the last poll and
    ``date`` its random walk goes on.  A new house is a draw from the fitted spread of
    houses; with several sectors it comes from each in proportion to its houses.

    Examples
    --------
    >>> polls = pd.DataFrame({
    ...     "house_id": ["a", "b", "a", "b"],
    ...     "start_date": ["2022-03-01", "2022-03-10", "2022-04-01", "2022-04-10"],
    ...     "end_date": ["2022-03-03", "2022-03-12", "2022-04-03", "2022-04-12"],
    ...     "sample_size": [1600, 1000, 1600, 1000],
    ...     "share_pct": [70, 62, 72, 65],
    ... })
    >>> table = claim(polls, above=50, as_of="2022-04-05")
    >>> table[["reference", "n_polls"]].to_records(index=False).tolist()
    [('houses', 3), ('a', 2), ('b', 1), ('new', 3), ('opinion', 3)]
    """
    # A slip here should not cost a fit.
    chosen = options or TrendOptions()
    check_request(above, changes.get("common_error", chosen.common_error), alpha)
    known = obs if as_of is None else published_by(obs, as_of)[0]
    if as_of is not None and anchors is not None:
        anchors = anchors_by(anchors, as_of)
    model = PollTrend(
        known, priors=priors, anchors=anchors, events=events, options=chosen, **changes
    )
    results = model.fit(method)
    return claim_table(results, above, as_of=as_of, date=date, reference=reference, alpha=alpha)


def claim_table(
    results: PollTrendResults,
    above: float,
    *,
    as_of: object = None,
    date: object = None,
    reference: str | None = None,
    common_error: float | None = None,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Build the table of :func:`claim` from a trend that is already fitted.

    Parameters
    ----------
    results : PollTrendResults
        Fitted to the polls known by ``as_of``, which cannot be checked here.
    above, as_of, date, reference, alpha
        As in :func:`claim`.
    common_error : float, optional
        As in :func:`claim`; that of the model where it is left out.

    Returns
    -------
    DataFrame
    """
    obs = results.observations
    common_error = results.model.options.common_error if common_error is None else common_error
    check_request(above, common_error, alpha)
    reference = reference or results.default_reference
    results.weights_of(reference)  # raises when there is no such reference
    known_by = None if as_of is None else one_date(as_of, "as of")
    day = one_date(date) if date is not None else known_by or obs.last_date
    levels = list_levels(results, day, [reference])
    base = next(level for level in levels if level.reference == reference)
    label, opinion = f"opinion: {base.label}", base.spread
    if base.estimand != "anchor":  # from anchors what all houses share is known, and taken out
        label += " plus an error that all houses share"
        opinion = base.spread.widened(common_error)
    levels.append(Level("opinion", "opinion", label, base.houses, opinion))
    rows = [
        {
            "as_of": pd.NaT if known_by is None else pd.Timestamp(known_by),
            "date": pd.Timestamp(day),
            "above": float(above),
            "estimand": level.estimand,
            "reference": level.reference,
            "label": level.label,
            **_polls_behind(obs.polls, level.houses),
            **interval_row(level.spread.percent, alpha),
            "alpha": float(alpha),
            "prob_above": level.spread.prob_above(above),
            "common_error": float(common_error),
            # Opinion has the shared error in it already.
            **_common(base if level.estimand == "opinion" else level, above, common_error),
        }
        for level in levels
    ]
    return pd.DataFrame(rows)


def check_request(above: object, common_error: object, alpha: object) -> None:
    """Refuse a threshold, a common error or an alpha that means nothing.

    Raises
    ------
    PollInputError
        Naming the argument, what was found and what it must be.
    """
    number = int | float | np.integer | np.floating
    if not isinstance(above, number) or not 0 < above < 100:
        raise PollInputError(f"{above!r}", "give a percentage between 0 and 100", "above")
    check_common_error(common_error)
    check_alpha(alpha)


def _polls_behind(polls: pd.DataFrame, houses: tuple[str, ...]) -> dict[str, object]:
    """Count the polls of some houses; of all where the level is of a house not yet seen."""
    mine = polls[polls["house_id"].isin(houses)] if houses else polls
    return {
        "n_polls": len(mine),
        "n_houses": mine["house_id"].nunique(),
        "last_poll": mine["mid_date"].max(),
    }


def _common(level: Level, above: float, common_error: float) -> dict[str, float]:
    if level.estimand == "anchor":
        above_it = level.spread.prob_above(above)
        return {"prob_with_common_error": above_it, "common_error_at_95": float("nan")}
    return {
        "prob_with_common_error": level.spread.widened(common_error).prob_above(above),
        "common_error_at_95": find_error(level.spread, above, CREDIBLE),
    }
