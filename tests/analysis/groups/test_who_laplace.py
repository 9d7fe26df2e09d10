"""The Laplace approximation: its derivatives, and its integral against exact ones."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.integrate import trapezoid
from scipy.special import expit
from scipy.stats import binom, norm

from analysis.groups._hyperparameters import HyperparameterSearch, draw_posterior
from analysis.groups._laplace import INTERCEPT_SD, CountModel, Inner
from analysis.groups.terms import Block, Term, walk_precision

GROUPS = 6


def make_model(counts, trials, *, merged=False, prior=1.0):
    """Intercept and one batch of groups; merged: the last row holds two groups."""
    matrix = sparse.csr_matrix(np.hstack([np.ones((GROUPS, 1)), np.eye(GROUPS)]))
    mix = np.eye(GROUPS)
    if merged:
        mix[-1] = [0, 0, 0, 0, 0.3, 0.7]
    block = Block(Term(("group",), prior=prior), 1, 1 + GROUPS, np.eye(GROUPS))
    return CountModel(
        np.asarray(counts, float), np.asarray(trials, float), sparse.csr_matrix(mix), matrix,
        (block,), 1,
    )  # fmt: skip


COUNTS, TRIALS = [30, 41, 12, 66, 25, 50], [50, 60, 40, 80, 50, 70]


@pytest.mark.parametrize("merged", [False, True])
def test_gradient_is_that_of_the_likelihood(merged) -> None:
    model = make_model(COUNTS, TRIALS, merged=merged)
    b = np.random.default_rng(1).normal(0, 0.5, GROUPS + 1)
    fine, rows = model.shares(b)
    gradient, _ = model.derivatives(fine, rows)
    step = 1e-6 * np.eye(GROUPS + 1)
    ends = [[model.log_likelihood(model.shares(b + s * e)[1]) for s in (-1, 1)] for e in step]
    np.testing.assert_allclose(gradient, np.diff(ends, axis=1)[:, 0] / 2e-6, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("merged", [False, True])
def test_information_is_the_expected_one(merged) -> None:
    """Sum of n / (p (1 - p)) times the outer product of the slopes of p, dense and by hand."""
    model = make_model(COUNTS, TRIALS, merged=merged)
    b = np.random.default_rng(2).normal(0, 0.5, GROUPS + 1)
    fine, rows = model.shares(b)
    _, information = model.derivatives(fine, rows)
    slope = model.mix.toarray() @ np.diag(fine * (1 - fine)) @ model.matrix.toarray()
    dense = slope.T @ np.diag(model.trials / (rows * (1 - rows))) @ slope
    np.testing.assert_allclose(np.tril(information), np.tril(dense), rtol=1e-12)


@pytest.mark.long("integrals on fine grids")
@pytest.mark.parametrize(("times", "tolerance"), [(1, 0.03), (20, 0.002)])
def test_the_marginal_likelihood_is_near_the_exact_integral(times, tolerance) -> None:
    """Groups are independent given the intercept; the error falls as one over the counts."""
    sd = 0.6
    counts, trials = np.multiply(COUNTS, times), np.multiply(TRIALS, times)
    effect = np.linspace(-3, 3, 3001)[:, None]
    intercept = np.linspace(-2, 3, 301)[:, None, None]
    likelihood = binom.logpmf(counts, trials, expit(intercept + effect))
    inner = trapezoid(np.exp(likelihood) * norm.pdf(effect, 0, sd), dx=0.002, axis=1)
    outer = np.prod(inner, axis=1) * norm.pdf(intercept[:, 0, 0], 0, INTERCEPT_SD)
    exact = np.log(trapezoid(outer, dx=5 / 300))
    found = make_model(counts, trials).solve(np.log([sd])).log_marginal
    assert found == pytest.approx(exact, abs=tolerance)


@pytest.mark.long("hypothesis makes counts to search a mode for")
@given(st.lists(st.integers(0, 40), min_size=GROUPS, max_size=GROUPS))
@settings(max_examples=25, deadline=None)
def test_the_search_converges_on_any_counts(counts) -> None:
    inner = make_model(counts, [40] * GROUPS).solve(np.log([1.0]))
    assert inner.converged
    assert np.isfinite(inner.log_marginal)
    assert (np.diag(inner.covariance) > 0).all()


def test_swapping_yes_and_no_changes_the_sign_and_nothing_else() -> None:
    there = make_model(COUNTS, TRIALS).solve(np.log([0.5]))
    back = make_model(np.subtract(TRIALS, COUNTS), TRIALS).solve(np.log([0.5]))
    np.testing.assert_allclose(there.mode, -back.mode, atol=1e-4)
    assert there.log_marginal == pytest.approx(back.log_marginal, abs=1e-6)


def test_the_approximate_slope_points_to_the_mode() -> None:
    """What the score leaves out moves the mode by little: it is flat there to a tenth of an sd."""
    search = HyperparameterSearch(make_model(COUNTS, TRIALS))
    z, hessian = search.find_mode()
    values = [search.log_density(at, search.solve(at)) for at in (z - 0.05, z, z + 0.05)]
    slope = (values[2] - values[0]) / 0.1
    assert abs(slope) / np.sqrt(hessian[0, 0]) < 0.1


@pytest.mark.long("integrals on fine grids")
def test_the_posterior_of_the_standard_deviation_is_that_of_a_fine_grid() -> None:
    model = make_model(COUNTS, TRIALS)
    draws = draw_posterior(model, 256)
    sds = np.linspace(0.005, 5, 1500)
    log = np.array([model.solve(np.log([s])).log_marginal for s in sds]) - sds**2 / 2
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    mean = weights @ sds
    sd = np.sqrt(weights @ (sds - mean) ** 2)
    found = draws.weights @ draws.sds[:, 0]
    assert found == pytest.approx(mean, abs=0.05 * sd)
    assert np.sqrt(draws.weights @ (draws.sds[:, 0] - found) ** 2) == pytest.approx(sd, rel=0.05)


def test_a_posterior_that_is_sound_warns_of_nothing() -> None:
    assert draw_posterior(make_model(COUNTS, TRIALS), 256).warnings == ()


def test_approximations_that_did_not_converge_are_counted(monkeypatch) -> None:
    solve = CountModel.solve

    def give_up(*given) -> Inner:
        return replace(solve(*given), converged=False)

    monkeypatch.setattr(CountModel, "solve", give_up)
    draws = draw_posterior(make_model(COUNTS, TRIALS), 256)
    assert draws.n_solved > 256
    assert draws.warnings == (f"{draws.n_solved} Laplace approximations did not converge",)


def test_few_effective_points_are_told() -> None:
    draws = draw_posterior(make_model(COUNTS, TRIALS), 32)
    assert draws.ess < 32
    assert draws.warnings[-1] == f"only {draws.ess:.0f} effective points (fewer than 50)"


def test_a_walk_is_as_wide_as_the_time_it_had() -> None:
    days = np.array(["2022-01-01", "2022-07-01", "2023-07-01", "2025-01-01"], "datetime64[D]")
    variances = np.diag(np.linalg.inv(walk_precision(days)))
    years = (days - days[0]) / np.timedelta64(1, "D") / 365.25
    np.testing.assert_allclose(variances, years[1:])
    assert all(a < b for a, b in pairwise(variances))
