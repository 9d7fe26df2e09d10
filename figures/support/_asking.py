"""How a pollster asks, in words: by what mode, in which words, with or without a way out."""

import pandas as pd

from figures.kit.edition import DEFAULT, Edition
from figures.kit.labels import find_label, label


def describe_asking(polls: pd.DataFrame, edition: Edition = DEFAULT, *, frame: bool = False) -> str:
    """Say how polls were asked; empty if that is not known.

    Parameters
    ----------
    polls : DataFrame
        mode, offers_refusal and frame, where known; of several values the commonest is told.
    edition : Edition
        Its language is used.
    frame : bool
        Also tell what the question asks support for.

    Examples
    --------
    >>> polls = pd.DataFrame({"mode": ["cati"], "offers_refusal": [True], "frame": ["operation"]})
    >>> describe_asking(polls)
    'phone, refusal offered'
    """
    parts = []
    for column in ("mode", "frame")[: 1 + frame]:
        if column in polls and polls[column].notna().any():
            words = find_label(f"houses.{column}.{polls[column].mode().iloc[0]}", edition)
            parts += [words] if words else []
    if "offers_refusal" in polls and polls["offers_refusal"].eq(True).any():
        parts.append(label("houses.refusal", edition))
    return ", ".join(parts)
