"""What the figure of all questions says, and the numbers behind it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from figures.labels import label
from figures.trend_words import judge_change, name_since, say_change

NUMBERS = ("mean", "lower", "upper")


def questions_title(told: Mapping[str, Mapping[Any, Any]], lang: str = "en") -> str:
    """Say how the wish to fight on moved beside support for the war.

    Parameters
    ----------
    told : mapping
        Row of `changes` of each question: that of "continue" is said.
    lang : {"en", "ru", "uk"}
        Language.

    Examples
    --------
    >>> from datetime import date
    >>> fell = {"mean": -16.0, "lower": -26.0, "upper": -7.0, "prob_negative": 1.0}
    >>> support = {"reference_mean": -3.0, "reference_lower": -9.0, "reference_upper": 3.0}
    >>> differs = {"contrast_lower": -25.0, "contrast_upper": -2.0, "start": date(2022, 6, 15)}
    >>> title = questions_title({"continue": fell | support | differs})
    >>> title.replace(chr(160), " ").split(": ")[1]
    '−16 points and −3 points'
    """
    mine = told["continue"]
    said = say_change(mine, lang)
    if mine["contrast_upper"] < 0 and judge_change(mine) == "fell":
        kind = "fell_more"
    elif mine["contrast_lower"] > 0 and judge_change(mine) == "rose":
        kind = "rose_more"
    else:
        kind = "alike"
    support = over_the_same_dates(told, lang)
    return label(
        f"questions.title.{kind}",
        lang,
        since=name_since(pd.Timestamp(mine["start"]), lang),
        change=said["change"],
        support=support["change"],
    )


def over_the_same_dates(told: Mapping[str, Mapping[Any, Any]], lang: str) -> dict[str, str]:
    """Change of support between the dates over which the wish to fight on is told."""
    return say_change({key: told["continue"][f"reference_{key}"] for key in NUMBERS}, lang)


def questions_data(
    series: Mapping[str, pd.DataFrame], trends: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Dots and lines of all panels.

    Returns
    -------
    DataFrame
        question, kind ("poll" or "estimate"), date, value_pct, lower_pct, upper_pct,
        poll_id, house_id, source_url.
    """
    parts = []
    names = dict(zip(NUMBERS, ("value_pct", "lower_pct", "upper_pct"), strict=True))
    for question, obs in series.items():
        polls = obs.rename(columns={"mid_date": "date", "share_pct": "value_pct"})
        parts.append(polls.assign(question=question, kind="poll"))
        trend = trends[question].rename(columns=names)
        parts.append(trend.assign(question=question, kind="estimate"))
    columns = ["question", "kind", "date", "value_pct", "lower_pct", "upper_pct"]
    columns += ["poll_id", "house_id", "source_url"]
    return pd.concat(parts).reindex(columns=columns).reset_index(drop=True)


def questions_note(told: Mapping[str, Mapping[Any, Any]], lang: str) -> str:
    """Say the difference of the two changes with its interval, and what line and band are."""
    mine = told["continue"]
    numbers = {key: mine[f"contrast_{key}"] for key in NUMBERS}
    return label("questions.note", lang, **say_change(numbers, lang))


def by_question(changes: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Row of each question."""
    names = [str(name) for name in changes.columns]
    rows = changes.itertuples(index=False, name=None)
    told = [dict(zip(names, row, strict=True)) for row in rows]
    return {str(row["question"]): row for row in told}
