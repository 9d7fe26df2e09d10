"""Every word of the site stands in the table of labels, in all languages, and none is idle."""

import csv
import re
from collections import Counter
from string import Formatter

import pytest
from helpers.imports import read_sources
from helpers.paths import ROOT

from figures.kit import LANGUAGES
from web.kit import LABELS, Words

TEMPLATES = {p.name: p.read_text(encoding="utf-8") for p in (ROOT / "web/templates").iterdir()}
# A key may be made of parts: what stands before or after a value in braces.
NAMED = re.compile(r"""["']([a-z_]+(?:\.[a-z0-9_]*)*)["']""")
MADE = re.compile(r"""f"([a-z_.]+)\{|["']([a-z_.]+\.)["'] ~""")


def read_rows() -> list[dict[str, str]]:
    with LABELS.path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def list_fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_is_missing(lang: str) -> None:
    assert LABELS.missing(lang) == []


def test_a_key_stands_once() -> None:
    counts = Counter(row["key"] for row in read_rows())
    assert {key for key, count in counts.items() if count > 1} == set()


def test_all_languages_fill_in_the_same() -> None:
    for row in read_rows():
        fields = [list_fields(row[lang]) for lang in LANGUAGES if row[lang]]
        # A plural form may leave its number out, as "one" does.
        assert {frozenset(found - {"n"}) for found in fields} == {frozenset(fields[0] - {"n"})}, row


def test_no_label_is_idle() -> None:
    sources = "\n".join([*read_sources("web").values(), *TEMPLATES.values()])
    whole = set(NAMED.findall(sources))
    begun = {part for pair in MADE.findall(sources) for part in pair if part}
    idle = [
        row["key"]
        for row in read_rows()
        if row["key"] not in whole
        and not row["key"].startswith(tuple(begun))
        and row["key"].rpartition(".")[0] not in whole
    ]
    assert idle == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_piece_without_a_break_is_wider_than_a_list_on_a_phone(lang: str) -> None:
    words = Words(lang)
    told = {row["key"]: words.find(row["key"]) for row in read_rows()}
    pieces = {
        key: max(re.sub("<[^>]+>", "", text).replace("-", "- ").split(" "), key=len)
        for key, text in told.items()
        if text
    }
    assert {key: piece for key, piece in pieces.items() if len(piece) > 26} == {}


@pytest.mark.parametrize(("lang", "mean"), [("en", "average"), ("ru", "средн"), ("uk", "середн")])
def test_one_pollster_has_no_average(lang: str, mean: str) -> None:
    assert mean not in Words(lang).n("front.panel", 1)
    assert mean in Words(lang).n("front.panel", 3)
