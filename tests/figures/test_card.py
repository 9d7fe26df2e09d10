"""A card: question, number, finding and foot, one below the other within the margins."""

from datetime import date
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from figures import card as card_of
from figures.card import FINDINGS, GAPS, NUMBER, SIDE, make_card
from figures.kit.edition import Edition
from figures.kit.finish import finish, points
from figures.kit.save import Rendering
from figures.kit.style import house_style, new_figure

NUMBERS = {"short": "−6%", "long": "from 81 to 74 percent"}


def make(number: str, finding: str = "Support fell by 6 points", source: str = "Made up") -> Figure:
    """A card of a figure without data."""
    with house_style():
        fig, _ = new_figure()
    article = Rendering(
        finish(fig, finding, "Percent", source, date(2022, 4, 18)),
        "A line.",
        "Made up.",
        number=number,
    )
    return make_card(article, Edition(size="card", short="Did it change?")).fig


@pytest.fixture(scope="module", params=list(NUMBERS))
def card(request: pytest.FixtureRequest) -> Figure:
    """With a number that has room, and with one that must be made smaller."""
    return make(NUMBERS[request.param])


def find(card: Figure) -> list[Text]:
    """The four texts from top to bottom."""
    texts = [text for text in card.findobj(Text) if text.get_text().strip()]
    return sorted(texts, key=lambda text: -float(text.get_window_extent().y0))


def test_texts_stand_one_below_the_other_at_the_stated_distances(card: Figure) -> None:
    question, number, finding, foot = (text.get_window_extent() for text in find(card))
    margin, pixel = SIDE * card.dpi / 72, card.dpi / 72
    assert card.bbox.height - question.y1 == pytest.approx(margin, abs=1)
    assert question.y0 - number.y1 == pytest.approx(GAPS[0] * pixel, abs=1)
    assert number.y0 - finding.y1 == pytest.approx(GAPS[1] * pixel, abs=1)
    assert foot.y0 == pytest.approx(margin, abs=1)
    assert finding.y0 > foot.y1


def test_parts_of_the_foot_are_parted_where_an_article_sets_them_in_lines() -> None:
    source = ", ".join(["Institute for the Study of Opinion"] * 2)
    foot = find(make("−6%", source=source))[-1].get_text().replace("\N{NO-BREAK SPACE}", " ")
    assert "to 18 Apr 2022 · Russian war polls" in foot


def test_all_begin_at_the_left_margin_and_end_within_the_right_one(card: Figure) -> None:
    margin = SIDE * card.dpi / 72
    for text in find(card):
        x, _ = text.get_transform().transform(text.get_position())
        assert x == pytest.approx(margin, abs=1)
        assert text.get_window_extent().x1 <= card.bbox.width - margin + 1


def test_a_number_is_as_large_as_it_can_be_in_one_line() -> None:
    sizes = {}
    for name, words in NUMBERS.items():
        text = find(make(words))[1]
        assert text.get_text().replace("\N{NO-BREAK SPACE}", " ") == words
        sizes[name] = float(text.get_fontsize())
    assert sizes["short"] == NUMBER > sizes["long"]
    card = make(NUMBERS["long"])
    room = card.bbox.width - 2 * SIDE * card.dpi / 72
    width = find(card)[1].get_window_extent().width
    assert width == pytest.approx(room, rel=0.04)
    assert width <= room


def test_the_finding_is_set_anew_for_the_width_of_the_card() -> None:
    finding = "Support for the war fell by six points between spring and the last twelve months"
    text = find(make("−6 points", finding))[2]
    assert " ".join(text.get_text().split()) == finding
    assert mpl.colors.to_hex(text.get_color()) != "#0072b2"


@pytest.mark.parametrize(("more", "size"), [(-1.0, 1.0), (0.0, 0.98), (1.0, 0.98)])
def test_a_number_that_just_fills_the_line_gets_a_little_smaller(
    more: float, size: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_of, "_width", lambda fig, _: card_of._room(fig) + more)
    number = find(make("−6%"))[1]
    assert number.get_fontsize() == pytest.approx(size * NUMBER, rel=0.002)


@pytest.mark.parametrize(
    ("more", "size"), [(-1.0, min(FINDINGS)), (0.0, max(FINDINGS)), (1.0, max(FINDINGS))]
)
def test_a_finding_that_ends_where_the_foot_begins_is_as_large_as_can_be(
    more: float, size: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_foot, set_words = card_of._set_foot, card_of._set

    def set_down(fig: Figure, *words: Any, **more_words: Any) -> float:
        foot = set_words(fig, *words, **more_words)
        is_finding = words[-1] == "normal"
        return 100.0 + points(fig, GAPS[2]) + more if is_finding else foot

    def set_foot_down(fig: Figure, words: str) -> float:
        set_foot(fig, words)
        return 100.0

    monkeypatch.setattr(card_of, "_set_foot", set_foot_down)
    monkeypatch.setattr(card_of, "_set", set_down)
    assert find(make("−6%"))[2].get_fontsize() == size
