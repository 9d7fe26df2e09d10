"""What the trend figure says: title, alt text and caption, computed from the results."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from figures.kit.changes import judge_change, name_since, name_time, say_change, show_level
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import source_line
from figures.kit.frames import last_day, name_sources, rank_houses
from figures.kit.labels import label, plural, show_date, show_number


def trend_title(
    change: Mapping[str, float],
    since: date | pd.Timestamp,
    edition: Edition = DEFAULT,
    *,
    measure: str = "support",
    alpha: float = 0.05,
) -> str:
    """Say the change as a finding, with its interval.

    Parameters
    ----------
    change : mapping
        mean, lower and upper in points and prob_negative.
    since : date
        Day from which the change counts.
    edition : Edition
        Its language is used.
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
    return label(
        f"trend.{measure}.{judge_change(change)}",
        edition,
        since=name_since(since, edition),
        level=show_level(alpha, edition),
        **say_change(change, edition),
    )


def trend_alt(
    obs: pd.DataFrame,
    trend: pd.DataFrame,
    since: date | pd.Timestamp,
    edition: Edition = DEFAULT,
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
    """
    start = trend["mean"][trend["date"] >= pd.Timestamp(since)].iloc[0]
    return label(
        "trend.alt",
        edition,
        polls=plural("count.polls", len(obs), edition),
        houses=plural("count.houses", obs["house_id"].nunique(), edition),
        low=show_number(obs["share_pct"].min(), edition),
        high=show_number(obs["share_pct"].max(), edition),
        start=show_number(start, edition),
        time=name_time(since, edition),
        end=show_number(trend["mean"].iloc[-1], edition),
        last=show_date(trend["date"].iloc[-1], edition, "LLLL y"),
    )


def trend_caption(
    obs: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    measure: str = "support",
    model: str = "drift",
    alpha: float = 0.05,
) -> str:
    """Method in one sentence, estimand with its houses by name, question, sources.

    Parameters
    ----------
    obs, houses : DataFrame
        As for `plot_trend`.
    edition : Edition
        Its language is used.
    measure, model : str
        What was measured, and which model estimated it; see labels.csv.
    alpha : float
        1 minus the level of the band.

    Returns
    -------
    str
        Four paragraphs.
    """
    ranked = rank_houses(houses, obs)
    polls = plural("count.polls", len(obs), edition)
    count = plural("count.houses", len(ranked), edition)
    names = "; ".join(sorted((house.name for house in ranked), key=str.casefold))
    paragraphs = [
        label(f"model.{model}.method", edition, polls=polls, level=show_level(alpha, edition)),
        label(
            "trend.estimand",
            edition,
            houses=count,
            names=names,
        ),
        label(f"trend.{measure}.question", edition),
        source_line(name_sources(ranked, edition), last_day(obs), edition),
    ]
    return "\n".join(paragraphs)
