"""What belongs together stays in one line: our credit at the foot, and the words of a key."""

from datetime import date

import pytest

from figures.kit.edition import LANGUAGES, SIZES, Edition
from figures.kit.finish import KeyEntry, finish
from figures.kit.labels import NO_BREAK
from figures.kit.style import house_style, new_figure

pytestmark = pytest.mark.long("a hundred made feet and keys are drawn")

DATA = ("2026-02-25", "a1b2c3d4e5")
DAY = date(2026, 2, 25)
SOURCES = "Levada Center, VCIOM, Chronicles, Russian Field, FOM"


def draw(edition, *, n_letters, key=()):
    """Foot whose sources are so long that the credit begins anywhere in the line."""
    with house_style():
        fig, _ = new_figure(edition)
    return finish(
        fig, "Title", "Percent", f"{SOURCES}, {'x' * n_letters}", DAY, key=key, edition=edition
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_licence_never_stands_alone_in_a_line(lang, size):
    edition = Edition(lang, size, data=DATA)
    for n_letters in range(1, 60, 4):
        foot = next(t for t in draw(edition, n_letters=n_letters).texts if t.get_gid() == "foot")
        lines = foot.get_text().replace(NO_BREAK, " ").split("\n")
        assert "Russian war polls" in next(line for line in lines if "CC BY" in line)


@pytest.mark.quick
def test_a_credit_of_others_breaks_where_it_has_to():
    edition = Edition(size="phone", credit="A daily of a town " * 6)
    foot = next(t for t in draw(edition, n_letters=1).texts if t.get_gid() == "foot")
    assert foot.get_window_extent().x1 <= foot.get_figure().bbox.width


def test_no_word_of_a_key_stands_alone_in_a_line():
    words = "Dashed: 1.4 times, if all who fear polls refuse to be interviewed in them"
    for more in range(1, 40):
        key = [KeyEntry("", "#000000", f"{words} {'x' * more} (2024)")]
        fig = draw(Edition(size="phone"), n_letters=1, key=key)
        text = next(t for t in fig.texts if "Dashed" in t.get_text())
        assert text.get_text().split("\n")[-1] != "(2024)"
