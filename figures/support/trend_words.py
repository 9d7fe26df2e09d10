"""What the trend figure says: title, alt text and caption, computed from the results."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import source_line
from figures.kit.frames import last_day, name_sources, rank_houses
from figures.kit.labels import label, plural, show_date, show_number

# A change whose whole interval lies within two points is called none: a single poll of
# 1,600 moves by more from sampling alone (1.96 * sqrt(2500 / 1600) = 2.4 points).
STEADY = 2.0
# "Has fallen" needs what a two-sided 95% test asks for, "has probably fallen" nine in ten.
SURE = 0.975
PROBABLE = 0.9

SEASONS = {3: "spring", 4: "spring", 5: "spring", 6: "summer", 7: "summer", 8: "summer"}
SEASONS |= {9: "autumn", 10: "autumn", 11: "autumn"}


def judge_change(change: Mapping[str, float]) -> str:
    """Sort a change into the wording that its size and probability carry.

    Parameters
    ----------
    change : mapping
        lower and upper in points and prob_negative, as from ``results.change()``.

    Returns
    -------
    {"steady", "fell", "rose", "probably_fell", "probably_rose", "unclear"}
        "steady": the interval lies within 2 points of none. Else by the probability of a
        fall: at least 0.975, at least 0.9, at most 0.025, at most 0.1, or in between.

    Examples
    --------
    >>> judge_change({"lower": -9, "upper": -3, "prob_negative": 0.999})
    'fell'
    """
    if change["lower"] > -STEADY and change["upper"] < STEADY:
        return "steady"
    fall = change["prob_negative"]
    if max(fall, 1 - fall) < PROBABLE:
        return "unclear"
    verb = "fell" if fall > 0.5 else "rose"
    return verb if max(fall, 1 - fall) >= SURE else f"probably_{verb}"


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


def say_change(change: Mapping[str, float], edition: Edition = DEFAULT) -> dict[str, str]:
    """Write a change and its interval in whole points, signed.

    Parameters
    ----------
    change : mapping
        mean, lower and upper in points.
    edition : Edition
        Its language is used.

    Returns
    -------
    dict
        change (with its unit), low and high.

    Examples
    --------
    >>> say_change({"mean": -4.7, "lower": -11.3, "upper": 1.7})["high"]
    '+2'
    """
    mean, low, high = (round(change[name]) for name in ("mean", "lower", "upper"))
    return {
        "change": plural(
            "count.points", mean, edition, n=show_number(mean, edition, with_sign=True)
        ),
        "low": show_number(low, edition, with_sign=True),
        "high": show_number(high, edition, with_sign=True),
    }


def name_since(day: date | pd.Timestamp, edition: Edition = DEFAULT) -> str:
    """Season or month of a day, in the form it takes after "since".

    A winter belongs to two years, so its days are named by month.

    Examples
    --------
    >>> name_since(date(2022, 4, 1)).split(), name_since(date(2023, 1, 31)).split()
    (['spring', '2022'], ['January', '2023'])
    """
    season = SEASONS.get(day.month)
    if season:
        return label(f"since.{season}", edition, year=day.year)
    return label("since.month", edition, month=show_date(day, edition, "MMMM"), year=day.year)


def name_time(day: date | pd.Timestamp, edition: Edition = DEFAULT) -> str:
    """Season or month of a day, in the form it takes alone.

    Examples
    --------
    >>> name_time(date(2022, 4, 1)).split(), name_time(date(2023, 1, 31)).split()
    (['spring', '2022'], ['January', '2023'])
    """
    season = SEASONS.get(day.month)
    if season:
        return label(f"at.{season}", edition, year=day.year)
    return label("at.month", edition, month=show_date(day, edition, "LLLL"), year=day.year)


def show_level(alpha: float, edition: Edition = DEFAULT) -> str:
    """Level of an interval in percent, without the sign.

    Examples
    --------
    >>> show_level(0.05), show_level(0.001)
    ('95', '99.9')
    """
    level = 100 * (1 - alpha)
    return show_number(level, edition, digits=0 if abs(level - round(level)) < 1e-9 else 1)


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
