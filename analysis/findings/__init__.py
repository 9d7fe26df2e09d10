"""What is published as a finding: one table from which titles, pages and notebooks take numbers.

``source`` says what findings are made of, ``table`` puts them together; each of the others
tells those of one subject: ``support`` and ``questions`` how answers moved.
"""

from analysis.findings._rows import say_direction
from analysis.findings.source import Source, fit_pole, take_polls
from analysis.findings.table import TOPICS, findings

__all__ = [
    "TOPICS",
    "Source",
    "findings",
    "fit_pole",
    "say_direction",
    "take_polls",
]
