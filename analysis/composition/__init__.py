"""Compositions of polls: two parts of a whole as one model, so that all shares add up.

:class:`CompositionTrend` takes a frame of polls with two printed shares, such as
``for_pct`` and ``against_pct``; its ``fit`` gives :class:`CompositionResults`.
"""

from analysis.composition.model import CompositionTrend
from analysis.composition.results import CompositionResults

__all__ = ["CompositionResults", "CompositionTrend"]
