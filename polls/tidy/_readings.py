"""How often each printed percentage was read, and how much of a series hangs on it."""

from pathlib import Path

import pandas as pd

from polls.tables import load
from polls.tidy._series import split_polls

SIDES = ["for", "against", "total_for", "total_against"]
KEY = ["poll_id", "question_id", "option"]


def readings(*, data: str | Path | None = None) -> pd.DataFrame:
    """Printed percentages of all respondents, and in how many sources each was read.

    Parameters
    ----------
    data : path-like, optional
        Folder with the tables; the package's own by default.

    Returns
    -------
    DataFrame
        construct_id, poll_id, question_id, option, share_pct (percent), n_readings (sources,
        the first included), n_differing (sources that print another value), source_id and
        alone_days: the days for which the poll is the nearest of its house in the series of
        the construct, 0 where it is not in the series or the option has no side. A slip in the
        value of a poll with many such days would carry furthest. In the order of constructs.csv,
        then by alone_days, the largest first.

    Examples
    --------
    >>> int(readings()["n_readings"].min())
    1
    """
    frames = load(data)
    answers = frames["answers"]
    printed = answers[(answers["origin"] == "printed") & (answers["subgroup"] == "all")]
    questions = frames["questions"][["question_id", "construct_id"]]
    rows = printed[[*KEY, "share_pct", "source_id"]].merge(questions, on="question_id")
    seen = frames["confirmations"]
    seen = seen[seen["subgroup"] == "all"]
    counted = seen.groupby(KEY).agg(n_readings=("source_id", "size"), n_agreeing=("agrees", "sum"))
    rows = rows.merge(counted, on=KEY, how="left")
    more = rows["n_readings"].fillna(0).astype("int64")
    rows["n_differing"] = more - rows["n_agreeing"].fillna(0).astype("int64")
    rows["n_readings"] = 1 + more
    order = list(frames["constructs"]["construct_id"])
    asked = frames["questions"].query("in_series")["construct_id"]
    measured = set(rows["construct_id"]) & set(asked)
    days = [_alone_days(name, frames) for name in order if name in measured]
    if days:
        keys = ["construct_id", "poll_id", "question_id"]
        rows = rows.merge(pd.concat(days), on=keys, how="left")
    else:
        rows["alone_days"] = 0.0
    poles = frames["options"][["question_id", "option", "pole"]]
    sided = rows[["question_id", "option"]].merge(poles, how="left")["pole"].isin(SIDES)
    rows["alone_days"] = rows["alone_days"].where(sided).fillna(0.0)
    place = rows["construct_id"].map({name: number for number, name in enumerate(order)})
    by = ["place", "alone_days", "poll_id"]
    rows = rows.assign(place=place).sort_values(by, ascending=[True, False, True], kind="stable")
    columns = ["construct_id", *KEY, "share_pct", "n_readings", "n_differing", "source_id"]
    return rows[[*columns, "alone_days"]].reset_index(drop=True)


def _alone_days(construct: str, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Half the days to the neighbours of the same house; all days to the ends of the series."""
    obs, _ = split_polls(frames, construct)
    day = obs["mid_date"]
    by_house = day.groupby(obs["house_id"])
    before = (day - by_house.shift(1)).dt.days / 2
    after = (by_house.shift(-1) - day).dt.days / 2
    first, last = (day - day.min()).dt.days, (day.max() - day).dt.days
    alone = before.fillna(first) + after.fillna(last)
    return obs[["poll_id", "question_id"]].assign(construct_id=construct, alone_days=alone)


def describe_readings(*, data: str | Path | None = None, n: int = 20) -> str:
    """Share of values read twice by construct, and the values read once that weigh most.

    Parameters
    ----------
    data : path-like, optional
        Folder with the tables; the package's own by default.
    n : int
        Values to name for each construct that has a series.

    Returns
    -------
    str
        Plain text.
    """
    rows = readings(data=data)
    twice = rows["n_readings"] > 1
    counts = rows.assign(twice=twice).groupby("construct_id", sort=False)["twice"]
    total = counts.agg(["sum", "size"])
    lines = [f"{twice.sum()} of {len(rows)} printed values of all respondents were read twice."]
    lines += [
        f"  {name}: {row['sum']} of {row['size']} ({100 * row['sum'] / row['size']:.0f}%)"
        for name, row in total.iterrows()
    ]
    once = rows[~twice & (rows["alone_days"] > 0)]
    lines += [
        "",
        "Read once, in a series; days for which no other poll of the house is nearer:",
    ]
    for name, group in once.groupby("construct_id", sort=False):
        lines.append(f"  {name}: {len(group)} values")
        lines += [
            f"    {row.alone_days:5.0f} days  {row.poll_id} {row.question_id} {row.option} "
            f"{row.share_pct:g}  {row.source_id}"
            for row in group.head(n).itertuples()
        ]
    return "\n".join(lines)
