"""Code lists of the codebook turn answers into levels, and stop at codes they do not know."""

import pandas as pd
import pytest

from polls.microdata.code_lists import parse_mapping, recode
from polls.microdata.derive import RULES
from polls.microdata.harmonise import RAKED, WHOLE_WAVE
from polls.tables import read_table


def test_codes_are_compared_as_whole_numbers() -> None:
    levels = parse_mapping("1=support; 2=oppose; 99=None")
    given = pd.Series([1.0, 2, "1", 99, None])
    assert recode(given, levels, "Q1").fillna("").tolist() == [
        "support",
        "oppose",
        "support",
        "",
        "",
    ]


def test_an_unknown_code_stops_with_place_and_cure() -> None:
    with pytest.raises(ValueError, match=r"Wave 03, Q23: the codes '3', '7' .* microdata_codebook"):
        recode(pd.Series([1, 3, 7]), parse_mapping("1=support"), "Wave 03, Q23")


def test_blanks_can_have_a_level() -> None:
    levels = parse_mapping("1=support; blank=hard_to_say")
    assert recode(pd.Series([1, None, " "]), levels, "Q1").tolist() == [
        "support",
        "hard_to_say",
        "hard_to_say",
    ]


def test_answer_texts_match_the_longest_beginning() -> None:
    levels = parse_mapping("Нет=against; Нет, но=other; =None")
    given = pd.Series(["Нет, но иначе", "Нет", "Иное"])
    assert recode(given, levels, "Q1").fillna("").tolist() == ["other", "against", ""]


def test_yes_and_no_are_one_and_zero_only_where_nothing_else_is_possible() -> None:
    assert parse_mapping("1=yes; 0=no") == {"1": "1", "0": "0"}
    assert parse_mapping("1=yes; 2=no; 3=unaware")["1"] == "yes"


def test_ticked_boxes_are_read_as_codes() -> None:
    levels = parse_mapping("1=named; 0=not named")
    result = recode(pd.Series(["ВЫБРАН", "НЕ ВЫБРАН"]), levels, "Q1")
    assert result.tolist() == [1, 0]
    assert result.dtype == "Int64"


@pytest.mark.parametrize("text", ["support", "1=support; 1=oppose", "1="])
def test_a_broken_code_list_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="mapping"):
        parse_mapping(text)


def test_every_rule_of_the_codebook_can_be_carried_out() -> None:
    """Each mapping is a rule that is known or a code list, and every known rule is used."""
    codebook = read_table("microdata_codebook")
    texts = set(codebook.loc[codebook["source_column"] != WHOLE_WAVE, "mapping"])
    in_words = {text for text in texts if text in RULES}
    for text in texts - in_words:
        assert RAKED.fullmatch(text) or parse_mapping(text)
    assert in_words == set(RULES)


def test_each_column_of_a_wave_has_one_row_in_the_codebook() -> None:
    codebook = read_table("microdata_codebook")
    assert not codebook.duplicated(["wave", "harmonised_column"]).any()
    assert set(codebook["wave"]) == set(read_table("microdata_waves")["wave"])
