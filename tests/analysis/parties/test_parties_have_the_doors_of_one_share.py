"""What users of statsmodels and ArviZ ask of one share they can ask of several parts."""

import tracemalloc
from functools import cache

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from reference.simulated_parties import NAMES, simulate
from scipy.stats import multivariate_normal

from analysis.base import intervals
from analysis.parties import PartiesTrend

mpl.use("Agg")
POLLS, _ = simulate(np.random.default_rng(5))


@cache
def fit():
    """All three parties, fitted once."""
    return PartiesTrend(POLLS, NAMES).fit()


COMING = POLLS.tail(1).assign(start_date="2022-07-01", end_date="2022-07-01")


def test_draws_have_the_moments_of_the_tables():
    trend = fit().trend()
    day = trend["date"].iloc[120]
    drawn = fit().draws(fit().diagnostics()["n_draws"], dates=[day])
    table = trend[trend["date"] == day].set_index("part")
    level = drawn.level.droplevel("date", axis=1)
    np.testing.assert_allclose(level.sum(axis=1), 100)
    np.testing.assert_allclose(level.mean(), table["mean"], atol=0.1)
    np.testing.assert_allclose(level.std(), table["sd"], rtol=0.1)
    own = drawn.house_effects.xs("red", axis=1, level="part").mean()
    np.testing.assert_allclose(own, fit().house_effects("red")["mean"], atol=1e-9)
    assert drawn.params["tau"].mean() == pytest.approx(fit().params["tau"], rel=0.1)
    assert len(fit().draws(100, np.random.default_rng(1)).params) == 100


def test_simulated_polls_scatter_as_those_that_there_are():
    drawn = fit().simulate(500)
    for name in NAMES:
        mine = drawn.xs(name, axis=1, level="answer").to_numpy()
        seen = fit().posterior.design.polls.shares[:, NAMES.index(name)]
        assert (np.isnan(mine) == np.isnan(seen)).all()
        inside = np.abs(mine.mean(axis=0) - seen) < 2.6 * mine.std(axis=0)
        assert inside[~np.isnan(seen)].mean() > 0.9
    # Shares of a poll err against each other: what one gains the others lose.
    apart = drawn - drawn.mean()
    both = (apart.xs(name, axis=1, level="answer").to_numpy().ravel() for name in ("red", "blue"))
    assert np.corrcoef(*both)[0, 1] < -0.2


@pytest.mark.long("thousands of draws and predictions")
def test_predictions_of_all_polls_are_in_memory_once(monkeypatch):
    monkeypatch.setattr(intervals, "BLOCK_NUMBERS", 10_000)
    results = PartiesTrend(pd.concat([POLLS] * 8), NAMES).smooth((0.2, 1.0, 1.0))
    n_draws, n_parts = results.diagnostics()["n_draws"], 1 + len(NAMES)
    results.draws()
    tracemalloc.start()
    table = results.get_prediction().summary_frame()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(table) == 8 * len(POLLS) * n_parts
    once = len(table) * n_draws * 8
    # Beside the predictions a day's levels, and what a table copies at a time.
    assert once < peak < 1.5 * once


def test_a_poll_to_come_is_predicted_with_its_house_and_its_errors():
    table = fit().get_prediction(COMING).summary_frame()
    assert table["part"].tolist() == [*NAMES, "rest"]
    assert table["mean"].sum() == pytest.approx(100)
    level = fit().get_forecast("2022-07-01", COMING["house_id"].item(), "red").summary_frame()
    red = table.set_index("part").loc["red"]
    assert red["mean"] == pytest.approx(level["mean"].iloc[-1], abs=0.3)
    assert red["sd"] > level["sd"].iloc[-1]
    strange = COMING.assign(house_id="new", sector="one")
    new = fit().get_prediction(strange, "red").summary_frame()
    assert new["sd"].item() > red["sd"]
    assert fit().get_prediction(strange, "red").prob_above(0).item() == 1


def test_the_forecast_goes_on_where_the_trend_ends():
    last = fit().trend().groupby("part")["mean"].last()
    ahead = fit().forecast(3)
    assert ahead.columns.tolist() == [*NAMES, "rest"]
    assert len(ahead) == 3
    np.testing.assert_allclose(ahead.iloc[0], last[ahead.columns], atol=0.2)
    assert fit().get_forecast(3).se_mean.iloc[-4] > 0


def test_residuals_are_of_the_parts_that_were_printed():
    table = fit().residuals()
    assert len(table) == POLLS[[f"{name}_pct" for name in NAMES]].notna().sum().sum()
    assert 0.5 < table["standardised"].std() < 1.3


def test_arviz_takes_the_draws():
    pytest.importorskip("arviz", reason="an optional dependency")
    data = fit().to_inference_data(200)
    assert dict(data.posterior["level"].sizes)["part"] == 4
    assert data.posterior_predictive["share_pct"].dims[-2:] == ("poll", "answer")
    assert data.log_likelihood["poll_density"].dims == ("chain", "draw", "poll")
    assert data.observed_data["share_pct"].shape == (24, 3)


def test_the_density_is_that_of_all_that_a_poll_printed():
    """Against scipy, for one draw and each poll."""
    draws = fit()._draws.take(np.array([7]))
    data, omega = draws.design.polls, draws.scales[0, 1]
    found, expected = draws.log_likelihood()[0], draws.at_polls()[0]
    for i, share in enumerate(data.shares):
        is_there = ~np.isnan(share)
        cov = data.sampling[i] + np.diag(data.rounding[i]) + omega**2 * data.shape
        cov = cov[np.ix_(is_there, is_there)]
        dense = multivariate_normal(expected[i][is_there], cov).logpdf(share[is_there])
        assert found[i] == pytest.approx(dense)


def test_the_summary_is_one_of_statsmodels():
    found = fit().summary()
    assert "House effects on green" in str(found)
    assert "<table" in found.as_html()
    assert "tabular" in found.as_latex()


@pytest.mark.long("pictures of each part are drawn")
def test_pictures_are_restyled_by_arguments():
    ax = fit().plot_trend(title="Three parties", credit="Own calculation")
    assert ax.get_title(loc="left") == "Three parties"
    assert [line.get_label() for line in ax.lines if line.get_linewidth() == 2] == list(NAMES)
    assert fit().plot_trend("red").get_ylabel() == "percent"
    assert len(fit().plot_houses("red").get_yticklabels()) == 4
    fit().plot_residuals("red")
    mpl.pyplot.close("all")


def test_what_there_is_not_is_told_with_what_there_is():
    with pytest.raises(AttributeError, match=r"has no loo; ask for one of .*get_prediction"):
        fit().loo()
    n_draws = fit().diagnostics()["n_draws"]
    with pytest.raises(ValueError, match=f"give a whole number of draws, 1 to {n_draws}"):
        fit().simulate(0)
    with pytest.raises(ValueError, match="missing: sample_size"):
        fit().get_prediction(COMING.drop(columns="sample_size"))
