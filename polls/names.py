"""Names that are not known: the nearest that are, and letters that only look like others."""

import unicodedata
from collections.abc import Collection, Iterable
from difflib import get_close_matches

# Letters of the keyboard that print alike.
PRINT_ALIKE = ({"0", "o"}, {"1", "l"})
# Characters without width that are no format characters: fillers, selectors of a shape.
NO_WIDTH = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# More characters than this make a message unreadable.
MOST_NAMED = 4


def name_nearest(word: str, known: Iterable[str]) -> str:
    """Cure for a word that is not known: the one that it looks like, or the nearest that are.

    Examples
    --------
    >>> name_nearest("lavada", ["levada", "vciom"])
    'nearest: levada.'
    >>> name_nearest("l\u0435vada", ["levada", "vciom"])
    'it is levada but for character 2, CYRILLIC SMALL LETTER IE (U+0435) in place of e.'
    """
    words = sorted(set(known))
    if alike := name_alike(word, words):
        return f"it is {alike}."
    near = get_close_matches(word.lower(), words, n=3, cutoff=0.5)
    if near or len(words) > 12:
        return f"nearest: {', '.join(near or words[:3])}."
    return f"there are: {', '.join(words) or 'none'}."


def name_nearest_key(key: Collection[str], keys: Iterable[Collection[str]]) -> str:
    """As :func:`name_nearest` of names that have several parts, such as wave and question.

    Examples
    --------
    >>> name_nearest_key(("talks", "y\u0435s"), [("talks", "yes"), ("talks", "no")])
    'it is talks yes but for character 2 of yеs, CYRILLIC SMALL LETTER IE (U+0435) in place of e.'
    """
    others = sorted({tuple(other) for other in keys})
    for other in others:
        told = [
            _tell_odd(part, mine) for part, mine in zip(key, other, strict=True) if part != mine
        ]
        if told and all(told):
            parts = [part for part, mine in zip(key, other, strict=True) if part != mine]
            named = (
                odd.replace(",", f" of {part},", 1) for odd, part in zip(told, parts, strict=True)
            )
            return f"it is {' '.join(other)} but for {' and '.join(named)}."
    return name_nearest(" ".join(key), map(" ".join, others))


def name_alike(word: str, known: Iterable[str]) -> str:
    """The known word that differs in characters only that one does not see, and those.

    Parameters
    ----------
    word : str
        A word that is not known.
    known : iterable of str
        Those that are.

    Returns
    -------
    str
        Empty where there is no such word.

    Examples
    --------
    >>> name_alike("fom\u200b", ["fom"])
    'fom but for character 4, ZERO WIDTH SPACE (U+200B), which is too much'
    >>> name_alike("foms", ["fom"]), name_alike("fam", ["fom"]), name_alike("FOM", ["fom"])
    ('', '', '')
    """
    odd = ((other, _tell_odd(word, other)) for other in known)
    return next((f"{other} but for {told}" for other, told in odd if told), "")


def name_characters(word: str) -> str:
    """Characters of a word that no keyboard of English has, with place and number.

    Examples
    --------
    >>> name_characters("l\u0435vada"), name_characters("levada")
    ('character 2 is CYRILLIC SMALL LETTER IE (U+0435)', '')
    """
    odd = [f"character {k} is {_name(c)}" for k, c in enumerate(word, 1) if not c.isascii()]
    more = f" and {len(odd) - MOST_NAMED} more" if len(odd) > MOST_NAMED else ""
    return ", ".join(odd[:MOST_NAMED]) + more


def _tell_odd(word: str, known: str) -> str:
    """Characters by which a word differs from a known one, if one does not see that it does."""
    if word == known or len(word) < len(known):
        return ""
    kept = [(k, c) for k, c in enumerate(word, 1) if c in known or not _is_invisible(c)]
    if len(kept) != len(known):
        return ""
    pairs = [(k, c, right) for (k, c), right in zip(kept, known, strict=True) if c != right]
    seen = [right for _, c, right in pairs if c.lower() != right]
    # Of a word in another script all letters differ, and any word of that length would do.
    if not all(_may_be(c, right) for _, c, right in pairs) or 2 * len(seen) > len(known):
        return ""
    gone = sorted(set(enumerate(word, 1)) - set(kept))
    if not seen and not gone:
        return ""
    told = [f"character {k}, {_name(c)} in place of {right}" for k, c, right in pairs]
    told += [f"character {k}, {_name(c)}, which is too much" for k, c in gone]
    more = f" and {len(told) - MOST_NAMED} more" if len(told) > MOST_NAMED else ""
    return " and ".join(told[:MOST_NAMED]) + more


def _may_be(character: str, right: str) -> bool:
    if {character.lower(), right} in PRINT_ALIKE or (character, right) == ("I", "l"):
        return True
    return character.lower() == right or (right.isascii() and not character.isascii())


def _is_invisible(character: str) -> bool:
    """Is it a blank, a format or control character, or an accent that stands by itself."""
    return unicodedata.category(character) in {"Cc", "Cf", "Mn", "Zs", "Zl", "Zp"} or (
        character in NO_WIDTH
    )


def _name(character: str) -> str:
    return f"{unicodedata.name(character, 'a character')} (U+{ord(character):04X})"
