"""Integrals over posteriors of a few to some dozens of dimensions, by importance sampling.

:func:`sample_posterior` does all of it; :class:`SplitT`, :class:`SplitTMixture` and
:func:`smooth_weights` are its pieces, for models that draw points of their own.
"""

from analysis.integrate._proposal import SplitT, SplitTMixture
from analysis.integrate._weights import smooth_weights
from analysis.integrate.importance import ImportanceSample, half_normal, sample_posterior

__all__ = [
    "ImportanceSample",
    "SplitT",
    "SplitTMixture",
    "half_normal",
    "sample_posterior",
    "smooth_weights",
]
