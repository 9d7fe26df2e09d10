"""Every word of the figures, in three languages, from one table (labels.csv).

A key ending in .one, .few, .many or .other is a plural form; `{name}` in a label is filled
in by the caller. Dates, decimals and the choice of plural follow Unicode CLDR.
"""

import csv
import re
from datetime import date
from pathlib import Path

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from figures.kit.edition import DEFAULT, Edition

TABLE = Path(__file__).parents[1] / "labels.csv"
# In the table a tilde stands for a space at which no line breaks.
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
# In Russian and Ukrainian no line ends on a preposition or another word so short, and none
# begins or ends with a dash. A particle that leans on the word before it begins none.
LEANING = "ли|же|бы|б|ж|би"
PREPOSITIONS = (
    "перед|через|после|среди|между|около|вокруг|вместо|кроме|внутри|против"
    "|після|серед|понад|поміж|між|біля|навколо|довкола|замість|крім|всередині|проти"
)
SHORT_WORD = re.compile(
    rf"(?<![\w-])(?!(?:{LEANING}) )([А-ЯЁІЇЄҐа-яёіїєґ]{{1,3}}|(?i:{PREPOSITIONS})) (?=\S)"
)
PARTICLE = re.compile(rf" (?=(?:{LEANING})(?![\w-]))")
# The ends of an interval stay together in all three.
ENDS = re.compile(r"(\{(?:low|lower)\})\s(to|до)\s(?=\{(?:high|upper)\})")
# So do they with their level.
LEVEL = re.compile(r"(%:)\s(?=(?:от|від)\s\{(?:low|lower)\})")
ROUND_DASH = re.compile(rf"[ {NO_BREAK}]([—–])[ {NO_BREAK}]")


class LabelError(ValueError):
    """A label that is needed is not there."""


class LabelTable:
    """Words of a table in three languages; the module's functions read that of the figures.

    Parameters
    ----------
    path : Path
        A CSV file with the columns key and one for each language.
    beyond : LabelTable, optional
        Where a key is looked up that this table does not have.

    Examples
    --------
    >>> LabelTable(TABLE).label("sector.state", Edition("uk"))
    'Державні'
    """

    def __init__(self, path: Path, beyond: "LabelTable | None" = None) -> None:
        self.path = path
        self.beyond = beyond
        self._columns: dict[str, dict[str, str]] = {}

    def label(self, key: str, edition: Edition = DEFAULT, /, **values: object) -> str:
        """Words of a key, as :func:`label`."""
        words = self.find(key, edition)
        if words is None:
            found = "words for" if key in self._read(edition.lang) else "key"
            raise LabelError(
                f"{self.path.name} has no {found} {key!r} in column {edition.lang}. Add them."
            )
        return words.format(**values)

    def find(self, key: str, edition: Edition = DEFAULT, /) -> str | None:
        """Words of a key, as :func:`find_label`."""
        words = self._read(edition.lang).get(key)
        if words:
            return words
        return self.beyond.find(key, edition) if self.beyond else None

    def plural(self, key: str, number: int, edition: Edition = DEFAULT, /, **values: object) -> str:
        """Words of a key in the plural form that a number takes, as :func:`plural`."""
        form = Locale.parse(edition.locale).plural_form(abs(number))
        given = {"n": show_number(number, edition), **values}
        return self.label(f"{key}.{form}", edition, **given)

    def missing(self, lang: str) -> list[str]:
        """Keys that have no words in a language, as :func:`missing_labels`."""
        forms = Locale.parse(Edition(lang).locale).plural_form.tags | {"other"}
        plurals = {"one", "few", "many", "other"}
        return [
            key
            for key, words in self._read(lang).items()
            if not words and (key.rpartition(".")[2] not in plurals - forms)
        ]

    def _read(self, lang: str) -> dict[str, str]:
        if lang not in self._columns:
            with self.path.open(encoding="utf-8", newline="") as file:
                self._columns[lang] = {
                    row["key"]: _tie(row[lang], lang) for row in csv.DictReader(file)
                }
        return self._columns[lang]


# The labels of the figures; another package that has words of its own brings its own table.
LABELS = LabelTable(TABLE)


def label(key: str, edition: Edition = DEFAULT, /, **values: object) -> str:
    """Words of a key in a language, with `values` filled in.

    Parameters
    ----------
    key : str
        Key of labels.csv.
    edition : Edition
        Its language is used.
    **values
        What stands for the {names} in the label.

    Returns
    -------
    str
        The label.

    Raises
    ------
    LabelError
        The key is unknown, or has no words in this language yet.

    See Also
    --------
    plural : a label that depends on a number.

    Examples
    --------
    >>> label("sector.state")
    'State-run'
    """
    return LABELS.label(key, edition, **values)


def find_label(key: str, edition: Edition = DEFAULT, /) -> str | None:
    """Words of a key, as they stand in the table, or None where there are none.

    Examples
    --------
    >>> find_label("house.vciom"), find_label("house.nobody")
    ('VCIOM', None)
    """
    return LABELS.find(key, edition)


def plural(key: str, number: int, edition: Edition = DEFAULT, /, **values: object) -> str:
    """Words of a key in the plural form that a number takes.

    Parameters
    ----------
    key : str
        Key without its ending .one, .few, .many, .other.
    number : int
        The number. It stands for {n} in the label, unless `values` gives another n,
        such as one with a sign.
    edition : Edition
        Its language is used.
    **values
        What stands for the {names} in the label.

    Returns
    -------
    str
        The label.

    Examples
    --------
    >>> plural("count.polls", 1).split(), plural("count.polls", 5).split()
    (['1', 'poll'], ['5', 'polls'])
    """
    return LABELS.plural(key, number, edition, **values)


def missing_labels(lang: str) -> list[str]:
    """Keys that have no words in a language.

    English has no .few and .many; all other keys are due in every language.

    Examples
    --------
    >>> missing_labels("en")
    []
    """
    return LABELS.missing(lang)


def show_date(
    day: date | pd.Timestamp, edition: Edition = DEFAULT, pattern: str = "d MMMM y"
) -> str:
    """Write a day as readers of a language do.

    Parameters
    ----------
    day : date
        The day.
    edition : Edition
        Its language is used.
    pattern : str
        CLDR date pattern; MMMM is the month as in a full date, LLLL standing alone.

    Examples
    --------
    >>> show_date(date(2022, 4, 18))
    '18 April 2022'
    """
    return format_date(date(day.year, day.month, day.day), pattern, locale=edition.locale)


def show_number(
    value: float, edition: Edition = DEFAULT, *, digits: int = 0, with_sign: bool = False
) -> str:
    """Write a number with a true minus sign and the marks of a language; halves are rounded up.

    Parameters
    ----------
    value : float
        The number.
    edition : Edition
        Its language is used.
    digits : int
        Digits after the decimal mark.
    with_sign : bool
        Whether numbers above zero get a plus sign.

    Examples
    --------
    >>> show_number(-2.04, digits=1), show_number(3, with_sign=True)
    ('−2.0', '+3')
    >>> show_number(26.5), show_number(-10.5)
    ('27', '−11')
    >>> show_number(23156), show_number(23156, Edition("uk")).replace(NO_BREAK, " ")
    ('23,156', '23 156')
    """
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    rounded = round_shown(value, digits)
    text = format_decimal(abs(rounded), pattern, locale=edition.locale)
    if rounded < 0:
        return MINUS + text
    return "+" + text if with_sign and rounded > 0 else text


def round_shown(value: float, digits: int = 0) -> float:
    """Round a number as all of them are in print.

    Parameters
    ----------
    value : float
    digits : int
        Digits after the decimal mark.

    See Also
    --------
    analysis.base.text.round_half_up : the rule.

    Examples
    --------
    >>> round_shown(27.5), round_shown(-0.04, 1)
    (28.0, 0.0)
    """
    from analysis.base.text import round_half_up

    return round_half_up(float(value), digits)


def show_share(value: float, edition: Edition = DEFAULT) -> str:
    """Write a share as it was published: with a decimal where it has one.

    Examples
    --------
    >>> show_share(72.0), show_share(50.5)
    ('72', '50.5')
    """
    return show_number(value, edition, digits=0 if value == round(value) else 1)


def capital(words: str) -> str:
    """Begin words with a capital letter, as where they stand alone.

    Examples
    --------
    >>> capital("ещё 7 центров")
    'Ещё 7 центров'
    """
    return words[:1].upper() + words[1:]


def _tie(words: str, lang: str) -> str:
    """Keep together what no line may come between."""
    words = ENDS.sub(rf"\1{NO_BREAK}\2{NO_BREAK}", words.replace("~", NO_BREAK))
    if lang == "en":
        return words
    words = LEVEL.sub(rf"\1{NO_BREAK}", words)
    tied = SHORT_WORD.sub(rf"\1{NO_BREAK}", PARTICLE.sub(NO_BREAK, words))
    return ROUND_DASH.sub(rf"{NO_BREAK}\1{NO_BREAK}", tied)
