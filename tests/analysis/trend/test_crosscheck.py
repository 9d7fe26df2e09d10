"""The plain models beside PollTrend are what statsmodels fits, and differ for stated reasons."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from helpers.paths import REFERENCE
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollInputError, PollTrend
from analysis.trend.crosscheck import explain_cross_check

FOLDER = REFERENCE / "inputs"


def read_case(name):
    return pd.read_csv(FOLDER / f"{name}.csv", keep_default_na=False, na_values=[""])


@pytest.fixture(scope="module")
def results():
    return PollTrend(read_case("support")).fit()


@pytest.fixture(scope="module")
def table(results):
    return results.cross_check()


def in_standard_errors(table):
    """Distance of WLS from PollTrend in combined standard errors."""
    return (table["wls"] - table["mean"]).abs() / np.hypot(table["sd"], table["wls_se"])


def model_frame(results):
    """Polls with their days and weights, and the half-yearly knots as a reader would write them."""
    obs = results.observations
    frame = obs.polls.assign(day=obs.day.astype(float), weight=1 / obs.known_variance)
    n_inside = int(frame["day"].max() / 180)
    shares = np.arange(1, n_inside + 1) / (n_inside + 1)
    return frame, [float(k) for k in np.quantile(frame["day"], shares)]


def test_wls_is_the_formula_that_every_reader_knows(results, table):
    frame, inner = model_frame(results)
    formula = f"share_pct ~ bs(day, knots={inner}, degree=3) + C(house_id)"
    fit = smf.wls(formula, frame, weights=frame["weight"]).fit()
    # A level is the mean of what the fit predicts for each of the houses on that day.
    obs = results.observations
    predicted = {
        day: fit.predict(pd.DataFrame({"day": float(day), "house_id": list(obs.houses)}))
        for day in (obs.day[0], obs.day[-1])
    }
    first, last = (each.mean() for each in predicted.values())
    effects = predicted[obs.day[0]] - first
    expected = [*effects, first, last, last - first]
    np.testing.assert_allclose(table["wls"], expected, atol=1e-6)


def test_errors_of_wls_are_those_of_its_coefficients(results, table):
    frame, inner = model_frame(results)
    formula = f"share_pct ~ bs(day, knots={inner}, degree=3) + C(house_id, Sum)"
    fit = smf.wls(formula, frame, weights=frame["weight"]).fit()
    found = table.set_index("name")["wls_se"]
    for name, value in fit.bse.filter(like="C(house_id, Sum)").items():
        assert found[name.split("[S.")[1].rstrip("]")] == pytest.approx(value, abs=1e-6)
    # The house that stands last has no coefficient: minus the sum of the others.
    own = fit.cov_params().filter(like="C(house_id").filter(like="C(house_id", axis=0)
    assert found["vciom"] == pytest.approx(own.to_numpy().sum() ** 0.5, abs=1e-6)
    # Errors of differences do not hang on how houses are coded.
    plain = smf.wls(formula.replace(", Sum", ""), frame, weights=frame["weight"]).fit()
    change = plain.bse.filter(like="bs(").iloc[-1]
    assert found.iloc[-1] == pytest.approx(change, abs=1e-6)


def test_the_mixed_model_predicts_every_house_as_statsmodels_does(results, table):
    frame, inner = model_frame(results)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what statsmodels says of it is the next test
        formula = f"share_pct ~ bs(day, knots={inner}, degree=3)"
        fit = smf.mixedlm(formula, frame, groups="house_id").fit()
    house = pd.Series({name: float(effect.iloc[0]) for name, effect in fit.random_effects.items()})
    first, last = fit.predict(frame.iloc[[0, -1]]) + house.mean()
    expected = [*(house.sort_index() - house.mean()), first, last, last - first]
    np.testing.assert_allclose(table["mixedlm"], expected, atol=1e-6)


def test_what_statsmodels_warns_of_becomes_a_note():
    same = simulate_polls(np.random.default_rng(3), n_polls=60, houses="ab")
    same["share_pct"] = 50 + np.arange(60) % 2  # houses that do not differ at all
    same["house_id"] = np.tile(["a", "a", "b", "b"], 15)
    table = PollTrend(same).smooth((0.1, 1.0, 1.0)).cross_check()
    notes = " ".join(table.attrs["notes"])
    assert "MixedLM" in notes
    warned = [note for note in table.attrs["notes"] if note.startswith("statsmodels warns: ")]
    assert "statsmodels warns: The MLE may be on the boundary of the parameter space" in warned
    assert warned == sorted(set(warned))
    assert table["mixedlm"].isna().all()
    assert table["wls"].notna().all()
    assert "the variance of houses is estimated as zero" in " ".join(
        explain_cross_check(table).split()
    )


def test_where_polls_are_many_all_three_agree():
    polls = simulate_polls(np.random.default_rng(17), n_polls=400, n_days=400, houses="abcd")
    table = PollTrend(polls).fit().cross_check(knot_days=30)
    houses = table[table["quantity"] == "house effect"]
    # A house of a hundred polls is hardly shrunk: a fifth of a point at most.
    assert (houses["wls"] - houses["mean"]).abs().max() < 0.2
    assert (houses["mixedlm"] - houses["mean"]).abs().max() < 0.2
    # Its standard errors are those of the same amount of data.
    assert houses["wls_se"].div(houses["sd"]).between(0.8, 1.25).all()
    assert (in_standard_errors(table) < 2).mean() > 0.85


def test_on_the_real_series_most_estimates_agree(table):
    assert (in_standard_errors(table) < 2).mean() > 0.9


@pytest.mark.parametrize("name", ["wls", "mixedlm"])
def test_on_the_real_series_houses_of_many_polls_agree(table, name):
    effects = table[(table["quantity"] == "house effect") & (table["n_polls"] > 10)]
    assert len(effects) == 3
    assert (effects[name] - effects["mean"]).abs().max() < 1.0


def test_wls_does_not_shrink_and_polltrend_does():
    """A house of one poll far away from the others of its sector."""
    polls = simulate_polls(np.random.default_rng(8), n_polls=40, houses="abcd")
    far = polls.iloc[[20]].assign(house_id="z", share_pct=97, poll_id="z-0", sample_size=150)
    table = PollTrend(pd.concat([polls, far])).fit().cross_check().set_index("name")
    assert table.loc["z", "wls"] > table.loc["z", "mean"] + 1
    assert table.loc["z", "mixedlm"] < table.loc["z", "wls"]


def test_change_is_the_difference_of_the_last_level_and_the_first(table):
    levels = table[table["quantity"] == "level"]
    change = table[table["quantity"] == "change"].iloc[0]
    for name in ("mean", "wls", "mixedlm"):
        difference = levels[name].iloc[-1] - levels[name].iloc[0]
        assert change[name] == pytest.approx(difference, abs=1e-6)


@pytest.mark.parametrize("knot_days", [0, -1, float("nan")])
def test_a_wrong_question_is_told_the_cure(results, knot_days):
    with pytest.raises(PollInputError, match=f"knot_days is {knot_days}"):
        results.cross_check(knot_days=knot_days)


@pytest.mark.long("each case is three models", quick=3)
@pytest.mark.parametrize("case", EDGE_CASES)
def test_too_few_polls_are_said_and_not_estimated(case):
    table = PollTrend(EDGE_CASES[case]).smooth((0.3, 2.0, 5.0)).cross_check()
    for name in ("wls", "mixedlm"):
        if table[name].isna().any():
            label = {"wls": "WLS", "mixedlm": "MixedLM"}[name]
            assert any(label in note for note in table.attrs["notes"])
    assert explain_cross_check(table)


def test_one_house_has_no_random_houses():
    one = simulate_polls(np.random.default_rng(4), n_polls=30, houses="a")
    table = PollTrend(one).smooth((0.3, 2.0, 5.0)).cross_check()
    assert table.attrs["notes"] == ["MixedLM: one house has no spread of houses"]
    assert table["mixedlm"].isna().all()
    assert table["wls"].notna().all()
    assert table.loc[0, ["mean", "wls"]].tolist() == pytest.approx([0, 0], abs=1e-9)


def test_the_explanation_gives_the_reasons_with_numbers(table):
    text = " ".join(explain_cross_check(table).split())
    assert "does not draw houses together" in text
    assert f"here {table.attrs['wls_factor']:.1f}" in text
    assert f"spline of {table.attrs['spline_df']} coefficients" in text
    worst = table.iloc[int((table["wls"] - table["mean"]).abs().argmax())]
    assert f"{worst['name']}" in text
    assert f"{worst['wls']:.1f} against {worst['mean']:.1f}" in text
    assert f"one residual sd for all polls ({table.attrs['residual_sd']:.1f} points)" in text


def test_a_reason_about_a_model_that_was_not_fitted_is_not_given():
    text = explain_cross_check(PollTrend(EDGE_CASES["one house only"]).fit().cross_check())
    assert "one residual sd" not in text
    assert "multiplies all known variances" not in text
    assert "one house has no spread" in text


def test_what_only_polltrend_knows_leaves_the_plain_models_as_they_are():
    polls = simulate_polls(np.random.default_rng(12), n_polls=40, houses="abc", sectors=SECTORS)
    anchors = pd.DataFrame({"date": ["2022-04-01"], "value": [60.0], "sd": [1.0]})
    knows = PollTrend(polls, anchors=anchors, events={"shock": "2022-04-10"}, drift=True)
    table = knows.smooth((0.3, 2.0, 5.0, 0.1)).cross_check()
    plain = PollTrend(polls).smooth((0.3, 2.0, 5.0)).cross_check()
    columns = ["name", "wls", "wls_se", "mixedlm"]
    pd.testing.assert_frame_equal(table[columns], plain[columns])
    assert "know nothing of anchors, events" in " ".join(explain_cross_check(table).split())


def test_a_table_without_its_numbers_is_not_explained(table):
    with pytest.raises(PollInputError, match="lost its attrs"):
        explain_cross_check(pd.DataFrame(table.to_dict("list")))
