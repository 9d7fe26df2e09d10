"""The edition of a figure: its language, its size, the data and the name that it is made under."""

import importlib.metadata
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
    # As wide as the narrowest screens that people read on.
    "phone": Size(360, 540, 1.0),
    # What is shown where a page is linked to: a number instead of a picture.
    "card": Size(1200, 630, 1.0),
}

try:
    # All three packages are one distribution; the number stands in pyproject.toml.
    RELEASE = importlib.metadata.version("russian-war-polls")
except importlib.metadata.PackageNotFoundError:  # a checkout that is on the path only
    RELEASE = "0+checkout"


@dataclass(frozen=True)
class Edition:
    """How a figure is drawn, whatever it shows.

    Parameters
    ----------
    lang : {"en", "ru", "uk"}
        Language of all words, numbers and dates.
    size : {"article", "wide", "square", "phone", "card"}
        640 x 450, 1280 x 720, 1080 x 1080, 360 x 540 or 1200 x 630 CSS pixels. In wide and
        square type and marks are 1.6 times as large. A card has words and one number.
    as_of : date, optional
        Only polls published by this day were used; the foot of the figure says so.
    short : str
        A title that fits where the finding does not, such as on a phone.
    data : pair of str, optional
        Version of the tables: its day, such as "2026-11-29", and its digest; both stand in the
        caption, the first digits of the digest in the foot.
    credit : str
        Who made the figure, in place of this project's name, version and licence.

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
    short: str = ""
    data: tuple[str, str] | None = None
    credit: str = ""

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
