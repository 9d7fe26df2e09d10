"""Measures of a fitted composition and their intervals: by day, by house, by sector."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from analysis.base.arrays import Array, Days
from analysis.base.columns import one_date, window_dates
from analysis.base.errors import PollInputError
from analysis.base.intervals import Drawn, check_threshold, interval_frame
from analysis.composition._design import Flags
from analysis.composition._draws import CompositionDraws, inside_simplex
from analysis.composition.fitted import FittedComposition
from analysis.composition.inputs import REST, Composition
from analysis.composition.references import complete_sector, complete_weights

Dates = np.ndarray[Any, np.dtype[np.datetime64]]
# Fewer draws inside 0 to 100 than this make no interval.
FEWEST_DRAWS = 100
GAP_ESTIMANDS = ("these_houses", "population")


def measure_of(composition: Composition, name: str, levels: Array) -> Array:
    """Values of a measure from both parts.

    Parameters
    ----------
    composition : Composition
    name : str
        An answer, ``"undecided"``, ``"opinion_share"`` or ``"net"``.
    levels : ndarray, shape (..., 2, n_draws)
        By ``composition.parts``, percent.

    Returns
    -------
    ndarray, shape (..., n_draws)
        Percent; points for ``"net"``.
    """
    first, second = (levels[..., composition.parts.index(a), :] for a in composition.answers)
    if name == REST:
        # In the order of the parts, so that exchanging the answers changes no bit.
        return np.asarray(100.0 - levels.sum(axis=-2))
    if name == "net":
        return np.asarray(first - second)
    if name == "opinion_share":
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(100.0 * first / (first + second))
    return np.asarray(levels[..., composition.parts.index(name), :])


def summarise(values: Array, kept: Flags, alpha: float) -> pd.DataFrame:
    """Columns mean, sd, lower, upper of draws, one row for each row of draws.

    Parameters
    ----------
    values : ndarray, shape (n_rows, n_draws)
    kept : ndarray of bool, shape (n_rows, n_draws)
        Draws that count.
    alpha : float
        Probability outside the interval, half on each side.

    Raises
    ------
    PollInputError
        When hardly any draw of a row counts.

    Examples
    --------
    >>> values = np.arange(1001.0)[None, :] / 10
    >>> summarise(values, values <= 50, 0.1).round(1).to_dict("records")
    [{'mean': 25.0, 'sd': 14.5, 'lower': 2.5, 'upper': 47.5}]
    """
    count_kept(kept)
    return interval_frame(Drawn(values, kept), alpha)


def count_kept(kept: Flags) -> Days:
    """Draws that count in each row; an error when hardly any does."""
    counts = kept.sum(axis=1)
    if (counts < FEWEST_DRAWS).any():
        raise PollInputError(
            f"only {counts.min()} of {kept.shape[1]} draws lie within 0 to 100 percent",
            "such shares leave no room for a composition on the percent scale: "
            "fit one of them alone with scale='logit'",
        )
    return np.asarray(counts, dtype=np.int64)


def spread_of_levels(composition: Composition, levels: Array, alpha: float) -> pd.DataFrame:
    """Spread over houses of the logit of the first answer, of all and of those with an opinion.

    Parameters
    ----------
    composition : Composition
    levels : ndarray, shape (n_houses, 2, n_draws)
        Both parts of each house that prints both, percent.
    alpha : float

    Returns
    -------
    DataFrame
        measure, n_houses, mean, sd, lower, upper.
    """
    if len(levels) < 2:
        raise PollInputError(
            f"a spread over houses that print both answers needs two, and {len(levels)} is there",
            "lower min_polls, or add polls that print both",
        )
    kept = np.asarray(inside_simplex(levels).all(axis=0) & (levels > 0).all(axis=(0, 1)))
    count_kept(kept[None, :])
    levels = levels[..., kept]
    of_all = logit(measure_of(composition, composition.answers[0], levels) / 100)
    of_holders = logit(measure_of(composition, "opinion_share", levels) / 100)
    spreads = {
        "of_all": of_all.std(axis=0, ddof=1),
        "of_opinion_holders": of_holders.std(axis=0, ddof=1),
    }
    spreads["ratio"] = spreads["of_opinion_holders"] / spreads["of_all"]
    values = np.array(list(spreads.values()))
    frame = summarise(values, np.ones(values.shape, dtype=bool), alpha)
    frame.insert(0, "measure", list(spreads))
    frame.insert(1, "n_houses", len(levels))
    return frame


def tables_on(
    fitted: FittedComposition, reference: str, days: Days, wanted: Sequence[str], alpha: float
) -> dict[str, pd.DataFrame]:
    """Table of each measure, one row for each of some days that do not decrease."""
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in wanted}
    for _, levels in fitted.draws(reference).on_days(days):
        kept = inside_simplex(levels)
        for name in wanted:
            values = measure_of(fitted.composition, name, levels)
            found[name].append(summarise(values, kept, alpha))
    return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}


def trend(
    fitted: FittedComposition, reference: str, part: str | None, alpha: float
) -> pd.DataFrame:
    """Daily table of one measure, or of both answers and the rest with a column part."""
    wanted = (*fitted.answers, REST) if part is None else (fitted.measure(part),)
    dates = fitted.dates
    tables = tables_on(fitted, reference, fitted.observations.days_of(dates), wanted, alpha)
    frames = []
    for name in wanted:
        frame = tables[name]
        frame.insert(0, "date", dates.astype("datetime64[s]"))
        if part is None:
            frame.insert(1, "part", name)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def ahead(
    fitted: FittedComposition, dates: Dates, reference: str, part: str | None
) -> tuple[pd.DataFrame, Drawn]:
    """Measures on a few dates: keys with the dates as index, and draws."""
    wanted = (*fitted.answers, REST) if part is None else (fitted.measure(part),)
    days = fitted.observations.days_of(dates)
    levels = np.concatenate([levels for _, levels in fitted.draws(reference).on_days(days)])
    values = np.stack([measure_of(fitted.composition, name, levels) for name in wanted], axis=1)
    kept = inside_simplex(levels)
    count_kept(kept)
    stamps = dates.astype("datetime64[s]").repeat(len(wanted))
    keys = pd.DataFrame({"part": list(wanted) * len(dates)}, pd.DatetimeIndex(stamps, name="date"))
    quantities = Drawn(values.reshape(-1, values.shape[-1]), kept.repeat(len(wanted), axis=0))
    return keys if part is None else keys.drop(columns="part"), quantities


def change(
    fitted: FittedComposition,
    start: object,
    end: object,
    measure: str | None,
    reference: str,
    alpha: float,
) -> pd.Series[Any]:
    """Change of a measure from one date, or window of dates, to another."""
    name, obs = fitted.measure(measure), fitted.observations
    spans = [obs.days_of(window_dates(one, by)) for one, by in ((start, "start"), (end, "end"))]
    levels = fitted.window_levels(spans, reference)
    values = measure_of(fitted.composition, name, levels)
    return _difference(values[1] - values[0], levels, alpha, "negative", "change")


def _difference(
    values: Array, levels: Array, alpha: float, sign: str, title: str
) -> pd.Series[Any]:
    """Summary of a difference between two sets of levels, shape (2, 2, n_draws)."""
    kept = np.asarray(inside_simplex(levels).all(axis=0))
    row = summarise(values[None, :], kept[None, :], alpha).iloc[0]
    wanted = values[kept] > 0 if sign == "positive" else values[kept] < 0
    return pd.Series({**row.to_dict(), f"prob_{sign}": float(wanted.mean())}, name=title)


def prob_above(
    fitted: FittedComposition, threshold: float, date: object, part: str | None, reference: str
) -> float:
    """Share of the draws of a day in which a measure exceeds a threshold."""
    name, least = fitted.measure(part), check_threshold(threshold)
    days = fitted.observations.days_of(one_date(date))
    levels = np.concatenate([part for _, part in fitted.draws(reference).on_days(days)])
    kept = inside_simplex(levels)
    count_kept(kept)
    return float((measure_of(fitted.composition, name, levels)[kept] > least).mean())


def count_polls(composition: Composition) -> dict[str, Days]:
    """Polls of each house that print each answer; for the rest, of the one printed less often."""
    counts = composition.count_polls()
    return {**dict(zip(composition.parts, counts.T, strict=True)), REST: counts.min(axis=1)}


def effects_on(composition: Composition, part: str, effects: Array) -> Array:
    """Effects on an answer or the rest, shape (..., n_draws), from (..., 2, columns, nodes)."""
    flat = effects.reshape(*effects.shape[:-2], -1)
    if part == REST:
        return np.asarray(-flat.sum(axis=-2))
    return np.asarray(flat[..., composition.parts.index(part), :])


def house_effects(
    fitted: FittedComposition, part: str | None, reference: str, alpha: float
) -> pd.DataFrame:
    """House effects on one part, as differences from a reference."""
    name = fitted.part(part)
    values = effects_on(fitted.composition, name, fitted.draws(reference).houses)
    frame = summarise(values, np.ones(values.shape, dtype=bool), alpha)
    return _name_houses(fitted, frame, count_polls(fitted.composition)[name])


def house_levels(
    fitted: FittedComposition,
    measure: str | None,
    date: object,
    reference: str,
    alpha: float,
    houses: Collection[str] | None,
) -> pd.DataFrame:
    """Each house's own measure, for those of some houses that print both answers."""
    composition, name = fitted.composition, fitted.measure(measure)
    levels = fitted.house_levels(date, reference)
    values = measure_of(composition, name, levels)
    complete = composition.is_complete_house
    if houses is not None:
        complete = complete & np.isin(fitted.observations.houses, list(houses))
    frame = summarise(values[complete], inside_simplex(levels[complete]), alpha)
    full = frame.set_axis(np.flatnonzero(complete), axis=0).reindex(range(len(complete)))
    counts = np.where(complete, count_polls(composition)[REST], 0)
    return _name_houses(fitted, full, counts)


def _name_houses(fitted: FittedComposition, frame: pd.DataFrame, counts: Days) -> pd.DataFrame:
    """Put houses before their numbers; houses without polls of the kind are left out."""
    named, obs = frame.copy(), fitted.observations
    named.insert(0, "house_id", list(obs.houses))
    named.insert(1, "sector", list(obs.house_sector))
    named.insert(2, "n_polls", counts)
    return named[counts > 0].reset_index(drop=True)


def house_difference(
    fitted: FittedComposition,
    house: str,
    other: str,
    measure: str | None,
    date: object,
    alpha: float,
) -> pd.Series[Any]:
    """How much higher one house measures than another."""
    name, houses = fitted.measure(measure), fitted.observations.houses
    for one in (house, other):
        if one not in houses:
            known = ", ".join(houses)
            raise PollInputError(f"house {one!r} has no polls", f"houses there: {known}")
        complete_weights(fitted.composition, one)  # raises when it never prints a part
    chosen = [houses.index(one) for one in (house, other)]
    levels = fitted.house_levels(date, "houses")[chosen]
    values = measure_of(fitted.composition, name, levels)
    return _difference(values[0] - values[1], levels, alpha, "positive", "house_difference")


def house_spread(
    fitted: FittedComposition, date: object, alpha: float, min_polls: int
) -> pd.DataFrame:
    """Spread over the houses that print both answers at least so often."""
    counts = count_polls(fitted.composition)[REST]
    levels = fitted.house_levels(date, "houses")[counts >= max(min_polls, 1)]
    return spread_of_levels(fitted.composition, levels, alpha)


def sector_gap(
    fitted: FittedComposition,
    sector: str,
    other: str,
    part: str | None,
    estimand: str,
    alpha: float,
) -> pd.Series[Any]:
    """How much higher one sector's houses measure a part than another's."""
    if estimand not in GAP_ESTIMANDS:
        cure = "use one of " + ", ".join(GAP_ESTIMANDS)
        raise PollInputError(f"estimand {estimand!r} is not known", cure)
    composition, name, draws = fitted.composition, fitted.part(part), fitted.raw_draws
    contrast = complete_sector(composition, sector) - complete_sector(composition, other)
    if estimand == "these_houses":
        gap = np.tensordot(contrast, draws.houses, axes=1)
    else:
        gap = _sector_contrast(fitted, draws, sector, other)
    values = effects_on(composition, name, gap)[None, :]
    row = summarise(values, np.ones(values.shape, dtype=bool), alpha).iloc[0].to_dict()
    positive = float((values > 0).mean())
    return pd.Series({"estimand": estimand, **row, "prob_positive": positive}, name="sector_gap")


def _sector_contrast(
    fitted: FittedComposition, draws: CompositionDraws, sector: str, other: str
) -> Array:
    """Effect of one sector less that of another, shape (2, n_columns, n_nodes)."""
    if sector == other:
        return np.zeros_like(draws.houses[0])
    effects, sectors = draws.sector_effects(), fitted.observations.sectors
    return np.asarray(effects[sectors.index(sector)] - effects[sectors.index(other)])
