"""A level shift at any date, from one fit without events."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.bank import run_bank
from analysis.design import Design
from analysis.mixture import Mixture
from analysis.posterior import Posterior
from analysis.results import PollTrendResults
from analysis.sampling import Array

# So many numbers of normal equations are held at a time (40 MB).
BLOCK_NUMBERS = 5_000_000


@dataclass(frozen=True, eq=False)
class Shifts:
    """Posterior of a level shift before each observation but the first, one at a time.

    Parameters
    ----------
    weights : ndarray, shape (n_points, n_shifts)
        Posterior weights of the points of the scales in the model with that shift.
    mean, variance : ndarray, shape (n_points, n_shifts)
        Of the shift given the scales, points and squared points.
    log_bayes_factor : ndarray, shape (n_shifts,)
        Log evidence for the shift with its prior against none.
    """

    weights: Array
    mean: Array
    variance: Array
    log_bayes_factor: Array

    def one(self, k: int) -> Mixture:
        """Posterior of one shift."""
        part = slice(k, k + 1)
        return Mixture(self.weights[:, k], self.mean[:, part], self.variance[:, part])

    @property
    def centre(self) -> Array:
        """Posterior means, shape (n_shifts,)."""
        return np.asarray((self.weights * self.mean).sum(axis=0))

    @property
    def sd(self) -> Array:
        """Posterior standard deviations, shape (n_shifts,)."""
        spread = self.variance + (self.mean - self.centre) ** 2
        return np.asarray(np.sqrt((self.weights * spread).sum(axis=0)))


def shift_everywhere(results: PollTrendResults) -> Shifts:
    """Add a level shift before each observation in turn, without fitting again.

    Parameters
    ----------
    results : PollTrendResults
        Of a model in percent without events.

    Returns
    -------
    Shifts
        Shift k begins with observation k + 1 in order of days.

    Notes
    -----
    Given the scales a shift is one more column of a linear Gaussian model, so its
    posterior follows from the normal equations by a Schur complement.  The scales
    have other weights once the shift is in; those are the weights without it times
    the Bayes factor given the scales, which is exact on the lattice of the fit.  A jump
    of many points moves the scales to where that lattice is thin: on simulated jumps of
    8 points the mean was drawn to zero by a quarter of its sd, on the series of this
    project it was within 0.003 sd of a fit with the shift.

    See Also
    --------
    analysis.trend.PollTrend : with ``events=`` fits again, several events at once.
    """
    design, posterior = results.model.design, results.ask.posterior
    prior = results.model.model_priors.event_sd**2
    starts = np.arange(1, len(design.day))
    # Dates between two observations of one day do not exist: the shift holds from the first.
    columns = (design.day[:, None] >= design.day[starts]).astype(float)
    score, information = _reduce(posterior, _extend(design, columns))
    precision = information + 1 / prior
    mean, variance = score / precision, 1 / precision
    log_factor = 0.5 * (score * mean - np.log1p(prior * information))
    top = log_factor.max(axis=0)
    weights = posterior.weights[:, None] * np.exp(log_factor - top)
    total = weights.sum(axis=0)
    return Shifts(weights / total, mean, variance, top + np.log(total))


def _extend(design: Design, columns: Array) -> Design:
    """Design with further columns, which are solved apart from its own."""
    return replace(design, columns=np.hstack([design.columns, columns]))


def _reduce(posterior: Posterior, extended: Design) -> tuple[Array, Array]:
    """Score and information of each further column, everything else integrated out.

    Returns
    -------
    score, information : ndarray, shape (n_points, n_shifts)
    """
    n_own = 1 + len(posterior.design.names)
    n_points, n_shifts = len(posterior.weights), extended.columns.shape[1] - n_own + 1
    score, information = np.empty((n_points, n_shifts)), np.empty((n_points, n_shifts))
    size = max(1, BLOCK_NUMBERS // (n_own + n_shifts) ** 2)
    own = posterior.effects_posterior
    for first in range(0, len(posterior.nodes), size):
        block = np.arange(first, min(first + size, len(posterior.nodes)))
        normal = run_bank(extended, posterior.nodes.part(block)).normal
        for node in block:
            mine = np.flatnonzero(posterior.node_of == node)
            found = normal[node - first]
            cross = found[1:n_own, n_own:]
            score[mine] = found[n_own:, 0] - own.mean[mine] @ cross
            taken = (np.swapaxes(own.root[mine], -1, -2) @ cross) ** 2
            information[mine] = np.diagonal(found)[n_own:] - taken.sum(axis=1)
    return score, np.maximum(information, 0.0)
