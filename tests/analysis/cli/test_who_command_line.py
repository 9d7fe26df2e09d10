"""`python -m analysis who` prints, writes and explains, or says what is wrong."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.groups import fit_who, simulate_who

WORLD = simulate_who(2, 400, rng=np.random.default_rng(4))


@pytest.fixture
def files(tmp_path):
    """Interviews and population as files, and the options that name them."""
    cells, population = tmp_path / "cells.csv", tmp_path / "population.csv"
    WORLD.cells.to_csv(cells, index=False)
    WORLD.population.to_csv(population, index=False)
    return ["--cells", str(cells), "--population", str(population)]


def fail(capsys, *argv):
    """What a failing run says."""
    assert main(["who", *argv]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert "Traceback" not in said.err
    return said.err


@pytest.mark.long("groups are fitted")
def test_interviews_of_the_project_are_those_published_by_a_day(capsys, monkeypatch) -> None:
    margins = WORLD.population.assign(frame="made")
    cells = WORLD.cells.assign(poll_id="p" + WORLD.cells["wave"].astype(str)).drop(columns="date")
    days = WORLD.cells.groupby("wave")["date"].first()
    waves = pd.DataFrame({"poll_id": [f"p{wave}" for wave in days.index], "published": [*days]})
    waves = waves.assign(field_start=waves["published"], field_end=waves["published"])
    tables = {"cells": cells, "population": margins, "polls": waves}
    monkeypatch.setattr("polls.load", lambda: tables)
    seen = {}

    def fit(cells, population, polls, *, outcome):
        seen[outcome] = sorted(set(cells["wave"])), population is margins, polls is waves
        return fit_who(WORLD.cells, WORLD.population)

    monkeypatch.setattr("analysis.cli.groups.fit_who", fit)
    assert main(["who", "--outcome", "opposition", "--json"]) == 0
    as_of = str(pd.Timestamp(days.iloc[0]).date())
    assert main(["who", "--as-of", as_of]) == 0
    assert seen["opposition"] == ([*days.index], True, True)
    assert seen["support"] == ([days.index[0]], True, True)


@pytest.mark.long("groups are fitted")
def test_the_table_written_is_the_one_of_the_function(files, tmp_path, capsys) -> None:
    out = tmp_path / "shares.csv"
    assert main(["who", *files, "--by", "age_group", "--out", str(out)]) == 0
    written = pd.read_csv(out, dtype={"wave": "str"})
    expected = fit_who(WORLD.cells, WORLD.population).share("age_group")
    assert list(written.columns) == list(expected.columns)
    np.testing.assert_allclose(written["mean"], expected["mean"], atol=1e-4)
    text = capsys.readouterr().out
    assert "By age_group: support, of all" in text
    assert "television has no margin in the population" in text.replace("\n", " ")


def test_the_json_holds_shares_scales_and_notes(files, capsys) -> None:
    assert main(["who", *files, "--by", "tv_source", "--standardised", "--json"]) == 0
    record = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert set(record["groups"]) == {"tv_source"}
    assert {row["wave"] for row in record["groups"]["tv_source"]} == {"02"}
    assert record["standardised"]["tv_source"] != record["groups"]["tv_source"]
    assert len(record["waves"]) == 2
    assert record["diagnostics"]["warnings"] == []
    assert any("district" in note for note in record["notes"])


def test_a_fault_names_file_line_column_and_cure(files, tmp_path, capsys) -> None:
    wrong = tmp_path / "wrong.csv"
    WORLD.cells.assign(n_for=WORLD.cells["n_for"] + 1).to_csv(wrong, index=False)
    said = fail(capsys, "--cells", str(wrong), *files[2:])
    assert "wrong.csv, line 2, column n: " in said
    assert "correct n or the counts of answers" in said


def test_a_fault_of_the_population_names_its_file(files, tmp_path, capsys) -> None:
    wrong = tmp_path / "wrong.csv"
    WORLD.population.assign(share_pct=-1).to_csv(wrong, index=False)
    said = fail(capsys, *files[:2], "--population", str(wrong))
    assert "wrong.csv, line 2, column share_pct: " in said


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--standardised"], "is about groups; give --by"),
        (["--cells", "x.csv"], "--cells and --population go together"),
    ],
)
def test_options_that_do_not_go_together_are_refused(argv, words, capsys) -> None:
    assert words in fail(capsys, *argv)


def test_as_of_is_for_the_waves_of_this_project(files, capsys) -> None:
    assert "--as-of is about this project" in fail(capsys, *files, "--as-of", "2022-04-18")


def test_nothing_is_written_where_the_input_is_overwritten(files, capsys) -> None:
    assert "name two" in fail(capsys, *files, "--out", files[1])


def test_a_factor_that_is_not_known_is_bad_usage(files) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["who", *files, "--by", "height"])
    assert stopped.value.code == 2
