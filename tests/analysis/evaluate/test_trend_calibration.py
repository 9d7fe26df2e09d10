"""Given the hyperparameters, intervals cover the truth as often as they say."""

import numpy as np
import pytest
from reference.dense_gaussian import mid_days
from reference.simulated_polls import SECTORS, simulate_polls
from scipy.stats import binomtest, chi2

from analysis import PollTrend, Priors

N_SETS = 250
TAU, OMEGA, SIGMA_H = PARAMS = (0.3, 2.0, 3.0)
# Narrower than the default, so that no share drawn from it leaves 0 to 100: a
# clipped share would no longer come from the model.
DAY = np.timedelta64(1, "D")
PRIORS = Priors(level_sd=5.0, sector_sd=3.0)
SAMPLING_VAR = 2.0


def draw_from_the_model(rng, day, house):
    """Draw level, house effects and shares from the model itself; nothing is rounded."""
    sector = {s: rng.normal(0, PRIORS.sector_sd) for s in sorted(set(SECTORS.values()))}
    effect = {h: sector[s] + rng.normal(0, SIGMA_H) for h, s in SECTORS.items()}
    steps = rng.normal(0, TAU, day.max() + 1)
    level = rng.normal(50, PRIORS.level_sd) + np.cumsum(steps) - steps[0]
    noise = np.sqrt(SAMPLING_VAR + 1 / 12 + OMEGA**2)
    shares = level[day] + [effect[h] for h in house] + rng.normal(0, noise, len(day))
    return level, effect, shares


@pytest.fixture(scope="module")
def z_scores():
    """Standardised errors of a level, a change, an effect and a gap over many data sets."""
    rng = np.random.default_rng(51)
    design = simulate_polls(rng, 40, houses="abcde", sectors=SECTORS)
    design = design.assign(sampling_var=SAMPLING_VAR)
    day, house = mid_days(design), design["house_id"]
    found = {"level": [], "change": [], "effect": [], "gap": []}
    for _ in range(N_SETS):
        level, effect, shares = draw_from_the_model(rng, day, house)
        results = PollTrend(design.assign(share_pct=shares), priors=PRIORS).smooth(PARAMS)
        mean_effect = np.mean(list(effect.values()))
        trend = results.trend().iloc[17]
        first = results.observations.first_date
        change = results.change(first + DAY * 5, first + DAY * 99)
        row = results.house_effects().iloc[1]
        gap = results.sector_gap("state", "independent")
        true_gap = (effect["a"] + effect["b"] - effect["c"] - effect["d"]) / 2
        found["level"].append((level[17] + mean_effect - trend["mean"]) / trend["sd"])
        found["change"].append((level[99] - level[5] - change["mean"]) / change["sd"])
        found["effect"].append((effect["b"] - mean_effect - row["mean"]) / row["sd"])
        found["gap"].append((true_gap - gap["mean"]) / gap["sd"])
    return {name: np.array(z) for name, z in found.items()}


@pytest.mark.long("hundreds of made polls are fitted")
@pytest.mark.parametrize("name", ["level", "change", "effect", "gap"])
def test_intervals_cover_at_their_rate(z_scores, name):
    covered = int((np.abs(z_scores[name]) < 1.96).sum())
    # Four quantities, 1% in all: 0.25% each.
    assert binomtest(covered, N_SETS, 0.95).pvalue > 0.0025


@pytest.mark.long("hundreds of made polls are fitted")
@pytest.mark.parametrize("name", ["level", "change", "effect", "gap"])
def test_standardised_errors_have_variance_one(z_scores, name):
    total = float((z_scores[name] ** 2).sum())
    assert chi2.ppf(0.00125, N_SETS) < total < chi2.ppf(0.99875, N_SETS)
