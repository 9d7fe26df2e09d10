"""List (item-count) experiments: what share holds an item that nobody has to name.

Estimates, regressions and tests for respondents of one's own, and the gaps that published
experiments found between direct and indirect questions.
"""

from analysis.list_experiments._data import find_list_suspicions, tell_counts
from analysis.list_experiments._fits import CONTROLS
from analysis.list_experiments.design_effect import design_effect_test, list_type_shares
from analysis.list_experiments.estimates import (
    TRUTHFUL,
    list_estimates,
    list_placebos,
    simulate_list,
)
from analysis.list_experiments.published import ITEM_SD, known_day, published_gaps
from analysis.list_experiments.regression import METHODS, list_regression

__all__ = [
    "CONTROLS",
    "ITEM_SD",
    "METHODS",
    "TRUTHFUL",
    "design_effect_test",
    "find_list_suspicions",
    "known_day",
    "list_estimates",
    "list_placebos",
    "list_regression",
    "list_type_shares",
    "published_gaps",
    "simulate_list",
    "tell_counts",
]
