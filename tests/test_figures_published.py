"""Every published figure, drawn from the real tables: fit to read in each language and size."""

from functools import cache

import pytest
from figures_made import find_cut_texts, find_overlaps, list_texts

import figures.__main__ as door
from figures.catalogue import ENTRIES
from figures.labels import LANGUAGES, label
from figures.material import Material
from figures.save import Rendering
from figures.style import SIZES, contrast

SLUGS = [entry.slug for entry in ENTRIES]
CASES = [(slug, lang, size) for slug in SLUGS for lang in LANGUAGES for size in SIZES]
# WCAG 2.2, success criterion 1.4.3; and ten CSS pixels.
LEAST_CONTRAST, LEAST_POINTS = 4.5, 7.5


@cache
def fetch() -> Material:
    """The real tables and polls; each model is fitted once."""
    return door._load_material(None)


@cache
def draw(slug: str, lang: str, size: str) -> Rendering:
    """A published figure to look at; drawn once, so leave it as it is."""
    (entry,) = (entry for entry in ENTRIES if entry.slug == slug)
    return entry.draw(fetch(), lang, size)


def test_there_are_at_least_fifteen_and_each_has_a_slug_of_its_own() -> None:
    assert len(set(SLUGS)) == len(SLUGS) >= 15


@pytest.mark.parametrize(("slug", "lang", "size"), CASES)
def test_texts_keep_apart_and_inside_and_can_be_read(slug: str, lang: str, size: str) -> None:
    fig = draw(slug, lang, size).fig
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []
    texts = list_texts(fig)
    pale = {t.get_text(): t.get_color() for t in texts if contrast(t.get_color()) < LEAST_CONTRAST}
    small = {t.get_text() for t in texts if t.get_fontsize() < LEAST_POINTS}
    assert pale == {}
    assert small == set()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_alt_text_is_short_and_has_a_number(slug: str, lang: str) -> None:
    alt = draw(slug, lang, "article").alt
    assert 10 <= len(alt.split()) <= 40
    assert any(letter.isdigit() for letter in alt)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_the_foot_and_the_caption_name_source_and_last_day(slug: str, lang: str) -> None:
    rendering = draw(slug, lang, "article")
    word = label("foot.source", lang, source="", date="").split(":")[0]
    foot = [" ".join(text.get_text().split()) for text in rendering.fig.texts]
    assert any(f"{word}:" in text for text in foot)
    assert f"{word}:" in " ".join(rendering.caption.split())


@pytest.mark.parametrize("lang", ["ru", "uk"])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_translation_is_not_left_in_english(slug: str, lang: str) -> None:
    ours, theirs = draw(slug, "en", "article"), draw(slug, lang, "article")
    assert ours.fig.get_suptitle() != theirs.fig.get_suptitle()
    assert ours.alt != theirs.alt
    assert ours.caption != theirs.caption


@pytest.mark.parametrize("slug", SLUGS)
def test_the_data_behind_a_figure_have_rows_and_named_columns(slug: str) -> None:
    (entry,) = (entry for entry in ENTRIES if entry.slug == slug)
    data = entry.make_data(fetch())
    assert len(data)
    assert all(str(column).isidentifier() for column in data.columns)
