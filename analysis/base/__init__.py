"""What every model stands on: checked polls as arrays, their known errors, priors and intervals.

``observations`` reads a frame of polls row by row, ``sampling`` says what is known of a poll's
error, ``references`` turns a reference into weights of houses, ``intervals`` and ``mixture``
turn posteriors into tables, ``weighted`` and ``text`` serve them, ``errors`` holds the one error
that bad input raises.
"""

from analysis.base.arrays import Array, Days
from analysis.base.errors import PollInputError
from analysis.base.intervals import check_alpha, interval_frame, interval_row
from analysis.base.mixture import JointMixture, Mixture
from analysis.base.observations import Observations, prepare_observations
from analysis.base.priors import Priors
from analysis.base.references import reference_weights
from analysis.base.sampling import sampling_variance
from analysis.base.weighted import weighted_moments, weighted_quantiles

__all__ = [
    "Array",
    "Days",
    "JointMixture",
    "Mixture",
    "Observations",
    "PollInputError",
    "Priors",
    "check_alpha",
    "interval_frame",
    "interval_row",
    "prepare_observations",
    "reference_weights",
    "sampling_variance",
    "weighted_moments",
    "weighted_quantiles",
]
