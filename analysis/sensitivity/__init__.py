"""What silence and insincerity could change: bounds, response ratios, tipping points.

Nothing here is estimated of those who said nothing: every function takes an assumption and says
what follows from it, or which assumption overturns a majority.  ``past_elections`` alone measures:
what polls of elections missed, where nobody is punished for an answer.
"""

from analysis.sensitivity.bounds import manski_bounds, poll_ratios, response_ratio
from analysis.sensitivity.past_elections import PastErrors, past_errors
from analysis.sensitivity.plane import needed_of_silent, silent_share, tipping_border
from analysis.sensitivity.rates import (
    ends_worst,
    fear_ratio,
    participation_series,
    response_evidence,
    response_rates,
)
from analysis.sensitivity.ratios import house_ratios
from analysis.sensitivity.refusers import refuser_band, refuser_tipping
from analysis.sensitivity.tipping import (
    Silent,
    describe_assumptions,
    tipping_point,
    tipping_table,
)

__all__ = [
    "PastErrors",
    "Silent",
    "describe_assumptions",
    "ends_worst",
    "fear_ratio",
    "house_ratios",
    "manski_bounds",
    "needed_of_silent",
    "participation_series",
    "past_errors",
    "poll_ratios",
    "refuser_band",
    "refuser_tipping",
    "response_evidence",
    "response_rates",
    "response_ratio",
    "silent_share",
    "tipping_border",
    "tipping_point",
    "tipping_table",
]
