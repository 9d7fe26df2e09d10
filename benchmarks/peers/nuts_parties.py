"""The model of several parties written once more, for PyMC; shares no code with the package.

    y_i      = x(t_i) + h_j + e_i        e_i ~ N(0, V_i + R_i + omega^2 M)
    x(t + d) = x(t) + N(0, tau^2 d M)    x(t_1) ~ N(100 / (k + 1), 50^2) for each part
    h_j      ~ N(0, sigma_h^2 M)         one sector

M is the multinomial covariance at the mean shares, 1 for a part of one half.  All polls print all
parts.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt


@dataclass
class Polls:
    """Arrays of one case; days count from the first mid-field date."""

    shares: np.ndarray
    known: np.ndarray
    shape: np.ndarray
    day: np.ndarray
    knots: np.ndarray
    house: np.ndarray
    n_houses: int


def multinomial(shares):
    """Covariance of one answer, squared points, at shares in percent."""
    return 100 * shares[..., None] * np.eye(shares.shape[-1]) - shares[..., None] * shares[:, None]


def read_polls(path):
    """Read polls and compute what is known before sampling."""
    frame = pd.read_csv(path, parse_dates=["start_date"])
    frame = frame.sort_values(["start_date", "poll_id"], kind="stable")
    shares = frame.filter(regex="_pct$").to_numpy(float)
    size, usual = frame["sample_size"].to_numpy(float)[:, None], shares.mean(axis=0)
    at = (size * shares + usual) / (size + 1)
    rounding = 10.0 ** (-2 * frame["decimals"].to_numpy(float)) / 12
    known = multinomial(at) / size[:, None] + rounding[:, None, None] * np.eye(len(usual))
    day = (frame["start_date"] - frame["start_date"].min()).dt.days.to_numpy()
    houses, house = np.unique(frame["house_id"], return_inverse=True)
    shape = multinomial(usual[None])[0] / 2500
    return Polls(shares, known, shape, day, np.unique(day), house, len(houses))


def build_model(polls):
    """Levels and effects are free parameters; the walk is non-centred."""
    k = polls.shares.shape[1]
    root = np.linalg.cholesky(polls.shape)
    # In these coordinates, of each poll its own, errors do not know each other.
    inverse = np.linalg.inv(root)
    values, vectors = np.linalg.eigh(inverse @ polls.known @ inverse.T)
    turn = vectors.transpose(0, 2, 1) @ inverse
    gaps = np.sqrt(np.diff(polls.knots))[:, None]
    with pm.Model() as model:
        tau = pm.HalfNormal("tau", 0.5)
        omega = pm.HalfNormal("omega", 3.0)
        sigma = pm.HalfNormal("sigma_h", 10.0)
        effects = sigma * pt.dot(pm.Normal("h_raw", shape=(polls.n_houses, k)), root.T)
        # Polls see the sum of level and effects; sampling that sum avoids a ridge, Jacobian 1.
        mean_effect = effects.mean(axis=0)
        first = polls.shares.mean(axis=0) + 3.0 * pm.Flat("first_raw", shape=k)
        apart = (first - mean_effect - 100.0 / (k + 1)) / 50.0
        pm.Potential("first_prior", -0.5 * (apart**2).sum())
        raw = pm.Normal("step_raw", shape=(len(polls.knots) - 1, k))
        steps = tau * pt.dot(raw, root.T) * gaps
        walk = pt.concatenate([pt.zeros((1, k)), pt.cumsum(steps, axis=0)])
        level = pm.Deterministic("level", first + walk)
        expected = level[np.searchsorted(polls.knots, polls.day)] - mean_effect
        error = polls.shares - expected - effects[polls.house]
        turned = (turn * error[:, None, :]).sum(axis=2)
        pm.Potential(
            "polls", pm.logp(pm.Normal.dist(0.0, pt.sqrt(values + omega**2)), turned).sum()
        )
    return model
