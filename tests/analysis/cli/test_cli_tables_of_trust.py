"""`leave-house-out`, `dispersion` and `priors` print a table, and write it."""

import json

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls, simulate_polls

from analysis.__main__ import main

POLLS = simulate_polls(np.random.default_rng(5), n_polls=12, n_days=200, houses="abc")


@pytest.fixture
def file(tmp_path):
    """A file of polls."""
    path = tmp_path / "my_polls.csv"
    POLLS.to_csv(path, index=False)
    return path


@pytest.mark.long("a table of trust is many fits")
@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("leave-house-out", ["(none left out)", "12 of 3 houses", "change of the mean of a, b, c"]),
        ("dispersion", ["power 1/4", "p_under"]),
        ("priors", ["sigma_h", "in sds"]),
    ],
)
def test_the_table_is_printed_and_written(verb, words, file, tmp_path, capsys):
    out = tmp_path / "table.csv"
    assert main([verb, "--input", str(file), "--out", str(out)]) == 0
    text = capsys.readouterr().out
    assert [word for word in words if word not in text] == []
    assert max(len(line) for line in text.splitlines() if str(file) not in line) <= 79
    assert len(pd.read_csv(out)) >= 3


@pytest.mark.long("a table of trust is many fits")
def test_json_has_the_estimand_and_a_row_for_each_house(file, capsys):
    assert main(["leave-house-out", "--input", str(file), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert [row["house_id"] for row in record["rows"]] == ["", "a", "b", "c"]
    assert "foreseen less seen" in record["estimand"]


def test_why_a_house_has_no_numbers_is_printed(tmp_path, capsys):
    path = tmp_path / "one.csv"
    make_polls([("a", "2022-03-01", 60), ("a", "2022-04-01", 62)]).to_csv(path, index=False)
    assert main(["leave-house-out", "--input", str(path)]) == 0
    assert "a: no other house has polls" in capsys.readouterr().out


@pytest.mark.long("a table of trust is many fits")
def test_simulate_counts_intervals_that_hold_the_truth(file, capsys):
    assert main(["simulate", "--input", str(file), "--sets", "3", "--seed", "4", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["seed"] == 4
    assert {row["n_sets"] for row in record["estimands"]} == {3}


def test_a_million_sets_are_the_most(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["simulate", "--input", "x.csv", "--sets", "1000001"])
    assert "1000001 are too many: 1000000 at most" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "many"])
def test_a_number_of_sets_that_is_none_is_refused(number, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["dispersion", "--input", "polls.csv", "--sets", number])
    assert stopped.value.code == 2
    assert f"{number!r} is no whole number of 1 or more" in capsys.readouterr().err
