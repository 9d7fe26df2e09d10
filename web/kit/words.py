"""Words of the pages in a language, from labels.csv and, beyond it, the labels of the figures."""

from datetime import date
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from figures.kit import LANGUAGES, Edition
from figures.kit.labels import LABELS as FIGURE_LABELS
from figures.kit.labels import NO_BREAK, LabelError, LabelTable, show_date, show_number

LABELS = LabelTable(Path(__file__).parents[1] / "labels.csv", beyond=FIGURE_LABELS)
LANGUAGE_NAMES = {"en": "English", "ru": "Русский", "uk": "Українська"}
# Marks days, or a number, that nobody printed.
STAR = "*"

__all__ = ["LABELS", "LANGUAGES", "LANGUAGE_NAMES", "STAR", "Words", "let_break"]


def let_break(words: str) -> str:
    r"""Let a line end on a dash that is tied on both sides, as it is in the labels.

    In a picture lines are set by hand, on a page by the browser: there a dash between short words
    makes a piece that is wider than a phone, and is broken within a word.

    Examples
    --------
    >>> let_break("так\u00a0—\u00a0по\u00a0телефону").split(" ")
    ['так\xa0—', 'по\xa0телефону']
    """
    return words.replace(f"{NO_BREAK}—{NO_BREAK}", f"{NO_BREAK}— ")


class Words:
    """Words, numbers and days in the language of a reader.

    Parameters
    ----------
    lang : {"en", "ru", "uk"}

    Examples
    --------
    >>> Words("en").t("sector.state")
    'State-run'
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.edition = Edition(lang)

    def t(self, key: str, /, **values: object) -> str:
        """Words of a key as plain text."""
        return let_break(LABELS.label(key, self.edition, **values))

    def find(self, key: str) -> str | None:
        """Words of a key as plain text, or None."""
        words = LABELS.find(key, self.edition)
        return None if words is None else let_break(words)

    def rich(self, key: str, /, **values: object) -> Markup:
        """Words of a key that holds markup of ours; what is filled in is escaped.

        Examples
        --------
        >>> Words("en").rich("site.skip", house="<b>")
        Markup('Skip to the content')
        """
        words = LABELS.find(key, self.edition)
        if words is None:
            raise LabelError(f"{LABELS.path.name} has no words for {key!r} in {self.lang}.")
        return Markup(let_break(words)).format(**values)

    def n(self, key: str, number: int, /, **values: object) -> str:
        """Words of a key in the plural form that a number takes."""
        return let_break(LABELS.plural(key, int(number), self.edition, **values))

    def number(self, value: float, digits: int = 0, *, sign: bool = False) -> str:
        """Write a number with the marks of the language."""
        return show_number(float(value), self.edition, digits=digits, with_sign=sign)

    def day(self, day: date | pd.Timestamp, pattern: str = "d MMMM y") -> str:
        """Write a day as readers of the language do; `pattern` is one of CLDR."""
        return show_date(day, self.edition, pattern)

    def span(self, first: pd.Timestamp, last: pd.Timestamp, *, printed: bool = True) -> str:
        """Write the days from a first to a last one, no word twice; a star if not as printed.

        Examples
        --------
        >>> Words("en").span(pd.Timestamp("2022-04-01"), pd.Timestamp("2022-04-05"))
        '1–5 Apr 2022'
        """
        end = self.day(last, "d MMM y") + ("" if printed else STAR)
        if first == last:
            return end
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{end}"
        pattern = "d MMM" if first.year == last.year else "d MMM y"
        return f"{self.day(first, pattern)}{NO_BREAK}– {end}"

    def interval(self, lower: float, upper: float, digits: int = 1, *, sign: bool = True) -> str:
        """Write both ends of an interval."""
        ends = (self.number(end, digits, sign=sign) for end in (lower, upper))
        return self.t("interval.ends", **dict(zip(("low", "high"), ends, strict=True)))
