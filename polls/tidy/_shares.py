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
POLES = [pole for pair in SIDES.values() for pole in pair if pole]
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
    rows = answers[[*KEYS, "option", value]].merge(poles, on=["question_id", "option"])
    result = rows[KEYS].drop_duplicates().reset_index(drop=True)
    # All cells of a table, groups by poles, are added up in one go.
    pole = pd.Index(POLES).get_indexer(pd.Index(rows["pole"]))
    cell = rows.groupby(KEYS, sort=False, dropna=False).ngroup() * len(POLES) + pole
    counted = rows[value].notna() & rows[KEYS].notna().all(axis=1) & (pole >= 0)
    by_cell = rows.loc[counted, value].groupby(cell[counted])
    cells = by_cell.agg(["first", "sum", "size"]).reindex(range(len(result) * len(POLES)))
    first, total, size = (cells[name].to_numpy().reshape(len(result), len(POLES)) for name in cells)
    empty = pd.Series(float("nan"), index=result.index)
    for column, (part, printed) in SIDES.items():
        parts, n_parts, totals = empty, empty, empty
        if part:
            place = POLES.index(part)
            # Half a side is no side: all parts that the question offers have to be there.
            offered = poles[poles["pole"] == part].groupby("question_id").size()
            whole = size[:, place] == offered.reindex(result["question_id"]).to_numpy()
            # A sum of decimals carries binary dust; three digits are more than any house prints.
            parts = pd.Series(total[:, place]).where(whole).round(3)
            n_parts = pd.Series(size[:, place]).where(whole)
        if printed:
            totals = pd.Series(first[:, POLES.index(printed)])
        result[column] = totals.fillna(parts)
        if column in ("for_pct", "against_pct"):
            result[column.replace("_pct", "_parts_pct")] = parts
        if column == "for_pct":
            result["n_parts"] = n_parts.where(totals.isna(), 1).astype("Int64")
    return result
