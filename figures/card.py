"""The card of a figure: its question, one number and the finding, for where a page is linked to."""

import re

from matplotlib.figure import Figure

from figures.kit.edition import Edition
from figures.kit.finish import points
from figures.kit.labels import NO_BREAK
from figures.kit.layout import lead_evenly, settle, wrap_text
from figures.kit.save import Rendering
from figures.kit.style import INK, house_style, new_figure

# Points; a card is read at half its size, beside the words of others. A title has 44 pixels.
SIDE = 45.0
TITLE, FOOT = 36.0, 12.0
# At the most and, for the finding, at the least: words and number fill the card.
NUMBER, FINDINGS = 130.0, (40.0, 38.0, 36.0, 34.0, 32.0, 30.0, 28.0, 26.0, 24.0, 22.0)
LINES = 3  # of a finding
# Below the question, the number and the finding.
GAPS = (22.0, 14.0, 18.0)
# A number with its unit, or with its sign.
MEASURE = re.compile(r"[+−]?\d+(?:[.,]\d+)?(?:–\d+)?\s?(?:%|points?|пункт\w*)|[+−]\d+(?:[.,]\d+)?")


def make_card(article: Rendering, edition: Edition) -> Rendering:
    """Make a card of what a figure says in an article.

    Parameters
    ----------
    article : Rendering
        The figure as drawn for an article, with the number that its finding is about; where
        that is not given, the first number of the finding stands for it.
    edition : Edition
        Language and size of the card, and its title, `short`.

    Returns
    -------
    Rendering
        The card with the alt text and caption of the figure.

    Examples
    --------
    >>> from datetime import date
    >>> from figures.kit.finish import finish
    >>> with house_style():
    ...     fig, ax = new_figure()
    >>> _ = finish(fig, "It fell by 6 points", "Percent", "Made up", date(2022, 4, 18))
    >>> article = Rendering(fig, "A line.", "Made up.", number="−6 points")
    >>> card = make_card(article, Edition(size="card", short="Did it change?"))
    >>> words = [text for text in card.fig.texts if text.get_gid() != "foot"]
    >>> [text.get_text().replace(NO_BREAK, " ") for text in words]
    ['Did it change?', '−6 points', 'It fell by 6 points']
    """
    finding = _unwrap(article.fig.get_suptitle())
    # In one line, however long: it gets smaller.
    number = (article.number or find_number(finding)).replace(" ", NO_BREAK)
    foot = next(text for text in article.fig.texts if text.get_gid() == "foot")
    with house_style():
        fig, ax = new_figure(edition)
        ax.set_axis_off()
        high = fig.bbox.height - points(fig, SIDE)
        high = _set(fig, edition.short, high, TITLE, "main", "bold", is_title=True)
        low = _set_foot(fig, str(foot.get_label())) + points(fig, GAPS[2])
        room = _room(fig) / _width(fig, number)
        # Letters are set on whole pixels: what fits to the last of them breaks into two lines.
        size = NUMBER * (1.0 if room > 1 else 0.98 * room)
        high = _set(fig, number, high - points(fig, GAPS[0]), size, "accent", "bold")
        high -= points(fig, GAPS[1])
        for size in FINDINGS:
            foot_of = _set(fig, finding, high, size, "main", "normal")
            if foot_of >= low and fig.texts[-1].get_text().count("\n") < LINES:
                break
            if size != FINDINGS[-1]:
                fig.texts[-1].remove()
    return Rendering(fig, article.alt, article.caption, edition, number)


def find_number(finding: str) -> str:
    """Find the number of a finding that names none: the first that has a unit or a sign.

    Examples
    --------
    >>> find_number("Of 7 events one shows: mobilisation, −5 (−10 to 0)"), find_number("None")
    ('−5', '')
    """
    found = MEASURE.search(finding)
    return found[0] if found else ""


def _set_foot(fig: Figure, words: str) -> float:
    """Set the foot down; return the height of its top."""
    text = fig.text(points(fig, SIDE) / fig.bbox.width, 0, words, gid="foot")
    text.set(size=FOOT, color=INK["quiet"], va="bottom", zorder=4)  # it is read last
    text.set_y(settle(points(fig, SIDE)) / fig.bbox.height)
    wrap_text(text, _room(fig))
    return float(text.get_window_extent().y1)


def _room(fig: Figure) -> float:
    """Pixels between the margins."""
    return float(fig.bbox.width) - 2 * points(fig, SIDE)


def _width(fig: Figure, number: str) -> float:
    """Pixels that a number takes in one line, at its full size."""
    probe = fig.text(0, 0, number, size=NUMBER, weight="bold")
    width = float(probe.get_window_extent().width)
    probe.remove()
    return max(width, 1.0)


def _set(
    fig: Figure,
    words: str,
    top: float,
    size: float,
    ink: str,
    weight: str,
    *,
    is_title: bool = False,
) -> float:
    """Set words down from a height; return that of their foot."""
    place = settle(points(fig, SIDE)) / fig.bbox.width, settle(top) / fig.bbox.height
    text = fig.suptitle(words) if is_title else fig.text(*place, words)
    text.set_position(place)
    text.set(size=size, color=INK[ink], ha="left", va="top")
    lead_evenly(text)
    text.set_fontweight(weight)
    wrap_text(text, _room(fig), even=True)
    return float(text.get_window_extent().y0)


def _unwrap(words: str) -> str:
    return words.replace("\n", " ")
