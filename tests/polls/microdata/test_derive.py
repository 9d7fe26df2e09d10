"""Each rule that the codebook of the microdata states in words does what the words say."""

import pandas as pd
import pytest

from polls.microdata.derive import CONSTANTS, OTHER_WAVES, RULES, Source
from polls.tables import read_table

BOXES = pd.DataFrame(
    [[1, 0, 1, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0], [0] * 7],
    columns=[f"OCCUP_{i}" for i in range(1, 8)],
)
READY = pd.DataFrame(
    [[1, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0] * 5],
    columns=list("abcde"),
)
MONTHS = pd.DataFrame(
    {"a": [1, 1, 1, 1, 1, 2, 3, 4, 99], "b": [0, 5, 6, 11, 12, None, None, None, None]}
)
TIMES = pd.DataFrame(
    {
        "a": ["03.02.2023 09:00:00", "03.02.2023 23:59:00", "03.02.2023 09:00:00"],
        "b": ["03.02.2023 09:17:35", "04.02.2023 00:01:00", "03.02.2023 11:00:00"],
    }
)
REGIONS = pd.DataFrame(
    {"a": ["г. Москва", "Санкт-Петербург", "Крым", "Московская область", "отказ"]}
)
ARMS = pd.DataFrame({"a": [1, None], "b": [None, 2]})
PLACES = ["moscow", "spb", "other", "other", None]
READINESS = ["ready_both", "ready_voluntary", "ready_order", "not_ready", "hard_to_say", None]
MONTH_GROUPS = ["under_6m", "under_6m", "6_11m", "6_11m", "year", "year", "over_year", "never"]

AGES = ["18-29", "18-29", "30-39", "50-59", "60+", "60+"]
WORK = ["working", "pensioner", "homemaker", None]

# First words of the rule, source columns, data, result
CASES = [
    ("as published", "a", pd.DataFrame({"a": [0.5, 0.0]}), [0.5, 0.0]),
    ("full years", "a", pd.DataFrame({"a": [18.0, 100.0]}), [18, 100]),
    ("as is", "a", pd.DataFrame({"a": [1010]}), [1010]),
    ("from age", "a", pd.DataFrame({"a": [18, 29, 30, 59, 60, 100]}), AGES),
    ("start of the interview", "a", TIMES, [pd.Timestamp("2023-02-03")] * 3),
    ("end minus start", "a|b", TIMES, [1055, 120, None]),
    ("Moscow city", "a", REGIONS, PLACES),
    ("1=Belgorod", "a", REGIONS, [0, 0, 1, 0, None]),
    ("multiple answers, priority", "OCCUP_1..OCCUP_7", BOXES, WORK),
    ("multiple answers; 1 and 2", "a|b|c|d|e", READY, READINESS),
    ("months <6", "a|b", MONTHS, [*MONTH_GROUPS, "hard_to_say"]),
    ("Q261 answered", "a|b", ARMS, ["ww2_question_before_support", "ww2_question_late"]),
    ("1..4 = order", "a", pd.DataFrame({"a": [2]}), ["priming2_war_vote_putin"]),
    (
        "1 quite safe",
        "a",
        pd.DataFrame({"a": ["Совершенно безопасно", 2, "Очень опасно", "Затрудняюсь ответить"]}),
        [1, 2, 5, None],
    ),
]


def run(beginning: str, column: str, raw: pd.DataFrame) -> pd.Series:
    """Carry out the one rule that begins with these words."""
    (text,) = (text for text in RULES if text.startswith(beginning))
    made = RULES[text].run(Source("09", column, "name", raw, pd.DataFrame(index=raw.index)))
    assert str(made.dtype) == RULES[text].dtype
    return made


@pytest.mark.parametrize(("beginning", "column", "raw", "wanted"), CASES)
def test_a_rule_in_words_is_carried_out(
    beginning: str, column: str, raw: pd.DataFrame, wanted: list[object]
) -> None:
    made = run(beginning, column, raw).astype("object")
    assert made.where(made.notna(), None).tolist() == wanted


def test_every_rule_but_the_constants_is_tested_here() -> None:
    tested = {text for text in RULES for case in CASES if text.startswith(case[0])}
    assert tested == set(RULES) - {"constant"}


def test_constants_name_waves_that_the_codebook_has() -> None:
    codebook = read_table("microdata_codebook")
    rows = codebook[codebook["mapping"] == "constant"]
    assert set(rows["harmonised_column"]) == set(CONSTANTS) == set(OTHER_WAVES)
    for name, waves in CONSTANTS.items():
        assert set(waves) <= set(rows.loc[rows["harmonised_column"] == name, "wave"])


@pytest.mark.parametrize(
    ("name", "wave", "wanted"),
    [
        ("src_variant", "15", ["events_general"] * 3),
        ("src_variant", "09", ["war_info"] * 3),
        ("participate_base", "05", ["self_or_close", None, "self_or_close"]),
        ("participate_base", "09", ["men_to_59", None, "men_to_59"]),
    ],
)
def test_a_constant_is_that_of_its_wave_and_of_those_who_were_asked(
    name: str, wave: str, wanted: list[str | None]
) -> None:
    raw = pd.DataFrame(index=range(3))
    done = pd.DataFrame({"participate": ["yes", None, "no"]})
    made = RULES["constant"].run(Source(wave, "", name, raw, done)).astype("object")
    assert made.where(made.notna(), None).tolist() == wanted
