"""Figures of who supports: age and television over time, all groups at the last wave."""

from figures.groups.last_wave import plot_groups
from figures.groups.over_time import plot_who

__all__ = [
    "plot_groups",
    "plot_who",
]
