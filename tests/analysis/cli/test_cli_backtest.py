"""`python -m analysis backtest` scores models on polls that they had not seen."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls, simulate_polls

from analysis.__main__ import main
from analysis.evaluate import ROW_COLUMNS, backtest

pytestmark = pytest.mark.long("a back-test is many fits")

POLLS = simulate_polls(np.random.default_rng(17), n_polls=24, n_days=400, houses="abc")
MODELS = ["--models", "static", "last_of_house"]


@pytest.fixture
def file(tmp_path):
    """A file of polls."""
    path = tmp_path / "my_polls.csv"
    POLLS.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def rows():
    """What the function gives for these polls, of houses that are known."""
    scored = backtest(POLLS, MODELS[1:])
    return scored[~scored["is_new"]].reset_index(drop=True)


def test_the_table_written_has_one_row_per_model_poll_and_horizon(file, rows, tmp_path, capsys):
    out = tmp_path / "scores.csv"
    assert main(["backtest", "--input", str(file), *MODELS, "--out", str(out)]) == 0
    written = pd.read_csv(out)
    assert list(written.columns) == [
        "model",
        "poll_id",
        "house_id",
        "horizon",
        "observed",
        "mean",
        "sd",
        "crps",
        "log_score",
        "pit",
    ]
    assert not written.duplicated(["model", "poll_id", "horizon"]).any()
    pd.testing.assert_frame_equal(
        written, rows[list(ROW_COLUMNS)], atol=1e-6, rtol=0, check_dtype=False
    )


def test_the_text_compares_models_at_each_horizon(file, capsys):
    assert main(["backtest", "--input", str(file), *MODELS]) == 0
    captured = capsys.readouterr()
    text = captured.out
    assert max(len(line) for line in text.splitlines() if str(file) not in line) <= 79
    # Two houses of these polls overlap themselves; nothing else is said beside the tables.
    assert [line.split(" overlaps")[0] for line in captured.err.splitlines()] == [
        f"warning: fieldwork of house {house}" for house in "bc"
    ]
    for words in ("Next poll", "3 months ahead", "by house", "by year", "24 polls of 3 houses"):
        assert words in text
    table = text.split("Next poll\n")[1].split("\n\n")[0].splitlines()
    assert table[0].split() == [
        "model",
        "n",
        "crps",
        "diff",
        "se",
        "mae",
        "bias",
        "in50",
        "in80",
        "in95",
        "log",
    ]
    assert [line.split()[0] for line in table[1:]] == MODELS[1:]


def test_the_json_holds_models_houses_years_and_pit(file, rows, capsys):
    assert main(["backtest", "--input", str(file), *MODELS, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["compared_to"] == "static"
    tables = record["series"]["the share"]
    assert {"models", "pit", "by_house", "by_year", "new_houses"} == set(tables)
    first = tables["models"][0]
    mine = rows[(rows["model"] == "static") & (rows["horizon"] == "next")]
    assert first["crps"] == pytest.approx(mine["crps"].mean())
    assert first["n"] == len(mine)


def test_all_are_compared_to_the_model_that_is_named_first(tmp_path, capsys):
    path = tmp_path / "few.csv"
    POLLS.head(8).to_csv(path, index=False)
    models = ["published", *MODELS[1:]]
    assert main(["backtest", "--input", str(path), "--models", *models, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["compared_to"] == "published"
    assert {row["model"] for row in record["series"]["the share"]["models"]} == set(models)


def test_several_constructs_are_scored_each_and_pooled(tmp_path, monkeypatch, capsys):
    other = POLLS.assign(share_pct=POLLS["share_pct"] - 20)
    series = {"support": POLLS, "talks": other}
    monkeypatch.setattr("polls.series", lambda construct: series[construct])
    out = tmp_path / "scores.csv"
    command = ["backtest", "--construct", "support", "talks", *MODELS, "--json", "--out", str(out)]
    assert main(command) == 0
    record = json.loads(capsys.readouterr().out)["series"]
    assert list(record) == ["support", "talks", "pooled"]
    ns = {name: tables["models"][0]["n"] for name, tables in record.items()}
    assert ns["pooled"] == ns["support"] + ns["talks"]
    written = pd.read_csv(out)
    assert not written.duplicated(["model", "poll_id", "horizon"]).any()
    assert set(written["poll_id"].str.split(":").str[0]) == {"support", "talks"}


def test_progress_is_shown_on_a_terminal_only(file, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main(["backtest", "--input", str(file), "--models", "last_of_house"]) == 0
    shown = capsys.readouterr().err
    assert shown.startswith("\rfits of the back-test:   0%")
    assert "100%" in shown.split("\r")[-1]


@pytest.mark.parametrize(
    "polls",
    [
        make_polls([("a", "2022-03-01", 60), ("b", "2022-03-09", 61)]),
        make_polls([(h, "2022-03-01", 60) for h in "abcdef"]),
    ],
    ids=["two polls", "polls of one day"],
)
def test_polls_of_which_none_can_be_scored_are_one_clear_error(polls, tmp_path, capsys):
    path = tmp_path / "few.csv"
    polls.to_csv(path, index=False)
    assert main(["backtest", "--input", str(path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"error: {path}: no poll can be scored: ")
    assert captured.err.count("\n") == 1


@pytest.mark.quick
def test_one_house_alone_is_scored(tmp_path, capsys):
    path = tmp_path / "one.csv"
    make_polls([("a", f"2022-{m:02}-01", 60 + m % 3) for m in range(1, 13)]).to_csv(path)
    assert main(["backtest", "--input", str(path), *MODELS]) == 0
    assert "12 polls of 1 houses" in capsys.readouterr().out


def test_a_fault_in_a_poll_names_file_line_and_column(file, tmp_path, capsys):
    broken = tmp_path / "broken.csv"
    POLLS.assign(share_pct=POLLS["share_pct"].where(POLLS.index != 2, 170)).to_csv(
        broken, index=False
    )
    assert main(["backtest", "--input", str(broken)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {broken}, line 4")
    assert "share_pct" in error


@pytest.mark.parametrize("option", [["--models", "oracle"], ["--jobs", "0"], ["--jobs", "two"]])
def test_wrong_usage_is_told(option, file, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["backtest", "--input", str(file), *option])
    assert stopped.value.code == 2
    assert option[1] in capsys.readouterr().err
