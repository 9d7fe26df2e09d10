"""The posterior with drifting houses: against NUTS, and what it says of itself."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.paths import REFERENCE
from reference.simulated_polls import SECTORS, simulate_polls

import polls
from analysis import PollTrend, published_by
from analysis.trend.hyperparameters import quadrature

FOLDER = REFERENCE
POLLS = simulate_polls(np.random.default_rng(71), houses="abcde", sectors=SECTORS)


def test_nearly_no_drift_is_the_static_model():
    drifting = PollTrend(POLLS, drift=True).smooth((0.3, 2.0, 5.0, 1e-6))
    static = PollTrend(POLLS).smooth((0.3, 2.0, 5.0))
    assert drifting.llf == pytest.approx(static.llf, abs=1e-6)
    budget = drifting.variance_budget()
    drift = budget.set_index("component").loc["house drift", "variance"]
    assert drift == pytest.approx(0, abs=1e-6)
    for ours, theirs in [
        (drifting.trend(), static.trend()),
        (drifting.house_effects(), static.house_effects()),
        (budget[budget["component"] != "house drift"], static.variance_budget()),
    ]:
        numbers = theirs.select_dtypes("number").columns
        np.testing.assert_allclose(ours[numbers], theirs[numbers], atol=1e-4)


@pytest.fixture(scope="module")
def results():
    return PollTrend(POLLS, drift=True).fit()


def test_kappa_is_among_the_hyperparameters(results):
    table = results.hyperparameters()
    assert list(table["parameter"]) == ["tau", "omega", "sigma_h", "kappa"]
    assert table["unit"].iloc[-1] == "points per root day"
    assert results.params["kappa"] == pytest.approx(table["mean"].iloc[-1], rel=0.02)


def test_the_summary_says_that_houses_drift(results):
    text = " ".join(str(results.summary()).split())
    assert "drifting house effects; scales integrated out" in text
    assert "and of the scales; without an error that all houses share" in text
    assert "averaged over the dates of its polls" in text


def test_change_is_the_difference_of_the_trend(results):
    trend = results.trend().set_index("date")["mean"]
    change = results.change(trend.index[3], trend.index[-5])
    assert change["mean"] == pytest.approx(trend.iloc[-5] - trend.iloc[3], abs=1e-6)


def test_the_comparison_with_static_houses_is_reported():
    comparison = PollTrend(POLLS, drift=True).compare_drift()
    assert list(comparison.index) == ["static", "drift"]
    gain = comparison["log_posterior"].diff().iloc[-1]
    assert comparison["gain"].iloc[-1] == pytest.approx(gain)
    for drift in (False, True):
        fit = PollTrend(POLLS, drift=drift).fit("map")
        expected = comparison.loc["drift" if drift else "static", "log_posterior"]
        assert expected == pytest.approx(fit.diagnostics()["log_posterior"])


def find_nuts_with_drift():
    """Stored chains of the drifting model."""
    return sorted(path.stem for path in FOLDER.glob("nuts_*drift*.json"))


@pytest.mark.long("fits with drift of real polls")
@pytest.mark.parametrize("case", find_nuts_with_drift())
def test_it_agrees_with_nuts(case):
    stored = json.loads((FOLDER / f"{case}.json").read_text(encoding="utf-8"))
    polls = pd.read_csv(FOLDER / stored["input"], keep_default_na=False, na_values=[""])
    results = PollTrend(polls, drift=True).fit()
    params = results.hyperparameters().set_index("parameter")
    trend = results.trend().set_index("date")
    for table, rows in [
        (params.loc[list(stored["scales"])], list(stored["scales"].values())),
        (trend.loc[[pd.Timestamp(r["date"]) for r in stored["level_drifting"]]],
         stored["level_drifting"]),
    ]:  # fmt: skip
        mean, sd = (np.array([row[key] for row in rows]) for key in ("mean", "sd"))
        np.testing.assert_array_less(np.abs(table["mean"] - mean) / sd, 0.1)
        np.testing.assert_array_less(np.abs(table["sd"] / sd - 1), 0.07)


@pytest.mark.long("a lattice of hyperparameters")
@pytest.mark.parametrize("construct", ["support", "talks"])
@pytest.mark.parametrize("drift", [False, True], ids=["static", "drift"])
def test_a_lattice_of_hyperparameters_twice_as_fine_says_the_same_of_the_real_polls(
    construct, drift, monkeypatch
):
    # As they were known on a day: the limits are of these polls, not of others.
    obs, _ = published_by(polls.series(construct), "2026-04-01")
    ours = PollTrend(obs, drift=drift).fit()
    monkeypatch.setattr(quadrature, "FIRST_SPACING", quadrature.FIRST_SPACING / 2)
    finer = PollTrend(obs, drift=drift).fit()
    assert finer.diagnostics()["n_passes"] > ours.diagnostics()["n_passes"]
    evidence = [results.diagnostics()["log_evidence"] for results in (ours, finer)]
    assert evidence[0] == pytest.approx(evidence[1], abs=0.01)
    for table in ("trend", "house_effects", "hyperparameters"):
        one, other = (getattr(results, table)() for results in (ours, finer))
        moved = (one[["mean", "lower", "upper"]]).sub(other[["mean", "lower", "upper"]])
        moved = moved.div(other["sd"], axis=0).abs()
        # Where the density ends is decided to a thousandth of its mode; a share of an sd is left.
        assert moved["mean"].max() < 0.03
        assert moved.max().max() < 0.08
        np.testing.assert_allclose(one["sd"], other["sd"], rtol=0.03)
