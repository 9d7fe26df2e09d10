"""What the figures of groups say: title, note, alt text and caption, from the results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from figures.kit.changes import judge_change, say_headline
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import source_line
from figures.kit.forest import show_interval
from figures.kit.labels import NO_BREAK, label, plural, show_date, show_number

# A range of ages takes a dash as long as a digit.
DASH = "\N{EN DASH}"
# Ends a range of ages without an upper end.
OPEN = "+"


class Gap(NamedTuple):
    """Two groups whose distance is the finding, and the waves between which it is told.

    Parameters
    ----------
    a, b : str
        The group that is told first, and the one taken off.
    start, end : mapping
        date, mean, lower, upper (points) of the gap at the first and last comparable wave.
    change : mapping
        mean, lower, upper (points) and prob_negative of its change between both.
    """

    a: str
    b: str
    start: Mapping[str, Any]
    end: Mapping[str, Any]
    change: Mapping[str, Any]


def who_title(by: str, gap: Gap, edition: Edition = DEFAULT) -> str:
    """Say which group supports more, and what became of the gap.

    Parameters
    ----------
    by : str
        What the groups are.
    gap : Gap
        The finding.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> then = {"date": pd.Timestamp("2022-03-11"), "mean": 39.0, "lower": 35, "upper": 43}
    >>> now = {"date": pd.Timestamp("2025-02-09"), "mean": 32.0, "lower": 28, "upper": 37}
    >>> change = {"mean": -6.5, "lower": -12.0, "upper": -1.0, "prob_negative": 0.99}
    >>> title = who_title("age_group", Gap("60+", "18-29", then, now, change))
    >>> title.replace(chr(160), " ").split("; ")[1]
    'the gap of 60+ to 18–29 narrowed from March 2022 to February 2025: −7 (−12 to −1) points'
    """
    side, sign = _read_side(gap)
    change = gap.change
    if side == "less":  # the gap is told as a distance, so its change turns round
        change = {
            "lower": -gap.change["upper"],
            "upper": -gap.change["lower"],
            "prob_negative": 1 - gap.change["prob_negative"],
        }
    tail = label(
        f"who.gap.{judge_change(change)}",
        edition,
        gap=label(f"who.{by}.gap", edition, a=show_group(gap.a), b=show_group(gap.b)),
        interval=_say_interval(gap, sign, edition),
        since=show_month(gap.start["date"], edition),
        until=show_month(gap.end["date"], edition),
    )
    return label("who.title", edition, lead=label(f"who.{by}.{side}", edition), tail=tail)


def say_gap(gap: Gap, edition: Edition = DEFAULT) -> str:
    """Change of the gap, told as that of a distance, for a card."""
    _, sign = _read_side(gap)
    low, high = sorted(sign * float(gap.change[name]) for name in ("lower", "upper"))
    mean = sign * float(gap.change["mean"])
    change = say_headline({"mean": mean, "lower": low, "upper": high}, edition)
    return label("who.card", edition, change=change[:1].lower() + change[1:])


def _read_side(gap: Gap) -> tuple[str, int]:
    """Which group supports more, and the sign that turns the gap into a distance."""
    side = "more" if gap.end["lower"] > 0 else "less" if gap.end["upper"] < 0 else "same"
    return side, 1 if side != "less" else -1


def _say_interval(gap: Gap, sign: int, edition: Edition) -> str:
    """Change of the gap with its interval, told as that of a distance."""
    low, high = sorted(sign * float(gap.change[name]) for name in ("lower", "upper"))
    return show_interval(sign * float(gap.change["mean"]), low, high, edition)


def who_note(by: str, edition: Edition = DEFAULT) -> str:
    """Say on the picture what cannot be compared, or what is not corrected."""
    return label("who.all.brief" if by == "all" else "who.note", edition)


def who_alt(by: str, gap: Gap, drawn: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Describe the picture to those who do not see it, in at most 40 words.

    Parameters
    ----------
    by : str
        What the groups are.
    gap : Gap
        The finding.
    drawn : DataFrame
        As from `figures.groups.over_time.who_data`.
    edition : Edition
        Its language is used.
    """
    told = {}
    # Lines end, as their labels do, with the last wave, however it asked.
    for name, group in (("a", gap.a), ("b", gap.b)):
        mine = drawn[drawn["group"] == group].set_index("date")["value_pct"]
        told[name] = name_group(by, group, edition)
        told[f"{name}_end"] = show_number(mine.iloc[-1], edition)
    day = drawn["date"].max()
    told["drawn"] = show_month(day, edition)
    if not drawn.loc[drawn["date"] == day, "is_comparable"].any():
        told["drawn"] = label("who.otherwise", edition, month=told["drawn"])
    for end, moment in (("start", gap.start), ("end", gap.end)):
        told[f"gap_{end}"] = show_number(moment["mean"], edition)
    first, last = (show_month(moment["date"], edition) for moment in (gap.start, gap.end))
    return label("who.alt", edition, first=first, last=last, **told)


def who_caption(
    by: str,
    found: Mapping[str, Any],
    source: str,
    data_to: date | pd.Timestamp,
    edition: Edition = DEFAULT,
) -> str:
    """Method, note, question and sources.

    Parameters
    ----------
    by : str
        What the groups are; "all" for all of them.
    found : mapping
        n_interviews and n_waves, as from ``results.diagnostics()``.
    source, data_to
        As for `figures.kit.finish.source_line`.
    edition : Edition
        Its language is used.
    """
    number = show_number(found["n_interviews"], edition)
    waves = plural("count.waves", found["n_waves"], edition)
    method = label("who.method", edition, n=number, waves=waves)
    line = source_line(source, data_to, edition)
    limits = label(f"who.{by}.note", edition)
    if by != "all":
        limits = f"{limits} {who_note(by, edition)}"
    return "\n".join([label("who.question", edition), limits, method, line])


def name_group(
    by: str, group: str, edition: Edition = DEFAULT, *, share: float | None = None
) -> str:
    """Name of a group, with its share where one is given.

    Examples
    --------
    >>> name_group("age_group", "18-29", share=38.2).replace(chr(160), " ")
    'Aged 18–29: 38%'
    """
    key = f"who.{by}.{group}.name"
    if by == "age_group":
        key = "who.age_group.open" if group.endswith(OPEN) else "who.age_group.group"
    name = label(key, edition, group=show_group(group.removesuffix(OPEN)))
    if share is None:
        return name
    return label("who.group.share", edition, name=name, n=show_number(share, edition))


def show_group(group: str) -> str:
    """Write a range of ages with the dash of print.

    Examples
    --------
    >>> show_group("18-29"), show_group("60+")
    ('18–29', '60+')
    """
    return group.replace("-", DASH)


def show_month(day: date | pd.Timestamp, edition: Edition = DEFAULT) -> str:
    """Month and year as they stand alone.

    Examples
    --------
    >>> show_month(pd.Timestamp("2022-03-11")).split()
    ['March', '2022']
    """
    return show_date(day, edition, "LLLL y").replace(" ", NO_BREAK)
