"""Options of a trend are one value that checks itself and is handed on as it is."""

from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from pandas.testing import assert_frame_equal
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollInputError, PollTrend, Priors
from analysis.trend import TrendOptions
from analysis.trend.options import OptionValues

POLLS = simulate_polls(np.random.default_rng(5), n_polls=25, houses="abc", sectors=SECTORS).assign(
    mode=["phone", "web", "phone", "web", "web"] * 5
)
PARAMS = (0.3, 2.0, 5.0, 0.1)


def test_every_option_may_be_given_by_name():
    assert set(OptionValues.__annotations__) == {field.name for field in fields(TrendOptions)}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("scale", "probit", "scale 'probit' is not known; use one of percent, logit"),
        ("common_error", -1.0, "common_error is -1.0; give points, 0 or more"),
        ("common_error", None, "common_error is None; give points, 0 or more"),
        ("common_error", np.inf, "common_error is inf; give points, 0 or more"),
        ("house_variance", "own", "house_variance 'own' is not known; use one of common, by_house"),
        ("walk", "fast", "walk 'fast' is not known; use one of constant, calming"),
        ("calm_days", 0.0, "calm_days is 0.0; give days, more than 0, or 'estimated'"),
        ("calm_days", "soon", "calm_days is 'soon'; give days, more than 0, or 'estimated'"),
        ("drift_days", 7.0, "drift_days is 7.0; give days, 30 or more"),
        ("drift_days", np.inf, "drift_days is inf; give days, 30 or more"),
        ("calm_days", np.nan, "calm_days is nan; give days, more than 0"),
        ("calm_from", "spring", "calm_from.*spring"),
        ("covariates", None, "covariates is None; name columns, as in covariates=\\['mode'\\]"),
        ("covariates", True, "covariates is True; name columns"),
        ("drift", "yes", "drift is 'yes'; give True or False"),
        ("drift", None, "drift is None; give True or False"),
        ("drift", 1, "drift is 1; give True or False"),
        ("common_error", True, "common_error is True; give points"),
        ("common_error", 50.1, "common_error is 50.1 points, of shares from 0 to 100; give points"),
    ],
)
def test_a_value_that_no_model_has_is_refused_without_any_polls(name, value, message):
    with pytest.raises(PollInputError, match=message):
        TrendOptions(**{name: value})


def test_one_covariate_may_be_given_as_text():
    assert TrendOptions(covariates="mode").covariates == ("mode",)
    assert TrendOptions(covariates=["mode"]) == TrendOptions(covariates="mode")


def test_the_value_cannot_be_changed_once_it_is_made():
    with pytest.raises(FrozenInstanceError):
        TrendOptions().drift = True


def test_the_value_of_one_model_makes_another_like_it():
    one = PollTrend(POLLS, drift=True, scale="logit", covariates="mode")
    two = PollTrend(POLLS, options=one.options)
    assert two.options == one.options == TrendOptions(True, "logit", covariates=("mode",))
    assert_frame_equal(one.smooth(PARAMS).trend(), two.smooth(PARAMS).trend(), check_exact=True)


def test_what_is_no_set_of_options_is_refused():
    with pytest.raises(PollInputError, match=r"options is 'drift'; give analysis.TrendOptions"):
        PollTrend(POLLS, options="drift")


def test_names_take_the_place_of_those_in_the_value():
    model = PollTrend(POLLS, options=TrendOptions(drift=True, common_error=1.0), common_error=3.0)
    assert model.options == TrendOptions(drift=True, common_error=3.0)


def test_a_variant_is_the_model_built_anew():
    model = PollTrend(POLLS, covariates="mode", events=["2022-04-01"])
    wide = Priors(sector_sd=20.0)
    variant = model.variant(priors=wide, drift=True)
    built = PollTrend(POLLS, covariates="mode", events=["2022-04-01"], priors=wide, drift=True)
    assert model.options == TrendOptions(covariates="mode")
    one, two = variant.smooth(PARAMS), built.smooth(PARAMS)
    assert str(one.summary()) == str(two.summary())
    assert_frame_equal(one.trend(), two.trend(), check_exact=True)


def test_two_parts_of_a_whole_have_a_model_of_their_own():
    with pytest.raises(PollInputError, match=r"build analysis.CompositionTrend\(obs, answers\)"):
        PollTrend(POLLS, answers=("for", "against"))


def test_a_name_that_is_no_option_is_a_slip_of_the_programmer():
    with pytest.raises(TypeError, match="drifting"):
        PollTrend(POLLS, drifting=True)


@pytest.mark.parametrize("value", [-1, 0, np.nan, np.inf, True, "1", None, 1.1e6])
@pytest.mark.parametrize("name", ["tau", "level_sd", "calm"])
def test_a_prior_has_a_scale_above_zero(name, value):
    with pytest.raises(PollInputError, match=f"the prior {name} is .*; give a number above 0"):
        Priors(**{name: value})


def test_a_level_may_lie_anywhere_but_at_no_number():
    assert Priors(level_mean=-5, level_sd=1e6).level_mean == -5
    with pytest.raises(PollInputError, match="the prior level_mean is nan"):
        Priors(level_mean=np.nan)
