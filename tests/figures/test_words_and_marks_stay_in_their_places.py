"""Figures of each kind, from made-up numbers, are drawn on a phone and over a page as stored.

The published figures are held to their bytes in one size and language, and from the data of the
day; these are held, pixel by pixel, in the sizes where words and marks are in each other's way.
"""

import json
from pathlib import Path

import pytest
from helpers.figures_made import find_cut_texts, find_overlaps, is_locked
from helpers.figures_of_each_kind import CASES, draw_kind, list_places
from helpers.paths import REFERENCE
from matplotlib.colors import to_hex
from matplotlib.text import Text

from figures.kit import SECTOR_COLOURS
from figures.kit.labels import label

STORED = json.loads((REFERENCE / "places.json").read_text(encoding="utf-8"))


@pytest.mark.long("figures of each kind are drawn in each size", quick=6)
@pytest.mark.parametrize(("kind", "size"), CASES)
def test_a_figure_is_drawn_as_it_was_when_it_was_looked_at(
    kind: str, size: str, root: Path
) -> None:
    places = list_places(draw_kind(kind, size))
    assert len(places) > 10
    # Other versions may set a letter elsewhere.
    if is_locked(root):
        assert places == STORED[f"{kind} {size}"], (
            "look at it, then: PYTHONPATH=.:tests python tests/reference/places.py"
        )


@pytest.mark.long("figures of each kind are drawn in each size", quick=6)
@pytest.mark.parametrize(("kind", "size"), CASES)
def test_no_text_is_cut_or_covered(kind: str, size: str) -> None:
    fig = draw_kind(kind, size)
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


@pytest.mark.long("figures of each kind are drawn in each size", quick=6)
@pytest.mark.parametrize(("kind", "size"), CASES)
def test_a_colour_of_a_sector_is_explained_where_there_are_several(kind: str, size: str) -> None:
    fig = draw_kind(kind, size)
    marks = [line for ax in fig.axes for line in ax.lines if line.get_marker() in "^oX*s"]
    drawn = {to_hex(line.get_markerfacecolor()) for line in marks}
    # Two sectors may share a colour, and the words of one then do.
    names: dict[str, list[str]] = {}
    for name, colour in SECTOR_COLOURS.items():
        names.setdefault(to_hex(colour), []).append(label(f"sector.{name}").lower())
    used = [words for colour, words in names.items() if colour in drawn]
    told = " ".join(text.get_text() for text in fig.findobj(Text)).lower()
    if len(used) > 1:
        assert [words for words in used if not any(word in told for word in words)] == []


def test_each_stored_figure_is_drawn() -> None:
    assert sorted(STORED) == sorted(f"{kind} {size}" for kind, size in CASES)
