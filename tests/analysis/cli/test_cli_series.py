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
HEADER = b"series_id,house_id,start_date,end_date,sample_size,share_pct\n"
ROW = b"a,b,2022-03-01,2022-03-03,1600,60\n"


@pytest.mark.long("each case is a call of the command, some with fits", quick=1)
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


@pytest.mark.long("each case is a call of the command, some with fits", quick=4)
@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("cut.parquet", b"PAR1 cut", ": no Parquet that can be read"),
        ("empty.csv", b"", ": the file is empty"),
        ("header.csv", HEADER, ": there are no polls; give at least one row"),
        ("bad.csv", HEADER + ROW + b"a,\xff,", ", line 3: the file is not UTF-8"),
        ("wide.csv", HEADER.decode().encode("utf-16"), ", line 1: the file is not UTF-8"),
        ("nul.csv", HEADER + ROW.replace(b"a,", b"\0,", 1), ", line 2: a NUL character"),
        ("line.csv", HEADER + "a,b\u2028,".encode() + ROW[4:], ", line 2: the character U+2028"),
        ("marks.csv", HEADER.replace(b",", b";"), ", line 1: one column, and it holds semicolons"),
        ("twice.csv", HEADER.replace(b"end", b"start"), ": column 'start_date' stands there twice"),
        # Pandas would take the first of them for names of the rows, and shift all others.
        ("long.csv", HEADER + b"0," + ROW, ", line 2: 7 cells where the header has 6"),
        ("short.csv", HEADER + ROW[2:], ", line 2: 5 cells where the header has 6"),
        (
            "blank.csv",
            HEADER + ROW.replace(b"a,", b" ,", 1),
            ", line 2, column series_id: no value",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_error(name, content, told, tmp_path, capsys):
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["series", "--input", str(path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {path}")
    assert told in error
    assert error.count("\n") == 1


def test_a_table_of_which_no_series_can_be_fitted_shows_why_alone(tmp_path, capsys):
    path = tmp_path / "polls.csv"
    path.write_bytes(HEADER + ROW)
    assert main(["series", "--input", str(path)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == ["-" * 79, "a: 1 polls; a trend needs 3"]


def test_a_table_without_names_of_series_is_one_clear_error(tmp_path, capsys):
    path = tmp_path / "polls.csv"
    POLLS.drop(columns="series_id").to_csv(path, index=False)
    assert main(["series", "--input", str(path)]) == 1
    told = capsys.readouterr().err
    assert "column series_id is missing (columns found: poll_id, house_id, start_date" in told
    assert told.endswith("; name the series of each poll\n")
