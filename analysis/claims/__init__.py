"""What could be said on a day: the polls known by then, and how sure they make a claim.

``as_of`` looks back to a day, ``levels`` lists every level that polls speak of, ``threshold`` asks
each of them whether it was above a value, and ``words`` says it in sentences.
``windows`` are those between which all texts tell a change.
"""

from analysis.claims.as_of import anchors_by, as_of_history, publication_days, published_by
from analysis.claims.levels import Level, list_levels
from analysis.claims.threshold import claim, claim_table
from analysis.claims.windows import Window, main_windows, name_base, panel, windows
from analysis.claims.words import show_probability, write_sentences, write_verdict

__all__ = [
    "Level",
    "Window",
    "anchors_by",
    "as_of_history",
    "claim",
    "claim_table",
    "list_levels",
    "main_windows",
    "name_base",
    "panel",
    "publication_days",
    "published_by",
    "show_probability",
    "windows",
    "write_sentences",
    "write_verdict",
]
