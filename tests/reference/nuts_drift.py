"""What is stored of drifting houses, from the draws of NUTS.

NUTS samples the drift of each house at that house's own polls; on the other
days it is drawn given those (a Brownian bridge between two polls, the walk
going on after the last), which leaves the posterior unchanged.  Before its
first poll a house has d_j = 0.
"""

import numpy as np
import pandas as pd


def drift_quantities(polls, post, rng, drift_days=np.inf):
    """Level under reference "houses" at poll days, and each house's mean drift.

    level_drifting: x(t) + mean over houses of h_j + d_j(t).
    house_drift: mean of d_j over the dates of house j's polls (houses that walk).
    """
    drift, kappa = post["drift"].to_numpy(), post["kappa"].to_numpy()
    level, n_houses = post["level"].to_numpy(), len(polls.houses)
    days = np.unique(polls.day)
    mean_drift = np.zeros((*kappa.shape, len(days)))
    out = {}
    for j, house in enumerate(polls.houses):
        own = polls.house == j
        mean_drift += (
            walk_on(polls.day[own], drift[..., own], kappa, days, rng, drift_days) / n_houses
        )
        if len(np.unique(polls.day[own])) > 1:
            out["house_drift", house] = drift[..., own].mean(axis=-1)
    knots = np.searchsorted(polls.knots, days)
    for i, day in enumerate(days):
        date = (polls.first_date + pd.Timedelta(days=int(day))).date().isoformat()
        out["level_drifting", date] = level[..., knots[i]] + mean_drift[..., i]
    return out


def go_on(gap, drift_days):
    """What is left of a drift after a gap, and the variance it gains, over kappa squared."""
    if np.isinf(drift_days):
        return 1.0, float(gap)
    return np.exp(-gap / drift_days), drift_days / 2 * (1 - np.exp(-2 * gap / drift_days))


def walk_on(own_days, own_drift, kappa, days, rng, drift_days=np.inf):
    """Draw one house's drift on all days, given its drift at its own polls."""
    out = np.zeros((*kappa.shape, len(days)))
    before, value = own_days[0], own_drift[..., 0]
    for i, day in enumerate(days):
        if day <= own_days[0]:
            continue
        after = np.searchsorted(own_days, day)
        noise = rng.standard_normal(kappa.shape)
        kept, gained = go_on(day - before, drift_days)
        if after == len(own_days):
            value = kept * value + kappa * np.sqrt(gained) * noise
        elif own_days[after] == day:
            value = own_drift[..., after]
        else:
            later, left = go_on(own_days[after] - day, drift_days)
            share = gained * later / (later**2 * gained + left)
            sd = kappa * np.sqrt(gained * left / (later**2 * gained + left))
            coming = own_drift[..., after] - later * kept * value
            value = kept * value + share * coming + sd * noise
        out[..., i], before = value, day
    return out
