"""All words come from one table; what is missing in it is said."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from figures.kit import labels
from figures.kit.edition import Edition
from figures.kit.labels import LabelError, label, missing_labels, plural, show_date, show_number


@pytest.fixture
def other_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small table in the place of the real one."""
    path = tmp_path / "labels.csv"
    path.write_text(
        "key,en,ru,uk\n"
        "title,Title,Заголовок,Заголовок\n"
        "foot,Foot,,Примітка\n"
        "count.one,{n}~poll,{n}~опрос,{n}~опитування\n"
        "count.few,,{n}~опроса,{n}~опитування\n"
        "count.many,,{n}~опросов,{n}~опитувань\n"
        "count.other,{n}~polls,{n}~опроса,{n}~опитування\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(labels, "LABELS", labels.LabelTable(path))
    return path


def read_rows() -> list[dict[str, str]]:
    with labels.TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def find_faults(rows: list[dict[str, str]]) -> list[str]:
    """Keys twice in the table, and translations that lack a {name} of the English."""
    keys = [row["key"] for row in rows]
    faults = [key for key in set(keys) if keys.count(key) > 1]
    english = {row["key"]: row["en"] for row in rows}
    for row in rows:
        # English has no .few and .many: they fill in what its .other does.
        source = row["en"] or english[row["key"].rpartition(".")[0] + ".other"]
        names = set(re.findall(r"{\w+}", source))
        for lang in ("ru", "uk"):
            if row[lang] and set(re.findall(r"{\w+}", row[lang])) != names:
                faults.append(f"{row['key']} {lang}")
    return faults


def test_the_table_has_every_key_once_and_the_same_names_in_each_language() -> None:
    assert find_faults(read_rows()) == []


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"key": "foot.source", "en": "a", "ru": "", "uk": ""}, "foot.source"),
        ({"key": "new", "en": "{n} of {all}", "ru": "{n}", "uk": ""}, "new ru"),
    ],
)
def test_a_planted_fault_of_the_table_is_found(row: dict[str, str], fault: str) -> None:
    assert find_faults([*read_rows(), row]) == [fault]


@pytest.mark.parametrize(
    ("words", "tied"),
    [
        ("Изменилась ли поддержка", "Изменилась~ли поддержка"),
        ("и среди остальных", "и~среди~остальных"),
        ("після 2022 року, за 50%", "після~2022 року, за~50%"),
        ("не начинали бы войну", "не~начинали~бы войну"),
        ("Остановились в центре", "Остановились в~центре"),
    ],
)
def test_prepositions_stay_with_what_follows_and_particles_with_what_goes_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str, tied: str
) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f'key,en,ru,uk\nwords,a,"{words}","{words}"\n', encoding="utf-8")
    monkeypatch.setattr(labels, "LABELS", labels.LabelTable(path))
    assert label("words", Edition("ru")).replace(labels.NO_BREAK, "~") == tied


def test_english_is_complete() -> None:
    assert missing_labels("en") == []


def test_missing_words_of_a_language_are_listed(other_table: Path) -> None:
    assert missing_labels("ru") == ["foot"]
    assert missing_labels("uk") == []


def test_a_label_without_words_says_where_they_are_missing(other_table: Path) -> None:
    with pytest.raises(LabelError, match=r"labels.csv has no words for 'foot' in column ru"):
        label("foot", Edition("ru"))


def test_an_unknown_key_says_so(other_table: Path) -> None:
    with pytest.raises(LabelError, match=r"labels.csv has no key 'fot' in column en"):
        label("fot")


def test_an_unknown_language_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no language 'de'\. There are: en, ru, uk"):
        Edition("de")


@pytest.mark.parametrize(
    ("number", "lang", "words"),
    [
        (1, "en", "1 poll"),
        (21, "en", "21 polls"),
        (1, "ru", "1 опрос"),
        (3, "ru", "3 опроса"),
        (11, "ru", "11 опросов"),
        (21, "ru", "21 опрос"),
        (-2, "ru", "−2 опроса"),
        (5, "uk", "5 опитувань"),
    ],
)
def test_plural_forms_follow_the_number(
    other_table: Path, number: int, lang: str, words: str
) -> None:
    assert plural("count", number, Edition(lang)) == words.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("lang", "day", "number"),
    [
        ("en", "1 April 2022", "−2.5"),
        ("ru", "1 апреля 2022", "−2,5"),
        ("uk", "1 квітня 2022", "−2,5"),
    ],
)
def test_dates_and_decimals_are_written_as_in_the_language(
    lang: str, day: str, number: str
) -> None:
    assert show_date(date(2022, 4, 1), Edition(lang)) == day
    assert show_number(-2.5, Edition(lang), digits=1) == number


def test_minus_nothing_is_nothing() -> None:
    assert show_number(-0.2) == "0"
    assert show_number(-0.2, with_sign=True) == "0"
