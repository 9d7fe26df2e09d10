"""Figures of declared support: its trend, its houses and sectors, the claim of April 2022."""

from figures.support._coverage_words import coverage_data
from figures.support.claim import plot_claim
from figures.support.coverage import plot_coverage
from figures.support.house_effects import plot_houses
from figures.support.multiverse import STORED as STORED_MULTIVERSE
from figures.support.multiverse import plot_multiverse, read_multiverse
from figures.support.sector_gap import plot_gap
from figures.support.sectors import plot_sectors
from figures.support.trend import plot_trend
from figures.support.vintages import find_revisions, plot_vintages

__all__ = [
    "STORED_MULTIVERSE",
    "coverage_data",
    "find_revisions",
    "plot_claim",
    "plot_coverage",
    "plot_gap",
    "plot_houses",
    "plot_multiverse",
    "plot_sectors",
    "plot_trend",
    "plot_vintages",
    "read_multiverse",
]
