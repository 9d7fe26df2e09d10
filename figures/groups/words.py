"""What the figures of groups say: title, note, alt text and caption, from the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from figures.kit.finish import source_line
from figures.kit.labels import label, plural, show_date, show_number
from figures.support.trend_words import judge_change

if TYPE_CHECKING:
    from datetime import date

    from figures.groups.over_time import Gap

# A range of ages takes a dash as long as a digit.
DASH = "\N{EN DASH}"


def who_title(by: str, gap: Gap, lang: str = "en") -> str:
    """Say which group supports more, and what became of the gap.

    Parameters
    ----------
    by : str
        What the groups are.
    gap : Gap
        The finding.
    lang : {"en", "ru", "uk"}
        Language.

    Examples
    --------
    >>> from figures.groups.over_time import Gap
    >>> then = {"date": pd.Timestamp("2022-03-11"), "mean": 39.0, "lower": 35, "upper": 43}
    >>> now = {"date": pd.Timestamp("2025-02-09"), "mean": 32.0, "lower": 28, "upper": 37}
    >>> change = {"lower": -12.0, "upper": -1.0, "prob_negative": 0.99}
    >>> title = who_title("age_group", Gap("60+", "18-29", then, now, change))
    >>> title.replace(chr(160), " ")[:72]
    'Support for the war rises with age; the gap between the ages 60+ and 18–'
    """
    side = "more" if gap.end["lower"] > 0 else "less" if gap.end["upper"] < 0 else "same"
    sign = 1 if side != "less" else -1
    change = gap.change
    if side == "less":  # the gap is told as a distance, so its change turns round
        change = {
            "lower": -gap.change["upper"],
            "upper": -gap.change["lower"],
            "prob_negative": 1 - gap.change["prob_negative"],
        }
    start, end = (round(sign * moment["mean"]) for moment in (gap.start, gap.end))
    tail = label(
        f"who.gap.{judge_change(change)}",
        lang,
        between=label(f"who.{by}.between", lang, a=show_group(gap.a), b=show_group(gap.b)),
        start=plural("count.points", start, lang, n=show_number(start, lang)),
        end=show_number(end, lang),
        start_time=show_month(gap.start["date"], lang),
        end_time=show_month(gap.end["date"], lang),
    )
    return label("who.title", lang, lead=label(f"who.{by}.{side}", lang), tail=tail)


def who_note(by: str, lang: str = "en") -> str:
    """Say what the lines rest on, and what they leave out."""
    keys = [f"who.{by}.note"] if by == "all" else [f"who.{by}.note", "who.note"]
    return " ".join(label(key, lang) for key in keys)


def who_alt(by: str, gap: Gap, drawn: pd.DataFrame, lang: str = "en") -> str:
    """Describe the picture to those who do not see it, in at most 40 words.

    Parameters
    ----------
    by : str
        What the groups are.
    gap : Gap
        The two groups to tell of.
    drawn : DataFrame
        As from `figures.groups.over_time.who_data`.
    lang : {"en", "ru", "uk"}
        Language.
    """
    told = {}
    for name, group in (("a", gap.a), ("b", gap.b)):
        mine = drawn.loc[drawn["group"] == group, "value_pct"]
        told[name] = name_group(by, group, lang)
        told[f"{name}_start"] = show_number(mine.iloc[0], lang)
        told[f"{name}_end"] = show_number(mine.iloc[-1], lang)
    first, last = show_month(drawn["date"].min(), lang), show_month(drawn["date"].max(), lang)
    return label("who.alt", lang, first=first, last=last, **told)


def who_caption(
    by: str,
    found: Mapping[str, Any],
    source: str,
    data_to: date | pd.Timestamp,
    lang: str = "en",
    *,
    as_of: date | pd.Timestamp | None = None,
) -> str:
    """Method, note, question and sources.

    Parameters
    ----------
    by : str
        What the groups are; "all" for all of them.
    found : mapping
        n_interviews and n_waves, as from ``results.diagnostics()``.
    source, data_to, as_of
        As for `figures.kit.finish.source_line`.
    lang : {"en", "ru", "uk"}
        Language.
    """
    number = show_number(found["n_interviews"], lang)
    waves = plural("count.waves", found["n_waves"], lang)
    method = label("who.method", lang, n=number, waves=waves)
    line = source_line(source, data_to, lang, as_of=as_of)
    return "\n".join([method, who_note(by, lang), label("who.question", lang), line])


def name_group(by: str, group: str, lang: str = "en", *, share: float | None = None) -> str:
    """Name of a group, with its share where one is given.

    Examples
    --------
    >>> name_group("age_group", "18-29", share=38.2).replace(chr(160), " ")
    'Aged 18–29: 38%'
    """
    key = "who.age_group.group" if by == "age_group" else f"who.{by}.{group}.name"
    name = label(key, lang, group=show_group(group))
    if share is None:
        return name
    return label("who.group.share", lang, name=name, n=show_number(share, lang))


def show_group(group: str) -> str:
    """Write a range of ages with the dash of print.

    Examples
    --------
    >>> show_group("18-29"), show_group("60+")
    ('18–29', '60+')
    """
    return group.replace("-", DASH)


def show_month(day: date | pd.Timestamp, lang: str = "en") -> str:
    """Month and year as they stand alone.

    Examples
    --------
    >>> show_month(pd.Timestamp("2022-03-11")).split()
    ['March', '2022']
    """
    return show_date(day, lang, "LLLL y").replace(" ", "\N{NO-BREAK SPACE}")
