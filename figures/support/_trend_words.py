"""What the trend figure says: title, alt text and caption, computed from the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from figures.kit.changes import (
    judge_change,
    mean_within,
    name_since,
    name_time,
    say_change,
    show_level,
)
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import source_line
from figures.kit.frames import last_day, name_sources, rank_houses, sort_names
from figures.kit.labels import label, plural, show_date, show_number

if TYPE_CHECKING:
    from analysis.claims import Window


def trend_title(
    change: Mapping[str, float],
    since: date | pd.Timestamp,
    edition: Edition = DEFAULT,
    *,
    windows: tuple[Window, Window] | None = None,
    others: Mapping[str, Mapping[str, float]] | None = None,
    measure: str = "support",
    alpha: float = 0.05,
) -> str:
    """Say the change as a finding, with its interval, or that it hangs on where one begins.

    Parameters
    ----------
    change : mapping
        mean, lower and upper in points and prob_negative.
    since : date
        Day from which the change counts.
    edition : Edition
        Its language is used.
    windows : pair of Window, optional
        Named in place of `since`, where the change is one between their means.
    others : mapping of str to mapping, optional
        The change from other days on: "first_weeks" of the war, "autumn" 2022. The title tells
        the first of them that has another direction, as the headline of the project does.
    measure : str
        What was measured; labels.csv has its sentences under trend.<measure>.
    alpha : float
        1 minus the level of the interval.

    Returns
    -------
    str
        A sentence without a stop.

    Examples
    --------
    >>> change = {"mean": -6.2, "lower": -9.1, "upper": -3.3, "prob_negative": 0.999}
    >>> trend_title(change, date(2022, 4, 1)).replace(chr(160), " ")
    'Support for the war has fallen since spring 2022: −6 points (95% interval −9 to −3)'
    """
    verdict, more = judge_change(change), {}
    base = find_other_way(change, others or {})
    if others and base:
        is_clear = _find_way(others[base]) != 0
        verdict = "turned" if is_clear else "hinges"
        more = {"base": label(f"trend.base.{base}", edition)}
        more |= {"other": say_change(others[base], edition)["change"]} if is_clear else {}
    return label(
        f"trend.{measure}.{verdict}",
        edition,
        since=name_since(since, edition, windows[0].end if windows else None),
        level=show_level(alpha, edition),
        **more,
        **say_change(change, edition),
    )


def find_other_way(
    change: Mapping[str, float], others: Mapping[str, Mapping[str, float]]
) -> str | None:
    """The first of the other bases from which the interval allows another direction.

    Examples
    --------
    >>> fell, unclear = {"lower": -9, "upper": -3}, {"lower": -4, "upper": 1}
    >>> find_other_way(fell, {"first_weeks": fell, "autumn": unclear})
    'autumn'
    """
    way = _find_way(change)
    return next((base for base, other in others.items() if _find_way(other) != way), None)


def _find_way(change: Mapping[str, float]) -> int:
    """-1 where the whole interval lies below none, 1 where above, else 0."""
    return int(change["lower"] > 0) - int(change["upper"] < 0)


def trend_alt(
    obs: pd.DataFrame,
    trend: pd.DataFrame,
    since: date | pd.Timestamp,
    edition: Edition = DEFAULT,
    *,
    windows: tuple[Window, Window] | None = None,
    panel: Sequence[str] | None = None,
) -> str:
    """Describe the picture to those who do not see it, in at most 40 words.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, share_pct.
    trend : DataFrame
        date, mean.
    since : date
        Day from which the change counts.
    edition : Edition
        Its language is used.
    windows : pair of Window, optional
        Their means are told, where the change is one between them.
    panel : sequence of str, optional
        Houses whose mean the line is; all by default.
    """
    n_houses = obs["house_id"].nunique()
    start = trend["mean"][trend["date"] >= pd.Timestamp(since)].iloc[0]
    end, last = trend["mean"].iloc[-1], show_date(trend["date"].iloc[-1], edition, "LLLL y")
    if windows is not None:
        start, end = (mean_within(trend, window) for window in windows)
        last = label("at.year_to", edition, month=show_date(windows[1].end, edition, "LLLL y"))
    return label(
        "trend.alt",
        edition,
        polls=plural("count.polls", len(obs), edition),
        houses=plural("count.houses", n_houses, edition),
        panel=len(panel) if panel is not None else n_houses,
        low=show_number(obs["share_pct"].min(), edition),
        high=show_number(obs["share_pct"].max(), edition),
        start=show_number(start, edition),
        time=name_time(since, edition, windows[0].end if windows else None),
        end=show_number(end, edition),
        last=last,
    )


def trend_caption(
    obs: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    panel: Sequence[str] | None = None,
    measure: str = "support",
    still: Mapping[str, str] | None = None,
    alpha: float = 0.05,
) -> str:
    """Question, whose average the line is, the method in one sentence, sources.

    Parameters
    ----------
    obs, houses : DataFrame
        As for `plot_trend`.
    edition : Edition
        Its language is used.
    panel : sequence of str, optional
        Houses whose mean the line is; all by default.
    measure : str
        What was measured; see labels.csv.
    still : mapping, optional
        The change in words if each pollster's lean were constant, as from
        `figures.kit.changes.say_change`.
    alpha : float
        1 minus the level of the band.

    Returns
    -------
    str
        Four paragraphs.
    """
    ranked = rank_houses(houses, obs)
    polls = plural("count.polls", len(obs), edition)
    mine = [house for house in ranked if panel is None or house.house_id in panel]
    count = plural("count.houses", len(mine), edition)
    names = "; ".join(sort_names(house.name for house in mine))
    method = label("model.drift.method", edition, polls=polls, level=show_level(alpha, edition))
    if still is not None:
        method = f"{method} {label('model.beside', edition, **still)}"
    paragraphs = [
        label(f"trend.{measure}.question", edition),
        label("trend.estimand", edition, houses=count, names=names),
        method,
        source_line(name_sources(ranked, edition), last_day(obs), edition),
    ]
    return "\n".join(paragraphs)
