"""What users of statsmodels and ArviZ ask of one share they can ask of a composition."""

from functools import cache

import matplotlib as mpl
import numpy as np
import pytest
from reference.simulated_composition import POLLS
from scipy.stats import multivariate_normal

from analysis import CompositionTrend
from analysis.composition._design import error_covariance
from analysis.composition._prediction import JointDraws

mpl.use("Agg")


@cache
def fit():
    """Results, all hyperparameters integrated out."""
    return CompositionTrend(POLLS).fit()


@pytest.mark.long("a composition is fitted and drawn")
def test_hyperparameters_are_named_by_part():
    results = fit()
    assert {"tau:for", "tau:against", "rho_x", "rho_h"} <= set(results.params.index)
    ends = results.conf_int()
    assert (ends["lower"] < results.params).all()
    assert (results.bse > 0).all()


@pytest.mark.long("a composition is fitted and drawn")
def test_draws_have_the_moments_of_the_tables():
    results = fit()
    trend = results.trend()
    day = trend["date"].iloc[15]
    table = trend[trend["date"] == day].set_index("part")
    drawn = results.draws(2000, dates=[day])
    level = drawn.level.droplevel("date", axis=1)
    np.testing.assert_allclose(level.sum(axis=1), 100)
    np.testing.assert_allclose(level.mean(), table["mean"], atol=0.2)
    np.testing.assert_allclose(level.std(), table["sd"], rtol=0.1)
    found = drawn.params.mean()
    np.testing.assert_allclose(found, results.params[found.index], atol=0.15)
    effects = drawn.house_effects.xs("for", axis=1, level="part").mean()
    expected = results.house_effects("for").set_index("house_id")["mean"]
    np.testing.assert_allclose(effects[expected.index], expected, atol=0.3)


@pytest.mark.long("a composition is fitted and drawn")
@pytest.mark.parametrize("drift", [False, True])
def test_simulated_polls_scatter_as_those_that_there_are(drift):
    results = CompositionTrend(POLLS, drift=drift).fit() if drift else fit()
    drawn = results.simulate(600)
    for name in results.answers:
        mine = drawn.xs(name, axis=1, level="answer").to_numpy()
        seen = results.composition.shares[:, results.composition.parts.index(name)]
        assert (np.isnan(mine) == np.isnan(seen)).all()
        with np.errstate(invalid="ignore"):
            inside = np.abs(mine.mean(axis=0) - seen) < 2.6 * mine.std(axis=0)
        assert inside[~np.isnan(seen)].mean() > 0.9


@pytest.mark.long("a composition is fitted and drawn")
def test_the_density_is_that_of_all_that_a_poll_printed():
    """Against scipy, for one draw and each poll."""
    fitted = fit().fitted
    joint = JointDraws(fitted, 5)
    found, draws = joint.log_likelihood(), fitted.raw_draws
    node = joint.chosen[2] % draws.levels.shape[-1]
    flat = (draws.levels[np.searchsorted(fitted.design.knots, fitted.design.day)]
            + draws.houses[fitted.design.house]).reshape(len(fitted.design.day), 2, -1)  # fmt: skip
    data = fitted.composition
    for i, share in enumerate(data.shares):
        there = ~np.isnan(share)
        sampling, rounding = np.nan_to_num(data.sampling[i]), np.nan_to_num(data.rounding[i])
        correlation = fitted.design.correlation[i]
        cov = error_covariance(sampling, rounding, correlation, draws.params.omega)[:, :, node]
        level = flat[i, :, joint.chosen[2]]
        dense = multivariate_normal(level[there], cov[np.ix_(there, there)]).logpdf(share[there])
        assert found[2, i] == pytest.approx(dense)


@pytest.mark.long("a composition is fitted and drawn")
def test_the_forecast_goes_on_where_the_trend_ends():
    results = fit()
    last = results.trend().groupby("part")["mean"].last()
    ahead = results.forecast(3)
    assert ahead.columns.tolist() == ["for", "against", "undecided"]
    np.testing.assert_allclose(ahead.iloc[0], last[ahead.columns], atol=0.2)
    net = results.get_forecast(2, part="net").summary_frame()
    assert net.columns.tolist() == ["mean", "sd", "lower", "upper"]
    assert net["sd"].is_monotonic_increasing


@pytest.mark.long("a composition is fitted and drawn")
def test_arviz_takes_the_draws():
    pytest.importorskip("arviz", reason="an optional dependency")
    data = fit().to_inference_data(100)
    assert data.posterior["level"].dims == ("chain", "draw", "date", "part")
    assert data.posterior_predictive["share_pct"].dims[-2:] == ("poll", "answer")
    assert data.log_likelihood["poll_density"].shape[2] == data.observed_data["share_pct"].shape[0]


@pytest.mark.long("a composition is fitted and drawn")
def test_the_summary_is_one_of_statsmodels():
    found = fit().summary()
    assert "House effects on against" in str(found)
    assert "<table" in found.as_html()
    assert "tabular" in found.as_latex()


@pytest.mark.long("a composition is fitted and drawn")
def test_pictures_are_restyled_by_arguments():
    ax = fit().plot_trend(title="Two answers", credit="Own calculation")
    assert ax.get_title(loc="left") == "Two answers"
    assert fit().plot_trend("against").get_ylabel() == "percent"
    fit().plot_houses("against")
    fit().plot_residuals()
    mpl.pyplot.close("all")


@pytest.mark.long("a composition is fitted and drawn")
def test_what_there_is_not_is_told_with_what_there_is():
    with pytest.raises(AttributeError, match=r"has no events; ask for one of .*get_prediction"):
        fit().events()
    with pytest.raises(ValueError, match="give a whole number of draws, 1 to"):
        fit().simulate(0)
