"""The page of changes tells a correction in words, with the marks of the reader's language."""

from typing import Any

import pandas as pd
import pytest

from web.kit import View
from web.material import Material
from web.pages.data import list_corrections

ANSWER = "poll_id=levada-2023-02-28; question_id=levada.talks; subgroup=all; option=talks_total"
GROUP = ANSWER.replace("subgroup=all", "subgroup=age:18-24")
STUDY = "study=Chronicles wave 15; measure=disposition_status; definition=who agreed"


@pytest.fixture(scope="module")
def material() -> Material:
    return Material()


def tell(material: Material, lang: str = "en", **row: str | None) -> dict[str, Any]:
    whole = {"reason": "a slip", "source_id": "x", "corrected": pd.Timestamp("2026-11-22"), **row}
    material.fitted.tables = {**material.tables, "corrections": pd.DataFrame([whole])}
    (told,) = list_corrections(material, View(lang, "changes.html"))
    return told


def tell_share(material: Material, key: str, lang: str = "en") -> dict[str, Any]:
    row = {"table": "answers", "key": key, "column": "share_pct", "was": "48.5", "now": "50"}
    return tell(material, lang, **row)


def test_an_answer_has_its_pollster_days_question_and_option(material: Material) -> None:
    told = tell_share(material, ANSWER)
    wave = told["wave"]
    assert (wave["house_id"], wave["name"]) == ("levada", "Levada Center")
    assert wave["days"].endswith("Feb 2023")
    question, option = told["what"]
    assert question.endswith("?")
    assert "start peace negotiations" in option
    assert "_" not in option


def test_a_group_is_named_and_all_respondents_are_not(material: Material) -> None:
    assert tell_share(material, GROUP)["what"][2:] == ["age:18-24"]
    assert tell_share(material, ANSWER)["what"][2:] == []


def test_numbers_and_days_have_the_marks_of_the_language(material: Material) -> None:
    assert [tell_share(material, ANSWER, lang)["was"] for lang in ("en", "ru")] == ["48.5", "48,5"]
    poll = {"table": "polls", "key": "poll_id=levada-2023-02-28", "column": "field_end"}
    told = tell(material, "uk", was=None, now="2023-02-28", **poll)
    assert (told["was"], told["now"]) == (None, "28 лют. 2023")
    assert told["what"] == []


def test_a_row_without_poll_is_told_by_what_its_key_says(material: Material) -> None:
    row = {"table": "participation", "key": STUDY, "column": "value", "was": "251", "now": "2513"}
    told = tell(material, **row)
    assert told["what"] == ["Chronicles wave 15", "disposition status", "who agreed"]
    assert told["now"] == "2,513"
    assert told["wave"] is None
