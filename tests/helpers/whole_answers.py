"""Answers that are stored whole: written as text, thinned where they are daily, and compared.

`RENEW_ANSWERS=1 python -m pytest tests/doors/test_whole_answers.py` and the same of
`tests/analysis/test_whole_tables.py`
stores them anew: look at each difference, as each is one of what people get.
"""

import os
import re
from typing import Any

from helpers.figures_made import is_locked
from helpers.paths import ROOT, TESTS

STORED = TESTS / "data" / "answers"
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
# Tables with more rows are thinned.
MOST_ROWS = 40


def compare_with_stored(name: str, found: str, loose: float = 0.0) -> list[str]:
    """Lines that differ from those that are stored, or none once they are renewed.

    Other versions of numpy and scipy than those of the lock may round the last place another way.

    Parameters
    ----------
    name : str
        Of the file without its ending.
    found : str
        The answer.
    loose : float
        What a number may be off, in parts of itself and of one: of answers that are drawn at
        random along a way that differs between processors.
    """
    path = STORED / f"{name}.txt"
    if os.environ.get("RENEW_ANSWERS"):
        path.write_text(found, encoding="utf-8")
    stored = path.read_text(encoding="utf-8")
    return find_differences(found, stored, last_place=not is_locked(ROOT), loose=loose)


def thin(told: Any) -> Any:
    """All of a short table; of a daily one the first rows, and each tenth; seven digits."""
    if isinstance(told, dict):
        return {name: thin(value) for name, value in told.items()}
    if isinstance(told, list):
        rows = [thin(row) for row in told]
        long = len(rows) > MOST_ROWS
        return [f"of {len(rows)} rows", *rows[:2], *rows[2::10]] if long else rows
    return float(f"{told:.7g}") if isinstance(told, float) else told


def find_differences(found: str, stored: str, *, last_place: bool, loose: float = 0.0) -> list[str]:
    """Lines that differ in words, or in a number by more than a ten-thousandth.

    Parameters
    ----------
    found, stored : str
        Blanks count as one.
    last_place : bool
        Let the last place of a number as printed be one more or less.
    loose : float
        What a number may be off, in parts of itself and of one.
    """
    differing = []
    lines, expected = found.splitlines(), stored.splitlines()
    for number, (line, wanted) in enumerate(zip(lines, expected, strict=False), 1):
        if "n_evaluations" in line and "n_evaluations" in wanted:
            continue  # how far a search went is no answer, and differs between processors
        words, wanted_words = NUMBER.sub("#", line), NUMBER.sub("#", wanted)
        numbers = zip(NUMBER.findall(line), NUMBER.findall(wanted), strict=False)
        apart = any(_differ(one, other, last_place, loose) for one, other in numbers)
        if apart or words.split() != wanted_words.split():
            differing.append(f"line {number}: {line!r}\n  was stored: {wanted!r}")
    if len(lines) != len(expected):
        differing.append(f"{len(lines)} lines, and {len(expected)} are stored")
    return differing


def _differ(one: str, other: str, last_place: bool, loose: float) -> bool:
    decimals = len(one.partition(".")[2]) if "e" not in one else 9
    number = abs(float(other))
    allowed = (1e-4 * number + 1e-6) * (decimals > 3) + loose * (number + 1) + 1e-9
    return abs(float(one) - float(other)) > allowed + last_place * 10.0**-decimals
