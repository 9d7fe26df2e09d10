"""Draws are those of the dense Gaussian, and go to ArviZ; each poll can be left out in turn."""

import sys

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.trend.predictive import check_count

PARAMS = (0.3, 2.0, 5.0)
KAPPA = 0.2
N = 20_000
POLLS = simulate_polls(np.random.default_rng(41), houses="abcde", sectors=SECTORS)
DAYS = [-9, 0, 17, 18, 60, 140]


def dates(results, days):
    return [results.observations.first_date + np.timedelta64(day, "D") for day in days]


def near(draws, mean, sd):
    """Means within five standard errors, sds within five of theirs."""
    assert np.abs(draws.mean(axis=0) - mean).max() < 5 * np.max(sd) / np.sqrt(N)
    assert draws.std(axis=0) == pytest.approx(sd, rel=5 / np.sqrt(2 * N))


@pytest.mark.long("thousands of draws for ArviZ")
@pytest.mark.parametrize("drift", [False, True])
def test_draws_have_the_moments_of_the_exact_tables(drift):
    params = (*PARAMS, KAPPA) if drift else PARAMS
    results = PollTrend(POLLS, drift=drift).smooth(params)
    chosen = dates(results, DAYS)
    drawn = results.draws(N, np.random.default_rng(7), "sector:state", chosen)
    trend = results.trend("sector:state", dates=chosen)
    near(drawn.level.to_numpy(), trend["mean"], trend["sd"].to_numpy())
    effects = results.house_effects("sector:state")
    near(drawn.house_effects.to_numpy(), effects["mean"], effects["sd"].to_numpy())
    fitted = results.residuals()["fitted"].to_numpy()
    assert drawn.expected.mean().to_numpy() == pytest.approx(fitted, abs=0.12)


@pytest.mark.long("thousands of draws for ArviZ")
@pytest.mark.parametrize("drift", [False, True])
def test_levels_of_two_days_are_drawn_together(drift):
    params = (*PARAMS, KAPPA) if drift else PARAMS
    results = PollTrend(POLLS, drift=drift).smooth(params)
    one, two = dates(results, [10, 60])
    drawn = results.draws(N, np.random.default_rng(8), "a", [one, two]).level.to_numpy()
    change = results.change(one, two, reference="a")
    near((drawn[:, 1] - drawn[:, 0])[:, None], change["mean"], np.array([change["sd"]]))


@pytest.mark.long("thousands of draws for ArviZ")
def test_a_walk_that_calms_is_drawn_with_its_clock():
    model = PollTrend(POLLS, walk="calming", calm_days=20)
    results = model.smooth((0.1, 2.0, 5.0, 1.2))
    chosen = dates(results, DAYS)
    drawn = results.draws(N, np.random.default_rng(9), "houses", chosen).level
    trend = results.trend("houses", dates=chosen)
    near(drawn.to_numpy(), trend["mean"], trend["sd"].to_numpy())


def test_hyperparameters_are_drawn_from_their_posterior():
    results = PollTrend(POLLS).fit()
    drawn = results.draws(4000, np.random.default_rng(10), dates=["2022-03-20"])
    table = results.hyperparameters().set_index("parameter")
    error = (drawn.params.mean() - table["mean"]) / table["sd"]
    assert error.abs().max() < 0.15
    trend = results.trend(dates=["2022-03-20"]).iloc[0]
    assert abs(drawn.level.mean().item() - trend["mean"]) < 0.15 * trend["sd"]


def test_the_same_generator_gives_the_same_draws_and_no_n_is_refused():
    results = PollTrend(POLLS).smooth(PARAMS)
    for name in ("level", "polls", "params"):
        one, two = (getattr(results.draws(20), name) for _ in range(2))
        assert_frame_equal(one, two)
    for n in (0, -1, 2.5, True):
        with pytest.raises(ValueError, match="give a whole number of draws"):
            results.draws(n)


def test_leaving_one_out_is_a_fit_of_the_others():
    results = PollTrend(POLLS).smooth(PARAMS)
    table = results.loo().reset_index(drop=True)
    polls = results.observations.polls
    for i in (4, 7, len(polls) - 1):  # without the first, the level would begin elsewhere
        others = PollTrend(POLLS[POLLS["poll_id"] != polls["poll_id"].iloc[i]]).smooth(PARAMS)
        row = others.get_prediction(
            polls.iloc[[i]].assign(sampling_var=polls["sampling_var"].iloc[i])
        ).summary_frame()
        assert table.loc[i, "mean"] == pytest.approx(row["mean"].item(), abs=1e-6)
        assert table.loc[i, "sd"] == pytest.approx(row["sd"].item(), rel=1e-6)
    assert table["pit"].between(0, 1).all()


def test_simulated_polls_pass_the_checks_and_a_wild_one_does_not():
    results = PollTrend(POLLS).fit()
    table = results.posterior_predictive_check(400).set_index("statistic")
    assert table["prob_above"].between(0.005, 0.995).all()
    wild = POLLS.assign(share_pct=POLLS["share_pct"].where(POLLS.index != 4, 2.0))
    found = PollTrend(wild).smooth(PARAMS).posterior_predictive_check(400).set_index("statistic")
    assert found.loc["lowest share", "prob_above"] > 0.995


@pytest.mark.long("thousands of draws for ArviZ")
def test_the_prior_alone_is_wide_and_knows_no_share():
    model = PollTrend(POLLS)
    drawn = model.prior_predictive(2000, np.random.default_rng(3))
    other = PollTrend(POLLS.assign(share_pct=12.0)).prior_predictive(2000, np.random.default_rng(3))
    assert_frame_equal(drawn.expected, other.expected, check_names=False)
    assert drawn.level.iloc[:, 0].std() == pytest.approx(50, rel=0.1)
    assert drawn.params["tau"].mean() == pytest.approx(0.5 * np.sqrt(2 / np.pi), rel=0.1)


def test_inference_data_has_the_groups_and_dimensions_that_arviz_expects():
    arviz = pytest.importorskip("arviz", reason="arviz is an extra of its own")
    results = PollTrend(POLLS).fit()
    data = results.to_inference_data(400)
    groups = {"posterior", "posterior_predictive", "log_likelihood", "observed_data"}
    assert all(name in data for name in groups)
    assert data.posterior["level"].dims == ("chain", "draw", "date")
    assert list(data.posterior["house_effect"]["house_id"].to_numpy()) == list("abcde")
    assert data.posterior_predictive["share_pct"].shape == (1, 400, len(POLLS))
    summary = arviz.summary(data, var_names=["tau"], round_to="none")
    assert summary["mean"].item() == pytest.approx(results.params["tau"], rel=0.2)


def test_without_arviz_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "arviz", None)
    with pytest.raises(ImportError, match="install arviz"):
        PollTrend(POLLS).smooth(PARAMS).to_inference_data(10)


def test_draws_come_back_as_tables_with_names():
    drawn = PollTrend(POLLS).smooth(PARAMS).draws(5)
    assert list(drawn.params.columns) == ["tau", "omega", "sigma_h"]
    assert isinstance(drawn.level.columns, pd.DatetimeIndex)
    assert list(drawn.house_effects.columns) == list("abcde")
    assert set(drawn.polls.columns) == set(POLLS["poll_id"])


def test_no_more_draws_than_memory_holds_are_made():
    with pytest.raises(PollInputError, match="n is 1000001; give a whole number of draws, 1 to 1"):
        check_count(1_000_001)
    assert check_count(1_000_000) == 1_000_000
