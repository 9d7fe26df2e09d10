"""Figures of what a number like "70% support" hides: silence, wording, sincerity, nonresponse."""

from figures.hidden.composition import plot_composition
from figures.hidden.indirect import plot_indirect
from figures.hidden.nonresponse import plot_nonresponse
from figures.hidden.opinion_spread import plot_opinion_spread
from figures.hidden.participation import plot_participation
from figures.hidden.tipping import plot_tipping
from figures.hidden.wording import plot_wording

__all__ = [
    "plot_composition",
    "plot_indirect",
    "plot_nonresponse",
    "plot_opinion_spread",
    "plot_participation",
    "plot_tipping",
    "plot_wording",
]
