r"""The table `cells`: interviews of the Chronicles, counted in groups of at least three.

A cell is a set of whole interviews that share wave, wording of the support question, sex,
age group, type of settlement and television as a source of news. Rare combinations are
merged, never by how people answered:

1. Interviews without a type of settlement are pooled within wave, wording and sex, over age
   and television (settlement `unknown`). Where they are fewer than 3 this is not done: they
   count as a type of settlement of their own and take part in what follows.
2. Cells with fewer than 3 interviews are merged within their parent: over television (the
   parent is the type of settlement within age, sex, wording and wave), then over settlement
   (the parent is the age group), then over age (the parent is the sex). In each parent the
   small cells become one; a remainder that is still under 3 joins its smallest sibling.

The names of levels say whose interviews a cell may hold:

- `age_group`: a range, from the youngest to the oldest group merged: `18-29`, `18-49`, `50+`;
  `any` from 18 to 60+.
- `settlement`: `urban`, `rural`; `unknown` where no interview of the cell has a type; `any`
  where types were merged, with each other or with unknown.
- `tv_source`: `yes`, `no`; `not_asked` where the question was not put to them; `any` where
  yes and no were merged; `no+not_asked`, `not_asked+yes` where one of them was merged with
  those not asked.

`make_cells(load_microdata()).to_csv("polls/data/cells.csv", index=False, lineterminator="\n")`
writes the table anew.
"""

from collections import Counter

import pandas as pd

from polls.microdata._merging import UNKNOWN, Cell, merge_small
from polls.tables import read_table

AGE_GROUPS = ("18-29", "30-39", "40-49", "50-59", "60+")
SETTLEMENTS = ("urban", "rural")
TV_SOURCES = {1: "yes", 0: "no"}
NOT_ASKED = "not_asked"
# Forms of the support question that offered no refusal.
WITHOUT_REFUSAL = ("hostilities_binary", "svo_binary_end", "svo_binary_start")
COUNTS = {
    "support": "n_for",
    "oppose": "n_against",
    "hard_to_say": "n_undecided",
    "refuse": "n_refused",
}
DECIMALS = 5  # as the weights have; the order of the interviews shows beyond the tenth
KEY_COLUMNS = ["wave", "wording_variant", "sex", "age_group", "settlement", "src_tv"]
KEYS = ["wave", "wording_variant", "sex", "age_group", "settlement", "tv_source"]
NEEDED: dict[str, tuple[object, ...] | None] = {
    "main_sample": (0, 1),
    "wave": None,
    "wording_variant": None,
    "sex": ("male", "female"),
    "age_group": AGE_GROUPS,
    "settlement": SETTLEMENTS,
    "src_tv": (0, 1),
    "support": tuple(COUNTS),
    "weight_raked": None,
}
MAY_BE_MISSING = ("settlement", "src_tv")


def make_cells(interviews: pd.DataFrame, waves: pd.DataFrame | None = None) -> pd.DataFrame:
    """Count interviews in cells of at least three.

    Parameters
    ----------
    interviews : DataFrame
        One row per interview, as `polls.microdata.interviews.load_microdata` gives them:
        main_sample, wave, wording_variant, sex, age_group, settlement, src_tv, support,
        weight_raked.
        Rows with main_sample = 0 are left out.
    waves : DataFrame, optional
        poll_id of each wave; the table microdata_waves of the package by default.

    Returns
    -------
    DataFrame
        The columns of the table `cells`: wave, wording_variant, sex, age_group, settlement,
        tv_source (together unique), n and the numbers of answers n_for, n_against,
        n_undecided, n_refused (interviews; n_refused is missing where refusal was not
        offered), weight_sum (sum of the raked weights) and poll_id. Sorted by the key. n is at
        least 3, except where a sex has fewer interviews in a wave and wording. Each interview
        is counted once. The cells depend neither on the answers nor on the order of the rows.

    Raises
    ------
    ValueError
        A column is missing, a value is not known or empty, or a refusal stands where refusal
        was not offered.

    See Also
    --------
    polls.microdata.interviews.load_microdata : the interviews.

    Examples
    --------
    >>> one = {"main_sample": 1, "wave": "03", "wording_variant": "svo_extended",
    ...        "sex": "male", "age_group": "60+", "src_tv": None, "weight_raked": 1.0}
    >>> people = pd.DataFrame([
    ...     one | {"settlement": place, "support": answer}
    ...     for place, answer in zip(["urban", "urban", "urban", "rural"],
    ...                              ["support", "support", "oppose", "refuse"])])
    >>> make_cells(people)[["settlement", "tv_source", "n", "n_for", "n_refused"]]
      settlement  tv_source  n  n_for  n_refused
    0        any  not_asked  4      2          1
    """
    _check_interviews(interviews)
    main = interviews[interviews["main_sample"] == 1]
    finest = [
        (*key[:4], place if isinstance(place, str) else UNKNOWN, TV_SOURCES.get(tv, NOT_ASKED))
        for *key, place, tv in main[KEY_COLUMNS].astype("object").itertuples(index=False)
    ]
    sizes = Counter(finest)
    labels = _label_cells(merge_small(Cell.of(key, n) for key, n in sizes.items()))
    placed = pd.DataFrame([labels[key] for key in finest], columns=KEYS, index=main.index)
    polls = read_table("microdata_waves") if waves is None else waves
    table = _count(placed, main["support"].astype("str"), main["weight_raked"])
    return _add_poll_id(table, polls)


def _label_cells(cells: list[Cell]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Key in the table for each finest cell.

    Two cells that the names of levels cannot tell apart share a key and are counted together.
    """
    return {
        part: (*cell.top, _name_ages(cell.ages), _name_places(cell.places), _name_tv(cell.tv))
        for cell in cells
        for part in cell.parts
    }


def _name_ages(ages: tuple[str, ...]) -> str:
    if len(ages) == 1:
        return ages[0]
    youngest, oldest = ages[0].split("-")[0], ages[-1].split("-")[-1]
    if oldest == AGE_GROUPS[-1]:
        return "any" if ages[0] == AGE_GROUPS[0] else f"{youngest}+"
    return f"{youngest}-{oldest}"


def _name_places(places: tuple[str, ...]) -> str:
    return places[0] if len(places) == 1 else "any"


def _name_tv(tv: tuple[str, ...]) -> str:
    return "any" if {"yes", "no"} <= set(tv) else "+".join(tv)


def _count(placed: pd.DataFrame, support: pd.Series, weights: pd.Series) -> pd.DataFrame:
    """Rows of the table from the cell, answer and weight of each interview."""
    answers = pd.DataFrame({column: support == answer for answer, column in COUNTS.items()})
    groups = placed.join(answers).assign(weight=weights).groupby(KEYS)
    table = groups.size().rename("n").to_frame().join(groups[list(COUNTS.values())].sum())
    table = table.astype("Int64")
    table["weight_sum"] = groups["weight"].sum().round(DECIMALS)
    table = table.reset_index()
    offered = ~table["wording_variant"].isin(WITHOUT_REFUSAL)
    if (table.loc[~offered, "n_refused"] > 0).any():
        raise ValueError(
            f"There are refusals among the answers to {', '.join(WITHOUT_REFUSAL)}, which"
            " offered none. Mend the column support."
        )
    table["n_refused"] = table["n_refused"].where(offered)
    return table


def _add_poll_id(table: pd.DataFrame, waves: pd.DataFrame) -> pd.DataFrame:
    polls = waves.set_index("wave")["poll_id"].to_dict()
    unknown = sorted(set(table["wave"]) - set(polls))
    if unknown:
        raise ValueError(f"The table microdata_waves has no wave {', '.join(unknown)}: add it.")
    return table.assign(poll_id=table["wave"].map(polls).astype("str"))


def _check_interviews(interviews: pd.DataFrame) -> None:
    missing = [name for name in NEEDED if name not in interviews]
    if missing:
        raise ValueError(
            f"The interviews lack the columns {', '.join(missing)}."
            " Give the table of polls.microdata.interviews.load_microdata."
        )
    for name, levels in NEEDED.items():
        values = interviews[name]
        if name not in MAY_BE_MISSING and values.isna().any():
            rows = values.isna().to_numpy().nonzero()[0]
            raise ValueError(
                f"{len(rows)} interviews have no {name}, the first is row {rows[0]}."
                " Fill it or leave them out."
            )
        strange = values[values.notna() & ~values.isin(levels or values)]
        if not strange.empty:
            raise ValueError(
                f"The value {strange.iloc[0]!r} of {name} is not known."
                f" Known: {', '.join(map(str, levels or ()))}."
            )
