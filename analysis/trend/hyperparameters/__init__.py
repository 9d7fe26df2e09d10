"""The hyperparameters tau, omega, sigma_h and kappa: integrated out, plugged in, or given.

``space`` has their priors and coordinates, with one excess error for all houses or one for each;
``score`` tells how the likelihood answers to each of them.
``inference`` integrates on a lattice (``quadrature``, ``lattice``) around the mode; ``by_house``
does so with importance sampling, as there are too many of them for a lattice, ``single_polls``
where most houses have one poll, and ``student``, where each poll has an error of its own, with
Markov chains; ``fits`` chooses between them.
"""

from analysis.trend.hyperparameters.fits import compare_spaces, fit_params, give_params
from analysis.trend.hyperparameters.inference import Fit
from analysis.trend.hyperparameters.space import HyperparameterSpace, excess_variance, make_space

__all__ = [
    "Fit",
    "HyperparameterSpace",
    "compare_spaces",
    "excess_variance",
    "fit_params",
    "give_params",
    "make_space",
]
