"""`python -m analysis series` reads CSV and Parquet in parts, and writes a row for each series."""

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import simulate_polls

from analysis.__main__ import main
from analysis.cli.evaluate import series
from analysis.evaluate import FIT_COLUMNS

POLLS = pd.concat(
    [
        simulate_polls(np.random.default_rng(seed), n_polls=6, houses="ab").assign(series_id=name)
        for seed, name in enumerate(["north", "NA"])
    ],
    ignore_index=True,
)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_both_kinds_of_file_give_the_same_rows(kind, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(series, "PART_ROWS", 4)
    file, out = tmp_path / f"polls.{kind}", tmp_path / "fits.csv"
    if kind == "csv":
        POLLS.to_csv(file, index=False)
    else:
        POLLS.to_parquet(file)
    assert main(["series", "--input", str(file), "--out", str(out)]) == 0
    assert "2, of which 0 without a fit" in capsys.readouterr().out
    written = pd.read_csv(out, keep_default_na=False)
    assert list(written.columns) == list(FIT_COLUMNS)
    assert written["series_id"].tolist() == ["north", "NA"]  # the text NA stays text
    assert written["n_polls"].tolist() == [6, 6]


@pytest.mark.parametrize("name", ["nothing.csv", "nothing.parquet"])
def test_a_file_that_is_not_there_is_one_clear_error(name, tmp_path, capsys):
    path = tmp_path / name
    assert main(["series", "--input", str(path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {path}: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content"), [("cut.parquet", b"PAR1 cut"), ("empty.csv", b""), ("bad.csv", b"a\xff\n")]
)
def test_a_file_that_cannot_be_read_is_one_clear_error(name, content, tmp_path, capsys):
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["series", "--input", str(path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {path}: no ")
    assert error.count("\n") == 1


def test_a_table_without_names_of_series_is_one_clear_error(tmp_path, capsys):
    path = tmp_path / "polls.csv"
    POLLS.drop(columns="series_id").to_csv(path, index=False)
    assert main(["series", "--input", str(path)]) == 1
    assert "column series_id is missing; name the series" in capsys.readouterr().err
