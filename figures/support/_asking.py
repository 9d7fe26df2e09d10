"""How a pollster asks, in words: by what mode, in which words, with or without a way out."""

import pandas as pd

from figures.kit.edition import DEFAULT, Edition
from figures.kit.labels import find_label, label


def describe_asking(polls: pd.DataFrame, edition: Edition = DEFAULT, *, lines: bool = False) -> str:
    """Say how polls were asked; empty if that is not known.

    Parameters
    ----------
    polls : DataFrame
        mode, offers_refusal and frame, where known; of several values the commonest is told.
    edition : Edition
        Its language is used.
    lines : bool
        Tell in a first line what the question asks support for.

    Examples
    --------
    >>> polls = pd.DataFrame({"mode": ["cati"], "offers_refusal": [True], "frame": ["operation"]})
    >>> describe_asking(polls)
    'phone, refusal offered'
    """
    parts = [_tell(polls, "mode", edition)]
    if "offers_refusal" in polls and polls["offers_refusal"].eq(True).any():
        parts.append(label("houses.refusal", edition))
    how = ", ".join(part for part in parts if part)
    return f"{_tell(polls, 'frame', edition)}\n{how}" if lines else how


def _tell(polls: pd.DataFrame, column: str, edition: Edition) -> str:
    if column not in polls or not polls[column].notna().any():
        return ""
    return find_label(f"houses.{column}.{polls[column].mode().iloc[0]}", edition) or ""
