"""What every model stands on: types of arrays, columns, priors, errors of sampling, intervals.

``columns`` reads a column row by row, ``sampling`` says what is known of a poll's error,
``intervals`` and ``mixture`` turn posteriors into tables, ``weighted`` and ``text`` serve them,
``errors`` holds the one error that bad input raises.
"""

from analysis.base.arrays import Array, Days
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha, interval_frame, interval_row
from analysis.base.mixture import JointMixture, Mixture
from analysis.base.priors import Priors
from analysis.base.sampling import sampling_variance
from analysis.base.weighted import weighted_moments, weighted_quantiles

__all__ = [
    "Array",
    "Days",
    "JointMixture",
    "Mixture",
    "PollInputError",
    "Priors",
    "check_alpha",
    "interval_frame",
    "interval_row",
    "sampling_variance",
    "weighted_moments",
    "weighted_quantiles",
]
