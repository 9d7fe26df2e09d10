"""Reading a table: typed columns, missing cells stay missing, every fault has its line."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.tables import Column, Table, parse_table
from polls.tables.parse import Fault, empty_frame, parse_cell

TABLE = Table(
    name="t",
    title="T",
    description="A row is a trial.",
    columns=(
        Column("id", "string", "key", required=True, pattern="[a-z]+"),
        Column("kind", "string", "kind", enum=("a", "b")),
        Column("share_pct", "number", "share", minimum=0, maximum=100),
        Column("n", "integer", "interviews", minimum=1),
        Column("day", "date", "day", minimum="2010-01-01"),
        Column("open", "boolean", "yes or no"),
    ),
    primary_key=("id",),
    foreign_keys=(),
)
HEADER = "id,kind,share_pct,n,day,open\n"


def parse(tmp_path: Path, rows: str) -> tuple[pd.DataFrame, list]:
    """Parse a table of the rows given."""
    path = tmp_path / "t.csv"
    path.write_text(HEADER + rows, encoding="utf-8", newline="")
    return parse_table(path, TABLE)


def test_cells_are_typed_and_empty_is_missing(tmp_path: Path) -> None:
    """Numbers, days and yes/no come typed; an empty cell is missing, the text NA is text."""
    frame, findings = parse(tmp_path, "a,b,81.5,1616,2022-04-21,yes\nna,,,,,\n")
    assert findings == []
    assert frame.dtypes.astype(str).tolist() == [
        "str",
        "str",
        "float64",
        "Int64",
        "datetime64[us]",
        "boolean",
    ]
    assert frame.loc[2].tolist()[2:4] == [81.5, 1616]
    assert frame.loc[3, "id"] == "na"
    assert frame.loc[3].isna().sum() == 5


def test_the_index_is_the_line(tmp_path: Path) -> None:
    """Records are found by the line of the file on which they begin."""
    frame, _ = parse(tmp_path, "a,,,,,\nb,,,,,\nc,,,,,\n")
    assert frame.index.tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        (",a,1,1,2022-01-01,yes", "id", "required"),
        ("A,a,1,1,2022-01-01,yes", "id", "pattern"),
        ("a,c,1,1,2022-01-01,yes", "kind", "enum"),
        ("a,a,1e1,1,2022-01-01,yes", "share_pct", "type"),
        ("a,a,nan,1,2022-01-01,yes", "share_pct", "type"),
        ("a,a,-1,1,2022-01-01,yes", "share_pct", "range"),
        ("a,a,100.1,1,2022-01-01,yes", "share_pct", "range_above"),
        ("a,a,1,1.0,2022-01-01,yes", "n", "type"),
        ("a,a,1,0,2022-01-01,yes", "n", "range"),
        ("a,a,1,1,2022-02-29,yes", "day", "type"),
        ("a,a,1,1,2022-2-9,yes", "day", "type"),
        ("a,a,1,1,1922-02-09,yes", "day", "range"),
        ("a,a,1,1,2022-01-01,Yes", "open", "type"),
    ],
)
def test_a_fault_is_named_once_and_becomes_missing(
    tmp_path: Path, row: str, column: str, rule: str
) -> None:
    """Line 3 is at fault, line 2 is not."""
    frame, findings = parse(tmp_path, "x,a,1,1,2022-01-01,yes\n" + row + "\n")
    assert [(f.line, f.column, f.rule) for f in findings] == [(3, column, rule)]
    assert pd.isna(frame.loc[3, column])
    assert frame.loc[2].notna().all()


def test_an_empty_frame_has_the_types_of_a_full_one(tmp_path: Path) -> None:
    """A table that cannot be read still has its columns."""
    full, _ = parse(tmp_path, "a,b,81.5,1616,2022-04-21,yes\n")
    assert empty_frame(TABLE).dtypes.equals(full.dtypes)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_no_text_brings_the_reader_down(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """Any UTF-8 after the header gives a frame or findings, never an exception."""
    path = tmp_path_factory.mktemp("parse") / "t.csv"
    path.write_bytes((HEADER + text).encode())
    frame, findings = parse_table(path, TABLE)
    assert list(frame.columns) == TABLE.names
    assert all(finding.table == "t" and finding.cure for finding in findings)


def test_what_stands_for_a_lost_letter_is_no_text() -> None:
    found = parse_cell("Лев\ufffdда", Column("name", "string", "a name"))
    assert found == Fault("control", "write the letter that was lost when a file was saved.")
