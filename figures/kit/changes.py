"""Words for a change and for a level: what interval and probability carry, and since when."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from figures.kit.edition import DEFAULT, Edition
from figures.kit.labels import label, plural, round_shown, show_date, show_number

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
    mean, low, high = (int(round_shown(change[name])) for name in ("mean", "lower", "upper"))
    return {
        "change": plural(
            "count.points", mean, edition, n=show_number(mean, edition, with_sign=True)
        ),
        "low": show_number(low, edition, with_sign=True),
        "high": show_number(high, edition, with_sign=True),
    }


def say_headline(change: Mapping[str, float], edition: Edition = DEFAULT) -> str:
    """Write a change large, as on a card: its points, or in words that none is clear.

    A number that stands alone is read as a finding, so one whose interval holds zero does not
    stand alone.

    Parameters
    ----------
    change : mapping
        mean, lower and upper in points.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> say_headline({"mean": -4.0, "lower": -15.0, "upper": 7.0})
    'No clear change'
    >>> say_headline({"mean": -14.0, "lower": -23.0, "upper": -6.0}).replace(chr(160), " ")
    '−14 points'
    """
    if change["lower"] <= 0 <= change["upper"]:
        return label("card.no_change", edition)
    return say_change(change, edition)["change"]


def name_since(
    day: date | pd.Timestamp, edition: Edition = DEFAULT, until: pd.Timestamp | None = None
) -> str:
    """Season or month of a day, or both months of a window, as they stand after "since".

    A winter belongs to two years, so its days are named by month.

    Examples
    --------
    >>> name_since(date(2022, 4, 1)).split(), name_since(date(2023, 1, 31)).split()
    (['spring', '2022'], ['January', '2023'])
    >>> name_since(date(2022, 4, 1), until=pd.Timestamp("2022-05-31")).split()
    ['April', 'and', 'May', '2022']
    """
    if until is not None:
        first, second = (show_date(one, edition, "MMMM") for one in (day, until))
        return label("since.months", edition, first=first, second=second, year=day.year)
    season = SEASONS.get(day.month)
    if season:
        return label(f"since.{season}", edition, year=day.year)
    return label("since.month", edition, month=show_date(day, edition, "MMMM"), year=day.year)


def name_time(
    day: date | pd.Timestamp, edition: Edition = DEFAULT, until: pd.Timestamp | None = None
) -> str:
    """Season or month of a day, or both months of a window, as they stand alone.

    Examples
    --------
    >>> name_time(date(2022, 4, 1)).split(), name_time(date(2023, 1, 31)).split()
    (['spring', '2022'], ['January', '2023'])
    """
    if until is not None:
        first, second = (show_date(one, edition, "LLLL") for one in (day, until))
        return label("at.months", edition, first=first, second=second, year=day.year)
    season = SEASONS.get(day.month)
    if season:
        return label(f"at.{season}", edition, year=day.year)
    return label("at.month", edition, month=show_date(day, edition, "LLLL"), year=day.year)


def mean_within(trend: pd.DataFrame, window: tuple[pd.Timestamp, pd.Timestamp]) -> float:
    """Mean of the daily levels of a window, of its days that the trend has.

    Examples
    --------
    >>> days = pd.date_range("2022-04-01", periods=3)
    >>> trend = pd.DataFrame({"date": days, "mean": [70.0, 72.0, 80.0]})
    >>> mean_within(trend, (days[0], days[1]))
    71.0
    """
    return float(trend["mean"][trend["date"].between(*window)].mean())


def show_level(alpha: float, edition: Edition = DEFAULT) -> str:
    """Level of an interval in percent, without the sign.

    Examples
    --------
    >>> show_level(0.05), show_level(0.001)
    ('95', '99.9')
    """
    level = 100 * (1 - alpha)
    return show_number(level, edition, digits=0 if abs(level - round(level)) < 1e-9 else 1)
