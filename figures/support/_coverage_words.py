"""What the coverage calendar says, and the numbers behind it."""

import pandas as pd

from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import source_line
from figures.kit.frames import last_day, name_sources, rank_houses
from figures.kit.labels import label, plural, show_date, show_number

# A month is thin when no house can be compared with another.
THIN = 1


def count_polls(obs: pd.DataFrame) -> pd.DataFrame:
    """Count the polls of each house in each month, months without polls included.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date; one row per poll.

    Returns
    -------
    DataFrame
        One row per month from the first poll to the last, one column per house_id.

    Examples
    --------
    >>> days = pd.to_datetime(["2022-03-03", "2022-05-01", "2022-05-30"])
    >>> count_polls(pd.DataFrame({"house_id": ["a", "b", "b"], "mid_date": days}))["b"].tolist()
    [0, 0, 2]
    """
    dated = obs.assign(month=obs["mid_date"].dt.to_period("M"))
    counted = dated.pivot_table(index="month", columns="house_id", aggfunc="size", fill_value=0)
    months = pd.period_range(dated["month"].min(), dated["month"].max(), name="month")
    return counted.reindex(months, fill_value=0)


def find_thin(counted: pd.DataFrame) -> pd.Series:
    """Whether a month has polls of one house or none.

    Parameters
    ----------
    counted : DataFrame
        As from `count_polls`.
    """
    return (counted > 0).sum(axis="columns") <= THIN


def coverage_title(
    counted: pd.DataFrame, edition: Edition = DEFAULT, *, measure: str = "support"
) -> str:
    """Say in how many months houses can be compared, or cannot: whichever is the rule.

    Parameters
    ----------
    counted : DataFrame
        As from `count_polls`.
    edition : Edition
        Its language is used.
    measure : str
        What was measured; labels.csv has its sentences under coverage.<measure>.

    Examples
    --------
    >>> title = coverage_title(pd.DataFrame({"a": [1, 1, 1], "b": [1, 1, 0]}))
    >>> title.split(",")[0].replace(chr(160), " ")
    'In 2 of 3 months at least two pollsters have a comparable poll on support for the war'
    """
    months = len(counted)
    thin = int(find_thin(counted).sum())
    if thin == 0:
        return label(f"coverage.{measure}.full", edition)
    is_rule = thin >= months / 2
    return label(
        f"coverage.{measure}.{'thin' if is_rule else 'thick'}",
        edition,
        n=show_number(thin if is_rule else months - thin, edition),
        months=plural("count.of_months", months, edition),
    )


def coverage_alt(obs: pd.DataFrame, houses: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Describe the calendar to those who do not see it, in at most 40 words.

    Parameters
    ----------
    obs, houses : DataFrame
        As for `plot_coverage`.
    edition : Edition
        Its language is used.
    """
    counted = count_polls(obs)
    ranked = rank_houses(houses, obs)
    first = ranked[0]
    return label(
        "coverage.alt",
        edition,
        houses=plural("count.houses", len(ranked), edition),
        polls=plural("count.polls", len(obs), edition),
        start=show_date(counted.index[0].start_time, edition, "LLLL y"),
        end=show_date(counted.index[-1].start_time, edition, "LLLL y"),
        name=first.name,
        n=show_number((counted[first.house_id] > 0).sum(), edition),
        months=plural("count.of_months", len(counted), edition),
        thin=plural("count.of_months", int(find_thin(counted).sum()), edition),
    )


def coverage_caption(
    obs: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    measure: str = "support",
) -> str:
    """Say what counts as a usable poll, which houses have one, and the sources.

    Parameters
    ----------
    obs, houses : DataFrame
        As for `plot_coverage`.
    edition : Edition
        Its language is used.
    measure : str
        What was measured.
    """
    ranked = rank_houses(houses, obs)
    paragraphs = [
        label(
            "coverage.counted",
            edition,
            polls=plural("count.polls", len(obs), edition),
            houses=plural("count.houses", len(ranked), edition),
            names="; ".join(house.name for house in ranked),
        ),
        label(f"coverage.{measure}.method", edition),
        source_line(name_sources(ranked, edition), last_day(obs), edition),
    ]
    return "\n".join(paragraphs)


def coverage_data(obs: pd.DataFrame, houses: pd.DataFrame) -> pd.DataFrame:
    """The numbers behind the calendar: month, house_id, house, sector, n_polls.

    Parameters
    ----------
    obs, houses : DataFrame
        As for `plot_coverage`.
    """
    names = {house.house_id: house.name for house in rank_houses(houses, obs)}
    sectors = houses.set_index("house_id")["sector"]
    counted = count_polls(obs)[list(names)]
    long = counted.reset_index().melt(id_vars="month", var_name="house_id", value_name="n_polls")
    long["house"] = long["house_id"].map(names)
    long["sector"] = long["house_id"].map(sectors)
    return long[["month", "house_id", "house", "sector", "n_polls"]]
