"""The code lists of the microdata codebook: reading them and applying them to a column.

A code list is text such as ``1=support; 2=oppose; 99=hard_to_say``. The left side is a
code of the source, or the beginning of its answer text where the source holds texts; the
right side is our level, with ``None`` for a missing value. ``1-2=low`` names a range of
codes, ``blank=hard_to_say`` gives empty cells a level.
"""

import re
from collections.abc import Mapping

import pandas as pd

BLANK = "blank"
# The two words with which the source fills the cells of a multiple answer, as codes.
TICKED = {"ВЫБРАН": "1", "НЕ ВЫБРАН": "0"}
# Pairs of levels that say "does it hold?": such a column is 1 or 0.
YES_NO = ({"named": "1", "not named": "0"}, {"yes": "1", "no": "0"})


def parse_mapping(text: str) -> dict[str, str | None]:
    """Read a code list.

    Parameters
    ----------
    text : str
        Code list as it stands in the column `mapping` of microdata_codebook.

    Returns
    -------
    dict of str to str or None
        Level of each code, in the order of the list; None where the code means missing.

    Raises
    ------
    ValueError
        A part is not of the form code=level, or a code stands twice.

    See Also
    --------
    recode : apply a code list to a column.

    Examples
    --------
    >>> parse_mapping("1-2=low; 3=high; 99=None")
    {'1': 'low', '2': 'low', '3': 'high', '99': None}
    >>> parse_mapping("1=named; 0=not named")
    {'1': '1', '0': '0'}
    """
    levels: dict[str, str | None] = {}
    for part in text.split(";"):
        code, sign, level = (piece.strip() for piece in part.rpartition("="))
        if not sign or not level:
            raise ValueError(
                f"{part.strip()!r} in the mapping {text!r} is not of the form code=level."
            )
        for one in _expand(code):
            if one in levels:
                raise ValueError(f"The code {one!r} stands twice in the mapping {text!r}.")
            levels[one] = None if level == "None" else level
    named = {level for level in levels.values() if level is not None}
    for pair in YES_NO:
        if named == set(pair):
            return {code: None if level is None else pair[level] for code, level in levels.items()}
    return levels


def is_integer(levels: Mapping[str, str | None]) -> bool:
    """Whether all levels of a code list are whole numbers.

    Examples
    --------
    >>> is_integer(parse_mapping("1=yes; 0=no")), is_integer(parse_mapping("1=yes; 2=unaware"))
    (True, False)
    """
    return all(level is None or level.isdecimal() for level in levels.values())


def recode(
    values: pd.Series, levels: Mapping[str, str | None], where: str, partial: bool = False
) -> pd.Series:
    """Replace the codes of a source column by levels.

    Codes are compared as whole numbers. Where the list has texts for codes, the longest one
    with which the answer begins counts: answers in the files are often cut off.

    Parameters
    ----------
    values : Series
        The source column: numbers, texts, or both; blanks are missing.
    levels : mapping of str to str or None
        A code list, from `parse_mapping`.
    where : str
        What the column is, for the message of an error.
    partial : bool, default False
        Whether codes outside the list are missing values instead of an error.

    Returns
    -------
    Series
        Levels, Int64 where all levels of the list are whole numbers, else str;
        same length and index as `values`.

    Raises
    ------
    ValueError
        A code is not in the list.

    Examples
    --------
    >>> answers = pd.Series([1, 2, None])
    >>> recode(answers, parse_mapping("1=support; 2=oppose"), "wave 03, Q23").tolist()
    ['support', 'oppose', nan]
    """
    codes = values.map(as_code)
    known = {code: find_level(code, levels) for code in set(codes)}
    unknown = sorted(code for code, found in known.items() if found is None)
    if unknown and not partial:
        raise ValueError(
            f"{where}: the codes {', '.join(map(repr, unknown))} are not in the code list"
            f" ({'; '.join(levels)}). Add them to the column mapping of microdata_codebook.csv."
        )
    result = codes.map({code: found[0] for code, found in known.items() if found is not None})
    if is_integer(levels):
        return pd.to_numeric(result).astype("Int64")
    return result.astype("str")


def as_code(value: object) -> str:
    """Write a cell as a code: whole numbers without a point, blanks as "blank".

    Examples
    --------
    >>> as_code(99.0), as_code(" Да "), as_code(None)
    ('99', 'Да', 'blank')
    """
    if value is None or value is pd.NA or value != value:
        return BLANK
    if isinstance(value, str):
        return value.strip() or BLANK
    if isinstance(value, int | float) and float(value).is_integer():
        return str(int(value))
    return str(value)


def find_level(code: str, levels: Mapping[str, str | None]) -> tuple[str | None] | None:
    """Level of one code, in a tuple so that a missing value differs from an unknown code."""
    if code in levels:
        return (levels[code],)
    if code == BLANK:
        return (None,)
    listed = [key for key in levels if key != BLANK]
    if all(key.isdecimal() for key in listed):
        ticked = TICKED.get(code, "")
        return (levels[ticked],) if ticked in levels else None
    begins = [key for key in listed if code.startswith(key)]
    return (levels[max(begins, key=len)],) if begins else None


def _expand(code: str) -> list[str]:
    """All codes of a range such as 1-2; any other code alone."""
    ends = re.fullmatch(r"(\d+)-(\d+)", code)
    return [str(i) for i in range(int(ends[1]), int(ends[2]) + 1)] if ends else [code]
