"""Levels, house effects and likelihood of several parts are those of the dense Gaussian."""

import numpy as np
import pytest
from reference.simulated_parties import NAMES, PARAMS, simulate

from analysis import CompositionTrend
from analysis.parties import PartiesTrend
from analysis.parties.gaussian import Given

POLLS, _ = simulate(np.random.default_rng(5))


def condition(model, params):
    """Means and covariance of levels and effects, and log likelihood, by dense matrices."""
    design, (tau, omega, sigma_h) = model.design, params
    k, knots, shape = 3, design.knots, design.shape
    obs = model.observations
    n_houses, t = len(obs.houses), (knots - knots[0]).astype(float)
    walk = np.kron(np.minimum.outer(t, t) * tau**2, shape)
    walk += np.kron(np.ones((len(t), len(t))), model.priors.level_sd**2 * np.eye(k))
    sector = np.array(obs.house_sector)
    spread = sigma_h**2 * np.eye(n_houses)
    spread += model.priors.sector_sd**2 * (sector[:, None] == sector)
    prior = np.zeros((k * (len(t) + n_houses),) * 2)
    split = k * len(t)
    prior[:split, :split], prior[split:, split:] = walk, np.kron(spread, shape)
    rows, noise = [], []
    shares = model.polls.shares
    for i, house in enumerate(obs.house_of_poll):
        row = np.zeros((k, len(prior)))
        place = int(np.searchsorted(knots, obs.day[i]))
        row[:, place * k : place * k + k] = np.eye(k)
        row[:, split + house * k : split + house * k + k] = np.eye(k)
        rows.append(row)
        noise.append(model.polls.sampling[i] + np.diag(model.polls.rounding[i]) + omega**2 * shape)
    seen = ~np.isnan(shares).ravel()
    pick = np.vstack(rows)[seen]
    error = np.zeros((shares.size,) * 2)
    for i, block in enumerate(noise):
        error[i * k : i * k + k, i * k : i * k + k] = block
    cov = pick @ prior @ pick.T + error[np.ix_(seen, seen)]
    y = shares.ravel()[seen] - 25.0
    gain = np.linalg.solve(cov, pick @ prior).T
    loglike = -0.5 * (y @ np.linalg.solve(cov, y) + np.linalg.slogdet(2 * np.pi * cov)[1])
    return gain @ y, prior - gain @ pick @ prior, loglike, split


def test_the_posterior_is_that_of_the_dense_gaussian():
    model = PartiesTrend(POLLS, NAMES)
    mean, cov, loglike, split = condition(model, PARAMS)
    given = Given(model.design, PARAMS)
    levels, effects = given.mean()
    assert given.loglike == pytest.approx(loglike, abs=1e-6)
    assert levels.ravel() == pytest.approx(mean[:split] + 25.0, abs=1e-6)
    assert effects.ravel() == pytest.approx(mean[split:], abs=1e-6)
    draws = given.draw(40_000, np.random.default_rng(3))
    both = np.hstack([part.reshape(40_000, -1) for part in draws])
    assert both.std(axis=0) == pytest.approx(np.sqrt(np.diag(cov)), rel=0.03)
    together = both[:, :3].T @ both[:, split : split + 3] / 40_000
    together -= np.outer(both[:, :3].mean(axis=0), both[:, split : split + 3].mean(axis=0))
    assert together == pytest.approx(cov[:3, split : split + 3], abs=0.05 * cov.max())


@pytest.mark.long("sixty made races of parties are smoothed")
def test_intervals_hold_the_truth_as_often_as_they_say():
    inside, n = 0, 60
    for seed in range(n):
        polls, truth = simulate(np.random.default_rng(100 + seed), n_houses=3)
        model = PartiesTrend(polls.drop(columns="sector"), NAMES)
        table = model.smooth(PARAMS).trend().groupby("part", sort=False).tail(1)
        last = table.set_index("part").loc[list(NAMES)]
        # The last poll is not on the last day, so the truth is widened by the walk in between.
        left = 89 - int(model.design.knots[-1])
        sd = np.sqrt(last["sd"] ** 2 + PARAMS[0] ** 2 * left * np.diag(model.design.shape))
        inside += (np.abs(last["mean"] - truth) < 1.96 * sd).sum()
    assert 0.88 < inside / (3 * n) <= 1.0


def test_a_composition_of_three_answers_is_this_model():
    found = CompositionTrend(POLLS, NAMES)
    assert isinstance(found, PartiesTrend)
    assert found.loglike(PARAMS) == PartiesTrend(POLLS, NAMES).loglike(PARAMS)
