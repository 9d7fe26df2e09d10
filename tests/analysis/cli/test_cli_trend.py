"""`python -m analysis trend`: model options reach the fit, and the JSON keeps its keys."""

import json

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend
from analysis.__main__ import main

POLLS = simulate_polls(np.random.default_rng(91), houses="abcde", sectors=SECTORS)


@pytest.fixture
def polls_csv(tmp_path):
    """Polls of no country in particular, as a file."""
    path = tmp_path / "my_polls.csv"
    POLLS.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("drift", [False, True])
@pytest.mark.parametrize("method", ["full", "map"])
def test_drift_and_method_reach_the_fit(polls_csv, tmp_path, capsys, drift, method):
    out, houses = tmp_path / "trend.csv", tmp_path / "houses.csv"
    argv = ["trend", "--input", str(polls_csv), "--out", str(out), "--houses-out", str(houses)]
    assert main([*argv, "--method", method, *["--drift"] * drift]) == 0
    results = PollTrend(POLLS, drift=drift).fit(method)
    assert capsys.readouterr().out == results.summary() + "\n"
    for path, table in ((out, results.trend()), (houses, results.house_effects())):
        written = pd.read_csv(path)
        assert list(written.columns) == list(table.columns)
        np.testing.assert_allclose(written["sd"], table["sd"], atol=1e-6)
        np.testing.assert_allclose(written["upper"], table["upper"], atol=1e-6)


def test_the_default_is_the_static_full_posterior_of_the_mean_of_these_houses(polls_csv, capsys):
    assert main(["trend", "--input", str(polls_csv)]) == 0
    assert capsys.readouterr().out == PollTrend(POLLS).fit("full").summary("houses") + "\n"


@pytest.mark.parametrize("drift", [False, True])
def test_json_has_level_scales_houses_gap_and_diagnostics(polls_csv, capsys, drift):
    assert main(["trend", "--input", str(polls_csv), "--json", *["--drift"] * drift]) == 0
    record = json.loads(capsys.readouterr().out)
    assert {"estimand", "reference", "band", "level", "hyperparameters", "houses"} <= set(record)
    assert {"sector_gap", "diagnostics"} <= set(record)
    assert record["level"]["date"] == record["diagnostics"]["last_date"]
    names = ["tau", "omega", "sigma_h"] + ["kappa"] * drift
    assert [row["parameter"] for row in record["hyperparameters"]] == names
    assert all(row["mean"] > 0 and row["sd"] > 0 for row in record["hyperparameters"])
    assert [gap["estimand"] for gap in record["sector_gap"]] == ["these_houses", "population"]


def test_warnings_of_the_input_go_to_stderr_and_into_the_json(polls_csv, capsys):
    text = polls_csv.read_text(encoding="utf-8").splitlines()
    polls_csv.write_text("\n".join([*text, text[-1]]) + "\n", encoding="utf-8")
    assert main(["trend", "--input", str(polls_csv), "--json"]) == 0
    printed = capsys.readouterr()
    warnings = json.loads(printed.out)["diagnostics"]["warnings"]
    assert warnings[0].startswith("1 rows repeat another row")
    assert printed.err == "".join(f"warning: {warning}\n" for warning in warnings)


def test_scale_and_common_error_reach_the_model(polls_csv, capsys):
    argv = ["trend", "--input", str(polls_csv), "--method", "map"]
    assert main([*argv, "--scale", "logit", "--common-error", "3"]) == 0
    results = PollTrend(POLLS, scale="logit", common_error=3).fit("map")
    assert capsys.readouterr().out == results.summary() + "\n"
