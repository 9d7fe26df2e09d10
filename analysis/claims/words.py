"""A claim in sentences: what the polls of the day carried, and what they could not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.claims.threshold import CREDIBLE
from analysis.observations.frame import Observations

COMMON_ERROR_ORIGIN = (
    "an input, not an estimate: polls cannot tell it; elsewhere, where elections can, the "
    "shared error averages 1.9 points in absolute value, as an error of sd 2.4 does; less for "
    "small and large shares, as sqrt(p (100 - p))"
)
COMMON_ERROR_GIVEN = "an input, not an estimate: polls cannot tell it; given with the command"
LIMITS = (
    "Probabilities hold given the model. Polls measure declared answers: what all houses miss "
    "alike, such as who takes part and what people dare to say, leaves no trace in them; only "
    "the probability of opinion allows for it, as far as the size of the common error is right."
)


def write_sentences(table: pd.DataFrame, reference: str, measure: str, origin: str) -> list[str]:
    """Put a claim into words.

    Parameters
    ----------
    table : DataFrame
        From :func:`analysis.claims.threshold.claim`.
    reference : str
        The level that the claim is about in the first place.
    measure : str
        What the shares are of.
    origin : str
        Where the size of the common error comes from.

    Returns
    -------
    list of str
        One paragraph per estimand: the reference, sectors, houses, a new house, opinion;
        then what none of them covers.
    """
    head = _row(table, reference)
    opening = f"{_capital(head['label'])}: {measure} at {_level(head)} on {_day(head)}; "
    opening += f"{_odds(head)} that it was above {head['above']:g} percent."
    new = _row(table[table["estimand"] == "new_house"], "new")
    new_house = f"{_capital(new['label'])}: {_level(new)}; {_odds(new)}."
    groups = _about_sectors(table) + _about_houses(table)
    return [opening, *groups, new_house, _about_opinion(table, origin), LIMITS]


def write_verdict(table: pd.DataFrame, reference: str) -> str:
    """Say for which levels the claim is credible and for which it is not."""
    is_sector = table["estimand"] == "sector"
    is_extra = table["estimand"].isin(["new_house", "opinion"])
    is_extra &= table["reference"].isin(["new", "opinion"])
    # A house could be called new: what is asked for is never one of the extra levels.
    is_asked = ~is_extra & (table["reference"] == reference)
    chosen = table[is_asked | is_sector | is_extra]
    is_credible = chosen["prob_above"] >= CREDIBLE
    named = pd.Series([_name(row) for row in _rows(chosen)], index=chosen.index, dtype="str")
    yes, no = _enumerate(list(named[is_credible])), _enumerate(list(named[~is_credible]))
    houses = table[table["estimand"] == "house"]
    n_sure = int((houses["prob_above"] >= CREDIBLE).sum())
    text = f"The claim has a probability of {CREDIBLE:g} or more for {yes or 'no level'}"
    text += f"; less for {no}" if no else ""
    return f"{text}. Single houses with {CREDIBLE:g} or more: {n_sure} of {len(houses)}."


def describe_polls(
    obs: Observations, as_of: str | None, date: pd.Timestamp, n_undated: int, n_anchors: int = 0
) -> str:
    """Say which polls were known and how far from the date they lie."""
    text = f"{_some(len(obs.polls), 'poll')} of {_some(len(obs.houses), 'house')}"
    text += f" published by {as_of}" if as_of else ""
    if n_undated:
        text += f" ({n_undated} without a publication date count from their last day of fieldwork)"
    text += f"; mid-field dates {obs.first_date} to {obs.last_date}"
    text += f"; {_some(n_anchors, 'anchor')}." if n_anchors else "."
    after = int((date.to_datetime64().astype("datetime64[D]") - obs.last_date).astype(int))
    before = int((obs.first_date - date.to_datetime64().astype("datetime64[D]")).astype(int))
    if after > 0:
        text += f" The date lies {after} days after the last of them: the level is carried forward."
    if before > 0:
        text += f" The date lies {before} days before the first: the level is carried back."
    if as_of and pd.Timestamp(as_of) < date:
        text += " The date was still to come: this is a forecast."
    return text


def show_probability(probability: float) -> str:
    """Round to three decimals, and never to certainty.

    Examples
    --------
    >>> [show_probability(p) for p in (0.62351, 0.99996, 0.0)]
    ['0.624', '>0.999', '<0.001']
    """
    if probability >= 0.9995:
        return ">0.999"
    return "<0.001" if probability < 0.0005 else f"{probability:.3f}"


def _about_sectors(table: pd.DataFrame) -> list[str]:
    """Each sector, and all of them at once by bounds that need no dependence."""
    sectors = table[table["estimand"] == "sector"]
    if sectors.empty:
        return []
    parts = [f"{_short(row)}, {_count(row)}" for row in _rows(sectors)]
    text = f"By sector: {'; '.join(parts)}."
    if len(sectors) > 1:
        text += f" That all {len(sectors)} were above: {_bounds(sectors['prob_above'])}."
    return [text]


def _bounds(probabilities: pd.Series[float]) -> str:
    """Bound the probability of all at once, whatever the dependence (Frechet 1935)."""
    least = float(probabilities.sum()) - len(probabilities) + 1
    low, high = (show_probability(p).strip("<>") for p in (least, float(probabilities.min())))
    if least >= CREDIBLE:
        return f"probability at least {low}"
    return f"probability {low} to {high}" if least > 0.0005 else f"probability at most {high}"


def _about_houses(table: pd.DataFrame) -> list[str]:
    houses = table[table["estimand"] == "house"]
    if len(houses) < 2:
        return []
    sure = int((houses["prob_above"] >= CREDIBLE).sum())
    low = next(_rows(houses.nsmallest(1, "prob_above")))
    text = f"By house, each as it measures: {sure} of {len(houses)} were above with probability "
    return [f"{text}{CREDIBLE:g} or more. The least certain: {_short(low)}, {_count(low)}."]


def _about_opinion(table: pd.DataFrame, origin: str) -> str:
    row = _row(table[table["estimand"] == "opinion"], "opinion")
    if row["label"].endswith("measure"):  # by anchors, which have no shared error
        return f"{_capital(row['label'])}: {_level(row)}; {_odds(row)}."
    text = (
        f"{_capital(row['label'])} (sd {row['common_error']:g} points at 50 percent; {origin}): "
        f"{_level(row)}; "
        f"{_odds(row)}. "
    )
    limit = row["common_error_at_95"]
    if pd.isna(limit):
        return text + f"Even without a shared error the probability is below {CREDIBLE:g}."
    return text + f"The probability falls to {CREDIBLE:g} at a shared error of {limit:.1f} points."


def _name(row: dict[str, Any]) -> str:
    """Name a level in a list."""
    names = {
        "these_houses": "the mean of these houses"
        if row["reference"] == "houses"
        else row["label"],
        "sectors": "the mean over sectors",
        "anchor": "the level that the anchors measure",
        "sector": f"the mean of {row['reference'].replace(':', ' ')}",
        "house": f"house {row['reference']}",
        "new_house": "a house that has not polled yet",
        "opinion": "opinion (with the common error)",
    }
    return names[row["estimand"]]


def _enumerate(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _row(table: pd.DataFrame, reference: str) -> dict[str, Any]:
    return next(_rows(table[table["reference"] == reference]))


def _rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    return ({str(k): v for k, v in row.items()} for row in table.to_dict("records"))


def _level(row: dict[str, Any]) -> str:
    percent = f"{100 * (1 - row['alpha']):g}%"
    ends = f"{row['lower']:.1f} to {row['upper']:.1f}"
    return f"{row['mean']:.1f} percent ({percent} interval {ends})"


def _odds(row: dict[str, Any]) -> str:
    text = show_probability(row["prob_above"])
    return "probability " + text.replace(">", "over ").replace("<", "under ")


def _short(row: dict[str, Any]) -> str:
    name = row["reference"].removeprefix("sector:")
    return f"{name} {row['mean']:.1f} percent, {_odds(row)}"


def _count(row: dict[str, Any]) -> str:
    text = _some(row["n_polls"], "poll")
    if row["estimand"] == "house":
        return f"{text}, the last on {row['last_poll'].date()}"
    return f"{text} of {_some(row['n_houses'], 'house')}"


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _day(row: dict[str, Any]) -> str:
    return str(row["date"].date())


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
