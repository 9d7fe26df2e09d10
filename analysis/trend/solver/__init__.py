"""Level, house effects and likelihood, exact given the hyperparameters.

``inputs`` reads what stands beside the polls and ``design`` arranges all as arrays; ``filter``
runs past the polls at many sets of hyperparameters at once, where houses drift by the ``blocks``
that it takes in together; ``likelihood`` integrates the effects out, ``front`` does both where
houses drift and nothing but the likelihood is asked for,
``posterior`` joins all sets with their weights, ``estimands`` and ``logit`` are what it is
asked, on either scale, and ``queries`` is the door to them.
"""

from analysis.trend.solver.design import Design, Nodes
from analysis.trend.solver.estimands import change_of, levels_at, walk_weights
from analysis.trend.solver.filter import run_filter
from analysis.trend.solver.inputs import read_anchors, read_events
from analysis.trend.solver.logit import PercentLevels, slope_at, with_common_error
from analysis.trend.solver.posterior import Posterior
from analysis.trend.solver.queries import Queries

__all__ = [
    "Design",
    "Nodes",
    "PercentLevels",
    "Posterior",
    "Queries",
    "change_of",
    "levels_at",
    "read_anchors",
    "read_events",
    "run_filter",
    "slope_at",
    "walk_weights",
    "with_common_error",
]
