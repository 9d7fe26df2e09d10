"""Findings in words: the table that notebooks and pages show, with names, units and windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.base.text import round_half_up

MINUS = "\N{MINUS SIGN}"
# What a finding is about, by the longest beginning of its name.
ABOUT = {
    "support.panel": "Support for the war, mean of the panel",
    "support.static": "the same, if every pollster’s lean stands still",
    "support.typical": "Support for the war, another pollster like these",
    "support.first_weeks": "Support for the war, from the first two weeks",
    "support.autumn": "Support for the war, counted from autumn 2022",
    "support.house": "Support for the war",
    "chronicles.as_published": "as published",
    "chronicles.shifted": "waves that asked last may differ by a shift",
    "chronicles.shift": "that shift: asked last minus asked earlier",
    "chronicles.by_own_test": "moved by what its own test of March 2022 found",
    "fight_on.panel": "Would go on with the fighting",
    "fight_on.support": "Support for the war, same pollster and windows",
    "fight_on.paired": "Fighting on minus support, wave by wave",
    "fight_on.whole": "Would go on, all pollsters, from the leak on",
    "talks.panel": "Would start peace talks",
    "success": "The operation goes well",
    "undo": "Would undo the start",
    "peace_deal_territory": "Would back an end that returns territory",
    "peace_deal": "Would back an end of the war now",
    "withdraw": "Would back a withdrawal",
    "houses.apart": "Support for the war, highest minus lowest pollster",
    "houses.gap.these_houses": "State-run minus independent, mean of these pollsters",
    "houses.gap.by_polls": "the same, weighted by polls",
    "houses.gap.many_polls": "the same, pollsters with three polls or more",
    "houses.gap.population": "the same, other pollsters of these sectors",
    "houses.gap.unpooled": "the same, each pollster by itself",
    "houses.gap.static": "the same, leans that stand still",
    "claim.houses.50": "Pollsters above 50 percent, 95% sure",
    "claim.houses.55": "Pollsters above 55 percent, 95% sure",
    "claim.houses.60": "Pollsters above 60 percent, 95% sure",
    "claim.level.houses": "Level, mean of all pollsters",
    "claim.level.state": "Level, state-run pollsters",
    "claim.level.independent": "Level, independent pollsters",
    "claim.level.chronicles": "Level, Chronicles",
    "claim.one_sided": "Majority under a one-sided error",
    "claim.insincere": "Insincere needed for a true half",
    "sincerity.gap": "List experiment: direct minus secret answers",
    "sincerity.share": "the same, as a share of those who said yes",
    "wording.refusal_offered_against": "Refusal offered, same place: open opposition",
    "wording.refusal_offered": "Refusal offered, same place: support",
    "wording.asked_early": "Asked early, not last: support",
    "silence.recontact": "Response ratio implied by re-contacts",
    "silence.fear": "Response ratio if all who fear polls refused",
    "opinion.of_all": "of all respondents, first minus second",
    "opinion.of_opinion": "of those with an opinion, first minus second",
    "parts.support.for": "Support for the war, of three parts",
    "parts.support.against": "Opposition to the war, of three parts",
    "parts.support.undecided": "No answer on the war, of three parts",
    "parts.talks.for": "Would start peace talks, of three parts",
    "parts.talks.against": "Would go on with the fighting, of three parts",
    "parts.talks.undecided": "No answer on talks, of three parts",
    "event.support": "Support for the war, shift at",
    "event.continue": "Would go on with the fighting, shift at",
    "groups.age_group.start": "Gap of 60+ to 18–29, first comparable wave",
    "groups.age_group.end": "Gap of 60+ to 18–29, last comparable wave",
    "groups.age_group.change": "Change of the gap of 60+ to 18–29",
    "groups.tv_source.start": "Gap of TV viewers to others, first comparable wave",
    "groups.tv_source.end": "Gap of TV viewers to others, last comparable wave",
    "groups.tv_source.change": "Change of the gap of TV viewers to others",
}
# Levels of the claim that are no house.
LEVELS = {
    "houses": "mean of all pollsters",
    "state": "state-run pollsters",
    "independent": "independent pollsters",
}
UNITS = {"percent": "percent", "points": "points", "ratio": "ratio", "count": "pollsters"}


def show_findings(found: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Write findings as a table for readers: names in place of ids, units, windows, signs.

    Parameters
    ----------
    found : DataFrame
        As from :func:`analysis.findings.table.findings`.
    names : mapping of str to str
        Names of the houses by house_id, and of events by event_id.

    Returns
    -------
    DataFrame
        finding, size, 95% interval, unit, pollsters, from, to; text, without an index name. The
        numbers come first: on a narrow screen the rest has to be scrolled to.

    Examples
    --------
    >>> row = {"finding": "fight_on.panel", "panel": "levada", "unit": "points", "mean": -16.46,
    ...        "lower": -19.7, "upper": -12.9, "start": pd.Timestamp("2022-08-01"),
    ...        "start_until": pd.Timestamp("2022-09-30"), "end": pd.Timestamp("2025-03-01"),
    ...        "end_until": pd.Timestamp("2026-02-28"), "house_id": "levada"}
    >>> show_findings(pd.DataFrame([row]), {"levada": "Levada Center"}).iloc[0].tolist()[1:5]
    ['−16.5', '−19.7 to −12.9', 'points', 'Levada Center']
    """
    rows = [_row(dict(row), names) for row in found.to_dict("records")]
    columns = ["finding", "size", "95% interval", "unit", "pollsters", "from", "to"]
    return pd.DataFrame(rows, columns=columns)


def signed(value: float) -> str:
    """Write a number with its sign and one decimal, with a minus sign that is one.

    Examples
    --------
    >>> [signed(value) for value in (-4.25, 0.04, -0.04, 3)]
    ['−4.3', '0.0', '0.0', '+3.0']
    """
    text = f"{round_half_up(value, 1):+.1f}".replace("-", MINUS)
    return "0.0" if text[1:] == "0.0" else text


def whole(value: float) -> str:
    """Write the size of a number without decimals, halves away from zero.

    Examples
    --------
    >>> [whole(value) for value in (26.5, -7.6, 0.4)]
    ['27', '8', '0']
    """
    return f"{abs(round_half_up(value)):.0f}"


def judge_other_answer(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Say how the wish to fight on moved beside support.

    Parameters
    ----------
    found : mapping
        Rows of the findings by their name.

    Returns
    -------
    {"alone", "more", "too", "unclear"}
        Whether it moved alone, more than a support that moved from all bases, or no more than it;
        "unclear" where its interval touches no change.

    Examples
    --------
    >>> fell = {"direction": "fallen", "mean": -8.0}
    >>> judge_other_answer({"support.panel": fell, "fight_on.panel": fell | {"mean": -16.0}})
    'more'
    """
    other, main = found["fight_on.panel"], found["support.panel"]
    if other["direction"] == "unclear":
        return "unclear"
    bases = ("support.panel", "support.first_weeks", "support.autumn")
    ways = {found[name]["direction"] for name in bases if name in found}
    if len(ways) > 1 or "unclear" in ways:
        return "alone"
    return "more" if abs(other["mean"]) > abs(main["mean"]) else "too"


def name_span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Name a window: two months in full, a longer one as a range, a shorter one by its days.

    Examples
    --------
    >>> name_span(pd.Timestamp("2022-04-01"), pd.Timestamp("2022-05-31"))
    'April and May 2022'
    >>> name_span(pd.Timestamp("2022-12-15"), pd.Timestamp("2023-01-14"))
    '15 December 2022 to 14 January 2023'
    """
    if first == last:
        return f"{first.day} {first:%B %Y}"
    if first.day != 1 or last != last + pd.offsets.MonthEnd(0):
        begin = f"{first:%B}" if first.year == last.year else f"{first:%B %Y}"
        return f"{first.day} {begin} to {last.day} {last:%B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%B %Y}"
    joint = " and " if last.month - first.month == 1 else "\N{EN DASH}"
    if first.year == last.year:
        return f"{first:%B}{joint}{last:%B %Y}"
    return f"{first:%B %Y} to {last:%B %Y}"


def _row(row: Mapping[Any, Any], names: Mapping[str, str]) -> dict[str, str]:
    finding = str(row["finding"])
    begins = [name for name in ABOUT if finding == name or finding.startswith(f"{name}.")]
    about = ABOUT[max(begins, key=len)] if begins else finding
    if finding.startswith(("claim.one_sided.", "claim.insincere.")):
        level = finding.rsplit(".", 1)[1]
        about = f"{about}: {LEVELS.get(level) or names.get(level, level)}"
    if finding.startswith("event."):
        event = finding.rsplit(".", 1)[1]
        about = f"{about}: {names.get(event, event)}"
    panel = row.get("panel")
    ids = str(panel).split(",") if isinstance(panel, str) else [row.get("house_id")]
    houses = ", ".join(names.get(str(house), str(house)) for house in ids if isinstance(house, str))
    unit = str(row["unit"])
    write = signed if unit == "points" else _plain(unit)
    ends = [row["lower"], row["upper"]]
    interval = "" if pd.isna(ends).any() else " to ".join(write(end) for end in ends)
    return {
        "finding": about,
        "pollsters": houses,
        "from": _span(row, "start", "start_until"),
        "to": _span(row, "end", "end_until"),
        "size": write(row["mean"]),
        "95% interval": interval,
        "unit": UNITS[unit],
    }


def _plain(unit: str) -> Any:
    digits = {"ratio": 2, "count": 0}.get(unit, 0)
    return lambda value: f"{round_half_up(value, digits):.{digits}f}"


def _span(row: Mapping[Any, Any], first: str, last: str) -> str:
    start, until = row.get(first), row.get(last)
    if start is None or pd.isna(start):
        return ""
    return name_span(pd.Timestamp(start), pd.Timestamp(start if pd.isna(until) else until))
