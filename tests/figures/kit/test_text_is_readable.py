"""All text of a figure has the contrast and the size that people can read."""

import pytest
from helpers.figures_made import CASES, list_texts, see
from helpers.figures_of_each_kind import CASES as KINDS
from helpers.figures_of_each_kind import draw_kind

from figures.kit.style import INK, SECTOR_COLOURS, contrast

# WCAG 2.2, success criterion 1.4.3.
LEAST_CONTRAST = 4.5
# Ten CSS pixels.
LEAST_POINTS = 7.5


@pytest.mark.long("figures of each kind are drawn in each size", quick=3)
@pytest.mark.parametrize(("name", "size"), CASES)
def test_every_text_has_a_contrast_of_4_5_on_white(name: str, size: str) -> None:
    texts = list_texts(see(name, size))
    pale = {t.get_text(): t.get_color() for t in texts if contrast(t.get_color()) < LEAST_CONTRAST}
    assert texts
    assert pale == {}


@pytest.mark.long("figures of each kind are drawn in each size", quick=3)
@pytest.mark.parametrize(("name", "size"), CASES)
def test_no_text_is_smaller_than_ten_pixels_of_an_article(name: str, size: str) -> None:
    sizes = {text.get_text(): text.get_fontsize() for text in list_texts(see(name, size))}
    assert {words: points for words, points in sizes.items() if points < LEAST_POINTS} == {}


@pytest.mark.long("figures of each kind are drawn in each size", quick=3)
@pytest.mark.parametrize(("kind", "size"), KINDS)
def test_all_text_is_ink_and_blue_on_white_only(kind: str, size: str) -> None:
    # On the grey of a band blue has a contrast below 4.5.
    inks = set(INK.values()) if kind == "card" else {INK["main"], INK["quiet"]}
    assert {text.get_color() for text in list_texts(draw_kind(kind, size))} <= inks


def test_every_ink_may_be_used_for_text() -> None:
    assert min(contrast(colour) for colour in INK.values()) >= LEAST_CONTRAST


def test_contrast_agrees_with_published_values() -> None:
    # WebAIM's checker prints 3.54 for #888888 and 4.54 for #767676 on white.
    assert contrast("#888888") == pytest.approx(3.54, abs=0.006)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.006)
    assert contrast("#ffffff") == 1
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


def test_a_pale_colour_of_the_palette_is_told_from_ink() -> None:
    assert contrast(SECTOR_COLOURS["state"]) < LEAST_CONTRAST
