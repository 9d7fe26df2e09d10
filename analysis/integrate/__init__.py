"""Integrals over a posterior by importance sampling, and the search for its modes.

There are two integrators in this package, and two climbs to a mode, on purpose. The lattice of
:mod:`analysis.trend.hyperparameters` serves the three or four scales of a trend, this sampler
the five to some dozens of a composition, of excess errors by house or of groups. Sampling in
place of the lattice was tried on the support series: a static trend took 0.18 in place of
0.07 seconds, one with drift 0.8 to 1.0 in place of 0.24, means were off by 0.005 to 0.03
sd where 0.003 is asked for, and 6,400 polls took 5,000 to 9,000 passes of the filter in place of
about 120. A lattice in nine dimensions has too many points.

The climb here takes gradients where a model has them: trends with an excess error for each house,
whose smoother tells them in one pass back. Of the others it asks for the log posterior at all
points of a stencil, of a line search and of several climbs in one call, for which the models have
a bank of filters. L-BFGS of scipy asks for one point after the other: a composition took 5.4 in
place of 3.0 seconds (with drift 6.4 in place of 4.1).
"""

from analysis.integrate._modes import find_mode, find_modes
from analysis.integrate._proposal import SplitT, SplitTMixture
from analysis.integrate._weights import smooth_weights
from analysis.integrate.importance import ImportanceSample, half_normal, sample_posterior

__all__ = [
    "ImportanceSample",
    "SplitT",
    "SplitTMixture",
    "find_mode",
    "find_modes",
    "half_normal",
    "sample_posterior",
    "smooth_weights",
]
