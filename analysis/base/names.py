"""Names that a reader takes for one and a program for two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

# Letters of Cyrillic and Greek, and digits, that print like Latin ones: as they stand, before case
# folding, as a capital Nu looks like N and a small one like v.
AS_PRINTED = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԚԜҺΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹаеорсухіјѕԛԝһкмтвнгьαβγεηικνορτυχωϲıl1|0",
    "ABESIJKMHOPCTYXQWHABEZHIKMNOPTYXCaeopcyxijsqwhkmtbhrbabyenikvoptuxwciIIIo",
)
# The same after case folding, where a small letter stands for its capital too.
FOLDED = str.maketrans(
    "аеорсухіјѕԛԝһкмтвньαβεζηικμνορτυχϲ",
    "aeopcyxijsqwhkmtbhbabezhikmnoptyxc",
)
DASHES = re.compile(r"[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")
# What people write between words; between two digits it makes another number.
BETWEEN = re.compile(r"(?<![0-9])[\s_./,:'’·-]+|[\s_./,:'’·-]+(?![0-9])")
# Characters without width that are no format characters: joiners, fillers, selectors of a shape.
NO_WIDTH = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# A letter more or less makes another name of shorter ones.
SHORTEST = 4


def skeleton(name: str) -> str:
    r"""Reduce a name to what the eye sees: one case, one script, blanks between words.

    Examples
    --------
    >>> skeleton("Levada") == skeleton("L\u0435v\u0430d\u0430")
    True
    >>> skeleton("a\u00a0\u2013 b\u200b"), skeleton("wave 1-2")
    ('a b', 'wave 1-2')
    """
    return _strip(name).casefold().translate(FOLDED)


def _printed(name: str) -> str:
    """Reduce a name as `skeleton` does, by the shapes of its letters as they are printed."""
    return _strip(name).translate(AS_PRINTED).casefold()


def _strip(name: str) -> str:
    """Leave the letters and digits of a name, each in one way of writing it."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", name) if _is_visible(c))
    return BETWEEN.sub(" ", DASHES.sub("-", visible)).strip() or visible


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) != "Cf" and not NO_WIDTH.match(character)


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
    """What names that look the same have in common, the one or the other."""
    return f"folded {skeleton(name)}", f"printed {_printed(name)}"


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
