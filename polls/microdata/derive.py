"""Columns of the microdata that a rule in words defines, not a list of codes.

The column `mapping` of microdata_codebook states each rule in words; `RULES` holds, under
those very words, the function that carries it out. A text that is neither a rule of this
table nor a code list stops the harmoniser.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from polls.microdata.code_lists import as_code, parse_mapping, recode

AGE_BOUNDS = {"18-29": 30, "30-39": 40, "40-49": 50, "50-59": 60, "60+": 131}  # below that age
CAPITALS = {
    "Москва": "moscow",
    "г. Москва": "moscow",
    "Санкт-Петербург": "spb",
    "г. Санкт-Петербург": "spb",
}
# The regions at the border or the front, as the report of chapter 5 groups them.
BORDER = {
    "Белгородская область",
    "Брянская область",
    "Воронежская область",
    "Курская область",
    "Ростовская область",
    "Краснодарский край",
    "Крым",
    "Республика Крым",
}
NO_REGION = ("отказ", "Другое")  # refused, or an answer that is no region
# Multiple answers on occupation: the first that was ticked counts.
OCCUPATIONS = {
    "OCCUP_1": "working",
    "OCCUP_3": "pensioner",
    "OCCUP_2": "student",
    "OCCUP_4": "homemaker",  # parental leave
    "OCCUP_5": "homemaker",
    "OCCUP_6": "unemployed",
    "OCCUP_7": "other",
}
# What the codebook calls constant: the same value for the whole wave.
CONSTANTS = {
    "withdraw_variant": {
        "07a": "goals_not_reached_explicit_dk",
        "07b": "goals_not_reached_explicit_dk",
    },
    "src_variant": {
        "02": "war_info_unprompted",
        "07a": "mobilisation_news",
        "07b": "mobilisation_news",
        "15": "events_general",
    },
    "participate_base": {"05": "self_or_close", "06": "all", "07b": "all", "08": "all"},
    "mobilisation_variant": {},
    "budget_variant": {"12": "no_deficit"},
}
OTHER_WAVES = {
    "withdraw_variant": "goals_not_reached",
    "src_variant": "war_info",
    "participate_base": "men_to_59",
    "mobilisation_variant": "putin_decision_support",
    "budget_variant": "deficit",
}
LONGEST_SECONDS = 2 * 60 * 60  # an interview that was resumed later says nothing on its length


@dataclass(frozen=True)
class Source:
    """One row of the codebook, with the data that it speaks of.

    Parameters
    ----------
    wave, column, name : str
        Wave, source column (several joined by "|"), harmonised column.
    raw : DataFrame
        The source file of the wave.
    done : DataFrame
        Harmonised columns of the wave made so far.
    """

    wave: str
    column: str
    name: str
    raw: pd.DataFrame
    done: pd.DataFrame

    def values(self, column: str | None = None) -> pd.Series:
        """One column of the source file, or a harmonised one named in brackets.

        Raises
        ------
        ValueError
            There is no such column.
        """
        wanted = self.column if column is None else column
        if wanted.startswith("(") and wanted.strip("()") in self.done:
            return self.done[wanted.strip("()")]
        if wanted not in self.raw:
            raise ValueError(
                f"Wave {self.wave}: the source file has no column {wanted!r}, from which"
                f" {self.name} is made. Use the file of the pinned commit."
            )
        return self.raw[wanted]


def _take_number(source: Source) -> pd.Series:
    return pd.to_numeric(source.values()).astype("float64")


def _take_integer(source: Source) -> pd.Series:
    return pd.to_numeric(source.values()).astype("Int64")


def _group_age(source: Source) -> pd.Series:
    age = pd.to_numeric(source.values())
    edges = [18, *AGE_BOUNDS.values()]
    groups = pd.cut(age, edges, right=False, labels=list(AGE_BOUNDS))
    return groups.astype("str")


def _parse_day(source: Source) -> pd.Series:
    moment = pd.to_datetime(source.values(), format="%d.%m.%Y %H:%M:%S")
    return moment.dt.normalize().astype("datetime64[us]")


def _count_seconds(source: Source) -> pd.Series:
    begin, end = (
        pd.to_datetime(source.values(column), format="%d.%m.%Y %H:%M:%S")
        for column in source.column.split("|")
    )
    seconds = (end - begin).dt.total_seconds()
    return seconds.where(seconds < LONGEST_SECONDS).astype("Int64")


def _region(source: Source) -> pd.Series:
    text = source.values().astype("str").str.strip()
    return text.mask(text.str.startswith(NO_REGION, na=True))


def _find_capital(source: Source) -> pd.Series:
    region = _region(source)
    return region.map(CAPITALS).fillna("other").where(region.notna()).astype("str")


def _find_border(source: Source) -> pd.Series:
    region = _region(source)
    return region.isin(BORDER).astype("Int64").where(region.notna())


def _fold_occupation(source: Source) -> pd.Series:
    """The first of the boxes; missing where none is ticked (wave 9: hard to say, refusal)."""
    result = pd.Series(None, index=source.raw.index, dtype="str")
    for column, occupation in OCCUPATIONS.items():
        ticked = source.values(column).map(as_code) == "1"
        result = result.mask(ticked & result.isna(), occupation)
    return result


def _fold_readiness(source: Source) -> pd.Series:
    """Several answers were possible on the readiness to fight (wave 8)."""
    volunteer, ordered, not_ready, unsure, refused = (
        source.values(column).map(as_code) == "1" for column in source.column.split("|")
    )
    result = pd.Series(None, index=source.raw.index, dtype="str")
    for ticked, level in (
        (volunteer & ordered, "ready_both"),
        (volunteer, "ready_voluntary"),
        (ordered, "ready_order"),
        (not_ready, "not_ready"),
        (unsure, "hard_to_say"),
        (refused, "refuse"),
    ):
        result = result.mask(ticked & result.isna(), level)
    return result


def _group_months(source: Source) -> pd.Series:
    """Months until the end of the war, or one of the other answers to that question."""
    answer, months = (source.values(column) for column in source.column.split("|"))
    codes = "1=months; 2=year; 3=over_year; 4=never; 99=hard_to_say"
    result = recode(answer, parse_mapping(codes), f"wave {source.wave}, {source.column}")
    months = pd.to_numeric(months)
    numbered = pd.Series("year", index=result.index, dtype="str")
    numbered = numbered.mask(months > 12, "over_year").mask(months < 12, "6_11m")
    numbered = numbered.mask(months < 6, "under_6m").mask(months.isna())
    return result.mask(result == "months", numbered)


def _take_constant(source: Source) -> pd.Series:
    value = CONSTANTS[source.name].get(source.wave, OTHER_WAVES[source.name])
    result = pd.Series(value, index=source.raw.index, dtype="str")
    if source.name == "participate_base":  # only of those who were asked
        return result.where(source.done["participate"].notna())
    return result


def _find_ww2_arm(source: Source) -> pd.Series:
    before, _ = (source.values(column).notna() for column in source.column.split("|"))
    arms = {True: "ww2_question_before_support", False: "ww2_question_late"}
    return before.map(arms).astype("str")


def _code_list(text: str) -> Callable[[Source], pd.Series]:
    """Rule that is a code list after all, though the codebook has it in words."""
    levels = parse_mapping(text)

    def apply(source: Source) -> pd.Series:
        return recode(source.values(), levels, f"wave {source.wave}, {source.column}")

    return apply


@dataclass(frozen=True)
class Rule:
    """What carries out a rule, and the type of the column that it makes."""

    run: Callable[[Source], pd.Series]
    dtype: str = "str"


RULES = {
    "as published": Rule(_take_number, "float64"),
    "full years": Rule(_take_integer, "Int64"),
    "as is": Rule(_take_integer, "Int64"),
    "from age": Rule(_group_age),
    "start of the interview -> date": Rule(_parse_day, "datetime64[us]"),
    "end minus start, kept if under 2 hours": Rule(_count_seconds, "Int64"),
    "Moscow city=moscow; St Petersburg=spb; other regions=other": Rule(_find_capital),
    "1=Belgorod, Bryansk, Voronezh, Kursk, Rostov, Krasnodar, Crimea": Rule(_find_border, "Int64"),
    "multiple answers, priority working > pensioner > student > homemaker (incl. parental leave)"
    " > unemployed > other": Rule(_fold_occupation),
    "multiple answers; 1 and 2=ready_both; 1=ready_voluntary; 2=ready_order; 3=not_ready": Rule(
        _fold_readiness
    ),
    'months <6=under_6m; 6-11=6_11m; 12 or "a year"=year; more=over_year; never; 99=hard_to_say': (
        Rule(_group_months)
    ),
    "constant": Rule(_take_constant),
    "Q261 answered=ww2_question_before_support; else ww2_question_late": Rule(_find_ww2_arm),
    "1..4 = order of the blocks vote / Putin / war": Rule(
        _code_list(
            "1=priming1_vote_putin_war; 2=priming2_war_vote_putin;"
            " 3=priming3_putin_vote_war; 4=priming4_war_putin_vote"
        )
    ),
    "1 quite safe ... 5 very dangerous": Rule(
        _code_list(
            "Совершенно безопасно=1; 2=2; 3=3; 4=4; Очень опасно=5; Затрудняюсь ответить=None"
        ),
        "Int64",
    ),
}
