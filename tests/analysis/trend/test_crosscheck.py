"""The plain models beside PollTrend are what statsmodels fits, and differ for stated reasons."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from helpers.paths import REFERENCE
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls
from statsmodels.regression.mixed_linear_model import MixedLM

from analysis import PollInputError, PollTrend
from analysis.trend.crosscheck import (
    DEGREE,
    explain_cross_check,
    fit_mixed,
    place_knots,
    solve_mixed,
    spline_columns,
)

FOLDER = REFERENCE / "inputs"
NUMBERS = ["wls", "wls_se", "mixedlm", "mixedlm_se"]


def read_case(name):
    return pd.read_csv(FOLDER / f"{name}.csv", keep_default_na=False, na_values=[""])


@pytest.fixture(scope="module")
def results():
    return PollTrend(read_case("support")).fit()


@pytest.fixture(scope="module")
def table(results):
    return results.cross_check()


def combined(table, name):
    """Distance from PollTrend in combined standard errors."""
    return (table[name] - table["mean"]).abs() / np.hypot(table["sd"], table[f"{name}_se"])


def test_wls_is_the_formula_that_every_reader_knows(results, table):
    obs = results.observations
    knots = place_knots(obs, 180)
    frame = obs.polls.assign(day=obs.day.astype(float), weight=1 / obs.known_variance)
    inner = [float(k) for k in knots[DEGREE + 1 : -DEGREE - 1]]
    formula = f"share_pct ~ bs(day, knots={inner}, degree=3) + C(house_id, Sum)"
    fit = smf.wls(formula, frame, weights=frame["weight"]).fit()
    listed = fit.params.filter(like="C(house_id, Sum)")
    houses = table[table["quantity"] == "house effect"].set_index("name")
    for name, value in listed.items():
        house = name.split("[S.")[1].rstrip("]")
        assert houses.loc[house, "wls"] == pytest.approx(value, abs=1e-6)
        assert houses.loc[house, "wls_se"] == pytest.approx(fit.bse[name], abs=1e-6)
    # A level is the mean of what the fit predicts for each of the houses on that day.
    day = float(obs.days_of(np.datetime64("2023-12-17"))[0])
    new = pd.DataFrame({"day": day, "house_id": list(obs.houses)})
    level = table.set_index("name").loc["2023-12-17", "wls"]
    assert level == pytest.approx(fit.predict(new).mean(), abs=1e-6)


def test_the_mixed_model_equations_give_what_statsmodels_gives(results):
    obs = results.observations
    exog = spline_columns(obs.day.astype(float), place_knots(obs, 180))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what statsmodels says of it is the next test
        fit = MixedLM(obs.share_pct, exog, groups=obs.house_of_poll).fit(reml=True)
    variances = float(np.asarray(fit.cov_re)[0, 0]), float(fit.scale)
    estimate, cov = solve_mixed(exog, obs.house_of_poll, obs.share_pct, *variances)
    n = exog.shape[1]
    np.testing.assert_allclose(estimate[:n], np.asarray(fit.fe_params), rtol=1e-6)
    # statsmodels takes its own from a Hessian by differences, the variances' rows included.
    np.testing.assert_allclose(np.sqrt(np.diag(cov)[:n]), np.asarray(fit.bse_fe), rtol=1e-3)
    blups = [float(np.asarray(fit.random_effects[j])[0]) for j in range(len(obs.houses))]
    np.testing.assert_allclose(estimate[n:], blups, atol=1e-6)


def test_what_statsmodels_warns_of_becomes_a_note():
    same = simulate_polls(np.random.default_rng(3), n_polls=60, houses="ab")
    same["share_pct"] = 50 + np.arange(60) % 2  # houses that do not differ at all
    same["house_id"] = np.tile(["a", "a", "b", "b"], 15)
    table = PollTrend(same).smooth((0.1, 1.0, 1.0)).cross_check()
    notes = " ".join(table.attrs["notes"])
    assert "MixedLM" in notes
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
    assert (combined(table, "wls") < 2).mean() > 0.85


@pytest.mark.parametrize("name", ["wls", "mixedlm"])
def test_on_the_real_series_most_estimates_agree(table, name):
    assert (combined(table, name) < 2).mean() > 0.9
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


def test_dates_are_the_callers_choice(results):
    table = results.cross_check(["2022-06-01", "2023-01-01"])
    assert table["name"].tolist()[-3:] == ["2022-06-01", "2023-01-01", "2022-06-01 to 2023-01-01"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"dates": ["2019-01-01"]}, "outside the polls"),
        ({"dates": []}, "outside the polls"),
        ({"knot_days": 0}, "knot_days is 0"),
    ],
)
def test_a_wrong_question_is_told_the_cure(results, arguments, found):
    with pytest.raises(PollInputError, match=found):
        results.cross_check(**arguments)


@pytest.mark.parametrize("case", EDGE_CASES)
def test_too_few_polls_are_said_and_not_estimated(case):
    table = PollTrend(EDGE_CASES[case]).smooth((0.3, 2.0, 5.0)).cross_check()
    for name in ("wls", "mixedlm"):
        if table[name].isna().any():
            label = {"wls": "WLS", "mixedlm": "MixedLM"}[name]
            assert any(note.startswith(label) for note in table.attrs["notes"])
    assert explain_cross_check(table)


def test_one_house_has_no_random_houses():
    one = simulate_polls(np.random.default_rng(4), n_polls=30, houses="a")
    results = PollTrend(one).smooth((0.3, 2.0, 5.0))
    fitted = fit_mixed(results.observations, place_knots(results.observations, 60), np.eye(1))
    assert fitted.notes == ("MixedLM: one house has no spread of houses",)
    table = results.cross_check()
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
    assert "stand still" not in text


def test_what_only_polltrend_knows_is_noted():
    polls = simulate_polls(np.random.default_rng(12), n_polls=40, houses="abc", sectors=SECTORS)
    anchors = pd.DataFrame({"date": ["2022-04-01"], "value": [60.0], "sd": [1.0]})
    model = PollTrend(polls, anchors=anchors, events={"shock": "2022-04-10"}, drift=True)
    table = model.smooth((0.3, 2.0, 5.0, 0.1)).cross_check()
    text = " ".join(explain_cross_check(table).split())
    assert "know nothing of the anchors" in text
    assert "know nothing of the events" in text
    assert "stand still" in text


def test_a_table_without_its_numbers_is_not_explained(table):
    with pytest.raises(PollInputError, match="lost its attrs"):
        explain_cross_check(pd.DataFrame(table.to_dict("list")))
