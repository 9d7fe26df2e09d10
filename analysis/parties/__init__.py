"""Three to ten parts of a whole in one fit: parties, their coalitions and elections to come.

``inputs`` checks the polls, ``gaussian`` is the exact posterior given the scales, ``model``
integrates those out, ``results`` answers in tables and forecasts elections.
"""

from analysis.parties.model import PartiesTrend
from analysis.parties.results import PartiesResults

__all__ = ["PartiesResults", "PartiesTrend"]
