"""Words in lines: the last is no word alone under a full one."""

import pytest
from matplotlib.figure import Figure

from figures.kit.layout import wrap_text

STUBBED = "Two of ten pollsters asked about the war in every year; the others skipped many"
EVEN = f"{STUBBED} of the years before the one that is drawn"


def wrap(words: str, *, even: bool) -> list[str]:
    text = Figure(figsize=(9, 2)).text(0, 0, words, size=12)
    probe = Figure(figsize=(9, 2)).text(0, 0, STUBBED.removesuffix(" many"), size=12)
    wrap_text(text, probe.get_window_extent().width, even=even)
    return text.get_text().split("\n")


def test_a_word_alone_takes_others_from_the_line_above() -> None:
    assert wrap(STUBBED, even=False)[1:] == ["many"]
    lines = wrap(STUBBED, even=True)
    assert " ".join(lines) == STUBBED
    assert list(map(len, lines)) == pytest.approx([len(STUBBED) / 2] * 2, abs=5)


def test_all_lines_of_three_share_the_words() -> None:
    words = f"{STUBBED.removesuffix(' many')}, {STUBBED}"
    assert len(wrap(words, even=False)) == 3
    lines = wrap(words, even=True)
    assert " ".join(lines) == words
    assert list(map(len, lines)) == pytest.approx([len(words) / 3] * 3, abs=9)


def test_a_last_line_of_some_length_stands_as_it_fell() -> None:
    assert len(wrap(EVEN, even=True)) == 2
    assert wrap(EVEN, even=True) == wrap(EVEN, even=False)


def test_each_paragraph_keeps_its_own_words() -> None:
    first, *rest = wrap(f"{STUBBED}\nFew", even=True)
    assert rest[1:] == ["Few"]
    assert f"{first} {rest[0]}" == STUBBED
