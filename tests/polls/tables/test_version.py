"""The version of the tables: the newest day and a digest that any changed byte changes."""

import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest

import polls
from polls.__main__ import main
from polls.tables import DATA, tables


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tables that a test may change."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def test_the_digest_is_that_of_all_tables_in_their_order() -> None:
    """As anybody can compute it from the files."""
    digest = hashlib.sha256()
    for name in tables():
        content = (DATA / f"{name}.csv").read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    assert polls.version().digest == digest.hexdigest()


@pytest.mark.long("all tables are read twice")
def test_one_changed_byte_is_another_version(copy: Path) -> None:
    before = polls.version(copy)
    assert before == polls.version()
    path = copy / "houses.csv"
    text = path.read_text(encoding="utf-8").replace("Moscow", "moscow", 1)
    path.write_text(text, encoding="utf-8")
    assert polls.version(copy).date == before.date
    assert polls.version(copy).digest != before.digest


def test_the_day_is_the_newest_on_which_somebody_published_or_looked(copy: Path) -> None:
    """Fieldwork and events do not count: an event can be announced for a day to come."""
    path = copy / "reviewed.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    later = f"{pd.Timestamp(polls.version(copy).date) + pd.Timedelta(days=1):%Y-%m-%d}"
    rows[1] = rows[1].rpartition(",")[0] + f",{later}"
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    assert polls.version(copy).date == later


@pytest.mark.long("all rules run on all tables")
def test_check_prints_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out.endswith(f"Version of the tables: {polls.version()}\n")
