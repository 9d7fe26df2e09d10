"""Trend and house-effect models of polls: frames in, results out.

The package opens no file and draws nothing.  Start with
:class:`~analysis.trend.model.PollTrend`.
"""

import os

# Matrices here are small (states of one model, not of the data): two BLAS
# threads cost up to sixty times the run time of one.  It has to be said
# before numpy is imported; a value set by the user stays.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from analysis.base.errors import PollInputError
from analysis.base.priors import Priors
from analysis.claims.as_of import as_of_history, published_by
from analysis.claims.threshold import claim
from analysis.trend.model import PollTrend
from analysis.trend.results import PollTrendResults

__all__ = [
    "PollInputError",
    "PollTrend",
    "PollTrendResults",
    "Priors",
    "as_of_history",
    "claim",
    "published_by",
]
