"""Polls as they come in: checked and made into arrays, and what in them deserves a look.

``frame`` reads a frame of polls row by row, ``references`` turns a reference into weights of
houses. What is allowed and yet deserves a look is told with rows and cure, by what it is about:
names, rows of one poll, sizes, days, shares, codes.
"""

from analysis.observations._codes import find_code
from analysis.observations._coming import find_coming_suspicions
from analysis.observations._days import LONG_DAYS, tell_other_year, tell_to_come
from analysis.observations._elections import find_past_suspicions
from analysis.observations._names import tell_alike
from analysis.observations._polls import find_suspicions
from analysis.observations._rows import (
    DAY,
    FEWEST_OTHERS,
    NEARLY,
    YEAR,
    name_rows,
    usual_of_others,
)
from analysis.observations._same_poll import keep_apart
from analysis.observations._shares import (
    EXCHANGED_APART,
    HOUSE_APART,
    find_exchanged_parts,
    look_like_fractions,
    tell_far,
    tell_other_house,
)
from analysis.observations._sizes import is_odd_size
from analysis.observations.frame import Observations, prepare_observations
from analysis.observations.references import reference_weights

__all__ = [
    "DAY",
    "EXCHANGED_APART",
    "FEWEST_OTHERS",
    "HOUSE_APART",
    "LONG_DAYS",
    "NEARLY",
    "YEAR",
    "Observations",
    "find_code",
    "find_coming_suspicions",
    "find_exchanged_parts",
    "find_past_suspicions",
    "find_suspicions",
    "is_odd_size",
    "keep_apart",
    "look_like_fractions",
    "name_rows",
    "prepare_observations",
    "reference_weights",
    "tell_alike",
    "tell_far",
    "tell_other_house",
    "tell_other_year",
    "tell_to_come",
    "usual_of_others",
]
