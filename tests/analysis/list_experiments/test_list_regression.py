"""Regressions of list experiments against the R package list, and from first principles."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from helpers.paths import REFERENCE
from scipy.special import expit

from analysis.base.errors import PollInputError
from analysis.list_experiments import list_estimates, list_regression, simulate_list
from analysis.list_experiments._data import read_list
from analysis.list_experiments._fits import Likelihood, _covariance

HERE = REFERENCE
REFERENCE = json.loads((HERE / "list_reference.json").read_text(encoding="utf-8"))["plain"]
PLAIN = pd.read_csv(HERE / "list_plain.csv")
COVARIATES = ["age", "female"]
# The R package stops its climb where the likelihood grows by less than 1e-8: coefficients
# then miss the maximum by some 1e-4; ours stops where the slope is 1e-9.
FITS = {
    "linear": ({"method": "linear"}, 1e-9),
    "nls": ({"method": "nls"}, 1e-4),
    "ml_binomial": ({}, 2e-4),
    "ml_betabinomial": ({"control": "betabinomial"}, 3e-4),
}


@pytest.mark.parametrize("name", FITS)
def test_coefficients_and_errors_are_those_of_the_r_package(name):
    options, tolerance = FITS[name]
    fitted, expected = list_regression(PLAIN, 3, COVARIATES, **options), None
    expected = REFERENCE["regressions"][name]
    se = np.sqrt(np.diag(fitted.covariance))
    values = np.array(expected["item"] + expected["control"])
    errors = np.array(expected["item_se"] + expected["control_se"])
    assert fitted.coefficients[:6] == pytest.approx(values, abs=tolerance)
    assert se[:6] == pytest.approx(errors, abs=tolerance)


@pytest.mark.parametrize("name", ["ml_binomial", "ml_betabinomial"])
def test_the_likelihood_is_at_least_as_high_as_that_of_the_r_package(name):
    fitted = list_regression(PLAIN, 3, COVARIATES, **FITS[name][0])
    expected = REFERENCE["regressions"][name]["log_likelihood"]
    assert fitted.log_likelihood == pytest.approx(expected, abs=1e-5)
    assert fitted.log_likelihood >= expected - 1e-9


def test_the_share_of_all_is_the_mean_prediction_of_the_r_package():
    found = list_regression(PLAIN, 3, COVARIATES).share()["estimate"].iloc[0]
    assert found == pytest.approx(100 * REFERENCE["regressions"]["share_ml_binomial"], abs=0.01)


def test_without_covariates_the_r_package_finds_the_same():
    fitted, expected = list_regression(PLAIN, 3), REFERENCE["regressions"]["ml_binomial_alone"]
    assert fitted.coefficients == pytest.approx([expected["item"], expected["control"]], abs=1e-4)
    se = np.sqrt(np.diag(fitted.covariance))
    assert se == pytest.approx([expected["item_se"], expected["control_se"]], abs=1e-4)


def test_linear_without_covariates_is_the_difference_in_means():
    share = list_regression(PLAIN, 3, method="linear").share().iloc[0]
    plain = list_estimates(PLAIN, 3).iloc[0]
    assert share["estimate"] == pytest.approx(plain["estimate"], rel=1e-9)
    assert share["se"] == pytest.approx(plain["se"], rel=0.01)


@pytest.mark.parametrize("control", ["binomial", "betabinomial"])
def test_the_gradient_is_that_of_the_likelihood(control):
    data = read_list(PLAIN, 3, covariates=COVARIATES, weights="weight")
    model = Likelihood(data, control)
    at = np.array([0.3, -0.4, 0.2, -0.1, 0.3, 0.1, -1.5][: 6 + (control == "betabinomial")])
    slope = data.weights @ model.scores(at)
    for i, value in enumerate(slope):
        step = np.zeros(len(at))
        step[i] = 1e-5
        numeric = (model.value(at + step) - model.value(at - step)) / 2e-5
        assert value == pytest.approx(numeric, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("control", ["binomial", "betabinomial"])
def test_the_laws_of_the_control_items_add_up_to_one(control):
    data = read_list(PLAIN.head(20), 3, covariates=COVARIATES)
    rest = np.array([0.1, 0.2, -0.3, -1.0][: 3 + (control == "betabinomial")])
    log_h = Likelihood(data, control).law(rest)[0]
    total = sum(np.exp(log_h(np.full(20, float(y)))) for y in range(4))
    assert total == pytest.approx(np.ones(20), rel=1e-12)
    assert np.exp(log_h(np.full(20, -1.0))) == pytest.approx(np.zeros(20))


@pytest.mark.long("thousands of made respondents")
def test_maximum_likelihood_finds_what_was_put_in():
    rng = np.random.default_rng(8)
    n = 20_000
    age, treatment = rng.normal(size=n), np.arange(n) % 2
    truth = rng.random(n) < expit(-0.5 + 0.8 * age)
    count = rng.binomial(4, expit(0.2 - 0.3 * age)) + treatment * truth
    frame = pd.DataFrame({"count": count, "treatment": treatment, "age": age})
    table = list_regression(frame, 4, ["age"]).table()
    off = (table["estimate"] - [-0.5, 0.8, 0.2, -0.3]) / table["se"]
    assert np.abs(off).max() < 3.5
    share = list_regression(frame, 4, ["age"]).share().iloc[0]
    assert share["lower"] < 100 * truth.mean() < share["upper"]


@pytest.mark.long("thousands of made respondents")
def test_items_that_hang_together_need_the_beta_binomial():
    """With a binomial law the share is off by many errors, with the wider law it is not."""
    rng = np.random.default_rng(9)
    n = 12_000
    treatment, truth = np.arange(n) % 2, rng.random(n) < 0.3
    count = rng.binomial(4, rng.beta(1.0, 1.0, n)) + treatment * truth
    frame = pd.DataFrame({"count": count, "treatment": treatment})
    wide = list_regression(frame, 4, control="betabinomial").share().iloc[0]
    assert abs(wide["estimate"] - 30) < 3 * wide["se"]
    narrow = list_regression(frame, 4).share().iloc[0]
    assert abs(narrow["estimate"] - 30) > 4 * narrow["se"]


@pytest.mark.parametrize("method", ["linear", "nls", "ml"])
def test_equal_weights_change_no_coefficient(method):
    frame = PLAIN.assign(weight=2.0)
    plain = list_regression(PLAIN, 3, COVARIATES, method=method)
    weighted = list_regression(frame, 3, COVARIATES, method=method, weights="weight")
    assert weighted.coefficients == pytest.approx(plain.coefficients, abs=1e-5)
    # A sandwich and an inverse information agree where the model holds.
    one, other = np.sqrt(np.diag(plain.covariance)), np.sqrt(np.diag(weighted.covariance))
    assert other == pytest.approx(one, rel=0.15)


def test_shares_by_a_covariate_differ_by_its_difference():
    table = list_regression(PLAIN, 3, COVARIATES).share(by="female").set_index("group")
    low, high = table.loc["female=0", "estimate"], table.loc["female=1", "estimate"]
    assert table.loc["difference", "estimate"] == pytest.approx(high - low)
    with pytest.raises(PollInputError, match="covariate that is 0 or 1"):
        list_regression(PLAIN, 3, COVARIATES).share(by="age")


def test_text_becomes_indicators_of_its_levels():
    frame = PLAIN.assign(sex=np.where(PLAIN["female"] == 1, "woman", "man"))
    by_text = list_regression(frame, 3, ["age", "sex"])
    assert by_text.data.names == ("(intercept)", "age", "sex=woman")
    assert by_text.coefficients == pytest.approx(
        list_regression(PLAIN, 3, COVARIATES).coefficients, abs=1e-9
    )


@pytest.mark.parametrize("options", [{"method": "magic"}, {"control": "poisson"}])
def test_unknown_methods_are_refused(options):
    with pytest.raises(PollInputError, match="use one of"):
        list_regression(simulate_list(20, 3, 0.5, np.random.default_rng(1)), 3, **options)


@pytest.mark.parametrize(
    ("method", "control"), [("ml", "betabinomial"), ("ml", "binomial"), ("nls", ""), ("linear", "")]
)
def test_only_the_likelihood_has_a_law_of_the_control_items(method, control):
    fitted = list_regression(PLAIN, 3, method=method, control=control or "betabinomial")
    assert (fitted.method, fitted.control) == (method, control)


@pytest.mark.parametrize(("curvature", "is_peak"), [(0.5, True), (0.0, False), (-0.5, False)])
def test_a_likelihood_that_bends_down_in_all_directions_has_a_maximum(curvature, is_peak):
    """However little: the other direction bends more."""
    bend = np.diag([2.0, curvature])
    data = SimpleNamespace(weights=np.ones(1), is_weighted=False)
    model = SimpleNamespace(data=data, scores=lambda at: -(bend @ at)[None, :])
    if is_peak:
        found = _covariance(model, np.zeros(2))
        np.testing.assert_allclose(found, np.linalg.inv(bend), atol=1e-9)
        return
    with pytest.raises(PollInputError, match="has no maximum inside"):
        _covariance(model, np.zeros(2))


@pytest.mark.parametrize("covariates", [[], ["age"]])
def test_counts_that_scatter_less_than_binomial_ones_name_the_other_law(covariates):
    rng = np.random.default_rng(3)
    treated, item = np.arange(800) % 2, rng.binomial(1, 0.4, 800)
    # Items of unlike shares that do not hang together.
    count = rng.binomial(2, 0.2, 800) + rng.binomial(2, 0.7, 800) + treated * item
    frame = pd.DataFrame({"count": count, "treatment": treated, "age": rng.integers(18, 80, 800)})
    told = "scatter no more than binomial ones; take control='binomial'"
    with pytest.raises(PollInputError, match=told):
        list_regression(frame, 4, covariates, control="betabinomial")
    assert list_regression(frame, 4, covariates).share().iloc[0]["estimate"] > 0
