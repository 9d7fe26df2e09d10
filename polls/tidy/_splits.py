"""From the tables to one tidy row per poll and subgroup that was printed."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from polls.tables import load
from polls.tidy._series import series
from polls.tidy._shares import derive_shares

KEYS = ["poll_id", "question_id", "subgroup"]
# What a row takes from its poll, as `series` gives it.
OF_POLL = [
    "poll_id",
    "house_id",
    "sector",
    "question_id",
    "start_date",
    "end_date",
    "mid_date",
    "published",
    "available_from",
    "date_imputed",
    "house",
]
COLUMNS = [
    "poll_id",
    "house_id",
    "sector",
    "question_id",
    "dimension",
    "level",
    "for_pct",
    "against_pct",
    "undecided_pct",
    "refused_pct",
    "base_n",
    "design_effect",
    "decimals",
    "n_parts",
    "start_date",
    "end_date",
    "mid_date",
    "published",
    "available_from",
    "date_imputed",
    "source_url",
    "house",
]


def splits(
    construct: str = "support",
    *,
    data: str | Path | None = None,
    include: Iterable[str] = (),
    weight: str = "published",
) -> pd.DataFrame:
    """One tidy row per poll and subgroup: what houses printed of the young, women, viewers.

    Parameters
    ----------
    construct, data, include, weight
        As in `polls.series`: a poll has its subgroups here if it has its row there.

    Returns
    -------
    DataFrame
        Sorted by dimension, level, mid_date and poll_id. dimension and level are the two
        sides of the subgroup (age and 18-24; tv and named_as_source). Shares in percent of
        the subgroup, missing where not printed. base_n (interviews in the subgroup) and
        design_effect are missing where not known: most houses print neither, and no error
        can be given then. decimals and n_parts are those of for_pct; all other columns as
        in `polls.series`.

    Raises
    ------
    ValueError, DataError
        As `polls.series`.

    See Also
    --------
    polls.series : the same polls, all respondents.

    Examples
    --------
    >>> young = splits("support").query("dimension == 'age' and level == '18-24'")
    >>> young["house_id"].unique().tolist()
    ['anon_consortium', 'levada']
    """
    polls = series(construct, data=data, include=include, weight=weight)
    frames = load(data)
    answers = frames["answers"]
    answers = answers[answers["subgroup"] != "all"]
    answers = answers.merge(polls[["poll_id", "question_id"]], on=["poll_id", "question_id"])
    if "opinion_holders" not in include:
        answers = answers[answers["base"] != "opinion_holders"]
    if weight == "raked":
        answers["share_pct"] = answers["share_raked_pct"].fillna(answers["share_pct"])
    shares = derive_shares(answers, frames["options"])
    shares = shares[shares["for_pct"].notna() | shares["against_pct"].notna()]
    rows = shares.merge(_describe(answers, frames), on=KEYS)
    rows = rows.merge(polls[OF_POLL], on=["poll_id", "question_id"])
    # Not by `partition`, which makes no columns where there are no rows.
    rows[["dimension", "level"]] = rows["subgroup"].str.extract("([^:]*):?(.*)")
    order = ["dimension", "level", "mid_date", "poll_id", "question_id"]
    return rows[COLUMNS].sort_values(order, ignore_index=True)


def _describe(answers: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Base, design effect, digits and address of each subgroup of each poll."""
    sided = frames["options"].loc[
        frames["options"]["pole"].isin(["for", "total_for"]), ["question_id", "option"]
    ]
    urls = frames["sources"][["source_id", "url"]]
    each = answers.merge(urls, on="source_id")
    found = each.groupby(KEYS).agg(
        base_n=("base_n", "first"),
        design_effect=("design_effect", "first"),
        source_url=("url", "first"),
    )
    digits = each.merge(sided, on=["question_id", "option"]).groupby(KEYS)["decimals"].min()
    return found.join(digits).reset_index()
