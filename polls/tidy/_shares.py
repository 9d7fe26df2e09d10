"""Shares for and against from the answers of a question: printed totals, else sums of the parts."""

import pandas as pd

# Pole of a part, and of the printed total that repeats it.
SIDES = {
    "for_pct": ("for", "total_for"),
    "against_pct": ("against", "total_against"),
    "undecided_pct": ("undecided", None),
    "refused_pct": ("refused", None),
    "no_answer_pct": (None, "total_no_answer"),
}
KEYS = ["poll_id", "question_id", "subgroup"]


def derive_shares(
    answers: pd.DataFrame, options: pd.DataFrame, value: str = "share_pct"
) -> pd.DataFrame:
    """Shares of the sides of a construct, one row per poll, question and subgroup.

    A printed total is taken as it is. Otherwise the parts are added, and only if
    every part that the question offers was printed: half a side is not a side.

    Parameters
    ----------
    answers : DataFrame
        Rows of the table `answers`.
    options : DataFrame
        The table `options`.
    value : str
        Column with the percentages.

    Returns
    -------
    DataFrame
        poll_id, question_id, subgroup, for_pct, against_pct, undecided_pct,
        refused_pct, no_answer_pct (percent, missing where not derivable),
        n_parts (rounded parts in for_pct: 1 for a printed figure), and
        for_parts_pct, against_parts_pct: the sum of the parts where all were
        printed, to be held against the total.
    """
    poles = options[["question_id", "option", "pole"]].dropna(subset="pole")
    rows = answers.merge(poles, on=["question_id", "option"])
    result = rows[KEYS].drop_duplicates().reset_index(drop=True)
    groups = pd.MultiIndex.from_frame(result)
    for column, (part, total) in SIDES.items():
        parts = _add_parts(rows, poles, part, value).reindex(groups).reset_index(drop=True)
        totals = rows[rows["pole"] == total].groupby(KEYS)[value].first()
        totals = totals.reindex(groups).reset_index(drop=True)
        result[column] = totals.fillna(parts["parts"])
        if column in ("for_pct", "against_pct"):
            result[column.replace("_pct", "_parts_pct")] = parts["parts"]
        if column == "for_pct":
            result["n_parts"] = parts["n_parts"].where(totals.isna(), 1).astype("Int64")
    return result


def _add_parts(
    rows: pd.DataFrame, poles: pd.DataFrame, part: str | None, value: str
) -> pd.DataFrame:
    """Sum of the parts of one side, where all parts that the question offers are there."""
    offered = poles[poles["pole"] == part].groupby("question_id").size()
    mine = rows[rows["pole"] == part].dropna(subset=value)
    sums = mine.groupby(KEYS)[value].agg(parts="sum", n_parts="size")
    # A sum of decimals carries binary dust; three digits are more than any house prints.
    sums["parts"] = sums["parts"].round(3)
    wanted = offered.reindex(sums.index.get_level_values("question_id")).to_numpy()
    complete: pd.DataFrame = sums[sums["n_parts"].to_numpy() == wanted]
    return complete
