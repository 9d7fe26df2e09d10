"""Every published figure, drawn from the real tables: fit to read in each language and size."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd
import pytest
from helpers.figures_made import find_cut_texts, find_overlaps, is_locked, list_texts
from helpers.findings_told import (
    COUNTED,
    TOLD,
    list_missing,
    list_numbers,
    list_unaccounted,
    plain,
)
from matplotlib.artist import Artist
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

import figures.__main__ as door
from analysis.findings import TOPICS, findings
from figures.catalogue import ENTRIES, draw
from figures.fitted_polls import FittedPolls
from figures.kit.edition import LANGUAGES, SIZES, Edition
from figures.kit.finish import SIDE, points
from figures.kit.frames import group_by_sector, rank_houses
from figures.kit.labels import label, show_number
from figures.kit.layout import wrap_text
from figures.kit.save import save_renderings
from figures.kit.style import contrast, house_style, new_figure

SLUGS = [entry.slug for entry in ENTRIES]
# Every language in an article, on a phone and on a card, where words are most in each other's way,
# and the other sizes in English: words differ by language, room by size.
EDITIONS = [(lang, size) for lang in LANGUAGES for size in ("article", "phone", "card")]
EDITIONS += [("en", size) for size in SIZES if ("en", size) not in EDITIONS]
# Of words beside what is drawn: title, subtitle, key and notes, without numbers and rows' names.
MOST_WORDS = 60
# Size and language of the stored pictures.
STORED = ("en", "article")
# Figures of one trend, or of none: `make test` looks at these, in the size and language stored.
SOON = (
    *("trend-support", "by-pollster-support", "two-pollsters-support", "sector-gap-support"),
    *("coverage-support", "indirect-support", "participation-support"),
)
STORED_CASES = [pytest.param(slug, marks=[pytest.mark.quick] * (slug in SOON)) for slug in SLUGS]
CASES = [
    pytest.param(slug, *edition, marks=[pytest.mark.quick] * (slug in SOON and edition == STORED))
    for slug in SLUGS
    for edition in EDITIONS
]
pytestmark = pytest.mark.long("each figure is drawn in each language and size, from all models")
# WCAG 2.2, success criterion 1.4.3; and ten CSS pixels.
LEAST_CONTRAST, LEAST_POINTS = 4.5, 7.5
# Cards whose large number is a change, and the finding that it is.
HEADLINES = {
    "composition-support": "parts.support.undecided",
    "talks-continue": "fight_on.panel",
    "all-questions": "fight_on.panel",
    "age-support": "groups.age_group.change",
    "television-support": "groups.tv_source.change",
}
# Two greys with this ratio of luminance are told apart side by side.
APART = 1.4
# What matplotlib calls no marker, and its ticks, which are markers of a kind.
NO_MARKS = ("None", "none", "", " ", None, *range(4))


@cache
def fetch() -> FittedPolls:
    """The real tables and polls; each model is fitted once."""
    return door._load_polls(None)


@cache
def fetch_findings() -> dict[str, dict[str, Any]]:
    """The table from which titles and alt texts take their numbers."""
    rows = findings(fetch(), [topic for topic in TOPICS if topic != "instruments"])
    told = rows.set_index("finding").to_dict("index")
    return {
        str(name): {str(key): value for key, value in row.items()} for name, row in told.items()
    }


def is_data(artist: Artist) -> bool:
    """Whether an artist is a line, dots or cells of polls and estimates, by its name."""
    told = str(artist.get_gid()).startswith(("polls", "estimate", "interval", "others"))
    return isinstance(artist, Line2D | PolyCollection) and told


def blend(artist: Artist) -> str:
    """Colour of a line or of cells as it is seen on white."""
    assert isinstance(artist, Line2D | PolyCollection)
    is_line = isinstance(artist, Line2D)
    red, green, blue, alpha = to_rgba(artist.get_color() if is_line else artist.get_facecolor()[0])
    alpha *= 1.0 if artist.get_alpha() is None or not is_line else float(artist.get_alpha())
    return to_hex([alpha * part + 1 - alpha for part in (red, green, blue)])


def list_marks(fig: Figure) -> set[tuple[str, str]]:
    """Shape, hollow or full, and colour of every mark and square, in the picture and in its key."""
    lines = [line for line in fig.findobj(Line2D) if isinstance(line, Line2D)]
    marked = [line for line in lines if line.get_visible() and line.get_marker() not in NO_MARKS]
    marks = {(f"{line.get_marker()}{' hollow' * is_hollow(line)}", blend(line)) for line in marked}
    for squares in fig.findobj(PolyCollection):
        if isinstance(squares, PolyCollection) and squares.get_gid() == "squares":
            marks |= {("square", to_hex(colour)) for colour in squares.get_facecolor()}
    return marks


def is_hollow(line: Line2D) -> bool:
    """Whether the marks of a line are white inside."""
    return to_hex(line.get_markerfacecolor()) == "#ffffff"


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
    marks: set[tuple[str, str]]
    words: list[str]
    files: dict[str, str]


def list_files(folder: Path) -> dict[str, str]:
    """Texts of a folder of a figure, its picture in SVG among them."""
    names = ("alt.txt", "caption.txt", "data.csv", "figure.svg")
    return {name: (folder / name).read_text(encoding="utf-8") for name in names}


@cache
def see(slug: str, lang: str, size: str) -> Seen:
    """Draw a published figure once and look at it."""
    drawn = draw(slug, fetch(), Edition(lang, size))
    fig, texts = drawn.fig, list_texts(drawn.fig)
    colours = {text.get_text(): str(text.get_color()) for text in texts}
    files = {}
    if (lang, size) == STORED:
        (entry,) = (entry for entry in ENTRIES if entry.slug == slug)
        with TemporaryDirectory() as folder:
            made = Path(folder, slug)
            save_renderings([drawn], made, entry.make_data(fetch()), formats=["svg"])
            files = list_files(made)
    return Seen(
        fig.get_suptitle(),
        drawn.alt,
        drawn.caption,
        # A card is set below its foot.
        [
            " ".join(t.get_text().split())
            for t in sorted(fig.texts, key=lambda t: t.get_gid() == "foot")
        ],
        " ".join(text.get_text() for text in fig.texts if text.get_gid() != "foot"),
        [text.get_text() for text in fig.texts],
        find_overlaps(fig),
        find_cut_texts(fig),
        [words for words in colours if words.endswith("\N{HORIZONTAL ELLIPSIS}")],
        {words: colour for words, colour in colours.items() if contrast(colour) < LEAST_CONTRAST},
        {text.get_text() for text in texts if text.get_fontsize() < LEAST_POINTS},
        {str(drawn.get_gid()) for drawn in fig.findobj(is_data) if contrast(blend(drawn)) < 3},
        list_marks(fig),
        [text.get_text() for text in texts],
        files,
    )


@pytest.mark.parametrize("slug", STORED_CASES)
def test_what_is_published_is_what_is_drawn(slug: str, root: Path) -> None:
    stored = list_files(root / "figures" / "published" / slug)
    drawn = see(slug, *STORED).files
    # Other versions may set a letter elsewhere, or round otherwise.
    for name in stored if is_locked(root) else ():
        assert drawn[name] == stored[name], f"{name}: make refresh stores what is drawn now"


@pytest.mark.quick
def test_there_are_at_least_fifteen_and_each_has_a_slug_of_its_own() -> None:
    assert len(set(SLUGS)) == len(SLUGS) >= 15


@pytest.mark.parametrize("slug", STORED_CASES)
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


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_picture_has_few_words(slug: str, lang: str) -> None:
    words = re.findall(r"[^\W\d_][\w’'-]*", see(slug, lang, "article").beside)
    assert len(words) <= MOST_WORDS


@pytest.mark.parametrize(("slug", "lang", "size"), CASES)
def test_no_words_are_cut(slug: str, lang: str, size: str) -> None:
    assert see(slug, lang, size).shortened == []


@pytest.mark.parametrize("slug", STORED_CASES)
def test_marks_of_two_meanings_are_apart_without_colour(slug: str) -> None:
    by_shape: dict[str, list[float]] = {}
    for shape, colour in see(slug, "en", "article").marks:
        by_shape.setdefault(shape, []).append(contrast(colour))
    for shape, greys in by_shape.items():
        assert all(dark / pale >= APART for pale, dark in pairwise(sorted(greys))), (shape, greys)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_calendar_names_the_sectors_of_its_rows(lang: str) -> None:
    fitted = fetch()
    groups = group_by_sector(rank_houses(fitted.houses(), fitted.obs()), Edition(lang))
    assert {words for words, _ in groups} <= set(see("coverage-support", lang, "phone").words)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", HEADLINES)
def test_a_card_shows_a_number_large_where_the_change_is_clear(slug: str, lang: str) -> None:
    """An interval that holds zero is told in words; its number stands below, with both ends."""
    row, number = fetch_findings()[HEADLINES[slug]], see(slug, lang, "card").foot[1]
    is_clear = not row["lower"] <= 0 <= row["upper"]
    assert bool(re.search(r"\d", number)) is is_clear, number


@cache
def fetch_data(slug: str) -> pd.DataFrame:
    """The data behind a figure."""
    (entry,) = (entry for entry in ENTRIES if entry.slug == slug)
    return entry.make_data(fetch())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_title_and_card_tell_no_number_but_of_findings_and_data(slug: str, lang: str) -> None:
    title, number = see(slug, lang, "article").title, see(slug, lang, "card").foot[1]
    rows, data = fetch_findings(), fetch_data(slug)
    for words in (title, number):
        assert list_unaccounted(rows, slug, words, data, Edition(lang)) == [], words


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_card_shows_large_what_its_sentence_says(slug: str, lang: str) -> None:
    title, number = see(slug, lang, "article").title, see(slug, lang, "card").foot[1]
    missing = [n for n in list_numbers(number) if n.lstrip("+−") not in plain(title)]
    assert missing == [], (number, title)


def test_a_number_that_is_nobodys_is_found() -> None:
    rows, slug = fetch_findings(), "two-pollsters-support"
    assert slug in COUNTED
    assert list_unaccounted(rows, slug, "28 points", fetch_data(slug)) == ["28"]


@pytest.mark.parametrize("slug", sorted({one.slug for one in TOLD if "since" in one.title}))
def test_what_is_told_since_a_month_ends_where_the_data_that_are_drawn_end(slug: str) -> None:
    """A title that says "since" and no end counts to the end of the line that it tells of."""
    data = fetch_data(slug)
    told = [one.finding for one in TOLD if one.slug == slug and "since" in one.title]
    for finding in told:
        # Other questions may have been asked later.
        of_line = [name for name in ("side", "question") if name in data and "fight" in finding]
        mine = data[data[of_line].eq("continue").all(axis=1)]
        last = mine["date"].max() + pd.offsets.MonthEnd(0)
        assert fetch_findings()[finding]["end_until"] == last


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", ["age-support", "television-support"])
def test_the_alt_text_ends_on_the_values_that_stand_beside_the_lines(slug: str, lang: str) -> None:
    seen = see(slug, lang, "article")
    labels = [plain(words) for words in seen.words]
    ends = fetch_data(slug).groupby("group")["value_pct"].last()
    for group in ("60+", "18-29") if slug == "age-support" else ("yes", "no"):
        number = show_number(ends[group], Edition(lang))
        assert number in list_numbers(seen.alt)
        assert any(words.rstrip("% ").endswith(f": {number}") for words in labels), labels


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_caption_says_what_is_shown_before_how(slug: str, lang: str) -> None:
    method = {"en": "Method:", "ru": "Метод:", "uk": "Метод:"}[lang]
    assert not see(slug, lang, "article").caption.startswith(method)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_on_a_phone_the_finding_has_three_lines_at_most(slug: str, lang: str) -> None:
    seen = see(slug, lang, "phone")
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


LEANING = {"ли", "же", "бы", "б", "ж", "би"}
LONG_PREPOSITIONS = {"после", "среди", "между", "перед", "через", "після", "серед", "понад", "між"}


@pytest.mark.parametrize("lang", ["ru", "uk"])
@pytest.mark.parametrize("slug", SLUGS)
def test_no_line_ends_on_a_preposition_or_a_dash(slug: str, lang: str) -> None:
    seen = [see(slug, lang, size).lines for size in ("article", "phone")]
    texts = [text.split("\n") for lines in seen for text in lines]
    assert len(texts) >= 6
    for one, other in (pair for lines in texts for pair in pairwise(lines)):
        last, first = re.split(r"[ \xa0]", one)[-1], re.split(r"[ \xa0]", other)[0]
        # A particle leans on the word before it.
        assert first not in LEANING, other
        assert last in LEANING or not re.fullmatch(r"[А-яЁёІіЇїЄєҐґ]{1,3}", last), one
        assert last.lower() not in LONG_PREPOSITIONS, one
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
@pytest.mark.parametrize("slug", sorted({told.slug for told in TOLD}))
def test_a_translation_tells_the_same_direction_base_and_size(slug: str, lang: str) -> None:
    seen = see(slug, lang, "article")
    assert list_missing(fetch_findings(), slug, seen.title, seen.alt, Edition(lang)) == []


@pytest.mark.parametrize("lang", ["ru", "uk"])
@pytest.mark.parametrize("slug", SLUGS)
def test_a_translation_is_not_left_in_english(slug: str, lang: str) -> None:
    ours, theirs = see(slug, "en", "article"), see(slug, lang, "article")
    assert ours.title != theirs.title
    assert ours.alt != theirs.alt
    assert ours.caption != theirs.caption


@pytest.mark.parametrize("slug", STORED_CASES)
def test_the_data_behind_a_figure_have_rows_and_named_columns(slug: str) -> None:
    (entry,) = (entry for entry in ENTRIES if entry.slug == slug)
    data = entry.make_data(fetch())
    assert len(data)
    assert all(str(column).isidentifier() for column in data.columns)
