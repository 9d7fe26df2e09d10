"""`python -m analysis series` makes of a Parquet file what it makes of a CSV of the same cells."""

import datetime as dt
import decimal
import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference.simulated_polls import simulate_polls

from analysis.__main__ import main
from analysis.cli.evaluate import series
from analysis.observations import prepare_observations

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

POLLS = pd.concat(
    [
        simulate_polls(np.random.default_rng(seed), n_polls=6, houses="ab", decimals=seed).assign(
            series_id=name
        )
        for seed, name in enumerate(["north", "NA"])
    ],
    ignore_index=True,
).drop(columns="decimals")
ENDS = ("start_date", "end_date")


def dates(kind):
    """Both columns of days as some type of Arrow."""
    return {name: pa.array(POLLS[name].dt.date).cast(kind) for name in ENDS}


def texts(name, make):
    """A column of text, each cell made anew."""
    return {name: pa.array([make(cell) for cell in POLLS[name]])}


NUMBERS = ("share_pct", "sample_size")
SHARES = list(POLLS["share_pct"])
# Other ways to store the same cells.
TYPES = {
    "days": dates(pa.date32()),
    "days in milliseconds": dates(pa.date64()),
    "nanoseconds": dates(pa.timestamp("ns")),
    "a zone": dates(pa.timestamp("us", "UTC")),
    "days as text": {name: pa.array(POLLS[name].dt.strftime("%Y-%m-%d")) for name in ENDS},
    "floats of 32 bits": {"share_pct": pa.array(SHARES, pa.float32())},
    "floats of 16 bits": {"share_pct": pa.array(np.array(SHARES, "float16"))},
    "decimals": {"share_pct": pa.array([decimal.Decimal(str(s)) for s in SHARES])},
    "numbers as text": {n: pa.array([str(v) for v in POLLS[n]]) for n in NUMBERS},
    "sizes of 16 bits": {"sample_size": pa.array(POLLS["sample_size"], pa.uint16())},
    "long text": {"house_id": pa.array(list(POLLS["house_id"]), pa.large_string())},
    "a dictionary": {
        n: pa.array(list(POLLS[n])).dictionary_encode() for n in ("house_id", *NUMBERS)
    },
    "blanks at the ends": texts("house_id", lambda cell: f" {cell}\u00a0")
    | texts("series_id", lambda cell: f"{cell} "),
    "a sector of blanks": {"sector": pa.array([" "] * len(POLLS))},
    "a column of lists": {"who": pa.array([[1, 2]] * len(POLLS))},
}


def write(tmp_path, table, **options):
    path = tmp_path / "polls.parquet"
    parquet.write_table(table, path, **options)
    return path


def with_columns(columns):
    """The polls with other columns in place of theirs, and no word of pandas beside them."""
    table = pa.Table.from_pandas(POLLS).replace_schema_metadata(None)
    whole = dict(zip(table.column_names, table.columns, strict=True)) | columns
    return pa.table(list(whole.values()), names=list(whole))


def fit(path, tmp_path):
    """Fit the series of a file, and read what was written; where a row stands may differ."""
    out = tmp_path / "fits.csv"
    assert main(["series", "--input", str(path), "--method", "map", "--out", str(out)]) == 0
    rows = pd.read_csv(out, keep_default_na=False, dtype=str)
    return rows.assign(note=rows["note"].str.replace(r"(line|row) \d+", "", regex=True))


@pytest.fixture(scope="module")
def of_csv(tmp_path_factory):
    folder = tmp_path_factory.mktemp("csv")
    POLLS.to_csv(folder / "polls.csv", index=False)
    rows = fit(folder / "polls.csv", folder)
    assert (rows["level"] != "").all()
    return rows


@pytest.mark.long("each case is a call of the command with fits", quick=4)
@pytest.mark.parametrize("name", TYPES)
def test_the_type_of_a_column_changes_no_number(name, of_csv, tmp_path):
    path = write(tmp_path, with_columns(TYPES[name]), row_group_size=5)
    pd.testing.assert_frame_equal(fit(path, tmp_path), of_csv)


def pandas_words(change):
    """The polls, with what pandas wrote beside them changed."""
    table = pa.Table.from_pandas(POLLS)
    words = json.loads(table.schema.metadata[b"pandas"])
    change(words)
    return table.replace_schema_metadata({b"pandas": json.dumps(words).encode()})


def exchange(words):
    """Let share_pct be called sample_size, and the other way round."""
    other = dict(zip(NUMBERS, NUMBERS[::-1], strict=True))
    for column in words["columns"]:
        column["name"] = other.get(column["name"], column["name"])


def other_zone(words):
    for column in words["columns"]:
        if column["name"].endswith("_date"):
            column.update(pandas_type="datetimetz", metadata={"timezone": "America/New_York"})


CLAIMS = {
    "an index of shares": lambda words: words.update(index_columns=["share_pct"]),
    "exchanged names": exchange,
    "another zone": other_zone,
    "names that are days": lambda words: words.update(
        column_indexes=[{"name": None, "pandas_type": "datetime", "numpy_type": "datetime64[ns]"}]
    ),
    "nothing": lambda words: words.clear(),
}


@pytest.mark.long("each case is a call of the command with fits", quick=2)
@pytest.mark.parametrize("name", CLAIMS)
def test_what_pandas_wrote_beside_a_table_changes_no_number(name, of_csv, tmp_path):
    """It may be of another table: the file's own columns count."""
    path = write(tmp_path, pandas_words(CLAIMS[name]))
    pd.testing.assert_frame_equal(fit(path, tmp_path), of_csv)


@pytest.mark.long("each case is a call of the command with fits", quick=1)
@pytest.mark.parametrize("index", [["series_id"], ["house_id", "start_date"]])
def test_an_index_of_pandas_is_columns_like_others(index, of_csv, tmp_path):
    path = tmp_path / "polls.parquet"
    POLLS.set_index(index).to_parquet(path)
    pd.testing.assert_frame_equal(fit(path, tmp_path), of_csv)


@pytest.mark.parametrize("name", ["POLLS.PARQUET", "polls.pq", "polls", "polls.csv"])
def test_a_file_is_known_by_how_it_begins(name, of_csv, tmp_path):
    path = write(tmp_path, with_columns({})).rename(tmp_path / name)
    pd.testing.assert_frame_equal(fit(path, tmp_path), of_csv)


FAR_DAY = pa.array([2**31 - 1] * len(POLLS), pa.int32()).cast(pa.date32())
BAD = {
    "a list": (
        {"series_id": pa.array([["north"]] * len(POLLS))},
        r", row 1 \(a-0\), column series_id: .* is no text",
    ),
    "bytes": ({"series_id": pa.array([b"north"] * len(POLLS))}, "b'north' is no text"),
    "a NUL character": (
        texts("house_id", lambda cell: cell.replace("b", "b\0")),
        r", row 2 \(b-1\), column house_id: a NUL character",
    ),
    "a separator of lines": (
        texts("house_id", lambda cell: cell.replace("b", "b\u2028c")),
        r", row 2 \(b-1\), column house_id: the character U\+2028 in a cell",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_no_csv_may_hold_is_one_clear_error(name, tmp_path, capsys):
    columns, told = BAD[name]
    path = write(tmp_path, with_columns(columns))
    assert main(["series", "--input", str(path)]) == 1
    error = capsys.readouterr().err
    assert re.search(told, error), error
    assert error.startswith(f"error: {path}, ")
    assert error.count("\n") == 1


@pytest.mark.parametrize("name", ["series_id", "share_pct", "note", " share_pct"])
def test_a_column_that_stands_twice_is_one_clear_error(name, tmp_path, capsys):
    table = with_columns({"note": pa.array(["x"] * len(POLLS))})
    twice = pa.table([*table.columns, table[name.strip()]], names=[*table.column_names, name])
    path = write(tmp_path, twice)
    assert main(["series", "--input", str(path)]) == 1
    told = f"error: {path}: column '{name.strip()}' stands there twice; keep one\n"
    assert capsys.readouterr().err == told


def test_a_day_that_no_calendar_has_is_told_with_its_row(tmp_path, capsys):
    path = write(tmp_path, with_columns({"start_date": FAR_DAY}))
    assert main(["series", "--input", str(path)]) == 0
    assert "row 1 (a-0), column start_date: Timestamp('5881580" in capsys.readouterr().out


# Cells as people have them: numbers with what prints of them, days, names in any letters.
CELLS = st.fixed_dictionaries(
    {
        "house_id": st.text("aбé '\u00a0-1", min_size=1).filter(str.strip),
        "start_date": st.dates(dt.date(1999, 1, 1), dt.date(2030, 1, 1)),
        "sample_size": st.integers(1, 60_000),
        "share_pct": st.integers(0, 1000).map(lambda tenths: tenths / 10),
        "sampling_var": st.one_of(st.none(), st.integers(1, 400).map(lambda q: q / 4)),
        "note": st.one_of(st.none(), st.sampled_from(["", " ", "NA", "x"])),
    }
)
KINDS = st.fixed_dictionaries(
    {
        "share_pct": st.sampled_from([pa.float64(), pa.float32(), pa.decimal128(8, 2)]),
        "sample_size": st.sampled_from([pa.int64(), pa.uint16(), pa.float64(), pa.string()]),
        "start_date": st.sampled_from([pa.date32(), pa.timestamp("ns"), pa.string()]),
        "house_id": st.sampled_from(
            [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]
        ),
    }
)


@pytest.mark.long("writes and reads files of 60 examples")
@settings(max_examples=60)
@given(st.lists(CELLS, min_size=1, max_size=8), KINDS, st.integers(1, 9))
def test_any_cells_read_as_those_of_a_csv(tmp_path_factory, rows, kinds, size):
    """Observations are the same, whatever types hold the cells and wherever parts end."""
    folder = tmp_path_factory.mktemp("cells")
    frame = pd.DataFrame(rows).assign(series_id="s", end_date=[row["start_date"] for row in rows])
    frame.to_csv(folder / "polls.csv", index=False)
    table = pa.Table.from_pandas(frame)
    for name, kind in kinds.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, table[name].cast(kind))
    parquet.write_table(table, folder / "polls.parquet", row_group_size=size)
    found = [
        prepare_observations(pd.concat(series.read_parts(folder / f"polls.{kind}"))).polls
        for kind in ("csv", "parquet")
    ]
    pd.testing.assert_frame_equal(*found)
