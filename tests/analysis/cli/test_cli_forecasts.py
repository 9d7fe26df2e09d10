"""`python -m analysis predict --register | --score` keep and score a registry."""

import json

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import simulate_polls

from analysis.__main__ import main
from analysis.evaluate import FORECAST_COLUMNS, score_forecasts

POLLS = simulate_polls(np.random.default_rng(3), n_polls=16, n_days=300, houses="ab")


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A registry with forecasts as of a day in the middle of the polls."""
    monkeypatch.setattr("polls.series", lambda construct: POLLS)
    path = tmp_path / "forecasts.csv"
    command = ["predict", "--construct", "support", "--register", str(path)]
    assert main([*command, "--as-of", "2022-09-01"]) == 0
    return path


@pytest.mark.long("several fits by the command")
def test_a_second_run_adds_nothing_and_changes_nothing(registry, capsys):
    before = registry.read_bytes()
    command = ["predict", "--construct", "support", "--register", str(registry)]
    assert main([*command, "--as-of", "2022-09-01"]) == 0
    assert "0 new forecasts, 6 in" in capsys.readouterr().out
    assert registry.read_bytes() == before
    assert list(pd.read_csv(registry).columns) == list(FORECAST_COLUMNS)


@pytest.mark.long("several fits by the command")
def test_new_rows_stand_under_the_old_ones(registry, capsys):
    before = registry.read_text()
    command = ["predict", "--construct", "support", "--register", str(registry)]
    assert main([*command, "--as-of", "2022-10-01"]) == 0
    after = registry.read_text()
    assert after.startswith(before)
    assert len(after.splitlines()) == len(before.splitlines()) + 6


def test_waves_that_came_in_are_scored(registry, tmp_path, capsys):
    out = tmp_path / "scores.csv"
    capsys.readouterr()
    assert main(["predict", "--score", str(registry), "--json", "--out", str(out)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in record["scores"]} == {"as of"}
    assert len(record["scores"]) + record["n_open"] == 6
    assert len(pd.read_csv(out)) == len(record["scores"])


@pytest.mark.long("several fits by the command")
def test_scores_are_told_by_kind_and_one_by_one(registry, capsys):
    capsys.readouterr()
    assert main(["predict", "--score", str(registry)]) == 0
    text = capsys.readouterr().out
    scores = score_forecasts(pd.read_csv(registry), lambda construct: POLLS)
    inside = ", ".join(f"{scores[f'is_inside_{v}'].sum()} in {v}%" for v in (50, 80, 95))
    head = f"as of: {len(scores)}, mean CRPS {scores['crps'].mean():.2f}, {inside}"
    assert f"{head}; {6 - len(scores)} are open" in " ".join(text.split())
    rows = [line.split() for line in text.splitlines() if "2022-09-01" in line]
    assert [row[:5] for row in rows] == [
        [row.construct, str(row.as_of), row.house_id, str(row.wave), f"{row.seen:.2f}"]
        for row in scores.itertuples()
    ]
    assert [row[-4] for row in rows] == [f"{mean:.2f}" for mean in scores["mean"]]


@pytest.mark.long("several fits by the command")
def test_forecasts_may_all_be_open(registry, capsys, monkeypatch):
    monkeypatch.setattr("polls.series", lambda construct: POLLS[POLLS["end_date"] < "2022-09-01"])
    capsys.readouterr()
    assert main(["predict", "--score", str(registry)]) == 0
    assert capsys.readouterr().out == "No wave has come in yet: 6 forecasts are open.\n"


def test_a_file_that_is_no_registry_is_one_clear_error(tmp_path, capsys):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    assert main(["predict", "--score", str(path)]) == 1
    assert capsys.readouterr().err.startswith(f"error: {path}: column construct is missing; give")


def test_a_folder_that_is_not_there_is_told_before_any_fit(tmp_path, capsys):
    path = tmp_path / "nowhere" / "forecasts.csv"
    assert main(["predict", "--construct", "support", "--register", str(path)]) == 1
    assert f"there is no folder {path.parent}; work in" in capsys.readouterr().err


def test_a_source_is_needed_but_for_scores(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["predict", "--register"])
    assert stopped.value.code == 2
    assert "one of the arguments --construct --input is required" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("--register", ["--no-drift"]),
        ("--register", ["--method", "map"]),
        ("--register", ["--include", "questions"]),
        ("--register", ["--tau", "1"]),
        ("--score", ["--construct", "support"]),
        ("--score", ["--as-of", "2022-09-01"]),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(command, option, tmp_path, capsys):
    """Forecasts are those of the published model, whatever model was asked for."""
    source = [] if command == "--score" else ["--construct", "support"]
    with pytest.raises(SystemExit) as stopped:
        main(["predict", *source, command, str(tmp_path / "forecasts.csv"), *option])
    assert stopped.value.code == 2
    name = option[0].replace("--no-", "--")
    assert f"error: {command} goes without {name}: it is about the" in capsys.readouterr().err


def test_a_registry_holds_constructs_alone(tmp_path, capsys):
    """Forecasts of polls of a file could never be scored."""
    with pytest.raises(SystemExit):
        main(["predict", "--input", "polls.csv", "--register", str(tmp_path / "forecasts.csv")])
    assert "--register goes without --input" in capsys.readouterr().err


def test_a_house_that_the_tables_do_not_know_is_told(registry, capsys):
    registry.write_text(registry.read_text().replace(",a,", ",A,"))
    capsys.readouterr()
    assert main(["predict", "--score", str(registry), "--json"]) == 0
    told = "house 'A' has no polls of support: its forecasts stay open; write it as the tables do"
    printed = capsys.readouterr()
    assert json.loads(printed.out)["warnings"] == [told]
    assert printed.err == f"warning: {told}\n"


def test_a_construct_that_there_is_not_is_one_clear_error(registry, monkeypatch, capsys):
    def refuse(construct):
        raise ValueError(f"There is no construct {construct!r}.")

    monkeypatch.setattr("polls.series", refuse)
    capsys.readouterr()
    assert main(["predict", "--score", str(registry)]) == 1
    assert capsys.readouterr().err == f"error: {registry}: There is no construct 'support'.\n"


def test_an_empty_registry_is_named_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("polls.series", lambda construct: POLLS)
    path = tmp_path / "forecasts.csv"
    path.touch()
    command = ["predict", "--construct", "support", "--register", str(path)]
    assert main([*command, "--as-of", "2022-09-01"]) == 1
    assert capsys.readouterr().err.startswith(f"error: {path}: the file is empty")
    assert path.read_bytes() == b""
