"""Every published figure, drawn from the real tables: fit to read in each language and size."""

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import pytest
from helpers.figures_made import find_cut_texts, find_overlaps, list_texts
from matplotlib.artist import Artist
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D

import figures.__main__ as door
from figures.catalogue import ENTRIES, draw
from figures.fitted_polls import FittedPolls
from figures.kit.edition import LANGUAGES, SIZES, Edition
from figures.kit.finish import SIDE, points
from figures.kit.labels import label
from figures.kit.layout import wrap_text
from figures.kit.style import contrast, house_style, new_figure

SLUGS = [entry.slug for entry in ENTRIES]
# Every language in an article and on a phone, where words are most in each other's way, and the
# other sizes in English: words differ by language, room by size.
EDITIONS = [(lang, size) for lang in LANGUAGES for size in ("article", "phone")]
EDITIONS += [("en", size) for size in SIZES if ("en", size) not in EDITIONS]
# Of words beside what is drawn: title, subtitle, key and notes, without numbers and rows' names.
MOST_WORDS = 60
CASES = [(slug, lang, size) for slug in SLUGS for lang, size in EDITIONS]
# WCAG 2.2, success criterion 1.4.3; and ten CSS pixels.
LEAST_CONTRAST, LEAST_POINTS = 4.5, 7.5


@cache
def fetch() -> FittedPolls:
    """The real tables and polls; each model is fitted once."""
    return door._load_polls(None)


def is_data(artist: Artist) -> bool:
    """Whether an artist is a line or dots of polls and estimates, by its name."""
    told = str(artist.get_gid()).startswith(("polls", "estimate", "interval", "others"))
    return isinstance(artist, Line2D) and told


def blend(line: Artist) -> tuple[float, float, float]:
    """Colour of a line as it is seen on white."""
    assert isinstance(line, Line2D)
    alpha = 1.0 if line.get_alpha() is None else float(line.get_alpha())
    red, green, blue = (alpha * part + 1 - alpha for part in to_rgb(line.get_color()))
    return red, green, blue


class Seen(NamedTuple):
    """What a reader meets in a drawn figure; the picture itself is not kept."""

    title: str
    alt: str
    caption: str
    foot: list[str]
    beside: str
    lines: list[str]
    overlaps: list[tuple[str, str]]
    cut: list[str]
    shortened: list[str]
    pale: dict[str, str]
    small: set[str]
    faint: set[str]


@cache
def see(slug: str, lang: str, size: str) -> Seen:
    """Draw a published figure once and look at it."""
    drawn = draw(slug, fetch(), Edition(lang, size))
    fig, texts = drawn.fig, list_texts(drawn.fig)
    colours = {text.get_text(): str(text.get_color()) for text in texts}
    return Seen(
        fig.get_suptitle(),
        drawn.alt,
        drawn.caption,
        [" ".join(text.get_text().split()) for text in fig.texts],
        " ".join(text.get_text() for text in fig.texts if text.get_gid() != "foot"),
        [text.get_text() for text in fig.texts],
        find_overlaps(fig),
        find_cut_texts(fig),
        [words for words in colours if words.endswith("\N{HORIZONTAL ELLIPSIS}")],
        {words: colour for words, colour in colours.items() if contrast(colour) < LEAST_CONTRAST},
        {text.get_text() for text in texts if text.get_fontsize() < LEAST_POINTS},
        {str(line.get_gid()) for line in fig.findobj(is_data) if contrast(to_hex(blend(line))) < 3},
    )


def test_there_are_at_least_fifteen_and_each_has_a_slug_of_its_own() -> None:
    assert len(set(SLUGS)) == len(SLUGS) >= 15


@pytest.mark.parametrize("slug", SLUGS)
def test_no_number_is_stored_to_digits_that_depend_on_the_machine(slug: str) -> None:
    entry = next(entry for entry in ENTRIES if entry.slug == slug)
    numbers = entry.make_data(fetch()).select_dtypes("float")
    assert (numbers.isna() | (numbers.round(4) == numbers)).all(axis=None), list(numbers)


@pytest.mark.parametrize(("slug", "lang", "size"), CASES)
def test_texts_keep_apart_and_inside_and_can_be_read(slug: str, lang: str, size: str) -> None:
    seen = see(slug, lang, size)
    assert seen.overlaps == []
    assert seen.cut == []
    assert seen.pale == {}
    assert seen.small == set()
    # WCAG 2.2, success criterion 1.4.11.
    assert seen.faint == set()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_alt_text_is_short_and_has_a_number(slug: str, lang: str) -> None:
    alt = see(slug, lang, "article").alt
    assert 10 <= len(alt.split()) <= 40
    assert any(letter.isdigit() for letter in alt)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_picture_has_few_words(slug: str) -> None:
    words = re.findall(r"[^\W\d_][\w’'-]*", see(slug, "en", "article").beside)
    assert len(words) <= MOST_WORDS


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_caption_says_what_is_shown_before_how(slug: str, lang: str) -> None:
    method = {"en": "Method:", "ru": "Метод:", "uk": "Метод:"}[lang]
    assert not see(slug, lang, "article").caption.startswith(method)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_on_a_phone_no_word_is_cut_and_the_finding_has_three_lines_at_most(
    slug: str, lang: str
) -> None:
    seen = see(slug, lang, "phone")
    assert seen.shortened == []
    assert seen.lines[1].count("\n") < 3, seen.lines[1]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_the_title_has_two_lines_at_most_in_every_size(slug: str, lang: str) -> None:
    entry = next(entry for entry in ENTRIES if entry.slug == slug)
    finding = " ".join(see(slug, lang, "article").title.split("\n"))
    short = label(f"short.{slug}", Edition(lang))
    assert len(short) <= 45
    for size in SIZES:
        with house_style():
            fig, _ = new_figure(Edition(lang, size))
            title = fig.suptitle(short if size in ("phone", "card") else finding)
            wrap_text(title, fig.bbox.width - 2 * points(fig, SIDE))
        assert title.get_text().count("\n") < 2, (entry.slug, size, title.get_text())


@pytest.mark.parametrize("lang", ["ru", "uk"])
@pytest.mark.parametrize("slug", SLUGS)
def test_no_line_ends_on_a_preposition_or_a_dash(slug: str, lang: str) -> None:
    seen = [see(slug, lang, size).lines for size in ("article", "phone")]
    texts = [text.split("\n") for lines in seen for text in lines]
    assert len(texts) >= 6
    for one, other in (pair for lines in texts for pair in pairwise(lines)):
        assert not re.search(r"(?<![\w-])[А-яЁёІіЇїЄєҐґ]{1,3}$", one), one
        assert not one.endswith("—"), one
        assert not other.startswith("—"), other


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_the_foot_and_the_caption_name_source_and_last_day(slug: str, lang: str) -> None:
    seen = see(slug, lang, "article")
    word = label("foot.source", Edition(lang), source="", date="").split(":")[0]
    assert any(f"{word}:" in text for text in seen.foot)
    assert f"{word}:" in " ".join(seen.caption.split())


@pytest.mark.parametrize("lang", ["ru", "uk"])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_translation_is_not_left_in_english(slug: str, lang: str) -> None:
    ours, theirs = see(slug, "en", "article"), see(slug, lang, "article")
    assert ours.title != theirs.title
    assert ours.alt != theirs.alt
    assert ours.caption != theirs.caption


@pytest.mark.parametrize("slug", SLUGS)
def test_the_data_behind_a_figure_have_rows_and_named_columns(slug: str) -> None:
    (entry,) = (entry for entry in ENTRIES if entry.slug == slug)
    data = entry.make_data(fetch())
    assert len(data)
    assert all(str(column).isidentifier() for column in data.columns)
