"""Trend and house-effect models of polls: frames in, results out.

The package opens no file and draws nothing.  Start with
:class:`~analysis.trend.model.PollTrend`, the trend of one share;
:class:`~analysis.composition.model.CompositionTrend` is that of two parts of a
whole, and :func:`~analysis.groups.fit.fit_who` tells who answers how.
"""

import os

from analysis._start import begin, is_command

# Matrices here are small (states of one model, not of the data): two BLAS
# threads cost up to sixty times the run time of one.  It has to be said
# before numpy is imported; a value set by the user stays.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

if is_command("analysis"):
    begin("analysis")

import importlib.metadata

from analysis.base.errors import PollInputError
from analysis.base.priors import Priors
from analysis.claims import as_of_history, claim, published_by
from analysis.composition import CompositionTrend
from analysis.groups import fit_who
from analysis.trend import PUBLISHED, PollTrend, PollTrendResults, TrendOptions

__all__ = [
    "PUBLISHED",
    "CompositionTrend",
    "PollInputError",
    "PollTrend",
    "PollTrendResults",
    "Priors",
    "TrendOptions",
    "as_of_history",
    "claim",
    "fit_who",
    "published_by",
]

try:
    # All three packages are one distribution; the number stands in pyproject.toml.
    __version__ = importlib.metadata.version("russian-war-polls")
except importlib.metadata.PackageNotFoundError:  # a checkout that is on the path only
    __version__ = "0+checkout"
