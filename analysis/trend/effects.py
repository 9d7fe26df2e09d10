"""Tables of single effects: events with the evidence for them, covariates, sector gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.errors import PollInputError
from analysis.base.intervals import Distribution, interval_frame, interval_row
from analysis.base.mixture import Mixture, log_normal
from analysis.observations.frame import Observations
from analysis.observations.references import Reference, contrast_row, sector_houses
from analysis.trend.fitted import FittedTrend, fit_model, smooth_model
from analysis.trend.solver.design import COVARIATE, EVENT, Design
from analysis.trend.solver.inputs import Covariates

GAP_ESTIMANDS = ("these_houses", "population")
# A column whose residual keeps less than this share of its variance is not identified.
NOTHING_LEFT = 1e-9
# Effects that a user adds; and the share of a direction of length 1 that observations see.
ESTIMATED = (EVENT, COVARIATE)
SEEN = 1e-8
# More names, or messages, are not read.
MOST_NAMED = 5
# Houses with fewer polls say little of their sector.
MANY_POLLS = 3
# Prior sd of houses and sectors that leaves their effects unpooled, in units of sigma_h's prior.
UNPOOLED = 10.0


def confounding(observations: Observations, covariates: Covariates) -> pd.DataFrame:
    """Report of what is identified when houses and covariates overlap.

    Parameters
    ----------
    observations : Observations
    covariates : Covariates

    Returns
    -------
    DataFrame
        term, n_polls (with that level), n_houses, is_identified (beside free
        house effects and the other terms), variance_inflation (against a
        column unrelated to houses and other terms; infinite when not
        identified), carried_by (houses that asked both ways, and so carry the
        contrast), rank and n_columns (of houses and terms together).

    Notes
    -----
    Variance inflation is ``1 / (1 - R^2)`` of the column on all others
    (Belsley, Kuh and Welsch 1980, Regression Diagnostics, chapter 3).  Where a
    term is not identified its estimate is the prior, shared out.
    """
    house = observations.house_of_poll
    dummies = np.eye(len(observations.houses))[house]
    everything = np.hstack([dummies, covariates.indicators])
    rank = int(np.linalg.matrix_rank(everything))
    rows = []
    for k, name in enumerate(covariates.names):
        column = covariates.indicators[:, k]
        others = np.hstack([dummies, np.delete(covariates.indicators, k, axis=1)])
        left = _unexplained(column, others)
        share = np.array([column[house == j].mean() for j in range(len(observations.houses))])
        both_ways = [observations.houses[j] for j in np.flatnonzero((share > 0) & (share < 1))]
        rows.append(
            {
                "term": name,
                "n_polls": int(column.sum()),
                "n_houses": int((share > 0).sum()),
                "is_identified": left > NOTHING_LEFT,
                "variance_inflation": 1 / left if left > NOTHING_LEFT else np.inf,
                "carried_by": ", ".join(both_ways),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.assign(rank=rank, n_columns=everything.shape[1])


def _unexplained(column: Array, others: Array) -> float:
    """Share of a column's variance that the other columns do not explain; of none, nothing."""
    centred = column - column.mean()
    fitted = others @ np.linalg.lstsq(others, centred, rcond=None)[0]
    total = float((centred**2).sum())
    return float(((centred - fitted) ** 2).sum()) / total if total > 0 else 0.0


def tell_confounded(fitted: FittedTrend) -> list[str]:
    """Events and covariates that no observation tells from each other or from houses.

    Notes
    -----
    Directions of the effects along which no observation changes are the null space of the columns
    (Golub and Van Loan 2013, Matrix Computations, section 2.4).  Effects with a part in one of
    them are named together.
    """
    design = fitted.model.design
    chosen = [i for i, name in enumerate(design.names) if name.startswith(ESTIMATED)]
    if not chosen:
        return []
    houses = np.eye(len(design.house_map))[design.house] * (design.house >= 0)[:, None]
    if not design.is_anchored:
        houses = houses[:, 1:]  # the level has what all houses have in common
    columns = np.hstack([design.columns[:, chosen], houses, np.ones((len(design.day), 1))])
    length = np.linalg.norm(columns, axis=0)
    triangle = np.linalg.qr(columns / np.where(length > 0, length, 1.0), mode="r")
    _, size, directions = np.linalg.svd(triangle)
    unseen = directions[np.count_nonzero(size > SEEN * size[0]) :]
    together = np.abs(unseen.T @ unseen) > SEEN
    effects, of_houses = together[: len(chosen), : len(chosen)], together[:, len(chosen) : -1]
    groups = {
        tuple(np.flatnonzero(row))
        for row, own in zip(effects, effects.diagonal(), strict=True)
        if own
    }
    texts = []
    for group in sorted(groups)[:MOST_NAMED]:
        names = [design.names[chosen[k]].replace(":", " ", 1) for k in group]
        named = ", ".join(names[:MOST_NAMED])
        named += f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        if of_houses[group[0]].any():
            texts.append(
                f"the polls cannot tell {named} from what houses have of their own: how much of it "
                "is theirs comes from the priors alone; leave it out, or add polls of one house "
                "with and without it"
            )
        elif len(names) > 1:
            texts.append(
                f"the polls cannot tell {named} apart: how one effect is shared among them comes "
                "from the priors alone; leave out all but one of them"
            )
        else:
            texts.append(
                f"no poll tells of {named}: what is shown of it is its prior; leave it out"
            )
    if len(groups) > MOST_NAMED:
        texts.append(f"{len(groups) - MOST_NAMED} more groups of effects cannot be told apart")
    return texts


def _effects_named(design: Design, prefix: str) -> tuple[list[str], Array]:
    """Names after a prefix, and the rows that pick these effects."""
    chosen = [i for i, name in enumerate(design.names) if name.startswith(prefix)]
    names = [design.names[i].removeprefix(prefix) for i in chosen]
    return names, np.eye(len(design.names))[chosen]


def event_table(fitted: FittedTrend, alpha: float) -> pd.DataFrame:
    """Level shift of each event and the evidence for it.

    Returns
    -------
    DataFrame
        event, date, mean, sd, lower, upper (points), prob_positive,
        log_bayes_factor: log evidence for a shift with its prior against none.

    Notes
    -----
    The Bayes factor is the Savage-Dickey ratio: prior over posterior density of
    the shift at zero (Dickey 1971, Annals of Mathematical Statistics 42(1)).
    """
    design, posterior = fitted.model.design, fitted.posterior
    names, rows = _effects_named(design, EVENT)
    days = fitted.observations.days_of(np.array([fitted.model.events[n] for n in names]))
    shifts = fitted.queries.shifts(rows, days)
    frame = interval_frame(shifts, alpha)
    frame.insert(0, "event", names)
    frame.insert(1, "date", [fitted.model.events[name] for name in names])
    frame["prob_positive"] = shifts.probability_above(0.0)
    prior = log_normal(0.0, 0.0, fitted.model.model_priors.event_sd)
    frame["log_bayes_factor"] = prior - log_density_at_zero(posterior.effects(rows))
    return frame


def log_density_at_zero(quantities: Mixture) -> Array:
    """Log density of each quantity at zero, shape (n,)."""
    each = log_normal(0.0, quantities.mean, np.sqrt(quantities.variance))
    top = each.max(axis=0)
    return np.asarray(top + np.log(quantities.weights @ np.exp(each - top)))


def covariate_table(fitted: FittedTrend, alpha: float) -> pd.DataFrame:
    """Coefficient of each level of each covariate against its commonest level.

    Returns
    -------
    DataFrame
        covariate, level, baseline, mean, sd, lower, upper (points),
        prior_sd and learned: share of the prior variance that the polls removed.
    """
    names, rows = _effects_named(fitted.model.design, COVARIATE)
    last = np.full(len(rows), fitted.model.design.day[-1])
    frame = interval_frame(fitted.queries.shifts(rows, last), alpha)
    pairs = [name.partition("=")[::2] for name in names]
    frame.insert(0, "covariate", [covariate for covariate, _ in pairs])
    frame.insert(1, "level", [level for _, level in pairs])
    baseline = fitted.model.covariates.baseline
    frame.insert(2, "baseline", [baseline.get(covariate, "") for covariate, _ in pairs])
    frame["prior_sd"] = fitted.model.priors.covariate_sd
    frame["learned"] = 1 - (frame["sd"] / frame["prior_sd"]) ** 2
    return frame


def house_effect_table(
    fitted: FittedTrend, reference: Reference | None, alpha: float
) -> pd.DataFrame:
    """House effects: see :meth:`analysis.trend.results.PollTrendResults.house_effects`."""
    obs = fitted.observations
    frame = interval_frame(fitted.queries.house_effects(fitted.weights_of(reference)), alpha)
    counts = np.bincount(obs.house_of_poll, minlength=len(obs.houses))
    frame.insert(0, "house_id", list(obs.houses))
    frame.insert(1, "sector", list(obs.house_sector))
    frame.insert(2, "n_polls", counts)
    return frame


def house_contrast_row(
    fitted: FittedTrend, weights: Mapping[str, float], alpha: float
) -> pd.Series[Any]:
    """Contrast of houses: see :meth:`analysis.trend.results.PollTrendResults.contrast`."""
    row = contrast_row(fitted.observations, weights)
    difference = fitted.queries.contrasts(row[None, :])
    return pd.Series(_signed_row(difference, alpha), name="contrast")


def _signed_row(difference: Distribution, alpha: float) -> dict[str, float]:
    """Interval of one difference, and the probability that it is positive."""
    positive = float(difference.probability_above(0.0)[0])
    return {**interval_row(difference, alpha), "prob_positive": positive}


def sector_gap_row(
    fitted: FittedTrend, sector: str, other: str, estimand: str, alpha: float
) -> pd.Series[Any]:
    """Gap of two sectors: see :meth:`analysis.trend.results.PollTrendResults.sector_gap`."""
    if estimand not in GAP_ESTIMANDS:
        cure = "use one of " + ", ".join(GAP_ESTIMANDS)
        raise PollInputError(f"estimand {estimand!r} is not known", cure)
    row = _signed_row(sector_difference(fitted, sector, other, estimand), alpha)
    return pd.Series({"estimand": estimand, **row}, name="sector_gap")


def sector_difference(fitted: FittedTrend, sector: str, other: str, estimand: str) -> Distribution:
    """Gap between two sectors under one estimand."""
    obs, names = fitted.observations, fitted.model.design.names
    contrast = sector_houses(obs, sector) - sector_houses(obs, other)
    if estimand == "these_houses":
        return fitted.queries.contrasts(contrast[None, :])
    row = np.zeros((1, len(names)))
    if sector != other:
        row[0, names.index(f"sector:{sector}")] = 1.0
        row[0, names.index(f"sector:{other}")] = -1.0
    return fitted.queries.shifts(row, obs.day[[len(obs.day) // 2]])


def sector_gap_choices(fitted: FittedTrend, sector: str, other: str, alpha: float) -> pd.DataFrame:
    """One gap under several identification choices, side by side.

    Returns
    -------
    DataFrame
        choice, meaning, mean, sd, lower, upper (points), prob_positive.  A
        choice that leaves a sector without houses is not in it.
    """
    counts = np.bincount(fitted.observations.house_of_poll).astype(float)
    these = "plain means of the observed houses"
    turned = "static" if fitted.model.design.drift else "drifting"
    other_drift = fitted.model.variant(drift=not fitted.model.design.drift)
    refitted = fit_model(other_drift, fitted.fit.method)
    found = {
        "these_houses": (these, sector_difference(fitted, sector, other, "these_houses")),
        "by_polls": (
            "means of the observed houses, weighted by their polls",
            _weighted_gap(fitted, sector, other, counts),
        ),
        "many_polls": (
            f"plain means of the houses with at least {MANY_POLLS} polls",
            _weighted_gap(fitted, sector, other, (counts >= MANY_POLLS).astype(float)),
        ),
        "population": (
            "houses of these sectors at large",
            sector_difference(fitted, sector, other, "population"),
        ),
        "unpooled": (
            f"{these}, which are not drawn together",
            sector_difference(_unpooled(fitted), sector, other, "these_houses"),
        ),
        turned: (
            f"{these}, which are {turned}",
            sector_difference(refitted, sector, other, "these_houses"),
        ),
    }
    rows = [
        {
            "choice": choice,
            "meaning": meaning,
            **_signed_row(quantity, alpha),
        }
        for choice, (meaning, quantity) in found.items()
        if quantity is not None
    ]
    return pd.DataFrame(rows)


def _weighted_gap(
    fitted: FittedTrend, sector: str, other: str, weights: Array
) -> Distribution | None:
    """Gap between weighted means of the houses; None when a sector has no weight."""
    one = sector_houses(fitted.observations, sector) * weights
    two = sector_houses(fitted.observations, other) * weights
    if min(one.sum(), two.sum()) == 0:
        return None
    return fitted.queries.contrasts((one / one.sum() - two / two.sum())[None, :])


def _unpooled(fitted: FittedTrend) -> FittedTrend:
    """Same polls, houses so wide apart that none is drawn to another; the rest is kept."""
    priors = fitted.model.priors
    params = fitted.params | {"sigma_h": UNPOOLED * fitted.model.model_priors.sigma_h}
    wide = fitted.model.variant(priors=replace(priors, sector_sd=UNPOOLED * priors.sector_sd))
    return smooth_model(wide, [params[name] for name in wide.space.param_names])


def require(names: object, what: str, cure: str) -> None:
    """Refuse to tabulate what the model does not hold."""
    if not names:
        raise PollInputError(f"the model has no {what}", cure)
