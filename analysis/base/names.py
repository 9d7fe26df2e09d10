"""Names that a reader takes for one and a program for two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

# Cyrillic and Greek letters that print like Latin ones, small or as capitals, after case folding.
LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕԛԝһкмтвнαορυνκιτ",
    "aeopcyxijsqwhkmtbhaopuvkit",
)
DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
BLANKS = re.compile(r"\s+")
# A letter more or less makes another name of shorter ones.
SHORTEST = 4


def skeleton(name: str) -> str:
    r"""Reduce a name to what the eye sees: one case, one script, plain dashes and blanks.

    Examples
    --------
    >>> skeleton("Levada") == skeleton("L\u0435v\u0430d\u0430")
    True
    >>> skeleton("a\u00a0\u2013 b\u200b")
    'a - b'
    """
    visible = "".join(c for c in unicodedata.normalize("NFKC", name) if _is_visible(c))
    return BLANKS.sub(" ", DASHES.sub("-", visible)).strip().casefold().translate(LOOK_ALIKE)


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) != "Cf"


def find_alike(names: Iterable[str]) -> list[list[str]]:
    """Groups of different names that look the same, in alphabetical order.

    Examples
    --------
    >>> find_alike(["fom", "FOM", "levada", "fom"])
    [['FOM', 'fom']]
    """
    groups: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        groups.setdefault(skeleton(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def is_slip(name: str, other: str) -> bool:
    """Is one name the other with a letter left out, typed twice or exchanged with the next.

    Another letter or a digit makes another name, and short names are near to each other anyway.

    Examples
    --------
    >>> is_slip("vcciom", "vciom"), is_slip("levdaa", "levada"), is_slip("evada", "levada")
    (True, True, True)
    >>> is_slip("house_a", "house_b"), is_slip("wave1", "wave12"), is_slip("abc", "ab")
    (False, False, False)
    """
    short, long = sorted((name, other), key=len)
    if len(short) < SHORTEST:
        return False
    if len(long) == len(short):
        apart = [i for i, pair in enumerate(zip(name, other, strict=True)) if len(set(pair)) > 1]
        swapped = len(apart) == 2 and apart[1] == apart[0] + 1
        return swapped and name[apart[0] : apart[1] + 1] == other[apart[0] : apart[1] + 1][::-1]
    left_out = (i for i in range(len(long)) if long[:i] + long[i + 1 :] == short)
    return any(not long[i].isdigit() for i in left_out)


def tell_apart(names: Sequence[str]) -> str:
    r"""Say what the eye does not see: the characters that not all of the names have.

    Examples
    --------
    >>> tell_apart(["x a", "x\u00a0a"])
    'SPACE, NO-BREAK SPACE'
    >>> tell_apart(["x a", "x  a"])
    'the number of SPACE'
    """
    sets = [frozenset(name) for name in names]
    odd = sorted(sets[0].union(*sets) - sets[0].intersection(*sets))
    if odd:
        return ", ".join(unicodedata.name(c, f"U+{ord(c):04X}") for c in odd)
    counts = [[name.count(c) for name in names] for c in sorted(sets[0])]
    same = zip(sorted(sets[0]), counts, strict=True)
    more = [unicodedata.name(c, f"U+{ord(c):04X}") for c, n in same if len(set(n)) > 1]
    return f"the number of {', '.join(more)}" if more else "the order of their characters"
