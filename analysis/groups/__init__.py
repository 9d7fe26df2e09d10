"""Who supports: shares in every group of the population, from counted interviews.

:func:`fit_who` fits cells of interviews to a population and gives :class:`WhoResults`;
:func:`published_cells` keeps the waves published by a date, :func:`target_population`
makes the population of the published margins, and :func:`simulate_who` invents both
with a known truth.
"""

from analysis.groups.cells import published_cells
from analysis.groups.fit import OUTCOMES, fit_who
from analysis.groups.population import target_population
from analysis.groups.results import WhoResults
from analysis.groups.simulate import simulate_who

__all__ = [
    "OUTCOMES",
    "WhoResults",
    "fit_who",
    "published_cells",
    "simulate_who",
    "target_population",
]
