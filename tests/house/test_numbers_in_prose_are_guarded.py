"""A number that is typed into the prose of a notebook stands in a check of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

# What is no statement about polls: addresses, code, formulas, dates and years, versions of names.
NO_PROSE = re.compile(
    r"```.*?```|`[^`]*`|\[\d\w*\]\([^)]*\)|\]\([^)]*\)|<su[bp]>.*?</su[bp]>|^>.*?$|^#.*?$|doi:\S+"
    r"|[\w-]+\.\w+/\S+|https?://\S+",
    re.DOTALL | re.MULTILINE,
)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(rf"\b\d{{1,2}} (?:{MONTHS})\b|\b(?:19|20)\d\d\b")
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
# Sizes in words, and how they are written in a check.
WORDS = (
    "half",
    "third",
    "quarter",
    "fifth",
    "seventh",
    "twice",
    "three times",
    "in ten",
    "a hundred",
)
# Numbers that no check can hold: of all notebooks, and by notebook, each with its reason.
COMMON = {"95": "level of intervals", "4.0": "of a licence", "100": "percent, of a whole"}
KNOWN = {
    "02_support_trend": {"half": "of a half-normal prior"},
    "04_the_claim": {"15": "years of prison, by law", "1": "of a formula", "50": "of a formula"},
    "05_what_the_number_hides": {"half": "way through the fieldwork"},
    "05b_sincerity_and_silence": {
        "1": "of a formula", "50": "of a formula", "10": "points, Blair and others",
        "15": "percent, Komin and Rogov", "8": "percent, vignettes", "48": "percent, vignettes",
        "114": "volume of a journal", "4": "issue of a journal", "42": "polls, Vyrskaia and others",
        "95.5": "a bound", "0": "of a scale", "2": "of a scale",
        "half": "what a majority is more than",
    },
    "06_other_questions": {"5": "points of a prior", "half": "a year; a part of a sample"},
    "10_your_own_country": {"2.4": "points, of elections elsewhere", "half": "a party of one"},
}  # fmt: skip


def list_notebooks(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.ipynb"))


FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = [path.stem for path in list_notebooks(FOLDER)]


def plain(number: str) -> str:
    """A number as code writes it, without decimals that say nothing."""
    value = number.replace(",", "")
    return value.rstrip("0").rstrip(".") if "." in value else value


def list_numbers(markdown: str) -> Iterator[str]:
    """Numbers of prose, in digits and in words."""
    prose = DATE.sub(" ", NO_PROSE.sub(" ", markdown))
    yield from map(plain, NUMBER.findall(prose))
    for word in WORDS:
        if re.search(rf"\b{word}\b", prose):
            yield word


@pytest.mark.parametrize("name", NAMES)
def test_a_number_in_prose_stands_in_a_check(name: str) -> None:
    cells = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4).cells
    checks = " ".join(cell.source for cell in cells if "assert " in cell.source)
    typed = {
        number
        for cell in cells
        if cell.cell_type == "markdown"
        for number in list_numbers(cell.source)
    }
    held = set(map(plain, NUMBER.findall(checks))) | {word for word in WORDS if word in checks}
    known = {plain(number) for number in (*COMMON, *KNOWN.get(name, {}))}
    assert sorted(typed - held - known) == []


def test_a_number_without_a_check_is_found() -> None:
    prose = "In [02](02_support_trend.ipynb), on 4 March 2022, 73 of 108 polls, nearly a quarter."
    assert list(list_numbers(prose)) == ["73", "108", "quarter"]
