"""The tables in other formats: nothing lost, nothing dangerous, all or none."""

import csv
import json
import shutil
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

import polls
from polls.tables import DATA, _export, tables


def test_parquet_comes_back_equal(tmp_path: Path, frames: dict[str, pd.DataFrame]) -> None:
    """Types and values survive."""
    pytest.importorskip("pyarrow", reason="parquet needs the extra `export`")
    polls.export(tmp_path, "parquet")
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / f"{name}.parquet"), frame)


@pytest.mark.long("all tables are written in each format")
def test_sqlite_holds_its_foreign_keys(tmp_path: Path, frames: dict[str, pd.DataFrame]) -> None:
    """One file, every row, and the database itself finds no dangling key."""
    (path,) = polls.export(tmp_path, "sqlite")
    connection = sqlite3.connect(path)
    for name, frame in frames.items():
        (rows,) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()
        assert rows == len(frame)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    share = "SELECT share_pct FROM answers WHERE poll_id = 'levada-2022-03-30' AND option = ?"
    assert connection.execute(share, ("support_total",)).fetchone() == (81.0,)
    connection.close()


@pytest.mark.long("all tables are written in each format")
def test_json_is_records_with_iso_days(tmp_path: Path, frames: dict[str, pd.DataFrame]) -> None:
    """One array per table, and the description of the columns beside them."""
    polls.export(tmp_path, "json")
    records = json.loads((tmp_path / "polls.json").read_text(encoding="utf-8"))
    assert len(records) == len(frames["polls"])
    wave = next(row for row in records if row["poll_id"] == "levada-2022-04-27")
    assert wave["field_start"] == "2022-04-21"
    assert wave["sponsor"] is None
    assert (tmp_path / "datapackage.json").is_file()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1"])
def test_csv_is_safe_to_open_in_a_spreadsheet(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frames: dict[str, pd.DataFrame]
) -> None:
    """Text that a spreadsheet would run is guarded; all else comes back as it was."""
    spoilt = frames["events"].copy()
    spoilt.loc[0, "label_en"] = text
    # The reader refuses such text, so that only a writer that is given it shows its guard.
    monkeypatch.setattr(_export, "load", lambda data: {"events": spoilt})
    (path,) = polls.export(tmp_path, "csv")
    with path.open(encoding="utf-8", newline="") as file:
        labels = [row["label_en"] for row in csv.DictReader(file)]
    assert labels == ["'" + text, *frames["events"]["label_en"][1:]]


def test_an_unknown_format_is_told_what_there_is(tmp_path: Path) -> None:
    """The message lists the formats."""
    with pytest.raises(ValueError, match="parquet, csv, sqlite, json"):
        polls.export(tmp_path, "xlsx")


@pytest.mark.long("all tables are written in each format")
def test_a_failed_export_leaves_the_old_files(tmp_path: Path) -> None:
    """Spoilt tables: the earlier export is still there, whole, and nothing beside it."""
    out = tmp_path / "out"
    polls.export(out, "json")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    (data / "events.csv").write_text("date\n", encoding="utf-8")
    with pytest.raises(polls.DataError):
        polls.export(out, "json", data=data)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_parquet_has_the_columns_of_the_table_and_no_other(tmp_path: Path) -> None:
    """A number of the row beside them would be a column more for who reads it with another tool."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="parquet needs the extra `export`")
    polls.export(tmp_path, "parquet")
    for name, table in tables().items():
        assert parquet.read_schema(tmp_path / f"{name}.parquet").names == table.names
