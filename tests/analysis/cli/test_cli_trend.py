"""`python -m analysis trend` fits as asked, writes tables, prints text or JSON, fails cleanly."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PUBLISHED, PollTrend
from analysis.__main__ import main
from analysis.trend.results import PollTrendResults

POLLS = simulate_polls(np.random.default_rng(91), houses="abcde", sectors=SECTORS)


@pytest.fixture
def polls_csv(tmp_path):
    """Polls of no country in particular, as a file."""
    path = tmp_path / "my_polls.csv"
    POLLS.to_csv(path, index=False)
    return path


@pytest.mark.long("several fits by the command")
def test_the_tables_are_those_of_the_results(polls_csv, tmp_path, capsys):
    trend, houses = tmp_path / "trend.csv", tmp_path / "houses.csv"
    argv = ["trend", "--input", str(polls_csv), "--out", str(trend), "--houses-out", str(houses)]
    assert main([*argv, "--reference", "sector:state"]) == 0
    results = PollTrend(POLLS).fit()
    written = pd.read_csv(trend)
    assert list(written.columns) == ["date", "mean", "sd", "lower", "upper"]
    np.testing.assert_allclose(written["mean"], results.trend("sector:state")["mean"], atol=1e-6)
    written = pd.read_csv(houses)
    assert list(written.columns) == [
        "house_id", "sector", "n_polls", "mean", "sd", "lower", "upper",
    ]  # fmt: skip
    np.testing.assert_allclose(
        written["sd"], results.house_effects("sector:state")["sd"], atol=1e-6
    )
    assert capsys.readouterr().out == str(results.summary("sector:state")) + "\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["houses.csv", "my_polls.csv", "trend.csv"]


@pytest.mark.long("several fits by the command")
@pytest.mark.parametrize("drift", [False, True])
@pytest.mark.parametrize("method", ["full", "map"])
def test_drift_and_method_reach_the_fit(polls_csv, tmp_path, capsys, drift, method):
    out, houses = tmp_path / "trend.csv", tmp_path / "houses.csv"
    argv = ["trend", "--input", str(polls_csv), "--out", str(out), "--houses-out", str(houses)]
    assert main([*argv, "--method", method, *["--drift"] * drift]) == 0
    results = PollTrend(POLLS, drift=drift).fit(method)
    assert capsys.readouterr().out == str(results.summary()) + "\n"
    for path, table in ((out, results.trend()), (houses, results.house_effects())):
        written = pd.read_csv(path)
        assert list(written.columns) == list(table.columns)
        np.testing.assert_allclose(written["sd"], table["sd"], atol=1e-6)
        np.testing.assert_allclose(written["upper"], table["upper"], atol=1e-6)


def test_the_default_is_the_static_full_posterior_of_the_mean_of_these_houses(polls_csv, capsys):
    assert main(["trend", "--input", str(polls_csv)]) == 0
    assert capsys.readouterr().out == str(PollTrend(POLLS).fit("full").summary("houses")) + "\n"


def test_warnings_of_the_input_go_to_stderr_and_into_the_json(polls_csv, capsys):
    text = polls_csv.read_text(encoding="utf-8").splitlines()
    polls_csv.write_text("\n".join([*text, text[-1]]) + "\n", encoding="utf-8")
    assert main(["trend", "--input", str(polls_csv), "--json"]) == 0
    printed = capsys.readouterr()
    warnings = json.loads(printed.out)["diagnostics"]["warnings"]
    assert warnings[0].startswith("1 rows repeat another row")
    assert printed.err == "".join(f"warning: {warning}\n" for warning in warnings)


@pytest.mark.long("several fits by the command")
def test_scale_and_common_error_reach_the_model(polls_csv, capsys):
    argv = ["trend", "--input", str(polls_csv), "--method", "map"]
    assert main([*argv, "--scale", "logit", "--common-error", "3"]) == 0
    results = PollTrend(POLLS, scale="logit", common_error=3).fit("map")
    assert capsys.readouterr().out == str(results.summary()) + "\n"


@pytest.mark.long("several fits by the command")
def test_a_walk_that_calms_reaches_the_model_and_is_named(polls_csv, capsys):
    argv = ["trend", "--input", str(polls_csv), "--method", "map", "--walk", "calming"]
    assert main([*argv, "--calm-from", "2022-03-05", "--calm-days", "20"]) == 0
    shown = capsys.readouterr().out
    options = {"walk": "calming", "calm_from": "2022-03-05", "calm_days": 20}
    assert shown == str(PollTrend(POLLS, **options).fit("map").summary()) + "\n"
    assert "a walk that calms from 2022-03-05 on, by e in 20 days" in " ".join(shown.split())
    assert "shock" in shown


@pytest.mark.long("several fits by the command")
def test_days_that_are_estimated_and_drifts_that_are_drawn_back_are_named(polls_csv, capsys):
    options = ["--calm-days", "estimated", "--drift", "--drift-days", "400", "--method", "map"]
    assert main(["trend", "--input", str(polls_csv), "--walk", "calming", *options]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "drifting (drawn back by e in 400 days) house effects" in shown
    assert "by e in days that are estimated" in shown


@pytest.mark.long("several fits by the command", quick=1)
@pytest.mark.parametrize("drift", [False, True])
def test_json_has_the_documented_keys_and_no_nan(polls_csv, capsys, drift):
    assert main(["trend", "--input", str(polls_csv), "--json", *["--drift"] * drift]) == 0

    def refuse(constant):
        raise AssertionError(constant)

    record = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert {
        "estimand", "reference", "band", "level", "change", "hyperparameters", "houses",
        "sector_gap", "diagnostics",
    } <= set(record)  # fmt: skip
    assert record["level"]["date"] == record["diagnostics"]["last_date"]
    names = ["tau", "omega", "sigma_h"] + ["kappa"] * drift
    assert [row["parameter"] for row in record["hyperparameters"]] == names
    assert all(row["mean"] > 0 and row["sd"] > 0 for row in record["hyperparameters"])
    assert [gap["estimand"] for gap in record["sector_gap"]] == ["these_houses", "population"]
    assert drift or record["diagnostics"]["warnings"] == []


@pytest.mark.long("several fits by the command")
def test_as_of_leaves_out_what_was_published_later(polls_csv, tmp_path, capsys):
    out = tmp_path / "trend.csv"
    argv = ["trend", "--input", str(polls_csv), "--as-of", "2022-04-15", "--out", str(out)]
    assert main(argv) == 0
    assert "polls have no publication date" in capsys.readouterr().err
    known = POLLS[POLLS["end_date"] <= "2022-04-15"]
    assert 0 < len(known) < len(POLLS)
    expected = PollTrend(known).fit().trend()
    np.testing.assert_allclose(pd.read_csv(out)["sd"], expected["sd"], atol=1e-6)


def test_a_byte_order_mark_windows_lines_and_blank_lines_are_read(polls_csv):
    text = polls_csv.read_text(encoding="utf-8")
    polls_csv.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    assert main(["trend", "--input", str(polls_csv)]) == 0


def edit(text, line, old, new):
    """Replace text on one line of a file."""
    lines = text.splitlines()
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return "\n".join(lines) + "\n"


HEADER = "house_id,start_date,end_date,sample_size,share_pct\n"
FAULTS = {
    "empty file": ("", "the file is empty"),
    "no rows": (HEADER, "there are no polls"),
    "column renamed": (HEADER.replace("share_pct", "share") + "a,2022-03-01,2022-03-02,9,5\n",
                       "column share_pct is missing"),
    "column twice": (HEADER.replace("share_pct", "house_id"), "line 1: column 'house_id' stands"),
    "missing size": (HEADER + "a,2022-03-01,2022-03-02,9,5\na,2022-03-01,2022-03-02,,5\n",
                     "line 3, column sample_size: no value"),
    "text NA": (HEADER + "a,2022-03-01,2022-03-02,NA,5\n",
                "line 2, column sample_size: 'NA' is not a number"),
    "share nan": (HEADER + "a,2022-03-01,2022-03-02,9,nan\n", "line 2, column share_pct"),
    "share outside": (HEADER + "a,2022-03-01,2022-03-02,9,105\n",
                      "line 2, column share_pct: '105' is outside 0 to 100"),
    "unreadable date": (HEADER + "a,2022-03-01,31 June,9,5\n",
                        "line 2, column end_date: '31 June'"),
    "end before start": (HEADER + "a,2022-03-03,2022-03-02,9,5\n",
                         "line 2, column end_date: fieldwork ends"),
    "ragged row": (HEADER + "a,2022-03-01,2022-03-02,9,5,5\n", "line 2: 6 cells where the header"),
    "a line inside quotes": (HEADER + '"a\nb",2022-03-01,2022-03-02,9,5\nc,2022-03-01,x,9,5\n',
                             "line 4, column end_date"),
    "NUL": (HEADER + "a\0,2022-03-01,2022-03-02,9,5\n", "line 2: a NUL character"),
}  # fmt: skip


@pytest.mark.long("several fits by the command", quick=5)
@pytest.mark.parametrize("name", FAULTS)
def test_bad_files_give_one_message_and_write_nothing(tmp_path, capsys, name):
    text, message = FAULTS[name]
    path, out = tmp_path / "bad.csv", tmp_path / "trend.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["trend", "--input", str(path), "--out", str(out)]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith(f"error: {path}")
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.csv"]


def test_another_encoding_is_named_with_its_line(tmp_path, capsys):
    path = tmp_path / "bad.csv"
    path.write_bytes(HEADER.encode() + "ФОМ,2022-03-01,2022-03-02,9,5\n".encode("cp1251"))
    assert main(["trend", "--input", str(path)]) == 1
    assert f"{path}, line 2: the file is not UTF-8; save it" in capsys.readouterr().err


def test_a_missing_file_and_an_unwritable_output_are_errors(polls_csv, tmp_path, capsys):
    assert main(["trend", "--input", str(tmp_path / "no.csv")]) == 1
    assert "cannot be read (No such file or directory); check the path" in capsys.readouterr().err
    good, bad = tmp_path / "trend.csv", tmp_path / "no" / "houses.csv"
    argv = ["trend", "--input", str(polls_csv), "--out", str(good), "--houses-out", str(bad)]
    assert main(argv) == 1
    told = f"error: --houses-out {bad} lies in a folder that is not there; make the folder, or "
    assert capsys.readouterr().err.startswith(told)
    assert [p.name for p in tmp_path.iterdir()] == ["my_polls.csv"]


def test_an_unknown_reference_is_an_error_before_anything_is_written(polls_csv, tmp_path, capsys):
    out = tmp_path / "trend.csv"
    argv = ["trend", "--input", str(polls_csv), "--out", str(out), "--reference", "zzz"]
    assert main(argv) == 1
    assert "reference 'zzz' is not known; use one of houses, sectors" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.long("several fits by the command")
def test_a_construct_is_fetched_from_the_data_package(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr("polls.series", lambda construct: asked.append(construct) or POLLS)
    assert main(["trend", "--construct", "talks"]) == 0
    assert asked == ["talks"]
    assert (
        capsys.readouterr().out == str(PollTrend(POLLS, options=PUBLISHED).fit().summary()) + "\n"
    )


@pytest.mark.long("several fits by the command")
def test_options_that_are_given_replace_those_of_the_published_model(monkeypatch, capsys):
    monkeypatch.setattr("polls.series", lambda construct: POLLS)
    given = ["--no-drift", "--house-variance", "common", "--walk", "constant"]
    assert main(["trend", "--construct", "talks", *given]) == 0
    assert capsys.readouterr().out == str(PollTrend(POLLS).fit().summary()) + "\n"


def test_an_unknown_construct_is_an_error_that_lists_the_known_ones(monkeypatch, capsys):
    def refuse(construct):
        raise ValueError(f"There is no construct {construct!r}. There are: support, talks.")

    monkeypatch.setattr("polls.series", refuse)
    assert main(["trend", "--construct", "zzz"]) == 1
    assert capsys.readouterr().err == (
        "error: There is no construct 'zzz'. There are: support, talks.\n"
    )


@pytest.mark.parametrize(
    "argv", [[], ["trend"], ["nonsense"], ["trend", "--input", "a", "--construct", "b"]]
)
def test_bad_usage_exits_with_2(argv):
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2


def test_help_shows_an_example(capsys):
    with pytest.raises(SystemExit):
        main(["trend", "--help"])
    assert "python -m analysis trend --construct support" in capsys.readouterr().out


@pytest.mark.long("the command starts in a Python of its own")
def test_bad_input_shows_no_traceback_from_the_shell(root, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(HEADER, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "analysis", "trend", "--input", str(path)],
        cwd=root,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "Traceback" not in run.stderr


def test_tables_that_nobody_asked_for_are_not_computed(polls_csv, monkeypatch):
    def refuse(*_):
        raise AssertionError("computed for nothing")

    monkeypatch.setattr(PollTrendResults, "trend", refuse)
    monkeypatch.setattr(PollTrendResults, "house_effects", refuse)
    assert main(["trend", "--input", str(polls_csv), "--method", "map"]) == 0
    monkeypatch.setattr("analysis.trend.report.split_variance", refuse)
    assert main(["claim", "--input", str(polls_csv), "--method", "map", "--above", "50"]) == 0
