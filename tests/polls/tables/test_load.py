"""polls.load: typed frames of the files as they are now, and the caller's to keep."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from helpers.paths import TESTS

import polls
from polls.tables import DATA, tables
from polls.tables.schema import PACKAGE


def test_every_table_is_there_with_its_columns() -> None:
    frames = polls.load()
    assert list(frames) == list(tables())
    for name, frame in frames.items():
        assert list(frame.columns) == tables()[name].names


def test_a_change_of_the_callers_frame_stays_with_the_caller() -> None:
    """Frames are kept between calls, so each caller gets a copy."""
    answers = polls.load()["answers"]
    answers.loc[:, "share_pct"] = -1.0
    assert (polls.load()["answers"]["share_pct"] >= 0).all()


def test_a_change_of_a_file_is_seen(tmp_path: Path) -> None:
    """The tables are read again as soon as one of them differs."""
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    before = polls.load(data)
    path = data / "events.csv"
    path.write_text("".join(path.read_text("utf-8").splitlines(True)[:-1]), "utf-8", newline="\n")
    after = polls.load(data)
    assert len(after["events"]) == len(before["events"]) - 1
    pd.testing.assert_frame_equal(after["polls"], before["polls"])


@pytest.mark.long("all tables are read twice")
def test_a_table_that_disappears_is_told(tmp_path: Path) -> None:
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    polls.load(data)
    (data / "events.csv").unlink()
    with pytest.raises(polls.DataError, match=r"events\.csv is missing") as told:
        polls.load(data)
    (finding,) = told.value.findings
    assert (finding.table, finding.rule) == ("events", "file")


def test_a_version_older_than_a_table_is_read_without_it(tmp_path: Path) -> None:
    """It comes with a description of its own, and the table that came later has no rows."""
    shutil.copytree(TESTS / "data" / "excerpt", tmp_path / "data")
    package = json.loads(PACKAGE.read_text(encoding="utf-8"))
    package["resources"] = [row for row in package["resources"] if row["name"] != "overlaps"]
    (tmp_path / PACKAGE.name).write_text(json.dumps(package), encoding="utf-8")
    (tmp_path / "data" / "overlaps.csv").unlink()
    frames = polls.load(tmp_path / "data")
    assert list(frames) == list(tables())
    assert len(frames["overlaps"]) == 0
    assert list(frames["overlaps"]) == tables()["overlaps"].names
    assert frames["overlaps"].index.equals(pd.RangeIndex(0))
    assert len(frames["polls"]) == 10
