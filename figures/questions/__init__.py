"""Figures of the other questions: talks, going on with the fighting, events, all side by side."""

from figures.questions.events import plot_events
from figures.questions.side_by_side import plot_questions
from figures.questions.talks import plot_talks

__all__ = [
    "plot_events",
    "plot_questions",
    "plot_talks",
]
