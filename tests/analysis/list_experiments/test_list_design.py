"""The test for design effects, and the chi-bar-square under it."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.paths import REFERENCE
from scipy.optimize import nnls

from analysis.list_experiments import simulate_list
from analysis.list_experiments._data import read_list
from analysis.list_experiments.design_effect import (
    NO_VARIANCE,
    chi_bar_weights,
    design_effect_test,
    distance_from_orthant,
    estimate_shares,
    list_type_shares,
    orthant_probability,
)

HERE = REFERENCE
REFERENCE = json.loads((HERE / "list_reference.json").read_text(encoding="utf-8"))
COV = np.array([[2.0, 0.5, -0.3, 0.1], [0.5, 1.0, 0.2, 0.0], [-0.3, 0.2, 1.5, 0.6],
                [0.1, 0.0, 0.6, 0.8]])  # fmt: skip


def read_case(case):
    return pd.read_csv(HERE / f"list_{case}.csv")


@pytest.mark.parametrize("case", ["plain", "broken"])
def test_shares_of_the_types_are_those_of_the_r_package(case):
    table, expected = list_type_shares(read_case(case), 3), REFERENCE[case]["design"]
    # The R package prints four decimals.
    assert table["share"].to_numpy() == pytest.approx(100 * np.array(expected["shares"]), abs=0.006)
    assert table["se"].to_numpy() == pytest.approx(100 * np.array(expected["se"]), abs=0.006)


@pytest.mark.parametrize("case", ["plain", "broken"])
def test_the_p_value_is_that_of_the_r_package(case):
    frame, expected = read_case(case), REFERENCE[case]["design"]
    found = design_effect_test(frame, 3, gms=False)
    assert found["p_value"] == pytest.approx(expected["p"], rel=1e-6)
    short = frame[frame["count"] <= 2 + frame["treatment"]]
    found = design_effect_test(short, 2, gms=False)
    assert found["p_value"] == pytest.approx(expected["p_two_items"], rel=1e-6)


def test_shares_of_all_types_add_up_to_one():
    frame = simulate_list(500, 4, 0.3, np.random.default_rng(1)).assign(weight=1.5)
    assert list_type_shares(frame, 4, weights="weight")["share"].sum() == pytest.approx(100)


@pytest.mark.long("hundreds of made experiments")
def test_a_sound_experiment_is_rarely_rejected():
    """At most 5 in 100: the test is conservative."""
    rng = np.random.default_rng(2)
    p_values = [
        design_effect_test(simulate_list(600, 3, 0.02, rng), 3)["p_value"] for _ in range(200)
    ]
    assert np.mean(np.array(p_values) < 0.05) <= 0.08


def test_selection_finds_more_than_the_full_set_of_shares():
    """Where one type is common, its share is left out, and the p-value of the others falls."""
    rng = np.random.default_rng(3)
    frames = [simulate_list(800, 3, 0.3, rng, design_effect=0.35) for _ in range(40)]
    usual, with_gms, without = (
        np.array([design_effect_test(f, 3, **how)["p_value"] for f in frames])
        for how in ({}, {"gms": True}, {"gms": False})
    )
    assert (with_gms <= without).all()
    assert (with_gms < without).mean() > 0.1
    assert (with_gms < 0.05).mean() > 0.1
    assert usual.tolist() == with_gms.tolist()


def test_an_orthant_of_independent_components_is_a_power_of_one_half():
    for k in range(1, 8):
        assert orthant_probability(np.eye(k)) == pytest.approx(0.5**k, rel=1e-3)


def test_orthants_agree_with_closed_forms_in_higher_dimensions():
    """Equal correlations of one half: 1 / (k + 1) of the space, whatever k."""
    for k in range(2, 8):
        cov = 0.5 * np.eye(k) + 0.5
        assert orthant_probability(cov) == pytest.approx(1 / (k + 1), rel=1e-4)


def test_the_weights_are_the_shares_of_projections_with_so_many_zeros():
    rng = np.random.default_rng(4)
    whiten = np.linalg.inv(np.linalg.cholesky(COV))
    draws = rng.multivariate_normal(np.zeros(4), COV, 20_000)
    zeros = [(nnls(whiten, whiten @ z)[0] == 0).sum() for z in draws]
    share = np.bincount(zeros, minlength=5) / len(draws)
    # Five standard errors of a share among 20,000 draws are at most 0.018.
    assert chi_bar_weights(COV) == pytest.approx(share, abs=0.018)


def test_even_and_odd_weights_are_one_half_each():
    weights = chi_bar_weights(COV)
    assert weights[::2].sum() == pytest.approx(0.5, abs=1e-3)


def test_a_share_whose_variance_is_just_the_bound_is_taken_as_fixed():
    a, b = 3.8093601412916106e-08, 5.9572460623862265e-08
    frame = pd.DataFrame(
        {"count": [0, 1, 0, 1], "treatment": [1, 1, 0, 0], "weight": [a, 1 - a, b, 1 - b]}
    )
    (share, _) = estimate_shares(read_list(frame, 1, weights="weight"))
    assert share.cov[0, 0] == NO_VARIANCE
    assert design_effect_test(frame, 1, weights="weight", gms=False)["n_tested_holds"] == 0
    frame["weight"] = 0.5
    assert design_effect_test(frame, 1, weights="weight", gms=False)["n_tested_holds"] == 1


def test_points_of_the_orthant_have_no_distance_from_it():
    """Not the last digits of a solver: at 0 the p-value is 1, and far from it a little above."""
    rng = np.random.default_rng(12)
    for point in ([1.0, 2.0, 0.0, 3.0], *rng.exponential(0.2, (50, 4)), np.zeros(4)):
        turn = rng.standard_normal((4, 4))
        for cov in (COV, turn @ turn.T + 0.1 * np.eye(4)):
            assert distance_from_orthant(np.array(point), cov) == 0.0
    assert distance_from_orthant(np.array([1.0, 2.0, -1e-6, 3.0]), COV) > 0


def test_a_count_that_nobody_gave_does_not_stop_the_test():
    frame = simulate_list(400, 3, 0.4, np.random.default_rng(5))
    frame.loc[frame["count"] == 2, "count"] = 1
    assert 0 <= design_effect_test(frame, 3)["p_value"] <= 1
