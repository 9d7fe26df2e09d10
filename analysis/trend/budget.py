"""A variance budget: how far a poll lies from the mean of these houses, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.base.arrays import Array
from analysis.base.sampling import NEAR_EDGE
from analysis.observations.frame import Observations
from analysis.trend.fitted import FittedTrend
from analysis.trend.hyperparameters.space import NEW_POLL, SPREAD, excess_variance
from analysis.trend.solver.estimands import house_contrasts
from analysis.trend.solver.logit import slope_at
from analysis.trend.solver.posterior import Posterior


def split_variance(fitted: FittedTrend) -> pd.DataFrame:
    """Split the squared distance of a poll from the mean of these houses on its day.

    Parameters
    ----------
    fitted : FittedTrend
        What it holds in logits is turned into points at the mean share.

    Returns
    -------
    DataFrame
        component, variance (squared points), sd (points), share_pct of the
        total: sampling, rounding, excess, houses within sectors, between
        sectors (without sectors: houses), and with drift: house drift.

    Notes
    -----
    Sampling, rounding and excess are means over the polls.  The house parts are
    posterior expectations of the spread over the observed houses, each house
    counted once: ``E[h' A h] = m' A m + trace(A S)``, split as in a one-way
    analysis of variance.  Drift is how far a house lies from its own average
    on the dates of its polls, a mean over the polls.
    """
    observations, posterior = fitted.observations, fitted.posterior
    is_logit = fitted.model.options.is_logit
    n_houses = len(observations.houses)
    centre = np.eye(n_houses) - 1.0 / n_houses
    # At 0 and 100 a logit has no length in points.
    middle = observations.share_pct.mean(keepdims=True).clip(NEAR_EDGE, 100.0 - NEAR_EDGE)
    unit = float(slope_at(middle)[0] ** -2) if is_logit else 1.0
    parts = {
        "sampling": float(observations.polls["sampling_var"].mean()),
        "rounding": float(observations.polls["rounding_var"].mean()),
        "excess": unit * _excess(observations, posterior),
    }
    if len(observations.sectors) > 1:
        within = _within_sectors(observations)
        parts["houses within sectors"] = unit * _spread(posterior, within)
        parts["between sectors"] = unit * _spread(posterior, centre - within)
    else:
        parts["houses"] = unit * _spread(posterior, centre)
    if posterior.design.drift:
        parts["house drift"] = unit * posterior.drift_variance
    frame = pd.DataFrame({"component": list(parts), "variance": list(parts.values())})
    frame["sd"] = np.sqrt(frame["variance"])
    frame["share_pct"] = 100 * frame["variance"] / frame["variance"].sum()
    return frame


def _excess(observations: Observations, posterior: Posterior) -> float:
    """Posterior expectation of the excess variance, a mean over the polls."""
    if NEW_POLL in posterior.params:
        is_poll = posterior.design.house >= 0
        excess = posterior.nodes.noise - posterior.design.known_variance[:, None]
        return float(excess[is_poll].mean(axis=0)[posterior.node_of] @ posterior.weights)
    if SPREAD not in posterior.params:
        return posterior.expected("omega", 2)
    of_polls = excess_variance(posterior.params, observations.polls["house_id"])
    return float(posterior.weights @ of_polls.mean(axis=1))


def _within_sectors(observations: Observations) -> Array:
    """Matrix that subtracts from each house the mean of its sector."""
    sector = np.array(observations.house_sector, dtype=object)
    same = (sector[:, None] == sector[None, :]).astype(float)
    return np.asarray(np.eye(len(sector)) - same / same.sum(axis=1, keepdims=True))


def _spread(posterior: Posterior, projection: Array) -> float:
    """Posterior expectation of the mean square of projected house effects."""
    return float(np.mean(house_contrasts(posterior, projection).mean_squares))
