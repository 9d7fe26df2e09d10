"""``python -m analysis list``: words, tables, JSON, and errors without a traceback."""

import json

import pandas as pd
import pytest
from helpers.paths import REFERENCE

from analysis.__main__ import main
from analysis.list_experiments import list_estimates

PLAIN = REFERENCE / "list_plain.csv"
BASE = ["list", "--input", str(PLAIN), "--items", "3"]


def run(capsys, *more):
    code = main([*BASE, *more])
    return code, capsys.readouterr()


def test_words_and_tables_without_direct_answers(capsys):
    code, shown = run(capsys)
    assert code == 0
    assert "By the list the item applies to 44.7 percent (95% interval 31.3 to 58.0)." in shown.out
    assert "combined" not in shown.out


def test_json_holds_the_numbers_of_the_functions(capsys):
    options = ["--direct", "direct", "--truthful-answer", "no", "--covariates", "age", "--json"]
    code, shown = run(capsys, *options)
    record = json.loads(shown.out)
    frame = pd.read_csv(PLAIN)
    expected = list_estimates(frame, 3, direct="direct", truthful_answer="no")
    found = {row["quantity"]: row for row in record["estimates"]}
    assert code == 0
    for row in expected.to_dict("records"):
        assert found[row["quantity"]]["se"] == pytest.approx(row["se"])
    assert [row["test"] for row in record["placebos"]] == ["I", "II"]
    assert {row["part"] for row in record["regression"]} == {"item", "control"}
    assert record["design_effect"]["p_value"] == 1.0
    assert record["n_dropped"] == 0


def test_a_seeded_bootstrap_repeats_itself(capsys):
    options = ["--bootstrap", "50", "--seed", "3", "--json"]
    one, other = (run(capsys, *options)[1].out for _ in range(2))
    assert one == other
    assert json.loads(one)["estimates"][0]["errors"] == "bootstrap"


def test_a_bootstrap_without_a_seed_is_refused(capsys):
    code, shown = run(capsys, "--bootstrap", "50")
    assert code == 1
    assert "give --seed" in shown.err


def test_rows_with_a_gap_are_named_or_dropped(capsys, tmp_path):
    path = tmp_path / "gap.csv"
    path.write_text("y,arm\n1,0\n2,1\n,0\n2,1\n1,0\n", encoding="utf-8")
    base = ["list", "--input", str(path), "--items", "3", "--count", "y", "--treatment", "arm"]
    assert main(base) == 1
    assert "gap.csv, line 4, column y: no value" in capsys.readouterr().err
    assert main([*base, "--drop-missing"]) == 0
    assert "4 respondents, 1 left out" in capsys.readouterr().out


def test_a_count_beyond_the_list_names_file_line_and_cure(capsys):
    code = main(["list", "--input", str(PLAIN), "--items", "2"])
    shown = capsys.readouterr()
    assert code == 1
    assert shown.out == ""
    assert "list_plain.csv, line " in shown.err
    assert "give the number of items of the control list" in shown.err


def test_estimates_are_written_whole_or_not_at_all(capsys, tmp_path):
    out = tmp_path / "estimates.csv"
    code, _ = run(capsys, "--out", str(out))
    assert code == 0
    assert out.read_text(encoding="utf-8").startswith("quantity,estimate,se,lower,upper,n,errors")
    assert run(capsys, "--out", str(tmp_path / "none" / "x.csv"))[0] == 1
    assert run(capsys, "--out", str(PLAIN))[0] == 1
