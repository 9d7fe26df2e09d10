"""What silence and insincerity could change: bounds, response ratios, tipping points.

Nothing here is estimated of those who said nothing: every function takes an assumption and says
what follows from it, or which assumption overturns a majority.  ``past_elections`` alone measures:
what polls of elections missed, where nobody is punished for an answer.
"""

from analysis.sensitivity.bounds import manski_bounds, response_ratio
from analysis.sensitivity.past_elections import PastErrors, past_errors
from analysis.sensitivity.rates import (
    ENOUGH_POLLS,
    ends_worst,
    fear_ratio,
    participation_series,
    response_evidence,
    response_rates,
    say_participation,
)
from analysis.sensitivity.ratios import house_ratios
from analysis.sensitivity.refusers import refuser_band
from analysis.sensitivity.tipping import (
    Silent,
    describe_assumptions,
    tipping_point,
    tipping_table,
)

__all__ = [
    "ENOUGH_POLLS",
    "PastErrors",
    "Silent",
    "describe_assumptions",
    "ends_worst",
    "fear_ratio",
    "house_ratios",
    "manski_bounds",
    "participation_series",
    "past_errors",
    "refuser_band",
    "response_evidence",
    "response_rates",
    "response_ratio",
    "say_participation",
    "tipping_point",
    "tipping_table",
]
