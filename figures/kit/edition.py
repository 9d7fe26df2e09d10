"""The edition of a figure: its language, its size, and the day by which its polls were out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import pandas as pd

# British order of day and month; CLDR's plain "en" is American.
LOCALES: Mapping[str, str] = {"en": "en_GB", "ru": "ru", "uk": "uk"}
LANGUAGES = tuple(LOCALES)


class Size(NamedTuple):
    """Width and height in CSS pixels, and how much larger than in an article all is drawn."""

    width: int
    height: int
    scale: float


SIZES: Mapping[str, Size] = {
    "article": Size(640, 450, 1.0),
    "wide": Size(1280, 720, 1.6),
    "square": Size(1080, 1080, 1.6),
}


@dataclass(frozen=True)
class Edition:
    """How a figure is drawn, whatever it shows.

    Parameters
    ----------
    lang : {"en", "ru", "uk"}
        Language of all words, numbers and dates.
    size : {"article", "wide", "square"}
        640 x 450, 1280 x 720 or 1080 x 1080 CSS pixels. In the two large ones type and
        marks are 1.6 times as large.
    as_of : date, optional
        Only polls published by this day were used; the foot of the figure says so.

    Raises
    ------
    ValueError
        There is no such language or size.

    Examples
    --------
    >>> Edition("ru").size
    'article'
    >>> Edition("de")
    Traceback (most recent call last):
    ...
    ValueError: There is no language 'de'. There are: en, ru, uk.
    """

    lang: str = "en"
    size: str = "article"
    as_of: date | pd.Timestamp | None = None

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise ValueError(f"There is no language {self.lang!r}. There are: {known}.")
        if self.size not in SIZES:
            raise ValueError(f"There is no size {self.size!r}. There are: {', '.join(SIZES)}.")

    @property
    def locale(self) -> str:
        """Name under which Unicode CLDR knows the language."""
        return LOCALES[self.lang]


DEFAULT = Edition()
