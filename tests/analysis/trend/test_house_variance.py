"""With an excess error for each house: equations, priors, doors and warnings."""

import json

import numpy as np
import pandas as pd
import pytest
from reference.dense_gaussian import condition
from reference.simulated_polls import EDGE_CASES, SECTORS, simulate_polls

from analysis import PollInputError, PollTrend, Priors
from analysis.__main__ import main
from analysis.trend.hyperparameters import by_house as house_variance_fit
from analysis.trend.report import as_record

POLLS = simulate_polls(
    np.random.default_rng(29), n_polls=120, n_days=300, houses="abcde", sectors=SECTORS
)
# House b scatters by 6 points more than its samples say, the others by less than 1.
NOISE = np.where(POLLS["house_id"] == "b", 6.0, 0.5) * np.random.default_rng(30).normal(size=120)
POLLS["share_pct"] = (POLLS["share_pct"] + NOISE).clip(0, 100).round()
OMEGAS = {"a": 0.4, "b": 6.0, "c": 1.0, "d": 2.0, "e": 3.0}
SHARED = (0.3, 2.0, 5.0)


def params_of(spread=0.5, omegas=OMEGAS, kappa=()):
    return (*SHARED, *kappa, spread, *omegas.values())


@pytest.fixture(scope="module")
def results():
    return PollTrend(POLLS, house_variance="by_house").fit()


def param_table(results):
    return results.hyperparameters().set_index("parameter")


def test_likelihood_and_levels_are_those_of_one_dense_gaussian():
    excess = POLLS["house_id"].map(OMEGAS).to_numpy() ** 2
    dense = condition(POLLS, (0.3, 0.0, 5.0), 1 / 12 + excess)
    model = PollTrend(POLLS, house_variance="by_house")
    results = model.smooth(params_of())
    assert model.loglike(params_of()) == pytest.approx(dense.loglike, abs=1e-7)
    assert results.llf == pytest.approx(dense.loglike, abs=1e-7)
    mean, sd = dense.level(dict.fromkeys(dense.houses, 0.2))
    np.testing.assert_allclose(results.trend()["mean"], mean, atol=1e-7)
    np.testing.assert_allclose(results.trend()["sd"], sd, atol=1e-7)


@pytest.mark.parametrize("drift", [False, True])
def test_houses_of_equal_excess_are_the_common_model(drift):
    kappa = (0.1,) if drift else ()
    equal = params_of(omegas=dict.fromkeys(OMEGAS, 2.0), kappa=kappa)
    by_house = PollTrend(POLLS, house_variance="by_house", drift=drift).smooth(equal)
    common = PollTrend(POLLS, drift=drift).smooth((*SHARED, *kappa))
    assert by_house.llf == pytest.approx(common.llf, abs=1e-8)
    for door in ("trend", "house_effects", "variance_budget"):
        ours, theirs = getattr(by_house, door)(), getattr(common, door)()
        numbers = theirs.select_dtypes("number").columns
        np.testing.assert_allclose(ours[numbers], theirs[numbers], atol=1e-8)


@pytest.mark.long("a fit of many hyperparameters")
def test_without_a_spread_the_evidence_is_that_of_the_common_model():
    """Two ways to one integral: weighted points in eight dimensions, a lattice in three."""
    tight = PollTrend(POLLS, house_variance="by_house", priors=Priors(omega_spread=1e-4)).fit()
    common = PollTrend(POLLS).fit()
    evidence = [fit.diagnostics()["log_evidence"] for fit in (tight, common)]
    assert evidence[0] == pytest.approx(evidence[1], abs=0.02)
    ours, theirs = tight.trend(), common.trend()
    distance = (ours["mean"] - theirs["mean"]).abs() / theirs["sd"]
    assert distance.max() < 0.03
    np.testing.assert_allclose(ours["sd"], theirs["sd"], rtol=0.03)


@pytest.mark.long("a fit of many hyperparameters")
def test_polls_that_say_nothing_leave_the_prior():
    silent = POLLS.assign(sampling_var=1e9)
    table = param_table(PollTrend(silent, house_variance="by_house").fit())
    for name, width in (("tau", 0.5), ("omega", 3.0), ("sigma_h", 10.0), ("omega_spread", 0.5)):
        assert table.loc[name, "mean"] == pytest.approx(width * np.sqrt(2 / np.pi), rel=0.02)
        assert table.loc[name, "sd"] == pytest.approx(width * np.sqrt(1 - 2 / np.pi), rel=0.04)
    # E exp(s z) over both, s half-normal: 2 (1 - s0^2)^(-1/2) times the normal probability
    # of the half line, which is one half.
    mean = 3 * np.sqrt(2 / np.pi) / np.sqrt(1 - 0.5**2)
    assert table.loc["omega:a", "mean"] == pytest.approx(mean, rel=0.05)


def test_a_house_that_scatters_is_found(results):
    table = param_table(results)
    quiet = table.loc[[f"omega:{house}" for house in "acde"]]
    assert table.loc["omega:b", "lower"] > quiet["mean"].max()
    assert table.loc["omega:b", "lower"] < 6.5 < table.loc["omega:b", "upper"]


def test_what_that_house_says_counts_for_less(results):
    common = PollTrend(POLLS).fit()
    wider = results.house_effects()["sd"] / common.house_effects()["sd"]
    assert wider.iloc[1] > 1.1
    assert (wider.drop(1) < 1.0).all()


def test_hyperparameters_list_every_house(results):
    table = results.hyperparameters()
    houses = [f"omega:{house}" for house in "abcde"]
    assert table["parameter"].tolist() == ["tau", "omega", "sigma_h", "omega_spread", *houses]
    assert table["unit"].tolist()[3:5] == ["log ratio", "points"]
    assert (table["lower"] < table["mean"]).all()
    assert (table["mean"] < table["upper"]).all()
    assert (table["lower"] < table["mode"]).all()
    wide = results.hyperparameters(alpha=0.5)
    assert (wide["lower"] > table["lower"]).all()


def test_it_says_how_good_the_points_are(results):
    found = results.diagnostics()
    assert found["effective_points"] > 1000
    assert found["pareto_k"] < 0.7
    # Of the fit; others are about these made polls, whose fieldwork overlaps.
    assert list(results.fit_info.warnings) == []
    assert found["is_converged"]
    assert "an excess error for each house" in " ".join(str(results.summary()).split())


def test_too_few_points_are_a_warning_and_no_secret(monkeypatch):
    monkeypatch.setattr(house_variance_fit, "ROUND_POINTS", 128)
    monkeypatch.setattr(house_variance_fit, "MOST_POINTS", 128)
    few = PollTrend(POLLS, house_variance="by_house").fit()
    assert not few.diagnostics()["is_converged"]
    assert "effective points" in " ".join(few.diagnostics()["warnings"])
    assert "effective points" in " ".join(str(few.summary()).split())


@pytest.mark.long("a fit of many hyperparameters")
def test_uneven_weights_are_met_with_more_points(monkeypatch):
    monkeypatch.setattr(house_variance_fit, "ROUND_POINTS", 128)
    more = PollTrend(POLLS, house_variance="by_house").fit()
    assert more.diagnostics()["n_points"] >= 2048
    assert more.diagnostics()["effective_points"] > 1000


@pytest.mark.long("a fit of many hyperparameters")
def test_the_order_of_rows_is_irrelevant_and_runs_repeat(results):
    again = PollTrend(POLLS.sample(frac=1, random_state=3), house_variance="by_house").fit()
    pd.testing.assert_frame_equal(again.trend(), results.trend())
    pd.testing.assert_frame_equal(again.hyperparameters(), results.hyperparameters())


def test_a_poll_is_predicted_with_the_excess_of_its_house(results):
    new = pd.DataFrame(
        {
            "house_id": ["a", "b", "somebody"],
            "start_date": "2022-12-01",
            "end_date": "2022-12-01",
            "sample_size": 1000,
            "sector": "state",
        }
    )
    predicted = results.get_prediction(new).summary_frame().set_index("house_id")["sd"]
    assert predicted["b"] ** 2 - predicted["a"] ** 2 > 20
    assert predicted["somebody"] > predicted["a"]


@pytest.mark.long("a fit of many hyperparameters")
def test_a_new_house_draws_its_excess_from_the_spread():
    """At a given spread it takes the middle; integrated, the ratio's own spread comes on top."""
    model = PollTrend(POLLS, house_variance="by_house")
    posterior = model.fit().posterior
    log_ratio = np.log(posterior.params["omega_new_house"] / posterior.params["omega"])
    spread = posterior.params["omega_spread"]
    variance = posterior.weights @ log_ratio**2
    assert variance == pytest.approx(posterior.weights @ spread**2, rel=0.15)
    given = model.smooth(params_of()).posterior.params
    assert given["omega_new_house"] == given["omega"]


def test_the_budget_counts_each_poll_with_the_excess_of_its_house():
    given = PollTrend(POLLS, house_variance="by_house").smooth(params_of())
    budget = given.variance_budget().set_index("component")["variance"]
    expected = (POLLS["house_id"].map(OMEGAS) ** 2).mean()
    assert budget["excess"] == pytest.approx(expected)


@pytest.mark.long("a fit of many hyperparameters")
def test_other_doors_are_open(results):
    level = results.trend().iloc[-1]
    change = results.change("2022-03-15", "2022-10-01")
    assert change["lower"] < change["mean"] < change["upper"]
    assert 0 <= results.prob_above(level["mean"], level["date"]) <= 1
    assert results.sector_gap("state", "independent")["sd"] > 0
    assert len(results.sector_gaps("state", "independent")) == 6
    assert np.isfinite(results.residuals()["standardised"]).all()
    record = json.loads(json.dumps(as_record(results.fitted)))
    assert record["diagnostics"]["pareto_k"] < 0.7
    assert record["hyperparameters"][-1]["parameter"] == "omega:e"


def test_drift_events_and_anchors_go_with_it():
    anchors = pd.DataFrame({"date": ["2022-06-01"], "value": [60.0], "sd": [0.5]})
    model = PollTrend(
        POLLS,
        house_variance="by_house",
        drift=True,
        anchors=anchors,
        events={"shock": "2022-08-01"},
    )
    assert model.param_names[3:5] == ("kappa", "omega_spread")
    results = model.smooth(params_of(kappa=(0.05,)))
    assert results.events().loc[0, "sd"] > 0
    near = results.trend("anchor").set_index("date").loc["2022-06-01"]
    assert abs(near["mean"] - 60) < 1
    # An anchor has no excess: no scale of any house changes its variance.
    noise = model.error_variance(dict(zip(model.param_names, params_of(kappa=(9.0,)), strict=True)))
    assert noise[model.design.house < 0].tolist() == [0.25]


@pytest.mark.long("a fit of many hyperparameters")
def test_on_logits_the_spread_keeps_its_prior():
    model = PollTrend(POLLS, house_variance="by_house", scale="logit")
    assert model.model.model_priors.omega_spread == model.model.priors.omega_spread == 0.5
    results = model.fit()
    table = param_table(results)
    assert table.loc["omega:b", "unit"] == "logits"
    assert table.loc["omega:b", "mean"] > 2 * table.loc["omega:a", "mean"]


@pytest.mark.long("a fit of many hyperparameters")
def test_drift_is_compared_with_standing_houses():
    polls = POLLS.iloc[::3]
    comparison = PollTrend(polls, house_variance="by_house").compare_drift()
    assert np.isfinite(comparison.to_numpy()).all()
    assert comparison.loc["static", "log_bayes_factor"] == 0


@pytest.mark.long("a fit of many hyperparameters", quick=1)
@pytest.mark.parametrize("case", ["one poll only", "one house only", "constant series"])
def test_few_polls_are_no_hindrance(case):
    results = PollTrend(EDGE_CASES[case], house_variance="by_house").fit()
    assert np.isfinite(results.trend()[["mean", "sd"]].to_numpy()).all()


def test_an_unknown_choice_names_the_known_ones():
    with pytest.raises(PollInputError, match=r"'by_sector' is not known; use one of common"):
        PollTrend(POLLS, house_variance="by_sector")


def test_hyperparameters_of_single_houses_are_not_plugged_in():
    with pytest.raises(PollInputError, match="no scales of single houses can be plugged in"):
        PollTrend(POLLS, house_variance="by_house").fit("map")


def test_the_density_of_log_hyperparameters_is_likelihood_and_priors():
    model = PollTrend(POLLS, house_variance="by_house")
    logs = np.log(params_of())
    difference = model.log_posterior(logs) - model.loglike(params_of())
    ratios = (np.log(list(OMEGAS.values())) - np.log(2.0)) / 0.5
    priors = {"tau": 0.3, "omega": 2.0, "sigma_h": 5.0, "omega_spread": 0.5}
    expected = sum(
        np.log(2 / np.sqrt(2 * np.pi) / w) - 0.5 * (v / w) ** 2 + np.log(v)
        for v, w in zip(priors.values(), (0.5, 3.0, 10.0, 0.5), strict=True)
    )
    expected += (-0.5 * ratios**2 - 0.5 * np.log(2 * np.pi) - np.log(0.5)).sum()
    assert difference == pytest.approx(expected, abs=1e-9)


@pytest.mark.long("a fit of many hyperparameters")
def test_the_shell_knows_it(tmp_path, capsys, results):
    path = tmp_path / "polls.csv"
    POLLS.to_csv(path, index=False)
    argv = ["trend", "--input", str(path), "--house-variance", "by_house"]
    assert main(argv) == 0
    # The shell names rows of the polls by their lines.
    shown, expected = capsys.readouterr().out, str(results.summary())
    assert shown.split("Warning")[0] == expected.split("Warning")[0]
    assert shown.count("Warning") == expected.count("Warning")
    assert main([*argv, "--method", "map"]) == 1
    assert "house_variance='common'" in capsys.readouterr().err
