"""Given hyperparameters, the composition is one dense Gaussian: likelihood, means, covariances."""

import numpy as np
import pytest
from reference.dense_composition import PARTS, as_pairs, condition
from reference.simulated_composition import (
    EDGE_CASES,
    PARAMS,
    POLLS,
    SMALL,
    simulate_composition,
)

from analysis import CompositionTrend
from analysis.composition._smoother import Smoother
from analysis.composition.references import complete_weights

CASES = {
    "sectors and missing parts": POLLS,
    "one decimal": simulate_composition(
        np.random.default_rng(2), n_polls=15, n_days=60, decimals=1
    ),
    **{name: polls for name, polls in EDGE_CASES.items() if name != "four-year gap"},
}
TOLERANCE = 1e-6
pytestmark = [
    pytest.mark.long("hundreds of comparisons with a dense Gaussian", quick=3),
    pytest.mark.parametrize("name", CASES),
    pytest.mark.parametrize("params", [PARAMS, SMALL], ids=["ordinary", "extreme"]),
    pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"]),
    pytest.mark.parametrize("calming", [None, (-8, 20.0), (7, 5.0)], ids=str),
]


def both(name, params, drift, calming):
    """Our model, a smoother for the mean of the complete houses, and the dense answer."""
    model = CompositionTrend(CASES[name], drift=drift)
    if calming is not None:
        day = model.observations.first_date + np.timedelta64(calming[0], "D")
        options = {"walk": "calming", "calm_from": str(day), "calm_days": calming[1]}
        model = CompositionTrend(CASES[name], drift=drift, **options)
    sets = model.smooth(params).fitted.posterior
    weights = complete_weights(model.composition, "houses")
    smoother = Smoother(model.space.design, model.space.arrange(sets.sets), weights)
    return model, smoother, condition(CASES[name], as_pairs(params, drift), calming)


def rows_of(model, dense):
    """Dense rows of what the smoother keeps: levels on knots, then effects, by our parts."""
    obs, parts = model.observations, model.composition.parts
    complete = [
        h for h, is_in in zip(obs.houses, model.composition.is_complete_house, strict=True) if is_in
    ]
    mean = dict.fromkeys(complete, 1 / len(complete))
    order = [PARTS.index(part) for part in parts]

    def reference(part, day):
        drifts = {(house, day): weight for house, weight in mean.items()}
        return dense.row(part, houses=mean, drifts=drifts)

    levels = [
        [dense.row(p, days={day: 1.0}) + reference(p, day) for p in order]
        for day in model.space.design.knots
    ]
    effects = []
    for house in obs.houses:
        days = obs.day[obs.house_of_poll == obs.houses.index(house)]
        effects.append(
            [
                np.mean(
                    [
                        dense.row(p, houses={house: 1.0}, drifts={(house, day): 1.0})
                        - reference(p, day)
                        for day in days
                    ],
                    axis=0,
                )
                for p in order
            ]
        )
    return np.array(levels), np.array(effects)


def test_log_likelihood(name, params, drift, calming):
    model, _, dense = both(name, params, drift, calming)
    assert model.loglike(params) == pytest.approx(dense.loglike, abs=TOLERANCE, rel=1e-9)


def test_levels_and_house_effects(name, params, drift, calming):
    model, smoother, dense = both(name, params, drift, calming)
    levels, effects = rows_of(model, dense)
    found = smoother.mean()
    np.testing.assert_allclose(found.levels[..., 0, 0] + 50, levels @ dense.mean, atol=TOLERANCE)
    np.testing.assert_allclose(found.houses[..., 0, 0], effects @ dense.mean, atol=TOLERANCE)


def test_draws_have_the_covariance_of_levels_and_effects(name, params, drift, calming):
    """A draw is linear in normal numbers: unit vectors in place of them give the matrix."""
    model, smoother, dense = both(name, params, drift, calming)
    rows = np.concatenate([part.reshape(-1, len(dense.mean)) for part in rows_of(model, dense)])
    found = smoother.deviations(np.eye(smoother.n_normals)[:, :, None])
    matrix = np.concatenate(
        [part[..., 0].reshape(-1, smoother.n_normals) for part in (found.levels, found.houses)]
    )
    np.testing.assert_allclose(matrix @ matrix.T, rows @ dense.cov @ rows.T, atol=TOLERANCE)
