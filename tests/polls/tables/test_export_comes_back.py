"""An export holds the same values in each format; csv passes the rules as the tables do."""

import csv
import json
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import polls
from polls.__main__ import main
from polls.tables import _export
from polls.tables.parse import parse_cell
from polls.tables.schema import Column

NUMBER = Column("share_pct", "number", "a share")


@pytest.mark.long("all tables are written and read again")
def test_csv_passes_the_rules_and_reads_equal(
    tmp_path: Path, frames: dict[str, pd.DataFrame]
) -> None:
    polls.export(tmp_path, "csv")
    assert [f for f in polls.check(tmp_path) if f.level == "error"] == []
    for name, frame in polls.load(tmp_path).items():
        pd.testing.assert_frame_equal(frame, frames[name])


@pytest.mark.long("all tables are written and read again")
def test_json_and_sqlite_hold_the_values_of_the_tables(
    tmp_path: Path, frames: dict[str, pd.DataFrame]
) -> None:
    polls.export(tmp_path, "json")
    (path,) = polls.export(tmp_path, "sqlite")
    connection = sqlite3.connect(path)
    for name, frame in frames.items():
        plain = _export._as_text(frame).astype(object)
        rows = plain.where(plain.notna(), None).to_numpy().tolist()
        records = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        assert [list(record.values()) for record in records] == rows
        stored = connection.execute(f'SELECT * FROM "{name}"').fetchall()
        assert [list(row) for row in stored] == rows
    connection.close()


@pytest.mark.long("hypothesis makes a hundred tables")
@given(
    st.lists(
        st.tuples(
            st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-9),
            st.integers(-(10**8), 10**8),
            st.booleans(),
            st.dates(),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_number_flag_and_day_comes_back_from_csv_and_json(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]
) -> None:
    frame = pd.DataFrame(rows, columns=["share", "size", "is_total", "day"])
    frame["day"] = frame["day"].astype("datetime64[s]")
    folder = tmp_path_factory.mktemp("out")
    _export._write_csv({"t": frame}, folder)
    _export._write_json({"t": frame}, folder)
    with (folder / "t.csv").open(encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file))
    records = json.loads((folder / "t.json").read_text(encoding="utf-8"))
    for text, record, (share, size, flag, day) in zip(texts, records, rows, strict=True):
        assert parse_cell(text["share"], NUMBER) == record["share"] == share
        assert int(text["size"]) == record["size"] == size
        assert {"yes": True, "no": False}[text["is_total"]] is record["is_total"] is flag
        assert text["day"] == record["day"] == str(day)


def test_excel_gets_its_mark_in_csv_and_in_csv_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frames: dict[str, pd.DataFrame]
) -> None:
    monkeypatch.setattr(_export, "load", lambda data: {"events": frames["events"]})
    marked, plain = tmp_path / "marked", tmp_path / "plain"
    assert main(["export", "--format", "csv", "--excel", "--out", str(marked)]) == 0
    assert main(["export", "--format", "csv", "--out", str(plain)]) == 0
    content = (plain / "events.csv").read_bytes()
    assert (marked / "events.csv").read_bytes() == b"\xef\xbb\xbf" + content
    assert main(["export", "--format", "json", "--excel", "--out", str(plain)]) == 2


@pytest.mark.parametrize("text", ["\uff14\uff10", "\u0664\u0660", "4\u0660"])
def test_digits_of_other_scripts_are_no_number(text: str) -> None:
    for kind in ("number", "integer"):
        assert getattr(parse_cell(text, Column("n", kind, "a number")), "rule", "") == "type"
    day = parse_cell(f"2022-04-{text}"[:10], Column("day", "date", "a day"))
    assert getattr(day, "rule", "") == "type"
