"""Names that a reader takes for one and a program for two."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

# Letters of Cyrillic, Greek and Armenian, and digits, that print like Latin ones: as they stand,
# before case folding, as a capital Nu looks like N and a small one like v.
AS_PRINTED = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԚԜҺΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹаеорсухіјѕԛԝһкмтвнгьαβγεηικνορτυχωϲıl1|0ԁӏӀѵѡɑɡօոս",
    "ABESIJKMHOPCTYXQWHABEZHIKMNOPTYXCaeopcyxijsqwhkmtbhrbabyenikvoptuxwciIIIodIIvwagonu",
)
# The same after case folding, where a small letter stands for its capital too.
FOLDED = str.maketrans(
    "аеорсухіјѕԛԝһкмтвньαβεζηικμνορτυχϲ",
    "aeopcyxijsqwhkmtbhbabezhikmnoptyxc",
)
DASHES = re.compile(r"[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")
# What people write between and around words; between two digits it makes another number, and before
# one a minus does.
BETWEEN = re.compile(r"(?!^-[0-9])(?<![0-9])[\W_]+|[\W_]+(?![0-9])")
# Categories of Unicode with a meaning of their own there: marks of a letter, and signs (65+, <30).
OF_THE_NAME = ("Mn", "Mc", "Sm", "Sc")
# Between words it may be left out: Russian Field, RussianField.
JOINT = re.compile(r"(?<![0-9]) | (?![0-9])")
# Spreadsheets write 1 as 01 or as 1.0.
ZEROS = re.compile(r"(?<![0-9.,])0+(?=[0-9])|(?<=[0-9])[.,]0+(?![0-9.,])")
# Characters without width that are no format characters: joiners, fillers, selectors of a shape.
NO_WIDTH = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# Accents that stand by themselves, as they do over a letter that has none of its own.
ACCENTS = re.compile(r"[\u0300-\u036f]+")
# A letter more or less makes another name of shorter ones, and so does another letter unless it
# stands inside of so many.
SHORTEST, LONG_WORD = 4, 8
WORD = re.compile(rf"[^\W\d_]{{{LONG_WORD},}}")
# Signs that are a word or a syllable each: another one, or one more, makes another name.
SIGNS = ("CJK ", "HANGUL ")
# More characters than this make a message unreadable.
MOST_NAMED = 4
# What programs write where there is no name, and what letters become that an encoding lacks.
NONE = frozenset({"nan", "nat", "na", "n a", "none", "null", "nil"})
LOST = re.compile("\ufffd|[^\\W_][?]+[^\\W_]")
# How rows are called that sum others up, and elections, whatever the year. Median is a house in
# Prague, and another in Budapest.
YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
SUMMARIES = (
    *("all", "overall", "sum", "total", "grand total", "subtotal", "mean", "average"),
    *("average of polls", "polling average", "poll of polls", "median of polls", "election"),
    *("result", "results"),
    *("election result", "election results", "итого", "всего", "среднее", "выборы", "gesamt"),
    *("insgesamt", "summe", "durchschnitt", "mittelwert", "moyenne", "promedio"),
    *("exit poll", "official result", "official results", "actual result", "actual results"),
    *("average all", "weighted average", "rolling average", "moving average", "poll average"),
    *(f"{kind} election" for kind in ("presidential", "general", "parliamentary", "federal")),
    *("election day", "referendum", "wahl", "bundestagswahl", "итоги", "результаты"),
)


def skeleton(name: str) -> str:
    r"""Reduce a name to what the eye sees: one case, one script, blanks between words.

    Examples
    --------
    >>> skeleton("Levada") == skeleton("L\u0435v\u0430d\u0430")
    True
    >>> skeleton("a\u00a0\u2013 b\u200b"), skeleton("wave 1-2")
    ('a b', 'wave 1-2')
    >>> skeleton("\u00ab\u00c9l\u00e9 &amp; Co.\u00bb*"), skeleton("007.0")
    ('ele co', '7')
    """
    return _strip(name).casefold().translate(FOLDED)


@lru_cache(maxsize=10_000)  # a back-test reads the same names thousands of times
def _strip(name: str) -> str:
    """Leave the letters and digits of a name, each in one way of writing it."""
    bare = "".join(c for c in html.unescape(name) if unicodedata.category(c) != "So") or name
    visible = "".join(c for c in unicodedata.normalize("NFKC", bare) if _is_visible(c))
    plain = ACCENTS.sub("", "".join(map(_without_accent, DASHES.sub("-", visible))))
    words = " ".join(BETWEEN.sub(_part, plain).split())
    return ZEROS.sub("", words) or visible


def _part(between: re.Match[str]) -> str:
    """Blanks in place of what stands between words."""
    return "".join(c if unicodedata.category(c) in OF_THE_NAME else " " for c in between[0])


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) != "Cf" and not NO_WIDTH.match(character)


def _without_accent(letter: str) -> str:
    """A Latin letter without the accent that people leave out, and e for yo; others as they are."""
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base.isascii() or letter in "ёЁ" else letter


def find_alike(names: Iterable[str]) -> list[list[str]]:
    """Groups of different names that look the same, in alphabetical order.

    Examples
    --------
    >>> find_alike(["fom", "FOM", "levada", "fom"])
    [['FOM', 'fom']]
    >>> find_alike(["\u039dORC", "NORC", "norc", "VClOM", "VCIOM"])
    [['NORC', 'norc', '\u039dORC'], ['VCIOM', 'VClOM']]
    """
    groups: dict[str, set[str]] = {}
    for name in set(names):
        same = {name}.union(*(groups.get(key, ()) for key in _keys(name)))
        groups |= {key: same for other in same for key in _keys(other)}
    found = {tuple(sorted(group)) for group in groups.values() if len(group) > 1}
    return [list(group) for group in sorted(found)]


def _keys(name: str) -> tuple[str, str]:
    """What names that look the same have in common: letters folded, or as they are printed."""
    words = _strip(name)
    joined = JOINT.sub("", words)
    if len(joined) >= SHORTEST:  # fewer letters may be another name
        words = joined
    folded, printed = words.casefold().translate(FOLDED), words.translate(AS_PRINTED).casefold()
    return f"folded {folded}", f"printed {printed}"


def names_nobody(name: str) -> bool:
    """Is a name what a program writes for none, or without the letters that it had.

    Examples
    --------
    >>> [name for name in ("nan", "#N/A", "-", "?????", "Лев?да", "NORC", "") if names_nobody(name)]
    ['nan', '#N/A', '-', '?????', 'Лев?да']
    """
    is_bare = name != "" and not any(map(str.isalnum, name))
    return is_bare or skeleton(name) in NONE or LOST.search(name) is not None


def is_summary(name: str) -> bool:
    """Is a row called as an average, a total or an election are.

    Examples
    --------
    >>> is_summary("TOTAL:"), is_summary("Election 2022"), is_summary("Average Joe Polls")
    (True, True, False)
    """
    return skeleton(YEAR.sub(" ", name)) in {skeleton(words) for words in SUMMARIES}


def is_slip(name: str, other: str) -> bool:
    """Is one name the other with a letter left out, typed twice or exchanged with the next.

    Another letter makes another name unless it stands inside of a long word; a digit always does,
    as does a sign that is a word or a syllable, and short names are near to each other anyway.
    Capitals have no say.

    Examples
    --------
    >>> is_slip("vcciom", "vciom"), is_slip("levdaa", "levada"), is_slip("evada", "levada")
    (True, True, True)
    >>> is_slip("house_a", "house_b"), is_slip("wave1", "wave12"), is_slip("abcd", "abc")
    (False, False, False)
    >>> is_slip("2022-06-02", "2022-06-20"), is_slip("wave12", "wave21")
    (False, False)
    >>> is_slip("abcde", "abcd"), is_slip("abcd", "abdc"), is_slip("abc", "acb")
    (True, True, False)
    >>> is_slip("independant", "independent"), is_slip("States", "state"), is_slip("-0.33", "0.33")
    (True, True, False)
    """
    name, other = name.casefold(), other.casefold()
    short, long = sorted((name, other), key=len)
    if len(short) < SHORTEST:
        return False
    if len(long) == len(short):
        apart = [i for i, pair in enumerate(zip(name, other, strict=True)) if len(set(pair)) > 1]
        if len(apart) == 1:
            around = name[: apart[0]] + "a" + name[apart[0] + 1 :]
            both = name[apart[0]], other[apart[0]]
            words = [m.span() for m in WORD.finditer(around)] if all(map(_spells, both)) else []
            return any(first < apart[0] < last - 1 for first, last in words)
        swapped = len(apart) == 2 and apart[1] == apart[0] + 1
        if swapped and any(name[i].isdigit() or _is_sign(name[i]) for i in apart):
            return False
        return swapped and name[apart[0] : apart[1] + 1] == other[apart[0] : apart[1] + 1][::-1]
    left_out = (i for i in range(len(long)) if long[:i] + long[i + 1 :] == short)
    return any(_spells(long[i]) for i in left_out)


def _spells(character: str) -> bool:
    """Is it a letter of a word, rather than a word or a syllable."""
    return character.isalpha() and not _is_sign(character)


def _is_sign(character: str) -> bool:
    return unicodedata.name(character, "").startswith(SIGNS)


def tell_apart(names: Sequence[str]) -> str:
    r"""Say what the eye does not see: the characters that not all of the names have.

    Examples
    --------
    >>> tell_apart(["x a", "x\u00a0a"])
    'SPACE, NO-BREAK SPACE'
    >>> tell_apart(["x a", "x  a"])
    'the number of SPACE'
    >>> tell_apart(["Levada", "LEVADA"])
    'capitals'
    """
    sets = [frozenset(name) for name in names]
    odd = sorted(sets[0].union(*sets) - sets[0].intersection(*sets))
    if len(odd) > MOST_NAMED and len({name.casefold() for name in names}) == 1:
        return "capitals"
    if odd:
        more = f" and {len(odd) - MOST_NAMED} more" if len(odd) > MOST_NAMED else ""
        return ", ".join(unicodedata.name(c, f"U+{ord(c):04X}") for c in odd[:MOST_NAMED]) + more
    counts = [[name.count(c) for name in names] for c in sorted(sets[0])]
    same = zip(sorted(sets[0]), counts, strict=True)
    often = [unicodedata.name(c, f"U+{ord(c):04X}") for c, n in same if len(set(n)) > 1]
    return f"the number of {', '.join(often)}" if often else "the order of their characters"
